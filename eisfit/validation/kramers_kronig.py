"""Kramers–Kronig by a linear fit of RC elements (lin-KK): are the data linear, stable, causal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.arrays import ComplexArray, FloatArray
from eisfit.findings import Finding
from eisfit.spectrum import Spectrum

_DENSITIES = (0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # elements a decade that are tried


@dataclass(frozen=True, slots=True, eq=False)
class KramersKronig:
    """Result of the test.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz, falling.
    residual_real, residual_imag : ndarray, shape (k,)
        (Z - Z_KK)/|Z|, of the magnitude, not %.
    elements : int
        Number of RC elements used.
    mu : float
        1 - Σ|R<0|/ΣR≥0; below 0.85 the fit begins to follow the noise.
    """

    frequency: FloatArray
    residual_real: FloatArray
    residual_imag: FloatArray
    elements: int
    mu: float

    @property
    def noise(self) -> float:
        """Standard deviation of each part as a fraction of |Z|."""
        parts = np.concatenate([self.residual_real, self.residual_imag])
        free = max(len(parts) - self.elements - 3, 1)
        return float(np.sqrt(np.sum(parts**2) / free))


def kramers_kronig(spectrum: Spectrum) -> KramersKronig:
    """Fit a chain of RC elements with fixed time constants, R, L and C in series, to a spectrum.

    Weighted by 1/|Z|. The number of elements is the one with the lowest corrected information
    criterion (AICc): the μ criterion of the sources stops too early at a single sharp arc, and is
    given beside it.

    References
    ----------
    Boukamp, J. Electrochem. Soc. 142 (1995) 1885, doi:10.1149/1.2044210; Schönleber, Klotz &
    Ivers-Tiffée, Electrochim. Acta 131 (2014) 20, doi:10.1016/j.electacta.2014.01.034.

    Examples
    --------
    >>> f = np.logspace(5, 0, 41)
    >>> kk = kramers_kronig(Spectrum(f, 5 + 100 / (1 + 2j * np.pi * f * 1e-3)))
    >>> bool(abs(kk.residual_real).max() < 0.01)
    True
    """
    frequency, Z = spectrum.kept
    omega = 2 * np.pi * frequency
    decades = float(np.log10(omega.max() / omega.min()))
    counts = {max(3, min(round(decades * d), len(Z) - 4)) for d in _DENSITIES}
    best = min((_fit(omega, Z, count) for count in sorted(counts)), key=_criterion)
    residual, mu, count = best
    real, imag = np.array(residual.real, float), np.array(residual.imag, float)
    return KramersKronig(frequency, real, imag, count, mu)


def _fit(omega: FloatArray, Z: ComplexArray, elements: int) -> tuple[ComplexArray, float, int]:
    """Return residuals over |Z|, μ, and the number of elements."""
    tau = np.geomspace(1 / omega.max(), 1 / omega.min(), elements)
    columns = np.concatenate(
        [
            1 / (1 + 1j * omega[:, None] * tau),
            np.ones_like(omega)[:, None] + 0j,
            1j * omega[:, None],
            -1j / omega[:, None],
        ],
        axis=1,
    )
    size = np.abs(Z)[:, None]
    A = np.concatenate([(columns / size).real, (columns / size).imag])
    scale = np.maximum(np.linalg.norm(A, axis=0), 1e-300)
    b = np.concatenate([Z.real, Z.imag]) / np.tile(np.abs(Z), 2)
    x = np.linalg.lstsq(A / scale, b, rcond=1e-10)[0] / scale
    R = x[:elements]
    above = float(R[R >= 0].sum())
    mu = 1 - float(-R[R < 0].sum()) / above if above > 0 else 0.0
    return (Z - columns @ x) / np.abs(Z), mu, elements


def _criterion(fit: tuple[ComplexArray, float, int]) -> float:
    """Return AICc of a fit; a misfit below 1e-6 of |Z| counts as none."""
    residual, _, elements = fit
    n, p = 2 * len(residual), elements + 3
    misfit = float(np.sum(np.abs(residual) ** 2)) / n + 1e-12
    return n * float(np.log(misfit)) + 2 * p + 2 * p * (p + 1) / max(n - p - 1, 1)


def verdict_findings(spectrum: Spectrum) -> tuple[Finding, ...]:
    """Return what the test says: ``not_kramers_kronig`` (warning) where residuals are large."""
    frequency, _ = spectrum.kept
    if len(frequency) < 10:
        return ()
    kk = kramers_kronig(spectrum)
    worst = max(float(np.abs(kk.residual_real).max()), float(np.abs(kk.residual_imag).max()))
    if kk.noise < 0.03 and worst < 0.15:
        return ()
    i = int(np.argmax(np.maximum(np.abs(kk.residual_real), np.abs(kk.residual_imag))))
    text = (
        f"{spectrum.label}: the Kramers-Kronig residuals reach {100 * worst:.1f} % of |Z| at "
        f"{kk.frequency[i]:.4g} Hz (noise {100 * kk.noise:.1f} %): the sample may have drifted or "
        "the signal was not linear there"
    )
    return (Finding("not_kramers_kronig", "warning", text),)
