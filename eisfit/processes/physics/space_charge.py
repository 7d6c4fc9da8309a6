"""Space charge: barrier, Debye length and width after Mott and Schottky; layers at electrodes.

All of it is a reading by a model that the literature contests in both directions: the
Mott-Schottky picture takes the profile of the immobile charge as flat and the core of the boundary
as no resistance of its own. Another cause of a resistive boundary, such as a second phase, gives a
"barrier" all the same.
"""

from __future__ import annotations

import math

from scipy.special import lambertw
from uncertainties import UFloat, nominal_value, wrap
from uncertainties.umath import sqrt

from eisfit.base.constants import BOLTZMANN_EV, ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY
from eisfit.data.geometry import Geometry

DOI = "10.1016/j.pmatsci.2017.04.009"

SMALLEST_RATIO = math.e / 2
"""exp(x)/(2x) is nowhere smaller."""

REPORTED_SPAN = (1e-9, 1e-6)
"""Reported thicknesses of space-charge layers in m; the upper end is itself a lower limit."""

_SOURCES = (
    "1 nm (LiPON|LiCoO2; models for garnet and NASICON, 10.1021/acsaem.8b01141) to above 1 µm "
    "(electron holography, Yamamoto 2010; Kelvin probe, Masuda 2017)"
)


def mott_schottky_barrier_height(
    resistivity_ratio: UFloat, temperature: UFloat | float, z: int = 1
) -> UFloat:
    r"""Return the barrier height Φ in V of a grain boundary, by the Mott-Schottky model.

    .. math:: \rho_{gb}/\rho_b = e^x / (2x), \quad x = z e \Phi / kT

    Solved for x > 1 (the lower branch of Lambert's W); dx/d ln(ratio) = x/(x - 1) carries the
    errors. Near the smallest ratio, e/2, the error grows beyond all bounds: no barrier is
    determined there. The formula holds for x well above 1.

    Parameters
    ----------
    resistivity_ratio : UFloat
        Of the specific resistivities, from `brick_layer.specific_resistivity_ratio`; not R_gb/R_b.
    temperature : UFloat or float
        K.
    z : int
        Charge number of the depleted carrier, 1 for Li+.

    Raises
    ------
    ValueError
        Where the ratio is not above e/2, which no barrier gives.

    References
    ----------
    Gregori, Merkle & Maier, Prog. Mater. Sci. 89 (2017) 252, doi:10.1016/j.pmatsci.2017.04.009
    (review); applied to BaZr0.9Y0.1O3 by Kjølseth et al., Solid State Ionics (2010), DOI not
    verified.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> f"{mott_schottky_barrier_height(ufloat(1e3, 1e2), 298.0):.1u} V"
    '0.254+/-0.003 V'
    """
    ratio = nominal_value(resistivity_ratio)
    if not ratio > SMALLEST_RATIO:
        raise ValueError(
            f"the specific resistivity of the grain boundary is {ratio:.3g} times the bulk's; a "
            f"Mott-Schottky barrier gives at least e/2 = {SMALLEST_RATIO:.3f}, so it does not "
            "explain this boundary"
        )
    return _reduced_barrier(resistivity_ratio) * BOLTZMANN_EV * temperature / z


def _solve(ratio: float) -> float:
    return float(-lambertw(-1 / (2 * ratio), k=-1).real)


def _slope(ratio: float) -> float:
    """Return dx/d ratio; infinite where x = 1."""
    x = _solve(ratio)
    return x / (x - 1) / ratio if x > 1 else math.inf


_reduced_barrier = wrap(_solve, [_slope])


