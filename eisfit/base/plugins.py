"""What installed packages offer under a group of entry points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def load_plugins(group: str, add: Callable[[str, Any], None]) -> list[str]:
    """Call `add` with name and value of every entry point; return a sentence for each that fails.

    Parameters
    ----------
    group : str
        Such as ``"eisfit.elements"``.
    add : callable
        Checks and keeps one plugin; what it raises is an error of that plugin alone.
    """
    from importlib import metadata  # on use: it takes as long to import as the circuits do

    errors = []
    for entry in metadata.entry_points(group=group):
        try:
            add(entry.name, entry.load())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
            errors.append(f"the plugin {entry.name!r} cannot be used ({group}): {error}")
    return errors
