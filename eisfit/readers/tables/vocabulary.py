"""The names and units that headings use: which quantity a name means, what a unit is in SI.

Names are compared whole and without regard to case. Case counts in units: mOhm is a thousandth,
MOhm a million.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import pi
from typing import Literal, TypeAlias

Role: TypeAlias = Literal[
    "frequency", "omega", "real", "imag", "magnitude", "phase", "temperature", "cycle",
    "time", "potential", "current",
]  # fmt: skip

SI_PREFIX = {
    "": 1.0, "a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6,
    "m": 1e-3, "k": 1e3, "M": 1e6,
}  # fmt: skip
"""Prefixes of units, each times so much."""

_NAMES: dict[Role, str] = {
    "frequency": "f freq frequency frequenz fréquence frequence frecuencia frequenza 频率",
    "omega": "omega ω w angularfrequency angfreq",
    "real": (
        "z' zs' zre zreal rez re real realz realpart realimpedance realpartofz realzohm zprime "
        "z'real zr rs r resistance realteil"
    ),
    "imag": (
        "z'' zs'' zim zimag zimg zimaginary imz im imag imagz img imgz imaginary imaginaryz "
        "imaginarypart imaginaryimpedance imaginarypartofz zdoubleprime z''imag zi xs x reactance "
        "imaginärteil"
    ),
    "magnitude": (
        "|z| z |zs| modz absz zmod zabs zmodulus mag magz zmag magnitude magnitudez modulus "
        "impedance impedancemagnitude zmagnitude |impedance| absoluteimpedance impedanceabsolute"
    ),
    "phase": (
        "phase phasez theta thetaz zphz phz phi φ θ arg argz phaseangle zphase phaseofz angle "
        "impedancephase phasenwinkel ztheta phaseshift φz θz phasezs"
    ),
    "temperature": (
        "temp temperature temperatur température temperatura sampletemperature t tsample"
    ),
    "cycle": (
        "cycle cyclenumber cycleindex zcycle sweep sweepnumber sweepindex loop loopindex "
        "loopnumber scan scannumber"
    ),
    "time": "time elapsedtime testtime timestamp zeit temps tiempo tempo",
    "potential": "<ewe> ewe vdc edc udc potential dcpotential dcvoltage <e> epotential",
    "current": "<i> idc current dccurrent",
}
_ROLE_OF: dict[str, Role] = {n: role for role, names in _NAMES.items() for n in names.split()}

_HERTZ = {
    "Hz": 1.0, "hertz": 1.0, "kilohertz": 1e3, "megahertz": 1e6, "mHz": 1e-3, "kHz": 1e3,
    "MHz": 1e6, "GHz": 1e9,
}  # fmt: skip
PER_AREA = {"ohmcm2": 1.0, "kohmcm2": 1e3, "mohmcm2": 1e-3, "Mohmcm2": 1e6, "ohmm2": 1e4}
"""Units of an impedance times an area, each times so much in Ω cm²."""

_OHM = {"ohm": 1.0, "mohm": 1e-3, "kohm": 1e3, "Mohm": 1e6, "Gohm": 1e9, "uohm": 1e-6}
_DEGREE = pi / 180
ANGLES = {
    **dict.fromkeys(("deg", "°", "degree", "degrees", "grad"), _DEGREE),
    **dict.fromkeys(("rad", "radian", "radians"), 1.0),
}
"""Units of a phase, each times so much in rad."""

_OMEGA = {"rad/s": 1.0, "rads-1": 1.0, "rads^-1": 1.0, "s-1": 1.0, "1/s": 1.0, "s^-1": 1.0}
_CELSIUS = {"°C": 1.0, "C": 1.0, "degC": 1.0, "°": 1.0, "Celsius": 1.0, "ºC": 1.0}
_UNITS: dict[Role, dict[str, float]] = {
    "frequency": _HERTZ,
    "omega": dict.fromkeys(_OMEGA, 1 / (2 * pi)),
    "real": _OHM | PER_AREA,
    "imag": _OHM | PER_AREA,
    "magnitude": _OHM | PER_AREA,
    "phase": ANGLES,
    "temperature": _CELSIUS | {"K": 1.0, "Kelvin": 1.0},
    "cycle": {"#": 1.0, "1": 1.0},
    "time": {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0},
    "potential": {"V": 1.0, "mV": 1e-3, "uV": 1e-6},
    "current": {"A": 1.0, "mA": 1e-3, "uA": 1e-6, "nA": 1e-9},
}
_TRAILING_UNIT = re.compile(
    r"^(?P<name>.*?)\s*(?:/\s*(?P<slash>[^/()\[\]|]+(?:/s)?)"
    r"|\[(?P<square>[^\]]*)\]|\((?P<round>[^)]*)\)"
    r"|[\s_.](?:in\s+)?(?P<word>[kmg]?hz|[kmguµ]?(?:ohms?|Ω)|deg|degrees?|rad|°C|degC))$",
    re.IGNORECASE,
)


def split_unit(text: str) -> tuple[str, str]:
    """Return name and unit of a heading; brackets that hold part of the name stay in the name."""
    match = _TRAILING_UNIT.match(text.strip())
    if match is None:
        return text, ""
    unit = next(part for part in match.groups()[1:] if part is not None).strip()
    bracket = match["round"] or match["square"]
    # brackets hold part of the name in Z(real) or Theta(Z)
    is_part = role_of(unit) not in {None, "temperature"} and role_of(match["name"] + unit)
    if bracket is not None and is_part and not any(plain_unit(unit) in t for t in _UNITS.values()):
        return text, ""
    return match["name"], unit


def role_of(name: str) -> Role | None:
    """Return what a name means, None where it is nothing a spectrum needs."""
    return _ROLE_OF.get(re.sub(r"[\s_.:()\[\]{}*-]", "", name.lower()))


@lru_cache(maxsize=256)
def plain_unit(unit: str) -> str:
    """Return a unit with ohm, hertz and micro in one spelling; m and M stay as they are."""
    if unit.upper() == unit and unit[:1] == "M" and unit[1:] in {"HZ", "OHM", "OHMS"}:
        return unit  # milli or mega: not clear
    unit = re.sub("ohms?|[ΩΩ]", "ohm", unit, flags=re.IGNORECASE)
    unit = re.sub("^([kKG]?)hz$", r"\1Hz", unit, flags=re.IGNORECASE).replace("K", "k", unit != "K")
    unit = re.sub(r"\^?\(?2\)?$|²$", "2", unit)  # of an area
    return re.sub(r"[\s·*.]", "", re.sub("[µμ]", "u", unit))


def unit_factor(role: Role, unit: str, heading: str) -> tuple[float, str]:
    """Return the factor to SI, and why the unit cannot be used."""
    if not unit:
        return (_DEGREE if role == "phase" else 1.0), ""
    table = _UNITS[role]
    plain = plain_unit(unit)
    if plain in table:
        return table[plain], ""
    lower = {u.lower(): f for u, f in table.items() if u[0] not in "mM"}
    if plain.lower() in lower:
        return lower[plain.lower()], ""
    known = ", ".join(list(table)[:5])
    what = f"the unit {unit!r} of the column {heading!r} is not one of {known}"
    if plain.lower() in {u.lower() for u in table}:
        what += " (small or capital m counts)"
    return 1.0, what
