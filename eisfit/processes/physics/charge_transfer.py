"""Exchange current from a charge-transfer resistance.

Two forms of its activation energy stand side by side, as for conductivities. ln(1/R_ct) over 1/T is
the ln σ form; ln i0 over 1/T, with i0 ∝ T/R_ct, is the ln σT form, by k/⟨1/T⟩ larger (28.7 meV for
25 to 100 °C). The Arrhenius line of an interface without geometry is that of T/R_ct, so its
``activation_energy`` is that of i0.
"""

from __future__ import annotations

from uncertainties import UFloat

from eisfit.base.constants import BOLTZMANN_EV
from eisfit.data.geometry import Geometry


def exchange_current(R_ct: UFloat, temperature: UFloat | float, n: int = 1) -> UFloat:
    """Return I0 = RT/(nF R_ct) = kT/(n e R_ct) in A.

    The Butler-Volmer equation made linear: one step of n charges, at rest, with an amplitude well
    below kT/(n e) (26 mV at 25 °C). Of a symmetric cell take half the R_ct.

    Parameters
    ----------
    R_ct : UFloat
        Charge-transfer resistance of one electrode in Ω.
    temperature : UFloat or float
        K.
    n : int
        Charges transferred.

    References
    ----------
    Bard & Faulkner, Electrochemical Methods, 2nd ed. (Wiley, 2001), chapter 3.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> f"{1e3 * exchange_current(ufloat(100, 1), 298.15):.1u} mA"
    '0.257+/-0.003 mA'
    """
    return BOLTZMANN_EV * temperature / (n * R_ct)


def exchange_current_density(
    R_ct: UFloat, temperature: UFloat | float, geometry: Geometry, n: int = 1
) -> UFloat:
    """Return i0 = RT/(nF A R_ct) in A/m², of the geometric area.

    Parameters as of `exchange_current`; of the geometry only the area counts. Where the contact is
    porous or partial, the true area is another.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> cell = Geometry(thickness=1e-3, area=0.5e-4)
    >>> f"{exchange_current_density(ufloat(100, 1), 298.15, cell):.1u} A/m²"
    '5.14+/-0.05 A/m²'
    """
    return exchange_current(R_ct, temperature, n) / geometry.uncertain_area
