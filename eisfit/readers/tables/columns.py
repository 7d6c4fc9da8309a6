"""The role, unit and sign of a column, from its heading.

A heading is a name with an optional unit (``freq/Hz``, ``Freq.[Hz]``, ``Re(Z) [kOhm]``,
``freq_kHz``) and an optional minus before it (``-Im(Z)/Ohm``). Names are compared whole and
without regard to case, so ``Re(Zce)/Ohm`` or ``Data Trace Real`` are never taken for Z'.
Case counts in units: mOhm is a thousandth, MOhm a million.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, zip_longest
from math import pi

from eisfit.base.errors import ReadError
from eisfit.readers.tables.vocabulary import (
    ANGLES,
    PER_AREA,
    Role,
    plain_unit,
    role_of,
    split_unit,
    unit_factor,
)

_OPTIONAL: tuple[Role, ...] = ("temperature", "cycle", "time", "potential", "current")
_PRIMES = str.maketrans(
    {"′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "ʹ": "'", "″": "''", "”": "''", '"': "''"}
)
_MINUS = re.compile(r"^\s*(?:[-−–—]|(?:minus|neg(?:ative)?)(?=[\s_.]))[\s_.]*", re.IGNORECASE)
_OTHER = re.compile(r"eps|permitt|admitt|[ym]'|[ym]_|sigma|conduct|capac", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """What one heading says.

    Parameters
    ----------
    role : Role
        What the column holds.
    factor : float
        Times the number in the file: the value in Hz, Ω, rad (or in the temperature's unit).
    unit : str
        As it stood in the heading; empty where it had none.
    minus : bool
        The heading carries a minus: the file holds the negative.
    problem : str
        Why the column cannot be used; empty where it can.
    """

    role: Role
    factor: float = 1.0
    unit: str = ""
    minus: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns make the spectrum: the indexes of each and what they are."""

    columns: tuple[Column, ...]
    indexes: tuple[int, ...]
    needed: int
    polar: bool
    headings: tuple[str, ...] = ()

    @property
    def sign_convention(self) -> str:
        """How the file holds the imaginary part."""
        second = self.columns[2]
        return ("-" if second.minus else "") + ("phase" if self.polar else "Im Z")

    @property
    def sign_is_written(self) -> bool:
        """Whether a heading carries a minus, so that the sign is known."""
        return any(column.minus for column in self.columns[1:3])

    @property
    def per_area(self) -> bool:
        """Whether the impedance is in Ω cm², that of a sample of 1 cm²."""
        return any(plain_unit(column.unit) in PER_AREA for column in self.columns[1:3])

    def index_of(self, role: Role) -> int | None:
        """Return the place in `columns` of an optional role, None where there is none."""
        places = (place for place, column in enumerate(self.columns) if column.role == role)
        return next(places, None)


PLAIN = Layout((Column("frequency"), Column("real"), Column("imag")), (0, 1, 2), 3, polar=False)
"""A table without a heading: frequency, Z' and Z'' in Hz and Ω."""


def plain_layout(indexes: Sequence[int], headings: Sequence[str]) -> Layout:
    """Return the layout of columns that are as in `PLAIN`, or the first of these."""
    columns = PLAIN.columns[: len(indexes)]
    return Layout(columns, tuple(indexes), len(indexes), polar=False, headings=tuple(headings))


@lru_cache(maxsize=256)  # files of one instrument have the same headings
def parse_heading(text: str) -> Column | None:
    """Return what a heading says, None where it names nothing a spectrum needs.

    Examples
    --------
    >>> parse_heading("-Im(Z)/kOhm")
    Column(role='imag', factor=-1000.0, unit='kOhm', minus=True, problem='')
    >>> parse_heading("Re(Zce)/Ohm") is None
    True
    """
    text = text.strip().strip("\ufeff").translate(_PRIMES).strip()
    if text.startswith("'"):
        text = text.strip("'")
    text = re.sub(r"^data:\s*", "", text, flags=re.IGNORECASE)
    minus = _MINUS.match(text)
    name, unit = split_unit(text[minus.end() :] if minus else text)
    role = role_of(name)
    if role is None or (name.strip().lower() == "t" and not unit):
        return None
    factor, problem = unit_factor(role, unit, text)
    if role == "omega" and not unit:
        factor = 1 / (2 * pi)
    if minus is not None:
        factor = -factor
    return Column(role, factor, unit, minus is not None, problem)


def add_units(names: Sequence[str], units: Sequence[str]) -> list[str]:
    """Return names with the units of the cells below them, each in brackets.

    Examples
    --------
    >>> add_units(["Freq", "Zreal", "Zimag"], ["Hz", "(ohm)"])
    ['Freq [Hz]', 'Zreal [ohm]', 'Zimag']
    """
    plain = (unit.strip().strip("()[] ") for unit in units)
    pairs = zip_longest(names, islice(plain, len(names)), fillvalue="")
    return [f"{name} [{unit}]" if unit else name for name, unit in pairs]


def looks_like_unit(cell: str) -> bool:
    """Return whether a cell below a heading names a unit of frequency or impedance."""
    unit = plain_unit(cell.strip().strip("()[]/ "))
    return any(word in unit.lower() for word in ("ohm", "hz")) or unit in ANGLES


def choose_columns(
    headings: Sequence[str],
    path: str,
    line: int | None = None,
    *,
    in_file: Sequence[str] | None = None,
) -> Layout:
    """Return which columns make the spectrum: Z' and Z'' where both are there, else |Z| and phase.

    Parameters
    ----------
    headings : sequence of str
        As `parse_heading` knows them.
    path : str
        Of the file.
    line : int, optional
        Of the heading, from 1.
    in_file : sequence of str, optional
        The headings as the file has them, where they differ.

    Raises
    ------
    ReadError
        Where a column is missing, named twice or in a unit that is not Ω.
    """
    by_role: dict[Role, list[tuple[int, Column]]] = {}
    for i, heading in enumerate(headings):
        if (column := parse_heading(heading)) is not None:
            by_role.setdefault(column.role, []).append((i, column))
    usable = {role for role, several in by_role.items() if any(not c.problem for _, c in several)}
    polar = not usable >= {"real", "imag"} and usable >= {"magnitude", "phase"}
    pair: tuple[Role, Role] = ("magnitude", "phase") if polar else ("real", "imag")
    first: Role = "frequency" if "frequency" in by_role else "omega"
    chosen = []
    for role in (first, *pair):
        single = _single(by_role.get(role, []))
        if single is None:
            raise ReadError(path, _why_no_column(by_role.get(role, []), role, headings), line)
        chosen.append(single)
    chosen += [by_role[r][0] for r in _OPTIONAL if r in usable and len(by_role[r]) == 1]
    return Layout(
        columns=tuple(column for _, column in chosen),
        indexes=tuple(i for i, _ in chosen),
        needed=3,
        polar=polar,
        headings=tuple(h.strip() for h in (in_file or headings) if h.strip()),
    )


def roles_of(headings: Sequence[str]) -> set[Role]:
    """Return the roles that a line's cells name, were it a heading."""
    return {column.role for h in headings if (column := parse_heading(h)) is not None}


def _single(candidates: Sequence[tuple[int, Column]]) -> tuple[int, Column] | None:
    """Return the one column of a role that can be used, None where there is none or several."""
    good = [pair for pair in candidates if not pair[1].problem]
    if len(good) == 2 and good[0][1].minus != good[1][1].minus:
        good = [pair for pair in good if pair[1].minus]  # both Im and -Im: the one with its sign
    return good[0] if len(good) == 1 else None


def _why_no_column(
    candidates: Sequence[tuple[int, Column]], role: Role, headings: Sequence[str]
) -> str:
    """Return why a role has no single column."""
    names = {
        "frequency": "frequency", "omega": "frequency", "real": "Z'", "imag": "Z''",
        "magnitude": "|Z|", "phase": "phase",
    }  # fmt: skip
    good = sum(not column.problem for _, column in candidates)
    if good:
        return f"{good} columns hold {names[role]}; keep one of them in the file"
    if candidates:
        return candidates[0][1].problem
    shown = ", ".join(repr(h.strip()) for h in headings[:12] if h.strip())
    if any(_OTHER.match(h.strip()) for h in headings):
        shown += "; they hold another quantity than impedance"
    text = f"no column for {names[role]} among {shown}"
    return text + "; export frequency, Z' and Z'' (or |Z| and phase)"
