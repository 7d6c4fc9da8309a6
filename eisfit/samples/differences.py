"""Differences between samples: each with its error, and which of them are more than chance.

Energies are compared as they are, conductivities as logarithms at one temperature. Errors of
different samples count as independent: one wrong thermometer or calliper for all of them moves all
values alike and makes their differences seem less certain than they are, never more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import chdtrc, stdtr
from uncertainties import UFloat, ufloat

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.scatter import scatter_beyond_errors
from eisfit.temperature.arrhenius import ArrheniusResult

Quantity: TypeAlias = Literal["activation_energy_eV", "conductivity_S_cm"]
Verdict: TypeAlias = Literal["different", "not distinguishable", "not comparable"]

LEVEL = 0.05
"""Chance of calling any two equal samples different, in one report with all its comparisons."""

QUANTITIES: tuple[Quantity, ...] = ("activation_energy_eV", "conductivity_S_cm")
_MANY = 1e6  # degrees of freedom of an error that is known


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """One quantity of one process in two samples.

    Parameters
    ----------
    process : str
    quantity : {"activation_energy_eV", "conductivity_S_cm"}
        The energy is that of ln σT.
    first, second : str
        Names of the samples.
    temperature : float, optional
        K, at which conductivities are compared.
    difference : UFloat, optional
        First minus second in eV; of conductivities ln(first/second).
    p_value, adjusted_p_value : float
        Probability of at least this difference between equal samples, alone and among all
        comparisons of the report (Holm); nan where there is none.
    verdict : {"different", "not distinguishable", "not comparable"}
    why : str
        The reason, where the verdict needs one.

    References
    ----------
    Holm, Scand. J. Stat. 6 (1979) 65 (no DOI).
    """

    process: str
    quantity: Quantity
    first: str
    second: str
    temperature: float | None
    difference: UFloat | None
    p_value: float
    adjusted_p_value: float
    verdict: Verdict
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """One quantity of one process over all samples.

    Parameters
    ----------
    process : str
    quantity : {"activation_energy_eV", "conductivity_S_cm"}
    temperature : float, optional
        K, of conductivities.
    samples : tuple of str
        Those that have it.
    mean : UFloat
        Weighted by errors and scatter: eV, or ln of S/m.
    scatter : float
        Standard deviation from sample to sample beyond the errors, in the same unit.
    p_value : float
        Probability of at least this scatter among equal samples.

    References
    ----------
    Paule & Mandel, J. Res. Natl. Bur. Stand. 87 (1982) 377, doi:10.6028/jres.087.022.
    """

    process: str
    quantity: Quantity
    temperature: float | None
    samples: tuple[str, ...]
    mean: UFloat
    scatter: float
    p_value: float


@dataclass(frozen=True, slots=True)
class _SampleValue:
    """One quantity of one sample: value, error, degrees of freedom of the error."""

    value: float
    stderr: float
    freedom: float
    why_not: str = ""


def common_temperature(lines: Sequence[ArrheniusResult]) -> float:
    """Return the temperature in K at which conductivities of samples are compared.

    25 °C, or where that is beyond the measured temperatures of a sample, the temperature nearest to
    it that all of them have measured; 25 °C too where they have none in common.
    """
    spans = [_span(line) for line in lines if line.used.any()]
    if not spans:
        return ROOM_TEMPERATURE
    low, high = max(s[0] for s in spans), min(s[1] for s in spans)
    if low > high:
        return ROOM_TEMPERATURE
    return float(np.clip(ROOM_TEMPERATURE, low, high))


def differences(process: str, lines: Mapping[str, ArrheniusResult]) -> list[Difference]:
    """Return the differences of one process between every two samples, not yet adjusted.

    Parameters
    ----------
    process : str
    lines : mapping of str to ArrheniusResult
        By the sample's name.
    """
    T = common_temperature(list(lines.values()))
    out = []
    for quantity in QUANTITIES:
        values = {name: _sample_value(line, quantity, T) for name, line in lines.items()}
        at = T if quantity == "conductivity_S_cm" else None
        for first, second in combinations(lines, 2):
            out.append(_difference(process, quantity, first, second, at, values))
    return out


def agreements(process: str, lines: Mapping[str, ArrheniusResult]) -> list[Agreement]:
    """Return mean and scatter of each quantity over the samples that have it, two at least."""
    T = common_temperature(list(lines.values()))
    out = []
    for quantity in QUANTITIES:
        every = {n: _sample_value(line, quantity, T) for n, line in lines.items()}
        known = {n: t for n, t in every.items() if not t.why_not}
        if len(known) < 2:
            continue
        values = np.array([t.value for t in known.values()])
        errors = np.array([t.stderr for t in known.values()])
        mean, scatter = weighted_mean(values, errors)
        at = T if quantity == "conductivity_S_cm" else None
        p = p_equal(values, errors)
        out.append(Agreement(process, quantity, at, tuple(known), mean, scatter, p))
    return out


def adjust_p_values(compared: Sequence[Difference], level: float = LEVEL) -> tuple[Difference, ...]:
    """Return differences with p values for all comparisons at once, and their verdicts.

    Holm's step-down: the chance of any false "different" in the whole list is at most `level`.
    """
    tested = [i for i, d in enumerate(compared) if np.isfinite(d.p_value)]
    out = list(compared)
    above = 0.0
    for rank, i in enumerate(sorted(tested, key=lambda i: compared[i].p_value)):
        above = max(above, min(1.0, (len(tested) - rank) * compared[i].p_value))
        verdict: Verdict = "different" if above < level else "not distinguishable"
        out[i] = replace(compared[i], adjusted_p_value=above, verdict=verdict)
    return tuple(out)


def weighted_mean(values: FloatArray, errors: FloatArray) -> tuple[UFloat, float]:
    """Return the mean with its error and the scatter beyond the errors (Paule & Mandel).

    Parameters
    ----------
    values, errors : ndarray, shape (n,)
        Of n ≥ 2 samples; errors above zero.

    Examples
    --------
    >>> mean, scatter = weighted_mean(np.array([1.0, 3.0]), np.array([0.1, 0.1]))
    >>> mean.n, round(scatter, 3)
    (2.0, 1.411)
    """
    freedom = len(values) - 1

    def excess(scatter: float) -> float:
        return _chi_square(values, errors, scatter) - freedom

    scatter = scatter_beyond_errors(excess, float(np.ptp(values)))
    w = 1 / (errors**2 + scatter**2)
    return ufloat(float(w @ values / w.sum()), float(1 / np.sqrt(w.sum()))), scatter


def p_equal(values: FloatArray, errors: FloatArray) -> float:
    """Return the probability of at least this scatter of values (n,) among equal samples."""
    return float(chdtrc(len(values) - 1, _chi_square(values, errors, 0.0)))


def _chi_square(values: FloatArray, errors: FloatArray, scatter: float) -> float:
    w = 1 / (errors**2 + scatter**2)
    return float(w @ (values - w @ values / w.sum()) ** 2)


def _span(line: ArrheniusResult) -> tuple[float, float]:
    T = line.temperature[line.used]
    return float(T.min()), float(T.max())


def _sample_value(line: ArrheniusResult, quantity: Quantity, temperature: float) -> _SampleValue:
    """Return a quantity of one sample, or why it has none that can be compared."""
    freedom = float(line.used.sum() - 2) if line.scatter > 0 else _MANY
    if not np.isfinite(line.activation_energy.s):
        return _SampleValue(np.nan, np.nan, np.nan, "two temperatures give no error of E_a")
    if quantity == "activation_energy_eV":
        if line.law is not None:
            return _SampleValue(
                np.nan, np.nan, np.nan, "its ln σT over 1/T is curved: no single E_a"
            )
        return _SampleValue(line.activation_energy.n, line.activation_energy.s, freedom)
    if not line.has_geometry:
        return _SampleValue(np.nan, np.nan, np.nan, "thickness and area are not known")
    sigma, error = line.conductivity_at(temperature)
    return _SampleValue(float(np.log(sigma)), float(error / sigma), freedom)


def _difference(
    process: str,
    quantity: Quantity,
    first: str,
    second: str,
    temperature: float | None,
    values: Mapping[str, _SampleValue],
) -> Difference:
    a, b = values[first], values[second]
    missing = [f"{name}: {v.why_not}" for name, v in ((first, a), (second, b)) if v.why_not]
    if missing:
        return Difference(
            process, quantity, first, second, temperature, None, np.nan, np.nan,
            "not comparable", "; ".join(missing),
        )  # fmt: skip
    error = float(np.hypot(a.stderr, b.stderr))
    # Welch and Satterthwaite: few degrees of freedom weigh as much as their share of the variance
    freedom = error**4 / (a.stderr**4 / a.freedom + b.stderr**4 / b.freedom)
    p = float(2 * stdtr(freedom, -abs(a.value - b.value) / error))
    return Difference(
        process, quantity, first, second, temperature, ufloat(a.value - b.value, error),
        p, p, "not distinguishable",
    )  # fmt: skip
