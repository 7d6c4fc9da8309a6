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
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from eisfit.circuit.parsing import Notation, Token, bracket_error, check_brackets, circuit_error
from eisfit.circuit.tree import (
    Connection,
    Element,
    Node,
    Parallel,
    Series,
    join_parts,
    replace_elements,
)

_NOTATION = Notation(
    "Boukamp's code",
    "a circuit without +, -, | and /",
    re.compile(r"\s*(?:([()\[\]])|(CPE|[A-Z][a-z]*|[a-z]+)([0-9]*))"),
    {"R": "R", "C": "C", "L": "L", "Q": "Q", "W": "W", "O": "Ws", "T": "Wo", "G": "G"},
)


def read_boukamp(text: str, user_defined: Collection[str] = ()) -> Node:
    """Return the tree of a circuit in Boukamp's code.

    Parameters
    ----------
    text : str
        In capitals, or in small letters throughout.
    user_defined : collection of str
        Symbols of user-defined elements, which are refused.

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
    elements = _NOTATION.elements(capitals, tokens, user_defined)
    reader = _Reader(text, iter(tokens), iter(elements))
    return join_parts(Series, reader.parts(Series))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Goes once through tokens whose brackets are known to match."""

    text: str
    tokens: Iterator[Token]
    elements: Iterator[Element]

    def parts(self, kind: Connection) -> list[Node]:
        """Return what stands up to the closing bracket or the end, in a level of that kind."""
        out: list[Node] = []
        for token in self.tokens:
            if token.text in ")]":
                break
            out.append(next(self.elements) if token.is_name else self.bracket(token, kind))
        return out

    def bracket(self, opened: Token, around: Connection) -> Node:
        if opened.text == "(" and around is Parallel and "[" in self.text:
            raise circuit_error(
                self.text,
                f"the bracket at place {opened.place + 1} lies within another ( ). This means "
                "series in the older form of Boukamp's code, but the circuit also has [ ] for "
                "series; write [ ] here too",
            )
        kind = Parallel if opened.text == "(" and around is Series else Series
        parts = self.parts(kind)
        alone = len(parts) == 1 and (opened.text == "(" or isinstance(parts[0], Element))
        if alone or not parts:
            raise bracket_error(self.text, opened, parts=len(parts))
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
