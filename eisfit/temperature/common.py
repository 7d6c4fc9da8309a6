"""What all spectra of a series have in common: the leads, fitted as one value for all.

A spectrum that speaks against the common value (another contact, a short, another sample) keeps a
value of its own, so that one bad file cannot spoil the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eisfit.arrays import BoolArray, FloatArray
from eisfit.fitting.engine import Solution, solve_each, solve_joint
from eisfit.fitting.fit import Minimum, movable
from eisfit.fitting.statistics import inverse
from eisfit.models import Model

_LARGEST_LOSS = 25.0  # rise of χ² (noise units) up to which a spectrum bears the common value
_NOISIEST = 5.0  # times the usual noise of the series, beyond which a spectrum has no say


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Which coordinates are one value for which spectra.

    Parameters
    ----------
    shared : ndarray of bool, shape (p,)
    members : ndarray of bool, shape (m,)
    """

    shared: BoolArray
    members: BoolArray

    def place(self, i: int, p: int) -> int:
        """Return where coordinate `i` of the first member stands among all m p."""
        return int(np.argmax(self.members)) * p + i


def with_common(found: Minimum, model: Model) -> tuple[Minimum, Common]:
    """Return the minimum with leads of one value for all spectra that agree to it."""
    shared = np.array([p.shared for p in model.parameters]) & found.problem.free.all(axis=0)
    noise = 1 / np.max(found.problem.weight[:, 0] * np.abs(found.problem.measured), axis=1)
    members = noise <= _NOISIEST * np.median(noise)
    for _ in range(len(noise)):
        if not shared.any() or members.sum() < 2:
            return found, Common(np.zeros_like(shared), np.ones_like(members))
        joint = _joined(found, shared, members)
        loss = np.where(members, joint.solution.chi_square - found.solution.chi_square, 0.0)
        if loss.max() <= _LARGEST_LOSS:
            return joint, Common(shared, members)
        members[int(np.argmax(loss))] = False
    return found, Common(np.zeros_like(shared), np.ones_like(members))


def _joined(found: Minimum, shared: BoolArray, members: BoolArray) -> Minimum:
    """Return the minimum in which `members` have the coordinates `shared` in common."""
    solution = solve_joint(found.problem[members], found.solution.x[members].copy(), shared)
    merged = {}
    for name in ("x", "chi_square", "cost", "curvature", "neighbours", "converged"):
        values = getattr(found.solution, name).copy()
        values[members] = getattr(solution, name)
        merged[name] = values
    return replace(found, solution=Solution(**merged))


def covariance_of(found: Minimum, common: Common) -> FloatArray:
    """Return the covariance of all coordinates, shape (m p, m p), common ones repeated."""
    shared = np.flatnonzero(common.shared)
    members = np.flatnonzero(common.members)
    m, p = found.solution.x.shape
    place = np.arange(m * p).reshape(m, p)
    for j in shared:
        place[members, j] = place[members[0], j]  # a common coordinate has one place
    H = np.zeros((m * p, m * p))
    open_, free = np.zeros(m * p, dtype=bool), movable(found)
    for i in range(m):
        precision = found.problem.prior_precision[i].copy()
        if i in members[1:]:
            precision[shared] = 0.0  # the prior of a common coordinate counts once
        H[np.ix_(place[i], place[i])] += found.solution.curvature[i] + np.diag(precision)
        open_[place[i]] |= free[i]
    V = inverse(H, open_)
    every = place.ravel()
    full: FloatArray = V[np.ix_(every, every)]
    return full


def with_known(
    found: Minimum, common: Common, covariance: FloatArray, i: int, x: float, sd: float
) -> tuple[Minimum, FloatArray]:
    """Return minimum and covariance with the common coordinate `i` known to be `x` ± `sd`.

    Its error goes into every coordinate that follows it, as `covariance` tells.
    """
    p = found.solution.x.shape[1]
    start = found.solution.x.copy()
    start[common.members, i] = x
    free = found.problem.free.copy()
    free[common.members, i] = False
    problem = replace(found.problem, free=free)
    held = replace(found, problem=problem, solution=solve_each(problem, start))
    rest = replace(common, shared=common.shared & (np.arange(p) != i))
    if rest.shared.any():
        held = _joined(held, rest.shared, common.members)
    V = covariance_of(held, rest)
    here = common.place(i, p)
    if covariance[here, here] > 0:
        loading = covariance[:, here] / covariance[here, here]
        V = V + np.outer(loading, loading) * sd**2
    return replace(held, problem=found.problem), V
