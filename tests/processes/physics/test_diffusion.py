"""Diffusion coefficients: the three ways to one film must agree."""

import numpy as np
import pytest
from uncertainties import ufloat

from eisfit.circuit.diffusion import warburg, warburg_reflective
from eisfit.data.geometry import Geometry
from eisfit.processes.physics.diffusion import (
    chemical_diffusion_coefficient,
    chemical_diffusion_coefficient_from_warburg,
    limiting_capacitance,
)

D, L = 2e-15, 3e-7  # m²/s, m
CONCENTRATION, SLOPE, N_CHARGE = 5.1e4, -0.6, 1  # mol/m³, V
FILM = Geometry(thickness=L, area=1e-4)
CAPACITANCE = N_CHARGE * 96485.33212 * FILM.area * L * CONCENTRATION / abs(SLOPE)
TAU = L**2 / D
R = TAU / CAPACITANCE


def test_diffusion_length_over_time() -> None:
    found = chemical_diffusion_coefficient(ufloat(TAU, 0.01 * TAU), ufloat(L, 0.05 * L))
    assert found.n / D == pytest.approx(1)
    assert found.s / found.n == pytest.approx(np.hypot(0.01, 0.10), rel=1e-6)


def test_the_semi_infinite_coefficient_of_a_finite_film_tells_the_same() -> None:
    """At high frequency coth is 1: the film does not know its end."""
    omega = np.array([1e4 / TAU])
    Z, _ = warburg_reflective(omega, np.array([R]), np.array([TAU]))
    W = float(Z[0].real * np.sqrt(omega[0]))
    np.testing.assert_allclose(Z, warburg(omega, np.array([W]))[0], rtol=1e-6)
    found = chemical_diffusion_coefficient_from_warburg(W, SLOPE, CONCENTRATION, FILM)
    assert found.n / D == pytest.approx(1, rel=1e-6)


def test_the_capacitance_is_that_of_the_element_at_low_frequency_and_of_the_whole_film() -> None:
    omega = np.array([1e-3 / TAU])
    Z, _ = warburg_reflective(omega, np.array([R]), np.array([TAU]))
    found = limiting_capacitance(ufloat(R, 0.01 * R), ufloat(TAU, 0.01 * TAU))
    assert found.n == pytest.approx(-1 / (omega[0] * Z[0].imag), rel=1e-6)
    assert found.n == pytest.approx(CAPACITANCE)


def test_errors_are_carried(assert_errors_carried, flat) -> None:
    assert_errors_carried(
        chemical_diffusion_coefficient, ufloat(TAU, 0.02 * TAU), ufloat(L, 0.02 * L)
    )
    assert_errors_carried(limiting_capacitance, ufloat(R, 0.02 * R), ufloat(TAU, 0.02 * TAU))
    assert_errors_carried(
        lambda W, s, c, A: chemical_diffusion_coefficient_from_warburg(W, s, c, flat(A)),
        ufloat(20, 0.2), ufloat(SLOPE, 0.01), ufloat(CONCENTRATION, 500.0), ufloat(1e-4, 1e-6),
    )  # fmt: skip
