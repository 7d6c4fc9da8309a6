"""The figure that shows where everything measured falls among published values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from uncertainties import UFloat, ufloat

from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.plots.landscape import landscape
from eisfit.plots.placing import beside, landscape_height, placed
from eisfit.plots.style import TWO_COLUMNS, empty_figure, style

_ABOVE, _BELOW = 0.37, 0.58
"""Inch above the figure's Axes for the legend, and below each for its axis."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """One quantity at one temperature, by process."""

    quantity: str
    measured: Mapping[str, UFloat]
    temperature: float = ROOM_TEMPERATURE


def landscape_figure(analysis: Analysis) -> Figure | None:
    """Return where measured values fall among those of the literature.

    One panel for conductivities at 25 °C, by the Arrhenius lines; one for area resistances and one
    for thicknesses of interfaces, by the spectrum nearest to 25 °C and, in a symmetric cell, of
    one of its two interfaces.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    Figure or None
        None where nothing that was measured has a published value beside it.
    """
    panels = [panel for panel in _panels(analysis) if _stands(panel, analysis)]
    if not panels:
        return None
    heights = [
        landscape_height(analysis.published, panel.quantity, panel.temperature) for panel in panels
    ]
    with style():
        whole = sum(heights) + _BELOW * len(heights) + _ABOVE
        figure = empty_figure(TWO_COLUMNS, whole)
        top = whole - _ABOVE
        for panel, height in zip(panels, heights, strict=True):
            ax = figure.add_axes((0.33, (top - height) / whole, 0.41, height / whole))
            landscape(
                analysis.published, panel.measured, ax=ax, quantity=panel.quantity,
                temperature=panel.temperature, material=analysis.material,
            )  # fmt: skip
            top -= height + _BELOW
        _legend(figure.axes)
    return figure


def _stands(panel: _Panel, analysis: Analysis) -> bool:
    """Say whether anything measured has a published value beside it."""
    groups = placed(analysis.published, panel.quantity, panel.temperature)
    return any(beside(kind, panel.measured) for kind in groups)


def _legend(panels: list[Axes]) -> None:
    """Write one legend above the first panel for what stands in any of them."""
    entries: dict[str, Any] = {}
    for ax in panels:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    panels[0].legend(
        list(entries.values()),
        list(entries),
        loc="lower center",
        bbox_to_anchor=(0.4, 1.0),
        ncols=4,
    )


def _panels(analysis: Analysis) -> list[_Panel]:
    """Return what was measured, quantity by quantity."""
    sigma = {
        name: ufloat(*map(float, line.conductivity_at(ROOM_TEMPERATURE)))
        for name, line in analysis.arrhenius.items()
        if line.has_geometry
    }
    if "total" in sigma:
        sigma.pop("electrolyte", None)
    out = [_Panel("conductivity_S_cm", _positive(sigma))]
    room = _nearest_to_room(analysis)
    if room is None:
        return out
    T = room.spectrum.temperature
    if T is not None:
        out.append(_Panel("area_resistance_ohm_cm2", _area_resistances(room), T))
    return [*out, _Panel("thickness_m", _thicknesses(room))]


def _positive(values: Mapping[str, UFloat]) -> dict[str, UFloat]:
    return {name: v for name, v in values.items() if 0 < v.nominal_value < math.inf}


def _nearest_to_room(analysis: Analysis) -> SpectrumResult | None:
    """Return the fitted spectrum nearest to 25 °C, the first of equals; None where none is."""
    fitted = [result for result in analysis.spectra if result.fit is not None]
    known = [result for result in fitted if result.spectrum.temperature is not None] or fitted
    return min(
        known,
        key=lambda r: abs((r.spectrum.temperature or 0.0) - ROOM_TEMPERATURE),
        default=None,
    )


def _area_resistances(result: SpectrumResult) -> dict[str, UFloat]:
    """Return the area resistance of one interface of each kind, Ω cm²."""
    return _positive({
        name: process.area_resistance
        for name, process in result.processes.items()
        if process.area_resistance is not None
    })  # fmt: skip


def _thicknesses(result: SpectrumResult) -> dict[str, UFloat]:
    """Return the thicknesses that follow from models, m."""
    return _positive({
        name: derived.value
        for name, process in result.processes.items()
        for derived in process.derived.values()
        if derived.unit == "m"
    })  # fmt: skip
