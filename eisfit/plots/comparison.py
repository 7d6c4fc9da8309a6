"""Measured values beside those of the literature, with the tolerance of the comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.analysis.comparison import ComparisonRow
from eisfit.base.words import format_degrees, process_words
from eisfit.plots.axes import draw, write_beside
from eisfit.plots.panel import Axis, Curve, Mark, Panel, log_scale, wrapped
from eisfit.plots.style import (
    INK,
    PUBLISHED,
    TWO_COLUMNS,
    VERDICT_COLOURS,
    new_figure,
    style,
)

QUANTITIES = {
    "conductivity_S_cm": "Conductivity (S cm⁻¹)",
    "activation_energy_eV": "Activation energy (eV)",
    "area_resistance_ohm_cm2": "Area resistance (Ω cm²)",
    "thickness_m": "Thickness (m)",
}


def comparison_panel(rows: Sequence[ComparisonRow], quantity: str) -> Panel:
    """Return one line for each of these rows, the first on top; see `comparison`."""
    logarithmic = quantity != "activation_energy_eV"
    marks: list[Mark] = []
    extent: list[float] = []
    for place, row in enumerate(rows):
        colour = VERDICT_COLOURS[row.verdict]
        value, tolerance = row.reference_value, row.tolerance
        factor = max(tolerance, 1.0)
        ends = (value / factor, value * factor) if logarithmic \
            else (value - tolerance, value + tolerance)  # fmt: skip
        marks += [
            Curve(ends, [place, place], colour, line=9, alpha=0.22, order=1),
            Curve([value], [place], PUBLISHED, "D", size=5.5, edge=INK,
                  label="" if place else "literature"),
        ]  # fmt: skip
        extent += ends
        if row.measured is None or (logarithmic and row.measured <= 0):
            continue
        error = row.measured_stderr or 0.0
        error = error if np.isfinite(error) else 0.0
        if logarithmic:
            error = min(error, 0.9 * row.measured)
        marks.append(Curve([row.measured], [place], colour, "o", size=5, edge=INK, error_x=[error],
                           bar=1.2, order=4, label="" if place else "measured"))  # fmt: skip
        extent += [row.measured - error, row.measured + error]
    finite = np.array([e for e in extent if np.isfinite(e)] or [1.0])
    label = QUANTITIES.get(quantity, quantity)
    margin = 0.08 * max(float(np.ptp(finite)), 0.05)
    limits = float(finite.min()) - margin, float(finite.max()) + margin
    x = log_scale(label, finite, 1.4) if logarithmic else Axis(label, limits, most=6)
    names = [_name(row) for row in rows]
    return Panel(marks, x, Axis("", (len(rows) - 0.4, -0.6), names=names))


def comparison(
    rows: Sequence[ComparisonRow], *, ax: Axes, quantity: str = "activation_energy_eV"
) -> Axes:
    """Draw one line a literature value: its tolerance as a bar, measured and published values.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        Those of `quantity` are drawn, the first on top.
    ax : Axes
    quantity : str
        As in `ComparisonRow`.

    Returns
    -------
    Axes
    """
    rows = [row for row in rows if row.quantity == quantity]
    draw(comparison_panel(rows, quantity), ax)
    for place, row in enumerate(rows):
        write_beside(ax, place, row.verdict.replace("_", " "), fontsize=7.5, fontweight="bold",
                     color=VERDICT_COLOURS[row.verdict])  # fmt: skip
    return ax


def comparison_figure(rows: Sequence[ComparisonRow]) -> Figure:
    """Return the chart of measured against literature values, one panel a quantity."""
    kinds = list(dict.fromkeys(row.quantity for row in rows))
    kinds.sort(key=lambda kind: list(QUANTITIES).index(kind) if kind in QUANTITIES else 99)
    counts = [sum(row.quantity == kind for row in rows) for kind in kinds]
    with style():
        height = sum(0.46 * n + 0.75 for n in counts)
        figure, panels = new_figure(
            TWO_COLUMNS, height, nrows=len(kinds), squeeze=False,
            gridspec_kw={"height_ratios": [0.46 * n + 0.15 for n in counts]},
        )  # fmt: skip
        figure.subplots_adjust(
            left=0.38, right=0.84, bottom=0.5 / height, top=1 - 0.28 / height,
            hspace=0.75 * len(kinds) / height * 1.1 if len(kinds) > 1 else 0.2,
        )  # fmt: skip
        for kind, ax in zip(kinds, panels[:, 0], strict=True):
            comparison(rows, ax=ax, quantity=kind)
        panels[0, 0].legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
    return figure


def _name(row: ComparisonRow) -> str:
    """Return process and source on two lines."""
    what = process_words(row.process)
    if row.temperature is not None:
        what += f", {format_degrees(row.temperature)}"
    return f"{what}\n{wrapped(row.citation or row.reference_id, 38, 2)}"
