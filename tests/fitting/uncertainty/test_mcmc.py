"""Chains against the errors that the fit states; skipped where emcee is missing."""

from importlib.util import find_spec

import numpy as np
import pytest

from eisfit.base.errors import FitError
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.fitting.fit import fit
from eisfit.fitting.uncertainty import mcmc as module
from eisfit.fitting.uncertainty.mcmc import mcmc
from eisfit.fitting.uncertainty.profile import profile

MODEL = load_model("R0-p(R1,CPE1)")
TRUTH = [10.0, 100.0, 1e-6, 0.9]
F = frequencies(10.0, 1e6, per_decade=6)

with_emcee = pytest.mark.skipif(find_spec("emcee") is None, reason="emcee, an extra, is missing")


def result(seed: int = 0, **kwargs):
    return fit(simulate(MODEL, TRUTH, F, noise=0.01, seed=seed), MODEL, **kwargs)


@with_emcee
def test_draws_scatter_as_the_fit_says(capsys) -> None:
    """A fit that is nearly linear: the posterior is the normal one of the covariance."""
    best = result()
    found = mcmc(best, steps=4500, seed=1, walkers=10)
    stderr = np.array([e.stderr for e in best.estimates.values()])
    np.testing.assert_allclose(found.stderr, stderr, rtol=0.12)
    assert np.all(np.abs(np.mean(found.samples, axis=0) - best.values) < 0.2 * stderr)
    told = np.corrcoef(found.samples, rowvar=False)
    np.testing.assert_allclose(told, best.correlation, atol=0.1)
    assert 0.2 < found.acceptance < 0.8
    assert np.all(found.autocorrelation > 1)
    assert found.findings == ()
    assert capsys.readouterr().out == ""


@with_emcee
def test_open_ends_are_felt_as_the_profile_feels_them() -> None:
    model = load_model("R0-p(R1,CPE1)")
    best = fit(simulate(model, [10.0, 100.0, 1e-6, 1.0], F, noise=0.01, seed=3), model)
    found, one = mcmc(best, steps=600, seed=1), profile(best, ["n1"])["n1"]
    assert np.max(found.samples[:, 3]) <= 1.0
    assert 1 - found.intervals()["n1"].low == pytest.approx(1 - one.interval.low, rel=0.35)


@with_emcee
def test_the_seed_decides_and_held_ones_stay() -> None:
    best = result(fixed={"n1": 0.9})
    one, same, other = (mcmc(best, steps=20, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.samples, same.samples)
    assert np.any(one.samples != other.samples)
    np.testing.assert_allclose(one.samples[:, 3], 0.9)
    assert np.isnan(one.autocorrelation[3])
    assert one.samples.shape == (15 * 12, 4)


@with_emcee
def test_a_short_chain_says_so() -> None:
    found = mcmc(result(), steps=40)
    assert [f.code for f in found.findings] == ["chain_too_short"]
    assert "steps or more" in repr(found)


@with_emcee
@pytest.mark.parametrize(
    ("kwargs", "said"),
    [({"steps": 2}, "four steps or more"), ({"walkers": 3}, "8 walkers or more, not 3")],
)
def test_a_wrong_argument_is_named(kwargs, said) -> None:
    with pytest.raises(FitError, match=said):
        mcmc(result(), **kwargs)


def test_without_emcee_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(FitError, match=r"pip install 'eisfit-toolkit\[mcmc\]'"):
        mcmc(result())
