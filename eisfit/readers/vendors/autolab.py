"""Autolab NOVA (Metrohm): tables exported as text (.txt, .csv).

::

    Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)
    1;100000;12,034;1,2042;12,094;5,7141;10,35

Or, with the files of a series behind each other, and the columns in any order::

    Filename;Index;DataIndex;Time (s);Frequency (Hz);-Z'' (Ω);Z (Ω);-Phase (°);Z' (Ω)
    ;1;1;300;100000;1,2042;12,094;5,7141;12,034

Semicolons, tabs or commas stand between the cells; the decimal is a point or a comma. The minus in
the headings is meant: -Im Z is stored. A line of text, mostly the date in the form of the user's
country, may stand above the heading, and both again before each further measurement; a date that
can be read in two ways is not used. An overflow is written as ∞. Written in a code page without Ω,
the unit becomes ``(?)``. A column ``OCP value (V)`` or ``Potential (DC) (V)`` is optional.

A table with Convergence and χ² holds the outcome of a fit, and is refused. NOVA also exports for
ZView: such files start with "Z60W Data File", name no Autolab, and are read as ZView's. The older
FRA's .dfr is another format.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, parse_datetime
from eisfit.readers.parts import read_sweeps
from eisfit.readers.tables.table import Dialect, cells_of_rows, dialect_of, read_table
from eisfit.readers.text import Source, head_lines, open_source, parse_number

NAME = "autolab"

_NEAR = 50  # lines within which the first heading stands
_LONGEST = 2000
_MARKS = ("Frequency (Hz)", "WE(1).")
_OHM = re.compile(r"\((?:ohm|Ω|Ω|Î©|\?)\)$", re.IGNORECASE)
_DEGREE = re.compile(r"\((?:°|º|Â°|deg)\)$", re.IGNORECASE)
_CARTESIAN = {"Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)"}
_POLAR = {"Frequency (Hz)", "Z (Ω)", "-Phase (°)"}
_ONLY_NOVA = ({"-Phase (°)"}, {"DataIndex"}, {"Index", "Z (Ω)"})
_FIT = ("convergence", "number of iterations", "χ²", "error z")
_KNOWN = {
    "Potential (DC) (V)": "Edc/V", "Current (DC) (A)": "Idc/A",
    "WE(1).Potential (V)": "Edc/V", "WE(1).Current (A)": "Idc/A",
}  # fmt: skip
_OPEN_CIRCUIT = "OCP value (V)"
_DATES = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y/%m/%d")
_TIMES = ("%H:%M:%S", "%I:%M:%S %p", "%H:%M")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file holds a heading of NOVA's."""
    return any(_heading(line) is not None for line in head_lines(head, _NEAR))


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a table of NOVA's."""
    source = open_source(path)
    headings = [i for i, line in enumerate(source.lines) if _heading(line) is not None]
    if not headings:
        what = "no heading with 'Frequency (Hz)', 'Z' (Ω)' and '-Z'' (Ω)': the file is cut off"
        raise source.error(what)
    tables = pairwise([*headings, len(source.lines)])
    return read_sweeps(source, tables, lambda part, table: _table(part, *table))


def _heading(line: str) -> tuple[str, list[str]] | None:
    """Return the delimiter and the cells of a heading, None of another line."""
    if len(line) > _LONGEST or not any(mark in line for mark in _MARKS):
        return None
    for delimiter in ";\t,":
        cells = [_mend_unit(cell) for cell in Dialect(delimiter).split(line.strip("\ufeff"))]
        names = set(cells)
        impedance = names >= _CARTESIAN or names >= _POLAR
        if impedance and (any(names >= some for some in _ONLY_NOVA) or "(?)" in line):
            return delimiter, cells
        if len(cells) > 1 and any(cell.startswith("WE(1).") for cell in cells):
            return delimiter, cells
    return None


def _mend_unit(cell: str) -> str:
    """Return a heading with its unit as NOVA means it."""
    return _DEGREE.sub("(°)", _OHM.sub("(Ω)", cell.strip()))


def _table(source: Source, start: int, end: int) -> list[Spectrum]:
    """Return the spectra between a heading and the next."""
    delimiter, cells = _heading(source.lines[start]) or ("", [])
    _check(source, start, cells)
    if end < len(source.lines):  # what stands above the next heading belongs to it
        dialect = dialect_of(delimiter, source.lines[start + 1 : end])
        while end > start + 1 and dialect.numeric_cells(source.lines[end - 1]) < 2:
            end -= 1
    known = [_KNOWN.get(cell, cell) for cell in cells]
    layout, rows, dialect = read_table(source, start, cells, delimiter, known=known, end=end)
    files = list(cells_of_rows(source, rows, dialect, cells, "Filename"))
    changes = (i for i, (one, other) in enumerate(pairwise(files), 1) if one != other)
    rows = replace(rows, breaks=(*rows.breaks, *changes))
    potentials = (
        parse_number(cell, dialect.decimal)
        for cell in cells_of_rows(source, rows, dialect, cells, _OPEN_CIRCUIT, most=200)
    )
    above = source.lines[max(0, start - 3) : start]
    header = Header(
        NAME,
        instrument="Autolab",
        software="NOVA",
        measured_at=next(filter(None, map(_moment, reversed(above))), None),
        conditions={"open_circuit_potential_V": next(filter(math.isfinite, potentials), math.nan)},
        findings=_lost_unit(source, start),
    )
    return build_spectra(source, layout, rows, header)


def _check(source: Source, start: int, cells: list[str]) -> None:
    """Refuse a table that holds no measured impedance."""
    if any(cell.lower().startswith(_FIT) for cell in cells):
        what = "this is a table of a fit in NOVA (Convergence, χ²); its Z may be that of the model"
        raise source.error(what + ". Export the measured impedance instead", start + 1)
    if not (set(cells) >= _CARTESIAN or set(cells) >= _POLAR):
        shown = ", ".join(cell for cell in cells[:6] if cell)
        what = f"this is a table of NOVA's with {shown}; it holds no impedance spectrum"
        raise source.error(what, start + 1)


def _moment(line: str) -> datetime | None:
    """Return a date with a time that can be read in one way only."""
    text = " ".join(line[:_LONGEST].strip(' \t";,').split())
    if not 10 <= len(text) <= 30 or not text[0].isdigit():
        return None
    forms = (f"{date} {time}" for date in _DATES for time in _TIMES)
    readings = {parse_datetime(text, form) for form in forms} - {None}
    return readings.pop() if len(readings) == 1 else None


def _lost_unit(source: Source, start: int) -> tuple[Finding, ...]:
    """Return a finding where a code page had no Ω."""
    if "(?)" not in source.lines[start]:
        return ()
    text = f"the unit of Z reads (?) on line {start + 1}: its Ω was lost; Ω is assumed"
    return (source.finding("unit_lost", "warning", text),)


FORMAT = Format(
    NAME, "Autolab NOVA text", recognises, read, (".txt", ".csv"),
    note="layout from public descriptions of exports; not tested with a file of an instrument",
    marks=(b"frequency (hz)", b"we(1)."),
)  # fmt: skip
