"""What a column is, told from its heading: its role, its unit and its sign.

A heading is a name with an optional unit (``freq/Hz``, ``Freq.[Hz]``, ``Re(Z) [kOhm]``,
``freq_kHz``) and an optional minus before it (``-Im(Z)/Ohm``). Names are compared whole and
without regard to case, so ``Re(Zce)/Ohm`` or ``Data Trace Real`` are never taken for Z'.
Case counts in units: mOhm is a thousandth, MOhm a million.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Literal, TypeAlias

from eisfit.errors import ReadError

Role: TypeAlias = Literal[
    "frequency", "omega", "real", "imag", "magnitude", "phase", "temperature", "cycle",
    "time", "potential", "current",
]  # fmt: skip

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
    "Hz": 1.0,
    "hertz": 1.0,
    "kilohertz": 1e3,
    "megahertz": 1e6,
    "mHz": 1e-3,
    "kHz": 1e3,
    "MHz": 1e6,
    "GHz": 1e9,
}
_PER_AREA = {"ohmcm2": 1.0, "kohmcm2": 1e3, "mohmcm2": 1e-3, "Mohmcm2": 1e6, "ohmm2": 1e4}
_OHM = {"ohm": 1.0, "mohm": 1e-3, "kohm": 1e3, "Mohm": 1e6, "Gohm": 1e9, "uohm": 1e-6}
_DEGREE = pi / 180
_PHASE = {"deg": _DEGREE, "°": _DEGREE, "degree": _DEGREE, "degrees": _DEGREE, "grad": _DEGREE}
_RADIAN = {"rad": 1.0, "radian": 1.0, "radians": 1.0}
_OMEGA = {"rad/s": 1.0, "rads-1": 1.0, "rads^-1": 1.0, "s-1": 1.0, "1/s": 1.0, "s^-1": 1.0}
_CELSIUS = {"°C": 1.0, "C": 1.0, "degC": 1.0, "°": 1.0, "Celsius": 1.0, "ºC": 1.0}
_UNITS: dict[Role, dict[str, float]] = {
    "frequency": _HERTZ,
    "omega": dict.fromkeys(_OMEGA, 1 / (2 * pi)),
    "real": _OHM | _PER_AREA,
    "imag": _OHM | _PER_AREA,
    "magnitude": _OHM | _PER_AREA,
    "phase": _PHASE | _RADIAN,
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
        """Whether a heading carries a minus, so that nothing is left to guess."""
        return any(column.minus for column in self.columns[1:3])

    @property
    def per_area(self) -> bool:
        """Whether the impedance is in Ω cm², that of a sample of 1 cm²."""
        return any(_plain_unit(column.unit) in _PER_AREA for column in self.columns[1:3])

    def index_of(self, role: Role) -> int | None:
        """Return the place in `columns` of an optional role, None where there is none."""
        for place, column in enumerate(self.columns):
            if column.role == role:
                return place
        return None


PLAIN = Layout((Column("frequency"), Column("real"), Column("imag")), (0, 1, 2), 3, polar=False)
"""A table without a heading: frequency, Z' and Z'' in Hz and Ω."""


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
    name, unit = _split_unit(text[minus.end() :] if minus else text)
    role = _role(name)
    if role is None or (name.strip().lower() == "t" and not unit):
        return None
    factor, problem = _scale(role, unit, text)
    if role == "omega" and not unit:
        factor = 1 / (2 * pi)
    if minus is not None:
        factor = -factor
    return Column(role, factor, unit, minus is not None, problem)


def looks_like_unit(cell: str) -> bool:
    """Tell whether a cell below a heading names a unit of frequency or impedance."""
    unit = _plain_unit(cell.strip().strip("()[]/ "))
    return any(word in unit.lower() for word in ("ohm", "hz")) or unit in _PHASE | _RADIAN


