"""What makes correlated errors alike and independent, for generalised least squares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from uncertainties import UFloat, covariance_matrix

from eisfit.base.arrays import FloatArray


def whitening(values: Sequence[UFloat]) -> FloatArray:
    """Return W, shape (k, k), with W V Wᵀ = 1 for the covariance V of `values`, shape (k,).

    Raises
    ------
    ValueError
        Where V has no inverse: the errors of some of the values follow from those of others.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> whitening([ufloat(1, 0.5), ufloat(2, 0.1)])
    array([[ 2.,  0.],
           [ 0., 10.]])
    """
    V = np.array(covariance_matrix(values))
    size = np.sqrt(np.diagonal(V))
    try:
        root = np.linalg.cholesky(V / np.outer(size, size))
    except np.linalg.LinAlgError:
        raise ValueError(
            "the errors of some values are fully correlated; give each value an independent error"
        ) from None
    W: FloatArray = np.linalg.inv(root) / size
    return W
