"""A publication and the values it gives, each with its kind, temperature and form."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from eisfit.base.constants import ZERO_CELSIUS

_TABLE = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb "
    "Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U"
)
SYMBOLS = frozenset(_TABLE.split())
"""The chemical elements, by symbol."""

_ELEMENT = re.compile("|".join(sorted(SYMBOLS, key=len, reverse=True)))
_FORMULA = re.compile(rf"(?:{_ELEMENT.pattern}|[XM]|[\d./+]|[xyzδ])+")
_BETWEEN = re.compile(r"[\s|:;,()\[\]{}~·–-]+")


def elements_of(composition: str) -> frozenset[str]:
    """Return the elements of all formulas in `composition`; words between them do not count.

    Parameters
    ----------
    composition : str
        Such as ``"Li1+xAlxTi2-x(PO4)3"`` or ``"LLZO | ZnO(ALD) | Li"``; X and M stand for any
        halogen and metal and name none.

    Examples
    --------
    >>> sorted(elements_of("Li1+xAlxTi2-x(PO4)3"))
    ['Al', 'Li', 'O', 'P', 'Ti']
    >>> sorted(elements_of("LLZO | ZnO(ALD) | Li"))
    ['Li', 'O', 'Zn']
    """
    words = [word for word in _BETWEEN.split(composition) if _FORMULA.fullmatch(word)]
    return frozenset(symbol for word in words for symbol in _ELEMENT.findall(word))


Kind: TypeAlias = Literal[
    "bulk", "grain_boundary", "total", "unspecified", "interface", "space_charge", "interphase"
]
Quantity: TypeAlias = Literal[
    "conductivity_S_cm", "activation_energy_eV", "area_resistance_ohm_cm2", "thickness_m"
]
Form: TypeAlias = Literal["", "ln_sigma_T", "ln_sigma", "not stated"]
Bound: TypeAlias = Literal["", "about", "below", "above"]
Verification: TypeAlias = Literal[
    "abstract", "database", "review", "secondary", "derived", "unverified"
]

UNITS: dict[Quantity, str] = {
    "conductivity_S_cm": "S/cm",
    "activation_energy_eV": "eV",
    "area_resistance_ohm_cm2": "ohm cm2",
    "thickness_m": "m",
}

_SOURCE_KEYS = (
    "id", "citation", "material", "sample", "composition", "apart", "doi", "doi_note",
)  # fmt: skip
_VALUE_KEYS = (
    "kind", "quantity", "value", "value_high", "bound", "stderr", "unit", "form", "verification",
    "caution",
)  # fmt: skip

FORMS: dict[Form, str] = {
    "ln_sigma_T": "ln σT",
    "ln_sigma": "ln σ",
    "not stated": "form not stated",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One publication about one sample.

    Parameters
    ----------
    id : str
        Unique, such as ``"LLTO-Inaguma1993"``.
    material : str
        Family, such as ``"LLTO"``.
    sample, composition : str
        What was measured, in words and as a formula.
    citation : str
        Who, when, where.
    doi : str
        Empty where there is none.
    doi_note : str
        What is uncertain about it.
    aliases : tuple of str
        Other names of the material.
    read_in : str
        Where the values were read, if not in the publication.
    note : str
        What else one should know.
    variant : str
        A phase or a treatment that makes the sample unlike its family's plain material.
    family_names : tuple of str
        All names of the family.
    family_elements : tuple of str
        What every plain material of the family consists of; empty where it is not stated.
    """

    id: str
    material: str
    sample: str
    composition: str
    citation: str
    doi: str = ""
    doi_note: str = ""
    aliases: tuple[str, ...] = ()
    read_in: str = ""
    note: str = ""
    variant: str = ""
    family_names: tuple[str, ...] = ()
    family_elements: tuple[str, ...] = ()

    @property
    def elements(self) -> frozenset[str]:
        """The elements of the composition, as far as it is a formula."""
        return elements_of(self.composition)

    @property
    def foreign(self) -> frozenset[str]:
        """Elements beyond the family's own: dopants and substitutes."""
        return self.elements.difference(self.family_elements or self.elements)

    @property
    def apart(self) -> str:
        """What sets the sample apart from its family's plain material; empty for nothing.

        Examples
        --------
        >>> own = ("Li", "La", "Ti", "O")
        >>> Reference("X", "LLTO", "pellet", "Sr0.1LiLaTiO3", "", family_elements=own).apart
        'contains Sr'
        """
        foreign = [f"contains {', '.join(sorted(self.foreign))}"] if self.foreign else []
        return "; ".join([*foreign, *([self.variant] if self.variant else [])])


