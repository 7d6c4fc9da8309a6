"""An interphase of known thickness and conductivity, singly and in a symmetric cell."""

import pytest
from uncertainties import ufloat

from eisfit.data.geometry import Geometry
from eisfit.processes.physics.capacitance import (
    interphase_conductivity,
    layer_thickness,
    one_of_two_interfaces,
)

VACUUM_PERMITTIVITY = 8.8541878128e-12  # F/m
CELL = Geometry(thickness=5e-4, area=0.8e-4)
D, SIGMA, EPS = 30e-9, 2e-7, 12.0  # m, S/m
R = D / (SIGMA * CELL.area)
C = EPS * VACUUM_PERMITTIVITY * CELL.area / D


def test_a_layer_gives_back_its_thickness_and_conductivity() -> None:
    R_one, C_one = ufloat(R, 0.01 * R), ufloat(C, 0.01 * C)
    assert layer_thickness(C_one, EPS, CELL).n == pytest.approx(D)
    assert interphase_conductivity(R_one, C_one, EPS).n == pytest.approx(SIGMA)


def test_a_symmetric_cell_has_two_of_them_in_series() -> None:
    R_one, C_one = one_of_two_interfaces(ufloat(2 * R, 0.02 * R), ufloat(C / 2, 0.01 * C))
    assert layer_thickness(C_one, EPS, CELL).n == pytest.approx(D)
    assert interphase_conductivity(R_one, C_one, EPS).n == pytest.approx(SIGMA)
    assert (R_one * CELL.area * 1e4).n == pytest.approx(R * 0.8)  # Ω cm²


def test_errors_are_carried(assert_errors_carried, flat) -> None:
    eps = ufloat(EPS, 0.03 * EPS)
    assert_errors_carried(
        lambda C, e, A: layer_thickness(C, e, flat(A)),
        ufloat(C, 0.02 * C), eps, ufloat(0.8e-4, 2e-6),
    )  # fmt: skip
    assert_errors_carried(interphase_conductivity, ufloat(R, 0.03 * R), ufloat(C, 0.02 * C), eps)


def test_the_areas_error_reaches_the_thickness_and_not_the_conductivity() -> None:
    rough = Geometry(thickness=5e-4, area=0.8e-4, area_stderr=0.08e-4)
    exact = ufloat(C, 1e-6 * C)
    d = layer_thickness(exact, EPS, rough)
    assert d.s / d.n == pytest.approx(0.1, rel=1e-3)
    sigma = interphase_conductivity(ufloat(R, 1e-6 * R), exact, EPS)
    assert sigma.s / sigma.n < 1e-5
