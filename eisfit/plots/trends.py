"""Resistances and other parameters along a series: temperature, time, bias and others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.values import plus_minus
from eisfit.circuit.models import Parameter
from eisfit.circuit.tree import elements_of
from eisfit.fitting.result import Estimate
from eisfit.plots.axes import log_axis, needs_log_axis, note_above, ohm_scale, scaled_axis
from eisfit.plots.coordinate import coordinate_of
from eisfit.plots.style import (
    GREY,
    ONE_COLUMN,
    TWO_COLUMNS,
    colour_of,
    empty_figure,
    in_words,
    marker_of,
    new_figure,
    style,
)
from eisfit.processes.physics.growth import GrowthResult


def resistances_along(analysis: Analysis, *, ax: Axes) -> Axes:
    """Draw the resistance of every process along a series, with the law by which interphases grow.

    Parameters
    ----------
    analysis : Analysis
        Along time, bias, state of charge or pressure.
    ax : Axes
        The legend stands outside, on its right.

    Returns
    -------
    Axes

    Notes
    -----
    Bars are one standard error. What the data do not determine is left out, and the legend gives
    the number of spectra. A law is solid where the data determine it (R₀ + k√t, R₀ + kt), dashed
    with the exponent free where they do not; processes without one have a thin line from point to
    point. An axis is logarithmic for R over more than a factor 30, and for a coordinate whose steps
    grow with it.
    """
    series = analysis.series
    label, places = coordinate_of(series)
    names = _process_names(analysis)
    values = {name: _resistances(name, analysis) for name in names}
    every = np.concatenate([*(R[np.isfinite(R)] for R, _ in values.values()), np.empty(0)])
    scale, unit = ohm_scale(float(every.max())) if len(every) else (1.0, "Ω")
    for name, (R, error) in values.items():
        known = np.isfinite(R)
        law = analysis.growth.get(name)
        colour, marker = colour_of(name, names), marker_of(name, names)
        x, y = places[known], R[known] / scale
        bar = np.nan_to_num(error[known]) / scale
        text = "\n".join([in_words(name), *_describe_law(law), *_count_missing(known)])
        ax.errorbar(
            x, y, np.stack([np.minimum(bar, 0.95 * y), bar]), fmt=marker, color=colour, ms=4.2,
            elinewidth=0.8, zorder=4, label=text, gid=f"points {name}",
        )  # fmt: skip
        if law is not None and known.any():
            t = _dense(series.values, series.values[known])
            ax.plot(
                t * (places.max() / series.values.max()), _growth(law, t) / scale, lw=1.2,
                color=colour_of(name), zorder=3, gid=f"law {name}",
                ls="-" if law.verdict in {"diffusion", "reaction"} else (0, (4, 3)),
            )  # fmt: skip
        else:
            ax.plot(x, y, lw=0.6, color=colour, alpha=0.5, zorder=2)
    _scale_axes(places, every / scale, ax)
    ax.set_xlabel(label)
    ax.set_ylabel(f"R ({unit})")
    if names:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), labelspacing=0.9)
    return ax


def resistances_figure(analysis: Analysis) -> Figure:
    """Return the resistance of every process along time, bias or another coordinate."""
    with style():
        figure, ax = new_figure(TWO_COLUMNS, 3.4)
        figure.subplots_adjust(left=0.09, right=0.70, bottom=0.13, top=0.96)
        resistances_along(analysis, ax=ax)
    return figure


def _process_names(analysis: Analysis) -> list[str]:
    """Return the processes that have a resistance by the model, in its order."""
    shown = dict.fromkeys(name for result in analysis.spectra for name in result.processes)
    declared = analysis.model.processes
    return [n for n in shown if n in declared and declared[n].parameter("R") is not None]


def _resistances(name: str, analysis: Analysis) -> tuple[FloatArray, FloatArray]:
    """Return R in Ω and its error, spectrum by spectrum; nan where it is not determined."""
    every = [
        result.processes[name].resistance if name in result.processes else None
        for result in analysis.spectra
    ]
    R = np.array([np.nan if r is None else r.nominal_value for r in every])
    error = np.array([np.nan if r is None else r.std_dev for r in every])
    R[~(np.isfinite(R) & (R > 0))] = np.nan
    return R, error


def _count_missing(known: np.ndarray) -> list[str]:
    lost = int(np.sum(~known))
    if not lost:
        return []
    return [f"not determined in {lost} of {len(known)}" if known.any() else "not determined"]


def _describe_law(law: GrowthResult | None) -> list[str]:
    if law is None:
        return []
    if law.verdict == "diffusion":
        return ["R₀ + k√t: diffusion"]
    if law.verdict == "reaction":
        return ["R₀ + kt: reaction"]
    if law.verdict == "neither":
        m = plus_minus(law.exponent.nominal_value, law.exponent.std_dev)
        return [f"R₀ + ktᵐ, m = {m}"]
    return ["law of growth not determined"]


def _growth(law: GrowthResult, t: FloatArray) -> FloatArray:
    """Return R in Ω at t in s by the law that the verdict names, else with the exponent free."""
    fixed = {"diffusion": law.diffusion, "reaction": law.reaction}.get(law.verdict)
    m = law.exponent.nominal_value if fixed is None else fixed.exponent
    R0, rate = (law.R0, law.rate) if fixed is None else (fixed.R0, fixed.rate)
    return np.asarray(R0.nominal_value + rate.nominal_value * t**m)


def _grows_in_steps(values: FloatArray) -> bool:
    """Return whether the steps of a coordinate grow with it, so that its axis is logarithmic."""
    low, high = float(values.min()), float(values.max())
    if not needs_log_axis(values):
        return False
    return (float(np.median(values)) - low) / (high - low) < 0.25


def _dense(values: FloatArray, known: FloatArray) -> FloatArray:
    """Return 200 places over the range of the known values, as even as the axis shows them."""
    low, high = float(known.min()), float(known.max())
    if _grows_in_steps(values):
        return np.geomspace(low, high, 200)
    return np.asarray(low + (high - low) * np.linspace(0, 1, 200) ** 2)


def _scale_axes(x: FloatArray, R: FloatArray, ax: Axes) -> None:
    if _grows_in_steps(x):
        log_axis(ax.xaxis, float(x.min()) / 1.35, float(x.max()) * 1.35)
    else:
        ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    if needs_log_axis(R):
        log_axis(ax.yaxis, float(R.min()) / 1.6, float(R.max()) * 1.6)
        return
    ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    if len(R) and R.min() < 0.4 * R.max():
        ax.set_ylim(0.0, max(1.08 * float(R.max()), ax.get_ylim()[1]))


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
    not determine are left out, and a remark gives the number of spectra. The axis is logarithmic
    where the values range over more than a factor 30; a bar that would reach 0 ends at a
    twentieth of the value.
    """
    parameter = analysis.model.parameters[analysis.model.index(name)]
    label, places = coordinate_of(analysis.series)
    estimates = [
        result.fit.estimates.get(name) if result.fit is not None else None
        for result in analysis.spectra
    ]
    values = np.array([e.value if e is not None and e.determined else np.nan for e in estimates])
    known = np.isfinite(values)
    error = np.array([_error(e) for e in estimates])
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
        names = [p for e in elements_of(declared.tree) for p in e.parameter_names]
        if name in names:
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
    if needs_log_axis(values):
        log_axis(ax.yaxis, 0.7 * max(low, 0.05 * values.min()), 1.4 * high, most=5)
        ax.set_ylabel(_label(parameter.name, unit))
        return
    if low > 0 and low < 0.4 * high:
        low = 0.0
    margin = 0.07 * (high - low) or 0.1 * abs(high) or 1.0
    ax.set_ylim(low - (margin if low else 0.0), high + margin)
    power = scaled_axis(ax.yaxis, max(abs(low), abs(high)))
    ax.set_ylabel(_label(parameter.name, " ".join(p for p in (power, unit) if p)))


def _label(name: str, unit: str) -> str:
    words = name.replace("_", " ")
    if not unit:
        return words
    apart = "\n" if len(words) + len(unit) > _LINE else " "
    return f"{words}{apart}({unit})"
