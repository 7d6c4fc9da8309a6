"""The laws by which interphases grow along a series of times, as a table."""

from __future__ import annotations

from eisfit.analysis.pipeline import Analysis
from eisfit.processes.physics.growth import GrowthResult
from eisfit.report.words import Table, measured, powers, process_words

NOTES = (
    "R = R₀ + k tᵐ with t in s from the zero of the series; another zero is another m. R₀ and k "
    "are those of the law that the verdict names, with its m held, else those with m free.",
    "m = ½ is growth limited by diffusion through the layer, m = 1 by a reaction of constant rate. "
    "Other causes give the same exponents: the verdict names a law and proves no cause.",
)

_NOT_TOLD = "not determined"


def growth_table(analysis: Analysis) -> Table | None:
    """Return one row a process that may grow; None for a series that tells no law.

    The columns are process, exponent, its 95 % interval, R₀, rate, verdict and the reason.
    """
    if not analysis.growth:
        return None
    heading = ("process", "exponent m", "95 % interval of m", "R₀", "rate k", "verdict", "why")
    rows = tuple(_row(name, law) for name, law in analysis.growth.items())
    return Table(heading, rows, 5, prose=(2, 6))


def _row(name: str, law: GrowthResult) -> tuple[str, ...]:
    interval = law.exponent_interval
    exponent, R0, rate = _NOT_TOLD, _NOT_TOLD, _NOT_TOLD
    if interval.low is not None or interval.high is not None:
        exponent = measured(law.exponent, "")
        held = {"diffusion": law.diffusion, "reaction": law.reaction}.get(law.verdict, law)
        unit = {"diffusion": "Ω/√s", "reaction": "Ω/s"}.get(law.verdict, "Ω/sᵐ")
        R0, rate = measured(held.R0, "Ω"), measured(held.rate, unit)
    why = powers(law.reason)
    return (process_words(name), exponent, powers(str(interval)), R0, rate, law.verdict, why)
