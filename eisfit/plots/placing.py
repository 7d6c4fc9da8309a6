"""Which published values a landscape shows, what stands beside them, and how high that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from uncertainties import UFloat

from eisfit.analysis.comparison import LIKE
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.literature.search import SAME_TEMPERATURE
from eisfit.literature.values import Kind, ReferenceValue

_INCH_A_LINE = 0.155

GAP = 1.35
"""Room above each kind, in lines."""

_BESIDE: dict[str, tuple[str, ...]] = {
    "total": ("total", "electrolyte"),
    "unspecified": ("bulk", "total", "electrolyte"),
    **LIKE,
}
"""Which measured processes stand beside a kind, where not that of its name alone."""


def placed(
    values: Sequence[ReferenceValue],
    quantity: str = "conductivity_S_cm",
    temperature: float = ROOM_TEMPERATURE,
) -> dict[str, list[ReferenceValue]]:
    """Return the values that `landscape` draws: by kind, each kind from high to low.

    Parameters
    ----------
    values : sequence of ReferenceValue
    quantity : str
        As in `ReferenceValue`.
    temperature : float
        K; what is published for another temperature, by more than 5 K, is left out, but for
        thicknesses.

    Raises
    ------
    ValueError
        For activation energies: their two forms have no axis in common; `comparison` draws them.

    Examples
    --------
    >>> from eisfit.literature import references
    >>> [value.id for value in placed(references("LLTO"))["bulk"]]
    ['LLTO-Inaguma1993', 'LLTO-Stramare2003']
    """
    if quantity == "activation_energy_eV":
        raise ValueError(
            "activation energies of two forms have no axis in common; draw them with comparison()"
        )
    drawn = [v for v in values if v.quantity == quantity and _at(v, temperature)]
    kinds = [kind for kind in get_args(Kind) if any(v.kind == kind for v in drawn)]
    return {
        kind: sorted((v for v in drawn if v.kind == kind), key=lambda v: (-v.value, v.id))
        for kind in kinds
    }


def _at(value: ReferenceValue, temperature: float) -> bool:
    if value.quantity == "thickness_m":
        return True
    if value.temperature is None:
        return False
    low, high = value.temperature_range or (value.temperature, value.temperature)
    return max(low - temperature, temperature - high) <= SAME_TEMPERATURE


def beside(kind: str, measured: Mapping[str, UFloat]) -> list[str]:
    """Return which measured processes stand beside the values of a kind, from low to high.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> beside("interface", {"sei": ufloat(30, 1), "charge_transfer": ufloat(8, 1)})
    ['charge_transfer', 'sei']
    """
    names = _BESIDE.get(kind, (kind,))
    return sorted((n for n in names if n in measured), key=lambda n: measured[n].nominal_value)


def landscape_height(
    values: Sequence[ReferenceValue],
    quantity: str = "conductivity_S_cm",
    temperature: float = ROOM_TEMPERATURE,
) -> float:
    """Return the height in inch of the Axes in which a `landscape` of these values reads well."""
    groups = placed(values, quantity, temperature)
    lines = sum(len(group) + GAP - 0.25 for group in groups.values())
    return _INCH_A_LINE * max(lines, 1.0)
