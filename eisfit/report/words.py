"""Numbers and names as a reader wants them: value and error rounded together, units, °C."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from uncertainties import UFloat

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.values import plus_minus

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; a column of verdicts is coloured, columns of prose may wrap."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    verdict_column: int | None = None
    prose: tuple[int, ...] = ()


_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}
_UNITS = {"ohm": "Ω", "F s^(n-1)": "F sⁿ⁻¹", "ohm s^(-1/2)": "Ω s^(−1/2)", "1": ""}
_EXPONENT = re.compile(r"(?<=[\d)])e([+-]?\d+)")


def measured(value: UFloat | None, unit: str) -> str:
    """Return value ± error with its unit, or a dash where there is none.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> measured(ufloat(1.234e-4, 2e-6), "S/cm")
    '(1.234 ± 0.020)·10⁻⁴ S/cm'
    """
    if value is None or not math.isfinite(value.nominal_value):
        return NOTHING
    size = abs(value.nominal_value)
    power = math.floor(math.log10(size)) if size > 0 else 0
    if -3 < power < 5:
        return f"{powers(plus_minus(value.nominal_value, value.std_dev))} {unit}".rstrip()
    text = plus_minus(value.nominal_value / 10.0**power, value.std_dev / 10.0**power)
    text = f"({text})" if "±" in text else text
    return f"{text}·10{superscript(power)} {unit}".rstrip()


def scaled(value: UFloat | None, unit: str) -> str:
    """Return value ± error with the prefix that suits it, such as ``"19.95 ± 0.13 kΩ"``.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> scaled(ufloat(2.1e-11, 4e-13), "F")
    '21.00 ± 0.40 pF'
    """
    if value is None or not math.isfinite(value.nominal_value):
        return NOTHING
    size = abs(value.nominal_value)
    power = 3 * math.floor(math.log10(size) / 3 + 1e-9) if size > 0 else 0
    power = min(max(power, -15), 12)
    return measured(value / 10.0**power, _PREFIXES[power] + unit)


def powers(text: str) -> str:
    """Return `text` with powers of ten as they are printed.

    Examples
    --------
    >>> powers("(1.235 ± 0.022)e-09")
    '(1.235 ± 0.022)·10⁻⁹'
    """
    return _EXPONENT.sub(lambda m: "·10" + superscript(int(m[1])), text)


def superscript(number: int) -> str:
    """Return a whole number in superscript digits."""
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def unit_words(unit: str) -> str:
    """Return a unit as it is printed."""
    return _UNITS.get(unit, unit.replace("ohm", "Ω").replace("^2", "²").replace("cm2", "cm²"))


def celsius(temperature: float | None) -> str:
    """Return a temperature in °C, with K in brackets."""
    if temperature is None:
        return "temperature not known"
    return f"{degrees(temperature)} ({temperature:.2f} K)"


def degrees(temperature: float) -> str:
    """Return a temperature in °C, to a tenth where it needs one."""
    value = round(temperature - ZERO_CELSIUS, 1) + 0.0
    return f"{value:.1f}".removesuffix(".0").replace("-", "−") + " °C"


_COORDINATES = {
    "time": (1 / 3600, "h"),
    "bias": (1.0, "V"),
    "state_of_charge": (100.0, "%"),
    "pressure": (1e-6, "MPa"),
    "thickness": (1e3, "mm"),
}


def coordinate_words(coordinate: str, value: float) -> str:
    """Return a place along a series, such as ``"24 h"``.

    Examples
    --------
    >>> coordinate_words("time", 86400.0)
    '24 h'
    """
    factor, unit = _COORDINATES.get(coordinate, (1.0, ""))
    return f"{value * factor:.4g} {unit}".rstrip()


def coordinate_name(coordinate: str) -> str:
    """Return a coordinate as text, such as ``"state of charge"``."""
    return coordinate.replace("_", " ")


def process_words(name: str) -> str:
    """Return the name of a process as text."""
    return {"sei": "SEI", "process": "process"}.get(name, name.replace("_", " "))


def frequency_words(value: float) -> str:
    """Return a frequency with its prefix, such as ``"7 MHz"``."""
    for factor, unit in ((1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"), (1e-3, "mHz")):
        if value >= 0.9999 * factor:
            return f"{value / factor:.4g} {unit}"
    return f"{value:.3g} Hz"


def counted(number: int, thing: str, things: str = "") -> str:
    """Return ``"1 spectrum"`` or ``"3 spectra"``."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"
