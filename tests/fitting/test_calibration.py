"""Stated errors are the scatter that noise causes: 400 noise seeds, three circuits."""

import numpy as np
import pytest

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.fitting.fit import fit_spectra

SEEDS = 400
F = frequencies(0.1, 1e6, per_decade=10)
CASES = {
    "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3": [50.0, 400.0, 2e-8, 0.92, 2500.0, 4e-7, 0.87, 3e-5, 0.8],
    "R0-p(R1,CPE1)-Ws1": [20.0, 300.0, 1e-7, 0.9, 150.0, 0.3],
    "L0-R0-p(R1,C1)-CPE2": [2e-6, 15.0, 120.0, 3e-8, 2e-5, 0.85],
}


@pytest.mark.parametrize("guess", ["guess", "no guess"])
def test_errors_are_calibrated(guess: str) -> None:
    """Coverage is pooled: that of one circuit alone scatters by 0.7 % from 400 seeds to 400."""
    inside: list[bool] = []
    for circuit, values in CASES.items():
        model, truth = load_model(circuit), np.array(values)
        spectra = [simulate(model, truth, F, noise=0.005, seed=seed) for seed in range(SEEDS)]
        results = fit_spectra(spectra, model, starts=_starts(model, truth, guess))
        for i, name in enumerate(model.names):
            own = [r.estimates[name] for r in results]
            assert all(e.stderr for e in own), name
            z = np.array([(e.value - truth[i]) / e.stderr for e in own])
            assert 0.87 < np.std(z) < 1.13, (circuit, name)
            assert abs(np.mean(z)) < 0.2, (circuit, name)
            inside += [e.ci95[0] <= truth[i] <= e.ci95[1] for e in own]
    assert 0.94 < np.mean(inside) < 0.96


def _starts(model, truth, guess):
    """Return starts off by up to a factor 2, exponents by up to 0.1; None for no guess."""
    if guess != "guess":
        return None
    log = np.array([p.scale == "log" for p in model.parameters])
    off = 10 ** np.random.default_rng(0).uniform(-0.3, 0.3, (SEEDS, len(truth)))
    return list(np.where(log, truth * off, np.clip(truth + 0.1 * (off - 1), 0.3, 1.0)))
