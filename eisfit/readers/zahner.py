"""Zahner Thales and Zahner Analysis (.ism): binary, big-endian.

::

    00 00 ff ff ff fe               mark
    n - 1                           whole number of 6 bytes
    n × f8  frequency in Hz         in the order in which they were measured
    n × f8  |Z| in Ω
    n × f8  phase in rad            below zero where it is capacitive
    n × f8  time                    seconds since 1980-01-01, local; or a mere count
    n × i2  significance            per mille
    11 texts, each with its length in 2 bytes before it and small and capital letters exchanged:
        date (ddmmyy), system, potential and amplitude ("0.0255V, Ampl: 10mV"), current,
        temperature ("23.8+-0.1C"), times ("07:14:31 - 07:15:31"), four comments, area
    length of what follows          4 bytes
    32 × f8  settings, then n × (dc potential in V, dc current in A)     where it is long enough

Thales starts within the range, sweeps to one end and then to the other: frequencies near the start
stand twice, and all points are kept. Without a sensor the temperature reads near 0 °C or -273 °C.
"""

from __future__ import annotations

import math
import re
import struct
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from eisfit.arrays import FloatArray
from eisfit.constants import ZERO_CELSIUS
from eisfit.errors import ReadError
from eisfit.findings import Finding
from eisfit.readers.build import Header
from eisfit.readers.format import Format
from eisfit.readers.points import binary_source, build_points
from eisfit.readers.text import Source, load, number
from eisfit.spectrum import Provenance, Spectrum

NAME = "zahner"

_MARK = b"\0\0\xff\xff\xff\xfe"
_TEXTS = ("date", "system", "potential", "current", "temperature", "times",
          "comment", "comment 2", "comment 3", "comment 4", "area")  # fmt: skip
_SETTINGS = 32 * 8
_YEAR_ZERO = datetime(1980, 1, 1)
_REAL_TIME = 1e8  # s since 1980 beyond which a time is a time, and no count
_NO_SENSOR = 1.0  # K about 0 °C that a thermometer reads where none is connected
_QUANTITY = re.compile(r"([-+]?[\d.]+(?:e[-+]?\d+)?)\s*([pnuµmkM]?)([VA])", re.IGNORECASE)
_AMPLITUDE = re.compile(r"Ampl:\s*([\d.]+)\s*([nuµm]?)V", re.IGNORECASE)
_PREFIX = {"p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6}


def recognises(head: bytes) -> bool:
    """Tell whether the start of a file is Zahner's."""
    return head.startswith(_MARK)


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectrum of an .ism file."""
    content = load(path)
    source = binary_source(path, content)
    count = int.from_bytes(content[6:12], "big") + 1
    end = 12 + count * (4 * 8 + 2)
    if len(content) < 12 or end > len(content):
        here = max(len(content) - 12, 0) // 34
        what = f"{count} points are announced and there is room for {here}; the file is cut off"
        raise ReadError(source.path, what)
    arrays = np.frombuffer(content, ">f8", 4 * count, 12).reshape(4, count).astype(float)
    frequency, magnitude, phase, time = arrays
    texts, rest = _texts(content, end)
    columns = {"freq/Hz": frequency, "|Z|/ohm": magnitude, "phase/rad": phase}
    start = float(time[0]) if np.all(np.isfinite(time)) else 0.0
    if start > _REAL_TIME:
        columns["time/s"] = time - start
    columns |= _dc(content, rest, count)
    kelvin, findings = _temperature(source, texts.get("temperature", ""))
    header = Header(_provenance(texts, start), temperature=kelvin, findings=findings)
    return build_points(source, columns, header)


def _texts(content: bytes, place: int) -> tuple[dict[str, str], int]:
    """Return the texts by their names, and where they end."""
    out: dict[str, str] = {}
    for name in _TEXTS:
        if place + 2 > len(content):
            break
        (length,) = struct.unpack_from(">H", content, place)
        if place + 2 + length > len(content):
            break
        raw = content[place + 2 : place + 2 + length]
        out[name] = raw.decode("cp1252", errors="replace").swapcase().strip()
        place += 2 + length
    return out, place


def _dc(content: bytes, place: int, count: int) -> dict[str, FloatArray]:
    """Return dc potential and current of each point where the file holds them."""
    if place + 4 > len(content):
        return {}
    (length,) = struct.unpack_from(">I", content, place)
    first = place + 4 + _SETTINGS
    if length != _SETTINGS + 16 * count or first + 16 * count > len(content):
        return {}
    pairs = np.frombuffer(content, ">f8", 2 * count, first).reshape(count, 2).astype(float)
    return {"Vdc/V": pairs[:, 0], "Idc/A": pairs[:, 1]}


def _temperature(source: Source, text: str) -> tuple[float | None, tuple[Finding, ...]]:
    """Return the temperature in K; one that reads as without a sensor is not used."""
    match = re.match(r"([-+]?\d+(?:\.\d+)?)\s*\+-", text)
    if match is None:
        return None, ()
    celsius = number(match[1])
    if not math.isfinite(celsius) or celsius < -200:
        return None, ()
    if abs(celsius) < _NO_SENSOR:
        what = f"{source.name}: the file says {celsius:g} °C, as it does without a sensor; "
        said = Finding("temperature_ambiguous", "info", what + "it is not used")
        return None, (said,)
    return celsius + ZERO_CELSIUS, ()


def _provenance(texts: dict[str, str], start: float) -> Provenance:
    conditions = {}
    for name, key, unit in (("potential", "dc_potential_V", "V"), ("current", "dc_current_A", "A")):
        match = _QUANTITY.match(texts.get(name, ""))
        if match is not None and match[3].upper() == unit:
            conditions[key] = _scaled(match[1], match[2])
    amplitude = _AMPLITUDE.search(texts.get("potential", ""))
    if amplitude is not None:
        conditions["amplitude_V"] = _scaled(amplitude[1], amplitude[2])
    comments = [texts[k] for k in _TEXTS if k.startswith("comment") and texts.get(k)]
    simulated = texts.get("system", "").lower() == "simulation"
    return Provenance(
        format=NAME,
        instrument="" if simulated else "Zahner",
        technique=" · ".join(filter(None, [texts.get("system", ""), *comments])),
        software="Thales or Zahner Analysis",
        measured_at=_moment(texts, start),
        conditions={k: v for k, v in conditions.items() if math.isfinite(v)},
    )


def _scaled(value: str, prefix: str) -> float:
    return number(value) * _PREFIX.get(prefix, _PREFIX.get(prefix.lower(), math.nan))


def _moment(texts: dict[str, str], start: float) -> datetime | None:
    """Return the start of the measurement: by the points' times, else by date and time as text."""
    try:
        if start > _REAL_TIME:
            return _YEAR_ZERO + timedelta(seconds=int(start))
        clock = texts.get("times", "").partition(" ")[0]
        return datetime.strptime(f"{texts.get('date', '')} {clock}", "%d%m%y %H:%M:%S")
    except (ValueError, OverflowError):
        return None


FORMAT = Format(NAME, "Zahner Thales, Zahner Analysis (.ism)", recognises, read, (".ism",),
                "layout inferred from nineteen files")  # fmt: skip
