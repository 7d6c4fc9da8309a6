"""Capacitance, permittivity, modulus and conductivity: over frequency, in a plane, of a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from eisfit.plots.axes import draw, shape_of
from eisfit.plots.curves import coordinate_of, fit_curve
from eisfit.plots.panel import (
    FITTED,
    MEASURED,
    Axis,
    Curve,
    Mark,
    Panel,
    equal_log_scales,
    frequency_scale,
    log_scale,
    needs_log_axis,
    scaled,
)
from eisfit.plots.style import (
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
        """Return the label of an axis whose numbers are multiples of a `power` of ten."""
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


Part: TypeAlias = Literal["real", "imaginary", "plane"]
"""One part over frequency, or the imaginary over the real one."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One part of a quantity of one spectrum, and how its points and the line of its fit look."""

    spectrum: Spectrum
    fit: FitResult | None
    part: Part
    points: Mapping[str, Any]
    line: Mapping[str, Any]


def immittance_panel(
    drawn: Sequence[Drawn], quantity: Quantity, geometry: Geometry | None, shape: float
) -> Panel:
    """Return parts of a quantity over frequency, or planes, on a panel of `shape`.

    The modulus has linear axes. Both axes of a plane of another quantity are logarithmic where a
    part ranges over more than a factor 30; then values ≤ 0 have no place.

    Parameters
    ----------
    drawn : sequence of Drawn
        Planes alone, or parts alone.
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    geometry : Geometry, optional
    shape : float
        Height over width of the panel.

    Raises
    ------
    ValueError
        For permittivity and conductivity without a geometry.
    """
    plane = drawn[0].part == "plane"
    values = [immittance(*one.spectrum.kept, quantity, geometry) for one in drawn]
    every = np.concatenate(values)
    log = quantity != "modulus" and (
        not plane or any(needs_log_axis(p[p > 0]) for p in (every.real, every.imag))
    )
    marks: list[Mark] = []
    kept: list[FloatArray] = []
    total = 0
    for one in drawn:
        line = fit_curve(one.spectrum, one.fit, 300)
        for (frequency, Z), kind in ((one.spectrum.kept, one.points), (line, one.line)):
            value = immittance(frequency, Z, quantity, geometry)
            x = np.asarray(value.real if plane else frequency, dtype=float)
            y = np.asarray(value.real if one.part == "real" else value.imag, dtype=float)
            shown = np.isfinite(x) & np.isfinite(y)
            if log:
                shown &= (x > 0) & (y > 0)
            if kind is one.points:
                kept.append(np.stack([x[shown], y[shown]]))
                total += len(x)
            if kind:
                marks.append(Curve(x[shown], y[shown], **kind))
    x, y = np.concatenate(kept, axis=1)
    names = axis_names(quantity, geometry)
    if plane:
        axes = _plane_axes(x, y, names, shape, log=log)
    else:
        parts = dict.fromkeys(getattr(names, one.part) for one in drawn)
        axes = frequency_scale(x), _value_axis(", ".join(parts), names, y, log=log)
    hidden = total - len(x)
    note = f"{hidden} values ≤ 0 left out" if hidden else ""
    return Panel(marks, *axes, equal=plane, note_above=note)


def _plane_axes(
    x: FloatArray, y: FloatArray, names: AxisNames, shape: float, *, log: bool
) -> tuple[Axis, Axis]:
    """Return axes of one scale that hold these points, and 0 where they are linear."""
    if log:
        if not len(x):
            x = y = np.ones(1)
        axes = equal_log_scales(x, y, shape=shape, margin=1.08, least=0.5, most=6)
        power = ""
    else:
        x, y = np.append(x, 0.0), np.append(y, 0.0)
        width = 1.12 * max(float(np.ptp(x)), float(np.ptp(y)) / shape, 1e-300)
        left, bottom = float(x.min()) - 0.04 * width, float(y.min()) - 0.04 * width * shape
        divisor, power = scaled(max(abs(left), abs(left + width)))
        axes = (
            Axis("", (left, left + width), most=6, divisor=divisor),
            Axis("", (bottom, bottom + width * shape), most=6, divisor=divisor),
        )
    labels = names.label(names.real, power), names.label(names.imaginary, power)
    return replace(axes[0], label=labels[0]), replace(axes[1], label=labels[1])


