"""Admiral Instruments Squidstat: tables that its User Interface exports as .csv.

::

    Step number,Step name,Elapsed Time (s),DC Working Electrode (V),DC Current (A),
        Frequency (Hz),|Z| (Ohms),Phase (deg),Z' (Ohms),-Z" (Ohms),Number of Cycles     (one line)
    1,Potentiostatic EIS,12.5,0.0503,1.2e-6,100000,103.5,-12.4,101.1,22.2,100

Which columns there are and in which order differs between versions; small and capital letters do
too (``Z' (ohms)``). Z'' is stored negated, as its heading says, and one quote in a heading stands
for two. An experiment of several steps may be in one file: steps of direct current have empty cells
under Frequency, and every step and every repeat of EIS is a spectrum of its own.
"""

from __future__ import annotations

from pathlib import Path

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.table import Dialect, dialect_of, match_headings, read_rows
from eisfit.readers.text import first_line, open_source

NAME = "squidstat"

_NEEDED = {"frequency (hz)", "z' (ohms)", '-z" (ohms)'}
_BESIDE = {"dc working electrode (v)", "dc current (a)", "step name", "step number"}
_KNOWN = {"dc working electrode (v)": "Edc (V)", "dc current (a)": "Idc (A)"}
_STEPS = ("step number", "repeats", "repeat", "cycle number")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a table of Squidstat's, by its heading."""
    return bool(_match(first_line(head))[1])


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every step of EIS in a table of Squidstat's."""
    source = open_source(path)
    heading = source.first_filled
    delimiter, cells = _match(source.lines[heading])
    if not cells:
        what = "the heading lacks 'Frequency (Hz)', 'Z' (Ohms)' or '-Z\" (Ohms)'; export them all"
        raise source.error(what, heading + 1)
    lower = [cell.lower() for cell in cells]
    known = [_KNOWN.get(name, cell) for name, cell in zip(lower, cells, strict=True)]
    steps = [name for name in _STEPS if name in lower]
    for name in steps:
        known[lower.index(name)] = "cycle" if name == steps[0] else ""
    layout = choose_columns(known, source.path, heading + 1, in_file=cells)
    body = source.lines[heading + 1 :]
    dialect = dialect_of(delimiter, body)
    points = [line if _cell(line, layout.indexes[0], dialect) else "" for line in body]
    if not any(points) and any(line.strip() for line in body):
        what = "no row has a frequency: its steps are of direct current, without impedance"
        raise source.error(what, heading + 2)
    rows = read_rows(points, heading + 2, layout, dialect, source.lines[heading])
    first = next((line for line in points if line), "")
    step = _cell(first, lower.index("step name"), dialect) if "step name" in lower else ""
    header = Header(NAME, instrument="Admiral Instruments Squidstat", technique=step)
    return build_spectra(source, layout, rows, header)


def _match(line: str) -> tuple[str, list[str]]:
    return match_headings(line, ",;\t", _NEEDED, _BESIDE)


def _cell(line: str, index: int, dialect: Dialect) -> str:
    """Return a cell of a row, empty where there is none."""
    cells = dialect.split(line)
    return cells[index].strip(' "') if index < len(cells) else ""


FORMAT = Format(
    NAME, "Admiral Instruments Squidstat, exported table", recognises, read, (".csv",),
    note="headings from public programs; not tested with a file of an instrument",
    marks=(b"frequency (hz)",), near=4096,
)  # fmt: skip
