"""The plan of a batch: its inputs, cut into chunks, and the manifest that records them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from eisfit import __version__
from eisfit.base.errors import OutputError, ReadError
from eisfit.batch import tables
from eisfit.batch.columns import Origin
from eisfit.batch.job import Job, fingerprint
from eisfit.io.atomic import write_bytes
from eisfit.readers.paths import PathLike, expand

_SMALL = 1 << 18  # bytes, up to which a file is read at once


@dataclass(frozen=True, slots=True)
class Input:
    """One input file.

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


def make_plan(paths: PathLike | Iterable[PathLike], job: Job, output: Path) -> Plan:
    """Return what is to be done with the files that `paths` name, but for those in `output`.

    Raises
    ------
    ReadError
        Where a path names nothing.
    """
    outside = outside_filter(output)
    files = [path for path, _ in expand(paths) if outside(path)]
    if not files:
        raise ReadError(output, "every file that was named is in the output folder")
    sizes = {path: _count_rows(path) for path in files if tables.is_table(path)}
    single = [path for path in files if not sizes.get(path)]  # a damaged table fails as a file does
    cut: list[tuple[tuple[str, ...], int, int]] = []
    for path, count in sizes.items():
        cut += [((path,), i, min(job.rows, count - i)) for i in range(0, count, job.rows)]
    cut += [(tuple(single[i : i + job.files]), 0, 0) for i in range(0, len(single), job.files)]
    kept = tables.kept_columns([path for path, count in sizes.items() if count])
    chunks = tuple(Chunk(number, *part) for number, part in enumerate(cut))
    origin: Origin = "files" if single else "tables"
    return Plan(tuple(files), chunks, kept, origin)


def _count_rows(path: str) -> int:
    """Return how many rows a table has, 0 where it cannot be used."""
    try:
        return tables.count_rows(path)
    except ReadError:
        return 0


def outside_filter(folder: Path) -> Callable[[str], bool]:
    """Return a function that checks whether a file is outside of a folder, links followed."""
    inside = folder.resolve()

    @cache
    def outside(path: Path) -> bool:
        return not path.resolve().is_relative_to(inside)

    def is_outside(path: str) -> bool:
        file = Path(path)
        return outside(file if file.is_symlink() else file.parent)

    return is_outside


def read_input(path: str) -> Input:
    """Return size, time and checksum of a file."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - twice as fast
            state = os.fstat(file.fileno())
            if state.st_size <= _SMALL:
                checksum = hashlib.sha256(file.read())
            else:
                checksum = hashlib.file_digest(file, "sha256")
    except OSError:
        return Input(path, -1, 0, "")
    return Input(path, state.st_size, state.st_mtime_ns, checksum.hexdigest())


def missing_chunks(plan: Plan, results: Path) -> Sequence[Chunk]:
    """Return the chunks whose files do not exist."""
    existing = {file.name for file in results.glob("chunk-*.parquet")}
    return [chunk for chunk in plan.chunks if chunk.name not in existing]


MANIFEST_NAME = "manifest.json"
RESUME = "the finished chunks are complete: free disk space and continue with --resume"


def make_manifest(job: Job, plan: Plan) -> dict[str, Any]:
    """Return the manifest: versions, model, settings, and every input with its checksum."""
    return {
        "schema_version": 1,
        "versions": {
            "eisfit": __version__,
            **{name: version(name) for name in ("numpy", "scipy", "numba", "pyarrow")},
        },
        "model": {
            "name": job.model.name,
            "circuit": job.model.circuit,
            "parameters": list(job.model.names),
            "fingerprint": fingerprint(job.model),
        },
        "settings": {
            "weighting": job.weighting,
            "validation": job.validation,
            "start": None if job.start is None else list(job.start),
            "rows of a table in a chunk": job.rows,
            "files in a chunk": job.files,
        },
        "chunks": len(plan.chunks),
        "inputs": [asdict(read_input(path)) for path in plan.inputs],
    }


def check_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, or check that the existing one describes the same batch.

    Raises
    ------
    OutputError
        Where it does not, with what has changed.
    """
    path = folder / MANIFEST_NAME
    if not path.exists():
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        write_bytes(path, f"{text}\n".encode(), advice=RESUME)
        return
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        changes = _changes(before, manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = f"{path}: cannot be read ({error}); start again in another folder"
        raise OutputError(text) from None
    if changes:
        named = "; ".join(changes[:5]) + (f"; and {len(changes) - 5} more" * (len(changes) > 5))
        raise OutputError(
            f"{folder}: this batch cannot be resumed: {named}. Restore the inputs and settings, or "
            "start again in another folder"
        )


def _changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return a part of a sentence for everything that differs."""
    out = [
        f"it was written with {name} {before['versions'].get(name)}, and this run uses {version}"
        for name, version in now["versions"].items()
        if before["versions"].get(name) != version
    ]
    if before["model"] != now["model"]:
        old, new = before["model"], now["model"]
        same = old["circuit"] == new["circuit"]
        detail = "its bounds or meanings" if same else f"{old['circuit']}, now {new['circuit']}"
        out.append(f"the model has changed ({detail})")
    out += [
        f"{name} was {before['settings'].get(name)}, and now is {value}"
        for name, value in now["settings"].items()
        if before["settings"].get(name) != value
    ]
    return out + _input_changes(before["inputs"], now["inputs"])


def _input_changes(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    old = {entry["path"]: entry for entry in before}
    new = {entry["path"]: entry for entry in now}
    out = [f"{path} is no longer among the inputs" for path in old if path not in new]
    out += [f"{path} was not among the inputs" for path in new if path not in old]
    out += [
        f"{path} has changed"
        for path, entry in new.items()
        # the time is not compared: copies and back-ups change it
        if path in old and any(entry[key] != old[path][key] for key in ("size", "sha256"))
    ]
    if not out and list(old) != list(new):
        out.append("the order of the inputs has changed")
    return out
