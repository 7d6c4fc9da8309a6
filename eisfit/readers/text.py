"""Bytes to lines of text, and text to numbers, whatever the age and the country of the file.

Instruments write UTF-8 with and without a mark, UTF-16, and the Windows code page 1252; points
and commas in numbers; and every kind of line end. Nothing here can fail on text: what cannot be
decoded is replaced, what is no number is NaN, and the caller says so.
"""

from __future__ import annotations

import codecs
import hashlib
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eisfit.errors import ReadError

HEAD = 65536
"""Bytes at the start of a file by which its format is recognised."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLANK = b"\0 \t\r\n"
_CONTROL = bytes({*range(32)} - {*b"\t\n\v\f\r\x1a"})
_MOMENTS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A text file, read once.

    Parameters
    ----------
    path : str
        As the user gave it.
    lines : list of str
        Without their ends; line numbers count from 1.
    sha256 : str
        Checksum of the bytes.
    complete : bool
        Whether the last line has its end; a file cut off in transfer mostly has not.
    """

    path: str
    lines: list[str]
    sha256: str
    complete: bool

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return base_name(self.path)


def base_name(path: str) -> str:
    """Return the last part of a path, whichever system wrote it."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def load(path: Path | str, most: int = -1) -> bytes:
    """Return the bytes of a file (at most so many), or say in a sentence why there are none."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(most)
    except FileNotFoundError:
        raise ReadError(path, "there is no such file; check the name") from None
    except IsADirectoryError:
        raise ReadError(path, "this is a folder, not a file") from None
    except PermissionError:
        raise ReadError(path, "you may not read this file; check its permissions") from None
    except (OSError, ValueError) as trouble:
        raise ReadError(path, f"the file cannot be read: {trouble}") from trouble
    if not (data[:HEAD].strip(_BLANK) or data[HEAD:].strip(_BLANK)):
        what = "the file is empty" if not data else "the file holds nothing but blanks"
        raise ReadError(path, f"{what}; copy it from the instrument again")
    return data


def load_head(path: Path | str) -> bytes:
    """Return the first bytes of a file, by which its format is recognised; see `load`."""
    return load(path, HEAD)


def open_source(path: Path | str) -> Source:
    """Return a text file as lines; see `load` for what can go wrong."""
    data = load(path)
    text = decode(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = text.replace("\r", "\n")
    lines = text.split("\n")
    complete = lines[-1].strip("\0\x1a") == ""
    return Source(str(path), lines, hashlib.sha256(data).hexdigest(), complete)


def decode(data: bytes) -> str:
    """Return bytes as text; never fails.

    Examples
    --------
    >>> decode("25 °C".encode("cp1252")), decode("25 °C".encode("utf-16"))
    ('25 °C', '25 °C')
    """
    if data.startswith(_UTF16):
        return data.decode("utf-16", errors="replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as trouble:
        if trouble.start >= len(data) - 3 and trouble.reason == "unexpected end of data":
            return data[: trouble.start].decode("utf-8")  # cut within its last character
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_text(head: bytes) -> bool:
    r"""Tell whether the start of a file is text: no control bytes other than tabs and line ends.

    Examples
    --------
    >>> is_text(b"f,Z',Z''"), is_text(b"BIO-LOGIC MODULAR FILE\x1a\0\0\0")
    (True, False)
    """
    if head.startswith(_UTF16):
        return True
    return len(head) == len(head.translate(None, _CONTROL))


def number(cell: str, decimal: str = ".") -> float:
    """Return a cell as a number, NaN where it is none.

    Examples
    --------
    >>> number(" 1.5E+03"), number("1,5", decimal=","), number("1,5"), number("−2")
    (1500.0, 1.5, nan, -2.0)
    """
    if decimal == ",":
        if "." in cell:
            return math.nan
        cell = cell.replace(",", ".")
    if "_" in cell:
        return math.nan
    try:
        return float(cell.replace("−", "-"))
    except ValueError:
        return math.nan


def moment(text: str) -> datetime | None:
    """Return a date with a time of day, None where the text is no such thing.

    Examples
    --------
    >>> moment("05/15/2025 01:18:45.867")
    datetime.datetime(2025, 5, 15, 1, 18, 45)
    """
    whole = text.strip().split(".")
    if len(whole) in {2, 4}:  # a fraction of a second after the last point
        text = ".".join(whole[:-1])
    for form in _MOMENTS:
        try:
            return datetime.strptime(text.strip(), form)
        except ValueError:
            continue
    return None
