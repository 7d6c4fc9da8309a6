"""Least squares for many spectra at once: Levenberg–Marquardt on normal equations, with bounds.

A fit sees coordinates x: the logarithm of quantities with units, linear parameters over their
size. Residuals are w (Z - Z_fit), real and imaginary part (or of the admittance); a prior adds
((x - mean)/sd)². `solve_each` fits every spectrum by itself, compiled where that is possible;
`solve_joint` fits all with some coordinates in common, eliminating the spectra's own ones block by
block, so that the cost is linear in their number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eisfit.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.circuit.tape import Tape, evaluate, evaluate_with_jacobian
from eisfit.fitting.compiled_fit import LITTLE_DAMPING, NO_DAMPING, fit_rows
from eisfit.fitting.jit import COMPILED, announced
from eisfit.fitting.program import Program, Quantity, program

_MAX_ITERATIONS = 300
_SMALLEST_GAIN = 1e-8  # relative fall of the cost at which a fit has converged


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """How a model's p parameters become the coordinates of a fit.

    Parameters
    ----------
    log : ndarray of bool, shape (p,)
        Fitted as ln(value).
    size : ndarray, shape (p,)
        Unit of the linear ones.
    lower, upper : ndarray, shape (p,)
        Bounds of x.
    longest : ndarray, shape (p,)
        Longest step in x. Short ones keep arcs from running past each other: of starts that are off
        by half a decade, 99 % reach the best minimum at 0.5 in ln and 0.1 in an exponent, 88 %
        at 3.
    """

    log: BoolArray
    size: FloatArray
    lower: FloatArray
    upper: FloatArray
    longest: FloatArray

    def values(self, x: FloatArray) -> FloatArray:
        """Return parameter values, shape (..., p)."""
        return np.where(self.log, np.exp(np.where(self.log, x, 0.0)), x * self.size)

    def x(self, values: FloatArray) -> FloatArray:
        """Return coordinates within the bounds, shape (..., p)."""
        positive = np.where(self.log, np.maximum(values, 1e-300), 1.0)
        raw = np.where(self.log, np.log(positive), values / self.size)
        return np.clip(raw, self.lower, self.upper)

    def slope(self, values: FloatArray) -> FloatArray:
        """Return d(value)/dx, shape (..., p)."""
        return np.where(self.log, values, np.broadcast_to(self.size, np.shape(values)))


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """m spectra to be fitted with one circuit.

    Parameters
    ----------
    tape : Tape
    coordinates : Coordinates
    omega : ndarray, shape (m, k)
        rad/s; padded with 1 where a spectrum is shorter.
    measured : ndarray of complex, shape (m, k)
        Ω, or S where `quantity` is the admittance; padded with 1.
    weight : ndarray, shape (m, 2, k)
        1/σ of the real and of the imaginary part; 0 for padding.
    noise : ndarray, shape (m,)
        What the plain weights (1/|Z|, say) were divided by to give `weight`.
    free : ndarray of bool, shape (m, p)
        False holds a coordinate at its start.
    prior_mean, prior_precision : ndarray, shape (m, p)
        In x; precision (1/sd²) 0 for none.
    quantity : {"impedance", "admittance"}
        Of what the residuals are taken.
    """

    tape: Tape
    coordinates: Coordinates
    omega: FloatArray
    measured: ComplexArray
    weight: FloatArray
    noise: FloatArray
    free: BoolArray
    prior_mean: FloatArray
    prior_precision: FloatArray
    quantity: Quantity = "impedance"

    def __getitem__(self, rows: IndexArray | BoolArray | list[int]) -> Problem:
        """Return the problem of some spectra (with repeats where an index repeats)."""
        names = ("omega", "measured", "weight", "noise", "free", "prior_mean", "prior_precision")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def noisier(self, factor: FloatArray) -> Problem:
        """Return the problem with the noise of each spectrum larger by `factor`, shape (m,)."""
        weight = self.weight / factor[:, None, None]
        return replace(self, weight=weight, noise=self.noise * factor)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where the fits ended.

    Parameters
    ----------
    x : ndarray, shape (m, p)
    chi_square : ndarray, shape (m,)
        Of the data alone, without the prior's part.
    cost : ndarray, shape (m,)
        With it.
    curvature : ndarray, shape (m, p, p)
        JᵀJ of the data in x.
    neighbours : ndarray, shape (m,)
        Σ of products of weighted residuals at neighbouring frequencies: over χ², their correlation.
    converged : ndarray of bool, shape (m,)
    """

    x: FloatArray
    chi_square: FloatArray
    cost: FloatArray
    curvature: FloatArray
    neighbours: FloatArray
    converged: BoolArray

    def spliced(self, rows: IndexArray | BoolArray, new: Solution) -> Solution:
        """Return the solution with some rows from `new`."""
        every = [getattr(self, name).copy() for name in self.__slots__]
        for values, name in zip(every, self.__slots__, strict=True):
            values[rows] = getattr(new, name)
        return Solution(*every)


