"""What the readers of all notations share: tokens, checks, and circuits written with operators."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.custom import is_user_defined
from eisfit.circuit.elements import ALIASES, ELEMENTS
from eisfit.circuit.tree import Connection, Element, Node, Parallel, Series, join_parts

MAX_DEPTH = 100
"""So many brackets may stand within each other."""
_LONGEST = 60


def shorten(text: str) -> str:
    """Return `text` as messages show it, its end left out where it is very long."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def circuit_error(text: str, what: str) -> ModelError:
    """Return the error of a circuit's text, with the text in front."""
    return ModelError(f"{shorten(text)!r}: {what}")


class Token(NamedTuple):
    """A sign, or the symbol and number of an element; `place` counts from 0."""

    text: str
    is_name: bool
    number: str
    place: int


def tokenize(text: str, pattern: re.Pattern[str], where: str = "here") -> list[Token]:
    """Return the tokens of `text`, each a sign, or a symbol and a number.

    Parameters
    ----------
    text : str
    pattern : re.Pattern
        Of one token after white space, in three groups: sign, symbol, number.
    where : str
        Ends the sentence on a sign that "is not understood".

    Raises
    ------
    ModelError
        Where the text is empty, a sign has no meaning, or brackets are nested too deeply.
    """
    if not text.strip():
        raise ModelError("the circuit is empty; write one such as 'R0 + (R1 | Q1)'")
    _check_depth(text)
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = pattern.match(text, place)
        if match is None:
            place = end - len(text[place:end].lstrip())
            what = f"{text[place]!r} at place {place + 1} is not understood {where}"
            raise circuit_error(text, what)
        group = 1 if match[1] else 2
        tokens.append(Token(match[group], group == 2, match[3] or "", match.start(group)))
        place = match.end()
    return tokens


