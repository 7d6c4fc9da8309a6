"""Which formats there are, and which of them a file is in, by its content, never by its name."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from eisfit.base.errors import EisfitError, ReadError, UnknownFormat
from eisfit.base.plugins import load_plugins
from eisfit.data.spectrum import Spectrum
from eisfit.readers import vendors
from eisfit.readers.format import Format, may_match
from eisfit.readers.tables import delimited, eisfit_files, named_arrays, spreadsheet
from eisfit.readers.text import HEAD, load

GROUP = "eisfit.readers"
"""Entry points of installed plugins; each names a Format."""

_LAST = delimited.FORMAT

_KNOWN_BINARIES = (
    (b"PK\x03\x04", "an archive that cannot be read here; unpack it and name its files"),
    (b"%PDF", "a PDF document; export the numbers instead"),
    (b"\x89PNG", "an image; export the numbers instead"),
    (b"\x1f\x8b", "a compressed file; unpack it"),
    (
        b"SQLite format 3\0",
        "a database, such as a RelaxIS project (.eis3); export its spectra as text in RelaxIS",
    ),
)


@cache
def built_in() -> tuple[Format, ...]:
    """Return the FORMAT of every module of `eisfit.readers.vendors`, then those of no one maker."""
    names = sorted(module.name for module in iter_modules(vendors.__path__))
    makers: list[Format] = [import_module(f"{vendors.__name__}.{n}").FORMAT for n in names]
    return (
        *makers, spreadsheet.XLSX, spreadsheet.XLS, spreadsheet.ODS, named_arrays.MATLAB,
        named_arrays.HDF5, eisfit_files.JSON, eisfit_files.PARQUET,
    )  # fmt: skip


def formats() -> list[Format]:
    """Return the built-in formats, then those of installed plugins, then the plain table."""
    plugins, _ = _plugins()
    return [*built_in(), *plugins, _LAST]


def plugin_errors() -> list[str]:
    """Return a sentence for every installed plugin that does not work."""
    return _plugins()[1]


def identify(path: Path | str, head: bytes) -> Format:
    """Return the one format that recognises a file by its first bytes.

    Raises
    ------
    UnknownFormat
        Where none does.
    ReadError
        Where several do.
    """
    plugins, errors = _plugins()
    small = head.lower()
    matches = [f for f in (*built_in(), *plugins) if may_match(f, small) and _matches(f, head)]
    if len(matches) > 1:
        names = " and ".join(f.name for f in matches)
        raise ReadError(path, f"recognised by several formats, {names}; remove one of the plugins")
    if matches:
        return matches[0]
    if _LAST.recognises(head):
        return _LAST
    known = next((text for mark, text in _KNOWN_BINARIES if head.startswith(mark)), "")
    names = ", ".join(f.name for f in formats())
    text = f"this is {known}" if known else f"the content is none of: {names}; export it as text"
    raise UnknownFormat(path, "; ".join([text, *errors]))


def read_file(path: Path | str, head: bytes = b"") -> tuple[Format, list[Spectrum]]:
    """Return the format of a file and its spectra; anything wrong is a ReadError.

    Its first bytes are given where they have been read before.
    """
    file_format = identify(path, head or load(path, HEAD))
    try:
        spectra = file_format.read(Path(path))
    except EisfitError:
        raise
    except Exception as error:
        text = f"the reader {file_format.name!r} failed: {type(error).__name__}: {error}"
        raise ReadError(path, text) from error
    return file_format, spectra


def _matches(candidate: Format, head: bytes) -> bool:
    """Return whether a format recognises a file; a plugin that fails here does not."""
    try:
        return bool(candidate.recognises(head))
    except Exception:  # noqa: BLE001 - a plugin that fails must not stop the others
        return False


@cache  # asking what is installed takes as long as reading a file
def _plugins() -> tuple[list[Format], list[str]]:
    """Return the formats of installed plugins, and a sentence for each that cannot be loaded."""
    installed: list[Format] = []

    def add(_name: str, loaded: Any) -> None:
        if not isinstance(loaded, Format):
            raise EisfitError("it is no eisfit Format")
        installed.append(loaded)

    return installed, load_plugins(GROUP, add)
