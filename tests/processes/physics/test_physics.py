"""The anchors of the literature."""

import pytest
from uncertainties import ufloat

from eisfit.data.geometry import Geometry
from eisfit.processes.physics.brick_layer import specific_grain_boundary_conductivity
from eisfit.processes.physics.capacitance import blocking, brug, hsu_mansfeld, relative_permittivity

DISC = Geometry(thickness=1e-3, area=1e-4)


@pytest.mark.parametrize(
    ("R", "Q", "n", "C"),
    [(1300, 5.9e-6, 0.95, 4.6e-6), (2010, 3.5e-6, 0.90, 2.0e-6), (3650, 2.5e-6, 0.88, 1.3e-6)],
)
def test_capacitances_of_niobium_oxide(R: float, Q: float, n: float, C: float) -> None:
    """Hirschorn et al., Electrochim. Acta 55 (2010) 6218: R, Q, n of Nb2O5 films and their C."""
    assert hsu_mansfeld(Q, n, R) == pytest.approx(C, rel=0.03)


def test_brug_tends_to_the_blocking_electrode() -> None:
    assert brug(1e-5, 0.85, 20.0, 1e12) == pytest.approx(blocking(1e-5, 0.85, 20.0), rel=1e-6)


def test_a_capacitor_is_its_own_capacitance() -> None:
    for formula in (
        hsu_mansfeld(1e-9, 1.0, 5.0),
        brug(1e-9, 1.0, 5.0, 7.0),
        blocking(1e-9, 1.0, 5.0),
    ):
        assert formula == pytest.approx(1e-9)


def test_permittivity_of_vacuum_is_one() -> None:
    assert relative_permittivity(8.8541878128e-12 * 0.1, DISC) == pytest.approx(1.0)


def test_the_error_of_the_geometry_reaches_the_specific_conductivity() -> None:
    known = ufloat(1e4, 1), ufloat(1e-11, 1e-16), ufloat(1e-9, 1e-14)
    rough = Geometry(thickness=1e-3, area=1e-4, area_stderr=2e-6)
    sigma = specific_grain_boundary_conductivity(*known, rough)
    assert sigma.s / sigma.n == pytest.approx(0.02, rel=0.01)


def test_thick_boundaries_are_refused() -> None:
    with pytest.raises(ValueError, match="not thin"):
        specific_grain_boundary_conductivity(
            ufloat(1e4, 10), ufloat(2e-11, 1e-12), ufloat(1e-10, 1e-12), DISC
        )
