"""All spectra of a series in one Nyquist plot: in a plane, or behind each other in 3-D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import equal_log_axes, note, ohm_scale, power_text, shape_of
from eisfit.plots.coordinate import coordinate_bar, coordinate_of
from eisfit.plots.curves import arcs, fit_curve
from eisfit.plots.nyquist import knee_of
from eisfit.plots.style import (
    ONE_COLUMN,
    TWO_COLUMNS,
    empty_figure,
    new_figure,
    shades_by_value,
    style,
)


def nyquist_series(
    series: Series, fits: Sequence[FitResult | None] = (), *, ax: Axes, normalised: bool = False
) -> Axes:
    """Draw every spectrum of a series, coloured by its coordinate, so that all arcs are visible.

    Parameters
    ----------
    series : Series
    fits : sequence of FitResult or None, optional
        One for each spectrum; they say where the arcs end.
    ax : Axes
        Where to draw; a colour bar is set beside it.
    normalised : bool
        False: both axes logarithmic, decades of equal length, so that equal arcs look equal at
        every resistance. True: linear axes, every spectrum divided by its resistance (where
        its tail begins, or its largest real part), so that a change of shape shows.

    Returns
    -------
    Axes
    """
    shades = shades_by_value(series.values)
    if normalised:
        known = list(fits) or [None] * len(series)
        sizes = [resistance_of(s, f) for s, f in zip(series.spectra, known, strict=True)]
        _draw_normalised(series.spectra, sizes, shades, ax)
    else:
        _draw_log(series.spectra, shades, ax)
    coordinate_bar(series, ax)
    return ax


def overview_figure(analysis: Analysis) -> Figure:
    """Return all spectra of the series: logarithmic, and each divided by its resistance."""
    with style():
        figure, (left, right) = new_figure(TWO_COLUMNS, 3.0, ncols=2)
        figure.subplots_adjust(left=0.08, right=0.90, bottom=0.15, top=0.92, wspace=0.28)
        fits = [result.fit for result in analysis.spectra]
        nyquist_series(analysis.series, fits, ax=left)
        for bar in left.child_axes:
            bar.remove()
        nyquist_series(analysis.series, fits, ax=right, normalised=True)
        left.set_title("as measured, logarithmic")
        right.set_title("divided by the resistance")
    return figure


def _draw_log(spectra: Sequence[Spectrum], colours: Sequence[Any], ax: Axes) -> None:
    hidden = 0
    kept = []
    for spectrum, colour in zip(spectra, colours, strict=True):
        _, Z = spectrum.kept
        shown = (Z.real > 0) & (Z.imag < 0)
        hidden += int(np.sum(~shown))
        Z = Z[shown]
        if len(Z):
            kept.append(Z)
            ax.plot(Z.real, -Z.imag, "o-", color=colour, ms=1.6, lw=0.7)
    points = np.concatenate(kept) if kept else np.array([1 - 1j])
    x, y = np.log10(points.real), np.log10(-points.imag)
    y = np.maximum(y, float(x.min()) - 2.0)  # below, only the noise of intercepts
    width = 1.06 * max(float(np.ptp(x)), float(np.ptp(y)) / shape_of(ax), 1.0)
    equal_log_axes(x, y, width, 8, ax)
    ax.set_xlabel("Re Z (Ω)")
    ax.set_ylabel("−Im Z (Ω)")
    if hidden:
        note(ax, f"{hidden} points with −Im Z ≤ 0 not shown")


def _draw_normalised(
    spectra: Sequence[Spectrum], sizes: Sequence[float], colours: Sequence[Any], ax: Axes
) -> None:
    shape, right = shape_of(ax), 1.5
    for spectrum, size, colour in zip(spectra, sizes, colours, strict=True):
        Z = spectrum.kept[1] / size
        Z = Z[(Z.real < 1.5 * right) & (-Z.imag < 1.5 * right * shape)]
        ax.plot(Z.real, -Z.imag, "o-", color=colour, ms=1.6, lw=0.7)
    ax.set_aspect("equal", adjustable="box")
    width = 1.04 * right
    ax.set_xlim(-0.04 * right, right)
    ax.set_ylim(-0.08 * width * shape, 0.92 * width * shape)
    ax.set_xlabel("Re Z / R")
    ax.set_ylabel("−Im Z / R")


def resistance_of(spectrum: Spectrum, fit: FitResult | None) -> float:
    """Return the resistance that a spectrum is divided by: where its arcs end."""
    frequency, Z = spectrum.kept
    every = arcs(fit) if fit is not None else ()
    measured = [arc for arc in every if arc.peak_frequency > frequency[-1]]
    if measured:
        return float(measured[-1].impedance[-1].real)
    knee = knee_of(frequency, Z)
    largest = float(np.max(Z[frequency >= knee].real if knee is not None else Z.real))
    return largest if largest > 0 else float(np.max(np.abs(Z)))


Scale3D: TypeAlias = Literal["linear", "logarithmic", "normalised"]
"""Ω; decades of Ω; Z over the resistance at which the spectrum's arcs end."""

