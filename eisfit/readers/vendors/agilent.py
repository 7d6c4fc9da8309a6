"""Agilent (HP, Keysight) 4294A impedance analyzer, saved as ASCII (.txt): tab-separated.

::

    4294A REV1.11
    "DATE: Jan 25 2018"

    "MEASURE PARAMETER: IMPEDANCE MAG PHASE (DEG)"
    "SWEEP TYPE: LOG FREQ"
    "NUMBER of POINTS: 534"
    "OSC LEVEL:  500 mVolt"
    "DC BIAS: OFF"
    …
    "TRACE: A"
    "FORMAT: LOG"

    "Frequency"     "Data Trace Real"       "Data Trace Imag"
    1.00000000000e+03       1.324238e+00    0.000000e+00
    …
    "TRACE: B"
    …

Entries of the header are quoted, ``KEY: value``. There is a block of rows for each of the two
traces. "Data Trace" is what the screen shows, the first or second quantity of the measurement
parameter, with 0 as imaginary part; FORMAT is the scale of its axis and changes no number. Only
the parameter COMPLEX Z-Y has complex traces, Z and Y. "Data Real" and "Data Imag", which may stand
beside them, are always R and X; so says the Operation Manual, chapter 8. "Memory" columns hold
another measurement and are not read.

The date has no time of day, so that it is no start of the measurement; a finding gives it. The
sweep may be over bias or level: then there is no spectrum. Capacitive samples have a phase and a
reactance below zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.format import Format
from eisfit.readers.header import Header, header_entries
from eisfit.readers.tables.columns import plain_layout
from eisfit.readers.tables.impedance_pairs import (
    ADVICE,
    Pair,
    build_from_pair,
    determining_pair,
    quantity_name,
)
from eisfit.readers.tables.table import Dialect, Rows, read_rows
from eisfit.readers.tables.vocabulary import SI_PREFIX
from eisfit.readers.text import Source, decode, open_source, parse_number

NAME = "agilent_4294a"

_REVISION = re.compile(r"\s*\"?(4294A) (REV[\w.]*)")
_LEVEL = re.compile(r"([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*([mu]?)(V|A)", re.IGNORECASE)
_TRACE = ("Data Trace Real", "Data Trace Imag")
_ARRAY = ("Data Real", "Data Imag")
_ANGLES = {"DEG": math.pi / 180, "RAD": 1.0}
_COMPLEX: Pair = ("Z", "Y")
_NAMED: dict[tuple[str, ...], Pair] = {
    ("COMPLEX",): _COMPLEX,
    ("IMPEDANCE", "MAG", "PHASE"): ("|Z|", "θz"),
    ("ADMITTANCE", "MAG", "PHASE"): ("|Y|", "θy"),
    ("IMPEDANCE", "REAL", "IMAG"): ("R", "X"),
    ("ADMITTANCE", "REAL", "IMAG"): ("G", "B"),
}
_RECIPROCAL = 1e-3  # how well Z and Y of the same point must agree


@dataclass(frozen=True, slots=True)
class _Trace:
    """A trace: its letter, its columns, and the indexes of its heading and of its end."""

    letter: str
    cells: tuple[str, ...]
    heading: int
    end: int


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is that of a 4294A."""
    return _REVISION.match(decode(head[:512])) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of an ASCII file of a 4294A."""
    source = open_source(path)
    traces = _traces(source)
    if not traces:
        raise source.error("no trace with rows: the file is cut off within its header")
    for trace in traces:
        if trace.cells[0].lower() != "frequency":
            what = f"this is a sweep of {trace.cells[0][:40]!r}, not of the frequency; it holds no "
            raise source.error(what + "impedance spectrum", trace.heading + 1)
    entries = header_entries(source.lines[: traces[0].heading])
    rows, pair, headings = _table(source, traces, entries.get("measure parameter", ""))
    return build_from_pair(source, rows, pair, headings, _header(source, entries, len(rows.lines)))


def _traces(source: Source) -> list[_Trace]:
    """Return the traces of a file."""
    quoted = [i for i, line in enumerate(source.lines) if line.lstrip().startswith('"')]
    traces, letter = [], ""
    for index, end in pairwise([*quoted, len(source.lines)]):
        cells = tuple(cell.strip().strip('"').strip() for cell in source.lines[index].split("\t"))
        if cells[0].upper().startswith("TRACE:"):
            letter = cells[0][6:].strip().upper()
        elif len(cells) > 2:
            traces.append(_Trace(letter, cells, index, end))
    return traces


def _table(
    source: Source, traces: Sequence[_Trace], parameter: str
) -> tuple[Rows, Pair, tuple[str, ...]]:
    """Return frequency and two quantities, which they are, and the columns they are from."""
    for trace in traces:
        if set(_ARRAY) <= set(trace.cells):
            return _rows(source, trace, _ARRAY), ("R", "X"), trace.cells
    shown = {trace.letter: trace for trace in reversed(traces) if _TRACE[0] in trace.cells}
    missing = next((letter for letter in "AB" if letter not in shown), "")
    if missing:
        what = f"trace {missing} is missing: the file is cut off, or only one trace was saved"
        raise source.error(what + "; save the data of both")
    first, second = shown["A"], shown["B"]
    headings = (*first.cells, *second.cells)
    quantities = _quantities(parameter)
    if quantities == _COMPLEX:
        _check_complex(source, first, second)
        return _rows(source, first, _TRACE), ("R", "X"), headings
    pair = determining_pair(quantities)
    if pair is None:
        what = "the header does not name the measurement parameter"
        if parameter:
            what = f"the measurement parameter {parameter[:100]!r} does not determine the impedance"
        raise source.error(f"{what}; {ADVICE}")
    rows = _combine(_rows(source, first, _TRACE[:1]), _rows(source, second, _TRACE[:1]))
    values = rows.values[:, [0, *(1 + quantities.index(name) for name in pair)]]
    if "θ" in pair[1]:
        values[:, 2] *= _angle(source, parameter, values)
    return replace(rows, values=values), pair, headings


def _rows(source: Source, trace: _Trace, names: Sequence[str]) -> Rows:
    """Return frequency and some columns of a trace."""
    missing = next((name for name in names if name not in trace.cells), None)
    if missing is not None:
        raise source.error(f"no column {missing!r} in this trace", trace.heading + 1)
    layout = plain_layout([0, *map(trace.cells.index, names)], trace.cells)
    lines = source.lines[trace.heading + 1 : trace.end]
    return read_rows(lines, trace.heading + 2, layout, Dialect("\t"))


def _combine(first: Rows, second: Rows) -> Rows:
    """Return the rows of trace A with the values of trace B beside them, by their frequency."""
    a, b = first.values[:, 0].tolist(), second.values[:, 0].tolist()
    of_frequency = {f: i for i, f in reversed(list(enumerate(b)))}
    places = range(len(a)) if len(a) == len(b) else [of_frequency.get(f, -1) for f in a]
    values = np.column_stack([first.values, np.full(len(a), np.nan)])
    problems = dict(first.problems)
    for row, place in enumerate(places):
        if place < 0 or b[place] != a[row]:
            problems.setdefault(row, "trace B has no such frequency")
            continue
        values[row, 2] = second.values[place, 1]
        if place in second.problems:
            problems.setdefault(row, f"trace B: {second.problems[place]}")
    strays = [*first.strays, *second.strays]
    return replace(first, values=values, problems=problems, strays=strays, cut=second.cut)


def _quantities(parameter: str) -> Pair:
    """Return the quantities of traces A and B; empty where unknown."""
    words = re.sub(r"\([^)]*\)", " ", parameter[:100].upper())
    for wanted, pair in _NAMED.items():
        if all(word in words for word in wanted):
            return pair
    parts = [quantity_name(part) for part in re.split(r"[-,/\s]+", words.strip())]
    return (parts[0], parts[1]) if len(parts) == 2 else ("", "")


def _angle(source: Source, parameter: str, values: np.ndarray) -> float:
    """Return the factor from the phase of a file to radians."""
    for unit, factor in _ANGLES.items():
        if f"({unit})" in parameter[:100].upper():
            return factor
    if np.nanmax(np.abs(values[:, 2]), initial=0.0) > math.pi:
        return _ANGLES["DEG"]
    what = "the file does not say whether the phase is in degrees or radians"
    raise source.error(f"{what}; {ADVICE}")


def _check_complex(source: Source, first: _Trace, second: _Trace) -> None:
    """Refuse complex traces that are not Z and Y = 1/Z."""
    tables = [_rows(source, trace, _TRACE).values for trace in (first, second)]
    shorter = min(map(len, tables))
    with np.errstate(all="ignore"):
        z, y = (values[:shorter, 1] + 1j * values[:shorter, 2] for values in tables)
        agree = np.abs(z * y - 1) < _RECIPROCAL
    if not shorter or np.mean(agree) < 0.5:
        raise source.error(f"traces A and B are not Z and Y = 1/Z; {ADVICE}")


def _header(source: Source, entries: dict[str, str], points: int) -> Header:
    conditions = {
        **_level(entries.get("osc level", ""), "amplitude_V", "amplitude_A"),
        **_level(entries.get("dc bias", ""), "dc_potential_V", "dc_current_A"),
    }
    revision = _REVISION.match(source.lines[0])
    findings: list[Finding] = []
    if entries.get("date"):
        text = f"measured on {entries['date'][:30]}; the file has no time of day"
        findings.append(source.finding("date_without_time", "info", text))
    announced = parse_number(entries.get("number of points", ""))
    if announced > points:
        text = f"{announced:.0f} points are announced and {points} are there; the file was cut off"
        findings.append(source.finding("truncated", "warning", text))
    return Header(
        NAME,
        instrument="Agilent 4294A",
        technique=entries.get("measure parameter", ""),
        software=revision[2] if revision else "",
        conditions=conditions,
        findings=findings,
    )


def _level(text: str, volts: str, amperes: str) -> dict[str, float]:
    """Return a level such as '500 mVolt' in SI units, nothing where it is 'OFF'."""
    match = _LEVEL.match(text)
    if match is None:
        return {}
    value = parse_number(match[1]) * SI_PREFIX[match[2].lower()]
    return {volts if match[3].upper() == "V" else amperes: value}


FORMAT = Format(
    NAME, "Agilent 4294A impedance analyzer, ASCII", recognises, read, (".txt",),
    note="layout from one file and the manual; parameters other than |Z|-θ and dc bias inferred",
    marks=(b"4294a",), near=512,
)  # fmt: skip
