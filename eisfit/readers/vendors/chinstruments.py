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

from eisfit.base.errors import ReadError
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers.build import Header, build_spectra
from eisfit.readers.format import Format
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.table import guess_dialect, read_rows
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import (
    Source,
    decode,
    find_datetime,
    header_lines,
    is_text,
    open_source,
    parse_number,
    split_lines,
)

NAME = "chinstruments"

_NEAR = 100  # lines within which the heading stands
_LONGEST = 300
_TECHNIQUE = "a.c. impedance"
_DATE = re.compile(r"\s*([A-Z][a-z]{2,8})\.?\s+(\d{1,2}),\s*(\d{4})\s+(\d{1,2}:\d{2}:\d{2})\s*$")
_HEADING = re.compile(r"\s*Freq/Hz[\s,;]+Z'/ohm[\s,;]+Z(?:\"|'')/ohm", re.IGNORECASE)
_MODEL = re.compile(r"\s*Instrument Model:\s*CHI", re.IGNORECASE)
_CONDITIONS = {
    "init e (v)": "dc_potential_V",
    "init i (a)": "dc_current_A",
    "amplitude (v)": "amplitude_V",
    "amplitude (a)": "amplitude_A",
    "quiet time (sec)": "quiet_time_s",
    "comp r (ohm)": "compensated_resistance_ohm",
}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is CH Instruments'."""
    if not is_text(head):
        return False
    lines = [x[:_LONGEST] for x in split_lines(decode(head))[:_NEAR] if x.strip()]
    if any(line.strip().lower() == _TECHNIQUE for line in lines[:2]):
        return True
    if lines and _DATE.match(lines[0]):
        return any(_MODEL.match(line) for line in lines)
    heading = any(_HEADING.match(line) for line in lines)
    return heading and any(line.strip().startswith("Init E (V) =") for line in lines)


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a text file of CH Instruments."""
    source = open_source(path)
    heading = next((i for i, x in enumerate(source.lines[:_NEAR]) if _HEADING.match(x)), None)
    if heading is None:
        raise ReadError(source.path, _no_spectrum(source))
    above = header_lines(source.lines[:heading])
    body = source.lines[heading + 1 :]
    dialect, _ = guess_dialect([line for line in body[:200] if line.strip()])
    text = source.lines[heading]
    layout = choose_columns(re.split(r"[\s,;]+", text[:_LONGEST].strip()), source.path, heading + 1)
    rows = read_rows(body, heading + 2, layout, dialect, text)
    return build_spectra(source, layout, rows, _header(source, above))


def _header(source: Source, above: list[str]) -> Header:
    entries: dict[str, str] = {}
    for line in above:
        name, _, value = line.partition("=" if " = " in line else ":")
        entries.setdefault(name.strip().lower(), value.strip())
    return Header(
        Provenance(
            format=NAME,
            instrument=f"CH Instruments {entries.get('instrument model', '')}".strip(),
            technique=_technique(above),
            measured_at=find_datetime(map(_plain_date, above[:4]), "%b %d %Y %H:%M:%S"),
            conditions={
                name: parse_number(entries.get(key, "")) for key, name in _CONDITIONS.items()
            },
        ),
        temperature=temperature_from_header(above),
        findings=_header_findings(source, entries),
        ends_at=parse_number(entries.get("low frequency (hz)", "")),
    )


def _header_findings(source: Source, entries: dict[str, str]) -> tuple[Finding, ...]:
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
    return tuple(findings)


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
