"""The one tree that every notation is read into: elements in series and in parallel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from eisfit.base.errors import ModelError
from eisfit.circuit.element_kind import ElementKind
from eisfit.circuit.elements import ELEMENTS


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its symbol, and a label such as ``"_bulk"`` or ``"1"``.

    Parameters
    ----------
    symbol, label : str
    user_defined : ElementKind, optional
        What it is, where it is not in the table of elements.
    """

    symbol: str
    label: str = ""
    user_defined: ElementKind | None = None

    @property
    def name(self) -> str:
        """Symbol and label together, such as ``"R_bulk"`` or ``"Q1"``."""
        return self.symbol + self.label

    @property
    def kind(self) -> ElementKind:
        """What it is: formula, derivatives, parameters."""
        return self.user_defined or ELEMENTS[self.symbol]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of its parameters: ``R_bulk``; ``Q_bulk, n_bulk``; ``Wo_film_R, Wo_film_tau``."""
        kinds = self.kind.parameters
        if self.symbol == kinds[0].symbol:
            return tuple(kind.symbol + self.label for kind in kinds)
        return tuple(f"{self.name}_{kind.symbol}" for kind in kinds)


@dataclass(frozen=True, slots=True)
class Series:
    """Parts one after the other: impedances add."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """Parts side by side: admittances add."""

    parts: tuple[Node, ...]


Node: TypeAlias = Element | Series | Parallel
Connection: TypeAlias = type[Series] | type[Parallel]


def elements_of(node: Node) -> Iterator[Element]:
    """Yield the elements of `node` in their order of appearance."""
    if isinstance(node, Element):
        yield node
    else:
        for part in node.parts:
            yield from elements_of(part)


def replace_elements(node: Node, change: Callable[[Element], Node]) -> Node:
    """Return `node` with every element replaced by ``change(element)``, flattened."""
    if isinstance(node, Element):
        return change(node)
    return join_parts(type(node), [replace_elements(part, change) for part in node.parts])


def join_parts(kind: Connection, parts: list[Node]) -> Node:
    """Return `parts` in series or in parallel; nested ones of the same kind are merged."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else [part])
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def move_into_series(node: Node) -> Node:
    """Return `node` with what lies nested beside a capacitance taken out into series.

    ``Q | (R + W)`` becomes ``(Q | R) + W``: nearly the same impedance where the time constants are
    far apart, and one whose terms can be searched for one by one.
    """
    if isinstance(node, Element):
        return node
    parts = [move_into_series(part) for part in node.parts]
    chains = [part for part in parts if isinstance(part, Series)]
    others = [part for part in parts if not isinstance(part, Series)]
    if isinstance(node, Series) or len(chains) != 1 or len(others) != 1:
        return join_parts(type(node), parts)
    (chain,), (beside,) = chains, others
    first, *rest = chain.parts
    if _symbol(beside) not in {"Q", "C"} or _symbol(first) != "R":
        return join_parts(Parallel, parts)
    return join_parts(Series, [Parallel((beside, first)), *rest])


def _symbol(node: Node) -> str:
    return node.symbol if isinstance(node, Element) else ""


def check_names(node: Node) -> Node:
    """Return `node`, refusing two parameters of one name.

    Raises
    ------
    ModelError
        Naming the element that stands twice.
    """
    names: set[str] = set()
    for element in elements_of(node):
        for name in element.parameter_names:
            if name in names:
                raise ModelError(
                    f"{name!r} occurs twice in the circuit; give each element another name, "
                    f"such as {element.symbol}_bulk or {element.symbol}1"
                )
            names.add(name)
    return node
