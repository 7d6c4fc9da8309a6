import numpy as np
import pytest
from pellet import ENERGY, TEMPERATURES, series, values

from eisfit.analysis.pipeline import analyze_series
from eisfit.circuit.models import from_circuit
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.series import Series
from eisfit.fitting.problem import Weighting
from eisfit.temperature.energies import TemperatureOptions
from eisfit.temperature.lines import separate_lines
from eisfit.temperature.sequence import fit_sequence


def test_the_bulk_above_the_window_is_the_intercept_and_said_so() -> None:
    """With 1 MHz the bulk arc is above the window nearly everywhere."""
    analysis = analyze_series(series(3, high=1e6), "llto_pellet")
    warm = analysis.spectra[-1]
    assert warm.processes["bulk"].above_window
    assert warm.processes["bulk"].capacitance is None
    assert any(f.code == "bulk_above_window" for f in warm.findings)
    for T, result in zip(TEMPERATURES, analysis.spectra, strict=True):
        estimate = result.fit.estimates["R_bulk"]
        assert abs(estimate.value - values(T)["R_bulk"]) < 4 * estimate.stderr


def test_a_given_lead_resistance_is_held() -> None:
    analysis = analyze_series(series(5), "llto_pellet", lead_resistance=2.0)
    assert all(r.fit.estimates["R_lead"].fixed for r in analysis.spectra)
    assert not any(f.code.startswith("lead") for f in analysis.findings)


def test_where_lead_and_bulk_cannot_be_told_apart_the_error_says_so() -> None:
    """Three warm temperatures: no cold arc and no long line tells the lead."""
    whole = series(2)
    warm = Series.by_temperature(whole.spectra[-3:], whole.geometry)
    analysis = analyze_series(warm, "llto_pellet")
    assert any(f.code == "lead_not_told" for f in analysis.findings)
    for T, result in zip(TEMPERATURES[-3:], analysis.spectra, strict=True):
        estimate = result.fit.estimates["R_bulk"]
        assert estimate.stderr > 0.5  # ohm: the lead alone is uncertain by more
        assert abs(estimate.value - values(T)["R_bulk"]) < 4 * estimate.stderr


def test_one_spectrum_alone_includes_the_lead_in_the_error_of_the_bulk() -> None:
    from eisfit.analysis.pipeline import analyze_spectrum

    whole = series(4)
    result = analyze_spectrum(whole.spectra[-1], "llto_pellet", whole.geometry)
    estimate = result.fit.estimates["R_bulk"]
    assert estimate.stderr > 1.0
    (said,) = [f for f in result.findings if f.code == "lead_not_told"]
    assert "error of bulk (" in said.message
    assert abs(estimate.value - values(TEMPERATURES[-1])["R_bulk"]) < 3 * estimate.stderr


def test_a_wrong_temperature_is_found() -> None:
    whole = series(6)
    spectra = list(whole.spectra)
    spectra[4] = spectra[4].with_(temperature=spectra[4].temperature + 10)
    analysis = analyze_series(Series.by_temperature(spectra, whole.geometry), "llto_pellet")
    named = [f for f in analysis.findings if f.code == "outlier"]
    assert len(named) == 1
    assert spectra[4].label in named[0].message
    assert "off their lines" in named[0].message
    apart = analyze_series(
        Series.by_temperature(spectra, whole.geometry), "llto_pellet",
        temperatures=TemperatureOptions(method="separate"),
    )  # fmt: skip
    lines = [f for f in apart.findings if f.code == "off_the_line"]
    assert lines
    assert all("20.0 °C" in f.message or "30.0 °C" in f.message for f in lines)
    for name, E in ENERGY.items():  # the joint fit goes on without it
        energy = analysis.arrhenius[name].activation_energy
        assert abs(energy.n - E) < 4 * energy.s


def test_conductivity_needs_geometry_and_energy_does_not() -> None:
    whole = series(7)
    bare = analyze_series(Series.by_temperature(whole.spectra), "llto_pellet")
    known = analyze_series(whole, "llto_pellet")
    assert bare.spectra[0].processes["bulk"].conductivity is None
    assert any(f.code == "no_geometry" for f in bare.findings)
    assert bare.arrhenius["bulk"].activation_energy.n == pytest.approx(
        known.arrhenius["bulk"].activation_energy.n, abs=1e-4
    )


def test_both_forms_differ_by_k_over_mean_inverse_temperature() -> None:
    line = analyze_series(series(8), "llto_pellet").arrhenius["grain_boundary"]
    difference = (line.activation_energy - line.activation_energy_ln_sigma).n
    assert difference == pytest.approx(8.617e-5 * np.mean(TEMPERATURES), rel=0.05)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("weighting", ["unit", "modulus"])
def test_a_circuit_that_misses_the_data_gives_no_activation_energy(
    weighting: Weighting, seed: int
) -> None:
    """Of six temperatures two have a second arc; one arc misses it, whatever the weights."""
    f, K = frequencies(1.0, 1e6, per_decade=6), 8.617333262e-5  # eV/K
    spectra = []
    for i, T in enumerate(np.linspace(280.0, 330.0, 6)):
        R = 1e4 * T / 300 * np.exp(0.4 / K * (1 / T - 1 / 300))
        circuit, true = "R0-p(R1,CPE1)", [20.0, R, 1e-9, 0.95]
        if i in (1, 4):
            circuit, true = f"{circuit}-p(R2,CPE2)", [*true, 3 * R, 1e-7, 0.95]
        spectra.append(
            simulate(circuit, true, f, noise=0.005, seed=100 * seed + i, temperature=float(T))
        )
    series = Series.by_temperature(spectra)
    sequence = fit_sequence(series, from_circuit("R0-p(R1,CPE1)"), weighting=weighting)
    misfit = np.array([fit.misfit_percent for fit in sequence.fits])
    assert (misfit[[1, 4]] > 20).all()
    assert (misfit[[0, 2, 3, 5]] < 2).all()
    (line,) = separate_lines(sequence, None, {}).values()
    assert line.used.tolist() == [True, False, True, True, False, True]
    assert abs(line.activation_energy.n - 0.4) < 4 * line.activation_energy.s
    (finding,) = [f for f in line.findings if f.code == "points_not_used"]
    assert finding.affects_result