def debye_length(
    permittivity: UFloat | float,
    temperature: UFloat | float,
    concentration: UFloat | float,
    z: int = 1,
) -> UFloat:
    """Return L_D = √(ε kT/(2 z² e² c)) in m, of a dilute carrier.

    Parameters
    ----------
    permittivity : UFloat or float
        ε_r of the bulk.
    temperature : UFloat or float
        K.
    concentration : UFloat or float
        c in the bulk, in 1/m³; 1e21 cm⁻³ is 1e27.
    z : int
        Charge number of the carrier.

    References
    ----------
    As of `mott_schottky_barrier_height`.

    Examples
    --------
    LLTO, whose carriers are anything but dilute:

    >>> from uncertainties import ufloat
    >>> L = debye_length(ufloat(100, 10), 298.0, 6e27)
    >>> f"{1e9 * L:.1u} nm"
    '0.109+/-0.005 nm'
    """
    thermal_voltage = BOLTZMANN_EV * temperature
    screening = 2 * z**2 * ELEMENTARY_CHARGE * concentration
    return sqrt(permittivity * VACUUM_PERMITTIVITY * thermal_voltage / screening)


def mott_schottky_width(
    barrier_height: UFloat,
    debye_length: UFloat,
    temperature: UFloat | float,
    lattice_constant: float,
    z: int = 1,
) -> UFloat:
    """Return λ* = 2 L_D √(zeΦ/kT) in m: width of the depleted layer on one side of the core.

    Parameters
    ----------
    barrier_height : UFloat
        Φ in V.
    debye_length : UFloat
        L_D in m.
    temperature : UFloat or float
        K.
    lattice_constant : float
        m; the length below which a continuum of dilute charge has no meaning.
    z : int
        Charge number of the depleted carrier.

    Raises
    ------
    ValueError
        Where the Debye length is below the lattice constant: carriers are not dilute, and the
        model gives no width. The caller reports this in its stead.

    References
    ----------
    As of `mott_schottky_barrier_height`.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> w = mott_schottky_width(ufloat(0.254, 0.003), ufloat(1e-9, 1e-10), 298.0, 0.4e-9)
    >>> f"{1e9 * w:.1u} nm"
    '6.3+/-0.6 nm'
    """
    length = nominal_value(debye_length)
    if not length >= lattice_constant:
        raise ValueError(
            f"the Debye length of {1e9 * length:.2g} nm is below the lattice constant of "
            f"{1e9 * lattice_constant:.2g} nm: the carriers are not dilute, so the Mott-Schottky "
            "model gives no width of the space charge"
        )
    return 2 * debye_length * sqrt(z * barrier_height / (BOLTZMANN_EV * temperature))


def depleted_layer_thickness_from_resistance(
    R: UFloat, conductivity: UFloat | float, geometry: Geometry
) -> UFloat:
    """Return d = σ A R in m of a layer at an electrode, for a stated conductivity.

    Depleted carriers lower σ by powers of ten across the layer; d is as good as that statement.
    With the bulk's σ it is an upper limit. From its capacitance: `capacitance.layer_thickness`.

    Parameters
    ----------
    R : UFloat
        Ω, of one layer.
    conductivity : UFloat or float
        S/m, of the depleted layer.
    geometry : Geometry
        Only its area counts.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> cell = Geometry(thickness=1e-3, area=1e-4)
    >>> d = depleted_layer_thickness_from_resistance(ufloat(100, 5), 1e-6, cell)
    >>> f"{1e9 * d:.1u} nm"
    '10.0+/-0.5 nm'
    """
    return conductivity * geometry.uncertain_area * R


def beside_reported(thickness: UFloat) -> str:
    """Return in words where a space-charge thickness in m lies among reported ones.

    References
    ----------
    de Klerk & Wagemaker, ACS Appl. Energy Mater. 1 (2018) 5609, doi:10.1021/acsaem.8b01141;
    Yamamoto et al., Angew. Chem. Int. Ed. 49 (2010) 4414; Masuda et al., Nanoscale 9 (2017) 893
    (DOIs of the last two not verified).

    Examples
    --------
    >>> print(beside_reported(5e-9))
    5 nm, within the reported span of 1 nm (LiPON|LiCoO2; models for garnet and NASICON,
    10.1021/acsaem.8b01141) to above 1 µm (electron holography, Yamamoto 2010; Kelvin probe,
    Masuda 2017)
    """
    d = nominal_value(thickness)
    low, high = REPORTED_SPAN
    place = "below" if d < low else "within" if d <= high else "at the upper, open end of"
    return f"{1e9 * d:.3g} nm, {place} the reported span of {_SOURCES}"
