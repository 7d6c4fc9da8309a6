"""The drawing of a circuit: the places of its parts, and the parts with their processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from eisfit.base.words import process_words
from eisfit.circuit.models import Model
from eisfit.circuit.tree import Element, Node, Parallel, elements_of
from eisfit.plots.axes import size_of
from eisfit.plots.panel import subscript
from eisfit.plots.style import GREY, INK, ONE_COLUMN, colour_of, empty_figure, style

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
    """The size of a part about its wire: its width, and how far it reaches up and down."""

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
    """Return the parts of a model's circuit in series, each with its size.

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
    whole = _place(model.tree, owners, owners)
    return whole.parts if isinstance(whole, Row) else (whole,)


def break_into_rows(parts: tuple[Part, ...], width: float) -> tuple[Row, ...]:
    """Return the parts in as many rows as a page of `width` needs; a wide part has one row."""
    rows: list[list[Part]] = [[]]
    for part in parts:
        if rows[-1] and sum(p.box.width for p in rows[-1]) + part.box.width > width:
            rows.append([])
        rows[-1].append(part)
    return tuple(_row(tuple(row)) for row in rows)


def _place(node: Node, owners: Mapping[str, str], every: Mapping[str, str]) -> Part:
    """Return the part of a node; `owners` are the processes that are not yet drawn around it."""
    if isinstance(node, Element):
        leaf = _leaf(node, every.get(node.name))
        return _group(owners[node.name], leaf) if node.name in owners else leaf
    parts = [_place(part, _inner_owners(part, node, owners), every) for part in node.parts]
    shared = [n for n in dict.fromkeys(owners.values()) if len(_branches(n, node, owners)) > 1]
    if isinstance(node, Parallel):
        part: Part = _stack(tuple(parts))
        for name in shared:
            part = _group(name, part)
        return part
    spans = sorted((_branches(name, node, owners), name) for name in shared)
    return _row(_group_spans(parts, [(b[0], b[-1], name) for b, name in spans]))


def _branches(name: str, node: Node, owners: Mapping[str, str]) -> list[int]:
    """Return which parts of `node` hold elements of a process."""
    parts = () if isinstance(node, Element) else node.parts
    return [
        i for i, part in enumerate(parts)
        if any(owners.get(element.name) == name for element in elements_of(part))
    ]  # fmt: skip


def _inner_owners(part: Node, node: Node, owners: Mapping[str, str]) -> dict[str, str]:
    """Return the owners of elements within `part`, less the processes that `node` itself holds."""
    inner = {element.name for element in elements_of(part)}
    return {
        element: name for element, name in owners.items()
        if element in inner and len(_branches(name, node, owners)) < 2
    }  # fmt: skip


def _group_spans(parts: list[Part], spans: list[tuple[int, int, str]]) -> tuple[Part, ...]:
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
    text = element.symbol if owner and element.label == f"_{owner}" else _label_of(element)
    return Leaf(element, text, Box(max(LEAF, 0.3 + _LETTER * len(text)), _REACH, _BENEATH))


def _label_of(element: Element) -> str:
    """Return symbol and label: R₁, R bulk."""
    return f"{element.symbol}{subscript(element.label)}".replace("_", " ")


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
    width = max(part.box.width, _LETTER * len(process_words(name))) + 2 * _PAD
    return Group(name, part, Box(width, part.box.up + _PAD, part.box.down + _PAD + LABEL))


_INCH = 0.36
"""Length of a unit, the body of a resistor; less where a single term is wider than the page."""

_MARGIN = 0.3  # units about the drawing
_GAP = 0.45  # units between two rows
_SYMBOLS = {"R": "ResistorIEEE", "C": "Capacitor", "L": "Inductor", "Q": "CPE"}
_LINE = 0.9  # pt
_IN_A_BOX = 4  # letters that fit into a box
_FONT = "DejaVu Sans"


