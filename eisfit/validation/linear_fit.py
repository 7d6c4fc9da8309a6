"""The linear Kramers–Kronig fit: relaxations at fixed times, R, L and C, in one QR each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from eisfit.arrays import ComplexArray, FloatArray

Representation: TypeAlias = Literal["impedance", "admittance"]

_LEAST_MISFIT = 1e-10  # mean square residual over |Z|²: below it a fit is exact
_WORSE = 10.0  # AICc
_TERMS = ("", "L", "C", "LC")


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
    mu : float
        1 - Σ|R<0|/ΣR≥0.
    criterion : float
        AICc.
    basis : ndarray, shape (2 k, p)
        Orthonormal; spans what p parameters can describe in the weighted data.
    data, residual : ndarray, shape (2 k,)
        X/(|X| s) and (X - fit)/(|X| s); s is the scale of the noise at the point.
    scale : ndarray, shape (k,)
        s; 1 where the noise is the same share of |X| everywhere.
    """

    representation: Representation
    elements: int
    terms: str
    mu: float
    criterion: float
    basis: FloatArray
    data: FloatArray
    residual: FloatArray
    scale: FloatArray

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
        return float(np.sqrt(self.residual @ self.residual / self.free) * middle(self.scale))

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
    factor then tells the misfit with and without L and C.

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
    scale = np.ones(k) if scale is None else scale
    weight = 1 / (np.abs(_not_zero(X)) * scale)
    weights = np.concatenate([weight, weight])
    data = np.concatenate([X.real * weight, X.imag * weight])
    taken = np.empty((2 * k, 0)) if taken is None else taken
    q = taken.shape[1]
    best: tuple[float, int, str, FloatArray] | None = None
    for m, columns in _designs(omega.tobytes(), representation, chains):
        A = np.empty((2 * k, q + m + 4))
        A[:, :q] = taken
        A[:, q:-1] = columns * weights[:, None]
        A[:, -1] = data
        R: FloatArray = np.asarray(np.linalg.qr(A, mode="r"))
        misfits = _misfits(R[q + m + 1 : q + m + 4, q + m + 1 :])
        values = [
            _criterion(misfit, 2 * k, q + m + 1 + len(terms))
            for terms, misfit in zip(_TERMS, misfits, strict=True)
        ]
        least = min(values)
        if best is None or least < best[0]:
            best = (least, m, _TERMS[values.index(least)], A)
        elif least > best[0] + _WORSE:
            break  # denser chains only follow the noise
    if best is None:
        raise ValueError(f"a Kramers-Kronig test needs 4 points or more, not {k}")
    value, m, terms, A = best
    keep = [*range(q + m + 1), *(q + m + 1 + "LC".index(t) for t in terms)]
    basis, R = np.linalg.qr(A[:, keep])
    along = basis.T @ data
    x = np.linalg.solve(R, along)[q : q + m]
    residual = data - basis @ along
    return LinearFit(
        representation, m, terms, _mu(x), value, basis, data, residual, scale
    )  # fmt: skip


def middle(values: FloatArray) -> float:
    """Return the median, the upper one of two."""
    return float(np.sort(values)[len(values) // 2])


def _not_zero(Z: ComplexArray) -> ComplexArray:
    """Return Z with a point of exactly zero made very small: its weight must stay finite."""
    return np.where(Z == 0, 1e-9 * np.max(np.abs(Z)) + 1e-300, Z)


def _criterion(misfit: float, n: int, p: int) -> float:
    """Return AICc; a chain without degrees of freedom is never the best."""
    if n - p < 2:
        return float("inf")
    least = n * float(np.log(max(misfit, 0.0) / n + _LEAST_MISFIT))
    return least + 2 * p + 2 * p * (p + 1) / (n - p - 1)


def _misfits(T: FloatArray) -> tuple[float, float, float, float]:
    """Return the misfits without, with L, with C, with both, from the last corner of the factor."""
    G = T.T @ T
    both = float(T[2, 2] ** 2)
    with_L = float(G[2, 2] - G[0, 2] ** 2 / max(G[0, 0], 1e-300))
    with_C = float(G[2, 2] - G[1, 2] ** 2 / max(G[1, 1], 1e-300))
    return float(G[2, 2]), with_L, with_C, both


def _mu(R: FloatArray) -> float:
    above = float(R[R >= 0].sum())
    return 1 + float(R[R < 0].sum()) / above if above > 0 else 0.0


@lru_cache(maxsize=64)
def _designs(
    key: bytes, representation: Representation, chains: Chains
) -> tuple[tuple[int, FloatArray], ...]:
    """Return (elements, columns of shape (2 k, elements + 3)) for each chain: relaxations, R, L, C.

    Columns of a grid of frequencies are the same for every spectrum measured on it.
    """
    omega = np.frombuffer(key)
    k = len(omega)
    low, high = omega.min(), omega.max()
    decades = float(np.log10(high / low)) + 2 * chains.beyond
    most = max(k - 3, 1)
    counts = sorted({min(max(3, round(decades * d) + 1), most) for d in chains.densities})
    out = []
    for m in counts:
        s = 1j * omega[:, None] * _times(low, high, m, chains.beyond)
        relaxations = 1 / (1 + s) if representation == "impedance" else s / (1 + s)
        ends = np.stack([np.ones(k) + 0j, 1j * omega / high, -1j * low / omega], axis=1)
        columns = np.concatenate([relaxations, ends], axis=1)
        out.append((m, np.concatenate([columns.real, columns.imag])))
    return tuple(out) if k > 3 else ()


def _times(low: float, high: float, count: int, beyond: float) -> FloatArray:
    times: FloatArray = np.geomspace(10**-beyond / high, 10**beyond / low, count)
    return times
