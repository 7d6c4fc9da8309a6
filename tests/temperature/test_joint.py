"""The joint fit: right where the truth is known, and honest where a series is not of one piece."""

from pathlib import Path

import numpy as np
import pytest
from pellet import ENERGY, GEOMETRY, MODEL, TEMPERATURES, series, values

import eisfit
from eisfit.base.errors import ModelError
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series
from eisfit.temperature.energies import TemperatureOptions, activation_energies
from eisfit.temperature.joint import fit_joint
from eisfit.temperature.lead import estimate_lead_resistance
from eisfit.temperature.lines import joint_findings
from eisfit.temperature.sequence import fit_sequence

BOLTZMANN_EV = 8.617333262e-5  # eV/K
SHARED = Path(__file__).parents[3] / "shared/data/temperature_series/s04147_pellet"
SEEDS = range(6)
ARCS = [f"{q}_{p}" for p in ENERGY for q in "Cn"]
DRIFT = 0.035


def energies(whole: Series, model=MODEL, **asked):
    return energies_of(fit_sequence(whole, model), **asked)


def energies_of(sequence, **asked):
    told = estimate_lead_resistance(sequence, "R_lead")
    return activation_energies(sequence, told, "R_lead", TemperatureOptions(**asked))


def drifting(seed: int) -> Series:
    """Return twelve spectra whose exponents grow by 0.035; capacitances stay."""
    spectra = []
    along = DRIFT * np.linspace(-0.5, 0.5, len(TEMPERATURES))
    for i, (T, more) in enumerate(zip(TEMPERATURES, along, strict=True)):
        own = values(T)
        for p in ENERGY:
            R, Q, n = (own[f"{q}_{p}"] for q in "RQn")
            C = Q ** (1 / n) * R ** ((1 - n) / n)
            own |= {f"n_{p}": n + more, f"Q_{p}": C ** (n + more) * R ** (n + more - 1)}
        f = frequencies(1.0, 7e6, per_decade=9)
        spectra.append(
            simulate(MODEL, own, f, noise=0.005, seed=1000 * seed + i, temperature=float(T))
        )
    return Series.by_temperature(spectra, GEOMETRY)


@pytest.fixture(scope="module")
def found():
    return [energies(series(seed)) for seed in SEEDS]


@pytest.fixture(scope="module")
def drifted():
    return [energies(drifting(seed)) for seed in SEEDS]


@pytest.mark.parametrize("process", ENERGY)
@pytest.mark.parametrize("truth", ["found", "drifted"])
def test_the_activation_energy_is_right_within_its_error(truth, process: str, request) -> None:
    for one in request.getfixturevalue(truth):
        line = one.lines[process]
        assert line.method == "joint"
        assert line.law is None
        assert abs(line.activation_energy.n - ENERGY[process]) < 4 * line.activation_energy.s
        assert line.activation_energy.s < 5e-4  # eV


def kept(every, quantity: str) -> list[str]:
    return [
        next(c.sharing for c in one.choices if f"{c.quantity}_{c.process}" == quantity)
        for one in every
    ]


@pytest.mark.parametrize("quantity", ARCS)
def test_what_is_shared_in_truth_is_mostly_shared_in_the_fit(found, quantity: str) -> None:
    """Given up by chance in one of twenty series: three of six in one of 450 draws of seeds."""
    assert kept(found, quantity).count("shared") >= 4


@pytest.mark.parametrize("process", ENERGY)
def test_a_drift_of_exponents_is_found(drifted, process: str) -> None:
    assert "shared" not in kept(drifted, f"n_{process}")
    assert kept(drifted, f"n_{process}").count("linear") >= 5
    assert kept(drifted, f"R_{process}").count("arrhenius") >= 5


