"""Departures from Kramers–Kronig in the residuals of a linear fit: a point, a step, a drift.

Each departure is a pair of columns that would be added to the fit, and what it gains is tested as
in any regression: F(2, ν - 2), also for a step, which is one column and found by chance the more
seldom. All are tried at once, the most significant one is added, and so on until none is left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.quality.linear_fit import (
    USUAL,
    Chains,
    LinearFit,
    Points,
    linear_fit,
)

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
_EDGE = 6  # points on either side of a step: nearer to the ends it looks like a process


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure that no linear, stable, causal sample explains.

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
    """The departures, and the noise that remains.

    Parameters
    ----------
    departures : tuple of Departure
        The most significant first.
    noise : float
        Standard deviation of each part over |X|, with the departures taken out.
    correlation : float
        Correlation of adjacent residuals, in standard deviations from what noise gives.
    systematic : float
        Root mean square of the correlated part over |X|; 0 where there is none.
    """

    departures: tuple[Departure, ...]
    noise: float
    correlation: float
    systematic: float


def diagnose(points: Points, fit: LinearFit, chains: Chains = USUAL) -> Diagnosis:
    """Return what departs from a fit.

    The chain is chosen anew with every departure that is removed: a step bends it.

    Parameters
    ----------
    points : Points
    fit : LinearFit
        To all points.
    chains : Chains
        Of which the fit was chosen.
    """
    departures: list[Departure] = []
    while len(departures) < MOST:
        best = _most_certain(fit, points)
        if best.chance >= 1:
            break
        departures.append(best)
        fit = _without(fit, points, departures, chains)
    correlation, shared = _correlation(fit)
    systematic = shared * fit.usual
    return Diagnosis(tuple(departures), fit.noise, correlation, systematic)


def confirms(points: Points, fit: LinearFit, chains: Chains) -> bool:
    """Tell whether a second fit, too, shows more than single points, if with less certainty."""
    departures: list[Departure] = []
    while len(departures) < MOST:
        best = _most_certain(fit, points)
        if best.chance >= _LENIENT:
            return _correlation(fit)[0] > _LENIENT_CORRELATED
        if best.kind != "point":
            return True
        departures.append(best)
        fit = _without(fit, points, departures, chains)
    return True


def _most_certain(fit: LinearFit, points: Points) -> Departure:
    if fit.free < _LEAST_FREE:
        return Departure("point", 0, float("inf"), 0j)
    return min(_candidates(fit, points.progress), key=lambda d: d.chance)


def _without(
    fit: LinearFit, points: Points, departures: Sequence[Departure], chains: Chains
) -> LinearFit:
    """Return a fit in which departures are free."""
    taken = np.concatenate([_columns(d, fit.data, points.progress) for d in departures], axis=1)
    omega = 2 * np.pi * points.frequency
    return linear_fit(omega, points.impedance, fit.representation, chains, fit.scale, taken)


def _candidates(fit: LinearFit, progress: FloatArray) -> tuple[Departure, Departure, Departure]:
    k = len(fit.scale)
    total = float(fit.residual @ fit.residual) + _exact(fit)

    def chance(gain: float, places: int, kind: Kind) -> float:
        left = max(1 - gain / total, 1e-12)
        return float(min(places * left ** ((fit.free - 2) / 2) / FALSE_ALARMS[kind], 1e9))

    gained, i, off = _points(fit)
    point = Departure("point", i, chance(gained, k, "point"), off * float(fit.scale[i]))
    gained, i, jump = _steps(fit)
    step = Departure("step", i, chance(gained, k, "step"), complex(jump))
    gained, size = _drift(fit, progress)
    return point, step, Departure("drift", 0, chance(gained, 1, "drift"), complex(size))


def _exact(fit: LinearFit) -> float:
    """Return the sum of squares that counts as nothing: a chain is no closer to a process."""
    return len(fit.data) * (_EXACT / fit.usual) ** 2


def _points(fit: LinearFit) -> tuple[float, int, complex]:
    """Return what leaving out a point gains most, which, and how far it is off the fit then."""
    k = len(fit.scale)
    Q, (x, y) = fit.basis.reshape(2, k, -1), fit.residual.reshape(2, k)
    a, b = 1 - np.einsum("sij,sij->si", Q, Q)
    c = -np.einsum("ij,ij->i", Q[0], Q[1])
    # pairs of columns with products a, c; c, b
    determinant = a * b - c**2
    solvable = determinant > 1e-6 * np.maximum(a, b) ** 2 + 1e-12
    safe = np.where(solvable, determinant, np.inf)
    u, v = (b * x - c * y) / safe, (a * y - c * x) / safe
    gain = u * x + v * y
    i = int(gain.argmax())
    return float(gain[i]), i, complex(u[i], v[i])


def _steps(fit: LinearFit) -> tuple[float, int, float]:
    """Return the same for a change of the magnitude from a point to the next."""
    k = len(fit.scale)
    Q, e = fit.basis.reshape(2, k, -1), fit.residual.reshape(2, k)
    part = fit.data.reshape(2, k)
    # sums from the last point backwards: the points after the step
    moved = Q * part[:, :, None]
    along = (moved[0] + moved[1])[:0:-1].cumsum(axis=0)[::-1]
    size = (part * part).sum(axis=0)[:0:-1].cumsum()[::-1]
    x = (part * e).sum(axis=0)[:0:-1].cumsum()[::-1]
    a = size - np.einsum("ij,ij->i", along, along)
    allowed = a > 1e-6 * size
    allowed[: _EDGE - 1] = allowed[k - _EDGE :] = False
    jump = x / np.where(allowed, a, np.inf)
    gain = jump * x
    i = int(gain.argmax())
    return float(gain[i]), i, float(jump[i])


def _drift(fit: LinearFit, progress: FloatArray) -> tuple[float, float]:
    """Return what a drift gains, and the change over the sweep."""
    D = _columns(Departure("drift", 0, 0.0, 0j), fit.data, progress)
    D -= fit.basis @ (fit.basis.T @ D)
    (a, c), (_, b) = (D.T @ D).tolist()
    x, y = (fit.residual @ D).tolist()
    little = 1e-9 * (a + b)
    a, b = a + little, b + little
    determinant = a * b - c * c
    if not determinant > 0:
        return 0.0, 0.0
    u, v = (b * x - c * y) / determinant, (a * y - c * x) / determinant
    last = progress[progress[:, 0].argmax()]
    return u * x + v * y, float(u * last[0] + v * last[1])


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
    whole: FloatArray = (progress * data.reshape(2, k, 1)).reshape(2 * k, -1)
    return whole


def _correlation(fit: LinearFit) -> tuple[float, float]:
    """Return how correlated adjacent residuals are, and the size of what they share.

    r = eᵀWe/eᵀe with W = ½ between neighbours; mean and variance of r for independent errors are
    those of a ratio of quadratic forms, tr(MW)/ν and 2 [ν tr((MW)²) - tr(MW)²]/[ν² (ν + 2)] with
    M = 1 - QQᵀ (Durbin & Watson, Biometrika 37 (1950) 409, doi:10.1093/biomet/37.3-4.409).
    """
    Q, e = fit.basis, fit.residual
    rows, free, square = len(e), fit.free, float(e @ e) + _exact(fit)
    if free < _LEAST_FREE:
        return 0.0, 0.0
    WQ = _mean_of_adjacent(Q)
    S = Q.T @ WQ
    one = -float(S.trace())
    two = rows / 2 - 1 - 2 * float(np.vdot(WQ, WQ)) + float(np.vdot(S, S.T))
    mean = one / free
    variance = 2 * (free * two - one**2) / (free**2 * (free + 2))
    spread = math.sqrt(max(variance, 1e-12))
    parts = e.reshape(2, -1)
    shared = float(np.vdot(parts[:, 1:], parts[:, :-1]))
    systematic = math.sqrt(max(shared - mean * square, 0.0) / rows)
    return (shared / square - mean) / spread, systematic


def _mean_of_adjacent(X: FloatArray) -> FloatArray:
    """Return ½ (row above + row below) within the real and within the imaginary rows."""
    parts = X.reshape(2, len(X) // 2, -1)
    out: FloatArray = np.zeros_like(parts)
    out[:, :-1] = parts[:, 1:]
    out[:, 1:] += parts[:, :-1]
    out *= 0.5
    return out.reshape(X.shape)