def _check_depth(text: str) -> None:
    """Refuse brackets nested without end, with the place in the message."""
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth > MAX_DEPTH:
            raise circuit_error(
                text, f"the bracket at place {i + 1} lies within {MAX_DEPTH} other brackets"
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
                raise circuit_error(text, f"{where} has no opening bracket")
            start, place = opened.pop()
            if start + sign not in {"()", "[]"}:
                raise circuit_error(text, f"{place} is closed by {where}")
    if opened:
        raise circuit_error(text, f"{opened[-1][1]} is not closed")


def bracket_error(text: str, opened: Token, *, parts: int) -> ModelError:
    """Return the error of a bracket that holds no part, or a single one."""
    what = "holds only one element; remove the bracket, or add an element" if parts else "is empty"
    return circuit_error(text, f"the bracket at place {opened.place + 1} {what}")


def check_labels(text: str, elements: Sequence[Element], places: Sequence[int]) -> None:
    """Refuse two elements of one name, with the place of the second in the message."""
    names: set[str] = set()
    for element, place in zip(elements, places, strict=True):
        if element.name in names:
            every = {e.name for e in elements}
            free = next(n for n in count(1) if f"{element.symbol}{n}" not in every)
            raise circuit_error(
                text,
                f"{element.name!r} occurs twice in the circuit, again at place {place + 1}; "
                f"give each element its own name, such as {element.symbol}{free}",
            )
        names.add(element.name)


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
        return tokenize(
            text, self.pattern, f"in {self.name}, the notation for {self.recognised_by}"
        )

    def elements(
        self, text: str, tokens: Sequence[Token], user_defined: Collection[str]
    ) -> list[Element]:
        """Return the elements among `tokens`, each known, numbered and of another name."""
        names = [token for token in tokens if token.is_name]
        elements = number_elements([self._element(text, name, user_defined) for name in names])
        check_labels(text, elements, [name.place for name in names])
        return elements

    def symbol(self, element: Element) -> str:
        """Return what an element is called in this notation, refusing one without a name."""
        for foreign, native in self.symbols.items():
            if element.user_defined is None and element.symbol == native:
                return foreign
        what = f"{element.name!r} ({element.kind.title}) cannot be written in "
        raise ModelError(f"{what}{self.name}, which has {', '.join(self.symbols)} only")

    def _element(self, text: str, token: Token, user_defined: Collection[str]) -> Element:
        symbol, where = token.text, f"at place {token.place + 1}"
        if symbol not in ELEMENTS and is_user_defined(symbol, user_defined):
            raise circuit_error(
                text,
                f"{symbol!r} {where} is a user-defined element, which {self.name} does not have; "
                "write the circuit with + and |",
            )
        if symbol in self.symbols:
            return Element(self.symbols[symbol], token.number)
        if symbol in self.unsupported:
            raise circuit_error(text, f"{symbol!r} {where} is {self.unsupported[symbol]}")
        near = did_you_mean(self._nearest(symbol), self.symbols)
        raise circuit_error(
            text,
            f"no element {shorten(symbol)!r} ({where}){near} ({self.name}, the notation for "
            f"{self.recognised_by}, has {', '.join(self.symbols)})",
        )

    def _nearest(self, symbol: str) -> str:
        """Return the notation's symbol where `symbol` is ours, or in the other case."""
        named = ALIASES.get(symbol, symbol)
        for foreign, native in self.symbols.items():
            if named == native or symbol.lower() == foreign.lower():
                return foreign
        return symbol


@dataclass(slots=True)
class InfixParser:
    """Recursive descent over the tokens of a circuit with operators, whose brackets match.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
    operators : mapping of str to type
        Series or Parallel, by sign.
    element : callable
        Returns the node of a name.
    can_mix : bool
        Whether both kinds of operator may stand in one bracket; parallel ones then bind tighter.
    """

    text: str
    tokens: Sequence[Token]
    operators: Mapping[str, Connection]
    element: Callable[[Token], Node]
    can_mix: bool
    i: int = 0

    def parse(self) -> Node:
        """Return the tree of the whole text."""
        node = self._expression()
        if self._next() is not None:
            raise self._missing_operator()
        return node

    def _expression(self) -> Node:
        """Read parts and the operators between them."""
        terms, first = [[self._part()]], None
        while (token := self._next()) and (kind := self.operators.get(token.text)):
            first = first or kind
            if kind is not first and not self.can_mix:
                raise ModelError(
                    f"{shorten(self.text)!r} mixes + and | (at place {token.place + 1}); "
                    "set brackets around one of them"
                )
            self.i += 1
            if kind is Series:
                terms.append([])
            terms[-1].append(self._part())
        return join_parts(Series, [join_parts(Parallel, term) for term in terms])

    def _part(self) -> Node:
        """Read an element, a bracket, or impedance.py's p(…, …)."""
        opened = self._next()
        if opened is None or opened.text in self.operators or opened.text in {",", ")"}:
            raise self._error("an element is missing before", opened)
        self.i += 1
        if opened.is_name:
            return self.element(opened)
        if self._is_next(")"):
            raise bracket_error(self.text, opened, parts=0)
        branches = [self._expression()]
        while opened.text == "p(" and self._is_next(","):
            self.i += 1
            branches.append(self._expression())
        if not self._is_next(")"):
            raise self._missing_operator()
        self.i += 1
        if opened.text == "p(" and len(branches) < 2:
            raise self._error("p(…) needs two branches or more, with commas, at", opened)
        return join_parts(Parallel, branches)

    def _next(self) -> Token | None:
        return self.tokens[self.i] if self.i < len(self.tokens) else None

    def _is_next(self, sign: str) -> bool:
        token = self._next()
        return token is not None and token.text == sign

    def _missing_operator(self) -> ModelError:
        what = (
            "only p(…) takes a comma, not"
            if self._is_next(",")
            else "an operator is missing before"
        )
        return self._error(what, self._next())

    def _error(self, what: str, token: Token | None) -> ModelError:
        place = f"{shorten(token.text)!r} at place {token.place + 1}" if token else "the end"
        return circuit_error(self.text, f"{what} {place}")
