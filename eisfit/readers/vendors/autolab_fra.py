"""Autolab FRA 4.9 (.dfr): numbers, one a line.

::

    VERSION8.0
     29                     number of points
     1
     10000.0                frequency in Hz       ┐
     109.00918219439028     Z' in Ω               │ nine numbers a point
     26.55567987651522      -Z'' in Ω             │
     0.0  (six more lines)                        ┘
     …
    13.07.2022 22:32:00     after the points: settings, not used but for the first date

What the six other numbers of a point are is not known; Autolab's newer NOVA exports tables with a
heading, which are read as such.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header, find_datetime
from eisfit.readers.text import decode, is_text, open_source, parse_number

NAME = "autolab_fra"

_MARK = re.compile(r"VERSION\s*(\d+\.\d+)[ \t]*\r?\n[ \t]*(\d{1,7})[ \t]*\r?\n[ \t]*\d+[ \t]*\r?\n")
_FIRST = 3
_EACH = 9
_MOST = 1_000_000


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is FRA's."""
    return is_text(head[:128]) and _MARK.match(decode(head[:128])) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectrum of a .dfr file."""
    source = open_source(path)
    version = _MARK.match("\n".join(source.lines[:4]) + "\n")
    if version is None:
        raise source.error("no line 'VERSION8.0' and two whole numbers at the start", 1)
    count = int(version[2])
    lines = source.lines[_FIRST : _FIRST + _EACH * count] if count <= _MOST else []
    if len(lines) < _EACH * count or not count:
        what = f"{count} points are announced and {max(len(source.lines) - _FIRST, 0) // _EACH}"
        raise source.error(f"{what} are there; the file is cut off or damaged", 2)
    table = np.array([parse_number(line) for line in lines]).reshape(count, _EACH)
    header = Header(
        NAME,
        instrument="Autolab",
        software=f"FRA, file version {version[1]}",
        measured_at=find_datetime(source.lines[_FIRST + _EACH * count :]),
    )
    columns = {"frequency / Hz": table[:, 0], "Z' / Ohm": table[:, 1], "-Z'' / Ohm": table[:, 2]}
    return build_from_columns(source, columns, header)


FORMAT = Format(
    NAME, "Autolab FRA (.dfr)", recognises, read, (".dfr",), note="layout inferred from one file",
    marks=(b"version",), near=128,
)  # fmt: skip