def _value_axis(label: str, names: AxisNames, values: FloatArray, *, log: bool) -> Axis:
    """Return a vertical axis that holds all values."""
    if log:
        return log_scale(names.label(label), values, most=6)
    low, high = min(0.0, float(values.min(initial=0.0))), float(values.max(initial=1e-300))
    margin = 0.06 * (high - low)
    divisor, power = scaled(max(abs(low), abs(high)))
    limits = low - margin, high + margin
    return Axis(names.label(label, power), limits, most=6, divisor=divisor)


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
    names = axis_names(quantity, geometry or spectrum.geometry)
    parts: list[Part] = ["real"] if quantity == "conductivity" else ["real", "imaginary"]
    drawn = []
    for part, marker, colour in zip(parts, "o^", PALETTE, strict=False):
        name = getattr(names, part)
        points = {"color": colour, "marker": marker, "fill": "white", "label": name}
        line = {"color": colour, "order": 4, "name": f"fit {name}"} if fitted is not None else {}
        drawn.append(Drawn(spectrum, fitted, part, points, line))
    draw(immittance_panel(drawn, quantity, geometry or spectrum.geometry, shape_of(ax)), ax)
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
    drawn = Drawn(spectrum, fitted, "plane", MEASURED, FITTED if fitted is not None else {})
    panel = immittance_panel([drawn], quantity, geometry or spectrum.geometry, shape_of(ax))
    return draw(panel, ax)


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
    one_below_the_other = (0.19, 0.60, 0.77, 0.35), (0.19, 0.085, 0.77, 0.42)
    side_by_side = (0.10, 0.15, 0.38, 0.76), (0.60, 0.15, 0.38, 0.76)
    narrow = width < 1.5 * ONE_COLUMN
    with style():
        figure = empty_figure(width, 5.0 if narrow else 2.9)
        upper, plane = map(figure.add_axes, one_below_the_other if narrow else side_by_side)
        immittance_over_frequency(spectrum, fit, ax=upper, **options)
        immittance_plane(spectrum, fit, ax=plane, **options)
    return figure


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
    panel = _series_panel(series, fits, quantity, part, shape_of(ax), geometry)
    return draw(replace(panel, colours=coordinate_of(series)), ax)


def _series_panel(
    series: Series,
    fits: Sequence[FitResult | None],
    quantity: Quantity,
    part: Part,
    shape: float,
    geometry: Geometry | None = None,
) -> Panel:
    """Return one part of a quantity, or its plane, for every spectrum; without a colour bar."""
    many = len(series) > 12
    known = fits or [None] * len(series)
    drawn = [
        Drawn(
            spectrum, fit, part,
            {"color": colour, "marker": "o", "size": 1.2 if many else 2.4, "order": 2,
             "name": "measured"},
            {"color": colour, "line": 0.6 if many else 0.9, "name": "line"},
        )
        for spectrum, fit, colour in zip(
            series.spectra, known, shades_by_value(series.values), strict=True
        )
    ]  # fmt: skip
    return immittance_panel(drawn, quantity, geometry or series.geometry, shape)


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
    fits = [result.fit for result in analysis.spectra]
    two = width > 1.5 * ONE_COLUMN and len(parts) > 1
    left, across = (0.095, 0.79) if width > 1.5 * ONE_COLUMN else (0.19, 0.58)
    height = 2.7 if two else 2.6 * len(parts)
    with style():
        figure = empty_figure(width, height)
        for i, part in enumerate(parts):
            place = (0.085 + 0.465 * i, 0.16, 0.345, 0.74) if two else (
                left, 1 - (2.6 * i + 2.2) / height, across, 1.95 / height
            )  # fmt: skip
            ax = figure.add_axes(place)
            panel = _series_panel(analysis.series, fits, quantity, part, shape_of(ax))
            bar = coordinate_of(analysis.series) if i or not two else None
            draw(replace(panel, colours=bar), ax)
    return figure
