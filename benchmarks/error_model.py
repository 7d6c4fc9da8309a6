r"""A candidate for the errors of a fit whose residuals are more than random noise.

`spectrum_errors` compares it with what `eisfit.fit` states today.

Residuals of a spectrum are taken as the sum of four independent terms:

* noise as the weights assume it (b; a share of abs(Z) for modulus weights);
* noise of one size at all frequencies (a), or a share of abs(Z) where the weights are equal;
* a smooth relative error of the impedance in ln f, gain and phase alike (g): the analyser;
* a departure of each arc from its ideal shape (s): R/(1 + (iωτ)ⁿ) gains
  Σ w_k R/(1 + (iωτ exp(s_k))ⁿ) with Σ w_k = 0, which is causal and leaves R as it is.

Their sizes have weak priors and are integrated over on a grid with the restricted likelihood
(REML), which is corrected for what the circuit has absorbed. The estimates stay those of the
weighted least squares; their covariance becomes H⁻¹ JᵀΣJ H⁻¹.

References
----------
Patterson & Thompson, Biometrika 58 (1971) 545, doi:10.1093/biomet/58.3.545 (REML).
Brynjarsdóttir & O'Hagan, Inverse Problems 30 (2014) 114007,
    doi:10.1088/0266-5611/30/11/114007 (a smooth term in the fit moves its estimates).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.circuit.models import Model
from eisfit.circuit.tape import evaluate_with_jacobian
from eisfit.circuit.tree import Element, Node, Parallel, elements_of
from eisfit.fitting.least_squares import Problem

_SHIFTS = np.array([-6.0, -4.0, -2.5, -1.25, 0.0, 1.25, 2.5, 4.0])  # of ln(ωτ)
_PATTERNS = np.linalg.svd(np.ones((1, len(_SHIFTS))))[2][1:]  # weights whose sum is zero
_LENGTH = float(np.log(10.0))  # a decade, over which the smooth error is correlated
_MODES = 10  # of the smooth error, for gain and for phase
_SMOOTH_SIZE = 0.003  # half-normal prior of the smooth error's size
_SHAPE_SIZE = 0.1  # exceeded with a probability of 5 % a priori
_NONE = 0.5  # prior probability that there is no such error at all

_STEP = 0.5  # decades between sizes of the grid
_CONSTANT = np.r_[0.0, 10.0 ** np.arange(-6.0, 2.1, 1.0)]  # a²/b², a at the largest |Z|
_SMOOTH = np.r_[0.0, 10.0 ** np.arange(-0.75, 2.1, _STEP)]  # g/b
_SHAPE = np.r_[0.0, 10.0 ** np.arange(0.5, 3.6, _STEP)]  # s/b
_LEAST_WEIGHT = 1e-4  # grid points of less posterior weight are left out


@dataclass(frozen=True, slots=True, eq=False)
class ErrorModel:
    """The covariance of a fit's coordinates as a mixture over the sizes of the error terms.

    Parameters
    ----------
    weights : ndarray, shape (c,)
        Posterior weights of the mixture's members.
    sizes : ndarray, shape (c, 4)
        Squared sizes b², a², g², s² of each.
    parts : ndarray, shape (4, p, p)
        Covariance of the coordinates that each term of size 1 causes.
    prior_part : ndarray, shape (p, p)
        What priors on leads contribute.
    most : float
        Degrees of freedom of the residuals: no error is known better.
    """

    weights: FloatArray
    sizes: FloatArray
    parts: FloatArray
    prior_part: FloatArray
    most: float

    @property
    def covariance(self) -> FloatArray:
        """Covariance of the coordinates, shape (p, p)."""
        mean = self.weights @ self.sizes
        out: FloatArray = np.einsum("t,tij->ij", mean, self.parts) + self.prior_part
        return out

    def degrees_of_freedom(self, gradient: FloatArray) -> FloatArray:
        """Return the degrees of freedom of quantities with these gradients, shape (..., p)."""
        each = np.einsum("...i,tij,...j->...t", gradient, self.parts, gradient)
        fixed = np.einsum("...i,ij,...j->...", gradient, self.prior_part, gradient)
        v = each @ self.sizes.T + fixed[..., None]
        mean = v @ self.weights
        with np.errstate(divide="ignore", invalid="ignore"):
            excess = 3 * (v**2 @ self.weights / mean**2 - 1)
            dof = 4 + 6 / excess
        return np.where(np.isfinite(dof), np.minimum(dof, self.most), self.most)

    def half_widths(self, gradient: FloatArray) -> FloatArray:
        """Return the half widths of 95 % intervals of quantities with these gradients."""
        from scipy.special import stdtrit

        dof = self.degrees_of_freedom(gradient)
        deviation = np.sqrt(np.einsum("...i,ij,...j->...", gradient, self.covariance, gradient))
        most = max(self.most, 3.0)
        narrower = np.where(dof < most, np.sqrt((dof - 2) / dof * most / (most - 2)), 1.0)
        out: FloatArray = deviation * stdtrit(np.maximum(dof, 1.0), 0.975) * narrower
        return out


def arcs_of(node: Node) -> list[tuple[str, str]]:
    """Return for each arc of a circuit the names of its resistance and of its coefficient."""
    if isinstance(node, Element):
        return []
    out = []
    if isinstance(node, Parallel):
        elements = [e for e in elements_of(node) if e.symbol in {"R", "Q", "C"}]
        R = [e for e in elements if e.symbol == "R"]
        Q = [e for e in node.parts if isinstance(e, Element) and e.symbol in {"Q", "C"}]
        if R and Q:
            out.append((R[0].parameter_names[0], Q[0].parameter_names[0]))
    for part in node.parts:
        out.extend(arcs_of(part))
    return out


def shape_terms(model: Model, problem: Problem, x: FloatArray) -> ComplexArray:
    """Return by how much the impedance of one spectrum changes with its arcs' shapes.

    Parameters
    ----------
    model : Model
    problem : Problem
        Of one spectrum.
    x : ndarray, shape (p,)

    Returns
    -------
    ndarray of complex, shape (k, 7 a)
        Ω; seven patterns for each of a arcs, each leaves the arc's R as it is.
    """
    arcs = [(model.names.index(R), model.names.index(Q)) for R, Q in arcs_of(model.tree)]
    omega = problem.omega[0]
    if not arcs:
        return np.zeros((len(omega), 0), dtype=np.complex128)
    values = problem.coordinates.values(x)
    shifted = omega[:, None] * np.exp(_SHIFTS)
    _, J = evaluate_with_jacobian(problem.tape, shifted.ravel(), values)
    slope = J * problem.coordinates.slope(values)
    # at a fixed time constant: R up, Q down
    columns = [(slope[:, R] - slope[:, Q]).reshape(shifted.shape) @ _PATTERNS.T for R, Q in arcs]
    return np.concatenate(columns, axis=1)


def smooth_functions(omega: FloatArray) -> FloatArray:
    """Return smooth functions of ln f, shape (k, 10), whose random sum has variance 1."""
    u = np.log(omega)
    value, vector = np.linalg.eigh(np.exp(-0.5 * ((u[:, None] - u) / _LENGTH) ** 2))
    scale = np.sqrt(np.maximum(value[::-1][:_MODES], 0.0))
    out: FloatArray = vector[:, ::-1][:, :_MODES] * scale
    return out


def estimate_error_model(
    model: Model, problem: Problem, x: FloatArray, free: BoolArray
) -> ErrorModel:
    """Return the error model of one fitted spectrum.

    Parameters
    ----------
    model : Model
    problem : Problem
        Of one spectrum, with weights that match the noise.
    x : ndarray, shape (p,)
        Where the fit ended.
    free : ndarray of bool, shape (p,)
        Coordinates that are neither held nor at a bound.
    """
    values = problem.coordinates.values(x)
    inside = problem.weight[0, 0] > 0
    Z, slopes = evaluate_with_jacobian(problem.tape, problem.omega[0], values)
    slopes = slopes * problem.coordinates.slope(values)
    shapes = shape_terms(model, problem, x)
    if problem.quantity == "admittance":
        slopes, shapes, Z = -slopes / Z[:, None] ** 2, -shapes / Z[:, None] ** 2, 1 / Z
    weight = problem.weight[0][:, inside]
    Z, measured = Z[inside], problem.measured[0, inside]

    def rows(columns: ComplexArray) -> FloatArray:
        return np.concatenate(
            [weight[0, :, None] * columns.real, weight[1, :, None] * columns.imag]
        )

    smooth = Z[:, None] * smooth_functions(problem.omega[0, inside])
    smooth = np.concatenate([smooth, 1j * smooth], axis=1)
    J = rows(slopes[inside][:, free])
    residual = rows((measured - Z)[:, None])[:, 0]
    terms = [rows(smooth), _independent(rows(shapes[inside]))]
    relative = (weight * np.abs(Z)).ravel()  # |Z| in units of the noise that the weights assume
    same = np.ptp(weight) < 1e-9 * weight.max()
    other = relative**2 if same else (weight * np.abs(Z).max()).ravel() ** 2
    unit = float(np.median(relative))  # of g and s, which are relative, in units of b
    precision = problem.prior_precision[0][free]
    pull = precision * (problem.prior_mean[0] - x)[free]
    return _integrate(J, residual, terms, other / unit**2, unit, precision, pull, free)


def _independent(columns: FloatArray) -> FloatArray:
    """Return fewer columns with nearly the same covariance."""
    if not columns.shape[1]:
        return columns
    U, size, _ = np.linalg.svd(columns, full_matrices=False)
    keep = size > 1e-4 * size[0]
    out: FloatArray = U[:, keep] * size[keep]
    return out


def _integrate(
    J: FloatArray,
    residual: FloatArray,
    terms: list[FloatArray],
    other: FloatArray,
    unit: float,
    precision: FloatArray,
    pull: FloatArray,
    free: BoolArray,
) -> ErrorModel:
    p = J.shape[1]
    H = J.T @ J + np.diag(precision)
    d = np.sqrt(np.diagonal(H))
    A = np.linalg.pinv(H / np.outer(d, d), rcond=1e-13, hermitian=True) / np.outer(d, d)
    G = A @ J.T
    parts = [G @ G.T, (G * other) @ G.T, *((G @ C) @ (G @ C).T for C in terms)]
    known = np.flatnonzero(precision)
    extra = np.zeros((len(known), p))
    extra[np.arange(len(known)), known] = np.sqrt(precision[known])
    residual = np.concatenate([residual, pull[known] / np.sqrt(precision[known])])
    J = np.concatenate([J, extra])
    padded = [np.concatenate([C / unit, np.zeros((len(known), C.shape[1]))]) for C in terms]
    C = np.concatenate(padded, axis=1)
    nb = terms[0].shape[1]
    nu = len(residual) - p
    weight = 1 / np.sqrt(1 + _CONSTANT[:, None] * other)
    weight = np.concatenate([weight, np.ones((len(_CONSTANT), len(known)))], axis=1)
    Q, R = np.linalg.qr(J * weight[..., None])
    Cw = np.concatenate([C, residual[:, None]], axis=1) * weight[..., None]
    Cw -= Q @ (Q.swapaxes(1, 2) @ Cw)
    gram = Cw.swapaxes(1, 2) @ Cw  # (ratios, columns, columns), the residual last
    logdet = 2 * np.sum(np.log(np.abs(np.diagonal(R, axis1=1, axis2=2))), axis=1)
    logdet -= 2 * np.sum(np.log(weight), axis=1)
    gram, logdet = gram[:, None], logdet[:, None]
    shape = _SHAPE if terms[1].shape[1] else _SHAPE[:1]
    if terms[1].shape[1]:
        gram, more = _absorb(gram, slice(nb, -1), np.r_[:nb, gram.shape[-1] - 1], shape)
        logdet = logdet + more
    own, vectors = np.linalg.eigh(gram[..., :-1, :-1])
    own = np.maximum(own, 0.0)[..., None, :]
    moved = np.einsum("...ij,...i->...j", vectors, gram[..., :-1, -1])[..., None, :]
    g = _SMOOTH[:, None]
    q = gram[..., -1, -1][..., None] - np.sum(g**2 * moved**2 / (1 + g**2 * own), axis=-1)
    q = np.maximum(q, 1e-300)  # (ratios, shapes, smooths)
    logdet = logdet[..., None] + np.sum(np.log1p(g**2 * own), axis=-1)
    b = np.sqrt(q / nu) / unit
    value = -0.5 * (logdet + nu * np.log(q)) + _log_prior(_SMOOTH * b, shape[:, None] * b)
    b2 = q / nu
    ratios = np.broadcast_arrays(
        1.0, _CONSTANT[:, None, None], (_SMOOTH / unit) ** 2, (shape[:, None] / unit) ** 2, b2
    )[:4]
    sizes = np.stack(ratios, axis=-1) * b2[..., None]
    value, sizes = value.ravel(), sizes.reshape(-1, 4)
    weights = np.exp(value - value.max())
    keep = weights > _LEAST_WEIGHT
    weights = weights[keep] / weights[keep].sum()
    return ErrorModel(
        weights, sizes[keep], np.stack([_spread(m, free) for m in parts]),
        _spread(A * precision @ A, free), float(nu),
    )  # fmt: skip


def _absorb(
    gram: FloatArray, inner: slice, outer: IndexArray, size: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the Gram matrix left after columns with random coefficients, and their ln det.

    Parameters
    ----------
    gram : ndarray, shape (r, 1, c, c)
    inner, outer : slice, ndarray of int
        The columns with random coefficients; those that stay.
    size : ndarray, shape (s,)
        Standard deviations of the coefficients.

    Returns
    -------
    tuple of ndarray, shapes (r, s, o, o) and (r, s)
    """
    scale = size[:, None, None]
    M = scale**2 * gram[..., inner, inner]
    i = np.arange(M.shape[-1])
    M[..., i, i] += 1.0
    cross = scale * gram[..., inner, :][..., outer]
    left = gram[..., outer, :][..., outer] - cross.swapaxes(-1, -2) @ np.linalg.solve(M, cross)
    return left, np.linalg.slogdet(M)[1]


def _spread(matrix: FloatArray, free: BoolArray) -> FloatArray:
    out = np.zeros((len(free), len(free)))
    out[np.ix_(free, free)] = matrix
    return out


def _log_prior(smooth: FloatArray, shape: FloatArray) -> FloatArray:
    """Return the logarithm of the prior weight of grid points with these sizes."""
    step = _STEP * np.log(10.0)
    with np.errstate(divide="ignore"):
        g = np.log(smooth / _SMOOTH_SIZE * np.sqrt(2 / np.pi) * step)
        g = np.log(1 - _NONE) + g - 0.5 * (smooth / _SMOOTH_SIZE) ** 2
        s = np.log(1 - _NONE) + np.log(3 * shape / _SHAPE_SIZE * step) - 3 * shape / _SHAPE_SIZE
    g, s = np.where(smooth == 0, np.log(_NONE), g), np.where(shape == 0, np.log(_NONE), s)
    out: FloatArray = g + s
    return out
