r"""PalmSens PSTrace sessions (.pssession): JSON, mostly in UTF-16.

::

    {"type": "PalmSens.DataFiles.SessionFile", "coreversion": "5.7.2001.19388",
     "measurements": [{"title": "Impedance Spectroscopy [2]", "timestamp": 636354677224718826,
       "deviceserial": "PS4A16A000003", "method": "#PSTrace, Version=…\r\nMETHOD_ID=eis\r\n…",
       "eisdatalist": [{"title": "FixedPotential at 71 freqs", "dataset": {"values": [
         {"arraytype": 5, "description": "Frequency", "unit": {"s": "Hz", …},
          "datavalues": [{"v": 1000000.0}, …]}, …]}}]}]}

Keys are small letters in older versions and capitalised in newer ones. Each entry of eisdatalist is
a spectrum (one a channel or scan); without it, the measurement's own dataset is, where it has
frequencies. Array types: 0 time/s, 1 potential/V, 2 current/µA, 5 frequency/Hz, 7 Z'/Ω, 8 -Z''/Ω.
Times are .NET ticks (100 ns since the year 1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header, header_entries
from eisfit.readers.parts import add_findings, read_parts
from eisfit.readers.text import Source, decode, number_or_nan, open_binary

NAME = "palmsens"

_MARK = "PalmSens.DataFiles.SessionFile"
_ARRAYS = {
    0: "time/s", 1: "Vdc/V", 2: "Idc/uA", 5: "freq/Hz", 7: "Z'/ohm", 8: "-Z''/ohm",
}  # fmt: skip
_NEEDED = ("freq/Hz", "Z'/ohm", "-Z''/ohm")
_TICKS = 10_000_000  # in a second
_MOST_TICKS = _TICKS * 86_400 * 365 * 9999  # within the years that a date can have

_Sweep: TypeAlias = tuple[str, dict[str, list[float]], Header]


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a PSTrace session."""
    even = head[: min(len(head), 2048) // 2 * 2]
    text = decode(even).lstrip("\ufeff \r\n\t")
    return text.startswith("{") and _MARK in text


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every impedance sweep of a session."""
    source, data = open_binary(path)
    session = _session(source, data)
    others: list[str] = []
    sweeps: list[_Sweep] = []
    for measurement in _list(session, "measurements"):
        sets = [_get(entry, "dataset") for entry in _list(measurement, "eisdatalist")]
        tables = [c for c in map(_columns, sets or [_get(measurement, "dataset")]) if c]
        title = str(_get(measurement, "title") or "untitled")
        sweeps += [(title, columns, _header(session, measurement)) for columns in tables]
        if not tables:
            others.append(title)
    spectra, errors = read_parts(source, sweeps, lambda part, s: build_from_columns(part, *s[1:]))
    failed = [f"{title}: {error.message}" for (title, *_), error in errors]
    if not spectra:
        names = f"{', '.join(others)}, and no impedance spectrum" if others else "no measurement"
        raise source.error(failed[0] if failed else f"this session holds {names}")
    findings = [source.finding("sweep_too_short", "warning", text) for text in failed]
    if others:
        text = f"measurements of other kinds are skipped: {', '.join(others)}"
        findings.append(source.finding("other_techniques", "info", text))
    return add_findings(spectra, findings, index=0)


def _session(source: Source, data: bytes) -> Mapping[str, Any]:
    text = decode(data).strip("\ufeff\0 \r\n\t")
    try:
        session = json.loads(text)
    except json.JSONDecodeError as error:
        what = f"the session is cut off or damaged ({error.msg}); save it again in PSTrace"
        raise source.error(what, error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise source.error(f"the session is damaged ({error})") from None
    if not isinstance(session, dict):
        raise source.error("the session is damaged: no object of JSON")
    return session


def _get(table: object, key: str) -> Any:
    """Return an entry, its key in small or capital letters; None where there is none."""
    if not isinstance(table, Mapping):
        return None
    return next((value for name, value in table.items() if name.lower() == key), None)


def _list(table: object, key: str) -> list[Any]:
    value = _get(table, key)
    return value if isinstance(value, list) else []


def _columns(dataset: object) -> dict[str, list[float]]:
    """Return the columns of a spectrum, empty where a data set holds none."""
    columns: dict[str, list[float]] = {}
    for array in _list(dataset, "values"):
        kind = _get(array, "arraytype")
        heading = _ARRAYS.get(kind, "") if isinstance(kind, int) else ""
        values = [number_or_nan(_get(point, "v")) for point in _list(array, "datavalues")]
        if heading:
            columns.setdefault(heading, values)
    if not all(columns.get(name) for name in _NEEDED):
        return {}
    length = len(columns["freq/Hz"])
    return {k: v for k, v in columns.items() if k in _NEEDED or len(v) == length}


def _header(session: Mapping[str, Any], measurement: object) -> Header:
    method = header_entries(str(_get(measurement, "method") or "").splitlines(), "=")
    return Header(
        NAME,
        instrument=f"PalmSens {_get(measurement, 'deviceserial') or ''}".strip(),
        technique=str(_get(measurement, "title") or method.get("method_id", "")),
        software=f"PSTrace {_get(session, 'coreversion') or ''}".strip(),
        measured_at=_moment(_get(measurement, "timestamp")),
    )


def _moment(ticks: object) -> datetime | None:
    if not isinstance(ticks, int) or not 0 < ticks < _MOST_TICKS:
        return None
    return datetime(1, 1, 1) + timedelta(seconds=ticks // _TICKS)


FORMAT = Format(
    NAME, "PalmSens PSTrace session (.pssession)", recognises, read, (".pssession",),
    marks=(_MARK.lower().encode(),), near=2048,
)  # fmt: skip
