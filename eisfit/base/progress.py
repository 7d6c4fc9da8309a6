"""Progress of long work: how it is reported, and the function that reports nothing."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the name of the step, and how many of its parts are done of how many."""


def no_progress(_step: str, _done: int, _total: int) -> None:
    """Report nothing."""


def with_prefix(progress: Progress, prefix: str) -> Progress:
    """Return a function that reports to `progress`, with ``"prefix: "`` before each step's name."""
    return lambda step, done, total: progress(f"{prefix}: {step}", done, total)
