"""Checking a model's TOML file whole, with messages that name the file, the key and the mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.elements import ELEMENTS

_TOP = {"schema": int, "title": str, "circuit": str, "process": dict}
_TOP_MORE = {"applies_to": str, "source": list}
_PROCESS = {"meaning": str, "circuit": str, "place": str, "parameters": dict}
_PROCESS_MORE = {
    "ionic": bool, "capacitance": list, "activation_energy": list, "permittivity": list,
    "interfaces": int, "source": str,
}  # fmt: skip
_PARAMETER = {"unit": str, "meaning": str}
_PARAMETER_MORE = {
    "start": float, "bounds": list, "scale": str, "shared": bool, "prior": list,
}  # fmt: skip
_UNITS = {k.symbol: k.unit for e in ELEMENTS.values() for k in e.parameters}


def checked(table: dict[str, Any], path: Path, places: Iterable[str]) -> dict[str, Any]:
    """Return `table` if it is a whole and consistent model.

    Raises
    ------
    ModelError
        At the first mistake.
    """
    _keys(table, _TOP, _TOP_MORE, f"{path}")
    if table["schema"] != 1:
        raise ModelError(f"{path}: schema must be 1 (got {table['schema']!r})")
    for name, process in table["process"].items():
        where = f"{path}: process.{name}"
        if not name.isidentifier() or name in ELEMENTS:
            raise ModelError(f"{where}: the name must be a word in lower case, such as 'bulk'")
        _keys(process, _PROCESS, _PROCESS_MORE, where)
        if process["place"] not in places:
            near = did_you_mean(process["place"], places)
            known = ", ".join(places)
            raise ModelError(f"{where}.place: {process['place']!r}{near} (known are {known})")
        for key in ("capacitance", "activation_energy", "permittivity"):
            _range(process.get(key), f"{where}.{key}")
        if process.get("interfaces", 1) not in {1, 2}:
            raise ModelError(f"{where}.interfaces: must be 1, or 2 for a symmetric cell")
        for symbol, parameter in process["parameters"].items():
            _parameter(symbol, parameter, f"{where}.parameters.{symbol}")
    return table


def _parameter(symbol: str, said: Any, where: str) -> None:
    if symbol not in _UNITS:
        raise ModelError(f"{where}: no element has such a parameter{did_you_mean(symbol, _UNITS)}")
    if not isinstance(said, dict):
        raise ModelError(f"{where}: must be a table such as {{ unit = {_UNITS[symbol]!r}, … }}")
    _keys(said, _PARAMETER, _PARAMETER_MORE, where)
    if said["unit"] != _UNITS[symbol]:
        raise ModelError(f"{where}.unit: must be {_UNITS[symbol]!r} (got {said['unit']!r})")
    if said.get("scale", "log") not in {"log", "linear"}:
        raise ModelError(f"{where}.scale: must be 'log' or 'linear' (got {said['scale']!r})")
    _range(said.get("bounds"), f"{where}.bounds")
    low, high = said.get("bounds", (-float("inf"), float("inf")))
    if not low <= said.get("start", low) <= high:
        raise ModelError(f"{where}.start: {said['start']!r} lies outside bounds [{low}, {high}]")
    prior = said.get("prior")
    if prior is not None and not (_is_pair(prior) and prior[1] > 0):
        raise ModelError(f"{where}.prior: must be [value, standard deviation above 0]")


def _is_pair(values: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) == 2
        and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    )


def _range(values: Any, where: str) -> None:
    if values is not None and not (_is_pair(values) and values[0] < values[1]):
        raise ModelError(f"{where}: must be [low, high] with low < high (got {values!r})")


def _keys(
    table: Mapping[str, Any], needed: Mapping[str, type], more: Mapping[str, type], where: str
) -> None:
    """Refuse missing keys, unknown ones and those of the wrong type."""
    if not isinstance(table, dict):
        raise ModelError(f"{where}: must be a table (got {table!r})")
    for key in needed:
        if key not in table:
            raise ModelError(f"{where}: {key!r} is missing")
    for key, value in table.items():
        kind = needed.get(key, more.get(key))
        if kind is None:
            near = did_you_mean(key, [*needed, *more])
            raise ModelError(f"{where}: unknown key {key!r}{near}")
        numeric = kind is float and isinstance(value, int | float) and not isinstance(value, bool)
        if not (numeric or isinstance(value, kind)):
            raise ModelError(f"{where}.{key}: must be a {kind.__name__} (got {value!r})")
