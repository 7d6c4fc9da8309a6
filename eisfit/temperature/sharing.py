"""What the spectra of a series share, and the tests by which the data reject it.

The joint fit assumes that a resistance follows Arrhenius, and that a capacitance or an exponent has
one value for all temperatures. An assumption that the data contradict is replaced by the next
weaker one: a law with a bend, a line over temperature, a free value for each spectrum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import chdtri

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.models import Model
from eisfit.fitting.design import Design, JointState, score_test_gain, solve_design
from eisfit.fitting.least_squares import Problem
from eisfit.temperature.laws import BENT, Name, basis, bends, tangent

Sharing: TypeAlias = Literal["arrhenius", "vft", "break", "shared", "linear", "free"]


@dataclass(frozen=True, slots=True)
class Choice:
    """How one quantity depends on the coordinate of the series, and why.

    Parameters
    ----------
    process, quantity : str
        ``"bulk"``; ``"R"``, ``"C"`` or ``"n"``.
    sharing : {"arrhenius", "vft", "break", "shared", "linear", "free"}
    why : str
    bend : float
        K; T0 of VFT, or the temperature of a break.
    is_assumed : bool
        False where nothing is assumed about the quantity, so that nothing is tested: a resistance
        along another coordinate than temperature.
    """

    process: str
    quantity: str
    sharing: Sharing
    why: str
    bend: float = 0.0
    is_assumed: bool = True


@dataclass(frozen=True, slots=True)
class SharedQuantity:
    """One coordinate with shared values."""

    process: str
    quantity: str
    place: int


def shared_quantities(model: Model) -> Iterator[SharedQuantity]:
    """Yield what the spectra of a series may share, process by process."""
    for process in model.processes.values():
        if process.place not in {"through_thickness", "interface"}:
            continue
        R, Q, n = (process.parameter(s) for s in ("R", "Q", "n"))
        if R is None:
            continue
        yield SharedQuantity(process.name, "R", model.index(R))
        if Q is not None and n is not None:
            yield SharedQuantity(process.name, "C", model.index(Q))
            yield SharedQuantity(process.name, "n", model.index(n))


def check_requested(given: Mapping[str, Sharing], quantities: list[SharedQuantity]) -> None:
    """Refuse what the user asks for where the model has no such item, or it cannot go so."""
    known = {f"{c.quantity}_{c.process}": c for c in quantities}
    for name, sharing in given.items():
        if name not in known:
            near = did_you_mean(name, known)
            raise ModelError(
                f"sharing: no {name!r} in this model{near} (there are {', '.join(known)})"
            )
        able = (
            ("arrhenius", "free") if known[name].quantity == "R" else ("shared", "linear", "free")
        )
        if sharing not in able:
            raise ModelError(f"sharing: {name} can be {' or '.join(able)}, not {sharing!r}")


def default_sharing(item: SharedQuantity) -> Sharing:
    """Return what is assumed at first."""
    return "arrhenius" if item.quantity == "R" else "shared"


def design_columns(
    sharing: Sharing, T: FloatArray, bend: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Return basis, shape (m, q), and offset, (m,), of a dependence on temperature."""
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


LEAST_BEND = 10.0
"""In AIC: by how much a law with a bend must be better than Arrhenius."""

_BENDINGS = 8
_ROUGH = 1e-6  # relative fall of the cost at which trials of laws end


def refit_design(
    problem: Problem, state: JointState, design: Design, gain: float = 1e-9
) -> JointState:
    """Return the fit of another design, from where `state` stands."""
    y = state.design.y(state.theta)
    return solve_design(problem, design, design.nearest(y, np.ones_like(y)), gain)


