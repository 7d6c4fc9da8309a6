"""Statements about errors, over many seeds: a stated error is the scatter that noise causes."""

import numpy as np
import pytest
from pellet import ENERGY, TEMPERATURES, series, values

from eisfit.analysis.pipeline import analyze_series

SEEDS = range(40)


@pytest.fixture(scope="module")
def analyses():
    return [analyze_series(series(seed), "llto_pellet") for seed in SEEDS]


def rms(z: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(z))))


@pytest.mark.parametrize("process", ENERGY)
def test_the_error_of_the_activation_energy_is_its_scatter(analyses, process: str) -> None:
    z = [
        (a.arrhenius[process].activation_energy.n - ENERGY[process])
        / a.arrhenius[process].activation_energy.s
        for a in analyses
    ]
    assert 0.7 < rms(z) < 1.3
    assert max(np.abs(z)) < 4


@pytest.mark.parametrize("name", ["R_bulk", "R_grain_boundary"])
def test_the_error_of_a_resistance_is_its_scatter(analyses, name: str) -> None:
    """Pooled over the temperatures: arcs in the window, at its edge and above it."""
    z = []
    for a in analyses:
        for T, result in zip(TEMPERATURES, a.spectra, strict=True):
            estimate = result.fit.estimates[name]
            assert estimate.determined
            z.append((estimate.value - values(T)[name]) / estimate.stderr)
    assert 0.7 < rms(z) < 1.3


def test_the_lead_is_told_by_the_series(analyses) -> None:
    """Its error is on the safe side: capacitances may drift a little, here they do not."""
    z = []
    for a in analyses:
        assert any(f.code == "lead_from_series" for f in a.findings)
        estimate = a.spectra[-1].fit.estimates["R_lead"]
        z.append((estimate.value - 2.0) / estimate.stderr)
        assert estimate.stderr < 0.15
    assert 0.4 < rms(z) < 1.3


def test_intervals_hold_the_truth_as_often_as_they_say(analyses) -> None:
    inside = [
        a.arrhenius[p].ci95[0] <= E <= a.arrhenius[p].ci95[1]
        for a in analyses
        for p, E in ENERGY.items()
    ]
    assert np.mean(inside) > 0.88  # 80 trials at 0.95: below 0.88 once in 200 000
