"""The temperature of a measurement, from the text of a header and from a file's name.

What stands in a name is used only where it can hardly mean anything else: ``140deg``,
``-17°C``, ``25C``, ``298K``, ``T=60``, ``m20C`` (minus 20). ``C01`` is a channel, ``0.1C`` a
charging rate, ``25_5C`` could be two things; a name with two temperatures gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePath

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.findings import Finding
from eisfit.readers.text import Source, base_name

LOWEST, HIGHEST = 20.0, 2000.0
"""Limits in K of plausible temperatures; an unconnected thermocouple reads -327.63 °C."""

_SURELY_CELSIUS = 60.0  # who measures below 60 K writes the unit
_MAYBE_KELVIN = 200.0

_DIGITS = r"(?P<number>\d{1,4}(?:[.,p]\d+)?)"
_SIGN = r"(?P<sign>(?<![A-Za-z0-9])[-−+]|-(?=-)-|(?<![A-Za-z])(?:minus|neg|m)(?=[\d_ ])[_ ]?)?"
_UNIT = r"[\s_]?(?P<unit>[°º]\s?C?|deg\s?C|degC|deg|grad|celsius|C|K)(?![A-Za-z0-9])"
_WITH_UNIT = re.compile(rf"(?<![A-Za-z0-9.,]){_SIGN}(?<![\d.,]){_DIGITS}{_UNIT}", re.IGNORECASE)
_AFTER_T = re.compile(
    r"(?<![A-Za-z0-9])(?:T=|T(?=\d+[.,]?\d*[\s_]?(?:[°ºCK]|deg))|temp(?:erature)?[=_ -]?)\s?"
    rf"(?P<sign>[-−+]|minus|neg|m)?{_DIGITS}(?:{_UNIT})?(?![\d.,]*\d)",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?P<sign>[-−+])?(?P<number>0|[1-9]\d{0,2}(?:[.,]\d+)?)\s?(?:\(\d+\))?$")
_TWO_READINGS = re.compile(r"(?<!\d)\d{1,3}_\d\s?(?:C|degC|deg|°C?)(?![A-Za-z0-9])")
_GLUED = re.compile(r"(?<=[A-Za-z]{3})(?P<sign>)(?P<number>\d{2,3})(?P<unit>°?C|K)(?![A-Za-z0-9])")
_BLANKS = re.compile(r"\s{3,}")
_LONGEST = 20_000  # characters of a line that may be a header's
_HEADER = re.compile(
    r"(?:^|[,;|:\t(]|\s{2,}|(?<=\d)\s)[\s#%\"]*"
    r"(?:(?:sample|cell|meas\w*|actual|test|chamber|stage)[ _])?"
    r"(?:temp(?:eratur[ae]?|érature)?\.?|T(?=\s*[=(\[/]))"
    r"\s*(?:[\[(/_]\s*(?P<before>[°º]?\s*[CK]|deg\.?\s?C)\s*[\])]?)?[\s:=,;\"]+"
    r"(?P<sign>[-−+])?(?P<number>\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)"
    r"[\s,;\"]*(?P<unit>[°º]\s?C|deg\.?\s?C|C|K)?(?![A-Za-z])",
    re.IGNORECASE,
)


def is_plausible(kelvin: float) -> bool:
    """Return whether a temperature can be that of a sample (20 to 2000 K)."""
    return LOWEST <= kelvin <= HIGHEST


def temperature_from_header(lines: Sequence[str]) -> float | None:
    """Return the temperature in K that the lines of a header state with its unit, None otherwise.

    Examples
    --------
    >>> temperature_from_header(["Temp. [K]=2.9815e+02"])
    298.15
    >>> temperature_from_header(["Temperature: -327.63 °C"])
    """
    # long runs of blanks would make the pattern very slow
    texts = (_BLANKS.sub("  ", x.replace("℃", "°C")) for x in lines if len(x) <= _LONGEST)
    matches = [(m, m["unit"] or m["before"]) for text in texts for m in _HEADER.finditer(text)]
    kelvins = {k for m, unit in matches if unit and is_plausible(k := _kelvin(m, unit))}
    return kelvins.pop() if len(kelvins) == 1 else None


@lru_cache(maxsize=64)  # a long table asks for each of its sweeps
def temperature_from_name(path: str) -> tuple[float | None, Finding | None]:
    """Return the temperature in K in a file's name, and a finding about it.

    Examples
    --------
    >>> temperature_from_name("s04147-140deg.txt"), temperature_from_name("pellet_m20C_C01.mpt")
    ((413.15, None), (253.15, None))
    >>> temperature_from_name("-5.csv")[1].code
    'temperature_from_bare_number'
    """
    name = base_name(path)
    stem = _stem(name).replace("℃", "°C")
    if (bare := _BARE.match(stem)) is not None:
        return _from_bare(name, bare)
    kelvins = sorted(_temperatures(stem))
    if len(kelvins) == 1:
        return kelvins[0], _hyphen(name, stem, kelvins[0])
    if kelvins:
        return None, _doubt(name, f"its name holds several temperatures, {in_celsius(kelvins)}")
    if _TWO_READINGS.search(stem) or any(not m["unit"] for m in _AFTER_T.finditer(stem)):
        return None, _doubt(name, "the temperature in its name can be read in two ways")
    return None, None


def in_celsius(kelvins: Iterable[float]) -> str:
    """Return temperatures as text, such as ``"25 °C and 60 °C"``."""
    return " and ".join(f"{kelvin - ZERO_CELSIUS:g} °C" for kelvin in sorted(kelvins))


def title_temperature(source: Source, kind: str, title: str) -> tuple[float | None, list[Finding]]:
    """Return the temperature in K in the title of a part of a file, and findings about it.

    Parameters
    ----------
    source : Source
        The file.
    kind : str
        Of the part, such as ``"sheet"``.
    title : str
    """
    kelvin, finding = temperature_from_name(title)
    if finding is None:
        return kelvin, []
    return kelvin, [replace(finding, message=f"{source.name}: {kind} {finding.message}")]


def title_temperature_alone(source: Source, title: str) -> float | None:
    """Return the temperature in K in a title within a file whose name holds none."""
    named, _ = temperature_from_name(source.name)
    return temperature_from_name(title)[0] if named is None else None


def temperatures_in_name(path: str) -> set[float]:
    """Return every temperature in K that a file's name holds with a unit.

    Examples
    --------
    >>> sorted(temperatures_in_name("LLTO_1000C_25C.csv"))
    [298.15, 1273.15]
    """
    return _temperatures(_stem(base_name(path)).replace("℃", "°C"))


def column_offset(column: FloatArray, unit: str) -> float | None:
    """Return what to add to a column of temperatures to have K, None where that is not clear.

    Without a unit a column is in °C unless it may be in K as well.

    Examples
    --------
    >>> column_offset(np.array([25.0]), ""), column_offset(np.array([298.0]), "")
    (273.15, None)
    """
    if unit:
        return 0.0 if unit.upper().startswith("K") else ZERO_CELSIUS
    known = column[~np.isnan(column)]
    kelvin = len(known) and known.min() > _SURELY_CELSIUS and known.max() >= _MAYBE_KELVIN
    return None if kelvin else ZERO_CELSIUS


def temperature_from_column(
    path: str, values: FloatArray, unit: str, offset: float | None
) -> tuple[float | None, list[Finding]]:
    """Return the temperature in K that a sweep's rows of a column state, and what is in doubt.

    Parameters
    ----------
    path : str
        Of the file.
    values : ndarray, shape (k,)
        As they stand in the file; what cannot be a sample's is ignored.
    unit : str
        As the heading has it; empty where it has none.
    offset : float, optional
        See `column_offset`.
    """
    kelvin = values + (ZERO_CELSIUS if offset is None else offset)
    kelvin = kelvin[(kelvin >= LOWEST) & (kelvin <= HIGHEST)]
    if not len(kelvin):
        return None, []
    name = base_name(path)
    if offset is None:
        text = "a temperature column without a unit may be in °C or in K; it is not used. "
        text = f"{name}: {text}Write the unit into its heading."
        return None, [Finding("temperature_ambiguous", "warning", text, in_doubt="temperature")]
    mean, drift = float(np.mean(kelvin)), float(np.ptp(kelvin))
    findings = []
    if not unit:
        text = f"{name}: the temperature column has no unit; {mean - offset:g} is taken as °C"
        findings.append(Finding("temperature_unit_guessed", "info", text, in_doubt="temperature"))
    if drift > 2:
        text = f"{name}: the temperature changed by {drift:.3g} K during the sweep; its mean is "
        findings.append(Finding("temperature_drift", "warning", text + "used"))
    return round(mean, 6), findings


def choose_temperature(path: str, header: float | None) -> tuple[float | None, str, list[Finding]]:
    """Return temperature in K, its source and findings: a header wins over the name."""
    named, finding = temperature_from_name(path)
    findings = [finding] if finding is not None else []
    if header is None or not is_plausible(header):
        return named, "file name" if named is not None else "", findings
    if named is not None and not findings and abs(named - header) > 2:
        text = (
            f"{base_name(path)}: the file says {header:.5g} K, its "
            f"name {named:.5g} K; the file's is used. If it is wrong, say so in series.toml."
        )
        findings = [Finding("temperature_conflict", "info", text, in_doubt="temperature")]
    else:
        findings = []
    return header, "header", findings


def _stem(name: str) -> str:
    """Return a name without its suffix; the '.5C' of '25.5C' is none."""
    suffix = PurePath(name).suffix
    return name.removesuffix(suffix) if re.fullmatch(r"\.[A-Za-z]\w{0,7}", suffix) else name


def _temperatures(stem: str) -> set[float]:
    """Return every plausible temperature in a name, in K."""
    # after a 'T=' a number without a unit is in °C unless it may be in K
    marked = [m for m in _AFTER_T.finditer(stem) if m["unit"] or _value(m["number"]) < 200]
    if kelvins := {k for m in marked if is_plausible(k := _kelvin(m, m["unit"] or "C"))}:
        return kelvins
    matches = [
        m
        for m in list(_WITH_UNIT.finditer(stem)) or _GLUED.finditer(stem)
        if not (_is_rate(m) or _TWO_READINGS.search(stem[max(0, m.start() - 4) : m.end()]))
    ]
    return {k for m in matches if is_plausible(k := _kelvin(m, m["unit"]))}


def _is_rate(match: re.Match[str]) -> bool:
    """Return whether a letter after a number is no unit: 0.1C and 2C are rates, 10k a resistor."""
    unit = match["unit"]
    if unit == "k" or (unit == "K" and len(match["number"]) < 2):
        return True
    value = _value(match["number"])
    return unit in {"C", "c"} and not match["sign"] and (0 < value < 1 or value in {1, 2, 3})


def _from_bare(name: str, match: re.Match[str]) -> tuple[float | None, Finding | None]:
    """Return the temperature in a name that is only a number."""
    value = _value(match["number"])
    if not match["sign"] and 0 < value < 5 and value == int(value):
        return None, None  # rather the number of a run
    if value >= 250:
        return None, _doubt(name, "its name is a number that may be in °C or in K")
    kelvin = _kelvin(match, "C")
    if not is_plausible(kelvin):
        return None, None
    text = (
        f"{name}: its name is only a number, taken as {kelvin - ZERO_CELSIUS:g} °C. If it is "
        "something else, write the temperature into series.toml."
    )
    return kelvin, Finding("temperature_from_bare_number", "info", text, in_doubt="temperature")


def _hyphen(name: str, stem: str, kelvin: float) -> Finding | None:
    """Say so where a '-' before a temperature is read as a hyphen and could be a minus."""
    value = kelvin - ZERO_CELSIUS
    if not 0 < value <= 100 or re.search(rf"[A-Za-z0-9]-{value:g}(?![\d.,])", stem) is None:
        return None
    text = (
        f"{name}: the '-' before the {value:g} °C of its name is taken as a hyphen, not as a "
        "minus. If it is a minus, write the temperature into series.toml."
    )
    return Finding("temperature_sign", "info", text, in_doubt="temperature")


def _doubt(name: str, what: str) -> Finding:
    text = f"{name}: {what}; none is used. Write the temperature into series.toml."
    return Finding(
        "temperature_ambiguous", "info", text, affects_result=True, in_doubt="temperature"
    )


def _value(digits: str) -> float:
    return float(digits.lower().replace(",", ".").replace("p", "."))


def _kelvin(match: re.Match[str], unit: str) -> float:
    sign = -1.0 if (match["sign"] or "").strip(" _").lower() in _NEGATIVE else 1.0
    value = sign * _value(match["number"])
    return value if unit.strip().upper() == "K" else round(value + ZERO_CELSIUS, 6)


_NEGATIVE = {"-", "--", "−", "minus", "neg", "m"}
