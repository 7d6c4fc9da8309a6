"""What a distribution of relaxation times holds: γ, its significant peaks, and findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.quality.relaxation_times.regularization import Criterion


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


CLOSEST = 0.8
"""Decades between two peaks that can be sure.

One relaxation is 1.14 decades wide in -Im Z at half its height: nearer ones differ only by
the shape of their sum, which another distribution can have as well.
"""

_SIGNIFICANT, _SURE = 3.0, 4.0  # standard errors by which a peak stands out
_NOTHING, _LITTLE = 0.0002, 0.05  # of the height: where a peak has come down
_GRID = 0.05  # of a step: error of the mean of a single time, which the grid cannot hold
_FOOT = 1.0  # in ln τ: how far the foot of a peak may reach beyond a valley, in units of γ there


class _Range(NamedTuple):
    """A peak between two valleys (places on the grid, both included); how far it stands out."""

    first: int
    top: int
    last: int
    prominence: float


def find_peaks(
    log_tau: FloatArray,
    gamma: FloatArray,
    covariance: FloatArray,
    window: tuple[float, float],
) -> tuple[Peak, ...]:
    """Return the peaks of γ that stand out from the valleys beside them by three standard errors.

    Parameters
    ----------
    log_tau, gamma : ndarray, shape (m,)
        ln(τ/s), rising and equally spaced; Ω.
    covariance : ndarray, shape (m, m)
        Of γ.
    window : tuple of float
        ln of the shortest and the longest time that the frequencies reach, 1/ω.
    """
    ranges = _ranges(gamma, covariance)
    peaks = [_peak(log_tau, gamma, covariance, r) for r in ranges]
    significant = [i for i, r in enumerate(ranges) if _is_significant(gamma, covariance, r)]
    out = []
    for i in significant:
        gaps = [
            abs(np.log(peaks[i].time_constant / peaks[j].time_constant))
            for j in significant
            if j != i
        ]
        out.append(_judged(peaks[i], ranges[i].prominence, min(gaps, default=np.inf), window))
    return tuple(out)


def _ranges(gamma: FloatArray, covariance: FloatArray) -> list[_Range]:
    """Return the peaks, those that do not stand out merged with the adjacent one."""
    padded = np.concatenate([[0.0], gamma, [0.0]])
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:])).tolist()
    valleys = [a + int(np.argmin(gamma[a : b + 1])) for a, b in pairwise(tops)]
    while valleys:
        stands = [
            _stands_out(gamma, covariance, min(pair, key=lambda k: gamma[k]), valley)
            for *pair, valley in zip(tops, tops[1:], valleys, strict=False)
        ]
        i = int(np.argmin(stands))
        if stands[i] >= _SIGNIFICANT:
            break
        del tops[i if gamma[tops[i]] < gamma[tops[i + 1]] else i + 1], valleys[i]
    ends = [0, *valleys, len(gamma) - 1]
    out = []
    for top, start, stop in zip(tops, ends, ends[1:], strict=False):
        first, last = (_foot(gamma, covariance, top, end) for end in (start, stop))
        sides = [v for v in (first, last) if v in valleys]
        least = min((_stands_out(gamma, covariance, top, v) for v in sides), default=np.inf)
        out.append(_Range(first, top, last, least))
    return out


def _is_significant(gamma: FloatArray, covariance: FloatArray, place: _Range) -> bool:
    """Tell whether both the height and the area of a peak stand out from zero."""
    places = (slice(place.top, place.top + 1), slice(place.first, place.last + 1))
    return all(
        gamma[p].sum() > _SIGNIFICANT * np.sqrt(max(covariance[p, p].sum(), 0.0)) for p in places
    )


def _foot(gamma: FloatArray, covariance: FloatArray, top: int, end: int) -> int:
    """Return where a peak ends: at the valley, where it is down, or before a lobe of noise."""
    move = 1 if end > top else -1
    i = top
    while i != end and gamma[i] > _NOTHING * gamma[top]:
        if gamma[i] < _LITTLE * gamma[top] and gamma[i + move] > gamma[i]:
            lobe = slice(i, end + 1) if move > 0 else slice(end, i + 1)
            if gamma[lobe].sum() < _SIGNIFICANT * np.sqrt(max(covariance[lobe, lobe].sum(), 0.0)):
                break
        i += move
    return i


def _stands_out(gamma: FloatArray, covariance: FloatArray, top: int, valley: int) -> float:
    """Return by how many standard errors γ is larger at `top` than at `valley`."""
    variance = covariance[top, top] + covariance[valley, valley] - 2 * covariance[top, valley]
    return float((gamma[top] - gamma[valley]) / np.sqrt(max(variance, 1e-300)))


def _upper(gamma: FloatArray, place: _Range) -> FloatArray:
    """Return how much of each cell of the grid is above half the height around the top."""
    share = np.zeros(len(gamma))
    share[place.top] = 1.0
    half = gamma[place.top] / 2
    for move, end in ((-1, place.first), (1, place.last)):
        i = place.top
        while i != end and gamma[i + move] > half:
            i += move
            share[i] = 1.0
        if i != end:  # the part of the way to the next point at which γ passes the half
            share[i + move] += (gamma[i] - half) / (gamma[i] - gamma[i + move]) - 0.5
    return share


def _centre(log_tau: FloatArray, gamma: FloatArray, place: _Range) -> tuple[float, FloatArray]:
    """Return the mean of ln τ over the upper half and what each γ counts in it.

    The cells next to the top always count: a single time shares itself out among them.
    """
    share = _upper(gamma, place)
    beside = slice(max(place.top - 1, place.first), min(place.top + 1, place.last) + 1)
    share[beside] = np.maximum(share[beside], 1.0)
    weight = share * gamma
    return float(log_tau @ weight / weight.sum()), share


def _peak(log_tau: FloatArray, gamma: FloatArray, covariance: FloatArray, place: _Range) -> Peak:
    step = float(log_tau[1] - log_tau[0])
    whole, width = slice(place.first, place.last + 1), _upper(gamma, place).sum() * step
    centre, upper = _centre(log_tau, gamma, place)
    area = step * float(gamma[whole].sum())
    feet = _FOOT * gamma[[v for v in (place.first, place.last) if 0 < v < len(gamma) - 1]]
    variance = step**2 * float(covariance[whole, whole].sum()) + float(feet @ feet)
    pull = upper * (log_tau - centre) / (upper @ gamma)
    tau = float(np.exp(centre))
    error = float(np.sqrt(max(float(pull @ covariance @ pull), 0.0) + (_GRID * step) ** 2))
    ends = np.exp(log_tau[[place.first, place.last]])
    return Peak(
        tau, tau * error, area, float(np.sqrt(max(variance, 0.0))), float(gamma[place.top]),
        float(width / np.log(10)), float(ends[0]), float(ends[1]), sure=True,
    )  # fmt: skip


def _judged(peak: Peak, prominence: float, nearest: float, window: tuple[float, float]) -> Peak:
    """Return the peak with the reason why it is not sure, where there is one."""
    why = ""
    if not window[0] <= np.log(peak.time_constant) <= window[1]:
        why = "its time constant is outside the window of frequencies"
    elif nearest < CLOSEST * np.log(10):
        why = "it is too near to another peak to be distinguished from one broad distribution"
    elif min(prominence, peak.resistance / max(peak.resistance_stderr, 1e-300)) < _SURE:
        why = "its resistance is hardly larger than its error"
    return replace(peak, sure=not why, why=why)


_POOR = 0.03  # of |Z|
_TIMES, _AREAS, _SHARP = (7.5, 13.0), (3.8, 10.0), 0.45
"""A finite Warburg is a row of sharp peaks with times and areas as 1, 1/9, 1/25 ...; two are
resolved, the second alone or with all that follow: ratios of areas from 4.3 to 9. The width is in
decades."""


def findings_of(
    label: str, peaks: Sequence[Peak], tail: Tail | None, noise: float
) -> tuple[Finding, ...]:
    """Return what should be known beside the peaks of a spectrum."""
    out = []
    if noise > _POOR:
        out.append(Finding(
            "drt_poor_fit", "warning",
            f"{label}: no sum of relaxations describes the spectrum ({100 * noise:.2g} % of |Z| "
            "is left); do not trust the peaks, and see `eisfit validate`",
        ))  # fmt: skip
    if not peaks:
        out.append(Finding(
            "drt_no_peak", "info",
            f"{label}: no relaxation stands out from the noise within the window of frequencies",
        ))  # fmt: skip
    out += [
        Finding("drt_unsure_peak", "info",
                f"{label}: the peak at {p.time_constant:.2g} s ({p.resistance:.3g} ohm) is "
                f"uncertain: {p.why}")
        for p in peaks if not p.sure
    ]  # fmt: skip
    if tail is not None:
        kind = "a capacitor" if tail.n == 1 else f"a CPE with n = {tail.n:.2f}"
        out.append(Finding(
            "drt_tail", "info",
            f"{label}: at its low-frequency end the spectrum behaves like {kind} in series: a "
            "blocking electrode, or an arc whose top is below the lowest frequency",
        ))  # fmt: skip
    out += [
        Finding("drt_diffusion", "info",
                f"{label}: the peaks at {fast.time_constant:.2g} and {slow.time_constant:.2g} s "
                "are related like the first two peaks of one finite Warburg element (Boukamp, "
                "Electrochim. Acta 252 (2017) 154): they may be one process")
        for fast, slow in pairwise(peaks) if _one_warburg(fast, slow)
    ]  # fmt: skip
    return tuple(out)


def _one_warburg(fast: Peak, slow: Peak) -> bool:
    """Tell whether two peaks stand as the first of R tanh√(jωτ)/√(jωτ)."""
    times = slow.time_constant / fast.time_constant
    areas = slow.resistance / fast.resistance
    within = _TIMES[0] < times < _TIMES[1] and _AREAS[0] < areas < _AREAS[1]
    return within and slow.width < _SHARP
