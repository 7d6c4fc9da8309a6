"""From tree to tape: a flat list of operations that evaluates a circuit and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.circuit.element_kind import ElementKind
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.tree import Element, Node, Series


@dataclass(frozen=True, slots=True)
class Operation:
    """One step: push an element (`code` is its symbol), or join the last `count` results.

    Parameters
    ----------
    code : str
        Symbol of an element, or ``"+"`` (series), or ``"|"`` (parallel).
    start : int
        Index of the element's first parameter.
    count : int
        Number of its parameters, or of the results to join.
    user_defined : ElementKind, optional
        What the element is, where it is not in the table of elements.
    """

    code: str
    start: int
    count: int
    user_defined: ElementKind | None = None

    @property
    def kind(self) -> ElementKind | None:
        """What the element is; None where results are joined."""
        return self.user_defined or ELEMENTS.get(self.code)


@dataclass(frozen=True, slots=True)
class Tape:
    """A circuit as a postfix program over a vector of parameters."""

    operations: tuple[Operation, ...]
    names: tuple[str, ...]


def compile_tape(node: Node) -> Tape:
    """Return the tape of a tree; parameters stand in their order of appearance.

    Examples
    --------
    >>> from eisfit.circuit.notation import parse
    >>> compile_tape(parse("R0-p(R1,CPE1)")).names
    ('R0', 'R1', 'Q1', 'n1')
    """
    operations: list[Operation] = []
    names: list[str] = []

    def visit(part: Node) -> None:
        if isinstance(part, Element):
            new = part.parameter_names
            operations.append(Operation(part.symbol, len(names), len(new), part.user_defined))
            names.extend(new)
            return
        for child in part.parts:
            visit(child)
        operations.append(Operation("+" if isinstance(part, Series) else "|", 0, len(part.parts)))

    visit(node)
    return Tape(tuple(operations), tuple(names))


def evaluate(tape: Tape, omega: FloatArray, values: FloatArray) -> ComplexArray:
    """Return Z in Ω.

    Parameters
    ----------
    tape : Tape
    omega : ndarray, shape (..., k)
        Angular frequency in rad/s.
    values : ndarray, shape (..., p)
        Parameters in the order of ``tape.names``; leading axes broadcast with those of `omega`.

    Returns
    -------
    ndarray of complex, shape (..., k)
    """
    return _run(tape, omega, values, with_slopes=False)[0]


def evaluate_with_jacobian(
    tape: Tape, omega: FloatArray, values: FloatArray
) -> tuple[ComplexArray, ComplexArray]:
    """Return Z, shape (..., k), and dZ/dp, shape (..., k, p), for the arguments of `evaluate`."""
    Z, slopes = _run(tape, omega, values, with_slopes=True)
    return Z, np.stack(np.broadcast_arrays(*slopes), axis=-1)


def _run(
    tape: Tape, omega: FloatArray, values: FloatArray, *, with_slopes: bool
) -> tuple[ComplexArray, list[ComplexArray]]:
    """Return Z and, with `with_slopes`, its derivatives one by one."""
    stack: list[tuple[ComplexArray, list[ComplexArray]]] = []
    for op in tape.operations:
        if (kind := op.kind) is not None:
            arguments = [values[..., i, None] for i in range(op.start, op.start + op.count)]
            Z, derivatives = kind.formula(omega, *arguments)
            stack.append((Z, list(derivatives()[: op.count]) if with_slopes else []))
            continue
        parts = stack[-op.count :]
        del stack[-op.count :]
        first, *others = (part for part, _ in parts)
        if op.code == "+":
            stack.append((sum(others, first), [s for _, slopes in parts for s in slopes]))
            continue
        Z = 1 / sum((1 / other for other in others), 1 / first)
        # d(1/ΣY) = Z² dY summed, with dY_i = -dZ_i/Z_i² and so dZ = (Z/Z_i)² dZ_i
        stack.append((Z, [(Z / part) ** 2 * s for part, slopes in parts for s in slopes]))
    return stack[0]
