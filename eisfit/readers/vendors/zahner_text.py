"""Zahner Thales and Zahner Analysis, exported as text: lists of |Z| and phase.

::

    File......: c:/thales/cell.ism
    Potential.: 0.0255V, Ampl: 10mV
    Current...: -1.825nA
    Time......: 07:14:31 - 07:15:31

    Number,Frequency/Hz,impedance/Ohm,Phase/deg,Significance,Time/s
    1,100000,3.0835,-31.861,1000,0

Thales sets cells apart by commas or blanks; spreadsheets save them again with semicolons. Zahner
Analysis sets them apart by tabs, and its headings are ``frequency (Hz)``, ``impedance (Ω)``,
``phase / rad (rad)``, ``phase / deg (°)``, ``impedance' (Ω)``, ``impedance'' (Ω)``, ``time (s)``,
``significance``, of which some may be missing. The lines above may be missing as well; each is a
name, dots or blanks, a colon, and the text that an .ism file holds. Where several measurements are
in one file, each has its own lines and its own heading. Phase and Im Z are stored with their sign.

Sources: programs that read such files; no such file was at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.parts import Block, read_sweeps
from eisfit.readers.tables.table import Dialect, read_table
from eisfit.readers.text import Source, decode, is_text, open_source
from eisfit.readers.vendors.zahner import make_header

NAME = "zahner_text"

_LONGEST = 2000
_THALES = {"frequency/hz", "impedance/ohm", "phase/deg"}
_ANALYSIS = {"frequency (hz)", "impedance (ω)", "phase / deg (°)"}
_AS_KNOWN = {
    "phase / deg (°)": "phase/deg",
    "phase / rad (rad)": "",  # the same in degrees stands beside it
    "impedance' (ω)": "Z'/Ohm",
    "impedance'' (ω)": "Z''/Ohm",
}
_ENTRY = re.compile(r"\s*\"?([A-Za-z]+)[ .]*:[\s,;]*(.*)")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a list that Zahner's programs wrote."""
    return is_text(head) and any(map(_is_heading, decode(head).splitlines()))


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a list as Zahner's programs write it."""
    source = open_source(path)
    blocks = list(_blocks(source.lines))
    if not blocks:
        raise source.error("no heading with frequency, impedance and phase of Zahner's")
    return read_sweeps(source, blocks, _spectra, code="measurement_passed_over")


def _spectra(source: Source, block: Block) -> list[Spectrum]:
    cells, delimiter = _split(source.lines[block.heading])
    known = [_AS_KNOWN.get(cell.lower(), cell) for cell in cells]
    layout, rows, _ = read_table(
        source, block.heading, cells, delimiter, known=known, end=block.end
    )
    texts = _texts(source.lines[block.first : block.heading])
    return build_spectra(source, layout, rows, make_header(source, NAME, texts))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the measurements; what stands between two tables belongs to the second."""
    headings = [i for i, line in enumerate(lines) if _is_heading(line)]
    first = 0
    for heading, end in pairwise([*headings, len(lines)]):
        while end < len(lines) and end > heading + 1 and not _is_row(lines[end - 1]):
            end -= 1
        yield Block("", first, end, heading)
        first = end


def _is_row(line: str) -> bool:
    return line.lstrip(" \t\"'")[:1] in set("0123456789.+-") and ":" not in line


def _is_heading(line: str) -> bool:
    """Return whether a line is a heading of Zahner's."""
    if len(line) > _LONGEST or "requency" not in line:
        return False
    names = {cell.lower() for cell in _split(line)[0]}
    return names >= _ANALYSIS or (names >= _THALES and bool(names & {"number", "significance"}))


def _split(line: str) -> tuple[list[str], str]:
    """Return the cells of a heading, and what sets them apart."""
    delimiter = next((mark for mark in "\t;," if mark in line), " ")
    return [cell.strip().strip('"') for cell in Dialect(delimiter).split(line)], delimiter


def _texts(lines: Sequence[str]) -> dict[str, str]:
    """Return the entries of the lines above a table, by the names that an .ism file's have."""
    out: dict[str, str] = {}
    for line in lines:
        match = _ENTRY.match(line[:_LONGEST])
        if match is not None:
            name = match[1].lower()
            out.setdefault("times" if name == "time" else name, match[2].rstrip(' ",;\t'))
    return out


FORMAT = Format(
    NAME, "Zahner Thales, Zahner Analysis, list as text", recognises, read, (".txt", ".csv"),
    "layout from descriptions; not tested with a file", marks=(b"requency",),
)  # fmt: skip
