"""Gamry Framework (.DTA): tab-separated text.

::

    EXPLAIN
    TAG     EISPOT
    DATE    LABEL   4/23/2018       Date
    PSTAT   PSTAT   REF3000-34128   Potentiostat
    AREA    QUANT   1.00000E+000    &Area (cm^2)
    OCVCURVE        TABLE   387
    …
    ZCURVE  TABLE
            Pt      Time    Freq    Zreal   Zimag   Zsig    Zmod    Zphz    Idc     Vdc     IERange
            #       s       Hz      ohm     ohm     V       ohm     °       A       V       #
            0       1       10000   224.6   -3.77   1       224.6   -0.96   2.4E-6  1.299   10
    EXPERIMENTABORTED       TOGGLE  T       Experiment Aborted

Entries are KEY, kind, value, description. A table's lines start with a tab: names, units, rows.
Every ZCURVE is a spectrum; Zimag is stored with its sign. The decimal may be a comma. AREA is what
the user typed (1 cm² unless changed) and no geometry. A Temp column reads -327 °C where no sensor
is connected. A file whose TAG is another technique (CV, CORPOT, CHRONOA …) has no ZCURVE.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, header_conditions, parse_datetime
from eisfit.readers.parts import read_sweeps
from eisfit.readers.tables.columns import add_units, choose_columns
from eisfit.readers.tables.table import dialect_of, read_rows
from eisfit.readers.text import Source, first_line, open_source, parse_number

NAME = "gamry"

_TABLE = re.compile(r"ZCURVE\d*\tTABLE", re.IGNORECASE)
_CONDITIONS = {
    "VDC": ("dc_potential_V", 1.0),
    "IDC": ("dc_current_A", 1.0),
    "VAC": ("amplitude_V", 1e-3),
    "IAC": ("amplitude_A", 1.0),
    "AREA": ("area_entry_m2", 1e-4),
}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is Gamry's."""
    return first_line(head[:512]).strip() == "EXPLAIN"


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every ZCURVE of a .DTA file."""
    source = open_source(path)
    tables = list(_tables(source))
    entries = _entries(source)
    if not tables:
        raise source.error(_no_spectrum(entries))
    header = _header(source, entries)
    return read_sweeps(source, tables, lambda part, table: _curve(part, *table, header))


def _tables(source: Source) -> Iterator[tuple[int, int]]:
    """Yield the first and the last index of the lines below every ZCURVE."""
    for start, line in enumerate(source.lines):
        if line.startswith(("Z", "z")) and _TABLE.match(line):
            end = start + 1
            while end < len(source.lines) and source.lines[end].startswith(("\t", " ")):
                end += 1
            yield start + 1, end


def _curve(source: Source, first: int, last: int, header: Header) -> list[Spectrum]:
    """Return the spectrum of one ZCURVE."""
    if last - first < 2:
        raise source.error("the file is cut off at the start of its ZCURVE", first)
    names, units = (line.split("\t") for line in source.lines[first : first + 2])
    layout = choose_columns(add_units(names, units), source.path, first + 1)
    lines = source.lines[first + 2 : last]
    rows = read_rows(lines, first + 3, layout, dialect_of("\t", lines))
    return build_spectra(source, layout, rows, header)


def _entries(source: Source) -> dict[str, list[str]]:
    """Return the entries outside of tables, by key."""
    entries: dict[str, list[str]] = {}
    for line in source.lines:
        if line.startswith("\t"):
            continue
        key, tab, cells = line.partition("\t")
        if key and tab:
            values = [*(cell.strip() for cell in cells.split("\t")), ""]
            entries.setdefault(key.strip().upper(), values)
    return entries


def _value(entries: dict[str, list[str]], key: str) -> str:
    """Return the value of an entry, empty where there is none."""
    return entries.get(key, ["", ""])[1]


def _header(source: Source, entries: dict[str, list[str]]) -> Header:
    numbers = {key: _value(entries, key).replace(",", ".") for key in (*_CONDITIONS, "FREQFINAL")}
    findings: list[Finding] = []
    ends_at = parse_number(numbers["FREQFINAL"])
    if _value(entries, "EXPERIMENTABORTED").upper().startswith("T"):
        text = "the measurement was aborted; the points up to then are kept"
        findings, ends_at = [source.finding("experiment_aborted", "warning", text)], math.nan
    return Header(
        NAME,
        instrument=" ".join(["Gamry", _value(entries, "PSTAT")]).strip(),
        technique=entries.get("TAG", [""])[0],
        software=_value(entries, "FRAMEWORKVERSION"),
        measured_at=parse_datetime(f"{_value(entries, 'DATE')} {_value(entries, 'TIME')}"),
        conditions=header_conditions(numbers, _CONDITIONS),
        findings=findings,
        ends_at=ends_at,
    )


def _no_spectrum(entries: dict[str, list[str]]) -> str:
    tag = entries.get("TAG", [""])[0]
    if tag.upper().startswith(("EIS", "GALVEIS")) or not tag:
        return "no ZCURVE: the sweep was not started, or the file is cut off"
    return f"this is a Gamry {tag} file; it holds no impedance spectrum (no ZCURVE)"


FORMAT = Format(
    NAME, "Gamry Framework (.DTA)", recognises, read, (".DTA",), marks=(b"explain",), near=512
)
