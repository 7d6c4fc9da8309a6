"""The linear Kramers–Kronig fit: relaxations at fixed times, R, L and C, in one QR each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.data.spectrum import Spectrum
from eisfit.quality.screening import gross_outliers


class Points(NamedTuple):
    """The points of a test by falling frequency.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz.
    impedance : ndarray of complex, shape (k,)
        Ω.
    progress : ndarray, shape (k, 2)
        How far the sweep was, 0 to 1: in points, and in time where each takes as many periods.
    """

    frequency: FloatArray
    impedance: ComplexArray
    progress: FloatArray

    def only(self, use: BoolArray | IndexArray) -> Points:
        """Return some of the points."""
        return Points(self.frequency[use], self.impedance[use], self.progress[use])

    def without(self, places: Sequence[int]) -> Points:
        """Return the others."""
        return self.only(np.delete(np.arange(len(self.frequency)), places)) if places else self


def points_in_use(spectrum: Spectrum) -> Points:
    """Return all points that are not left out."""
    frequency, Z = spectrum.frequency, spectrum.impedance
    if any(spectrum.reasons):
        use = ~spectrum.mask
        frequency, Z = frequency[use], Z[use]
    k = len(frequency)
    time = np.cumsum(1 / frequency)
    progress = np.empty((k, 2))
    progress[:, 0] = np.arange(k) / max(k - 1, 1)
    progress[:, 1] = time / time[-1]
    points = Points(frequency, Z, progress)
    if (frequency[1:] <= frequency[:-1]).all():
        return points
    return points.only(np.argsort(-frequency, kind="stable"))


def points_of(spectrum: Spectrum) -> Points:
    """Return the points in use without gross outliers."""
    points = points_in_use(spectrum)
    return points.without(gross_outliers(points.frequency, points.impedance))


Representation: TypeAlias = Literal["impedance", "admittance"]

_LEAST_MISFIT = 1e-10  # mean square residual over |Z|²: below it a fit is exact
_WORSE = 10.0  # AICc


class Chains(NamedTuple):
    """What is tried: elements a decade, and how far the times reach beyond the window.

    Parameters
    ----------
    densities : tuple of float
        Elements a decade.
    beyond : float
        Decades at either end.
    """

    densities: tuple[float, ...]
    beyond: float


USUAL = Chains((1.0, 1.5, 2.0, 3.0), 0.5)
DENSE = Chains((2.0, 3.0, 4.5), 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class LinearFit:
    """A chain of relaxations fitted to a spectrum of k points, real parts first, then imaginary.

    Parameters
    ----------
    representation : {"impedance", "admittance"}
        What was fitted, X below.
    elements : int
        Number of relaxations.
    terms : str
        Which of L and C the data needed beside R (1/L and C in parallel in an admittance).
    criterion : float
        AICc.
    basis : ndarray, shape (2 k, p)
        Orthonormal; spans what p parameters can describe in the weighted data.
    triangle : ndarray, shape (p, p)
        The columns of the chain are ``basis @ triangle``: further ones, relaxations, R, terms.
    data, residual : ndarray, shape (2 k,)
        X/(|X| s) and (X - fit)/(|X| s); s is the scale of the noise at the point.
    scale : ndarray, shape (k,)
        s; 1 where the noise is the same share of |X| everywhere.
    usual : float
        The middle one of s.
    """

    representation: Representation
    elements: int
    terms: str
    criterion: float
    basis: FloatArray
    triangle: FloatArray
    data: FloatArray
    residual: FloatArray
    scale: FloatArray
    usual: float

    @property
    def free(self) -> int:
        """Degrees of freedom, 2 k - p."""
        rows, columns = self.basis.shape
        return int(rows - columns)

    @property
    def noise(self) -> float:
        """Standard deviation of each part over |X|, nan without degrees of freedom."""
        if self.free < 1:
            return float("nan")
        return math.sqrt(self.residual @ self.residual / self.free) * self.usual

    @property
    def mu(self) -> float:
        """1 - Σ|R<0|/ΣR≥0."""
        last = self.basis.shape[1] - 1 - len(self.terms)
        R = np.linalg.solve(self.triangle, self.basis.T @ self.data)[last - self.elements : last]
        above = float(R[R >= 0].sum())
        return 1 + float(R[R < 0].sum()) / above if above > 0 else 0.0

    @property
    def relative(self) -> ComplexArray:
        """Residual of the impedance over |Z|, shape (k,)."""
        k = len(self.scale)
        off: Any = (self.residual[:k] + 1j * self.residual[k:]) * self.scale
        if self.representation == "impedance":
            return np.asarray(off)
        unit: Any = (self.data[:k] + 1j * self.data[k:]) * self.scale
        fitted = np.where(np.abs(unit - off) > 1e-3, unit - off, 1e-3)
        inverse: ComplexArray = 1 / unit - 1 / fitted
        return inverse


def linear_fit(
    omega: FloatArray,
    Z: ComplexArray,
    representation: Representation = "impedance",
    chains: Chains = USUAL,
    scale: FloatArray | None = None,
    taken: FloatArray | None = None,
) -> LinearFit:
    """Fit chains of several lengths and return the one with the lowest AICc.

    The columns of each chain stand in one matrix with L, C and the data last: a single triangular
    factor then gives the misfit with and without L and C.

    Parameters
    ----------
    omega : ndarray, shape (k,)
        rad/s.
    Z : ndarray of complex, shape (k,)
        Ω.
    representation : {"impedance", "admittance"}
    chains : Chains
    scale : ndarray, shape (k,), optional
        Relative noise of the points, where it differs.
    taken : ndarray, shape (2 k, q), optional
        Further columns of every chain, what is known to depart from it.

    Raises
    ------
    ValueError
        Below 4 points.
    """
    X = Z if representation == "impedance" else 1 / _not_zero(Z)
    k = len(X)
    usual = 1.0 if scale is None else middle(scale)
    scale = np.ones(k) if scale is None else scale
    weight = 1 / (np.abs(_not_zero(X)) * scale)
    weights = np.concatenate([weight, weight])
    data = np.concatenate([X.real, X.imag]) * weights
    q = 0 if taken is None else taken.shape[1]
    best: tuple[float, int, str, FloatArray] | None = None
    for m, columns in _designs(omega.tobytes(), representation, chains):
        c = q + m + 1  # columns before L, C and the data
        if c + 3 > 2 * k:
            break  # more parameters than numbers
        A = columns * weights[:, None]
        A[:, -1] = data
        if taken is not None:
            A = np.concatenate([taken, A], axis=1)
        R: FloatArray = np.linalg.qr(A, mode="raw")[0].T  # below the diagonal is something else
        least, terms = _least_criterion(R[c : c + 3, c:].tolist(), 2 * k, c)
        if best is None or least < best[0]:
            best = (least, m, terms, A)
        elif least > best[0] + _WORSE:
            break  # denser chains only follow the noise
    if best is None:
        raise ValueError(f"a Kramers-Kronig test needs 4 points or more, not {k}")
    value, m, terms, A = best
    c = q + m + 1
    if terms == "C":
        A[:, c] = A[:, c + 1]
    basis, triangle = np.linalg.qr(A[:, : c + len(terms)])
    residual = data - basis @ (data @ basis)
    return LinearFit(
        representation, m, terms, value, basis, triangle, data, residual, scale, usual
    )  # fmt: skip


def middle(values: FloatArray) -> float:
    """Return the median, the upper one of two."""
    return float(np.sort(values)[len(values) // 2])


def _not_zero(Z: ComplexArray) -> ComplexArray:
    """Return Z with a point of exactly zero made very small: its weight must stay finite."""
    if Z.all():
        return Z
    return np.where(Z == 0, 1e-9 * np.max(np.abs(Z)) + 1e-300, Z)


def _least_criterion(corner: list[list[float]], n: int, p: int) -> tuple[float, str]:
    """Return the lowest AICc of a chain without L and C, with L, with C, with both, and which.

    Parameters
    ----------
    corner : list of list of float
        The triangle of L, C and the data once all else is taken out of them.
    n, p : int
        Numbers, and parameters without L and C.
    """
    (_, b, d), (_, e, g), (_, _, f) = corner
    length = b * b + e * e
    both = f * f
    C = both + ((b * g - e * d) ** 2 / length if length > 1e-300 else d * d + g * g)
    one = (C, "C") if both + g * g > C else (both + g * g, "L")
    least, best = math.inf, ""
    for more, (misfit, terms) in enumerate(((both + d * d + g * g, ""), one, (both, "LC"))):
        value = _criterion(misfit, n, p + more)
        if value < least:
            least, best = value, terms
    return least, best


def _criterion(misfit: float, n: int, p: int) -> float:
    """Return AICc; a chain without degrees of freedom is never the best."""
    if n - p < 2:
        return math.inf
    return n * math.log(misfit / n + _LEAST_MISFIT) + 2 * p + 2 * p * (p + 1) / (n - p - 1)


@lru_cache(maxsize=64)
def _designs(
    key: bytes, representation: Representation, chains: Chains
) -> tuple[tuple[int, FloatArray], ...]:
    """Return (elements, columns of shape (2 k, elements + 4)) for each chain.

    They are of the relaxations, R, L, C, and one for the data.
    Columns of a grid of frequencies are the same for every spectrum measured on it.
    """
    omega = np.frombuffer(key)
    k = len(omega)
    low, high = float(omega.min()), float(omega.max())
    decades = math.log10(high / low) + 2 * chains.beyond
    most = max(k - 3, 1)
    counts = sorted({min(max(3, round(decades * d) + 1), most) for d in chains.densities})
    x = omega[:, None] * np.concatenate([_times(low, high, m, chains.beyond) for m in counts])
    below = 1 / (1 + x * x)
    relaxations = (
        (below, -x * below) if representation == "impedance" else (x * x * below, x * below)
    )
    ends = np.zeros((2 * k, 4))
    ends[:k, 0], ends[k:, 1], ends[k:, 2] = 1.0, omega / high, -low / omega
    out, first = [], 0
    for m in counts:
        chain = [part[:, first : first + m] for part in relaxations]
        out.append((m, np.concatenate([np.concatenate(chain), ends], axis=1)))
        first += m
    return tuple(out) if k > 3 else ()


def _times(low: float, high: float, count: int, beyond: float) -> FloatArray:
    """Return times, s, evenly in their logarithm, from before 1/`high` to beyond 1/`low`."""
    first, last = -beyond - math.log10(high), beyond - math.log10(low)
    times: FloatArray = 10 ** np.linspace(first, last, count)
    return times
