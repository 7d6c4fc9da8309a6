"""Capacitance, permittivity, modulus and conductivity of a series, coloured by its coordinate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.analysis.pipeline import Analysis
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series
from eisfit.fitting.result import FitResult
from eisfit.plots.immittance import Quantity, immittance, words_of
from eisfit.plots.overview import colour_bar, shades_of
from eisfit.plots.style import ONE_COLUMN, TWO_COLUMNS, empty_figure, log_axis, note_above, style
from eisfit.plots.views import plane_axes, plane_scale, value_axis, visible

Part: TypeAlias = Literal["real", "imaginary", "plane"]
"""One part over frequency, or the imaginary over the real one."""


def immittance_series(
    series: Series,
    fits: Sequence[FitResult | None] = (),
    *,
    quantity: Quantity,
    part: Part,
    ax: Axes,
    geometry: Geometry | None = None,
) -> Axes:
    """Draw one part of a quantity over frequency, or its plane, for every spectrum of a series.

    Parameters
    ----------
    series : Series
    fits : sequence of FitResult or None, optional
        One for each spectrum; lines beside the points. Without them a thin line joins the points.
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    part : {"real", "imaginary", "plane"}
    ax : Axes
        A colour bar is set beside it.
    geometry : Geometry, optional
        Else that of the series.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For permittivity and conductivity without a geometry.
    """
    geometry = geometry or series.geometry
    words = words_of(quantity, geometry)
    log = quantity != "modulus"
    curves = []
    for spectrum, fit in zip(series.spectra, fits or [None] * len(series), strict=True):
        frequency, Z = spectrum.kept
        values = immittance(frequency, Z, quantity, geometry)
        smooth, line = frequency, values
        if fit is not None and len(frequency) > 1:
            smooth = np.geomspace(frequency[0], frequency[-1], 200)
            line = immittance(smooth, fit.impedance(smooth), quantity, geometry)
        curves.append(((frequency, values), (smooth, line)))
    every = np.concatenate([values for (_, values), _ in curves])
    if part == "plane":
        scale = plane_scale(every, quantity)
        shown, hidden = visible(every, scale)
        drawn = [[(v.real, v.imag) for v in (visible(v, scale)[0] for _, v in c)] for c in curves]
        across, up = plane_axes(shown, scale, ax)
        ax.set_xlabel(words.label(words.real, across))
        ax.set_ylabel(words.label(words.imaginary, up))
    else:
        which, name = ("real", words.real) if part == "real" else ("imag", words.imaginary)
        parts = getattr(every, which)
        hidden = int(np.sum(parts <= 0)) if log else 0
        drawn = [[_above_zero(f, getattr(v, which), log=log) for f, v in c] for c in curves]
        power = value_axis(parts[parts > 0] if log else parts,
                           "logarithmic" if log else "linear", ax)  # fmt: skip
        ax.set_ylabel(words.label(name, power))
        _frequency_axis(series, ax)
    _draw(drawn, shades_of(series), ax)
    if hidden:
        note_above(ax, f"{hidden} values ≤ 0 left out")
    colour_bar(series, ax)
    return ax


def immittance_series_figure(
    analysis: Analysis, quantity: Quantity, width: float = TWO_COLUMNS
) -> Figure:
    """Return both parts of a quantity along a series, of the conductivity σ' alone.

    Parameters
    ----------
    analysis : Analysis
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    width : float
        inch; `TWO_COLUMNS` (side by side) or `ONE_COLUMN` (one below the other).

    Raises
    ------
    ValueError
        For permittivity and conductivity without a geometry.
    """
    parts: list[Part] = ["real"] if quantity == "conductivity" else ["real", "imaginary"]
    wide = width > 1.5 * ONE_COLUMN
    with style():
        if wide and len(parts) > 1:
            figure = empty_figure(width, 2.7)
            places = [(0.085, 0.16, 0.345, 0.74), (0.55, 0.16, 0.345, 0.74)]
        else:
            height = 2.6 * len(parts)
            figure = empty_figure(width, height)
            side = (0.095, 0.79) if wide else (0.19, 0.58)
            places = [
                (side[0], 1 - (2.6 * i + 2.2) / height, side[1], 1.95 / height)
                for i in range(len(parts))
            ]
        fits = [result.fit for result in analysis.spectra]
        for part, place in zip(parts, places, strict=True):
            immittance_series(analysis.series, fits, quantity=quantity, part=part,
                              ax=figure.add_axes(place))  # fmt: skip
        if wide and len(parts) > 1:
            for bar in figure.axes[0].child_axes:
                bar.remove()
    return figure


def _above_zero(x: Any, y: Any, *, log: bool) -> tuple[Any, Any]:
    return (x[y > 0], y[y > 0]) if log else (x, y)


def _draw(curves: Sequence[Sequence[tuple[Any, Any]]], shades: Sequence[Any], ax: Axes) -> None:
    size = 2.4 if len(curves) <= 12 else 1.2
    for ((x, y), (along, line)), colour in zip(curves, shades, strict=True):
        ax.plot(x, y, "o", ls="none", color=colour, ms=size, zorder=2, gid="measured")
        ax.plot(along, line, color=colour, lw=0.9 if len(curves) <= 12 else 0.6, zorder=3,
                gid="line")  # fmt: skip


def _frequency_axis(series: Series, ax: Axes) -> None:
    every = np.concatenate([spectrum.kept[0] for spectrum in series.spectra])
    ax.set_xscale("log")
    ax.set_xlim(log_axis(ax.xaxis, 0.7 * float(every.min()), 1.4 * float(every.max())))
    ax.set_xlabel("Frequency (Hz)")
