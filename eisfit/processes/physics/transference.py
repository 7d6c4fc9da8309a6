"""Ionic and electronic conductivity of mixed conductors between ion-blocking electrodes."""

from __future__ import annotations

from dataclasses import dataclass

from uncertainties import UFloat, nominal_value

from eisfit.data.geometry import Geometry

DOI = "10.1149/1.1392611"


@dataclass(frozen=True, slots=True)
class MixedConduction:
    """What ions and electrons carry.

    Parameters
    ----------
    ionic_conductivity, electronic_conductivity : UFloat
        S/m.
    ionic_transference_number : UFloat
        t_ion, 0 to 1; the electronic one is 1 - t_ion.
    """

    ionic_conductivity: UFloat
    electronic_conductivity: UFloat
    ionic_transference_number: UFloat


def mixed_conduction(R_ionic: UFloat, R_electronic: UFloat, geometry: Geometry) -> MixedConduction:
    """Return both conductivities and t_ion = R_eon/(R_ion + R_eon), from the two rails.

    Parameters
    ----------
    R_ionic, R_electronic : UFloat
        Resistances in Ω of the two rails over the whole thickness: Rion and Reon of the element
        TLMm, or R_ionic and R_electronic of the model ``mixed_conductor``.
    geometry : Geometry

    References
    ----------
    Jamnik & Maier, J. Electrochem. Soc. 146 (1999) 4183, doi:10.1149/1.1392611; Bumberger, Nenning
    & Fleig, Phys. Chem. Chem. Phys. (2024), doi:10.1039/d4cp00975d.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> pellet = Geometry(thickness=1e-3, area=1e-4)
    >>> mixed = mixed_conduction(ufloat(300, 3), ufloat(700, 7), pellet)
    >>> f"{mixed.ionic_transference_number:.1u}"
    '0.700+/-0.003'
    """
    cell = geometry.uncertain_cell_constant
    return MixedConduction(
        cell / R_ionic, cell / R_electronic, R_electronic / (R_ionic + R_electronic)
    )


def mixed_conduction_from_limits(
    R_dc: UFloat, R_high: UFloat, geometry: Geometry
) -> MixedConduction:
    """Return both conductivities and t_ion = 1 - R_high/R_dc, from the ends of the spectrum.

    Ion-blocking electrodes that pass electrons freely: R_dc = R_eon, and 1/R_high = 1/R_ion +
    1/R_eon. Leads and contacts are in both and are to be taken off first. Where the dielectric arc
    is measured, R_high is its low-frequency end.

    Parameters
    ----------
    R_dc, R_high : UFloat
        Low- and high-frequency intercept in Ω.
    geometry : Geometry

    Raises
    ------
    ValueError
        Where R_dc is not above R_high: there is no ionic share.

    References
    ----------
    As of `mixed_conduction`.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> pellet = Geometry(thickness=1e-3, area=1e-4)
    >>> mixed = mixed_conduction_from_limits(ufloat(700, 7), ufloat(210, 2), pellet)
    >>> f"{mixed.ionic_transference_number:.1u}"
    '0.700+/-0.004'
    """
    dc, high = nominal_value(R_dc), nominal_value(R_high)
    if not dc > high > 0:
        raise ValueError(
            f"R_dc = {dc:.4g} ohm is not above R_high = {high:.4g} ohm: there is no ionic share "
            "between electrodes that block ions; are the two exchanged?"
        )
    cell = geometry.uncertain_cell_constant
    return MixedConduction(cell * (1 / R_high - 1 / R_dc), cell / R_dc, 1 - R_high / R_dc)