def circuit(model: Model, *, ax: Axes) -> Axes:
    """Draw the circuit of a model: series left to right, parallels one above the other.

    Resistors, capacitors, inductors and constant phase elements (two bent plates) have their
    symbols; every other element is a box with its symbol, which a line beneath explains. What
    belongs to one process is shaded in its colour, with its name beneath.

    Parameters
    ----------
    model : Model
        From the library, or of a circuit's text.
    ax : Axes
        Its frame is hidden. A circuit wider than it goes on in further rows; `circuit_height`
        returns how high it must be.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from eisfit.circuit.models import load_model
    >>> from eisfit.plots.style import new_figure, style
    >>> model = load_model("randles")
    >>> with style():
    ...     figure, ax = new_figure(3.35, circuit_height(model, 3.35))
    ...     ax = circuit(model, ax=ax)
    >>> "charge transfer" in [text.get_text() for text in ax.texts]
    True
    """
    import schemdraw  # an import of 0.5 s that few need
    from schemdraw import elements as symbols

    width, height = size_of(ax)
    rows, scale = _rows(model, width)
    ax.set_axis_off()
    ax.set_aspect("equal", adjustable="box")
    pen = _Pen(schemdraw.Drawing(canvas=ax, show=False), symbols, ax, list(model.processes))
    pen.drawing.config(lw=_LINE, color=INK, fontsize=7.0, font=_FONT)
    bottom = _draw_rows(rows, pen)
    pen.drawing.draw(show=False)
    legend = _legend(model)
    if legend:
        ax.text(0.0, bottom - 0.1, legend, fontsize=6, color=GREY, va="top", gid="legend",
                linespacing=1.25)  # fmt: skip
    widest = max(row.box.width for row in rows)
    middle = widest / 2
    ax.set_xlim(middle - width / scale / 2, middle + width / scale / 2)
    top = _MARGIN + rows[0].box.up
    total = _height(model, rows)
    spare = height / scale - total
    ax.set_ylim(top - total - spare / 2, top + spare / 2)
    return ax


def circuit_height(model: Model, width: float) -> float:
    """Return the height in inch of Axes of `width` inch in which a `circuit` fits."""
    rows, scale = _rows(model, width)
    return scale * _height(model, rows)


def circuit_figure(model: Model, width: float = ONE_COLUMN) -> Figure:
    """Return the drawing of a model's circuit, as high as it needs to be.

    Parameters
    ----------
    model : Model
    width : float
        inch; `ONE_COLUMN` or `TWO_COLUMNS`.
    """
    with style():
        figure = empty_figure(width, circuit_height(model, width))
        circuit(model, ax=figure.add_axes((0.0, 0.0, 1.0, 1.0)))
    return figure


class _Pen:
    """What the parts are drawn with."""

    __slots__ = ("ax", "drawing", "order", "symbols")

    def __init__(self, drawing: Any, symbols: Any, ax: Axes, order: list[str]) -> None:
        self.drawing, self.symbols, self.ax, self.order = drawing, symbols, ax, order

    def wire(self, *places: tuple[float, float]) -> None:
        """Draw a wire from place to place."""
        for start, end in pairwise(places):
            if start != end:
                self.drawing.add(self.symbols.Line().at(start).to(end))


def _rows(model: Model, width: float) -> tuple[tuple[Row, ...], float]:
    """Return the rows on a page of `width` inch, and the inches of one unit."""
    rows = break_into_rows(layout(model), width / _INCH - 2 * _MARGIN)
    widest = max(row.box.width for row in rows) + 2 * _MARGIN
    return rows, min(_INCH, width / widest)


def _height(model: Model, rows: tuple[Row, ...]) -> float:
    drawing = sum(row.box.up + row.box.down for row in rows) + _GAP * (len(rows) - 1)
    legend = _legend(model)
    return drawing + 2 * _MARGIN + (0.1 + 0.36 * len(legend.splitlines()) if legend else 0.0)


