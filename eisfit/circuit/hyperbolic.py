# mypy: disable-error-code="no-any-return"
# numpy types the results of its arithmetic as Any
"""tanh(s)/s, coth(s)/s and their derivatives, to full precision wherever Re s > 0; logarithms.

Finite diffusion and every transmission line are made of these two functions. Taken literally,
1 - tanh² loses its digits for a long line and tanh(s)/s - sech² for a short one; hence the
exponential and the series here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray


@dataclass(frozen=True, slots=True)
class Hyperbolic:
    """A function f of s and its derivatives.

    Parameters
    ----------
    value : ndarray of complex
        f(s).
    slope : ndarray of complex
        s f'(s), which is df/d(ln s).
    by_scale : ndarray of complex
        f + s f'(s)/2, which is d(a f(√a s))/da at a = 1.
    """

    value: ComplexArray
    slope: ComplexArray
    by_scale: ComplexArray


def tanh_over(s: ComplexArray) -> Hyperbolic:
    """Return tanh(s)/s and its slope, sech²(s) - tanh(s)/s.

    Examples
    --------
    >>> tanh_over(np.array([1e-9 + 0j])).slope.real.round(24)  # -2 s²/3
    array([-6.66667e-19])
    """
    value = np.tanh(s) / s
    sech2 = _sech2(s)
    excess, short = _excess(s)
    slope = np.where(short, -sech2 * excess, sech2 - value)
    return Hyperbolic(value, slope, value + slope / 2)


def coth_over(s: ComplexArray) -> Hyperbolic:
    """Return coth(s)/s and its slope, -csch²(s) - coth(s)/s.

    Its `by_scale` is (coth(s)/s - csch²(s))/2: 1/3 for a short line and 1/(2s) for a long one.
    """
    value = 1 / (np.tanh(s) * s)
    sinh2 = csch2(s)
    excess, short = _excess(s)
    difference: ComplexArray = np.where(short, sinh2 * excess, value - sinh2)
    return Hyperbolic(value, -sinh2 - value, 0.5 * difference)


def csch2(s: ComplexArray) -> ComplexArray:
    """Return 1/sinh²(s)."""
    return _sech2(s) / np.tanh(s) ** 2


def log1p(x: ComplexArray) -> ComplexArray:
    """Return ln(1 + x) for Re x ≥ 0; numpy's log1p loses the real part of a small x."""
    return 0.5 * np.log1p(2 * x.real + x.real**2 + x.imag**2) + 1j * np.arctan2(x.imag, 1 + x.real)


def log_j(x: FloatArray) -> ComplexArray:
    """Return ln(jx)."""
    return np.log(x) + 0.5j * np.pi


def _sech2(s: ComplexArray) -> ComplexArray:
    """Return 1/cosh²(s) for Re s > 0."""
    decay = np.exp(-2 * s)
    return 4 * decay / (1 + decay) ** 2


_TERMS = 13
"""Enough of the series below for |2s| < 2: the first one left out is 2²⁶/27! = 6e-21."""


def _excess(s: ComplexArray) -> tuple[ComplexArray, BoolArray]:
    """Return sinh(2s)/(2s) - 1 where |s| < 1 (0 elsewhere), and where that is."""
    short = np.abs(s) < 1
    square = np.where(short, 2 * s, 0) ** 2
    total = np.zeros_like(square)
    for k in range(_TERMS, 0, -1):
        total = square / ((2 * k) * (2 * k + 1)) * (1 + total)
    return total, short
