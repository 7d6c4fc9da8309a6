"""Several samples: differences, agreement and the Meyer–Neldel view, over many seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from uncertainties import ufloat

from eisfit.data.geometry import Geometry
from eisfit.samples.differences import (
    Difference,
    adjust_p_values,
    agreements,
    common_temperature,
    differences,
    weighted_mean,
)
from eisfit.samples.meyer_neldel import line_through, meyer_neldel
from eisfit.temperature.arrhenius import ArrheniusResult, LogResistances, fit_arrhenius
from eisfit.temperature.laws import Law

BOLTZMANN_EV = 8.617333262e-5  # eV/K
ROOM_TEMPERATURE = 298.15  # K
WARM = np.linspace(300.0, 400.0, 6)
GEOMETRY = Geometry.disc(thickness="1 mm", diameter="10 mm")
CELL = GEOMETRY.cell_constant


def line(
    rng: np.random.Generator,
    energy: float = 0.4,
    ln_prefactor: float = 12.0,
    noise: float = 0.01,
    T: np.ndarray = WARM,
    geometry: Geometry | None = GEOMETRY,
) -> ArrheniusResult:
    """Return the line of a simulated sample; σT = A exp(-E/kT), errors known."""
    ln_R = np.log(CELL) - (ln_prefactor - energy / (BOLTZMANN_EV * T) - np.log(T))
    told = LogResistances(
        ln_R + noise * rng.standard_normal(len(T)), noise**2 * np.eye(len(T)), np.zeros(len(T)),
        0.0, np.ones(len(T), dtype=bool),
    )  # fmt: skip
    found = fit_arrhenius("bulk", T, told, geometry, [f"{t:.0f}" for t in T])
    assert found is not None
    return found


def test_equal_samples_are_called_different_in_one_report_of_twenty_at_most() -> None:
    reports, false = 200, 0
    for seed in range(reports):
        rng = np.random.default_rng(seed)
        lines = {f"s{i}": line(rng) for i in range(4)}
        false += any(d.verdict == "different" for d in adjust_p_values(differences("bulk", lines)))
    assert false > 0  # a test that never says "different" would be of no use
    assert stats.binomtest(false, reports, 0.05, "greater").pvalue > 1e-3


def test_one_difference_alone_has_p_values_spread_evenly() -> None:
    p = []
    for seed in range(250):
        rng = np.random.default_rng(seed)
        p += [d.p_value for d in differences("bulk", {"a": line(rng), "b": line(rng)})][:1]
    assert stats.kstest(p, "uniform").pvalue > 1e-3


def test_a_real_difference_is_found_and_has_its_size() -> None:
    pulls, found = [], 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        lines = {"a": line(rng, 0.43), "b": line(rng, 0.40), "c": line(rng, 0.40)}
        told = {
            (d.first, d.second, d.quantity): d for d in adjust_p_values(differences("bulk", lines))
        }
        d = told["a", "b", "activation_energy_eV"]
        assert d.difference is not None
        found += d.verdict == "different"
        pulls.append((d.difference.n - 0.03) / d.difference.s)
    assert found == 120
    assert 0.8 < np.std(pulls) < 1.2


def test_conductivities_are_compared_by_their_ratio_with_the_geometry_error() -> None:
    rng = np.random.default_rng(3)
    rough = Geometry.disc("1 mm", "10 mm", thickness_error="0.1 mm")
    assert rough.relative_error == pytest.approx(0.1, rel=0.01)
    lines = {"a": line(rng, ln_prefactor=12.1, geometry=rough), "b": line(rng)}
    energy, sigma = differences("bulk", lines)
    assert (sigma.quantity, sigma.temperature) == ("conductivity_S_cm", 300.0)
    assert sigma.difference is not None
    assert energy.difference is not None
    assert sigma.difference.n == pytest.approx(0.1, abs=0.05)
    assert sigma.difference.s == pytest.approx(0.1, rel=0.02)
    assert energy.difference.s < 0.01


def test_samples_are_compared_where_all_of_them_were_measured() -> None:
    rng = np.random.default_rng(0)
    cold, warm = line(rng, T=np.linspace(250, 330, 6)), line(rng, T=np.linspace(310, 400, 6))
    hot = line(rng, T=np.linspace(500, 600, 6))
    assert common_temperature([cold]) == ROOM_TEMPERATURE
    assert common_temperature([cold, warm]) == 310.0
    assert common_temperature([cold, hot]) == ROOM_TEMPERATURE


def test_holm_by_hand() -> None:
    made = [
        Difference("bulk", "activation_energy_eV", "a", "b", None, None, p, p, "not comparable")
        for p in (0.01, 0.04, 0.03, 0.005, np.nan)
    ]
    out = adjust_p_values(made)
    np.testing.assert_allclose([d.adjusted_p_value for d in out[:4]], [0.03, 0.06, 0.06, 0.02])
    assert [d.verdict for d in out] == [
        "different", "not distinguishable", "not distinguishable", "different", "not comparable",
    ]  # fmt: skip


def test_what_cannot_be_compared_says_why() -> None:
    rng = np.random.default_rng(0)
    good = line(rng)
    two = line(rng, T=np.array([300.0, 400.0]))
    bare = line(rng, geometry=None)
    law = Law("vft", 100.0, np.zeros(2), np.eye(3), 350.0, 0.0)
    bent = replace(good, law=law)
    found = differences("bulk", {"good": good, "two": two, "bare": bare, "bent": bent})
    why = {(d.first, d.second, d.quantity): d.why for d in found if d.verdict == "not comparable"}
    assert why["good", "two", "activation_energy_eV"] == (
        "two: two temperatures give no error of E_a"
    )
    assert "thickness and area" in why["good", "bare", "conductivity_S_cm"]
    assert "curved" in why["good", "bent", "activation_energy_eV"]
    assert ("good", "bare", "activation_energy_eV") not in why


def test_scatter_between_samples_is_told_from_errors() -> None:
    spread, p_equal = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        lines = {f"s{i}": line(rng, 0.4 + 0.02 * rng.standard_normal()) for i in range(8)}
        energy, _ = agreements("bulk", lines)
        spread.append(energy.scatter)
        alike, _ = agreements("bulk", {f"s{i}": line(rng) for i in range(8)})
        p_equal.append(alike.p_value)
    assert np.sqrt(np.mean(np.square(spread))) == pytest.approx(0.02, rel=0.2)
    assert stats.kstest(p_equal, "uniform").pvalue > 1e-3


def test_weighted_mean_of_numbers_without_scatter_is_the_classic_one() -> None:
    mean, scatter = weighted_mean(np.array([1.0, 1.1]), np.array([0.1, 0.2]))
    assert (mean.n, scatter) == (pytest.approx((1.0 / 0.01 + 1.1 / 0.04) / 125), 0.0)
    assert mean.s == pytest.approx(1 / np.sqrt(125))


def samples(rng: np.random.Generator, slope: float, spread: float, scatter: float, n: int = 7):
    """Return lines whose prefactors follow ln A = 2 + slope E, give or take a scatter."""
    model = line(rng)
    draws = np.linalg.cholesky(model.covariance) @ rng.standard_normal((2, n))
    energies = 0.4 + spread * rng.standard_normal(n)
    prefactors = 2 + slope * energies + scatter * rng.standard_normal(n) + draws[0]
    return {
        f"s{i}": replace(
            model,
            activation_energy=ufloat(energies[i] + draws[1, i], np.sqrt(model.covariance[1, 1])),
            ln_prefactor=ufloat(prefactors[i], np.sqrt(model.covariance[0, 0])),
        )
        for i in range(n)
    }


def verdicts(slope: float, spread: float, scatter: float, seeds: int = 200) -> list:
    out = []
    for seed in range(seeds):
        view = meyer_neldel("bulk", samples(np.random.default_rng(seed), slope, spread, scatter))
        assert view is not None
        out.append(view)
    return out


def test_errors_alone_are_no_meyer_neldel_rule() -> None:
    views = verdicts(0.0, 0.0, 0.0)
    told = sum(v.verdict != "not determined" for v in views)
    assert stats.binomtest(told, len(views), 0.05, "greater").pvalue > 1e-3
    # what a line without regard to the errors' correlation would have shown in nearly all
    naive = [stats.pearsonr(v.activation_energy, v.ln_prefactor).statistic for v in views]
    assert np.median(naive) > 0.95


@pytest.mark.parametrize("scatter", [0.0, 0.3])
def test_energies_that_differ_without_a_rule_are_not_correlated(scatter: float) -> None:
    views = verdicts(0.0, 0.03, scatter)
    false = sum(v.verdict == "correlated" for v in views)
    assert stats.binomtest(false, len(views), 0.05, "greater").pvalue > 1e-3


@pytest.mark.parametrize("scatter", [0.0, 0.1])
def test_a_meyer_neldel_rule_is_found_with_an_interval_to_believe(scatter: float) -> None:
    slope = 1 / (BOLTZMANN_EV * 700.0)
    views = verdicts(slope, 0.03, scatter)
    assert sum(v.verdict == "correlated" for v in views) >= 0.95 * len(views)
    told = [v.slope for v in views if v.slope is not None]
    t = stats.t.ppf(0.975, 5) if scatter else 1.96
    inside = sum(abs(s.n - slope) < t * s.s for s in told)
    assert inside / len(told) > 0.91
    middle = np.median([v.isokinetic_temperature.n for v in views if v.isokinetic_temperature])
    assert middle == pytest.approx(700.0, rel=0.02)


def test_lines_that_cross_among_the_measured_temperatures_say_what_that_means() -> None:
    rng = np.random.default_rng(1)
    T = float(1 / np.mean(1 / WARM))
    view = meyer_neldel("bulk", samples(rng, 1 / (BOLTZMANN_EV * T), 0.03, 0.0))
    assert view is not None
    assert view.verdict == "correlated"
    assert "no Meyer-Neldel rule is needed" in view.why


def test_two_samples_determine_no_rule_and_one_has_none() -> None:
    rng = np.random.default_rng(0)
    two = meyer_neldel("bulk", {"a": line(rng, 0.3), "b": line(rng, 0.5)})
    assert two is not None
    assert (two.verdict, two.slope, two.energy) == ("not determined", None, None)
    assert meyer_neldel("bulk", {"a": line(rng), "b": line(rng, geometry=None)}) is None


def test_a_line_through_exact_points_is_that_line() -> None:
    E = np.array([0.3, 0.4, 0.5, 0.6])
    V = np.tile(np.diag([1e-4, 1e-8]), (4, 1, 1))
    view = line_through("bulk", ("a", "b", "c", "d"), E, 1.5 + 17.0 * E, V, 340.0)
    assert view.slope is not None
    assert (view.slope.n, view.intercept) == (pytest.approx(17.0), pytest.approx(1.5))
    x = E - E.mean()
    assert view.slope.s == pytest.approx(np.sqrt((1e-4 + 17**2 * 1e-8) / (x @ x)), rel=1e-3)
    assert view.energy is not None
    assert view.energy.n == pytest.approx(1 / 17)
