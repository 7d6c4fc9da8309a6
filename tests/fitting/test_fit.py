import numpy as np
import pytest

from eisfit.base.errors import EisfitError, FitError, ModelError
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit, fit_spectra
from eisfit.fitting.many import fit_many

MODEL = load_model("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
TRUTH = np.array([50.0, 400.0, 2e-8, 0.92, 2500.0, 4e-7, 0.87, 3e-5, 0.8])
FREQUENCY = frequencies(0.1, 1e6, per_decade=10)


def noisy(seed: int, noise: float = 0.005) -> Spectrum:
    return simulate(MODEL, TRUTH, FREQUENCY, noise=noise, seed=seed)


def test_a_fit_needs_no_guess() -> None:
    rng = np.random.default_rng(7)
    spectra, best = [], []
    for seed in range(60):
        t1 = 10 ** rng.uniform(-5.5, -3.5)
        t2 = t1 * 10 ** rng.uniform(1, 2.5)
        n1, n2 = rng.uniform(0.75, 1.0, 2)
        R1, R2 = 10 ** rng.uniform(2, 4, 2)
        values = np.array([
            10 ** rng.uniform(0, 2), R1, t1**n1 / R1, n1, R2, t2**n2 / R2, n2,
            10 ** rng.uniform(-6, -4), rng.uniform(0.6, 0.95),
        ])  # fmt: skip
        clean = simulate(MODEL, values, FREQUENCY, noise=0.0).impedance
        spectrum = simulate(MODEL, values, FREQUENCY, noise=0.005, seed=seed)
        spectra.append(spectrum)
        best.append(float(np.sum(np.abs((spectrum.impedance - clean) / spectrum.impedance) ** 2)))
    results = fit_spectra(spectra, MODEL)
    found = [r.chi_square <= 1.01 * b for r, b in zip(results, best, strict=True)]
    assert np.mean(found) >= 0.95


def test_stated_errors_are_the_scatter_that_noise_causes() -> None:
    results = fit_spectra([noisy(seed) for seed in range(80)], MODEL)
    for i, name in enumerate(MODEL.names):
        z = [
            (e.value - TRUTH[i]) / e.stderr
            for e in (r.estimates[name] for r in results)
            if e.stderr
        ]
        assert len(z) >= 78, name
        assert 0.75 < np.sqrt(np.mean(np.square(z))) < 1.3, name


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    results = fit_spectra([noisy(seed) for seed in range(100, 180)], MODEL)
    inside = [
        e.ci95[0] <= t <= e.ci95[1]
        for r in results
        for e, t in zip(r.estimates.values(), TRUTH, strict=True)
        if e.ci95
    ]
    assert 0.92 < np.mean(inside) < 0.98


def test_arcs_come_out_by_rising_time_constant() -> None:
    swapped = TRUTH[[0, 4, 5, 6, 1, 2, 3, 7, 8]]
    result = fit(simulate(MODEL, swapped, FREQUENCY, noise=0.003, seed=1), MODEL)
    assert result.estimates["R1"].value == pytest.approx(400, rel=0.05)
    assert result.estimates["R2"].value == pytest.approx(2500, rel=0.05)


def test_what_the_data_do_not_determine_is_said() -> None:
    """An arc that begins where the window ends has no resistance to print."""
    model = load_model("R0-p(R1,CPE1)")
    f = frequencies(1e3, 1e6, per_decade=10)
    result = fit(simulate(model, [10.0, 1e9, 1e-9, 0.95], f, noise=0.01, seed=3), model)
    assert not result.estimates["R1"].determined
    assert any(f.code in {"undetermined", "at_bound"} for f in result.findings)
    assert "not determined" in repr(result) or "at its bound" in repr(result)


def test_a_fixed_parameter_stays_and_has_no_error() -> None:
    result = fit(noisy(2), MODEL, fixed={"n1": 0.92})
    estimate = result.estimates["n1"]
    assert estimate.value == 0.92
    assert estimate.fixed
    assert estimate.stderr is None


def test_a_held_arc_keeps_its_place() -> None:
    """n1 held at the slow arc's exponent: arcs are not sorted away from the held value."""
    result = fit(noisy(2), MODEL, start=TRUTH[[0, 4, 5, 6, 1, 2, 3, 7, 8]], fixed={"n1": 0.87})
    assert result.estimates["n1"].value == pytest.approx(0.87)
    assert result.estimates["R1"].value == pytest.approx(2500, rel=0.1)
    free = fit(noisy(2), MODEL, start=TRUTH[[0, 4, 5, 6, 1, 2, 3, 7, 8]])
    assert free.estimates["R1"].value == pytest.approx(2500, rel=0.1)  # a start keeps its order


def test_a_start_is_taken_by_name_and_by_place() -> None:
    named = dict(zip(MODEL.names, TRUTH, strict=True))
    for start in (named, TRUTH):
        assert fit(noisy(1), MODEL, start=start).values == pytest.approx(TRUTH, rel=0.2)


def test_results_speak_lmfit() -> None:
    params = fit(noisy(4), MODEL, fixed={"n3": 0.8}).params
    assert list(params) == list(MODEL.names)
    assert not params["n3"].vary
    assert params["R1"].stderr > 0


def test_masked_points_take_no_part() -> None:
    spectrum = noisy(5)
    wild = spectrum.impedance.copy()
    wild[10] *= 50
    broken = Spectrum(spectrum.frequency, wild)
    where = np.arange(len(wild)) == 10
    masked = fit(broken.masked(where, "spike"), MODEL)
    clean = fit(spectrum.masked(where, "spike"), MODEL)
    np.testing.assert_allclose(masked.values, clean.values, rtol=1e-6)


def test_systematic_residuals_widen_the_errors() -> None:
    """One arc fitted to two close ones: errors from white noise alone would be far too small."""
    one = load_model("R0-p(R1,CPE1)-CPE2")
    result = fit(noisy(1, 0.0005), one)
    assert any(f.code == "systematic_residuals" for f in result.findings)


@pytest.mark.parametrize(
    ("kwargs", "error", "said"),
    [
        ({"start": [1.0, 2.0]}, FitError, "must hold 9 values"),
        ({"start": {"R0": 1.0}}, FitError, "missing for R1"),
        ({"start": {"Rx": 1.0}}, ModelError, "no parameter 'Rx'"),
        ({"fixed": {"R_1": 1.0}}, ModelError, "did you mean 'R1'"),
        ({"fixed": {"n1": 1.5}}, FitError, "allows 0.2 to 1"),
        ({"weighting": "none"}, FitError, "'modulus' or 'unit'"),
    ],
)
def test_a_wrong_argument_is_named(kwargs, error, said) -> None:
    with pytest.raises(error, match=said):
        fit(noisy(0), MODEL, **kwargs)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(FitError, match="too few for 9 parameters"):
        fit(Spectrum([1e3, 1e2, 10.0, 1.0], [1 - 1j, 2 - 1j, 3 - 1j, 4 - 1j]), MODEL)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_the_size_of_the_impedance_does_not_matter(scale: float) -> None:
    base = noisy(6)
    scaled = fit(Spectrum(base.frequency, base.impedance * scale), MODEL)
    plain = fit(base, MODEL)
    for name in ("R0", "R1", "R2"):
        assert scaled.estimates[name].value == pytest.approx(
            plain.estimates[name].value * scale, rel=1e-4
        )


def test_many_spectra_are_fitted_and_a_bad_one_is_marked() -> None:
    Z = np.array([noisy(seed).impedance for seed in range(5)])
    Z[2, 7] = np.nan
    table = fit_many(FREQUENCY, Z, "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
    assert table.converged.tolist() == [True, True, False, True, True]
    assert "point 8" in table.failures[2]
    assert np.isnan(table.values[2]).all()
    single = fit(noisy(3), MODEL)
    np.testing.assert_allclose(table.values[3], single.values, rtol=1e-6)
    np.testing.assert_allclose(
        table.stderr[3], [e.stderr for e in single.estimates.values()], rtol=1e-4
    )
    given = fit_many(FREQUENCY, Z, MODEL, start=TRUTH)
    np.testing.assert_allclose(given["R2"][3], table["R2"][3], rtol=1e-5)


@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_many_spectra_need_shapes_that_agree(shape) -> None:
    with pytest.raises(FitError, match="must have the shape"):
        fit_many(FREQUENCY, np.ones(shape), MODEL)


def test_all_points_masked_is_a_clear_error() -> None:
    spectrum = noisy(1)
    with pytest.raises(EisfitError, match="no usable point is left: drift"):
        spectrum.masked(np.ones(len(spectrum.frequency), dtype=bool), "drift")


def test_a_batch_marks_what_cannot_be_fitted_and_drops_nothing() -> None:
    Z = np.array([noisy(seed).impedance for seed in range(4)])
    Z[0, 3] = np.inf
    Z[2, 5] = 0.0
    table = fit_many(FREQUENCY, Z, MODEL)
    assert len(table) == 4
    assert sorted(table.failures) == [0, 2]
    assert table.converged.tolist() == [False, True, False, True]
    short = fit_many(FREQUENCY[:4], Z[:, :4], MODEL)
    assert all("too few for 9 parameters" in short.failures[i] for i in (1, 3))
    assert len(short.failures) == 4
