"""The law of growth: calibrated intervals of m, and verdicts that hold back where they should."""

from collections import Counter
from functools import cache

import numpy as np
import pytest
from scipy.optimize import curve_fit
from uncertainties import correlated_values, ufloat

from eisfit.processes.physics.growth import GrowthResult, fit_growth

LONG = tuple(np.geomspace(0.5, 200, 16) * 3600)  # s
SHORT = tuple(np.linspace(24, 48, 16) * 3600)  # starts a day after contact
SEEDS = 320


def grown(time, m: float, R0: float = 20.0, end: float = 120.0):
    u = np.asarray(time) / max(time)
    return R0 + (end - R0) * u**m


@cache
def fits(
    m: float, relative: float, time=LONG, R0: float = 20.0, stated: float = 1.0
) -> tuple[GrowthResult, ...]:
    """Return the fits of many noisy series, their errors stated `stated` times too large."""
    true, out = grown(time, m, R0), []
    for seed in range(SEEDS):
        noise = np.random.default_rng(seed).standard_normal(len(time))
        R = [ufloat(r, stated * relative * r) for r in true * (1 + relative * noise)]
        out.append(fit_growth(time, R))
    return tuple(out)


def verdicts(results) -> Counter:
    return Counter(r.verdict for r in results)


@pytest.mark.parametrize("m", [0.5, 1.0])
@pytest.mark.parametrize(("relative", "stated"), [(0.01, 1.0), (0.05, 1.0), (0.03, 0.2)])
def test_the_interval_of_m_covers_it_in_95_percent(
    m: float, relative: float, stated: float
) -> None:
    """Also where the errors of the resistances are stated five times too small."""
    covered = np.mean([m in r.exponent_interval for r in fits(m, relative, stated=stated)])
    assert 0.92 <= covered <= 0.98


@pytest.mark.parametrize("m", [0.5, 1.0])
def test_the_interval_holds_over_a_short_span_too(m: float) -> None:
    """There χ² is no parabola in m, and m is hardly told."""
    results = fits(m, 0.01, SHORT)
    covered = np.mean([m in r.exponent_interval for r in results])
    assert 0.92 <= covered <= 0.98


@pytest.mark.parametrize(("m", "law", "other"), [(0.5, "diffusion", "reaction"),
                                                 (1.0, "reaction", "diffusion")])  # fmt: skip
def test_good_data_tell_the_law(m: float, law: str, other: str) -> None:
    found = verdicts(fits(m, 0.03))
    assert found[law] >= 0.9 * SEEDS
    assert found[other] == 0
    assert found["neither"] <= 0.03 * SEEDS


@pytest.mark.parametrize("m", [0.5, 1.0])
def test_large_noise_or_a_short_span_tell_no_law(m: float) -> None:
    noisy = verdicts(fits(m, 0.10, R0=100.0))
    short = verdicts(fits(m, 0.03, SHORT))
    assert noisy["not distinguishable"] >= 0.95 * SEEDS
    assert short["not distinguishable"] >= 0.95 * SEEDS


def test_another_exponent_is_neither() -> None:
    for m in (1 / 3, 0.72, 2.0):
        assert verdicts(fits(m, 0.01))["neither"] >= 0.98 * SEEDS


def test_stated_errors_of_m_and_rate_are_the_scatter_that_noise_causes() -> None:
    results = fits(0.5, 0.01)
    rate = (120.0 - 20.0) / max(LONG) ** 0.5
    for true, pick in ((0.5, "exponent"), (rate, "rate"), (20.0, "R0")):
        off = [(getattr(r, pick).n - true) / getattr(r, pick).s for r in results]
        assert 0.85 < np.sqrt(np.mean(np.square(off))) < 1.2, pick
    held = [(r.diffusion.rate.n - rate) / r.diffusion.rate.s for r in results]
    assert 0.85 < np.sqrt(np.mean(np.square(held))) < 1.2


