"""Capacitance, permittivity, modulus and conductivity: over frequency, in a plane, of a series."""

from __future__ import annotations

from collections.abc import Sequence
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
from eisfit.plots.coordinate import coordinate_of
from eisfit.plots.curves import fit_curve
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


Part: TypeAlias = Literal["real", "imaginary", "plane"]
"""One part over frequency, or the imaginary over the real one."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """How values of a quantity stand on two axes.

    Parameters
    ----------
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    part : {"real", "imaginary", "plane"}
    geometry : Geometry or None
    log : bool
        Whether the axes of the quantity are logarithmic, so that values ≤ 0 have no place.
    """

    quantity: Quantity
    part: Part
    geometry: Geometry | None
    log: bool

    def place(self, frequency: FloatArray, Z: ComplexArray) -> tuple[FloatArray, FloatArray, int]:
        """Return x and y of impedances in Ω, and how many of them have no place."""
        values = immittance(frequency, Z, self.quantity, self.geometry)
        y = np.asarray(values.real if self.part == "real" else values.imag, dtype=float)
        x = np.asarray(values.real if self.part == "plane" else frequency, dtype=float)
        shown = np.isfinite(x) & np.isfinite(y)
        if self.log:
            shown &= (x > 0) & (y > 0)
        return x[shown], y[shown], int(np.sum(~shown))

    def axes(self, x: FloatArray, y: FloatArray, shape: float) -> tuple[Axis, Axis]:
        """Return axes that hold these points, on a panel of `shape`, its height over its width."""
        names = axis_names(self.quantity, self.geometry)
        if self.part != "plane":
            label = names.real if self.part == "real" else names.imaginary
            return frequency_scale(x), _value_axis(label, names, y, log=self.log)
        if self.log:
            one = np.ones(1)
            axes = equal_log_scales(x if len(x) else one, y if len(y) else one, shape=shape,
                                    margin=1.08, least=0.5, most=6)  # fmt: skip
            return replace(axes[0], label=names.label(names.real)), replace(
                axes[1], label=names.label(names.imaginary)
            )
        x, y = np.append(x, 0.0), np.append(y, 0.0)
        width = 1.12 * max(float(np.ptp(x)), float(np.ptp(y)) / shape, 1e-300)
        left, bottom = float(x.min()) - 0.04 * width, float(y.min()) - 0.04 * width * shape
        divisor, power = scaled(max(abs(left), abs(left + width)))
        return (
            Axis(names.label(names.real, power), (left, left + width), most=6, divisor=divisor),
            Axis(names.label(names.imaginary, power), (bottom, bottom + width * shape), most=6,
                 divisor=divisor),
        )  # fmt: skip


def project(
    quantity: Quantity, part: Part, geometry: Geometry | None, spectra: Sequence[Spectrum]
) -> Projection:
    """Return how a quantity of these spectra is drawn.

    The modulus has linear axes. Both axes of a plane of another quantity are logarithmic where a
    part ranges over more than a factor 30.

    Raises
    ------
    ValueError
        For permittivity and conductivity without a geometry.
    """
    log = quantity != "modulus"
    if log and part == "plane":
        values = np.concatenate([immittance(*s.kept, quantity, geometry) for s in spectra])
        log = any(needs_log_axis(p[p > 0]) for p in (values.real, values.imag))
    return Projection(quantity, part, geometry, log)


def _value_axis(label: str, names: AxisNames, values: FloatArray, *, log: bool) -> Axis:
    """Return a vertical axis that holds all values."""
    if log:
        return log_scale(names.label(label), values, most=6)
    low, high = min(0.0, float(values.min(initial=0.0))), float(values.max(initial=1e-300))
    margin = 0.06 * (high - low)
    divisor, power = scaled(max(abs(low), abs(high)))
    limits = low - margin, high + margin
    return Axis(names.label(label, power), limits, most=6, divisor=divisor)


def _note(hidden: int, what: str) -> str:
    return f"{hidden} {what} ≤ 0 left out" if hidden else ""


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
    drawn: list[tuple[Part, str, str, str]] = [
        ("real", names.real, PALETTE[0], "o"), ("imaginary", names.imaginary, PALETTE[1], "^"),
    ]  # fmt: skip
    if quantity == "conductivity":
        drawn = drawn[:1]
    marks: list[Mark] = []
    every, hidden = [], 0
    for part, name, colour, marker in drawn:
        projection = project(quantity, part, geometry, [spectrum])
        x, y, lost = projection.place(*spectrum.kept)
        hidden += lost
        every.append(y)
        marks.append(Curve(x, y, colour, marker, fill="white", label=name))
        if fitted is not None:
            line = projection.place(*fit_curve(spectrum, fitted, 300))[:2]
            marks.append(Curve(*line, colour, order=4, name=f"fit {name}"))
    label = ", ".join(name for _, name, *_ in drawn)
    y_axis = _value_axis(label, names, np.concatenate(every), log=quantity != "modulus")
    draw(Panel(marks, frequency_scale(spectrum.kept[0]), y_axis,
               note_above=_note(hidden, "values")), ax)  # fmt: skip
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
    projection = project(quantity, "plane", geometry or spectrum.geometry, [spectrum])
    x, y, hidden = projection.place(*spectrum.kept)
    marks: list[Mark] = [Curve(x, y, **MEASURED)]
    if fitted is not None:
        marks.append(Curve(*projection.place(*fit_curve(spectrum, fitted, 300))[:2], **FITTED))
    axes = projection.axes(x, y, shape_of(ax))
    return draw(Panel(marks, *axes, equal=True, note_above=_note(hidden, "points")), ax)


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
    projection = project(quantity, part, geometry or series.geometry, series.spectra)
    many = len(series) > 12
    shades = shades_by_value(series.values)
    marks: list[Mark] = []
    xs, ys, hidden = [], [], 0
    known = fits or [None] * len(series)
    for spectrum, fit, colour in zip(series.spectra, known, shades, strict=True):
        x, y, lost = projection.place(*spectrum.kept)
        line = projection.place(*fit_curve(spectrum, fit, 200))[:2]
        marks += [
            Curve(x, y, colour, "o", size=1.2 if many else 2.4, order=2, name="measured"),
            Curve(*line, colour, line=0.6 if many else 0.9, name="line"),
        ]
        xs.append(x)
        ys.append(y)
        hidden += lost
    axes = projection.axes(np.concatenate(xs), np.concatenate(ys), shape)
    equal = part == "plane"
    return Panel(marks, *axes, equal=equal, note_above=_note(hidden, "values"))


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
