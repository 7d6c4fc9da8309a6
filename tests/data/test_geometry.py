"""Errors of thickness and diameter in the cell constant."""

import math

import pytest

from eisfit.data.geometry import Geometry


def test_the_error_of_the_diameter_counts_twice_in_the_area() -> None:
    """A = π d²/4, so that δA/A = 2 δd/d: 1 % of the diameter is 2 % of the area."""
    disc = Geometry.disc(thickness="1 mm", diameter="10 mm", diameter_error="0.1 mm")
    assert disc.area == pytest.approx(math.pi / 4 * 1e-4)
    assert disc.area_stderr == pytest.approx(0.02 * math.pi / 4 * 1e-4)
    assert disc.relative_error == pytest.approx(0.02)


def test_errors_of_thickness_and_area_add_as_squares() -> None:
    disc = Geometry.disc("2 mm", "10 mm", thickness_error="0.03 mm", diameter_error="0.1 mm")
    assert disc.relative_error == pytest.approx(0.025)  # √(0.015² + 0.02²)
    assert disc.cell_constant == pytest.approx(2e-3 / (math.pi / 4 * 1e-4))
