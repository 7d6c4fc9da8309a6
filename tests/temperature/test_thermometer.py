"""A common offset of all temperatures, against lines through points that are moved by it."""

from dataclasses import replace

import numpy as np
import pytest

from eisfit.temperature.arrhenius import ArrheniusResult, LogResistances, fit_arrhenius
from eisfit.temperature.thermometer import with_temperature_error

K = 8.617333262e-5  # eV/K
T = np.linspace(299.0, 301.0, 5)  # narrow: an offset then changes the slope alone


def line(temperature: np.ndarray, energy: float) -> ArrheniusResult:
    """Return the line of a sample whose true temperatures are `T`."""
    m, log_R = len(T), np.log(T) + energy / (K * T)
    told = LogResistances(log_R, 1e-20 * np.eye(m), np.zeros(m), 0.0, np.ones(m, dtype=bool))
    found = fit_arrhenius("bulk", temperature, told, None, ["x"] * m)
    assert found is not None
    return found


@pytest.mark.parametrize("energy", [0.1, 0.5, 1.0])
def test_the_error_of_an_offset_is_by_how_much_it_moves_the_line(energy: float) -> None:
    plain, offset = line(T, energy), 1e-3
    found = with_temperature_error({"bulk": plain}, offset)[0]["bulk"]
    moved = line(T + offset, energy)
    change = abs(moved.activation_energy.n - plain.activation_energy.n)
    assert found.activation_energy.s == pytest.approx(change, rel=1e-3)
    # E = -d ln(σT)/d(1/kT): (2 E/T - k) δ
    assert change == pytest.approx((2 * energy / 300.0 - K) * offset, rel=1e-3)
    change = abs(moved.ln_prefactor.n - plain.ln_prefactor.n)
    assert found.ln_prefactor.s == pytest.approx(change, rel=1e-2)
    for at in (250.0, 300.0, 350.0):
        change = abs(np.log(moved.conductivity_at(at)[0] / plain.conductivity_at(at)[0]))
        sigma, error = found.conductivity_at(at)
        assert float(error / sigma) == pytest.approx(float(change), rel=1e-2)
    low, high = found.ci95
    assert (high - low) / 2 == pytest.approx(1.96 * found.activation_energy.s, rel=1e-3)


def test_an_offset_adds_to_the_lines_own_error_as_squares() -> None:
    plain = line(T, 0.5)
    more = (2 * 0.5 / 300.0 - K) * 2.0
    own = replace(plain, activation_energy=plain.activation_energy.__class__(0.5, more))
    found = with_temperature_error({"bulk": own}, 2.0)[0]["bulk"]
    assert found.activation_energy.s == pytest.approx(np.sqrt(2) * more, rel=1e-3)
