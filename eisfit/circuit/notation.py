"""Circuits as text: four notations, to one tree and back.

Native: ``R_series + (R_bulk | Q_bulk) + Q_electrode``; ``+`` is in series, ``|`` in parallel, and
brackets must say which comes first where both meet. impedance.py: ``R0-p(R1,CPE1)-CPE2``.
Boukamp's code, ``R(RQ)Q``, and EC-Lab's, ``R1+Q1/R2+Q3``, have a module each.

Which of them a text is in, its signs tell:

* with ``/``: EC-Lab's;
* with ``+``, ``-``, ``|``, ``,`` or ``p(``: native or impedance.py's, which mix; EC-Lab's where
  there is no sign but + and brackets, and an element that EC-Lab alone has, such as ``R1+M2``;
* with brackets and none of these: Boukamp's;
* a single word: an element of that name, ``R_bulk``, ``Wo``, ``Wd2``, where there is one; else,
  in capitals, Boukamp's (``RQ`` is R1 + Q1). ``R1C1`` could be both, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.boukamp import (
    check_depth,
    check_labels,
    circuit_error,
    read_boukamp,
    shorten,
)
from eisfit.circuit.custom import by_symbol, installed_elements, plugin_errors
from eisfit.circuit.ec_lab import SYMBOLS, read_ec_lab
from eisfit.circuit.element_kind import ElementKind
from eisfit.circuit.elements import ALIASES, ELEMENTS
from eisfit.circuit.tree import (
    Element,
    Node,
    Parallel,
    Series,
    check_names,
    elements_of,
    join_parts,
)

_TOKEN = re.compile(r"\s*(?:(p\()|([A-Za-z][A-Za-z0-9_]*)|([-+|,()]))")
_NAME = re.compile(r"([A-Za-z]+?)(_[A-Za-z0-9_]+|\d+[A-Za-z0-9_]*)?")
_EC_LAB_NAME = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(sorted(SYMBOLS))})[0-9]*(?![A-Za-z0-9_])")
_BOUKAMP_WORD = re.compile(r"(?:[RCLQWOTG][0-9]*)+")
_LETTER = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    place: int


def parse(text: str, elements: Iterable[ElementKind] = ()) -> Node:
    """Return the tree of a circuit's text, in whichever of the four notations it is.

    Parameters
    ----------
    text : str
    elements : iterable of ElementKind
        Elements of one's own that `text` may name, as `eisfit.circuit.custom.element` makes them.

    Raises
    ------
    ModelError
        With the place and, for an unknown element, the nearest right name.

    Examples
    --------
    >>> to_native(parse("R0-p(R1,CPE1)-CPE2"))
    'R0 + (R1 | Q1) + Q2'
    >>> parse("R(RQ)Q") == parse("R1 + (R2 | Q1) + Q2") == parse("R1+R2/Q1+Q2")
    True
    >>> parse("R + R | Q")
    Traceback (most recent call last):
    eisfit.ModelError: 'R + R | Q' mixes + and | (at place 7); set brackets ...
    """
    own = by_symbol(elements)
    read = _other_notation(text, own)
    if read is not None:
        return check_names(read(text, own))
    node = parse_free(text, elements=own.values())
    names = [token.place for token in _tokens(text) if token.text[0].isalpha()]
    places = [place for place in names if not text.startswith("p(", place)]
    check_labels(text, list(elements_of(node)), places)
    return check_names(node)


def _other_notation(
    text: str, own: Collection[str]
) -> Callable[[str, Collection[str]], Node] | None:
    """Return what reads `text`, or nothing where it is in the native notation or impedance.py's."""
    if "/" in text:
        return read_ec_lab
    only_plus = not any(sign in text for sign in ("-", "|", ",", "p("))
    if only_plus and any(not _is_own(name[1], own) for name in _EC_LAB_NAME.finditer(text)):
        return read_ec_lab
    if not only_plus or "+" in text:
        return None
    if any(sign in text for sign in "()[]"):
        return read_boukamp
    return read_boukamp if _is_boukamp_word(text.strip(), own) else None


def _is_boukamp_word(word: str, own: Collection[str]) -> bool:
    """Tell whether a single word is in Boukamp's code, refusing one that could be either."""
    match = _NAME.fullmatch(word)
    if match is None or not _BOUKAMP_WORD.fullmatch(word):
        return False
    if match[1] not in ELEMENTS and not _is_own(match[1], own):
        return True
    if len(_LETTER.findall(word)) > len(match[1]):
        label = shorten(match[2])
        raise circuit_error(
            word,
            f"this is {match[1]} with the label {label!r}, or several elements in Boukamp's "
            f"code; write {match[1]}_{label}, or + between the elements",
        )
    return False


def _is_own(symbol: str, own: Collection[str]) -> bool:
    return symbol in own or symbol in installed_elements()


