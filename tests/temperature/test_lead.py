"""Errors of what spectra have in common, against rules for normal distributions."""

from dataclasses import replace

import numpy as np
import pytest
from pellet import ENERGY, MODEL, series

from eisfit.data.series import Series
from eisfit.temperature.energies import TemperatureOptions, activation_energies
from eisfit.temperature.lead import estimate_lead_resistance
from eisfit.temperature.sequence import Sequence, fit_sequence

NAMES = [f"R_{process}" for process in ENERGY]


@pytest.fixture(scope="module")
def sequence() -> Sequence:
    """Every second spectrum: the bulk lies above 1 MHz, where only the line tells the lead."""
    whole = series(1, high=1e6)
    return fit_sequence(Series.by_temperature(whole.spectra[::2], whole.geometry), MODEL)


def test_knowing_the_lead_changes_all_errors_that_follow_it(sequence: Sequence) -> None:
    """A normal variable d with variance v becomes one of variance s².

    What loads on it by l = cov(., d)/v then has the covariance V + (s² - v) l lᵀ.
    """
    V, p = sequence.covariance, len(MODEL.names)
    i = MODEL.index("R_lead")
    here = int(np.argmax(sequence.leads.members)) * p + i
    v, x = V[here, here], sequence.minimum.solution.x[0, i]
    sd = 0.4 * np.sqrt(v)
    found = replace(sequence, covariance=V).with_known_lead(i, float(x), float(sd)).covariance
    loading = V[:, here] / v
    expected = V + (sd**2 - v) * np.outer(loading, loading)
    rows = [k * p + MODEL.index(name) for k in range(len(sequence.series)) for name in NAMES]
    size = np.sqrt(np.diagonal(expected)[rows])
    assert np.any(np.abs(loading[rows]) * sd > 0.3 * size)  # the lead counts in some of them
    off = (found - expected)[np.ix_(rows, rows)] / np.outer(size, size)
    assert np.abs(off).max() < 1e-3


@pytest.mark.parametrize("names", [NAMES[:1], NAMES])
def test_the_lead_counts_once_in_the_errors_of_a_resistance(
    sequence: Sequence, names: list[str]
) -> None:
    """Apart from the lead and by it: together they are the errors of the fits."""
    told = sequence.log_resistances(names, "R_lead")
    apart, by_lead = np.diagonal(told.covariance), told.loading**2 * told.common_variance
    assert np.any(by_lead > 0.3 * apart)
    for k, fit in enumerate(sequence.fits):
        if not told.determined[k]:
            continue
        at = [MODEL.index(name) for name in names]
        variance = fit.covariance[np.ix_(at, at)].sum() / fit.values[at].sum() ** 2
        assert apart[k] + by_lead[k] == pytest.approx(variance, rel=1e-4)
    # a lead that is larger by d leaves each resistance smaller by d, where the arc is not seen
    size = 2.0  # Ω, the unit of the fit's coordinate: the width of the model's prior
    warm = sequence.fits[-1].values[MODEL.index("R_bulk")]
    bulk = sequence.log_resistances(["R_bulk"], "R_lead")
    assert bulk.loading[-1] == pytest.approx(-size / warm, rel=0.05)


def test_the_line_that_tells_the_lead_counts_once(sequence: Sequence) -> None:
    """Its error is that of least squares with the covariance of all points, the lead's within."""
    told = sequence.log_resistances(["R_bulk"], "R_lead")
    found = estimate_lead_resistance(sequence, "R_lead")
    assert "bulk" in found.lines  # the series tells the lead
    asked = TemperatureOptions(method="separate")
    line = activation_energies(sequence, found, "R_lead", asked).lines["bulk"]
    T = sequence.series.values
    V = told.covariance + told.common_variance * np.outer(told.loading, told.loading)
    V += line.scatter**2 * np.eye(len(T))
    A = np.stack([np.ones(len(T)), -1 / (8.617333262e-5 * T)], axis=1)
    used = told.determined
    covariance = np.linalg.inv(A[used].T @ np.linalg.inv(V[np.ix_(used, used)]) @ A[used])
    assert line.activation_energy.s == pytest.approx(np.sqrt(covariance[1, 1]), rel=0.02)
