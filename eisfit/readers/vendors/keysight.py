"""Keysight (Agilent) E4990A impedance analyzer, trace data saved as .csv: comma-separated.

::

    !Agilent Technologies,E4990A,MY54101026,A.02.12
    !Date: Fri Aug 28 18:37:56 2020

    BEGIN CH1_DATA
    Title label, TEST DATA
    DCV(V), +5.230e-005, DCI(A), +2.335e-005
    Frequency(Hz), |Z|(Ohm)-data, theta-z(deg)-data, theta-z(deg)-mem
    +1.00000000000e+006, +1.97459864960e+002, +8.89119473020e+001, +8.89149657750e+001
    …
    END

Each channel is a sweep. Title and monitored dc values are there only where they are shown. A
channel has up to four traces, of any quantity: |Z|, theta-z, R, X, |Y|, theta-y, G, B, Ls, Lp, Cs,
Cp, Rs, Rp, D, Q, or complex ones, of which real and imaginary part are columns (Z-Real, Y-Imag …).
Two of them determine Z, see `eisfit.readers.tables.impedance_pairs`. ``-mem`` is a stored trace of
another measurement and is not read. The sweep may be over bias or level: then there is no spectrum.

The Touchstone files of the same instrument start with the same line and have no ``BEGIN``.
Source: E4990A online help, "Saving Trace Data to a File".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.format import Format
from eisfit.readers.header import Header, find_datetime
from eisfit.readers.parts import Block, add_findings, read_sweeps
from eisfit.readers.tables.columns import plain_layout
from eisfit.readers.tables.impedance_pairs import (
    ADVICE,
    build_from_pair,
    determining_pair,
    quantity_name,
)
from eisfit.readers.tables.table import Dialect, read_rows
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import Source, decode, find_line, open_source, parse_number

NAME = "keysight_e4990a"

_FIRST = re.compile(r"\s*!\s*(?:Agilent|Keysight) Technologies\s*,\s*(E4990A)\s*,", re.IGNORECASE)
_BEGIN = re.compile(r"^BEGIN\s+(CH\d+)_DATA", re.IGNORECASE | re.MULTILINE)
_COLUMN = re.compile(
    r"(?P<name>[^(]*?)\s*(?:\((?P<unit>[^)]*)\))?\s*(?:-\s*(?P<kind>data|mem))?", re.IGNORECASE
)
_HEADING = re.compile(r",[^,]*-\s*(?:data|mem)\s*(?:,|$)", re.IGNORECASE)
_DEGREE = math.pi / 180
_LONGEST = 60  # a heading longer than this is none
_UNITS = {"": 1.0, "ohm": 1.0, "s": 1.0, "f": 1.0, "h": 1.0, "deg": _DEGREE, "rad": 1.0}
_MONITORED = {"DCV(V)": "dc_potential_V", "DCI(A)": "dc_current_A"}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is that of an E4990A's table."""
    text = decode(head)
    return _FIRST.match(text) is not None and _BEGIN.search(text) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every channel of a .csv file of an E4990A."""
    source = open_source(path)
    channels = list(_channels(source.lines))
    if not channels:
        raise source.error("no 'BEGIN CH1_DATA': the file is cut off within its header")
    spectra = read_sweeps(source, channels, _spectra, code="part_passed_over")
    if channels[-1].end < len(source.lines) or not source.complete:
        return spectra
    text = f"{channels[-1].name} has no END; the file was cut off"
    return add_findings(spectra, [source.finding("truncated", "warning", text)])


def _channels(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the parts between BEGIN and END."""
    name, first = "", 0
    for index, line in enumerate(lines):
        begin = _BEGIN.match(line.strip())
        if name and (begin is not None or line.strip().upper() == "END"):
            yield Block(name, first, index)
            name = ""
        if begin is not None:
            name, first = begin[1].upper(), index + 1
    if name:
        yield Block(name, first, len(lines))


