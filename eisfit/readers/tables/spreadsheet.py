"""Spreadsheets: Excel (.xlsx, .xlsm) and OpenDocument (.ods), one sheet or many.

::

    |   | A         | B    | C     | D | E         | F    | G     |
    | 1 | 25 °C     |      |       |   | 60 °C     |      |       |
    | 2 | freq / Hz | Z' Ω | -Z''  |   | freq / Hz | Z' Ω | -Z''  |
    | 3 | 100000    | 10.1 | 0.5   |   | 100000    | 4.1  | 0.3   |

A sheet holds one table or several, side by side or one below the other. Where a table is, its
heading tells, by the same rules as in a text (see `eisfit.readers.tables.columns`); the units may
stand in the row below it. A column that repeats the frequency starts a table of its own. A
temperature is taken from the lines above a table, from the cell above its heading, or from the
name of its sheet. A sheet whose lines are those of a text, each in one cell, is read as that
text. Three columns without a heading are taken only where no sheet has a table with one.

A sheet without a spectrum is passed over with a finding that names it. Old .xls files and encrypted
ones are no such files and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np

from eisfit.base.errors import ReadError
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers.build import Header, build, numbered
from eisfit.readers.format import Format
from eisfit.readers.locate import find_table
from eisfit.readers.points import binary_source
from eisfit.readers.remarks import remark
from eisfit.readers.tables.columns import Role, choose, looks_like_unit, parse_heading
from eisfit.readers.tables.delimited import table_rows
from eisfit.readers.tables.table import Dialect, read_rows
from eisfit.readers.tables.workbook import sheets
from eisfit.readers.temperature import from_header, from_name
from eisfit.readers.text import Source, load, number
from eisfit.readers.vendors import zurich

_ZIP = b"PK\x03\x04"
_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_QUANTITIES: set[Role] = {"frequency", "omega", "real", "imag", "magnitude", "phase"}
_LETTERS = re.compile("[fzωw频]", re.IGNORECASE)
_TEMPERATURE = re.compile(
    r"^(?:T\s*[=:]?\s*|at )?[-+−]?\d+(?:[.,]\d+)?\s*(?:[°º]\s?C|℃|deg ?C|C|K)$", re.IGNORECASE
)
_NEAR = 4  # rows below a heading within which numbers start
_ABOVE = 50  # rows above a heading that may tell of its table
_TITLE = 3  # rows above a heading in which its title may stand
_SAMPLE = 200


_Way: TypeAlias = Callable[[Source, str, str], list[Spectrum]]


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
    """Tell whether the start of a file is an Excel workbook."""
    return head.startswith(_ZIP) and (b"xl/" in head or b"[Content_Types].xml" in head)


def recognises_ods(head: bytes) -> bool:
    """Tell whether the start of a file is an OpenDocument spreadsheet."""
    return head.startswith(_ZIP) and _ODS in head[:200]


def read_xlsx(path: Path | str) -> list[Spectrum]:
    """Return the spectra of all sheets of an Excel workbook."""
    return _read(path, "xlsx")


def read_ods(path: Path | str) -> list[Spectrum]:
    """Return the spectra of all sheets of an OpenDocument spreadsheet."""
    return _read(path, "ods")


def _read(path: Path | str, name: str) -> list[Spectrum]:
    data = load(path)
    source = binary_source(path, data)
    groups: list[list[Spectrum]] = []
    failed: list[str] = []
    bare: list[tuple[str, Source]] = []
    for title, lines in sheets(str(path), data):
        own = replace(source, lines=lines)
        places = tables(lines)
        whole = len(places) == 1  # what stands above it, in whichever column, is about it
        ways: list[_Way] = [
            partial(_table, place=place, about=slice(None) if whole else place.columns)
            for place in places
        ]
        for way in ways or [_as_text]:
            try:
                groups.append(way(own, title, name))
            except ReadError as trouble:
                failed.append(f"{title!r} ({_sentence(trouble)})")
                if not ways:
                    bare.append((title, own))
    if not groups and bare:
        failed = failed if len(failed) > len(bare) else []
        groups = _bare(bare, name, failed)
    if not groups:
        why = "; ".join(failed[:4]) or "it has no sheet"
        raise ReadError(path, f"no sheet holds a spectrum: {why}")
    spectra = numbered(groups)
    if failed:
        text = f"sheets or tables without a spectrum are passed over: {'; '.join(failed[:20])}"
        said = remark(source, "sheet_without_spectrum", "info", text)
        spectra[0] = spectra[0].with_(findings=(*spectra[0].findings, said))
    return spectra


def _sentence(trouble: ReadError) -> str:
    """Return what an error says, without the file's name."""
    text = str(trouble).removeprefix(str(trouble.path)).lstrip(":")
    return re.sub(r"^(\d+): ", r"row \1: ", text).strip()