def test_the_fit_is_that_of_a_general_least_squares_program() -> None:
    R = grown(LONG, 0.6) * (1 + 0.02 * np.random.default_rng(3).standard_normal(16))
    errors = 0.02 * R
    hours = np.array(LONG) / 3600
    values, V = curve_fit(
        lambda t, a, k, m: a + k * t**m, hours, R, p0=(20, 5, 0.6), sigma=errors, maxfev=5000
    )
    found = fit_growth(hours, [ufloat(r, e) for r, e in zip(R, errors, strict=True)])
    for one, value, variance in zip(
        (found.R0, found.rate, found.exponent), values, np.diagonal(V), strict=True
    ):
        assert one.n == pytest.approx(value, rel=1e-4)
        assert one.s == pytest.approx(np.sqrt(variance), rel=1e-3)


def test_the_unit_of_time_is_of_no_account() -> None:
    R = [ufloat(r, 0.02 * r) for r in grown(LONG, 0.5)]
    R = [r + (-1) ** i for i, r in enumerate(R)]
    seconds, hours = fit_growth(LONG, R), fit_growth(np.array(LONG) / 3600, R)
    assert seconds.exponent.n == pytest.approx(hours.exponent.n, rel=1e-6)
    assert seconds.verdict == hours.verdict
    assert (seconds.rate * 3600**seconds.exponent).s == pytest.approx(hours.rate.s, rel=1e-3)


def test_common_errors_of_the_resistances_count() -> None:
    """What all points share moves R0 alone."""
    true = grown(LONG, 0.5)
    wiggle = true + np.where(np.arange(16) % 2, 0.5, -0.5)
    V = 25.0 + np.diag(np.full(16, 0.25))
    found = fit_growth(LONG, correlated_values(wiggle, V))
    alone = fit_growth(LONG, [ufloat(r, 0.5) for r in wiggle])
    assert found.exponent.n == pytest.approx(alone.exponent.n, rel=1e-6)
    assert found.exponent.s == pytest.approx(alone.exponent.s, rel=1e-3)
    assert found.R0.s > 4


def test_data_without_noise_or_errors_give_the_law_itself() -> None:
    time = (0.0, *LONG)
    found = fit_growth(time, list(grown(time, 0.5)))
    assert found.verdict == "diffusion"
    assert found.exponent.n == pytest.approx(0.5, abs=1e-6)
    assert found.R0.n == pytest.approx(20.0, abs=1e-4)


def test_no_growth_and_a_falling_resistance_are_no_law() -> None:
    noise = np.random.default_rng(5).standard_normal(16)
    steady = fit_growth(LONG, [ufloat(50 + n, 1.0) for n in noise])
    assert steady.verdict == "not distinguishable"
    assert "does not change" in steady.reason
    falling = fit_growth(LONG, [ufloat(r, 1.0) for r in grown(LONG, 0.5, 120, 20) + noise])
    assert falling.verdict == "neither"
    assert "falls" in falling.reason


def test_a_constant_without_any_noise_has_no_exponent() -> None:
    found = fit_growth(LONG, [50.0] * 16)
    assert found.verdict == "not distinguishable"
    assert found.exponent_interval.low is None
    assert found.exponent_interval.high is None


def test_the_reason_names_interval_and_criterion() -> None:
    reason = fits(0.5, 0.01)[0].reason
    assert "only m = 0.5 fits" in reason
    assert "(95 %)" in reason
    assert "AICc" in reason


def test_what_is_no_series_is_refused() -> None:
    R = [ufloat(r, 1.0) for r in grown(LONG, 0.5)]
    with pytest.raises(ValueError, match="5 different times"):
        fit_growth(LONG[:5], R[:5])
    with pytest.raises(ValueError, match="16 times and 15 resistances"):
        fit_growth(LONG, R[:15])
    with pytest.raises(ValueError, match="point 3: the resistance is -5 ohm"):
        fit_growth(LONG, [*R[:2], ufloat(-5, 1), *R[3:]])
    with pytest.raises(ValueError, match="point 1: the time is nan s"):
        fit_growth([np.nan, *LONG[1:]], R)
    with pytest.raises(ValueError, match="point 2: the time is -1 s"):
        fit_growth([LONG[0], -1.0, *LONG[2:]], R)
    with pytest.raises(ValueError, match="give all or none"):
        fit_growth(LONG, [*R[:15], 120.0])
