"""Any fitted parameter along a series: temperature, time, cycle, bias or another coordinate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.circuit.models import Parameter
from eisfit.circuit.tree import elements_of
from eisfit.fitting.result import Estimate
from eisfit.plots.overview import coordinate_of
from eisfit.plots.style import (
    GREY,
    ONE_COLUMN,
    TWO_COLUMNS,
    colour_of,
    empty_figure,
    log_axis,
    note_above,
    style,
)
from eisfit.plots.ticks import scaled_ticks

_UNITS = {
    "ohm": "Ω", "F": "F", "H": "H", "s": "s", "1": "", "F s^(n-1)": "F sⁿ⁻¹",
    "H s^(n-1)": "H sⁿ⁻¹", "ohm s^(-1/2)": "Ω/√s",
}  # fmt: skip

_LINE = 18  # letters of a label that stand in one line
_MANY = 20  # points from which on bars have no caps

_DECADES = 30.0
"""Ratio of largest to smallest from which an axis is logarithmic."""


def parameter_along(analysis: Analysis, name: str, *, ax: Axes) -> Axes:
    """Draw one fitted parameter along a series, with one standard error.

    Parameters
    ----------
    analysis : Analysis
    name : str
        As in the circuit, such as ``"n_bulk"`` or ``"R_sei"``.
    ax : Axes

    Returns
    -------
    Axes

    Raises
    ------
    ModelError
        Where the model has no such parameter.

    Notes
    -----
    Values that stand at a bound, or were held, are hollow and have no bar. Values that the data do
    not determine are left out, and a remark says of how many spectra. The axis is logarithmic
    where the values range over more than a factor 30; a bar that would reach 0 ends at a
    twentieth of the value.
    """
    parameter = analysis.model.parameters[analysis.model.index(name)]
    label, places = coordinate_of(analysis.series)
    found = [
        result.fit.estimates.get(name) if result.fit is not None else None
        for result in analysis.spectra
    ]
    values = np.array([e.value if e is not None and e.determined else np.nan for e in found])
    known = np.isfinite(values)
    error = np.array([_error(e) for e in found])
    full = known & np.isfinite(error)
    colour = colour_of(_owner(name, analysis), list(analysis.model.processes))
    down = np.minimum(error, 0.95 * np.abs(values)) if parameter.scale == "log" else error
    ax.errorbar(places[full], values[full], np.stack([down[full], error[full]]), fmt="o", ms=3.6,
                color=colour, elinewidth=0.8, zorder=3, gid=f"points {name}",
                capsize=0.0 if len(places) > _MANY else None)  # fmt: skip
    ax.plot(places[known], values[known], lw=0.6, color=colour, alpha=0.5, zorder=2)
    bare = known & ~full
    ax.plot(places[bare], values[bare], "o", ls="none", ms=3.6, mfc="white", color=colour, zorder=3,
            gid=f"without error {name}")  # fmt: skip
    _axes(places, (values, down, error), known, parameter, ax)
    ax.set_xlabel(label)
    lost = int(np.sum(~known))
    if lost:
        note_above(ax, f"not determined in {lost} of {len(known)}")
    return ax


def parameters_figure(
    analysis: Analysis, names: Sequence[str] = (), width: float = TWO_COLUMNS
) -> Figure:
    """Return parameters along a series, a panel each.

    Parameters
    ----------
    analysis : Analysis
    names : sequence of str, optional
        All parameters of the model where left out.
    width : float
        inch; `TWO_COLUMNS` (three panels beside each other) or `ONE_COLUMN` (one).

    Raises
    ------
    ModelError
        Where the model has no such parameter.
    """
    names = list(names) or list(analysis.model.names)
    across = min(len(names), 1 if width < 1.5 * ONE_COLUMN else 3)
    rows = -(-len(names) // across)
    height = 1.95 * rows + 0.1
    cell = width / across
    with style():
        figure = empty_figure(width, height)
        for i, name in enumerate(names):
            row, column = divmod(i, across)
            left, bottom = cell * column + 0.84, height - 1.95 * (row + 1) + 0.37
            ax = figure.add_axes(
                (left / width, bottom / height, (cell - 0.96) / width, 1.38 / height)
            )
            parameter_along(analysis, name, ax=ax)
            ax.yaxis.set_label_coords(-0.5 / (cell - 0.96), 0.5)
    return figure


def _error(estimate: Estimate | None) -> float:
    return np.nan if estimate is None or estimate.stderr is None else estimate.stderr


def _owner(name: str, analysis: Analysis) -> str:
    """Return the process that a parameter belongs to."""
    for process, declared in analysis.model.processes.items():
        own = [p for e in elements_of(declared.tree) for p in e.parameter_names]
        if name in own:
            return process
    return ""


def _axes(
    x: FloatArray,
    drawn: tuple[FloatArray, FloatArray, FloatArray],
    known: BoolArray,
    parameter: Parameter,
    ax: Axes,
) -> None:
    """Set limits and ticks so that all bars are within."""
    unit = _UNITS.get(parameter.unit, parameter.unit)
    values, down, up = (part[known] for part in drawn)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    reach = 0.05 * (float(np.ptp(x)) or 1.0)
    ax.set_xlim(float(x.min()) - reach, float(x.max()) + reach)
    if not len(values):
        ax.set_yticks([])
        ax.text(0.5, 0.5, "not determined", transform=ax.transAxes, ha="center", va="center",
                color=GREY)  # fmt: skip
        ax.set_ylabel(_label(parameter.name, unit))
        return
    low = float(np.min(values - np.nan_to_num(down)))
    high = float(np.max(values + np.nan_to_num(up)))
    if values.min() > 0 and values.max() > _DECADES * values.min():
        ax.set_yscale("log")
        ax.set_ylim(log_axis(ax.yaxis, 0.7 * max(low, 0.05 * values.min()), 1.4 * high, most=5))
        ax.set_ylabel(_label(parameter.name, unit))
        return
    if low > 0 and low < 0.4 * high:
        low = 0.0
    margin = 0.07 * (high - low) or 0.1 * abs(high) or 1.0
    ax.set_ylim(low - (margin if low else 0.0), high + margin)
    power = scaled_ticks(ax.yaxis, max(abs(low), abs(high)))
    ax.set_ylabel(_label(parameter.name, " ".join(p for p in (power, unit) if p)))


def _label(name: str, unit: str) -> str:
    words = name.replace("_", " ")
    if not unit:
        return words
    apart = "\n" if len(words) + len(unit) > _LINE else " "
    return f"{words}{apart}({unit})"
