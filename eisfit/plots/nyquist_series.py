"""All spectra of a series in one Nyquist plot: in a plane, or behind each other in 3-D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.words import power_text
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import draw, shape_of
from eisfit.plots.curves import arcs, coordinate_of, fit_curve
from eisfit.plots.nyquist import knee_of
from eisfit.plots.panel import Axis, Curve, Panel, equal_log_scales, ohm_scale
from eisfit.plots.style import ONE_COLUMN, TWO_COLUMNS, empty_figure, shades_by_value, style


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
    return draw(replace(_plane(series, fits, shape_of(ax), normalised=normalised),
                        colours=coordinate_of(series)), ax)  # fmt: skip


def overview_figure(analysis: Analysis) -> Figure:
    """Return all spectra of the series: logarithmic, and each divided by its resistance."""
    fits = [result.fit for result in analysis.spectra]
    with style():
        figure = empty_figure(TWO_COLUMNS, 3.0)
        for normalised, left, title in (
            (False, 0.08, "as measured, logarithmic"), (True, 0.53, "divided by the resistance"),
        ):  # fmt: skip
            ax = figure.add_axes((left, 0.15, 0.36, 0.77))
            panel = _plane(analysis.series, fits, shape_of(ax), normalised=normalised)
            bar = coordinate_of(analysis.series) if normalised else None
            draw(replace(panel, title=title, colours=bar), ax)
    return figure


def _plane(
    series: Series, fits: Sequence[FitResult | None], shape: float, *, normalised: bool
) -> Panel:
    """Return every spectrum of a series on a panel of `shape`; see `nyquist_series`."""
    right = 1.5  # of the normalised plane, whose resistances end at 1
    curves, hidden = [], 0
    for spectrum, size in zip(series.spectra, _sizes(series, fits), strict=True):
        Z = spectrum.kept[1] / (size if normalised else 1.0)
        if normalised:
            shown = (Z.real < 1.5 * right) & (-Z.imag < 1.5 * right * shape)
        else:
            shown = (Z.real > 0) & (Z.imag < 0)
            hidden += int(np.sum(~shown))
        curves.append(Z[shown])
    marks = [
        Curve(Z.real, -Z.imag, colour, "o", 0.7, size=1.6)
        for Z, colour in zip(curves, shades_by_value(series.values), strict=True)
    ]
    if normalised:
        height = 1.04 * right * shape
        x = Axis("Re Z / R", (-0.04 * right, right))
        y = Axis("−Im Z / R", (-0.08 * height, 0.92 * height))
    else:
        points = np.concatenate([*curves, *([] if any(map(len, curves)) else [[1 - 1j]])])
        lowest = 0.01 * points.real.min()  # below, only the noise of intercepts
        x, y = equal_log_scales(points.real, np.maximum(-points.imag, lowest), shape=shape,
                                margin=1.06, least=1.06, most=8)  # fmt: skip
        x, y = replace(x, label="Re Z (Ω)"), replace(y, label="−Im Z (Ω)")
    note = f"{hidden} points with −Im Z ≤ 0 not shown" if hidden else ""
    return Panel(marks, x, y, equal=True, note=note)


def _sizes(series: Series, fits: Sequence[FitResult | None]) -> list[float]:
    """Return the resistance of every spectrum in Ω."""
    known = fits or [None] * len(series)
    return [resistance_of(s, f) for s, f in zip(series.spectra, known, strict=True)]


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
    """Draw every spectrum of a series in a separate plane along the coordinate; fits as lines.

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
    known, sizes = fits or [None] * len(series), _sizes(series, fits)
    scale = scale or ("logarithmic" if max(sizes) > _SPREAD * min(sizes) else "linear")
    factor, unit = ohm_scale(max(sizes)) if scale == "linear" else (1.0, "")
    largest = {"linear": max(sizes) / factor, "logarithmic": np.inf, "normalised": 1.0}[scale]
    thin = len(series) > _MANY
    shades = shades_by_value(series.values)
    every = []
    for i, (spectrum, fit) in enumerate(zip(series.spectra, known, strict=True)):
        by = sizes[i] if scale == "normalised" else factor
        order = 2 * (len(series) - i)
        drawn = [(fit_curve(spectrum, fit, 150)[1], {
            "lw": 0.7 if thin else 1.1, "gid": "line", "zorder": order,
        })]  # fmt: skip
        if fit is None or len(series) <= _CROWD:
            drawn.append((spectrum.kept[1], {
                "ls": "none", "marker": "o", "ms": 1.2 if thin else 2.0, "mew": 0,
                "gid": "measured", "zorder": order + 1,
            }))  # fmt: skip
        for Z, kind in drawn:
            x, z = _coordinates(Z / by, largest, scale)
            ax.plot(x, np.full(len(x), places[i]), z, color=shades[i], clip_on=False, **kind)
            every.append((x, z))
    x, z = np.concatenate(every, axis=1)
    for limit, values in ((ax.set_xlim, x), (ax.set_zlim, z)):
        if len(values):
            low = values.min() if scale == "logarithmic" else min(0.0, values.min())
            limit(low, max(values.max(), low + 1e-9))
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


def _coordinates(Z: ComplexArray, largest: float, scale: Scale3D) -> tuple[FloatArray, FloatArray]:
    """Return Re and −Im of the points before the tail (there is no clipping in 3-D)."""
    Z = Z[(Z.real < _RIGHT * largest) & (-Z.imag < _TOP * largest)]
    x, z = np.asarray(Z.real, dtype=np.float64), np.asarray(-Z.imag, dtype=np.float64)
    if scale != "logarithmic":
        return x, z
    shown = (x > 0) & (z > _INTERCEPT * x)
    return np.log10(x[shown]), np.log10(z[shown])


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
