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

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.tables.table import match_headings, read_table
from eisfit.readers.text import first_line, open_source

NAME = "princeton"

_NEEDED = {"frequency (hz)", "zre (ohms)", "zim (ohms)"}
_BESIDE = {"potential (v)", "current (a)", "elapsed time (s)", "segment", "point"}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a table of Princeton's, by its heading."""
    return bool(_match(first_line(head))[1])


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a table of Princeton's."""
    source = open_source(path)
    heading = source.first_filled
    delimiter, cells = _match(source.lines[heading])
    if not cells:
        what = "the heading lacks 'Frequency (Hz)', 'Zre (ohms)' or 'Zim (ohms)'; export them all"
        raise source.error(what, heading + 1)
    known = ["cycle" if cell == "Segment" else cell for cell in cells]
    layout, rows, _ = read_table(source, heading, cells, delimiter, known=known)
    if len(rows.lines) and not np.any(rows.values[:, 0] != 0):
        what = "no row has a frequency: these are of dc techniques, without impedance, or the file "
        raise source.error(what + "is cut off before it", heading + 2)
    header = Header(NAME, instrument="Princeton Applied Research")
    return build_spectra(source, layout, rows, header)


def _match(line: str) -> tuple[str, list[str]]:
    return match_headings(line, "\t,", _NEEDED, _BESIDE)


FORMAT = Format(
    NAME, "Princeton Applied Research, exported table", recognises, read, (".txt", ".csv"),
    note="layout from one file; the column Segment inferred", marks=(b"zre (ohms)",), near=4096,
)  # fmt: skip