_MANY = 12  # spectra from which on lines and points are thin
_CROWD = 25  # spectra from which on the points beside a fit are left out
_SPREAD = 10.0  # ratio of resistances from which on small spectra are not visible on linear axes
_INTERCEPT = 2e-3  # −Im Z over Re Z below which a point on logarithmic axes is noise
_RIGHT, _TOP = 1.35, 0.9  # how much of the tails is shown, over the largest resistance


def nyquist_3d(
    series: Series, fits: Sequence[FitResult | None] = (), *, ax: Any, scale: Scale3D | None = None
) -> Any:
    """Draw every spectrum of a series in a plane of its own along the coordinate; fits as lines.

    Parameters
    ----------
    series : Series
    fits : sequence of FitResult or None, optional
        One for each spectrum; without them a line joins the points. Beside fits of more than 25
        spectra the points are left out.
    ax : Axes3D
        As ``figure.add_subplot(projection="3d")`` makes it.
    scale : {"linear", "logarithmic", "normalised"}, optional
        Of both parts of Z. Left out: logarithmic where the resistances differ by more than a factor
        10, else linear. Linear and normalised axes end a little behind the arcs, without most of a
        blocking tail. On logarithmic axes points with Re Z ≤ 0 or −Im Z below Re Z / 500 (noise
        about an intercept) have no place.

    Returns
    -------
    Axes3D
    """
    label, places = coordinate_of(series)
    known = list(fits) or [None] * len(series)
    sizes = [resistance_of(s, f) for s, f in zip(series.spectra, known, strict=True)]
    scale = scale or ("logarithmic" if max(sizes) > _SPREAD * min(sizes) else "linear")
    factor, unit = ohm_scale(max(sizes)) if scale == "linear" else (1.0, "")
    largest = {"linear": max(sizes) / factor, "logarithmic": np.inf, "normalised": 1.0}[scale]
    thin = len(series) > _MANY
    shades = shades_by_value(series.values)
    every = []
    for i, (spectrum, fit) in enumerate(zip(series.spectra, known, strict=True)):
        by = sizes[i] if scale == "normalised" else factor
        order = 2 * (len(series) - i)
        line = _before_tail(fit_curve(spectrum, fit, 150)[1] / by, largest)
        every.append(line)
        _draw(line, places[i], scale, ax, color=shades[i], lw=0.7 if thin else 1.1, gid="line",
              zorder=order)  # fmt: skip
        if fit is None or len(series) <= _CROWD:
            points = _before_tail(spectrum.kept[1] / by, largest)
            every.append(points)
            _draw(points, places[i], scale, ax, color=shades[i], ls="none", marker="o",
                  ms=1.2 if thin else 2.0, mew=0, gid="measured", zorder=order + 1)  # fmt: skip
    _limit(np.concatenate(every), scale, ax)
    if places[-1] > places[0]:
        ax.set_ylim(places[0], places[-1])
    _label_axes(ax, scale, unit, label)
    return ax


