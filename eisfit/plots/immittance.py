"""Capacitance, permittivity, modulus and conductivity: over frequency, in a plane, of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.constants import VACUUM_PERMITTIVITY
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import (
    equal_log_axes,
    frequency_axis,
    log_axis,
    needs_log_axis,
    note_above,
    scaled_axis,
    shape_of,
)
from eisfit.plots.coordinate import coordinate_bar
from eisfit.plots.curves import fit_curve
from eisfit.plots.style import (
    DATA,
    FIT,
    ONE_COLUMN,
    PALETTE,
    TWO_COLUMNS,
    empty_figure,
    shades_by_value,
    style,
)

Quantity: TypeAlias = Literal["capacitance", "permittivity", "modulus", "conductivity"]
"""C* = 1/(jωZ), ε* = C*/C₀, M* = 1/ε*, σ* = (l/A)/Z."""


@dataclass(frozen=True, slots=True)
class AxisNames:
    """Names of both parts of a quantity, and their unit; empty where it is a number."""

    real: str
    imaginary: str
    unit: str

    def label(self, name: str, power: str = "") -> str:
        """Return the label of an axis, whose numbers stand for a `power` of ten."""
        unit = " ".join(part for part in (power, self.unit) if part)
        return f"{name} ({unit})" if unit else name


_NAMES = MappingProxyType(
    {
        "capacitance": AxisNames("C′", "C″", "F"),
        "permittivity": AxisNames("ε′", "ε″", ""),
        "modulus": AxisNames("M′", "M″", ""),
        "conductivity": AxisNames("σ′", "σ″", "S cm⁻¹"),
    }
)
_MODULUS_PER_FARAD = AxisNames("M′/C₀", "M″/C₀", "F⁻¹")


def empty_capacitance(geometry: Geometry) -> float:
    r"""Return the capacitance in F of the empty cell.

    .. math:: C_0 = \varepsilon_0 A / l

    Examples
    --------
    >>> f"{empty_capacitance(Geometry(thickness=1e-3, area=1e-4)):.4g}"
    '8.854e-13'
    """
    return VACUUM_PERMITTIVITY / geometry.cell_constant


def immittance(
    frequency: FloatArray, Z: ComplexArray, quantity: Quantity, geometry: Geometry | None = None
) -> ComplexArray:
    r"""Return another form of an impedance, both of whose parts are positive for a passive sample.

    .. math::

        C^* = \frac{1}{j\omega Z} = C' - jC'', \quad
        \varepsilon^* = \frac{C^*}{C_0} = \varepsilon' - j\varepsilon'', \quad
        M^* = j\omega C_0 Z = M' + jM'', \quad
        \sigma^* = \frac{l}{A Z} = \sigma' + j\sigma''

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz.
    Z : ndarray of complex, shape (k,)
        Ω; not 0.
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    geometry : Geometry, optional
        Permittivity and conductivity need it. The modulus without it is M*/C₀ = jωZ in 1/F.

    Returns
    -------
    ndarray of complex, shape (k,)
        C' + jC'' in F (the loss C'' with the sign of the losses), ε' + jε'', M' + jM'', or
        σ' + jσ'' in S/cm. Where the sample is inductive, C' and σ'' are below 0.

    Raises
    ------
    ValueError
        Where the quantity needs a geometry and has none.

    References
    ----------
    Macedo, Moynihan & Bose, Phys. Chem. Glasses 13 (1972) 171 (the modulus; not verified).
    Irvine, Sinclair & West, Adv. Mater. 2 (1990) 132, doi:10.1002/adma.19900020304.

    Examples
    --------
    >>> omega = 2 * np.pi * 1e3
    >>> C = immittance(np.array([1e3]), np.array([1 / (1j * omega * 1e-9)]), "capacitance")
    >>> f"{C[0].real:.3g}"
    '1e-09'
    """
    omega = 2 * np.pi * np.asarray(frequency)
    if quantity == "modulus":
        empty = 1.0 if geometry is None else empty_capacitance(geometry)
        return np.asarray(1j * omega * empty * Z)
    if quantity == "capacitance":
        return np.asarray(np.conj(1 / (1j * omega * Z)))
    if geometry is None:
        raise ValueError(
            f"the {quantity} needs thickness and area of the sample, which are not known; give a "
            "geometry, or draw the capacitance or the modulus"
        )
    if quantity == "permittivity":
        return np.asarray(np.conj(1 / (1j * omega * Z)) / empty_capacitance(geometry))
    return np.asarray(geometry.cell_constant / Z / 100)


def axis_names(quantity: Quantity, geometry: Geometry | None) -> AxisNames:
    """Return what the axes of a quantity are called.

    Examples
    --------
    >>> names = axis_names("modulus", None)
    >>> names.label(names.imaginary)
    'M″/C₀ (F⁻¹)'
    """
    return _MODULUS_PER_FARAD if quantity == "modulus" and geometry is None else _NAMES[quantity]


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
    (C' of an inductive lead) cannot be drawn: a remark gives their number.
    """
    geometry = geometry or spectrum.geometry
    names = axis_names(quantity, geometry)
    frequency, Z = spectrum.kept
    values = immittance(frequency, Z, quantity, geometry)
    dense, line = _fit_line(spectrum, fitted, quantity, geometry)
    log = quantity != "modulus"
    drawn = [(names.real, "o", PALETTE[0], "real"), (names.imaginary, "^", PALETTE[1], "imag")]
    if quantity == "conductivity":
        drawn = drawn[:1]
    hidden = 0
    every: list[FloatArray] = []
    for name, marker, colour, part in drawn:
        y = getattr(values, part)
        shown = (y > 0) if log else np.isfinite(y)
        hidden += int(np.sum(~shown))
        every.append(y[shown])
        ax.plot(frequency[shown], y[shown], marker, ls="none", color=colour, mfc="white", ms=3.0,
                zorder=3, label=name)  # fmt: skip
        of_fit = getattr(line, part)
        ax.plot(dense, np.where(of_fit > 0, of_fit, np.nan) if log else of_fit, color=colour,
                zorder=4, gid=f"fit {name}")  # fmt: skip
    frequency_axis(frequency, ax)
    power = _value_axis(np.concatenate(every), ax, log=log)
    ax.set_ylabel(names.label(", ".join(name for name, *_ in drawn), power))
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
    names = axis_names(quantity, geometry)
    values = immittance(*spectrum.kept, quantity, geometry)
    _, line = _fit_line(spectrum, fitted, quantity, geometry)
    log = _plane_is_log(values, quantity)
    points, hidden = _drawable(values, log=log)
    ax.plot(points.real, points.imag, "o", ls="none", color=DATA, mfc="white", ms=3.2, zorder=3,
            label="measured")  # fmt: skip
    fit_line, _ = _drawable(line, log=log)
    ax.plot(fit_line.real, fit_line.imag, color=FIT, zorder=4, label="fit")
    _plane_axes(points, names, ax, log=log)
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
    options: dict[str, Any] = {"quantity": quantity, "geometry": geometry}
    with style():
        if width < 1.5 * ONE_COLUMN:
            figure = empty_figure(width, 5.0)
            upper = figure.add_axes((0.19, 0.60, 0.77, 0.35))
            plane = figure.add_axes((0.19, 0.085, 0.77, 0.42))
        else:
            figure = empty_figure(width, 2.9)
            upper = figure.add_axes((0.10, 0.15, 0.38, 0.76))
            plane = figure.add_axes((0.60, 0.15, 0.38, 0.76))
        immittance_over_frequency(spectrum, fit, ax=upper, **options)
        immittance_plane(spectrum, fit, ax=plane, **options)
    return figure


