"""The temperature of files with two in their names, from what changes between the names."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.outcome import ReadOutcome
from eisfit.readers.temperature import in_celsius, temperature_from_name, temperatures_in_name


def resolve_file_temperatures(outcomes: Sequence[ReadOutcome]) -> list[ReadOutcome]:
    """Return outcomes in which names such as ``LLTO_1000C_25C.csv`` give a temperature.

    Where all files with several temperatures in their names share all but one of them (that of
    the sintering, say), the one that changes is the measurement's.
    """
    named = {
        o.path: kelvins
        for o in outcomes
        if any(s.temperature is None for s in o.spectra)
        and temperature_from_name(o.path)[1] is not None  # there is a doubt, found before
        and len(kelvins := frozenset(temperatures_in_name(o.path))) > 1
    }
    different = set(named.values())
    if len(different) < 2:
        return list(outcomes)
    shared = frozenset.intersection(*different)
    changing = {path: kelvins - shared for path, kelvins in named.items()}
    if not shared or any(len(kelvins) != 1 for kelvins in changing.values()):
        return list(outcomes)
    text = in_celsius(shared)
    resolved = []
    for o in outcomes:
        kelvins = changing.get(o.path, frozenset())
        spectra = (_with_temperature(s, kelvins, text) for s in o.spectra)
        resolved.append(replace(o, spectra=tuple(spectra)))
    return resolved


def _with_temperature(spectrum: Spectrum, kelvins: Set[float], shared: str) -> Spectrum:
    """Return a spectrum without a temperature with the only one there is, if any."""
    if spectrum.temperature is not None or not kelvins:
        return spectrum
    (kelvin,) = kelvins
    text = (
        f"{spectrum.label}: its name holds several temperatures; {shared} stands in all names, so "
        f"{kelvin - ZERO_CELSIUS:g} °C is taken as that of the measurement"
    )
    _, ambiguous = temperature_from_name(spectrum.provenance.file)
    return spectrum.with_(
        temperature=kelvin,
        temperature_source="file name",
        findings=(
            *(f for f in spectrum.findings if f != ambiguous),
            Finding("temperature_told_apart", "info", text, in_doubt="temperature"),
        ),
    )
