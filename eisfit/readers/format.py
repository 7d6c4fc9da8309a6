"""What a file format is to the registry; plugins make one and name it as their entry point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eisfit.data.spectrum import Spectrum
from eisfit.readers.text import HEAD, UTF16


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that can be read.

    Parameters
    ----------
    name : str
        Short name, as it stands in a spectrum's provenance.
    title : str
        For lists, with the maker's name.
    recognises : callable
        From the first bytes of a file to whether it is in this format.
    read : callable
        From a path to the spectra of the file; raises ReadError.
    suffixes : tuple of str
        How such files are mostly named; for information only.
    note : str
        What could not be known for sure, such as "layout inferred from one file".
    marks : tuple of bytes
        In small letters: one of these stands at the start of every such file, in whatever case.
        For a file without any, `recognises` is not called; with no marks it always is.
    near : int
        Bytes at the start in which the marks are looked for.
    """

    name: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path], list[Spectrum]]
    suffixes: tuple[str, ...] = ()
    note: str = ""
    marks: tuple[bytes, ...] = ()
    near: int = HEAD


def may_match(candidate: Format, small: bytes) -> bool:
    """Return whether a file may be in a format, by its marks.

    Parameters
    ----------
    candidate : Format
    small : bytes
        Start of the file in small letters.

    Examples
    --------
    >>> mine = Format("mine", "Mine", lambda head: b"MY LAB" in head, print, marks=(b"my lab",))
    >>> may_match(mine, b"MY LAB 7".lower()), may_match(mine, b"f,z',z''")
    (True, False)
    """
    if not candidate.marks or small.startswith(UTF16):  # two bytes a letter: no mark stands there
        return True
    near = small[: candidate.near]
    for mark in candidate.marks:  # noqa: SIM110 - half the time of any()
        if mark in near:
            return True
    return False
