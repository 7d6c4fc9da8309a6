"""Quantities as people write them ("1.2 mm", "25 °C", "0.5 cm²"), turned to SI at the edge.

Inside eisfit every length is in m, area in m², temperature in K, resistance in Ω.
"""

from __future__ import annotations

import math
import re
from typing import Any, Literal

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.errors import UnitError

_NUMBER = re.compile(r"\s*([-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")

_LENGTH = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "nm": 1e-9}
_AREA = {f"{unit}2": factor**2 for unit, factor in _LENGTH.items()}
_RESISTANCE = {"ohm": 1.0, "mohm": 1e-3, "kohm": 1e3, "Kohm": 1e3, "Mohm": 1e6, "Gohm": 1e9}
_DIFFERENCE = {"K": 1.0, "°C": 1.0, "C": 1.0, "mK": 1e-3}
_POTENTIAL = {"V": 1.0, "mV": 1e-3, "kV": 1e3}
_PRESSURE = {"Pa": 1.0, "kPa": 1e3, "MPa": 1e6, "GPa": 1e9, "bar": 1e5}
_FREQUENCY = {"Hz": 1.0, "mHz": 1e-3, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9}
_TIME = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


_CENTIMETRES = {
    "S/m": (1e-2, "S/cm"),
    "S K/m": (1e-2, "S K/cm"),
    "ohm m2": (1e4, "ohm cm2"),
    "A/m2": (1e-4, "A/cm2"),
}


def in_centimetres(value: Any, unit: str) -> tuple[Any, str]:
    """Return a quantity in the unit in which results and literature state it.

    Parameters
    ----------
    value : float, ndarray, UFloat or None
    unit : str
        SI; what is not stated per centimetre comes back unchanged.

    Examples
    --------
    >>> in_centimetres(0.5, "S/m"), in_centimetres(0.5, "m"), in_centimetres(None, "S/m")
    ((0.005, 'S/cm'), (0.5, 'm'), (None, 'S/cm'))
    """
    factor, name = _CENTIMETRES.get(unit, (1, unit))
    return (None if value is None else value * factor), name


def log_in_centimetres(log_value: Any, unit: str) -> Any:
    """Return ln of a quantity whose ln in the SI unit `unit` is `log_value`; see `in_centimetres`.

    Examples
    --------
    >>> round(log_in_centimetres(math.log(100), "S/m"), 9)
    0.0
    """
    return log_value + math.log(_CENTIMETRES.get(unit, (1, unit))[0])


def _split(text: str | float, kind: str, example: str) -> tuple[float, str]:
    """Return number and unit of `text`, refusing what is no finite number."""
    match = _NUMBER.match(str(text))
    if match is None:
        raise UnitError(f"{kind}: {str(text)!r} is not a number with a unit, such as {example!r}")
    value = float(match[1].replace(",", ".").replace("−", "-"))
    if not math.isfinite(value):
        raise UnitError(f"{kind}: {str(text)!r} is not finite; write it as in {example!r}")
    unit = re.sub("ohm|Ω|Ω|ω", "ohm", match[2], flags=re.IGNORECASE)
    return value, unit.replace("²", "2").replace("^2", "2").replace(" ", "")


def _parse(
    text: str | float,
    table: dict[str, float],
    kind: str,
    example: str,
    lowest: Literal["above zero", "zero", ""] = "",
) -> float:
    """Return a quantity in SI units, refusing one below the `lowest` value that makes sense."""
    value, unit = _split(text, kind, example)
    if not unit:
        raise UnitError(f"{kind}: {str(text)!r} has no unit; write it as in {example!r}")
    factor = table.get(unit)
    if factor is None:
        units = ", ".join(dict.fromkeys(table))
        raise UnitError(f"{kind}: unknown unit in {str(text)!r}; known are {units}")
    if lowest == "above zero" and value <= 0:
        raise UnitError(f"{kind}: {str(text)!r} must be above zero")
    if lowest == "zero" and value < 0:
        raise UnitError(f"{kind}: {str(text)!r} must not be negative")
    return value * factor


