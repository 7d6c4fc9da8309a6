"""Effective capacitance of a constant phase element: which formula depends on where it sits."""

from __future__ import annotations

from typing import Any, TypeAlias

from eisfit.base.constants import VACUUM_PERMITTIVITY
from eisfit.data.geometry import Geometry
from eisfit.processes.physics.sample import electrode_area

Number: TypeAlias = Any
"""A float, or a ufloat, which carries its error through."""


def hsu_mansfeld(Q: Number, n: Number, R: Number) -> Number:
    """Return C = Q^(1/n) R^((1-n)/n) in F: time constants spread through a thickness.

    For bulk and grain boundary. `Q` in F s^(n-1), `n` above 0, `R` in Ω; ufloats carry their
    errors through.

    References
    ----------
    Hsu & Mansfeld, Corrosion 57 (2001) 747, doi:10.5006/1.3280607; Hirschorn et al., Electrochim.
    Acta 55 (2010) 6218, doi:10.1016/j.electacta.2009.10.065.

    Examples
    --------
    >>> f"{hsu_mansfeld(5.9e-6, 0.95, 1300):.2g}"
    '4.6e-06'
    """
    return Q ** (1 / n) * R ** ((1 - n) / n)


def brug(Q: Number, n: Number, R_ohmic: Number, R_transfer: Number) -> Number:
    """Return C = Q^(1/n) (1/R_e + 1/R_ct)^((n-1)/n) in F: time constants spread over a surface.

    For an interface that lets charge through; `R_ohmic` is what stands in series with it.

    References
    ----------
    Brug et al., J. Electroanal. Chem. 176 (1984) 275, doi:10.1016/S0022-0728(84)80324-1.

    Examples
    --------
    >>> f"{brug(1e-5, 0.9, 10.0, 1e9):.3g}"
    '3.59e-06'
    """
    return Q ** (1 / n) * (1 / R_ohmic + 1 / R_transfer) ** ((n - 1) / n)


def blocking(Q: Number, n: Number, R_ohmic: Number) -> Number:
    """Return C = Q^(1/n) R_e^((1-n)/n) in F: a blocking electrode, `R_ohmic` in series with it.

    References
    ----------
    Brug et al., J. Electroanal. Chem. 176 (1984) 275, doi:10.1016/S0022-0728(84)80324-1.
    """
    return Q ** (1 / n) * R_ohmic ** ((1 - n) / n)


def relative_permittivity(capacitance: float, geometry: Geometry) -> float:
    """Return ε_r = C l/(A ε0), dimensionless; `capacitance` in F.

    Examples
    --------
    >>> disc = Geometry(thickness=1e-3, area=1e-4)
    >>> round(relative_permittivity(8.854e-11, disc), 1)
    100.0
    """
    return capacitance * geometry.cell_constant / VACUUM_PERMITTIVITY


def layer_thickness(capacitance: Number, permittivity: Number, geometry: Geometry) -> Number:
    """Return d = ε_r ε0 A/C in m: the layer read as a plate capacitor as wide as the electrode.

    A rough interface has more area than its electrode, and d comes out too small by as much.

    Parameters
    ----------
    capacitance : UFloat
        Of one layer, in F; not of two in series.
    permittivity : UFloat or float
        ε_r of the layer, stated: the measurement does not tell it.
    geometry : Geometry
        Only its area counts.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> cell = Geometry(thickness=1e-3, area=1e-4)
    >>> d = layer_thickness(ufloat(8.854e-7, 8.854e-9), 10.0, cell)
    >>> f"{1e9 * d:.1f} nm"
    '10.0+/-0.1 nm'
    """
    return permittivity * VACUUM_PERMITTIVITY * electrode_area(geometry) / capacitance
