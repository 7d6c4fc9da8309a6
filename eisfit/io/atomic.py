"""Files and folders that are written whole or not at all: a temporary name first, then a rename."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from eisfit.base.errors import OutputError

UNFINISHED = ".part"
"""Ending of the names of unfinished files and folders; the names start with a dot."""


def write_text(path: Path, text: str) -> Path:
    """Write `text` as UTF-8 whole or not at all, and return `path`; see `write_file`."""
    return write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes, *, advice: str = "") -> Path:
    """Write `data` whole or not at all, and return `path`; see `write_file`."""

    def write(part: Path) -> None:
        part.write_bytes(data)

    return write_file(path, write, advice=advice)


def write_file(path: Path, write: Callable[[Path], None], *, advice: str = "") -> Path:
    """Write a file whole or not at all, also if the power fails, and return `path`.

    Parameters
    ----------
    path : Path
        Missing folders are created.
    write : callable
        Writes the file under the temporary name that it is given, in the folder of `path`.
    advice : str
        What the error message advises the user to do.

    Raises
    ------
    OutputError
        Where the file cannot be written; a file that was there before is unchanged then.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=UNFINISHED)
        os.close(handle)
        part = Path(name)
        write(part)
        _flush_to_disk(part)
        part.chmod(0o644)
        part.replace(path)
        _flush_to_disk(path.parent)
    except OutputError:
        raise
    except OSError as error:
        raise _output_error(path, error, advice) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return path


def write_folder(
    directory: Path, write: Callable[[Path], None], *, obsolete: Iterable[Path] = ()
) -> Path:
    """Write several files whole or not at all, and return `directory`.

    Parameters
    ----------
    directory : Path
        Created where it does not exist. Other files in it are kept.
    write : callable
        Writes all files into the empty temporary folder that it is given.
    obsolete : iterable of Path
        Files to remove, relative to `directory`.

    Raises
    ------
    OutputError
        Where `directory` is a file or cannot be written. `directory` is as it was before then.
    """
    if directory.exists() and not directory.is_dir():
        raise OutputError(f"{directory}: this is a file; give the name of a folder")
    stage = directory / f".{secrets.token_hex(4)}{UNFINISHED}"
    missing = [p for p in (directory, *directory.parents) if not p.exists()]
    try:
        with ExitStack() as undo:  # the last step is undone first
            for folder in reversed(missing):
                folder.mkdir(exist_ok=True)
                undo.callback(_remove_if_empty, folder)
            stage.mkdir()
            undo.callback(shutil.rmtree, stage, ignore_errors=True)
            write(stage)
            _move_files(stage, directory, obsolete, undo)
            undo.pop_all()
    except OutputError:
        raise
    except OSError as error:
        raise _output_error(directory, error, "give another folder") from error
    shutil.rmtree(stage, ignore_errors=True)
    return directory


def remove_unfinished(folder: Path) -> None:
    """Remove the unfinished files that a killed process left in a folder."""
    for part in folder.glob(f".*{UNFINISHED}"):
        part.unlink(missing_ok=True)


def _move_files(stage: Path, directory: Path, obsolete: Iterable[Path], undo: ExitStack) -> None:
    """Move every file from `stage` to `directory`, and the files that they replace to `stage`."""
    new = [p.relative_to(stage) for p in sorted(stage.rglob("*")) if p.is_file()]
    for folder in sorted({directory / name.parent for name in new}):
        if not folder.exists():
            folder.mkdir()
            undo.callback(folder.rmdir)
    for name in {*new, *obsolete}:
        if (directory / name).is_file():
            (stage / ".old" / name).parent.mkdir(parents=True, exist_ok=True)
            _move(directory / name, stage / ".old" / name, undo)
    for name in new:
        _move(stage / name, directory / name, undo)


def _move(source: Path, target: Path, undo: ExitStack) -> None:
    source.replace(target)
    undo.callback(target.replace, source)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _flush_to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except PermissionError:  # Windows opens no folders; a rename is durable there
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _output_error(path: Path, error: OSError, advice: str) -> OutputError:
    text = f"{path}: cannot be written ({error.strerror or error})"
    return OutputError(f"{text}; {advice}" if advice else text)
