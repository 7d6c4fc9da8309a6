"""Measured values beside those of the literature, with the tolerance of the comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eisfit.analysis.comparison import ComparisonRow
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.plots.style import INK, VERDICT_COLOURS, in_words, log_axis, wrapped

QUANTITIES = {
    "conductivity_S_cm": "Conductivity (S cm⁻¹)",
    "activation_energy_eV": "Activation energy (eV)",
    "area_resistance_ohm_cm2": "Area resistance (Ω cm²)",
    "thickness_m": "Thickness (m)",
}
_SIGNS = {"agrees": "agrees", "differs": "differs", "not_comparable": "not comparable"}


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
        ax.annotate(_SIGNS[row.verdict], (1.0, place), (5, 0), xycoords=ax.get_yaxis_transform(),
                    textcoords="offset points", va="center", fontsize=7.5, fontweight="bold",
                    color=VERDICT_COLOURS[row.verdict])  # fmt: skip
    return ax


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
        ax.set_xscale("log")
        ax.set_xlim(log_axis(ax.xaxis, low / 1.4, high * 1.4))
        return
    margin = 0.08 * max(high - low, 0.05)
    ax.set_xlim(low - margin, high + margin)
    ax.xaxis.set_major_locator(MaxNLocator(6))


def _name(row: ComparisonRow) -> str:
    """Return process and source on two lines."""
    what = in_words(row.process)
    if row.temperature is not None:
        what += f", {row.temperature - ZERO_CELSIUS:.0f} °C".replace("-", "−")
    return f"{what}\n{wrapped(row.citation or row.reference_id, 38, 2)}"
