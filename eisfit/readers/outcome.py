"""Read a file, an archive or an open stream: the spectra of each file, or its error."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.paths import may_hold_data, natural_key
from eisfit.readers.registry import read_file
from eisfit.readers.text import HEAD, base_name, load

_LARGEST = 1 << 30  # bytes of one unpacked file
_DENSEST = 400  # times the packed size, over what any table packs
_SMALL = 1 << 20
_ZIP = b"PK\x03\x04"
_SHEETS = ("[Content_Types].xml", "mimetype")


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """The result of reading one file.

    Parameters
    ----------
    path : str
        As the user named it, or as found; of a file in an archive ``archive.zip/name``.
    spectra : tuple of Spectrum
        Empty where the file cannot be used.
    format : str
        Name of the format; empty where it is not known.
    error : ReadError, optional
        Why the file cannot be used; its text names the file.
    """

    path: str
    spectra: tuple[Spectrum, ...] = ()
    format: str = ""
    error: ReadError | None = None


def read_path(path: str) -> Iterator[ReadOutcome]:
    """Yield the outcome of a file, or of each file in an archive."""
    try:
        head = load(path, HEAD)
        is_archive = head.startswith(_ZIP) and _is_archive(path)
    except ReadError as error:
        yield ReadOutcome(path, error=error)
        return
    if is_archive:
        yield from _read_archive(path)
    else:
        yield _read_one(path, path, head)


def read_stream(stream: IO[bytes] | IO[str]) -> Iterator[ReadOutcome]:
    """Yield the outcome of an open file, binary or text; its name is kept where it has one."""
    name = getattr(stream, "name", "")
    shown = name if isinstance(name, str) and name else "data"
    content = stream.read()
    data = content.encode() if isinstance(content, str) else bytes(content)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / (base_name(shown).replace("\0", "") or "data")
        file.write_bytes(data)
        for outcome in read_path(str(file)):
            yield _with_path(outcome, shown + outcome.path.removeprefix(str(file)))


def _read_one(path: str, shown: str, head: bytes = b"") -> ReadOutcome:
    """Return the outcome of one file, as if it were at `shown`."""
    try:
        file_format, spectra = read_file(path, head)
    except ReadError as error:
        return _with_path(ReadOutcome(path, error=error), shown)
    return _with_path(ReadOutcome(path, tuple(spectra), file_format.name), shown)


def _with_path(outcome: ReadOutcome, path: str) -> ReadOutcome:
    """Return an outcome as if its file were at another path."""
    if outcome.path == path:
        return outcome
    error = outcome.error
    if error is not None:
        return ReadOutcome(path, error=type(error)(path, error.message, error.line))
    spectra = tuple(s.with_(provenance=replace(s.provenance, file=path)) for s in outcome.spectra)
    return replace(outcome, path=path, spectra=spectra)


def _is_archive(path: str) -> bool:
    """Return whether a zip file is an archive of files, not one spreadsheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(name in _SHEETS for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _read_archive(path: str) -> Iterator[ReadOutcome]:
    """Yield the outcomes of the files in an archive that may hold data, in natural order."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        entries = [entry for entry in archive.infolist() if _may_be_data(entry)]
        entries.sort(key=lambda entry: natural_key(entry.filename))
        if not entries:
            yield ReadOutcome(path, error=ReadError(path, "this archive holds no data file"))
        for entry in entries:
            shown = f"{path}/{entry.filename}"
            file = Path(folder) / base_name(entry.filename)
            try:
                file.write_bytes(_unpack(archive, entry, shown))
            except ReadError as error:
                yield ReadOutcome(shown, error=error)
                continue
            yield _read_one(str(file), shown)
            file.unlink()


def _may_be_data(entry: zipfile.ZipInfo) -> bool:
    inner = entry.filename.startswith("__MACOSX/") or "\0" in entry.filename
    return not (entry.is_dir() or inner) and may_hold_data(Path(base_name(entry.filename)))


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> bytes:
    """Return the bytes of a file in an archive, unless it is far larger than data can be."""
    limit = min(_LARGEST, max(_SMALL, _DENSEST * entry.compress_size))
    if entry.file_size > limit:
        what = f"it would unpack to {entry.file_size / 1e6:.0f} MB, more than tables do; unpack it"
        raise ReadError(shown, f"{what} yourself and name the file")
    try:
        with archive.open(entry) as file:
            data = file.read(limit + 1)
    except RuntimeError as error:  # encrypted
        raise ReadError(shown, f"it cannot be unpacked ({error}); unpack it yourself") from None
    except Exception as error:  # noqa: BLE001 - zipfile, zlib, lzma and bz2 raise many kinds
        raise ReadError(shown, f"the archive is damaged here ({error})") from None
    if len(data) > limit:
        raise ReadError(shown, "it unpacks to more than the archive says; the archive is damaged")
    return data
