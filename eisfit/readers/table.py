"""A table of text: how its cells are set apart, and its columns as numbers."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from eisfit.arrays import FloatArray
from eisfit.readers.columns import Layout
from eisfit.readers.text import number

_COMMENT = ("#", "%", "//")
_WIDE = re.compile(r"\s{2,}|\t")
_BRACKET = re.compile(r"\s+(?=[\[(])")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: what stands between cells (blank: any run of blanks), and the decimal."""

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
        """Return how many cells of a line are numbers."""
        return sum(not math.isnan(number(cell, self.decimal)) for cell in self.split(line))

    def split_heading(self, line: str, width: int) -> list[str]:
        """Return the cells of a heading over `width` columns; units may stand apart from names."""
        line = line.strip()
        tries = [self.split(line)]
        if len(tries[0]) == 1:
            line = line.strip('"')
        if self.delimiter == " " or len(tries[0]) == 1:
            joined = _BRACKET.sub("", line)
            tries += [_WIDE.split(line), joined.split(), line.split()]
        for cells in tries:
            if len([c for c in cells if c.strip()]) == width:
                return [c for c in cells if c.strip()] if self.delimiter == " " else cells
        return tries[0]


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
    trouble : dict of int to str
        Row to what is wrong with it.
    strays : list of (int, str)
        Lines among the rows that are no rows.
    breaks : tuple of int
        Rows before which the heading stands once more.
    cut : bool
        Whether the last row ends before the last column.
    ends_in_needed : bool
        Whether that row ends in a number of the spectrum, which may be cut itself.
    """

    values: FloatArray
    lines: FloatArray
    trouble: dict[int, str]
    strays: list[tuple[int, str]]
    breaks: tuple[int, ...]
    cut: bool = False
    ends_in_needed: bool = False


def guess_dialect(lines: Iterable[str], cells: int = 3) -> tuple[Dialect, int]:
    """Return the dialect in which most lines hold at least `cells` numbers, and how many lines do.

    Examples
    --------
    >>> guess_dialect(["1000,5;1,5;-2", "100;1,75;-3"])
    (Dialect(delimiter=';', decimal=','), 2)
    """
    sample = list(lines)
    best, most = DIALECTS[0], (0, 0)
    for dialect in DIALECTS:
        counts = [dialect.numeric_cells(line) for line in sample]
        score = (sum(c >= cells for c in counts), sum(c for c in counts if c >= cells))
        if score > most:
            best, most = dialect, score
    return best, most[0]


def is_comment(line: str) -> bool:
    """Tell whether a line is marked as a comment."""
    return line.lstrip().startswith(_COMMENT)


def read_rows(
    lines: Sequence[str], start: int, layout: Layout, dialect: Dialect, heading: str = ""
) -> Rows:
    """Return the rows of a table as numbers.

    Parameters
    ----------
    lines : sequence of str
        The table's lines; blank ones and comments are passed over.
    start : int
        Number of the first line in the file, from 1.
    layout : Layout
        Which columns.
    dialect : Dialect
        How cells are set apart.
    heading : str
        The heading's line, to know it where it stands again.
    """
    values: list[list[float]] = []
    numbers: list[int] = []
    trouble: dict[int, str] = {}
    strays: list[tuple[int, str]] = []
    breaks: list[int] = []
    cut = ends = False
    heading = heading.strip()
    for offset, line in enumerate(lines):
        if not line.strip() or is_comment(line):
            continue
        cells = dialect.split(line)
        row = [number(cells[i], dialect.decimal) if i < len(cells) else math.nan
               for i in layout.indexes]  # fmt: skip
        if all(value != value for value in row[: layout.needed]):
            if line.strip() == heading:
                breaks.append(len(values))
            else:
                strays.append((start + offset, line.strip()))
            continue
        cut = len(cells) < len(layout.headings)
        ends = cut and len(cells) - 1 in layout.indexes[: layout.needed]
        if not all(map(math.isfinite, row[: layout.needed])):
            trouble[len(values)] = _reason(start + offset, cells, layout, row)
        values.append(row)
        numbers.append(start + offset)
    shape = (len(values), len(layout.indexes))
    return Rows(
        np.array(values, dtype=float).reshape(shape), np.array(numbers, dtype=float),
        trouble, strays, tuple(breaks), cut, ends,
    )  # fmt: skip


def _reason(line: int, cells: Sequence[str], layout: Layout, row: Sequence[float]) -> str:
    """Return why a row is no point."""
    for i, value in zip(layout.indexes[: layout.needed], row, strict=False):
        if i >= len(cells):
            return f"line {line}: the row is cut short"
        if not math.isfinite(value):
            return f"line {line}: {cells[i].strip()[:40]!r} is not a number"
    return f"line {line}: not a point"
