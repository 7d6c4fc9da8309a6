"""Profiles against their own definition, against lmfit, and against many simulated spectra."""

from dataclasses import replace

import numpy as np
import pytest

from eisfit.base.errors import FitError, ModelError
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.fitting.fit import fit, fit_spectra, results
from eisfit.fitting.least_squares import residuals_and_jacobian
from eisfit.fitting.lmfit_params import fit_params
from eisfit.fitting.minimum import refine
from eisfit.fitting.problem import make_problem
from eisfit.fitting.shared import fit_together
from eisfit.fitting.uncertainty.exchangeable import exchangeable
from eisfit.fitting.uncertainty.intervals import Interval, wald_intervals, wald_is_suspect
from eisfit.fitting.uncertainty.profile import intervals, profile
from eisfit.fitting.uncertainty.refit import restore_minimum

MODEL = load_model("R0-p(R1,CPE1)")
TRUTH = np.array([10.0, 100.0, 1e-6, 0.9])
F = frequencies(10.0, 1e6, per_decade=6)
CUT = frequencies(4e3, 1e6, per_decade=8)  # of an arc that peaks at 4.4 kHz the faster half is seen
TWO = load_model("R0-p(R1,CPE1)-p(R2,CPE2)")
FAR = np.array([10.0, 100.0, 1e-8, 0.95, 100.0, 1e-5, 0.9])
NEAR = np.array([10.0, 100.0, 1e-6, 0.9, 100.0, 2e-6, 0.9])


def spectra(count, frequency=F, noise=0.01, first=0):
    return [simulate(MODEL, TRUTH, frequency, noise=noise, seed=first + s) for s in range(count)]


@pytest.mark.parametrize(("frequency", "noise"), [(F, 0.01), (CUT, 0.06)])
def test_intervals_hold_the_truth_as_often_as_they_say(frequency, noise) -> None:
    """The second case is far from linear: half an arc, with much noise."""
    found = [profile(r) for r in fit_spectra(spectra(400, frequency, noise), MODEL)]
    inside = np.array(
        [[t in p[n].interval for n, t in zip(MODEL.names, TRUTH, strict=True)] for p in found]
    )
    assert 0.93 < np.mean(inside) < 0.97
    assert np.all((np.mean(inside, axis=0) > 0.92) & (np.mean(inside, axis=0) < 0.98))


def test_at_another_level_too() -> None:
    found = [profile(r, level=0.6827) for r in fit_spectra(spectra(300), MODEL)]
    inside = [[t in p[n].interval for n, t in zip(MODEL.names, TRUTH, strict=True)] for p in found]
    assert 0.64 < np.mean(inside) < 0.73


@pytest.mark.parametrize("seed", range(3))
def test_ends_are_where_the_fit_with_a_held_value_says(seed: int) -> None:
    spectrum = spectra(1, CUT, 0.06, seed)[0]
    result = fit(spectrum, MODEL)
    for name, one in profile(result).items():
        for end in (one.interval.low, one.interval.high):
            held = fit(spectrum, MODEL, start=result.values, fixed={name: end}) if end else None
            if held is not None:
                rise = (held.chi_square - result.chi_square) / result.reduced_chi_square
                assert rise == pytest.approx(one.threshold, rel=0.01), name


def test_ends_are_looked_at_closely_however_crooked_the_valley() -> None:
    result = fit(simulate(TWO, NEAR, frequencies(1, 1e6), noise=0.01, seed=1), TWO)
    for name, one in profile(result).items():
        for end in (one.interval.low, one.interval.high):
            if end is None:
                continue
            near = np.argmin(np.abs(np.log(one.values / end)))
            root = np.sqrt(one.delta_chi_square[near] / one.threshold)
            assert root == pytest.approx(1.0, abs=0.01), name


@pytest.mark.parametrize(("frequency", "noise"), [(F, 0.01), (CUT, 0.02)])
def test_lmfits_own_intervals_agree(frequency, noise) -> None:
    lmfit = pytest.importorskip("lmfit")
    result = fit(spectra(1, frequency, noise, 5)[0], MODEL)
    found = restore_minimum(result)
    coordinates, params = found.problem.coordinates, lmfit.Parameters()
    for i, name in enumerate(MODEL.names):
        params.add(name, value=found.solution.x[0, i], max=coordinates.upper[i])

    def residual(trial):
        x = np.array([[p.value for p in trial.values()]])
        return residuals_and_jacobian(found.problem, x)[0][0]

    minimizer = lmfit.Minimizer(residual, params)
    best = minimizer.leastsq()
    told = lmfit.conf_interval(minimizer, best, sigmas=[0.95], maxiter=500)
    for name, one in profile(result).items():
        i = MODEL.index(name)
        middle = result.values[i]
        for end, (_, x) in ((one.interval.low, told[name][0]), (one.interval.high, told[name][2])):
            other = coordinates.values(np.where(np.arange(4) == i, x, 0.0))[i]
            assert end - middle == pytest.approx(other - middle, rel=0.02), name


