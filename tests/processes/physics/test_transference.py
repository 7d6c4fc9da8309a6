"""Mixed conduction: the rails of a circuit and the ends of its spectrum tell the same."""

import numpy as np
import pytest
from uncertainties import correlated_values, ufloat

from eisfit.circuit.transmission_lines import line_mixed
from eisfit.data.geometry import Geometry
from eisfit.processes.physics.transference import mixed_conduction, mixed_conduction_from_limits

PELLET = Geometry(thickness=1e-3, area=1e-4)
R_ION, R_EON = 300.0, 700.0


def test_conductivities_and_transference_number_of_two_rails() -> None:
    found = mixed_conduction(ufloat(R_ION, 3), ufloat(R_EON, 7), PELLET)
    assert found.ionic_conductivity.n == pytest.approx(10.0 / R_ION)  # S/m
    assert found.electronic_conductivity.n == pytest.approx(10.0 / R_EON)
    share = found.ionic_conductivity / (found.ionic_conductivity + found.electronic_conductivity)
    assert found.ionic_transference_number.n == pytest.approx(share.n)


def test_the_ends_of_a_spectrum_tell_what_the_rails_do() -> None:
    """Ions through a blocking CPE, electrons beside them, computed here from Kirchhoff's laws."""
    omega = np.array([1e-9, 1e9])
    blocked = R_ION + 1 / (1e-6 * (1j * omega) ** 0.9)
    dc, high = (1 / (1 / R_EON + 1 / blocked)).real
    found = mixed_conduction_from_limits(ufloat(dc, 1), ufloat(high, 1), PELLET)
    rails = mixed_conduction(ufloat(R_ION, 3), ufloat(R_EON, 7), PELLET)
    for name in ("ionic_conductivity", "electronic_conductivity", "ionic_transference_number"):
        assert getattr(found, name).n == pytest.approx(getattr(rails, name).n, rel=1e-4)


def test_a_line_of_two_rails_has_the_same_high_frequency_limit() -> None:
    one = np.ones(1)
    Z, _ = line_mixed(1e12 * one, R_ION * one, R_EON * one, 1e-3 * one, one)
    assert 1 / Z[0].real == pytest.approx(1 / R_ION + 1 / R_EON, rel=1e-4)


@pytest.mark.parametrize(
    "name", ["ionic_conductivity", "electronic_conductivity", "ionic_transference_number"]
)
def test_errors_are_carried(name: str, assert_errors_carried, flat) -> None:
    ion, eon = correlated_values((R_ION, R_EON), [[36, -50], [-50, 196]])
    area = ufloat(1e-4, 2e-6)
    for function, numbers in (
        (mixed_conduction, (ion, eon)),
        (mixed_conduction_from_limits, (eon, ufloat(210, 3))),
    ):
        if name == "ionic_transference_number":
            assert_errors_carried(lambda *R, f=function: getattr(f(*R, PELLET), name), *numbers)
        else:
            assert_errors_carried(
                lambda a, b, A, f=function: getattr(f(a, b, flat(A)), name),
                *numbers, area,
            )  # fmt: skip


def test_the_geometrys_error_never_reaches_the_transference_number() -> None:
    rough = Geometry(thickness=1e-3, area=1e-4, area_stderr=2e-5)
    found = mixed_conduction(ufloat(R_ION, 1e-3), ufloat(R_EON, 1e-3), rough)
    assert found.ionic_transference_number.s < 1e-5
    assert found.ionic_conductivity.s / found.ionic_conductivity.n == pytest.approx(0.2, rel=1e-3)
    ratio = found.ionic_conductivity / found.electronic_conductivity
    assert ratio.s / ratio.n < 1e-4


def test_a_dc_resistance_below_the_high_frequency_one_is_refused() -> None:
    with pytest.raises(ValueError, match="are the two exchanged"):
        mixed_conduction_from_limits(ufloat(210, 2), ufloat(700, 7), PELLET)
