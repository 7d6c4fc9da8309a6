"""Readers: raw files in, spectra out.

A reader is a file with three things: a docstring that specifies the format, ``recognises(head)``
and ``read(path)``. The registry asks each whether it knows a file by its content.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eisfit.errors import ReadError, UnknownFormat
from eisfit.readers.format import Format
from eisfit.readers.paths import PathLike, expand
from eisfit.readers.registry import formats, plugin_errors, read_file
from eisfit.spectrum import Spectrum

__all__ = ["Format", "ReadOutcome", "formats", "plugin_errors", "read", "read_each"]


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What became of one file.

    Parameters
    ----------
    path : str
        As the user named it, or as found.
    spectra : tuple of Spectrum
        Empty where the file cannot be used.
    format : str
        Name of the format; empty where it is not known.
    error : str
        Why the file cannot be used; empty where it can.
    """

    path: str
    spectra: tuple[Spectrum, ...] = ()
    format: str = ""
    error: str = ""


def read(paths: PathLike | Iterable[PathLike]) -> list[Spectrum]:
    """Return the spectra of files of any known format.

    Parameters
    ----------
    paths : str, Path or iterable of them
        Files, folders or globs such as ``"pellet_*.mpt"``. Of a folder, the files directly in it
        that a reader recognises, in natural order; `read_each` also tells of the others.

    Raises
    ------
    ReadError
        At the first file that cannot be used, or where a path names nothing.
    """
    spectra: list[Spectrum] = []
    unknown: list[UnknownFormat] = []
    for path, in_folder in expand(paths):
        try:
            spectra += read_file(path)[1]
        except UnknownFormat as trouble:
            if not in_folder:
                raise
            unknown.append(trouble)
    if not spectra:
        raise unknown[0]
    return spectra


def read_each(paths: PathLike | Iterable[PathLike]) -> list[ReadOutcome]:
    """Return what became of each file; one that cannot be used does not stop the others.

    Parameters
    ----------
    paths : str, Path or iterable of them
        As for `read`.

    Raises
    ------
    ReadError
        Only where a path names no file at all.
    """
    return [_outcome(path) for path, _ in expand(paths)]


def _outcome(path: str) -> ReadOutcome:
    try:
        found, spectra = read_file(path)
    except ReadError as trouble:
        return ReadOutcome(path, error=str(trouble))
    return ReadOutcome(path, tuple(spectra), found.name)
