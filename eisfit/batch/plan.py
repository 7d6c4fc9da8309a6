"""What is there to be done: files and tables, cut into chunks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from eisfit.base.errors import ReadError
from eisfit.batch import tables
from eisfit.batch.job import Job
from eisfit.batch.layout import Origin
from eisfit.readers.paths import PathLike, expand

_SMALL = 1 << 18  # bytes, up to which a file is read at once


@dataclass(frozen=True, slots=True)
class Input:
    """One input file as it was found.

    Parameters
    ----------
    path : str
    size : int
        Bytes; -1 where it cannot be read.
    modified : int
        ns, by the file system.
    sha256 : str
    """

    path: str
    size: int
    modified: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of the input that becomes one file of the dataset.

    Parameters
    ----------
    number : int
        From 0.
    paths : tuple of str
        The files, or the one table.
    first, rows : int
        The rows of a table, first from 0; 0 rows for files.
    """

    number: int
    paths: tuple[str, ...]
    first: int = 0
    rows: int = 0

    @property
    def name(self) -> str:
        """The name of its file in the dataset."""
        return f"chunk-{self.number:06d}.parquet"

    @property
    def size(self) -> int:
        """How many spectra (of a table) or files it holds."""
        return self.rows or len(self.paths)


@dataclass(frozen=True, slots=True)
class Plan:
    """All chunks of a batch, the files they come from, and the columns of tables that are kept."""

    inputs: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    kept: pa.Schema
    origin: Origin

    @property
    def total(self) -> int:
        """How many spectra (of tables) and files there are."""
        return sum(chunk.size for chunk in self.chunks)


def plan_of(paths: PathLike | Iterable[PathLike], job: Job, output: Path) -> Plan:
    """Return what is to be done with the files that `paths` name, but for those in `output`.

    Raises
    ------
    ReadError
        Where a path names nothing.
    """
    outside = outside_of(output)
    found = [path for path, _ in expand(paths) if outside(path)]
    if not found:
        raise ReadError(output, "every file that was named lies in the output folder")
    sizes = {path: tables.count(path) for path in found if tables.is_table(path)}
    files = [path for path in found if not sizes.get(path)]  # a damaged table fails as a file does
    cut: list[tuple[tuple[str, ...], int, int]] = []
    for path, count in sizes.items():
        cut += [((path,), i, min(job.rows, count - i)) for i in range(0, count, job.rows)]
    cut += [(tuple(files[i : i + job.files]), 0, 0) for i in range(0, len(files), job.files)]
    kept = tables.kept_columns([path for path, count in sizes.items() if count])
    chunks = tuple(Chunk(number, *part) for number, part in enumerate(cut))
    origin: Origin = "files" if files else "tables"
    return Plan(tuple(found), chunks, kept, origin)


def outside_of(folder: Path) -> Callable[[str], bool]:
    """Return what tells whether a file lies outside of a folder, links followed."""
    inside = folder.resolve()

    @cache
    def outside(path: Path) -> bool:
        return not path.resolve().is_relative_to(inside)

    def told(path: str) -> bool:
        file = Path(path)
        return outside(file if file.is_symlink() else file.parent)

    return told


def look(path: str) -> Input:
    """Return size, time and checksum of a file."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - twice as fast
            state = os.fstat(file.fileno())
            if state.st_size <= _SMALL:
                told = hashlib.sha256(file.read())
            else:
                told = hashlib.file_digest(file, "sha256")
    except OSError:
        return Input(path, -1, 0, "")
    return Input(path, state.st_size, state.st_mtime_ns, told.hexdigest())


def to_do(plan: Plan, results: Path) -> Sequence[Chunk]:
    """Return the chunks whose files are not there."""
    there = {file.name for file in results.glob("chunk-*.parquet")}
    return [chunk for chunk in plan.chunks if chunk.name not in there]
