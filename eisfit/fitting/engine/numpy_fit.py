"""Levenberg–Marquardt in numpy: all spectra of one iteration at a time.

The mathematics is that of `compiled_fit`; for circuits with user-defined elements, and for all
where numba is missing.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.fitting.engine.compiled_fit import (
    BROKEN,
    FIRST_DAMPING,
    FLOOR,
    GROWTH,
    KEPT,
    LEAST,
    LITTLE_DAMPING,
    NO_DAMPING,
    TRIFLE,
)
from eisfit.fitting.least_squares import (
    Problem,
    Solution,
    data_chi_square,
    evaluate_fit,
    prior_cost,
    residuals_and_jacobian,
    weighted_residuals,
)


def normal_equations(problem: Problem, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return half the gradient of the data's χ², shape (m, p), and JᵀJ, shape (m, p, p)."""
    r, rows = residuals_and_jacobian(problem, x)
    transposed = np.swapaxes(rows, -1, -2)
    return -(transposed @ r[..., None])[..., 0], transposed @ rows


def find_blocked(problem: Problem, x: FloatArray, gradient: FloatArray) -> BoolArray:
    """Return which coordinates may not move: held ones, and those pushed against a bound."""
    limits = problem.coordinates
    low = (x <= limits.lower) & (gradient > 0)
    high = (x >= limits.upper) & (gradient < 0)
    return ~problem.free | low | high


def damp(curvature: FloatArray, blocked: BoolArray, damping: FloatArray) -> FloatArray:
    """Return JᵀJ + λ diag, with unit rows for coordinates that may not move."""
    p = curvature.shape[-1]
    open_ = ~blocked
    A = curvature * open_[..., :, None] * open_[..., None, :]
    diagonal = np.diagonal(A, axis1=-2, axis2=-1)
    # a coordinate on which the data do not depend needs damping, or its step is infinite
    largest = np.maximum(diagonal.max(axis=-1, keepdims=True), 1e-30)
    extra = damping[..., None] * np.maximum(diagonal, FLOOR * largest) + LEAST * largest
    A[..., np.arange(p), np.arange(p)] += np.where(blocked, 1.0, extra)
    return A


def solve_numpy(problem: Problem, x: FloatArray, tolerance: float, max_iterations: int) -> Solution:
    """Fit as the compiled engine does, all spectra of one iteration at a time."""
    m = len(x)
    cost = data_chi_square(problem, x) + prior_cost(problem, x)
    damping, growth = np.full(m, FIRST_DAMPING), np.full(m, GROWTH)
    quiet = np.zeros(m, dtype=int)
    refused = np.zeros(m, dtype=bool)
    converged = np.zeros(m, dtype=bool)
    rows, limits = np.arange(m), problem.coordinates
    for _ in range(max_iterations):
        part = problem[rows]
        gradient, curvature = cost_derivatives(part, x[rows])
        blocked = find_blocked(part, x[rows], gradient)
        step, promise = _step(gradient, curvature, blocked, damping[rows])
        # where a step promises nothing, damping must not be what holds it back
        little = promise <= tolerance * cost[rows]
        before = damping[rows]
        lower = np.where(refused[rows], np.minimum(before, LITTLE_DAMPING), NO_DAMPING)
        again = little & (lower < before)
        damping[rows[again]] = lower[again]
        if again.any():
            step[again], promise[again] = _step(
                gradient[again], curvature[again], blocked[again], lower[again]
            )
        last = promise <= tolerance * cost[rows]
        converged[rows[last]] = True
        goes = promise > TRIFLE * tolerance * cost[rows]
        rows, part, before = rows[goes], part[goes], before[goes]
        if not len(rows):
            break
        step = np.clip(step[goes], -limits.longest_step, limits.longest_step)
        trial = np.clip(x[rows] + step, limits.lower, limits.upper)
        promised = _fall(gradient[goes], curvature[goes], trial - x[rows])
        new = data_chi_square(part, trial) + prior_cost(part, trial)
        # a step that was cut short at limits may promise a rise: it is not tried
        tried = (promised > 0.0) | last[goes]
        better = tried & (new < cost[rows])
        fell = cost[rows] - new
        real = fell > tolerance * cost[rows]
        refused[rows] |= tried & ~better & (damping[rows] <= NO_DAMPING)
        x[rows[better]] = trial[better]
        cost[rows[better]] = new[better]
        less = np.where(fell > KEPT * promised, 0.2, np.where(fell < BROKEN * promised, 2.0, 1.0))
        more = np.maximum(np.where(tried, growth[rows], GROWTH) * damping[rows], before)
        damping[rows] = np.where(better, less * damping[rows], more)
        growth[rows] = np.where(better, GROWTH, np.where(tried, 2.0, 1.0) * growth[rows])
        quiet[rows] = np.where(better & real, 0, quiet[rows] + better)
        converged[rows] |= (quiet[rows] >= 2) | (damping[rows] > 1e8)
        rows = rows[~converged[rows]]
        if not len(rows):
            break
    return solution(problem, x, converged)


def _step(
    gradient: FloatArray, curvature: FloatArray, blocked: BoolArray, damping: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return one Marquardt step for every spectrum, shape (m, p), and what it promises, (m,)."""
    A = damp(curvature, blocked, damping)
    gradient = np.where(blocked, 0.0, gradient)
    step = np.asarray(-np.linalg.solve(A, gradient[..., None])[..., 0], dtype=np.float64)
    promise: FloatArray = -np.sum(gradient * step, axis=-1)
    return step, promise


def _fall(gradient: FloatArray, curvature: FloatArray, move: FloatArray) -> FloatArray:
    """Return by how much the cost would fall along `move` were Z linear."""
    fall: FloatArray = -np.sum(move * (2.0 * gradient + (curvature @ move[..., None])[..., 0]), -1)
    return fall


def cost_derivatives(problem: Problem, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return half the gradient of the cost, shape (m, p), and its curvature, (m, p, p)."""
    gradient, curvature = normal_equations(problem, x)
    gradient = gradient + problem.prior_precision * (x - problem.prior_mean)
    i = np.arange(x.shape[-1])
    curvature[..., i, i] += problem.prior_precision
    return gradient, curvature


def solution(problem: Problem, x: FloatArray, converged: BoolArray) -> Solution:
    """Return what is known of fits that ended at `x`."""
    _, curvature = normal_equations(problem, x)
    with np.errstate(all="ignore"):
        r = weighted_residuals(problem, evaluate_fit(problem, x))
        lag1_products = np.sum(r[..., 1:] * r[..., :-1], axis=(-2, -1))
    chi_square = data_chi_square(problem, x)
    cost = chi_square + prior_cost(problem, x)
    return Solution(x, chi_square, cost, curvature, lag1_products, converged)
