"""The Mott-Schottky plot: what it was made from comes back, with errors that are the scatter."""

import numpy as np
import pytest
from uncertainties import correlation_matrix, covariance_matrix, ufloat

from eisfit.data.geometry import Geometry
from eisfit.processes.physics.mott_schottky import mott_schottky_plot

CELL = Geometry(thickness=1e-3, area=1e-4)
N, FLAT, EPS, T = 1e24, 0.2, 25.0, 300.0
BIAS = np.linspace(0.4, 1.2, 9)


def capacitance(bias, sign: int = 1, z: int = 1, density=N):
    """Return C of a depleted layer: ε A over the thickness that the bias depletes."""
    bend = sign * (bias - FLAT) - 8.617333262e-5 * T / z
    thickness = np.sqrt(2 * EPS * 8.8541878128e-12 * bend / (z * 1.602176634e-19 * density))
    return EPS * 8.8541878128e-12 * CELL.area / thickness


def measured(C, relative: float, seed: int):
    rng = np.random.default_rng(seed)
    noisy = C * (1 + relative * rng.standard_normal(len(C)))
    return [ufloat(c, relative * c) for c in noisy]


@pytest.mark.parametrize(
    ("sign", "z", "charge"), [(1, 1, "negative"), (-1, 1, "positive"), (-1, 2, "positive")]
)
def test_carrier_density_flat_band_potential_and_sign(sign: int, z: int, charge: str) -> None:
    bias = FLAT + sign * (BIAS - FLAT)
    C = [ufloat(c, 1e-3 * c) for c in capacitance(bias, sign, z)]
    found = mott_schottky_plot(bias, C, EPS, T, CELL, z)
    assert found.carrier_density.n == pytest.approx(N, rel=1e-6)
    assert found.flat_band_potential.n == pytest.approx(FLAT, abs=1e-6)
    assert found.mobile_charge == charge
    assert found.findings == ()


def test_errors_and_covariance_are_the_scatter_that_noise_causes() -> None:
    C = capacitance(BIAS)
    results = [mott_schottky_plot(BIAS, measured(C, 0.01, s), EPS, T, CELL) for s in range(400)]
    values = np.array([(r.carrier_density.n, r.flat_band_potential.n) for r in results])
    stated = np.mean(
        [covariance_matrix([r.carrier_density, r.flat_band_potential]) for r in results], axis=0
    )
    off = (values - [N, FLAT]) / np.sqrt(np.diagonal(stated))
    assert 0.85 < np.sqrt(np.mean(off[:, 0] ** 2)) < 1.15
    assert 0.85 < np.sqrt(np.mean(off[:, 1] ** 2)) < 1.15
    r = stated[0, 1] / np.sqrt(stated[0, 0] * stated[1, 1])
    assert np.corrcoef(values.T)[0, 1] == pytest.approx(r, abs=0.05)
    assert abs(r) > 0.7


def test_a_straight_line_is_seldom_called_bent_and_a_bent_one_nearly_always() -> None:
    straight = capacitance(BIAS)
    rising = capacitance(BIAS, density=N * np.linspace(1, 1.6, len(BIAS)))
    count = {
        name: sum(
            bool(mott_schottky_plot(BIAS, measured(C, 0.01, s), EPS, T, CELL).findings)
            for s in range(300)
        )
        for name, C in (("straight", straight), ("bent", rising))
    }
    assert count["straight"] <= 9  # 1 % is 3
    assert count["bent"] >= 285


def test_a_bent_plot_says_so() -> None:
    C = [ufloat(c, 1e-3 * c) for c in capacitance(BIAS, density=N * (1 + BIAS**2))]
    found = mott_schottky_plot(BIAS, C, EPS, T, CELL)
    assert [f.code for f in found.findings] == ["mott_schottky_not_linear"]
    assert found.curvature_probability < 1e-6


def test_the_areas_error_moves_the_density_and_not_the_potential() -> None:
    rough = Geometry(thickness=1e-3, area=1e-4, area_stderr=5e-6)
    C = [ufloat(c, 1e-6 * c) for c in capacitance(BIAS)]
    found = mott_schottky_plot(BIAS, C, EPS, T, rough)
    assert found.carrier_density.s / found.carrier_density.n == pytest.approx(0.1, rel=0.01)
    assert found.flat_band_potential.s < 1e-4


def test_a_common_error_of_all_capacitances_moves_the_density_and_not_the_potential() -> None:
    common = ufloat(1.0, 0.05)
    C = [ufloat(c, 1e-4 * c) * common for c in capacitance(BIAS)]
    found = mott_schottky_plot(BIAS, C, EPS, T, CELL)
    assert found.carrier_density.s / found.carrier_density.n == pytest.approx(0.1, rel=0.05)
    assert found.flat_band_potential.s < 1e-3
    assert abs(correlation_matrix([found.carrier_density, found.flat_band_potential])[0, 1]) < 0.1


def test_what_cannot_be_told_is_refused() -> None:
    flat = [ufloat(1e-7 * (1 + 1e-3 * i), 1e-9) for i in range(9)]
    with pytest.raises(ValueError, match="within its error"):
        mott_schottky_plot(BIAS, flat, EPS, T, CELL)
    with pytest.raises(ValueError, match="3 different biases"):
        mott_schottky_plot([0.1, 0.2, 0.3], flat[:3], EPS, T, CELL)
    with pytest.raises(ValueError, match="8 capacitances"):
        mott_schottky_plot(BIAS, flat[:8], EPS, T, CELL)
    with pytest.raises(ValueError, match="above 0 with its error"):
        mott_schottky_plot(BIAS, [*flat[:8], ufloat(-1e-7, 1e-9)], EPS, T, CELL)
    shared = ufloat(1.0, 0.01)
    with pytest.raises(ValueError, match="fully correlated"):
        mott_schottky_plot(BIAS, [c * shared for c in capacitance(BIAS)], EPS, T, CELL)
