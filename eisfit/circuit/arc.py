"""One arc, a resistance beside a constant phase element: its capacitance and time constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from uncertainties import UFloat, umath

Number: TypeAlias = Any
"""A float, an array, or a ufloat, which carries its error through."""


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """R and Q as logarithms, as they are fitted, and n: numbers, arrays of one shape, or ufloats.

    Parameters
    ----------
    log_resistance : float, ndarray or UFloat
        ln(R/Ω).
    log_coefficient : float, ndarray or UFloat
        ln(Q/(F s^(n-1))).
    n : float, ndarray or UFloat
        Exponent of the constant phase element.

    Examples
    --------
    >>> arc = Arc.of(R=1300.0, Q=5.9e-6, n=0.95)
    >>> f"{arc.capacitance:.2g} F, {arc.time_constant:.2g} s"
    '4.6e-06 F, 0.0059 s'
    """

    log_resistance: Number
    log_coefficient: Number
    n: Number

    @classmethod
    def of(cls, R: Number, Q: Number, n: Number) -> Arc:
        """Return the arc of R in Ω, Q in F s^(n-1) and n; ufloats keep their covariance."""
        return cls(_log(R), _log(Q), n)

    @property
    def log_capacitance(self) -> Number:
        """Ln C, C = Q^(1/n) R^((1-n)/n) in F, of time constants spread through a thickness."""
        return (self.log_coefficient + (1 - self.n) * self.log_resistance) / self.n

    @property
    def log_time_constant(self) -> Number:
        """Ln τ, τ = (R Q)^(1/n) in s."""
        return (self.log_resistance + self.log_coefficient) / self.n

    @property
    def capacitance(self) -> Number:
        """C in F."""
        return _exp(self.log_capacitance)

    @property
    def time_constant(self) -> Number:
        """τ in s."""
        return _exp(self.log_time_constant)


def log_coefficient(log_capacitance: Number, log_resistance: Number, n: Number) -> Number:
    """Return ln Q of an arc with a given ln C: the inverse of `Arc.log_capacitance`."""
    return n * log_capacitance - (1 - n) * log_resistance


def _log(value: Number) -> Number:
    return umath.log(value) if isinstance(value, UFloat) else np.log(value)


def _exp(value: Number) -> Number:
    return umath.exp(value) if isinstance(value, UFloat) else np.exp(value)
