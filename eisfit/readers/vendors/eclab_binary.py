"""BioLogic EC-Lab, binary (.mpr).

A mark of 52 bytes ("BIO-LOGIC MODULAR FILE"), then modules, all little-endian::

    MODULE  short name (10)  long name (25)  length u4  version u4  date (8)     old
    MODULE  short name (10)  long name (25)  ffffffff  length u4  old version u4
            version u4  date (8)                                                 EC-Lab 11.50 on

The module "VMP data" holds the number of rows (u4), the number of columns, the numbers that stand
for the columns, and from a place that goes with the version on, the rows::

    version   number of columns   column numbers   rows start at
    0         u1                  u1               100
    2         u1                  u2               405
    3         u1                  u2               406
    10, 11    u2                  u2               1007

A column's number gives its name and its type; several flags share one byte. In the module "VMP
LOG" stands the start of the measurement (days since 1899-12-30), in "VMP Set" the technique. Rows
of the dc step carry a frequency of 0. Im Z is stored as -Im Z.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.text import Source, open_binary

NAME = "biologic_mpr"

_MARK = b"BIO-LOGIC MODULAR FILE"
_NEW = 0xFFFFFFFF
_LAYOUTS = {0: ("u1", "u1", 100), 2: ("u1", "<u2", 405), 3: ("u1", "<u2", 406),
            10: ("<u2", "<u2", 1007), 11: ("<u2", "<u2", 1007)}  # fmt: skip
_STARTS = (585, 473, 469, 465)  # places of the start in the log, by its age
_DAY_ZERO = datetime(1899, 12, 30)
_TECHNIQUES = {b"\x1d": "PEIS", b"\x1e": "GEIS"}
_FLAGS = {1, 2, 3, 21, 31, 65}
_MOST_COLUMNS = 300

_SINGLE = {
    5: "control/V/mA", 6: "Ewe/V", 8: "I/mA", 9: "Ece/V", 16: "Analog IN 1/V", 17: "Analog IN 2/V",
    19: "control/V", 20: "control/mA", 26: "Rapp/Ohm", 27: "Ewe-Ece/V", 32: "freq/Hz",
    33: "|Ewe|/V", 34: "|I|/A", 35: "Phase(Z)/deg", 36: "|Z|/Ohm", 37: "Re(Z)/Ohm",
    38: "-Im(Z)/Ohm", 69: "R/Ohm", 70: "P/W", 75: "Analog OUT/V", 76: "<I>/mA", 77: "<Ewe>/V",
    78: "Cs-2/µF-2", 96: "|Ece|/V", 98: "Phase(Zce)/deg", 99: "|Zce|/Ohm", 100: "Re(Zce)/Ohm",
    101: "-Im(Zce)/Ohm", 163: "|Estack|/V", 168: "Rcmp/Ohm", 169: "Cs/µF", 172: "Cp/µF",
    173: "Cp-2/µF-2", 174: "<Ewe> 2/V", 178: "(Q-Qo)/C", 179: "dQ/C", 241: "|E1|/V",
    242: "|E2|/V", 271: "Phase(Z1)/deg", 272: "Phase(Z2)/deg", 301: "|Z1|/Ohm", 302: "|Z2|/Ohm",
    331: "Re(Z1)/Ohm", 332: "Re(Z2)/Ohm", 361: "-Im(Z1)/Ohm", 362: "-Im(Z2)/Ohm", 391: "<E1>/V",
    392: "<E2>/V", 422: "Phase(Zstack)/deg", 423: "|Zstack|/Ohm", 424: "Re(Zstack)/Ohm",
    425: "-Im(Zstack)/Ohm", 426: "<Estack>/V", 430: "Phase(Zwe-ce)/deg", 431: "|Zwe-ce|/Ohm",
    432: "Re(Zwe-ce)/Ohm", 433: "-Im(Zwe-ce)/Ohm", 434: "(Q-Qo) 2/C", 435: "dQ 2/C",
    441: "<Ece>/V", 505: "Rdc/Ohm", **{n: f"distortion {n}" for n in range(217, 225)},
    **{n: f"harmonic {n}" for n in (*range(230, 241), *range(471, 477), *range(479, 492))},
}  # fmt: skip
_DOUBLE = {
    4: "time/s", 7: "dq/mA.h", 11: "I 2/mA", 13: "(Q-Qo)/mA.h", 23: "dQ/mA.h",
    24: "cycle number", 74: "|Energy|/W.h", 123: "Energy charge/W.h", 124: "Energy discharge/W.h",
    125: "Capacitance charge/µF", 126: "Capacitance discharge/µF", 182: "step time/s",
    211: "Q charge/discharge/mA.h", 467: "Q charge/discharge 2/mA.h", 498: "Q charge/mA.h",
    499: "Q discharge/mA.h", 500: "step time 2/s", 501: "Efficiency/%", 502: "Capacity/mA.h",
}  # fmt: skip
_WHOLE = {39: ("I Range", "<u2"), 131: ("Ns", "<u2"), 212: ("half cycle", "<u4"),
          213: ("z cycle no", "<u4"), 468: ("half cycle 2", "<u4"),
          469: ("z cycle no 2", "<u4"), 509: ("Acir/Dcir Control", "u1")}  # fmt: skip
_KNOWN: dict[int, tuple[str, str]] = {
    **{n: (name, "<f4") for n, name in _SINGLE.items()},
    **{n: (name, "<f8") for n, name in _DOUBLE.items()},
    **_WHOLE,
}


@dataclass(frozen=True, slots=True)
class _Module:
    """One module: its version, its data as far as they are there, and their length."""

    version: int
    data: bytes
    length: int


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is EC-Lab's binary form."""
    return head.startswith(_MARK)


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every sweep of an .mpr file."""
    source, content = open_binary(path)
    modules = _modules(source, content)
    data = modules.get("VMP data")
    if data is None:
        what = "no module 'VMP data': the measurement was not started, or the file is cut off"
        raise source.error(what)
    columns, findings = _columns(source, data)
    if "freq/Hz" not in columns:
        shown = ", ".join(list(columns)[:6])
        raise source.error(f"no impedance: the columns are {shown} …")
    settings, log = modules.get("VMP Set"), modules.get("VMP LOG")
    header = Header(
        NAME,
        instrument="BioLogic",
        technique=_TECHNIQUES.get(settings.data[:1], "") if settings is not None else "",
        software="EC-Lab",
        measured_at=_start(log.data) if log is not None else None,
        findings=findings,
    )
    return build_from_columns(source, columns, header)


def _modules(source: Source, content: bytes) -> dict[str, _Module]:
    """Return the modules by their short names; the first of each name."""
    out: dict[str, _Module] = {}
    place = content.find(b"MODULE")
    while place >= 0 and place + 65 <= len(content):
        name = content[place + 6 : place + 16].decode("latin-1").strip()
        first, second = struct.unpack_from("<II", content, place + 41)
        if first == _NEW:
            length, (version,) = second, struct.unpack_from("<I", content, place + 53)
            start = place + 65
        else:
            length, version, start = first, second, place + 57
        out.setdefault(name, _Module(version, content[start : start + length], length))
        place = content.find(b"MODULE", start + length)
    return out


def _columns(source: Source, module: _Module) -> tuple[dict[str, np.ndarray], tuple[Finding, ...]]:
    """Return the columns of the module of data by their names."""
    layout = _LAYOUTS.get(module.version)
    if layout is None:
        known = ", ".join(str(v) for v in _LAYOUTS)
        what = f"data of version {module.version} are not known (known: {known}); export as .mpt"
        raise source.error(what)
    count_type, number_type, offset = layout
    start = np.dtype([("rows", "<u4"), ("count", count_type)])
    data = module.data
    if len(data) < start.itemsize:
        raise source.error("the file is cut off at the start of its data")
    rows, count = np.frombuffer(data, start, 1)[0].tolist()
    end = start.itemsize + count * np.dtype(number_type).itemsize
    if not 0 < count <= _MOST_COLUMNS or end > len(data) or module.length < offset:
        raise source.error(f"{count} columns are announced; the file is damaged")
    numbers = np.frombuffer(data, number_type, count, start.itemsize).tolist()
    fields, findings = _fields(source, numbers, rows, module.length - offset)
    record = np.dtype(fields)
    whole_rows = max(len(data) - offset, 0) // record.itemsize
    if whole_rows < rows:
        text = f"{rows} rows are announced and {whole_rows} are there; the file was cut off"
        findings = (*findings, source.finding("truncated", "warning", text))
    if not whole_rows or not rows:
        raise source.error("no row of data: the measurement was not started, or cut off")
    table = np.frombuffer(data, record, min(rows, whole_rows), offset)
    names = (name for name, _ in fields if "flags" not in name)
    with np.errstate(invalid="ignore"):  # damaged bytes may be a NaN that signals
        return {name: table[name].astype(float) for name in names}, findings


def _fields(
    source: Source, numbers: Sequence[int], rows: int, size: int
) -> tuple[list[tuple[str, str]], tuple[Finding, ...]]:
    """Return name and type of each column; unknown ones have the width that is left for them."""
    fields: dict[str, str] = {}
    unknown = [n for n in numbers if n not in _KNOWN and n not in _FLAGS]
    for number in numbers:
        if number in _FLAGS:
            fields["flags"] = "u1"
            continue
        name, kind = _KNOWN.get(number, (f"flags column {number}", ""))
        while name in fields:
            name += "'"
        fields[name] = kind
    if not unknown:
        return list(fields.items()), ()
    known = sum(np.dtype(kind).itemsize for kind in fields.values() if kind)
    left = size / rows - known if rows else 0.0
    each = left / len(unknown)
    shown = ", ".join(map(str, unknown))
    if each not in {1.0, 2.0, 4.0, 8.0}:
        what = f"columns of a kind that is not known ({shown}) have {left:.6g} bytes a row"
        raise source.error(f"{what}; export the file as text (.mpt) in EC-Lab")
    text = f"columns of a kind that is not known are skipped: {shown}"
    whole = [(name, kind or f"V{each:.0f}") for name, kind in fields.items()]
    return whole, (source.finding("unknown_columns", "info", text),)


def _start(log: bytes) -> datetime | None:
    """Return the start of the measurement from the first of its places that holds a date."""
    for place in _STARTS:
        if place + 8 > len(log):
            continue
        (days,) = struct.unpack_from("<d", log, place)
        if 30_000 < days < 80_000:  # 1982 to 2119
            return _DAY_ZERO + timedelta(seconds=round(days * 86400))
    return None


FORMAT = Format(
    NAME, "BioLogic EC-Lab, binary (.mpr)", recognises, read, (".mpr",),
    "versions 0 to 3 of the data, and columns of cells with stacks, from descriptions only",
    marks=(_MARK.lower(),), near=len(_MARK),
)  # fmt: skip
