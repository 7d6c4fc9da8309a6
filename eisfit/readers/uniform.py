"""Long tables whose rows are all alike, read at once by a compiled parser.

Anything out of the ordinary (a blank line, a comment, a quote, an empty or missing cell, a word, a
number that is not finite) is left to `eisfit.readers.table`, which reads row by row and says what
is wrong with which line. Numbers are the same either way, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np

from eisfit.arrays import FloatArray

FEWEST = 2000
"""Rows under which a table is read faster row by row than a parser is loaded."""

_UNUSUAL = (b'"', b"#", b"%", b"//")  # quotes may hide cells, comments hold numbers


def uniform_rows(
    lines: Sequence[str], columns: Sequence[int], delimiter: str, decimal: str
) -> FloatArray | None:
    """Return columns of a table as numbers, shape (k, c); None where a row is unlike the others.

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
    if not _alike(lines, delimiter):
        return None
    data = "\n".join(lines).encode()
    if any(sign in data for sign in _UNUSUAL) or (
        delimiter != " " and _empty_cell(data, delimiter)
    ):
        return None
    import pandas as pd

    order = sorted(set(columns))
    separator = r"\s+" if delimiter == " " else delimiter
    try:
        table = pd.read_csv(
            BytesIO(data), sep=separator, header=None, usecols=order, decimal=decimal,
            dtype=np.float64, engine="c", keep_default_na=False, skip_blank_lines=False,
            **_exact(pd.__version__),
        )  # fmt: skip
    except (ValueError, OverflowError):  # also its ParserError
        return None
    values = np.asarray(table.to_numpy()[:, [order.index(c) for c in columns]], dtype=np.float64)
    return values if len(values) == len(lines) and bool(np.all(np.isfinite(values))) else None


def _exact(version: str) -> dict[str, Any]:
    """Return the option by which numbers are read to the last bit; since pandas 3.1 all are."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return {} if (major, minor) >= (3, 1) else {"float_precision": "round_trip"}


def _alike(lines: Sequence[str], delimiter: str) -> bool:
    """Tell whether all rows have as many cells, and end alike."""
    if delimiter == " ":
        counts = {len(line.split()) for line in lines}
        return len(counts) == 1 and 0 not in counts
    ends = {line.endswith(delimiter) for line in lines}
    return len(ends) == 1 and len({line.count(delimiter) for line in lines}) == 1


def _empty_cell(data: bytes, delimiter: str) -> bool:
    """Tell whether a cell is empty, other than one at the end of a row."""
    sign = delimiter.encode()
    return sign + sign in data or b"\n" + sign in data or data.startswith(sign)
