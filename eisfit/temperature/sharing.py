"""What a series has in common, claim by claim: tested, and given up where the data object.

Claims are that a resistance follows Arrhenius, that a capacitance or an exponent is one value for
all temperatures. What comes next is a law with a bend, a line over temperature, or freedom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import chdtri

from eisfit.arrays import FloatArray
from eisfit.errors import ModelError, did_you_mean
from eisfit.fitting.design import Design, Together, gain_of, solve_design
from eisfit.fitting.engine import Problem
from eisfit.models import Model
from eisfit.temperature.laws import BENT, Name, basis, bends, tangent

Sharing: TypeAlias = Literal["arrhenius", "vft", "break", "shared", "linear", "free"]


_ORDER: Mapping[Sharing, Sharing] = MappingProxyType(
    {"arrhenius": "free", "vft": "free", "break": "free", "shared": "linear", "linear": "free"}
)
_BEND = 5.0  # in AIC: by how much a law with a bend must be better
_LAW_LEVEL = 0.001  # chance at which a law that holds is given up
_ROUNDS = 12
_BENDINGS = 8
_ROUGH = 1e-6  # relative fall of the cost at which trials of laws end


@dataclass(frozen=True, slots=True)
class Choice:
    """How one quantity goes along the series, and why.

    Parameters
    ----------
    process, quantity : str
        ``"bulk"``; ``"R"``, ``"C"`` or ``"n"``.
    sharing : {"arrhenius", "vft", "break", "shared", "linear", "free"}
    why : str
    bend : float
        K; T0 of VFT, or the temperature of a break.
    """

    process: str
    quantity: str
    sharing: Sharing
    why: str
    bend: float = 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """One coordinate with something in common."""

    process: str
    quantity: str
    place: int


def claims_of(model: Model) -> Iterator[Claim]:
    """Yield what processes may have in common along the series."""
    for process in model.processes.values():
        if process.place not in {"through_thickness", "interface"}:
            continue
        R, Q, n = (process.parameter(s) for s in ("R", "Q", "n"))
        if R is None:
            continue
        yield Claim(process.name, "R", model.index(R))
        if Q is not None and n is not None:
            yield Claim(process.name, "C", model.index(Q))
            yield Claim(process.name, "n", model.index(n))


def check_given(given: Mapping[str, Sharing], claims: list[Claim]) -> None:
    """Refuse what the user asks for where the model has no such quantity, or it cannot go so."""
    known = {f"{c.quantity}_{c.process}": c for c in claims}
    for name, way_ in given.items():
        if name not in known:
            near = did_you_mean(name, known)
            raise ModelError(
                f"sharing: no {name!r} in this model{near} (there are {', '.join(known)})"
            )
        able = (
            ("arrhenius", "free") if known[name].quantity == "R" else ("shared", "linear", "free")
        )
        if way_ not in able:
            raise ModelError(f"sharing: {name} can be {' or '.join(able)}, not {way_!r}")


def first_way(claim: Claim) -> Sharing:
    """Return what is claimed to begin with."""
    return "arrhenius" if claim.quantity == "R" else "shared"


def way(sharing: Sharing, T: FloatArray, bend: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Return basis, shape (m, q), and offset, (m,), of a way along the temperatures."""
    m, none = len(T), np.zeros(len(T))
    if sharing == "free":
        return np.eye(m), none
    if sharing == "shared":
        return np.ones((m, 1)), none
    if sharing == "linear":
        return np.stack([np.ones(m), (T - T.mean()) / np.ptp(T)], axis=1), none
    return basis(law_of(sharing) or "arrhenius", T, bend, middle_of(T)), np.log(T)


def law_of(sharing: Sharing | None) -> Name | None:
    """Return the law that a resistance follows, None where it follows none."""
    return sharing if sharing in {"arrhenius", "vft", "break"} else None


def middle_of(T: FloatArray) -> float:
    """Return the temperature in K at which laws are centred: the middle of 1/T."""
    return float(1 / np.mean(1 / T))


def relaxed(
    problem: Problem,
    state: Together,
    claims: list[Claim],
    T: FloatArray,
    given: Mapping[str, Sharing],
) -> tuple[Together, tuple[Choice, ...]]:
    """Return the fit with what the data do not bear given up, one claim after the other."""
    now: dict[Claim, Sharing] = {}
    why: dict[Claim, str] = {}
    for claim in claims:
        asked = given.get(f"{claim.quantity}_{claim.process}")
        now[claim] = asked or first_way(claim)
        why[claim] = "as asked for" if asked else "the data bear it"
    open_ = [c for c in claims if why[c] != "as asked for" and state.design.bases[c.place].size]
    bend: dict[Claim, float] = {}
    state, bent = _bent(problem, state, open_, T)
    for claim, (name, place, reason) in bent.items():
        now[claim], bend[claim], why[claim] = name, place, reason
    for _ in range(_ROUNDS):
        best = _most_doubtful(state, {c: now[c] for c in open_}, T)
        if best is None:
            break
        claim, wider, gain, more = best
        state = _moved(problem, state, wider)
        now[claim] = _ORDER[now[claim]]
        why[claim] = f"χ² falls by {gain:.3g} for {more} parameter{'s' if more > 1 else ''} more"
    return state, tuple(
        Choice(c.process, c.quantity, now[c], why[c], bend.get(c, 0.0)) for c in claims
    )


