# mypy: disable-error-code="no-any-return"
# numpy types the results of its arithmetic as Any
"""Transmission lines: porous and composite electrodes of one or two resistive rails.

With Rion the resistance of the pore, 1/y the impedance of its wall (both of the whole electrode)
and s = √(Rion y): Rion coth(s)/s where the far end reflects, Rion tanh(s)/s where it absorbs.
The arguments of formulas and `*_slopes` are explained in `element_kind`.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.circuit.element_kind import ElementKind, Slopes, usual_parameters
from eisfit.circuit.hyperbolic import Hyperbolic, coth_over, log_j, tanh_over


def line_blocking(omega: FloatArray, R: FloatArray, Q: FloatArray, n: FloatArray) -> ComplexArray:
    """Return Z = √(R Zs) coth √(R/Zs), Zs = 1/(Q (jω)^n): a pore whose wall only charges.

    `R` in Ω is the ionic resistance of the electrode's pores, `Q` in F s^(n-1) and `n` the CPE of
    their whole wall; R/3 in series with that CPE at low frequency.

    References
    ----------
    Landesfeind et al., J. Electrochem. Soc. 163 (2016) A1373, doi:10.1149/2.1141607jes;
    de Levie, Electrochim. Acta 8 (1963) 751, doi:10.1016/0013-4686(63)80042-0.
    """
    s = _reach(R, Q * (1j * omega) ** n)
    return R / (np.tanh(s) * s)


def line_blocking_slopes(
    Z: ComplexArray, omega: FloatArray, R: FloatArray, Q: FloatArray, n: FloatArray
) -> Slopes:
    """Return dZ/dR, dZ/dQ, dZ/dn."""
    y: ComplexArray = Q * (1j * omega) ** n
    return _line_slopes(coth_over(_reach(R, y)), R, y, (y / Q, y * log_j(omega)))


def line_open(
    omega: FloatArray, Rion: FloatArray, Rct: FloatArray, Q: FloatArray, n: FloatArray
) -> ComplexArray:
    """Return Z = √(Rion Zk) coth √(Rion/Zk), Zk = Rct/(1 + Rct Q (jω)^n): a reflecting end.

    `Rion` in Ω is the resistance along the electrode; `Rct` in Ω, `Q` in F s^(n-1) and `n` are
    the charge transfer and the CPE of its whole inner surface.

    References
    ----------
    Bisquert, Phys. Chem. Chem. Phys. 2 (2000) 4185, doi:10.1039/B001708F; Bisquert et al.,
    J. Phys. Chem. B 104 (2000) 2287, doi:10.1021/jp993148h.
    """
    s = _reach(Rion, _wall(omega, Rct, Q, n))
    return Rion / (np.tanh(s) * s)


def line_open_slopes(
    Z: ComplexArray,
    omega: FloatArray,
    Rion: FloatArray,
    Rct: FloatArray,
    Q: FloatArray,
    n: FloatArray,
) -> Slopes:
    """Return dZ/dRion, dZ/dRct, dZ/dQ, dZ/dn."""
    y = _wall(omega, Rct, Q, n)
    return _line_slopes(coth_over(_reach(Rion, y)), Rion, y, _wall_slopes(omega, Rct, Q, n))


def line_short(
    omega: FloatArray, Rion: FloatArray, Rct: FloatArray, Q: FloatArray, n: FloatArray
) -> ComplexArray:
    """Return Z = √(Rion Zk) tanh √(Rion/Zk), Zk = Rct/(1 + Rct Q (jω)^n): an absorbing end.

    Parameters as of `line_open`.

    References
    ----------
    Bisquert, Phys. Chem. Chem. Phys. 2 (2000) 4185, doi:10.1039/B001708F.
    """
    s = _reach(Rion, _wall(omega, Rct, Q, n))
    return Rion * np.tanh(s) / s


def line_short_slopes(
    Z: ComplexArray,
    omega: FloatArray,
    Rion: FloatArray,
    Rct: FloatArray,
    Q: FloatArray,
    n: FloatArray,
) -> Slopes:
    """Return dZ/dRion, dZ/dRct, dZ/dQ, dZ/dn."""
    y = _wall(omega, Rct, Q, n)
    return _line_slopes(tanh_over(_reach(Rion, y)), Rion, y, _wall_slopes(omega, Rct, Q, n))


def _reach(R: FloatArray, y: ComplexArray) -> ComplexArray:
    """Return s = √(R y), the line's length in units of the depth that the current reaches."""
    return np.sqrt(R * y)


