"""What an element of a circuit is: its formula, derivatives, and parameters with their bounds.

A formula takes the angular frequency `omega` (rad/s) and its parameters as arrays that broadcast
against it. It returns Z in Ω, and a function without arguments that returns dZ/dp for each
parameter in turn: derivatives share what Z is computed from, and cost nothing where only Z is used.
A formula may take more parameters than the element has; these then keep their default values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from eisfit.base.arrays import ComplexArray

Slopes: TypeAlias = tuple[ComplexArray, ...]
Response: TypeAlias = tuple[ComplexArray, Callable[[], Slopes]]
"""What a formula returns: Z, and a function that returns its derivatives."""


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """One parameter of an element.

    Parameters
    ----------
    symbol, unit : str
        As in formulas; SI.
    bounds : tuple of float
        The range that a fit searches.
    scale : {"log", "linear"}
        A fit varies the logarithm of quantities with units, and exponents as they are.
    power : int
        The parameter is multiplied by a**power where Z is multiplied by a.
    """

    symbol: str
    unit: str
    bounds: tuple[float, float]
    scale: Literal["log", "linear"] = "log"
    power: int = 0


@dataclass(frozen=True, slots=True)
class ElementKind:
    """An element: its symbol, title, parameters in the formula's order, and formula."""

    symbol: str
    title: str
    parameters: tuple[ParameterKind, ...]
    formula: Callable[..., Response]


def exponent(symbol: str, low: float, high: float) -> ParameterKind:
    """Return a dimensionless parameter between `low` and `high`, on a linear scale."""
    return ParameterKind(symbol, "1", (low, high), scale="linear")


USUAL_PARAMETERS: Mapping[str, ParameterKind] = MappingProxyType(
    {
        kind.symbol: kind
        for kind in (
            *(ParameterKind(R, "ohm", (1e-6, 1e13), power=1) for R in ("R", "Rion", "Reon", "Rct")),
            ParameterKind("C", "F", (1e-16, 1e5), power=-1),
            ParameterKind("L", "H", (1e-14, 1e3), power=1),
            ParameterKind("Q", "F s^(n-1)", (1e-16, 1e5), power=-1),
            ParameterKind("W", "ohm s^(-1/2)", (1e-9, 1e13), power=1),
            ParameterKind("tau", "s", (1e-12, 1e9)),
            ParameterKind("phi", "1", (1e-3, 1e2)),  # beyond: a single relaxation, and Gerischer's
            exponent("n", 0.2, 1.0),
            exponent("m", 0.2, 1.0),
        )
    }
)
"""What a parameter of that symbol is, unless an element defines it otherwise."""


def usual_parameters(*symbols: str) -> tuple[ParameterKind, ...]:
    """Return the usual parameters of these symbols."""
    return tuple(USUAL_PARAMETERS[symbol] for symbol in symbols)
