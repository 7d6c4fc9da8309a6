"""A table of text: how its cells are set apart, and its columns as numbers."""

from __future__ import annotations

import csv
import math
import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eisfit.base.arrays import FloatArray
from eisfit.readers.tables.columns import Layout, choose_columns
from eisfit.readers.tables.uniform import (
    FEWEST,
    parse_few_rows,
    parse_uniform_bytes,
    parse_uniform_rows,
)
from eisfit.readers.text import Source, parse_number

_COMMENT = ("#", "%", "//")
_LONGEST = 20_000
_SAMPLE = 200
_GAP = re.compile(r"\s{2,}|\t")
_BRACKET = re.compile(r"\s+(?=[\[(])")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What stands between the cells of a table (a blank: any run of blanks), and the decimal."""

    delimiter: str
    decimal: str = "."

    def split(self, line: str) -> list[str]:
        """Return the cells of a line.

        Examples
        --------
        >>> Dialect(";", ",").split('1,5;"a;b";3')
        ['1,5', 'a;b', '3']
        """
        if self.delimiter == " ":
            return line.split()
        if '"' in line and (line.lstrip().startswith('"') or f'{self.delimiter}"' in line):
            try:
                return next(csv.reader([line], delimiter=self.delimiter, skipinitialspace=True), [])
            except csv.Error:
                pass
        return line.split(self.delimiter)

    def numeric_cells(self, line: str) -> int:
        """Return how many cells of a line are numbers, 0 for a line that is too long."""
        if len(line) > _LONGEST:
            return 0
        return sum(not math.isnan(parse_number(cell, self.decimal)) for cell in self.split(line))

    def split_heading(self, line: str, width: int) -> list[str]:
        """Return the cells of a heading over `width` columns; units may stand apart from names."""
        cells = self.split(line)
        candidates = [cells, [c for c in cells if c.strip()]]
        if self.delimiter == " " or len(cells) == 1:
            candidates += split_by_blanks(line)
        return next((c for c in candidates if len(c) == width), cells)


def split_by_blanks(line: str) -> list[list[str]]:
    """Return how a heading may be meant whose cells stand apart by blanks.

    Examples
    --------
    >>> split_by_blanks("f (Hz)  Z' (ohm)")[:2]
    [['f (Hz)', "Z' (ohm)"], ['f(Hz)', "Z'(ohm)"]]
    """
    line = line.strip().strip('"').strip()
    return [_GAP.split(line), _BRACKET.sub("", line).split(), line.split()]


DIALECTS = (
    Dialect("\t"), Dialect(";"), Dialect(","), Dialect(" "),
    Dialect("\t", ","), Dialect(";", ","), Dialect(" ", ","),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of a layout as numbers.

    Parameters
    ----------
    values : ndarray, shape (k, c)
        One column for each column of the layout, as the file holds them; NaN where no number.
    lines : ndarray of int, shape (k,)
        Line numbers.
    problems : dict of int to str
        Row to what is wrong with it, without its place.
    strays : list of (int, str)
        Lines among the rows that are no rows.
    breaks : tuple of int
        Rows before which the heading stands once more.
    cut : bool
        Whether the last row has fewer cells than the others.
    place : str
        What `lines` counts: lines of a text, or points of a file without lines.
    """

    values: FloatArray
    lines: NDArray[np.intp]
    problems: dict[int, str]
    strays: list[tuple[int, str]]
    breaks: tuple[int, ...] = ()
    cut: bool = False
    place: str = "line"


def guess_dialect(lines: Iterable[str], cells: int = 3) -> tuple[Dialect, int]:
    """Return the dialect in which most lines hold at least `cells` numbers, and how many lines do.

    Examples
    --------
    >>> guess_dialect(["1000,5;1,5;-2", "100;1,75;-3"])
    (Dialect(delimiter=';', decimal=','), 2)
    """
    sample = list(lines)
    best, most = DIALECTS[0], (0, 0)
    # without its signs a dialect finds one cell in a line, or what the same with a point has found
    signs = {sign for sign in "\t;," if any(sign in line for line in sample)} | {"."}
    if any(len(line.split(None, 1)) > 1 for line in sample):
        signs.add(" ")
    for dialect in DIALECTS:
        if not {dialect.delimiter, dialect.decimal} <= signs:
            continue
        counts = [dialect.numeric_cells(line) for line in sample]
        score = (sum(c >= cells for c in counts), sum(c for c in counts if c >= cells))
        if score > most:
            best, most = dialect, score
    return best, most[0]


