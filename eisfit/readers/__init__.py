"""Readers: raw files in, spectra out.

A reader is a module with three things: a docstring that specifies the format, ``recognises(head)``
and ``read(path)``, and a `Format` that names them. The registry calls each ``recognises`` with the
first bytes of a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, TypeAlias, cast

from eisfit.base.errors import UnknownFormat
from eisfit.data.spectrum import Spectrum
from eisfit.readers.file_temperatures import resolve_file_temperatures
from eisfit.readers.format import Format
from eisfit.readers.outcome import ReadOutcome, read_path, read_stream
from eisfit.readers.paths import PathLike, expand, skipped_files
from eisfit.readers.registry import formats, plugin_errors

Readable: TypeAlias = PathLike | IO[bytes] | IO[str]

__all__ = [
    "Format",
    "ReadOutcome",
    "formats",
    "plugin_errors",
    "read",
    "read_each",
    "skipped_files",
]


def read(paths: Readable | Iterable[Readable]) -> list[Spectrum]:
    """Return the spectra of files of any known format.

    Parameters
    ----------
    paths : str, Path, open file or iterable of them
        Files, folders, zip archives, or globs such as ``"pellet_*.mpt"`` (``**`` for all folders
        below). Of a folder or an archive, the files (directly in the folder) that a reader
        recognises, in natural order; `read_each` also returns the others, with their errors.

    Raises
    ------
    ReadError
        At the first file that cannot be used, or where a path names nothing.
    """
    outcomes: list[ReadOutcome] = []
    unknown: list[UnknownFormat] = []
    for outcome, one_of_many in _read_all(paths):
        if outcome.error is None:
            outcomes.append(outcome)
        elif one_of_many and isinstance(outcome.error, UnknownFormat):
            unknown.append(outcome.error)
        else:
            raise outcome.error
    if not outcomes:
        raise unknown[0]
    return [s for outcome in resolve_file_temperatures(outcomes) for s in outcome.spectra]


def read_each(paths: Readable | Iterable[Readable]) -> list[ReadOutcome]:
    """Return the outcome of each file; one that cannot be used does not stop the others.

    Parameters
    ----------
    paths : str, Path, open file or iterable of them
        As for `read`.

    Raises
    ------
    ReadError
        Only where a path names no file at all.
    """
    return resolve_file_temperatures([outcome for outcome, _ in _read_all(paths)])


def _read_all(paths: Readable | Iterable[Readable]) -> Iterator[tuple[ReadOutcome, bool]]:
    """Yield the outcome of each file, and whether it is one of a folder or an archive."""
    single = isinstance(paths, PathLike) or hasattr(paths, "read")
    several = cast("list[Readable]", [paths] if single else list(cast("Iterable[Readable]", paths)))
    streams = [item for item in several if not isinstance(item, PathLike)]
    for stream in streams:
        for outcome in read_stream(stream):
            yield outcome, False
    names = [item for item in several if isinstance(item, PathLike)]
    if not names and streams:
        return
    for path, in_folder in expand(names):
        for outcome in read_path(path):
            yield outcome, in_folder or outcome.path != path
