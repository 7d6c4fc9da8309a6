"""The linear problem of a spectrum, and how strongly γ is smoothed.

The unknowns are γ on a fine grid of relaxation times, series resistance, inductance and tail. The
data choose the strength of the smoothing; it is weaker where γ itself is sharp.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from scipy.linalg import lapack

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.quality.relaxation_times.nonnegative import Solution, nonnegative

PER_DECADE = 12
"""Relaxation times a decade: a single time between two of them is met within 0.11 % of |Z|."""

BEYOND = 0.6
"""Decades by which the grid reaches beyond the window of frequencies at either end."""

_CALM = 0.25  # decades over which that size is averaged, lest γ repeat its noise
_LEAST_SCALE = 0.03  # of |Z|: where -Im Z is smaller or of the other sign


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The spectrum as a linear problem A x = b in units in which x is of the order of one.

    The first unknowns are the series resistance, the inductance and, where there is one, the tail;
    the others are γ on the grid, each divided by `scale`.

    Parameters
    ----------
    log_tau : ndarray, shape (m,)
        ln(τ/s), rising by `step`.
    step : float
    scale : ndarray, shape (q + m,)
        Ω (H for the inductance, Ω s^-n for the tail): what one unit of each unknown is worth.
    extras : int
        q, how many unknowns stand before γ.
    tail_exponent : float
        n of the tail, 0 without one.
    A : ndarray, shape (2 k, q + m)
        Real parts, then imaginary parts, each point divided by its noise.
    b : ndarray, shape (2 k,)
    known : bool
        Whether the noise is known; else each point is divided by |Z|.
    noise : float
        What the points are divided by, as a share of |Z| (the median).
    """

    log_tau: FloatArray
    step: float
    scale: FloatArray
    extras: int
    tail_exponent: float
    A: FloatArray
    b: FloatArray
    known: bool
    noise: float


def design(
    omega: FloatArray, Z: ComplexArray, noise: FloatArray | None = None, tail_exponent: float = 0.0
) -> Design:
    r"""Return the linear problem of a spectrum.

    .. math:: Z = R + j\omega L + \frac{1}{Q (j\omega)^n}
        + \int \frac{\gamma(\ln\tau)}{1 + j\omega\tau} d\ln\tau

    γ is a sum over the grid, which for smooth γ is exact far below the noise. It is counted in
    units of -Im Z at ω = 1/τ (γ averaged over the width of one relaxation), so that small
    arcs are smoothed as much as large ones.

    Parameters
    ----------
    omega : ndarray, shape (k,)
        rad/s, falling.
    Z : ndarray of complex, shape (k,)
        Ω.
    noise : ndarray, shape (k,), optional
        Ω: standard deviation of each part, where it is known.
    tail_exponent : float
        n of the tail; 0 for no tail.
    """
    log_tau, kernel = _kernel(omega.tobytes())
    magnitude = np.abs(Z)
    lead = max(float(Z.imag[0] / omega[0]), 0.0)  # H, at least: arcs only make it look smaller
    arcs_imag = np.maximum(omega * lead - Z.imag, _LEAST_SCALE * np.abs(Z - 1j * omega * lead))
    local = np.exp(smoothed(np.interp(log_tau, -np.log(omega), np.log(arcs_imag)), _CALM))
    extras = [np.ones(len(omega)) + 0j, 1j * omega]
    sizes = [magnitude.min(), magnitude[0] / omega[0]]
    if tail_exponent:
        extras.append((1j * omega) ** -tail_exponent)
        sizes.append(magnitude[-1] * omega[-1] ** tail_exponent)
    scale = np.concatenate([sizes, local])
    unit = magnitude if noise is None else noise
    A = np.concatenate([np.stack(extras, axis=1), kernel], axis=1) * scale / unit[:, None]
    b = Z / unit
    return Design(
        log_tau, float(log_tau[1] - log_tau[0]), scale, len(extras), tail_exponent,
        np.concatenate([A.real, A.imag]), np.concatenate([b.real, b.imag]),
        noise is not None, float(np.median(unit / magnitude)),
    )  # fmt: skip


@lru_cache(maxsize=16)  # the spectra of a series mostly share their frequencies
def _kernel(frequencies: bytes) -> tuple[FloatArray, ComplexArray]:
    """Return ln τ, shape (m,), and the relaxations, shape (k, m)."""
    omega = np.frombuffer(frequencies)
    beyond = BEYOND * np.log(10)
    low, high = -np.log(omega.max()) - beyond, -np.log(omega.min()) + beyond
    count = int(np.ceil((high - low) / np.log(10) * PER_DECADE)) + 1
    log_tau = np.linspace(low, high, count)
    step = log_tau[1] - log_tau[0]
    return log_tau, step / (1 + 1j * omega[:, None] * np.exp(log_tau))


def smoothed(values: FloatArray, width: float) -> FloatArray:
    """Return `values` of the grid averaged with a Gaussian window of `width` decades."""
    half = round(3 * width * PER_DECADE)
    window = np.exp(-0.5 * (np.arange(-half, half + 1) / (width * PER_DECADE)) ** 2)
    padded = np.pad(values, half, mode="edge")
    out: FloatArray = np.convolve(padded, window / window.sum(), mode="valid")
    return out


