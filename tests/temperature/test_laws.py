"""Laws with a bend are found where they are real, and what a wrong thermometer does is said."""

from dataclasses import replace

import numpy as np
import pytest
from pellet import ENERGY, GEOMETRY, MODEL, values
from uncertainties import nominal_value

import eisfit
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.temperature.energies import TemperatureOptions
from eisfit.temperature.laws import Law, basis, bends, tangent

BOLTZMANN_EV = 8.617333262e-5  # eV/K
TEMPERATURES = np.arange(-30, 91, 10) + 273.15
T0 = 100.0
F = frequencies(1.0, 7e6, per_decade=9)


def with_law(T: float, law: str) -> dict[str, float]:
    """Return the pellet's truth with another law for both resistances, the same at 300 K."""
    out = values(T)
    for name, E in ENERGY.items():
        arrhenius = -E / BOLTZMANN_EV * (1 / T - 1 / 300)
        B = E / BOLTZMANN_EV * (300 - T0) ** 2 / 300**2
        own = {
            "vft": -B * (1 / (T - T0) - 1 / (300 - T0)),
            "break": -(E - (0.06 if T > 300 else 0.0)) / BOLTZMANN_EV * (1 / T - 1 / 300),
        }.get(law, arrhenius)
        R, Q, n = out[f"R_{name}"], out[f"Q_{name}"], out[f"n_{name}"]
        bent = float(R * np.exp(arrhenius - own))
        out[f"R_{name}"], out[f"Q_{name}"] = bent, Q * (bent / R) ** (n - 1)  # the same C
    return out


def analysed(law: str, seed: int, noise: float = 0.01, **asked: object) -> eisfit.Analysis:
    spectra = [
        simulate(
            MODEL,
            with_law(float(T), law),
            F,
            noise=noise,
            seed=7000 * seed + i,
            temperature=float(T),
        )
        for i, T in enumerate(TEMPERATURES)
    ]
    return eisfit.analyze_series(eisfit.Series.by_temperature(spectra, GEOMETRY), MODEL, **asked)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("law", "bend"), [("vft", T0), ("break", 300.0)])
def test_a_bend_that_is_real_is_found_with_its_place(law: str, bend: float, seed: int) -> None:
    out = analysed(law, seed)
    for name, E in ENERGY.items():
        line = out.arrhenius[name]
        assert line.law is not None
        assert line.law.name == law
        place = line.law.parameters["T0_K" if law == "vft" else "break_K"]
        assert abs(place.n - bend) < 4 * place.s
        assert place.s < 15
        true = with_law(298.15, law)
        sigma, error = line.conductivity_at(298.15)
        wanted = GEOMETRY.cell_constant / true[f"R_{name}"]
        assert abs(float(sigma) - wanted) < 4 * float(error) + 1e-3 * wanted
        if law == "vft":
            T = line.law.middle
            apparent = E * (300 - T0) ** 2 / 300**2 * T**2 / (T - T0) ** 2
            assert abs(line.activation_energy.n - apparent) < 4 * line.activation_energy.s
    assert "bent_line" in {f.code for f in out.findings}


def test_a_straight_line_stays_straight() -> None:
    kept = [
        analysed("arrhenius", seed).arrhenius[name].law is None
        for seed in range(8)
        for name in ENERGY
    ]
    assert sum(kept) >= 15  # of 16


def test_sharing_is_what_the_user_asks_for_and_a_wrong_name_is_answered() -> None:
    asked = TemperatureOptions(sharing={"n_bulk": "free", "C_grain_boundary": "linear"})
    chosen = {
        (c.process, c.quantity): c for c in analysed("arrhenius", 0, temperatures=asked).choices
    }
    assert chosen["bulk", "n"].sharing == "free"
    assert chosen["bulk", "n"].why == "as requested"
    assert chosen["grain_boundary", "C"].sharing == "linear"
    with pytest.raises(eisfit.ModelError, match="did you mean 'n_bulk'"):
        analysed("arrhenius", 0, temperatures=TemperatureOptions(sharing={"n_bluk": "free"}))
    with pytest.raises(eisfit.ModelError, match="arrhenius or free"):
        analysed("arrhenius", 0, temperatures=TemperatureOptions(sharing={"R_bulk": "linear"}))


def test_an_offset_of_the_thermometer_is_systematic() -> None:
    plain = analysed("arrhenius", 1)
    offset = analysed("arrhenius", 1, temperatures=TemperatureOptions(error=1.0))
    shifted = [
        simulate(
            MODEL,
            with_law(float(T), "arrhenius"),
            F,
            noise=0.01,
            seed=7000 + i,
            temperature=float(T) + 1,
        )
        for i, T in enumerate(TEMPERATURES)
    ]
    moved = eisfit.analyze_series(eisfit.Series.by_temperature(shifted, GEOMETRY), MODEL)
    for name in ENERGY:
        a, b, c = (r.arrhenius[name] for r in (plain, offset, moved))
        assert b.activation_energy.n == a.activation_energy.n
        more = np.sqrt(b.activation_energy.s**2 - a.activation_energy.s**2)
        assert abs(c.activation_energy.n - a.activation_energy.n) == pytest.approx(more, rel=0.15)
        middle = 300.0
        change = np.log(c.conductivity_at(middle)[0] / a.conductivity_at(middle)[0])
        own = np.hypot(
            b.conductivity_at(middle)[1] / b.conductivity_at(middle)[0],
            -a.conductivity_at(middle)[1] / a.conductivity_at(middle)[0],
        )
        assert abs(change) == pytest.approx(float(own), rel=0.15)


