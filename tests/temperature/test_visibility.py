"""What holds an arc that no spectrum shows: what the model calls usual, with its width."""

import numpy as np
import pytest
from pellet import GEOMETRY, values

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.series import Series
from eisfit.temperature.sequence import fit_sequence

MODEL = load_model("ceramic_pellet")


@pytest.mark.parametrize("seed", range(3))
def test_an_arc_that_no_spectrum_shows_is_as_uncertain_as_the_models_range(seed: int) -> None:
    """The bulk peaks above 10 MHz, the window ends at 30 kHz: data tell no C and no n of it."""
    spectra = []
    for i, T in enumerate((308.15, 318.15, 328.15)):
        truth = {k: v for k, v in values(T).items() if k in MODEL.names}
        f = frequencies(1.0, 3e4)
        spectra.append(simulate(MODEL, truth, f, noise=0.003, seed=10 * seed + i, temperature=T))
    sequence = fit_sequence(Series.by_temperature(spectra, GEOMETRY), MODEL)
    assert sequence.above["bulk"].all()
    # the model's prior of n is 0.95 ± 0.04; its window of C, 1e-13 to 5e-11 F, is ± one standard
    # deviation of ln C, and ln Q = n ln C - (1 - n) ln R
    wide = 0.95 * np.log(5e-11 / 1e-13) / 2
    for fit in sequence.fits:
        n, Q = fit.estimates["n_bulk"], fit.estimates["Q_bulk"]
        assert n.value == pytest.approx(0.95, abs=0.01)
        assert n.stderr == pytest.approx(0.04, rel=0.05)
        assert Q.stderr / Q.value == pytest.approx(wide, rel=0.05)
        C = Q.value ** (1 / n.value) * fit.estimates["R_bulk"].value ** (1 / n.value - 1)
        cell = GEOMETRY.thickness / GEOMETRY.area / 100
        assert np.log(C * cell) == pytest.approx(np.log(np.sqrt(5e-11 * 1e-13)), abs=0.6)


@pytest.mark.parametrize("seed", range(3))
def test_an_arc_that_is_seen_is_told_by_the_data_alone(seed: int) -> None:
    """With 8 % noise ln C is known to 0.03: errors of ln Q and of n, 0.3 and 0.02, go together."""
    spectra = []
    for i, T in enumerate((233.15, 243.15, 253.15)):
        truth = {k: v for k, v in values(T).items() if k in MODEL.names}
        f = frequencies(1.0, 7e6)
        spectra.append(simulate(MODEL, truth, f, noise=0.08, seed=10 * seed + i, temperature=T))
    sequence = fit_sequence(Series.by_temperature(spectra, GEOMETRY), MODEL)
    assert not sequence.above["bulk"].any()
    names = ("Q_bulk", "n_bulk", "Q_grain_boundary", "n_grain_boundary")
    places = [MODEL.index(name) for name in names]
    assert not sequence.minimum.problem.prior_precision[:, places].any()
    for fit in sequence.fits:
        R, Q, n = (fit.estimates[f"{s}_bulk"] for s in "RQn")
        # permittivity 130: C = 130 ε0 A/l
        true = 130 * 8.8541878128e-12 * GEOMETRY.area / GEOMETRY.thickness
        C = Q.value ** (1 / n.value) * R.value ** (1 / n.value - 1)
        assert pytest.approx(true, rel=0.2) == C
