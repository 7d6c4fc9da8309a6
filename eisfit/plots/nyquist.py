"""Nyquist plots: −Im Z over Re Z with equal axes, and insets that show what the view leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.words import power_text, process_words
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import draw, shape_of
from eisfit.plots.curves import arcs, fit_curve, points_left_out
from eisfit.plots.panel import (
    FITTED,
    LEFT_OUT,
    MEASURED,
    Axis,
    Band,
    Curve,
    Mark,
    Panel,
    Text,
    ohm_scale,
)
from eisfit.plots.style import DATA, FIT, GREY, colour_of

NyquistQuantity: TypeAlias = Literal["impedance", "resistivity", "area_resistance"]
"""Z in Ω, Z·A/l in Ω cm, Z·A in Ω cm²."""

_FREE = 0.43
"""Share of the height below the insets."""

_ZOOM = 1.8
"""How many times larger than the arcs the whole must be before the view is limited to them."""

_SMALL, _NOISE = 0.12, 1e-5
"""Share of the view below which the first arc is shown enlarged, and below which it is noise."""

_INSET_SHAPE = 0.7
_LEAST_POINTS = 4  # points that show an arc

_TAIL = 0.95
"""Share of its largest height at which a tail ends; an arc has come down further."""

WITH_FIXTURE = "measured, with the fixture"


@dataclass(frozen=True, slots=True)
class AxisUnits:
    """The quantity on the axes: a multiple of Z, its symbol, and what follows the Ω."""

    multiple: float
    symbol: str
    suffix: str

    def scale(self, largest: float) -> tuple[float, str]:
        """Return by what an impedance in Ω is divided, and the unit, so that `largest` reads well.

        Examples
        --------
        >>> AxisUnits(100.0, "ρ", " cm").scale(250.0)
        (10.0, 'kΩ cm')
        """
        factor, unit = ohm_scale(self.multiple * largest)
        return factor / self.multiple, unit + self.suffix


def axis_units(quantity: NyquistQuantity, geometry: Geometry | None) -> AxisUnits:
    """Return the quantity on the axes.

    Raises
    ------
    ValueError
        For resistivity and area resistance without a geometry.
    """
    if quantity == "impedance":
        return AxisUnits(1.0, "Z", "")
    if geometry is None:
        raise ValueError(
            f"the {quantity.replace('_', ' ')} needs thickness and area of the sample, which are "
            "not known; give a geometry, or draw the impedance"
        )
    if quantity == "resistivity":
        return AxisUnits(100 / geometry.cell_constant, "ρ", " cm")
    return AxisUnits(1e4 * geometry.area, "Z·A", " cm²")


@dataclass(frozen=True, slots=True)
class View:
    """What part of the plane is shown, in Ω; `limited` where data lie outside on purpose."""

    left: float
    right: float
    bottom: float
    top: float
    limited: bool = False

    @property
    def width(self) -> float:
        """Width in Ω."""
        return self.right - self.left

    def near(self, Z: ComplexArray) -> ComplexArray:
        """Return the points of `Z` within the view, or just outside."""
        margin = 0.3 * self.width
        inside = (Z.real > self.left - margin) & (Z.real < self.right + margin)
        inside &= (-Z.imag > self.bottom - margin) & (-Z.imag < self.top + margin)
        return Z[inside]

    def scale(self, units: AxisUnits) -> tuple[float, str]:
        """Return how many Ω are 1 on the axes, and their unit."""
        return units.scale(max(abs(self.left), abs(self.right)))

    def panel(self, marks: Sequence[Mark], factor: float, most: tuple[int, int],
              labels: tuple[str, str] = ("", ""), **more: Any) -> Panel:  # fmt: skip
        """Return these marks on axes that show the view, with at most so many labels."""
        x = Axis(labels[0], (self.left / factor, self.right / factor), most=most[0])
        y = Axis(labels[1], (self.bottom / factor, self.top / factor), most=most[1])
        return Panel(marks, x, y, equal=True, **more)

    def with_space_above(self, top: float) -> View:
        """Return the view, larger where what reaches up to `top` would lie under an inset.

        The shape stays, so that the view grows to the right as well.
        """
        height = self.top - self.bottom
        more = max((top - self.bottom) / (_FREE * height), 1.0)
        return replace(self, right=self.left + more * self.width,
                       top=self.bottom + more * height)  # fmt: skip


def view_around(Z: ComplexArray, shape: float) -> View:
    """Return the smallest view of `shape` that holds `Z`, and the origin where that is near."""
    low, high = float(np.min(Z.real)), float(np.max(Z.real))
    left = 0.0 if 0 <= low < 0.6 * high else low
    bottom, top = min(0.0, float(np.min(-Z.imag))), max(0.0, float(np.max(-Z.imag)))
    span = max(high - left, (top - bottom) / shape, 0.02 * max(abs(high), abs(low)), 1e-12)
    width = 1.12 * span
    left -= 0.04 * span if left == 0.0 else (width - (high - low)) / 2
    bottom -= 0.04 * width * shape
    return View(left, left + width, bottom, bottom + width * shape)


def nyquist(
    spectrum: Spectrum,
    fitted: FitResult | None = None,
    *,
    ax: Axes,
    quantity: NyquistQuantity = "impedance",
    geometry: Geometry | None = None,
) -> Axes:
    """Draw −Im Z over Re Z with equal axes, the fit as a line and every decade marked.

    Where a blocking tail is much larger than the arcs, the view is limited to the arcs, a note
    states it, and an inset shows the whole. Where the first arc of a fit is small beside the view,
    an inset shows it enlarged.

    Parameters
    ----------
    spectrum : Spectrum
        Points in use are drawn filled, points left out as open grey squares.
    fitted : FitResult, optional
        Its curve is drawn as a line, its arcs are shaded.
    ax : Axes
        Where to draw; its box keeps its shape.
    quantity : {"impedance", "resistivity", "area_resistance"}
        Z in Ω, Z·A/l in Ω cm, or Z·A in Ω cm².
    geometry : Geometry, optional
        Of the sample; else that of the spectrum.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For resistivity and area resistance without a geometry.
    """
    units = axis_units(quantity, geometry or spectrum.geometry)
    return draw(nyquist_panel(spectrum, fitted, units, shape_of(ax)), ax)


def nyquist_panel(
    spectrum: Spectrum, fitted: FitResult | None, units: AxisUnits, shape: float
) -> Panel:
    """Return −Im Z over Re Z on a panel of a `shape`, its height over its width; see `nyquist`."""
    frequency, Z = spectrum.kept
    line_at, line = fit_curve(spectrum, fitted, 300)
    knee = knee_of(line_at, line)
    view = view_of(frequency, Z, knee, shape)
    small = _small_arc(fitted, view) if fitted is not None else None
    if small is not None or view.limited:
        arcs_only = line[line_at >= knee] if view.limited and knee is not None else line
        view = view.with_space_above(float(np.max(-arcs_only.imag, initial=0.0)))
    factor, unit = view.scale(units)
    marks: list[Mark] = []
    if fitted is not None:
        marks += [*_arc_marks(fitted, view, factor), _curve(view.near(line), factor, **FITTED)]
    insets = []
    if view.limited:
        whole = _whole_panel(Z, line, view, units, shape, fitted, narrow=small is not None)
        insets.append(((0.12, 0.56, 0.34 if small is None else 0.24, 0.29), whole))
    if small is not None:
        place = (0.47, 0.56, 0.22, 0.29) if view.limited else (0.62, 0.56, 0.34, 0.29)
        insets.append((place, _enlarged_panel(Z, line, small, units)))
    marks += [*_points(spectrum, view, factor), *_decade_marks(line_at, line, view, factor)]
    labels = f"Re {units.symbol} ({unit})", f"−Im {units.symbol} ({unit})"
    return view.panel(marks, factor, (5, 5), labels, insets=insets)


def _curve(Z: ComplexArray, factor: float, **kind: Any) -> Curve:
    """Return impedances in Ω as a curve on axes on which `factor` Ω are 1."""
    return Curve(Z.real / factor, -Z.imag / factor, **kind)


def _whole_panel(
    Z: ComplexArray, line: ComplexArray, view: View, units: AxisUnits, shape: float,
    fitted: FitResult | None, *, narrow: bool,
) -> Panel:  # fmt: skip
    """Return the whole, with a frame about the part that the main view shows."""
    whole = view_around(np.concatenate([Z, line]), shape)
    factor, unit = whole.scale(units)
    corners = [view.left, view.right] + 1j * np.array([[view.bottom], [view.top]])
    frame = np.conj(corners[[0, 0, 1, 1, 0], [0, 1, 1, 0, 0]])
    marks = [
        _curve(line, factor, color=GREY if fitted is None else FIT, line=0.8, order=2),
        _curve(Z, factor, color=DATA, marker="o", size=1.5, order=1),
        _curve(frame, factor, line=0.6),
    ]
    lines = ["view limited", "to the arcs;"] if narrow else ["view limited to the arcs;"]
    title = "\n".join([*lines, f"the whole ({unit}):"])
    return whole.panel(marks, factor, (2, 3), title=title)


def _enlarged_panel(Z: ComplexArray, line: ComplexArray, view: View, units: AxisUnits) -> Panel:
    """Return a part of the plane enlarged."""
    factor, unit = view.scale(units)
    marks = [
        _curve(view.near(line), factor, color=FIT, line=1.0, order=2),
        _curve(view.near(Z), factor, **{**MEASURED, "size": 2.2, "order": 1}),
    ]
    return view.panel(marks, factor, (2, 3), title=f"first arc,\nenlarged ({unit}):")


def _small_arc(fitted: FitResult, view: View) -> View | None:
    """Return a view of the first arc that data show, where it is small beside the others."""
    frequency, Z = fitted.spectrum.kept
    inside = [arc for arc in arcs(fitted) if frequency[-1] < arc.peak_frequency < frequency[0]]
    if len(inside) < 2:
        return None
    arc = inside[0].impedance
    width = float(np.ptp(arc.real))
    if not _NOISE * view.width < width < _SMALL * view.width:
        return None
    start = float(arc.real.min())
    top = float(np.max(-arc.imag))
    near = view_around(np.array([start, start + 1.25 * width - 1j * top]), _INSET_SHAPE)
    near_arc = (np.abs(Z.real - start) < 1.25 * width) & (-Z.imag > 0) & (-Z.imag < 1.2 * top)
    return near if np.sum(near_arc) >= _LEAST_POINTS else None


def knee_of(frequency: FloatArray, Z: ComplexArray) -> float | None:
    """Return the frequency at which the arcs end and a tail begins, None where there is none.

    A tail goes on rising to the lowest frequency; what falls again is one more arc.
    """
    if len(Z) < 5:
        return None
    height = -Z.imag
    for quantity in (height, height / np.maximum(np.abs(Z.real), 1e-300)):
        inner = quantity[1:-1]
        valleys = 1 + np.flatnonzero((inner <= quantity[:-2]) & (inner < quantity[2:]))
        valleys = valleys[(Z[valleys].real > 0) & (height[valleys] > 0)]
        if len(valleys) and np.max(quantity[-2:]) > _TAIL * np.max(quantity[valleys[-1] :]):
            return float(frequency[valleys[-1]])
    return None


def view_of(frequency: FloatArray, Z: ComplexArray, knee: float | None, shape: float) -> View:
    """Return limits with one scale on both axes: of all points, or of the arcs before a long tail.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz.
    Z : ndarray of complex, shape (k,)
        Ω.
    knee : float, optional
        Frequency in Hz below which the tail begins.
    shape : float
        Height over width of the box.
    """
    whole = view_around(Z, shape)
    if knee is None:
        return whole
    near = Z[frequency >= knee]
    edge = float(np.max(near.real, initial=0.0))
    if edge <= 0:
        return whole
    arcs_only = view_around(np.append(near, 1.35 * edge), shape)
    if whole.width < _ZOOM * arcs_only.width:
        return whole
    return View(arcs_only.left, arcs_only.right, arcs_only.bottom, arcs_only.top, limited=True)


def _arc_marks(fitted: FitResult, view: View, factor: float) -> list[Mark]:
    """Return every arc of the fit that is wide enough to be visible, as an area with its name."""
    order = list(fitted.model.processes)
    marks: list[Mark] = []
    for arc in arcs(fitted):
        Z = arc.impedance
        width = float(Z.real.max() - Z.real.min())
        if width < 0.01 * view.width or Z.real.min() > view.right:
            continue
        ends = [Z.real.min(), Z.real.max()]
        Z = Z[-Z.imag > 1e-3 * width]  # the far wings only make the file larger
        x, height = np.array([ends[0], *Z.real, ends[1]]), np.array([0.0, *-Z.imag, 0.0])
        colour = colour_of(arc.name, order) if arc.name else GREY
        marks.append(Band(x / factor, 0.0, height / factor, colour, alpha=0.16))
        centre = float(x[np.argmax(height)])
        if arc.name and width > 0.2 * view.width and centre < view.right:
            words = process_words(arc.name)
            if width < 0.4 * view.width and not words[-1].isdigit():
                words = words.replace(" ", "\n")
            middle = 0.3 * float(np.max(height)) / factor
            marks.append(Text(centre / factor, middle, words, colour, order=2))
    return marks


def _points(spectrum: Spectrum, view: View, factor: float) -> list[Mark]:
    marks: list[Mark] = [_curve(view.near(spectrum.kept[1]), factor, **MEASURED)]
    left_out = view.near(spectrum.impedance[points_left_out(spectrum)])
    if len(left_out):
        marks.append(_curve(left_out, factor, **LEFT_OUT))
    if spectrum.measured is not None:
        before = view.near(spectrum.measured[~spectrum.mask])
        marks.append(_curve(before, factor, color=GREY, marker="+", order=2.4, label=WITH_FIXTURE))
    return marks


def _decade_marks(frequency: FloatArray, Z: ComplexArray, view: View, factor: float) -> list[Mark]:
    """Return marks where the curve passes whole decades of frequency, and labels that fit."""
    order = np.argsort(-frequency)
    at, x, y = -np.log10(frequency[order]), Z.real[order], -Z.imag[order]
    decades = -np.arange(np.floor(-at[0] + 1e-9), np.ceil(-at[-1] - 1e-9) - 1, -1.0)
    taken: list[tuple[float, float]] = []
    marked: list[complex] = []
    labels: list[Mark] = []
    for place in decades:
        px, py = float(np.interp(place, at, x)), float(np.interp(place, at, y))
        if not (view.left < px < view.right and view.bottom < py < view.top):
            continue
        marked.append(px - 1j * py)
        u, v = (px - view.left) / view.width, (py - view.bottom) / view.width
        near = any(abs(u - a) < 0.11 and abs(v - b) < 0.08 for a, b in taken)
        if near or py > view.top - 0.1 * view.width:
            continue
        taken.append((u, v))
        along = [float(np.diff(np.interp([place - 0.1, place + 0.1], at, c))[0]) for c in (x, y)]
        ha, va, offset = _outer_side(*along, away=1 if u < 0.16 else -1 if u > 0.88 else 0)
        labels.append(Text(px / factor, py / factor, f"{power_text(10.0**-place)} Hz", size=6,
                           ha=ha, va=va, offset=offset, box=True, order=6))  # fmt: skip
    if marked:
        dots = _curve(np.array(marked), factor, marker="o", size=3.4, order=5, name="decades")
        labels.append(dots)
    return labels


def _outer_side(dx: float, dy: float, *, away: int) -> tuple[str, str, tuple[float, float]]:
    """Return alignment and offset of a label on the outer side of a curve, or `away` from an edge.

    Parameters
    ----------
    dx, dy : float
        Direction of the curve.
    away : {-1, 0, 1}
    """
    length = float(np.hypot(dx, dy)) or 1.0
    across, up = -dy / length, dx / length
    if away * across < -0.4:
        across, up = -across, -up
    ha = "right" if across < -0.4 else "left" if across > 0.4 else "center"
    va = "bottom" if up > 0.4 else "top" if up < -0.4 else "center"
    return ha, va, (5 * across, 4 * up)
