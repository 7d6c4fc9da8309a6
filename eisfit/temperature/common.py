"""What all spectra of a series have in common: the leads, fitted as one value for all.

A spectrum that speaks against the common value (another contact, a short, another sample) keeps a
value of its own, so that one bad file cannot spoil the others.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.circuit.models import Model
from eisfit.fitting.engine.backend import solve_each
from eisfit.fitting.joint import Common, covariance_of, joined
from eisfit.fitting.minimum import Minimum

_LARGEST_LOSS = 25.0  # rise of χ² (noise units) up to which a spectrum bears the common value
_NOISIEST = 5.0  # times the usual noise of the series, beyond which a spectrum has no say


def with_common(found: Minimum, model: Model) -> tuple[Minimum, Common]:
    """Return the minimum with leads of one value for all spectra that agree to it."""
    shared = np.array([p.shared for p in model.parameters]) & found.problem.free.all(axis=0)
    noise = 1 / np.max(found.problem.weight[:, 0] * np.abs(found.problem.measured), axis=1)
    members = noise <= _NOISIEST * np.median(noise)
    for _ in range(len(noise)):
        if not shared.any() or members.sum() < 2:
            return found, Common(np.zeros_like(shared), np.ones_like(members))
        joint = joined(found, Common(shared, members))
        loss = np.where(members, joint.solution.chi_square - found.solution.chi_square, 0.0)
        if loss.max() <= _LARGEST_LOSS:
            return joint, Common(shared, members)
        members[int(np.argmax(loss))] = False
    return found, Common(np.zeros_like(shared), np.ones_like(members))


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
        held = joined(held, rest)
    V = covariance_of(held, rest)
    here = common.place(i, p)
    if covariance[here, here] > 0:
        loading = covariance[:, here] / covariance[here, here]
        V = V + np.outer(loading, loading) * sd**2
    return replace(held, problem=found.problem), V
