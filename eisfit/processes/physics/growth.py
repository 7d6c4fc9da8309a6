"""How an interphase grows: R = R0 + k t^m, the error of m, and the cause that m suggests.

m = ½ is growth limited by diffusion through a layer of constant conductivity, m = 1 by a reaction
at constant rate. Other causes give the same exponents, so the verdict names a law, no proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import stdtrit
from uncertainties import UFloat, nominal_value, ufloat

from eisfit.base.arrays import FloatArray
from eisfit.base.values import to_correlated_ufloats
from eisfit.fitting.result import information_criteria
from eisfit.fitting.uncertainty.intervals import Interval
from eisfit.processes.physics.whitening import whitening

GrowthVerdict: TypeAlias = Literal["diffusion", "reaction", "neither", "not distinguishable"]

EXPONENTS = (0.05, 4.0)
"""Range of m."""

FEWEST_TIMES = 6
"""Times below which AICc cannot weigh three free parameters."""

CLEARLY_WORSE = 6.0
"""Difference in AICc from which a law is left out: 20 times less likely."""

_GRID = np.geomspace(*EXPONENTS, 160)
_TINY = 1e-20  # of the data's square: residuals below it are rounding


@dataclass(frozen=True, slots=True)
class GrowthLaw:
    """R = R0 + k t^m with m held.

    Parameters
    ----------
    exponent : float
    R0, rate : UFloat
        Ω, and k in Ω s^(-m).
    aicc : float
        Lower is better.
    """

    exponent: float
    R0: UFloat
    rate: UFloat
    aicc: float


@dataclass(frozen=True, slots=True)
class GrowthResult:
    """The law of growth of a series in time.

    Parameters
    ----------
    R0, rate, exponent : UFloat
        Ω, k in Ω s^(-m), and m, by the covariance of the fit. They know their common errors. For m
        rely on the interval: its distribution is often lopsided.
    exponent_interval : Interval
        95 % interval of m by the profile of χ²; open where all exponents that were tried fit.
    diffusion, reaction : GrowthLaw
        The fits with m = ½ and m = 1.
    aicc : float
        With m free.
    scatter : float
        Residuals in units of the stated errors: well above 1 where these are too small.
    verdict : {"diffusion", "reaction", "neither", "not distinguishable"}
    reason : str
        The verdict in words.
    """

    R0: UFloat
    rate: UFloat
    exponent: UFloat
    exponent_interval: Interval
    diffusion: GrowthLaw
    reaction: GrowthLaw
    aicc: float
    scatter: float
    verdict: GrowthVerdict
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Whitened data: `time` in units of the longest, `whiten` @ V @ whitenᵀ = 1."""

    time: FloatArray
    longest: float
    whiten: FloatArray
    y: FloatArray

    def chi_square(self, exponents: FloatArray) -> FloatArray:
        """Return χ² of the best R0 and k for each of the exponents, shape (e,)."""
        one = self.whiten.sum(axis=1)
        one = one / np.linalg.norm(one)
        powers = self.whiten @ self.time[:, None] ** np.atleast_1d(exponents)
        powers = powers - np.outer(one, one @ powers)
        y = self.y - one * (one @ self.y)
        share = (y @ powers) / np.sum(powers**2, axis=0)
        square: FloatArray = np.sum((y[:, None] - powers * share) ** 2, axis=0)
        return np.maximum(square, _TINY * float(self.y @ self.y))

    def at(self, exponent: float) -> float:
        """Return χ² of one exponent."""
        return float(self.chi_square(np.array([exponent]))[0])


def fit_growth(
    time: Sequence[float] | FloatArray, resistance: Sequence[UFloat | float]
) -> GrowthResult:
    """Return the law of growth R = R0 + k t^m of an interphase resistance.

    The stated errors are weights; their common size is taken from the scatter about the curve, so
    that it need not be right. m = ½ and m = 1 are set beside m free and beside no growth at all by
    AICc; a law is left out where it is worse by 6. The verdict is that law which alone is left and
    lies in the 95 % interval of m.

    Parameters
    ----------
    time : array-like, shape (k,)
        s since the interphase began to form; another zero is another m.
    resistance : sequence of UFloat, shape (k,)
        Ω, all with their errors or none.

    Raises
    ------
    ValueError
        Where there are fewer than 6 different times, or a time, resistance or error that is
        negative or no number.

    References
    ----------
    Wenzel et al., Solid State Ionics 278 (2015) 98, doi:10.1016/j.ssi.2015.06.001 (kinetics of an
    interphase on lithium; volume and page not verified).

    Examples
    --------
    >>> hours = np.array([0.5, 1, 2, 4, 8, 16, 24, 48])
    >>> R = [ufloat(20 + 5 * h**0.5 * (1 + 0.01 * (-1)**i), 0.3) for i, h in enumerate(hours)]
    >>> growth = fit_growth(3600 * hours, R)
    >>> growth.verdict
    'diffusion'
    >>> f"{growth.exponent:.1u}"
    '0.49+/-0.01'
    """
    data = _data(np.asarray(time, dtype=np.float64), resistance)
    m = _best(data)
    count = len(data.y)
    free, variance = data.at(m), data.at(m) / (count - 3)
    R0, rate, exponent = _estimates(data, m, variance)
    interval = _profile(data, m, free + float(stdtrit(count - 3, 0.975)) ** 2 * variance)
    diffusion, reaction = _held(data, 0.5), _held(data, 1.0)
    aicc = information_criteria(free, count, 3)[0]
    verdict, reason = _verdict(data, nominal_value(rate), interval, diffusion, reaction, aicc)
    return GrowthResult(
        R0, rate, exponent, interval, diffusion, reaction, aicc, float(np.sqrt(variance)),
        verdict, reason,
    )  # fmt: skip


