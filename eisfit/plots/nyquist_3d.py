"""All spectra of a series behind each other, along its coordinate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.data.series import Series
from eisfit.fitting.result import FitResult
from eisfit.plots.overview import coordinate_of, resistance_of, shades_of
from eisfit.plots.style import ONE_COLUMN, TWO_COLUMNS, empty_figure, ohm_scale, power_text, style

Scale3D: TypeAlias = Literal["linear", "logarithmic", "normalised"]
"""Ω; decades of Ω; Z over the resistance at which the spectrum's own arcs end."""

_MANY = 12  # spectra from which on lines and points are thin
_CROWD = 25  # spectra from which on the points beside a fit are left out
_SPREAD = 10.0  # ratio of resistances from which on small spectra are not seen on linear axes
_INTERCEPT = 2e-3  # −Im Z over Re Z below which a point on logarithmic axes is noise
_RIGHT, _TOP = 1.35, 0.9  # how much of the tails is seen, over the largest resistance


def nyquist_3d(
    series: Series,
    fits: Sequence[FitResult | None] = (),
    *,
    ax: Any,
    scale: Scale3D | None = None,
) -> Any:
    """Draw every spectrum of a series in its own plane along the coordinate; fits as lines.

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
    shades = shades_of(series)
    every = []
    for i, (spectrum, fit) in enumerate(zip(series.spectra, known, strict=True)):
        by = sizes[i] if scale == "normalised" else factor
        order = 2 * (len(series) - i)
        line = _placed(_line(spectrum, fit) / by, largest)
        every.append(line)
        _draw(line, places[i], scale, ax, color=shades[i], lw=0.7 if thin else 1.1, gid="line",
              zorder=order)  # fmt: skip
        if fit is None or len(series) <= _CROWD:
            points = _placed(spectrum.kept[1] / by, largest)
            every.append(points)
            _draw(points, places[i], scale, ax, color=shades[i], ls="none", marker="o",
                  ms=1.2 if thin else 2.0, mew=0, gid="measured", zorder=order + 1)  # fmt: skip
    _limit(np.concatenate(every), scale, ax)
    if places[-1] > places[0]:
        ax.set_ylim(places[0], places[-1])
    _dress(ax, scale, unit, label)
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


def _line(spectrum: Any, fit: FitResult | None) -> ComplexArray:
    frequency, Z = spectrum.kept
    if fit is None or len(frequency) < 2:
        return np.asarray(Z)
    return fit.impedance(np.geomspace(frequency[0], frequency[-1], 150))


def _placed(Z: ComplexArray, largest: float) -> ComplexArray:
    """Return the points that lie before the tail, for which there is no clipping in 3-D."""
    return Z[(Z.real < _RIGHT * largest) & (-Z.imag < _TOP * largest)]


def _draw(Z: ComplexArray, place: float, scale: Scale3D, ax: Any, **kind: Any) -> None:
    x, z = _coordinates(Z, scale)
    ax.plot(x, np.full(len(x), place), z, clip_on=False, **kind)


def _coordinates(Z: ComplexArray, scale: Scale3D) -> tuple[FloatArray, FloatArray]:
    x, z = np.asarray(Z.real, dtype=np.float64), np.asarray(-Z.imag, dtype=np.float64)
    if scale != "logarithmic":
        return x, z
    seen = (x > 0) & (z > _INTERCEPT * x)
    return np.log10(x[seen]), np.log10(z[seen])


def _limit(Z: ComplexArray, scale: Scale3D, ax: Any) -> None:
    """Set the limits of both parts of Z."""
    x, z = _coordinates(Z, scale)
    if not len(x):
        return
    low = min(0.0, float(z.min())) if scale != "logarithmic" else float(z.min())
    left = min(0.0, float(x.min())) if scale != "logarithmic" else float(x.min())
    ax.set_xlim(left, max(float(x.max()), left + 1e-9))
    ax.set_zlim(low, max(float(z.max()), low + 1e-9))


def _dress(ax: Any, scale: Scale3D, unit: str, label: str) -> None:
    """Set labels, few ticks and quiet panes."""
    said = {"linear": f" ({unit})", "logarithmic": " (Ω)", "normalised": " / R"}[scale]
    ax.set_xlabel(f"Re Z{said}", labelpad=-3)
    ax.set_ylabel(label, labelpad=1)
    ax.set_zlabel(f"−Im Z{said}", labelpad=-4)
    ax.view_init(elev=24, azim=-52)
    ax.set_box_aspect((1.25, 1.6, 0.85))
    ax.tick_params(labelsize=7, pad=-1)
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.zaxis, ax.get_zlim())):
        if scale == "logarithmic":
            axis.set_major_locator(FixedLocator(_decades(*limits)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: power_text(10.0**value)))
        else:
            axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.pane.set_facecolor("#f7f7f7")
        axis.pane.set_edgecolor("#cccccc")
        axis._axinfo["grid"].update(color="#dddddd", linewidth=0.4)


def _decades(low: float, high: float) -> list[float]:
    """Return at most 5 whole decades between two powers."""
    first, last = int(np.ceil(low - 1e-9)), int(np.floor(high + 1e-9))
    step = max(1, -(-(last - first) // 4))
    return [float(power) for power in range(first, last + 1, step)]
