"""Arrhenius lines of exact points: constants and errors are written out here."""

import numpy as np
import pytest

from eisfit.data.geometry import Geometry
from eisfit.temperature.arrhenius import ArrheniusResult, LogResistances, fit_arrhenius
from eisfit.temperature.laws import Law

K = 8.617333262e-5  # eV/K
ROUGH = Geometry(thickness=1e-3, area=1e-4, area_stderr=3e-6)  # l/A = 10/m ± 3 %


def line(
    T: np.ndarray, log_R: np.ndarray, error: float = 1e-9, geometry: Geometry | None = ROUGH
) -> ArrheniusResult:
    m = len(T)
    told = LogResistances(log_R, error**2 * np.eye(m), np.zeros(m), 0.0, np.ones(m, dtype=bool))
    found = fit_arrhenius("bulk", T, told, geometry, [f"{t:.0f}" for t in T])
    assert found is not None
    return found


def exact(T: np.ndarray, energy: float = 0.4, log_A: float = 12.0) -> np.ndarray:
    """Return ln R of a sample with l/A = 10/m and σT = A exp(-E/kT)."""
    return np.log(10.0 * T) - log_A + energy / (K * T)


def test_the_activation_energy_of_exact_points_is_theirs() -> None:
    T = np.linspace(250.0, 400.0, 7)
    found = line(T, exact(T))
    assert found.activation_energy.n == pytest.approx(0.4, rel=1e-9)
    assert found.ln_prefactor.n == pytest.approx(12.0, rel=1e-9)
    sigma, _ = found.conductivity_at(300.0)
    assert float(sigma) == pytest.approx(np.exp(12.0 - 0.4 / (K * 300.0)) / 300.0, rel=1e-9)


def test_the_geometrys_error_is_in_the_conductivity_of_the_line() -> None:
    T = np.linspace(250.0, 400.0, 7)
    sigma, error = line(T, exact(T)).conductivity_at(np.array([200.0, 300.0, 500.0]))
    assert error / sigma == pytest.approx(0.03, rel=1e-4)


def test_the_geometrys_error_is_in_the_conductivity_of_a_law_with_a_bend() -> None:
    T = np.linspace(250.0, 400.0, 7)
    law = Law("vft", 150.0, np.array([5.0, 900.0]), 1e-20 * np.eye(3), 300.0, float(np.log(10.0)))
    found = line(T, exact(T))
    bent = ArrheniusResult(
        **{name: getattr(found, name) for name in found.__slots__ if name != "law"}, law=law
    )
    sigma, error = bent.conductivity_at(np.array([200.0, 300.0, 500.0]))
    assert error / sigma == pytest.approx(0.03, rel=1e-4)
    # ln(R/T) = 5 in the middle, 300 K: σ = (l/A)/R
    assert float(bent.conductivity_at(300.0)[0]) == pytest.approx(10.0 / (300.0 * np.exp(5.0)))


def test_the_fits_errors_and_the_geometrys_add_as_squares() -> None:
    """n points of one error s: in the middle of 1/T the line is known to s/√n."""
    T = 1 / np.linspace(1 / 400.0, 1 / 250.0, 9)
    middle = 1 / np.mean(1 / T)
    sigma, error = line(T, exact(T), error=0.12).conductivity_at(middle)
    assert float(error / sigma) == pytest.approx(np.hypot(0.12 / 3, 0.03), rel=1e-6)


def test_an_interval_with_a_scatter_has_the_reach_of_students_t() -> None:
    """Four points off the line leave two degrees of freedom.

    t has its quantile in closed form there: 0.95/√(2 · 0.975 · 0.025).
    """
    T = 1 / np.linspace(1 / 400.0, 1 / 250.0, 4)
    found = line(T, exact(T) + 0.05 * np.array([1, -1, -1, 1]))
    assert found.scatter > 0.05
    low, high = found.ci95
    reach = 4.302652729749464 * found.activation_energy.s
    assert (low, high) == pytest.approx((0.4 - reach, 0.4 + reach), rel=1e-9)


def test_an_interval_of_points_within_their_errors_is_a_normal_one() -> None:
    T = 1 / np.linspace(1 / 400.0, 1 / 250.0, 6)
    found = line(T, exact(T), error=0.02)
    x = 1 / (K * T)
    stderr = 0.02 / np.sqrt(np.sum((x - x.mean()) ** 2))
    assert found.activation_energy.s == pytest.approx(stderr, rel=1e-6)
    assert found.ci95 == pytest.approx((0.4 - 1.96 * stderr, 0.4 + 1.96 * stderr), rel=1e-6)
