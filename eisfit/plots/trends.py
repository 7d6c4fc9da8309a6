"""Resistances and other parameters along a series: temperature, time, bias and others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.values import plus_minus
from eisfit.base.words import format_unit, process_words
from eisfit.circuit.models import Parameter
from eisfit.circuit.tree import elements_of
from eisfit.plots.axes import draw
from eisfit.plots.curves import coordinate_of
from eisfit.plots.panel import (
    Axis,
    Curve,
    Mark,
    Panel,
    log_scale,
    needs_log_axis,
    ohm_scale,
    scaled,
)
from eisfit.plots.style import (
    BESIDE,
    GREY,
    ONE_COLUMN,
    TWO_COLUMNS,
    colour_of,
    empty_figure,
    figure_of,
    marker_of,
    style,
)
from eisfit.processes.physics.growth import GrowthResult


def resistances_panel(analysis: Analysis) -> Panel:
    """Return the resistance of every process along a series; see `resistances_along`."""
    series = analysis.series
    label, places = coordinate_of(series)
    names = _process_names(analysis)
    values = {name: _resistances(name, analysis) for name in names}
    every = np.concatenate([*(R[np.isfinite(R)] for R, _ in values.values()), np.empty(0)])
    scale, unit = ohm_scale(float(every.max())) if len(every) else (1.0, "Ω")
    marks: list[Mark] = []
    for name, (R, error) in values.items():
        known = np.isfinite(R)
        law = analysis.growth.get(name)
        colour = colour_of(name, names)
        x, y = places[known], R[known] / scale
        bar = np.nan_to_num(error[known]) / scale
        text = "\n".join([process_words(name), *_describe_law(law), *_count_missing(known)])
        marks.append(Curve(
            x, y, colour, marker_of(name, names), size=4.2, label=text, name=f"points {name}",
            error=np.stack([np.minimum(bar, 0.95 * y), bar]), order=4,
        ))  # fmt: skip
        if law is not None and known.any():
            t = _dense(series.values, series.values[known])
            along = t * (places.max() / series.values.max())
            marks.append(Curve(along, _growth(law, t) / scale, colour_of(name), name=f"law {name}",
                               dashed=law.verdict not in {"diffusion", "reaction"}))  # fmt: skip
        else:
            marks.append(Curve(x, y, colour, line=0.6, alpha=0.5, order=2))
    x_axis = log_scale(label, places, 1.35) if _grows_in_steps(places) else Axis(label)
    return Panel(marks, x_axis, _resistance_axis(f"R ({unit})", every / scale, marks))


def _resistance_axis(label: str, R: FloatArray, marks: Sequence[Mark]) -> Axis:
    """Return a logarithmic axis, or a linear one that begins at 0 unless the values are alike."""
    if needs_log_axis(R):
        return log_scale(label, R)
    if len(R) and R.min() < 0.4 * R.max():
        tops = [np.max(m.y + (0 if m.error is None else m.error[1]), initial=0.0)
                for m in marks if isinstance(m, Curve)]  # fmt: skip
        return Axis(label, (0.0, 1.08 * float(max(tops))))
    return Axis(label)


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
    panel = resistances_panel(analysis)
    draw(panel, ax)
    if panel.marks:
        ax.legend(**BESIDE)
    return ax


def resistances_figure(analysis: Analysis) -> Figure:
    """Return the resistance of every process along time, bias or another coordinate."""
    return figure_of(
        lambda ax: resistances_along(analysis, ax=ax), TWO_COLUMNS, 3.4, (0.09, 0.13, 0.61, 0.83)
    )


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


def _count_missing(known: BoolArray) -> list[str]:
    if known.all():
        return []
    lost = f" in {np.sum(~known)} of {len(known)}" if known.any() else ""
    return [f"not determined{lost}"]


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


_LINE = 18  # letters of a label that fit on one line


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
    Values at a bound, or held fixed, are hollow and have no bar. Values that the data do
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
    error = np.array([
        np.nan if e is None or e.stderr is None else e.stderr for e in estimates
    ])  # fmt: skip
    known = np.isfinite(values)
    full = known & np.isfinite(error)
    bare = known & ~full
    colour = colour_of(_process_of(name, analysis), list(analysis.model.processes))
    down = np.minimum(error, 0.95 * np.abs(values)) if parameter.scale == "log" else error
    marks = [
        Curve(places[full], values[full], colour, "o", size=3.6, name=f"points {name}",
              error=np.stack([down[full], error[full]])),
        Curve(places[known], values[known], colour, line=0.6, alpha=0.5, order=2),
        Curve(places[bare], values[bare], colour, "o", size=3.6, fill="white",
              name=f"without error {name}"),
    ]  # fmt: skip
    margin = 0.05 * (float(np.ptp(places)) or 1.0)
    x = Axis(label, (float(places.min()) - margin, float(places.max()) + margin), most=5)
    ends = [np.nan_to_num(part[known]) for part in (-down, error)]
    y = _parameter_axis(parameter, values[known], *(values[known] + end for end in ends))
    lost = np.sum(~known)
    note = f"not determined in {lost} of {len(known)}" if lost else ""
    draw(Panel(marks, x, y, note_above=note), ax)
    if not known.any():
        ax.set_yticks([])
        ax.text(0.5, 0.5, "not determined", transform=ax.transAxes, ha="center", va="center",
                color=GREY)  # fmt: skip
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


def _process_of(name: str, analysis: Analysis) -> str:
    """Return the process that a parameter belongs to."""
    for process, declared in analysis.model.processes.items():
        names = [p for e in elements_of(declared.tree) for p in e.parameter_names]
        if name in names:
            return process
    return ""


def _parameter_axis(
    parameter: Parameter, values: FloatArray, lower: FloatArray, upper: FloatArray
) -> Axis:
    """Return an axis that holds the values and both ends of their bars."""
    unit = format_unit(parameter.unit)
    if not len(values):
        return Axis(_label(parameter.name, unit))
    low, high = float(lower.min()), float(upper.max())
    if needs_log_axis(values):
        limits = 0.7 * max(low, 0.05 * float(values.min())), 1.4 * high
        return Axis(_label(parameter.name, unit), limits, log=True, most=5)
    if 0 < low < 0.4 * high:
        low = 0.0
    margin = 0.07 * (high - low) or 0.1 * abs(high) or 1.0
    divisor, power = scaled(max(abs(low), abs(high)))
    label = _label(parameter.name, f"{power} {unit}".strip())
    return Axis(label, (low - (margin if low else 0.0), high + margin), most=6, divisor=divisor)


def _label(name: str, unit: str) -> str:
    words = name.replace("_", " ")
    if not unit:
        return words
    apart = "\n" if len(words) + len(unit) > _LINE else " "
    return f"{words}{apart}({unit})"