def fit_bent_law(
    problem: Problem,
    state: JointState,
    item: SharedQuantity,
    T: FloatArray,
    known: tuple[Name, float] | None,
) -> tuple[JointState, Name, str, float] | None:
    """Return the fit in which a resistance follows a law with a bend, where that is better."""
    tried = [
        (fit.cost + 2 * BENT[name], fit, name, bend)
        for name in BENT
        for fit, bend in _with_law(problem, state, item, name, T, known)
    ]
    if not tried:
        return None
    straight = state
    if known is not None:
        plain = state.design.with_basis(item.place, *design_columns("arrhenius", T))
        straight = refit_design(problem, state, plain)
    criterion, fit, name, bend = min(tried, key=lambda t: t[0])
    better = straight.cost + 4 - criterion
    if better < LEAST_BEND:
        return None
    return fit, name, f"better than Arrhenius by {better:.3g} in AIC", bend


def curvature(state: JointState, item: SharedQuantity, T: FloatArray) -> float:
    """Return by how much χ² would fall if a resistance's line were bent a little."""
    basis_, inverse = state.design.bases[item.place], 1 / T
    bend = ((inverse - inverse.mean()) / np.ptp(inverse))[:, None] ** 2
    curved = np.concatenate([basis_, bend], axis=1)
    return score_test_gain(
        state,
        state.design.with_basis(item.place, curved, state.design.offset[:, item.place]),
    )


def _with_law(
    problem: Problem,
    state: JointState,
    item: SharedQuantity,
    name: Name,
    T: FloatArray,
    known: tuple[Name, float] | None,
) -> list[tuple[JointState, float]]:
    """Return the fit with a law with a bend and that bend, found by Gauss and Newton; or none."""
    ends = bends(name, T)
    if ends is None:
        return []
    low, high = ends
    starts = [low + part * (high - low) for part in (0.25, 0.75)]
    if known is not None and known[0] == name:
        starts = [known[1]]
    fits = [
        refit_design(
            problem,
            state,
            state.design.with_basis(item.place, *design_columns(name, T, bend)),
            _ROUGH,
        )
        for bend in starts
    ]
    first = int(np.argmin([fit.cost for fit in fits]))
    best, bend = fits[first], starts[first]
    now = best
    for _ in range(_BENDINGS):
        place = best.design.places[item.place]
        theta = now.theta[now.design.places[item.place]][: place.stop - place.start]
        plain, offset = design_columns(name, T, bend)
        along = tangent(name, T, bend, theta, middle_of(T))
        wider = state.design.with_basis(item.place, np.concatenate([plain, along], axis=1), offset)
        now = refit_design(problem, now, wider, _ROUGH)
        step = float(now.theta[now.design.places[item.place]][-1])
        moved = float(np.clip(bend + np.clip(step, -40.0, 40.0), low, high))
        refit = refit_design(
            problem,
            now,
            state.design.with_basis(item.place, *design_columns(name, T, moved)),
            _ROUGH,
        )
        if refit.cost >= best.cost - 0.01:
            if refit.cost < best.cost:
                best, bend = refit, moved
            break
        best, bend = refit, moved
    return [(best, bend)]