def test_joint_and_separate_agree_and_the_joint_is_not_less_sure(found) -> None:
    for seed, one in zip(SEEDS[:3], found, strict=False):
        separate = energies(series(seed), method="separate")
        assert not separate.choices
        for process in ENERGY:
            energy = one.lines[process].activation_energy
            other = separate.lines[process].activation_energy
            assert separate.lines[process].method != "joint"
            assert abs(energy.n - other.n) < 3 * other.s
            assert energy.s < 1.1 * other.s


def test_what_is_asked_for_is_held_to() -> None:
    """Even against the data: shared exponents where they drift, and what that does to E_a."""
    sequence = fit_sequence(drifting(1), MODEL)
    asked = {"n_bulk": "shared", "n_grain_boundary": "shared", "C_bulk": "free"}
    asked |= {"R_bulk": "free", "R_grain_boundary": "arrhenius"}
    joint = fit_joint(sequence, asked)
    assert {name: joint.choice(name[2:], name[0]).sharing for name in asked} == asked
    n = joint.state.design.y(joint.state.theta)[:, MODEL.index("n_bulk")]
    assert np.ptp(n) == 0.0
    shared = dict.fromkeys(ARCS, "shared") | {f"R_{p}": "arrhenius" for p in ENERGY}
    forced = energies_of(sequence, sharing=shared)
    line = forced.lines["grain_boundary"].activation_energy
    assert abs(line.n - ENERGY["grain_boundary"]) > 4 * line.s


def test_what_a_model_does_not_have_cannot_be_asked_for() -> None:
    sequence = fit_sequence(series(0), MODEL)
    with pytest.raises(ModelError, match="n_bulk"):
        fit_joint(sequence, {"n_bulks": "shared"})
    with pytest.raises(ModelError, match="R_bulk"):
        fit_joint(sequence, {"R_bulk": "linear"})


def test_under_five_temperatures_there_is_no_joint_fit() -> None:
    spectra = series(2).spectra
    four = Series.by_temperature(spectra[:4], GEOMETRY)
    five = Series.by_temperature(spectra[:5], GEOMETRY)
    assert fit_joint(fit_sequence(four, MODEL)) is None
    assert fit_joint(fit_sequence(five, MODEL)) is not None
    assert not energies(four).choices


def test_along_time_no_law_is_claimed() -> None:
    """One sample at one temperature: no lines, and resistances go their own way."""
    T, f = float(TEMPERATURES[2]), frequencies(1.0, 7e6, per_decade=9)
    spectra = [simulate(MODEL, values(T), f, noise=0.005, seed=i, temperature=T) for i in range(6)]
    hours = Series(tuple(spectra), "time", np.arange(6) * 3600.0, GEOMETRY)
    one = energies(hours)
    assert not one.lines
    assert kept([one], "R_bulk") == kept([one], "R_grain_boundary") == ["free"]


def replaced(whole: Series, i: int, spectrum) -> Series:
    spectra = list(whole.spectra)
    spectra[i] = spectrum
    return Series.by_temperature(spectra, whole.geometry)


def others_pellet(T: float):
    """Return a spectrum of a pellet that is three times as thick."""
    own = values(T)
    for p in ENERGY:
        own[f"R_{p}"] *= 3
        own[f"Q_{p}"] /= 3
    return simulate(
        MODEL, own, frequencies(1.0, 7e6, per_decade=9), noise=0.005, seed=99, temperature=float(T)
    )