def _most_doubtful(
    state: Together, now: Mapping[Claim, Sharing], T: FloatArray
) -> tuple[Claim, Design, float, int] | None:
    """Return the claim that the data object to most, with what to put in its place."""
    best, excess = None, 0.0
    for claim, sharing in now.items():
        if sharing not in _ORDER:
            continue
        wider = state.design.with_basis(claim.place, *way(_ORDER[sharing], T))
        more = wider.bases[claim.place].shape[1] - state.design.bases[claim.place].shape[1]
        if more <= 0:
            continue
        gain = gain_of(state, wider)
        limit = 2.0 * more if claim.quantity != "R" else float(chdtri(more, _LAW_LEVEL))
        if gain - limit > excess:
            best, excess = (claim, wider, gain, more), gain - limit
    return best


def _moved(problem: Problem, state: Together, design: Design, gain: float = 1e-9) -> Together:
    """Return the fit of another design, from where `state` stands."""
    y = state.design.y(state.theta)
    return solve_design(problem, design, design.nearest(y, np.ones_like(y)), gain)


def _bent(
    problem: Problem, state: Together, open_: list[Claim], T: FloatArray
) -> tuple[Together, dict[Claim, tuple[Name, float, str]]]:
    """Return the fit in which resistances follow laws with a bend, where these are better.

    The most curved comes first; all are looked at twice, since a law that does not hold for one
    disturbs the others.
    """
    found: dict[Claim, tuple[Name, float, str]] = {}
    straight = state.design
    for _ in range(2):
        gains = {c: _curvature(state, c, T) for c in open_ if c.quantity == "R"}
        wanted = [c for c in gains if gains[c] > _BEND + 2.0 or c in found]
        for claim in sorted(wanted, key=lambda c: -gains[c]):
            if claim not in found and _curvature(state, claim, T) < _BEND + 2.0:
                continue
            tried = [
                (own.cost + 2 * BENT[name], own, name, bend)
                for name in BENT
                for own, bend in _with_law(problem, state, claim, name, T, found.get(claim))
            ]
            if not tried:
                continue
            plain = state.design.with_basis(
                claim.place, straight.bases[claim.place], straight.offset[:, claim.place]
            )
            arrhenius = state if claim not in found else _moved(problem, state, plain)
            criterion, own, name, bend = min(tried, key=lambda t: t[0])
            better = arrhenius.cost + 4 - criterion
            if better >= _BEND:
                state = own
                found[claim] = (name, bend, f"better than Arrhenius by {better:.3g} in AIC")
            elif claim in found:
                state = arrhenius
                del found[claim]
    return state, found


def _curvature(state: Together, claim: Claim, T: FloatArray) -> float:
    """Return by how much χ² would fall if a resistance's line were bent a little."""
    basis_, here = state.design.bases[claim.place], 1 / T
    bend = ((here - here.mean()) / np.ptp(here))[:, None] ** 2
    curved = np.concatenate([basis_, bend], axis=1)
    return gain_of(
        state, state.design.with_basis(claim.place, curved, state.design.offset[:, claim.place])
    )


def _with_law(
    problem: Problem,
    state: Together,
    claim: Claim,
    name: Name,
    T: FloatArray,
    known: tuple[Name, float, str] | None,
) -> list[tuple[Together, float]]:
    """Return the fit with a law with a bend and that bend, found by Gauss and Newton; or none."""
    ends = bends(name, T)
    if ends is None:
        return []
    low, high = ends
    starts = [low + part * (high - low) for part in (0.25, 0.75)]
    if known is not None and known[0] == name:
        starts = [known[1]]
    fits = [
        _moved(problem, state, state.design.with_basis(claim.place, *way(name, T, bend)), _ROUGH)
        for bend in starts
    ]
    first = int(np.argmin([fit.cost for fit in fits]))
    best, bend = fits[first], starts[first]
    now = best
    for _ in range(_BENDINGS):
        place = best.design.places[claim.place]
        theta = now.theta[now.design.places[claim.place]][: place.stop - place.start]
        plain, offset = way(name, T, bend)
        along = tangent(name, T, bend, theta, middle_of(T))
        wider = state.design.with_basis(claim.place, np.concatenate([plain, along], axis=1), offset)
        now = _moved(problem, now, wider, _ROUGH)
        step = float(now.theta[now.design.places[claim.place]][-1])
        moved = float(np.clip(bend + np.clip(step, -40.0, 40.0), low, high))
        own = _moved(
            problem, now, state.design.with_basis(claim.place, *way(name, T, moved)), _ROUGH
        )
        if own.cost >= best.cost - 0.01:
            if own.cost < best.cost:
                best, bend = own, moved
            break
        best, bend = own, moved
    return [(best, bend)]
