"""Transmission lines: porous and composite electrodes of one or two resistive rails.

With Rion the resistance of the pore, 1/y the impedance of its wall (both of the whole electrode)
and s = √(Rion y): Rion coth(s)/s where the far end reflects, Rion tanh(s)/s where it absorbs.
Arguments and results of formulas are explained in `element_kind`.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.circuit.element_kind import ElementKind, Response, Slopes, usual_parameters
from eisfit.circuit.hyperbolic import Hyperbolic, coth_over, log_j, tanh_over


def line_blocking(omega: FloatArray, R: FloatArray, Q: FloatArray, n: FloatArray) -> Response:
    """Return Z = √(R Zs) coth √(R/Zs), Zs = 1/(Q (jω)^n): a pore whose wall only charges.

    `R` in Ω is the ionic resistance of the electrode's pores, `Q` in F s^(n-1) and `n` the CPE of
    their whole wall; R/3 in series with that CPE at low frequency.

    References
    ----------
    Landesfeind et al., J. Electrochem. Soc. 163 (2016) A1373, doi:10.1149/2.1141607jes;
    de Levie, Electrochim. Acta 8 (1963) 751, doi:10.1016/0013-4686(63)80042-0.
    """
    y: ComplexArray = Q * (1j * omega) ** n
    s = _reach(R, y)
    return R / (np.tanh(s) * s), lambda: _line_slopes(coth_over(s), R, y, (y / Q, y * log_j(omega)))


def line_open(
    omega: FloatArray, Rion: FloatArray, Rct: FloatArray, Q: FloatArray, n: FloatArray
) -> Response:
    """Return Z = √(Rion Zk) coth √(Rion/Zk), Zk = Rct/(1 + Rct Q (jω)^n): a reflecting end.

    `Rion` in Ω is the resistance along the electrode; `Rct` in Ω, `Q` in F s^(n-1) and `n` are
    the charge transfer and the CPE of its whole inner surface.

    References
    ----------
    Bisquert, Phys. Chem. Chem. Phys. 2 (2000) 4185, doi:10.1039/B001708F; Bisquert et al.,
    J. Phys. Chem. B 104 (2000) 2287, doi:10.1021/jp993148h.
    """
    y, wall = _wall(omega, Rct, Q, n)
    s = _reach(Rion, y)
    return Rion / (np.tanh(s) * s), lambda: _line_slopes(coth_over(s), Rion, y, wall())


def line_short(
    omega: FloatArray, Rion: FloatArray, Rct: FloatArray, Q: FloatArray, n: FloatArray
) -> Response:
    """Return Z = √(Rion Zk) tanh √(Rion/Zk), Zk = Rct/(1 + Rct Q (jω)^n): an absorbing end.

    Parameters as of `line_open`.

    References
    ----------
    Bisquert, Phys. Chem. Chem. Phys. 2 (2000) 4185, doi:10.1039/B001708F.
    """
    y, wall = _wall(omega, Rct, Q, n)
    s = _reach(Rion, y)
    return Rion * np.tanh(s) / s, lambda: _line_slopes(tanh_over(s), Rion, y, wall())


def _reach(R: FloatArray, y: ComplexArray) -> ComplexArray:
    """Return s = √(R y), the line's length in units of the depth that the current reaches."""
    return np.sqrt(R * y)


def _wall(omega: FloatArray, Rct: FloatArray, Q: FloatArray, n: FloatArray) -> Response:
    """Return the admittance y of the pore wall, 1/Zk, and its slopes dy/dRct, dy/dQ, dy/dn."""
    power = (1j * omega) ** n
    return np.add(1 / Rct, Q * power), lambda: (
        -1 / Rct**2 + 0 * power,
        power,
        Q * power * log_j(omega),
    )


def _line_slopes(line: Hyperbolic, R: FloatArray, y: ComplexArray, wall: Slopes) -> Slopes:
    """Return dZ/dR and dZ/dp of Z = R f(√(R y)), for the derivatives dy/dp of the wall."""
    by_y = R * line.slope / (2 * y)
    return (line.by_scale, *(by_y * slope for slope in wall))


def line_mixed(
    omega: FloatArray, Rion: FloatArray, Reon: FloatArray, Q: FloatArray, n: FloatArray
) -> Response:
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
    callable
        Returns the derivatives by the four parameters.

    References
    ----------
    Bisquert et al., J. Phys. Chem. B 104 (2000) 2287, doi:10.1021/jp993148h; Paasch, Micka &
    Gersdorf, Electrochim. Acta 38 (1993) 2653, doi:10.1016/0013-4686(93)85083-B.
    """
    S = Rion + Reon
    s = _reach(S, Q * (1j * omega) ** n)
    P = Rion / S * Reon

    def slopes() -> Slopes:
        half, whole = tanh_over(s / 2), coth_over(s)
        both = whole.by_scale - P / S * half.slope / 2
        by_log = (S * whole.slope - P * half.slope) / 2
        return (
            both + (Reon / S) ** 2 * (1 - half.value),
            both + (Rion / S) ** 2 * (1 - half.value),
            by_log / Q,
            by_log * log_j(omega),
        )

    return S / (np.tanh(s) * s) + P * (1 - np.tanh(s / 2) / (s / 2)), slopes


_TRANSFER = usual_parameters("Rion", "Rct", "Q", "n")
_RAILS = usual_parameters("Rion", "Reon", "Q", "n")
_BLOCKING = usual_parameters("R", "Q", "n")

ELEMENTS = (
    ElementKind("TLMQ", "transmission line, blocking wall", _BLOCKING, line_blocking),
    ElementKind("TLMo", "transmission line, reflecting end", _TRANSFER, line_open),
    ElementKind("TLMs", "transmission line, absorbing end", _TRANSFER, line_short),
    ElementKind("TLMm", "transmission line, two rails", _RAILS, line_mixed),
)
"""The elements of this module."""
