"""Effective capacitances, and the thickness, permittivity and conductivity that follow from them.

Which formula turns a constant phase element into a capacitance depends on where it sits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from uncertainties import UFloat

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import VACUUM_PERMITTIVITY
from eisfit.circuit.arc import Arc, Number
from eisfit.circuit.models import Model, ModelProcess
from eisfit.data.geometry import Geometry


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
    return Arc.of(R, Q, n).capacitance


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


def ohmic_resistance(model: Model, values: FloatArray) -> FloatArray:
    """Return the resistance in series with the interfaces, in Ω: leads and through-thickness arcs.

    `values` holds the parameters of the model in SI units along its last axis, shape (..., p).
    """
    total = np.zeros(np.shape(values)[:-1])
    for process in model.processes.values():
        name = process.parameter("R")
        if name and process.place in {"lead", "through_thickness"}:
            total = total + values[..., model.index(name)]
    return np.maximum(total, 1e-6)


def capacitance_and_time_constant(
    process: ModelProcess, values: Mapping[str, Number], ohmic: Number
) -> tuple[Number | None, str, Number | None]:
    """Return the effective capacitance in F, the name of its formula, and the time constant in s.

    Parameters
    ----------
    process : ModelProcess
        Its place decides the formula.
    values : mapping of str to float, ndarray or UFloat
        SI values of the parameters that the process has, of ``"R"``, ``"Q"``, ``"n"``, ``"C"`` and
        ``"tau"``.
    ohmic : float or ndarray
        From `ohmic_resistance`.

    Returns
    -------
    tuple
        None for a quantity that the process does not have.
    """
    R, Q, n = (values.get(symbol) for symbol in ("R", "Q", "n"))
    capacitance, formula, time_constant = values.get("C"), "C", values.get("tau")
    if capacitance is not None:
        time_constant = time_constant if R is None else R * capacitance
    elif Q is None or n is None:
        formula = ""
    elif R is None:
        capacitance, formula = blocking(Q, n, ohmic), "Brug, blocking"
    elif process.place == "through_thickness":
        capacitance, formula = hsu_mansfeld(Q, n, R), "Hsu-Mansfeld"
    else:
        capacitance, formula = brug(Q, n, ohmic, R), "Brug"
    if R is not None and Q is not None and n is not None:
        time_constant = Arc.of(R, Q, n).time_constant
    return capacitance, formula, time_constant


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

    The layer is taken as flat, dense and uniform. A rough interface has more area than its
    electrode, and d comes out too small by as much. Of a symmetric cell take one interface first:
    `one_of_two_interfaces`.

    Parameters
    ----------
    capacitance : UFloat
        Of one layer, in F; not of two in series.
    permittivity : UFloat or float
        ε_r of the layer, stated: the measurement does not give it; for an interphase
        often 10 by guess.
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
    >>> d = layer_thickness(ufloat(8.854e-7, 8.854e-9), 10.0, cell)
    >>> f"{1e9 * d:.1f} nm"
    '10.0+/-0.1 nm'
    """
    return permittivity * VACUUM_PERMITTIVITY * geometry.uncertain_area / capacitance


def one_of_two_interfaces(R: UFloat, C: UFloat) -> tuple[UFloat, UFloat]:
    """Return (R/2, 2 C) of one interface of a symmetric cell, whose two lie in series.

    Taken as alike: one spectrum cannot distinguish two alike interfaces from two unlike ones of
    about the same time constant. `R` in Ω and `C` in F as fitted.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> one_of_two_interfaces(ufloat(100, 2), ufloat(1e-7, 1e-9))
    (50.0+/-1.0, 2e-07+/-2e-09)
    """
    return R / 2, 2 * C


def interphase_conductivity(R: UFloat, C: UFloat, permittivity: UFloat | float) -> UFloat:
    """Return σ = d/(A R) = ε_r ε0/(R C) in S/m, for a stated permittivity of the interphase.

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
    >>> f"{interphase_conductivity(ufloat(50, 0.5), ufloat(1e-7, 1e-9), 10.0):.1u} S/m"
    '(1.77+/-0.03)e-05 S/m'
    """
    return permittivity * VACUUM_PERMITTIVITY / (R * C)