def tables(lines: Sequence[str]) -> list[Table]:
    r"""Return where the tables of a sheet stand, by their headings, from its top on.

    Parameters
    ----------
    lines : sequence of str
        Rows of the sheet, their cells set apart by tabs.

    Examples
    --------
    >>> tables(["f\tZ'\tZ''\t\tf\tZ'\tZ''", "1\t2\t3\t\t1\t2\t3"])
    [Table(heading=0, end=2, left=0, right=3), Table(heading=0, end=2, left=4, right=7)]
    """
    found: list[Table] = []
    for row, line in enumerate(lines):
        if _LETTERS.search(line) is None:
            continue
        cells = ["" if _is_number(cell) else cell for cell in line.split("\t")]
        for left, right in _groups(cells):
            if _has_rows(lines[row + 1 : row + 1 + 3 * _NEAR], left, right):
                found.append(Table(row, len(lines), left, right))
    return [replace(table, end=_end(table, found[i + 1 :])) for i, table in enumerate(found)]


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
    if len(_QUANTITIES.intersection(r for r in roles if r)) < 2:
        return
    first: Role = "frequency" if "frequency" in roles else "omega"
    leader = next((r for r in roles if r and roles.count(r) == roles.count(first)), first)
    several = roles.count(first) > 1
    starts = [i for i, role in enumerate(roles) if role == leader] if several else [0]
    for left, right in pairwise([*starts, len(cells)]):
        known = [i for i in range(left, right) if roles[i]]
        if len(_QUANTITIES.intersection(r for r in roles[left:right] if r)) > 1:
            yield _filled(cells, known[0], left - 1, -1), _filled(cells, known[-1], right, 1) + 1


def _filled(cells: Sequence[str], start: int, limit: int, step: int) -> int:
    """Return the last of the filled cells that follow a cell without a gap."""
    empty = (i for i in range(start + step, limit, step) if not cells[i])
    return next(empty, limit) - step


def _has_rows(lines: Sequence[str], left: int, right: int) -> bool:
    """Tell whether rows of numbers start within the first filled rows below a heading."""
    rows = [line.split("\t")[left:right] for line in lines if line]
    return any(sum(map(_is_number, row)) >= 2 for row in rows[:_NEAR])


def _is_number(cell: str) -> bool:
    return not (np.isnan(number(cell)) and np.isnan(number(cell, ",")))


def _table(source: Source, title: str, name: str, place: Table, about: slice) -> list[Spectrum]:
    """Return the spectra of one table; cells above it tell of it within some columns."""
    width = place.right - place.left
    cut = [
        [*line.split("\t")[place.columns], *[""] * width][:width]
        for line in source.lines[place.heading : place.end]
    ]
    headings = cut[0]
    known = zurich.headings(headings)
    units = cut[1] if len(cut) > 1 and not any(map(_is_number, cut[1])) else []
    below = 1
    if sum(map(looks_like_unit, units)) >= 2:
        known = [f"{h} [{u.strip('()[] ')}]" if u else h for h, u in zip(known, units, strict=True)]
        below = 2
    layout = choose(known, source.path, place.heading + 1)
    layout = replace(layout, headings=tuple(cell for cell in headings if cell))
    body = ["\t".join(row) if any(row) else "" for row in cut[below:]]
    first = place.heading + below + 1
    rows = read_rows(body, first, layout, Dialect("\t", _decimal(body)))
    trouble = {row: text.replace("line", "row", 1) for row, text in rows.trouble.items()}
    above = source.lines[max(0, place.heading - _ABOVE) : place.heading]
    over = [line.split("\t")[about] for line in above]
    header = _header(source, title, name, over)
    return build(source, layout, replace(rows, trouble=trouble, place="row"), header)


def _decimal(lines: Sequence[str]) -> str:
    """Return the decimal sign of more of the cells; numbers of a spreadsheet have a point."""
    counts = {d: sum(map(Dialect("\t", d).numeric_cells, lines[:_SAMPLE])) for d in ".,"}
    return "," if counts[","] > counts["."] else "."


def _as_text(source: Source, title: str, name: str) -> list[Spectrum]:
    """Return the spectra of a sheet whose lines are those of a text with a heading."""
    place = find_table(source)
    if place.heading < 0:
        raise ReadError(source.path, "no heading with frequency, Z' and Z''", place.first + 1)
    over = [line.split("\t") for line in source.lines[: place.heading][-_ABOVE:]]
    header = _header(source, title, name, over)
    return build(source, place.layout, table_rows(source, place), header)


def _bare(
    found: Sequence[tuple[str, Source]], name: str, failed: list[str]
) -> list[list[Spectrum]]:
    """Return the spectra of sheets with three columns and no heading; say what failed."""
    groups = []
    for title, source in found:
        try:
            place = find_table(source)
            rows = table_rows(source, place)
            with np.errstate(invalid="ignore"):
                positive = np.mean(rows.values[:, :2] > 0, axis=0)
            if not np.all(positive > 0.5):
                what = "three columns without a heading, of which two are not above zero"
                raise ReadError(source.path, what, place.first + 1)
            groups.append(build(source, place.layout, rows, _header(source, title, name, [])))
        except ReadError as trouble:
            failed.append(f"{title!r} ({_sentence(trouble)})")
    return groups


def _header(source: Source, title: str, name: str, over: Sequence[Sequence[str]]) -> Header:
    """Return what stands above a table, and what the name of its sheet tells."""
    findings: list[Finding] = []
    kelvin = from_header(["\t".join(cells) for cells in over])
    for cell in (cell for cells in reversed(over[-_TITLE:]) for cell in cells):
        if kelvin is None and _TEMPERATURE.match(cell):
            kelvin = from_name(cell)[0]
    if kelvin is None:
        kelvin, said = from_name(title)
        if said is not None:
            findings.append(remark(source, said.code, said.severity, f"sheet {said.message}"))
    provenance = Provenance(format=name, technique=f"sheet {title}")
    return Header(provenance, temperature=kelvin, findings=tuple(findings), guess_sign=True)


XLSX = Format("xlsx", "Excel workbook (.xlsx)", recognises_xlsx, read_xlsx, (".xlsx", ".xlsm"),
              marks=(_ZIP.lower(),), near=len(_ZIP))  # fmt: skip
ODS = Format("ods", "OpenDocument spreadsheet (.ods)", recognises_ods, read_ods, (".ods",),
             marks=(_ODS,), near=200)  # fmt: skip
