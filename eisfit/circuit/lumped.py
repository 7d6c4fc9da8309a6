"""Lumped elements and relaxations: resistor, capacitor, inductors, CPE, arcs, Gerischer.

Arguments and results of formulas are explained in `element_kind`.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.circuit.element_kind import (
    ElementKind,
    ParameterKind,
    Response,
    exponent,
    usual_parameters,
)
from eisfit.circuit.hyperbolic import log1p, log_j


def resistor(omega: FloatArray, R: FloatArray) -> Response:
    """Return Z = R."""
    Z = R + 0j * omega
    return Z, lambda: (np.ones_like(Z),)


def capacitor(omega: FloatArray, C: FloatArray) -> Response:
    """Return Z = 1/(jωC); `C` in F."""
    Z = 1 / (1j * omega * C)
    return Z, lambda: (-Z / C,)


def inductor(omega: FloatArray, L: FloatArray) -> Response:
    """Return Z = jωL; `L` in H."""
    Z = 1j * omega * L
    return Z, lambda: (1j * omega + 0 * Z,)


def modified_inductor(omega: FloatArray, L: FloatArray, n: FloatArray) -> Response:
    """Return Z = L (jω)^n, an inductor with losses; `L` in H s^(n-1), in H where ``n == 1``.

    References
    ----------
    BioLogic, EC-Lab application note 42 (2019).
    """
    Z: ComplexArray = L * (1j * omega) ** n
    return Z, lambda: (Z / L, Z * log_j(omega))


def constant_phase(omega: FloatArray, Q: FloatArray, n: FloatArray) -> Response:
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
    callable
        Returns dZ/dQ and dZ/dn, shape (..., k).

    References
    ----------
    Brug et al., J. Electroanal. Chem. 176 (1984) 275, doi:10.1016/S0022-0728(84)80324-1.

    Examples
    --------
    >>> Z, slopes = constant_phase(np.array([1.0]), np.array([2.0]), np.array([1.0]))
    >>> Z.round(12)
    array([0.-0.5j])
    """
    Z = (1j * omega) ** -n / Q
    return Z, lambda: (-Z / Q, -Z * log_j(omega))


def relaxation(
    omega: FloatArray,
    R: FloatArray,
    tau: FloatArray,
    n: FloatArray | float = 1.0,
    m: FloatArray | float = 1.0,
) -> Response:
    """Return Z = R/(1 + (jωτ)^n)^m: an arc broadened (n < 1) and skewed (m < 1); `tau` in s.

    With n = m = 1 a resistor and a capacitor in parallel, τ = RC; with m = 1 Cole and Cole's arc, a
    resistor and a CPE in parallel, τ = (RQ)^(1/n); with both exponents Havriliak and Negami's.

    References
    ----------
    Cole & Cole, J. Chem. Phys. 9 (1941) 341, doi:10.1063/1.1750906;
    Havriliak & Negami, Polymer 8 (1967) 161, doi:10.1016/0032-3861(67)90021-3.
    """
    x = (1j * omega * tau) ** n
    Z: ComplexArray = R / (1 + x) ** m
    by_log = -m * Z * x / (1 + x)
    return Z, lambda: (Z / R, by_log * n / tau, by_log * log_j(omega * tau), -Z * log1p(x))


def gerischer(
    omega: FloatArray, R: FloatArray, tau: FloatArray, n: FloatArray | float = 0.5
) -> Response:
    """Return the Gerischer impedance Z = R/(1 + jωτ)^n: diffusion with a reaction; `tau` in s.

    With n = 1/2 that of one-dimensional diffusion, with another exponent the fractal one;
    a `relaxation` where ``n == 1``. As a law of dielectrics it is Cole and Davidson's.

    References
    ----------
    Boukamp & Bouwmeester, Solid State Ionics 157 (2003) 29, doi:10.1016/S0167-2738(02)00185-6;
    Davidson & Cole, J. Chem. Phys. 19 (1951) 1484, doi:10.1063/1.1748105.
    """
    x = 1j * omega * tau
    Z: ComplexArray = R / (1 + x) ** n
    return Z, lambda: (Z / R, -Z * n * 1j * omega / (1 + x), -Z * log1p(x))


_MODIFIED = (ParameterKind("L", "H s^(n-1)", (1e-14, 1e3), power=1), *usual_parameters("n"))
_R_TAU = usual_parameters("R", "tau")

ELEMENTS = (
    ElementKind("R", "resistor", usual_parameters("R"), resistor),
    ElementKind("C", "capacitor", usual_parameters("C"), capacitor),
    ElementKind("La", "modified inductor", _MODIFIED, modified_inductor),
    ElementKind("L", "inductor", usual_parameters("L"), inductor),
    ElementKind("Q", "constant phase element", usual_parameters("Q", "n"), constant_phase),
    ElementKind("G", "Gerischer", _R_TAU, gerischer),
    ElementKind("Gf", "Gerischer, fractal", (*_R_TAU, exponent("n", 0.1, 1.0)), gerischer),
    ElementKind("K", "single relaxation", _R_TAU, relaxation),
    ElementKind("Zarc", "Cole-Cole arc", usual_parameters("R", "tau", "n"), relaxation),
    ElementKind("HN", "Havriliak-Negami arc", usual_parameters("R", "tau", "n", "m"), relaxation),
)
"""The elements of this module."""
