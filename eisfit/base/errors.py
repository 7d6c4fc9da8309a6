"""The errors of eisfit, as one tree.

EisfitError
├── ReadError            a file that cannot be used, with its place and what to do
│   └── UnknownFormat    no reader recognises the content
├── SpectrumError        arrays that are no impedance spectrum, or no series
├── SheetError           a measurement sheet (series.toml) that is not valid
├── UnitError            a quantity whose unit is missing or unknown
├── ModelError           a circuit or a model file that is not valid
├── FitError             a spectrum that cannot be fitted at all
├── ReferenceDataError   a file of literature values that is not valid
└── OutputError          a result that could not be written
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class EisfitError(Exception):
    """The one base of all that eisfit raises on purpose; its text is meant for the user."""


class ReadError(EisfitError, ValueError):
    """A file that cannot be used; its text starts with ``path:line``.

    Parameters
    ----------
    path : Path or str
        The file.
    message : str
        What was found and what to do.
    line : int, optional
        Line number, from 1.

    Attributes
    ----------
    path, message, line
        As given.

    Examples
    --------
    >>> error = ReadError("run7.DTA", "not a data point: 'broken'", line=6)
    >>> print(error)
    run7.DTA:6: not a data point: 'broken'
    >>> error.path, error.line, error.message
    ('run7.DTA', 6, "not a data point: 'broken'")
    """

    def __init__(self, path: Path | str, message: str, line: int | None = None) -> None:
        place = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{place}: {message}")
        self.path = path
        self.message = message
        self.line = line


class UnknownFormat(ReadError):  # noqa: N818 - reads as what it is: the format is unknown
    """No reader recognises the content of a file."""


class SpectrumError(EisfitError, ValueError):
    """Arrays that are no impedance spectrum, or spectra that are no series."""


class SheetError(EisfitError, ValueError):
    """A measurement sheet (``series.toml``) that is not valid."""


class UnitError(EisfitError, ValueError):
    """A quantity whose unit is missing, unknown or of the wrong kind."""


class ModelError(EisfitError, ValueError):
    """A circuit or a model file that is not valid."""


class FitError(EisfitError, ValueError):
    """A spectrum that cannot be fitted at all."""


class ReferenceDataError(EisfitError, ValueError):
    """A file of literature values that is not valid."""


class OutputError(EisfitError, OSError):
    """A result that could not be written."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest known words, or an empty string.

    Examples
    --------
    >>> did_you_mean("ceramic", ["ceramic_pellet", "stack"])
    "; did you mean 'ceramic_pellet'?"
    >>> did_you_mean("llzo", ["llto_sr", "llzo_garnet"])
    "; did you mean 'llzo_garnet'?"
    """
    names = list(known)
    extended = [name for name in names if word and name.startswith(word)]
    near = extended[:2] or get_close_matches(word, names, n=2, cutoff=0.5)
    return f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""


for _public in (EisfitError, ReadError, SpectrumError, SheetError, ModelError, FitError):
    _public.__module__ = "eisfit"  # what users see, in tracebacks too
