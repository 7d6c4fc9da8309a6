"""The geometry of a sample: what turns Ω into S/cm and F into permittivity."""

from __future__ import annotations

import math
from dataclasses import dataclass

from uncertainties import UFloat

from eisfit.base.errors import SpectrumError
from eisfit.base.units import parse_area, parse_length
from eisfit.base.values import to_ufloat


@dataclass(frozen=True, slots=True)
class Geometry:
    """Thickness and electrode area of a flat sample.

    Parameters
    ----------
    thickness : float
        Distance between the electrodes in m.
    area : float
        Area of one electrode in m².
    thickness_stderr, area_stderr : float
        Standard errors in m and m²; 0 where they are not known.

    Raises
    ------
    SpectrumError
        Where a value is not a finite number above zero.

    Examples
    --------
    >>> Geometry.disc(thickness="1.2 mm", diameter="10 mm")
    <Geometry: thickness 1.2 mm, area 0.7854 cm², cell constant 0.1528 1/cm>
    """

    thickness: float
    area: float
    thickness_stderr: float = 0.0
    area_stderr: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value, is_error = getattr(self, name), name.endswith("_stderr")
            if not math.isfinite(value) or value < 0 or (value == 0 and not is_error):
                range_ = ", zero or above" if is_error else " above zero"
                raise SpectrumError(f"{name} must be a finite number{range_} (got {value!r})")

    @classmethod
    def disc(
        cls,
        thickness: str | float,
        diameter: str | float | None = None,
        area: str | float | None = None,
        thickness_error: str | float = 0.0,
        diameter_error: str | float = 0.0,
    ) -> Geometry:
        """Return the geometry of a pellet or film; text carries its unit, numbers are SI.

        Parameters
        ----------
        thickness, diameter : str or float
            As ``"1.2 mm"``, or in m.
        area : str or float, optional
            As ``"0.785 cm2"``, or in m²; instead of the diameter.
        thickness_error, diameter_error : str or float
            Standard errors of the two; (δA/A)² = (2 δd/d)².

        Raises
        ------
        UnitError
            Where a unit is missing or unknown.
        SpectrumError
            Where neither or both of diameter and area are given.
        """
        if (diameter is None) == (area is None):
            raise SpectrumError("give the diameter or the area of the electrode, one of the two")
        length = _metres(thickness, "thickness")
        length_error = _metres(thickness_error, "thickness_error")
        if diameter is None:
            surface = parse_area(area) if isinstance(area, str) else float(area or 0.0)
            return cls(length, surface, length_error, 0.0)
        across = _metres(diameter, "diameter")
        surface = math.pi * across**2 / 4
        relative = 2 * _metres(diameter_error, "diameter_error") / across if across > 0 else 0.0
        return cls(length, surface, length_error, surface * relative)

    @property
    def cell_constant(self) -> float:
        """Thickness over area in 1/m."""
        return self.thickness / self.area

    @property
    def uncertain_cell_constant(self) -> UFloat:
        """Thickness over area in 1/m with its standard error, a new variable at each call."""
        value = self.cell_constant
        return to_ufloat(value, value * self.relative_error)

    @property
    def uncertain_area(self) -> UFloat:
        """Area in m² with its standard error, a new variable at each call."""
        return to_ufloat(self.area, self.area_stderr)

    @property
    def relative_error(self) -> float:
        """Relative standard error of the cell constant."""
        return math.hypot(self.thickness_stderr / self.thickness, self.area_stderr / self.area)

    def __repr__(self) -> str:
        return (
            f"<Geometry: thickness {self.thickness * 1e3:.4g} mm, area {self.area * 1e4:.4g} cm², "
            f"cell constant {self.cell_constant / 100:.4g} 1/cm>"
        )


def _metres(value: str | float, kind: str) -> float:
    """Return a length in m; text carries its unit."""
    return parse_length(value, kind) if isinstance(value, str) else float(value)
