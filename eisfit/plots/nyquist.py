"""Nyquist plots: −Im Z over Re Z with equal axes, and insets that show what the view leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import ohm_scale, power_text, shape_of
from eisfit.plots.curves import arcs, fit_curve, points_left_out
from eisfit.plots.style import DATA, FIT, GREY, INK, colour_of, in_words

NyquistQuantity: TypeAlias = Literal["impedance", "resistivity", "area_resistance"]
"""Z in Ω, Z·A/l in Ω cm, Z·A in Ω cm²."""


_FREE = 0.43
"""Share of the height below the insets."""

_TITLE: dict[str, Any] = {
    "fontsize": 6, "pad": 2, "fontweight": "normal", "loc": "left", "color": GREY,
    "linespacing": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AxisUnits:
    """What stands on the axes: a multiple of Z, its symbol, and what follows the Ω."""

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
    """Return what stands on the axes.

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

    def holds(self, Z: ComplexArray) -> ComplexArray:
        """Return the points of `Z` within the view, or just outside."""
        margin = 0.3 * self.width
        inside = (Z.real > self.left - margin) & (Z.real < self.right + margin)
        inside &= (-Z.imag > self.bottom - margin) & (-Z.imag < self.top + margin)
        return Z[inside]

    def limit(self, ax: Axes, factor: float) -> None:
        """Set the limits of `ax`, on which `factor` Ω are 1."""
        ax.set_xlim(self.left / factor, self.right / factor)
        ax.set_ylim(self.bottom / factor, self.top / factor)

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


def _draw_whole(
    Z: ComplexArray,
    line: ComplexArray,
    view: View,
    units: AxisUnits,
    *,
    ax: Axes,
    colour: str,
    narrow: bool,
) -> None:
    """Show the whole in the upper left corner, with the part that the main view shows framed."""
    whole = view_around(np.concatenate([Z, line]), shape_of(ax))
    factor, unit, inset = _inset((0.12, 0.56, 0.24 if narrow else 0.34, 0.29), whole, units, ax)
    inset.plot(line.real / factor, -line.imag / factor, color=colour, lw=0.8, zorder=2)
    inset.plot(Z.real / factor, -Z.imag / factor, "o", ls="none", ms=1.5, color=DATA, zorder=1)
    inset.add_patch(Rectangle(
        (view.left / factor, view.bottom / factor), view.width / factor,
        (view.top - view.bottom) / factor, fill=False, ec=INK, lw=0.6, zorder=3,
    ))  # fmt: skip
    lines = ["view limited", "to the arcs;"] if narrow else ["view limited to the arcs;"]
    inset.set_title("\n".join([*lines, f"the whole ({unit}):"]), **_TITLE)


def _draw_enlarged(
    Z: ComplexArray,
    line: ComplexArray,
    view: View,
    units: AxisUnits,
    *,
    ax: Axes,
    place: Literal["centre", "right"],
) -> None:
    """Show a part of the plane enlarged, above the arcs."""
    left, width = (0.47, 0.22) if place == "centre" else (0.62, 0.34)
    factor, unit, inset = _inset((left, 0.56, width, 0.29), view, units, ax)
    near, fitted = view.holds(Z), view.holds(line)
    inset.plot(fitted.real / factor, -fitted.imag / factor, color=FIT, lw=1.0, zorder=2)
    inset.plot(near.real / factor, -near.imag / factor, "o", ls="none", ms=2.2, color=DATA,
               mfc="white", mew=0.5, zorder=1)  # fmt: skip
    inset.set_title(f"first arc,\nenlarged ({unit}):", **_TITLE)


def _inset(
    place: tuple[float, float, float, float], view: View, units: AxisUnits, ax: Axes
) -> tuple[float, str, Axes]:
    factor, unit = units.scale(max(abs(view.left), abs(view.right)))
    inset = ax.inset_axes(place)
    inset.set_aspect("equal", adjustable="box", anchor="NW")
    view.limit(inset, factor)
    inset.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))
    inset.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    inset.tick_params(labelsize=6, length=2, pad=1.5)
    return factor, unit, inset


_ZOOM = 1.8
"""How many times larger than the arcs the whole must be before the view is limited to them."""

_SMALL, _NOISE = 0.12, 1e-5
"""Share of the view below which the first arc is shown enlarged, and below which it is noise."""

_INSET_SHAPE = 0.7
_LEAST_POINTS = 4  # points that show an arc

_TAIL = 0.95
"""Share of its largest height at which a tail ends; an arc has come down further."""

WITH_FIXTURE = "measured, with the fixture"


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
    frequency, Z = spectrum.kept
    line_at, line = fit_curve(spectrum, fitted, 300)
    knee = knee_of(line_at, line)
    view = view_of(frequency, Z, knee, shape_of(ax))
    small = _small_arc(fitted, view) if fitted is not None else None
    if small is not None or view.limited:
        arcs_only = line[line_at >= knee] if view.limited and knee is not None else line
        view = view.with_space_above(float(np.max(-arcs_only.imag, initial=0.0)))
    factor, unit = units.scale(max(abs(view.left), abs(view.right)))
    if fitted is not None:
        _shade(fitted, view, factor, ax)
        near = view.holds(line)
        ax.plot(near.real / factor, -near.imag / factor, color=FIT, zorder=4, label="fit")
    _points(spectrum, view, factor, ax)
    ax.set_aspect("equal", adjustable="box")
    view.limit(ax, factor)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(ScalarFormatter(useOffset=False))
    _mark_decades(line_at, line, factor, ax)
    ax.set_xlabel(f"Re {units.symbol} ({unit})")
    ax.set_ylabel(f"−Im {units.symbol} ({unit})")
    if view.limited:
        colour = FIT if fitted is not None else GREY
        _draw_whole(Z, line, view, units, ax=ax, colour=colour, narrow=small is not None)
    if small is not None:
        _draw_enlarged(Z, line, small, units, ax=ax, place="centre" if view.limited else "right")
    return ax


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