def match_headings(
    line: str, delimiters: str, needed: Collection[str], beside: Collection[str]
) -> tuple[str, list[str]]:
    """Return delimiter and cells of a maker's heading, none of another line.

    Parameters
    ----------
    line : str
    delimiters : str
        Those that may stand between cells.
    needed, beside : collection of str
        Headings in small letters: of the first all must be there, of the second one.
    """
    for delimiter in delimiters:
        cells = [_without_quotes(cell.strip()) for cell in line.split(delimiter)]
        names = {cell.lower() for cell in cells}
        if names.issuperset(needed) and not names.isdisjoint(beside):
            return delimiter, cells
    return "", []


def _without_quotes(cell: str) -> str:
    """Return a cell without the quotes around it; those within stand twice."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1]
    return cell.replace('""', '"').replace("''", '"')


def cells_of_rows(
    source: Source,
    rows: Rows,
    dialect: Dialect,
    headings: Sequence[str],
    heading: str,
    most: int | None = None,
) -> Iterator[str]:
    """Yield the cells of a column that is in no layout, of the first rows; nothing without it.

    A row that is cut short has an empty cell there.
    """
    if heading not in headings:
        return
    column = headings.index(heading)
    for line in rows.lines[:most].tolist():
        cells = dialect.split(source.lines[line - 1])
        yield cells[column] if column < len(cells) else ""


def sample_dialect(lines: Sequence[str]) -> Dialect:
    """Return the dialect of a table by its first lines."""
    return guess_dialect(line for line in lines[:_SAMPLE] if line.strip())[0]


def dialect_of(delimiter: str, lines: Sequence[str]) -> Dialect:
    """Return the dialect with the decimal sign by which more cells of the first rows are numbers.

    Examples
    --------
    >>> dialect_of(";", ["1;2,5"]), dialect_of(";", ["1,2;2.5"])
    (Dialect(delimiter=';', decimal=','), Dialect(delimiter=';', decimal='.'))
    """
    point, comma = Dialect(delimiter), Dialect(delimiter, ",")
    sample = [line for line in lines[:_SAMPLE] if "," in line]
    if delimiter == "," or not sample:
        return point
    counts = [sum(map(dialect.numeric_cells, sample)) for dialect in (point, comma)]
    return comma if counts[1] > counts[0] else point


def without_empty_end(cells: Sequence[str]) -> Sequence[str]:
    """Return cells without the empty ones at the end."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return cells[:count]


def is_comment(line: str) -> bool:
    """Return whether a line is marked as a comment."""
    return line.lstrip().startswith(_COMMENT)


def read_table(
    source: Source,
    heading: int,
    cells: Sequence[str],
    delimiter: str = "",
    *,
    known: Sequence[str] | None = None,
    end: int | None = None,
) -> tuple[Layout, Rows, Dialect]:
    """Return the table below a heading: its layout, its rows and its dialect.

    Parameters
    ----------
    source : Source
    heading : int
        Index of the heading's line.
    cells : sequence of str
        The headings.
    delimiter : str
        Between cells; empty where the rows show it.
    known : sequence of str, optional
        The headings as `eisfit.readers.tables.columns` knows them, where they differ.
    end : int, optional
        Index of the line after the last; without it, the end of the file.

    Raises
    ------
    ReadError
        Where a column is missing, see `choose_columns`.
    """
    layout = choose_columns(known or cells, source.path, heading + 1, in_file=cells)
    body = source.lines[heading + 1 : end]
    dialect = dialect_of(delimiter, body) if delimiter else sample_dialect(body)
    return layout, read_rows(body, heading + 2, layout, dialect, source.lines[heading]), dialect


def rows_below(
    source: Source, first: int, layout: Layout, dialect: Dialect, heading: str = ""
) -> Rows:
    """Return the rows of a table that starts at a line (index `first`) and ends with the file.

    The other parameters are those of `read_rows`.
    """
    lines = source.lines[first:]
    if source.rest and dialect.delimiter != " ":
        width = len(dialect.split(lines[0])) if lines else 0
        ask = layout.indexes, dialect.delimiter, dialect.decimal
        above = _uniform(lines, *ask)
        below = None if above is None else parse_uniform_bytes(source.rest, *ask, width)
        if above is not None and below is not None:
            values = np.concatenate([above, below])
            return Rows(values, np.arange(first + 1, first + 1 + len(values)), {}, [])
    return read_rows(source.all_lines()[first:], first + 1, layout, dialect, heading)


