"""Doctests of public names, whose module is said to be ``eisfit``, belong to their file."""

import doctest
import inspect
from types import ModuleType
from typing import Any

_in_module = doctest.DocTestFinder._from_module


def _is_defined_in(self: doctest.DocTestFinder, module: ModuleType | None, thing: Any) -> bool:
    if module is None or getattr(thing, "__module__", "") != "eisfit":
        return bool(_in_module(self, module, thing))
    functions = [thing, *vars(thing).values()] if inspect.isclass(thing) else [thing]
    return any(getattr(f, "__globals__", None) is vars(module) for f in functions)


doctest.DocTestFinder._from_module = _is_defined_in
