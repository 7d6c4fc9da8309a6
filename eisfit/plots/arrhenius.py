"""Arrhenius plots: log σT over 1000/T, lines with their confidence, values of the literature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from eisfit.analysis.comparison import ComparisonRow
from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ROOM_TEMPERATURE, ZERO_CELSIUS
from eisfit.base.units import in_centimetres, log_in_centimetres
from eisfit.base.values import plus_minus
from eisfit.plots.axes import wrapped
from eisfit.plots.style import GREY, TWO_COLUMNS, colour_of, in_words, marker_of, new_figure, style
from eisfit.temperature.arrhenius import ArrheniusResult

_LN10 = float(np.log(10))
_MOST_SOURCES = 8  # in the legend
_CELSIUS = (*range(-200, 200, 5), *range(200, 400, 25), *range(400, 1600, 100))


@dataclass(frozen=True, slots=True, eq=False)
class LineNumbers:
    """A line over the temperatures it rests on, and its extension over the whole plot.

    Parameters
    ----------
    x, y : ndarray, shape (k,)
        1000/T in 1/K and log₁₀ σT.
    half_band : ndarray, shape (k,), optional
        Half the height of the 95 % band; None where there are too few temperatures.
    outer_x, outer_y : ndarray, shape (m,)
        The extension.
    """

    x: FloatArray
    y: FloatArray
    half_band: FloatArray | None
    outer_x: FloatArray
    outer_y: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ProcessNumbers:
    """What is drawn of one process.

    Parameters
    ----------
    x, y : ndarray, shape (k,)
        1000/T in 1/K and log₁₀ σT of the points.
    error : ndarray, shape (2, k)
        Length of the bars below and above: one standard error, two decades at most.
    used : ndarray of bool, shape (k,)
        Which points the line rests on.
    line : LineNumbers, optional
    """

    x: FloatArray
    y: FloatArray
    error: FloatArray
    used: BoolArray
    line: LineNumbers | None


@dataclass(frozen=True, slots=True, eq=False)
class LiteratureNumbers:
    """A conductivity of the literature: its place, half its tolerance, its source."""

    x: float
    y: float
    half_width: float
    source: str
    row: ComparisonRow


@dataclass(frozen=True, slots=True, eq=False)
class ArrheniusNumbers:
    """What an Arrhenius plot shows, without a library that draws it.

    Parameters
    ----------
    processes : mapping of str to ProcessNumbers
    literature : tuple of LiteratureNumbers
    limits : tuple of float
        Of 1000/T.
    y_label : str
    """

    processes: Mapping[str, ProcessNumbers]
    literature: tuple[LiteratureNumbers, ...]
    limits: tuple[float, float]
    y_label: str


def arrhenius_numbers(
    results: Mapping[str, ArrheniusResult], comparison: Sequence[ComparisonRow] = ()
) -> ArrheniusNumbers:
    """Return what an Arrhenius plot of these processes shows; see `arrhenius`."""
    limits = _limits([1000 / r.temperature for r in results.values() if len(r.temperature)])
    has_geometry = all(r.has_geometry for r in results.values())
    return ArrheniusNumbers(
        {name: _process_numbers(result, limits) for name, result in results.items()},
        tuple(_literature_numbers(comparison, results)) if has_geometry else (),
        limits,
        "log₁₀ [ σT (S K cm⁻¹) ]" if has_geometry else "log₁₀ [ T/R (K Ω⁻¹) ]",
    )


def _process_numbers(result: ArrheniusResult, limits: tuple[float, float]) -> ProcessNumbers:
    drawn = np.isfinite(result.conductivity) & (result.conductivity > 0)
    T = result.temperature[drawn]
    value, stderr = (
        in_centimetres(x[drawn], result.unit)[0] for x in (result.conductivity, result.stderr)
    )
    relative = np.where(np.isfinite(stderr), stderr, 0.0) / value
    error = np.stack([
        -np.log10(1 - np.minimum(relative, 0.99)), np.log10(1 + np.minimum(relative, 99.0)),
    ])  # fmt: skip
    return ProcessNumbers(
        1000 / T, np.log10(value * T), error, result.used[drawn], _line_numbers(result, limits)
    )


def _line_numbers(result: ArrheniusResult, limits: tuple[float, float]) -> LineNumbers | None:
    used = result.temperature[result.used]
    if not len(used) or not np.isfinite(result.activation_energy.n):
        return None
    inner = np.linspace(1000 / used.max(), 1000 / used.min(), 60)
    outer = np.linspace(*limits, 2 if result.law is None else 120)
    height, stderr = _height(result, inner)
    factor = _student(result)
    half_band = None if factor is None else factor * stderr
    return LineNumbers(inner, height, half_band, outer, _height(result, outer)[0])


def _literature_numbers(
    rows: Sequence[ComparisonRow], results: Mapping[str, ArrheniusResult]
) -> list[LiteratureNumbers]:
    """Return the conductivities of the literature for the processes that are drawn."""
    return [
        LiteratureNumbers(
            1000 / row.temperature, float(np.log10(row.reference_value * row.temperature)),
            float(np.log10(max(row.tolerance, 1.0))), row.citation or row.reference_id, row,
        )
        for row in rows
        if row.quantity == "conductivity_S_cm" and row.process in results
        and row.temperature is not None and row.reference_value > 0
    ]  # fmt: skip


def arrhenius(
    results: Mapping[str, ArrheniusResult], comparison: Sequence[ComparisonRow] = (), *, ax: Axes
) -> Axes:
    """Draw log₁₀ σT over 1000/T: points with errors, lines, 95 % bands, literature values.

    Parameters
    ----------
    results : mapping of str to ArrheniusResult
        By process.
    comparison : sequence of ComparisonRow, optional
        Conductivities among them are drawn as diamonds; their bar is the tolerance.
    ax : Axes
        The legend stands outside, on its right.

    Returns
    -------
    Axes

    Notes
    -----
    Points that took no part in a line are hollow. A line is solid over the temperatures it rests
    on and dashed towards 25 °C. Under 4 temperatures there is no band.
    """
    numbers = arrhenius_numbers(results, comparison)
    order = list(results)
    for name, process in numbers.processes.items():
        colour = colour_of(name, order)
        if process.line is not None:
            _draw_line(results[name].process, process.line, colour, ax)
        _draw_points(process, _label(results[name]), colour, marker_of(name, order), ax)
    _draw_literature(numbers.literature, order, ax)
    ax.set_ylabel(numbers.y_label)
    ax.set_xlabel("1000 / T (K⁻¹)")
    ax.set_xlim(numbers.limits)
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    _celsius_axis(ax)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), labelspacing=0.9)
    return ax


def arrhenius_figure(analysis: Analysis) -> Figure:
    """Return the Arrhenius plot of every process, with the literature's values."""
    with style():
        figure, ax = new_figure(TWO_COLUMNS, 3.9)
        figure.subplots_adjust(left=0.09, right=0.66, bottom=0.12, top=0.87)
        arrhenius(analysis.arrhenius, analysis.comparison, ax=ax)
    return figure


