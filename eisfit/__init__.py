"""eisfit: raw impedance files in; conductivities and activation energies with honest errors out.

>>> import eisfit
>>> eisfit.Geometry.disc(thickness="1.2 mm", diameter="10 mm")
<Geometry: thickness 1.2 mm, area 0.7854 cm², cell constant 0.1528 1/cm>
"""

from typing import Any

import lazy_loader

__version__ = "0.1.0"

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    """Import a public name on its first use, and let it carry the name by which it is reached."""
    value = _load(name)
    if getattr(value, "__module__", "").startswith("eisfit."):
        value.__module__ = "eisfit"  # help and errors say eisfit.FitResult
    globals()[name] = value  # a submodule of the same name must not win later
    return value
