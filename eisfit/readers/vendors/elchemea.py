"""Elchemea Analytical (.i2b): free text, the number of points, and as many rows of three numbers.

::

    Any text, of any number
    of lines

    29
    10000.0 109.00918219439028 -26.55567987651522
    7196.856730011521 112.05775995468218 -35.16622560165986

Frequency in Hz, Z' and Z'' in Ω, set apart by blanks. There is no heading: Im Z has its sign in the
one file at hand, and where nearly every Z'' is positive it is taken as stored -Z'', with a finding.
A file is recognised by this layout alone, so all of it must fit: text above, a whole number on a
line of its own, and nothing but rows of three numbers below it, the first of them a frequency that
only falls or only rises. (Files with the number of points on their first line are another
program's and have their columns in another order.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, find_datetime, header_lines
from eisfit.readers.parts import add_findings
from eisfit.readers.sweeps import is_monotonic
from eisfit.readers.tables.columns import PLAIN
from eisfit.readers.tables.table import Dialect, read_rows
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import HEAD, head_lines, open_source, parse_number

NAME = "elchemea"

_NEAR = 50  # lines within which the number of points stands
_LONGEST = 300
_COUNT = re.compile(r"\s{0,20}(\d{1,7})\s{0,20}")
_BLANKS = Dialect(" ")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is laid out as an .i2b file."""
    lines = head_lines(head)
    place = _count_line(lines)
    if place is None:
        return False
    cells = [line.split() for line in lines[place + 1 : -1 if len(head) >= HEAD else None]]
    rows = [row for row in cells if row]
    if not 3 <= len(rows) <= int(lines[place]) or any(len(row) != 3 for row in rows):
        return False
    numbers = np.array([[parse_number(cell) for cell in row] for row in rows])
    return bool(np.isfinite(numbers).all()) and is_monotonic(numbers[:, 0])


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectrum of an .i2b file."""
    source = open_source(path)
    place = _count_line(source.lines)
    if place is None:
        what = "no text with the number of points on a line of its own below it; the file is cut "
        raise source.error(what + "off, or is no .i2b file of Elchemea")
    above = header_lines(source.lines[:place])
    rows = read_rows(source.lines[place + 1 :], place + 2, PLAIN, _BLANKS)
    count, points = int(source.lines[place]), len(rows.lines)
    header = Header(
        NAME,
        software="Elchemea Analytical",
        measured_at=find_datetime(line for line in above if "/" not in line),
        temperature=temperature_from_header(above),
        announced=count,
        guess_sign=True,
    )
    spectra = build_spectra(source, PLAIN, rows, header)
    if points <= count:
        return spectra
    text = f"{count} points are announced and {points} are there; all of them are kept"
    return add_findings(spectra, [source.finding("more_points_than_announced", "warning", text)])


def _count_line(lines: Sequence[str]) -> int | None:
    """Return the index of the line with the number of points, None without one below a text."""
    text = False
    for i, line in enumerate(lines[:_NEAR]):
        if _COUNT.fullmatch(line):
            return i if text and int(line) >= 3 else None
        text = text or any(c.isalpha() for c in line[:_LONGEST])
    return None


FORMAT = Format(
    NAME, "Elchemea Analytical (.i2b)", recognises, read, (".i2b",),
    note="layout and sign inferred from one file",
)  # fmt: skip
