"""Departures from Kramers–Kronig in the residuals of a linear fit: a point, a step, a drift.

Each departure is a pair of columns that would be added to the fit, and what it gains is tested as
in any regression: F(2, ν - 2), also for a step, which is one column and found by chance the more
seldom. All are tried at once, the most significant one is added, and so on until none is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from eisfit.arrays import FloatArray
from eisfit.validation.linear_fit import (
    USUAL,
    Chains,
    LinearFit,
    linear_fit,
    middle,
)
from eisfit.validation.points import Points

Kind: TypeAlias = Literal["point", "step", "drift"]

FALSE_ALARMS: dict[Kind, float] = {"point": 1e-2, "step": 1.5e-3, "drift": 1.5e-3}
"""Share of valid spectra in which each kind is found by chance."""
CORRELATED = 2.97
"""Standard deviations; beyond them residuals are correlated: chance 1.5e-3, one-sided."""

MOST = 8
"""Departures that are sought; what has as many is wrong as a whole."""

_EXACT = 1e-4  # of |X|
_LEAST_FREE = 6
_LENIENT = 20.0  # times the false alarms: what was found once need not be as certain again
_LENIENT_CORRELATED = 2.0  # standard deviations
_EDGE = 6  # points on either side of a step: nearer to the ends it cannot be told from a process


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing that no linear, stable, causal sample explains.

    Parameters
    ----------
    kind : {"point", "step", "drift"}
    index : int
        The point; the last point before the step; 0 for a drift.
    chance : float
        That noise alone does it somewhere in the spectrum, over what is taken as an alarm: below 1.
    size : complex
        Of |X|: how far the point is off the fit; the jump of the magnitude to the points after
        it; the change over the whole sweep.
    """

    kind: Kind
    index: int
    chance: float
    size: complex


class Diagnosis(NamedTuple):
    """What was found, and what remains.

    Parameters
    ----------
    departures : tuple of Departure
        The most significant first.
    noise : float
        Standard deviation of each part over |X|, with the departures taken out.
    correlation : float
        Correlation of neighbours' residuals, in standard deviations from what noise gives.
    systematic : float
        Root mean square of the correlated part over |X|; 0 where there is none.
    """

    departures: tuple[Departure, ...]
    noise: float
    correlation: float
    systematic: float


def diagnose(points: Points, fit: LinearFit, chains: Chains = USUAL) -> Diagnosis:
    """Return what departs from a fit.

    The chain is chosen anew with every departure that is taken out of it: a step makes it bend.

    Parameters
    ----------
    points : Points
    fit : LinearFit
        To all points.
    chains : Chains
        Of which the fit was chosen.
    """
    found: list[Departure] = []
    while len(found) < MOST:
        best = _most_certain(fit, points)
        if best.chance >= 1:
            break
        found.append(best)
        fit = _without(fit, points, found, chains)
    correlation, shared = _correlation(fit)
    systematic = shared * middle(fit.scale)
    return Diagnosis(tuple(found), fit.noise, correlation, systematic)


def confirms(points: Points, fit: LinearFit, chains: Chains) -> bool:
    """Tell whether a second fit, too, shows more than single points, if with less certainty."""
    found: list[Departure] = []
    while len(found) < MOST:
        best = _most_certain(fit, points)
        if best.chance >= _LENIENT:
            return _correlation(fit)[0] > _LENIENT_CORRELATED
        if best.kind != "point":
            return True
        found.append(best)
        fit = _without(fit, points, found, chains)
    return True


def _most_certain(fit: LinearFit, points: Points) -> Departure:
    if fit.free < _LEAST_FREE:
        return Departure("point", 0, float("inf"), 0j)
    return min(_candidates(fit, points.progress), key=lambda d: d.chance)


def _without(
    fit: LinearFit, points: Points, found: Sequence[Departure], chains: Chains
) -> LinearFit:
    """Return a fit in which departures are free."""
    taken = np.concatenate([_columns(d, fit.data, points.progress) for d in found], axis=1)
    omega = 2 * np.pi * points.frequency
    return linear_fit(omega, points.impedance, fit.representation, chains, fit.scale, taken)


def _candidates(fit: LinearFit, progress: FloatArray) -> tuple[Departure, Departure, Departure]:
    k = len(fit.scale)
    total = float(fit.residual @ fit.residual) + _exact(fit)

    def chance(gain: float, places: int, kind: Kind) -> float:
        left = max(1 - gain / total, 1e-12)
        return float(min(places * left ** ((fit.free - 2) / 2) / FALSE_ALARMS[kind], 1e9))

    gain, off = _points(fit)
    i = int(np.argmax(gain))
    point = Departure(
        "point", i, chance(float(gain[i]), k, "point"), complex(off[i] * fit.scale[i])
    )
    gain, jump = _steps(fit)
    i = int(np.argmax(gain))
    step = Departure("step", i, chance(float(gain[i]), k, "step"), complex(jump[i]))
    gained, size = _drift(fit, progress)
    return point, step, Departure("drift", 0, chance(gained, 1, "drift"), complex(size))