def nyquist_3d_figure(
    analysis: Analysis, width: float = TWO_COLUMNS, scale: Scale3D | None = None
) -> Figure:
    """Return all spectra of an analysis behind each other, with their fits as lines.

    Parameters
    ----------
    analysis : Analysis
    width : float
        inch; `ONE_COLUMN` or `TWO_COLUMNS`.
    scale : {"linear", "logarithmic", "normalised"}, optional
        As in `nyquist_3d`.
    """
    with style():
        narrow = width < 1.5 * ONE_COLUMN
        height = 2.9 if narrow else 4.6
        figure = empty_figure(width, height)
        ax: Any = figure.add_axes((0.0, 0.04, 0.95, 0.96), projection="3d")
        nyquist_3d(analysis.series, [r.fit for r in analysis.spectra], ax=ax, scale=scale)
        ax.set_box_aspect((1.25, 1.6, 0.85), zoom=0.9 if narrow else 1.15)
    return figure


def _before_tail(Z: ComplexArray, largest: float) -> ComplexArray:
    """Return the points that lie before the tail, for which there is no clipping in 3-D."""
    return Z[(Z.real < _RIGHT * largest) & (-Z.imag < _TOP * largest)]


def _draw(Z: ComplexArray, place: float, scale: Scale3D, ax: Any, **kind: Any) -> None:
    x, z = _coordinates(Z, scale)
    ax.plot(x, np.full(len(x), place), z, clip_on=False, **kind)


def _coordinates(Z: ComplexArray, scale: Scale3D) -> tuple[FloatArray, FloatArray]:
    x, z = np.asarray(Z.real, dtype=np.float64), np.asarray(-Z.imag, dtype=np.float64)
    if scale != "logarithmic":
        return x, z
    shown = (x > 0) & (z > _INTERCEPT * x)
    return np.log10(x[shown]), np.log10(z[shown])


def _limit(Z: ComplexArray, scale: Scale3D, ax: Any) -> None:
    """Set the limits of both parts of Z."""
    x, z = _coordinates(Z, scale)
    if not len(x):
        return
    low = min(0.0, float(z.min())) if scale != "logarithmic" else float(z.min())
    left = min(0.0, float(x.min())) if scale != "logarithmic" else float(x.min())
    ax.set_xlim(left, max(float(x.max()), left + 1e-9))
    ax.set_zlim(low, max(float(z.max()), low + 1e-9))


def _label_axes(ax: Any, scale: Scale3D, unit: str, label: str) -> None:
    """Set labels, few ticks and quiet panes."""
    units = {"linear": f" ({unit})", "logarithmic": " (Ω)", "normalised": " / R"}[scale]
    ax.set_xlabel(f"Re Z{units}", labelpad=-3)
    ax.set_ylabel(label, labelpad=1)
    ax.set_zlabel(f"−Im Z{units}", labelpad=-4)
    ax.view_init(elev=24, azim=-52)
    ax.set_box_aspect((1.25, 1.6, 0.85))
    ax.tick_params(labelsize=7, pad=-1)
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.zaxis, ax.get_zlim())):
        if scale == "logarithmic":
            axis.set_major_locator(FixedLocator(_few_decades(*limits)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: power_text(10.0**value)))
        else:
            axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.pane.set_facecolor("#f7f7f7")
        axis.pane.set_edgecolor("#cccccc")
        axis._axinfo["grid"].update(color="#dddddd", linewidth=0.4)


def _few_decades(low: float, high: float) -> list[float]:
    """Return at most 5 whole decades between two powers."""
    first, last = int(np.ceil(low - 1e-9)), int(np.floor(high + 1e-9))
    step = max(1, -(-(last - first) // 4))
    return [float(power) for power in range(first, last + 1, step)]
