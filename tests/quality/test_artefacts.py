import numpy as np
import pytest

from eisfit.base.errors import SpectrumError
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.quality import reconstructed, repeat_findings, screen, zhit
from eisfit.quality.screening import artefacts
from eisfit.quality.validation import validate

F = frequencies(0.1, 1e6, per_decade=10)
ARC = simulate("R0 + (R1|Q1)", [10, 100, 1e-6, 0.9], F, noise=0.002, seed=1)


def codes(spectrum: Spectrum) -> list[str]:
    return [f.code for f in artefacts(spectrum, *spectrum.kept)]


def test_a_plain_arc_has_no_artefacts() -> None:
    assert codes(ARC) == []


def test_a_lead_and_a_loop_are_told_apart() -> None:
    lead = simulate("L0 + R0 + (R1|Q1)", [1e-5, 10, 100, 1e-6, 0.9], F, noise=0.002, seed=1)
    loop = simulate("R0 + (R1|Q1|(R2 + L2))", [10, 100, 1e-6, 0.9, 100, 20], F, noise=0.002, seed=1)
    assert codes(lead) == ["lead_inductance"]
    assert codes(loop) == ["inductive_loop"]


def test_a_large_amplitude_is_said_against_the_temperature() -> None:
    conditions = Provenance(conditions={"amplitude_V": 0.03})
    assert codes(ARC.with_(provenance=conditions)) == ["large_amplitude"]
    assert codes(ARC.with_(provenance=conditions, temperature=400.0)) == []


def test_repeated_and_unsorted_frequencies_are_said() -> None:
    f, Z = np.append(F, F[5]), np.append(ARC.impedance, ARC.impedance[5])
    assert codes(Spectrum(f, Z)) == ["duplicates", "unordered"]


def test_a_stuck_reading_is_found() -> None:
    Z = ARC.impedance.copy()
    Z[60:65] = Z[60]
    assert "saturated" in [f.code for f in screen(ARC.with_(impedance=Z))]


def test_an_outlier_at_the_mains_is_named_so() -> None:
    i = int(np.argmin(np.abs(F - 50)))
    Z = ARC.impedance.copy()
    Z[i] *= 1.05
    assert {"outliers", "mains"} <= {f.code for f in validate(ARC.with_(impedance=Z)).findings}


def test_a_small_arc_beside_a_large_resistance_is_no_short() -> None:
    small = simulate("R0 + (R1|Q1)", [100, 3, 1e-5, 0.9], F, noise=0.002, seed=1)
    assert [f.code for f in screen(small)] == []


def test_sweeps_that_change_are_found_and_noise_is_not() -> None:
    again = simulate("R0 + (R1|Q1)", [10, 100, 1e-6, 0.9], F, noise=0.002, seed=2)
    assert repeat_findings([ARC, again]) == ()
    changed = again.with_(impedance=1.02 * again.impedance)
    (finding,) = repeat_findings([ARC, again, changed])
    assert finding.code == "sweeps_drift"
    assert "+2 %" in finding.message or "+1.9 %" in finding.message or "+2.1 %" in finding.message


@pytest.mark.parametrize("n", [0.5, 0.8, 1.0])
def test_zhit_is_exact_for_a_constant_phase(n: float) -> None:
    result = zhit(Spectrum(F, 1 / (1e-5 * (2j * np.pi * F) ** n)))
    assert abs(result.difference).max() < 1e-6


def test_zhit_gives_back_what_a_drift_has_changed() -> None:
    true = simulate("R0 + (R1|Q1) + Q2", [10, 100, 1e-6, 0.8, 1e-3, 0.6], F, noise=0.0005, seed=1)
    slow = 1 + 0.3 / (1 + (F / 0.5) ** 2)
    drifted = true.with_(impedance=true.impedance * slow)
    result = zhit(drifted)
    assert result.difference[-1] == pytest.approx(slow[-1] - 1, abs=0.04)
    off = np.abs(reconstructed(drifted).impedance / true.impedance) - 1
    assert np.abs(off).max() < 0.04


def test_zhit_needs_points() -> None:
    with pytest.raises(SpectrumError, match="8 frequencies"):
        zhit(Spectrum(F[:5], ARC.impedance[:5]))
    with pytest.raises(SpectrumError, match="widen the anchor"):
        zhit(ARC, anchor=(1e-5, 1e-4))
