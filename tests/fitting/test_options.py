"""Ways into a fit: lmfit parameters, given errors, admittance, shared parameters."""

import inspect

import numpy as np
import pytest

import eisfit
from eisfit.base.errors import FitError, ModelError
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit
from eisfit.fitting.lmfit_params import fit_params
from eisfit.fitting.many import fit_many
from eisfit.fitting.shared import fit_together
from eisfit.fitting.uncertainty.bootstrap import bootstrap
from eisfit.fitting.uncertainty.profile import profile

MODEL = load_model("R0-p(R1,CPE1)-CPE2")
TRUTH = np.array([20.0, 300.0, 1e-7, 0.9, 1e-5, 0.8])
F = frequencies(1.0, 1e6, per_decade=10)


def noisy(seed: int, truth=TRUTH, noise: float = 0.003) -> Spectrum:
    return simulate(MODEL, truth, F, noise=noise, seed=seed)


def test_params_without_ties_give_the_fit_itself() -> None:
    result = fit(noisy(1), MODEL)
    again = fit_params(noisy(1), MODEL, result.params)
    np.testing.assert_allclose(again.values, result.values, rtol=1e-6)
    for name in MODEL.names:
        assert again.estimates[name].stderr == pytest.approx(
            result.estimates[name].stderr, rel=1e-3
        )


@pytest.mark.parametrize("seed", range(5))
def test_lmfits_own_path_agrees_to_1e_6(seed: int) -> None:
    """A tie that changes nothing sends the same problem through lmfit's least squares."""
    result = fit(noisy(seed), MODEL)
    params = result.params
    params.add("same", value=params["R1"].value, min=1e-6)
    params["R1"].expr = "same"
    other = fit_params(noisy(seed), MODEL, params)
    np.testing.assert_allclose(other.values, result.values, rtol=1e-6)
    assert other.chi_square == pytest.approx(result.chi_square, rel=1e-9)
    np.testing.assert_allclose(
        [e.stderr for e in other.estimates.values()],
        [e.stderr for e in result.estimates.values()], rtol=1e-3,
    )  # fmt: skip


def test_ties_bounds_and_held_ones_are_kept() -> None:
    params = fit(noisy(2), MODEL).params
    params["R0"].expr = "R1 / 15"
    params["n2"].vary = False
    params["n2"].value = 0.8
    result = fit_params(noisy(2), MODEL, params)
    assert result.values[0] == pytest.approx(result.values[1] / 15)
    assert result.estimates["n2"].fixed
    tied, free = (result.estimates[n] for n in ("R0", "R1"))
    assert tied.stderr / tied.value == pytest.approx(free.stderr / free.value, rel=1e-4)
    params = fit(noisy(2), MODEL).params
    params["n1"].max = 0.85
    params["n1"].value = 0.84
    bounded = fit_params(noisy(2), MODEL, params)
    assert bounded.estimates["n1"].value == pytest.approx(0.85)
    assert bounded.estimates["n1"].at_bound


def test_params_that_make_no_sense_are_named() -> None:
    params = fit(noisy(3), MODEL).params
    params["n1"].set(min=0.2, max=0.5)
    params["n1"].value = 0.9  # lmfit moves it to the bound by itself
    assert fit_params(noisy(3), MODEL, params).estimates["n1"].value <= 0.5
    del params["R1"]
    with pytest.raises(FitError, match="R1 missing"):
        fit_params(noisy(3), MODEL, params)


def test_fits_of_impedance_and_admittance_agree_within_errors() -> None:
    Z, Y = (fit(noisy(4), MODEL, quantity=q) for q in ("impedance", "admittance"))
    stderr = np.array([e.stderr for e in Z.estimates.values()])
    assert np.all(np.abs(Z.values - Y.values) < stderr)
    assert np.any(Z.values != Y.values)


@pytest.mark.parametrize("weighting", ["modulus", "proportional", "unit", "structure"])
def test_every_weighting_finds_the_truth(weighting: str) -> None:
    z = []
    for seed in range(12):
        result = fit(noisy(seed), MODEL, weighting=weighting)
        z += [
            (e.value - t) / e.stderr
            for e, t in zip(result.estimates.values(), TRUTH, strict=True)
            if e.stderr and e.determined
        ]
    assert len(z) > 24
    if weighting != "unit":  # unit weights do not suit this noise: their errors may be off
        assert 0.6 < np.sqrt(np.mean(np.square(z))) < 1.5


def test_given_errors_are_used_part_by_part() -> None:
    """Noise on the real part alone: told so, the fit is far better than one that is not."""
    rng = np.random.default_rng(5)
    clean = noisy(0, noise=0.0)
    sigma = np.abs(clean.impedance) * (0.05 + 0.0005j)
    told, plain = [], []
    for _ in range(15):
        noise = sigma.real * rng.standard_normal(len(F)) + 1j * sigma.imag * rng.standard_normal(
            len(F)
        )
        spectrum = Spectrum(clean.frequency, clean.impedance + noise)
        told.append(fit(spectrum, MODEL, sigma=sigma).values[1])
        plain.append(fit(spectrum, MODEL).values[1])
    assert np.std(told) < 0.2 * np.std(plain)
    with pytest.raises(FitError, match="one value for each of"):
        fit(clean, MODEL, sigma=[1.0])
    with pytest.raises(FitError, match="positive"):
        fit(clean, MODEL, sigma=np.zeros(len(F)))


