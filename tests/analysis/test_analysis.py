"""The main job on the sample data and on a measured series."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

import eisfit
from eisfit.io.sheet import read_sheet

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared/data/temperature_series/s04147_pellet"


@pytest.fixture(scope="module")
def sample():
    folder = ROOT / "sample_data/llto_pellet"
    series = eisfit.Series.by_temperature(eisfit.read(folder), read_sheet(folder).settings.geometry)
    return eisfit.analyze_series(series, "llto_pellet", material="LLTO")


def test_the_sample_data_give_back_their_truth(sample) -> None:
    truth = tomllib.loads((ROOT / "sample_data/llto_pellet/truth.toml").read_text())
    assert all(r.verdict == "usable" for r in sample.spectra)
    for name, said in truth["arrhenius"].items():
        energy = sample.arrhenius[name].activation_energy
        assert abs(energy.n - said["activation_energy_eV"]) < 3 * energy.s
        assert energy.s < 0.002
        sigma, error = sample.arrhenius[name].conductivity_at(300.15)
        assert abs(sigma - 100 * said["conductivity_27C_S_cm"]) < 3 * error
    for result in sample.spectra:
        values = truth["files"][result.spectrum.label]
        for name, estimate in result.fit.estimates.items():
            if estimate.determined and estimate.stderr:
                assert abs(estimate.value - values[name]) < 4.5 * estimate.stderr, name


def test_the_sample_data_agree_with_the_paper_they_follow(sample) -> None:
    rows = {
        (r.process, r.quantity): r
        for r in sample.comparison
        if r.reference_id == "LLTO-Inaguma1993"
    }
    wanted = {
        ("bulk", "conductivity_S_cm"): 1e-3,
        ("total", "conductivity_S_cm"): 2e-5,
        ("bulk", "activation_energy_eV"): 0.40,
        ("grain_boundary", "activation_energy_eV"): 0.42,
    }
    for key, value in wanted.items():
        assert rows[key].reference_value == value
        assert rows[key].verdict == "agrees"


def test_the_bulk_leaves_the_window_as_it_warms(sample) -> None:
    above = [r.processes["bulk"].above_window for r in sample.spectra]
    assert not above[0]
    assert above[-1]
    assert above == sorted(above)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the measured series is not beside the project")
def test_a_measured_series_of_overlapping_arcs() -> None:
    geometry = eisfit.Geometry.disc(thickness="2.1 mm", diameter="8 mm")
    series = eisfit.Series.by_temperature(eisfit.read(SHARED), geometry)
    analysis = eisfit.analyze_series(series, "ceramic_pellet")
    assert len(analysis.spectra) == 7
    for result in analysis.spectra:
        bulk, boundary = result.processes["bulk"], result.processes["grain_boundary"]
        assert boundary.time_constant.n > 1.5 * bulk.time_constant.n
        assert bulk.resistance.s < 0.5 * bulk.resistance.n
        assert boundary.resistance.s < 0.1 * boundary.resistance.n
        assert np.sqrt(result.fit.reduced_chi_square) < 0.015
    for name in ("bulk", "grain_boundary"):
        line = analysis.arrhenius[name]
        sigma, _ = line.conductivity_at(line.temperature)
        z = np.log(line.conductivity / sigma) / np.hypot(
            line.stderr / line.conductivity, line.scatter
        )
        assert np.sqrt(np.mean(z**2)) < 1.3  # straight within the errors
        assert not any(f.code == "off_the_line" for f in line.findings)
    lead = analysis.spectra[0].fit.estimates["R_lead"]
    assert not lead.determined  # an ohm beside 20 kΩ cannot be seen, and is not claimed


def test_an_arc_that_the_circuit_lacks_is_told_from_the_relaxation_times() -> None:
    from eisfit.analysis.pipeline import analyze_spectrum
    from eisfit.circuit.simulation import frequencies, simulate

    two = "R0-p(R1,CPE1)-p(R2,CPE2)"
    truth = [20, 500, 1e-9, 0.9, 5000, 1e-6, 0.85]
    told = {"R0-p(R1,CPE1)": 0, two: 0}
    for seed in range(10):
        spectrum = simulate(two, truth, frequencies(0.1, 7e6), noise=0.005, seed=seed)
        for circuit in told:
            codes = [f.code for f in analyze_spectrum(spectrum, circuit).findings]
            told[circuit] += "arcs_missing" in codes
    assert told == {"R0-p(R1,CPE1)": 10, two: 0}


def test_the_analysis_holds_what_is_known_without_a_circuit(sample) -> None:
    for result in sample.spectra:
        assert result.validity is not None
        assert result.validity.verdict == "valid"
        assert result.relaxations is not None
        assert result.relaxations.spectrum is result.spectrum


def test_validity_and_relaxation_times_stand_in_the_results(sample) -> None:
    from eisfit.report.results import results

    spectra = results(sample)["spectra"]
    for found in spectra:
        validity = found["validity"]
        assert validity["verdict"] == "valid"
        assert validity["valid_range_Hz"] == pytest.approx(found["frequency_range_Hz"])
        assert validity["noise_percent"] == pytest.approx(0.3, rel=0.5)  # as it was made
        assert found["with_fixture"] is None
    assert all(any(p["sure"] for p in found["relaxation_times"]) for found in spectra)
