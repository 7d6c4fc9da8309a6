"""What is wrong with the points of a spectrum, and what instruments and leads add to it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ROOM_TEMPERATURE
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum

_FEW_PER_DECADE = 4.0
_OPEN_PHASE = 87.0  # degrees
_SHORT_PHASE = 1.5
_SMALL_ARC = 0.01  # of the resistance: a process, however small beside the leads
_FAR_OFF = 8.0  # times the usual distance from the neighbours' curve
_LEAST_OFF = 0.2  # of |Z|
_MOST_OUTLIERS = 5
_STUCK = 4  # equal readings in a row


def screen(spectrum: Spectrum) -> tuple[Finding, ...]:
    """Return what is wrong with the numbers of a spectrum.

    Codes: ``short_circuit``, ``open_circuit``, ``negative_resistance`` (errors: nothing can be
    fitted), ``sparse``, ``outliers`` and ``saturated`` (warnings).

    Examples
    --------
    >>> f = np.logspace(6, 0, 31)
    >>> [x.code for x in screen(Spectrum(f, 0.02 + 1j * 2 * np.pi * f * 1e-7))]
    ['short_circuit']
    """
    frequency, Z = spectrum.kept
    return screened_points(spectrum.label, frequency, Z, gross_outliers(frequency, Z))


def screened_points(
    label: str, frequency: FloatArray, Z: ComplexArray, off: list[int]
) -> tuple[Finding, ...]:
    """Return the same for points by falling frequency of which the gross outliers are known."""
    phase = np.degrees(np.angle(Z))
    phase.sort()
    for check in (_open, _short, _negative):
        if unusable := tuple(check(label, frequency, Z, phase)):
            return unusable
    return (
        *_sparse(label, frequency),
        *_outliers(label, frequency, off),
        *_saturated(label, frequency, Z),
    )


def _at(ordered: FloatArray, share: float) -> float:
    """Return the value that `share` of all do not exceed."""
    return float(ordered[round(share * (len(ordered) - 1))])


def _short(
    label: str, frequency: FloatArray, Z: ComplexArray, phase: FloatArray
) -> Iterator[Finding]:
    """Yield a finding for a spectrum without any arc: a bare resistance, or an inductance."""
    if _at(phase, 0.05) < -_SHORT_PHASE:
        return
    third = max(len(Z) // 3, 1)
    step = float(np.median(Z.real[-third:]) - np.median(Z.real[:third]))
    level, noise = float(np.median(Z.real)), float(np.median(np.abs(np.diff(Z.real))))
    change = float(np.ptp(Z.real)) / max(abs(level), 1e-12)
    has_arc = step > max(_SMALL_ARC * abs(level), 3 * noise)
    if not has_arc and (change <= 0.2 or np.median(phase) >= 30):
        text = (
            f"{label}: no arc at all, only {level:.3g} Ω and an inductance: the leads touch, or a "
            "short circuit runs through the sample"
        )
        yield Finding("short_circuit", "error", text)


def _open(
    label: str, frequency: FloatArray, Z: ComplexArray, phase: FloatArray
) -> Iterator[Finding]:
    """Yield a finding for a pure capacitor: nothing conducts at any frequency."""
    if _at(phase, 0.9) <= -_OPEN_PHASE:
        C = float(np.median(-1 / (2 * np.pi * frequency * Z.imag)))
        text = (
            f"{label}: a pure capacitance of {C:.2g} F at every frequency: the circuit is open, or "
            "the sample is far too resistive for this window"
        )
        yield Finding("open_circuit", "error", text)


def _negative(
    label: str, frequency: FloatArray, Z: ComplexArray, phase: FloatArray
) -> Iterator[Finding]:
    share = np.count_nonzero(Z.real < 0) / len(Z)
    if share >= 0.25:
        text = (
            f"{label}: the real part is negative at {100 * share:.0f} % of the points: noise of an "
            "open circuit, or a sign or a column was mixed up"
        )
        yield Finding("negative_resistance", "error", text)


def _sparse(label: str, frequency: FloatArray) -> Iterator[Finding]:
    decades = math.log10(frequency[0] / frequency[-1])
    density = len(frequency) / max(decades, 0.1)
    if density < _FEW_PER_DECADE:
        text = f"{label}: {density:.1f} points per decade are too few; measure 7 or more"
        yield Finding("sparse", "warning", text)


def gross_outliers(frequency: FloatArray, Z: ComplexArray) -> list[int]:
    """Return the points that stand off the curve through their neighbours, at most 5, in order.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz, in order.
    Z : ndarray of complex, shape (k,)
        Ω.
    """
    if len(Z) < 8:
        return []
    smooth, where = Z.copy(), set()
    for _ in range(_MOST_OUTLIERS):
        middle = (4 * (smooth[1:-3] + smooth[3:-1]) - smooth[:-4] - smooth[4:]) / 6
        off = np.abs(smooth[2:-2] - middle) / np.maximum(np.abs(middle), 1e-300)
        i = int(off.argmax())
        if off[i] <= _LEAST_OFF or off[i] <= _FAR_OFF * float(np.sort(off)[len(off) // 2]):
            break
        where.add(i + 2)
        smooth[i + 2] = middle[i]  # a bad point bends the curve at its neighbours too
    return sorted(where)


def _outliers(label: str, frequency: FloatArray, where: list[int]) -> Iterator[Finding]:
    if where:
        names = ", ".join(f"{frequency[i]:.4g} Hz" for i in where)
        text = (
            f"{label}: {len(where)} point{'s' if len(where) > 1 else ''} far from the "
            f"neighbouring points ({names}); leave them out in series.toml if there is a reason"
        )
        yield Finding("outliers", "warning", text)


def _saturated(label: str, frequency: FloatArray, Z: ComplexArray) -> Iterator[Finding]:
    """Yield a finding for equal readings in a row: a saturated or a repeated one."""
    equal = (Z[1:] == Z[:-1]) & (frequency[1:] != frequency[:-1])
    if not equal.any():
        return
    same = np.concatenate([[False], equal, [False]])
    runs = np.flatnonzero(same[1:] != same[:-1]).reshape(-1, 2)
    i, j = max(runs, key=lambda run: run[1] - run[0])
    if j - i + 1 >= _STUCK:
        text = (
            f"{label}: the same impedance, to the last digit, from {frequency[i]:.4g} to "
            f"{frequency[j]:.4g} Hz: the instrument was saturated or repeated a reading; leave "
            "these points out"
        )
        yield Finding("saturated", "warning", text)


_LOOP = 3  # inductive points in a row at low frequency that make a loop
_INDUCTIVE = 0.01  # of |Z|: an imaginary part above it is no noise


def artefacts(spectrum: Spectrum, frequency: FloatArray, Z: ComplexArray) -> tuple[Finding, ...]:
    """Return infos on the points and on what is not the sample.

    Codes: ``duplicates``, ``unordered``, ``lead_inductance``, ``inductive_loop``,
    ``negative_real``, ``large_amplitude``.

    Parameters
    ----------
    spectrum : Spectrum
    frequency, Z : ndarray, shape (k,)
        Its points in use by falling frequency, Hz and Ω.

    Examples
    --------
    >>> f = np.logspace(6, 0, 31)
    >>> Z = 1 + 100 / (1 + 2j * np.pi * f * 1e-3) + 2j * np.pi * f * 1e-6
    >>> [x.code for x in artefacts(Spectrum(f, Z), f, Z)]
    ['lead_inductance']
    """
    label = spectrum.label
    return (
        *_duplicates(label, frequency),
        *_unordered(label, spectrum),
        *_inductive(label, frequency, Z),
        *_negative_real(label, frequency, Z),
        *_amplitude(label, spectrum),
    )


def _duplicates(label: str, frequency: FloatArray) -> Iterator[Finding]:
    again = frequency[1:] == frequency[:-1]
    if again.any():
        twice = np.unique(frequency[1:][again])
        text = (
            f"{label}: {len(twice)} frequencies were measured more than once, such as "
            f"{twice[-1]:.4g} Hz; all readings are used"
        )
        yield Finding("duplicates", "info", text)


def _unordered(label: str, spectrum: Spectrum) -> Iterator[Finding]:
    f = spectrum.frequency
    steps = np.diff(f[~spectrum.mask] if any(spectrum.reasons) else f)
    if (steps > 0).any() and (steps < 0).any():
        text = (
            f"{label}: the frequencies are neither falling nor rising throughout; they are "
            "sorted; drift is tested in the original order"
        )
        yield Finding("unordered", "info", text)


def _inductive(label: str, frequency: FloatArray, Z: ComplexArray) -> Iterator[Finding]:
    """Yield findings for an inductive part at the highest frequencies and a loop at the lowest."""
    inductive = Z.imag > _INDUCTIVE * np.abs(Z)
    if inductive.all():
        return
    if inductive[0]:
        last = int(np.argmin(inductive)) - 1
        L = float(Z.imag[0] / (2 * np.pi * frequency[0]))
        text = (
            f"{label}: inductive above {frequency[last]:.4g} Hz, as with leads of {L:.2g} H or "
            "more in series: add an L to the circuit, shorten the leads, or leave these points "
            "out"
        )
        yield Finding("lead_inductance", "info", text)
    count = int(np.argmin(inductive[::-1]))
    if count >= _LOOP:
        text = (
            f"{label}: an inductive loop below {frequency[-count]:.4g} Hz: adsorption, a side "
            "reaction, or a sample that changed during the sweep; repeat the sweep to decide"
        )
        yield Finding("inductive_loop", "info", text)


def _negative_real(label: str, frequency: FloatArray, Z: ComplexArray) -> Iterator[Finding]:
    where = np.flatnonzero(Z.real < 0)
    if len(where):
        text = (
            f"{label}: the real part is negative at {len(where)} of {len(Z)} points, first at "
            f"{frequency[where[0]]:.4g} Hz: phase errors of the instrument, or of a third electrode"
        )
        yield Finding("negative_real", "info", text)


def _amplitude(label: str, spectrum: Spectrum) -> Iterator[Finding]:
    amplitude = spectrum.provenance.conditions.get("amplitude_V")
    thermal = BOLTZMANN_EV * (spectrum.temperature or ROOM_TEMPERATURE)
    if amplitude is not None and amplitude > thermal:
        text = (
            f"{label}: the amplitude of {1e3 * amplitude:.3g} mV is above kT/e = "
            f"{1e3 * thermal:.3g} mV: electrode reactions may respond nonlinearly; the "
            "conduction of the electrolyte remains linear"
        )
        yield Finding("large_amplitude", "info", text)
