"""The Meyer–Neldel view: whether the prefactors of several samples grow with their E_a.

ln A = ln A₀₀ + E_a/E_MN, so that all lines cross at the isokinetic temperature E_MN/k. Errors make
such a line by themselves: an E_a too high by chance comes with ln A too high, along the slope
1/kT at the middle of the measured temperatures. So the line is fitted with the covariance of each
sample's (ln A, E_a), and only where the E_a differ by more than their errors.

References
----------
Krug, Hunter & Grieger, Nature 261 (1976) 566, doi:10.1038/261566a0 (errors that look like a law);
York et al., Am. J. Phys. 72 (2004) 367, doi:10.1119/1.1632486 (lines through correlated errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import chdtrc, fdtrc
from uncertainties import UFloat, ufloat

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ZERO_CELSIUS
from eisfit.base.scatter import scatter_beyond_errors
from eisfit.samples.differences import LEVEL, p_equal
from eisfit.temperature.arrhenius import ArrheniusResult

Verdict: TypeAlias = Literal["correlated", "not correlated", "not determined"]

FEWEST = 3
"""Samples that a line needs to be more than a line through two points."""


@dataclass(frozen=True, slots=True, eq=False)
class MeyerNeldel:
    """ln A against E_a of one process over the samples.

    Parameters
    ----------
    process : str
    samples : tuple of str, shape (n,)
    activation_energy : ndarray, shape (n,)
        eV, of ln σT.
    ln_prefactor : ndarray, shape (n,)
        ln of A in S K/m.
    covariance : ndarray, shape (n, 2, 2)
        Of (ln A, E_a), with the error of the geometry.
    slope : UFloat, optional
        1/E_MN in 1/eV; None where it is not determined.
    intercept : float
        ln A₀₀ at that slope; nan where there is none.
    scatter : float
        Standard deviation of ln σT about the line beyond the errors.
    middle : float
        K; harmonic mean of the measured temperatures.
    verdict : {"correlated", "not correlated", "not determined"}
    why : str
    """

    process: str
    samples: tuple[str, ...]
    activation_energy: FloatArray
    ln_prefactor: FloatArray
    covariance: FloatArray
    slope: UFloat | None
    intercept: float
    scatter: float
    middle: float
    verdict: Verdict
    why: str

    @property
    def energy(self) -> UFloat | None:
        """E_MN in eV, where the prefactors follow the energies."""
        return 1 / self.slope if self.slope is not None and self.verdict == "correlated" else None

    @property
    def isokinetic_temperature(self) -> UFloat | None:
        """E_MN/k in K, at which the lines cross; None where there is none above 0 K."""
        energy = self.energy
        return energy / BOLTZMANN_EV if energy is not None and energy.n > 0 else None


def meyer_neldel(process: str, lines: Mapping[str, ArrheniusResult]) -> MeyerNeldel | None:
    """Return the Meyer–Neldel view of one process, None for fewer than two samples that have it.

    Parameters
    ----------
    process : str
    lines : mapping of str to ArrheniusResult
        By the sample's name; those without geometry, with a bend or without an error take no part.
    """
    known = {
        name: line
        for name, line in lines.items()
        if line.has_geometry and line.law is None and np.isfinite(line.activation_energy.s)
    }
    if len(known) < 2:
        return None
    E = np.array([line.activation_energy.n for line in known.values()])
    lnA = np.array([line.ln_prefactor.n for line in known.values()])
    V = np.array([_covariance(line) for line in known.values()])
    T = np.concatenate([line.temperature[line.used] for line in known.values()])
    middle = float(1 / np.mean(1 / T))
    return line_through(process, tuple(known), E, lnA, V, middle)


def line_through(
    process: str,
    samples: tuple[str, ...],
    energies: FloatArray,
    ln_prefactors: FloatArray,
    covariance: FloatArray,
    middle: float,
) -> MeyerNeldel:
    """Return the line of ln A over E_a through samples with correlated errors, and its verdict.

    Parameters
    ----------
    process : str
    samples : tuple of str, shape (n,)
    energies, ln_prefactors : ndarray, shape (n,)
        eV; ln of S K/m.
    covariance : ndarray, shape (n, 2, 2)
        Of (ln A, E_a).
    middle : float
        K; at about this temperature errors of E_a leave σ as it is.
    """

    def view(
        verdict: Verdict, why: str, slope: UFloat | None = None,
        intercept: float = np.nan, scatter: float = 0.0,
    ) -> MeyerNeldel:  # fmt: skip
        return MeyerNeldel(
            process, samples, energies, ln_prefactors, covariance, slope, intercept, scatter,
            middle, verdict, why,
        )  # fmt: skip

    n = len(samples)
    if n < FEWEST:
        return view(
            "not determined",
            f"{n} samples always lie on a line; at least {FEWEST} are needed",
        )
    if p_equal(energies, np.sqrt(covariance[:, 1, 1])) > LEVEL:
        text = (
            "the samples' E_a do not differ by more than their errors; a line of ln A over E_a "
            "would only show their correlated errors"
        )
        return view("not determined", text)
    points = _Points(energies, ln_prefactors, covariance, middle)
    scatter = points.scatter()
    slope, stderr = points.best(scatter)
    gain = points.chi_square(0.0, scatter) - points.chi_square(slope, scatter)
    p = float(fdtrc(1, n - 2, gain)) if scatter > 0 else float(chdtrc(1, gain))
    fitted = ufloat(slope, stderr)
    line = fitted, points.intercept(slope, scatter), scatter
    if not p < LEVEL:
        return view("not correlated", f"the slope is not significant (p = {p:.2g})", *line)
    return view("correlated", _meaning(fitted, p, middle), *line)


def _covariance(line: ArrheniusResult) -> FloatArray:
    """Return the covariance of (ln A, E_a) with the geometry's error, which moves only ln A."""
    V = np.array(line.covariance, dtype=np.float64)
    V[0, 0] += line.relative_geometry_error**2
    return V


