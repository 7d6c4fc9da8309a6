"""Readers: raw files in, spectra out.

A reader is a file with three things: a docstring that specifies the format, ``recognises(head)``
and ``read(path)``. The registry asks each whether it knows a file by its content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, TypeAlias, cast

from eisfit.base.errors import UnknownFormat
from eisfit.data.spectrum import Spectrum
from eisfit.readers.format import Format
from eisfit.readers.outcome import Failed, ReadOutcome, of_stream, results
from eisfit.readers.paths import PathLike, expand, passed_over
from eisfit.readers.registry import formats, plugin_errors
from eisfit.readers.together import told_apart

Readable: TypeAlias = PathLike | IO[bytes] | IO[str]

__all__ = [
    "Format",
    "ReadOutcome",
    "formats",
    "passed_over",
    "plugin_errors",
    "read",
    "read_each",
]


def read(paths: Readable | Iterable[Readable]) -> list[Spectrum]:
    """Return the spectra of files of any known format.

    Parameters
    ----------
    paths : str, Path, open file or iterable of them
        Files, folders, zip archives, or globs such as ``"pellet_*.mpt"`` (``**`` for all folders
        below). Of a folder or an archive, the files (directly in the folder) that a reader
        recognises, in natural order; `read_each` also tells of the others.

    Raises
    ------
    ReadError
        At the first file that cannot be used, or where a path names nothing.
    """
    found: list[ReadOutcome] = []
    unknown: list[UnknownFormat] = []
    for result, one_of_many in _results(paths):
        if isinstance(result, ReadOutcome):
            found.append(result)
        elif one_of_many and isinstance(result.error, UnknownFormat):
            unknown.append(result.error)
        else:
            raise result.error
    if not found:
        raise unknown[0]
    return [spectrum for outcome in told_apart(found) for spectrum in outcome.spectra]


def read_each(paths: Readable | Iterable[Readable]) -> list[ReadOutcome]:
    """Return what became of each file; one that cannot be used does not stop the others.

    Parameters
    ----------
    paths : str, Path, open file or iterable of them
        As for `read`.

    Raises
    ------
    ReadError
        Only where a path names no file at all.
    """
    return told_apart([
        ReadOutcome(found.path, error=str(found.error)) if isinstance(found, Failed) else found
        for found, _ in _results(paths)
    ])  # fmt: skip


def _results(
    paths: Readable | Iterable[Readable],
) -> Iterator[tuple[ReadOutcome | Failed, bool]]:
    """Yield what becomes of each file, and whether it is one of a folder or an archive."""
    one = isinstance(paths, PathLike) or hasattr(paths, "read")
    several = cast("list[Readable]", [paths] if one else list(cast("Iterable[Readable]", paths)))
    streams = [item for item in several if not isinstance(item, PathLike)]
    for stream in streams:
        for found in of_stream(stream):
            yield found, False
    named = [item for item in several if isinstance(item, PathLike)]
    if not named and streams:
        return
    for path, in_folder in expand(named):
        for found in results(path):
            yield found, in_folder or found.path != path
