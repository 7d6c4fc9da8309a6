"""Joint fits: the coordinates of all spectra as functions of fewer, shared parameters.

Every coordinate runs along the series as a linear combination of a few functions (a constant, a
line, the two terms of an Arrhenius law) or is free at every spectrum. An arc's charge coordinate
is ln C, not ln Q: a capacitance can be the same at all temperatures, a Q with n < 1 cannot.

    ln Q = n ln C - (1 - n) ln R,    C = Q^(1/n) R^((1-n)/n)    (Hsu & Mansfeld)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.circuit.arc import Arc, log_coefficient
from eisfit.fitting.engine.numpy_fit import cost_derivatives
from eisfit.fitting.least_squares import Problem, data_chi_square, prior_cost

_MOST = 60
_GAIN = 1e-9  # relative fall of the cost at which a fit has converged


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How the coordinates y of m spectra follow from q parameters θ.

    Parameters
    ----------
    offset : ndarray, shape (m, p)
    bases : tuple of ndarray, shape (m, q_j)
        For each of the p coordinates: y_j = offset_j + bases_j θ_j.
    arcs : tuple of (int, int, int)
        Places of R, Q and n of arcs whose second coordinate is ln C.
    """

    offset: FloatArray
    bases: tuple[FloatArray, ...]
    arcs: tuple[tuple[int, int, int], ...] = ()

    @property
    def places(self) -> list[slice]:
        """Where the parameters of each coordinate stand in θ."""
        ends = np.cumsum([0, *(b.shape[1] for b in self.bases)])
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]

    def y(self, theta: FloatArray) -> FloatArray:
        """Return coordinates along the series, shape (m, p)."""
        parts = [b @ theta[s] for b, s in zip(self.bases, self.places, strict=True)]
        out: FloatArray = self.offset + np.stack(parts, axis=1)
        return out

    def with_basis(self, j: int, basis: FloatArray, offset: FloatArray | None = None) -> Design:
        """Return the design with another basis of coordinate `j` along the series."""
        bases = (*self.bases[:j], basis, *self.bases[j + 1 :])
        moved = self.offset.copy()
        moved[:, j] = 0.0 if offset is None else offset
        return replace(self, bases=bases, offset=moved)

    def nearest(self, y: FloatArray, weight: FloatArray) -> FloatArray:
        """Return the θ whose y is nearest to given ones, shape (m, p), weighted alike."""
        out = []
        for j, basis in enumerate(self.bases):
            w = weight[:, j, None]
            target = (y[:, j] - self.offset[:, j])[:, None] * w
            out.append(np.linalg.lstsq(basis * w, target, rcond=None)[0][:, 0])
        return np.concatenate(out)


@dataclass(frozen=True, slots=True, eq=False)
class JointState:
    """The state of a joint fit.

    Parameters
    ----------
    design : Design
    theta : ndarray, shape (q,)
    cost : float
        χ² with the priors' part.
    gradient : ndarray, shape (m, p)
        Half the slope of the cost along y.
    curvature : ndarray, shape (m, p, p)
        Of the cost along y, by Gauss and Newton.
    converged : bool
    """

    design: Design
    theta: FloatArray
    cost: float
    gradient: FloatArray
    curvature: FloatArray
    converged: bool = False

    def covariance(self) -> FloatArray:
        """Return that of θ, shape (q, q)."""
        _, H = _collected(self.design, self.gradient, self.curvature)
        return _inverse(H)


def to_charges(y: FloatArray, arcs: tuple[tuple[int, int, int], ...]) -> FloatArray:
    """Return x, shape (m, p), with ln Q where y has ln C."""
    x = y.copy()
    for R, Q, n in arcs:
        x[:, Q] = log_coefficient(y[:, Q], y[:, R], y[:, n])
    return x


def to_capacitances(x: FloatArray, arcs: tuple[tuple[int, int, int], ...]) -> FloatArray:
    """Return y, shape (m, p), with ln C where x has ln Q."""
    y = x.copy()
    for R, Q, n in arcs:
        y[:, Q] = Arc(x[:, R], x[:, Q], x[:, n]).log_capacitance
    return y


