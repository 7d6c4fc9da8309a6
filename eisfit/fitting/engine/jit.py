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
from functools import cache
from pathlib import Path
from typing import Any

_NOTICE = "eisfit: compiling its fit engine, once on this machine (some ten seconds) …"


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
        options |= {"no_cpython_wrapper": True, "_nrt": False}
    options |= {"error_model": "numpy", "no_cfunc_wrapper": True}
    decorator: Callable[[Callable[..., Any]], Any] = njit(**options)
    return (
        decorator
        if "cache" not in options
        else lambda function: _with_source_stamps(decorator(function))
    )


def _with_source_stamps(compiled: Any) -> Any:
    """Make cached code stale where any file that is compiled into it changes, not one file alone.

    numba has no public way; where its private one is not there, stale code is as likely as before.
    """
    file: Any = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if hasattr(file, "_source_stamp"):
        file._source_stamp = (file._source_stamp, _source_stamps())
    return compiled


def _source_stamps() -> tuple[tuple[str, int, int], ...]:
    """Return name, time and size of every file whose functions are compiled."""
    files = sorted(Path(__file__).parent.glob("compiled_*.py"))
    return tuple((f.name, f.stat().st_mtime_ns, f.stat().st_size) for f in files)


REORDERED = {"reassoc", "contract", "arcp", "nsz"}
"""Fast-math flags: sums vectorise only where they may be reordered; NaN and inf stay themselves."""


@contextmanager
def compilation_notice() -> Iterator[None]:
    """Print a notice on stderr, once, where a called function must be compiled first."""
    if not COMPILED:
        yield
        return
    from numba.core import event

    with event.install_listener("numba:compile", _Listener()):
        yield


@cache
def _print_notice() -> None:
    """Print the compilation notice once per process."""
    print(_NOTICE, file=sys.stderr, flush=True)  # noqa: T201


if COMPILED:
    from numba.core.event import Event, Listener

    class _Listener(Listener):
        """Is called for compilations in its thread, but not for code that is only loaded."""

        def __init__(self) -> None:
            self.thread = threading.get_ident()

        def on_start(self, event: Event) -> None:
            # other threads and other packages compile, too
            is_eisfit = event.data["dispatcher"].py_func.__module__.startswith("eisfit.")
            if is_eisfit and threading.get_ident() == self.thread:
                _print_notice()

        def on_end(self, event: Event) -> None:
            pass
