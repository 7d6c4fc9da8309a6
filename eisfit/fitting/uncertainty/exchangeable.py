"""Arcs that the data do not distinguish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding
from eisfit.circuit.models import Model
from eisfit.circuit.notation import to_native
from eisfit.circuit.tree import Element, Node, Series, elements_of, replace_elements
from eisfit.fitting.problem import make_coordinates
from eisfit.fitting.result import FitResult
from eisfit.fitting.shapes import find_roles
from eisfit.fitting.uncertainty.intervals import Interval, Source, covariance_of_x, student_t
from eisfit.fitting.uncertainty.profile import Profile


@dataclass(frozen=True, slots=True)
class Exchangeable:
    """Two arcs in series of the same structure that the data do not distinguish.

    Parameters
    ----------
    first, second : str
        The arcs in the circuit's notation, such as ``"R1 | Q1"``.
    parameters : tuple of (str, str)
        Which parameter of the one corresponds to which of the other.
    time_constants : tuple of Interval
        Of the two arcs, s.
    """

    first: str
    second: str
    parameters: tuple[tuple[str, str], ...]
    time_constants: tuple[Interval, Interval]

    def finding(self, label: str) -> Finding:
        """Return the finding, with the ranges that fit as well."""
        first, second = self.time_constants
        return Finding(
            "exchangeable_arcs",
            "warning",
            f"{label}: the data do not distinguish {self.first} from {self.second}: their time "
            f"constants may be {first} and {second}, so that their values can be exchanged; use "
            "their sum, hold one of them or use one arc less",
        )


def exchangeable(
    result: FitResult, *, profiles: Mapping[str, Profile] | None = None
) -> tuple[Exchangeable, ...]:
    """Return the pairs of arcs that may be exchanged without a worse fit.

    Two arcs of the same structure in series give the same impedance when they swap places, so that
    only their time constants distinguish them. A pair is named where the 95 % ranges of these
    overlap, or where a profile met fits as good as its level allows in which their order is turned.

    Parameters
    ----------
    result : FitResult
    profiles : mapping of str to Profile, optional
        From `profile`; for poorly determined arcs they show more than standard errors.

    Examples
    --------
    >>> from eisfit.fitting.fit import fit
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> truth = [10, 100, 1e-6, 0.9, 100, 2e-6, 0.9]
    >>> spectrum = simulate("R0-p(R1,CPE1)-p(R2,CPE2)", truth, frequencies(1, 1e6), noise=0.02)
    >>> [(e.first, e.second) for e in exchangeable(fit(spectrum, "R0-p(R1,CPE1)-p(R2,CPE2)"))]
    [('R1 | Q1', 'R2 | Q2')]
    """
    fits = _as_good(result, profiles or {})
    out = []
    for a, b in _similar_parts(result.model.tree):
        names = tuple(zip(_names(a), _names(b), strict=True))
        places = [_time_places(result.model, _names(part)) for part in (a, b)]
        if not places[0] or not _is_free_alike(result, names):
            continue
        times = [_log_times(place, fits) for place in places]
        first = times[0] < times[1]
        one, two = (_range(result, place, fits) for place in places)
        if not (np.all(first) or np.all(~first)) or _overlap(one, two):
            out.append(Exchangeable(to_native(a), to_native(b), names, (one, two)))
    return tuple(out)


def _as_good(result: FitResult, profiles: Mapping[str, Profile]) -> FloatArray:
    """Return the coordinates of the fit, and of those of the profiles that are as good, (g, p)."""
    rows = [result.values]
    for one in profiles.values():
        rows += list(one.fits[one.delta_chi_square <= one.threshold])
    return make_coordinates(result.model).x(np.array(rows))


def _similar_parts(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the pairs of parts in series whose trees differ in labels only."""
    if isinstance(node, Element):
        return
    if isinstance(node, Series):
        for a, b in combinations(node.parts, 2):
            if _without_labels(a) == _without_labels(b):
                yield a, b
    for part in node.parts:
        yield from _similar_parts(part)


def _without_labels(node: Node) -> Node:
    return replace_elements(node, lambda element: replace(element, label=""))


def _names(node: Node) -> list[str]:
    return [name for element in elements_of(node) for name in element.parameter_names]


def _is_free_alike(result: FitResult, names: Sequence[tuple[str, str]]) -> bool:
    """Tell whether no held value prevents an exchange."""
    pairs = [(result.estimates[a], result.estimates[b]) for a, b in names]
    return all(a.fixed == b.fixed and (not a.fixed or a.value == b.value) for a, b in pairs)


def _time_places(model: Model, names: Sequence[str]) -> list[int]:
    """Return the coordinates of an arc's time constant: τ, or R and Q (or C), or R, Q and n."""
    at = [model.index(name) for name in names]
    roles = find_roles(tuple(model.parameters[i] for i in at))
    if roles.count("time") == 1:
        return [at[roles.index("time")]]
    if roles.count("size") == roles.count("charge") == 1 and roles.count("exponent") < 2:
        return [at[roles.index(r)] for r in ("size", "charge", "exponent") if r in roles]
    return []


def _log_times(places: list[int], x: FloatArray) -> FloatArray:
    """Return ln(time constant) of an arc at coordinates `x`, shape (g,)."""
    exponent = x[:, places[2]] if len(places) == 3 else 1.0
    return np.asarray(x[:, places[:2]].sum(axis=1) / exponent)


def _range(result: FitResult, places: list[int], fits: FloatArray) -> Interval:
    """Return the 95 % range of an arc's time constant by its error and by fits as good."""
    times, best = _log_times(places, fits), fits[:1]
    steps = 1e-6 * np.eye(best.shape[1])
    ahead, behind = (_log_times(places, best + s * steps) for s in (1, -1))
    gradient = (ahead - behind) / 2e-6
    variance = float(gradient @ covariance_of_x(result) @ gradient)
    reach = student_t(result, 0.95) * min(np.sqrt(max(variance, 0.0)), 100.0)
    low, high = min(times[0] - reach, np.min(times)), max(times[0] + reach, np.max(times))
    source: Source = "wald" if len(fits) == 1 else "profile"
    return Interval(float(np.exp(low)), float(np.exp(high)), "s", source)


def _overlap(a: Interval, b: Interval) -> bool:
    ends = [(i.low or 0.0, i.high if i.high is not None else np.inf) for i in (a, b)]
    return ends[0][0] <= ends[1][1] and ends[1][0] <= ends[0][1]