def choose(headings: Sequence[str], path: str, line: int | None = None) -> Layout:
    """Return which columns make the spectrum: Z' and Z'' where both are there, else |Z| and phase.

    Raises
    ------
    ReadError
        Where a column is missing, named twice or in a unit that is not Ω.
    """
    found = [(i, parse_heading(h)) for i, h in enumerate(headings)]
    by_role: dict[Role, list[tuple[int, Column]]] = {}
    for i, column in found:
        if column is not None:
            by_role.setdefault(column.role, []).append((i, column))
    shown = ", ".join(repr(h.strip()) for h in headings[:12] if h.strip())
    if any(_OTHER.match(h.strip()) for h in headings):
        shown += "; they hold another quantity than impedance"
    pair: tuple[Role, Role] = ("real", "imag")
    if not all(_usable(by_role, role) for role in pair) and all(
        _usable(by_role, role) for role in ("magnitude", "phase")
    ):
        pair = ("magnitude", "phase")
    first: Role = "frequency" if "frequency" in by_role else "omega"
    wanted = [_single(by_role, role, path, line, shown) for role in (first, *pair)]
    optional = [
        columns[0]
        for role in _OPTIONAL
        if len(columns := by_role.get(role, [])) == 1 and not columns[0][1].problem
    ]
    chosen = [*wanted, *optional]
    return Layout(
        columns=tuple(column for _, column in chosen),
        indexes=tuple(i for i, _ in chosen),
        needed=3,
        polar=pair[0] == "magnitude",
        headings=tuple(h.strip() for h in headings if h.strip()),
    )


def roles_of(headings: Sequence[str]) -> set[Role]:
    """Return the roles that a line's cells name, were it a heading."""
    return {column.role for h in headings if (column := parse_heading(h)) is not None}


def _usable(by_role: dict[Role, list[tuple[int, Column]]], role: Role) -> bool:
    return any(not column.problem for _, column in by_role.get(role, []))


def _single(
    by_role: dict[Role, list[tuple[int, Column]]],
    role: Role,
    path: str,
    line: int | None,
    shown: str,
) -> tuple[int, Column]:
    """Return the one column of a role, or say what is wrong."""
    names = {
        "frequency": "frequency", "omega": "frequency", "real": "Z'", "imag": "Z''",
        "magnitude": "|Z|", "phase": "phase",
    }  # fmt: skip
    candidates = by_role.get(role, [])
    good = [pair for pair in candidates if not pair[1].problem]
    if len(good) == 2 and good[0][1].minus != good[1][1].minus:
        good = [pair for pair in good if pair[1].minus]  # both Im and -Im: the one that says so
    if len(good) == 1:
        return good[0]
    if good:
        text = f"{len(good)} columns hold {names[role]}; keep one of them in the file"
    elif candidates:
        text = candidates[0][1].problem
    else:
        text = f"no column for {names[role]} among {shown}"
        text += "; export frequency, Z' and Z'' (or |Z| and phase)"
    raise ReadError(path, text, line)


def _split_unit(text: str) -> tuple[str, str]:
    """Return name and unit of a heading; brackets that hold part of the name stay in the name."""
    match = _TRAILING_UNIT.match(text.strip())
    if match is None:
        return text, ""
    unit = next(part for part in match.groups()[1:] if part is not None).strip()
    bracket = match["round"] or match["square"]
    if bracket is not None and not _is_unit(unit) and _names_part(match["name"], unit):
        return text, ""
    return match["name"], unit


def _is_unit(text: str) -> bool:
    return any(_plain_unit(text) in table for table in _UNITS.values())


def _names_part(before: str, bracket: str) -> bool:
    """Tell whether brackets hold part of the name, as in Z(real) or Theta(Z)."""
    return _role(bracket) not in {None, "temperature"} and _role(before + bracket) is not None


def _role(name: str) -> Role | None:
    return _ROLE_OF.get(re.sub(r"[\s_.:()\[\]{}*-]", "", name.lower()))


def _plain_unit(unit: str) -> str:
    """Return a unit with ohm, hertz and micro written in one way; m and M stay as they are."""
    if unit.upper() == unit and unit[:1] == "M" and unit[1:] in {"HZ", "OHM", "OHMS"}:
        return unit  # milli or mega cannot be told
    unit = re.sub("ohms?|[ΩΩ]", "ohm", unit, flags=re.IGNORECASE)
    unit = re.sub("^([kKG]?)hz$", r"\1Hz", unit, flags=re.IGNORECASE).replace("K", "k", unit != "K")
    unit = re.sub(r"\^?\(?2\)?$|²$", "2", unit)  # of an area
    return re.sub(r"[\s·*.]", "", re.sub("[µμ]", "u", unit))


def _scale(role: Role, unit: str, heading: str) -> tuple[float, str]:
    """Return the factor to SI, and why the unit cannot be used."""
    if not unit:
        return (_DEGREE if role == "phase" else 1.0), ""
    table = _UNITS[role]
    plain = _plain_unit(unit)
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
