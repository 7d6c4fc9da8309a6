"""Looking literature values up: by material, composition or element, by kind, by range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from eisfit.base.errors import ReferenceDataError, did_you_mean
from eisfit.literature.library import families, load_library, plugin_errors
from eisfit.literature.values import UNITS, Kind, Reference, ReferenceValue, elements_of

SAME_TEMPERATURE = 5.0
"""K, within which two temperatures count as the same in a search."""

_SHORTEST_PART = 3
"""Letters that a part of a composition needs to be looked up by."""

_SHORT = {
    "conductivity": "conductivity_S_cm",
    "activation_energy": "activation_energy_eV",
    "area_resistance": "area_resistance_ohm_cm2",
    "thickness": "thickness_m",
}
_QUANTITIES: dict[str, str] = {**_SHORT, **{quantity: quantity for quantity in UNITS}}
_FILLING = {"with", "contains", "containing", "and", "of", "doped"}


def references(
    material: str = "",
    *,
    kind: str = "",
    quantity: str = "",
    low: float | None = None,
    high: float | None = None,
    temperature: float | None = None,
    extra: Path | None = None,
) -> list[ReferenceValue]:
    """Return the values of a material, in the order of the library.

    Parameters
    ----------
    material : str
        A family (``"LLTO"``), another name of it, the id of a source, or a composition or a part
        of one; case, blanks and hyphens do not matter. Else words that all must fit: names,
        elements, words of the sample (``"LLTO Sr"``, ``"Li La Zr"``, ``"LLTO tetragonal"``).
        Empty: all there are. A whole name goes before a part of a composition, that before words.
    kind : str, optional
        Such as ``"bulk"``, ``"grain_boundary"``, ``"total"``, ``"interface"``.
    quantity : str, optional
        ``"conductivity"``, ``"activation_energy"``, ``"area_resistance"``, ``"thickness"``; the
        unit may follow, as in ``"conductivity_S_cm"``.
    low, high : float, optional
        In the unit of the quantity (S/cm, eV, Ω cm², m); a published range or bound that reaches
        into this range is in it. They need a `quantity`.
    temperature : float, optional
        K: values published for this temperature ± 5 K. Activation energies have none and stay.
    extra : Path, optional
        A folder of the user's TOML files.

    Returns
    -------
    list of ReferenceValue
        Empty where the material is known and nothing of it fits the rest.

    Raises
    ------
    ReferenceDataError
        Where there is no such material, kind or quantity, or a range without a quantity.

    Examples
    --------
    >>> references("llto")[0]
    <LLTO-Inaguma1993: bulk 1e-3 S/cm, 300.15 K>
    >>> sorted({value.id for value in references("Li3InCl6")})
    ['Li3InCl6', 'Li3InCl6-water']
    >>> sorted({value.id for value in references("LLTO Sr")})
    ['LSLTO-Lu2020', 'LSLTO-cm020609u']
    >>> references("LLZO", kind="bulk", quantity="conductivity", low=9e-4, temperature=298.15)
    [<LLZTO-Li6.7La3Zr1.7Ta0.3O12: bulk 9.6e-4 S/cm, 298.15 K>,
     <LLZYO-Murugan2011: bulk 9.56e-4 S/cm, 298.15 K>]
    >>> references("LLT0")
    Traceback (most recent call last):
    eisfit.base.errors.ReferenceDataError: no literature values for 'LLT0'; did you mean 'LLTO'...
    """
    kind = _canonical(kind, {name: name for name in get_args(Kind)}, "kind")
    quantity = _canonical(quantity, _QUANTITIES, "quantity")
    low, high = _range(low, high, quantity)
    return [
        value
        for value in _of_material(material, extra)
        if kind in ("", value.kind)
        and quantity in ("", value.quantity)
        and _off(value, low, high) == 0
        and _temperature_difference(value, temperature) <= SAME_TEMPERATURE
    ]


def nearest(
    values: Sequence[ReferenceValue],
    low: float | None = None,
    high: float | None = None,
    temperature: float | None = None,
    *,
    most: int = 3,
) -> list[ReferenceValue]:
    """Return the values that come nearest to a range, those for the temperature first.

    Parameters
    ----------
    values : sequence of ReferenceValue
        Of one quantity.
    low, high : float, optional
        In its unit.
    temperature : float, optional
        K.
    most : int
        How many, at most.

    Examples
    --------
    >>> nearest(references("LLTO", kind="total", quantity="conductivity"), low=1, most=1)
    [<LSLTO-Lu2020: total 4.84e-4 S/cm, room temperature, taken as 298.15 K>]
    """
    low, high = (-math.inf if low is None else low), (math.inf if high is None else high)

    def distance(value: ReferenceValue) -> tuple[bool, float, float]:
        other = _temperature_difference(value, temperature)
        return other > SAME_TEMPERATURE, _off(value, low, high), other

    return sorted(values, key=distance)[:most]


def unlike(material: str, source: Reference) -> str:
    """Return why a sample is not plain `material`; empty where it is, or where it is named.

    A sample is apart from its family where it holds elements beyond the family's own, or where
    the library notes a phase or treatment. A `material` names it by its id, its own alias, its
    composition, or by words for all that sets it apart.

    Examples
    --------
    >>> doped, *_ = references("LSLTO-Lu2020")
    >>> unlike("LLTO", doped.source)
    'contains Sr'
    >>> unlike("LLTO Sr", doped.source), unlike("LSLTO-Lu2020", doped.source)
    ('', '')
    """
    wanted = _folded(material)
    own_names = {_folded(name) for name in _names(source)} - {
        _folded(n) for n in source.family_names
    }
    if not source.apart or wanted in own_names:
        return ""
    words = {_folded(word) for word in _words(source.variant) if word not in _FILLING}
    phase = not words or any(_folded(word) in words for word in _words(material))
    return "" if phase and source.foreign <= _elements(material) else source.apart


def _of_material(material: str, extra: Path | None) -> list[ReferenceValue]:
    """Return the values that a name, a part of a composition, or words find."""
    library = load_library(extra)
    wanted = _folded(material)
    if not wanted:
        return list(library)
    values = [v for v in library if wanted in {_folded(name) for name in _names(v.source)}]
    if not values and len(wanted) >= _SHORTEST_PART:
        values = [v for v in library if wanted in _folded(v.source.composition)]
    if not values:
        words = [word for word in _words(material) if word.casefold() not in _FILLING]
        values = [v for v in library if words and all(_fits(word, v.source) for word in words)]
    if not values:
        near = did_you_mean(material, {name: None for v in library for name in _names(v.source)})
        known = ", ".join(families(extra=extra))
        text = f"no literature values for {material!r}{near} (there are {known})"
        raise ReferenceDataError("; ".join([text, *plugin_errors()]))
    return values


def _fits(word: str, source: Reference) -> bool:
    """Tell whether a word is a name, an element or a formula, or a word of the sample."""
    folded = _folded(word)
    if folded in {_folded(name) for name in _names(source)}:
        return True
    elements = _elements(word)
    if elements:
        return elements <= source.elements
    description = f"{source.sample} {source.variant}".replace("(", " ").replace(")", " ")
    return len(folded) >= _SHORTEST_PART and folded in {_folded(w) for w in _words(description)}


def _elements(text: str) -> frozenset[str]:
    """Return the elements that a search names; a symbol may be written small."""
    words = [w.capitalize() if len(w) <= 2 and w.islower() else w for w in _words(text)]
    return elements_of(" ".join(words))


def _words(text: str) -> list[str]:
    return text.replace(",", " ").replace("+", " ").split()


def _names(source: Reference) -> tuple[str, ...]:
    return (source.material, *source.aliases, source.composition, source.id)


def _folded(name: str) -> str:
    """Return `name` without what people write differently: case, blanks, hyphens."""
    return "".join(letter for letter in name.casefold() if letter not in " \t-–_")


def _canonical(text: str, known: Mapping[str, str], what: str) -> str:
    """Return the name that the library uses; empty for no text."""
    name = text.strip().replace("-", "_").replace(" ", "_")
    if not name or name in known:
        return known.get(name, "")
    near = did_you_mean(name, known)
    listed = ", ".join(known if what == "kind" else _SHORT)
    raise ReferenceDataError(f"no {what} {text!r}{near} (there are {listed})")


def _range(low: float | None, high: float | None, quantity: str) -> tuple[float, float]:
    if low is None and high is None:
        return -math.inf, math.inf
    if not quantity:
        raise ReferenceDataError(f"a range needs a quantity; name one of {', '.join(_SHORT)}")
    ends = (0.0 if low is None else low, math.inf if high is None else high)
    if not 0 <= ends[0] <= ends[1]:
        raise ReferenceDataError(
            f"a range goes from a number above zero to a larger one (got {low} to {high})"
        )
    return ends


def _off(value: ReferenceValue, low: float, high: float) -> float:
    """Return by how much a value lies outside a range: in eV, else as the ln of a factor."""
    lowest, highest = value.span
    if lowest <= high and low <= highest:
        return 0.0
    near, end = (lowest, high) if lowest > high else (highest, low)
    if value.quantity == "activation_energy_eV":
        return abs(near - end)
    return abs(math.log(near / end)) if end > 0 else math.inf


def _temperature_difference(value: ReferenceValue, temperature: float | None) -> float:
    """Return by how many K a value's temperature differs; infinity where it has none to state."""
    if temperature is None or value.quantity == "activation_energy_eV":
        return 0.0
    if value.temperature is None:
        return math.inf
    low, high = value.temperature_range or (value.temperature, value.temperature)
    return max(low - temperature, temperature - high, 0.0)
