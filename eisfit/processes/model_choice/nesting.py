"""Whether one circuit is another with something left out."""

from __future__ import annotations

from collections.abc import Sequence

from eisfit.circuit.tree import Element, Node, Parallel, Series

_SPECIAL = frozenset(
    {
        ("C", "Q"), ("W", "Q"), ("G", "Gf"), ("K", "Zarc"), ("Zarc", "HN"), ("K", "HN"),
        ("L", "La"), ("W", "Ws"), ("W", "Wo"), ("Ws", "Wsg"), ("Wo", "Wog"), ("R", "Q"),
    }
)  # fmt: skip
"""Elements that are a special or a limiting case of another."""


def contains(outer: Node, inner: Node) -> bool:
    """Tell whether `outer` becomes `inner` where parts are left out or take special values.

    Examples
    --------
    >>> from eisfit.circuit.notation import parse
    >>> contains(parse("R0-p(R1,CPE1)-CPE2"), parse("p(R1,C1)-W2"))
    True
    >>> contains(parse("R0-p(R1,CPE1)"), parse("R0-Ws1"))
    False
    """
    if isinstance(inner, Element) and isinstance(outer, Element):
        pair = (inner.symbol, outer.symbol)
        return pair[0] == pair[1] or pair in _SPECIAL
    if isinstance(outer, Series) or isinstance(inner, Series):
        parts = outer.parts if isinstance(outer, Series) else (outer,)
        wanted = inner.parts if isinstance(inner, Series) else (inner,)
        return _placed(parts, wanted)
    if isinstance(outer, Parallel) and isinstance(inner, Parallel):
        return len(outer.parts) == len(inner.parts) and _placed(outer.parts, inner.parts)
    return False


def _placed(parts: Sequence[Node], wanted: Sequence[Node]) -> bool:
    """Tell whether every wanted part finds a place of its own among the parts."""
    if not wanted:
        return True
    first, rest = wanted[0], wanted[1:]
    return any(
        contains(part, first) and _placed([*parts[:i], *parts[i + 1 :]], rest)
        for i, part in enumerate(parts)
    )
