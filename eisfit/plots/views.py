"""Capacitance, permittivity, modulus, conductivity of a spectrum: over frequency, in a plane."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.analysis.pipeline import SpectrumResult
from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.bode import frequency_axis
from eisfit.plots.immittance import Quantity, immittance, words_of
from eisfit.plots.nyquist_view import shape_of
from eisfit.plots.style import (
    DATA,
    FIT,
    ONE_COLUMN,
    PALETTE,
    empty_figure,
    log_axis,
    note_above,
    style,
)
from eisfit.plots.ticks import scaled_ticks

Scale: TypeAlias = Literal["linear", "logarithmic"]

_DECADES = 30.0
"""Ratio of largest to smallest from which an axis is logarithmic."""


def immittance_over_frequency(
    spectrum: Spectrum,
    fitted: FitResult | None = None,
    *,
    quantity: Quantity,
    ax: Axes,
    geometry: Geometry | None = None,
) -> Axes:
    """Draw both parts of a quantity over frequency, the fit as lines.

    Parameters
    ----------
    spectrum : Spectrum
        Points left out are not drawn.
    fitted : FitResult, optional
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
        As in `immittance`; of the conductivity only σ' is drawn, which rises from a plateau.
    ax : Axes
    geometry : Geometry, optional
        Else that of the spectrum.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For permittivity and conductivity without a geometry.

    Notes
    -----
    The modulus has a linear axis, the others logarithmic ones, on which parts at or below zero
    (C' of an inductive lead) have no place: a remark says how many.
    """
    geometry = geometry or spectrum.geometry
    words = words_of(quantity, geometry)
    frequency, Z = spectrum.kept
    values = immittance(frequency, Z, quantity, geometry)
    smooth, line = _line(frequency, fitted, quantity, geometry)
    log = quantity != "modulus"
    drawn = [(words.real, "o", PALETTE[0], "real"), (words.imaginary, "^", PALETTE[1], "imag")]
    if quantity == "conductivity":
        drawn = drawn[:1]
    hidden = 0
    seen: list[FloatArray] = []
    for name, marker, colour, part in drawn:
        y = getattr(values, part)
        shown = (y > 0) if log else np.isfinite(y)
        hidden += int(np.sum(~shown))
        seen.append(y[shown])
        ax.plot(frequency[shown], y[shown], marker, ls="none", color=colour, mfc="white", ms=3.0,
                zorder=3, label=name)  # fmt: skip
        of_fit = getattr(line, part)
        ax.plot(smooth, np.where(of_fit > 0, of_fit, np.nan) if log else of_fit, color=colour,
                zorder=4, gid=f"fit {name}")  # fmt: skip
    names = [words.real] if quantity == "conductivity" else [words.real, words.imaginary]
    frequency_axis(spectrum, ax)
    power = value_axis(np.concatenate(seen), "logarithmic" if log else "linear", ax)
    ax.set_ylabel(words.label(", ".join(names), power))
    if hidden:
        note_above(ax, f"{hidden} values ≤ 0 left out")
    if len(drawn) > 1:
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.99), ncols=2, borderaxespad=0.1)
    return ax


def immittance_plane(
    spectrum: Spectrum,
    fitted: FitResult | None = None,
    *,
    quantity: Quantity,
    ax: Axes,
    geometry: Geometry | None = None,
) -> Axes:
    """Draw the imaginary part of a quantity over its real part with equal axes (Cole-Cole plane).

    Parameters
    ----------
    spectrum : Spectrum
    fitted : FitResult, optional
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    ax : Axes
        Its box keeps its shape.
    geometry : Geometry, optional
        Else that of the spectrum.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For permittivity and conductivity without a geometry.

    Notes
    -----
    Where a part ranges over more than a factor 30, both axes are logarithmic, with decades of one
    length; the modulus always has linear axes.
    """
    geometry = geometry or spectrum.geometry
    words = words_of(quantity, geometry)
    frequency, Z = spectrum.kept
    values = immittance(frequency, Z, quantity, geometry)
    _, line = _line(frequency, fitted, quantity, geometry)
    scale = plane_scale(values, quantity)
    points, hidden = visible(values, scale)
    ax.plot(points.real, points.imag, "o", ls="none", color=DATA, mfc="white", ms=3.2, zorder=3,
            label="measured")  # fmt: skip
    fit_line, _ = visible(line, scale)
    ax.plot(fit_line.real, fit_line.imag, color=FIT, zorder=4, label="fit")
    across, up = plane_axes(points, scale, ax)
    ax.set_xlabel(words.label(words.real, across))
    ax.set_ylabel(words.label(words.imaginary, up))
    if hidden:
        note_above(ax, f"{hidden} points ≤ 0 left out")
    return ax


def immittance_figure(
    result: SpectrumResult,
    quantity: Quantity,
    geometry: Geometry | None = None,
    width: float = ONE_COLUMN,
) -> Figure:
    """Return both parts of a quantity over frequency, and its plane: below, or beside it if wide.

    Parameters
    ----------
    result : SpectrumResult
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    geometry : Geometry, optional
        Else that of the spectrum.
    width : float
        inch; `ONE_COLUMN` or `TWO_COLUMNS`.

    Raises
    ------
    ValueError
        For permittivity and conductivity without a geometry.
    """
    spectrum, fit = result.spectrum, result.fit
    told: dict[str, Any] = {"quantity": quantity, "geometry": geometry}
    with style():
        if width < 1.5 * ONE_COLUMN:
            figure = empty_figure(width, 5.0)
            upper = figure.add_axes((0.19, 0.60, 0.77, 0.35))
            plane = figure.add_axes((0.19, 0.085, 0.77, 0.42))
        else:
            figure = empty_figure(width, 2.9)
            upper = figure.add_axes((0.10, 0.15, 0.38, 0.76))
            plane = figure.add_axes((0.60, 0.15, 0.38, 0.76))
        immittance_over_frequency(spectrum, fit, ax=upper, **told)
        immittance_plane(spectrum, fit, ax=plane, **told)
    return figure


def _line(
    frequency: FloatArray, fitted: FitResult | None, quantity: Quantity, geometry: Geometry | None
) -> tuple[FloatArray, ComplexArray]:
    """Return the fit's curve over frequency, empty where there is none."""
    if fitted is None or len(frequency) < 2:
        return np.empty(0), np.empty(0, dtype=complex)
    smooth = np.geomspace(frequency[0], frequency[-1], 300)
    return smooth, immittance(smooth, fitted.impedance(smooth), quantity, geometry)


def plane_scale(values: ComplexArray, quantity: Quantity) -> Scale:
    """Return how both axes of a plane are divided."""
    if quantity == "modulus":
        return "linear"
    parts = [part[part > 0] for part in (values.real, values.imag)]
    wide = any(len(part) and part.max() > _DECADES * part.min() for part in parts)
    return "logarithmic" if wide else "linear"


def visible(values: ComplexArray, scale: Scale) -> tuple[ComplexArray, int]:
    """Return the values that have a place on such axes, and how many have none."""
    shown = np.isfinite(values)
    if scale == "logarithmic":
        shown &= (values.real > 0) & (values.imag > 0)
    return values[shown], int(np.sum(~shown))


def plane_axes(points: ComplexArray, scale: Scale, ax: Axes) -> tuple[str, str]:
    """Set limits and ticks of a plane with one scale on both axes that holds all points.

    Returns
    -------
    tuple of str
        The powers of ten that the numbers on the axes stand for.
    """
    if not len(points):
        points = np.array([1.0 + 1.0j])
    shape = shape_of(ax)
    ax.set_aspect("equal", adjustable="box")
    if scale == "linear":
        x, y = np.append(points.real, 0.0), np.append(points.imag, 0.0)
        width = 1.12 * max(float(np.ptp(x)), float(np.ptp(y)) / shape, 1e-300)
        left, bottom = float(x.min()) - 0.04 * width, float(y.min()) - 0.04 * width * shape
        ax.set_xlim(left, left + width)
        ax.set_ylim(bottom, bottom + width * shape)
        largest = max(abs(left), abs(left + width))
        return scaled_ticks(ax.xaxis, largest), scaled_ticks(ax.yaxis, largest)
    ax.autoscale(enable=False)  # values that are all alike have no limits of their own
    ax.set_xscale("log")
    ax.set_yscale("log")
    x, y = np.log10(points.real), np.log10(points.imag)
    width = max(1.08 * float(np.ptp(x)), 1.08 * float(np.ptp(y)) / shape, 0.5, 0.5 / shape)
    centre_x, centre_y = float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2
    for axis, centre, half in (
        (ax.xaxis, centre_x, width / 2),
        (ax.yaxis, centre_y, width * shape / 2),
    ):
        limits = log_axis(axis, 10 ** (centre - half), 10 ** (centre + half), most=6)
        (ax.set_xlim if axis is ax.xaxis else ax.set_ylim)(limits)
    return "", ""


def value_axis(values: FloatArray, scale: Scale, ax: Axes) -> str:
    """Set limits and ticks of a vertical axis for all values; return the power of its numbers."""
    if scale == "logarithmic":
        ax.set_autoscaley_on(False)  # values that are all alike have no limits of their own
        ax.set_yscale("log")
        low, high = (values.min(), values.max()) if len(values) else (1.0, 10.0)
        ax.set_ylim(log_axis(ax.yaxis, 0.6 * float(low), 1.6 * float(high), most=6))
        return ""
    low, high = min(0.0, float(values.min(initial=0.0))), float(values.max(initial=1e-300))
    margin = 0.06 * (high - low)
    ax.set_ylim(low - margin, high + margin)
    return scaled_ticks(ax.yaxis, max(abs(low), abs(high)))
