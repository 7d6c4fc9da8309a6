"""The brick-layer model: cubic grains with thin boundaries.

Everything here but the apparent conductivity rests on that model. It fails for nano-grains and
strong detours of the current: Fleig & Maier, J. Eur. Ceram. Soc. 19 (1999) 693.
"""

from __future__ import annotations

from uncertainties import UFloat, nominal_value

from eisfit.data.geometry import Geometry

LARGEST_RATIO = 0.1
"""C_b/C_gb, and δ_gb/d, above which boundaries are not thin and the model does not hold."""

DOI = "10.1557/JMR.1998.0219"


def apparent_grain_boundary_conductivity(R_gb: UFloat, geometry: Geometry) -> UFloat:
    """Return l/(A R_gb) in S/m: of the boundaries as if they filled the whole sample.

    It grows with the grain size; it is no property of the boundary. `R_gb` in Ω.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> disc = Geometry(thickness=1e-3, area=1e-4)
    >>> f"{apparent_grain_boundary_conductivity(ufloat(1e4, 100), disc):.1u} S/m"
    '0.00100+/-0.00001 S/m'
    """
    return geometry.uncertain_cell_constant / R_gb


def thickness_ratio(
    C_bulk: UFloat, C_gb: UFloat, permittivity_ratio: UFloat | float = 1.0
) -> UFloat:
    """Return δ_gb/d = (C_b/C_gb) (ε_gb/ε_b): thickness of a boundary over the size of a grain.

    Parameters
    ----------
    C_bulk, C_gb : UFloat
        Effective capacitances in F.
    permittivity_ratio : UFloat or float
        ε_gb/ε_b; seldom known, and 1 by custom. The result is proportional to it.

    Raises
    ------
    ValueError
        Where C_b/C_gb or the result is above 0.1: the boundaries are not thin.

    References
    ----------
    Haile, West & Campbell, J. Mater. Res. 13 (1998) 1576, doi:10.1557/JMR.1998.0219 (article seen
    in abstract, DOI not verified).

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> f"{thickness_ratio(ufloat(1e-11, 1e-13), ufloat(1e-9, 1e-11)):.1u}"
    '0.0100+/-0.0001'
    """
    ratio = C_bulk / C_gb
    relative = ratio * permittivity_ratio
    for name, value in (("C_b/C_gb", ratio), ("δ_gb/d", relative)):
        if not 0 < nominal_value(value) <= LARGEST_RATIO:
            raise ValueError(
                f"{name} = {nominal_value(value):.2g} is not between 0 and {LARGEST_RATIO}: the "
                "grain boundaries are not thin, so the brick-layer model does not hold"
            )
    return relative


def grain_boundary_thickness(grain_size: UFloat, ratio: UFloat) -> UFloat:
    """Return δ_gb = d δ_gb/d in m: the electrical thickness of one boundary.

    Parameters
    ----------
    grain_size : UFloat
        d in m, from a micrograph.
    ratio : UFloat
        From `thickness_ratio`.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> f"{grain_boundary_thickness(ufloat(2e-6, 2e-7), ufloat(0.005, 1e-4)):.1u} m"
    '(1.0+/-0.1)e-08 m'
    """
    return grain_size * ratio


def specific_grain_boundary_conductivity(
    R_gb: UFloat,
    C_bulk: UFloat,
    C_gb: UFloat,
    geometry: Geometry,
    permittivity_ratio: UFloat | float = 1.0,
) -> UFloat:
    """Return σ_gb = (l/A) (1/R_gb) (δ_gb/d) in S/m, of the boundary's own material.

    Parameters
    ----------
    R_gb : UFloat
        Grain-boundary resistance in Ω.
    C_bulk, C_gb : UFloat
        Effective capacitances in F.
    geometry : Geometry
    permittivity_ratio : UFloat or float
        ε_gb/ε_b, as of `thickness_ratio`.

    Raises
    ------
    ValueError
        Where C_b/C_gb is above 0.1: the boundaries are not thin.

    References
    ----------
    As of `thickness_ratio`.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> disc = Geometry(thickness=1e-3, area=1e-4)
    >>> g = specific_grain_boundary_conductivity(
    ...     ufloat(1e4, 100), ufloat(1e-11, 1e-13), ufloat(1e-9, 1e-11), disc)
    >>> f"{g.nominal_value:.1e}"
    '1.0e-05'
    """
    relative = thickness_ratio(C_bulk, C_gb, permittivity_ratio)
    return apparent_grain_boundary_conductivity(R_gb, geometry) * relative


def specific_resistivity_ratio(
    R_bulk: UFloat,
    R_gb: UFloat,
    C_bulk: UFloat,
    C_gb: UFloat,
    permittivity_ratio: UFloat | float = 1.0,
) -> UFloat:
    """Return ρ_gb/ρ_bulk = (R_gb/R_b)/(δ_gb/d), of the specific resistivities.

    With equal permittivities it is the ratio of the two time constants, R_gb C_gb/(R_b C_b); the
    geometry drops out. It is what `space_charge.barrier_height` takes.

    Parameters
    ----------
    R_bulk, R_gb : UFloat
        Resistances in Ω.
    C_bulk, C_gb : UFloat
        Effective capacitances in F.
    permittivity_ratio : UFloat or float
        ε_gb/ε_b, as of `thickness_ratio`.

    Raises
    ------
    ValueError
        As of `thickness_ratio`.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> ratio = specific_resistivity_ratio(
    ...     ufloat(100, 1), ufloat(1000, 10), ufloat(1e-11, 1e-13), ufloat(1e-9, 1e-11))
    >>> f"{ratio:.1uf}"
    '1000+/-20'
    """
    return R_gb / R_bulk / thickness_ratio(C_bulk, C_gb, permittivity_ratio)