def _fit_line(
    spectrum: Spectrum, fitted: FitResult | None, quantity: Quantity, geometry: Geometry | None
) -> tuple[FloatArray, ComplexArray]:
    """Return the fit's curve over frequency, empty where there is none."""
    if fitted is None or len(spectrum.kept[0]) < 2:
        return np.empty(0), np.empty(0, dtype=complex)
    dense, Z = fit_curve(spectrum, fitted, 300)
    return dense, immittance(dense, Z, quantity, geometry)


def _plane_is_log(values: ComplexArray, quantity: Quantity) -> bool:
    """Return whether both axes of a plane are logarithmic."""
    parts = [part[part > 0] for part in (values.real, values.imag)]
    return quantity != "modulus" and any(needs_log_axis(part) for part in parts)


def _drawable(values: ComplexArray, *, log: bool) -> tuple[ComplexArray, int]:
    """Return the values that have a place on such axes, and how many have none."""
    shown = np.isfinite(values)
    if log:
        shown &= (values.real > 0) & (values.imag > 0)
    return values[shown], int(np.sum(~shown))


def _plane_axes(points: ComplexArray, names: AxisNames, ax: Axes, *, log: bool) -> None:
    """Set limits, ticks and labels of a plane with one scale on both axes that holds all points."""
    if not len(points):
        points = np.array([1.0 + 1.0j])
    shape = shape_of(ax)
    powers = ["", ""]
    if log:
        x, y = np.log10(points.real), np.log10(points.imag)
        width = max(1.08 * float(np.ptp(x)), 1.08 * float(np.ptp(y)) / shape, 0.5, 0.5 / shape)
        equal_log_axes(x, y, width, 6, ax)
    else:
        ax.set_aspect("equal", adjustable="box")
        x, y = np.append(points.real, 0.0), np.append(points.imag, 0.0)
        width = 1.12 * max(float(np.ptp(x)), float(np.ptp(y)) / shape, 1e-300)
        left, bottom = float(x.min()) - 0.04 * width, float(y.min()) - 0.04 * width * shape
        ax.set_xlim(left, left + width)
        ax.set_ylim(bottom, bottom + width * shape)
        largest = max(abs(left), abs(left + width))
        powers = [scaled_axis(axis, largest) for axis in (ax.xaxis, ax.yaxis)]
    ax.set_xlabel(names.label(names.real, powers[0]))
    ax.set_ylabel(names.label(names.imaginary, powers[1]))


