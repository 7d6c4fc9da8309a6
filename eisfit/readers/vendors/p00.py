"""Impedance files .P00: text with a title, the dc current before and after, and a table.

::

    Procedure : Some title
    13.07.2022 21:50:00 - 13.07.2022 22:02:16 i(init)= 183.1nA - i(end)= 7.88nA
    Description
    t =  736.4 s
     f/Hz        Z'/Ohm      -Z''/Ohm    time/s      Edc/V       Idc/A
     29
     10.000e+03  10.900e+01  26.556e+00  59.300e+00  30.981e-02  18.311e-08

Tabs stand between the cells, and at the end of each row. The heading carries the minus: -Im Z is
stored. Numbers have five digits, some of them fewer. Dates are day.month.year, of the start and of
the end. Which maker's program writes such files is not known; the suffix is what they are called
by. The number of points below the heading may be larger than that of the rows where a sweep was
stopped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, find_datetime, header_lines
from eisfit.readers.tables.table import read_table
from eisfit.readers.tables.vocabulary import SI_PREFIX
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import find_line, head_lines, open_source, parse_number

NAME = "p00"

_NEAR = 50  # lines within which the heading stands
_LONGEST = 300
_TITLE = re.compile(r"\s*Procedure\s*:\s*(.*)", re.IGNORECASE)
_HEADING = re.compile(r"\s*f/Hz\s+Z'/Ohm\s+-Z''/Ohm\b.*\bEdc/V", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}")
_CURRENT = re.compile(
    r"\bi\((init|end)\)\s{0,20}=\s{0,20}([-+\d.]+(?:[eE][-+]?\d+)?)\s?([pnuµμm]?)A"
)
_COUNT = re.compile(r"\s{0,20}\d{1,7}\s{0,20}")
_NAMES = {"init": "initial_current_A", "end": "final_current_A"}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is that of a .P00 file."""
    lines = head_lines(head, _NEAR)
    first = next((line for line in lines if line.strip()), "")
    return _TITLE.match(first) is not None and _heading(lines) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectrum of a .P00 file."""
    source = open_source(path)
    heading = _heading(source.lines)
    if heading is None:
        what = "no heading 'f/Hz  Z'/Ohm  -Z''/Ohm  …  Edc/V': the file is cut off within its text"
        raise source.error(what)
    layout, rows, _ = read_table(source, heading, source.lines[heading][:_LONGEST].split())
    below = next((line for line in source.lines[heading + 1 :] if line.strip()), "")
    count = int(below) if _COUNT.fullmatch(below) else 0
    return build_spectra(source, layout, rows, _header(source.lines[:heading], count))


def _heading(lines: Sequence[str]) -> int | None:
    return find_line(lines[:_NEAR], lambda line: _HEADING.match(line[:_LONGEST]))


def _header(lines: Sequence[str], announced: int) -> Header:
    above = header_lines(lines)
    titles = (m[1].strip() for line in above if (m := _TITLE.match(line)))
    conditions: dict[str, float] = {}
    for line in above:
        for when, value, prefix in _CURRENT.findall(line):
            conditions.setdefault(_NAMES[when], parse_number(value) * SI_PREFIX[prefix])
    dates = (date for line in above for date in _DATE.findall(line))  # the first is of the start
    return Header(
        NAME,
        technique=next(titles, ""),
        measured_at=find_datetime(dates),
        conditions=conditions,
        temperature=temperature_from_header(above),
        announced=announced,
    )


FORMAT = Format(
    NAME, "Impedance files .P00 (maker not known)", recognises, read, (".P00",),
    note="layout inferred from one file", marks=(b"procedure",),
)  # fmt: skip
