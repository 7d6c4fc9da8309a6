"""Arrhenius plots: log σT over 1000/T, lines with their confidence, values of the literature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.analysis.comparison import ComparisonRow
from eisfit.analysis.pipeline import Analysis
from eisfit.base.arrays import FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ROOM_TEMPERATURE, ZERO_CELSIUS
from eisfit.base.units import in_centimetres, log_in_centimetres
from eisfit.base.values import plus_minus
from eisfit.base.words import process_words
from eisfit.plots.axes import draw
from eisfit.plots.panel import Axis, Band, Curve, Mark, Panel, wrapped
from eisfit.plots.style import (
    BESIDE,
    GREY,
    PUBLISHED,
    TWO_COLUMNS,
    colour_of,
    figure_of,
    marker_of,
)
from eisfit.temperature.arrhenius import ArrheniusResult

_LN10 = float(np.log(10))
_MOST_SOURCES = 8  # in the legend
_CELSIUS = (*range(-200, 200, 5), *range(200, 400, 25), *range(400, 1600, 100))


def arrhenius_panel(
    results: Mapping[str, ArrheniusResult], comparison: Sequence[ComparisonRow] = ()
) -> Panel:
    """Return log₁₀ σT over 1000/T with lines, bands and literature values; see `arrhenius`.

    The keys of the points are their temperatures in K.
    """
    limits = _limits([1000 / r.temperature for r in results.values() if len(r.temperature)])
    has_geometry = all(r.has_geometry for r in results.values())
    order = list(results)
    marks: list[Mark] = []
    for name, result in results.items():
        colour = colour_of(name, order)
        marks += _line_marks(result, limits, colour)
        marks += _point_marks(result, colour, marker_of(name, order))
    if has_geometry:
        marks += _literature_marks(comparison, order)
    label = "log₁₀ [ σT (S K cm⁻¹) ]" if has_geometry else "log₁₀ [ T/R (K Ω⁻¹) ]"
    return Panel(marks, Axis("1000 / T (K⁻¹)", limits), Axis(label))


def _line_marks(result: ArrheniusResult, limits: tuple[float, float], colour: str) -> list[Mark]:
    """Return the line over the temperatures it is fitted to, its extension and its 95 % band."""
    used = result.temperature[result.used]
    if not len(used) or not np.isfinite(result.activation_energy.n):
        return []
    name = result.process
    inner = np.linspace(1000 / used.max(), 1000 / used.min(), 60)
    outer = np.linspace(*limits, 2 if result.law is None else 120)
    y, stderr = _height(result, inner)
    marks: list[Mark] = [
        Curve(outer, _height(result, outer)[0], colour, line=0.7, dashed=True, alpha=0.7, order=2,
              name=f"extension {name}"),
        Curve(inner, y, colour, order=2.5, name=f"line {name}"),
    ]  # fmt: skip
    factor = _student(result)
    if factor is not None:
        half = factor * stderr
        marks.append(Band(inner, y - half, y + half, colour, alpha=0.18, name=f"band {name}"))
    return marks


def _point_marks(result: ArrheniusResult, colour: str, marker: str) -> list[Mark]:
    """Return the points with one standard error, two decades at most; hollow where not used."""
    energy = result.activation_energy
    text = plus_minus(energy.nominal_value, energy.std_dev)
    drawn = np.isfinite(result.conductivity) & (result.conductivity > 0)
    marks: list[Mark] = []
    for used in (True, False):
        which = drawn & (result.used == used)
        if not which.any():
            continue
        T = result.temperature[which]
        value, stderr = (
            in_centimetres(x[which], result.unit)[0] for x in (result.conductivity, result.stderr)
        )
        relative = np.where(np.isfinite(stderr), stderr, 0.0) / value
        down = -np.log10(1 - np.minimum(relative, 0.99))
        up = np.log10(1 + np.minimum(relative, 99.0))
        marks.append(Curve(
            1000 / T, np.log10(value * T), colour, marker, size=4.2, error=np.stack([down, up]),
            fill=colour if used else "white", alpha=1.0 if used else 0.75, order=4,
            label=f"{process_words(result.process)}\nEₐ = {text} eV" if used else "",
            name=f"points {result.process}", hover=[f"{t:.5g} K" for t in T], keys=T,
        ))  # fmt: skip
    return marks


def _literature_marks(rows: Sequence[ComparisonRow], order: Sequence[str]) -> list[Mark]:
    """Return the conductivities of the literature for the processes drawn, with their tolerance."""
    marks: list[Mark] = []
    labels: set[str] = set()
    for row in rows:
        T = row.temperature
        known = row.quantity == "conductivity_S_cm" and row.process in order
        if not known or T is None or row.reference_value <= 0:
            continue
        source, words = row.citation or row.reference_id, process_words(row.process)
        label = f"{words}, literature\n{wrapped(source, 30, 2)}"
        new = label not in labels and len(labels) < _MOST_SOURCES
        labels |= {label} if new else set()
        marks.append(Curve(
            [1000 / T], [float(np.log10(row.reference_value * T))],
            colour_of(row.process, order), "D", size=5.5, fill=PUBLISHED, bar=2.2, alpha=0.9,
            error=[float(np.log10(max(row.tolerance, 1.0)))], label=label if new else "",
            name="literature", hover=[f"{words}: {source}"],
        ))  # fmt: skip
    return marks


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
    Points that a line is not fitted to are hollow. A line is solid over the temperatures it is
    fitted to and dashed towards 25 °C. Under 4 temperatures there is no band.
    """
    draw(arrhenius_panel(results, comparison), ax)
    _celsius_axis(ax)
    ax.legend(**BESIDE)
    return ax


def arrhenius_figure(analysis: Analysis) -> Figure:
    """Return the Arrhenius plot of every process, with the literature's values."""
    return figure_of(
        lambda ax: arrhenius(analysis.arrhenius, analysis.comparison, ax=ax),
        TWO_COLUMNS, 3.9, (0.09, 0.12, 0.57, 0.75),
    )  # fmt: skip


def _limits(x: Sequence[FloatArray]) -> tuple[float, float]:
    """Return limits of 1000/T with a margin, reaching 25 °C where it is not far."""
    warm = 1000 / ROOM_TEMPERATURE
    every = np.concatenate(x) if x else np.array([warm])
    low, high = float(every.min()), float(every.max())
    width = max(high - low, 0.1)
    if low - 0.5 * width < warm < high + 0.5 * width:
        low, high = min(low, warm), max(high, warm)
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
