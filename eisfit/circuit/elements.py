"""The circuit elements: formula, derivatives, units and bounds of each, in one immutable table.

Every formula takes the angular frequency `omega` (rad/s) and its parameters as arrays that
broadcast against it, and returns Z in Ω; every `*_slopes` takes the same with Z in front and
returns dZ/dp for each parameter in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from eisfit.base.arrays import ComplexArray
from eisfit.circuit import diffusion as d
from eisfit.circuit import formulas as f
from eisfit.circuit import transmission_lines as t
from eisfit.circuit.formulas import Slopes


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """What one parameter of an element is.

    Parameters
    ----------
    symbol, unit : str
        As in formulas; SI.
    bounds : tuple of float
        Where a fit may look.
    scale : {"log", "linear"}
        How a fit sees it: quantities with units as their logarithm, exponents as they are.
    power : int
        How it changes when Z is multiplied by a: as a**power.
    """

    symbol: str
    unit: str
    bounds: tuple[float, float]
    scale: Literal["log", "linear"] = "log"
    power: int = 0


@dataclass(frozen=True, slots=True)
class ElementKind:
    """One row of the table of elements."""

    symbol: str
    title: str
    parameters: tuple[ParameterKind, ...]
    impedance: Callable[..., ComplexArray]
    slopes: Callable[..., Slopes]


def _resistance(symbol: str) -> ParameterKind:
    return ParameterKind(symbol, "ohm", (1e-6, 1e13), power=1)


def _exponent(symbol: str, low: float, high: float) -> ParameterKind:
    return ParameterKind(symbol, "1", (low, high), scale="linear")


_R, _RION, _REON, _RCT = (_resistance(symbol) for symbol in ("R", "Rion", "Reon", "Rct"))
_C = ParameterKind("C", "F", (1e-16, 1e5), power=-1)
_L = ParameterKind("L", "H", (1e-14, 1e3), power=1)
_LA = ParameterKind("L", "H s^(n-1)", (1e-14, 1e3), power=1)
_Q = ParameterKind("Q", "F s^(n-1)", (1e-16, 1e5), power=-1)
_W = ParameterKind("W", "ohm s^(-1/2)", (1e-9, 1e13), power=1)
_TAU = ParameterKind("tau", "s", (1e-12, 1e9))
_PHI = ParameterKind("phi", "1", (1e-3, 1e2))  # beyond lie a single relaxation and Gerischer's
_N = _exponent("n", 0.2, 1.0)
_M = _exponent("m", 0.2, 1.0)
_N_DIFFUSION = _exponent("n", 0.1, 0.7)  # usually near 1/2; not even Wsg is passive above 0.77

# La stands before L, whose unit is the one that a model file means by L
_ROWS = (
    ("R", "resistor", (_R,), f.resistor, f.resistor_slopes),
    ("C", "capacitor", (_C,), f.capacitor, f.capacitor_slopes),
    ("La", "modified inductor", (_LA, _N), f.modified_inductor, f.modified_inductor_slopes),
    ("L", "inductor", (_L,), f.inductor, f.inductor_slopes),
    ("Q", "constant phase element", (_Q, _N), f.constant_phase, f.constant_phase_slopes),
    ("W", "Warburg, semi-infinite", (_W,), d.warburg, d.warburg_slopes),
    ("Ws", "Warburg, finite transmissive", (_R, _TAU),
     d.warburg_transmissive, d.warburg_transmissive_slopes),
    ("Wo", "Warburg, finite reflective", (_R, _TAU),
     d.warburg_reflective, d.warburg_reflective_slopes),
    ("Wsg", "Warburg, generalised finite transmissive", (_R, _TAU, _N_DIFFUSION),
     d.warburg_transmissive_general, d.warburg_transmissive_general_slopes),
    ("Wog", "Warburg, generalised finite reflective", (_R, _TAU, _N_DIFFUSION),
     d.warburg_reflective_general, d.warburg_reflective_general_slopes),
    ("G", "Gerischer", (_R, _TAU), f.gerischer, f.gerischer_slopes),
    ("Gf", "Gerischer, fractal", (_R, _TAU, _exponent("n", 0.1, 1.0)),
     f.gerischer_fractal, f.gerischer_fractal_slopes),
    ("Gs", "Gerischer, finite-length", (_R, _TAU, _PHI),
     d.gerischer_finite, d.gerischer_finite_slopes),
    ("K", "single relaxation", (_R, _TAU), f.relaxation, f.relaxation_slopes),
    ("Zarc", "Cole-Cole arc", (_R, _TAU, _N), f.zarc, f.zarc_slopes),
    ("HN", "Havriliak-Negami arc", (_R, _TAU, _N, _M),
     f.havriliak_negami, f.havriliak_negami_slopes),
    ("TLMQ", "transmission line, blocking wall", (_R, _Q, _N),
     t.line_blocking, t.line_blocking_slopes),
    ("TLMo", "transmission line, reflecting end", (_RION, _RCT, _Q, _N),
     t.line_open, t.line_open_slopes),
    ("TLMs", "transmission line, absorbing end", (_RION, _RCT, _Q, _N),
     t.line_short, t.line_short_slopes),
    ("TLMm", "transmission line, two rails", (_RION, _REON, _Q, _N),
     t.line_mixed, t.line_mixed_slopes),
)  # fmt: skip

ELEMENTS: Mapping[str, ElementKind] = MappingProxyType({row[0]: ElementKind(*row) for row in _ROWS})
"""The elements by symbol."""

ALIASES: Mapping[str, str] = MappingProxyType({"CPE": "Q"})
"""Other symbols for the same elements."""