def test_masked_points_and_given_errors_go_together() -> None:
    spectrum = noisy(6)
    where = np.arange(len(F)) == 3
    sigma = np.abs(spectrum.impedance)
    sigma[3] = np.nan
    masked = spectrum.masked(where, "spike")
    np.testing.assert_allclose(
        fit(masked, MODEL, sigma=sigma).values, fit(masked, MODEL).values, rtol=1e-5
    )


def test_shared_parameters_are_one_value_and_better_known() -> None:
    spectra = [noisy(s, TRUTH * [1, 1 + 0.3 * s, 1, 1, 1, 1]) for s in range(6)]
    together = fit_together(spectra, MODEL, ["R0", "n1", "Q1"])
    alone = fit(spectra[2], MODEL)
    R0 = {r.estimates["R0"].value for r in together}
    assert len(R0) == 1
    assert R0.pop() == pytest.approx(20.0, rel=0.01)
    assert together[2].estimates["R0"].stderr < 0.6 * alone.estimates["R0"].stderr
    for s, result in enumerate(together):
        e = result.estimates["R1"]
        assert abs(e.value - 300 * (1 + 0.3 * s)) < 4 * e.stderr
    with pytest.raises(ModelError, match="no parameter"):
        fit_together(spectra, MODEL, ["R9"])
    with pytest.raises(FitError, match="two spectra"):
        fit_together(spectra[:1], MODEL, ["R0"])


@pytest.mark.parametrize("how", [{"weighting": "structure"}, {"quantity": "admittance"}])
def test_profiles_and_bootstraps_take_the_weights_of_the_fit(how) -> None:
    result = fit(noisy(7), MODEL, **how)
    interval = profile(result, ["R1"])["R1"].interval
    estimate = result.estimates["R1"]
    assert (interval.high - interval.low) / (3.97 * estimate.stderr) == pytest.approx(1, rel=0.05)
    scatter = bootstrap(result, count=150).stderr[MODEL.index("R1")]
    assert scatter == pytest.approx(estimate.stderr, rel=0.25)


def test_given_errors_are_named_and_do_not_count_as_a_relative_misfit() -> None:
    spectrum = noisy(8)
    result = fit(spectrum, MODEL, sigma=0.003 * np.abs(spectrum.impedance))
    assert result.weighting == "sigma"
    assert 0.6 < result.reduced_chi_square < 1.5
    assert not any(f.code == "poor_fit" for f in result.findings)


def test_a_weighting_that_is_not_to_be_had_is_refused() -> None:
    spectrum = noisy(9)
    params = fit(spectrum, MODEL).params
    for call in (
        lambda: fit(spectrum, MODEL, weighting="structure", sigma=np.abs(spectrum.impedance)),
        lambda: fit_params(spectrum, MODEL, params, weighting="structure"),
        lambda: fit_together([spectrum, spectrum], MODEL, ["R0"], weighting="structure"),
    ):
        with pytest.raises(FitError, match="'structure' is for"):
            call()
    with pytest.raises(FitError, match="threads must be 1 or more"):
        fit_many(spectrum.frequency, spectrum.impedance[None], MODEL, threads=0)


def test_many_spectra_and_those_with_shared_values_take_the_options_of_one() -> None:
    spectra = [noisy(10), noisy(11)]
    options = {"fixed": {"n1": 0.9}, "quantity": "admittance"}
    single = [fit(s, MODEL, **options) for s in spectra]
    table = fit_many(F, [s.impedance for s in spectra], MODEL, **options)
    shared = fit_together(spectra, MODEL, [], **options)
    for i, one in enumerate(single):
        assert one.estimates["n1"].fixed
        np.testing.assert_allclose(table.values[i], one.values, rtol=1e-6)
        np.testing.assert_allclose(shared[i].values, one.values, rtol=1e-6)
        assert table.misfit_percent[i] == pytest.approx(one.misfit_percent, rel=1e-6)


@pytest.mark.parametrize(
    ("function", "positional"),
    [
        (eisfit.fit, 2),
        (eisfit.fit_many, 3),
        (eisfit.fit_params, 3),
        (eisfit.fit_together, 3),
        (eisfit.simulate, 3),
        (eisfit.bootstrap, 1),
        (eisfit.mcmc, 1),
        (eisfit.profile, 2),
        (eisfit.intervals, 1),
        (eisfit.exchangeable, 1),
        (eisfit.load_model, 1),
        (eisfit.element, 3),
    ],
)
def test_options_are_keyword_only(function, positional: int) -> None:
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
    assert kinds[positional:]
    assert set(kinds[:positional]) == {inspect.Parameter.POSITIONAL_OR_KEYWORD}
    assert set(kinds[positional:]) == {inspect.Parameter.KEYWORD_ONLY}


def test_the_same_option_has_one_default_and_type_in_all_functions() -> None:
    options: dict[str, set[tuple[object, str]]] = {}
    for function in (
        eisfit.fit, eisfit.fit_many, eisfit.fit_params, eisfit.fit_together, eisfit.bootstrap,
        eisfit.mcmc, eisfit.simulate, eisfit.profile, eisfit.intervals,
    ):  # fmt: skip
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                options.setdefault(name, set()).add((parameter.default, parameter.annotation))
    assert {"fixed", "quantity", "sigma", "weighting", "threads", "seed", "level"} <= set(options)
    assert all(len(kinds) == 1 for kinds in options.values()), options
