"""The linear problem: relaxation times on a fine grid, series resistance, inductance, tail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray

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
    units of -Im Z at ω = 1/τ (that is γ seen through the width of one relaxation), so that small
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
    seen = np.maximum(omega * lead - Z.imag, _LEAST_SCALE * np.abs(Z - 1j * omega * lead))
    local = np.exp(smoothed(np.interp(log_tau, -np.log(omega), np.log(seen)), _CALM))
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
