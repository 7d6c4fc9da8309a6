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

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers.build import Header, build_spectra
from eisfit.readers.format import Format
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.table import Dialect, dialect_of, read_rows
from eisfit.readers.text import decode, open_source

NAME = "squidstat"

_NEEDED = {"frequency (hz)", "z' (ohms)", '-z" (ohms)'}
_BESIDE = {"dc working electrode (v)", "dc current (a)", "step name", "step number"}
_KNOWN = {"dc working electrode (v)": "Edc (V)", "dc current (a)": "Idc (A)"}
_STEPS = ("step number", "repeats", "repeat", "cycle number")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a table of Squidstat's, by its heading."""
    return bool(_cells(decode(head[:4096]).lstrip().split("\n", 1)[0])[1])


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every step of EIS in a table of Squidstat's."""
    source = open_source(path)
    heading = next((i for i, line in enumerate(source.lines) if line.strip()), 0)
    delimiter, cells = _cells(source.lines[heading])
    if not cells:
        what = "the heading lacks 'Frequency (Hz)', 'Z' (Ohms)' or '-Z\" (Ohms)'; export them all"
        raise ReadError(source.path, what, heading + 1)
    lower = [cell.lower() for cell in cells]
    known = [_KNOWN.get(name, cell) for name, cell in zip(lower, cells, strict=True)]
    steps = [name for name in _STEPS if name in lower]
    for name in steps:
        known[lower.index(name)] = "cycle" if name == steps[0] else ""
    layout = choose_columns(known, source.path, heading + 1, in_file=cells)
    body = source.lines[heading + 1 :]
    dialect = dialect_of(delimiter, body)
    at = layout.indexes[0]
    points = [line if _has_cell(line, at, dialect) else "" for line in body]
    if not any(points) and any(line.strip() for line in body):
        what = "no row has a frequency: its steps are of direct current, without impedance"
        raise ReadError(source.path, what, heading + 2)
    rows = read_rows(points, heading + 2, layout, dialect, source.lines[heading])
    header = Header(
        Provenance(
            format=NAME,
            instrument="Admiral Instruments Squidstat",
            technique=_technique(next((x for x in points if x), ""), lower, dialect),
        )
    )
    return build_spectra(source, layout, rows, header)


def _cells(line: str) -> tuple[str, list[str]]:
    """Return delimiter and cells of a heading, none where it is not one of Squidstat's."""
    for delimiter in ",;\t":
        cells = [_unquoted(cell) for cell in line.split(delimiter)]
        found = {cell.lower() for cell in cells}
        if found >= _NEEDED and found & _BESIDE:
            return delimiter, cells
    return "", []


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1]
    return cell.replace('""', '"').replace("''", '"')


def _technique(row: str, names: list[str], dialect: Dialect) -> str:
    """Return the name of the step that a row belongs to, empty where there is none."""
    at = names.index("step name") if "step name" in names else -1
    cells = dialect.split(row)
    return cells[at].strip(' "') if 0 <= at < len(cells) else ""


def _has_cell(line: str, at: int, dialect: Dialect) -> bool:
    cells = dialect.split(line)
    return at < len(cells) and bool(cells[at].strip(' "'))


FORMAT = Format(
    NAME, "Admiral Instruments Squidstat, exported table", recognises, read, (".csv",),
    note="headings as public programs know them; no file of an instrument was at hand",
    marks=(b"frequency (hz)",), near=4096,
)  # fmt: skip
