"""The bootstrap against the scatter of many simulated spectra."""

import numpy as np
import pytest

from eisfit.base.errors import FitError
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit, fit_spectra
from eisfit.fitting.uncertainty.bootstrap import bootstrap

MODEL = load_model("R0-p(R1,CPE1)")
TRUTH = np.array([10.0, 100.0, 1e-6, 0.9])
F = frequencies(10.0, 1e6, per_decade=6)
FEW = frequencies(100.0, 1e5, per_decade=2)  # 7 points for 4 parameters: leverages are large
KINDS = ["parametric", "residual"]


def spectra(frequency, count, noise=0.01):
    return [simulate(MODEL, TRUTH, frequency, noise=noise, seed=seed) for seed in range(count)]


def scatter(results):
    return np.std([r.values for r in results], axis=0, ddof=1)


def typical(results, kind, count=200):
    """Return the root mean square of the standard errors of several bootstraps."""
    found = [
        bootstrap(r, count=count, kind=kind, seed=seed).stderr for seed, r in enumerate(results)
    ]
    return np.sqrt(np.mean(np.square(found), axis=0))


@pytest.mark.parametrize("frequency", [F, FEW], ids=["many points", "few points"])
@pytest.mark.parametrize("kind", KINDS)
def test_standard_errors_are_the_true_scatter(kind, frequency) -> None:
    results = fit_spectra(spectra(frequency, 1000, 0.005), MODEL)
    # truly exchangeable residuals are few at 7 points: more spectra are looked at
    told = typical(results[: 40 if frequency is F else 200], kind)
    np.testing.assert_allclose(told, scatter(results), rtol=0.15)


@pytest.mark.parametrize("kind", KINDS)
def test_percentile_intervals_hold_the_truth(kind) -> None:
    results = fit_spectra(spectra(F, 150), MODEL)
    inside = [
        truth in interval
        for r in results
        for truth, interval in zip(
            TRUTH, bootstrap(r, count=300, kind=kind).intervals().values(), strict=True
        )
    ]
    assert 0.91 < np.mean(inside) < 0.97


def test_residuals_of_one_point_stay_together() -> None:
    """One error in both parts, with opposite sign: residuals know of it, normal errors do not."""
    clean = simulate(MODEL, TRUTH, F, noise=0.0)
    errors = 0.01 * np.random.default_rng(3).standard_normal((1000, len(F))) * (1 - 1j)
    noisy = [
        Spectrum(clean.frequency, clean.impedance + np.abs(clean.impedance) * e) for e in errors
    ]
    results = fit_spectra(noisy, MODEL)
    true = scatter(results)
    np.testing.assert_allclose(typical(results[:40], "residual"), true, rtol=0.15)
    assert typical(results[:40], "parametric")[0] / true[0] > 1.2


def test_correlations_are_those_of_the_fit() -> None:
    result = fit(spectra(F, 1)[0], MODEL)
    found = bootstrap(result, count=1000)
    np.testing.assert_allclose(found.correlation, result.correlation, atol=0.1)


def test_the_seed_decides() -> None:
    result = fit(spectra(F, 1)[0], MODEL)
    one, same, other = (bootstrap(result, count=20, seed=s).samples for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.any(one[:, 0] == other[:, 0])
    with pytest.raises(ValueError, match="read-only"):
        one[0, 0] = 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_held_parameter_stays(kind) -> None:
    found = bootstrap(fit(spectra(F, 1)[0], MODEL, fixed={"n1": 0.9}), count=30, kind=kind)
    assert np.all(found.samples[:, 3] == 0.9)
    assert found.stderr[3] == 0
    assert np.all(found.stderr[:3] > 0)
    np.testing.assert_array_equal(found.correlation[3], [0, 0, 0, 1])


def test_a_prior_is_drawn_as_the_measurement_it_stands_for() -> None:
    """The lead's inductance is told by its prior: without a drawn one it would not scatter."""
    result = fit(simulate("llto_pellet", noise=0.01, seed=4, temperature=250.0), "llto_pellet")
    lead = next(p for p in result.model.parameters if p.prior is not None)
    found = bootstrap(result, count=300)
    i = result.model.index(lead.name)
    spread = found.samples[:, i]
    assert np.std(spread) > 0.1 * lead.prior[1]


def test_samples_stay_near_the_fit_and_are_not_sorted_anew() -> None:
    model = load_model("R0-p(R1,CPE1)-p(R2,CPE2)")
    truth = np.array([10.0, 300.0, 1e-5, 0.9, 100.0, 1e-8, 0.95])  # slow before fast
    spectrum = simulate(model, truth, frequencies(1, 1e7, per_decade=8), noise=0.005, seed=1)
    found = bootstrap(fit(spectrum, model, start=truth), count=100)
    assert np.all(found.samples[:, 2] > 100 * found.samples[:, 5])
    assert np.all(found.converged)


def test_it_says_what_it_found() -> None:
    found = bootstrap(fit(spectra(F, 1)[0], MODEL), count=50, kind="residual")
    assert repr(found).startswith("residual bootstrap, 50 fits; 95 % intervals\n  R0  ")


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [({"kind": "pairs"}, "'parametric' or 'residual'"), ({"count": 1}, "two fits or more")],
)
def test_a_wrong_argument_is_named(kwargs, said) -> None:
    result = fit(spectra(F, 1)[0], MODEL)
    with pytest.raises(FitError, match=said):
        bootstrap(result, **kwargs)
    with pytest.raises(FitError, match="between 0 and 1"):
        bootstrap(result, count=10).intervals(level=95)
