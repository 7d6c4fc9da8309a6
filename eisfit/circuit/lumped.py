# mypy: disable-error-code="no-any-return"
# numpy types the results of its arithmetic as Any
"""Lumped elements and relaxations: resistor, capacitor, inductors, CPE, arcs, Gerischer.

The arguments of formulas and `*_slopes` are explained in `element_kind`.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.circuit.element_kind import (
    ElementKind,
    ParameterKind,
    Slopes,
    exponent,
    usual_parameters,
)
from eisfit.circuit.hyperbolic import log1p, log_j


def resistor(omega: FloatArray, R: FloatArray) -> ComplexArray:
    """Return Z = R."""
    return R + 0j * omega


def resistor_slopes(Z: ComplexArray, omega: FloatArray, R: FloatArray) -> Slopes:
    """Return dZ/dR."""
    return (np.ones_like(Z),)


def capacitor(omega: FloatArray, C: FloatArray) -> ComplexArray:
    """Return Z = 1/(jωC); `C` in F."""
    return 1 / (1j * omega * C)


def capacitor_slopes(Z: ComplexArray, omega: FloatArray, C: FloatArray) -> Slopes:
    """Return dZ/dC."""
    return (-Z / C,)


def inductor(omega: FloatArray, L: FloatArray) -> ComplexArray:
    """Return Z = jωL; `L` in H."""
    return 1j * omega * L


def inductor_slopes(Z: ComplexArray, omega: FloatArray, L: FloatArray) -> Slopes:
    """Return dZ/dL."""
    return (1j * omega + 0 * Z,)


def modified_inductor(omega: FloatArray, L: FloatArray, n: FloatArray) -> ComplexArray:
    """Return Z = L (jω)^n, an inductor with losses; `L` in H s^(n-1), in H where ``n == 1``.

    References
    ----------
    BioLogic, EC-Lab application note 42 (2019).
    """
    return L * (1j * omega) ** n


def modified_inductor_slopes(
    Z: ComplexArray, omega: FloatArray, L: FloatArray, n: FloatArray
) -> Slopes:
    """Return dZ/dL, dZ/dn."""
    return (Z / L, Z * log_j(omega))


def constant_phase(omega: FloatArray, Q: FloatArray, n: FloatArray) -> ComplexArray:
    r"""Return the impedance of a constant phase element (CPE).

    .. math:: Z = \frac{1}{Q (j\omega)^n}

    Parameters
    ----------
    omega : ndarray, shape (..., k)
        Angular frequency in rad/s.
    Q : ndarray, shape (..., 1)
        CPE coefficient in F s^(n-1); a capacitance in F where ``n == 1``.
    n : ndarray, shape (..., 1)
        CPE exponent, 0 (resistor) to 1 (capacitor).

    Returns
    -------
    ndarray of complex, shape (..., k)
        Impedance in Ω.

    References
    ----------
    Brug et al., J. Electroanal. Chem. 176 (1984) 275, doi:10.1016/S0022-0728(84)80324-1.

    Examples
    --------
    >>> constant_phase(np.array([1.0]), np.array([2.0]), np.array([1.0])).round(12)
    array([0.-0.5j])
    """
    return (1j * omega) ** -n / Q


def constant_phase_slopes(
    Z: ComplexArray, omega: FloatArray, Q: FloatArray, n: FloatArray
) -> Slopes:
    """Return dZ/dQ, dZ/dn."""
    return (-Z / Q, -Z * log_j(omega))


def relaxation(omega: FloatArray, R: FloatArray, tau: FloatArray) -> ComplexArray:
    """Return Z = R/(1 + jωτ): a resistor and a capacitor side by side, told by τ = RC in s."""
    return R / (1 + 1j * omega * tau)


def relaxation_slopes(Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray) -> Slopes:
    """Return dZ/dR, dZ/dtau."""
    return (Z / R, -Z * 1j * omega / (1 + 1j * omega * tau))


def zarc(omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray) -> ComplexArray:
    """Return Z = R/(1 + (jωτ)^n): a resistor and a CPE side by side, τ = (RQ)^(1/n) in s.

    References
    ----------
    Cole & Cole, J. Chem. Phys. 9 (1941) 341, doi:10.1063/1.1750906.
    """
    return R / (1 + (1j * omega * tau) ** n)


def zarc_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dtau, dZ/dn."""
    x = (1j * omega * tau) ** n
    by_log = -Z * x / (1 + x)
    return (Z / R, by_log * n / tau, by_log * log_j(omega * tau))


