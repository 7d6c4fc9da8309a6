"""Literature values of solid electrolytes and their interfaces: one TOML file a material."""

from __future__ import annotations

from eisfit.literature.library import families, load_library, plugin_errors
from eisfit.literature.search import nearest, references, unlike
from eisfit.literature.values import Reference, ReferenceValue

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
