"""The records of a measurement sheet, and how they are read from ``series.toml``.

The format is described in `eisfit.io.sheet`, which applies a sheet and writes one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.errors import SheetError, SpectrumError, UnitError, did_you_mean
from eisfit.base.units import (
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
from eisfit.data.series import UNITS

FILE_NAME = "series.toml"

_HERTZ = {"mHz": 1e-3, "Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9}
_TEXTS = ("sample", "material", "model", "short", "open", "suspects")
_LENGTHS = ("thickness", "diameter", "area", "thickness_error", "diameter_error")
_TOP = ("schema", *_TEXTS, "along", *_LENGTHS, "lead_resistance", "temperature_error", "files")
_COORDINATES: Mapping[str, tuple[str, Callable[[str, str], float]]] = {
    "time": ("time_s", parse_time),
    "bias": ("bias_V", parse_potential),
    "state_of_charge": ("state_of_charge", parse_state_of_charge),
    "pressure": ("pressure_Pa", parse_pressure),
    "thickness": ("thickness_m", parse_length),
}
"""Key of a file in the sheet, its name among a spectrum's conditions, and how it is read."""

_FILE = ("temperature", *_COORDINATES, "leave_out", "points")
_RULE = ("above", "below", "near", "sweep", "reason")
_SUSPECTS = ("keep", "leave_out")
_NEAR = 0.05


@dataclass(frozen=True, slots=True)
class PointRule:
    """Points to leave out: above, below (both: between) or within 5 % of a frequency in Hz.

    Without a frequency the whole sweep is meant; `sweep` 0 stands for every sweep.
    """

    reason: str
    above: float | None = None
    below: float | None = None
    near: float | None = None
    sweep: int = 0

    def points(self, frequency: FloatArray) -> BoolArray:
        """Return which points are meant, shape (k,)."""
        meant = np.ones(len(frequency), dtype=bool)
        with np.errstate(invalid="ignore"):
            if self.above is not None:
                meant &= frequency > self.above
            if self.below is not None:
                meant &= frequency < self.below
            if self.near is not None:
                meant &= np.abs(frequency / self.near - 1) < _NEAR
        return meant


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What the sheet says of one file; values are one for all sweeps, or one for each.

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
        Where it stands; empty for one made in memory.
    sample, material, model : str
        Empty where the sheet does not say.
    geometry : Geometry, optional
        Of the sample.
    lead_resistance : float, optional
        Ω.
    temperature_error : float, optional
        K; by how much all temperatures may be off together.
    along : str
        What changes from file to file (temperature, time, bias …); empty where it does not say.
    short, open : str
        Files of the fixture, shorted and open, from the sheet's folder on.
    suspects : str
        ``"keep"`` or ``"leave_out"``.
    files : mapping of str to FileEntry
        By file name.
    """

    path: str = ""
    sample: str = ""
    material: str = ""
    model: str = ""
    geometry: Geometry | None = None
    lead_resistance: float | None = None
    temperature_error: float | None = None
    along: str = ""
    short: str = ""
    open: str = ""
    suspects: str = ""
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
    except (OSError, ValueError) as trouble:
        raise SheetError(f"{place}: the sheet cannot be read: {trouble}") from trouble
    return parse_sheet(text, place)


def parse_sheet(text: str, place: Path) -> Sheet:
    """Return the sheet of a text that stands, or will, at `place`.

    Raises
    ------
    SheetError
        Where it makes no sense; the message names the place and the key.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise SheetError(f"{place}: not TOML: {trouble} (texts stand in quotes)") from trouble
    try:
        return _sheet(str(place), table)
    except (UnitError, SpectrumError, SheetError) as trouble:
        raise SheetError(f"{place}: {trouble}") from trouble


def _sheet(path: str, table: dict[str, Any]) -> Sheet:
    _check_keys(table, _TOP, "")
    if table.get("schema", 1) != 1:
        raise SheetError(f"schema = {table['schema']!r} is not known; this version reads schema 1")
    files = _table(table.get("files", {}), "files")
    along = _text(table.get("along", ""), "along")
    if along and along not in UNITS:
        raise SheetError(f"along = {along!r} is none of {', '.join(UNITS)}")
    if table.get("suspects", "keep") not in _SUSPECTS:
        raise SheetError(f"suspects = {table['suspects']!r} is none of {', '.join(_SUSPECTS)}")
    leads = table.get("lead_resistance")
    thermometer = table.get("temperature_error")
    return Sheet(
        path,
        **{key: _text(table.get(key, ""), key) for key in _TEXTS},
        geometry=_geometry({k: str(table[k]) for k in _LENGTHS if k in table}),
        lead_resistance=None if leads is None else parse_resistance(str(leads), "lead_resistance"),
        temperature_error=None if thermometer is None else _thermometer(thermometer),
        along=along,
        files={name: _entry(_table(entry, name), name) for name, entry in files.items()},
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
        temperature=_each(table, "temperature", name, parse_temperature),
        conditions={
            known: _each(table, key, name, parse)
            for key, (known, parse) in _COORDINATES.items()
            if key in table
        },
        leave_out=_text(table.get("leave_out", ""), f"files.{name}.leave_out"),
        points=tuple(_rule(_table(rule, f"files.{name}.points"), name) for rule in rules),
    )


def _each(
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
        key: _scaled(str(table[key]), f"{place}.{key}", _HERTZ, "5 MHz")
        for key in ("above", "below", "near")
        if key in table
    }
    reason, sweep = _text(table.get("reason", ""), f"{place}.reason"), table.get("sweep", 0)
    if not reason.strip():
        raise SheetError(f"{place}: leaving points out needs a reason; add reason = …")
    if not isinstance(sweep, int) or sweep < 0:
        raise SheetError(f"{place}.sweep must be a whole number from 1 (got {sweep!r})")
    if not limits and not sweep:
        raise SheetError(f"{place}: which points? Add above, below, near or sweep")
    return PointRule(reason, sweep=sweep, **limits)


def _check_keys(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise SheetError(f"unknown key {where + key!r}{did_you_mean(key, known)}")


def _table(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SheetError(f"{place} must be a table of keys (got {value!r})")
    return value


def _thermometer(said: object) -> float:
    return parse_temperature_error(str(said), "temperature_error")


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise SheetError(f"{place} must be a text in quotes (got {value!r})")
    return value


def _scaled(text: str, kind: str, table: Mapping[str, float], example: str) -> float:
    """Return a quantity in its SI unit."""
    for unit in sorted(table, key=len, reverse=True):
        if text.strip().endswith(unit):
            try:
                return float(text.strip().removesuffix(unit).replace(",", ".")) * table[unit]
            except ValueError:
                break
    raise SheetError(f"{kind}: {text!r} is not understood; write it as in {example!r}")
