"""Resistances along a series of times, biases or another coordinate but temperature."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import FloatArray
from eisfit.fitting.result import with_error
from eisfit.plots.style import colour_of, in_words, log_axis, marker_of, ohm_scale
from eisfit.processes.physics.growth import GrowthResult

_AXES = {
    "temperature": ("Temperature", 1.0, "K"),
    "bias": ("Bias", 1.0, "V"),
    "state_of_charge": ("State of charge", 100.0, "%"),
    "pressure": ("Pressure", 1e-6, "MPa"),
    "thickness": ("Thickness", 1e3, "mm"),
}
_TIMES = ((432000.0, 86400.0, "d"), (7200.0, 3600.0, "h"), (120.0, 60.0, "min"))
"""From which longest time on, in s, and the unit with its seconds."""

_DECADES = 30.0
"""Ratio of largest to smallest from which an axis is logarithmic."""


def time_unit(longest: float) -> tuple[float, str]:
    """Return the seconds of the unit in which `longest` s reads well, and its name.

    Examples
    --------
    >>> time_unit(90.0), time_unit(5400.0), time_unit(86400.0), time_unit(30 * 86400.0)
    ((1.0, 's'), (60.0, 'min'), (3600.0, 'h'), (86400.0, 'd'))
    """
    for least, seconds, name in _TIMES:
        if longest > least:
            return seconds, name
    return 1.0, "s"


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
    Bars are one standard error. What the data do not determine is left out, and the legend says
    of how many spectra. A law is solid where the data tell it (R₀ + k√t, R₀ + kt), dashed with
    the exponent free where they do not; processes without one have a thin line from point to
    point. An axis is logarithmic where its values ask for it: R over more than a factor 30, a
    coordinate whose steps grow with it.
    """
    series = analysis.series
    factor, label = _coordinate(series.coordinate, series.values)
    names = _names(analysis)
    found = {name: _resistances(name, analysis) for name in names}
    told = [R[np.isfinite(R)] for R, _ in found.values()]
    every = np.concatenate([*told, np.empty(0)])
    scale, unit = ohm_scale(float(every.max())) if len(every) else (1.0, "Ω")
    spread = _spread(series.values)
    for name, (R, error) in found.items():
        known = np.isfinite(R)
        law = analysis.growth.get(name)
        colour, marker = colour_of(name, names), marker_of(name, names)
        x, y = series.values[known] / factor, R[known] / scale
        bar = np.nan_to_num(error[known]) / scale
        text = "\n".join([in_words(name), *_law_words(law), *_missing(known)])
        ax.errorbar(
            x, y, np.stack([np.minimum(bar, 0.95 * y), bar]), fmt=marker, color=colour, ms=4.2,
            elinewidth=0.8, zorder=4, label=text, gid=f"points {name}",
        )  # fmt: skip
        if law is not None and known.any():
            _draw_law(name, law, (series.values[known], factor, scale), spread, ax)
        else:
            ax.plot(x, y, lw=0.6, color=colour, alpha=0.5, zorder=2)
    _scale_axes(series.values / factor, every / scale, ax)
    ax.set_xlabel(label)
    ax.set_ylabel(f"R ({unit})")
    if names:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), labelspacing=0.9)
    return ax


def _coordinate(coordinate: str, values: FloatArray) -> tuple[float, str]:
    """Return what a coordinate in SI units is divided by, and the axis' label."""
    if coordinate == "time":
        seconds, unit = time_unit(float(values.max()))
        return seconds, f"Time ({unit})"
    name, factor, unit = _AXES[coordinate]
    return 1 / factor, f"{name} ({unit})"


def _names(analysis: Analysis) -> list[str]:
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


def _missing(known: np.ndarray) -> list[str]:
    lost = int(np.sum(~known))
    if not lost:
        return []
    return [f"not determined in {lost} of {len(known)}" if known.any() else "not determined"]


def _law_words(law: GrowthResult | None) -> list[str]:
    if law is None:
        return []
    if law.verdict == "diffusion":
        return ["R₀ + k√t: diffusion"]
    if law.verdict == "reaction":
        return ["R₀ + kt: reaction"]
    if law.verdict == "neither":
        m = with_error(law.exponent.nominal_value, law.exponent.std_dev)
        return [f"R₀ + ktᵐ, m = {m}"]
    return ["law of growth not told"]


def _curve(law: GrowthResult) -> Callable[[FloatArray], FloatArray]:
    """Return R in Ω over t in s by the law that the verdict names, else with m free."""
    held = {"diffusion": law.diffusion, "reaction": law.reaction}.get(law.verdict)
    m = law.exponent.nominal_value if held is None else held.exponent
    R0, rate = (held.R0, held.rate) if held is not None else (law.R0, law.rate)

    def along(t: FloatArray) -> FloatArray:
        return np.asarray(R0.nominal_value + rate.nominal_value * t**m)

    return along


def _draw_law(
    name: str,
    law: GrowthResult,
    data: tuple[FloatArray, float, float],
    spread: Callable[[float, float], FloatArray],
    ax: Axes,
) -> None:
    t, factor, scale = data
    fine = spread(float(t.min()), float(t.max()))
    R = _curve(law)(fine)
    told = law.verdict in {"diffusion", "reaction"}
    ax.plot(
        fine / factor, R / scale, color=colour_of(name), lw=1.2, zorder=3, gid=f"law {name}",
        ls="-" if told else (0, (4, 3)),
    )  # fmt: skip


def _grows_in_steps(values: FloatArray) -> bool:
    """Say whether the steps of a coordinate grow with it, so that a logarithm spreads it evenly."""
    low, high = float(values.min()), float(values.max())
    if low <= 0 or high < _DECADES * low:
        return False
    return (float(np.median(values)) - low) / (high - low) < 0.25


def _spread(values: FloatArray) -> Callable[[float, float], FloatArray]:
    """Return how to lay 200 places between two ends, as even as the axis shows them."""
    if _grows_in_steps(values):
        return lambda low, high: np.asarray(np.geomspace(low, high, 200))
    return lambda low, high: np.asarray(low + (high - low) * np.linspace(0, 1, 200) ** 2)


def _scale_axes(x: FloatArray, R: FloatArray, ax: Axes) -> None:
    if _grows_in_steps(x):
        ax.set_xscale("log")
        ax.set_xlim(log_axis(ax.xaxis, float(x.min()) / 1.35, float(x.max()) * 1.35))
    else:
        ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    if len(R) and R.max() > _DECADES * R.min():
        ax.set_yscale("log")
        ax.set_ylim(log_axis(ax.yaxis, float(R.min()) / 1.6, float(R.max()) * 1.6))
        return
    ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    if len(R) and R.min() < 0.4 * R.max():
        ax.set_ylim(0.0, max(1.08 * float(R.max()), ax.get_ylim()[1]))
