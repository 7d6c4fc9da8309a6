"""Bytes to lines of text, and text to numbers, whatever the age and the country of the file.

Instruments write UTF-8 with and without a mark, UTF-16, and the Windows code page 1252; points
and commas in numbers; and every kind of line end. Nothing here can fail on text: what cannot be
decoded is replaced, what is no number is NaN, and the caller says so.
"""

from __future__ import annotations

import codecs
import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from eisfit.base.errors import ReadError
from eisfit.base.findings import Finding, Severity

HEAD = 65536
"""Bytes at the start of a file by which its format is recognised."""

LONG = 1 << 21
"""Bytes beyond which a file is long: only its first lines are made into strings at first."""

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What a text in UTF-16 starts with."""

T = TypeVar("T")

_MANY = 6000  # lines; more than are searched for a table
_MOST = 50_000  # lines that are strings in any file
_STEP = 1 << 18  # bytes
_BLANK = b"\0 \t\r\n"
_CONTROL = bytes({*range(32)} - {*b"\t\n\v\f\r\x1a"})


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
    rest : bytes
        What follows the lines of a long file, in ASCII; see `read_long`.
    """

    path: str
    lines: list[str]
    sha256: str
    complete: bool
    rest: bytes = b""

    def all_lines(self) -> list[str]:
        """Return the lines and those of the rest."""
        return [*self.lines, *split_lines(self.rest.decode("ascii"))] if self.rest else self.lines

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return base_name(self.path)

    @property
    def first_filled(self) -> int:
        """Index of the first line that is not blank; 0 where all are."""
        return self.find(str.strip) or 0

    def find(self, test: Callable[[str], object], most: int | None = None) -> int | None:
        """Return the index of the first line (of at most so many) that passes, None of none."""
        return find_line(self.lines[:most], test)

    def error(self, text: str, line: int | None = None) -> ReadError:
        """Return the error that the file cannot be used; lines count from 1."""
        return ReadError(self.path, text, line)

    def finding(self, code: str, severity: Severity, text: str, **facts: Any) -> Finding:
        """Return a finding whose message starts with the file's name.

        It affects the result where values may be wrong or missing: a warning does, an info does
        not, unless the facts (further fields of `Finding`) say something else.
        """
        return Finding(code, severity, f"{self.name}: {text}", **facts)


def open_binary(path: Path | str) -> tuple[Source, bytes]:
    """Return what is known of a file without lines, and its bytes; see `load`."""
    data = load(path)
    return Source(str(path), [], hashlib.sha256(data).hexdigest(), complete=True), data


def find_line(lines: Sequence[str], test: Callable[[str], object]) -> int | None:
    """Return the index of the first line that passes a test, None of none."""
    return next((index for index, line in enumerate(lines) if test(line)), None)


def base_name(path: str) -> str:
    """Return the last part of a path, whichever system wrote it."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def load(path: Path | str, most: int = -1) -> bytes:
    """Return the bytes of a file (at most so many), or say in a sentence why there are none."""
    return _load(path, lambda file: [file.read(most)])[0]


def _load(path: Path | str, read: Callable[[IO[bytes]], list[bytes]]) -> list[bytes]:
    """Return parts of a file; there must be more than blanks in them."""
    try:
        with Path(path).open("rb") as file:
            parts = read(file)
    except FileNotFoundError:
        raise ReadError(path, "there is no such file; check the name") from None
    except IsADirectoryError:
        raise ReadError(path, "this is a folder, not a file") from None
    except PermissionError:
        raise ReadError(path, "you may not read this file; check its permissions") from None
    except (OSError, ValueError) as error:
        raise ReadError(path, f"the file cannot be read: {error}") from error
    if not any(part[:HEAD].strip(_BLANK) or part[HEAD:].strip(_BLANK) for part in parts):
        what = "the file holds only blanks" if any(parts) else "the file is empty"
        raise ReadError(path, f"{what}; copy it from the instrument again")
    return parts


def open_source(path: Path | str) -> Source:
    """Return a text file as lines; see `load` for what can go wrong."""
    return _source(path, load(path))


def read_long(path: Path | str, read: Callable[[Source], T]) -> T:
    """Return what a reader makes of a text file, of a long one without a string for every line.

    Of a long file the reader first sees some thousand lines, and the rest as bytes. Where it
    raises a ReadError it sees all lines, so that the error is about the whole file.
    """
    head, rest = _load(path, _head_and_rest)
    source = _source(path, head, rest)
    if not rest:
        return read(source)
    if len(source.lines) >= _MANY and rest.isascii() and not head.startswith(UTF16):
        try:
            return read(source)
        except ReadError:
            pass
    del head, rest, source
    return read(open_source(path))


def _head_and_rest(file: IO[bytes]) -> list[bytes]:
    """Return the lines within the first bytes of a file, and what follows them."""
    head = file.read(HEAD)  # all there is, mostly; asking for more at once takes longer
    if len(head) < HEAD:
        return [head, b""]
    while head.count(b"\n") <= _MANY and len(head) < LONG and (more := file.read(_STEP)):
        head += more
    head += file.readline()
    rest = file.read()
    if len(rest) < LONG and rest.count(b"\n") < _MOST:
        return [head + rest, b""]
    return [head, rest]


def _source(path: Path | str, data: bytes, rest: bytes = b"") -> Source:
    lines = split_lines(decode(data))
    checksum = hashlib.sha256(data)
    last = lines[-1]
    if rest:
        checksum.update(rest)
        del lines[-1]  # the end of the last line stands before the rest
        last = rest[max(rest.rfind(b"\n"), rest.rfind(b"\r")) + 1 :].decode("latin-1")
    return Source(str(path), lines, checksum.hexdigest(), last.strip("\0\x1a") == "", rest)


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, whatever ends them."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = text.replace("\r", "\n")
    return text.split("\n")


def decode(data: bytes) -> str:
    """Return bytes as text; never fails.

    Examples
    --------
    >>> decode("25 °C".encode("cp1252")), decode("25 °C".encode("utf-16"))
    ('25 °C', '25 °C')
    """
    if data.startswith(UTF16):
        return data.decode("utf-16", errors="replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8")  # cut within its last character
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_text(head: bytes) -> bool:
    r"""Return whether the start of a file is text: no control bytes other than tabs and line ends.

    Examples
    --------
    >>> is_text(b"f,Z',Z''"), is_text(b"BIO-LOGIC MODULAR FILE\x1a\0\0\0")
    (True, False)
    """
    if head.startswith(UTF16):
        return True
    return len(head) == len(head.translate(None, _CONTROL))


def parse_number(cell: str, decimal: str = ".") -> float:
    """Return a cell as a number, NaN where it is none.

    Examples
    --------
    >>> parse_number(" 1.5E+03"), parse_number("1,5", decimal=","), parse_number("1,5")
    (1500.0, 1.5, nan)
    >>> parse_number("−2")
    -2.0
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


def is_number(cell: str) -> bool:
    """Return whether a cell is a number, with a point or a comma."""
    return not all(math.isnan(parse_number(cell, decimal)) for decimal in ".,")


def number_or_nan(value: object) -> float:
    """Return a value as a float, NaN where it is no number: a text or nothing, of JSON, say."""
    return float(value) if isinstance(value, int | float) else math.nan


def first_line(head: bytes) -> str:
    """Return the first line that is not blank, by the first bytes of a file."""
    return split_lines(decode(head[:4096]).lstrip())[0]


def head_lines(head: bytes, most: int | None = None) -> list[str]:
    """Return the first lines of a file by its first bytes; none where they are no text."""
    return split_lines(decode(head))[:most] if is_text(head) else []
