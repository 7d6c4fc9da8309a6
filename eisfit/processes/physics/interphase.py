"""An interphase (SEI) as a uniform layer: its thickness and conductivity, in symmetric cells too.

How it grows with time: `growth`.
"""

from __future__ import annotations

from uncertainties import UFloat

from eisfit.base.constants import VACUUM_PERMITTIVITY
from eisfit.data.geometry import Geometry
from eisfit.processes.physics.capacitance import layer_thickness


def one_of_two_interfaces(R: UFloat, C: UFloat) -> tuple[UFloat, UFloat]:
    """Return (R/2, 2 C) of one interface of a symmetric cell, whose two lie in series.

    Taken as alike: one spectrum cannot tell two alike interfaces from two unlike ones of about the
    same time constant. `R` in Ω and `C` in F as fitted.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> one_of_two_interfaces(ufloat(100, 2), ufloat(1e-7, 1e-9))
    (50.0+/-1.0, 2e-07+/-2e-09)
    """
    return R / 2, 2 * C


def interphase_thickness(C: UFloat, permittivity: UFloat | float, geometry: Geometry) -> UFloat:
    """Return d = ε_r ε0 A/C in m, for a stated permittivity of the interphase.

    A flat, dense and uniform layer as wide as the electrode is assumed. Of a symmetric cell take
    one interface first: `one_of_two_interfaces`.

    Parameters
    ----------
    C : UFloat
        Effective capacitance of one interphase in F.
    permittivity : UFloat or float
        ε_r, often 10 by guess; d is proportional to it.
    geometry : Geometry
        Only its area counts.

    References
    ----------
    Wenzel et al., Chem. Mater. 28 (2016) 2400, doi:10.1021/acs.chemmater.6b00610 (an interphase
    that grows on lithium; volume and page not verified).

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> cell = Geometry(thickness=1e-3, area=1e-4)
    >>> d = interphase_thickness(ufloat(1e-7, 1e-9), 10.0, cell)
    >>> f"{1e9 * d:.1u} nm"
    '88.5+/-0.9 nm'
    """
    return layer_thickness(C, permittivity, geometry)


def interphase_conductivity(R: UFloat, C: UFloat, permittivity: UFloat | float) -> UFloat:
    """Return σ = d/(A R) = ε_r ε0/(R C) in S/cm, for a stated permittivity of the interphase.

    The area drops out, and so does the number of interfaces in series.

    Parameters
    ----------
    R, C : UFloat
        Resistance in Ω and effective capacitance in F of the interphase.
    permittivity : UFloat or float
        ε_r; σ is proportional to it.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> f"{interphase_conductivity(ufloat(50, 0.5), ufloat(1e-7, 1e-9), 10.0):.1u} S/cm"
    '(1.77+/-0.03)e-07 S/cm'
    """
    return permittivity * VACUUM_PERMITTIVITY / (R * C) / 100
