"""Arrhenius plots: log σT over 1000/T, lines with their confidence, values of the literature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eisfit.analysis.comparison import ComparisonRow
from eisfit.base.arrays import FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ROOM_TEMPERATURE, ZERO_CELSIUS
from eisfit.fitting.result import with_error
from eisfit.plots.style import GREY, colour_of, in_words, marker_of, wrapped
from eisfit.temperature.arrhenius import ArrheniusResult

_LN10 = float(np.log(10))
_MOST_SOURCES = 8  # in the legend
_CELSIUS = (*range(-200, 200, 5), *range(200, 400, 25), *range(400, 1600, 100))


def arrhenius(
    results: Mapping[str, ArrheniusResult],
    comparison: Sequence[ComparisonRow] = (),
    *,
    ax: Axes,
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
    order = list(results)
    span = _span(list(results.values()))
    for name, result in results.items():
        _line(result, colour_of(name, order), span, ax)
        _points(result, colour_of(name, order), marker_of(name, order), ax)
    if all(r.has_geometry for r in results.values()):
        _literature(comparison, order, ax)
        ax.set_ylabel("log₁₀ [ σT (S K cm⁻¹) ]")
    else:
        ax.set_ylabel("log₁₀ [ T/R (K Ω⁻¹) ]")
    ax.set_xlabel("1000 / T (K⁻¹)")
    ax.set_xlim(_limits(span))
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    _celsius_axis(ax)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), labelspacing=0.9)
    return ax


def _span(results: Sequence[ArrheniusResult]) -> tuple[float, float]:
    """Return the range of 1000/T of all points."""
    x = [1000 / r.temperature for r in results if len(r.temperature)]
    every = np.concatenate(x) if x else np.array([1000 / ROOM_TEMPERATURE])
    return float(every.min()), float(every.max())


def _limits(span: tuple[float, float]) -> tuple[float, float]:
    """Return limits with a margin, reaching 25 °C where it is not far."""
    low, high = span
    width = max(high - low, 0.1)
    room = 1000 / ROOM_TEMPERATURE
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


def _line(result: ArrheniusResult, colour: str, span: tuple[float, float], ax: Axes) -> None:
    used = result.temperature[result.used]
    if not len(used) or not np.isfinite(result.activation_energy.n):
        return

    inner = np.linspace(1000 / used.max(), 1000 / used.min(), 60)
    outer = np.linspace(*_limits(span), 2 if result.law is None else 120)
    ax.plot(outer, _height(result, outer)[0], ls=(0, (4, 3)), lw=0.7, color=colour, alpha=0.7,
            zorder=2)  # fmt: skip
    height, spread = _height(result, inner)
    ax.plot(inner, height, color=colour, lw=1.2, zorder=2.5, gid=f"line {result.process}")
    factor = _student(result)
    if factor is None:
        return
    half = factor * spread
    ax.fill_between(inner, height - half, height + half, color=colour, alpha=0.18,
                    lw=0, zorder=1, gid=f"band {result.process}")  # fmt: skip


def _height(result: ArrheniusResult, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return log₁₀ σT of a line, or of the law that bends it, over 1000/T, and its error."""
    if result.law is not None:
        y, spread = result.law.log_sigma_T(1000 / x)
        return y / _LN10, spread / _LN10
    lever = np.stack([np.ones_like(x), -x / (1000 * BOLTZMANN_EV)])
    line = np.array([result.ln_prefactor.n, result.activation_energy.n])
    variance = np.einsum("ik,ij,jk->k", lever, result.covariance, lever)
    return line @ lever / _LN10, np.sqrt(np.maximum(variance, 0.0)) / _LN10


def _points(result: ArrheniusResult, colour: str, marker: str, ax: Axes) -> None:
    T, value = result.temperature, result.conductivity
    good = np.isfinite(value) & (value > 0)
    error = np.where(np.isfinite(result.stderr), result.stderr, 0.0)
    for use, filled in ((good & result.used, True), (good & ~result.used, False)):
        if not use.any():
            continue
        label = _label(result) if filled else None
        ax.errorbar(
            1000 / T[use], np.log10(value[use] * T[use]), _log_error(value[use], error[use]),
            fmt=marker, color=colour, mfc=colour if filled else "white", elinewidth=0.8, zorder=4,
            label=label, ms=4.2, alpha=1.0 if filled else 0.75,
        )  # fmt: skip


def _log_error(value: FloatArray, error: FloatArray) -> FloatArray:
    """Return lower and upper length of a bar of one standard error; two decades at most."""
    relative = np.minimum(error / value, 0.99)
    up = np.log10(1 + np.minimum(error / value, 99.0))
    return np.stack([-np.log10(1 - relative), up])


def _label(result: ArrheniusResult) -> str:
    energy = result.activation_energy
    text = with_error(energy.nominal_value, energy.std_dev)
    return f"{in_words(result.process)}\nEₐ = {text} eV"


def _literature(rows: Sequence[ComparisonRow], order: Sequence[str], ax: Axes) -> None:
    """Draw the conductivities of the literature as diamonds with their tolerance."""
    labels: set[str] = set()
    for row in rows:
        known = row.quantity == "conductivity_S_cm" and row.process in order
        if not known or row.temperature is None or row.reference_value <= 0:
            continue
        text = wrapped(row.citation or row.reference_id, 30, 2)
        label: str | None = f"{in_words(row.process)}, literature\n{text}"
        if label in labels or len(labels) >= _MOST_SOURCES:
            label = None
        else:
            labels.add(str(label))
        colour = colour_of(row.process, order)
        ax.errorbar(
            [1000 / row.temperature],
            [np.log10(row.reference_value * row.temperature)],
            [np.log10(max(row.tolerance, 1.0))],
            fmt="D",
            ms=5.5,
            color=colour,
            mfc="#fff3b0",
            mec=colour,
            mew=1.0,
            elinewidth=2.2,
            capsize=0,
            alpha=0.9,
            zorder=3,
            label=label,
        )


def _celsius_axis(ax: Axes) -> None:
    """Label the top with temperatures in °C, as many as have room."""
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
