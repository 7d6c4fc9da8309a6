"""Reading a TOML file of literature values: checked whole, with messages that name the place.

::

    schema = 1
    material = "LLTO"                      # the family
    title = "Lithium lanthanum titanate, perovskite"
    aliases = ["Li3xLa2/3-xTiO3"]          # other names to look it up by
    elements = ["Li", "La", "Ti", "O"]     # of the plain material; any other is a dopant

    [[source]]                             # one publication about one sample
    id = "LLTO-Inaguma1993"
    sample = "LLTO perovskite"
    composition = "Li0.34La0.51TiO2.94"
    variant = "quenched, cubic"            # leave out for the plain material
    temperature_C = 27                     # or [24.85, 27], or "room"; leave out if not stated
    citation = "Inaguma 1993, Solid State Commun. 86, 689"
    doi = "10.1016/0038-1098(93)90841-A"
    values = [
      { kind = "bulk", conductivity_S_cm = 1.0e-3, verification = "database" },
      { kind = "bulk", activation_energy_eV = 0.40, form = "not stated", verification = "review" },
    ]

A value is a number, a range ``[low, high]``, or text such as ``"<10"``, ``">10"`` or ``"~20"``.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, get_args

from eisfit.base.constants import ROOM_TEMPERATURE, ZERO_CELSIUS
from eisfit.base.errors import ReferenceDataError, did_you_mean
from eisfit.literature.values import (
    SYMBOLS,
    UNITS,
    Bound,
    Form,
    Kind,
    Quantity,
    Reference,
    ReferenceValue,
    Verification,
)

_NUMBER = (int, float)
_FILE = {"schema": int, "material": str, "title": str, "source": list}
_FILE_MORE = {"aliases": list, "elements": list}
_SOURCE = {"id": str, "sample": str, "composition": str, "citation": str, "values": list}
_SOURCE_MORE: dict[str, Any] = {
    **dict.fromkeys(("doi", "doi_note", "seen_in", "note", "variant"), str),
    "aliases": list,
    "temperature_C": (*_NUMBER, list, str),
}
_VALUE = {"kind": str, "verification": str}
_VALUE_MORE: dict[str, Any] = {
    **dict.fromkeys(get_args(Quantity), (*_NUMBER, list, str)),
    **dict.fromkeys(("form", "caution", "note"), str),
    "stderr": _NUMBER,
    "temperature_C": (*_NUMBER, list, str),
}
_FORMS = [form for form in get_args(Form) if form]
_TRANSPORT = {"conductivity_S_cm", "activation_energy_eV"}
_ONLY_TRANSPORT = {"bulk", "grain_boundary", "total", "unspecified"}
_MORE_FIELDS = ("stderr", "form", "verification", "caution", "note")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_QUALIFIED = re.compile(r"\s*([<>~])\s*(\d+\.?\d*(?:[eE][-+]?\d+)?)\s*")
_BOUNDS: dict[str, Bound] = {"<": "below", ">": "above", "~": "about"}


def read_material(
    text: str, name: str, elements: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> tuple[ReferenceValue, ...]:
    """Return the values of one material's file.

    Parameters
    ----------
    text : str
        The file's content.
    name : str
        The file's name, for messages.
    elements : mapping of str to tuple of str, optional
        Of families that are known already, for a file that does not name its own.

    Raises
    ------
    ReferenceDataError
        At the first mistake, with its place and what to write instead.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReferenceDataError(f"{name}: not a TOML file: {error}") from error
    _keys(table, _FILE, _FILE_MORE, name)
    if table["schema"] != 1:
        raise ReferenceDataError(f"{name}: schema must be 1 (got {table['schema']!r})")
    family = {
        "material": table["material"],
        "aliases": _words(table.get("aliases", []), f"{name}: aliases"),
        "family_elements": _words(table.get("elements", []), f"{name}: elements")
        or elements.get(table["material"], ()),
    }
    for symbol in family["family_elements"]:
        _one_of(symbol, SYMBOLS, f"{name}: elements", "the symbols of the elements")
    values: list[ReferenceValue] = []
    for number, given in enumerate(table["source"], start=1):
        where = f"{name}: source {number}"
        if isinstance(given, dict) and isinstance(given.get("id"), str):
            where += f" ({given['id']})"
        values += _source(given, family, where)
    return tuple(values)


def _source(given: Any, family: Mapping[str, Any], where: str) -> list[ReferenceValue]:
    _keys(given, _SOURCE, _SOURCE_MORE, where)
    if given.get("doi") and not _DOI.fullmatch(given["doi"]):
        raise ReferenceDataError(
            f"{where}: doi must look like '10.1016/0038-1098(93)90841-A' (got {given['doi']!r})"
        )
    if not given["values"]:
        raise ReferenceDataError(f"{where}: 'values' is empty; give at least one value")
    fields = {k: v for k, v in given.items() if k not in {"values", "temperature_C", "seen_in"}}
    aliases = (*family["aliases"], *_words(given.get("aliases", []), f"{where}: aliases"))
    names = (family["material"], *family["aliases"])
    source = Reference(
        **{**fields, **family, "aliases": aliases}, family_names=names,
        read_in=given.get("seen_in", ""),
    )  # fmt: skip
    return [
        _value(value, source, given.get("temperature_C"), f"{where}: value {number}")
        for number, value in enumerate(given["values"], start=1)
    ]


