import numpy as np
import pytest

from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.spectrum import Spectrum
from eisfit.quality import kramers_kronig, screen, validate

F = frequencies(0.1, 1e6, per_decade=10)
OMEGA = 2 * np.pi * F
CELL = [5.0, 200.0, 1e-6, 0.9, 2e-4, 0.85]


def codes(spectrum: Spectrum) -> list[str]:
    return [f.code for f in screen(spectrum)]


def noise(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(len(F)) + 1j * rng.standard_normal(len(F))


@pytest.mark.parametrize("ohm", [1e-3, 0.05, 2.0])
def test_a_short_is_found(ohm: float) -> None:
    assert codes(Spectrum(F, ohm * (1 + 1e-3 * noise()) + 1j * OMEGA * 1e-7)) == ["short_circuit"]


@pytest.mark.parametrize("farad", [1e-12, 1e-9])
def test_an_open_circuit_is_found(farad: float) -> None:
    assert codes(Spectrum(F, (1 + 0.003 * noise()) / (1j * OMEGA * farad))) == ["open_circuit"]


def test_pure_noise_is_found() -> None:
    assert codes(Spectrum(F, 1e9 * noise())) == ["negative_resistance"]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("seed", range(5))
def test_a_good_spectrum_has_no_findings(scale: float, seed: int) -> None:
    spectrum = simulate("R0-p(R1,CPE1)-CPE2", CELL, F, noise=0.005, seed=seed)
    scaled = Spectrum(F, spectrum.impedance * scale)
    assert codes(scaled) == []
    assert validate(scaled).findings == ()


def test_an_outlier_is_found_and_named() -> None:
    Z = simulate("R0-p(R1,CPE1)-CPE2", CELL, F, noise=0.003, seed=1).impedance.copy()
    Z[30] *= 3
    (finding,) = screen(Spectrum(F, Z))
    assert finding.code == "outliers"
    assert f"{F[30]:.4g} Hz" in finding.message


@pytest.mark.parametrize("percent", [0.2, 1.0])
def test_the_noise_is_estimated(percent: float) -> None:
    found = [
        kramers_kronig(
            simulate("R0-p(R1,CPE1)-CPE2", CELL, F, noise=percent / 100, seed=seed)
        ).noise
        for seed in range(20)
    ]
    assert np.mean(found) * 100 == pytest.approx(percent, rel=0.2)


def test_drift_breaks_kramers_kronig() -> None:
    Z = simulate("R0-p(R1,CPE1)-CPE2", CELL, F, noise=0.001, seed=1).impedance
    drifting = Z.real * np.linspace(1, 1.6, len(F)) + 1j * Z.imag
    found = validate(Spectrum(F, drifting)).findings
    assert {f.code for f in found if f.severity != "info"} <= {"drift", "not_kramers_kronig"}
    assert any(f.severity == "warning" for f in found)
