"""Novocontrol WinDETA, exported as ASCII text.

::

    s05751_25deg, 26.02.2025, 15:11
    Diameter[mm]: 1.300e+01  Thickness[mm]: 7.500e-01  Spacer Capacity[pF]: 0.000e+00  …
    Fixed value(s) :  AC Volt  [Vrms]=7.1000e-03  Temp. [°C]=2.5000e+01
         Freq.[Hz]      Zs'[ohm]      Zs''[ohm]
     1.0000000e+06   3.8055903e+03  -6.3180615e+03

The first line is the sample's title, with the date in newer versions. Diameter and thickness, where
present, are the sample's geometry. Further quantities may stand beside Zs; a file without Zs' and
Zs'' (permittivity, say) holds no impedance as measured. Im Z is stored with its sign.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from eisfit.base.errors import EisfitError
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, parse_datetime
from eisfit.readers.locate import find_table, is_heading
from eisfit.readers.tables.columns import choose_columns
from eisfit.readers.tables.delimited import table_rows
from eisfit.readers.temperature import temperature_from_header, title_temperature_alone
from eisfit.readers.text import decode, is_text, open_source, parse_number

NAME = "novocontrol"

_FREQUENCY = re.compile(r"^[ \t#]*Freq\.\s*\[Hz\]", re.MULTILINE)
_ONLY_WINDETA = re.compile(r"Fixed value|Z[sp]'\s*\[|Eps'", re.IGNORECASE)
_THICKNESS, _DIAMETER = (
    re.compile(rf"(?<!Electrode ){kind}\s*\[mm\]\s*[:=]?\s*([-+\d.,eE]+)")
    for kind in ("Thickness", "Diameter")
)
_AC_VOLT = re.compile(r"AC Volt\.?\s*\[Vrms\]\s*=\s*([-+\d.eE]+)")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is WinDETA's."""
    text = decode(head)
    return is_text(head) and all(mark.search(text) for mark in (_FREQUENCY, _ONLY_WINDETA))


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a WinDETA text file."""
    source = open_source(path)
    heading = source.find(_FREQUENCY.match)
    if heading is not None and not is_heading(source.lines[heading]):
        # raises the error that says what is missing
        choose_columns(source.lines[heading].split(), source.path, heading + 1)
    place = find_table(source)
    lines = source.lines[: max(place.heading, 0)]
    text = "\n".join(lines)
    volt = _AC_VOLT.search(text)
    title = lines[0].split(",")[0].strip() if lines else ""
    kelvin = temperature_from_header(lines)
    if kelvin is None and "[" not in title:
        kelvin = title_temperature_alone(source, title)
    header = Header(
        NAME,
        instrument="Novocontrol",
        software="WinDETA",
        measured_at=_date(lines[0]) if lines else None,
        conditions={"amplitude_V": parse_number(volt[1])} if volt else {},
        temperature=kelvin,
        geometry=_geometry(text),
    )
    return build_spectra(source, place.layout, table_rows(source, place), header)


def _geometry(text: str) -> Geometry | None:
    """Return the sample's geometry, None where the header has none that makes sense."""
    thickness, diameter = (pattern.search(text) for pattern in (_THICKNESS, _DIAMETER))
    if thickness is None or diameter is None:
        return None
    try:
        return Geometry.disc(
            thickness=parse_number(thickness[1]) * 1e-3, diameter=parse_number(diameter[1]) * 1e-3
        )
    except EisfitError:
        return None


def _date(title: str) -> datetime | None:
    parts = [part.strip() for part in title.split(",")]
    return parse_datetime(f"{parts[-2]} {parts[-1]}:00") if len(parts) >= 3 else None


FORMAT = Format(NAME, "Novocontrol WinDETA text", recognises, read, (".txt",), marks=(b"freq.",))
