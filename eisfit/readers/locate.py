"""Where the table stands in a text, and what its columns are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from eisfit.base.errors import ReadError, UnknownFormat
from eisfit.readers.tables.columns import (
    PLAIN,
    Layout,
    add_units,
    choose_columns,
    looks_like_unit,
    roles_of,
)
from eisfit.readers.tables.table import (
    DIALECTS,
    Dialect,
    guess_dialect,
    is_comment,
    split_by_blanks,
    without_empty_end,
)
from eisfit.readers.tables.vocabulary import Role
from eisfit.readers.text import Source

_SEARCHED = 5000
_SAMPLE = 200
_NEAR = 4
_LONGEST = 20_000
_PROSE = 12
LETTERS = re.compile("[fzωw频]", re.IGNORECASE)
"""Letters of which every heading has one."""

QUANTITIES: set[Role] = {"frequency", "omega", "real", "imag", "magnitude", "phase"}
"""What the columns of a spectrum hold."""


@dataclass(frozen=True, slots=True)
class Place:
    """A table in a text.

    Parameters
    ----------
    heading : int
        Index of the heading's line; -1 where there is none.
    first : int
        Index of the first line that may be a row.
    layout : Layout
        Which columns make the spectrum.
    dialect : Dialect
        How cells are set apart.
    """

    heading: int
    first: int
    layout: Layout
    dialect: Dialect


def find_table(source: Source) -> Place:
    """Return the place of the table, by its heading or, without one, as three bare columns.

    Raises
    ------
    ReadError
        Where the columns are not clear.
    UnknownFormat
        Where there is no table of numbers at all.
    """
    candidates = [i for i, line in enumerate(source.lines[:_SEARCHED]) if is_heading(line)]
    for index, following in zip(candidates, [*candidates[1:], len(source.lines)], strict=False):
        if _has_rows(source.lines[index + 1 : following]):
            return _with_heading(source, index)
    return _without_heading(source, candidates)


def is_heading(line: str) -> bool:
    """Return whether a line names at least two quantities of a spectrum.

    Examples
    --------
    >>> is_heading("# f (Hz), Z', Z''"), is_heading("High Frequency (Hz) = 2e+6")
    (True, False)
    """
    if len(line) > _LONGEST or LETTERS.search(line) is None:
        return False
    return any(len(roles_of(cells) & QUANTITIES) >= 2 for cells in _splits(_uncommented(line)))


def _has_rows(lines: Sequence[str]) -> bool:
    """Return whether rows of numbers start within the first lines below a heading."""
    near = list(islice(_content(lines), _NEAR))
    return any(dialect.numeric_cells(line) >= 2 for dialect in DIALECTS for line in near)


def _splits(line: str) -> list[list[str]]:
    """Return the cells of a possible heading in every dialect."""
    splits = [d.split(line) for d in DIALECTS[:3]]
    if max(map(len, splits)) == 1:
        splits = split_by_blanks(line)
    return [cells for cells in splits if len(cells) > 1]


def _uncommented(line: str) -> str:
    return line.strip().lstrip("#%/") if is_comment(line) else line


def _with_heading(source: Source, heading: int) -> Place:
    """Return the place of a table below its heading."""
    dialect, count = guess_dialect(_content(source.lines[heading + 1 :]))
    text = _uncommented(source.lines[heading])
    if not count:
        cells = max(_splits(text), key=lambda names: len(roles_of(names)))
        choose_columns(cells, source.path, heading + 1)  # raises an error where a column is missing
        what = "no row with three numbers follows this heading; the file is cut off or damaged"
        raise source.error(what, heading + 1)
    rows = _content(source.lines[heading + 1 :])
    width = _width(next(row for row in rows if dialect.numeric_cells(row) >= 3), dialect)
    cells = dialect.split_heading(text, width)
    named = len(without_empty_end(cells))
    if named < width or (named > width and dialect.delimiter == " "):
        what = f"the heading names {named} columns, the rows have {width}; make them agree"
        raise source.error(what, heading + 1)
    first = heading + 1
    units = _units(source.lines, first, dialect, len(cells))
    if units:
        cells = add_units(cells, units)
        first += 1
    return Place(heading, first, choose_columns(cells, source.path, heading + 1), dialect)


def _content(lines: Sequence[str]) -> Iterator[str]:
    """Return the first lines that are neither blank nor comments."""
    return islice((x for x in lines if x.strip() and not is_comment(x)), _SAMPLE)


def _width(row: str, dialect: Dialect) -> int:
    return len(without_empty_end(dialect.split(row)))


def _units(lines: Sequence[str], index: int, dialect: Dialect, width: int) -> list[str]:
    """Return the units that a line below the heading names, nothing where it is no such line."""
    if index >= len(lines) or dialect.numeric_cells(lines[index]):
        return []
    cells = dialect.split(_uncommented(lines[index]))
    if len(cells) != width or sum(looks_like_unit(cell) for cell in cells) < 2:
        return []
    return cells


def _without_heading(source: Source, candidates: Sequence[int]) -> Place:
    """Return the place of a table of three bare columns, refusing what could be something else."""
    dialect, count = guess_dialect(_content(source.lines))
    first = _first_row(source.lines[:_SEARCHED], dialect)
    if not count or first is None:
        raise _no_table(source, candidates)
    width = _width(source.lines[first], dialect)
    above = source.lines[first - 1] if first else ""
    cells = without_empty_end(dialect.split(_uncommented(above)))
    if len(cells) >= 3 and dialect.numeric_cells(above) == 0 and len(cells) == width:
        choose_columns(cells, source.path, first)
    if width != 3:
        what = f"{width} columns without a heading that names them"
        what += "; write one above them, such as: frequency/Hz, Z'/ohm, Z''/ohm"
        raise source.error(what, first + 1)
    prose = [x for x in source.lines[:first] if x.strip() and not is_comment(x)]
    if len(prose) > _PROSE:
        what = "three columns without a heading, below a long text: what they hold is not clear"
        raise source.error(what + "; export the spectrum as a table", first + 1)
    return Place(-1, first, PLAIN, dialect)


def _first_row(lines: Sequence[str], dialect: Dialect) -> int | None:
    """Return the index of the first of two rows of numbers of one width, None without such."""
    rows = [i for i, x in enumerate(lines) if not is_comment(x) and dialect.numeric_cells(x) >= 3]
    pairs = [(i, j) for i, j in pairwise(rows) if not any(x.strip() for x in lines[i + 1 : j])]
    same = (i for i, j in pairs if _width(lines[i], dialect) == _width(lines[j], dialect))
    return next(same, None)


def _no_table(source: Source, candidates: Sequence[int]) -> ReadError:
    """Return the error for a text without a table of at least three columns."""
    below = source.lines[candidates[-1] + 1 :] if candidates else []
    if candidates and not any(line.strip() for line in below):
        what = "the file ends after the heading of its table; it is cut off or holds no data"
        return source.error(what, candidates[-1] + 1)
    dialect, count = guess_dialect(_content(source.lines), cells=2)
    hint = "; `eisfit formats` lists what can be read"
    if count >= 3:
        line = next(i for i, x in enumerate(source.lines) if dialect.numeric_cells(x) >= 2)
        what = "a spectrum needs three columns (frequency, Z', Z''), these rows have two"
        return source.error(what, line + 1)
    return UnknownFormat(source.path, "a text without a table of frequency, Z' and Z''" + hint)
