"""The measurement sheet ``series.toml``: what raw files do not state, written beside them.

::

    schema = 1
    sample = "LLTO pellet 7"
    material = "LLTO"
    model = "llto_pellet"
    thickness = "1.2 mm"
    diameter = "10 mm"              # or area = "0.785 cm2"
    lead_resistance = "1.5 ohm"
    temperature_error = "1 K"       # common error of all temperatures
    along = "temperature"           # or "time", "bias", "state_of_charge", "pressure", "thickness"
    short = "short.mpt"             # the fixture without sample, shorted and open: removed
    open = "open.mpt"
    suspects = "leave_out"          # points that the tests name; "keep" is the default

    [files."pellet_a.mpt"]
    temperature = "25 °C"           # or a list, one for each sweep; likewise:
    bias = "0.1 V"                  # time = "2 h", state_of_charge = "50 %", pressure = "50 MPa"
    points = [
      { above = "5 MHz", reason = "lead resonance" },
      { near = "50 Hz", sweep = 2, reason = "mains" },
    ]

    [files."pellet_b.mpt"]
    leave_out = "bad contact"

The sheet overrides a file's header and name; options of the command line override the sheet
(see `eisfit.data.settings`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.errors import EisfitError, SheetError, did_you_mean
from eisfit.base.units import (
    parse_frequency,
    parse_length,
    parse_potential,
    parse_pressure,
    parse_resistance,
    parse_state_of_charge,
    parse_temperature,
    parse_temperature_error,
    parse_time,
)
from eisfit.data.geometry import Geometry
from eisfit.data.series import COORDINATES, Coordinate
from eisfit.data.settings import AnalysisSettings, Suspects

FILE_NAME = "series.toml"

_LENGTHS = ("thickness", "diameter", "area", "thickness_error", "diameter_error")
_TEXTS = ("model", "material", "along", "short", "open", "suspects")
_QUANTITIES: Mapping[str, Callable[[str, str], float]] = {
    "lead_resistance": parse_resistance,
    "temperature_error": parse_temperature_error,
}
_CHOICES: Mapping[str, Iterable[str]] = {"along": COORDINATES, "suspects": get_args(Suspects)}
_TOP = ("schema", "sample", *_TEXTS, *_LENGTHS, *_QUANTITIES, "files")
_PARSERS: Mapping[Coordinate, Callable[[str, str], float]] = {
    "time": parse_time,
    "bias": parse_potential,
    "state_of_charge": parse_state_of_charge,
    "pressure": parse_pressure,
    "thickness": parse_length,
}
"""How the coordinates of a file are read, but for the temperature."""

_FILE = ("temperature", *_PARSERS, "leave_out", "points")
_RULE = ("above", "below", "near", "sweep", "reason")
_NEAR = 0.05


@dataclass(frozen=True, slots=True)
class PointRule:
    """Points to leave out: above, below (both: between) or within 5 % of a frequency in Hz.

    Without a frequency the rule applies to the whole sweep; `sweep` 0 means every sweep.
    """

    reason: str
    above: float | None = None
    below: float | None = None
    near: float | None = None
    sweep: int = 0

    def points(self, frequency: FloatArray) -> BoolArray:
        """Return which points the rule selects, shape (k,)."""
        selected = np.ones(len(frequency), dtype=bool)
        with np.errstate(invalid="ignore"):
            if self.above is not None:
                selected &= frequency > self.above
            if self.below is not None:
                selected &= frequency < self.below
            if self.near is not None:
                selected &= np.abs(frequency / self.near - 1) < _NEAR
        return selected


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What the sheet states about one file; values are one for all sweeps, or one for each.

    Temperatures are in K; `conditions` go by the names that they have in a spectrum's provenance
    (`time_s`, `bias_V`, `state_of_charge`, `pressure_Pa`, `thickness_m`).
    """

    temperature: tuple[float, ...] = ()
    conditions: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    leave_out: str = ""
    points: tuple[PointRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A measurement sheet.

    Parameters
    ----------
    path : str
        Of the file; empty for a sheet that is not from a file.
    sample : str
        Name of the sample; empty where the sheet does not state it.
    settings : AnalysisSettings
        About all files; paths of the fixture's files start from the sheet's folder.
    files : mapping of str to FileEntry
        By file name.
    """

    path: str = ""
    sample: str = ""
    settings: AnalysisSettings = field(default_factory=AnalysisSettings)
    files: Mapping[str, FileEntry] = field(default_factory=dict)


def read_sheet(path: Path | str) -> Sheet | None:
    """Return the sheet of a folder, or the one at `path`; None where a folder has none.

    Raises
    ------
    SheetError
        Where it cannot be read or makes no sense; the message names the sheet and the key.
    """
    place = Path(path)
    if place.is_dir():
        place = place / FILE_NAME
        if not place.exists():
            return None
    try:
        text = place.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise SheetError(f"{place}: the sheet cannot be read: {error}") from error
    return parse_sheet(text, place)


def parse_sheet(text: str, place: Path) -> Sheet:
    """Return the sheet of a text that is, or will be, the file at `place`.

    Raises
    ------
    SheetError
        Where it makes no sense; the message names the place and the key.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SheetError(f"{place}: not TOML: {error} (write texts in quotes)") from error
    try:
        return _sheet(place, table)
    except EisfitError as error:
        raise SheetError(f"{place}: {error}") from error


def _sheet(path: Path, table: dict[str, Any]) -> Sheet:
    _check_keys(table, _TOP, "")
    if table.get("schema", 1) != 1:
        raise SheetError(f"schema = {table['schema']!r} is not known; this version reads schema 1")
    stated: dict[str, Any] = {key: _text(table[key], key) for key in _TEXTS if table.get(key)}
    for key, known in _CHOICES.items():
        if key in stated and stated[key] not in known:
            raise SheetError(f"{key} = {stated[key]!r} is none of {', '.join(known)}")
    for key in {"short", "open"} & stated.keys():
        stated[key] = str((path.parent / stated[key]).absolute())
    stated |= {k: parse(str(table[k]), k) for k, parse in _QUANTITIES.items() if k in table}
    geometry = _geometry({k: str(table[k]) for k in _LENGTHS if k in table})
    files = _table(table.get("files", {}), "files")
    return Sheet(
        str(path),
        _text(table.get("sample", ""), "sample"),
        AnalysisSettings(geometry=geometry, **stated),
        {name: _entry(_table(entry, name), name) for name, entry in files.items()},
    )


def _geometry(texts: dict[str, str]) -> Geometry | None:
    if not texts:
        return None
    if "thickness" not in texts:
        raise SheetError(f"{next(iter(texts))} is given but not thickness; write both or neither")
    return Geometry.disc(**texts)


def _entry(table: dict[str, Any], name: str) -> FileEntry:
    _check_keys(table, _FILE, f"files.{name}.")
    rules = table.get("points", [])
    if not isinstance(rules, list):
        raise SheetError(f"files.{name}.points must be a list such as [{{ above = … }}]")
    return FileEntry(
        temperature=_values(table, "temperature", name, parse_temperature),
        conditions={
            COORDINATES[key].condition: _values(table, key, name, parse)
            for key, parse in _PARSERS.items()
            if key in table
        },
        leave_out=_text(table.get("leave_out", ""), f"files.{name}.leave_out"),
        points=tuple(_rule(_table(rule, f"files.{name}.points"), name) for rule in rules),
    )


def _values(
    table: dict[str, Any], key: str, name: str, parse: Callable[[str, str], float]
) -> tuple[float, ...]:
    """Return one value, or one for each sweep, or none."""
    value = table.get(key, [])
    values = value if isinstance(value, list) else [value]
    return tuple(parse(str(v), f"files.{name}.{key}") for v in values)


def _rule(table: dict[str, Any], name: str) -> PointRule:
    place = f"files.{name}.points"
    _check_keys(table, _RULE, f"{place}.")
    limits = {
        key: parse_frequency(str(table[key]), f"{place}.{key}")
        for key in ("above", "below", "near")
        if key in table
    }
    reason, sweep = _text(table.get("reason", ""), f"{place}.reason"), table.get("sweep", 0)
    if not reason.strip():
        raise SheetError(f"{place}: the reason for leaving points out is missing; add reason = …")
    if not isinstance(sweep, int) or sweep < 0:
        raise SheetError(f"{place}.sweep must be a whole number from 1 (got {sweep!r})")
    if not limits and not sweep:
        raise SheetError(f"{place}: no points are selected; add above, below, near or sweep")
    return PointRule(reason, sweep=sweep, **limits)


def _check_keys(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise SheetError(f"unknown key {where + key!r}{did_you_mean(key, known)}")


def _table(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SheetError(f"{place} must be a table of keys (got {value!r})")
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise SheetError(f"{place} must be a text in quotes (got {value!r})")
    return value
