"""rhd instruments RelaxIS 3: spectra exported as text.

::

    RelaxIS 3.0 Spectrum export
    Date: 12/16/2025 2:29:15 PM
    Data: Frequency  Data: Z'   Data: Z''  Data: |Z|  Data: Theta (Z)
    DC=-0.080042, TM=33.741076, J=-5E-6  Model: Unassigned Spectra  (WE/RE Spectrum) run.mpr_1
    0.10002180933952332  1799427.625  -8093785.5  8291399.36  -77.46

Tabs stand between the cells. The line below the heading describes the spectrum: what it was
measured at, the model it is assigned to, the name of its file; empty cells fill it up to the width
of the spectrum. Further spectra are taken to stand beside the first one, each with a ``Data:
Frequency`` of its own, or below it with a heading of their own. Im Z is stored with its sign, the
angle in degrees. Date is that of the export.

Of the values only DC, J and TM are known, from a file whose measurement is at hand as EC-Lab wrote
it: DC is the mean of its potential in V, J the mean of its current in mA and TM the mean of its
times in s; TM is no temperature. The others are listed in a finding and not used.

For RelaxIS' own files, .eis3, see `eisfit.readers.vendors.relaxis_project`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.parts import read_sweeps
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.table import dialect_of, read_rows
from eisfit.readers.temperature import title_temperature_alone
from eisfit.readers.text import Source, decode, is_number, open_source, parse_number

NAME = "relaxis"

_MARK = re.compile(r"RelaxIS [\d.]+ \w+ export", re.IGNORECASE)
_FREQUENCY = "Data: Frequency"
_VALUE = re.compile(r"(\w+)=(\S+?)(?=,?\s|,?$)")
_KNOWN = {
    "DC": ("dc_potential_V", 1.0),
    "J": ("dc_current_A", 1e-3),
    "TM": ("mean_time_s", 1.0),
}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is an export of RelaxIS."""
    return _MARK.match(decode(head[:512]).lstrip()) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of an export of RelaxIS."""
    source = open_source(path)
    places = list(_places(source))
    if not places:
        what = f"this is an export of RelaxIS without a column {_FREQUENCY!r}; it holds no "
        raise source.error(f"{what}impedance spectrum, or is cut off; export spectra")
    return read_sweeps(source, places, lambda part, place: _spectra(part, *place))


def _places(source: Source) -> Iterator[tuple[int, int, int, int]]:
    """Yield of every spectrum its first and last line, and its first and last column."""
    tables = [i for i, line in enumerate(source.lines) if _FREQUENCY in line]
    for first, last in pairwise([*tables, len(source.lines)]):
        cells = [cell.strip() for cell in source.lines[first].split("\t")]
        starts = [i for i, cell in enumerate(cells) if cell == _FREQUENCY]
        for left, right in pairwise([*starts, len(cells)]):
            yield first, last, left, right


def _spectra(source: Source, first: int, last: int, left: int, right: int) -> list[Spectrum]:
    """Return the spectrum between some lines and columns."""
    cells = [line.split("\t")[left:right] for line in source.lines[first:last]]
    layout = choose_columns(cells[0], source.path, first + 1)
    notes = cells[1] if len(cells) > 1 and not is_number("".join(cells[1][:1])) else []
    body = ["\t".join(row) for row in cells[1:]]
    rows = read_rows(body, first + 2, layout, dialect_of("\t", body[bool(notes) :]))
    if notes:
        rows = replace(rows, strays=[stray for stray in rows.strays if stray[0] != first + 2])
    return build_spectra(source, layout, rows, _header(source, notes))


def _header(source: Source, notes: Sequence[str]) -> Header:
    """Return what the line below the heading says of a spectrum."""
    values, _, title = (*(cell.strip() for cell in notes[:3]), "", "", "")[:3]
    conditions: dict[str, float] = {}
    unused: list[str] = []
    for key, text in _VALUE.findall(values):
        name, factor = _KNOWN.get(key, ("", 1.0))
        value = parse_number(text.replace(",", "."))
        if name and math.isfinite(value):
            conditions[name] = value * factor
        else:
            unused.append(f"{key}={text}")
    findings = []
    if unused:
        text = f"values whose meaning is not known are not used: {', '.join(unused)[:200]}"
        findings.append(source.finding("unknown_value", "info", text))
    return Header(
        NAME,
        technique=title,
        software="RelaxIS",
        conditions=conditions,
        temperature=title_temperature_alone(source, title),
        findings=findings,
    )


FORMAT = Format(
    NAME, "rhd instruments RelaxIS 3, exported text", recognises, read, (".txt",),
    note="layout from one file; several spectra in a file inferred", marks=(b"relax",), near=512,
)  # fmt: skip
