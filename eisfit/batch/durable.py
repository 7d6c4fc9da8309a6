"""Files that are whole or not there, also after the power was cut."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from eisfit.base.errors import OutputError

PART = ".part"
"""How the names of unfinished files end; they start with a dot."""


def write_durably(path: Path, data: bytes) -> None:
    """Write `data` under a temporary name, to the disk, and rename it into place.

    Raises
    ------
    OutputError
        Where the place cannot be written; nothing of the file is left then.
    """

    def fill(part: Path) -> None:
        with part.open("wb") as file:
            file.write(data)

    fill_durably(path, fill)


def fill_durably(path: Path, fill: Callable[[Path], None]) -> None:
    """Have `fill` write a file under a temporary name; then as `write_durably`."""
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=PART)
        os.close(handle)
        part = Path(name)
        fill(part)
        _to_disk(part)
        part.chmod(0o644)
        part.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        why = error.strerror or str(error)
        text = f"{path}: cannot be written ({why}); the chunks that are done are whole"
        raise OutputError(f"{text}: make room and go on with --resume") from error


def sweep(folder: Path) -> None:
    """Remove what a killed run left unfinished in a folder."""
    for part in folder.glob(f".*{PART}"):
        part.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except PermissionError:  # Windows opens no folders; renaming is durable there
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
