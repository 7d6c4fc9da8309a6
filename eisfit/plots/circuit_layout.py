"""Where the parts of a drawn circuit stand: series left to right, parallels one above the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from eisfit.circuit.models import Model
from eisfit.circuit.tree import Element, Node, Parallel, elements_of
from eisfit.plots.style import in_words

LEAF = 1.7
"""Width of one element with its leads, in units of a resistor's body."""

RAIL = 0.35
"""Length of the wires that join the branches of a parallel, on each side."""

LABEL = 0.42
"""Height of a line of text."""

_REACH = 0.68
"""How far an element and its label reach above its wire."""

_BENEATH = 0.36
_PAD = 0.1
_LETTER = 0.155
"""Width of a letter of a process' name."""


@dataclass(frozen=True, slots=True)
class Box:
    """The room of a part about its wire: its width, and how far it reaches up and down."""

    width: float
    up: float
    down: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """One element."""

    element: Element
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Row:
    """Parts from left to right."""

    parts: tuple[Part, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Stack:
    """Parts from top to bottom between two rails; `offsets` are the heights of their wires."""

    parts: tuple[Part, ...]
    offsets: tuple[float, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Group:
    """A part that is one process, with its name beneath."""

    name: str
    part: Part
    box: Box


Part: TypeAlias = Leaf | Row | Stack | Group


def layout(model: Model) -> tuple[Part, ...]:
    """Return the parts of a model's circuit that stand in series, each with its room.

    Examples
    --------
    >>> from eisfit.circuit.models import load_model
    >>> [part.name for part in layout(load_model("llto_pellet"))]
    ['lead', 'bulk', 'grain_boundary', 'electrode']
    """
    owners = {
        element.name: name
        for name, process in model.processes.items()
        for element in elements_of(process.tree)
    }
    whole = _built(model.tree, owners, owners)
    return whole.parts if isinstance(whole, Row) else (whole,)


def in_rows(parts: tuple[Part, ...], width: float) -> tuple[Row, ...]:
    """Return the parts in as many rows as a page of `width` needs; a wide one has its own."""
    rows: list[list[Part]] = [[]]
    for part in parts:
        if rows[-1] and sum(p.box.width for p in rows[-1]) + part.box.width > width:
            rows.append([])
        rows[-1].append(part)
    return tuple(_row(tuple(row)) for row in rows)


def _built(node: Node, owners: Mapping[str, str], every: Mapping[str, str]) -> Part:
    """Return the part of a node; `owners` are the processes that are not yet drawn around it."""
    if isinstance(node, Element):
        leaf = _leaf(node, every.get(node.name))
        return _group(owners[node.name], leaf) if node.name in owners else leaf
    parts = [_built(part, _without_these(part, node, owners), every) for part in node.parts]
    here = [n for n in dict.fromkeys(owners.values()) if len(_branches(n, node, owners)) > 1]
    if isinstance(node, Parallel):
        part: Part = _stack(tuple(parts))
        for name in here:
            part = _group(name, part)
        return part
    spans = sorted((_branches(name, node, owners), name) for name in here)
    return _row(_grouped(parts, [(b[0], b[-1], name) for b, name in spans]))


def _branches(name: str, node: Node, owners: Mapping[str, str]) -> list[int]:
    """Return which parts of `node` hold elements of a process."""
    parts = () if isinstance(node, Element) else node.parts
    return [
        i for i, part in enumerate(parts)
        if any(owners.get(element.name) == name for element in elements_of(part))
    ]  # fmt: skip


def _without_these(part: Node, node: Node, owners: Mapping[str, str]) -> dict[str, str]:
    """Return the owners of elements within `part`, less the processes that `node` itself holds."""
    own = {element.name for element in elements_of(part)}
    return {
        element: name for element, name in owners.items()
        if element in own and len(_branches(name, node, owners)) < 2
    }  # fmt: skip


def _grouped(parts: list[Part], spans: list[tuple[int, int, str]]) -> tuple[Part, ...]:
    """Return the parts of a series, those from first to last of each span as one group."""
    out: list[Part] = []
    done = 0
    for first, last, name in spans:
        if first < done:  # two processes interleave; the first has the name
            continue
        out += [*parts[done:first], _group(name, _row(tuple(parts[first : last + 1])))]
        done = last + 1
    return (*out, *parts[done:])


def _leaf(element: Element, owner: str | None) -> Leaf:
    text = element.symbol if owner and element.label == f"_{owner}" else _short(element)
    return Leaf(element, text, Box(max(LEAF, 0.3 + _LETTER * len(text)), _REACH, _BENEATH))


def _short(element: Element) -> str:
    """Return symbol and label: R₁, R bulk."""
    label = element.label.translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    return f"{element.symbol}{label}".replace("_", " ")


def _row(parts: tuple[Part, ...]) -> Row:
    up, down = max(p.box.up for p in parts), max(p.box.down for p in parts)
    return Row(parts, Box(sum(p.box.width for p in parts), up, down))


def _stack(parts: tuple[Part, ...]) -> Stack:
    heights = [0.0]
    for above, below in pairwise(parts):
        heights.append(heights[-1] - above.box.down - below.box.up - 0.08)
    middle = heights[-1] / 2
    offsets = tuple(height - middle for height in heights)
    width = max(p.box.width for p in parts) + 2 * RAIL
    return Stack(
        parts, offsets, Box(width, offsets[0] + parts[0].box.up, parts[-1].box.down - offsets[-1])
    )


def _group(name: str, part: Part) -> Group:
    width = max(part.box.width, _LETTER * len(in_words(name))) + 2 * _PAD
    return Group(name, part, Box(width, part.box.up + _PAD, part.box.down + _PAD + LABEL))
