"""CH Instruments (CHI workstations): measurements saved or converted as text (.txt, .csv).

::

    Feb. 20, 2020   15:55:08
    A.C. Impedance
    File: cell.bin
    Data Source:  Experiment
    Instrument Model:  CHI660E
    Header:
    Note:

    Init E (V) = 0
    High Frequency (Hz) = 2e+6
    Low Frequency (Hz) = 0.1
    Imp SF
    Amplitude (V) = 0.025
    Quiet Time (sec) = 2
    Cycles (.1-1Hz) = 1

    Freq/Hz, Z'/ohm, Z"/ohm, Z/ohm, Phase/deg

    9.961e+4, 9.891e+1, -2.748e+0, 9.894e+1, -1.6

The first line is the date, the second the technique; both may have been cut away, and entries that
a technique has not are missing. Months of up to four letters stand in full (May, June, July).
Commas, tabs or blanks stand between cells. Im Z is stored with its sign, with four digits. Of the
impedance techniques only A.C. Impedance sweeps the frequency: Impedance - Potential and
Impedance - Time are taken at one, and are refused like CV and the others. The binary .bin of the
same program is not read.
"""

from __future__ import annotations

import re
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, find_datetime, header_conditions, header_lines
from eisfit.readers.tables.table import read_table
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import Source, head_lines, open_source, parse_number

NAME = "chinstruments"

_NEAR = 100  # lines within which the heading stands
_LONGEST = 300
_TECHNIQUE = "a.c. impedance"
_DATE = re.compile(r"\s*([A-Z][a-z]{2,8})\.?\s+(\d{1,2}),\s*(\d{4})\s+(\d{1,2}:\d{2}:\d{2})\s*$")
_HEADING = re.compile(r"\s*Freq/Hz[\s,;]+Z'/ohm[\s,;]+Z(?:\"|'')/ohm", re.IGNORECASE)
_MODEL = re.compile(r"\s*Instrument Model:\s*CHI", re.IGNORECASE)
_CONDITIONS = {
    "init e (v)": ("dc_potential_V", 1.0),
    "init i (a)": ("dc_current_A", 1.0),
    "amplitude (v)": ("amplitude_V", 1.0),
    "amplitude (a)": ("amplitude_A", 1.0),
    "quiet time (sec)": ("quiet_time_s", 1.0),
    "comp r (ohm)": ("compensated_resistance_ohm", 1.0),
}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is CH Instruments'."""
    lines = [line[:_LONGEST] for line in head_lines(head, _NEAR) if line.strip()]
    if any(line.strip().lower() == _TECHNIQUE for line in lines[:2]):
        return True
    if lines and _DATE.match(lines[0]):
        return any(_MODEL.match(line) for line in lines)
    heading = any(_HEADING.match(line) for line in lines)
    return heading and any(line.strip().startswith("Init E (V) =") for line in lines)


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a text file of CH Instruments."""
    source = open_source(path)
    heading = source.find(_HEADING.match, _NEAR)
    if heading is None:
        raise source.error(_no_spectrum(source))
    cells = re.split(r"[\s,;]+", source.lines[heading][:_LONGEST].strip())
    layout, rows, _ = read_table(source, heading, cells)
    return build_spectra(source, layout, rows, _header(source, source.lines[:heading]))


def _header(source: Source, lines: list[str]) -> Header:
    entries: dict[str, str] = {}
    above = header_lines(lines)
    for line in above:
        name, _, value = line.partition("=" if " = " in line else ":")
        entries.setdefault(name.strip().lower(), value.strip())
    return Header(
        NAME,
        instrument=f"CH Instruments {entries.get('instrument model', '')}".strip(),
        technique=_technique(above),
        measured_at=find_datetime(map(_plain_date, above[:4]), "%b %d %Y %H:%M:%S"),
        conditions=header_conditions(entries, _CONDITIONS),
        temperature=temperature_from_header(above),
        findings=_header_findings(source, entries),
        ends_at=parse_number(entries.get("low frequency (hz)", "")),
    )


def _header_findings(source: Source, entries: dict[str, str]) -> list[Finding]:
    """Return findings where the numbers may not be those of the bare cell."""
    findings = []
    origin = entries.get("data source", "")
    if origin and origin.lower() != "experiment":
        text = f"its data source is {origin[:40]!r}, not 'Experiment': perhaps nothing was measured"
        findings.append(source.finding("not_measured", "warning", text))
    compensated = parse_number(entries.get("comp r (ohm)", ""))
    if compensated > 0:
        text = f"a resistance of {compensated:g} Ω was compensated during the measurement"
        findings.append(source.finding("resistance_compensated", "warning", text))
    return findings


def _technique(above: list[str]) -> str:
    """Return the first line that is neither the date nor an entry."""
    plain = (x.strip() for x in above[:4] if x.strip() and not _DATE.match(x))
    first = next(plain, "")
    return "" if "=" in first or ":" in first else first


def _plain_date(line: str) -> str:
    """Return a date with its month in three letters, empty where a line holds none."""
    match = _DATE.match(line)
    return f"{match[1][:3]} {match[2]} {match[3]} {match[4]}" if match else ""


def _no_spectrum(source: Source) -> str:
    technique = _technique([x[:_LONGEST] for x in source.lines if x.strip()][:4])
    if technique.lower() == _TECHNIQUE or not technique:
        return "no heading 'Freq/Hz, Z'/ohm, Z\"/ohm …': the file is cut off or holds no data"
    what = f"this is a CH Instruments file of {technique[:60]}"
    return f"{what}; it holds no impedance spectrum (no sweep of the frequency)"


FORMAT = Format(
    NAME, "CH Instruments text", recognises, read, (".txt", ".csv"),
    marks=(b"a.c. impedance", b"model:", b"init e (v) ="),
)  # fmt: skip
