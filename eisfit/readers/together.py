"""What files say only together: which of two temperatures in their names is the measurement's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.outcome import ReadOutcome
from eisfit.readers.temperature import all_in_name

_CODE = "temperature_ambiguous"


def told_apart(outcomes: Sequence[ReadOutcome]) -> list[ReadOutcome]:
    """Return outcomes in which names such as ``LLTO_1000C_25C.csv`` tell their temperature.

    Where all files with several temperatures in their names have all but one of them in common
    (that of the sintering, say), the one that changes is the measurement's.
    """
    named = {
        o.path: frozenset(all_in_name(o.path))
        for o in outcomes
        if any(_in_doubt(s) for s in o.spectra) and len(all_in_name(o.path)) > 1
    }
    several = set(named.values())
    if len(several) < 2:
        return list(outcomes)
    common = frozenset.intersection(*several)
    own = {path: kelvins - common for path, kelvins in named.items()}
    if not common or any(len(kelvins) != 1 for kelvins in own.values()):
        return list(outcomes)
    shared = " and ".join(f"{k - ZERO_CELSIUS:g} °C" for k in sorted(common))
    return [
        replace(o, spectra=tuple(_with(s, min(own[o.path]), shared) for s in o.spectra))
        if o.path in own
        else o
        for o in outcomes
    ]


def _in_doubt(spectrum: Spectrum) -> bool:
    return spectrum.temperature is None and any(f.code == _CODE for f in spectrum.findings)


def _with(spectrum: Spectrum, kelvin: float, shared: str) -> Spectrum:
    if not _in_doubt(spectrum):
        return spectrum
    text = (
        f"{spectrum.label}: its name holds several temperatures; {shared} stands in all names, so "
        f"{kelvin - ZERO_CELSIUS:g} °C is taken as that of the measurement"
    )
    findings = tuple(f for f in spectrum.findings if f.code != _CODE)
    return spectrum.with_(
        temperature=kelvin,
        temperature_source="file name",
        findings=(*findings, Finding("temperature_told_apart", "info", text)),
    )
