"""The circuit elements: formula, derivatives, units and bounds of each, in one immutable table.

Every formula takes the angular frequency `omega` (rad/s) and its parameters as arrays that
broadcast against it, and returns Z in Ω; every `*_slopes` takes the same with Z in front and
returns dZ/dp for each parameter in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np

from eisfit.arrays import ComplexArray, FloatArray

Slopes: TypeAlias = tuple[ComplexArray, ...]


def resistor(omega: FloatArray, R: FloatArray) -> ComplexArray:
    """Return Z = R."""
    Z: ComplexArray = R + 0j * omega
    return Z


def _resistor_slopes(Z: ComplexArray, omega: FloatArray, R: FloatArray) -> Slopes:
    return (np.ones_like(Z),)


def capacitor(omega: FloatArray, C: FloatArray) -> ComplexArray:
    """Return Z = 1/(jωC); `C` in F."""
    return 1 / (1j * omega * C)


def _capacitor_slopes(Z: ComplexArray, omega: FloatArray, C: FloatArray) -> Slopes:
    return (-Z / C,)


def inductor(omega: FloatArray, L: FloatArray) -> ComplexArray:
    """Return Z = jωL; `L` in H."""
    Z: ComplexArray = 1j * omega * L
    return Z


def _inductor_slopes(Z: ComplexArray, omega: FloatArray, L: FloatArray) -> Slopes:
    return (1j * omega + 0 * Z,)


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


def _constant_phase_slopes(
    Z: ComplexArray, omega: FloatArray, Q: FloatArray, n: FloatArray
) -> Slopes:
    return (-Z / Q, -Z * _log_j_omega(omega))


def _log_j_omega(omega: FloatArray) -> ComplexArray:
    """Return ln(jω)."""
    logarithm: ComplexArray = np.log(omega) + 0.5j * np.pi
    return logarithm


def warburg(omega: FloatArray, W: FloatArray) -> ComplexArray:
    """Return the semi-infinite Warburg impedance Z = W (1 - j)/√ω; `W` in Ω s^(-1/2)."""
    return W * (1 - 1j) / np.sqrt(omega)


def _warburg_slopes(Z: ComplexArray, omega: FloatArray, W: FloatArray) -> Slopes:
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
    Z: ComplexArray = R * np.tanh(s) / s
    return Z


def _warburg_transmissive_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray
) -> Slopes:
    tanh = np.tanh(np.sqrt(1j * omega * tau))
    return (Z / R, (R * (1 - tanh**2) - Z) / (2 * tau))


def warburg_reflective(omega: FloatArray, R: FloatArray, tau: FloatArray) -> ComplexArray:
    """Return the finite-space Warburg impedance Z = R coth(s)/s, s = √(jωτ).

    Nothing leaves at the far end (reflective boundary): R/3 in series with the capacitance τ/R at
    low frequency. `R` in Ω, `tau` = L²/D in s.

    References
    ----------
    Ho, Raistrick & Huggins, J. Electrochem. Soc. 127 (1980) 343, doi:10.1149/1.2129668.
    """
    s = np.sqrt(1j * omega * tau)
    Z: ComplexArray = R / (np.tanh(s) * s)
    return Z


def _warburg_reflective_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray
) -> Slopes:
    coth = 1 / np.tanh(np.sqrt(1j * omega * tau))
    return (Z / R, (R * (1 - coth**2) - Z) / (2 * tau))


def gerischer(omega: FloatArray, R: FloatArray, tau: FloatArray) -> ComplexArray:
    """Return the Gerischer impedance Z = R/√(1 + jωτ): diffusion with a reaction on the way.

    References
    ----------
    Boukamp & Bouwmeester, Solid State Ionics 157 (2003) 29, doi:10.1016/S0167-2738(02)00185-6.
    """
    Z: ComplexArray = R / np.sqrt(1 + 1j * omega * tau)
    return Z


def _gerischer_slopes(Z: ComplexArray, omega: FloatArray, R: FloatArray, tau: FloatArray) -> Slopes:
    return (Z / R, -Z * 1j * omega / (2 * (1 + 1j * omega * tau)))


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """What one parameter of an element is.

    Parameters
    ----------
    symbol, unit : str
        As in formulas; SI.
    bounds : tuple of float
        Where a fit may look.
    scale : {"log", "linear"}
        How a fit sees it: quantities with units as their logarithm, exponents as they are.
    power : int
        How it changes when Z is multiplied by a: as a**power.
    """

    symbol: str
    unit: str
    bounds: tuple[float, float]
    scale: Literal["log", "linear"] = "log"
    power: int = 0


@dataclass(frozen=True, slots=True)
class ElementKind:
    """One row of the table of elements."""

    symbol: str
    title: str
    parameters: tuple[ParameterKind, ...]
    impedance: Callable[..., ComplexArray]
    slopes: Callable[..., Slopes]


_R = ParameterKind("R", "ohm", (1e-6, 1e13), power=1)
_C = ParameterKind("C", "F", (1e-16, 1e5), power=-1)
_L = ParameterKind("L", "H", (1e-14, 1e3), power=1)
_Q = ParameterKind("Q", "F s^(n-1)", (1e-16, 1e5), power=-1)
_N = ParameterKind("n", "1", (0.2, 1.0), scale="linear")
_W = ParameterKind("W", "ohm s^(-1/2)", (1e-9, 1e13), power=1)
_TAU = ParameterKind("tau", "s", (1e-12, 1e9))

ELEMENTS: Mapping[str, ElementKind] = MappingProxyType(
    {
        e.symbol: e
        for e in (
            ElementKind("R", "resistor", (_R,), resistor, _resistor_slopes),
            ElementKind("C", "capacitor", (_C,), capacitor, _capacitor_slopes),
            ElementKind("L", "inductor", (_L,), inductor, _inductor_slopes),
            ElementKind(
                "Q", "constant phase element", (_Q, _N), constant_phase, _constant_phase_slopes
            ),
            ElementKind("W", "Warburg, semi-infinite", (_W,), warburg, _warburg_slopes),
            ElementKind(
                "Ws", "Warburg, finite transmissive", (_R, _TAU),
                warburg_transmissive, _warburg_transmissive_slopes,
            ),
            ElementKind(
                "Wo", "Warburg, finite reflective", (_R, _TAU),
                warburg_reflective, _warburg_reflective_slopes,
            ),
            ElementKind("G", "Gerischer", (_R, _TAU), gerischer, _gerischer_slopes),
        )
    }
)  # fmt: skip
"""The elements by symbol."""

ALIASES: Mapping[str, str] = MappingProxyType({"CPE": "Q"})
"""Other symbols for the same elements."""
