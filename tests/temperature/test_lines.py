"""Errors of a total over temperatures, carried through the joint fit by differences."""

import numpy as np
import pytest
from pellet import ENERGY, GEOMETRY, MODEL, TEMPERATURES, series, values

from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.series import Series
from eisfit.temperature.energies import TemperatureOptions, activation_energies
from eisfit.temperature.joint import fit_joint
from eisfit.temperature.lead import LeadResult
from eisfit.temperature.sequence import fit_sequence

K = 8.617333262e-5  # eV/K


def lines(whole: Series, **sharing: str):
    sequence = fit_sequence(whole, MODEL)
    asked = TemperatureOptions(sharing=sharing)
    found = activation_energies(sequence, LeadResult(sequence), "R_lead", asked)
    return fit_joint(sequence, sharing), found.lines


def test_the_error_of_a_total_is_carried_from_what_was_fitted() -> None:
    """Every parameter of the joint fit is moved, and the line through ln R of the sum with it."""
    whole = Series.by_temperature(series(3).spectra[::2], GEOMETRY)
    joint, found = lines(whole)
    T, state, design = joint.temperature, joint.state, joint.state.design
    columns = [MODEL.index(f"R_{process}") for process in ENERGY]

    def total(theta: np.ndarray) -> np.ndarray:
        return np.log(np.exp(design.y(theta)[:, columns]).sum(axis=1))

    V, steps = state.covariance(), 1e-5 * np.eye(len(state.theta))
    slopes = np.array([total(state.theta + s) - total(state.theta - s) for s in steps]) / 2e-5
    spread = np.sqrt(np.diagonal(slopes.T @ V @ slopes))

    def energies(theta: np.ndarray) -> np.ndarray:
        """Return E of ln σT and of ln σ in eV: slopes of lines weighted by each point's error."""
        ends = [np.polyfit(1 / (K * T), y, 1, w=1 / spread)[0]
                for y in (total(theta) - np.log(T), total(theta))]  # fmt: skip
        return np.array(ends)

    gradient = [(energies(state.theta + s) - energies(state.theta - s)) / 2e-5 for s in steps]
    errors = np.sqrt(np.diagonal(np.transpose(gradient) @ V @ np.array(gradient)))
    one = found["total"]
    both = (one.activation_energy, one.activation_energy_ln_sigma)
    assert [e.n for e in both] == pytest.approx(energies(state.theta), rel=1e-6)
    assert [e.s for e in both] == pytest.approx(errors, rel=1e-3)


def test_a_total_that_is_nearly_all_one_process_has_its_line_and_error() -> None:
    """The grain boundary has 99.9 % of the resistance: its law is the total's."""
    spectra = []
    for i, T in enumerate(TEMPERATURES[:6]):
        truth = values(T)
        truth |= {"R_bulk": truth["R_grain_boundary"] / 1000, "Q_bulk": 2e-9, "n_bulk": 0.95}
        spectra.append(
            simulate(
                MODEL,
                truth,
                frequencies(1.0, 7e6, per_decade=9),
                noise=0.003,
                seed=i,
                temperature=T,
            )
        )
    shared = {"n_grain_boundary": "shared", "R_grain_boundary": "arrhenius"}
    _, found = lines(Series.by_temperature(spectra, GEOMETRY), **shared)
    one, part = (found[name].activation_energy for name in ("total", "grain_boundary"))
    assert one.n == pytest.approx(part.n, abs=2e-3)
    assert one.s == pytest.approx(part.s, rel=0.05)
