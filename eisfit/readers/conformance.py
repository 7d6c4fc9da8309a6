"""Checks that every reader must pass, built-in or plugin.

In a plugin's tests::

    from eisfit.readers.conformance import check_reader

    def test_my_format():
        check_reader(FORMAT, Path("sample.abc").read_bytes(), "sample.abc", frequency, impedance)
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.format import Format, may_match
from eisfit.readers.text import HEAD

_STRANGERS = (
    b"",
    b"\0" * 300,
    bytes(range(256)),
    b"f,Z',Z''\n1000,1,-1\n100,2,-1\n10,3,-1\n",
    b"Dear diary, today I measured.\n",
    b"PK\x03\x04\x14\0\0\0",
    b'{"a": [1, 2, 3]}',
)
_CONVENTIONS = {"Im Z", "phase"}


def check_reader(
    reader: Format,
    content: bytes,
    name: str,
    frequency: ArrayLike | None = None,
    impedance: ArrayLike | None = None,
    cuts: int = 200,
    damages: int = 500,
) -> None:
    r"""Check that a reader does what every reader must do.

    Parameters
    ----------
    reader : Format
    content : bytes
        Of a good file.
    name : str
        Of that file, as users have it.
    frequency : array-like, shape (k,), optional
        Hz, of the first spectrum, as in the file.
    impedance : array-like of complex, shape (k,), optional
        Ω, with Im Z < 0 where it is capacitive.
    cuts : int
        Places at which the file is cut off.
    damages : int
        Number of damaged copies, a few bytes changed at random (always the same ones).

    Raises
    ------
    AssertionError
        With a sentence that says what is wrong.

    Examples
    --------
    >>> from eisfit.readers import formats
    >>> table = next(f for f in formats() if f.name == "delimited")
    >>> rows = b"".join(b"%d,100,-%d\n" % (f, f) for f in (1000, 100, 10, 1))
    >>> check_reader(table, b"f,Z',Z''\n" + rows, "run_25C.csv", cuts=20, damages=20)
    """
    _require(reader.recognises(content[:HEAD]), f"{reader.name} does not recognise its own file")
    _check_marks(reader, content[:HEAD])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        spectra = reader.read(path)
        _check_spectra(reader, spectra, path, content)
        if frequency is not None and impedance is not None:
            _check_numbers(spectra[0], frequency, impedance)
        shortened = (content[: len(content) * i // cuts] for i in range(cuts))
        for stranger in chain(_STRANGERS, shortened, _damaged(content, damages)):
            _check_refusal(reader, path, stranger)


def _require(held: object, text: str) -> None:
    if not held:
        raise AssertionError(text)


def _check_marks(reader: Format, head: bytes) -> None:
    """Check that a file that a reader recognises has one of its marks."""
    small = all(mark == mark.lower() for mark in reader.marks)
    _require(small, f"{reader.name}: marks are in small letters")
    _require(may_match(reader, head.lower()), f"{reader.name} recognises a file without its marks")


def _check_spectra(reader: Format, spectra: list[Spectrum], path: Path, content: bytes) -> None:
    _require(spectra, "a good file gives one spectrum at least")
    for number, spectrum in enumerate(spectra, 1):
        source = spectrum.provenance
        _require(source.file == str(path), f"provenance.file is {source.file!r}, not the path")
        _require(source.format == reader.name, f"provenance.format is {source.format!r}")
        _require(source.sweep == number, "sweeps are numbered from 1 through the file")
        _require(source.sha256 == hashlib.sha256(content).hexdigest(), "provenance.sha256 is wrong")
        _require(
            source.sign_convention.lstrip("-") in _CONVENTIONS,
            "provenance.sign_convention is 'Im Z', '-Im Z', 'phase' or '-phase'",
        )
        for finding in spectrum.findings:
            _require(
                finding.message.startswith(path.name),
                f"findings start with the file's name: {finding.message!r}",
            )


def _check_numbers(spectrum: Spectrum, frequency: ArrayLike, impedance: ArrayLike) -> None:
    f, z = np.asarray(frequency, dtype=float), np.asarray(impedance, dtype=complex)
    _require(spectrum.frequency.shape == f.shape, f"{len(spectrum)} points instead of {len(f)}")
    for read, true, what in ((spectrum.frequency, f, "frequencies"),
                              (spectrum.impedance, z, "impedances")):  # fmt: skip
        worst = float(np.max(np.abs(read - true) / np.abs(true)))
        _require(worst < 1e-5, f"{what} differ by {worst:.2g}")


def _check_refusal(reader: Format, path: Path, content: bytes) -> None:
    """Check that a file that may be no good gives spectra, or an error that starts with its path.

    Anything else that it raises comes out as it is.
    """
    recognised = reader.recognises(content[:HEAD])
    _require(isinstance(recognised, bool), "recognises() returns True or False")
    if recognised:
        _check_marks(reader, content[:HEAD])
    path.write_bytes(content)
    try:
        spectra = reader.read(path)
    except ReadError as error:
        _require(str(error).startswith(str(path)), f"errors start with the path: {error}")
        return
    _require(spectra, "a file without a spectrum is an error, no empty list")


def _damaged(content: bytes, damages: int) -> Iterator[bytes]:
    """Yield copies with a few bytes changed at random, always the same ones."""
    rng = np.random.default_rng(1)
    for _ in range(damages):
        copy = bytearray(content)
        for _ in range(int(rng.integers(1, 5))):
            copy[int(rng.integers(len(copy)))] = int(rng.integers(256))
        yield bytes(copy)
