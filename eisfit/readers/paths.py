"""From files, folders and globs that the user names to the files that may hold data."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from eisfit.base.errors import ReadError

PathLike: TypeAlias = str | Path

_NO_DATA = {
    ".toml", ".md", ".rst", ".py", ".ipynb", ".html", ".htm", ".pdf", ".json", ".svg", ".png",
    ".jpg", ".jpeg", ".gif", ".tex", ".docx", ".pptx", ".ini",
}  # fmt: skip
_NO_DATA_STEMS = {"readme", "license", "licence", "thumbs"}


def natural_key(path: PathLike) -> list[tuple[int, int, str]]:
    """Return a sort key by which 'run2' stands before 'run10'.

    The order is natsort's; importing that package takes longer than reading a file.

    Examples
    --------
    >>> sorted(["run10", "run2"], key=natural_key)
    ['run2', 'run10']
    """
    parts = re.split(r"(\d+)", str(path).lower())
    return [(0, int(p), "") if i % 2 else (1, 0, p) for i, p in enumerate(parts)]


def expand(paths: PathLike | Iterable[PathLike]) -> list[tuple[str, bool]]:
    """Return every file that the paths name, once, each with whether it is from a folder.

    Raises
    ------
    ReadError
        Where a path names nothing, or a folder holds no file that may be data.
    """
    several = [paths] if isinstance(paths, str | Path) else list(paths)
    if not several:
        raise ReadError("", "no file was named")
    files: dict[str, bool] = {}
    for path in several:
        for name, in_folder in _one(path):
            files.setdefault(name, in_folder)
    return list(files.items())


def _one(path: PathLike) -> list[tuple[str, bool]]:
    try:
        place = Path(path).expanduser()
        if place.is_dir():
            return [(str(file), True) for file in _folder(place)]
        if place.exists() or not glob.has_magic(str(path)):
            return [(str(path), False)]
        # glob, not Path.glob: absolute patterns too, and ** for all folders below
        matches = sorted(glob.glob(str(place), recursive=True), key=natural_key)  # noqa: PTH207
    except ReadError:
        raise
    except (OSError, ValueError) as error:
        raise ReadError(path, f"this path cannot be used: {error}") from error
    files = [m for m in matches if Path(m).is_file()]
    if not files:
        raise ReadError(path, "no file matches this pattern")
    return [(file, False) for file in files]


def skipped_files(paths: PathLike | Iterable[PathLike]) -> list[str]:
    """Return the files and folders within named folders that are not read, in natural order.

    Raises
    ------
    ReadError
        Where a folder may not be looked into.
    """
    several = [paths] if isinstance(paths, str | Path) else list(paths)
    folders = [folder for path in several if (folder := Path(path).expanduser()).is_dir()]
    inside = [file for folder in folders for file in _entries(folder)]
    return [str(file) for file in inside if not (file.is_file() and may_hold_data(file))]


def _entries(folder: Path) -> list[Path]:
    """Return the files and folders in a folder, in natural order."""
    try:
        return sorted(folder.iterdir(), key=lambda file: natural_key(file.name))
    except PermissionError:
        raise ReadError(folder, "this folder may not be opened; check its permissions") from None


def _folder(folder: Path) -> list[Path]:
    """Return the files of a folder that may hold data, in natural order."""
    files = [file for file in _entries(folder) if file.is_file() and may_hold_data(file)]
    if not files:
        raise ReadError(folder, "this folder holds no data file; name the files or another folder")
    return files


def may_hold_data(file: Path) -> bool:
    """Return whether a file of a folder may hold data: no document, picture, sheet or program."""
    if file.name.startswith((".", "~$")):
        return False
    return file.suffix.lower() not in _NO_DATA and file.stem.lower() not in _NO_DATA_STEMS
