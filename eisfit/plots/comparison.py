"""Measured values beside those of the literature, with the tolerance of the comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from eisfit.analysis.comparison import ComparisonRow
from eisfit.plots.axes import celsius_text, log_axis, wrapped, write_beside
from eisfit.plots.style import INK, TWO_COLUMNS, VERDICT_COLOURS, in_words, new_figure, style

QUANTITIES = {
    "conductivity_S_cm": "Conductivity (S cm⁻¹)",
    "activation_energy_eV": "Activation energy (eV)",
    "area_resistance_ohm_cm2": "Area resistance (Ω cm²)",
    "thickness_m": "Thickness (m)",
}


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
    logarithmic = quantity != "activation_energy_eV"
    extent: list[float] = []
    for place, row in enumerate(rows):
        extent += _row(row, place, logarithmic=logarithmic, ax=ax)
    ax.set_yticks(range(len(rows)), [_name(row) for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0, right=False)
    ax.set_xlabel(QUANTITIES.get(quantity, quantity))
    _horizontal(extent, logarithmic=logarithmic, ax=ax)
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


def _row(row: ComparisonRow, place: int, *, logarithmic: bool, ax: Axes) -> list[float]:
    """Draw one line and return the values that must be within the view."""
    colour = VERDICT_COLOURS[row.verdict]
    value, tolerance = row.reference_value, row.tolerance
    low, high = (
        (value / max(tolerance, 1.0), value * max(tolerance, 1.0))
        if logarithmic
        else (value - tolerance, value + tolerance)
    )
    ax.plot([low, high], [place, place], color=colour, lw=9, alpha=0.22, zorder=1,
            solid_capstyle="butt")  # fmt: skip
    first = place == 0
    ax.plot([value], [place], "D", color="#fff3b0", mec=INK, ms=5.5, zorder=3,
            label="literature" if first else None, ls="none")  # fmt: skip
    if row.measured is None or (logarithmic and row.measured <= 0):
        return [low, high]
    error = row.measured_stderr if row.measured_stderr is not None else 0.0
    error = error if np.isfinite(error) else 0.0
    if logarithmic:
        error = min(error, 0.9 * row.measured)
    ax.errorbar([row.measured], [place], xerr=[error], fmt="o", color=colour, mec=INK, ms=5,
                elinewidth=1.2, zorder=4, label="measured" if first else None)  # fmt: skip
    return [low, high, row.measured - error, row.measured + error]


def _horizontal(extent: Sequence[float], *, logarithmic: bool, ax: Axes) -> None:
    finite = [e for e in extent if np.isfinite(e)] or [1.0]
    low, high = min(finite), max(finite)
    if logarithmic:
        log_axis(ax.xaxis, low / 1.4, high * 1.4)
        return
    margin = 0.08 * max(high - low, 0.05)
    ax.set_xlim(low - margin, high + margin)
    ax.xaxis.set_major_locator(MaxNLocator(6))


def _name(row: ComparisonRow) -> str:
    """Return process and source on two lines."""
    what = in_words(row.process)
    if row.temperature is not None:
        what += f", {celsius_text(row.temperature)}"
    return f"{what}\n{wrapped(row.citation or row.reference_id, 38, 2)}"