def _legend(model: Model) -> str:
    """Return what each kind of box means, one line for each."""
    kinds = {e.symbol: e.kind.title for e in elements_of(model.tree) if e.symbol not in _SYMBOLS}
    return "\n".join(f"{symbol}: {title}" for symbol, title in kinds.items())


def _draw_rows(rows: tuple[Row, ...], pen: _Pen) -> float:
    """Draw the rows, the end of each joined to the start of the next; return the lower edge."""
    y = 0.0
    before = 0.0
    for i, row in enumerate(rows):
        if i:
            lower = y - rows[i - 1].box.down - _GAP / 2
            next_y = y - rows[i - 1].box.down - _GAP - row.box.up
            pen.wire((before, y), (before + 0.15, y), (before + 0.15, lower), (-0.15, lower),
                     (-0.15, next_y), (0.0, next_y))  # fmt: skip
            y = next_y
        _draw(row, 0.0, y, pen)
        before = row.box.width
    for place in ((-0.0, 0.0), (before, y)):
        pen.drawing.add(pen.symbols.Dot(open=True, radius=0.055).at(place))
    return y - rows[-1].box.down


def _draw(part: Part, x: float, y: float, pen: _Pen) -> None:
    """Draw a part whose wire starts at x, y."""
    if isinstance(part, Leaf):
        _draw_leaf(part, x, y, pen)
    elif isinstance(part, Row):
        for inner in part.parts:
            _draw(inner, x, y, pen)
            x += inner.box.width
    elif isinstance(part, Stack):
        _draw_stack(part, x, y, pen)
    else:
        _draw_group(part, x, y, pen)


def _draw_leaf(leaf: Leaf, x: float, y: float, pen: _Pen) -> None:
    symbol = _SYMBOLS.get(leaf.element.symbol)
    kind = getattr(pen.symbols, symbol or "ResistorIEC")
    pen.drawing.add(kind().at((x, y)).to((x + leaf.box.width, y)))
    inside = not symbol and len(leaf.text) <= _IN_A_BOX
    pen.ax.text(x + leaf.box.width / 2, y if inside else y + 0.34, leaf.text, ha="center",
                va="center_baseline" if inside else "bottom", fontsize=6.5, color=INK,
                gid=f"element {leaf.element.name}")  # fmt: skip


def _draw_stack(stack: Stack, x: float, y: float, pen: _Pen) -> None:
    left, right = x + RAIL, x + stack.box.width - RAIL
    pen.wire((x, y), (left, y))
    pen.wire((right, y), (x + stack.box.width, y))
    for end in (left, right):
        pen.wire((end, y + stack.offsets[0]), (end, y + stack.offsets[-1]))
    for inner, offset in zip(stack.parts, stack.offsets, strict=True):
        spare = (right - left - inner.box.width) / 2
        pen.wire((left, y + offset), (left + spare, y + offset))
        pen.wire((right - spare, y + offset), (right, y + offset))
        _draw(inner, left + spare, y + offset, pen)


def _draw_group(group: Group, x: float, y: float, pen: _Pen) -> None:
    """Draw a process with its shade, and its name beneath."""
    spare = (group.box.width - group.part.box.width) / 2
    pen.wire((x, y), (x + spare, y))
    pen.wire((x + group.box.width - spare, y), (x + group.box.width, y))
    _draw(group.part, x + spare, y, pen)
    colour = colour_of(group.name, pen.order) if group.name != "lead" else GREY
    low, high = y - group.box.down, y + group.box.up
    pen.ax.add_patch(FancyBboxPatch(
        (x + 0.05, low + 0.03), group.box.width - 0.1, high - low - 0.06, fc=colour, ec="none",
        boxstyle="round,pad=0,rounding_size=0.1", alpha=0.16, zorder=0.5, gid=f"shade {group.name}",
    ))  # fmt: skip
    middle = x + group.box.width / 2
    pen.ax.text(middle, low + 0.05 + LABEL / 2, process_words(group.name), ha="center", va="center",
                fontsize=6.5, color=INK, gid=f"name {group.name}")  # fmt: skip
