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
    own : ElementKind, optional
        What the element is, where it is not in the table of elements.
    """

    code: str
    start: int
    count: int
    own: ElementKind | None = None

    @property
    def kind(self) -> ElementKind | None:
        """What the element is; None where results are joined."""
        return self.own or ELEMENTS.get(self.code)


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
            own = part.parameter_names
            operations.append(Operation(part.symbol, len(names), len(own), part.own))
            names.extend(own)
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
    stack: list[ComplexArray] = []
    for op in tape.operations:
        if (kind := op.kind) is not None:
            stack.append(kind.impedance(omega, *_arguments(values, op)))
            continue
        parts = stack[-op.count :]
        del stack[-op.count :]
        stack.append(sum(parts[1:], parts[0]) if op.code == "+" else _parallel(parts))
    return stack[0]


def evaluate_with_jacobian(
    tape: Tape, omega: FloatArray, values: FloatArray
) -> tuple[ComplexArray, ComplexArray]:
    """Return Z, shape (..., k), and dZ/dp, shape (..., k, p), for the arguments of `evaluate`."""
    stack: list[tuple[ComplexArray, list[ComplexArray]]] = []
    for op in tape.operations:
        if (kind := op.kind) is not None:
            arguments = _arguments(values, op)
            Z = kind.impedance(omega, *arguments)
            stack.append((Z, list(kind.slopes(Z, omega, *arguments))))
            continue
        parts = stack[-op.count :]
        del stack[-op.count :]
        impedances = [Z for Z, _ in parts]
        if op.code == "+":
            stack.append((sum(impedances[1:], impedances[0]), [s for _, own in parts for s in own]))
            continue
        Z = _parallel(impedances)
        # d(1/ΣY) = Z² dY summed, with dY_i = -dZ_i/Z_i² and so dZ = (Z/Z_i)² dZ_i
        stack.append((Z, [(Z / part) ** 2 * s for part, own in parts for s in own]))
    Z, slopes = stack[0]
    return Z, np.stack(np.broadcast_arrays(*slopes), axis=-1)


def _arguments(values: FloatArray, op: Operation) -> list[FloatArray]:
    return [values[..., i, None] for i in range(op.start, op.start + op.count)]


def _parallel(parts: list[ComplexArray]) -> ComplexArray:
    inverse: ComplexArray = 1 / sum((1 / Z for Z in parts[1:]), 1 / parts[0])
    return inverse