def _value_axis(values: FloatArray, ax: Axes, *, log: bool) -> str:
    """Set limits and ticks of a vertical axis for all values; return the power of its numbers."""
    if log:
        low, high = (values.min(), values.max()) if len(values) else (1.0, 10.0)
        log_axis(ax.yaxis, 0.6 * float(low), 1.6 * float(high), most=6)
        return ""
    low, high = min(0.0, float(values.min(initial=0.0))), float(values.max(initial=1e-300))
    margin = 0.06 * (high - low)
    ax.set_ylim(low - margin, high + margin)
    return scaled_axis(ax.yaxis, max(abs(low), abs(high)))


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
    names = axis_names(quantity, geometry)
    log = quantity != "modulus"
    curves = []
    for spectrum, fit in zip(series.spectra, fits or [None] * len(series), strict=True):
        curves.append([
            (frequency, immittance(frequency, Z, quantity, geometry))
            for frequency, Z in (spectrum.kept, fit_curve(spectrum, fit, 200))
        ])  # fmt: skip
    every = np.concatenate([values for (_, values), _ in curves])
    if part == "plane":
        log = _plane_is_log(every, quantity)
        shown, hidden = _drawable(every, log=log)
        drawn = [
            [(v.real, v.imag) for v in (_drawable(v, log=log)[0] for _, v in c)] for c in curves
        ]
        _plane_axes(shown, names, ax, log=log)
    else:
        which, name = ("real", names.real) if part == "real" else ("imag", names.imaginary)
        parts = getattr(every, which)
        shown_parts = parts[parts > 0] if log else parts
        hidden = len(parts) - len(shown_parts)
        drawn = [[_above_zero(f, getattr(v, which), log=log) for f, v in c] for c in curves]
        ax.set_ylabel(names.label(name, _value_axis(shown_parts, ax, log=log)))
        frequency_axis(np.concatenate([spectrum.kept[0] for spectrum in series.spectra]), ax)
    _draw(drawn, shades_by_value(series.values), ax)
    if hidden:
        note_above(ax, f"{hidden} values ≤ 0 left out")
    coordinate_bar(series, ax)
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
