"""Barriers, Debye lengths and widths against published numbers and the profile itself."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from uncertainties import ufloat

from eisfit.data.geometry import Geometry
from eisfit.processes.physics.capacitance import layer_thickness
from eisfit.processes.physics.space_charge import (
    beside_reported,
    debye_length,
    depleted_layer_thickness_from_resistance,
    mott_schottky_barrier_height,
    mott_schottky_width,
)

BOLTZMANN_EV = 8.617333262e-5  # eV/K
VACUUM_PERMITTIVITY = 8.8541878128e-12  # F/m
CELL = Geometry(thickness=1e-3, area=1e-4)


@pytest.mark.parametrize(
    ("ratio", "height"), [(10, 0.116), (1e2, 0.187), (1e3, 0.254), (1e4, 0.319)]
)
def test_barrier_heights_at_298_K(ratio: float, height: float) -> None:
    found = mott_schottky_barrier_height(ufloat(ratio, 0.01 * ratio), 298.0)
    assert found.n == pytest.approx(height, abs=6e-4)


@pytest.mark.parametrize("ratio", [1.3592, 1.5, 3.0, 50.0, 1e6, 1e30, 1e200])
def test_the_barrier_gives_back_the_ratio_on_the_branch_above_one(ratio: float) -> None:
    x = mott_schottky_barrier_height(ratio, 300.0, z=2) * 2 / (BOLTZMANN_EV * 300.0)
    assert x > 1
    assert x - math.log(2 * x) == pytest.approx(math.log(ratio), rel=1e-9)


@pytest.mark.parametrize("x", [6.0, 12.0, 24.0])
def test_the_formula_is_the_mean_over_a_depleted_layer(x: float) -> None:
    """Potential parabolic over the layer: the mean of exp(x u²) nears exp(x)/(2x) for large x."""
    mean, _ = quad(lambda u: math.exp(x * (u**2 - 1)), 0, 1)
    found = mott_schottky_barrier_height(mean * math.exp(x), 300.0) / (BOLTZMANN_EV * 300.0)
    assert x < found < x + 1 / x


@pytest.mark.parametrize("ratio", [1.35, 0.2, -3.0, float("nan")])
def test_a_ratio_that_no_barrier_gives_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match=r"at least e/2 = 1\.359"):
        mott_schottky_barrier_height(ufloat(ratio, 0.1), 298.0)


def test_the_error_grows_without_bound_where_the_barrier_vanishes() -> None:
    near, far = (mott_schottky_barrier_height(ufloat(r, 0.01 * r), 298.0).s for r in (1.36, 100.0))
    assert near > 20 * far


def test_errors_are_carried(assert_errors_carried, flat) -> None:
    T = ufloat(298.0, 3.0)
    assert_errors_carried(mott_schottky_barrier_height, ufloat(30.0, 0.9), T)
    L = ufloat(1e-9, 3e-11)
    assert_errors_carried(debye_length, ufloat(20, 0.4), T, ufloat(1e26, 2e24))
    assert_errors_carried(
        lambda phi, L: mott_schottky_width(phi, L, 298.0, 4e-10), ufloat(0.25, 0.01), L
    )
    assert_errors_carried(
        lambda R, s, A: depleted_layer_thickness_from_resistance(R, s, flat(A)),
        ufloat(100, 2), ufloat(1e-8, 2e-10), ufloat(1e-4, 2e-6),
    )  # fmt: skip


def test_the_geometrys_error_is_carried_too() -> None:
    rough = Geometry(thickness=1e-3, area=1e-4, area_stderr=3e-6)
    for d in (
        layer_thickness(ufloat(1e-7, 1e-12), 10.0, rough),
        depleted_layer_thickness_from_resistance(ufloat(100, 1e-3), 1e-8, rough),
    ):
        assert d.s / d.n == pytest.approx(0.03, rel=1e-3)


def test_debye_length_of_water_with_one_millimole_of_salt() -> None:
    """About 9.6 nm in every textbook; c counts one of the two ions."""
    assert debye_length(78.4, 298.15, 6.022e23) == pytest.approx(9.6e-9, rel=0.01)


def test_width_and_debye_length_are_those_of_the_depleted_profile() -> None:
    """Charge density z e c over λ* bends the potential by Φ = z e c λ*²/(2 ε)."""
    eps, c, phi = 20.0, 1e25, 0.3
    width = mott_schottky_width(
        ufloat(phi, 1e-3), debye_length(eps, 350.0, c, z=2), 350.0, 1e-10, 2
    )
    assert 2 * 1.602176634e-19 * c * width.n**2 / (2 * eps * VACUUM_PERMITTIVITY) == pytest.approx(
        phi
    )


def test_llto_is_not_dilute_and_has_no_width() -> None:
    L = debye_length(ufloat(100, 10), 298.0, 6e27)
    assert L.n == pytest.approx(0.1e-9, rel=0.15)
    with pytest.raises(ValueError, match=r"0\.11 nm is below the lattice constant of 0\.39 nm"):
        mott_schottky_width(ufloat(0.25, 0.01), L, 298.0, 3.9e-10)


def test_resistance_and_capacitance_of_one_layer_tell_the_same_thickness() -> None:
    d, sigma, eps = 20e-9, 1e-7, 30.0  # m, S/m
    R = d / (sigma * CELL.area)
    C = eps * VACUUM_PERMITTIVITY * CELL.area / d
    assert layer_thickness(C, eps, CELL).n == pytest.approx(d)
    assert depleted_layer_thickness_from_resistance(R, sigma, CELL).n == pytest.approx(d)


@pytest.mark.parametrize(
    ("thickness", "place"), [(3e-10, "below"), (2e-8, "within"), (5e-6, "at the upper, open end")]
)
def test_where_a_thickness_falls(thickness: float, place: str) -> None:
    text = beside_reported(ufloat(thickness, 0.1 * thickness))
    assert f", {place}" in text
    assert "1 nm" in text
    assert "above 1 µm" in text


def test_a_barrier_from_a_measured_sample_keeps_the_fits_common_errors() -> None:
    """The same relative error in both resistances cancels in their ratio."""
    common = ufloat(1.0, 0.1)
    ratio = (1000 * common) / (10 * common)
    assert mott_schottky_barrier_height(ratio, 298.0).s < 1e-12
    assert np.isfinite(mott_schottky_barrier_height(ratio, 298.0).n)