def _shade(fitted: FitResult, view: View, factor: float, ax: Axes) -> None:
    """Shade every arc of the fit and name it, where it is wide enough to be visible."""
    order = list(fitted.model.processes)
    for arc in arcs(fitted):
        Z = arc.impedance
        width = float(Z.real.max() - Z.real.min())
        if width < 0.01 * view.width or Z.real.min() > view.right:
            continue
        ends = (Z.real.min(), Z.real.max())
        Z = Z[-Z.imag > 1e-3 * width]  # the far wings only make the file larger
        Z = np.concatenate([[ends[0]], Z, [ends[1]]])
        colour = colour_of(arc.name, order) if arc.name else GREY
        ax.fill(Z.real / factor, -Z.imag / factor, color=colour, alpha=0.16, lw=0, zorder=1)
        centre = float(Z.real[np.argmax(-Z.imag)])
        if arc.name and width > 0.2 * view.width and centre < view.right:
            words = in_words(arc.name)
            if width < 0.4 * view.width and not words[-1].isdigit():
                words = words.replace(" ", "\n")
            ax.text(centre / factor, 0.3 * float(np.max(-Z.imag)) / factor, words, ha="center",
                    va="center", fontsize=6.5, color=colour, zorder=2, clip_on=True,
                    linespacing=0.95)  # fmt: skip


def _points(spectrum: Spectrum, view: View, factor: float, ax: Axes) -> None:
    _, Z = spectrum.kept
    near = view.holds(Z)
    ax.plot(near.real / factor, -near.imag / factor, "o", ls="none", color=DATA, mfc="white",
            ms=3.2, zorder=3, label="measured")  # fmt: skip
    out = view.holds(spectrum.impedance[points_left_out(spectrum)])
    if len(out):
        ax.plot(out.real / factor, -out.imag / factor, "s", ls="none", color="#b0b0b0",
                mfc="none", ms=3.2, zorder=2.5, label="left out")  # fmt: skip
    if spectrum.measured is not None:
        before = view.holds(spectrum.measured[~spectrum.mask])
        ax.plot(before.real / factor, -before.imag / factor, "+", ls="none", color="#8a8a8a",
                ms=3.5, mew=0.7, zorder=2.4, label=WITH_FIXTURE)  # fmt: skip


def _mark_decades(frequency: FloatArray, Z: ComplexArray, factor: float, ax: Axes) -> None:
    """Mark where the curve passes whole decades of frequency, and label those that fit."""
    order = np.argsort(-frequency)
    at, x, y = -np.log10(frequency[order]), Z.real[order] / factor, -Z.imag[order] / factor
    decades = -np.arange(np.floor(-at[0] + 1e-9), np.ceil(-at[-1] - 1e-9) - 1, -1.0)
    left, right, bottom, top = *ax.get_xlim(), *ax.get_ylim()
    size = right - left
    taken: list[tuple[float, float]] = []
    marked: list[tuple[float, float]] = []
    for place in decades:
        px, py = float(np.interp(place, at, x)), float(np.interp(place, at, y))
        if not (left < px < right and bottom < py < top):
            continue
        marked.append((px, py))
        u, v = (px - left) / size, (py - bottom) / size
        if any(abs(u - a) < 0.11 and abs(v - b) < 0.08 for a, b in taken) or py > top - 0.1 * size:
            continue
        taken.append((u, v))
        ahead = [float(np.interp(place + step, at, c)) for step in (-0.1, 0.1) for c in (x, y)]
        _label(power_text(10.0**-place), (px, py), (ahead[2] - ahead[0], ahead[3] - ahead[1]),
               away=1 if u < 0.16 else -1 if u > 0.88 else 0, ax=ax)  # fmt: skip
    if marked:
        ax.plot(*zip(*marked, strict=True), "o", ls="none", ms=3.4, color=INK, zorder=5,
                gid="decades")  # fmt: skip


def _label(
    text: str, at: tuple[float, float], along: tuple[float, float], *, away: int, ax: Axes
) -> None:
    """Write `text` in Hz on the outer side of a curve, or on that which is `away` from an edge."""
    length = float(np.hypot(*along)) or 1.0
    across, up = -along[1] / length, along[0] / length
    if away * across < -0.4:
        across, up = -across, -up
    ha = "right" if across < -0.4 else "left" if across > 0.4 else "center"
    va = "bottom" if up > 0.4 else "top" if up < -0.4 else "center"
    ax.annotate(f"{text} Hz", at, (5 * across, 4 * up), textcoords="offset points", ha=ha, va=va,
                fontsize=6, color=INK, zorder=6, annotation_clip=True,
                bbox={"fc": "white", "ec": "none", "alpha": 0.6, "pad": 0.4})  # fmt: skip
