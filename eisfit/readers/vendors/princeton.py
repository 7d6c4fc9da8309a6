"""Tables that Princeton Applied Research's VersaStudio and PowerSuite export: text with tabs.

::

    Potential (V)  Current (A)  Elapsed Time (s)  Frequency (Hz)  Zre (ohms)    Zim (ohms)  …
    3.493227       -0.1499623   10                0               0             0           …
    …
    3.500294       0.0245748    7639.602          10000           -0.000498163  0.01751435  …

Which columns there are and in which order is the user's choice; commas may stand for the tabs, as
in a .csv. Rows of dc techniques have a frequency of 0 and are no points. A column ``Segment``
counts the parts of an experiment. |Vac| and |Iac| are measured and differ from point to point, so
that they are no amplitude of the sweep. Zim is stored with its sign.

PowerSuite's table of three columns, ``Frequency  Zre  Zimg``, says nothing more than any table and
is read as one (`eisfit.readers.tables.delimited`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers.build import Header, build_spectra
from eisfit.readers.format import Format
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.table import dialect_of, read_rows
from eisfit.readers.text import decode, open_source

NAME = "princeton"

_NEEDED = {"Frequency (Hz)", "Zre (ohms)", "Zim (ohms)"}
_BESIDE = {"Potential (V)", "Current (A)", "Elapsed Time (s)", "Segment", "Point"}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a table of Princeton's, by its heading."""
    first = decode(head[:4096]).lstrip().splitlines()[:1]
    return bool(first) and _cells(first[0]) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a table of Princeton's."""
    source = open_source(path)
    heading = next((i for i, line in enumerate(source.lines) if line.strip()), 0)
    line = source.lines[heading]
    cells = _cells(line)
    if cells is None:
        what = "the heading lacks 'Frequency (Hz)', 'Zre (ohms)' or 'Zim (ohms)'; export them all"
        raise ReadError(source.path, what, heading + 1)
    known = ["cycle" if cell == "Segment" else cell for cell in cells]
    layout = choose_columns(known, source.path, heading + 1, in_file=cells)
    body = source.lines[heading + 1 :]
    dialect = dialect_of("\t" if "\t" in line else ",", body)
    rows = read_rows(body, heading + 2, layout, dialect, line)
    if len(rows.lines) and not np.any(rows.values[:, 0] != 0):
        what = "no row has a frequency: these are of dc techniques, without impedance, or the file "
        what += "is cut off before it"
        raise ReadError(source.path, what, heading + 2)
    header = Header(Provenance(format=NAME, instrument="Princeton Applied Research"))
    return build_spectra(source, layout, rows, header)


def _cells(line: str) -> list[str] | None:
    """Return the cells of a heading, None where it is not one of Princeton's."""
    for delimiter in ("\t", ","):
        cells = [cell.strip().strip('"') for cell in line.split(delimiter)]
        if set(cells) >= _NEEDED and set(cells) & _BESIDE:
            return cells
    return None


FORMAT = Format(
    NAME, "Princeton Applied Research, exported table", recognises, read, (".txt", ".csv"),
    note="layout from one file; the column Segment inferred", marks=(b"zre (ohms)",), near=4096,
)  # fmt: skip
