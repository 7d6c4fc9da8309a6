"""Z-HIT: the magnitude from the phase, which drift hardly touches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import FloatArray, IndexArray, freeze
from eisfit.base.errors import SpectrumError
from eisfit.data.spectrum import Spectrum

_ANCHOR = (1.0, 1000.0)  # Hz
_FEWEST = 8


@dataclass(frozen=True, slots=True, eq=False)
class ZHit:
    """Result of the reconstruction.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz, falling; a frequency measured more than once stands once.
    magnitude : ndarray, shape (k,)
        Ω, |Z| from the phase.
    difference : ndarray, shape (k,)
        (|Z| measured - |Z| from the phase)/|Z| from the phase: where it grows towards low
        frequency, the sample drifted; towards high frequency, leads or the instrument.
    phase : ndarray, shape (k,)
        rad, smoothed.
    """

    frequency: FloatArray
    magnitude: FloatArray
    difference: FloatArray
    phase: FloatArray


def zhit(spectrum: Spectrum, anchor: tuple[float, float] | None = None) -> ZHit:
    r"""Reconstruct the magnitude from the phase.

    .. math:: \ln|Z(\omega)| \approx c + \frac{2}{\pi}\int_{\omega_s}^{\omega}\varphi\,d\ln\omega'
       - \frac{\pi}{6}\frac{d\varphi}{d\ln\omega}

    Higher odd derivatives are left out, so it is no identity: exact for a constant phase element,
    up to some 3 % of |Z| off at the flanks of a single sharp arc. The phase is smoothed by a cubic
    spline (generalised cross-validation); c is the median over the `anchor`.

    Parameters
    ----------
    spectrum : Spectrum
    anchor : (float, float), optional
        Hz: where the magnitude is trusted. Else 1 Hz to 1 kHz, or the middle half of the points
        where fewer than five lie there.

    Raises
    ------
    SpectrumError
        Below 8 frequencies, or where no point lies within the anchor.

    References
    ----------
    Ehm, Göhr, Kaus, Röseler & Schiller, ACH Models Chem. 137 (2000) 145 (no DOI known); Schiller,
    Richter, Gülzow & Wagner, Phys. Chem. Chem. Phys. 3 (2001) 374, doi:10.1039/b007678n.

    Examples
    --------
    >>> f = np.logspace(4, -1, 51)
    >>> result = zhit(Spectrum(f, 1 / (1e-5 * (2j * np.pi * f) ** 0.8)))
    >>> bool(np.abs(result.difference).max() < 1e-6)
    True
    """
    from scipy.interpolate import make_smoothing_spline

    frequency, Z = spectrum.kept
    x, first = np.unique(np.log(2 * np.pi * frequency), return_index=True)
    if len(x) < _FEWEST:
        raise SpectrumError(f"Z-HIT needs {_FEWEST} frequencies or more, not {len(x)}")
    use = _anchored(np.exp(x) / (2 * np.pi), anchor)
    phase = make_smoothing_spline(x, np.unwrap(np.angle(Z[first])))
    whole = phase.antiderivative()
    shape = 2 / np.pi * (whole(x) - whole(x[0])) - np.pi / 6 * phase.derivative()(x)
    measured = np.log(np.abs(Z[first]))
    ln = shape + np.median((measured - shape)[use])
    return ZHit(
        freeze(np.exp(x[::-1]) / (2 * np.pi), np.float64),
        freeze(np.exp(ln[::-1]), np.float64),
        freeze(np.expm1(measured - ln)[::-1], np.float64),
        freeze(phase(x)[::-1], np.float64),
    )


def reconstructed(spectrum: Spectrum, anchor: tuple[float, float] | None = None) -> Spectrum:
    """Return a spectrum of the reconstructed magnitude and the smoothed phase; see `zhit`."""
    result = zhit(spectrum, anchor)
    Z = result.magnitude * np.exp(1j * result.phase)
    return spectrum.with_(frequency=result.frequency, impedance=Z, reasons=())


def _anchored(frequency: FloatArray, anchor: tuple[float, float] | None) -> IndexArray:
    """Return the places of the points that fix the constant."""
    low, high = anchor or _ANCHOR
    inside = np.flatnonzero((frequency >= low) & (frequency <= high))
    if anchor is not None and not len(inside):
        raise SpectrumError(f"no point lies between {low:g} and {high:g} Hz; widen the anchor")
    if anchor is None and len(inside) < 5:
        quarter = len(frequency) // 4
        inside = np.arange(quarter, len(frequency) - quarter)
    return inside