def havriliak_negami(
    omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray, m: FloatArray
) -> ComplexArray:
    """Return Z = R/(1 + (jωτ)^n)^m: an arc broadened (n < 1) and skewed (m < 1); `tau` in s.

    References
    ----------
    Havriliak & Negami, Polymer 8 (1967) 161, doi:10.1016/0032-3861(67)90021-3.
    """
    return R * (1 + (1j * omega * tau) ** n) ** -m


def havriliak_negami_slopes(
    Z: ComplexArray,
    omega: FloatArray,
    R: FloatArray,
    tau: FloatArray,
    n: FloatArray,
    m: FloatArray,
) -> Slopes:
    """Return dZ/dR, dZ/dtau, dZ/dn, dZ/dm."""
    x = (1j * omega * tau) ** n
    by_log = -m * Z * x / (1 + x)
    return (Z / R, by_log * n / tau, by_log * log_j(omega * tau), -Z * log1p(x))


def gerischer(omega: FloatArray, R: FloatArray, tau: FloatArray) -> ComplexArray:
    """Return the Gerischer impedance Z = R/√(1 + jωτ): diffusion with a reaction on the way.

    References
    ----------
    Boukamp & Bouwmeester, Solid State Ionics 157 (2003) 29, doi:10.1016/S0167-2738(02)00185-6.
    """
    return R / np.sqrt(1 + 1j * omega * tau)


def gerischer_slopes(Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray) -> Slopes:
    """Return dZ/dR, dZ/dtau."""
    return (Z / R, -Z * 1j * omega / (2 * (1 + 1j * omega * tau)))


def gerischer_fractal(
    omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray
) -> ComplexArray:
    """Return the fractal Gerischer impedance Z = R/(1 + jωτ)^n; `tau` in s.

    `gerischer` is ``n == 1/2`` and `relaxation` ``n == 1``. As a law of dielectrics it is Cole and
    Davidson's.

    References
    ----------
    Davidson & Cole, J. Chem. Phys. 19 (1951) 1484, doi:10.1063/1.1748105.
    """
    return R * (1 + 1j * omega * tau) ** -n


def gerischer_fractal_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dtau, dZ/dn."""
    x = 1j * omega * tau
    return (Z / R, -Z * n * 1j * omega / (1 + x), -Z * log1p(x))


_MODIFIED = (ParameterKind("L", "H s^(n-1)", (1e-14, 1e3), power=1), *usual_parameters("n"))
_R_TAU = usual_parameters("R", "tau")

ELEMENTS = (
    ElementKind("R", "resistor", usual_parameters("R"), resistor, resistor_slopes),
    ElementKind("C", "capacitor", usual_parameters("C"), capacitor, capacitor_slopes),
    ElementKind("La", "modified inductor", _MODIFIED, modified_inductor, modified_inductor_slopes),
    ElementKind("L", "inductor", usual_parameters("L"), inductor, inductor_slopes),
    ElementKind("Q", "constant phase element", usual_parameters("Q", "n"),
                constant_phase, constant_phase_slopes),
    ElementKind("G", "Gerischer", _R_TAU, gerischer, gerischer_slopes),
    ElementKind("Gf", "Gerischer, fractal", (*_R_TAU, exponent("n", 0.1, 1.0)),
                gerischer_fractal, gerischer_fractal_slopes),
    ElementKind("K", "single relaxation", _R_TAU, relaxation, relaxation_slopes),
    ElementKind("Zarc", "Cole-Cole arc", usual_parameters("R", "tau", "n"), zarc, zarc_slopes),
    ElementKind("HN", "Havriliak-Negami arc", usual_parameters("R", "tau", "n", "m"),
                havriliak_negami, havriliak_negami_slopes),
)  # fmt: skip
"""The elements of this module."""
