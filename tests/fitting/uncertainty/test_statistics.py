"""Errors and intervals of fits whose statistics are known in closed form."""

import numpy as np
import pytest

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import simulate
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit
from eisfit.fitting.many import fit_many
from eisfit.fitting.uncertainty.intervals import wald_intervals
from eisfit.fitting.uncertainty.profile import profile
from eisfit.fitting.uncertainty.statistics import error_limits, is_determined

# Student's t with two degrees of freedom has a quantile in closed form, (2p - 1)/√(2p(1 - p)):
# 0.95/√(2 · 0.975 · 0.025) for a two-sided interval of 95 %
T_TWO = 4.302652729749464


def test_intervals_have_the_reach_of_students_t() -> None:
    """Two points, four numbers, two parameters: two degrees of freedom."""
    spectrum = simulate("R0 + C1", [100.0, 1e-6], [3e3, 1e3], noise=0.01, seed=1)
    result = fit(spectrum, "R0 + C1")
    assert result.degrees_of_freedom == 2
    for name, interval in wald_intervals(result).items():
        estimate = result.estimates[name]
        reach = T_TWO * estimate.stderr / estimate.value  # both are fitted as logarithms
        ends = pytest.approx((estimate.value * np.exp(-reach), estimate.value * np.exp(reach)))
        assert estimate.ci95 == ends
        assert (interval.low, interval.high) == ends


def test_a_profile_ends_where_chi_square_has_risen_by_t_squared() -> None:
    spectrum = simulate("R0 + C1", [100.0, 1e-6], [3e3, 1e3], noise=0.001, seed=1)
    one = profile(fit(spectrum, "R0 + C1"), ["R0"])["R0"]
    assert one.threshold == pytest.approx(T_TWO**2)


def _constant(errors: np.ndarray) -> np.ndarray:
    """Return impedances of 100 Ω with relative errors, shape (m, 2, k)."""
    return 100 * (1 + errors[:, 0] + 1j * errors[:, 1])


def test_errors_of_correlated_residuals_are_the_scatter_of_repeats() -> None:
    """A constant under noise that remembers: x_i = 0.6 x_{i-1} + new.

    The variance of the mean of n such numbers is (1 + 0.6)/(1 - 0.6) = 4 times that of independent
    ones of the same size, but for terms of the order 1/n: its error is twice as large.
    """
    rng = np.random.default_rng(3)
    new = rng.standard_normal((300, 2, 400))
    noise = np.zeros_like(new)
    noise[..., 0] = new[..., 0] / np.sqrt(1 - 0.6**2)
    for i in range(1, 400):
        noise[..., i] = 0.6 * noise[..., i - 1] + new[..., i]
    f = np.geomspace(1e6, 1.0, 400)
    table = fit_many(f, _constant(1e-3 * noise), "R0", start=[100.0], weighting="unit")
    pull = (table["R0"] - 100) / table.stderr[:, 0]
    # the noise of the imaginary part tells nothing of R but counts for the correlation
    assert 0.85 < np.sqrt(np.mean(pull**2)) < 1.15  # 300 pulls: 4 % by chance
    white = 1e-3 * 100 / np.sqrt(1 - 0.6**2) / np.sqrt(400)  # of independent numbers
    assert np.median(table.stderr) == pytest.approx(2 * white, rel=0.1)


def test_errors_grow_by_the_root_of_what_the_correlation_says() -> None:
    """The variance grows by (1 + r)/(1 - r), r from neighbouring residuals of the fit itself."""
    f = np.geomspace(1e6, 1.0, 60)
    slow = 0.01 * np.array([np.sin(np.arange(60) / 3), np.cos(np.arange(60) / 3)])
    spectrum = Spectrum(f, _constant(slow[None])[0])
    result = fit(spectrum, "R0", weighting="unit")
    left = spectrum.impedance - result.impedance(f)
    parts = np.array([left.real, left.imag])
    square = np.sum(parts**2)
    r = np.sum(parts[:, 1:] * parts[:, :-1]) / square
    assert r > 0.8
    alone = np.sqrt(square / (2 * 60 - 1) / 60)  # of a mean of 60 real parts
    error_inflation = np.sqrt((1 + r) / (1 - r))
    assert result.estimates["R0"].stderr == pytest.approx(alone * error_inflation, rel=1e-3)
    (said,) = [f.message for f in result.findings if f.code == "systematic_residuals"]
    assert f"multiplied by {error_inflation:.2g}" in said


def test_residuals_that_chance_explains_widen_nothing() -> None:
    f = np.geomspace(1e6, 1.0, 60)
    turns = 0.01 * np.where(np.arange(60) % 2, 1.0, -1.0)
    spectrum = Spectrum(f, _constant(np.array([[turns, -turns]]))[0])
    result = fit(spectrum, "R0", weighting="unit")
    left = spectrum.impedance - result.impedance(f)
    alone = np.sqrt(np.sum(np.abs(left) ** 2) / (2 * 60 - 1) / 60)
    assert result.estimates["R0"].stderr == pytest.approx(alone, rel=1e-3)


@pytest.mark.parametrize("weighting", ["modulus", "unit", "proportional"])
def test_chi_square_of_many_fits_is_what_its_definition_says(weighting: str) -> None:
    model, f = load_model("R0 + (R1 | Q1)"), np.geomspace(1e5, 10.0, 25)
    truth = [20.0, 300.0, 1e-6, 0.9]
    spectra = [simulate(model, truth, f, noise=noise, seed=5) for noise in (0.001, 0.02)]
    table = fit_many(f, [s.impedance for s in spectra], model, weighting=weighting)
    for i, spectrum in enumerate(spectra):
        R0, R1, Q1, n1 = table.values[i]
        Z = spectrum.impedance
        left = Z - (R0 + 1 / (1 / R1 + Q1 * (2j * np.pi * f) ** n1))
        size = np.abs(Z)
        real, imag = {
            "modulus": (size, size),
            "unit": (np.median(size), np.median(size)),
            # no part counts as smaller than a hundredth of |Z|
            "proportional": tuple(np.maximum(np.abs(p), 0.01 * size) for p in (Z.real, Z.imag)),
        }[weighting]
        chi_square = np.sum((left.real / real) ** 2 + (left.imag / imag) ** 2)
        assert table.reduced_chi_square[i] == pytest.approx(chi_square / (50 - 4), rel=1e-9)


def test_an_error_of_30_percent_or_half_a_prior_leaves_a_quantity_undetermined() -> None:
    deviation = np.array([0.0, 0.29, 0.31, 0.29, 0.29])
    precision = np.array([0.0, 0.0, 0.0, 5.9, 6.0])  # of the prior: 0.5/0.29² = 5.945
    assert is_determined(deviation, prior_precision=precision).tolist() == [
        False, True, False, True, False,
    ]  # fmt: skip
    assert error_limits(load_model("R0-p(R1,CPE1)")).tolist() == [0.3, 0.3, 0.3, 0.1]


def test_one_fit_and_many_agree_on_what_the_data_determine() -> None:
    """The arc leaves the window with rising resistance."""
    model, f = load_model("R0-p(R1,CPE1)"), np.geomspace(1e6, 1e3, 31)
    spectra = [
        simulate(model, [10.0, R, 1e-9, 0.95], f, noise=0.01, seed=3) for R in (1e4, 1e6, 1e7, 1e9)
    ]
    table = fit_many(f, [s.impedance for s in spectra], model)
    single = [[e.determined for e in fit(s, model).estimates.values()] for s in spectra]
    assert table.determined.tolist() == single
    assert len({tuple(row) for row in single}) > 1
