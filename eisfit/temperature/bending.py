"""Resistances that follow no straight line over 1/T: laws with a bend, within the joint fit."""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.fitting.design import Design, Together, gain_of, solve_design
from eisfit.fitting.engine.backend import Problem
from eisfit.temperature.claims import Claim, middle_of, way
from eisfit.temperature.laws import BENT, Name, bends, tangent

LEAST_BEND = 10.0
"""In AIC: by how much a law with a bend must be better than Arrhenius."""

_BENDINGS = 8
_ROUGH = 1e-6  # relative fall of the cost at which trials of laws end


def moved_to(problem: Problem, state: Together, design: Design, gain: float = 1e-9) -> Together:
    """Return the fit of another design, from where `state` stands."""
    y = state.design.y(state.theta)
    return solve_design(problem, design, design.nearest(y, np.ones_like(y)), gain)


def with_bend(
    problem: Problem,
    state: Together,
    claim: Claim,
    T: FloatArray,
    known: tuple[Name, float] | None,
) -> tuple[Together, Name, str, float] | None:
    """Return the fit in which a resistance follows a law with a bend, where that is better."""
    tried = [
        (own.cost + 2 * BENT[name], own, name, bend)
        for name in BENT
        for own, bend in _with_law(problem, state, claim, name, T, known)
    ]
    if not tried:
        return None
    straight = state
    if known is not None:
        plain = state.design.with_basis(claim.place, *way("arrhenius", T))
        straight = moved_to(problem, state, plain)
    criterion, own, name, bend = min(tried, key=lambda t: t[0])
    better = straight.cost + 4 - criterion
    if better < LEAST_BEND:
        return None
    return own, name, f"better than Arrhenius by {better:.3g} in AIC", bend


def curvature(state: Together, claim: Claim, T: FloatArray) -> float:
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
    known: tuple[Name, float] | None,
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
        moved_to(problem, state, state.design.with_basis(claim.place, *way(name, T, bend)), _ROUGH)
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
        now = moved_to(problem, now, wider, _ROUGH)
        step = float(now.theta[now.design.places[claim.place]][-1])
        moved = float(np.clip(bend + np.clip(step, -40.0, 40.0), low, high))
        own = moved_to(
            problem, now, state.design.with_basis(claim.place, *way(name, T, moved)), _ROUGH
        )
        if own.cost >= best.cost - 0.01:
            if own.cost < best.cost:
                best, bend = own, moved
            break
        best, bend = own, moved
    return [(best, bend)]
