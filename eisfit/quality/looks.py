"""A spectrum looked at twice: the fit that serves it, and what departs from it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from eisfit.base.arrays import FloatArray, IndexArray
from eisfit.quality.departures import CORRELATED, Diagnosis, confirms, diagnose
from eisfit.quality.linear_fit import DENSE, USUAL, LinearFit, Representation, linear_fit, middle
from eisfit.quality.points import Points

FEWEST = 10
"""Points, below which the test says nothing."""

_WAYS: tuple[Representation, ...] = ("impedance", "admittance")
_WINDOW = 11  # points, over which the noise is looked at
_UNEVEN = 9.0  # times the usual variance
_BETTER = 10.0  # AICc by which another chain is taken for the better one


class Look(NamedTuple):
    """What was seen.

    Parameters
    ----------
    points : Points
    fit : LinearFit
        To all of them.
    diagnosis : Diagnosis
    profile : ndarray, shape (k,)
        Noise near each point: standard deviation of each part over |X|.
    """

    points: Points
    fit: LinearFit
    diagnosis: Diagnosis
    profile: FloatArray


def look(points: Points) -> Look:
    """Fit and diagnose; what is found must be found with a denser chain and the admittance too.

    A step, a drift or correlated residuals may be no more than a chain too coarse for a sharp
    process, or an impedance that no sum of relaxations describes though its admittance is one.
    """
    omega, chains = 2 * np.pi * points.frequency, USUAL
    fit = linear_fit(omega, points.impedance)
    profile = noise_profile(fit)
    scale = _scale(profile)
    if scale is not None:  # noise that differs, or a chain too coarse in a part of the window
        chains = DENSE
        fit = min(
            (linear_fit(omega, points.impedance, way, chains) for way in _WAYS),
            key=lambda f: f.criterion,
        )
        profile = noise_profile(fit)
        scale = _scale(profile)
        if scale is not None:
            fit = linear_fit(omega, points.impedance, fit.representation, chains, scale)
    first = Look(points, fit, diagnose(points, fit, chains), profile)
    if not suspicious(first.diagnosis):
        return first
    fits = [linear_fit(omega, points.impedance, way, DENSE, scale) for way in _WAYS]
    clean = [f for f in fits if not confirms(points, f, DENSE)]
    best = min(clean or fits, key=lambda f: f.criterion)
    if not clean and best.criterion > first.fit.criterion - _BETTER:
        return first
    return Look(points, best, diagnose(points, best, DENSE), profile)


def suspicious(diagnosis: Diagnosis) -> bool:
    """Tell whether more than single points is wrong."""
    other = any(d.kind != "point" for d in diagnosis.departures)
    return other or diagnosis.correlation > CORRELATED


def noise_profile(fit: LinearFit) -> FloatArray:
    """Return the standard deviation of each part over |X| near each point, shape (k,).

    From differences of neighbours' residuals, which a smooth misfit does not touch; by the median
    over 11 points, which a single point does not touch.
    """
    k = len(fit.scale)
    e = fit.residual.reshape(2, k) * fit.scale
    steps = e[:, 1:] - e[:, :-1]
    squares = (steps[0] ** 2 + steps[1] ** 2) / 4
    places, width = _windows(k)
    windows = squares[places]
    windows.sort(axis=-1)
    # squares are exponentially distributed
    profile: FloatArray = np.sqrt(windows[:, width // 2] / math.log(2))
    return profile


@lru_cache(maxsize=64)
def _windows(points: int) -> tuple[IndexArray, int]:
    """Return which differences lie around each point, shape (points, width), and the width."""
    width = min(_WINDOW, points - 1)
    first = np.clip(np.arange(points) - width // 2, 0, points - 1 - width)
    return first[:, None] + np.arange(width), width


def _scale(profile: FloatArray) -> FloatArray | None:
    """Return the noise of each point over the usual, where it is much larger in a part."""
    profile = np.maximum(profile, 1e-5)
    usual = middle(profile)
    return np.maximum(profile / usual, 1.0) if profile.max() ** 2 > _UNEVEN * usual**2 else None
