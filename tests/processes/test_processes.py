"""What an arc is: a bulk above the window, a wrong model, a wrong geometry, a growing SEI."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import eisfit
from eisfit.analysis.pipeline import Analysis, analyze_spectrum
from eisfit.circuit import evaluate
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.spectrum import Spectrum
from eisfit.processes.evidence import candidates, trend

BOLTZMANN_EV = 8.617333262e-5  # eV/K
DISC = eisfit.Geometry.disc(thickness="1 mm", diameter="10 mm")
CELLS = 0.1 / (np.pi / 4)  # l/A in 1/cm
TEMPERATURES = np.arange(-60.0, 81.0, 20.0) + 273.15
ENERGY = {"bulk": 0.33, "grain_boundary": 0.42}
SIGMA = {"bulk": 1e-3, "grain_boundary": 3e-5}  # S/cm at 25 °C
LLTO = load_model("llto_pellet")


def truth(temperature: float) -> dict[str, float]:
    """Return the parameters of an LLTO pellet, permittivity 100."""
    out = {"R_lead": 0.5, "L_lead": 2e-7, "Q_electrode": 3e-6, "n_electrode": 0.85}
    for name, n, C in (("bulk", 0.97, 8.85e-12 / CELLS), ("grain_boundary", 0.92, 4e-9 / CELLS)):
        factor = np.exp(-ENERGY[name] / BOLTZMANN_EV * (1 / temperature - 1 / 298.15))
        R = CELLS / (SIGMA[name] * factor * 298.15 / temperature)
        out |= {f"R_{name}": R, f"n_{name}": n, f"Q_{name}": (R * C) ** n / R}
    return {name: float(out[name]) for name in LLTO.names}


def spectra(seed: int) -> list[Spectrum]:
    f = frequencies(0.1, 1e6)
    return [
        simulate(LLTO, truth(T), f, noise=0.003, seed=100 * seed + i, temperature=float(T))
        for i, T in enumerate(TEMPERATURES)
    ]


@cache
def analysed(seed: int, model: str) -> Analysis:
    return eisfit.analyze_series(eisfit.Series.by_temperature(spectra(seed), DISC), model)


@pytest.mark.parametrize("seed", range(3))
def test_bulk_and_boundary_are_right_where_the_bulk_lies_above_the_window(seed: int) -> None:
    out = analysed(seed, "llto_pellet")
    for T, spectrum in zip(TEMPERATURES, out.spectra, strict=True):
        true = truth(float(T))
        for name in ENERGY:
            R = spectrum.processes[name].resistance
            assert R is not None, (name, T)
            assert abs(R.n - true[f"R_{name}"]) < 4 * R.s, (name, T, R)
        peak = 1 / (2 * np.pi * (true["R_bulk"] * true["Q_bulk"]) ** (1 / true["n_bulk"]))
        if peak > 3e6:
            said = {f.code: f.message for f in spectrum.findings}
            assert "its resistance is the high-frequency intercept" in said["bulk_above_window"]
    for name, energy in ENERGY.items():
        E = out.arrhenius[name].activation_energy
        assert abs(E.n - energy) < 4 * E.s, (name, E)


@pytest.mark.parametrize("seed", range(3))
def test_a_model_without_the_grain_boundary_is_contradicted(seed: int) -> None:
    model = "R_lead + (R_bulk | Q_bulk) + Q_electrode"
    known = replace(
        load_model(model),
        from_text=False,
        processes={
            "lead": replace(LLTO.processes["lead"], tree=load_model(model).tree.parts[0]),  # type: ignore[union-attr]
            "bulk": replace(LLTO.processes["bulk"], tree=load_model(model).tree.parts[1]),  # type: ignore[union-attr]
            "electrode": LLTO.processes["electrode"],
        },
    )
    warm = spectra(seed)[-3:]  # the bulk lies above the window: its arc takes the boundary's
    for spectrum in warm:
        result = analyze_spectrum(spectrum, known, DISC)
        said = {f.code: f.message for f in result.findings}
        assert "looks like grain boundary" in said["label_contradicted"]
        assert "has a grain boundary" in said["label_contradicted"]


def test_a_model_of_the_library_without_the_grain_boundary_is_contradicted_too() -> None:
    for spectrum in spectra(0)[-3:]:
        result = analyze_spectrum(spectrum, "polymer_electrolyte", DISC)
        said = {f.code: f.message for f in result.findings}
        assert "electrolyte looks like grain boundary" in said["label_contradicted"]
        assert "has a grain boundary" in said["label_contradicted"]


def test_each_arc_of_llto_is_its_own_best_candidate_with_reasons() -> None:
    cold = analysed(0, "llto_pellet").spectra[0]
    for name in ENERGY:
        best = cold.processes[name].candidates[0]
        assert best.process == name
        assert "capacitance" in best.why
        assert "activation energy" in best.why
    assert "relative permittivity 1e+02" in cold.processes["bulk"].candidates[0].why


@pytest.mark.parametrize(
    ("thickness", "area", "said"),
    [
        (1e-3, 10e-6, "10 mm, given as the area, were the diameter"),
        (1e-2, np.pi / 4 * 1e-4, "the thickness were 10 times smaller"),
        (1e-3, np.pi / 4 * 1e-2, "the area were 100 times smaller"),
        (1e-4, np.pi / 4 * 1e-4, "the thickness were 10 times larger"),
    ],
)
def test_the_permittivity_tells_a_slip_in_the_geometry(
    thickness: float, area: float, said: str
) -> None:
    wrong = eisfit.Geometry(thickness=thickness, area=area)
    result = analyze_spectrum(spectra(0)[0], "llto_pellet", wrong)
    found = [f.message for f in result.findings if f.code == "implausible_permittivity"]
    assert found
    assert said in found[0]
    right = analyze_spectrum(spectra(0)[0], "llto_pellet", DISC)
    assert not [f for f in right.findings if f.code == "implausible_permittivity"]


def test_without_geometry_results_are_in_ohm_and_farad() -> None:
    result = analyze_spectrum(spectra(0)[0], "llto_pellet")
    bulk = result.processes["bulk"]
    assert bulk.resistance is not None
    assert bulk.capacitance is not None
    assert bulk.conductivity is None
    assert not bulk.derived
    assert "no_geometry" in {f.code for f in result.findings}


def test_derived_quantities_name_their_model_and_are_right() -> None:
    cold = analysed(0, "llto_pellet").spectra[0]
    epsilon = cold.processes["bulk"].derived["relative_permittivity"]
    assert abs(epsilon.value.n - 100) < 4 * epsilon.value.s
    boundary = cold.processes["grain_boundary"].derived
    assert boundary["mott_schottky_barrier_height"].model.startswith("Mott-Schottky")
    T, true = float(TEMPERATURES[0]), truth(float(TEMPERATURES[0]))
    ratio = true["R_grain_boundary"] * 4e-9 / (true["R_bulk"] * 8.85e-12)
    barrier = boundary["mott_schottky_barrier_height"].value
    x = barrier / (BOLTZMANN_EV * T)
    assert np.exp(x.n) / (2 * x.n) == pytest.approx(ratio, rel=0.1)


def test_windows_leave_no_gap_and_an_unnamed_process_needs_better_evidence() -> None:
    bulk = LLTO.processes["bulk"]
    for log_c in np.arange(-12.9, -2.1, 0.3):
        C = 10**log_c
        assert candidates(bulk, (), C, None)[0].score > 0.5
    edge = 1.5e-11  # F; within both windows
    assert candidates(bulk, LLTO.processes.values(), edge, None)[0].process == "bulk"
    assert candidates(bulk, LLTO.processes.values(), 1e-9, None)[0].process == "grain_boundary"


def test_a_change_with_time_is_evidence() -> None:
    cell = load_model("li_symmetric_cell")
    sei, transfer = cell.processes["sei"], cell.processes["charge_transfer"]
    t = np.linspace(0, 3.6e4, 8)
    grows = trend("time", t, 100 * (1 + t / 3.6e4), np.full(8, 1.0))
    constant = trend("time", t, np.full(8, 100.0) + np.cos(t), np.full(8, 1.0))
    assert grows is not None
    assert constant is not None
    assert constant.direction == "constant"
    others = tuple(cell.processes.values())
    C = 1.5e-6  # F; within the windows of both
    with_growth = candidates(sei, others, C, DISC, change=grows)
    without = candidates(sei, others, C, DISC, change=constant)
    score = {c.process: c.score for c in with_growth}
    assert score["sei"] > 2 * {c.process: c.score for c in without}["sei"]
    assert "usual for it" in next(c.why for c in with_growth if c.process == "sei")
    named = {c.process: c for c in candidates(transfer, others, C, DISC, change=grows)}
    assert "rises with time" in named["charge_transfer"].why


def test_a_change_with_thickness_tells_a_bulk_from_an_interface() -> None:
    length = np.linspace(0.5e-3, 3e-3, 6)
    through = trend("thickness", length, 1e5 * length, np.full(6, 2.0))
    across = trend("thickness", length, np.full(6, 100.0), np.full(6, 2.0))
    assert through is not None
    assert across is not None
    cell = load_model("li_symmetric_cell")
    sei, bulk = cell.processes["sei"], LLTO.processes["bulk"]
    for declared, C, usual, unusual in (
        (bulk, 1e-11, through, across), (sei, 4e-7, across, through),
    ):  # fmt: skip
        for change, factor in ((usual, 1.0), (unusual, 0.3)):
            found = candidates(declared, (), C, DISC, change=change)
            score = {c.process: c.score for c in found}[declared.name]
            plain = {c.process: c.score for c in candidates(declared, (), C, DISC)}[declared.name]
            assert score == pytest.approx(factor * plain, abs=2e-3)


def _cell_ageing(exponent: float, noise: float, seed: int, hours: np.ndarray) -> Analysis:
    model = load_model("li_symmetric_cell")
    values = {p.name: float(p.start or 0.0) for p in model.parameters}
    f = frequencies(0.1, 1e6)
    aged = []
    for i, hour in enumerate(hours):
        R = 40 + 60 * (hour / hours[-1]) ** exponent
        Q = values["Q_sei"] * 100 / R  # a thicker layer holds less charge
        vector = np.array(list((values | {"R_sei": R, "Q_sei": Q}).values()))
        Z = evaluate(model.tape, 2 * np.pi * f[None, :], vector[None, :])[0]
        rng = np.random.default_rng(1000 * seed + i)
        Z = Z + noise * np.abs(Z) * (rng.standard_normal(len(f)) + 1j * rng.standard_normal(len(f)))
        spectrum = Spectrum(f, Z, temperature=298.15)
        told = replace(spectrum.provenance, conditions={"time_s": 3600.0 * hour})
        aged.append(spectrum.with_(provenance=told))
    return eisfit.analyze_series(eisfit.Series.by_time(aged, DISC), model)


@pytest.mark.parametrize(("exponent", "law"), [(0.5, "diffusion"), (1.0, "reaction")])
def test_the_exponent_of_a_growing_interphase_is_recovered(exponent: float, law: str) -> None:
    hours = np.geomspace(0.5, 100, 12)
    verdicts: Counter[str] = Counter()
    inside = 0
    for seed in range(8):
        found = _cell_ageing(exponent, 0.003, seed, hours).growth["sei"]
        inside += exponent in found.exponent_interval
        verdicts[found.verdict] += 1
    assert inside >= 6  # of 8 at 95 %
    assert verdicts[law] >= 6


def test_a_short_or_noisy_series_does_not_tell_the_law() -> None:
    hours = np.linspace(90, 100, 7)
    found = _cell_ageing(0.5, 0.01, 0, hours).growth["sei"]
    assert found.verdict == "not distinguishable"
    assert found.reason


def test_alike_interfaces_in_series_are_given_as_one() -> None:
    cell = load_model("li_symmetric_cell")
    values = {p.name: float(p.start or 0.0) for p in cell.parameters}
    result = analyze_spectrum(
        simulate(cell, values, frequencies(0.1, 1e6), noise=0.003), cell, DISC
    )
    sei = result.processes["sei"]
    assert sei.resistance is not None
    assert sei.area_resistance is not None
    assert sei.area_resistance.n == pytest.approx(sei.resistance.n * DISC.area / 2)
    C = (values["R_sei"] * values["Q_sei"]) ** (1 / values["n_sei"]) / values["R_sei"]
    thickness = 10 * 8.854e-12 * DISC.area / (2 * C)  # permittivity 10; two C in series
    found = sei.derived["thickness"]
    assert "one of two alike" in found.model
    assert abs(found.value.n - thickness) < 4 * found.value.s
