"""Circuits: what an element is, how circuits are written, how they are evaluated."""

from __future__ import annotations

from eisfit.circuit.boukamp import to_boukamp
from eisfit.circuit.custom import element
from eisfit.circuit.ec_lab import to_ec_lab
from eisfit.circuit.element_kind import ElementKind, ParameterKind
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.notation import parse, to_impedance_py, to_native
from eisfit.circuit.tape import Tape, compile_tape, evaluate, evaluate_with_jacobian
from eisfit.circuit.tree import Element, Node, Parallel, Series

__all__ = [
    "ELEMENTS",
    "Element",
    "ElementKind",
    "Node",
    "Parallel",
    "ParameterKind",
    "Series",
    "Tape",
    "compile_tape",
    "element",
    "evaluate",
    "evaluate_with_jacobian",
    "parse",
    "to_boukamp",
    "to_ec_lab",
    "to_impedance_py",
    "to_native",
]
