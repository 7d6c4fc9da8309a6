"""Weights that the data or the user give: standard deviations, and a fitted error structure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.errors import FitError
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.engine.backend import Problem, fitted
from eisfit.fitting.minimum import Minimum, settle

_ROUNDS = 2  # the structure is taken from residuals, which depend a little on the weights


def with_sigma(problem: Problem, spectrum: Spectrum, sigma: ArrayLike) -> Problem:
    """Return the problem of one spectrum with given standard deviations.

    Parameters
    ----------
    problem : Problem
    spectrum : Spectrum
    sigma : array-like, shape (k,)
        In the unit of what is fitted, for all points of the spectrum in its own order; complex for
        different ones of real and imaginary part.

    Raises
    ------
    FitError
        Where there are not as many as points, or one in use is not positive.
    """
    given = np.asarray(sigma)
    if given.shape != spectrum.frequency.shape:
        raise FitError(
            f"{spectrum.label}: sigma must hold one value for each of {len(spectrum)} points, "
            f"not an array of shape {given.shape}"
        )
    use = ~spectrum.mask
    order = np.argsort(-spectrum.frequency[use], kind="stable")
    kept = given[use][order]
    parts = np.stack([kept.real, kept.imag if np.iscomplexobj(kept) else kept]).astype(np.float64)
    if not np.all(np.isfinite(parts) & (parts > 0)):
        raise FitError(f"{spectrum.label}: every sigma must be a positive number")
    weight = np.zeros_like(problem.weight)
    weight[0, :, : parts.shape[1]] = 1 / parts
    return replace(problem, weight=weight, noise=np.ones(1))


def with_structure(found: Minimum) -> Minimum:
    """Return the minimum with weights from an error structure that its residuals tell.

    The variance of each part is taken as α² |Z|² + β² Z'² + γ² Z''² + δ² with non-negative terms,
    fitted to the squared residuals of each spectrum.

    References
    ----------
    Agarwal, Crisalle, Orazem & García-Rubio, J. Electrochem. Soc. 142 (1995) 4149.
    """
    for _ in range(_ROUNDS):
        problem = found.problem
        residual = problem.measured - fitted(problem, found.solution.x)
        weight = np.zeros_like(problem.weight)
        for i, w in enumerate(problem.weight):
            inside = w[0] > 0
            sigma = error_structure(problem.measured[i, inside], residual[i, inside])
            weight[i][:, inside] = 1 / sigma
        found = settle(
            replace(problem, weight=weight, noise=np.ones(len(weight))), found.solution.x
        )
    return found


def error_structure(Z: ComplexArray, residual: ComplexArray) -> FloatArray:
    """Return the standard deviation of each point that residuals tell, shape (k,).

    Parameters
    ----------
    Z, residual : ndarray of complex, shape (k,)

    Examples
    --------
    >>> Z = np.array([1.0, 10.0, 100.0, 1000.0]) - 0j
    >>> error_structure(Z, 0.01 * np.abs(Z) * (1 + 1j)).round(4)
    array([ 0.01,  0.1 ,  1.  , 10.  ])
    """
    from scipy.optimize import nnls  # slow to load, and seldom needed

    size = np.abs(Z)
    squares = (residual.real**2 + residual.imag**2) / 2
    terms = np.stack([size**2, Z.real**2, Z.imag**2, np.full(len(Z), np.median(size) ** 2)], axis=1)
    # relative to |Z|², or the largest points alone would tell; a floor keeps weights finite
    shares, _ = nnls(terms / size[:, None] ** 2, squares / size**2)
    least = 0.01 * np.median(squares / size**2) * size**2 + (1e-12 * size) ** 2
    sigma: FloatArray = np.sqrt(np.maximum(terms @ shares, least))
    return sigma