_ORDER: Mapping[Sharing, Sharing] = MappingProxyType(
    {"arrhenius": "free", "vft": "free", "break": "free", "shared": "linear", "linear": "free"}
)
_SHARING_LEVEL = 0.02  # chance at which sharing that holds is given up
_LAW_LEVEL = 0.001  # chance at which a law that holds is given up
_ROUNDS = 12


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A fit with the quantities that are left.

    `straight` are resistances whose line was found not to bend.
    """

    state: JointState
    now: Mapping[SharedQuantity, Sharing]
    why: Mapping[SharedQuantity, str]
    bend: Mapping[SharedQuantity, float]
    straight: frozenset[SharedQuantity] = frozenset()

    def weakened(
        self,
        state: JointState,
        item: SharedQuantity,
        sharing: Sharing,
        why: str,
        bend: float = 0.0,
    ) -> _Draft:
        """Return the draft with a weaker assumption for one quantity."""
        return replace(
            self, state=state, now={**self.now, item: sharing}, why={**self.why, item: why},
            bend={**self.bend, item: bend},
        )  # fmt: skip


def relax_sharing(
    problem: Problem,
    state: JointState,
    quantities: list[SharedQuantity],
    T: FloatArray,
    given: Mapping[str, Sharing],
) -> tuple[JointState, tuple[Choice, ...]]:
    """Return the fit without what the data contradict, given up one quantity after the other.

    First comes what the data contradict most: a capacitance or exponent in common, or a straight
    line. That a resistance follows any law is given up last.
    """
    requested = {c: given.get(f"{c.quantity}_{c.process}") for c in quantities}
    draft = _Draft(
        state,
        {c: requested[c] or default_sharing(c) for c in quantities},
        {c: "as requested" if requested[c] else "the data support it" for c in quantities},
        {},
    )
    open_ = [c for c in quantities if not requested[c] and state.design.bases[c.place].size]
    fresh = False  # whether a quantity was given up since bends were last chosen
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
        for c in quantities
    )


def _without_sharing(
    problem: Problem, draft: _Draft, open_: list[SharedQuantity], T: FloatArray
) -> _Draft | None:
    """Return the draft without the quantity that the data contradict most; None without one."""
    state, best, excess = draft.state, None, 0.0
    for item in open_:
        if item.quantity == "R":
            if draft.now[item] != "arrhenius" or item in draft.straight:
                continue
            over = curvature(state, item, T) - LEAST_BEND - 2.0
        else:
            gain, more, _ = _next(state, item, draft.now[item], T)
            over = gain - _limit(more, _SHARING_LEVEL)
        if over > excess:
            best, excess = item, over
    if best is None:
        return None
    if best.quantity == "R":
        bent = fit_bent_law(problem, state, best, T, None)
        if bent is None:
            return replace(draft, straight=draft.straight | {best})
        return draft.weakened(bent[0], best, *bent[1:])
    return _widened(problem, draft, best, T)


def _without_law(
    problem: Problem, draft: _Draft, open_: list[SharedQuantity], T: FloatArray
) -> _Draft | None:
    """Return the draft without the law of a resistance that the data contradict most."""
    best, excess = None, 0.0
    for item in open_:
        if item.quantity != "R":
            continue
        gain, more, _ = _next(draft.state, item, draft.now[item], T)
        over = gain - _limit(more, _LAW_LEVEL)
        if over > excess:
            best, excess = item, over
    return None if best is None else _widened(problem, draft, best, T)


def _polished(problem: Problem, draft: _Draft, T: FloatArray) -> _Draft | None:
    """Return the draft with laws with a bend chosen anew, as other quantities have changed."""
    bent = [c for c in draft.now if draft.bend.get(c) and draft.now[c] in BENT]
    for item in bent:
        name = law_of(draft.now[item])
        known = (name, draft.bend[item]) if name is not None else None
        bent_fit = fit_bent_law(problem, draft.state, item, T, known)
        if bent_fit is None:
            straight = draft.state.design.with_basis(item.place, *design_columns("arrhenius", T))
            state = refit_design(problem, draft.state, straight)
            draft = draft.weakened(state, item, "arrhenius", "the data support it")
        else:
            draft = draft.weakened(bent_fit[0], item, *bent_fit[1:])
    return draft if bent else None


def _limit(more: int, level: float) -> float:
    """Return the gain in χ² that chance reaches at a level, inf where nothing is given up."""
    return float(chdtri(more, level)) if more > 0 else np.inf


def _next(
    state: JointState, item: SharedQuantity, sharing: Sharing, T: FloatArray
) -> tuple[float, int, Design]:
    """Return gain in χ², added parameters and design of a quantity's next weaker assumption."""
    if sharing not in _ORDER:
        return 0.0, 0, state.design
    wider = state.design.with_basis(item.place, *design_columns(_ORDER[sharing], T))
    more = wider.bases[item.place].shape[1] - state.design.bases[item.place].shape[1]
    return (score_test_gain(state, wider) if more > 0 else 0.0), more, wider


def _widened(problem: Problem, draft: _Draft, item: SharedQuantity, T: FloatArray) -> _Draft:
    gain, more, wider = _next(draft.state, item, draft.now[item], T)
    why = f"χ² falls by {gain:.3g} for {more} parameter{'s' if more > 1 else ''} more"
    state = refit_design(problem, draft.state, wider)
    return draft.weakened(state, item, _ORDER[draft.now[item]], why)
