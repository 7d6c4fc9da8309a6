"""The brick-layer model: cubic grains with thin boundaries, all of equal permittivity."""

from __future__ import annotations

from uncertainties import UFloat

from eisfit.geometry import Geometry
from eisfit.uncertain import uncertain

LARGEST_RATIO = 0.1
"""C_b/C_gb above which boundaries are not thin and the model does not hold."""

DOI = "10.1557/JMR.1998.0219"


def specific_grain_boundary_conductivity(
    R_gb: UFloat, C_bulk: UFloat, C_gb: UFloat, geometry: Geometry
) -> UFloat:
    """Return σ_gb = (l/A) (1/R_gb) (C_b/C_gb) in S/cm.

    Parameters
    ----------
    R_gb : UFloat
        Grain-boundary resistance in Ω.
    C_bulk, C_gb : UFloat
        Effective capacitances in F.
    geometry : Geometry

    Raises
    ------
    ValueError
        Where C_b/C_gb is above 0.1: the boundaries are not thin.

    References
    ----------
    Haile, West & Campbell, J. Mater. Res. 13 (1998) 1576, doi:10.1557/JMR.1998.0219. It fails for
    nano-grains and strong detours: Fleig & Maier, J. Eur. Ceram. Soc. 19 (1999) 693.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> disc = Geometry(thickness=1e-3, area=1e-4)
    >>> g = specific_grain_boundary_conductivity(
    ...     ufloat(1e4, 100), ufloat(1e-11, 1e-13), ufloat(1e-9, 1e-11), disc)
    >>> f"{g.nominal_value:.1e}"
    '1.0e-07'
    """
    ratio = C_bulk / C_gb
    if ratio.nominal_value > LARGEST_RATIO:
        raise ValueError(
            f"C_b/C_gb = {ratio.nominal_value:.2g} is above {LARGEST_RATIO}: the grain boundaries "
            "are not thin, so the brick-layer model does not hold"
        )
    cell = geometry.cell_constant / 100
    return uncertain(cell, cell * geometry.relative_error) / R_gb * ratio
