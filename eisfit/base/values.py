"""Numbers with errors, also where the error is zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from uncertainties import UFloat, correlated_values, ufloat

from eisfit.base.arrays import FloatArray


def to_ufloat(value: float, stderr: float) -> UFloat:
    """Return `value` ± `stderr`; an exact number where the error is 0.

    Examples
    --------
    >>> to_ufloat(2.0, 0.0) * to_ufloat(3.0, 0.3)
    6.0+/-0.6...
    """
    if stderr == 0:
        # ufloat(x, 0) warns; a sum in which nothing uncertain is left does not
        return ufloat(value, 1.0) * 0 + value
    return ufloat(value, stderr)


def to_correlated_ufloats(values: Sequence[float], covariance: FloatArray) -> list[UFloat]:
    """Return numbers that know their common errors; those without variance are exact.

    Parameters
    ----------
    values : sequence of float, shape (p,)
    covariance : ndarray, shape (p, p)
    """
    with_variance = np.flatnonzero(np.diagonal(covariance) > 0)
    out = [to_ufloat(v, 0.0) for v in values]
    if len(with_variance):
        values_with_errors = correlated_values(
            [values[int(i)] for i in with_variance],
            covariance[np.ix_(with_variance, with_variance)],
        )
        for i, value in zip(with_variance, values_with_errors, strict=True):
            out[i] = value
    return out


def plus_minus(value: float, stderr: float | None) -> str:
    """Return ``value ± error`` with the error to two digits.

    Examples
    --------
    >>> plus_minus(1.2346e-9, 2.2e-11)
    '(1.235 ± 0.022)e-09'
    >>> plus_minus(5.0, None)
    '5'
    """
    if stderr is None or not np.isfinite(stderr) or stderr <= 0:
        return f"{value:.5g}"
    return f"{ufloat(value, stderr):.2u}".replace("+/-", " ± ")
