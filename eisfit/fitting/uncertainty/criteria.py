"""What may be said of a fit: where its standard errors hold, and which arcs are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import FitError
from eisfit.base.findings import Finding
from eisfit.circuit.models import Parameter
from eisfit.circuit.notation import to_native
from eisfit.circuit.tree import Element, Node, Series, elements_of
from eisfit.fitting.problem import coordinates_of
from eisfit.fitting.result import Estimate, FitResult
from eisfit.fitting.shapes import roles

if TYPE_CHECKING:
    from eisfit.fitting.uncertainty.profile import Profile

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

    def is_like(self, other: Interval, value: float, scale: Literal["log", "linear"]) -> bool:
        """Tell whether each end is as far from `value` as that of `other`, within a tenth."""
        pairs = [(self.low, other.low), (self.high, other.high)]
        if any((a is None) != (b is None) for a, b in pairs):
            return False
        ends = np.array([pair for pair in pairs if None not in pair] or [(1.0, 1.0)])
        ends, middle = (np.log(ends), np.log(value)) if scale == "log" else (ends, value)
        off = np.abs(ends[:, 0] - ends[:, 1])
        return bool(np.all(off <= _ALIKE * np.abs(ends[:, 1] - middle)))


def half_width(result: FitResult, level: float) -> float:
    """Return Student's t for a two-sided interval.

    Raises
    ------
    FitError
        Where the level does not lie between 0 and 1.
    """
    from scipy.special import stdtrit

    if not 0 < level < 1:
        raise FitError(f"level must lie between 0 and 1, such as 0.95 (got {level!r})")
    return float(stdtrit(max(result.degrees_of_freedom, 1), 0.5 + level / 2))


def wald_intervals(result: FitResult, level: float = 0.95) -> dict[str, Interval]:
    """Return value ± t stderr, in ln(value) for what is fitted so; without held ones.

    A parameter without a standard error has an interval that is open on both sides.
    """
    t, V = half_width(result, level), covariance_of_x(result)
    coordinates = coordinates_of(result.model)
    x = coordinates.x(result.values)
    reach = t * np.sqrt(np.diagonal(V))
    lower, upper = x - reach > coordinates.lower, x + reach < coordinates.upper
    low = coordinates.values(np.maximum(x - reach, coordinates.lower))
    high = coordinates.values(np.minimum(x + reach, coordinates.upper))
    out = {}
    for i, parameter in enumerate(result.model.parameters):
        if result.estimates[parameter.name].fixed:
            continue
        told = reach[i] > 0
        out[parameter.name] = Interval(
            float(low[i]) if told and lower[i] else None,
            float(high[i]) if told and upper[i] else None,
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
        room = min(np.log(estimate.value / low) if low > 0 else np.inf,
                   np.log(high / estimate.value))  # fmt: skip
        return bool(error > _SUSPECT_LOG or room < _REACH * error)
    room = min(estimate.value - low, high - estimate.value)
    wide = parameter.unit == "1" and estimate.stderr > _SUSPECT_EXPONENT
    return bool(wide or room < _REACH * estimate.stderr)


def covariance_of_x(result: FitResult) -> FloatArray:
    """Return the covariance in the coordinates of the fit, shape (p, p)."""
    slope = coordinates_of(result.model).slope(result.values)
    out: FloatArray = result.covariance / np.outer(slope, slope)
    return out


@dataclass(frozen=True, slots=True)
class Exchangeable:
    """Two arcs in series of alike structure that the data do not tell apart.

    Parameters
    ----------
    first, second : str
        The arcs in the circuit's notation, such as ``"R1 | Q1"``.
    parameters : tuple of (str, str)
        Which parameter of the one stands for which of the other.
    time_constants : tuple of Interval
        Of the two arcs, s.
    """

    first: str
    second: str
    parameters: tuple[tuple[str, str], ...]
    time_constants: tuple[Interval, Interval]

    def finding(self, label: str) -> Finding:
        """Return what to tell the user, with the ranges that fit as well."""
        first, second = self.time_constants
        return Finding(
            "exchangeable_arcs",
            "warning",
            f"{label}: the data do not tell {self.first} from {self.second}: their time constants "
            f"may be {first} and {second}, so that their values may as well be exchanged; rely on "
            "their sum, hold one of them or use one arc less",
        )


def exchangeable(
    result: FitResult, profiles: Mapping[str, Profile] | None = None
) -> tuple[Exchangeable, ...]:
    """Return the pairs of arcs whose exchange the data cannot tell.

    Two arcs of alike structure in series give the same impedance when they swap places, so that
    only their time constants tell them apart. A pair is named where the 95 % ranges of these
    overlap, or where a profile met fits as good as its level allows in which their order is turned.

    Parameters
    ----------
    result : FitResult
    profiles : mapping of str to Profile, optional
        From `profile`; for arcs that are poorly determined they see more than standard errors.

    Examples
    --------
    >>> from eisfit.fitting.fit import fit
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> truth = [10, 100, 1e-6, 0.9, 100, 2e-6, 0.9]
    >>> spectrum = simulate("R0-p(R1,CPE1)-p(R2,CPE2)", truth, frequencies(1, 1e6), 0.02)
    >>> [(e.first, e.second) for e in exchangeable(fit(spectrum, "R0-p(R1,CPE1)-p(R2,CPE2)"))]
    [('R1 | Q1', 'R2 | Q2')]
    """
    fits = _as_good(result, profiles or {})
    out = []
    for a, b in _alike(result.model.tree):
        names = tuple(zip(_names(a), _names(b), strict=True))
        if _clock(result, _names(a)) is None or not _free_alike(result, names):
            continue
        times = [_log_times(result, _names(part), fits) for part in (a, b)]
        ahead = times[0] < times[1]
        ranges = [_range(result, _names(part), fits) for part in (a, b)]
        if not (np.all(ahead) or np.all(~ahead)) or _overlap(*ranges):
            out.append(Exchangeable(to_native(a), to_native(b), names, (ranges[0], ranges[1])))
    return tuple(out)


def _as_good(result: FitResult, profiles: Mapping[str, Profile]) -> FloatArray:
    """Return the coordinates of the fit, and of those of the profiles that are as good, (g, p)."""
    rows = [result.values]
    for one in profiles.values():
        rows += list(one.fits[one.delta_chi_square <= one.threshold])
    return coordinates_of(result.model).x(np.array(rows))


def _alike(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the pairs of parts in series whose trees differ in labels only."""
    if isinstance(node, Element):
        return
    if isinstance(node, Series):
        for a, b in combinations(node.parts, 2):
            if _shape(a) == _shape(b):
                yield a, b
    for part in node.parts:
        yield from _alike(part)


