"""Ivium (.idf, one measurement; .ids, several): settings as text, then tables.

::

    (a few bytes)
    starttime=…
    serialnumber=…
    Method=Impedance
    Technique=Constant E
    Title=…
    E start=0
    Frequencies.amp[1]=0.01
    Data Options.Area=1
    …
    primary_data
    3                                       columns
    29                                      rows
    1.09009E+02  -2.65557E+01  1.00000E+04  Z', Z'' (with its sign), frequency

Only tables below ``Method=Impedance`` are spectra; other methods write other primary data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, header_conditions, parse_datetime
from eisfit.readers.parts import add_findings, read_sweeps
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.table import Dialect, read_rows
from eisfit.readers.text import Source, open_source, parse_number

NAME = "ivium"

_MARKS = tuple(
    re.compile(rb"\n\r*" + word) for word in (b"starttime=", b"serialnumber=", b"Method=")
)
_CONDITIONS = {
    "Frequencies.amp[1]": ("amplitude_V", 1.0),
    "E start": ("dc_potential_V", 1.0),
    "Data Options.Area": ("area_entry_m2", 1e-4),
}
_COLUMNS = ("Z'/ohm", "Z''/ohm", "freq/Hz")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is Ivium's."""
    return all(mark.search(head) for mark in _MARKS)


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every impedance measurement of an .idf or .ids file."""
    source = open_source(path)
    tables = list(_tables(source))
    measured = [table for table in tables if table[0].get("Method") == "Impedance"]
    methods = [settings.get("Method") or "unknown" for settings, _ in tables]
    other = [method for method in methods if method != "Impedance"]
    if not measured:
        raise source.error(_no_spectrum(other))
    spectra = read_sweeps(source, measured, lambda part, table: _spectra(part, *table), index=0)
    if not other:
        return spectra
    text = f"measurements of other kinds are skipped: {', '.join(other)}"
    return add_findings(spectra, [source.finding("other_techniques", "info", text)], index=0)


def _tables(source: Source) -> Iterator[tuple[dict[str, str], int]]:
    """Yield the settings above each table of primary data, and the index of its first line."""
    settings: dict[str, str] = {}
    for i, line in enumerate(source.lines):
        key, equals, value = line.partition("=")
        if key == "starttime":
            settings = {}
        if equals:
            settings[key.strip()] = value.strip()
        elif line.strip() == "primary_data":
            yield dict(settings), i + 1


def _spectra(source: Source, settings: dict[str, str], start: int) -> list[Spectrum]:
    counts = [parse_number(line) for line in source.lines[start : start + 2]]
    if len(counts) < 2 or counts[0] != 3 or not 0 < counts[1] < len(source.lines):
        what = "the two lines below 'primary_data' do not announce three columns and some rows"
        raise source.error(f"{what}; the file is cut off or damaged", start + 1)
    first, rows = start + 2, int(counts[1])
    if first + rows > len(source.lines):
        points = len(source.lines) - first
        what = f"{rows} points are announced and {points} are there; the file is cut off"
        raise source.error(what, start + 2)
    layout = choose_columns(_COLUMNS, source.path, start)
    lines = source.lines[first : first + rows]
    table = read_rows(lines, first + 1, layout, Dialect(" "))
    return build_spectra(source, layout, table, _header(settings))


def _header(settings: dict[str, str]) -> Header:
    technique = settings.get("Technique", "")
    conditions = header_conditions(settings, _CONDITIONS) if technique == "Constant E" else {}
    return Header(
        NAME,
        instrument=f"Ivium {settings.get('serialnumber', '')}".strip(),
        technique=f"{settings.get('Method', '')} {technique}".strip(),
        software=settings.get("software", ""),
        measured_at=parse_datetime(settings.get("starttime", "")),
        conditions=conditions,
    )


def _no_spectrum(others: list[str]) -> str:
    if others:
        return f"this Ivium file holds {', '.join(dict.fromkeys(others))}, no impedance spectrum"
    return "no table of primary data: the measurement was not started, or the file is cut off"


FORMAT = Format(
    NAME, "Ivium (.idf, .ids)", recognises, read, (".idf", ".ids"),
    "layout inferred from two files", marks=(b"starttime=",),
)  # fmt: skip