def fitted(problem: Problem, x: FloatArray) -> ComplexArray:
    """Return the circuit's impedance or admittance at `x`, shape (m, k)."""
    Z = evaluate(problem.tape, problem.omega, problem.coordinates.values(x))
    return Z if problem.quantity == "impedance" else 1 / Z


def _residuals(problem: Problem, fit: ComplexArray) -> FloatArray:
    """Return weighted residuals, shape (m, 2, k): real part, imaginary part."""
    residual = problem.measured - fit
    return problem.weight * np.stack([residual.real, residual.imag], axis=-2)


def data_chi_square(problem: Problem, x: FloatArray) -> FloatArray:
    """Return Σ |w (Z - Z_fit)|² of each spectrum, shape (m,); inf where it overflows."""
    with np.errstate(all="ignore"):
        total = np.sum(_residuals(problem, fitted(problem, x)) ** 2, axis=(-2, -1))
    return np.where(np.isfinite(total), total, np.inf)


def _prior(problem: Problem, x: FloatArray) -> FloatArray:
    penalty: FloatArray = np.sum(problem.prior_precision * (x - problem.prior_mean) ** 2, axis=-1)
    return penalty


def residuals_and_slopes(problem: Problem, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return weighted residuals, shape (m, 2 k), and their slopes in x, -dr/dx, (m, 2 k, p)."""
    values = problem.coordinates.values(x)
    with np.errstate(all="ignore"):
        Z, J = evaluate_with_jacobian(problem.tape, problem.omega, values)
        if problem.quantity == "admittance":
            Z = 1 / Z
            J = -(Z[..., None] ** 2) * J
        J = J * problem.coordinates.slope(values)[..., None, :]
        r = _residuals(problem, Z).reshape(*Z.shape[:-1], -1)
    weight = problem.weight[..., None]
    rows: FloatArray = np.concatenate(
        [weight[..., 0, :, :] * J.real, weight[..., 1, :, :] * J.imag], axis=-2
    )
    rows[~np.isfinite(rows)] = 0.0
    return r, rows


def _normal_equations(problem: Problem, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return half the gradient of the data's χ², shape (m, p), and JᵀJ, shape (m, p, p)."""
    r, rows = residuals_and_slopes(problem, x)
    transposed = np.swapaxes(rows, -1, -2)
    return -(transposed @ r[..., None])[..., 0], transposed @ rows


def _blocked(problem: Problem, x: FloatArray, gradient: FloatArray) -> BoolArray:
    """Return which coordinates may not move: held ones, and those pushed against a bound."""
    limits = problem.coordinates
    low = (x <= limits.lower) & (gradient > 0)
    high = (x >= limits.upper) & (gradient < 0)
    return ~problem.free | low | high


def _damped(curvature: FloatArray, blocked: BoolArray, damping: FloatArray) -> FloatArray:
    """Return JᵀJ + λ diag, with unit rows for coordinates that may not move."""
    p = curvature.shape[-1]
    open_ = ~blocked
    A = curvature * open_[..., :, None] * open_[..., None, :]
    diagonal = np.diagonal(A, axis1=-2, axis2=-1)
    # a coordinate the data do not feel still needs some damping, or the step is infinite
    floor = 1e-12 * np.maximum(diagonal.max(axis=-1, keepdims=True), 1e-30)
    extra = damping[..., None] * np.maximum(diagonal, floor) + floor
    A[..., np.arange(p), np.arange(p)] += np.where(blocked, 1.0, extra)
    return A


def solve_each(
    problem: Problem,
    x: FloatArray,
    gain: float = _SMALLEST_GAIN,
    most: int = _MAX_ITERATIONS,
) -> Solution:
    """Fit every spectrum by itself.

    Marquardt damping from 0.1, cut by 5 on success and raised by 4 on failure; a coordinate at its
    bound stays there while the gradient pushes against it. A fit ends where a step promises, or two
    steps bring, a relative fall of the cost below `gain`.

    Parameters
    ----------
    problem : Problem
        Of m spectra.
    x : ndarray, shape (m, p) or (m, c, p)
        Where to start, once or c times a spectrum.
    gain : float
    most : int
        Iterations after which a fit is given up.

    Returns
    -------
    Solution
        With m, or m c, rows.
    """
    which = np.repeat(np.arange(len(x)), x.shape[1] if x.ndim == 3 else 1)
    start = np.clip(
        x.reshape(-1, x.shape[-1]), problem.coordinates.lower, problem.coordinates.upper
    )
    tables = program(problem.tape, problem.quantity) if COMPILED else None
    if tables is not None:
        return _solve_compiled(problem, tables, which, start, gain, most)
    return _solve_numpy(problem if x.ndim == 2 else problem[which], start, gain, most)


def _solve_compiled(
    problem: Problem, tables: Program, which: IndexArray, x: FloatArray, gain: float, most: int
) -> Solution:
    m, p = x.shape
    out = Solution(
        x, np.empty(m), np.empty(m), np.empty((m, p, p)), np.empty(m), np.zeros(m, dtype=bool)
    )
    limits = problem.coordinates
    # one row of frequencies for all spectra is kept as one: its logarithms are taken once
    omega = problem.omega if problem.omega.strides[0] else problem.omega[:1]
    scratch = tables.scratch
    with announced(fit_rows, scratch):
        fit_rows(
            tables.nodes, tables.constants, np.ascontiguousarray(omega),
            np.ascontiguousarray(problem.measured, dtype=np.complex128),
            np.ascontiguousarray(problem.weight), limits.log, limits.size, limits.lower,
            limits.upper, limits.longest, np.ascontiguousarray(problem.free),
            np.ascontiguousarray(problem.prior_mean), np.ascontiguousarray(problem.prior_precision),
            which, x, 0, m, most, gain,
            out.chi_square, out.cost, out.curvature, out.neighbours, out.converged, scratch,
        )  # fmt: skip
    return out


def _solve_numpy(problem: Problem, x: FloatArray, gain: float, most: int) -> Solution:
    """Fit as the compiled engine does, all spectra of one iteration at a time."""
    m = len(x)
    cost = data_chi_square(problem, x) + _prior(problem, x)
    damping = np.full(m, 0.1)
    quiet = np.zeros(m, dtype=int)
    refused = np.zeros(m, dtype=bool)
    converged = np.zeros(m, dtype=bool)
    rows = np.arange(m)
    for _ in range(most):
        part = problem[rows]
        step, promise = _step(part, x[rows], damping[rows])
        # where a step promises nothing, damping must not be what holds it back
        little = promise <= gain * cost[rows]
        before = damping[rows]
        lower = np.where(refused[rows], np.minimum(before, LITTLE_DAMPING), NO_DAMPING)
        anew = little & (lower < before)
        damping[rows[anew]] = lower[anew]
        if anew.any():
            step[anew], promise[anew] = _step(part[anew], x[rows[anew]], lower[anew])
        last = promise <= gain * cost[rows]
        trial = np.clip(x[rows] + step, problem.coordinates.lower, problem.coordinates.upper)
        new = data_chi_square(part, trial) + _prior(part, trial)
        better = new < cost[rows]
        fell = cost[rows] - new > gain * cost[rows]
        refused[rows] |= ~better & (damping[rows] <= NO_DAMPING)
        x[rows[better]] = trial[better]
        cost[rows[better]] = new[better]
        damping[rows] = np.where(
            better, 0.2 * damping[rows], np.maximum(4.0 * damping[rows], before)
        )
        quiet[rows] = np.where(better & fell, 0, quiet[rows] + better)
        converged[rows] = last | (quiet[rows] >= 2) | (damping[rows] > 1e8)
        rows = rows[~converged[rows]]
        if not len(rows):
            break
    return _solution(problem, x, converged)


def _step(problem: Problem, x: FloatArray, damping: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return one Marquardt step for every spectrum, shape (m, p), and what it promises, (m,)."""
    gradient, curvature = _with_prior(problem, x)
    blocked = _blocked(problem, x, gradient)
    A = _damped(curvature, blocked, damping)
    gradient = np.where(blocked, 0.0, gradient)
    step = -np.linalg.solve(A, gradient[..., None])[..., 0]
    promise = -np.sum(gradient * step, axis=-1)
    return np.clip(step, -problem.coordinates.longest, problem.coordinates.longest), promise


def _with_prior(problem: Problem, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    gradient, curvature = _normal_equations(problem, x)
    gradient = gradient + problem.prior_precision * (x - problem.prior_mean)
    i = np.arange(x.shape[-1])
    curvature[..., i, i] += problem.prior_precision
    return gradient, curvature


def _solution(problem: Problem, x: FloatArray, converged: BoolArray) -> Solution:
    _, curvature = _normal_equations(problem, x)
    with np.errstate(all="ignore"):
        r = _residuals(problem, fitted(problem, x))
        together = np.sum(r[..., 1:] * r[..., :-1], axis=(-2, -1))
    chi_square = data_chi_square(problem, x)
    cost = chi_square + _prior(problem, x)
    return Solution(x, chi_square, cost, curvature, together, converged)


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
    for _ in range(_MAX_ITERATIONS):
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
    return _solution(problem, x, np.full(len(x), converged))


def _total(problem: Problem, x: FloatArray) -> float:
    return float(np.sum(data_chi_square(problem, x) + _prior(problem, x)))


def _joint_step(problem: Problem, x: FloatArray, shared: BoolArray, damping: float) -> FloatArray:
    """Return one step: the shared part from the Schur complement, then each spectrum's own."""
    gradient, curvature = _with_prior(problem, x)
    blocked = _blocked(problem, x, gradient)
    blocked[:, shared] = blocked[:, shared].all(axis=0)
    A = _damped(curvature, blocked, np.full(len(x), damping))
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
