"""Kramers–Kronig by a linear fit of relaxations (lin-KK): are the data linear, stable, causal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from eisfit.base.arrays import FloatArray, IndexArray, freeze
from eisfit.data.spectrum import Spectrum
from eisfit.quality.departures import CORRELATED, Diagnosis, confirms, diagnose
from eisfit.quality.linear_fit import (
    DENSE,
    USUAL,
    LinearFit,
    Points,
    Representation,
    linear_fit,
    middle,
    points_of,
)

FEWEST = 10
"""Points below which there is no test."""

_KINDS: tuple[Representation, ...] = ("impedance", "admittance")
_WINDOW = 11  # points, over which the noise is looked at
_UNEVEN = 9.0  # times the usual variance
_BETTER = 10.0  # AICc by which another chain is taken for the better one


class KKTest(NamedTuple):
    """A linear fit and what departs from it.

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


def run_test(points: Points) -> KKTest:
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
            (linear_fit(omega, points.impedance, kind, chains) for kind in _KINDS),
            key=lambda f: f.criterion,
        )
        profile = noise_profile(fit)
        scale = _scale(profile)
        if scale is not None:
            fit = linear_fit(omega, points.impedance, fit.representation, chains, scale)
    first = KKTest(points, fit, diagnose(points, fit, chains), profile)
    if not suspicious(first.diagnosis):
        return first
    fits = [linear_fit(omega, points.impedance, kind, DENSE, scale) for kind in _KINDS]
    clean = [f for f in fits if not confirms(points, f, DENSE)]
    best = min(clean or fits, key=lambda f: f.criterion)
    if not clean and best.criterion > first.fit.criterion - _BETTER:
        return first
    return KKTest(points, best, diagnose(points, best, DENSE), profile)


def suspicious(diagnosis: Diagnosis) -> bool:
    """Tell whether more than single points are wrong."""
    other = any(d.kind != "point" for d in diagnosis.departures)
    return other or diagnosis.correlation > CORRELATED


def noise_profile(fit: LinearFit) -> FloatArray:
    """Return the standard deviation of each part over |X| near each point, shape (k,).

    From differences of adjacent residuals, which a smooth misfit does not touch; by the median
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


@dataclass(frozen=True, slots=True, eq=False)
class KramersKronig:
    """Result of the test.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz, falling; points far off their neighbours are not among them.
    residual_real, residual_imag : ndarray, shape (k,)
        (Z - Z_KK)/|Z|, of the magnitude, not %.
    elements : int
        Number of relaxations used.
    mu : float
        1 - Σ|R<0|/ΣR≥0; below 0.85 the fit may begin to follow the noise, or the sample is
        inductive.
    noise : float
        Standard deviation of each part as a fraction of |Z|; the parameters of the fit are
        counted off, and departures are taken out.
    representation : {"impedance", "admittance"}
        What was fitted.
    terms : str
        Which of L and C the data needed beside R.
    """

    frequency: FloatArray
    residual_real: FloatArray
    residual_imag: FloatArray
    elements: int
    mu: float
    noise: float
    representation: Representation
    terms: str


def kramers_kronig(spectrum: Spectrum) -> KramersKronig:
    r"""Fit a sum of relaxations with fixed time constants, R, and L and C where the data need them.

    .. math:: Z = R + j\omega L + \frac{1}{j\omega C} + \sum_k \frac{R_k}{1 + j\omega\tau_k}

    or the same sum for the admittance, :math:`Y = 1/R + j\omega C + 1/(j\omega L) + \sum_k
    j\omega C_k/(1 + j\omega\tau_k)`, where a sum of impedances does not serve. Weights are 1/|Z|.
    The number of elements is the one with the lowest corrected information criterion (AICc): the μ
    criterion of the sources stops too early at a single sharp arc, and is given beside it.

    Raises
    ------
    ValueError
        Below 4 points.

    References
    ----------
    Boukamp, J. Electrochem. Soc. 142 (1995) 1885, doi:10.1149/1.2044210; Schönleber, Klotz &
    Ivers-Tiffée, Electrochim. Acta 131 (2014) 20, doi:10.1016/j.electacta.2014.01.034; for the
    admittance Yrjänä & Bobacka, Electrochim. Acta 504 (2024) 144951,
    doi:10.1016/j.electacta.2024.144951.

    Examples
    --------
    >>> f = np.logspace(5, 0, 41)
    >>> kk = kramers_kronig(Spectrum(f, 5 + 100 / (1 + 2j * np.pi * f * 1e-3)))
    >>> bool(abs(kk.residual_real).max() < 0.01)
    True
    """
    test = run_test(points_of(spectrum))
    off = test.fit.relative
    return KramersKronig(
        freeze(test.points.frequency, np.float64),
        freeze(off.real, np.float64),
        freeze(off.imag, np.float64),
        test.fit.elements,
        test.fit.mu,
        test.diagnosis.noise,
        test.fit.representation,
        test.fit.terms,
    )