Criterion: TypeAlias = Literal["evidence", "gcv", "re_im"]
"""Marginal likelihood, generalised cross-validation, real against imaginary part."""

_COARSE, _FINE = 1.0, 0.5  # decades of the strength, in the first search and in the later ones
_FIRST, _LOWEST, _HIGHEST = -5.0, -11.0, 4.0  # log10
_LEAST_NOISE = 1e-5  # of |Z|: below it data are exact
_PASSES = 2
_WIDTH = 0.15  # decades of τ over which the sharpness of γ is averaged
_LEAST_CURVATURE = 1e-12  # sum of squares: below it γ is zero
_FLOOR = 0.01  # of the mean square: γ is nowhere taken to be smoother than this


class Penalty(NamedTuple):
    """What γ is smoothed by.

    Parameters
    ----------
    matrix : ndarray, shape (p, p)
        S; zero for the unknowns that are not γ.
    volume : float
        ln det S of γ.
    """

    matrix: FloatArray
    volume: float


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """γ at one strength of smoothing.

    Parameters
    ----------
    strength : float
        λ of |A x - b|² + λ x'Sx.
    solution : Solution
    penalty : Penalty
        S.
    normal : ndarray, shape (p, p)
        A'A + λS.
    misfit, roughness : float
        |A x - b|² and λ x'Sx.
    score : float
        The criterion; the lowest is the best.
    """

    strength: float
    solution: Solution
    penalty: Penalty
    normal: FloatArray
    misfit: float
    roughness: float
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """The normal equations of a design.

    Parameters
    ----------
    design : Design
    G, g : ndarray, shape (p, p) and (p,)
        A'A and A'b.
    unit : float
        Mean |b|² of a point, in which strengths are counted; 1 where the noise is not known.
    """

    design: Design
    G: FloatArray
    g: FloatArray
    unit: float


def problem(design: Design) -> Problem:
    """Return the normal equations, with a trifle on the diagonal that keeps them solvable."""
    G = design.A.T @ design.A
    G[np.diag_indices_from(G)] += 1e-12 * np.trace(G) / len(G)
    return Problem(design, G, design.A.T @ design.b, 2 * float(np.mean(design.b**2)))


def chosen(task: Problem, criterion: Criterion) -> Smoothed:
    r"""Return γ at the strength that the criterion prefers, smoothed less where it is sharp.

    First one strength for all times is sought, then, twice, a strength for each time from the
    curvature found there, λ(τ) ∝ 1/⟨(u'')²⟩, and again a common factor.

    Parameters
    ----------
    task : Problem
    criterion : {"evidence", "gcv", "re_im"}

    References
    ----------
    Locally varying strength: Effat & Ciucci, Electrochim. Acta 247 (2017) 1117,
    doi:10.1016/j.electacta.2017.07.050.
    """
    size, extras = len(task.g), task.design.extras
    penalty = _penalty(np.full(size - extras + 2, task.unit), extras, task.design.step)
    best = _search(task, penalty, criterion, _FIRST, _COARSE, np.ones(size, dtype=bool))
    for _ in range(_PASSES):
        penalty = _local(best, extras, task.design.step, task.unit)
        before = float(np.log10(best.strength))
        best = _search(task, penalty, criterion, before, _FINE, best.solution.free)
    return best


def similar(task: Problem, criterion: Criterion, like: Smoothed) -> Smoothed:
    """Return γ at the strength of a similar problem of the same size."""
    return at_strength(task, like.penalty, like.strength, criterion, like.solution.free)


def _local(result: Smoothed, extras: int, step: float, unit: float) -> Penalty:
    """Return the penalty with a strength for each time; the roughness stays what it is."""
    curvature = np.diff(np.pad(result.solution.x[extras:], 2), 2) ** 2 / step**3
    if not curvature.sum() > _LEAST_CURVATURE:
        return result.penalty
    smooth = smoothed(curvature, _WIDTH)
    weight = 1 / (smooth + _FLOOR * smooth.mean())
    weight *= unit * curvature.sum() / float(weight @ curvature)
    return _penalty(weight, extras, step)


def _penalty(weight: FloatArray, extras: int, step: float) -> Penalty:
    """Return the sum of squares of second differences, each times its weight, shape (m + 2,).

    Beyond the grid γ is zero, so that the first and the last differences hold its ends.
    """
    count = len(weight) - 2
    w = weight / step**3  # the sum is then the integral of (u'')² over ln τ
    bands = np.zeros((3, count))
    bands[0] = w[:-2] + 4 * w[1:-1] + w[2:]
    bands[1, :-1] = -2 * (w[1:-2] + w[2:-1])
    bands[2, :-2] = w[2:-2]
    factor = lapack.dpbtrf(bands, lower=1)[0][0]
    size = extras + count
    matrix = np.zeros((size, size))
    for i in range(3):
        place = np.arange(extras, size - i)
        matrix[place + i, place] = matrix[place, place + i] = bands[i, : count - i]
    return Penalty(matrix, 2 * float(np.log(factor).sum()))


