"""ZPlot and ZView (Scribner), files .z and .z60: text.

New header, closed by a line of its own; the heading stands last within it::

    ZPLOT2 ASCII
      Measured Data, ZPlot:       3.2c
      Experiment Type:            Sweep Frequency, Control Voltage
      Date:                       10-12-2018
      Time:                       11:04:34
      Begin User Comments:        0
      End User Comments:          0
        Surface Area:             1
      Data Points:                56
      Freq(Hz)  Ampl  Bias  Time(Sec)  Z'(a)  Z''(b)  GD  Err  Range
    End Comments
    3.000000E+05  1.0000E-02  0.0000E+00  2.670000E+00  1.4777E+02  -1.1335E+01  0.0000E+00  0  3

Old header, of lines in quotes, closed by its heading, with the number of points above it; many
programs (Autolab's and Corrtest's among them) write such files for ZView, often with empty lines
and without date::

    "ZPlotW Data File: Version 3.2c"        (or "Z60W Data File: Version 1.1")
    "Raw Data"
    "Sweep Frequency: Control Voltage"
    Date: 12-17-2019    Time: 16:24:35
    …
    79
    "  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range"
    3.000000E+05, 1.0000E-02, 0.0000E+00, 2.580000E+00, 6.4262E+02, -8.5821E+01, 0.0E+00, 0, 5

Nine columns, set apart by tabs, commas or blanks; where a program leaves some out, the heading says
which. Im Z is stored with its sign. Dates are month-day-year. Amplitude and bias are in V under
voltage control and in A under current control; where the header does not say which, they are not
used. The area (cm²) is what the user typed, 1 where nobody did. A temperature in the comments may
be that of the sample or of its making: a finding gives it; it is not used. What the codes of the
column Err mean is not known; points with one are kept, with a finding.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import (
    Header,
    header_conditions,
    header_entries,
    header_lines,
    parse_datetime,
)
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.table import (
    cells_of_rows,
    read_rows,
    sample_dialect,
    without_empty_end,
)
from eisfit.readers.temperature import in_celsius, temperature_from_header, temperatures_in_name
from eisfit.readers.text import Source, decode, is_text, open_source, parse_number

NAME = "zplot"

_MARK = re.compile(r'\s*"?\s*(?:ZPLOT2 ASCII|Z(?:PlotW|60W?) Data File)', re.IGNORECASE)
_HEADING = re.compile(r"""[\s"']*Freq\s*\(Hz\)""", re.IGNORECASE)
_END = re.compile(r'\s*"?End Comments', re.IGNORECASE)
_DATE = re.compile(r"\bDate:\s{0,99}(\d{1,2}[-/]\d{1,2}[-/]\d{4})\b")
_TIME = re.compile(r"\bTime:\s{0,99}(\d{1,2}:\d{1,2}:\d{1,2})\b")
_VERSION = re.compile(r"(Z(?:PlotW|60W?)) Data File:\s*Version\s*([\w.]+)", re.IGNORECASE)
_NAMES = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'(a)", "Z''(b)", "GD", "Err", "Range")
_KNOWN = {"freq(hz)": "freq/Hz", "time(sec)": "time/s", "z'(a)": "Z'/ohm", "z''(b)": "Z''/ohm"}
_BIAS = {"V": "Vdc/V", "A": "Idc/A"}
_LONGEST = 300  # characters of a heading
_MOST = 2000  # such lines
_SAMPLE = 200  # lines within which the first row stands
_CONDITIONS = {
    "open circuit potential (v)": ("open_circuit_potential_V", 1.0),
    "surface area": ("area_entry_m2", 1e-4),
    "sample area": ("area_entry_m2", 1e-4),
}


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is ZPlot's."""
    return is_text(head[:256]) and _MARK.match(decode(head[:256])) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a .z file."""
    source = open_source(path)
    first = _first_row(source)
    above = [line for line in source.lines[:first] if line.strip()][:_MOST]
    lines = header_lines(above)
    entries = header_entries(lines)
    control = _control(lines)
    body = source.lines[first:]
    dialect = sample_dialect(body)
    row = next((line for line in body[:_SAMPLE] if line.strip()), "")
    names = _columns(source, first, dialect.split(row))
    known = [_BIAS.get(control, n) if n == "Bias" else _KNOWN.get(n.lower(), n) for n in names]
    layout = choose_columns(known, source.path, first, in_file=names)
    rows = read_rows(body, first + 1, layout, dialect)
    numbers = {key: value.replace(",", ".") for key, value in entries.items()}
    conditions = header_conditions(numbers, _CONDITIONS)
    if control and row and "Ampl" in names:
        amplitude = parse_number(dialect.split(row)[names.index("Ampl")], dialect.decimal)
        if amplitude > 0:
            conditions[f"amplitude_{control}"] = amplitude
    findings = _header_findings(source, lines)
    errors = cells_of_rows(source, rows, dialect, names, "Err")
    codes = (parse_number(cell, dialect.decimal) for cell in errors)
    pairs = zip(rows.lines, codes, strict=False)
    coded = [line for line, code in pairs if 0 < abs(code) < math.inf]
    if coded:
        text = f"{len(coded)} points carry a code in the column Err, the first on line {coded[0]}; "
        text += "its meaning is not known; the points are kept"
        findings.append(source.finding("points_with_code", "info", text, affects_result=True))
    text = "\n".join(lines)
    date, time = _DATE.search(text), _TIME.search(text)
    when = f"{date[1].replace('/', '-')} {time[1]}" if date and time else ""
    sweep = entries.get("sweep frequency", "")
    parts = (("potentiostat", "begin pstat/gstat"), ("analyzer", "begin analyzer"))
    header = Header(
        NAME,
        instrument=", ".join(f"{word} {entries[k]}" for word, k in parts if entries.get(k)),
        technique=entries.get("experiment type", f"Sweep Frequency, {sweep}" if sweep else ""),
        software=_software(text, entries),
        measured_at=parse_datetime(when, "%m-%d-%Y %H:%M:%S"),
        conditions=conditions,
        temperature=temperature_from_header(lines),
        findings=findings,
        announced=_announced(lines, entries),
    )
    return build_spectra(source, layout, rows, header)


def _first_row(source: Source) -> int:
    """Return the index of the line after the header."""
    heading, end = source.find(_HEADING.match), source.find(_END.match)
    if heading is None and end is None:
        what = "no line 'End Comments' and no heading 'Freq(Hz) Ampl …': the file is cut off"
        raise source.error(what, len(source.lines))
    return 1 + (end if end is not None else heading or 0)


def _columns(source: Source, first: int, cells: list[str]) -> list[str]:
    """Return the name of every column, from the heading where there are not nine of them."""
    width = len(without_empty_end(cells))
    if width in {0, len(_NAMES)}:
        return list(_NAMES)
    above = [line for line in source.lines[:first] if _HEADING.match(line)]
    text = above[-1][:_LONGEST] if above else ""
    names = re.split(r"[\s,;]+", re.sub(r"\s+\(", "(", text).strip("\"' \t,;"))
    names = [next((n for n in _NAMES if n.lower() == x.lower()), x) for x in names]
    if len(names) == width:
        return names
    what = (
        f"the rows have {width} cells; {len(_NAMES)} are usual ({', '.join(_NAMES)}), and the "
        "heading does not name as many as there are"
    )
    raise source.error(what, first + 1)


def _announced(lines: list[str], entries: dict[str, str]) -> int:
    """Return how many points the header announces, 0 where it does not say."""
    count = entries.get("data points", "")
    if not count and len(lines) > 1 and _HEADING.match(lines[-1]):
        count = lines[-2].strip(' \t",;')
    return int(count) if re.fullmatch(r"\d{1,7}", count) else 0


def _control(lines: list[str]) -> str:
    """Return the unit of amplitude and bias, empty where the header does not say."""
    text = " ".join(lines).lower()
    if "control voltage" in text:
        return "V"
    return "A" if "control current" in text else ""


def _software(text: str, entries: dict[str, str]) -> str:
    """Return program and version, empty where the header does not say."""
    new = next((v for k, v in entries.items() if k.endswith("zplot") and v), "")
    old = _VERSION.search(text)
    return f"ZPlot {new}" if new else " ".join(old.groups()) if old else ""


def _header_findings(source: Source, lines: list[str]) -> list[Finding]:
    """Return findings about comments, and about numbers changed afterwards."""
    findings = []
    if any(line.strip(' \t"').lower() == "modified data" for line in lines[:4]):
        text = "its header says 'Modified Data': the numbers were changed after the measurement"
        findings.append(source.finding("modified_data", "warning", text))
    free = [line for line in lines if ":" not in line]
    kelvins = {k for line in free[1:] for k in temperatures_in_name(line.strip(' \t"') + " ")}
    if kelvins and temperature_from_header(lines) is None:
        text = f"its comments name {in_celsius(kelvins)}, which is not used; where it is the "
        text += "sample's temperature, write it into series.toml"
        findings.append(source.finding("temperature_not_used", "info", text))
    return findings


FORMAT = Format(
    NAME, "ZPlot and ZView (.z)", recognises, read, (".z", ".z60"), marks=(b"zplot", b"z60"),
    near=256,
)  # fmt: skip