def parse_free(
    text: str,
    atoms: Mapping[str, Node] = MappingProxyType({}),
    elements: Iterable[ElementKind] = (),
) -> Node:
    """Return the tree of `text`, with names in `atoms` replaced; names may stand twice.

    Raises
    ------
    ModelError
        As `parse`.
    """
    if not text.strip():
        raise ModelError("the circuit is empty; write one such as 'R0 + (R1 | Q1)'")
    check_depth(text)
    parser = _Parser(shorten(text), tuple(_tokens(text)), atoms, by_symbol(elements))
    node = parser.expression()
    rest = parser.peek()
    if rest is not None:
        raise parser.error(rest, "an operator is missing before" if rest.text not in ")," else
                           "there is a bracket or comma too many:")  # fmt: skip
    return node


def _tokens(text: str) -> list[_Token]:
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            place = end - len(text[place:end].lstrip())
            raise circuit_error(text, f"{text[place]!r} at place {place + 1} means nothing here")
        tokens.append(_Token(match[match.lastindex or 0], match.start(match.lastindex or 0)))
        place = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens of one circuit."""

    def __init__(
        self,
        text: str,
        tokens: tuple[_Token, ...],
        atoms: Mapping[str, Node],
        own: Mapping[str, ElementKind],
    ) -> None:
        self.text = text
        self.atoms = atoms
        self.own = own
        self.tokens = tokens
        self.i = 0

    def peek(self) -> _Token | None:
        return self.tokens[self.i] if self.i < len(self.tokens) else None

    def error(self, token: _Token | None, what: str) -> ModelError:
        place = f"{shorten(token.text)!r} at place {token.place + 1}" if token else "the end"
        return ModelError(f"{self.text!r}: {what} {place}")

    def expression(self) -> Node:
        """Read parts joined by one kind of operator."""
        parts = [self.part()]
        operator = ""
        while (token := self.peek()) is not None and token.text in {"+", "-", "|"}:
            kind = "|" if token.text == "|" else "+"
            if operator and kind != operator:
                raise ModelError(
                    f"{self.text!r} mixes + and | (at place {token.place + 1}); "
                    "set brackets around one of them"
                )
            operator = kind
            self.i += 1
            parts.append(self.part())
        return join_parts(Parallel if operator == "|" else Series, parts)

    def part(self) -> Node:
        """Read an element, a bracket, or impedance.py's p(…, …)."""
        token = self.peek()
        if token is None or token.text in {"+", "-", "|", ",", ")"}:
            raise self.error(token, "an element is missing before")
        self.i += 1
        if token.text == "(":
            node = self.expression()
            self.close(token)
            return node
        if token.text == "p(":
            branches = [self.expression()]
            while (comma := self.peek()) is not None and comma.text == ",":
                self.i += 1
                branches.append(self.expression())
            self.close(token)
            if len(branches) < 2:
                raise self.error(token, "p(…) needs two branches or more, with commas, at")
            return join_parts(Parallel, branches)
        return self.element(token)

    def close(self, opened: _Token) -> None:
        token = self.peek()
        if token is None or token.text != ")":
            raise self.error(opened, "the bracket is not closed that opens with")
        self.i += 1

    def element(self, token: _Token) -> Node:
        if token.text in self.atoms:
            return self.atoms[token.text]
        match = _NAME.fullmatch(token.text)
        symbol, label = (match[1], match[2] or "") if match else (token.text, "")
        known = ALIASES.get(symbol, symbol)
        if known in ELEMENTS:
            return Element(known, label)
        own = self.own if symbol in self.own else {**installed_elements(), **self.own}
        if symbol in own:
            return Element(symbol, label, own[symbol])
        names = [*self.atoms, *ELEMENTS, *ALIASES, *own]
        text = (
            f"{self.text!r}: no element {shorten(symbol)!r} (at place {token.place + 1})"
            f"{did_you_mean(symbol, names)} (known are {', '.join(names)})"
        )
        raise ModelError("; ".join([text, *plugin_errors()]))


def to_native(node: Node) -> str:
    """Return `node` in the native notation."""
    if isinstance(node, Element):
        return node.name
    texts = [f"({to_native(p)})" if not isinstance(p, Element) else p.name for p in node.parts]
    return (" + " if isinstance(node, Series) else " | ").join(texts)


def to_impedance_py(node: Node) -> str:
    """Return `node` as impedance.py writes it; labels become numbers where they are words.

    Examples
    --------
    >>> to_impedance_py(parse("R_series + (R_bulk | Q_bulk)"))
    'R0-p(R1,CPE0)'
    """
    counts: dict[str, int] = {}

    def write(part: Node) -> str:
        if isinstance(part, Element):
            symbol = "CPE" if part.symbol == "Q" else part.symbol
            number = counts.get(symbol, 0)
            counts[symbol] = number + 1
            return f"{symbol}{number}"
        texts = [write(p) for p in part.parts]
        return "-".join(texts) if isinstance(part, Series) else f"p({','.join(texts)})"

    return write(node)
