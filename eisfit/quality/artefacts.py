"""What instruments and leads leave in a spectrum: good to know, no reason to doubt it."""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ROOM_TEMPERATURE
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum

_LOOP = 3  # inductive points in a row at low frequency that make a loop
_CLEAR = 0.01  # of |Z|: an imaginary part above it is no noise


def artefacts(spectrum: Spectrum) -> tuple[Finding, ...]:
    """Return infos on the points and on what is not the sample.

    Codes: ``duplicates``, ``unordered``, ``lead_inductance``, ``inductive_loop``,
    ``negative_real``, ``large_amplitude``.

    Examples
    --------
    >>> f = np.logspace(6, 0, 31)
    >>> Z = 1 + 100 / (1 + 2j * np.pi * f * 1e-3) + 2j * np.pi * f * 1e-6
    >>> [x.code for x in artefacts(Spectrum(f, Z))]
    ['lead_inductance']
    """
    return artefacts_of(spectrum, *spectrum.kept)


def artefacts_of(spectrum: Spectrum, frequency: FloatArray, Z: ComplexArray) -> tuple[Finding, ...]:
    """Return the same where the points in use are at hand, by falling frequency."""
    label = spectrum.label
    inductive = Z.imag > _CLEAR * np.abs(Z)
    found = (
        _duplicates(label, frequency),
        _unordered(label, spectrum),
        *(_induction(label, frequency, Z, inductive) if inductive.any() else ()),
        _negative(label, frequency, Z),
        _amplitude(label, spectrum),
    )
    return tuple(f for f in found if f is not None)


def _duplicates(label: str, frequency: FloatArray) -> Finding | None:
    again = frequency[1:] == frequency[:-1]
    if not again.any():
        return None
    twice = np.unique(frequency[1:][again])
    text = (
        f"{label}: {len(twice)} frequencies were measured more than once, such as "
        f"{twice[-1]:.4g} Hz; all readings are used"
    )
    return Finding("duplicates", "info", text)


def _unordered(label: str, spectrum: Spectrum) -> Finding | None:
    f = spectrum.frequency
    if any(spectrum.reasons):
        f = f[~spectrum.mask]
    if (f[1:] <= f[:-1]).all() or (f[1:] >= f[:-1]).all():
        return None
    text = (
        f"{label}: frequencies neither fall nor rise throughout; they are sorted, and a drift is "
        "sought along the order in which they stand"
    )
    return Finding("unordered", "info", text)


def _induction(
    label: str, frequency: FloatArray, Z: ComplexArray, clear: BoolArray
) -> tuple[Finding | None, Finding | None]:
    """Find an inductive part at the highest frequencies, and a loop at the lowest."""
    if clear.all():
        return None, None
    return _lead(label, frequency, Z, clear), _loop(label, frequency, clear[::-1])


def _lead(label: str, frequency: FloatArray, Z: ComplexArray, clear: BoolArray) -> Finding | None:
    """Say what inductance it is."""
    if not clear[0]:
        return None
    last = int(np.argmin(clear)) - 1
    L = float(Z.imag[0] / (2 * np.pi * frequency[0]))
    text = (
        f"{label}: inductive above {frequency[last]:.4g} Hz, like a lead of {L:.2g} H in series "
        "or more: put an L into the circuit, shorten the leads, or leave these points out"
    )
    return Finding("lead_inductance", "info", text)


def _loop(label: str, frequency: FloatArray, clear: BoolArray) -> Finding | None:
    count = int(np.argmin(clear))
    if count < _LOOP:
        return None
    text = (
        f"{label}: an inductive loop below {frequency[len(clear) - count]:.4g} Hz: adsorption, a "
        "side reaction, or a sample that changed during the sweep; repeat the sweep to tell"
    )
    return Finding("inductive_loop", "info", text)


def _negative(label: str, frequency: FloatArray, Z: ComplexArray) -> Finding | None:
    where = np.flatnonzero(Z.real < 0)
    if not len(where):
        return None
    text = (
        f"{label}: the real part is negative at {len(where)} of {len(Z)} points, first at "
        f"{frequency[where[0]]:.4g} Hz: phase errors of the instrument, or of a third electrode"
    )
    return Finding("negative_real", "info", text)


def _amplitude(label: str, spectrum: Spectrum) -> Finding | None:
    amplitude = spectrum.provenance.conditions.get("amplitude_V")
    thermal = BOLTZMANN_EV * (spectrum.temperature or ROOM_TEMPERATURE)
    if amplitude is None or amplitude <= thermal:
        return None
    text = (
        f"{label}: the amplitude of {1e3 * amplitude:.3g} mV is above kT/e = {1e3 * thermal:.3g} "
        "mV: electrode reactions may not answer linearly; conduction of the electrolyte does"
    )
    return Finding("large_amplitude", "info", text)
