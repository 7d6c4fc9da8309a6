"""Kramers–Kronig by a linear fit of relaxations (lin-KK): are the data linear, stable, causal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import FloatArray, frozen
from eisfit.data.spectrum import Spectrum
from eisfit.quality.linear_fit import Representation
from eisfit.quality.looks import look
from eisfit.quality.points import points_of
from eisfit.quality.verdict import verdict_findings

__all__ = ["KramersKronig", "kramers_kronig", "verdict_findings"]


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
    seen = look(points_of(spectrum))
    off = seen.fit.relative
    return KramersKronig(
        frozen(seen.points.frequency, np.float64),
        frozen(off.real, np.float64),
        frozen(off.imag, np.float64),
        seen.fit.elements,
        seen.fit.mu,
        seen.diagnosis.noise,
        seen.fit.representation,
        seen.fit.terms,
    )