def _value(given: Any, source: Reference, temperature: Any, where: str) -> ReferenceValue:
    _keys(given, _VALUE, _VALUE_MORE, where)
    _one_of(given["kind"], get_args(Kind), f"{where}: kind")
    _one_of(given["verification"], get_args(Verification), f"{where}: verification")
    quantity = _quantity(given, where)
    is_energy = quantity == "activation_energy_eV"
    if is_energy and "temperature_C" in given:
        raise ReferenceDataError(
            f"{where}: an activation energy has no temperature; write its range into the note"
        )
    if is_energy != ("form" in given):
        verb = "needs" if is_energy else "has no"
        raise ReferenceDataError(
            f"{where}: {quantity} {verb} 'form' (of an activation energy: {', '.join(_FORMS)})"
        )
    if is_energy:
        _one_of(given["form"], _FORMS, f"{where}: form")
    return ReferenceValue(
        source=source,
        kind=given["kind"],
        quantity=quantity,
        **_number(given[quantity], f"{where}: {quantity}"),
        **({} if is_energy else _temperature(given.get("temperature_C", temperature), where)),
        **{name: given[name] for name in _MORE_FIELDS if name in given},
    )


def _quantity(given: Mapping[str, Any], where: str) -> Quantity:
    """Return the one quantity that a value carries."""
    quantities = [quantity for quantity in UNITS if quantity in given]
    if len(quantities) != 1:
        names = " and ".join(quantities) or "none"
        raise ReferenceDataError(f"{where}: must carry one of {', '.join(UNITS)} (got {names})")
    if given["kind"] in _ONLY_TRANSPORT and quantities[0] not in _TRANSPORT:
        raise ReferenceDataError(
            f"{where}: {quantities[0]} belongs to an interface, space_charge or interphase, "
            f"not to kind {given['kind']!r}"
        )
    return quantities[0]


def _number(given: Any, where: str) -> dict[str, Any]:
    """Return value, upper end and bound of a number, a range or a qualified number."""
    bound: Bound = ""
    if isinstance(given, str) and (match := _QUALIFIED.fullmatch(given)):
        given, bound = float(match[2]), _BOUNDS[match[1]]
    ends = given if isinstance(given, list) else [given]
    above_zero = all(_is_number(end) and end > 0 for end in ends)
    if not above_zero or len(ends) not in (1, 2) or ends != sorted(set(ends)):
        raise ReferenceDataError(
            f"{where} must be a number above zero, a range [low, high], or text such as '<10', "
            f"'>10' or '~20' (got {given!r})"
        )
    high = float(ends[1]) if len(ends) == 2 else None
    return {"value": float(ends[0]), "value_high": high, "bound": bound}


def _temperature(given: Any, where: str) -> dict[str, Any]:
    if given is None:
        return {}
    if given == "room":
        return {"temperature": ROOM_TEMPERATURE, "room_temperature": True}
    ends = given if isinstance(given, list) else [given, given]
    if len(ends) != 2 or not all(_is_number(e) and e > -ZERO_CELSIUS for e in ends):
        raise ReferenceDataError(
            f"{where}: temperature_C must be a number, [low, high] or 'room' (got {given!r})"
        )
    low, high = (round(end + ZERO_CELSIUS, 6) for end in ends)
    between = (low, high) if isinstance(given, list) else None
    return {"temperature": (low + high) / 2, "temperature_range": between}


def _is_number(value: Any) -> bool:
    return isinstance(value, _NUMBER) and not isinstance(value, bool) and math.isfinite(value)


def _words(given: list[Any], where: str) -> tuple[str, ...]:
    if not all(isinstance(word, str) for word in given):
        raise ReferenceDataError(f"{where} must be a list of texts (got {given!r})")
    return tuple(given)


def _one_of(given: str, known: Collection[str], where: str, all_of_them: str = "") -> None:
    if given not in known:
        near = did_you_mean(given, known)
        listed = all_of_them or ", ".join(known)
        raise ReferenceDataError(f"{where} is {given!r}{near} (known are {listed})")


def _keys(table: Any, needed: Mapping[str, Any], more: Mapping[str, Any], where: str) -> None:
    """Refuse missing keys, unknown ones and those of the wrong type."""
    if not isinstance(table, dict):
        raise ReferenceDataError(f"{where}: must be a table (got {table!r})")
    known = {**needed, **more}
    for key in table:
        if key not in known:
            near = did_you_mean(key, known)
            raise ReferenceDataError(f"{where}: unknown key {key!r}{near}")
    for key in needed:
        if key not in table:
            raise ReferenceDataError(f"{where}: {key!r} is missing")
    for key, value in table.items():
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise ReferenceDataError(f"{where}: {key} must be {_named(known[key])} (got {value!r})")


def _named(types: type | tuple[type, ...]) -> str:
    """Return the types in words."""
    words = {int: "a number", float: "a number", str: "text", list: "a list"}
    several = types if isinstance(types, tuple) else (types,)
    return " or ".join(dict.fromkeys(words[kind] for kind in several))
