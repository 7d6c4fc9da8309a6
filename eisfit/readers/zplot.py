"""ZPlot and ZView (Scribner), files .z and .z60: text.

New header, closed by a line of its own; the heading stands last within it::

    ZPLOT2 ASCII
      Measured Data, ZPlot:       3.2c
      Experiment Type:            Sweep Frequency, Control Voltage
      Date:                       10-12-2018
      Time:                       11:04:34
        Surface Area:             1
      Freq(Hz)  Ampl  Bias  Time(Sec)  Z'(a)  Z''(b)  GD  Err  Range
    End Comments
    3.000000E+05  1.0000E-02  0.0000E+00  2.670000E+00  1.4777E+02  -1.1335E+01  0.0000E+00  0  3

Old header, of lines in quotes, closed by its heading; other programs write such files for ZView::

    "ZPlotW Data File: Version 3.2c"        (or "Z60W Data File: Version 1.1")
    …
    "  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range"
    3.000000E+05, 1.0000E-02, 0.0000E+00, 2.580000E+00, 6.4262E+02, -8.5821E+01, 0.0E+00, 0, 5

Always nine columns, set apart by tabs, commas or blanks. Im Z is stored with its sign. Dates are
month-day-year. Amplitude and bias are in V under voltage control and in A under current control;
where the header does not tell which, they are not used. The area is what the user typed.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from eisfit.errors import ReadError
from eisfit.findings import Finding
from eisfit.readers.build import Header, build
from eisfit.readers.columns import choose
from eisfit.readers.format import Format
from eisfit.readers.table import Dialect, read_rows
from eisfit.readers.temperature import from_header
from eisfit.readers.text import Source, decode, is_text, number, open_source
from eisfit.spectrum import Provenance, Spectrum

NAME = "zplot"

_MARK = re.compile(r'\s*"?\s*(?:ZPLOT2 ASCII|Z(?:PlotW|60W?) Data File)', re.IGNORECASE)
_HEADING = re.compile(r"""^[\s"]*Freq\s*\(Hz\)[\s,;]+Ampl\b""", re.IGNORECASE)
_END = re.compile(r"\s*End Comments", re.IGNORECASE)
_ENTRY = re.compile(r"^[\s\"]*([^:]+?)\s*:\s*(.*?)[\s\"]*$")
_DATE = re.compile(r"Date:\s*(\d{1,2}-\d{1,2}-\d{4})")
_TIME = re.compile(r"Time:\s*(\d{1,2}:\d{2}:\d{2})")
_NAMES = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'(a)", "Z''(b)", "GD", "Err", "Range")


def recognises(head: bytes) -> bool:
    """Tell whether the start of a file is ZPlot's."""
    return is_text(head[:256]) and _MARK.match(decode(head[:256])) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a .z file."""
    source = open_source(path)
    first = _first_row(source)
    lines = source.lines[:first]
    control = _control(lines)
    roles = {"V": ("Vdc/V",), "A": ("Idc/A",)}.get(control, ("Bias",))
    headings = ["freq/Hz", "Ampl", *roles, "time/s", "Z'/ohm", "Z''/ohm", "GD", "Err", "Range"]
    layout = choose(headings, source.path, first)
    body = source.lines[first:]
    sample = next((line for line in body if line.strip()), "")
    rows = read_rows(body, first + 1, layout, _dialect(sample))
    header = Header(_provenance(lines, control, sample), temperature=from_header(lines))
    spectra = [_with_names(s) for s in build(source, layout, rows, header)]
    announced, here = _announced(lines), len(rows.lines)
    if here < announced:
        text = (
            f"{source.name}: the header announces {announced} points and {here} are there: the "
            "sweep was stopped, or the file is cut off"
        )
        said = Finding("sweep_incomplete", "warning", text)
        spectra[-1] = spectra[-1].with_(findings=(*spectra[-1].findings, said))
    return spectra


def _first_row(source: Source) -> int:
    """Return the index of the line after the header."""
    heading = None
    for i, line in enumerate(source.lines):
        if _END.match(line):
            return i + 1
        if heading is None and _HEADING.match(line):
            heading = i
    if heading is not None:
        return heading + 1
    what = "no line 'End Comments' and no heading 'Freq(Hz) Ampl …': the file is cut off"
    raise ReadError(source.path, what, len(source.lines))


def _announced(lines: list[str]) -> int:
    """Return how many points the header announces, 0 where it does not tell."""
    entries = [m[2] for line in lines if (m := _ENTRY.match(line)) and m[1] == "Data Points"]
    if not entries and len(lines) > 1 and _HEADING.match(lines[-1]):
        entries = [lines[-2].strip()]
    return int(entries[0]) if entries and re.fullmatch(r"\d{1,7}", entries[0]) else 0


def _dialect(row: str) -> Dialect:
    """Return how the cells of a row are set apart; with tabs a comma may be the decimal."""
    if "\t" in row:
        return Dialect("\t", "," if "," in row else ".")
    return Dialect("," if "," in row else " ")


def _control(lines: list[str]) -> str:
    """Return the unit of amplitude and bias, empty where the header does not tell."""
    text = " ".join(lines).lower()
    if "control voltage" in text:
        return "V"
    return "A" if "control current" in text else ""


def _provenance(lines: list[str], control: str, row: str) -> Provenance:
    entries = {m[1].lower(): m[2] for line in lines if (m := _ENTRY.match(line))}
    text = "\n".join(lines)
    conditions = {}
    cells = _dialect(row).split(row)
    amplitude = number(cells[1]) if len(cells) > 1 and control else math.nan
    if amplitude > 0:
        conditions[f"amplitude_{control}"] = amplitude
    for key, name, factor in (
        ("open circuit potential (v)", "open_circuit_potential_V", 1.0),
        ("surface area", "area_entry_m2", 1e-4),
    ):
        value = number(entries.get(key, ""))
        if math.isfinite(value):
            conditions[name] = value * factor
    version = next((v for k, v in entries.items() if k.endswith("zplot")), "")
    return Provenance(
        format=NAME,
        technique=entries.get("experiment type", ""),
        software=f"ZPlot {version}".strip() if version else "",
        measured_at=_moment(_DATE.search(text), _TIME.search(text)),
        conditions=conditions,
    )


def _moment(date: re.Match[str] | None, time: re.Match[str] | None) -> datetime | None:
    if date is None or time is None:
        return None
    try:
        return datetime.strptime(f"{date[1]} {time[1]}", "%m-%d-%Y %H:%M:%S")
    except ValueError:
        return None


def _with_names(spectrum: Spectrum) -> Spectrum:
    """Return a spectrum whose columns go by the file's own names."""
    return spectrum.with_(provenance=replace(spectrum.provenance, columns=_NAMES))


FORMAT = Format(NAME, "ZPlot and ZView (.z)", recognises, read, (".z", ".z60"))
