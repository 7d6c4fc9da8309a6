"""From columns of numbers to spectra, for files that are no text: binaries, sheets, databases."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import Header, build
from eisfit.readers.tables.columns import choose
from eisfit.readers.tables.table import Rows
from eisfit.readers.text import Source


def binary_source(path: Path | str, data: bytes) -> Source:
    """Return what is to be known of a file without lines."""
    return Source(str(path), [], hashlib.sha256(data).hexdigest(), complete=True)


def build_points(
    source: Source, columns: Mapping[str, ArrayLike], header: Header
) -> list[Spectrum]:
    """Return every spectrum of a table that is at hand as columns.

    Parameters
    ----------
    source : Source
        The file, see `binary_source`.
    columns : mapping of str to array-like, shape (k,)
        Headings, as `eisfit.readers.tables.columns` knows them (``"freq/Hz"``, ``"-Im(Z)/Ohm"``,
        ``"time/s"``, ``"<Ewe>/V"``, ``"cycle number"`` …), to the numbers as the file holds
        them; NaN where there is none.
    header : Header
        What the file says outside of the table.

    Raises
    ------
    ReadError
        Where a column is missing or no sweep has three usable points.
    """
    layout = choose(list(columns), source.path)
    arrays = [np.asarray(column, dtype=float) for column in columns.values()]
    if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 1:
        lengths = ", ".join(str(array.size) for array in arrays)
        raise ReadError(source.path, f"its columns have different lengths ({lengths})")
    values = np.column_stack([arrays[i] for i in layout.indexes])
    bad = np.flatnonzero(~np.all(np.isfinite(values[:, : layout.needed]), axis=1))
    trouble = {int(row): f"point {row + 1}: a value is missing" for row in bad}
    rows = Rows(values, np.arange(1, len(values) + 1), trouble, [], place="point")
    return build(source, layout, rows, header)
