"""What spectra of a series may have in common: the claims, and the ways that quantities go.

`sharing` tests them against the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.models import Model
from eisfit.temperature.laws import Name, basis

Sharing: TypeAlias = Literal["arrhenius", "vft", "break", "shared", "linear", "free"]


@dataclass(frozen=True, slots=True)
class Choice:
    """How one quantity goes along the series, and why.

    Parameters
    ----------
    process, quantity : str
        ``"bulk"``; ``"R"``, ``"C"`` or ``"n"``.
    sharing : {"arrhenius", "vft", "break", "shared", "linear", "free"}
    why : str
    bend : float
        K; T0 of VFT, or the temperature of a break.
    """

    process: str
    quantity: str
    sharing: Sharing
    why: str
    bend: float = 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """One coordinate with something in common."""

    process: str
    quantity: str
    place: int


def claims_of(model: Model) -> Iterator[Claim]:
    """Yield what processes may have in common along the series."""
    for process in model.processes.values():
        if process.place not in {"through_thickness", "interface"}:
            continue
        R, Q, n = (process.parameter(s) for s in ("R", "Q", "n"))
        if R is None:
            continue
        yield Claim(process.name, "R", model.index(R))
        if Q is not None and n is not None:
            yield Claim(process.name, "C", model.index(Q))
            yield Claim(process.name, "n", model.index(n))


def check_given(given: Mapping[str, Sharing], claims: list[Claim]) -> None:
    """Refuse what the user asks for where the model has no such quantity, or it cannot go so."""
    known = {f"{c.quantity}_{c.process}": c for c in claims}
    for name, way_ in given.items():
        if name not in known:
            near = did_you_mean(name, known)
            raise ModelError(
                f"sharing: no {name!r} in this model{near} (there are {', '.join(known)})"
            )
        able = (
            ("arrhenius", "free") if known[name].quantity == "R" else ("shared", "linear", "free")
        )
        if way_ not in able:
            raise ModelError(f"sharing: {name} can be {' or '.join(able)}, not {way_!r}")


def first_way(claim: Claim) -> Sharing:
    """Return what is claimed to begin with."""
    return "arrhenius" if claim.quantity == "R" else "shared"


def way(sharing: Sharing, T: FloatArray, bend: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Return basis, shape (m, q), and offset, (m,), of a way along the temperatures."""
    m, none = len(T), np.zeros(len(T))
    if sharing == "free":
        return np.eye(m), none
    if sharing == "shared":
        return np.ones((m, 1)), none
    if sharing == "linear":
        return np.stack([np.ones(m), (T - T.mean()) / np.ptp(T)], axis=1), none
    return basis(law_of(sharing) or "arrhenius", T, bend, middle_of(T)), np.log(T)


def law_of(sharing: Sharing | None) -> Name | None:
    """Return the law that a resistance follows, None where it follows none."""
    return sharing if sharing in {"arrhenius", "vft", "break"} else None


def middle_of(T: FloatArray) -> float:
    """Return the temperature in K at which laws are centred: the middle of 1/T."""
    return float(1 / np.mean(1 / T))
