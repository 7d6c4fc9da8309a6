"""What a sample's geometry gives, with its errors: cell constant and electrode area.

Each call returns a new uncertain number, so that results of separate calls do not know that they
share the geometry's error.
"""

from __future__ import annotations

from uncertainties import UFloat

from eisfit.base.values import to_ufloat
from eisfit.data.geometry import Geometry


def cell_constant(geometry: Geometry) -> UFloat:
    """Return l/A in 1/cm.

    Examples
    --------
    >>> f"{cell_constant(Geometry(thickness=1e-3, area=1e-4, area_stderr=2e-6)):.1u}"
    '0.100+/-0.002'
    """
    cell = geometry.cell_constant / 100
    return to_ufloat(cell, cell * geometry.relative_error)


def electrode_area(geometry: Geometry) -> UFloat:
    """Return A in m².

    Examples
    --------
    >>> f"{electrode_area(Geometry(thickness=1e-3, area=1e-4, area_stderr=2e-6)):.1u}"
    '0.000100+/-0.000002'
    """
    return to_ufloat(geometry.area, geometry.area_stderr)