def _shape(node: Node) -> str | tuple[str, ...]:
    """Return a tree's structure without its labels."""
    if isinstance(node, Element):
        return node.symbol
    return (type(node).__name__, *(str(_shape(part)) for part in node.parts))


def _names(node: Node) -> list[str]:
    return [name for element in elements_of(node) for name in element.parameter_names]


def _free_alike(result: FitResult, names: Sequence[tuple[str, str]]) -> bool:
    """Tell whether no held value stands against an exchange."""
    pairs = [(result.estimates[a], result.estimates[b]) for a, b in names]
    return all(a.fixed == b.fixed and (not a.fixed or a.value == b.value) for a, b in pairs)


def _clock(result: FitResult, names: Sequence[str]) -> tuple[int, ...] | None:
    """Return where an arc's time constant stands: τ, or R and Q (or C), or R, Q and n."""
    at = [result.model.index(name) for name in names]
    own = roles(tuple(result.model.parameters[i] for i in at))
    if own.count("time") == 1:
        return (at[own.index("time")],)
    if own.count("size") == own.count("charge") == 1 and own.count("exponent") < 2:
        return tuple(at[own.index(r)] for r in ("size", "charge", "exponent") if r in own)
    return None


def _log_times(result: FitResult, names: Sequence[str], x: FloatArray) -> FloatArray:
    """Return ln(time constant) of an arc at coordinates `x`, shape (g,)."""
    at = _clock(result, names) or ()
    total = x[:, list(at[:2])].sum(axis=1)
    out: FloatArray = total / x[:, at[2]] if len(at) == 3 else total
    return out


def _range(result: FitResult, names: Sequence[str], fits: FloatArray) -> Interval:
    """Return the 95 % range of an arc's time constant by its error and by fits as good."""
    times, best = _log_times(result, names, fits), fits[:1]
    steps = 1e-6 * np.eye(best.shape[1])
    ahead, behind = (_log_times(result, names, best + s * steps) for s in (1, -1))
    gradient = (ahead - behind) / 2e-6
    variance = float(gradient @ covariance_of_x(result) @ gradient)
    reach = half_width(result, 0.95) * min(np.sqrt(max(variance, 0.0)), 100.0)
    low, high = min(times[0] - reach, np.min(times)), max(times[0] + reach, np.max(times))
    source: Source = "wald" if len(fits) == 1 else "profile"
    return Interval(float(np.exp(low)), float(np.exp(high)), "s", source)


def _overlap(a: Interval, b: Interval) -> bool:
    ends = [(i.low or 0.0, i.high if i.high is not None else np.inf) for i in (a, b)]
    return ends[0][0] <= ends[1][1] and ends[1][0] <= ends[0][1]
