"""Corrtest CS Studio: measurements saved as text (.txt, .cor).

::

    CSStudioFile,ID_EISVSFRQ,H4sIAAAAAAAA…
    Freq(Hz)  Ampl(mV)  Z'(Ohm.cm²)  Z''(Ohm.cm²)  Phase
    +1.0E+05  10        +1.21E+00    +6.47E-01     28.1

The first line names the technique and holds the settings, packed (gzip, base64), with a line
``Surface Area: 0.5`` (cm²) in it. Tabs stand between the cells. Z' and Z'' are those of a square
centimetre where the heading says so: they are divided by that area, so that Ω come out. Where no
area is given they stay those of a square centimetre. A heading in Ohm is taken as it stands. Im Z
is stored with its sign. Techniques other than EIS (ID_CV, ID_LSVA …) hold no impedance. The packed
part also holds a temperature, which the user types in and mostly leaves at 25 °C: a finding
gives it.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import zlib
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.locate import is_heading
from eisfit.readers.tables.table import read_table
from eisfit.readers.text import Source, decode, find_line, is_text, open_source, parse_number

NAME = "corrtest"

_MARK = "CSStudioFile,"
_MOST_UNPACKED = 1 << 20  # bytes
_NEAR = 20  # lines within which the heading stands
_SQUARE = re.compile(r"[([]\s*(ohm|Ω)\s*[.*·]?\s*cm(?:2|²|\^2)\s*[)\]]", re.IGNORECASE)
_AREA = re.compile(r"Surface Area[^:\n]*:\s*([-+\d.eE]+)")
_TEMPERATURE = re.compile(r"(?:Temp=|Temperature\([^)]*\):\s*)([-+\d.]+)")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is CS Studio's."""
    return is_text(head) and decode(head[:200]).lstrip().startswith(_MARK)


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a text file of CS Studio."""
    source = open_source(path)
    start = source.first_filled
    mark, technique, packed = (*source.lines[start].split(",", 2), "", "")[:3]
    if mark.strip() != _MARK.rstrip(","):
        raise source.error(f"the first line is not CS Studio's, {_MARK!r}", start + 1)
    below = source.lines[start + 1 : start + 1 + _NEAR]
    place = find_line(below, lambda line: is_heading(_SQUARE.sub("(ohm)", line)))
    if place is None:
        what = f"this is a CS Studio file of {technique[:40] or 'no technique'}; it holds no "
        raise source.error(f"{what}impedance spectrum, or is cut off before it")
    heading = start + 1 + place
    settings = _unpack(packed)
    area = _first_number(_AREA, settings)
    per_area = _SQUARE.search(source.lines[heading]) is not None and area > 0
    cells = source.lines[heading].split("\t")
    known = [_SQUARE.sub("(ohm)", cell) if per_area else cell for cell in cells]
    layout, rows, _ = read_table(source, heading, cells, "\t", known=known)
    if per_area:
        rows.values[:, 1 : 2 if layout.polar else 3] /= area
    amplitude = _amplitude(cells, next((x for x in source.lines[heading + 1 :] if x.strip()), ""))
    conditions = {"area_entry_m2": area * 1e-4, "amplitude_V": amplitude}
    celsius = _first_number(_TEMPERATURE, settings)
    header = Header(
        NAME,
        instrument="Corrtest",
        technique=technique.strip(),
        software="CS Studio",
        conditions={name: value for name, value in conditions.items() if value > 0},
        findings=_findings(source, area if per_area else math.nan, celsius),
    )
    return build_spectra(source, layout, rows, header)


def _findings(source: Source, area: float, celsius: float) -> list[Finding]:
    """Return findings about the area that was divided out and about the temperature."""
    findings = []
    if math.isfinite(area):
        text = f"the impedance of a square centimetre was divided by the area, {area:g} cm²"
        findings.append(source.finding("area_divided_out", "info", text))
    if math.isfinite(celsius):
        text = f"a temperature of {celsius:g} °C was typed in and is not used; where it is the "
        text += "sample's, write it into series.toml"
        findings.append(source.finding("temperature_not_used", "info", text))
    return findings


def _amplitude(cells: list[str], row: str) -> float:
    """Return the amplitude in V of a row, NaN without one."""
    values = dict(zip((c.strip().lower() for c in cells), row.split("\t"), strict=False))
    return parse_number(values.get("ampl(mv)", "").replace(",", ".")) * 1e-3


def _unpack(packed: str) -> str:
    """Return the settings, empty where they cannot be unpacked."""
    try:
        data = base64.b64decode(packed.strip(), validate=True)
        return decode(zlib.decompressobj(wbits=31).decompress(data, _MOST_UNPACKED))
    except (binascii.Error, ValueError, zlib.error):
        return ""


def _first_number(pattern: re.Pattern[str], text: str) -> float:
    match = pattern.search(text)
    return parse_number(match[1]) if match else math.nan


FORMAT = Format(
    NAME, "Corrtest CS Studio text", recognises, read, (".txt", ".cor"),
    note="layout from public programs; not tested with a file of an instrument",
    marks=(b"csstudiofile,",), near=200,
)  # fmt: skip
