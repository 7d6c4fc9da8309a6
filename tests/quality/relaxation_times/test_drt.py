"""Distributions of relaxation times against closed forms, over seeds and kinds of cell."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import nnls

import eisfit
from eisfit.base.errors import SpectrumError
from eisfit.data.spectrum import Spectrum
from eisfit.quality.relaxation_times import drt, drt_series
from eisfit.quality.relaxation_times.nonnegative import nonnegative

FREQUENCY = np.geomspace(7e6, 0.1, 71)
S = 2j * np.pi * FREQUENCY
TWO = ((500, 1e-6, 0.9), (5000, 1e-2, 0.85))


def arcs(*parts, frequency=FREQUENCY):
    return sum(R / (1 + (2j * np.pi * frequency * tau) ** n) for R, tau, n in parts)


def exact(tau, *parts):
    """γ of arcs (ZARC): R/2π sin((1-n)π)/(cosh(n ln(τ/τ0)) - cos((1-n)π))."""
    total = np.zeros_like(tau)
    for R, tau0, n in parts:
        a = (1 - n) * np.pi
        total += R / (2 * np.pi) * np.sin(a) / (np.cosh(n * np.log(tau / tau0)) - np.cos(a))
    return total


def spectrum(Z, noise=0.002, seed=0, frequency=FREQUENCY, **more):
    rng = np.random.default_rng(seed)
    parts = rng.standard_normal(len(Z)) + 1j * rng.standard_normal(len(Z))
    return Spectrum(frequency, Z + noise * np.abs(Z) * parts, **more)


def in_window(found):
    f, _ = found.spectrum.kept
    return (found.time_constant > 1 / (2 * np.pi * f[0])) & (
        found.time_constant < 1 / (2 * np.pi * f[-1])
    )


def test_least_squares_without_negative_unknowns_agree_with_scipy() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        n = int(rng.integers(2, 40))
        A = rng.standard_normal((n + 5, n)) * 10 ** rng.uniform(-2, 2, n)
        b = rng.standard_normal(n + 5)
        x = nonnegative(A.T @ A, A.T @ b, rng.random(n) < 0.5).x
        assert x.min() >= 0
        best, least = nnls(A, b)
        assert np.linalg.norm(A @ x - b) == pytest.approx(least, rel=1e-9, abs=1e-9)
        assert np.allclose(x, best, rtol=1e-5, atol=1e-7 * best.max(initial=1.0))


def test_blocks_that_do_not_settle_still_end_at_the_minimum() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):  # nearly parallel columns, as relaxations on a fine grid are
        t = np.linspace(0, 1, 60)
        A = 1 / (1 + (t[:, None] * 30 - np.linspace(0, 30, 60)) ** 2)
        H = A.T @ A + 1e-8 * np.eye(60)
        f = A.T @ (rng.random(60) - 0.4)
        x = nonnegative(H, f, rng.random(60) < 0.5).x
        slope = H @ x - f
        assert x.min() >= 0
        assert slope.min() > -1e-7 * np.abs(f).max()
        assert np.abs(slope * x).max() < 1e-6 * np.abs(f).max() * max(x.max(), 1)


def test_two_arcs_are_two_sure_peaks_at_nearly_every_seed() -> None:
    found = [drt(spectrum(20 + arcs(*TWO), seed=seed)) for seed in range(40)]
    right = [r for r in found if len(r.peaks) == 2 and all(p.sure for p in r.peaks)]
    assert len(right) >= 38
    for i, (R, tau, _) in enumerate(TWO):
        times = np.array([r.peaks[i].time_constant / tau for r in right])
        areas = np.array([r.peaks[i].resistance for r in right])
        assert np.mean(np.abs(times - 1) < 0.05) >= 0.95
        assert abs(times.mean() - 1) < 0.02
        assert np.mean(np.abs(areas / R - 1) < 0.03) >= 0.95
        z = (areas - R) / [r.peaks[i].resistance_stderr for r in right]
        assert 0.4 < np.sqrt(np.mean(z**2)) < 2


def test_gamma_is_that_of_the_closed_form() -> None:
    arc = (1000, 1e-4, 0.75)
    found = drt(spectrum(100 + arcs(arc), noise=0.0005))
    true = exact(found.time_constant, arc)
    inside = in_window(found)
    assert np.abs(found.gamma - true)[inside].max() < 0.03 * true.max()
    assert found.R_series + found.polarization == pytest.approx(1100, rel=2e-3)


def test_the_band_covers_as_often_as_it_says() -> None:
    shares = []
    for parts in (TWO, ((1000, 1e-4, 0.85), (1000, 10**-2.8, 0.8)), ((1000, 1e-4, 0.75),)):
        for seed in range(8):
            found = drt(spectrum(20 + arcs(*parts), seed=seed))
            true = exact(found.time_constant, *parts)
            shares.append(np.mean(((true >= found.low) & (true <= found.high))[in_window(found)]))
    assert 0.90 < np.mean(shares) < 0.995


@pytest.mark.parametrize("n", [1.0, 0.95, 0.9, 0.8])
@pytest.mark.parametrize("noise", [0.0005, 0.002, 0.01])
def test_arcs_half_a_decade_apart_are_never_two_sure_peaks(n, noise) -> None:
    Z = 20 + arcs((1000, 1e-4, n), (1000, 10**-3.5, n))
    for seed in range(5):
        found = drt(spectrum(Z, noise, seed))
        assert sum(p.sure for p in found.peaks) <= 1
        assert found.polarization == pytest.approx(2000, rel=0.03)


@pytest.mark.parametrize("tau", [1e-4, 1.1e-4, 1.2e-4])
@pytest.mark.parametrize("noise", [0.0005, 0.002, 0.02])
def test_a_single_time_is_one_narrow_peak_without_ringing(tau, noise) -> None:
    found = drt(spectrum(20 + arcs((1000, tau, 1.0)), noise))
    (peak,) = found.peaks
    assert peak.sure
    assert peak.time_constant == pytest.approx(tau, rel=0.06)
    assert peak.resistance == pytest.approx(1000, rel=0.02)
    assert peak.width < 0.45
    far = np.abs(np.log(found.time_constant / tau)) > np.log(30)
    assert found.gamma[far & in_window(found)].max() < 0.01 * peak.height


CELL = ((500, 1e-6, 0.9), (5000, 1e-3, 0.85))


@pytest.mark.parametrize(
    ("Q", "n"), [(1e-6, 1.0), (1e-5, 1.0), (1e-5, 0.85), (1e-4, 0.6), (1e-3, 0.5)]
)
def test_a_blocking_electrode_becomes_a_tail_and_no_arc(Q, n) -> None:
    found = drt(spectrum(20 + arcs(*CELL) + 1 / (Q * S**n), seed=1))
    assert found.tail is not None
    assert found.tail.n == pytest.approx(n, abs=0.03)
    assert abs(found.tail.Q / Q - 1) < 0.15
    assert [f.code for f in found.findings].count("drt_tail") == 1
    sure = [p for p in found.peaks if p.sure]
    assert [p.time_constant for p in sure] == pytest.approx([1e-6, 1e-3], rel=0.06)
    assert [p.resistance for p in sure] == pytest.approx([500, 5000], rel=0.06)


def test_a_tail_can_be_asked_for() -> None:
    blocked = spectrum(20 + arcs(*CELL) + 1 / (1e-5 * S))
    assert drt(blocked, tail="capacitor").tail.n == 1.0
    assert drt(blocked, tail="cpe").tail.n == pytest.approx(1.0, abs=0.02)
    without = drt(blocked, tail="none")
    assert without.tail is None
    assert "drt_poor_fit" in [f.code for f in without.findings]
    assert drt(spectrum(20 + arcs(*CELL))).tail is None


@pytest.mark.parametrize("L", [1e-7, 1e-6, 1e-5])
def test_inductance_of_the_leads_is_told_from_the_arcs(L) -> None:
    found = drt(spectrum(20 + arcs(*CELL) + S * L))
    assert found.inductance == pytest.approx(L, rel=0.1)
    assert [p.resistance for p in found.peaks if p.sure] == pytest.approx([500, 5000], rel=0.06)


def test_a_finite_warburg_is_named_as_one_process() -> None:
    root = np.sqrt(S * 1.0)
    found = drt(spectrum(20 + arcs((500, 1e-6, 0.9)) + 1000 * np.tanh(root) / root))
    slowest = found.peaks[-1]
    assert slowest.time_constant == pytest.approx(4 / np.pi**2, rel=0.05)
    assert slowest.resistance == pytest.approx(8000 / np.pi**2, rel=0.03)
    assert "drt_diffusion" in [f.code for f in found.findings]


@pytest.mark.parametrize("Z", [100 + 0 * S, 100 + 1e-6 * S, 10 + 1 / (1e-6 * S)])
def test_without_a_relaxation_there_is_no_peak(Z) -> None:
    found = drt(spectrum(Z))
    assert found.peaks == ()
    assert "drt_no_peak" in [f.code for f in found.findings]


@pytest.mark.parametrize("factor", [1e-6, 1e5])
def test_the_size_of_the_impedance_does_not_matter(factor) -> None:
    plain = drt(spectrum(20 + arcs(*CELL)))
    scaled = drt(spectrum(factor * (20 + arcs(*CELL))))
    assert np.allclose(scaled.gamma, factor * plain.gamma, rtol=1e-6, atol=1e-6 * factor)
    for a, b in zip(plain.peaks, scaled.peaks, strict=True):
        assert b.resistance == pytest.approx(factor * a.resistance, rel=1e-6)
        assert b.sure == a.sure


@pytest.mark.parametrize("noise", [0.0005, 0.002, 0.02])
def test_five_points_a_decade_are_enough(noise) -> None:
    f = np.geomspace(7e6, 0.1, 40)
    found = drt(spectrum(20 + arcs(*CELL, frequency=f), noise, frequency=f))
    sure = [p for p in found.peaks if p.sure]
    assert [p.resistance for p in sure] == pytest.approx([500, 5000], rel=0.1)
    assert found.noise == pytest.approx(noise, rel=0.4)


def test_the_noise_is_told_by_the_data() -> None:
    for noise in (0.0005, 0.002, 0.01):
        found = [drt(spectrum(20 + arcs(*TWO), noise, seed)).noise for seed in range(8)]
        assert np.mean(found) == pytest.approx(noise, rel=0.06)


def test_given_noise_is_used() -> None:
    s = spectrum(20 + arcs(*CELL))
    told = drt(s)
    given = drt(s, sigma=0.002 * np.abs(s.kept[1]))
    assert [p.resistance for p in given.peaks] == pytest.approx(
        [p.resistance for p in told.peaks], rel=0.02
    )
    constant = drt(Spectrum(FREQUENCY, s.impedance.real + 1j * s.impedance.imag), sigma=10.0)
    assert constant.peaks[-1].resistance == pytest.approx(5000, rel=0.02)


@pytest.mark.parametrize("criterion", ["evidence", "gcv", "re_im"])
def test_every_choice_of_the_strength_finds_the_arcs(criterion) -> None:
    right = 0
    for seed in range(8):
        found = drt(spectrum(20 + arcs(*TWO), seed=seed), criterion)
        assert found.criterion == criterion
        near = [p for R, tau, _ in TWO for p in found.peaks
                if abs(p.time_constant / tau - 1) < 0.15
                and abs(p.resistance / R - 1) < 0.1]  # fmt: skip
        right += len(near) == 2
    assert right >= 6


def test_an_arc_beyond_the_window_is_not_sure() -> None:
    found = drt(spectrum(1 + arcs((500, 3e-9, 0.95), (5000, 1e-3, 0.85))))
    assert not found.peaks[0].sure
    assert "window" in found.peaks[0].why
    assert found.peaks[-1].sure


def test_the_distribution_gives_back_the_spectrum() -> None:
    s = spectrum(20 + arcs(*CELL) + 1e-6 * S + 1 / (1e-5 * S**0.8))
    f, Z = s.kept
    off = np.abs(drt(s).impedance(f) / Z - 1)
    assert np.sqrt(np.mean(off**2)) < 0.002 * np.sqrt(2) * 1.1


def test_order_and_points_left_out_do_not_matter() -> None:
    Z = np.array(spectrum(20 + arcs(*CELL)).impedance)
    plain = drt(Spectrum(FREQUENCY, Z))
    backwards = drt(Spectrum(FREQUENCY[::-1], Z[::-1]))
    assert np.array_equal(plain.gamma, backwards.gamma)
    spoiled = Z.copy()
    spoiled[30] *= 3
    masked = drt(Spectrum(FREQUENCY, spoiled).masked(np.arange(71) == 30, "spike"))
    assert masked.peaks[-1].resistance == pytest.approx(5000, rel=0.02)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Spectrum([3, 2, 1], [1, 1, 1]), "8 points"),
        (Spectrum([1.0] * 9, [1 - 1j] * 9), "different frequencies"),
        (Spectrum(np.geomspace(1e3, 1, 9), [0j, *[1 - 1j] * 8]), "zero"),
    ],
)
def test_what_is_no_spectrum_is_refused_in_words(bad, words) -> None:
    with pytest.raises(SpectrumError, match=words):
        drt(bad)


@pytest.mark.parametrize("sigma", [0.0, [1.0, 2.0], np.nan, -1.0])
def test_a_noise_that_is_none_is_refused(sigma) -> None:
    with pytest.raises(SpectrumError, match="sigma"):
        drt(spectrum(20 + arcs(*CELL)), sigma=sigma)


def test_exact_data_are_no_trouble() -> None:
    found = drt(Spectrum(FREQUENCY, 20 + arcs(*CELL)))
    assert [p.resistance for p in found.peaks if p.sure] == pytest.approx([500, 5000], rel=0.03)
    assert found.noise < 1e-3


def test_a_series_keeps_its_order_and_its_peaks_move() -> None:
    spectra = [
        spectrum(20 + arcs((500, tau, 0.9)), temperature=300.0) for tau in (1e-3, 1e-4, 1e-5)
    ]
    found = drt_series(spectra)
    assert [r.spectrum for r in found] == spectra
    times = [r.peaks[0].time_constant for r in found]
    assert all(b / a == pytest.approx(0.1, rel=0.05) for a, b in pairwise(times))


def test_the_public_name_is_the_function_whatever_was_imported_before() -> None:
    assert len(eisfit.drt(spectrum(20 + arcs(*CELL))).peaks) == 2
    assert "2 peaks, 2 of them sure" in repr(eisfit.drt(spectrum(20 + arcs(*CELL))))