def _data(time: FloatArray, resistance: Sequence[UFloat | float]) -> _Data:
    if time.ndim != 1 or len(time) != len(resistance):
        raise ValueError(f"{time.size} times and {len(resistance)} resistances; give one for each")
    R = np.array([nominal_value(value) for value in resistance], dtype=np.float64)
    errors = np.array([getattr(value, "std_dev", 0.0) for value in resistance])
    for name, values, unit in (("time", time, "s"), ("resistance", R, "ohm"),
                               ("error of a resistance", errors, "ohm")):  # fmt: skip
        wrong = ~(np.isfinite(values) & (values >= 0))
        if wrong.any():
            i = int(np.argmax(wrong))
            raise ValueError(f"point {i + 1}: the {name} is {values[i]:g} {unit}; leave it out")
    if len(np.unique(time)) < FEWEST_TIMES:
        raise ValueError(
            f"{len(np.unique(time))} different times; a law of growth needs at least {FEWEST_TIMES}"
        )
    if (errors == 0).any() and (errors > 0).any():
        raise ValueError("some resistances have an error and some have none; give all or none")
    whiten = np.eye(len(R))
    if (errors > 0).all():
        whiten = whitening(resistance)
    longest = float(time.max())
    return _Data(time / longest, longest, whiten, whiten @ R)


def _best(data: _Data) -> float:
    """Return the exponent of least χ²."""
    i = int(np.argmin(data.chi_square(_GRID)))
    ends = (_GRID[max(i - 1, 0)], _GRID[min(i + 1, len(_GRID) - 1)])
    minimum = minimize_scalar(data.at, bounds=ends, method="bounded", options={"xatol": 1e-8})
    return float(minimum.x) if minimum.fun < data.at(_GRID[i]) else float(_GRID[i])


def _profile(data: _Data, best: float, threshold: float) -> Interval:
    """Return the outermost exponents whose χ² reaches `threshold`."""
    grid = np.sort(np.append(_GRID, best))
    inside = np.flatnonzero(data.chi_square(grid) <= threshold)
    inside = np.append(inside, np.searchsorted(grid, best))
    first, last = int(inside.min()), int(inside.max())

    def excess(exponent: float) -> float:
        return data.at(exponent) - threshold

    def crossing(i: int, j: int) -> float:
        return float(brentq(excess, grid[i], grid[j]))

    low = crossing(first - 1, first) if first > 0 else None
    high = crossing(last, last + 1) if last + 1 < len(grid) else None
    return Interval(low, high, "1", "profile")


def _estimates(data: _Data, m: float, variance: float) -> list[UFloat]:
    """Return R0, k and m with their common errors; nan errors where they are not determined."""
    power = data.time**m
    R0, K = _linear(data, m)
    log_time = np.log(np.where(data.time > 0, data.time, 1.0))
    J = data.whiten @ np.stack([np.ones_like(power), power, K * power * log_time], axis=1)
    size = np.linalg.norm(J, axis=0)
    if not (size > 0).all() or np.linalg.cond(J / size) > 1e10:
        values = (R0, K / data.longest**m, m)
        return [ufloat(value, np.nan) for value in values]
    covariance = np.linalg.inv((J / size).T @ (J / size)) / np.outer(size, size) * variance
    a, b, exponent = to_correlated_ufloats([R0, K, m], covariance)
    return [a, b * data.longest ** (-exponent), exponent]


def _linear(data: _Data, m: float) -> tuple[float, float]:
    X = data.whiten @ np.stack([np.ones_like(data.time), data.time**m], axis=1)
    R0, K = np.linalg.lstsq(X, data.y, rcond=None)[0]
    return float(R0), float(K)


def _held(data: _Data, m: float) -> GrowthLaw:
    """Return the fit with the exponent held."""
    X = data.whiten @ np.stack([np.ones_like(data.time), data.time**m], axis=1)
    square = data.at(m)
    covariance = np.linalg.inv(X.T @ X) * square / (len(data.y) - 2)
    R0, K = to_correlated_ufloats(_linear(data, m), covariance)
    return GrowthLaw(m, R0, K / data.longest**m, information_criteria(square, len(data.y), 2)[0])


def _verdict(
    data: _Data,
    rate: float,
    interval: Interval,
    diffusion: GrowthLaw,
    reaction: GrowthLaw,
    free: float,
) -> tuple[GrowthVerdict, str]:
    one = data.whiten.sum(axis=1)
    r = data.y - one * (one @ data.y) / (one @ one)
    square = max(float(r @ r), _TINY * float(data.y @ data.y))
    constant = information_criteria(square, len(data.y), 1)[0]
    limit = CLEARLY_WORSE + min(constant, diffusion.aicc, reaction.aicc, free)
    details = (
        f"m: {interval} (95 %); AICc relative to a free m: {diffusion.aicc - free:+.1f} for m = "
        f"½, {reaction.aicc - free:+.1f} for m = 1"
    )
    if constant < limit:
        return "not distinguishable", "the resistance does not change beyond its scatter"
    if rate < 0:
        return "neither", "the resistance falls with time: there is no growth"
    laws: dict[GrowthVerdict, GrowthLaw] = {"diffusion": diffusion, "reaction": reaction}
    left = [name for name, law in laws.items() if law.aicc < limit]
    if not left:
        return "neither", f"m = ½ and m = 1 are both clearly worse than a free exponent; {details}"
    if len(left) == 2:
        return "not distinguishable", f"m = ½ and m = 1 fit about as well; {details}"
    if laws[left[0]].exponent not in interval:
        return "not distinguishable", (
            f"an exponent other than ½ and 1 fits about as well; {details}"
        )
    return left[0], f"of m = ½ and m = 1 only m = {laws[left[0]].exponent:g} fits; {details}"
