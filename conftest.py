"""Doctests of public classes, whose module is said to be ``eisfit``, belong to their file."""

import doctest
import inspect
from types import ModuleType
from typing import Any

_in_module = doctest.DocTestFinder._from_module


def _is_defined_in(self: doctest.DocTestFinder, module: ModuleType | None, thing: Any) -> bool:
    if module is not None and inspect.isclass(thing) and thing.__module__ == "eisfit":
        methods = [m for m in vars(thing).values() if hasattr(m, "__globals__")]
        return any(m.__globals__ is vars(module) for m in methods)
    return bool(_in_module(self, module, thing))


doctest.DocTestFinder._from_module = _is_defined_in
