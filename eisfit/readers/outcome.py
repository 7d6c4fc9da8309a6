"""What becomes of a file: its spectra, or why there are none; archives are many files."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.paths import may_hold_data, natural
from eisfit.readers.registry import read_file
from eisfit.readers.text import base_name, load_head

_LARGEST = 1 << 30  # bytes of one unpacked file
_DENSEST = 400  # times the packed size, over what any table packs
_SMALL = 1 << 20
_ZIP = b"PK\x03\x04"
_SHEETS = ("[Content_Types].xml", "mimetype")


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What became of one file.

    Parameters
    ----------
    path : str
        As the user named it, or as found; of a file in an archive ``archive.zip/name``.
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


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that cannot be used, with the error that says why."""

    path: str
    error: ReadError


def results(path: str) -> Iterator[ReadOutcome | Failed]:
    """Yield what becomes of a file, or of each file in an archive.

    Parameters
    ----------
    path : str
        Of a file.
    """
    try:
        head = load_head(path)
        packed = head.startswith(_ZIP) and _is_archive(path)
    except ReadError as trouble:
        yield Failed(path, trouble)
        return
    if packed:
        yield from _members(path)
    else:
        yield _one(path, path, head)


def of_stream(stream: IO[bytes] | IO[str]) -> Iterator[ReadOutcome | Failed]:
    """Yield what becomes of an open file, binary or text; its name is kept where it has one."""
    name = getattr(stream, "name", "")
    shown = name if isinstance(name, str) and name else "data"
    content = stream.read()
    data = content.encode() if isinstance(content, str) else bytes(content)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / (base_name(shown).replace("\0", "") or "data")
        place.write_bytes(data)
        for found in results(str(place)):
            yield _renamed(found, str(place), shown)


def _one(path: str, shown: str, head: bytes = b"") -> ReadOutcome | Failed:
    try:
        found, spectra = read_file(path, head)
    except ReadError as trouble:
        return _renamed(Failed(path, trouble), path, shown)
    return _renamed(ReadOutcome(path, tuple(spectra), found.name), path, shown)


def _renamed(found: ReadOutcome | Failed, place: str, shown: str) -> ReadOutcome | Failed:
    """Return an outcome as if its file were at `shown`."""
    if place == shown:
        return found
    path = shown + found.path.removeprefix(place)
    if isinstance(found, Failed):
        return Failed(path, _error_at(found.error, path))
    spectra = tuple(s.with_(provenance=replace(s.provenance, file=path)) for s in found.spectra)
    return replace(found, path=path, spectra=spectra)


def _error_at(error: ReadError, path: str) -> ReadError:
    """Return the same error about another path."""
    here = str(error.path) if error.line is None else f"{error.path}:{error.line}"
    text = str(error).removeprefix(f"{here}: ")
    return type(error)(path, text.replace(str(error.path), path), error.line)


def _is_archive(path: str) -> bool:
    """Tell whether a zip file holds files of its own, not the parts of one spreadsheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(name in _SHEETS for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _members(path: str) -> Iterator[ReadOutcome | Failed]:
    """Yield what becomes of the files in an archive that may hold data, in natural order."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        entries = sorted(
            (e for e in archive.infolist() if _is_data(e)), key=lambda e: natural(e.filename)
        )
        if not entries:
            yield Failed(path, ReadError(path, "this archive holds no data file"))
        for entry in entries:
            shown = f"{path}/{entry.filename}"
            place = Path(folder) / base_name(entry.filename)
            try:
                place.write_bytes(_unpacked(archive, entry, shown))
            except ReadError as trouble:
                yield Failed(shown, trouble)
                continue
            yield _one(str(place), shown)
            place.unlink()


def _is_data(entry: zipfile.ZipInfo) -> bool:
    inner = entry.filename.startswith("__MACOSX/") or "\0" in entry.filename
    return not (entry.is_dir() or inner) and may_hold_data(Path(base_name(entry.filename)))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> bytes:
    """Return the bytes of a file in an archive, unless it is far larger than data can be."""
    limit = min(_LARGEST, max(_SMALL, _DENSEST * entry.compress_size))
    if entry.file_size > limit:
        what = f"it would unpack to {entry.file_size / 1e6:.0f} MB, more than tables do; unpack it"
        raise ReadError(shown, f"{what} yourself and name the file")
    try:
        with archive.open(entry) as file:
            data = file.read(limit + 1)
    except RuntimeError as trouble:  # encrypted
        raise ReadError(shown, f"it cannot be unpacked ({trouble}); unpack it yourself") from None
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as trouble:
        raise ReadError(shown, f"the archive is damaged here ({trouble})") from None
    except Exception as trouble:  # noqa: BLE001 - zlib, lzma and bz2 have errors of their own
        raise ReadError(shown, f"the archive is damaged here ({trouble})") from None
    if len(data) > limit:
        raise ReadError(shown, "it unpacks to more than the archive says; the archive is damaged")
    return data