def _limits(x: Sequence[FloatArray]) -> tuple[float, float]:
    """Return limits of 1000/T with a margin, reaching 25 °C where it is not far."""
    room = 1000 / ROOM_TEMPERATURE
    every = np.concatenate(x) if x else np.array([room])
    low, high = float(every.min()), float(every.max())
    width = max(high - low, 0.1)
    if low - 0.5 * width < room < high + 0.5 * width:
        low, high = min(low, room), max(high, room)
    margin = 0.05 * max(high - low, 0.2)
    return low - margin, high + margin


def _student(result: ArrheniusResult) -> float | None:
    """Return the factor from standard error to half the 95 % interval, as for its energy."""
    error = result.activation_energy.std_dev
    if result.ci95 is None or not np.isfinite(error) or error <= 0:
        return None
    return float((result.ci95[1] - result.ci95[0]) / 2 / error)


def _height(result: ArrheniusResult, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return log₁₀ σT of a line, or of the law that bends it, over 1000/T, and its error."""
    if result.law is not None:
        y, spread = result.law.log_sigma_T(1000 / x)
        return log_in_centimetres(y, result.prefactor_unit) / _LN10, spread / _LN10
    lever = np.stack([np.ones_like(x), -x / (1000 * BOLTZMANN_EV)])
    ln_prefactor = log_in_centimetres(result.ln_prefactor.n, result.prefactor_unit)
    line = np.array([ln_prefactor, result.activation_energy.n])
    variance = np.einsum("ik,ij,jk->k", lever, result.covariance, lever)
    return line @ lever / _LN10, np.sqrt(np.maximum(variance, 0.0)) / _LN10


def _draw_line(process: str, line: LineNumbers, colour: str, ax: Axes) -> None:
    ax.plot(line.outer_x, line.outer_y, ls=(0, (4, 3)), lw=0.7, color=colour, alpha=0.7, zorder=2)
    ax.plot(line.x, line.y, color=colour, lw=1.2, zorder=2.5, gid=f"line {process}")
    if line.half_band is not None:
        ax.fill_between(line.x, line.y - line.half_band, line.y + line.half_band, color=colour,
                        alpha=0.18, lw=0, zorder=1, gid=f"band {process}")  # fmt: skip


def _draw_points(process: ProcessNumbers, label: str, colour: str, marker: str, ax: Axes) -> None:
    for which, filled in ((process.used, True), (~process.used, False)):
        if which.any():
            ax.errorbar(
                process.x[which], process.y[which], process.error[:, which], fmt=marker,
                color=colour, mfc=colour if filled else "white", elinewidth=0.8, zorder=4, ms=4.2,
                label=label if filled else None, alpha=1.0 if filled else 0.75,
            )  # fmt: skip


def _label(result: ArrheniusResult) -> str:
    energy = result.activation_energy
    text = plus_minus(energy.nominal_value, energy.std_dev)
    return f"{in_words(result.process)}\nEₐ = {text} eV"


def _draw_literature(values: Sequence[LiteratureNumbers], order: Sequence[str], ax: Axes) -> None:
    """Draw the conductivities of the literature as diamonds with their tolerance."""
    labels: set[str] = set()
    for value in values:
        process = value.row.process
        label = f"{in_words(process)}, literature\n{wrapped(value.source, 30, 2)}"
        new = label not in labels and len(labels) < _MOST_SOURCES
        labels |= {label} if new else set()
        colour = colour_of(process, order)
        ax.errorbar([value.x], [value.y], [value.half_width], fmt="D", ms=5.5, color=colour,
                    mfc="#fff3b0", mec=colour, mew=1.0, elinewidth=2.2, capsize=0, alpha=0.9,
                    zorder=3, label=label if new else None)  # fmt: skip


def _celsius_axis(ax: Axes) -> None:
    """Label the top with temperatures in °C, as many as fit."""
    left, right = ax.get_xlim()
    shown: list[tuple[float, int]] = []

    def roundness(t: int) -> tuple[bool, ...]:
        return (t != 25, t % 100 != 0, t % 50 != 0, t % 25 != 0, t % 10 != 0)

    narrow = 1000 / left - 1000 / right < 80
    fine = [t for t in _CELSIUS if narrow or t % 25 == 0]
    for celsius in sorted(fine, key=roundness):
        place = 1000 / (celsius + ZERO_CELSIUS)
        near = any(abs(place - other) < 0.085 * (right - left) for other, _ in shown)
        if left <= place <= right and not near:
            shown.append((place, celsius))
    ax.tick_params(axis="x", which="both", top=False)
    top = ax.secondary_xaxis("top")
    top.set_xticks([x for x, _ in shown], [f"{t}".replace("-", "−") for _, t in shown])
    top.set_xlabel("Temperature (°C)")
    if len(shown) == 1:
        top.tick_params(color=GREY)