def read_rows(
    lines: Sequence[str], start: int, layout: Layout, dialect: Dialect, heading: str = ""
) -> Rows:
    """Return the rows of a table as numbers.

    Parameters
    ----------
    lines : sequence of str
        The table's lines; blank ones and comments are skipped.
    start : int
        Number of the first line in the file, from 1.
    layout : Layout
        Which columns.
    dialect : Dialect
        How cells are set apart.
    heading : str
        The heading's line, to know it where it stands again.
    """
    filled = without_empty_end(lines)
    values = _uniform(filled, layout.indexes, dialect.delimiter, dialect.decimal)
    if values is not None:
        return Rows(values, np.arange(start, start + len(filled)), {}, [])
    gathered = _Gathered()
    heading = heading.strip()
    for line_number, line in enumerate(lines, start):
        if not line.strip() or is_comment(line):
            continue
        cells = dialect.split(line)
        row = _numbers(cells, layout, dialect)
        if len(cells) > 1 and not all(map(math.isnan, row[: layout.needed])):
            gathered.add(line_number, cells, row, layout)
        elif line.strip() == heading:
            gathered.breaks.append(len(gathered.lines))
        elif gathered.lines:
            gathered.strays.append((line_number, line.strip()))
    return gathered.rows(layout)


def _uniform(
    lines: Sequence[str], columns: Sequence[int], delimiter: str, decimal: str
) -> FloatArray | None:
    """Return columns of a table whose rows are all alike, None of any other."""
    parse = parse_few_rows if len(lines) < FEWEST else parse_uniform_rows
    return parse(lines, columns, delimiter, decimal) if lines else None


def _numbers(cells: Sequence[str], layout: Layout, dialect: Dialect) -> list[float]:
    """Return the layout's cells of one row as numbers."""
    decimal, count = dialect.decimal, len(cells)
    if decimal == ".":
        try:
            row = [float(cells[i]) for i in layout.indexes]
        except (ValueError, IndexError):
            pass
        else:
            if not any("_" in cells[i] for i in layout.indexes):
                return row
    return [parse_number(cells[i], decimal) if i < count else math.nan for i in layout.indexes]


@dataclass(slots=True)
class _Gathered:
    """Rows while they are read."""

    # arrays: a list of a million lists keeps the garbage collector busy
    values: array[float] = field(default_factory=lambda: array("d"))
    lines: array[int] = field(default_factory=lambda: array("q"))
    least: array[int] = field(default_factory=lambda: array("q"))  # without empty ones at the end
    most: array[int] = field(default_factory=lambda: array("q"))
    problems: dict[int, str] = field(default_factory=dict)
    strays: list[tuple[int, str]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)

    def add(self, line: int, cells: Sequence[str], row: list[float], layout: Layout) -> None:
        """Take in one row, noting what is wrong with it."""
        if not all(map(math.isfinite, row[: layout.needed])):
            self.problems[len(self.lines)] = _reason(cells, layout, row)
        self.values.extend(row)
        self.lines.append(line)
        self.least.append(len(without_empty_end(cells)))
        self.most.append(len(cells))

    def rows(self, layout: Layout) -> Rows:
        """Return the rows; one with fewer or more cells than usual is out of line with them."""
        if not self.lines:
            empty = np.empty((0, len(layout.indexes)))
            return Rows(empty, np.empty(0, dtype=np.intp), {}, self.strays)
        usual = Counter(self.least).most_common(1)[0][0]
        widest = max(Counter(self.most).most_common(1)[0][0], len(layout.headings))
        for i, (least, most) in enumerate(zip(self.least, self.most, strict=True)):
            if most < usual or least > widest:
                self.problems[i] = f"{least} cells where the other rows have {usual}"
        return Rows(
            np.array(self.values).reshape(len(self.lines), -1),
            np.array(self.lines, dtype=np.intp),
            self.problems,
            self.strays,
            tuple(self.breaks),
            cut=self.most[-1] < usual,
        )


def _reason(cells: Sequence[str], layout: Layout, row: Sequence[float]) -> str:
    """Return why a row is no point."""
    for i, value in zip(layout.indexes[: layout.needed], row, strict=False):
        if i < len(cells) and not math.isfinite(value):
            return f"{cells[i].strip()[:40]!r} is not a number"
    return "the row is cut short"
