"""Circuits as EC-Lab's Z Fit writes them: ``R1+Q2/R2+C3/(R3+W3)``.

``+`` is in series and ``/`` in parallel; ``/`` binds tighter. The elements, where EC-Lab's formula
is one of those here; its exponent a is twice the n of Wog and of Gf:

=========  =======================================================  =========
EC-Lab     Z                                                        here
=========  =======================================================  =========
R L C Q    R, jωL, 1/(jωC), 1/(Q (jω)^a)                            R L C Q
La         L (jω)^a                                                 La
W          √2 σ/√(jω)                                               W
Wd         R tanh(√(jωτ))/√(jωτ)                                    Ws
M          R coth(√(jωτ))/√(jωτ)                                    Wo
Ma         R coth((jωτ)^(a/2))/(jωτ)^(a/2)                          Wog
G          R/√(1 + jωτ)                                             G
Gb         R/(1 + jωτ)^(a/2)                                        Gf
=========  =======================================================  =========

References
----------
BioLogic, EC-Lab software, Analysis and Data Process manual, section on Z Fit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from eisfit.circuit.parsing import (
    InfixParser,
    Notation,
    bracket_error,
    check_brackets,
    number_elements,
)
from eisfit.circuit.tree import (
    Connection,
    Element,
    Node,
    Parallel,
    Series,
    elements_of,
    replace_elements,
)

_OPERATORS: Mapping[str, Connection] = {"+": Series, "/": Parallel}
_NOTATION = Notation(
    "EC-Lab's notation",
    "a circuit with / or an element such as Wd",
    re.compile(r"\s*(?:([()+/])|([A-Za-z]+)([0-9]*))"),
    {
        "R": "R", "L": "L", "La": "La", "C": "C", "Q": "Q", "W": "W", "Wd": "Ws",
        "M": "Wo", "Ma": "Wog", "G": "G", "Gb": "Gf",
    },
    {
        "Ga": "EC-Lab's R/√(1 + (jωτ)^a), which is the element HN at m = 0.5; write the circuit "
        "with + and | and HN in its place",
        "Mg": "EC-Lab's anomalous diffusion, for which eisfit has no element",
        "Winf": "EC-Lab's Warburg element for convection, for which eisfit has no element; Wd "
                "is the nearest",
    },
)  # fmt: skip

SYMBOLS = frozenset({"Wd", "M", "Ma", "Mg", "Ga", "Gb", "Winf"})
"""Symbols of EC-Lab's that no other notation has."""


def read_ec_lab(text: str, user_defined: Collection[str] = ()) -> Node:
    """Return the tree of a circuit in EC-Lab's notation.

    Parameters
    ----------
    text : str
    user_defined : collection of str
        Symbols of user-defined elements, which are refused.

    Raises
    ------
    ModelError
        With the place of the mistake.

    Examples
    --------
    >>> from eisfit.circuit.notation import to_native
    >>> to_native(read_ec_lab("R1+Q2/R2+C3/(R3+Wd3)"))
    'R1 + (Q2 | R2) + (C3 | (R3 + Ws3))'
    """
    tokens = _NOTATION.tokens(text)
    check_brackets(text)
    for opened, inner, closed in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opened.text == "(" and inner.is_name and closed.text == ")":
            raise bracket_error(text, opened, parts=1)
    elements = iter(_NOTATION.elements(text, tokens, user_defined))
    return InfixParser(text, tokens, _OPERATORS, lambda _: next(elements), can_mix=True).parse()


def to_ec_lab(node: Node) -> str:
    """Return `node` as EC-Lab writes it; labels become numbers where they are words.

    Raises
    ------
    ModelError
        Naming an element that EC-Lab does not have.

    Examples
    --------
    >>> from eisfit.circuit.notation import parse
    >>> to_ec_lab(parse("R_series + (R_bulk | Q_bulk) + (C_dl | (R_ct + Ws_film))"))
    'R1+R2/Q1+C1/(R3+Wd1)'
    """
    flat = replace_elements(node, lambda element: element)
    return _write(flat, iter(number_elements(list(elements_of(flat)))))


def _write(node: Node, numbers: Iterator[Element]) -> str:
    if isinstance(node, Element):
        return _NOTATION.symbol(node) + next(numbers).label
    if isinstance(node, Series):
        return "+".join(_write(part, numbers) for part in node.parts)
    texts = [(isinstance(part, Series), _write(part, numbers)) for part in node.parts]
    return "/".join(f"({text})" if bracketed else text for bracketed, text in texts)