def test_values_rise_and_the_best_is_the_lowest() -> None:
    result = fit(spectra(1)[0], MODEL)
    for name, one in profile(result).items():
        assert np.all(np.diff(one.values) > 0)
        assert one.values[np.argmin(one.delta_chi_square)] == pytest.approx(
            result.estimates[name].value, rel=1e-5
        )
        np.testing.assert_array_equal(one.fits[:, MODEL.index(name)], one.values)
        assert np.max(one.delta_chi_square) > one.threshold
        assert not one.found_better


def test_a_fit_in_a_wrong_minimum_is_told_by_its_profile() -> None:
    """Three arcs of which one was spent on nothing and one took two: refits find the way out."""
    model = load_model("R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)")
    truth = [10.0, 100.0, 1e-8, 0.95, 300.0, 1e-6, 0.9, 200.0, 1e-4, 0.9]
    spectrum = simulate(model, truth, frequencies(1, 1e6), noise=0.005, seed=1)
    problem = make_problem([spectrum], model)
    wrong = [3.0, 6.8, 2e-10, 0.2, 82.0, 5e-9, 1.0, 445.0, 1.2e-5, 0.64]
    found = refine(problem, problem.coordinates.x(np.array([wrong])))
    result = results(found, [spectrum], model)[0]
    best = fit(spectrum, model)
    assert result.chi_square > 10 * best.chi_square
    assert any(one.found_better for one in profile(result).values())
    assert not any(one.found_better for one in profile(best).values())
    assert "a better minimum was found" in "".join(map(repr, profile(result).values()))


def test_an_end_that_the_data_do_not_give_is_open() -> None:
    f = frequencies(1e3, 1e6, per_decade=10)
    result = fit(simulate(MODEL, [10.0, 1e9, 1e-9, 0.95], f, noise=0.01, seed=3), MODEL)
    one = profile(result, ["R1"])["R1"]
    assert one.interval.high is None
    assert 1e6 < one.interval.low < 1e9
    assert one.wald_differs
    assert "open above" in repr(one)


def test_an_exponent_at_its_bound_has_an_interval_from_below() -> None:
    held = []
    for seed in range(20):
        result = fit(simulate(MODEL, [10.0, 100.0, 1e-6, 1.0], F, noise=0.02, seed=seed), MODEL)
        one = intervals(result)["n1"]
        assert one.source == "profile"
        assert one.low > 0.95
        held.append(one.high is None)
    assert np.mean(held) > 0.9  # 97.5 % where the truth is the bound itself


def test_where_wald_is_suspect_the_profile_is_taken() -> None:
    result = fit(spectra(1, CUT, 0.06, 2)[0], MODEL)
    found, wald = intervals(result), wald_intervals(result)
    for parameter in MODEL.parameters:
        suspect = wald_is_suspect(result.estimates[parameter.name], parameter)
        assert found[parameter.name].source == ("profile" if suspect else "wald")
        if not suspect:
            assert found[parameter.name] == wald[parameter.name]
    assert {i.source for i in found.values()} == {"profile", "wald"}


def test_wald_intervals_are_those_of_the_estimates() -> None:
    result = fit(spectra(1)[0], MODEL, fixed={"n1": 0.9})
    found = wald_intervals(result)
    assert set(found) == {"R0", "R1", "Q1"}
    for name, one in found.items():
        assert (one.low, one.high) == pytest.approx(result.estimates[name].ci95)


def test_priors_and_bounds_of_a_model_take_part() -> None:
    result = fit(simulate("llto_pellet", noise=0.003, seed=4, temperature=300.0), "llto_pellet")
    found = profile(result)
    assert set(found) == {n for n, e in result.estimates.items() if not e.fixed}
    for name, one in found.items():
        low, high = result.model.parameters[result.model.index(name)].bounds
        assert result.estimates[name].value in one.interval
        assert one.interval.low is None or one.interval.low >= low
        assert one.interval.high is None or one.interval.high <= high


