"""Circuits as text: four notations, to one tree and back.

Native: ``R_series + (R_bulk | Q_bulk) + Q_electrode``; ``+`` is in series, ``|`` in parallel, and
brackets must say which comes first where both meet. impedance.py: ``R0-p(R1,CPE1)-CPE2``.
Boukamp's code, ``R(RQ)Q``, and EC-Lab's, ``R1+Q1/R2+Q3``, have a module each.

The signs of a text decide which notation it is in:

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
from types import MappingProxyType

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.boukamp import read_boukamp
from eisfit.circuit.custom import by_symbol, installed_elements, is_user_defined, plugin_errors
from eisfit.circuit.ec_lab import SYMBOLS, read_ec_lab
from eisfit.circuit.element_kind import ElementKind
from eisfit.circuit.elements import ALIASES, ELEMENTS
from eisfit.circuit.parsing import (
    InfixParser,
    Token,
    check_brackets,
    check_labels,
    circuit_error,
    shorten,
    tokenize,
)
from eisfit.circuit.tree import (
    Connection,
    Element,
    Node,
    Parallel,
    Series,
    check_names,
    elements_of,
)

_OPERATORS: Mapping[str, Connection] = {"+": Series, "-": Series, "|": Parallel}
_TOKEN = re.compile(r"\s*(?:(p\(|[-+|,()])|([A-Za-z][A-Za-z0-9_]*)())")
_NAME = re.compile(r"([A-Za-z]+?)(_[A-Za-z0-9_]+|\d+[A-Za-z0-9_]*)?")
_EC_LAB_NAME = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(sorted(SYMBOLS))})[0-9]*(?![A-Za-z0-9_])")
_BOUKAMP_WORD = re.compile(r"(?:[RCLQWOTG][0-9]*)+")
_LETTER = re.compile(r"[A-Z]")


def parse(text: str, *, elements: Iterable[ElementKind] = ()) -> Node:
    """Return the tree of a circuit's text, in whichever of the four notations it is.

    Parameters
    ----------
    text : str
    elements : iterable of ElementKind
        User-defined elements that `text` may name, as `eisfit.circuit.custom.element` makes them.

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
    user_defined = by_symbol(elements)
    read = _other_notation(text, user_defined)
    if read is not None:
        return check_names(read(text, user_defined))
    node = parse_free(text, elements=user_defined.values())
    places = [token.place for token in tokenize(text, _TOKEN) if token.is_name]
    check_labels(text, list(elements_of(node)), places)
    return check_names(node)


def _other_notation(
    text: str, user_defined: Collection[str]
) -> Callable[[str, Collection[str]], Node] | None:
    """Return what reads `text`, or nothing where it is in the native notation or impedance.py's."""
    if "/" in text:
        return read_ec_lab
    only_plus = not any(sign in text for sign in ("-", "|", ",", "p("))
    names = _EC_LAB_NAME.finditer(text) if only_plus else ()
    if any(not is_user_defined(name[1], user_defined) for name in names):
        return read_ec_lab
    if not only_plus or "+" in text:
        return None
    if any(sign in text for sign in "()[]"):
        return read_boukamp
    return read_boukamp if _is_boukamp_word(text.strip(), user_defined) else None


def _is_boukamp_word(word: str, user_defined: Collection[str]) -> bool:
    """Tell whether a single word is in Boukamp's code, refusing one that could be either."""
    match = _NAME.fullmatch(word)
    if match is None or not _BOUKAMP_WORD.fullmatch(word):
        return False
    if match[1] not in ELEMENTS and not is_user_defined(match[1], user_defined):
        return True
    if len(_LETTER.findall(word)) > len(match[1]):
        label = shorten(match[2])
        raise circuit_error(
            word,
            f"this is {match[1]} with the label {label!r}, or several elements in Boukamp's "
            f"code; write {match[1]}_{label}, or + between the elements",
        )
    return False


def parse_free(
    text: str,
    *,
    atoms: Mapping[str, Node] = MappingProxyType({}),
    elements: Iterable[ElementKind] = (),
) -> Node:
    """Return the tree of `text`, with names in `atoms` replaced; names may stand twice.

    Raises
    ------
    ModelError
        As `parse`.
    """
    user_defined = by_symbol(elements)

    def element(token: Token) -> Node:
        if token.text in atoms:
            return atoms[token.text]
        match = _NAME.fullmatch(token.text)
        symbol, label = (match[1], match[2] or "") if match else (token.text, "")
        known = ALIASES.get(symbol, symbol)
        if known in ELEMENTS:
            return Element(known, label)
        if symbol in user_defined:
            return Element(symbol, label, user_defined[symbol])
        more = {**installed_elements(), **user_defined}
        if symbol in more:
            return Element(symbol, label, more[symbol])
        names = [*atoms, *ELEMENTS, *ALIASES, *more]
        error = circuit_error(
            text,
            f"no element {shorten(symbol)!r} (at place {token.place + 1})"
            f"{did_you_mean(symbol, names)} (known are {', '.join(names)})",
        )
        raise ModelError("; ".join([str(error), *plugin_errors()]))

    tokens = tokenize(text, _TOKEN)
    check_brackets(text)
    return InfixParser(text, tokens, _OPERATORS, element, can_mix=False).parse()


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
