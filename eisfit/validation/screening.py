"""What is wrong with the numbers themselves, before any circuit is thought of."""

from __future__ import annotations

import numpy as np

from eisfit.arrays import ComplexArray, FloatArray
from eisfit.findings import Finding
from eisfit.spectrum import Spectrum

_FEW_PER_DECADE = 4.0
_OPEN_PHASE = 87.0  # degrees
_SHORT_PHASE = 1.5
_FAR_OFF = 8.0  # times the usual distance from the neighbours' curve
_LEAST_OFF = 0.2  # of |Z|
_MOST_OUTLIERS = 5


def screen(spectrum: Spectrum) -> tuple[Finding, ...]:
    """Return what is to be said of the numbers of a spectrum.

    Codes: ``short_circuit``, ``open_circuit``, ``negative_resistance`` (errors: nothing can be
    fitted), ``sparse`` and ``outliers`` (warnings).

    Examples
    --------
    >>> f = np.logspace(6, 0, 31)
    >>> [x.code for x in screen(Spectrum(f, 0.02 + 1j * 2 * np.pi * f * 1e-7))]
    ['short_circuit']
    """
    frequency, Z = spectrum.kept
    label = spectrum.label
    unusable = _open(label, frequency, Z) or _short(label, Z) or _negative(label, Z)
    if unusable is not None:
        return (unusable,)
    found = (_sparse(label, frequency), _outliers(label, frequency, Z))
    return tuple(f for f in found if f is not None)


def _phase(Z: ComplexArray) -> FloatArray:
    degrees: FloatArray = np.degrees(np.angle(Z))
    return degrees


def _short(label: str, Z: ComplexArray) -> Finding | None:
    """Find a spectrum without any arc: a bare resistance, or an inductance."""
    if np.quantile(_phase(Z), 0.05) < -_SHORT_PHASE:
        return None
    level = float(np.median(Z.real))
    change = float(np.ptp(Z.real)) / max(abs(level), 1e-12)
    if change > 0.2 and float(np.median(_phase(Z))) < 30:
        return None
    text = (
        f"{label}: no arc at all, only {level:.3g} Ω and an inductance: the leads touch, or a "
        "short circuit runs through the sample"
    )
    return Finding("short_circuit", "error", text)


def _open(label: str, frequency: FloatArray, Z: ComplexArray) -> Finding | None:
    """Find a pure capacitor: nothing conducts at any frequency."""
    if np.quantile(_phase(Z), 0.9) > -_OPEN_PHASE:
        return None
    C = float(np.median(-1 / (2 * np.pi * frequency * Z.imag)))
    text = (
        f"{label}: a pure capacitance of {C:.2g} F at every frequency: the circuit is open, or the "
        "sample is far too resistive for this window"
    )
    return Finding("open_circuit", "error", text)


def _negative(label: str, Z: ComplexArray) -> Finding | None:
    share = float(np.mean(Z.real < 0))
    if share < 0.25:
        return None
    text = (
        f"{label}: the real part is negative at {100 * share:.0f} % of the points: noise of an "
        "open circuit, or a sign or a column was mixed up"
    )
    return Finding("negative_resistance", "error", text)


def _sparse(label: str, frequency: FloatArray) -> Finding | None:
    decades = float(np.log10(frequency[0] / frequency[-1]))
    density = len(frequency) / max(decades, 0.1)
    if density >= _FEW_PER_DECADE:
        return None
    text = f"{label}: {density:.1f} points a decade are few; measure 7 or more"
    return Finding("sparse", "warning", text)


def _outliers(label: str, frequency: FloatArray, Z: ComplexArray) -> Finding | None:
    """Find single points that stand off the curve through their neighbours, the worst one first."""
    if len(Z) < 8:
        return None
    smooth, where = Z.copy(), []
    for _ in range(_MOST_OUTLIERS):
        middle = (4 * (smooth[1:-3] + smooth[3:-1]) - smooth[:-4] - smooth[4:]) / 6
        off = np.abs(smooth[2:-2] - middle) / np.abs(middle)
        i = int(np.argmax(off))
        if off[i] <= max(_FAR_OFF * float(np.median(off)), _LEAST_OFF):
            break
        where.append(i + 2)
        smooth[i + 2] = middle[i]  # a bad point bends the curve at its neighbours too
    if not where:
        return None
    names = ", ".join(f"{frequency[i]:.4g} Hz" for i in sorted(where))
    text = (
        f"{label}: {len(where)} point{'s' if len(where) > 1 else ''} far off the neighbours "
        f"({names}); leave them out in series.toml if there is a reason"
    )
    return Finding("outliers", "warning", text)
