"""Valid spectra pass and faults are caught, over many seeds and kinds of cell."""

import numpy as np
import pytest

from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.spectrum import Spectrum
from eisfit.quality import kramers_kronig, validate, without_suspects
from eisfit.quality.departures import FALSE_ALARMS

F = frequencies(0.1, 1e6, per_decade=10)
CELLS = {
    "R0 + (R1|Q1) + (R2|Q2)": [10.0, 100.0, 1e-8, 0.95, 300.0, 1e-5, 0.85],
    "R0 + (R1|Q1) + Q2": [5.0, 200.0, 1e-6, 0.9, 2e-4, 0.85],
    "L0 + R0 + (R1|Q1) + Q2": [3e-6, 5.0, 200.0, 1e-6, 0.9, 2e-4, 0.85],
    "R0 + (R1|Q1) + W1": [5.0, 50.0, 1e-6, 0.9, 80.0],
    "R0 + G1": [5.0, 100.0, 0.01],
    "R0 + (R1|Q1) + Wo1": [5.0, 50.0, 1e-6, 0.9, 100.0, 0.5],
    "R0 + (R1|Q1) + Ws1": [5.0, 50.0, 1e-6, 0.9, 100.0, 0.5],
    "R0 + (R1|Q1|(R2 + L2))": [5.0, 100.0, 1e-6, 0.9, 100.0, 30.0],
    "R0 + (C1|R1)": [1.0, 1e-7, 1e3],
}
SEEDS = 18  # 9 cells: 162 spectra


def spectra(noise: float | None) -> list[tuple[Spectrum, float]]:
    out = []
    for seed in range(SEEDS):
        for cell, values in CELLS.items():
            sigma = noise or (0.001, 0.004, 0.02)[seed % 3]
            spectrum = simulate(cell, values, F, noise=sigma, seed=seed)
            scale = 10.0 ** (seed % 7 - 1)
            out.append((spectrum.with_(impedance=scale * spectrum.impedance), sigma))
    return out


def least(share: float, count: int) -> float:
    """Of a binomial with `share`: what is undercut once in 1000 times."""
    return share * count - 3.1 * np.sqrt(count * share * (1 - share))


def test_valid_spectra_pass_and_their_noise_is_found() -> None:
    drawn = spectra(None)
    results = [validate(s) for s, _ in drawn]
    assert sum(FALSE_ALARMS.values()) < 0.015
    assert sum(r.verdict == "valid" for r in results) >= least(0.97, len(drawn))
    ratio = np.array([r.noise / sigma for r, (_, sigma) in zip(results, drawn, strict=True)])
    assert abs(np.median(ratio) - 1) < 0.03
    assert np.mean(abs(ratio - 1) < 0.2) > 0.97


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_drift_is_found(sign: int) -> None:
    results = []
    for spectrum, _ in spectra(0.005):
        Z = spectrum.impedance * (1 + sign * np.linspace(0, 0.05, len(F)))
        results.append(validate(spectrum.with_(impedance=Z)))
    assert sum(r.verdict != "valid" for r in results) >= least(0.95, len(results))
    named = [r.drift for r in results if any(f.code == "drift" for f in r.findings)]
    assert np.median(named) == pytest.approx(sign * 0.05, abs=0.015)


def test_a_step_is_found_at_its_place() -> None:
    caught = placed = count = 0
    for i, (spectrum, _) in enumerate(spectra(0.005)):
        place = 8 + i % (len(F) - 16)
        Z = spectrum.impedance * np.where(np.arange(len(F)) > place, 1.03, 1)
        result = validate(spectrum.with_(impedance=Z))
        said = [f.message for f in result.findings if f.code == "step"]
        near = [f"between {F[j]:.4g} and {F[j + 1]:.4g} Hz" for j in range(place - 1, place + 2)]
        caught += result.verdict != "valid"
        placed += any(text in message for text in near for message in said)
        count += 1
    assert caught >= least(0.95, count)
    assert placed >= least(0.95, count)


def test_a_point_is_found_and_named() -> None:
    rng = np.random.default_rng(7)
    named, count = 0, 0
    for i, (spectrum, sigma) in enumerate(spectra(0.005)):
        Z, place = spectrum.impedance.copy(), 3 + i % (len(F) - 6)
        Z[place] += rng.uniform(6, 15) * sigma * abs(Z[place]) * np.exp(2j * np.pi * rng.random())
        found = validate(spectrum.with_(impedance=Z)).findings
        said = [f.message for f in found if f.code == "outliers"]
        named += any(f"{F[place]:.4g} Hz by" in message for message in said)
        count += 1
    assert named >= least(0.95, count)


def test_correlated_residuals_are_as_rare_as_stated() -> None:
    from eisfit.quality.departures import diagnose
    from eisfit.quality.linear_fit import linear_fit, points_of

    found = []
    for seed in range(150):
        points = points_of(simulate("R0 + (R1|Q1)", [10, 100, 1e-6, 0.9], F, noise=0.01, seed=seed))
        fit = linear_fit(2 * np.pi * points.frequency, points.impedance)
        found.append(diagnose(points, fit).correlation)
    assert abs(np.mean(found)) < 3.1 / np.sqrt(150) + 0.1  # the chain is chosen: a small bias
    assert 0.8 < np.std(found) < 1.2
    assert np.mean(np.array(found) > 2.97) < 0.03


@pytest.mark.parametrize("cell", CELLS)
def test_without_noise_a_spectrum_is_valid(cell: str) -> None:
    assert validate(simulate(cell, CELLS[cell], F, noise=1e-7)).verdict == "valid"


def test_a_negative_resistance_needs_the_admittance() -> None:
    s = 2j * np.pi * F  # passivation: the current falls at low frequency, Z has an unstable pole
    Y = 1e-6 * s + (1 - 1.5 / (1 + 0.5 * s)) / 100
    noise = np.random.default_rng(1).standard_normal((2, len(F)))
    Z = 1 / Y * (1 + 0.002 * (noise[0] + 1j * noise[1]))
    result = kramers_kronig(Spectrum(F, 10 + Z))
    assert result.representation == "admittance"
    assert result.noise == pytest.approx(0.002, rel=0.3)


def test_what_is_suspect_is_masked_and_nothing_altered() -> None:
    spectrum = simulate("R0 + (R1|Q1)", [10, 100, 1e-6, 0.9], F, noise=0.002, seed=3)
    Z = spectrum.impedance.copy()
    Z[30] *= 1.04
    Z[50] *= 2
    masked = without_suspects(spectrum.with_(impedance=Z))
    assert np.flatnonzero(masked.mask).tolist() == [30, 50]
    assert np.array_equal(masked.impedance, Z)


def test_the_valid_range_ends_at_a_step() -> None:
    spectrum = simulate("R0 + (R1|Q1)", [10, 100, 1e-6, 0.9], F, noise=0.002, seed=3)
    Z = spectrum.impedance * np.where(np.arange(len(F)) > 50, 1.05, 1)
    low, high = validate(spectrum.with_(impedance=Z)).valid_range
    assert high == F[0]
    assert F[51] <= low <= F[49]


@pytest.mark.parametrize("points", [1, 2, 3, 5, 9])
def test_few_points_are_no_error(points: int) -> None:
    result = validate(Spectrum(F[:points], 100 - 50j * np.linspace(1, 2, points)))
    assert np.isnan(result.noise)
    assert not any(f.code == "not_kramers_kronig" for f in result.findings)
