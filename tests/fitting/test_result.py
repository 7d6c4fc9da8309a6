"""What a result says of itself: χ², correlations, criteria, and how it prints."""

from dataclasses import replace

import numpy as np
import pytest

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.fitting.fit import fit, fit_spectra
from eisfit.fitting.least_squares import residuals_and_jacobian
from eisfit.fitting.many import fit_many
from eisfit.fitting.problem import make_problem
from eisfit.fitting.result import information_criteria

MODEL = load_model("R0-p(R1,CPE1)")
TRUTH = np.array([10.0, 100.0, 1e-6, 0.9])
F = frequencies(10.0, 1e6, per_decade=6)


def spectrum(seed: int = 0, noise: float = 0.01):
    return simulate(MODEL, TRUTH, F, noise=noise, seed=seed)


@pytest.mark.parametrize("weighting", ["modulus", "unit", "proportional"])
def test_chi_square_is_what_its_definition_says(weighting: str) -> None:
    result = fit(spectrum(), MODEL, weighting=weighting)
    frequency, Z = result.spectrum.kept
    away = Z - result.impedance(frequency)
    size = {
        "modulus": (np.abs(Z), np.abs(Z)),
        "unit": (np.median(np.abs(Z)), np.median(np.abs(Z))),
        # no part is weighted as if it were smaller than a hundredth of |Z|
        "proportional": tuple(np.maximum(np.abs(p), 0.01 * np.abs(Z)) for p in (Z.real, Z.imag)),
    }[weighting]
    told = np.sum((away.real / size[0]) ** 2 + (away.imag / size[1]) ** 2)
    assert result.chi_square == pytest.approx(told, rel=1e-9)
    assert result.degrees_of_freedom == 2 * len(F) - 4


def test_reduced_chi_square_is_the_squared_relative_noise() -> None:
    results = fit_spectra([spectrum(seed, 0.02) for seed in range(2000)], MODEL)
    assert np.mean([r.reduced_chi_square for r in results]) == pytest.approx(4e-4, rel=0.015)


@pytest.mark.parametrize("weighting", ["modulus", "unit", "proportional", "structure"])
def test_misfit_percent_is_the_noise_whatever_the_weights(weighting: str) -> None:
    found = spectrum(noise=0.02)
    result = fit(found, MODEL, weighting=weighting)
    frequency, Z = result.spectrum.kept
    away = np.abs(Z - result.impedance(frequency)) / np.abs(Z)
    told = 100 * np.sqrt(np.sum(away**2) / (2 * len(F) - 4))
    assert result.misfit_percent == pytest.approx(told, rel=1e-9)
    assert not result.is_poor
    table = fit_many(found.frequency, found.impedance[None], MODEL, weighting=weighting)
    assert table.misfit_percent[0] == pytest.approx(told, rel=1e-6)
    if weighting == "modulus":
        assert result.misfit_percent == pytest.approx(2.0, rel=0.25)
        assert result.misfit_percent == pytest.approx(100 * result.reduced_chi_square**0.5)


@pytest.mark.parametrize("weighting", ["modulus", "unit", "proportional"])
def test_one_arc_for_two_is_a_poor_fit_whatever_the_weights(weighting: str) -> None:
    two = simulate(
        "R0-p(R1,CPE1)-p(R2,CPE2)", [10, 1e3, 1e-8, 0.95, 1e3, 1e-6, 0.95], F, noise=0.005
    )
    result = fit(two, MODEL, weighting=weighting)
    assert result.misfit_percent > 5
    assert result.is_poor
    assert "poor_fit" in [f.code for f in result.findings]
    assert not result.has_random_residuals
    assert result.error_inflation > 1


def test_correlations_are_those_of_repeated_measurements() -> None:
    results = fit_spectra([spectrum(seed) for seed in range(800)], MODEL)
    true = np.corrcoef([r.values for r in results], rowvar=False)
    told = np.mean([r.correlation for r in results[:50]], axis=0)
    np.testing.assert_allclose(told, true, atol=0.08)


