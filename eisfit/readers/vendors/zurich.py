"""Zurich Instruments LabOne (MFIA, MFLI with the impedance option): sweeps saved as .csv.

::

    chunk;timestamp;size;fieldname;;;
    0;26781276272;3;absz;232.759;233.175;233.326
    0;26781276272;3;frequency;1.00000008;1.12332394;1.26185697
    0;26781276272;3;imagz;-1.29602159;-1.50523872;-1.69330801
    0;26781276272;3;realz;232.755408;233.169840;233.319958
    1;…

A sweep is a chunk, a quantity a line: chunk number, time in ticks of the instrument's clock, number
of points, name of the quantity, values. A semicolon, in some versions a comma, stands between them.
Lines of shorter sweeps are filled up with ``nan``, and so is a sweep that was stopped.

Im Z is stored with its sign and phasez is in radians: the numbers of an MFIA's table say so, in
which atan(imagz / realz) is phasez. bias is the dc voltage in V and drive the amplitude of the
voltage in V, as set. frequency is what was measured, grid what was asked for. The many lines of
standard deviations and powers (realzstddev, realzpwr, …) are skipped. A sweep of demodulated
signals (x, y, r, phase) holds no impedance. LabOne also writes ZView's files
(`eisfit.readers.vendors.zplot`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.parts import read_sweeps
from eisfit.readers.text import Source, first_line, open_source, parse_number

NAME = "zurich"

_HEADING = ("chunk", "timestamp", "size", "fieldname")
_FREQUENCY = ("frequency", "grid")
_CARTESIAN, _POLAR = ("realz", "imagz"), ("absz", "phasez")
_CONDITIONS = {"bias": "dc_potential_V", "drive": "amplitude_V"}
_KNOWN = {*_FREQUENCY, *_CARTESIAN, *_POLAR, *_CONDITIONS}
_HEADINGS = {"grid": "frequency", "phasez": "phasez / rad"}

Chunk = dict[str, FloatArray]


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a sweep that LabOne saved."""
    return _delimiter(first_line(head)) != ""


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every chunk of a LabOne sweep."""
    source = open_source(path)
    heading = source.first_filled
    delimiter = _delimiter(source.lines[heading])
    if not delimiter:
        what = "the first line is not LabOne's, 'chunk;timestamp;size;fieldname'"
        raise source.error(what, heading + 1)
    chunks = _chunks(source.lines[heading + 1 :], delimiter)
    if not chunks:
        what = "no line of values follows the heading; the file is cut off or holds no data"
        raise source.error(what, heading + 1)
    return read_sweeps(
        source, chunks.items(), lambda part, chunk: _spectra(part, chunk[0], *chunk[1])
    )


def with_units(names: Sequence[str]) -> list[str]:
    """Return LabOne's names of quantities, where they are such, as headings with units.

    Examples
    --------
    >>> with_units(["bias", "absz", "phasez"]), with_units(["f", "absz", "bias"])
    (['Edc / V', 'absz', 'phasez / rad'], ['f', 'absz', 'bias'])
    """
    known = {"bias": "Edc / V", "phasez": "phasez / rad"}
    return [known.get(name, name) for name in names] if {*_POLAR} <= {*names} else list(names)


def _delimiter(line: str) -> str:
    """Return what stands between the cells of LabOne's heading, empty where it is none."""
    for delimiter in ";,\t":
        cells = (cell.strip().strip('"').strip() for cell in line.lower().split(delimiter)[:4])
        if tuple(cells) == _HEADING:
            return delimiter
    return ""


def _chunks(lines: Sequence[str], delimiter: str) -> dict[str, tuple[list[str], Chunk]]:
    """Return by number of the chunk the names of its quantities, and the values of those used."""
    chunks: dict[str, tuple[list[str], Chunk]] = {}
    for line in lines:
        start = line.split(delimiter, 4)
        if len(start) < 5:
            continue
        chunk, _, size, name = (cell.strip().strip('"') for cell in start[:4])
        fields, values = chunks.setdefault(chunk, ([], {}))
        fields.append(name)
        if name.lower() in _KNOWN:
            cells = start[4].split(delimiter)
            if size.isascii() and size.isdigit() and len(size) < 10:
                cells = cells[: int(size)]
            values[name.lower()] = np.array([parse_number(cell) for cell in cells], dtype=float)
    return chunks


def _spectra(source: Source, name: str, fields: list[str], chunk: Chunk) -> list[Spectrum]:
    """Return the spectrum of one chunk."""
    columns = _columns(source, name, fields, chunk)
    table = np.column_stack(list(columns.values()))
    measured = np.isfinite(table).all(axis=1)
    findings: tuple[Finding, ...] = ()
    if not measured.all():
        text = f"chunk {name}: {np.sum(~measured)} of {len(table)} points were not measured"
        findings = (source.finding("points_not_measured", "info", text, affects_result=True),)
    header = Header(
        NAME,
        instrument="Zurich Instruments",
        technique=f"chunk {name}",
        software="LabOne",
        conditions=_conditions(chunk),
        findings=findings,
    )
    kept = {key: values[measured] for key, values in columns.items()}
    spectra = build_from_columns(source, kept, header)
    return [s.with_(provenance=replace(s.provenance, columns=tuple(fields))) for s in spectra]


def _columns(source: Source, name: str, fields: list[str], chunk: Chunk) -> dict[str, FloatArray]:
    """Return frequency and impedance under headings, of one length."""
    pair = _CARTESIAN if all(n in chunk for n in _CARTESIAN) else _POLAR
    frequency = next((n for n in _FREQUENCY if n in chunk), "")
    missing = [n for n in (frequency or "frequency", *pair) if n not in chunk]
    if missing:
        shown = ", ".join(repr(field[:20]) for field in fields[:12])
        what = f"chunk {name} holds no impedance: no {' and '.join(missing)} among {shown}"
        raise source.error(what + "; save the sweep of the impedance analyzer")
    used = {n: chunk[n] for n in (frequency, *pair)}
    longest = max(len(values) for values in used.values())
    return {
        _HEADINGS.get(n, n): np.pad(values, (0, longest - len(values)), constant_values=math.nan)
        for n, values in used.items()
    }


def _conditions(chunk: Mapping[str, FloatArray]) -> dict[str, float]:
    known = {name: chunk[field] for field, name in _CONDITIONS.items() if field in chunk}
    finite = {name: values[np.isfinite(values)] for name, values in known.items()}
    return {name: float(np.mean(values)) for name, values in finite.items() if len(values)}


FORMAT = Format(
    NAME, "Zurich Instruments LabOne sweep (.csv)", recognises, read, (".csv", ".txt"),
    note="layout from public descriptions; units from an MFIA's table", marks=(b"timestamp",),
    near=4096,
)  # fmt: skip
