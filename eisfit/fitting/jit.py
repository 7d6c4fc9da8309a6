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

_WORD = "eisfit: compiling its fit engine, once on this machine (up to half a minute) …"


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

    if "cache" not in options:  # compiled functions alone call it: nothing stands before it, and
        # none makes arrays: without counts of references to them, loops run nearly twice as fast
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    decorator: Callable[[Callable[..., Any]], Any] = njit(error_model="numpy", **options)
    return decorator


REORDERED = {"reassoc", "contract", "arcp", "nsz"}
"""Fast-math flags: sums vectorise only where they may be reordered; NaN and inf stay themselves."""


@contextmanager
def announced() -> Iterator[None]:
    """Say so on stderr, once, where a function that is called must be compiled first."""
    if not COMPILED:
        yield
        return
    from numba.core import event

    with event.install_listener("numba:compile", _Listener()):
        yield


if COMPILED:
    from numba.core.event import Event, Listener

    class _Listener(Listener):
        """Hears of compilations in its own thread, but not of code that is only loaded."""

        def __init__(self) -> None:
            self.own, self.said = threading.get_ident(), False

        def on_start(self, event: Event) -> None:
            # other threads and other packages compile, too
            ours = event.data["dispatcher"].py_func.__module__.startswith("eisfit.")
            if ours and not self.said and threading.get_ident() == self.own:
                self.said = True
                print(_WORD, file=sys.stderr, flush=True)  # noqa: T201

        def on_end(self, event: Event) -> None:
            pass
