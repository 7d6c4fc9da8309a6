"""Tables whose rows are all alike, read column by column: long ones by a compiled parser.

Anything out of the ordinary (a blank line, a comment, a quote, an empty or missing cell, a word, a
number that is not finite) is left to `eisfit.readers.tables.table`, which reads row by row and says
what is wrong with which line. Numbers are the same either way, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from eisfit.base.arrays import FloatArray

FEWEST = 50_000
"""Rows under which a table is read faster without a parser that must be loaded first."""

_UNUSUAL = ('"', "#", "%", "//")  # quotes may hide cells, comments hold numbers
_LINE_ENDS = (b"\n", b"\r\n")
_PLAIN = bytes(sign for sign in range(32, 127) if chr(sign) not in '"#%')
_LAST = 1 << 16  # bytes in which blank lines at the end are looked for


def parse_few_rows(
    lines: Sequence[str], columns: Sequence[int], delimiter: str, decimal: str
) -> FloatArray | None:
    r"""Return columns of a short table as numbers, see `parse_uniform_rows`.

    Examples
    --------
    >>> parse_few_rows(["1e3\t10\t-1", "1e2\t12\t-2"], (0, 2), "\t", ".")
    array([[1000.,   -1.],
           [ 100.,   -2.]])
    """
    text = "\n".join(lines)
    if "_" in text or any(sign in text for sign in _UNUSUAL) or (decimal == "," and "." in text):
        return None
    rows = [line.split(None if delimiter == " " else delimiter) for line in lines]
    if len(set(map(len, rows))) != 1 or not max(columns, default=0) < len(rows[0]) > 1:
        return None
    read: Callable[[str], float] = float if decimal == "." else _with_comma
    try:
        values = np.array([read(cells[i]) for cells in rows for i in columns])
    except ValueError:
        return None
    return values.reshape(len(rows), -1) if np.isfinite(values).all() else None


def _with_comma(cell: str) -> float:
    return float(cell.replace(",", "."))


def parse_uniform_rows(
    lines: Sequence[str], columns: Sequence[int], delimiter: str, decimal: str
) -> FloatArray | None:
    """Return columns of a long table as numbers, shape (k, c); None where a row is unlike.

    Parameters
    ----------
    lines : sequence of str, length k
    columns : sequence of int, length c
        Which cells of each row, from 0.
    delimiter : str
        Between cells; a blank stands for any run of blanks.
    decimal : str
        Point or comma.
    """
    if len(lines) < FEWEST:
        return None
    if delimiter == " ":
        delimiter, lines = "\t", ["\t".join(line.split()) for line in lines]
    width = lines[0].count(delimiter) + 1
    data = "\n".join(lines).encode()
    values = parse_uniform_bytes(data, columns, delimiter, decimal, width)
    return values if values is not None and len(values) == len(lines) else None


def parse_uniform_bytes(
    data: bytes, columns: Sequence[int], delimiter: str, decimal: str, width: int
) -> FloatArray | None:
    r"""Return columns of a long table that was not made into lines; see `parse_uniform_rows`.

    Parameters
    ----------
    data : bytes
        Rows in ASCII, one line each; blank lines at the end are ignored.
    columns, delimiter, decimal
        As for `parse_uniform_rows`; the delimiter a tab, comma or semicolon.
    width : int
        Cells of a row.
    """
    data = _without_blank_end(data)
    sign = delimiter.encode()
    # what is left are to be delimiters and line ends, in every row the same, and nothing else
    signs = data.translate(None, _PLAIN.replace(sign, b""))
    cells = sign * (width - 1)
    end = next((end for end in _LINE_ENDS if signs.startswith(cells + end)), b"")
    rows = signs.count(b"\n") + (not signs.endswith(b"\n"))
    if not end or signs.removesuffix(end) + end != (cells + end) * rows:
        return None
    if b"/" in data and b"//" in data:  # the first is found far faster
        return None
    del signs
    return _parsed(data, rows, columns, delimiter, decimal)


def _without_blank_end(data: bytes) -> bytes:
    """Return a table without the blank lines at its end."""
    tail = data[-_LAST:]
    filled = len(tail.rstrip())
    end = tail.find(b"\n", filled) + 1
    return data if end in {0, len(tail)} or not filled else data[: len(data) - len(tail) + end]


def _parsed(
    data: bytes, rows: int, columns: Sequence[int], delimiter: str, decimal: str
) -> FloatArray | None:
    """Return columns of so many rows, None where a cell of theirs is no finite number."""
    import pyarrow as pa
    from pyarrow import csv

    names = [f"f{i}" for i in sorted(set(columns))]
    numbers = csv.ConvertOptions(
        include_columns=names, column_types=dict.fromkeys(names, pa.float64()),
        null_values=[], decimal_point=decimal, check_utf8=False,
    )  # fmt: skip
    cells = csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False)
    every = csv.ReadOptions(autogenerate_column_names=True)
    try:
        table = csv.read_csv(pa.BufferReader(data), every, cells, numbers)
    except (ValueError, KeyError):  # a row or cell unlike the others; a column that is not there
        return None
    if table.num_rows != rows or any(table[name].null_count for name in names):
        return None
    values = np.empty((rows, len(columns)))
    for place, column in enumerate(columns):
        first = 0
        for part in table[f"f{column}"].chunks:  # its own `to_numpy` loads pandas, half a second
            cells = np.frombuffer(part.buffers()[1], count=len(part), offset=8 * part.offset)
            values[first : first + len(part), place] = cells
            first += len(part)
    return values if np.isfinite(values).all() else None
