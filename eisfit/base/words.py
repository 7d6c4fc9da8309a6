"""Numbers and names as a reader wants them: value and error rounded alike, units, °C."""

from __future__ import annotations

import math
import re

from uncertainties import UFloat, nominal_value, std_dev

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.values import plus_minus

PREFIXES = {
    "f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3,
    "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
}  # fmt: skip
"""Multiples of a unit, by rising size."""

_UNITS = {"F s^(n-1)": "F sⁿ⁻¹", "H s^(n-1)": "H sⁿ⁻¹", "ohm s^(-1/2)": "Ω s^(−1/2)", "1": ""}
_EXPONENT = re.compile(r"(?<=[\d)])e([+-]?\d+)")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(
    number: UFloat | float | None, unit: str = "", digits: int = 4, *, prefixed: bool = False
) -> str:
    """Return a number with its error and unit; an empty text for None and what is not finite.

    Parameters
    ----------
    number : UFloat, float or None
        An error is given with two digits; without one the number has `digits`.
    unit : str
    digits : int
    prefixed : bool
        Whether the unit gets the prefix that suits the number.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> format_number(ufloat(1.234e-4, 2e-6), "S/cm")
    '(1.234 ± 0.020)·10⁻⁴ S/cm'
    >>> format_number(ufloat(2.1e-11, 4e-13), "F", prefixed=True)
    '21.00 ± 0.40 pF'
    >>> format_number(-20.0, "°C")
    '−20 °C'
    """
    if number is None or not math.isfinite(nominal_value(number)):
        return ""
    size = abs(float(f"{nominal_value(number):.{digits}g}"))
    power = math.floor(math.log10(size) + 1e-9) if size > 0 else 0
    if prefixed:
        thousands = min(max(power // 3, -5), 4)
        unit = list(PREFIXES)[thousands + 5] + unit
        number, power = number / 1000.0**thousands, power - 3 * thousands
    if not isinstance(number, UFloat):
        text = format_powers(f"{number:.{digits}g}").replace("-", "−")
    elif -3 < power < 5:
        text = format_powers(plus_minus(nominal_value(number), std_dev(number)))
    else:
        text = plus_minus(nominal_value(number) / 10.0**power, std_dev(number) / 10.0**power)
        text = f"({text})" if "±" in text else text
        text += f"·10{str(power).translate(_SUPERSCRIPT)}"
    return f"{text} {unit}".rstrip()


def format_powers(text: str) -> str:
    """Return `text` with powers of ten as they are printed.

    Examples
    --------
    >>> format_powers("(1.235 ± 0.022)e-09")
    '(1.235 ± 0.022)·10⁻⁹'
    """
    return _EXPONENT.sub(lambda m: "·10" + str(int(m[1])).translate(_SUPERSCRIPT), text)


def power_text(value: float) -> str:
    """Return a power of ten as text.

    Examples
    --------
    >>> power_text(1e6), power_text(0.01), power_text(1.0)
    ('10⁶', '10⁻²', '1')
    """
    exponent = round(math.log10(value))
    if exponent in (0, 1):
        return str(10**exponent)
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def format_unit(unit: str) -> str:
    """Return a unit as it is printed."""
    return _UNITS.get(unit, unit.replace("ohm", "Ω").replace("^2", "²").replace("cm2", "cm²"))


def format_frequency(frequency: float) -> str:
    """Return a frequency in Hz with its unit.

    Examples
    --------
    >>> format_frequency(2.5e6), format_frequency(0.1)
    ('2.5 MHz', '100 mHz')
    """
    return format_number(frequency, "Hz", prefixed=True)


def format_celsius(temperature: float | None) -> str:
    """Return a temperature in °C to a tenth, with K in brackets."""
    if temperature is None:
        return "temperature not known"
    return f"{format_degrees(temperature)} ({temperature:.2f} K)"


def format_degrees(temperature: float) -> str:
    """Return a temperature of K in °C, to a tenth where it needs one."""
    return format_number(celsius(temperature), "°C", digits=6)


def celsius(temperature: float) -> float:
    """Return a temperature of K in °C, rounded to a tenth."""
    return round(temperature - ZERO_CELSIUS, 1) + 0.0


def process_words(name: str) -> str:
    """Return the name of a process as text."""
    return {"sei": "SEI", "process": "process"}.get(name, name.replace("_", " "))


def count(number: int, thing: str, things: str = "") -> str:
    """Return ``"1 spectrum"`` or ``"3 spectra"``."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"
