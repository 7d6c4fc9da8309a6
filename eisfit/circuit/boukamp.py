"""Boukamp's circuit description code, as in EQUIVCRT, ZSimpWin and many papers: ``R(RQ)(RQ)Q``.

What stands side by side is in series; within ( ) it is in parallel; within [ ] in ( ) it is in
series again. The older form has round brackets alone, which are parallel and series by turns:
``R(C[R(RQ)])`` and ``R(C(R(RQ)))`` are one circuit. The letters, with Boukamp's admittances:

======  ==============================  ======  ==================================
letter  Boukamp                         here    the same where
======  ==============================  ======  ==================================
R C L                                   R C L
Q       Y = Y0 (jω)^n                   Q       Q = Y0
W       Y = Y0 √(jω)                    W       W = 1/(√2 Y0)
O       Y = Y0 √(jω) coth(B √(jω))      Ws      R = B/Y0, τ = B²; Z goes as tanh
T       Y = Y0 √(jω) tanh(B √(jω))      Wo      R = B/Y0, τ = B²; Z goes as coth
G       Y = Y0 √(k + jω)                G       R = 1/(Y0 √k), τ = 1/k
======  ==============================  ======  ==================================

O and T are named after the admittance, so that O is the transmissive (tanh) and T the reflective
(coth) impedance. Papers leave labels out; elements without one are numbered in their order,
``R1``, ``R2``, ``Q1``.

References
----------
Boukamp, Solid State Ionics 20 (1986) 31, doi:10.1016/0167-2738(86)90031-7.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.custom import installed_elements
from eisfit.circuit.elements import ALIASES, ELEMENTS
from eisfit.circuit.tree import Element, Node, Parallel, Series, join_parts, replace_elements

MAX_DEPTH = 100
"""So many brackets may stand within each other."""
_LONGEST = 60


def shorten(text: str) -> str:
    """Return `text` as messages show it, its end left out where it is very long."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def circuit_error(text: str, what: str) -> ModelError:
    """Return the error that says what is wrong with a circuit's text."""
    return ModelError(f"{shorten(text)!r}: {what}")


def check_depth(text: str) -> None:
    """Refuse brackets nested without end, telling the place."""
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth > MAX_DEPTH:
            raise circuit_error(
                text, f"the bracket at place {i + 1} stands within {MAX_DEPTH} others"
            )


def check_brackets(text: str) -> None:
    """Refuse a bracket that is not closed, closes nothing, or is closed by one of another kind."""
    opened: list[tuple[str, str]] = []
    for i, sign in enumerate(text):
        where = f"{sign!r} at place {i + 1}"
        if sign in "([":
            opened.append((sign, where))
        elif sign in ")]":
            if not opened:
                raise circuit_error(text, f"{where} closes no bracket")
            start, there = opened.pop()
            if start + sign not in {"()", "[]"}:
                raise circuit_error(text, f"{there} is closed by {where}")
    if opened:
        raise circuit_error(text, f"{opened[-1][1]} is not closed")


def check_labels(text: str, elements: Sequence[Element], places: Sequence[int]) -> None:
    """Refuse two elements of one name, telling the place of the second."""
    seen: set[str] = set()
    for element, place in zip(elements, places, strict=True):
        if element.name in seen:
            names = {e.name for e in elements}
            free = next(n for n in count(1) if f"{element.symbol}{n}" not in names)
            raise circuit_error(
                text,
                f"{element.name!r} stands twice in the circuit, again at place {place + 1}; "
                f"give each element a name of its own, such as {element.symbol}{free}",
            )
        seen.add(element.name)


def number_elements(elements: Sequence[Element]) -> list[Element]:
    """Return `elements` with numbers for labels; numbers that they have are kept."""
    taken = {e.name for e in elements if e.label.isdecimal()}
    last: dict[str, int] = {}
    out = []
    for element in elements:
        if not element.label.isdecimal():
            number = last.get(element.symbol, 0) + 1
            while f"{element.symbol}{number}" in taken:
                number += 1
            last[element.symbol] = number
            element = replace(element, label=str(number))
        out.append(element)
    return out


class Token(NamedTuple):
    """A sign, or the symbol and number of an element; `place` counts from 0."""

    text: str
    is_name: bool
    number: str
    place: int


