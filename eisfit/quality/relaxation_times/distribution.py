"""From a spectrum to its distribution of relaxation times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import lapack
from scipy.optimize import minimize_scalar

from eisfit.base.arrays import ComplexArray, FloatArray, freeze
from eisfit.base.errors import SpectrumError
from eisfit.data.spectrum import Spectrum
from eisfit.quality.relaxation_times.regularization import (
    Criterion,
    Problem,
    Smoothed,
    chosen,
    degrees,
    design,
    evidence,
    precision_of,
    problem,
    similar,
)
from eisfit.quality.relaxation_times.result import Drt, Tail, find_peaks, findings_of

TailChoice: TypeAlias = Literal["auto", "none", "capacitor", "cpe"]

_LEAST_POINTS = 8
_BAND = 1.96
_RISE = 0.3  # -d ln(-Im Z)/d ln ω at the lowest frequencies, from which a tail is tried
_END = 0.7  # decades of frequency that count as the lowest
_EXPONENTS, _NEARLY_ONE = (0.4, 1.0), 0.985
_REACH = 0.15  # in n, around what the rise gives


def drt(
    spectrum: Spectrum,
    criterion: Criterion = "evidence",
    sigma: ArrayLike | None = None,
    tail: TailChoice = "auto",
) -> Drt:
    r"""Return the distribution of relaxation times of a spectrum.

    .. math:: Z = R + j\omega L + \frac{1}{Q (j\omega)^n}
        + \int \frac{\gamma(\ln\tau)}{1 + j\omega\tau} d\ln\tau, \quad \gamma \ge 0

    by Tikhonov regularisation: γ is smooth to the extent that the data do not need it otherwise.
    The band is the posterior at the strength that was chosen; a time at which γ is zero takes part
    with the exponential distribution that its slope implies. The band is right on the average over
    all times (Nychka 1988); at the top of a sharp peak, which smoothing lowers, it is too narrow.

    Parameters
    ----------
    spectrum : Spectrum
        8 points or more.
    criterion : {"evidence", "gcv", "re_im"}
        What chooses the strength: marginal likelihood, generalised cross-validation, or how well
        the real and the imaginary part predict each other. `benchmarks/drt.py` compares them: the
        marginal likelihood makes the fewest false peaks.
    sigma : array-like, shape () or (k,), optional
        Ω; standard deviation of the real and of the imaginary part, by falling frequency of the
        points in use. Without it the noise is a share of |Z| that the data determine.
    tail : {"auto", "none", "capacitor", "cpe"}
        Whether a blocking element stands in series; "auto" lets the marginal likelihood decide.

    Raises
    ------
    SpectrumError
        Below 8 points, or where `sigma` is not positive or has another shape.

    References
    ----------
    Wan, Saccoccio, Chen & Ciucci, Electrochim. Acta 184 (2015) 483,
    doi:10.1016/j.electacta.2015.09.097; choices of the strength: Maradesa et al., J. Electrochem.
    Soc. 170 (2023) 030502, doi:10.1149/1945-7111/acbca4; the posterior: Ciucci & Chen,
    Electrochim. Acta 167 (2015) 439, doi:10.1016/j.electacta.2015.03.123; the band: Nychka, J. Am.
    Stat. Assoc. 83 (1988) 1134, doi:10.1080/01621459.1988.10478711.

    Examples
    --------
    >>> f = np.logspace(6, 0, 61)
    >>> found = drt(Spectrum(f, 20 + 500 / (1 + (2j * np.pi * f * 1e-4) ** 0.9)))
    >>> [(round(p.resistance), f"{p.time_constant:.1e}", p.sure) for p in found.peaks]
    [(500, '1.0e-04', True)]
    """
    frequency, Z = spectrum.kept
    if len(frequency) < _LEAST_POINTS:
        raise SpectrumError(
            f"{spectrum.label}: a distribution of relaxation times needs {_LEAST_POINTS} points or "
            f"more, not {len(frequency)}"
        )
    if len(np.unique(frequency)) < _LEAST_POINTS:
        raise SpectrumError(f"{spectrum.label}: {_LEAST_POINTS} different frequencies are needed")
    if not np.abs(Z).min() > 0:
        raise SpectrumError(f"{spectrum.label}: the impedance is zero at a point; leave it out")
    noise = None if sigma is None else _noise(spectrum, sigma, len(Z))
    task, best = _with_tail(spectrum, criterion, noise, tail)
    return _result(spectrum, task, best, criterion)


def drt_series(
    spectra: Iterable[Spectrum], criterion: Criterion = "evidence", tail: TailChoice = "auto"
) -> tuple[Drt, ...]:
    """Return the distribution of every spectrum, in their order; parameters and errors as `drt`."""
    return tuple(drt(spectrum, criterion, tail=tail) for spectrum in spectra)


def _noise(spectrum: Spectrum, sigma: ArrayLike, count: int) -> FloatArray:
    given = np.asarray(sigma, dtype=np.float64)
    if given.shape not in ((), (count,)) or not np.all(np.isfinite(given) & (given > 0)):
        raise SpectrumError(
            f"{spectrum.label}: sigma must be one number above zero or {count} of them"
        )
    return np.broadcast_to(given, (count,)).copy()


def _with_tail(spectrum: Spectrum, criterion: Criterion, noise: FloatArray | None,
               tail: TailChoice) -> tuple[Problem, Smoothed]:  # fmt: skip
    """Return the problem with the requested tail or the one that the data prefer."""
    frequency, Z = spectrum.kept
    omega = 2 * np.pi * frequency

    def fitted(n: float, like: Smoothed | None = None) -> tuple[Problem, Smoothed]:
        task = problem(design(omega, Z, noise, n))
        return task, chosen(task, criterion) if like is None else similar(task, criterion, like)

    rise = _rise(omega, Z)
    if tail == "none" or (tail == "auto" and rise < _RISE):
        return fitted(0.0)
    if tail == "capacitor":
        return fitted(1.0)
    n = float(np.clip(rise, *_EXPONENTS))
    first = fitted(n)[1]
    low, high = max(n - _REACH, _EXPONENTS[0]), min(n + _REACH, _EXPONENTS[1])
    n = minimize_scalar(
        lambda n: evidence(*fitted(n, first)), bounds=(low, high), method="bounded",
        options={"xatol": 0.003},
    ).x  # fmt: skip
    best = fitted(float(n) if n < _NEARLY_ONE else 1.0)
    if tail == "auto":
        plain = fitted(0.0)
        return plain if evidence(*plain) <= evidence(*best) else best
    return best


def _rise(omega: FloatArray, Z: ComplexArray) -> float:
    """Return how steeply -Im Z rises towards the lowest frequencies, 0 where it does not."""
    end = (omega <= omega[-1] * 10**_END) | (np.arange(len(omega)) >= len(omega) - 4)
    minus_imag = -Z.imag[end]
    if np.any(minus_imag <= 0):
        return 0.0
    slope = np.polyfit(np.log(omega[end]), np.log(minus_imag), 1)[0]
    return max(-float(slope), 0.0)


def _result(spectrum: Spectrum, task: Problem, best: Smoothed, criterion: Criterion) -> Drt:
    plan, x = task.design, best.solution.x * task.design.scale
    q = plan.extras
    rest = max(len(plan.b) - degrees(best), 1.0)
    variance = max(best.misfit / rest, 1e-12)
    relative = float(np.sqrt(variance) * plan.noise)
    if plan.known:
        variance = max(variance, 1.0)
    omega = 2 * np.pi * spectrum.kept[0]
    covariance = _covariance(task, best, variance, omega)
    gamma = x[q:]
    error = _BAND * np.sqrt(np.diag(covariance))
    window = (-float(np.log(omega[0])), -float(np.log(omega[-1])))
    tail = Tail(float(1 / x[2]), plan.tail_exponent) if plan.tail_exponent and x[2] > 0 else None
    peaks = find_peaks(plan.log_tau, gamma, covariance, window)
    return Drt(
        spectrum,
        freeze(np.exp(plan.log_tau), np.float64),
        freeze(gamma, np.float64),
        freeze(np.maximum(gamma - error, 0.0), np.float64),
        freeze(gamma + error, np.float64),
        float(x[0]),
        float(x[1]),
        tail,
        plan.step * float(gamma.sum()),
        plan.step * float(np.sqrt(max(covariance.sum(), 0.0))),
        peaks,
        relative,
        best.strength,
        criterion,
        findings_of(spectrum.label, peaks, tail, relative),
    )


def _covariance(task: Problem, best: Smoothed, variance: float, omega: FloatArray) -> FloatArray:
    """Return the covariance of γ in Ω², shape (m, m), with that of the tail's exponent in it."""
    plan = task.design
    precision = precision_of(best, variance)
    if plan.tail_exponent:
        tail = plan.A[:, 2] * best.solution.x[2]
        k = len(omega)
        along = (tail[:k] + 1j * tail[k:]) * -np.log(1j * omega)
        along = np.concatenate([along.real, along.imag])
        cross = plan.A.T @ along
        precision -= np.outer(cross, cross) / max(float(along @ along), 1e-300)
    factor = lapack.dpotrf(precision, lower=1)[0]
    lower = np.tril(lapack.dpotri(factor, lower=1)[0])
    full = lower + np.tril(lower, -1).T
    scale = plan.scale[plan.extras :]
    out: FloatArray = variance * full[plan.extras :, plan.extras :] * scale * scale[:, None]
    return out