def solve_design(
    problem: Problem, design: Design, theta: FloatArray, gain: float = _GAIN
) -> JointState:
    """Fit all spectra jointly from `theta`, by Levenberg and Marquardt in θ.

    Parameters
    ----------
    problem : Problem
        Of m spectra; a prior of a shared parameter must be present once.
    design : Design
    theta : ndarray, shape (q,)
    gain : float
        Relative fall of the cost at which the fit ends.
    """
    now = _at(problem, design, theta)
    damping, quiet = 1e-3, 0
    for _ in range(_MOST):
        g, H = _collected(design, now.gradient, now.curvature)
        scale = np.sqrt(np.maximum(np.diagonal(H), 1e-12 * max(float(np.diagonal(H).max()), 1e-30)))
        A = H / np.outer(scale, scale) + damping * np.eye(len(g))
        step = -np.linalg.solve(A, g / scale) / scale
        promise = -float(g @ step)
        moved = design.y(theta + step) - design.y(theta)
        reach = float(np.max(np.abs(moved) / (2 * problem.coordinates.longest_step)))
        trial = theta + step / max(reach, 1.0)
        trial = _within(problem, design, trial)
        new = _cost(problem, design, trial)
        if new < now.cost:
            quiet = quiet + 1 if now.cost - new < gain * now.cost else 0
            theta, damping = trial, max(damping * 0.2, 1e-9)
            now = _at(problem, design, theta)
        else:
            damping = max(4 * damping, 1e-6)
        if quiet >= 2 or damping > 1e8 or promise < gain * now.cost:
            return replace(now, converged=True)
    return now


def score_test_gain(state: JointState, relaxed: Design) -> float:
    """Return by how much χ² would fall, to second order, with more freedom (a score test).

    `relaxed` must span what the design of `state` spans.

    References
    ----------
    Rao, Proc. Camb. Philos. Soc. 44 (1948) 50, doi:10.1017/S0305004100023987.
    """
    g, H = _collected(relaxed, state.gradient, state.curvature)
    return float(g @ _inverse(H) @ g)


def _x(problem: Problem, design: Design, theta: FloatArray) -> FloatArray:
    x = to_charges(design.y(theta), design.arcs)
    return np.clip(x, problem.coordinates.lower, problem.coordinates.upper)


def _cost(problem: Problem, design: Design, theta: FloatArray) -> float:
    x = _x(problem, design, theta)
    return float(np.sum(data_chi_square(problem, x) + prior_cost(problem, x)))


def _at(problem: Problem, design: Design, theta: FloatArray) -> JointState:
    """Return cost, slopes and curvature at `theta`."""
    y = design.y(theta)
    x = _x(problem, design, theta)
    gradient, curvature = cost_derivatives(problem, x)
    # from x to y: ln Q = n ln C - (1 - n) ln R
    T = np.zeros_like(curvature) + np.eye(x.shape[1])
    for R, Q, n in design.arcs:
        T[:, Q, Q] = y[:, n]
        T[:, Q, n] = y[:, Q] + y[:, R]
        T[:, Q, R] = y[:, n] - 1
    back = np.swapaxes(T, -1, -2)
    gradient = (back @ gradient[..., None])[..., 0]
    return JointState(design, theta, _cost(problem, design, theta), gradient, back @ curvature @ T)


def _collected(
    design: Design, gradient: FloatArray, curvature: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return gradient, shape (q,), and curvature, (q, q), along θ."""
    bases, places = design.bases, design.places
    q = places[-1].stop
    g, H = np.empty(q), np.empty((q, q))
    for j, (B, row) in enumerate(zip(bases, places, strict=True)):
        g[row] = B.T @ gradient[:, j]
        for k in range(j + 1):
            column = places[k]
            block = B.T @ (curvature[:, j, k, None] * bases[k])
            H[row, column] = block
            H[column, row] = block.T
    return g, H


def _inverse(H: FloatArray) -> FloatArray:
    """Return the inverse of a curvature whose parameters differ in size by powers of ten."""
    d = np.diagonal(H)
    scale = np.sqrt(np.where(d > 0, d, 1.0))
    A = H / np.outer(scale, scale)
    A[np.diag_indices(len(d))] += np.where(d > 0, 1e-12, 1.0)
    inverse: FloatArray = np.linalg.inv(A) / np.outer(scale, scale)
    return inverse


def _within(problem: Problem, design: Design, theta: FloatArray) -> FloatArray:
    """Return θ with what is constant along the series kept within its bounds."""
    out = theta.copy()
    limits = problem.coordinates
    charged = {Q for _, Q, _ in design.arcs}
    for j, (basis, place) in enumerate(zip(design.bases, design.places, strict=True)):
        if basis.shape[1] == 1 and j not in charged and np.all(basis == 1):
            out[place] = np.clip(out[place], limits.lower[j], limits.upper[j])
    return out