@pytest.mark.parametrize(
    ("names", "level", "error", "said"),
    [
        (["n1"], 0.95, FitError, "n1 was held"),
        (["R_1"], 0.95, ModelError, "did you mean 'R1'"),
        (["R1"], 95, FitError, "between 0 and 1"),
    ],
)
def test_a_wrong_argument_is_named(names, level, error, said) -> None:
    result = fit(spectra(1)[0], MODEL, fixed={"n1": 0.9})
    with pytest.raises(error, match=said):
        profile(result, names, level=level)


def test_only_a_minimum_of_the_spectrum_alone_has_a_profile() -> None:
    result = fit(spectra(1)[0], MODEL)
    with pytest.raises(FitError, match="does not carry the weights"):
        profile(replace(result, weighting="unit", problem=None))
    together = fit_together(spectra(4), MODEL, ["R0", "n1"])
    params = result.params
    params["R0"].expr = "R1 / 10"
    for other in (replace(together[1], problem=None), fit_params(result.spectrum, MODEL, params)):
        with pytest.raises(FitError, match="not the minimum of this spectrum alone"):
            profile(other)


@pytest.mark.parametrize("quantity", ["impedance", "admittance"])
def test_a_result_that_carries_its_problem_needs_no_weighting(quantity: str) -> None:
    spectrum = spectra(1)[0]
    found = refine(make_problem([spectrum], MODEL, weighting="modulus", quantity=quantity), TRUTH_X)
    result = replace(results(found, [spectrum], MODEL)[0], weighting="given", problem=found.problem)
    for one in profile(result).values():
        assert not one.wald_differs


TRUTH_X = make_problem(spectra(1), MODEL).coordinates.x(TRUTH[None, :])


def test_arcs_of_one_time_constant_are_exchangeable() -> None:
    fits = fit_spectra(two(NEAR, 0.02, 20), TWO)
    found = [exchangeable(r, profiles=profile(r)) for r in fits]
    assert np.mean([len(f) == 1 for f in found]) >= 0.9
    named = next(f[0] for f in found if f)
    assert named.parameters == (("R1", "R2"), ("Q1", "Q2"), ("n1", "n2"))
    finding = named.finding("pellet")
    assert finding.code == "exchangeable_arcs"
    assert "do not distinguish R1 | Q1 from R2 | Q2" in finding.message


def test_arcs_far_apart_are_not() -> None:
    for result in fit_spectra(two(FAR, 0.01, 20), TWO):
        assert exchangeable(result, profiles=profile(result)) == ()


def test_a_profile_that_runs_through_an_exchange_tells_of_it() -> None:
    """Standard errors alone keep these arcs apart: the fit is far from linear."""
    result = fit(simulate(TWO, NEAR, frequencies(1, 1e6), noise=0.01, seed=3), TWO)
    assert exchangeable(result) == ()
    profiles = profile(result)
    (pair,) = exchangeable(result, profiles=profiles)
    for a, b in pair.parameters:  # what may be exchanged has one range
        one, other = profiles[a].interval, profiles[b].interval
        if "Q" not in a:  # followed from one side, Q does not reach the other order
            assert one.low == pytest.approx(other.low, rel=0.01)
            assert one.high == (other.high and pytest.approx(other.high, rel=0.01))
    first, second = pair.time_constants
    assert first.source == "profile"
    assert first.low < second.high
    assert second.low < first.high


def test_a_held_value_keeps_arcs_apart() -> None:
    spectrum = two(NEAR, 0.02, 1)[0]
    result = fit(spectrum, TWO, start=NEAR, fixed={"Q1": 1e-6})
    assert exchangeable(result) == ()


@pytest.mark.parametrize("circuit", ["R0-p(R1,C1)-p(R2,C2)", "R_0 + Zarc_1 + Zarc_2"])
def test_other_arcs_are_looked_at_too(circuit: str) -> None:
    model = load_model(circuit)
    truth = [10.0, 50.0, 1e-6, 50.0, 1.05e-6]
    if "Zarc" in circuit:
        truth = [10.0, 50.0, 5e-5, 0.9, 50.0, 1e-4, 0.9]
    result = fit(simulate(model, truth, F, noise=0.02, seed=1), model, start=truth)
    assert len(exchangeable(result, profiles=profile(result))) == 1


def test_an_interval_says_what_it_holds() -> None:
    assert 5.0 in Interval(None, 6.0, "ohm", "wald")
    assert 7.0 not in Interval(None, 6.0, "ohm", "wald")
    assert str(Interval(None, None, "1", "profile")) == "any value (open on both sides)"
    assert str(Interval(0.5, None, "1", "profile")) == "at least 0.5 (open above)"


def two(truth, noise, count):
    return [simulate(TWO, truth, frequencies(1, 1e6), noise=noise, seed=s) for s in range(count)]
