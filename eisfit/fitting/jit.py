"""Whether numerical loops run compiled: with numba where it is there and allowed, else as Python.

``EISFIT_ENGINE=numpy`` in the environment forbids compiling, as does numba's own
``NUMBA_DISABLE_JIT=1``.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_PATIENCE = 1.0  # seconds after which a compilation is announced


def _allowed() -> bool:
    if os.environ.get("EISFIT_ENGINE", "") == "numpy":
        return False
    try:
        import numba
    except ImportError:
        return False
    return not getattr(numba.config, "DISABLE_JIT", False)


COMPILED = _allowed()
"""Whether loops are compiled in this process."""


def jit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator: numba's ``njit`` with numpy's rules of arithmetic, or nothing."""
    if not COMPILED:
        return lambda function: function
    from numba import njit

    if "cache" not in options:  # compiled functions alone call it: nothing stands before it
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    decorator: Callable[[Callable[..., Any]], Any] = njit(error_model="numpy", **options)
    return decorator


REORDERED = {"reassoc", "contract", "arcp", "nsz"}
"""Fast-math flags: sums vectorise only where they may be reordered; NaN and inf stay themselves."""


@contextmanager
def announced(function: Any, *last: object) -> Iterator[None]:
    """Say so on stderr where a compiled function's call takes long because it is compiling.

    `last` are its last arguments, where their types decide which variant is compiled.
    """
    if not COMPILED or _is_compiled(function, last):
        yield
        return
    text = "eisfit: compiling its fit engine, once on this machine (up to half a minute) …"
    word = threading.Timer(_PATIENCE, lambda: print(text, file=sys.stderr, flush=True))  # noqa: T201
    word.daemon = True
    word.start()
    try:
        yield
    finally:
        word.cancel()


def _is_compiled(function: Any, last: tuple[object, ...]) -> bool:
    import numba

    typeof: Callable[[object], object] = numba.typeof
    kinds = tuple(typeof(value) for value in last)
    return any(types[len(types) - len(kinds) :] == kinds for types in function.signatures)
