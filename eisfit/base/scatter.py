"""Scatter beyond the stated errors, by one estimate for all that is averaged or fitted."""

from __future__ import annotations

from collections.abc import Callable

from scipy.optimize import brentq


def scatter_beyond_errors(
    excess: Callable[[float], float], size: float, tolerance: float = 1e-9
) -> float:
    """Return the scatter at which χ² equals its expectation; 0 where the errors explain χ².

    Parameters
    ----------
    excess : callable
        Returns χ² minus the degrees of freedom, with a scatter added to the errors in quadrature.
        It falls with the scatter.
    size : float
        A first guess of an upper limit, above zero; doubled where it is too small.
    tolerance : float
        Of the scatter, relative to the upper limit.

    References
    ----------
    Paule & Mandel, J. Res. Natl. Bur. Stand. 87 (1982) 377, doi:10.6028/jres.087.022.

    Examples
    --------
    >>> round(scatter_beyond_errors(lambda s: 8 / (1 + s**2) - 2, 1.0), 6)
    1.732051
    """
    if excess(0.0) <= 0:
        return 0.0
    high = size
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=tolerance * high))
