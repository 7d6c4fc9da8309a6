"""Spreadsheets: Excel (.xlsx, .xlsm, .xls) and OpenDocument (.ods), one sheet or many.

::

    |   | A         | B    | C     | D | E         | F    | G     |
    | 1 | 25 °C     |      |       |   | 60 °C     |      |       |
    | 2 | freq / Hz | Z' Ω | -Z''  |   | freq / Hz | Z' Ω | -Z''  |
    | 3 | 100000    | 10.1 | 0.5   |   | 100000    | 4.1  | 0.3   |

A sheet holds one table or several, side by side or one below the other. A table is found by
its heading, by the same rules as in a text (see `eisfit.readers.tables.columns`); the units may
stand in the row below it. A column that repeats the frequency starts a table of its own. A
temperature is taken from the lines above a table, from the cell above its heading, or from the
name of its sheet. A sheet whose lines are those of a text, each in one cell, is read as that
text. Three columns without a heading are taken only where no sheet has a table with one.

A sheet without a spectrum is skipped, with a finding that names it. Encrypted files and binary
workbooks (.xlsb) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.locate import LETTERS, QUANTITIES, find_table
from eisfit.readers.parts import add_findings, describe_error, read_parts
from eisfit.readers.tables.columns import add_units, choose_columns, looks_like_unit, parse_heading
from eisfit.readers.tables.delimited import table_rows
from eisfit.readers.tables.table import dialect_of, read_rows
from eisfit.readers.tables.vocabulary import Role
from eisfit.readers.tables.workbook import OLE, read_sheets
from eisfit.readers.temperature import (
    temperature_from_header,
    temperature_from_name,
    title_temperature,
)
from eisfit.readers.text import Source, is_number, open_binary
from eisfit.readers.vendors import zurich

_ZIP = b"PK\x03\x04"
_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_TEMPERATURE = re.compile(
    r"^(?:T\s*[=:]?\s*|at )?[-+−]?\d+(?:[.,]\d+)?\s*(?:[°º]\s?C|℃|deg ?C|C|K)$", re.IGNORECASE
)
_NEAR = 4  # rows below a heading within which numbers start
_ABOVE = 50  # rows above a heading that may describe its table
_TITLE = 3  # rows above a heading in which its title may stand


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands in a sheet: its heading's row, its last row and its columns."""

    heading: int
    end: int
    left: int
    right: int

    @property
    def columns(self) -> slice:
        """Its cells in a row."""
        return slice(self.left, self.right)


def recognises_xlsx(head: bytes) -> bool:
    """Return whether the start of a file is an Excel workbook."""
    return head.startswith(_ZIP) and (b"xl/" in head or b"[Content_Types].xml" in head)


def recognises_ods(head: bytes) -> bool:
    """Return whether the start of a file is an OpenDocument spreadsheet."""
    return head.startswith(_ZIP) and _ODS in head[:200]


def recognises_xls(head: bytes) -> bool:
    """Return whether the start of a file is a document of old Office versions."""
    return head.startswith(OLE)


def read(path: Path | str, name: str) -> list[Spectrum]:
    """Return the spectra of all sheets of a spreadsheet, in the format of this name."""
    source, data = open_binary(path)
    parts = [
        (title, replace(source, lines=lines), place)
        for title, lines in read_sheets(source.path, data)
        for place in _places(lines)
    ]
    texts = [part for part in parts if part[2] is None]
    spectra, errors = read_parts(source, parts, lambda _, part: _read_table(name, *part))
    if not spectra and texts:
        others = errors if len(errors) > len(texts) else []
        spectra, errors = read_parts(
            source, texts, lambda _, part: _read_text(name, *part[:2], bare=True)
        )
        errors = [*others, *errors]
    failed = [f"{title!r} ({describe_error(error, 'row')})" for (title, *_), error in errors]
    if not spectra:
        why = "; ".join(failed[:4]) or "it has no sheet"
        raise source.error(f"no sheet holds a spectrum: {why}")
    if not failed:
        return spectra
    text = f"sheets or tables without a spectrum are skipped: {'; '.join(failed[:20])}"
    finding = source.finding("sheet_without_spectrum", "info", text)
    return add_findings(spectra, [finding], index=0)


def _places(lines: Sequence[str]) -> Sequence[tuple[Table, slice] | None]:
    """Return where the tables of a sheet are, each with the columns whose cells describe it.

    What stands above the only table of a sheet is about it, in whichever column it stands. A
    sheet without a table may be a text, with each of its lines in one cell: None.
    """
    tables = find_tables(lines)
    if len(tables) == 1:
        return [(tables[0], slice(None))]
    return [(table, table.columns) for table in tables] or [None]


def find_tables(lines: Sequence[str]) -> list[Table]:
    r"""Return where the tables of a sheet stand, by their headings, from its top on.

    Parameters
    ----------
    lines : sequence of str
        Rows of the sheet, their cells set apart by tabs.

    Examples
    --------
    >>> find_tables(["f\tZ'\tZ''\t\tf\tZ'\tZ''", "1\t2\t3\t\t1\t2\t3"])
    [Table(heading=0, end=2, left=0, right=3), Table(heading=0, end=2, left=4, right=7)]
    """
    tables: list[Table] = []
    for row, line in enumerate(lines):
        if LETTERS.search(line) is None:
            continue
        cells = ["" if is_number(cell) else cell for cell in line.split("\t")]
        for left, right in _groups(cells):
            if _has_rows(lines[row + 1 : row + 1 + 3 * _NEAR], left, right):
                tables.append(Table(row, len(lines), left, right))
    return [replace(table, end=_end(table, tables[i + 1 :])) for i, table in enumerate(tables)]