def test_a_lag_between_heating_and_cooling_is_told_in_kelvin() -> None:
    spectra = []
    way = [*TEMPERATURES[::2], *TEMPERATURES[-2::-2]]
    for i, T in enumerate(way):
        lag = -2.0 if i < len(TEMPERATURES[::2]) else 2.0  # the sample is behind its thermometer
        s = simulate(
            MODEL,
            with_law(float(T) + lag, "arrhenius"),
            F,
            noise=0.005,
            seed=i,
            temperature=float(T),
        )
        told = replace(s.provenance, conditions={"time_s": 3600.0 * i})
        spectra.append(s.with_(provenance=told))
    out = eisfit.analyze_series(eisfit.Series.by_temperature(spectra, GEOMETRY), MODEL)
    said = [f.message for f in out.findings if f.code == "heating_cooling_differ"]
    assert said
    assert any("thermometer is 2.0 K" in m or "thermometer is 1.9 K" in m for m in said), said


def test_one_temperature_a_gap_and_two_units_are_said() -> None:
    def codes(temperatures: list[float]) -> dict[str, str]:
        spectra = [
            simulate(MODEL, with_law(300.0, "arrhenius"), F, noise=0.01, seed=i, temperature=T)
            for i, T in enumerate(temperatures)
        ]
        return {f.code: f.message for f in eisfit.Series.by_temperature(spectra).findings}

    assert "one_temperature" in codes([298.15] * 3)
    assert "assumes that the sample is the same" in codes([250.0, 260.0, 390.0])["temperature_gap"]
    assert "°C and in K" in codes([298.15, 308.15, 591.3, 601.3])["temperature_gap"]
    assert "temperature_gap" not in codes([250.0, 300.0, 390.0])


def test_the_tangent_of_a_bend_is_its_slope() -> None:
    T = np.linspace(230.0, 370.0, 9)
    for name, bend, theta in (
        ("vft", 110.0, np.array([0.3, 1500.0])),
        ("break", 295.0, np.array([0.3, 0.4, 0.1])),
    ):
        high, low = (basis(name, T, bend + d, 290.0) @ theta for d in (1e-3, -1e-3))
        assert tangent(name, T, bend, theta, 290.0)[:, 0] == pytest.approx(
            (high - low) / 2e-3, rel=1e-3, abs=1e-9
        )


def test_errors_of_both_branches_of_a_break_hold_the_covariance() -> None:
    """Slopes are differences of ln σT, errors are carried through them by differences of θ."""
    half = np.array([[0.02, 0, 0, 0], [0.01, 0.03, 0, 0], [0.01, -0.02, 0.01, 0], [1, 2, 3, 4.0]])
    V, theta, bend = half @ half.T, np.array([0.3, 0.4, 0.1]), 300.0

    def slope(change: np.ndarray, warm: bool) -> float:
        moved = Law("break", bend + change[3], theta + change[:3], V, 290.0, 0.0)
        T = np.array([340.0, 360.0] if warm else [230.0, 250.0])
        y, _ = moved.log_sigma_T(T)
        return float(-np.diff(y)[0] / np.diff(1 / (BOLTZMANN_EV * T))[0])

    found = Law("break", bend, theta, V, 290.0, 0.0).parameters
    for warm, name, energy in ((True, "warm", 0.4), (False, "cold", 0.5)):
        gradient = [(slope(d, warm) - slope(-d, warm)) / 2e-4 for d in 1e-4 * np.eye(4)]
        own = found[f"activation_energy_{name}_eV"]
        assert own.n == pytest.approx(energy)
        assert own.n == pytest.approx(slope(np.zeros(4), warm))
        assert own.s == pytest.approx(np.sqrt(gradient @ V @ gradient), rel=1e-6)
    assert found["break_K"].s == pytest.approx(np.sqrt(1 + 4 + 9 + 16.0))


def test_too_few_temperatures_have_no_bend_and_a_law_says_its_parameters() -> None:
    assert bends("vft", np.array([250.0, 260.0, 270.0])) is None
    assert bends("break", np.array([250.0, 260.0, 270.0, 280.0, 290.0])) is None
    law = Law("arrhenius", 0.0, np.array([1.0, 0.4]), np.eye(2) * 1e-4, 300.0, 0.0)
    assert nominal_value(law.parameters["activation_energy_eV"]) == 0.4
    assert law.activation_energy(310.0).n == pytest.approx(0.4)
