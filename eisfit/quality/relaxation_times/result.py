"""What is known of a distribution of relaxation times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.quality.relaxation_times.strength import Criterion


@dataclass(frozen=True, slots=True)
class Peak:
    """One peak of γ: a process, or a part of one.

    Parameters
    ----------
    time_constant, time_constant_stderr : float
        s; mean of ln τ over the upper half of the peak.
    resistance, resistance_stderr : float
        Ω; the area of the peak between the valleys beside it.
    height : float
        Ω; the largest γ.
    width : float
        Decades of τ at half the height. Smoothing widens sharp peaks.
    low, high : float
        s; the valleys, or the ends of the grid.
    sure : bool
        False where noise or smoothing may have made it.
    why : str
        Why it is not sure; empty where it is.
    """

    time_constant: float
    time_constant_stderr: float
    resistance: float
    resistance_stderr: float
    height: float
    width: float
    low: float
    high: float
    sure: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """A CPE in series, 1/(Q (jω)^n), by which the spectrum ends at low frequency.

    Parameters
    ----------
    Q : float
        F s^(n-1).
    n : float
        1 for a capacitor.
    """

    Q: float
    n: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Drt:
    """A distribution of relaxation times γ(ln τ), with what stands in series with it.

    Parameters
    ----------
    spectrum : Spectrum
        What it was made from.
    time_constant : ndarray, shape (m,)
        s, rising, equally spaced in ln τ.
    gamma : ndarray, shape (m,)
        Ω, not below zero; its integral over ln τ is the polarization resistance.
    low, high : ndarray, shape (m,)
        Ω; band of 95 % credibility at each time.
    R_series : float
        Ω; what the spectrum tends to at high frequency.
    inductance : float
        H.
    tail : Tail, optional
    polarization, polarization_stderr : float
        Ω; sum of all relaxations, also of those in no peak.
    peaks : tuple of Peak
        By rising time constant.
    noise : float
        Standard deviation of each part over |Z|, from the misfit.
    strength : float
        λ of the smoothing, without unit.
    criterion : {"evidence", "gcv", "re_im"}
        What chose it.
    findings : tuple of Finding
    """

    spectrum: Spectrum
    time_constant: FloatArray
    gamma: FloatArray
    low: FloatArray
    high: FloatArray
    R_series: float
    inductance: float
    tail: Tail | None
    polarization: float
    polarization_stderr: float
    peaks: tuple[Peak, ...]
    noise: float
    strength: float
    criterion: Criterion
    findings: tuple[Finding, ...]

    def impedance(self, frequency: ArrayLike) -> ComplexArray:
        """Return the impedance of the distribution in Ω; `frequency` in Hz, shape (k,)."""
        s = 2j * np.pi * np.asarray(frequency, dtype=np.float64)
        step = np.log(self.time_constant[1] / self.time_constant[0])
        Z = self.R_series + s * self.inductance
        Z = Z + step * np.sum(self.gamma / (1 + s[..., None] * self.time_constant), axis=-1)
        if self.tail is not None:
            Z = Z + 1 / (self.tail.Q * s**self.tail.n)
        out: ComplexArray = Z
        return out

    def __repr__(self) -> str:
        sure = sum(peak.sure for peak in self.peaks)
        text = f"<Drt of {self.spectrum.label}: {len(self.peaks)} peaks, {sure} of them sure"
        return text + f", {self.polarization:.4g} Ω in all>"
