"""Exchange currents, and the two forms of their activation energy."""

import numpy as np
import pytest
from uncertainties import ufloat

from eisfit.data.geometry import Geometry
from eisfit.processes.physics.charge_transfer import exchange_current, exchange_current_density

KELVIN = np.linspace(25, 100, 6) + 273.15


def test_the_thermal_voltage_over_the_resistance() -> None:
    """RT/F at 25 °C is 25.693 mV."""
    assert exchange_current(1.0, 298.15) == pytest.approx(8.314462618 * 298.15 / 96485.33212)
    assert exchange_current(1.0, 298.15, n=2) == pytest.approx(0.025693 / 2, rel=1e-4)
    cell = Geometry(thickness=1e-3, area=2e-4)
    density = exchange_current_density(ufloat(50, 1), 298.15, cell)
    assert density.n == pytest.approx(0.025693 / 100e-4, rel=1e-4)  # 50 Ω on 2 cm²


def test_errors_are_carried(assert_errors_carried, flat) -> None:
    assert_errors_carried(
        lambda R, T, A: exchange_current_density(R, T, flat(A)),
        ufloat(100, 3), ufloat(300, 5), ufloat(1e-4, 2e-6),
    )  # fmt: skip


def test_the_two_forms_of_the_activation_energy_differ_by_28_7_meV() -> None:
    """k/⟨1/T⟩ for 25 to 100 °C: ln i0, as ln σT, over that of ln(1/R), as ln σ."""
    x = 1 / (8.617333262e-5 * KELVIN)
    R = 100 * np.exp(0.5 * (x - x[0]))  # 0.5 eV in the form ln(1/R)
    current = [exchange_current(r, T) for r, T in zip(R, KELVIN, strict=True)]
    by_conductance = -np.polyfit(x, np.log(1 / R), 1)[0]
    by_current = -np.polyfit(x, np.log(current), 1)[0]
    assert by_conductance == pytest.approx(0.5)
    assert by_current - by_conductance == pytest.approx(0.0287, abs=2e-4)
    assert 8.617333262e-5 / np.mean(1 / KELVIN) == pytest.approx(0.0287, abs=2e-4)