@pytest.mark.parametrize("fault", ["+10 K", "-10 K", "another pellet"])
@pytest.mark.parametrize("i", [0, 5, 11])
def test_a_spectrum_that_is_off_is_kept_out_with_its_reason(i: int, fault: str) -> None:
    whole, T = series(3), float(TEMPERATURES[i])
    false = T + (10.0 if fault == "+10 K" else -10.0)
    wrong = (
        others_pellet(T) if fault == "another pellet" else whole.spectra[i].with_(temperature=false)
    )
    spoilt = replaced(whole, i, wrong)
    sequence = fit_sequence(spoilt, MODEL)
    joint = fit_joint(sequence)
    (out,) = joint.excluded
    assert spoilt.spectra[out].impedance is wrong.impedance
    assert not joint.members[out]
    one = energies_of(sequence)
    (said,) = [f for f in one.findings if f.code == "outlier"]
    off = 200.0
    if fault != "another pellet":
        rise = ENERGY["grain_boundary"] / BOLTZMANN_EV * (1 / T - 1 / false)
        off = 100 * np.expm1(rise - np.log(false / T))
    percent = float(said.message.split("grain boundary ")[1].split(" %")[0])
    assert percent == pytest.approx(off, rel=0.1)
    for process, true in ENERGY.items():
        energy = one.lines[process].activation_energy
        assert abs(energy.n - true) < 4 * energy.s


@pytest.fixture(scope="module")
def measured() -> Series:
    if not SHARED.exists():
        pytest.skip("the measured series is not part of the project")
    pellet = Geometry.disc(thickness="2.1 mm", diameter="8 mm")
    return Series.by_temperature(eisfit.read(SHARED), pellet)


def test_a_measured_series_gives_the_same_either_way_or_says_why_not(measured) -> None:
    model = eisfit.load_model("ceramic_pellet")
    joint, separate = energies(measured, model), energies(measured, model, method="separate")
    assert not [f for f in joint.findings if f.code == "outlier"]
    said = " ".join(f.message for f in joint.findings if f.code == "joint_and_separate_differ")
    for process in ENERGY:
        one, other = (e.lines[process].activation_energy for e in (joint, separate))
        assert abs(one.n - other.n) < 3 * np.hypot(one.s, other.s) or process in said


def outliers(whole: Series) -> list[str]:
    """Return what is said of spectra that do not agree with all others."""
    sequence = fit_sequence(whole, eisfit.load_model("ceramic_pellet"))
    found = joint_findings(sequence, fit_joint(sequence))
    return [f.message for f in found if f.code == "outlier"]


@pytest.mark.parametrize("i", range(7))
def test_a_false_temperature_in_a_measured_series_is_found(measured, i: int) -> None:
    own = measured.spectra[i]
    for off in (-10, 10):
        (said,) = outliers(replaced(measured, i, own.with_(temperature=own.temperature + off)))
        assert said.startswith(own.label)


@pytest.mark.parametrize("i", [0, 3, 6])
def test_a_spectrum_of_another_pellet_in_a_measured_series_is_found(measured, i: int) -> None:
    T = measured.spectra[i].temperature
    wrong = simulate(
        MODEL, values(300.0), frequencies(1.0, 1e6), noise=0.003, seed=i, temperature=T
    )
    (said,) = outliers(replaced(measured, i, wrong))
    assert said.startswith(wrong.label)


def alike(seed: int) -> Series:
    """Return nine spectra whose bulk and boundary have one activation energy of σT, 0.34 eV."""
    spectra = []
    for i, T in enumerate(np.linspace(220, 460, 9)):
        slower = T / 298.15 * np.exp(0.34 / BOLTZMANN_EV * (1 / T - 1 / 298.15))
        own = {"R_bulk": 2e3 * slower, "R_grain_boundary": 1e3 * slower}
        spectra.append(simulate("llzo_garnet", own, seed=100 * seed + i, temperature=float(T)))
    return Series.by_temperature(spectra, GEOMETRY)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_total_of_parts_that_are_alike_is_like_them_in_both_forms(seed: int) -> None:
    found = fit_sequence(alike(seed), eisfit.load_model("llzo_garnet"))
    lines = energies_of(found).lines
    kT = BOLTZMANN_EV * found.series.values
    for name, line in lines.items():
        energy, other = line.activation_energy, line.activation_energy_ln_sigma
        assert energy.n == pytest.approx(0.34, abs=max(5 * energy.s, 0.002)), name
        assert kT.min() < energy.n - other.n < kT.max(), name
    assert lines["total"].activation_energy.s < lines["grain_boundary"].activation_energy.s
