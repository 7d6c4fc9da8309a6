"""Fits of several spectra with shared parameters, and the covariance of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.errors import FitError
from eisfit.circuit.models import Model, load_model
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.engine.numpy_fit import cost_derivatives, damp, find_blocked, solution
from eisfit.fitting.engine.solver import MAX_ITERATIONS
from eisfit.fitting.fit import make_result
from eisfit.fitting.least_squares import Problem, Quantity, Solution, data_chi_square, prior_cost
from eisfit.fitting.minimum import Minimum, find_minima
from eisfit.fitting.problem import Weighting, make_problem, refuse_structure
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.statistics import inverse

_SMALLEST_GAIN = 1e-8  # relative fall of the cost of all spectra at which a fit has converged


@dataclass(frozen=True, slots=True, eq=False)
class SharedCoordinates:
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


def fit_together(
    spectra: Sequence[Spectrum],
    model: str | Model,
    shared: Sequence[str],
    *,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
) -> list[FitResult]:
    """Fit one circuit to several spectra at once, with some parameters of one value for all.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Two or more.
    model : str or Model
    shared : sequence of str
        Names of the parameters with one value for all.
    fixed : mapping of str to float, optional
        Parameters to hold, in all spectra.
    weighting : {"modulus", "unit", "proportional"}
    quantity : {"impedance", "admittance"}
        Of what the residuals are taken, and the weights.

    Returns
    -------
    list of FitResult
        One for each spectrum; a shared parameter has the same value and error in all.

    Raises
    ------
    FitError
        Where there are less than two spectra, or one has too few points.
    ModelError
        Where a name is not the model's.

    Examples
    --------
    >>> omega = 2 * np.pi * np.logspace(6, 0, 40)
    >>> def pellet(R):
    ...     return Spectrum(omega / 2 / np.pi, 10 + 1 / (1 / R + 1e-6 * (1j * omega) ** 0.9))
    >>> one, two = fit_together([pellet(100.0), pellet(300.0)], "R0-p(R1,CPE1)", ["R0", "n1"])
    >>> one.estimates["R0"].value == two.estimates["R0"].value
    True
    """
    model = load_model(model)
    if len(spectra) < 2:
        raise FitError(f"shared values need two spectra or more, not {len(spectra)}")
    refuse_structure(weighting)
    which = np.zeros(len(model.names), dtype=bool)
    which[[model.index(name) for name in shared]] = True
    problem = make_problem(spectra, model, weighting=weighting, quantity=quantity)
    geometries = [s.geometry for s in spectra]
    minimum = find_minima(problem, model, [None] * len(spectra), fixed or {}, geometries)
    sharing = SharedCoordinates(which, np.ones(len(spectra), dtype=bool))
    minimum = fit_shared(minimum, sharing) if which.any() else minimum
    V = shared_covariance(minimum, sharing)
    p = len(model.names)
    return [
        make_result(minimum, i, s, model, V[i * p : (i + 1) * p, i * p : (i + 1) * p])
        for i, s in enumerate(spectra)
    ]


def fit_shared(minimum: Minimum, sharing: SharedCoordinates) -> Minimum:
    """Return the minimum in which the members have the shared coordinates in common."""
    shared, members = sharing.shared, sharing.members
    solution = solve_joint(minimum.problem[members], minimum.solution.x[members].copy(), shared)
    return replace(minimum, solution=minimum.solution.with_rows(members, solution))


def shared_covariance(minimum: Minimum, sharing: SharedCoordinates) -> FloatArray:
    """Return the covariance of all coordinates, shape (m p, m p), common ones repeated."""
    shared = np.flatnonzero(sharing.shared)
    members = np.flatnonzero(sharing.members)
    m, p = minimum.solution.x.shape
    place = np.arange(m * p).reshape(m, p)
    for j in shared:
        place[members, j] = place[members[0], j]  # a common coordinate has one place
    H = np.zeros((m * p, m * p))
    open_, free = np.zeros(m * p, dtype=bool), minimum.movable
    for i in range(m):
        precision = minimum.problem.prior_precision[i].copy()
        if i in members[1:]:
            precision[shared] = 0.0  # the prior of a common coordinate counts once
        H[np.ix_(place[i], place[i])] += minimum.solution.curvature[i] + np.diag(precision)
        open_[place[i]] |= free[i]
    V = inverse(H, open_)
    every = place.ravel()
    full: FloatArray = V[np.ix_(every, every)]
    return full


def solve_joint(problem: Problem, x: FloatArray, shared: BoolArray) -> Solution:
    """Fit all spectra together from `x`, with the coordinates `shared`, shape (p,), in common.

    The coordinates of single spectra are eliminated block by block, so that the time is linear in
    their number.
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
    """Return one step: the shared part from the Schur complement, then that of each spectrum."""
    gradient, curvature = cost_derivatives(problem, x)
    blocked = find_blocked(problem, x, gradient)
    blocked[:, shared] = blocked[:, shared].all(axis=0)
    A = damp(curvature, blocked, np.full(len(x), damping))
    g = np.where(blocked, 0.0, gradient)
    single = ~shared
    A_single = A[:, single][:, :, single]
    B = A[:, single][:, :, shared]
    solved = np.linalg.solve(A_single, np.concatenate([B, g[:, single, None]], axis=-1))
    S = A[:, shared][:, :, shared].sum(axis=0) - np.einsum("mos,mot->st", B, solved[..., :-1])
    right = g[:, shared].sum(axis=0) - np.einsum("mos,mo->s", B, solved[..., -1])
    step = np.empty_like(x)
    shared_step = -np.linalg.solve(S, right)
    step[:, shared] = shared_step
    step[:, single] = -solved[..., -1] - solved[..., :-1] @ shared_step
    return np.clip(step, -problem.coordinates.longest_step, problem.coordinates.longest_step)
