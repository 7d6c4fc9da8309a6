"""The brick-layer model against a stack of slabs, whose numbers are known."""

import pytest
from uncertainties import correlated_values, ufloat

from eisfit.data.geometry import Geometry
from eisfit.processes.physics.brick_layer import (
    apparent_grain_boundary_conductivity,
    grain_boundary_thickness,
    specific_grain_boundary_conductivity,
    specific_resistivity_ratio,
    thickness_ratio,
)

VACUUM_PERMITTIVITY = 8.8541878128e-12  # F/m
DISC = Geometry(thickness=1e-3, area=1e-4)
GRAIN, BOUNDARY = 2e-6, 5e-9  # m
EPS_BULK, EPS_GB = 100.0, 40.0
SIGMA_BULK, SIGMA_GB = 1e-1, 1e-5  # S/m
LAYERS = DISC.thickness / GRAIN


def slabs(eps_gb: float = EPS_GB):
    """Return R_b, R_gb, C_b, C_gb of grains and boundaries one after the other."""
    eps0 = VACUUM_PERMITTIVITY
    R_b = DISC.thickness / (SIGMA_BULK * DISC.area)
    R_gb = LAYERS * BOUNDARY / (SIGMA_GB * DISC.area)
    C_b = EPS_BULK * eps0 * DISC.area / DISC.thickness
    C_gb = eps_gb * eps0 * DISC.area / (LAYERS * BOUNDARY)
    return [ufloat(v, 0.01 * v) for v in (R_b, R_gb, C_b, C_gb)]


def test_a_stack_of_slabs_gives_back_what_it_is_made_of() -> None:
    R_b, R_gb, C_b, C_gb = slabs()
    eps = EPS_GB / EPS_BULK
    ratio = thickness_ratio(C_b, C_gb, eps)
    assert ratio.n == pytest.approx(BOUNDARY / GRAIN)
    assert grain_boundary_thickness(ufloat(GRAIN, 1e-7), ratio).n == pytest.approx(BOUNDARY)
    sigma = specific_grain_boundary_conductivity(R_gb, C_b, C_gb, DISC, eps)
    assert sigma.n == pytest.approx(SIGMA_GB)
    rho = specific_resistivity_ratio(R_b, R_gb, C_b, C_gb, eps)
    assert rho.n == pytest.approx(SIGMA_BULK / SIGMA_GB)


def test_equal_permittivities_where_they_are_not_misjudge_by_their_ratio() -> None:
    _, R_gb, C_b, C_gb = slabs()
    sigma = specific_grain_boundary_conductivity(R_gb, C_b, C_gb, DISC)
    assert sigma.n == pytest.approx(SIGMA_GB * EPS_BULK / EPS_GB)


def test_apparent_and_specific_conductivity_differ_by_the_grains_in_a_boundary() -> None:
    _, R_gb, C_b, C_gb = slabs(EPS_BULK)
    apparent = apparent_grain_boundary_conductivity(R_gb, DISC)
    specific = specific_grain_boundary_conductivity(R_gb, C_b, C_gb, DISC)
    assert (apparent / specific).n == pytest.approx(GRAIN / BOUNDARY)


def test_the_ratio_of_resistivities_is_that_of_time_constants() -> None:
    R_b, R_gb, C_b, C_gb = slabs(EPS_BULK)
    rho = specific_resistivity_ratio(R_b, R_gb, C_b, C_gb)
    assert rho.n == pytest.approx((R_gb * C_gb / (R_b * C_b)).n)


def test_errors_are_carried_through_the_common_errors_of_a_fit_too(assert_errors_carried) -> None:
    values = [v.n for v in slabs()]
    covariance = [[0.0004 * a * b * (1 if i == j else 0.5) for j, b in enumerate(values)]
                  for i, a in enumerate(values)]  # fmt: skip
    fitted = correlated_values(values, covariance)
    assert_errors_carried(specific_resistivity_ratio, *fitted)
    assert_errors_carried(
        lambda R, a, b: specific_grain_boundary_conductivity(R, a, b, DISC), *fitted[1:]
    )
    assert_errors_carried(
        lambda d, a, b: grain_boundary_thickness(d, thickness_ratio(a, b)),
        ufloat(GRAIN, 0.05 * GRAIN), *fitted[2:],
    )  # fmt: skip


@pytest.mark.parametrize(("C_gb", "eps"), [(5e-11, 1.0), (5e-10, 10.0), (-1e-9, 1.0)])
def test_boundaries_that_are_not_thin_are_refused(C_gb: float, eps: float) -> None:
    with pytest.raises(ValueError, match="not thin"):
        thickness_ratio(ufloat(1e-11, 1e-13), ufloat(C_gb, 1e-13), eps)