@dataclass(frozen=True, slots=True, repr=False)
class ReferenceValue:
    """One published value; a conflicting one stands beside it, never in a mean.

    Parameters
    ----------
    source : Reference
        Where from.
    kind : str
        ``"bulk"``, ``"grain_boundary"``, ``"total"``; ``"unspecified"`` where the source does not
        say which; ``"interface"``, ``"space_charge"``, ``"interphase"``.
    quantity : str
        With its unit, such as ``"conductivity_S_cm"``.
    value : float
        As published; the lower end of a range.
    value_high : float, optional
        The upper end of a range.
    bound : {"", "about", "below", "above"}
        How the source qualifies the value.
    stderr : float, optional
        The error that the source states.
    temperature : float, optional
        K; the middle of `temperature_range`; None where not stated, and for activation energies.
    temperature_range : tuple of float, optional
        K, where the sources state more than one temperature for the value.
    room_temperature : bool
        The source states only "room temperature": 25 °C is assumed.
    form : {"", "ln_sigma_T", "ln_sigma", "not stated"}
        Of an activation energy.
    verification : str
        Where the number was read: abstract; database (of ionic conductors); review (the review
        "All-Solid-State Batteries", contributor G. Yang); secondary (another text that quotes
        it); derived (from two conductivities of the same source); unverified (nowhere).
    caution : str
        A remark for every comparison with this value: a conflict, a doubtful label.
    note : str
        Whatever else belongs to this value.
    """

    source: Reference
    kind: Kind
    quantity: Quantity
    value: float
    value_high: float | None = None
    bound: Bound = ""
    stderr: float | None = None
    temperature: float | None = None
    temperature_range: tuple[float, float] | None = None
    room_temperature: bool = False
    form: Form = ""
    verification: Verification = "unverified"
    caution: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        """The source's."""
        return self.source.id

    @property
    def unit(self) -> str:
        """Of the value."""
        return UNITS[self.quantity]

    @property
    def span(self) -> tuple[float, float]:
        """Lowest and highest value that the source allows."""
        if self.bound == "below":
            return 0.0, self.value
        if self.bound == "above":
            return self.value, math.inf
        return self.value, self.value if self.value_high is None else self.value_high

    def nearest(self, measured: float) -> float:
        """Return the value within `span` that lies nearest to a measured one.

        Examples
        --------
        >>> source = Reference("X", "X", "pellet", "X", "somebody")
        >>> published = ReferenceValue(source, "total", "conductivity_S_cm", 1e-3, 5e-3)
        >>> published.nearest(1e-4), published.nearest(2e-3)
        (0.001, 0.002)
        """
        low, high = self.span
        return min(max(measured, low), high)

    def nearest_end(self, measured: float | None) -> float:
        """Return the published number nearest to a measured one: `value`, or `value_high`."""
        if measured is None or self.value_high is None:
            return self.value
        return min(self.value, self.value_high, key=lambda end: abs(measured - end))

    @property
    def text(self) -> str:
        """The value as text, with its unit."""
        number = f"{self.bound} {plain(self.value, self.quantity, self.stderr)}".lstrip()
        if self.value_high is not None:
            number += f" to {plain(self.value_high, self.quantity)}"
        return f"{number} {self.unit}"

    @property
    def form_text(self) -> str:
        """The form of an activation energy in words; empty for other quantities."""
        return FORMS.get(self.form, "")

    @property
    def temperature_text(self) -> str:
        """The temperature as the source states it; empty for an activation energy."""
        if self.quantity == "activation_energy_eV":
            return ""
        if self.temperature is None:
            return "temperature not stated"
        if self.room_temperature:
            return f"room temperature, taken as {self.temperature:g} K"
        if self.temperature_range is not None:
            low, high = self.temperature_range
            return f"{low - ZERO_CELSIUS:.5g} to {high - ZERO_CELSIUS:.5g} °C"
        return f"{self.temperature:.6g} K"

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks for every comparison with this value."""
        remarks = [f"of {self.source.sample}, {self.source.composition}"]
        if self.room_temperature or self.temperature_range:
            remarks.append(f"the source states {self.temperature_text}")
        if self.verification == "unverified":
            remarks.append("the published value is unverified")
        if self.verification == "derived":
            remarks.append("derived from two conductivities of the source")
        if self.caution:
            remarks.append(f"caution: {self.caution}")
        return tuple(remarks)

    def to_dict(self) -> dict[str, str | float | bool | None]:
        """Return the value and its source as one flat table, ready for JSON."""
        return {
            **{name: getattr(self.source, name) for name in _SOURCE_KEYS},
            **{name: getattr(self, name) for name in _VALUE_KEYS},
            "seen_in": self.source.read_in,
            "temperature_K": self.temperature,
            "temperature_assumed": self.room_temperature,
            "note": "; ".join(filter(None, (self.note, self.source.note))),
        }

    def __repr__(self) -> str:
        condition = self.temperature_text or self.form_text
        return f"<{self.id}: {self.kind} {self.text}, {condition}>"


def plain(value: float, quantity: Quantity, stderr: float | None = None) -> str:
    """Return a number as it is written in the field, with its error where that is known.

    Examples
    --------
    >>> plain(1.02e-3, "conductivity_S_cm"), plain(1.02e-3, "conductivity_S_cm", 4e-5)
    ('1.02e-3', '(1.02 ± 0.04)e-3')
    >>> plain(0.4, "activation_energy_eV"), plain(0.402, "activation_energy_eV", 0.004)
    ('0.40', '0.402 ± 0.004')
    >>> plain(8.6, "area_resistance_ohm_cm2")
    '8.6'
    """
    if stderr is None or not math.isfinite(stderr):
        stderr = 0.0
    if quantity == "activation_energy_eV":
        return f"{value:.3f} ± {stderr:.3f}" if stderr else f"{value:.3f}".removesuffix("0")
    exponent = math.floor(math.log10(abs(value))) if value else 0
    power = "" if -1 <= exponent <= 3 else f"e{exponent}"
    scale = 10.0**exponent if power else 1.0
    if not stderr:
        return f"{value / scale:.4g}{power}"
    places = min(max(-math.floor(math.log10(stderr / scale)), 0), 4)
    number = f"{value / scale:.{places}f} ± {stderr / scale:.{places}f}"
    return f"({number}){power}" if power else number
