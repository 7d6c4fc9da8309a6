"""A tape as the compiled engine reads it: two tables of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray, IndexArray
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.tape import Operation, Tape
from eisfit.fitting.engine.compiled_circuit import KIND
from eisfit.fitting.engine.compiled_elements import (
    DIFFUSION,
    JOIN,
    LINE,
    POWER,
    RAILS,
    RELAXATION,
    RESISTOR,
)

Quantity: TypeAlias = Literal["impedance", "admittance"]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The nodes of a circuit, children before parents.

    Parameters
    ----------
    nodes : ndarray of int, shape (n, 7)
        Columns as `compiled_circuit` names them.
    constants : ndarray, shape (n, 3)
        Scale, exponent, second exponent.
    """

    nodes: IndexArray
    constants: FloatArray

    @property
    def scratch(self) -> ComplexArray | None:
        """Room for the derivatives of one element; None where all are power laws."""
        plain = set(self.nodes[:, KIND].tolist()) <= {POWER, JOIN, RESISTOR}
        return None if plain else np.zeros(4, dtype=np.complex128)


@dataclass(frozen=True, slots=True)
class _Code:
    """How an element runs: for a power law Z = (scale p)^sign (jω)^exponent, with `option` n."""

    kind: int
    sign: int = 1
    option: int = 0
    scale: float = 1.0
    exponent: float = 0.0
    second: float = 0.0


_CODES: Mapping[str, _Code] = MappingProxyType(
    {
        "R": _Code(RESISTOR),
        "C": _Code(POWER, sign=-1, exponent=-1.0),
        "L": _Code(POWER, exponent=1.0),
        "Q": _Code(POWER, sign=-1, option=-1),
        "La": _Code(POWER, option=1),
        "W": _Code(POWER, scale=float(np.sqrt(2.0)), exponent=-0.5),
        "K": _Code(RELAXATION, exponent=1.0, second=1.0),
        "G": _Code(RELAXATION, exponent=1.0, second=0.5),
        "Zarc": _Code(RELAXATION, option=1, second=1.0),
        "Gf": _Code(RELAXATION, option=2, exponent=1.0),
        "HN": _Code(RELAXATION, option=3),
        "Ws": _Code(DIFFUSION, exponent=0.5),
        "Wo": _Code(DIFFUSION, option=1, exponent=0.5),
        "Wsg": _Code(DIFFUSION, option=2),
        "Wog": _Code(DIFFUSION, option=3),
        "TLMQ": _Code(DIFFUSION, option=5),
        "TLMs": _Code(LINE),
        "TLMo": _Code(LINE, option=1),
        "Gs": _Code(LINE, option=3),
        "TLMm": _Code(RAILS),
    }
)


def program(tape: Tape, quantity: Quantity) -> Program | None:
    """Return the tables of a tape; None where it holds an element that users added.

    Parameters
    ----------
    tape : Tape
    quantity : {"impedance", "admittance"}
        What the last node gives.
    """
    operations = tape.operations
    if any(op.code not in "+|" and not _is_built_in(op) for op in operations):
        return None
    nodes = np.zeros((len(operations), 7), dtype=np.int64)
    constants = np.zeros((len(operations), 3))
    parents = _parents(operations)
    for o, op in enumerate(operations):
        outer = operations[parents[o]].code if parents[o] >= 0 else ""
        wanted = outer == "|" or (not outer and quantity == "admittance")
        if op.code in "+|":
            invert = wanted != (op.code == "|")
            nodes[o] = (JOIN, parents[o], invert, 0, 0, 0, 0)
            continue
        code = _CODES[op.code]
        turn = (
            -1 if wanted and code.kind in (POWER, RESISTOR) else 1
        )  # 1/power law is one: no inversion
        alone = code.kind == RESISTOR and parents[o] < 0
        kind = POWER if alone else code.kind
        signs = (turn * code.sign, turn * code.option)
        nodes[o] = (kind, parents[o], wanted, op.start, op.count, *signs)
        constants[o] = (code.scale, turn * code.exponent, code.second)
    return Program(nodes, constants)


def _is_built_in(op: Operation) -> bool:
    own = getattr(op, "kind", None)
    return op.code in _CODES and (own is None or own is ELEMENTS.get(op.code))


def _parents(operations: tuple[Operation, ...]) -> list[int]:
    """Return the parent of every node, -1 for the last."""
    parents = [-1] * len(operations)
    open_: list[int] = []
    for o, op in enumerate(operations):
        if op.code in "+|":
            for child in open_[-op.count :]:
                parents[child] = o
            del open_[-op.count :]
        open_.append(o)
    return parents