def _wall(omega: FloatArray, Rct: FloatArray, Q: FloatArray, n: FloatArray) -> ComplexArray:
    """Return the admittance of the pore wall, 1/Zk."""
    return np.add(1 / Rct, Q * (1j * omega) ** n)


def _wall_slopes(omega: FloatArray, Rct: FloatArray, Q: FloatArray, n: FloatArray) -> Slopes:
    """Return dy/dRct, dy/dQ, dy/dn of `_wall`."""
    power = (1j * omega) ** n
    return (-1 / Rct**2 + 0 * power, power, Q * power * log_j(omega))


def _line_slopes(line: Hyperbolic, R: FloatArray, y: ComplexArray, wall: Slopes) -> Slopes:
    """Return dZ/dR and dZ/dp of Z = R f(√(R y)), for the derivatives dy/dp of the wall."""
    by_y = R * line.slope / (2 * y)
    return (line.by_scale, *(by_y * slope for slope in wall))


def line_mixed(
    omega: FloatArray, Rion: FloatArray, Reon: FloatArray, Q: FloatArray, n: FloatArray
) -> ComplexArray:
    r"""Return the impedance of two resistive rails with a CPE between them all along.

    .. math::
        Z = \frac{R_i R_e}{R_i + R_e} \left(1 + \frac{2}{\kappa \sinh\kappa}\right)
            + \frac{R_i^2 + R_e^2}{R_i + R_e} \frac{\coth\kappa}{\kappa}, \quad
        \kappa = \sqrt{(R_i + R_e) Q (j\omega)^n}

    A mixed conductor or a composite electrode, its ionic rail fed at one end and its electronic
    one at the other. Computed as S coth(κ)/κ + P (1 - tanh(κ/2)/(κ/2)), with S the rails in
    series and P side by side, which is the same and loses no digits.

    Parameters
    ----------
    omega : ndarray, shape (..., k)
        Angular frequency in rad/s.
    Rion, Reon : ndarray, shape (..., 1)
        Resistances of the ionic and of the electronic rail over the whole thickness, in Ω.
    Q, n : ndarray, shape (..., 1)
        CPE of the whole inner surface, in F s^(n-1) and 1.

    Returns
    -------
    ndarray of complex, shape (..., k)
        Impedance in Ω.

    References
    ----------
    Bisquert et al., J. Phys. Chem. B 104 (2000) 2287, doi:10.1021/jp993148h; Paasch, Micka &
    Gersdorf, Electrochim. Acta 38 (1993) 2653, doi:10.1016/0013-4686(93)85083-B.
    """
    S = Rion + Reon
    s = _reach(S, Q * (1j * omega) ** n)
    return S / (np.tanh(s) * s) + Rion / S * Reon * (1 - np.tanh(s / 2) / (s / 2))


def line_mixed_slopes(
    Z: ComplexArray,
    omega: FloatArray,
    Rion: FloatArray,
    Reon: FloatArray,
    Q: FloatArray,
    n: FloatArray,
) -> Slopes:
    """Return dZ/dRion, dZ/dReon, dZ/dQ, dZ/dn."""
    S = Rion + Reon
    s = _reach(S, Q * (1j * omega) ** n)
    half = tanh_over(s / 2)
    P = Rion / S * Reon
    whole = coth_over(s)
    both = whole.by_scale - P / S * half.slope / 2
    by_log = (S * whole.slope - P * half.slope) / 2
    return (
        both + (Reon / S) ** 2 * (1 - half.value),
        both + (Rion / S) ** 2 * (1 - half.value),
        by_log / Q,
        by_log * log_j(omega),
    )


_WITH_TRANSFER = usual_parameters("Rion", "Rct", "Q", "n")

ELEMENTS = (
    ElementKind("TLMQ", "transmission line, blocking wall", usual_parameters("R", "Q", "n"),
                line_blocking, line_blocking_slopes),
    ElementKind("TLMo", "transmission line, reflecting end", _WITH_TRANSFER,
                line_open, line_open_slopes),
    ElementKind("TLMs", "transmission line, absorbing end", _WITH_TRANSFER,
                line_short, line_short_slopes),
    ElementKind("TLMm", "transmission line, two rails", usual_parameters("Rion", "Reon", "Q", "n"),
                line_mixed, line_mixed_slopes),
)  # fmt: skip
"""The elements of this module."""
