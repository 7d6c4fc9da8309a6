# mypy: disable-error-code="no-any-return"
# numpy types the results of its arithmetic as Any
"""Diffusion: semi-infinite, finite with either boundary, generalised, and with a reaction.

The arguments of formulas and `*_slopes` are explained in `element_kind`.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.circuit.element_kind import ElementKind, Slopes, exponent, usual_parameters
from eisfit.circuit.hyperbolic import coth_over, csch2, log_j, tanh_over


def warburg(omega: FloatArray, W: FloatArray) -> ComplexArray:
    """Return the semi-infinite Warburg impedance Z = W (1 - j)/√ω; `W` in Ω s^(-1/2)."""
    return W * (1 - 1j) / np.sqrt(omega)


def warburg_slopes(Z: ComplexArray, omega: FloatArray, W: FloatArray) -> Slopes:
    """Return dZ/dW."""
    return ((1 - 1j) / np.sqrt(omega) + 0 * Z,)


def warburg_transmissive(omega: FloatArray, R: FloatArray, tau: FloatArray) -> ComplexArray:
    """Return the finite-length Warburg impedance Z = R tanh(s)/s, s = √(jωτ).

    The far end is held at constant concentration (transmissive boundary), so that Z tends to `R`
    (Ω) at low frequency; `tau` = L²/D in s.

    References
    ----------
    Franceschetti & Macdonald, J. Electroanal. Chem. 101 (1979) 307,
    doi:10.1016/S0022-0728(79)80042-X.
    """
    s = np.sqrt(1j * omega * tau)
    return R * np.tanh(s) / s


def warburg_transmissive_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dtau."""
    return (Z / R, R * tanh_over(np.sqrt(1j * omega * tau)).slope / (2 * tau))


def warburg_reflective(omega: FloatArray, R: FloatArray, tau: FloatArray) -> ComplexArray:
    """Return the finite-space Warburg impedance Z = R coth(s)/s, s = √(jωτ).

    Nothing leaves at the far end (reflective boundary): R/3 in series with the capacitance τ/R at
    low frequency. `R` in Ω, `tau` = L²/D in s.

    References
    ----------
    Ho, Raistrick & Huggins, J. Electrochem. Soc. 127 (1980) 343, doi:10.1149/1.2129668.
    """
    s = np.sqrt(1j * omega * tau)
    return R / (np.tanh(s) * s)


def warburg_reflective_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dtau."""
    return (Z / R, R * coth_over(np.sqrt(1j * omega * tau)).slope / (2 * tau))


def warburg_transmissive_general(
    omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray
) -> ComplexArray:
    """Return the generalised finite-length Warburg impedance Z = R tanh(s)/s, s = (jωτ)^n.

    As `warburg_transmissive`, which is ``n == 1/2``, with another exponent where diffusion is
    anomalous or the layer uneven.

    References
    ----------
    Bisquert & Compte, J. Electroanal. Chem. 499 (2001) 112, doi:10.1016/S0022-0728(00)00497-6.
    """
    s = (1j * omega * tau) ** n
    return R * np.tanh(s) / s


def warburg_transmissive_general_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dtau, dZ/dn."""
    by_log = R * tanh_over((1j * omega * tau) ** n).slope
    return (Z / R, by_log * n / tau, by_log * log_j(omega * tau))


def warburg_reflective_general(
    omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray
) -> ComplexArray:
    """Return the generalised finite-space Warburg impedance Z = R coth(s)/s, s = (jωτ)^n.

    As `warburg_reflective`, which is ``n == 1/2``: at low frequency a CPE of exponent 2n, so that
    only n ≤ 1/2 is passive. A fit may look a little beyond, lest an estimate of 1/2 sit at a bound.

    References
    ----------
    Bisquert & Compte, J. Electroanal. Chem. 499 (2001) 112, doi:10.1016/S0022-0728(00)00497-6.
    """
    s = (1j * omega * tau) ** n
    return R / (np.tanh(s) * s)


def warburg_reflective_general_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dtau, dZ/dn."""
    by_log = R * coth_over((1j * omega * tau) ** n).slope
    return (Z / R, by_log * n / tau, by_log * log_j(omega * tau))


def gerischer_finite(
    omega: FloatArray, R: FloatArray, tau: FloatArray, phi: FloatArray
) -> ComplexArray:
    """Return the finite-length Gerischer impedance Z = R/(u tanh(φu)), u = √(1 + jωτ).

    Diffusion with a reaction on the way, in a layer that is `phi` times as thick as the
    reaction's reach, with a reflective end: `gerischer` where φ is large, and a single relaxation
    of resistance R/φ where it is small. `R` in Ω, `tau` in s.

    References
    ----------
    Green, Liu & Adler, Solid State Ionics 179 (2008) 647, doi:10.1016/j.ssi.2008.04.024.
    """
    u = np.sqrt(1 + 1j * omega * tau)
    return R / (u * np.tanh(phi * u))


def gerischer_finite_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray, phi: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dtau, dZ/dphi."""
    square = 1 + 1j * omega * tau
    s = phi * np.sqrt(square)
    by_tau = R * phi * coth_over(s).slope * 1j * omega / (2 * square)
    return (Z / R, by_tau, -R * csch2(s))


_R_TAU = usual_parameters("R", "tau")
# n is usually near 1/2; above 0.77 not even Wsg is passive
_R_TAU_N = (*_R_TAU, exponent("n", 0.1, 0.7))

ELEMENTS = (
    ElementKind("W", "Warburg, semi-infinite", usual_parameters("W"), warburg, warburg_slopes),
    ElementKind("Ws", "Warburg, finite transmissive", _R_TAU,
                warburg_transmissive, warburg_transmissive_slopes),
    ElementKind("Wo", "Warburg, finite reflective", _R_TAU,
                warburg_reflective, warburg_reflective_slopes),
    ElementKind("Wsg", "Warburg, generalised finite transmissive", _R_TAU_N,
                warburg_transmissive_general, warburg_transmissive_general_slopes),
    ElementKind("Wog", "Warburg, generalised finite reflective", _R_TAU_N,
                warburg_reflective_general, warburg_reflective_general_slopes),
    ElementKind("Gs", "Gerischer, finite-length", usual_parameters("R", "tau", "phi"),
                gerischer_finite, gerischer_finite_slopes),
)  # fmt: skip
"""The elements of this module."""
