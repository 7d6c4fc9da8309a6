"""The immutable table of circuit elements.

Each element stands in one module, with formula, derivatives, units and bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from eisfit.circuit import diffusion, lumped, transmission_lines
from eisfit.circuit.element_kind import ElementKind

ELEMENTS: Mapping[str, ElementKind] = MappingProxyType({
    kind.symbol: kind
    for kind in (*lumped.ELEMENTS, *diffusion.ELEMENTS, *transmission_lines.ELEMENTS)
})  # fmt: skip
"""The elements by symbol."""

ALIASES: Mapping[str, str] = MappingProxyType({"CPE": "Q"})
"""Other symbols for the same elements."""
