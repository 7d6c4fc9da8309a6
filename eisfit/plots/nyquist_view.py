"""What part of the plane a Nyquist plot shows, in which unit, and the insets that show the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from eisfit.base.arrays import ComplexArray
from eisfit.data.geometry import Geometry
from eisfit.plots.style import DATA, FIT, GREY, INK, ohm_scale

NyquistQuantity: TypeAlias = Literal["impedance", "resistivity", "area_resistance"]
"""Z in Ω, Z·A/l in Ω cm, Z·A in Ω cm²."""


_FREE = 0.43
"""Share of the height below the insets."""

_TITLE: dict[str, Any] = {
    "fontsize": 6, "pad": 2, "fontweight": "normal", "loc": "left", "color": GREY,
    "linespacing": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Units:
    """What stands on the axes: a multiple of Z, its symbol, and what follows the Ω."""

    multiple: float
    symbol: str
    suffix: str

    def scale(self, largest: float) -> tuple[float, str]:
        """Return by what an impedance in Ω is divided, and the unit, so that `largest` reads well.

        Examples
        --------
        >>> Units(100.0, "ρ", " cm").scale(250.0)
        (10.0, 'kΩ cm')
        """
        factor, unit = ohm_scale(self.multiple * largest)
        return factor / self.multiple, unit + self.suffix


def units_of(quantity: NyquistQuantity, geometry: Geometry | None) -> Units:
    """Return what stands on the axes.

    Raises
    ------
    ValueError
        For resistivity and area resistance without a geometry.
    """
    if quantity == "impedance":
        return Units(1.0, "Z", "")
    if geometry is None:
        raise ValueError(
            f"the {quantity.replace('_', ' ')} needs thickness and area of the sample, which are "
            "not known; give a geometry, or draw the impedance"
        )
    if quantity == "resistivity":
        return Units(100 / geometry.cell_constant, "ρ", " cm")
    return Units(1e4 * geometry.area, "Z·A", " cm²")


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

    def with_room_above(self, top: float) -> View:
        """Return the view, larger where what reaches up to `top` would lie under an inset.

        The shape stays, so that the room is won to the right as well.
        """
        height = self.top - self.bottom
        more = max((top - self.bottom) / (_FREE * height), 1.0)
        return replace(self, right=self.left + more * self.width,
                       top=self.bottom + more * height)  # fmt: skip


def shape_of(ax: Axes) -> float:
    """Return height over width of the box of `ax` as it is laid out."""
    figure = ax.get_figure(root=True)
    width, height = figure.get_size_inches() if figure is not None else (1.0, 1.0)
    box = ax.get_position(original=True)
    return float(box.height * height / (box.width * width))


def around(Z: ComplexArray, shape: float) -> View:
    """Return the smallest view of `shape` that holds `Z`, and the origin where that is near."""
    low, high = float(np.min(Z.real)), float(np.max(Z.real))
    left = 0.0 if 0 <= low < 0.6 * high else low
    bottom, top = min(0.0, float(np.min(-Z.imag))), max(0.0, float(np.max(-Z.imag)))
    span = max(high - left, (top - bottom) / shape, 0.02 * max(abs(high), abs(low)), 1e-12)
    width = 1.12 * span
    left -= 0.04 * span if left == 0.0 else (width - (high - low)) / 2
    bottom -= 0.04 * width * shape
    return View(left, left + width, bottom, bottom + width * shape)


def draw_whole(
    Z: ComplexArray,
    line: ComplexArray,
    view: View,
    units: Units,
    *,
    ax: Axes,
    colour: str,
    narrow: bool,
) -> None:
    """Show the whole in the upper left corner, with the part that the main view shows framed."""
    whole = around(np.concatenate([Z, line]), shape_of(ax))
    factor, unit, inset = _inset((0.12, 0.56, 0.24 if narrow else 0.34, 0.29), whole, units, ax)
    inset.plot(line.real / factor, -line.imag / factor, color=colour, lw=0.8, zorder=2)
    inset.plot(Z.real / factor, -Z.imag / factor, "o", ls="none", ms=1.5, color=DATA, zorder=1)
    inset.add_patch(_frame(view, factor))
    lines = ["view limited", "to the arcs;"] if narrow else ["view limited to the arcs;"]
    inset.set_title("\n".join([*lines, f"the whole ({unit}):"]), **_TITLE)


def draw_enlarged(
    Z: ComplexArray,
    line: ComplexArray,
    view: View,
    units: Units,
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
    place: tuple[float, float, float, float], view: View, units: Units, ax: Axes
) -> tuple[float, str, Axes]:
    factor, unit = units.scale(max(abs(view.left), abs(view.right)))
    inset = ax.inset_axes(place)
    inset.set_aspect("equal", adjustable="box", anchor="NW")
    inset.set_xlim(view.left / factor, view.right / factor)
    inset.set_ylim(view.bottom / factor, view.top / factor)
    inset.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))
    inset.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    inset.tick_params(labelsize=6, length=2, pad=1.5)
    return factor, unit, inset


def _frame(view: View, factor: float) -> Rectangle:
    return Rectangle(
        (view.left / factor, view.bottom / factor), view.width / factor,
        (view.top - view.bottom) / factor, fill=False, ec=INK, lw=0.6, zorder=3,
    )  # fmt: skip
