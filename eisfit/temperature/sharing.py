"""Claims about a series, tested one by one, and given up where the data object.

Claims are that a resistance follows Arrhenius, that a capacitance or an exponent is one value for
all temperatures. What comes next is a law with a bend, a line over temperature, or freedom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from scipy.special import chdtri

from eisfit.base.arrays import FloatArray
from eisfit.fitting.design import Design, Together, gain_of
from eisfit.fitting.engine.backend import Problem
from eisfit.temperature.bending import LEAST_BEND, curvature, moved_to, with_bend
from eisfit.temperature.claims import Choice, Claim, Sharing, first_way, law_of, way
from eisfit.temperature.laws import BENT

_ORDER: Mapping[Sharing, Sharing] = MappingProxyType(
    {"arrhenius": "free", "vft": "free", "break": "free", "shared": "linear", "linear": "free"}
)
_SHARING_LEVEL = 0.02  # chance at which sharing that holds is given up
_LAW_LEVEL = 0.001  # chance at which a law that holds is given up
_ROUNDS = 12


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A fit with the claims that are left.

    `straight` are resistances whose line was found not to bend.
    """

    state: Together
    now: Mapping[Claim, Sharing]
    why: Mapping[Claim, str]
    bend: Mapping[Claim, float]
    straight: frozenset[Claim] = frozenset()

    def given_up(
        self, state: Together, claim: Claim, sharing: Sharing, why: str, bend: float = 0.0
    ) -> _Draft:
        """Return the draft with another way for one claim."""
        return replace(
            self, state=state, now={**self.now, claim: sharing}, why={**self.why, claim: why},
            bend={**self.bend, claim: bend},
        )  # fmt: skip


def relaxed(
    problem: Problem,
    state: Together,
    claims: list[Claim],
    T: FloatArray,
    given: Mapping[str, Sharing],
) -> tuple[Together, tuple[Choice, ...]]:
    """Return the fit with what the data do not bear given up, one claim after the other.

    First comes what the data object to most: a capacitance or exponent in common, or a straight
    line. That a resistance follows any law is given up last.
    """
    asked = {c: given.get(f"{c.quantity}_{c.process}") for c in claims}
    draft = _Draft(
        state,
        {c: asked[c] or first_way(c) for c in claims},
        {c: "as asked for" if asked[c] else "the data bear it" for c in claims},
        {},
    )
    open_ = [c for c in claims if not asked[c] and state.design.bases[c.place].size]
    fresh = False  # whether a claim was given up since bends were last chosen
    for _ in range(_ROUNDS):
        better = _without_sharing(problem, draft, open_, T)
        if better is None and fresh:
            better, fresh = _polished(problem, draft, T), False
        elif better is not None:
            fresh = True
        if better is None:
            better = _without_law(problem, draft, open_, T)
            fresh = True
        if better is None:
            break
        draft = better
    return draft.state, tuple(
        Choice(c.process, c.quantity, draft.now[c], draft.why[c], draft.bend.get(c, 0.0))
        for c in claims
    )


def _without_sharing(
    problem: Problem, draft: _Draft, open_: list[Claim], T: FloatArray
) -> _Draft | None:
    """Return the draft without the claim that the data object to most, None where to none."""
    state, best, excess = draft.state, None, 0.0
    for claim in open_:
        if claim.quantity == "R":
            if draft.now[claim] != "arrhenius" or claim in draft.straight:
                continue
            over = curvature(state, claim, T) - LEAST_BEND - 2.0
        else:
            gain, more, _ = _next(state, claim, draft.now[claim], T)
            over = gain - _limit(more, _SHARING_LEVEL)
        if over > excess:
            best, excess = claim, over
    if best is None:
        return None
    if best.quantity == "R":
        bent = with_bend(problem, state, best, T, None)
        if bent is None:
            return replace(draft, straight=draft.straight | {best})
        return draft.given_up(bent[0], best, *bent[1:])
    return _widened(problem, draft, best, T)


def _without_law(
    problem: Problem, draft: _Draft, open_: list[Claim], T: FloatArray
) -> _Draft | None:
    """Return the draft without the law of a resistance that the data object to most."""
    best, excess = None, 0.0
    for claim in open_:
        if claim.quantity != "R":
            continue
        gain, more, _ = _next(draft.state, claim, draft.now[claim], T)
        over = gain - _limit(more, _LAW_LEVEL)
        if over > excess:
            best, excess = claim, over
    return None if best is None else _widened(problem, draft, best, T)


def _polished(problem: Problem, draft: _Draft, T: FloatArray) -> _Draft | None:
    """Return the draft with laws with a bend chosen anew, now that other claims have changed."""
    bent = [c for c in draft.now if draft.bend.get(c) and draft.now[c] in BENT]
    for claim in bent:
        name = law_of(draft.now[claim])
        known = (name, draft.bend[claim]) if name is not None else None
        found = with_bend(problem, draft.state, claim, T, known)
        if found is None:
            straight = draft.state.design.with_basis(claim.place, *way("arrhenius", T))
            state = moved_to(problem, draft.state, straight)
            draft = draft.given_up(state, claim, "arrhenius", "the data bear it")
        else:
            draft = draft.given_up(found[0], claim, *found[1:])
    return draft if bent else None


def _limit(more: int, level: float) -> float:
    """Return the gain in χ² that chance reaches at a level, inf where nothing is given up."""
    return float(chdtri(more, level)) if more > 0 else np.inf


def _next(
    state: Together, claim: Claim, sharing: Sharing, T: FloatArray
) -> tuple[float, int, Design]:
    """Return gain in χ², number of parameters more and design of the next way of a claim."""
    if sharing not in _ORDER:
        return 0.0, 0, state.design
    wider = state.design.with_basis(claim.place, *way(_ORDER[sharing], T))
    more = wider.bases[claim.place].shape[1] - state.design.bases[claim.place].shape[1]
    return (gain_of(state, wider) if more > 0 else 0.0), more, wider


def _widened(problem: Problem, draft: _Draft, claim: Claim, T: FloatArray) -> _Draft:
    gain, more, wider = _next(draft.state, claim, draft.now[claim], T)
    why = f"χ² falls by {gain:.3g} for {more} parameter{'s' if more > 1 else ''} more"
    state = moved_to(problem, draft.state, wider)
    return draft.given_up(state, claim, _ORDER[draft.now[claim]], why)