def _end(table: Table, later: Sequence[Table]) -> int:
    """Return the row at which a table ends: that of the next heading within its columns."""
    within = (
        other.heading
        for other in later
        if other.heading > table.heading and other.left < table.right and table.left < other.right
    )
    return next(within, table.end)


def _groups(cells: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last column of every heading in a row."""
    columns = [parse_heading(cell) if cell else None for cell in cells]
    roles: list[Role | None] = [column.role if column else None for column in columns]
    if len(QUANTITIES.intersection(r for r in roles if r)) < 2:
        return
    first: Role = "frequency" if "frequency" in roles else "omega"
    leader = next((r for r in roles if r and roles.count(r) == roles.count(first)), first)
    several = roles.count(first) > 1
    starts = [i for i, role in enumerate(roles) if role == leader] if several else [0]
    for left, right in pairwise([*starts, len(cells)]):
        known = [i for i in range(left, right) if roles[i]]
        if len(QUANTITIES.intersection(r for r in roles[left:right] if r)) > 1:
            yield _filled(cells, known[0], left - 1, -1), _filled(cells, known[-1], right, 1) + 1


def _filled(cells: Sequence[str], start: int, limit: int, step: int) -> int:
    """Return the last of the filled cells that follow a cell without a gap."""
    empty = (i for i in range(start + step, limit, step) if not cells[i])
    return next(empty, limit) - step


def _has_rows(lines: Sequence[str], left: int, right: int) -> bool:
    """Return whether rows of numbers start within the first filled rows below a heading."""
    rows = [line.split("\t")[left:right] for line in lines if line]
    return any(sum(map(is_number, row)) >= 2 for row in rows[:_NEAR])


def _read_table(
    name: str, title: str, source: Source, place: tuple[Table, slice] | None
) -> list[Spectrum]:
    """Return the spectra of one table, which the cells in some columns above it describe.

    A sheet without a table is read as a text.
    """
    if place is None:
        return _read_text(name, title, source)
    table, about = place
    width = table.right - table.left
    cut = [
        [*line.split("\t")[table.columns], *[""] * width][:width]
        for line in source.lines[table.heading : table.end]
    ]
    headings = cut[0]
    known = zurich.with_units(headings)
    units = cut[1] if len(cut) > 1 and not any(map(is_number, cut[1])) else []
    below = 1
    if sum(map(looks_like_unit, units)) >= 2:
        known = add_units(known, units)
        below = 2
    layout = choose_columns(known, source.path, table.heading + 1, in_file=headings)
    body = ["\t".join(row) if any(row) else "" for row in cut[below:]]
    first = table.heading + below + 1
    rows = read_rows(body, first, layout, dialect_of("\t", body))
    above = source.lines[max(0, table.heading - _ABOVE) : table.heading]
    over = [line.split("\t")[about] for line in above]
    header = _header(source, title, name, over)
    return build_spectra(source, layout, replace(rows, place="row"), header)


def _read_text(name: str, title: str, source: Source, *, bare: bool = False) -> list[Spectrum]:
    """Return the spectra of a sheet that is a text, with a heading or as three bare columns."""
    place = find_table(source)
    if place.heading < 0 and not bare:
        raise source.error("no heading with frequency, Z' and Z''", place.first + 1)
    rows = table_rows(source, place)
    with np.errstate(invalid="ignore"):
        positive = np.mean(rows.values[:, :2] > 0, axis=0)
    if bare and not np.all(positive > 0.5):
        what = "three columns without a heading, of which two are not above zero"
        raise source.error(what, place.first + 1)
    over = [line.split("\t") for line in source.lines[: max(place.heading, 0)][-_ABOVE:]]
    return build_spectra(source, place.layout, rows, _header(source, title, name, over))


def _header(source: Source, title: str, name: str, above: Sequence[Sequence[str]]) -> Header:
    """Return the header of a table: a temperature above it, or in the name of its sheet."""
    findings: list[Finding] = []
    kelvin = temperature_from_header(["\t".join(cells) for cells in above])
    for cell in (cell for cells in reversed(above[-_TITLE:]) for cell in cells):
        if kelvin is None and _TEMPERATURE.match(cell):
            kelvin = temperature_from_name(cell)[0]
    if kelvin is None:
        kelvin, findings = title_temperature(source, "sheet", title)
    technique = f"sheet {title}"
    return Header(name, technique=technique, temperature=kelvin, findings=findings, guess_sign=True)


XLSX = Format(
    "xlsx", "Excel workbook (.xlsx)", recognises_xlsx, partial(read, name="xlsx"),
    (".xlsx", ".xlsm"),
    marks=(_ZIP.lower(),), near=len(_ZIP),
)  # fmt: skip
XLS = Format(
    "xls", "Excel workbook 97 to 2003 (.xls)", recognises_xls,
    partial(read, name="xls"), (".xls",), marks=(OLE,),
    near=len(OLE),
)  # fmt: skip
ODS = Format(
    "ods", "OpenDocument spreadsheet (.ods)", recognises_ods,
    partial(read, name="ods"), (".ods",), marks=(_ODS,),
    near=200,
)  # fmt: skip
