"""eisfit: raw impedance files in; conductivities and activation energies with honest errors out.

>>> import eisfit
>>> eisfit.Geometry.disc(thickness="1.2 mm", diameter="10 mm")
<Geometry: thickness 1.2 mm, area 0.7854 cm², cell constant 0.1528 1/cm>
"""

from functools import cache
from typing import Any

__version__ = "0.1.0"


@cache
def _public_names() -> tuple[Any, Any, list[str]]:
    """Return the functions that import and list the names of ``__init__.pyi``, and the names."""
    import lazy_loader  # it parses the stub, which `import eisfit` alone does not need

    attached: tuple[Any, Any, list[str]] = lazy_loader.attach_stub(__name__, __file__)
    return attached


def __getattr__(name: str) -> Any:
    """Import a public name on its first use, and let it carry the name by which it is reached."""
    load, _, names = _public_names()
    if name == "__all__":
        return names
    value = load(name)
    if getattr(value, "__module__", "").startswith("eisfit."):
        value.__module__ = "eisfit"  # help and errors say eisfit.FitResult
    globals()[name] = value  # a submodule of the same name must not win later
    return value


def __dir__() -> list[str]:
    return sorted(_public_names()[2])
