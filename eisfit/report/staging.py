"""Writing many files whole or not at all: first beside their place, then renamed into it."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from eisfit.base.errors import OutputError

_OURS = re.compile(r"figures/[A-Za-z0-9_.-]+\.(svg|png)")


@contextmanager
def _explained(directory: Path) -> Iterator[None]:
    """Turn what the system says into one sentence."""
    try:
        yield
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        why = error.strerror or str(error)
        raise OutputError(
            f"{directory}: the report cannot be written ({why}); give another folder"
        ) from error


def write_all(directory: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a temporary folder, then move all its files into `directory`.

    Where anything fails, `directory` is as it was before, and no temporary folder stays.

    Parameters
    ----------
    directory : Path
        May exist; other files in it are kept.
    fill : callable
        Writes all files into the folder that it is given.

    Raises
    ------
    OutputError
        Where the place is a file or cannot be written.
    """
    if directory.exists() and not directory.is_dir():
        raise OutputError(
            f"{directory}: the report needs a folder, and this is a file; give another name"
        )
    with _explained(directory):
        made = _make_folders(directory)
    try:
        with _explained(directory):
            stage = directory / f".part-{secrets.token_hex(4)}"
            stage.mkdir()
        try:
            with _explained(directory):
                fill(stage)
                _move(stage, directory)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _make_folders(directory: Path) -> list[Path]:
    """Make `directory` with its parents; return those that are new, the innermost first."""
    new = [p for p in (directory, *directory.parents) if not p.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        for folder in new:
            with suppress(OSError):
                folder.rmdir()
        raise
    return new


def _move(stage: Path, directory: Path) -> None:
    """Move every file from `stage` to `directory`; on failure put the old ones back."""
    new = [p.relative_to(stage) for p in sorted(stage.rglob("*")) if p.is_file()]
    steps = _Steps()
    try:
        for folder in sorted({directory / name.parent for name in new}):
            if not folder.exists():
                folder.mkdir()
                steps.made.append(folder)
        for name in {*new, *_earlier(directory)}:
            if (directory / name).is_file():
                (stage / ".old" / name).parent.mkdir(parents=True, exist_ok=True)
                steps.move(directory / name, stage / ".old" / name)
        for name in new:
            steps.move(stage / name, directory / name)
    except BaseException:
        steps.take_back()
        raise


class _Steps:
    """What was done so far, so that it can be undone."""

    def __init__(self) -> None:
        self.made: list[Path] = []
        self.moved: list[tuple[Path, Path]] = []

    def move(self, source: Path, target: Path) -> None:
        """Rename, and remember it."""
        source.replace(target)
        self.moved.append((source, target))

    def take_back(self) -> None:
        """Undo every step, the last one first."""
        for source, target in reversed(self.moved):
            target.replace(source)
        for folder in reversed(self.made):
            folder.rmdir()


def _earlier(directory: Path) -> set[Path]:
    """Return the figures of an earlier report in `directory`, as its results.json lists them."""
    try:
        listed = json.loads((directory / "results.json").read_text(encoding="utf-8"))["files"]
        return {Path(name) for name in listed if _OURS.fullmatch(name)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
