"""Diffusion: semi-infinite, finite with either boundary, generalised, and with a reaction.

Arguments and results of formulas are explained in `element_kind`.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.circuit.element_kind import ElementKind, Response, Slopes, exponent, usual_parameters
from eisfit.circuit.hyperbolic import coth_over, csch2, log_j, tanh_over


def warburg(omega: FloatArray, W: FloatArray) -> Response:
    """Return the semi-infinite Warburg impedance Z = W (1 - j)/√ω; `W` in Ω s^(-1/2)."""
    Z = W * (1 - 1j) / np.sqrt(omega)
    return Z, lambda: ((1 - 1j) / np.sqrt(omega) + 0 * Z,)


def warburg_transmissive(
    omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray | float = 0.5
) -> Response:
    """Return the finite-length Warburg impedance Z = R tanh(s)/s, s = (jωτ)^n.

    The far end is held at constant concentration (transmissive boundary), so that Z tends to `R`
    (Ω) at low frequency; `tau` = L²/D in s. With another exponent than 1/2 the generalised one,
    where diffusion is anomalous or the layer uneven.

    References
    ----------
    Franceschetti & Macdonald, J. Electroanal. Chem. 101 (1979) 307,
    doi:10.1016/S0022-0728(79)80042-X;
    Bisquert & Compte, J. Electroanal. Chem. 499 (2001) 112, doi:10.1016/S0022-0728(00)00497-6.
    """
    s = (1j * omega * tau) ** n
    Z = R * np.tanh(s) / s

    def slopes() -> Slopes:
        by_log = R * tanh_over(s).slope
        return (Z / R, by_log * n / tau, by_log * log_j(omega * tau))

    return Z, slopes


def warburg_reflective(
    omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray | float = 0.5
) -> Response:
    """Return the finite-space Warburg impedance Z = R coth(s)/s, s = (jωτ)^n.

    Nothing leaves at the far end (reflective boundary): R/3 in series with the capacitance τ/R at
    low frequency. `R` in Ω, `tau` = L²/D in s. The generalised one is a CPE of exponent 2n at low
    frequency, so that only n ≤ 1/2 is passive. A fit may go a little beyond, lest an estimate of
    1/2 sit at a bound.

    References
    ----------
    Ho, Raistrick & Huggins, J. Electrochem. Soc. 127 (1980) 343, doi:10.1149/1.2129668;
    Bisquert & Compte, J. Electroanal. Chem. 499 (2001) 112, doi:10.1016/S0022-0728(00)00497-6.
    """
    s = (1j * omega * tau) ** n
    Z = R / (np.tanh(s) * s)

    def slopes() -> Slopes:
        by_log = R * coth_over(s).slope
        return (Z / R, by_log * n / tau, by_log * log_j(omega * tau))

    return Z, slopes


def gerischer_finite(
    omega: FloatArray, R: FloatArray, tau: FloatArray, phi: FloatArray
) -> Response:
    """Return the finite-length Gerischer impedance Z = R/(u tanh(φu)), u = √(1 + jωτ).

    Diffusion with a reaction, in a layer that is `phi` times as thick as the reaction's reach,
    with a reflective end: `gerischer` where φ is large, and a single relaxation of resistance R/φ
    where it is small. `R` in Ω, `tau` in s.

    References
    ----------
    Green, Liu & Adler, Solid State Ionics 179 (2008) 647, doi:10.1016/j.ssi.2008.04.024.
    """
    square = 1 + 1j * omega * tau
    u = np.sqrt(square)
    s = phi * u
    Z = R / (u * np.tanh(s))

    def slopes() -> Slopes:
        by_tau = R * phi * coth_over(s).slope * 1j * omega / (2 * square)
        return (Z / R, by_tau, -R * csch2(s))

    return Z, slopes


_R_TAU = usual_parameters("R", "tau")
# n is usually near 1/2; above 0.77 not even Wsg is passive
_R_TAU_N = (*_R_TAU, exponent("n", 0.1, 0.7))

ELEMENTS = (
    ElementKind("W", "Warburg, semi-infinite", usual_parameters("W"), warburg),
    ElementKind("Ws", "Warburg, finite transmissive", _R_TAU, warburg_transmissive),
    ElementKind("Wo", "Warburg, finite reflective", _R_TAU, warburg_reflective),
    ElementKind("Wsg", "Warburg, generalised finite transmissive", _R_TAU_N, warburg_transmissive),
    ElementKind("Wog", "Warburg, generalised finite reflective", _R_TAU_N, warburg_reflective),
    ElementKind(
        "Gs", "Gerischer, finite-length", usual_parameters("R", "tau", "phi"), gerischer_finite
    ),
)
"""The elements of this module."""
