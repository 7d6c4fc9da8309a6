"""BioLogic EC-Lab (and BT-Lab), exported as text (.mpt, .txt): tab-separated.

::

    EC-Lab ASCII FILE
    Nb header lines : 61

    Potentio Electrochemical Impedance Spectroscopy
    …
    Device : SP-150 (SN 10791079)
    Acquisition started on : 02/04/2018 10:02:46
    …
    freq/Hz Re(Z)/Ohm       -Im(Z)/Ohm      |Z|/Ohm Phase(Z)/deg    time/s  … cycle number …
    1.0003201E+003  6.5470886E+001  3.8998979E-001  …

The heading of the table is the last of the header's lines; an export "without header" starts with
it. Code page 1252 or UTF-8; the decimal is a comma where Windows is set so. Spreadsheets turn the
heading ``-Im(Z)/Ohm`` into ``#NAME?``: then |Z| and phase are read. A file of three electrodes has
Re(Zce) and Re(Zwe-ce) besides, the working electrode's Z is taken. Rows of the dc step carry a
frequency of 0. Each cycle number is a sweep, unless each row has its own.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, parse_datetime
from eisfit.readers.tables.columns import choose_columns, roles_of
from eisfit.readers.tables.table import dialect_of, rows_below
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import Source, decode, parse_number, read_long

NAME = "biologic"

_MARK = re.compile(r"\s*(?:EC|BT)-Lab ASCII FILE", re.IGNORECASE)
_BARE = re.compile(r"\s*freq/Hz\tRe\(Z\)/Ohm")
_COUNT = re.compile(r"\s*Nb header lines\s*:\s*(\d+)", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is EC-Lab's text."""
    text = decode(head[:2048])
    return _MARK.match(text) is not None or _BARE.match(text) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every sweep of an EC-Lab text file."""
    return read_long(path, _spectra)


def _spectra(source: Source) -> list[Spectrum]:
    heading = _heading(source)
    lines = source.lines[:heading]
    cells = source.lines[heading].rstrip("\t\r ").split("\t")
    if "frequency" not in roles_of(cells):
        raise source.error(_no_spectrum(lines, cells), heading + 1)
    layout = choose_columns(cells, source.path, heading + 1)
    words = [line.split() for line in lines]
    volts = [w[2] for w in words if len(w) == 3 and w[:2] == ["Va", "(mV)"]]
    amplitude = parse_number(volts[0].replace(",", ".")) * 1e-3 if volts else math.nan
    header = Header(
        NAME,
        instrument=f"BioLogic {_entry(lines, 'Device')}".strip(),
        technique=_technique(lines),
        software=next((x.strip() for x in lines if "-lab for windows" in x.lower()), ""),
        measured_at=parse_datetime(_entry(lines, "Acquisition started on")),
        conditions={"amplitude_V": amplitude},
        temperature=temperature_from_header(lines),
        findings=_three_electrodes(source, cells),
        ends_at=_final_frequency(words),
    )
    dialect = dialect_of("\t", source.lines[heading + 1 : heading + 51])
    rows = rows_below(source, heading + 1, layout, dialect)
    return build_spectra(source, layout, rows, header)


def _heading(source: Source) -> int:
    """Return the index of the table's heading."""
    if _BARE.match(source.lines[0]):
        return 0
    match = next((m for x in source.lines[:10] if (m := _COUNT.match(x))), None)
    stated, count = int(match[1]) if match else 0, len(source.lines)
    for index, line in enumerate(source.lines):
        if line.startswith("freq/") or (index + 1 == stated and "\t" in line.strip()):
            return index
    text = "no heading of a table (freq/Hz, Re(Z)/Ohm …): the file is cut off or holds no table"
    if stated > count:
        text = f"the file is cut off within its header ({stated} lines, {count} are here)"
    raise source.error(text)


def _no_spectrum(lines: list[str], cells: list[str]) -> str:
    shown = ", ".join(repr(cell) for cell in cells[:6])
    technique = _technique(lines)
    if "impedance" in technique.lower() or not technique:
        return f"no column 'freq/Hz' among {shown} …; export the file again with that variable"
    return f"this is an EC-Lab file of the technique {technique!r}; it holds no impedance spectrum"


def _technique(lines: list[str]) -> str:
    """Return the technique: the first line of words after the number of header lines."""
    return next((line.strip() for line in lines[2:] if line.strip()), "")


def _entry(lines: list[str], key: str) -> str:
    """Return what follows 'key :' in the header, empty where it is not there."""
    start = key.lower()
    for line in lines:
        if line.strip().lower().startswith(start) and ":" in line:
            return line.split(":", 1)[1].strip()
    return ""


def _final_frequency(words: list[list[str]]) -> float:
    """Return the frequency in Hz at which the sweep was set to end, NaN where it is not given."""
    values = [w[1] for w in words if len(w) == 2 and w[0] == "ff"]
    units = [w[2] for w in words if len(w) == 3 and w[:2] == ["unit", "ff"]]
    factor = {"MHz": 1e6, "kHz": 1e3, "Hz": 1.0, "mHz": 1e-3, "µHz": 1e-6}
    if len(values) != 1 or len(units) != 1:
        return math.nan
    return parse_number(values[0].replace(",", ".")) * factor.get(units[0], math.nan)


def _three_electrodes(source: Source, cells: list[str]) -> tuple[Finding, ...]:
    if not any("(Zce)" in cell or "(Zwe-ce)" in cell for cell in cells):
        return ()
    text = "three electrodes; the impedance of the working electrode, Z, is read"
    return (source.finding("working_electrode", "info", text),)


FORMAT = Format(
    NAME, "BioLogic EC-Lab text (.mpt)", recognises, read, (".mpt", ".txt"),
    marks=(b"-lab a", b"freq/hz\tre(z)/ohm"), near=2048,
)  # fmt: skip
