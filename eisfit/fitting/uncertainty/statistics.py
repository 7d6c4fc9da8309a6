"""Uncertainty of a fit: noise, covariance, intervals, and what the data do not determine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.circuit.models import Model
from eisfit.fitting.least_squares import Coordinates, Problem, Solution
from eisfit.fitting.result import Estimate

UNDETERMINED_LOG = 0.3
"""A standard error of ln(value) from which a quantity counts as not determined by the data."""

UNDETERMINED_EXPONENT = 0.1
"""The same for an exponent."""

_LARGEST_PRIOR_SHARE = 0.5  # of the information on a coordinate; the data give less than the rest


def is_determined(
    deviation: FloatArray,
    limit: FloatArray | float = UNDETERMINED_LOG,
    prior_precision: FloatArray | float = 0.0,
) -> BoolArray:
    """Return which quantities the data determine, the shapes broadcast against each other.

    This is the one rule for parameters, resistances along a series, and batches.

    Parameters
    ----------
    deviation : ndarray
        Standard error of ln(value), or of an exponent as it is; 0 where there is none.
    limit : ndarray or float
        The error from which a quantity is not determined; see `error_limits`.
    prior_precision : ndarray or float
        1/variance of the prior in the same coordinate; 0 where there is none.
    """
    from_data = prior_precision * deviation**2 < _LARGEST_PRIOR_SHARE
    out: BoolArray = (deviation > 0) & (deviation < limit) & from_data
    return out


def error_limits(model: Model) -> FloatArray:
    """Return the error from which each parameter is not determined, shape (p,)."""
    return np.array([
        UNDETERMINED_LOG if parameter.scale == "log"
        else UNDETERMINED_EXPONENT if parameter.unit == "1" else np.inf
        for parameter in model.parameters
    ])  # fmt: skip


def degrees_of_freedom(problem: Problem) -> FloatArray:
    """Return 2 k minus the number of free coordinates of each spectrum, at least 1."""
    points = np.count_nonzero(problem.weight, axis=(-2, -1))
    free = np.count_nonzero(problem.free, axis=-1)
    left: FloatArray = np.maximum(points - free, 1.0)
    return left


def noise_factor(problem: Problem, solution: Solution) -> FloatArray:
    """Return by how much the noise exceeds what the weights assume, shape (m,)."""
    factor: FloatArray = np.sqrt(solution.chi_square / degrees_of_freedom(problem))
    return np.maximum(factor, 1e-5)  # data without noise are not known beyond all digits


_AMBIGUOUS = (0.7, 0.2)  # errors of ln(value), of an exponent: another minimum is possible
_LEAST_KNOWN = 1e-13  # of a direction, with all coordinates scaled to curvature 1
_FEW = 16  # residuals, too few for an estimate of their correlation


def estimate_error_inflation(problem: Problem, solution: Solution) -> FloatArray:
    r"""Return the factor by which errors grow because residuals are not random, shape (m,).

    Residuals that are correlated over frequency hold less information than as many independent
    ones: with the correlation r of adjacent ones the variance grows by (1 + r)/(1 - r). It is 1
    where r is within what chance gives (2.5/√N).

    References
    ----------
    Bayley & Hammersley, J. R. Stat. Soc. Suppl. 8 (1946) 184, doi:10.2307/2983560.
    """
    points = np.count_nonzero(problem.weight, axis=(-2, -1))
    r = lag1_autocorrelation(solution)
    random = (points < _FEW) | (r <= 2.5 / np.sqrt(points)) | (solution.chi_square <= 0)
    error_inflation: FloatArray = np.where(random, 1.0, np.sqrt((1 + r) / (1 - r)))
    return error_inflation


def lag1_autocorrelation(solution: Solution) -> FloatArray:
    """Return the correlation of residuals at adjacent frequencies, shape (m,), at most 0.95."""
    power = np.maximum(solution.chi_square, 1e-300)
    r: FloatArray = np.minimum(solution.lag1_products / power, 0.95)
    return r


def is_unambiguous(problem: Problem, solution: Solution) -> BoolArray:
    """Return which minima are unambiguous, shape (m,): a better one is very unlikely.

    Residuals are random (correlation of adjacent ones within 1.2/√N), and every coordinate without
    a prior is off its bounds and determined. Measured on 2 × 8192 spectra with two arcs and a tail:
    23 % are ambiguous; of the unambiguous ones 0.2 % miss the best minimum.
    """
    points = np.count_nonzero(problem.weight, axis=(-2, -1))
    random = (points >= _FEW) & (lag1_autocorrelation(solution) <= 1.2 / np.sqrt(points))
    limits = at_bound(problem.coordinates, solution.x)
    error = np.sqrt(variances(solution.curvature, problem.free & ~limits))
    error *= noise_factor(problem, solution)[:, None]
    limit = np.where(problem.coordinates.log, *_AMBIGUOUS)
    known = ~limits & (error > 0) & (error < limit)
    required = problem.free & (problem.prior_precision == 0)
    fine: BoolArray = solution.converged & random & np.all(known | ~required, axis=-1)
    return fine


def variances(curvature: FloatArray, open_: BoolArray) -> FloatArray:
    """Return the diagonal of `inverse` for many at once, shape (m, p).

    Parameters
    ----------
    curvature : ndarray, shape (m, p, p)
    open_ : ndarray of bool, shape (m, p)
    """
    p = curvature.shape[-1]
    diagonal = np.diagonal(curvature, axis1=-2, axis2=-1)
    use = open_ & (diagonal > 0)
    d = np.sqrt(np.where(use, diagonal, 1.0))
    scale = use / d
    scaled = curvature * (scale[..., None] * scale[..., None, :])
    i = np.arange(p)
    scaled[..., i, i] = 1.0
    try:
        inverse_diagonal = np.diagonal(np.linalg.inv(scaled), axis1=-2, axis2=-1)
    except np.linalg.LinAlgError:
        inverse_diagonal = np.full(d.shape, -1.0)
    out = np.where(use, inverse_diagonal / d**2, 0.0)
    # nearly singular ones by eigenvalues, as in `inverse`
    rows = np.flatnonzero(
        np.any(use & ~((inverse_diagonal > 0) & (inverse_diagonal < 1e10)), axis=1)
    )
    if len(rows):
        values, vectors = np.linalg.eigh(scaled[rows])
        inverse_diagonal = np.sum(
            vectors**2 / np.maximum(values, _LEAST_KNOWN)[:, None, :], axis=-1
        )
        out[rows] = np.where(use[rows], inverse_diagonal / d[rows] ** 2, 0.0)
    return out


def inverse(curvature: FloatArray, open_: BoolArray) -> FloatArray:
    """Return the inverse of JᵀJ over the open coordinates, shape (p, p); 0 for the others.

    Scaled to unit diagonal first; a direction that nothing determines gets a very large variance
    instead of an error.
    """
    p = len(curvature)
    out = np.zeros((p, p))
    diagonal = np.diagonal(curvature)
    use = np.flatnonzero(open_ & (diagonal > 0))
    if not len(use):
        return out
    d = np.sqrt(diagonal[use])
    scaled = curvature[np.ix_(use, use)] / np.outer(d, d)
    values, vectors = np.linalg.eigh(scaled)
    values = np.maximum(values, _LEAST_KNOWN)
    out[np.ix_(use, use)] = (vectors / values) @ vectors.T / np.outer(d, d)
    return out


def at_bound(coordinates: Coordinates, x: FloatArray) -> BoolArray:
    """Return which coordinates stand at a bound, shape of `x`."""
    reach = 1e-6 * np.maximum(np.abs(coordinates.upper - coordinates.lower), 1e-12)
    return (x <= coordinates.lower + reach) | (x >= coordinates.upper - reach)


def estimates(
    model: Model, problem: Problem, x: FloatArray, covariance: FloatArray, dof: float
) -> Mapping[str, Estimate]:
    """Return the estimates of one spectrum, by name.

    Parameters
    ----------
    model : Model
    problem : Problem
        Of that spectrum alone.
    x : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
        Of x.
    dof : float
        Degrees of freedom, for Student's t.
    """
    from scipy.special import stdtrit  # slow to load, and not needed for many fits

    t = float(stdtrit(max(dof, 1.0), 0.975))
    coordinates, free = problem.coordinates, problem.free[0]
    bound = at_bound(coordinates, x) & free
    deviation = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    determined = is_determined(deviation, error_limits(model), problem.prior_precision[0]) & ~bound
    deviation = np.where(deviation > 0, deviation, np.inf)
    values = coordinates.values(x)
    stderr = np.abs(coordinates.slope(values)) * deviation
    reach = t * np.minimum(deviation, 1e6)
    low = coordinates.values(np.maximum(x - reach, coordinates.lower))
    high = coordinates.values(np.minimum(x + reach, coordinates.upper))
    out = {}
    for i, parameter in enumerate(model.parameters):
        name, value, unit = parameter.name, float(values[i]), parameter.unit
        if not free[i]:
            out[name] = Estimate(name, value, unit, fixed=True)
            continue
        at_exponent_limit = bool(bound[i]) and unit == "1" and parameter.scale == "linear"
        out[name] = Estimate(
            name,
            value,
            unit,
            stderr=float(stderr[i]) if deviation[i] < np.inf and not bound[i] else None,
            ci95=(float(low[i]), float(high[i])) if not at_exponent_limit else None,
            at_bound=bool(bound[i]),
            determined=bool(determined[i]) or at_exponent_limit,
        )
    return out