@dataclass(frozen=True, slots=True)
class Notation:
    """The elements as another program calls them.

    Parameters
    ----------
    name, recognised_by : str
        What the notation is called, and how a text is known to be in it.
    pattern : re.Pattern
        A sign, or a symbol and a number: three groups.
    symbols : mapping of str to str
        Its symbols, and ours for the same impedance.
    unsupported : mapping of str to str
        Symbols of elements that there are not here, each with what to do.
    """

    name: str
    recognised_by: str
    pattern: re.Pattern[str]
    symbols: Mapping[str, str]
    unsupported: Mapping[str, str] = field(default_factory=dict)

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of `text`, refusing what has no meaning in the notation."""
        check_depth(text)
        tokens, place, end = [], 0, len(text.rstrip())
        while place < end:
            match = self.pattern.match(text, place)
            if match is None:
                place = end - len(text[place:end].lstrip())
                where = f"{text[place]!r} at place {place + 1}"
                raise circuit_error(
                    text,
                    f"{where} means nothing in {self.name}, as which {self.recognised_by} is read",
                )
            group = 1 if match[1] else 2
            tokens.append(Token(match[group], group == 2, match[3] or "", match.start(group)))
            place = match.end()
        return tokens

    def elements(self, text: str, tokens: Sequence[Token], own: Collection[str]) -> list[Element]:
        """Return the elements among `tokens`, each known, numbered and of its own name."""
        names = [token for token in tokens if token.is_name]
        elements = number_elements([self._element(text, name, own) for name in names])
        check_labels(text, elements, [name.place for name in names])
        return elements

    def symbol(self, element: Element) -> str:
        """Return what an element is called in this notation, refusing one without a name."""
        for theirs, ours in self.symbols.items():
            if element.own is None and element.symbol == ours:
                return theirs
        what = f"{element.name!r} ({element.kind.title}) cannot be written in "
        raise ModelError(f"{what}{self.name}, which has {', '.join(self.symbols)} only")

    def _element(self, text: str, token: Token, own: Collection[str]) -> Element:
        symbol, where = token.text, f"at place {token.place + 1}"
        if symbol not in ELEMENTS and (symbol in own or symbol in installed_elements()):
            raise circuit_error(
                text,
                f"{symbol!r} {where} is an element of one's own, which {self.name} does not have; "
                "write the circuit with + and |",
            )
        if symbol in self.symbols:
            return Element(self.symbols[symbol], token.number)
        if symbol in self.unsupported:
            raise circuit_error(text, f"{symbol!r} {where} is {self.unsupported[symbol]}")
        near = did_you_mean(self._nearest(symbol), self.symbols)
        raise circuit_error(
            text,
            f"no element {shorten(symbol)!r} ({where}){near} ({self.name}, as which "
            f"{self.recognised_by} is read, has {', '.join(self.symbols)})",
        )

    def _nearest(self, symbol: str) -> str:
        """Return the notation's own symbol where `symbol` is ours, or in the other case."""
        named = ALIASES.get(symbol, symbol)
        for theirs, ours in self.symbols.items():
            if named == ours or symbol.lower() == theirs.lower():
                return theirs
        return symbol


_NOTATION = Notation(
    "Boukamp's code",
    "a circuit without +, -, | and /",
    re.compile(r"\s*(?:([()\[\]])|(CPE|[A-Z][a-z]*|[a-z]+)([0-9]*))"),
    {"R": "R", "C": "C", "L": "L", "Q": "Q", "W": "W", "O": "Ws", "T": "Wo", "G": "G"},
)


def read_boukamp(text: str, own: Collection[str] = ()) -> Node:
    """Return the tree of a circuit in Boukamp's code.

    Parameters
    ----------
    text : str
        In capitals, or in small letters throughout.
    own : collection of str
        Symbols of elements of one's own, which are refused.

    Examples
    --------
    >>> from eisfit.circuit.notation import to_native
    >>> to_native(read_boukamp("LR(Q[RW])"))
    'L1 + R1 + (Q1 | (R2 + W1))'
    >>> read_boukamp("R(C[R(RQ)])") == read_boukamp("r(c(r(rq)))")
    True
    """
    capitals = text.upper() if text.isascii() and text.islower() else text
    tokens = _NOTATION.tokens(capitals)
    check_brackets(text)
    if not tokens:
        raise circuit_error(text, "the circuit is empty; write one such as 'R(RQ)'")
    elements = _NOTATION.elements(capitals, tokens, own)
    reader = _Reader(text, iter(tokens), iter(elements))
    return join_parts(Series, reader.parts(Series))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Goes once through tokens whose brackets are known to match."""

    text: str
    tokens: Iterator[Token]
    elements: Iterator[Element]

    def parts(self, kind: type[Series] | type[Parallel]) -> list[Node]:
        """Return what stands up to the closing bracket or the end, in a level of that kind."""
        out: list[Node] = []
        for token in self.tokens:
            if token.text in ")]":
                break
            out.append(next(self.elements) if token.is_name else self.bracket(token, kind))
        return out

    def bracket(self, opened: Token, around: type[Series] | type[Parallel]) -> Node:
        where = f"the bracket at place {opened.place + 1}"
        if opened.text == "(" and around is Parallel and "[" in self.text:
            raise circuit_error(
                self.text,
                f"{where} stands in another of its kind, which means series in the older form, but "
                "there are [ ] for series as well; write [ ] here too",
            )
        kind = Parallel if opened.text == "(" and around is Series else Series
        parts = self.parts(kind)
        if not parts:
            raise circuit_error(self.text, f"{where} is empty")
        if len(parts) == 1 and (opened.text == "(" or isinstance(parts[0], Element)):
            raise circuit_error(
                self.text, f"{where} holds one part alone; leave it out, or add another"
            )
        return join_parts(kind, parts)


def to_boukamp(node: Node) -> str:
    """Return `node` in Boukamp's code, without labels, as papers print it.

    Raises
    ------
    ModelError
        Naming an element that has no letter there.

    Examples
    --------
    >>> from eisfit.circuit.notation import parse
    >>> to_boukamp(parse("R_series + (Q_dl | (R_ct + Ws_film))"))
    'R(Q[RO])'
    """
    flat = replace_elements(node, lambda element: element)
    parts = flat.parts if isinstance(flat, Series) else (flat,)
    return "".join(_write(part) for part in parts)


def _write(node: Node) -> str:
    if isinstance(node, Element):
        return _NOTATION.symbol(node)
    inner = "".join(_write(part) for part in node.parts)
    return f"[{inner}]" if isinstance(node, Series) else f"({inner})"
