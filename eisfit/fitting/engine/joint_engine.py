"""Least squares for many spectra together, with some coordinates in common.

The spectra's own coordinates are eliminated block by block, so that the cost is linear in their
number.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.fitting.engine.backend import MAX_ITERATIONS
from eisfit.fitting.engine.numpy_fit import damped, held_back, solution, with_prior
from eisfit.fitting.least_squares import Problem, Solution, data_chi_square, prior_cost

_SMALLEST_GAIN = 1e-8  # relative fall of the cost of all spectra at which a fit has converged


def solve_joint(problem: Problem, x: FloatArray, shared: BoolArray) -> Solution:
    """Fit all spectra together from `x`, with the coordinates `shared`, shape (p,), in common.

    A prior on a shared coordinate is taken once, from the first spectrum.
    """
    once = problem.prior_precision.copy()
    once[1:, shared] = 0.0
    problem = replace(problem, prior_precision=once)
    x = np.clip(x, problem.coordinates.lower, problem.coordinates.upper)
    x[:, shared] = np.median(x[:, shared], axis=0)
    cost = _total(problem, x)
    damping, quiet, converged = 0.1, 0, False
    for _ in range(MAX_ITERATIONS):
        trial = np.clip(
            x + _joint_step(problem, x, shared, damping),
            problem.coordinates.lower,
            problem.coordinates.upper,
        )
        new = _total(problem, trial)
        if new < cost:
            quiet = quiet + 1 if (cost - new) < _SMALLEST_GAIN * cost else 0
            x, cost, damping = trial, new, damping * 0.2
        else:
            damping *= 4.0
        if quiet >= 2 or damping > 1e8:
            converged = True
            break
    return solution(problem, x, np.full(len(x), converged))


def _total(problem: Problem, x: FloatArray) -> float:
    return float(np.sum(data_chi_square(problem, x) + prior_cost(problem, x)))


def _joint_step(problem: Problem, x: FloatArray, shared: BoolArray, damping: float) -> FloatArray:
    """Return one step: the shared part from the Schur complement, then each spectrum's own."""
    gradient, curvature = with_prior(problem, x)
    blocked = held_back(problem, x, gradient)
    blocked[:, shared] = blocked[:, shared].all(axis=0)
    A = damped(curvature, blocked, np.full(len(x), damping))
    g = np.where(blocked, 0.0, gradient)
    own = ~shared
    A_own = A[:, own][:, :, own]
    B = A[:, own][:, :, shared]
    solved = np.linalg.solve(A_own, np.concatenate([B, g[:, own, None]], axis=-1))
    S = A[:, shared][:, :, shared].sum(axis=0) - np.einsum("mos,mot->st", B, solved[..., :-1])
    right = g[:, shared].sum(axis=0) - np.einsum("mos,mo->s", B, solved[..., -1])
    step = np.empty_like(x)
    common = -np.linalg.solve(S, right)
    step[:, shared] = common
    step[:, own] = -solved[..., -1] - solved[..., :-1] @ common
    return np.clip(step, -problem.coordinates.longest, problem.coordinates.longest)
