"""Intervals of fitted parameters, and where those from standard errors hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import FitError
from eisfit.circuit.models import Parameter
from eisfit.fitting.problem import make_coordinates
from eisfit.fitting.result import Estimate, FitResult

Source: TypeAlias = Literal["profile", "wald", "bootstrap", "sampling"]

_SUSPECT_LOG = 0.2  # standard error of ln(value) from which χ² is no parabola
_SUSPECT_EXPONENT = 0.05
_REACH = 3.0  # standard errors within which a bound makes an interval one-sided
_ALIKE = 0.1  # relative: by how much an end of an interval may be off


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a parameter may lie.

    Parameters
    ----------
    low, high : float or None
        Ends in SI units; None where the interval is open: all up to the bound is allowed.
    unit : str
    source : {"profile", "wald", "bootstrap", "sampling"}

    Examples
    --------
    >>> print(Interval(98.21, 103.4, "ohm", "profile"))
    98.21 to 103.4 ohm
    >>> print(Interval(None, 2e-9, "H", "profile"))
    at most 2e-09 H (open below)
    """

    low: float | None
    high: float | None
    unit: str
    source: Source

    def __contains__(self, value: float) -> bool:
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        if self.low is None and self.high is None:
            return "any value (open on both sides)"
        if self.low is None:
            return f"at most {self.high:.4g}{unit} (open below)"
        if self.high is None:
            return f"at least {self.low:.4g}{unit} (open above)"
        return f"{self.low:.4g} to {self.high:.4g}{unit}"

    def agrees_with(self, other: Interval, value: float, scale: Literal["log", "linear"]) -> bool:
        """Tell whether each end is as far from `value` as that of `other`, within a tenth."""
        pairs = [(self.low, other.low), (self.high, other.high)]
        if any((a is None) != (b is None) for a, b in pairs):
            return False
        ends = np.array([pair for pair in pairs if None not in pair] or [(1.0, 1.0)])
        ends, middle = (np.log(ends), np.log(value)) if scale == "log" else (ends, value)
        off = np.abs(ends[:, 0] - ends[:, 1])
        return bool(np.all(off <= _ALIKE * np.abs(ends[:, 1] - middle)))


def student_t(result: FitResult, level: float) -> float:
    """Return Student's t for a two-sided interval.

    Raises
    ------
    FitError
        Where the level does not lie between 0 and 1.
    """
    from scipy.special import stdtrit

    _check_level(level)
    return float(stdtrit(max(result.degrees_of_freedom, 1), 0.5 + level / 2))


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise FitError(f"level must lie between 0 and 1, such as 0.95 (got {level!r})")


def percentile_intervals(
    names: Sequence[str], units: Sequence[str], samples: FloatArray, level: float, source: Source
) -> dict[str, Interval]:
    """Return by name the intervals that leave as many samples, shape (s, p), below as above.

    Raises
    ------
    FitError
        Where the level does not lie between 0 and 1.
    """
    _check_level(level)
    ends = np.quantile(samples, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return {
        name: Interval(float(low), float(high), unit, source)
        for name, unit, low, high in zip(names, units, *ends, strict=True)
    }


def interval_rows(intervals: Mapping[str, Interval]) -> list[str]:
    """Return a line of text for each interval, names aligned."""
    width = max(len(name) for name in intervals)
    return [f"  {name:<{width}}  {interval}" for name, interval in intervals.items()]


def wald_intervals(result: FitResult, level: float = 0.95) -> dict[str, Interval]:
    """Return value ± t stderr, in ln(value) for what is fitted so; without held ones.

    A parameter without a standard error has an interval that is open on both sides.
    """
    t, V = student_t(result, level), covariance_of_x(result)
    coordinates = make_coordinates(result.model)
    x = coordinates.x(result.values)
    reach = t * np.sqrt(np.diagonal(V))
    lower, upper = x - reach > coordinates.lower, x + reach < coordinates.upper
    low = coordinates.values(np.maximum(x - reach, coordinates.lower))
    high = coordinates.values(np.minimum(x + reach, coordinates.upper))
    out = {}
    for i, parameter in enumerate(result.model.parameters):
        if result.estimates[parameter.name].fixed:
            continue
        has_error = reach[i] > 0
        out[parameter.name] = Interval(
            float(low[i]) if has_error and lower[i] else None,
            float(high[i]) if has_error and upper[i] else None,
            parameter.unit,
            "wald",
        )
    return out


def wald_is_suspect(estimate: Estimate, parameter: Parameter) -> bool:
    """Tell whether value ± stderr is a poor interval.

    It is where there is no standard error, the data do not determine the parameter, ln(value) has a
    standard error above 0.2 or an exponent one above 0.05, or a bound lies within three of them.

    Examples
    --------
    >>> R = Parameter("R1", "ohm", (1e-6, 1e13), "log", 1)
    >>> wald_is_suspect(Estimate("R1", 100.0, "ohm", stderr=1.0), R)
    False
    >>> wald_is_suspect(Estimate("R1", 100.0, "ohm", stderr=40.0), R)
    True
    """
    if estimate.fixed:
        return False
    if estimate.stderr is None or estimate.at_bound or not estimate.determined:
        return True
    low, high = parameter.bounds
    if parameter.scale == "log":
        error = estimate.stderr / abs(estimate.value)
        margin = min(np.log(estimate.value / low) if low > 0 else np.inf,
                   np.log(high / estimate.value))  # fmt: skip
        return bool(error > _SUSPECT_LOG or margin < _REACH * error)
    margin = min(estimate.value - low, high - estimate.value)
    is_large = parameter.unit == "1" and estimate.stderr > _SUSPECT_EXPONENT
    return bool(is_large or margin < _REACH * estimate.stderr)


def covariance_of_x(result: FitResult) -> FloatArray:
    """Return the covariance in the coordinates of the fit, shape (p, p)."""
    slope = make_coordinates(result.model).slope(result.values)
    out: FloatArray = result.covariance / np.outer(slope, slope)
    return out
