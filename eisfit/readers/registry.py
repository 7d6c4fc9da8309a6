"""Which formats there are, and which of them a file is in: told by content, never by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from eisfit.errors import EisfitError, ReadError, UnknownFormat
from eisfit.readers import delimited, eclab, gamry, novocontrol
from eisfit.readers.text import HEAD, load
from eisfit.spectrum import Spectrum

GROUP = "eisfit.readers"


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that can be read.

    Parameters
    ----------
    name : str
        Short name, as in a spectrum's provenance.
    title : str
        For lists, with the maker's name.
    recognises : callable
        From the first bytes of a file to whether it is in this format.
    read : callable
        From a path to the spectra of a file.
    suffixes : tuple of str
        How such files are mostly named; for information only.
    """

    name: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path], list[Spectrum]]
    suffixes: tuple[str, ...] = ()


def _format(module: object) -> Format:
    ...
