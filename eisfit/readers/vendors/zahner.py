"""Zahner Thales and Zahner Analysis (.ism): binary, big-endian.

::

    00 00 ff ff ff fe               mark
    n - 1                           whole number of 6 bytes
    n × f8  frequency in Hz         in the order in which they were measured
    n × f8  |Z| in Ω
    n × f8  phase in rad            below zero where it is capacitive
    n × f8  time                    seconds since 1980-01-01, local; or a number of the point
    n × i2  significance            per mille
    12 texts, each with its length in 2 bytes before it and small and capital letters exchanged:
        date (ddmmyy), system, potential ("0.0255V, Ampl: 10mV"), current ("3.61mA, Ampl: 1A"),
        temperature ("23.8+-0.1C"), times ("07:14:31 - 07:15:31"), four comments, area, serial
    length of what follows          2 bytes
    32 × f8  settings, then n × (dc potential in V, dc current in A)     where it is long enough

What follows the arrays may be missing, and all texts may be empty. The amplitude stands beside the
quantity that was controlled. Thales starts within the range, sweeps to one end and then to the
other: frequencies near the start stand twice, and all points are kept. Without a sensor the
temperature reads near 0 °C or -273 °C. The area has no unit and is not used. The eighth setting
seems to be the potential that was set; the one that is kept is the measured one, which was 25 mV
above it in thirteen files.

Sources: the files; zahner_analysis by the maker (https://pypi.org/project/zahner-analysis).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header, parse_datetime
from eisfit.readers.tables.vocabulary import SI_PREFIX
from eisfit.readers.text import Source, open_binary, parse_number

NAME = "zahner"

_MARK = b"\0\0\xff\xff\xff\xfe"
_TEXTS = ("date", "system", "potential", "current", "temperature", "times",
          "comment", "comment 2", "comment 3", "comment 4", "area", "serial")  # fmt: skip
_SETTINGS = 32 * 8
_YEAR_ZERO = datetime(1980, 1, 1)
_REAL_TIME = 1e8  # s since 1980 beyond which a time is a time, and no count
_NO_SENSOR = 1.0  # K about 0 °C that a thermometer reads where none is connected
_COLDEST = -200.0  # °C
_QUANTITY = r"([-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)\s*([afpnuµmkM]?)([VA])"
_VALUE = re.compile(_QUANTITY)
_AMPLITUDE = re.compile(r"Ampl\.?:\s*" + _QUANTITY)
_TEMPERATURE = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?)\s*(\+-\s*[0-9.]+)?\s*°?\s*([CK])")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is Zahner's."""
    return head.startswith(_MARK)


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectrum of an .ism file."""
    source, content = open_binary(path)
    count = int.from_bytes(content[6:12], "big") + 1
    end = 12 + count * (4 * 8 + 2)
    if len(content) < 12 or end > len(content):
        possible = max(len(content) - 12, 0) // 34
        what = f"{count} points are announced and there is room for {possible}; the file is cut off"
        raise source.error(what)
    arrays = np.frombuffer(content, ">f8", 4 * count, 12).reshape(4, count).astype(float)
    frequency, magnitude, phase, time = arrays
    texts, rest = _texts(content, end)
    columns = {"freq/Hz": frequency, "|Z|/ohm": magnitude, "phase/rad": phase}
    start = abs(float(time[0])) if np.all(np.isfinite(time)) else 0.0
    if start > _REAL_TIME:
        columns["time/s"] = np.abs(time) - start
    dc, findings = _dc(source, content, rest, count)
    if _is_simulated(texts):
        text = "the file says it is simulated, not measured"
        findings.append(source.finding("simulated", "info", text))
    header = make_header(source, NAME, texts, start=start, findings=findings)
    return build_from_columns(source, columns | dc, header)


def _texts(content: bytes, place: int) -> tuple[dict[str, str], int]:
    """Return the texts by their names, and where they end."""
    out: dict[str, str] = {}
    for name in _TEXTS:
        start = place + 2
        end = start + int.from_bytes(content[place:start], "big")
        if max(start, end) > len(content):
            break
        raw = content[start:end]
        out[name] = raw.swapcase().decode("cp1252", errors="replace").strip()
        place = end
    return out, place


def _dc(
    source: Source, content: bytes, place: int, count: int
) -> tuple[dict[str, FloatArray], list[Finding]]:
    """Return dc potential and current of each point where the file holds them."""
    if place == len(content):
        return {}, []
    length = int.from_bytes(content[place : place + 2], "big")
    if place + 2 + length > len(content):
        text = "the file ends within its texts and settings: it may have been cut off. "
        return {}, [source.finding("truncated", "warning", text + "Copy it again.")]
    if length <= _SETTINGS:
        return {}, []
    if length != _SETTINGS + 16 * count:
        text = f"{length - _SETTINGS} bytes of further quantities are skipped"
        return {}, [source.finding("unknown_part", "info", text)]
    first = place + 2 + _SETTINGS
    pairs = np.frombuffer(content, ">f8", 2 * count, first).reshape(count, 2).astype(float)
    return {"Vdc/V": pairs[:, 0], "Idc/A": pairs[:, 1]}, []


def _temperature(source: Source, texts: Mapping[str, str]) -> tuple[float | None, list[Finding]]:
    """Return the temperature in K; one that reads as without a sensor is not used."""
    match = _TEMPERATURE.fullmatch(texts.get("temperature", ""))
    if match is None:
        return None, []
    celsius = parse_number(match[1]) - (ZERO_CELSIUS if match[3] == "K" else 0.0)
    if not math.isfinite(celsius) or celsius < _COLDEST:
        return None, []
    if match[2] and abs(celsius) < _NO_SENSOR:
        what = (
            f"the file says {celsius:g} °C, which it also states without a sensor; this "
            "temperature is not used"
        )
        finding = source.finding(
            "temperature_ambiguous", "info", what, affects_result=True, in_doubt="temperature"
        )
        return None, [finding]
    return celsius + ZERO_CELSIUS, []


def make_header(
    source: Source,
    name: str,
    texts: Mapping[str, str],
    *,
    start: float = 0.0,
    findings: Sequence[Finding] = (),
) -> Header:
    """Return what the texts say.

    Parameters
    ----------
    source : Source
    name : str
        Of the format.
    texts : mapping of str to str
        ``"date"``, ``"system"``, ``"potential"``, ``"current"``, ``"times"``, ``"comment"`` …
    start : float
        s since 1980, or a small number where it is not known.
    findings : sequence of Finding
        About the rest of the file.
    """
    conditions = {}
    for key, unit in (("potential", "V"), ("current", "A")):
        value = _VALUE.match(texts.get(key, ""))
        if value is not None and value[3] == unit:
            conditions[f"dc_{key}_{unit}"] = _scaled(value)
        amplitude = _AMPLITUDE.search(texts.get(key, ""))
        if amplitude is not None:
            conditions[f"amplitude_{amplitude[3]}"] = _scaled(amplitude)
    comments = [texts[k] for k in _TEXTS if k.startswith("comment") and texts.get(k)]
    kelvin, of_temperature = _temperature(source, texts)
    return Header(
        name,
        instrument="" if _is_simulated(texts) else "Zahner",
        technique=" · ".join(filter(None, [texts.get("system", ""), *comments])),
        software="Thales or Zahner Analysis",
        measured_at=_moment(texts, start),
        conditions=conditions,
        temperature=kelvin,
        findings=[*findings, *of_temperature],
    )


def _is_simulated(texts: Mapping[str, str]) -> bool:
    return texts.get("system", "").lower() == "simulation"


def _scaled(match: re.Match[str]) -> float:
    return parse_number(match[1]) * SI_PREFIX[match[2]]


def _moment(texts: Mapping[str, str], start: float) -> datetime | None:
    """Return the start of the measurement: by the points' times, else by date and time as text."""
    if start > _REAL_TIME:
        try:
            return _YEAR_ZERO + timedelta(seconds=int(start))
        except OverflowError:
            pass
    text = f"{texts.get('date', '')} {texts.get('times', '').partition(' ')[0]}"
    return parse_datetime(text, "%d%m%y %H:%M:%S") or parse_datetime(text)


FORMAT = Format(
    NAME, "Zahner Thales, Zahner Analysis (.ism)", recognises, read, (".ism",),
    "old versions of the format are not known", (_MARK,), len(_MARK),
)  # fmt: skip