def _search(
    task: Problem,
    penalty: Penalty,
    criterion: Criterion,
    start: float,
    step: float,
    free: BoolArray,
) -> Smoothed:
    """Return the nearest lowest score downhill from `start` (log10 of the strength)."""
    best = at_strength(task, penalty, 10.0**start, criterion, free)
    for move in (step, -step):
        place = start + move
        while _LOWEST <= place <= _HIGHEST:
            following = at_strength(task, penalty, 10.0**place, criterion, best.solution.free)
            if following.score >= best.score:
                break
            best, place = following, place + move
        if place != start + move:
            break
    return best


def at_strength(
    task: Problem, penalty: Penalty, strength: float, criterion: Criterion, free: BoolArray
) -> Smoothed:
    """Return γ at a given strength and its score."""
    normal = task.G + strength * penalty.matrix
    solution = nonnegative(normal, task.g, free)
    off = task.design.b - task.design.A @ solution.x
    roughness = strength * float(solution.x @ penalty.matrix @ solution.x)
    out = Smoothed(strength, solution, penalty, normal, float(off @ off), roughness, 0.0)
    return replace(out, score=_CRITERIA[criterion](task, out))


def evidence(task: Problem, result: Smoothed) -> float:
    r"""Return -2 ln of the marginal likelihood, but for a constant.

    .. math:: (N - q) \ln J + \ln\det(A'A + \lambda S + D) - \ln\det(\lambda S)

    J is misfit plus roughness (itself where the noise is known). D holds, at the unknowns that are
    kept at zero, the squared slope over the variance of the noise: what is left of the posterior
    there is an exponential distribution of that width. Without it a γ of few spikes would count as
    simple.

    References
    ----------
    MacKay, Neural Comput. 4 (1992) 415, doi:10.1162/neco.1992.4.3.415; D: not from a source.
    """
    extras, rows = task.design.extras, len(task.design.b)
    free = rows - extras
    cost = result.misfit + result.roughness + task.unit * rows * _LEAST_NOISE**2
    precision = precision_of(result, 1.0 if task.design.known else cost / free)
    posterior = np.diag(lapack.dpotrf(precision, lower=1)[0])
    volume = 2 * float(np.log(posterior).sum()) - result.penalty.volume
    volume -= (len(task.g) - extras) * float(np.log(result.strength))
    return volume + (cost if task.design.known else free * float(np.log(cost)))


def precision_of(result: Smoothed, variance: float) -> FloatArray:
    """Return the inverse of the posterior's covariance times `variance`, the noise's."""
    precision = result.normal.copy()
    held = np.where(result.solution.free, 0.0, result.solution.slope)
    precision.flat[:: len(held) + 1] += held**2 / variance
    return precision


def gcv(task: Problem, result: Smoothed) -> float:
    """Return the logarithm of the generalised cross-validation score.

    References
    ----------
    Golub, Heath & Wahba, Technometrics 21 (1979) 215, doi:10.1080/00401706.1979.10489751.
    """
    rows = len(task.design.b)
    left = max(rows - degrees(result), 1e-3)
    return float(np.log(result.misfit / rows + task.unit * _LEAST_NOISE**2) - 2 * np.log(left))


def degrees(result: Smoothed) -> float:
    """Return the effective number of parameters, the trace of (A'A + λS)⁻¹ A'A."""
    where = result.solution.where
    if not len(where):
        return 0.0
    lower = lapack.dpotri(result.solution.factor, lower=1)[0]
    inner = result.penalty.matrix[where][:, where]
    both = 2 * np.sum(np.tril(lower, -1) * inner) + np.sum(np.diag(lower) * np.diag(inner))
    return len(where) - result.strength * float(both)


def real_imaginary(task: Problem, result: Smoothed) -> float:
    """Return how well each part is predicted by the other at this strength.

    What one part does not contain (the imaginary part R, the real part L and an ideal capacitor) is
    taken from the other.

    References
    ----------
    Saccoccio, Wan, Chen & Ciucci, Electrochim. Acta 147 (2014) 470,
    doi:10.1016/j.electacta.2014.09.058.
    """
    A, b, extras = task.design.A, task.design.b, task.design.extras
    half = len(b) // 2
    total = 0.0
    for fitted, other in (
        (slice(0, half), slice(half, None)),
        (slice(half, None), slice(0, half)),
    ):
        H = A[fitted].T @ A[fitted] + result.strength * result.penalty.matrix
        H[np.diag_indices_from(H)] += 1e-10 * np.trace(H) / len(H)
        x = nonnegative(H, A[fitted].T @ b[fitted], result.solution.free).x
        x[:extras] = 0.0
        rest = b[other] - A[other] @ x
        columns = A[other, :extras]
        rest = rest - columns @ np.linalg.lstsq(columns, rest, rcond=1e-12)[0]
        total += float(rest @ rest)
    return float(np.log(total))


_CRITERIA: dict[Criterion, Callable[[Problem, Smoothed], float]] = {
    "evidence": evidence,
    "gcv": gcv,
    "re_im": real_imaginary,
}
