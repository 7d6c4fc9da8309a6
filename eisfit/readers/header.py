"""What stands above a table: entries, conditions, dates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime

from eisfit.base.findings import Finding
from eisfit.data.geometry import Geometry
from eisfit.readers.text import parse_number

_LONGEST_LINE = 300
_GAP = re.compile(r"\s{3,}")
_FIRST_NUMBER = re.compile(r"\d+(?P<sign>[-/.])")
_MOMENTS = {
    "-": ("%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S"),
    "/": ("%Y/%m/%d %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S"),
    ".": ("%d.%m.%Y %H:%M:%S",),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says outside its table.

    Parameters
    ----------
    format : str
        Name of the format.
    instrument, technique, software : str
        As the file says; empty where it does not.
    measured_at : datetime, optional
        Start of the measurement.
    conditions : mapping of str to float
        Further numbers in SI units; those that are NaN are dropped.
    temperature : float, optional
        K.
    geometry : Geometry, optional
        Of the sample.
    findings : sequence of Finding
        About the file as a whole.
    ends_at : float
        Hz at which the instrument was set to end the sweep; NaN where the file does not say.
    announced : int
        Number of points that the file announces; 0 where it announces none.
    guess_sign : bool
        Whether an imaginary part that is nearly everywhere positive is taken as stored -Im Z
        where no heading carries a minus; no vendor's format needs that.
    """

    format: str = ""
    _: KW_ONLY
    instrument: str = ""
    technique: str = ""
    software: str = ""
    measured_at: datetime | None = None
    conditions: Mapping[str, float] = field(default_factory=dict)
    temperature: float | None = None
    geometry: Geometry | None = None
    findings: Sequence[Finding] = ()
    ends_at: float = math.nan
    announced: int = 0
    guess_sign: bool = False


def header_lines(lines: Iterable[str]) -> list[str]:
    """Return the lines of a header, cut to 300 characters, with at most two blanks in a row.

    Long runs of blanks would make the patterns that search a header very slow.
    """
    return [_GAP.sub("  ", line[:_LONGEST_LINE]) for line in lines]


def header_entries(lines: Iterable[str], sign: str = ":") -> dict[str, str]:
    """Return the entries ``key: value`` of a header, by their keys in small letters.

    Examples
    --------
    >>> header_entries(['"OSC LEVEL:  500 mV"', "no entry"])
    {'osc level': '500 mV'}
    """
    pairs = (line.strip(' \t"').partition(sign) for line in lines)
    return {key.strip().lower(): value.strip(' \t"') for key, mark, value in pairs if mark}


def header_conditions(
    entries: Mapping[str, str], conditions: Mapping[str, tuple[str, float]]
) -> dict[str, float]:
    """Return the entries of a header that are numbers, in SI units.

    Parameters
    ----------
    entries : mapping of str to str
        Keys to texts.
    conditions : mapping of str to (str, float)
        Keys to the names of conditions and the factors to SI units.
    """
    return {
        name: value * factor
        for key, (name, factor) in conditions.items()
        if math.isfinite(value := parse_number(entries.get(key, "")))
    }


def parse_datetime(text: str, *forms: str) -> datetime | None:
    """Return a date with a time of day, None where the text is no such thing.

    Parameters
    ----------
    text : str
    *forms : str
        Of `datetime.strptime`; without any, the usual forms of numbers.

    Examples
    --------
    >>> parse_datetime("05/15/2025 01:18:45.867")
    datetime.datetime(2025, 5, 15, 1, 18, 45)
    """
    if not forms:
        whole = text.strip().split(".")
        if len(whole) in {2, 4}:  # a fraction of a second after the last point
            text = ".".join(whole[:-1])
        text = text.strip()
        first = _FIRST_NUMBER.match(text)
        forms = _MOMENTS[first["sign"]] if first else ()
    for form in forms:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def find_datetime(texts: Iterable[str], *forms: str) -> datetime | None:
    """Return the first date with a time of day among texts, see `parse_datetime`."""
    return next((m for text in texts if (m := parse_datetime(text, *forms)) is not None), None)