def _spectra(source: Source, channel: Block) -> list[Spectrum]:
    """Return the spectra of one channel."""
    heading = _heading(source, channel)
    cells = tuple(cell.strip() for cell in source.lines[heading].split(","))
    if re.fullmatch(r"Frequency\s*\(Hz\)", cells[0], re.IGNORECASE) is None:
        what = f"{channel.name} is a sweep of {cells[0][:_LONGEST]!r}, not of the frequency in Hz; "
        raise source.error(what + "it holds no impedance spectrum", heading + 1)
    quantities = _quantities(cells)
    pair = determining_pair(quantities)
    if pair is None:
        shown = ", ".join(repr(cell[:_LONGEST]) for cell in cells[1:9]) or "no trace"
        what = f"{channel.name} holds {shown}, which do not determine the impedance; {ADVICE}"
        raise source.error(what, heading + 1)
    (first, first_factor), (second, second_factor) = quantities[pair[0]], quantities[pair[1]]
    layout, body = plain_layout([0, first, second], cells), source.lines[heading : channel.end]
    rows = read_rows(body[1:], heading + 2, layout, Dialect(","), body[0])
    values = rows.values * (1.0, first_factor, second_factor)
    header = _header(source, channel, heading, cells)
    return build_from_pair(source, replace(rows, values=values), pair, cells, header)


def _heading(source: Source, channel: Block) -> int:
    """Return the index of the line that names the columns of a channel."""
    place = find_line(source.lines[channel.first : channel.end], _HEADING.search)
    if place is None:
        what = f"{channel.name} has no heading such as 'Frequency(Hz), R(Ohm)-data, X(Ohm)-data': "
        raise source.error(what + "the file is damaged or cut off", channel.first)
    return channel.first + place


def _quantities(cells: Sequence[str]) -> dict[str, tuple[int, float]]:
    """Return the measured quantities of a heading: their columns and factors to SI units."""
    quantities: dict[str, tuple[int, float]] = {}
    for index, cell in enumerate(cells):
        match = _COLUMN.fullmatch(cell[:_LONGEST])
        if match is None or (match["kind"] or "").lower() == "mem":
            continue
        name, unit = quantity_name(match["name"]), (match["unit"] or "").strip().lower()
        if name and unit in _UNITS and (unit or "θ" not in name):
            quantities.setdefault(name, (index, _UNITS[unit]))
    return quantities


def _header(source: Source, channel: Block, heading: int, cells: Sequence[str]) -> Header:
    """Return what the head of the file and of the channel say."""
    title, conditions = "", {}
    for line in source.lines[channel.first : heading]:
        parts = [part.strip() for part in line.split(",")]
        if parts[0].lower() == "title label":
            title = line.split(",", 1)[-1].strip()
        for key, value in zip(parts[::2], parts[1::2], strict=False):
            if key in _MONITORED:
                conditions[_MONITORED[key]] = parse_number(value)
    identity = [part.strip() for part in source.lines[0].split(",")]
    findings: list[Finding] = []
    if any(cell.lower().endswith("-mem") for cell in cells):
        text = f"{channel.name}: stored traces (-mem) are skipped"
        findings.append(source.finding("memory_trace", "info", text))
    serial = f" (SN {identity[2]})" if len(identity) > 2 and identity[2] else ""
    return Header(
        NAME,
        instrument=f"Keysight E4990A{serial}",
        software=f"firmware {identity[3]}" if len(identity) > 3 else "",
        measured_at=find_datetime(
            (line[6:].strip() for line in source.lines[:5] if line.startswith("!Date:")),
            "%a %b %d %H:%M:%S %Y",
        ),
        conditions=conditions,
        temperature=temperature_from_header([title[:500]]),
        findings=findings,
    )


FORMAT = Format(
    NAME, "Keysight E4990A impedance analyzer (.csv)", recognises, read, (".csv",),
    note="layout from the maker's help; names of L, C, D and Q traces partly inferred",
    marks=(b"e4990a",),
)  # fmt: skip