def _meaning(slope: UFloat, p: float, middle: float) -> str:
    text = f"ln A {'grows' if slope.n > 0 else 'falls'} with E_a (p = {p:.2g})"
    at_middle = 1 / (BOLTZMANN_EV * middle)
    if abs(slope.n - at_middle) < 2 * slope.s:
        text += (
            f"; samples with equal σ at {middle - ZERO_CELSIUS:.0f} °C, the middle of the "
            "measured temperatures, give the same slope, so no Meyer-Neldel rule is needed"
        )
    return text


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """(E_a, ln A) of n samples with the covariance of each."""

    energies: FloatArray
    ln_prefactors: FloatArray
    covariance: FloatArray
    middle: float

    def _weights(self, slopes: FloatArray, scatter: float) -> FloatArray:
        """Return the weight of each sample at each of k slopes, shape (k, n)."""
        V, b = self.covariance, slopes[:, None]
        along = V[:, 0, 0] - 2 * b * V[:, 0, 1] + b**2 * V[:, 1, 1]
        w: FloatArray = 1 / (along + scatter**2)
        return w

    def _intercepts(self, slopes: FloatArray, scatter: float) -> FloatArray:
        w = self._weights(slopes, scatter)
        r = self.ln_prefactors - slopes[:, None] * self.energies
        a: FloatArray = (w * r).sum(axis=1) / w.sum(axis=1)
        return a

    def _chi_squares(self, slopes: FloatArray, scatter: float) -> FloatArray:
        a = self._intercepts(slopes, scatter)
        r = self.ln_prefactors - slopes[:, None] * self.energies - a[:, None]
        out: FloatArray = (self._weights(slopes, scatter) * r**2).sum(axis=1)
        return out

    def intercept(self, slope: float, scatter: float) -> float:
        return float(self._intercepts(np.array([slope]), scatter)[0])

    def chi_square(self, slope: float, scatter: float) -> float:
        return float(self._chi_squares(np.array([slope]), scatter)[0])

    def best(self, scatter: float) -> tuple[float, float]:
        """Return the slope of the least χ² and its standard error, by the curvature there."""
        middle = 1 / (BOLTZMANN_EV * self.middle)
        spread = 1 / np.sqrt(self._weights(np.array([middle]), scatter)[0])
        start = float(np.polyfit(self.energies, self.ln_prefactors, 1, w=1 / spread)[0])
        reach = 10 * (abs(start) + middle)
        grid = np.unique(np.append(np.linspace(-reach, reach, 401), start))
        k = int(np.clip(np.argmin(self._chi_squares(grid, scatter)), 1, len(grid) - 2))
        minimum = minimize_scalar(
            self.chi_square, bounds=(grid[k - 1], grid[k + 1]), args=(scatter,),
            method="bounded", options={"xatol": 1e-9 * reach},
        )  # fmt: skip
        slope = float(minimum.x)
        h = 1e-3 * (abs(slope) + middle)
        curved = (
            self.chi_square(slope + h, scatter) - 2 * self.chi_square(slope, scatter)
            + self.chi_square(slope - h, scatter)
        ) / h**2  # fmt: skip
        return slope, float(np.sqrt(2 / curved)) if curved > 0 else np.inf

    def scatter(self) -> float:
        """Return the scatter beyond the errors that makes χ² equal its expectation."""
        freedom = len(self.energies) - 2

        def excess(scatter: float) -> float:
            return self.chi_square(self.best(scatter)[0], scatter) - freedom

        return scatter_beyond_errors(excess, float(np.std(self.ln_prefactors)) + 1e-12, 1e-4)