def parse_temperature_error(text: str, kind: str = "temperature error") -> float:
    """Return by how much temperatures may be off, above zero, in K.

    Examples
    --------
    >>> parse_temperature_error("0.5 °C"), parse_temperature_error("1K")
    (0.5, 1.0)
    """
    return _parse(text, _DIFFERENCE, kind, "1 K", "above zero")


def parse_length(text: str, kind: str = "length") -> float:
    """Return a length above zero in m.

    Examples
    --------
    >>> parse_length("1.2 mm")
    0.0012
    >>> parse_length("1.2")
    Traceback (most recent call last):
    eisfit.base.errors.UnitError: length: '1.2' has no unit; write it as in '1.2 mm'
    """
    return _parse(text, _LENGTH, kind, "1.2 mm", "above zero")


def parse_area(text: str, kind: str = "area") -> float:
    """Return an area above zero in m².

    Examples
    --------
    >>> round(parse_area("0.785 cm²"), 9)
    7.85e-05
    """
    return _parse(text, _AREA, kind, "0.785 cm2", "above zero")


def parse_resistance(text: str, kind: str = "resistance") -> float:
    """Return a resistance in Ω; zero is allowed, a negative one is not.

    Examples
    --------
    >>> parse_resistance("1.5 ohm")
    1.5
    """
    return _parse(text, _RESISTANCE, kind, "1.5 ohm", "zero")


def parse_time(text: str, kind: str = "time") -> float:
    """Return a duration in s.

    Examples
    --------
    >>> parse_time("2 h")
    7200.0
    """
    return _parse(text, _TIME, kind, "2 h")


def parse_frequency(text: str, kind: str = "frequency") -> float:
    """Return a frequency in Hz.

    Examples
    --------
    >>> parse_frequency("5 MHz")
    5000000.0
    """
    return _parse(text, _FREQUENCY, kind, "5 MHz")


def parse_potential(text: str, kind: str = "potential") -> float:
    """Return a potential in V.

    Examples
    --------
    >>> parse_potential("-20 mV")
    -0.02
    """
    return _parse(text, _POTENTIAL, kind, "0.1 V")


def parse_pressure(text: str, kind: str = "pressure") -> float:
    """Return a pressure in Pa; zero is allowed.

    Examples
    --------
    >>> parse_pressure("50 MPa")
    50000000.0
    """
    return _parse(text, _PRESSURE, kind, "50 MPa", "zero")


def parse_state_of_charge(text: str, kind: str = "state of charge") -> float:
    """Return a state of charge as a fraction; 0 to 1 or with %.

    Examples
    --------
    >>> parse_state_of_charge("50 %"), parse_state_of_charge("0.5")
    (0.5, 0.5)
    """
    value, unit = _split(text, kind, "50 %")
    if unit not in {"", "%"}:
        raise UnitError(f"{kind}: {text!r} has an unknown unit; write it as in '50 %' or '0.5'")
    fraction = value / 100 if unit else value
    if not 0 <= fraction <= 1:
        raise UnitError(f"{kind}: {text!r} must be 0 to 100 % (or 0 to 1 without a unit)")
    return fraction


def parse_temperature(text: str | float, kind: str = "temperature") -> float:
    """Return a temperature in K; the unit (°C, C, deg, K) must be written.

    Examples
    --------
    >>> parse_temperature("25 °C")
    298.15
    >>> parse_temperature("300K")
    300.0
    """
    value, unit = _split(text, kind, "25 °C")
    name = unit.lower().replace("°", "").replace("º", "").removeprefix("deg") or (
        "c" if unit else ""
    )
    if name == "k":
        kelvin = value
    elif name in {"c", "celsius"}:
        kelvin = value + ZERO_CELSIUS
    else:
        what = "has no unit" if not unit else "has an unknown unit"
        raise UnitError(f"{kind}: {str(text)!r} {what}; write it as in '25 °C' or '298 K'")
    if kelvin <= 0:
        raise UnitError(f"{kind}: {str(text)!r} is below absolute zero")
    return kelvin
