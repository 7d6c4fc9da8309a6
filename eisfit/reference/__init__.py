"""Literature values of solid electrolytes and their interfaces: one TOML file a material."""

from __future__ import annotations

from eisfit.reference.library import families, load_library, plugin_errors
from eisfit.reference.search import nearest, references, unlike
from eisfit.reference.values import Reference, ReferenceValue

__all__ = [
    "Reference",
    "ReferenceValue",
    "families",
    "load_library",
    "nearest",
    "plugin_errors",
    "references",
    "unlike",
]
