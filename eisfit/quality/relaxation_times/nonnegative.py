"""Least squares with no negative unknowns, solved on the normal equations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg import lapack

from eisfit.base.arrays import BoolArray, FloatArray, IndexArray

_MOST_STEPS, _MOST_HALVINGS = 100, 40
_PATIENCE = 3  # exchanges of whole blocks that may fail to help
_TINY = 1e-10


class Solution(NamedTuple):
    """The minimum of ½ x'Hx - f'x over x ≥ 0.

    Parameters
    ----------
    x : ndarray, shape (p,)
    free : ndarray of bool, shape (p,)
        Which unknowns are above zero; the others are held at it.
    where : ndarray of int
        Their places.
    factor : ndarray
        Lower Cholesky factor of H among the free unknowns.
    slope : ndarray, shape (p,)
        H x - f; zero at the free unknowns, not below zero at the others.
    """

    x: FloatArray
    free: BoolArray
    where: IndexArray
    factor: FloatArray
    slope: FloatArray


def nonnegative(H: FloatArray, f: FloatArray, free: BoolArray) -> Solution:
    """Return the minimum of ½ x'Hx - f'x over x ≥ 0 by block principal pivoting.

    Parameters
    ----------
    H : ndarray, shape (p, p)
        Symmetric, positive definite.
    f : ndarray, shape (p,)
    free : ndarray of bool, shape (p,)
        First guess of the unknowns above zero, such as those of a similar problem.

    Raises
    ------
    ValueError
        Where H is not positive definite.

    References
    ----------
    Portugal, Júdice & Vicente, Math. Comp. 63 (1994) 625, doi:10.1090/S0025-5718-1994-1250776-4;
    where blocks do not settle, projected Newton steps: Bertsekas, SIAM J. Control Optim. 20 (1982)
    221, doi:10.1137/0320018.

    Examples
    --------
    >>> H, f = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([2.0, -1.0])
    >>> nonnegative(H, f, np.array([True, True])).x.round(9).tolist()
    [1.0, 0.0]
    """
    limit = _TINY * float(np.abs(f).max(initial=0.0))
    least, patience = len(f) + 1, _PATIENCE
    while patience > 0:
        trial = _restricted(H, f, free)
        wrong = np.where(free, trial.x < 0, trial.slope < -limit)
        count = int(wrong.sum())
        if count == 0:
            return trial
        patience = _PATIENCE if count < least else patience - 1
        least = min(count, least)
        free = free ^ wrong
    return _descended(H, f, np.maximum(trial.x, 0.0), limit)


def _descended(H: FloatArray, f: FloatArray, x: FloatArray, limit: float) -> Solution:
    """Return the minimum by projected Newton steps, which always go downhill: slower, but sure."""
    for _ in range(_MOST_STEPS):
        slope = H @ x - f
        trial = _restricted(H, f, (x > 0) | (slope < -limit))
        if not np.any(trial.x < 0):
            if not np.any(trial.slope < -limit):
                break
            x = trial.x
            continue
        move, cost = trial.x - x, float(x @ (slope - f))
        for halvings in range(_MOST_HALVINGS):
            following = np.maximum(x + move * 0.5**halvings, 0.0)
            if float(following @ (H @ following - 2 * f)) < cost:
                break
        x = following
    return trial._replace(x=np.maximum(trial.x, 0.0))


def _restricted(H: FloatArray, f: FloatArray, free: BoolArray) -> Solution:
    """Return the minimum with the unknowns that are not free held at zero."""
    where = np.flatnonzero(free)
    x = np.zeros(len(f))
    if not len(where):
        return Solution(x, free, where, np.zeros((0, 0)), -f)
    rows = H[where]
    factor, failed = lapack.dpotrf(rows[:, where], lower=1, clean=1)
    if failed:
        raise ValueError("the normal equations are not positive definite")
    x[where] = lapack.dpotrs(factor, f[where], lower=1)[0]
    return Solution(x, free, where, factor, x[where] @ rows - f)
