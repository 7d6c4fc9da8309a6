"""What a file format is to the registry; plugins make one and name it as their entry point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eisfit.spectrum import Spectrum


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
    """

    name: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path], list[Spectrum]]
    suffixes: tuple[str, ...] = ()
    note: str = ""