def _exact(fit: LinearFit) -> float:
    """Return the sum of squares that counts as nothing: a chain is no closer to a process."""
    return len(fit.data) * (_EXACT / middle(fit.scale)) ** 2


def _points(fit: LinearFit) -> tuple[FloatArray, FloatArray]:
    """Return what leaving out each point gains, and how far the point is off the fit without it."""
    Q, e, k = fit.basis, fit.residual, len(fit.scale)
    a = 1 - np.einsum("ij,ij->i", Q[:k], Q[:k])
    b = 1 - np.einsum("ij,ij->i", Q[k:], Q[k:])
    c = -np.einsum("ij,ij->i", Q[:k], Q[k:])
    return _pairs(a, b, c, e[:k], e[k:])


def _steps(fit: LinearFit) -> tuple[FloatArray, FloatArray]:
    """Return the same for a change of the magnitude from each point to the next."""
    Q, e, k = fit.basis, fit.residual, len(fit.scale)
    re, im = fit.data[:k], fit.data[k:]
    # sums from the last point backwards: the points after the step
    along = np.cumsum((Q[:k] * re[:, None] + Q[k:] * im[:, None])[::-1], axis=0)[::-1][1:]
    size = np.cumsum((re**2 + im**2)[::-1])[::-1][1:]
    a = size - np.einsum("ij,ij->i", along, along)
    x = np.cumsum((e[:k] * re + e[k:] * im)[::-1])[::-1][1:]
    clear = a > 1e-6 * size
    clear[: _EDGE - 1] = clear[k - _EDGE :] = False
    jump = np.where(clear, x / np.where(clear, a, 1.0), 0.0)
    return jump * x, jump


def _pairs(
    a: FloatArray, b: FloatArray, c: FloatArray, x: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return gain and estimate of pairs of columns with products a, c; c, b."""
    determinant = a * b - c**2
    clear = determinant > 1e-6 * np.maximum(a, b) ** 2 + 1e-12
    safe = np.where(clear, determinant, 1.0)
    u, v = (b * x - c * y) / safe, (a * y - c * x) / safe
    return np.where(clear, u * x + v * y, 0.0), np.where(clear, u + 1j * v, 0.0)


def _drift(fit: LinearFit, progress: FloatArray) -> tuple[float, float]:
    D = _columns(Departure("drift", 0, 0.0, 0j), fit.data, progress)
    D = D - fit.basis @ (fit.basis.T @ D)
    G = D.T @ D
    rate = np.linalg.solve(G + 1e-9 * np.trace(G) * np.eye(2), D.T @ fit.residual)
    return float(fit.residual @ D @ rate), float((progress @ rate)[np.argmax(progress[:, 0])])


def _columns(departure: Departure, data: FloatArray, progress: FloatArray) -> FloatArray:
    k = len(data) // 2
    if departure.kind == "point":
        out = np.zeros((2 * k, 2))
        out[departure.index, 0] = out[departure.index + k, 1] = 1
        return out
    if departure.kind == "step":
        after = np.tile(np.arange(k) > departure.index, 2)
        jump: FloatArray = (after * data)[:, None]
        return jump
    whole: FloatArray = np.concatenate([progress, progress]) * data[:, None]
    return whole


def _correlation(fit: LinearFit) -> tuple[float, float]:
    """Return how correlated neighbours' residuals are, and the size of what they share.

    r = eᵀWe/eᵀe with W = ½ between neighbours; mean and variance of r for independent errors are
    those of a ratio of quadratic forms, tr(MW)/ν and 2 [ν tr((MW)²) - tr(MW)²]/[ν² (ν + 2)] with
    M = 1 - QQᵀ (Durbin & Watson, Biometrika 37 (1950) 409, doi:10.1093/biomet/37.3-4.409).
    """
    Q, e = fit.basis, fit.residual
    rows, free, square = len(e), fit.free, float(e @ e) + _exact(fit)
    if free < _LEAST_FREE:
        return 0.0, 0.0
    WQ = _neighbours(Q)
    S = Q.T @ WQ
    one = -float(np.trace(S))
    two = rows / 2 - 1 - 2 * float(np.sum(WQ * WQ)) + float(np.sum(S * S.T))
    mean = one / free
    spread = np.sqrt(2 * (free * two - one**2) / (free**2 * (free + 2)))
    shared = float(e @ _neighbours(e[:, None])[:, 0])
    systematic = np.sqrt(max(shared - mean * square, 0.0) / rows)
    return float((shared / square - mean) / spread), float(systematic)


def _neighbours(X: FloatArray) -> FloatArray:
    """Return ½ (row above + row below) within the real and within the imaginary rows."""
    k = len(X) // 2
    out: FloatArray = np.zeros_like(X)
    for part in (slice(0, k), slice(k, 2 * k)):
        out[part][:-1] += X[part][1:] / 2
        out[part][1:] += X[part][:-1] / 2
    return out