def test_a_held_parameter_has_no_correlation() -> None:
    result = fit(spectrum(), MODEL, fixed={"n1": 0.9})
    r = result.correlation
    np.testing.assert_array_equal(r[3], [0, 0, 0, 1])
    np.testing.assert_allclose(r, r.T, atol=1e-12)
    np.testing.assert_array_equal(np.diagonal(r), 1)
    assert np.all(np.isfinite(r))


def test_criteria_are_those_of_lmfit_with_the_noise_counted() -> None:
    lmfit = pytest.importorskip("lmfit")
    result = fit(spectrum(), MODEL)
    problem = make_problem([result.spectrum], MODEL)
    params = lmfit.Parameters()
    for name, x in zip(MODEL.names, problem.coordinates.x(result.values), strict=True):
        params.add(name, value=x)

    def residual(trial):
        x = np.array([[p.value for p in trial.values()]])
        return 0.01 * residuals_and_jacobian(problem, x)[0][0]  # weights assume a noise of 1 %

    told = lmfit.minimize(residual, params)
    N, k = 2 * len(F), 5
    assert result.bic == pytest.approx(told.bic + np.log(N), abs=1e-3)
    assert result.aicc == pytest.approx(told.aic + 2 + 2 * k * (k + 1) / (N - k - 1), abs=1e-3)


def test_criteria_count_the_noise_and_no_held_parameter() -> None:
    """χ² = N leaves the penalties: k = 3 for two fitted parameters, of N = 20 numbers."""
    aicc, bic = information_criteria(20.0, 20, 2)
    assert aicc == pytest.approx(2 * 3 + 2 * 3 * 4 / (20 - 3 - 1))
    assert bic == pytest.approx(3 * np.log(20))
    held = fit(spectrum(), MODEL, fixed={"n1": 0.9})
    N, k = 2 * len(F), 4  # three fitted parameters and the noise
    size = N * np.log(held.chi_square / N)
    assert held.aicc == pytest.approx(size + 2 * k + 2 * k * (k + 1) / (N - k - 1))
    assert held.bic == pytest.approx(size + k * np.log(N))


def test_criteria_choose_the_circuit_that_made_the_data() -> None:
    """BIC takes a superfluous element rarely and misses a needed one never; AICc a bit more."""
    spectra = [spectrum(seed) for seed in range(60)]
    poor, right, rich = (
        fit_spectra(spectra, load_model(c))
        for c in ("R0-p(R1,C1)", "R0-p(R1,CPE1)", "R0-p(R1,CPE1)-p(R2,CPE2)")
    )
    for criterion, least in (("bic", 0.95), ("aicc", 0.8)):
        values = np.array([[getattr(r, criterion) for r in fits] for fits in (poor, right, rich)])
        chosen = np.argmin(values, axis=0)
        assert not np.any(chosen == 0)
        assert np.mean(chosen == 1) >= least, criterion


def test_too_few_points_have_no_corrected_criterion() -> None:
    assert information_criteria(1.0, 6, 4)[0] == np.inf
    assert np.isfinite(information_criteria(0.0, 100, 4)).all()


def test_strong_correlations_are_named_where_it_prints() -> None:
    result = fit(spectrum(), MODEL)
    r = result.correlation[2, 3]
    assert r < -0.95
    assert repr(result).splitlines()[-1] == f"  strongly correlated: Q1 and n1 ({r:+.3f})"
    assert f"Q1 and n1 ({r:+.3f})" in result._repr_html_()
    held = fit(spectrum(), MODEL, fixed={"n1": 0.9})
    assert "correlated" not in repr(held)
    assert repr(held).splitlines()[-1].endswith("0.9 (fixed)")


def test_of_many_correlations_the_strongest_are_named() -> None:
    result = fit(spectrum(), MODEL)
    strong = np.full((4, 4), 0.96)
    strong[0, 1] = strong[1, 0] = -0.99
    np.fill_diagonal(strong, 1.0)
    line = repr(replace(result, covariance=strong)).splitlines()[-1]
    assert line.startswith("  strongly correlated: R0 and R1 (-0.990), ")
    assert line.endswith(", 2 more")


def test_a_fit_that_did_not_converge_says_so_in_both_forms() -> None:
    result = replace(fit(spectrum(), MODEL), converged=False)
    assert "NOT CONVERGED" in repr(result)
    assert "NOT CONVERGED" in result._repr_html_()
