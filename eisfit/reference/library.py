"""Looking literature values up, by material, composition or the id of a source."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from eisfit.errors import ReferenceDataError, did_you_mean
from eisfit.reference.reading import read_material
from eisfit.reference.values import ReferenceValue

_SHORTEST_PART = 3
"""Letters that a part of a composition needs to be looked up by."""


class _File(Protocol):
    """What a path and a resource of a package have in common."""

    @property
    def name(self) -> str: ...
    def read_bytes(self) -> bytes: ...


def load_library(extra: Path | None = None) -> tuple[ReferenceValue, ...]:
    """Return all literature values, those that come with eisfit first.

    Parameters
    ----------
    extra : Path, optional
        A folder of TOML files of one's own, written as `eisfit.reference.reading` describes.

    Raises
    ------
    ReferenceDataError
        Where a file makes no sense, or two sources have one id.

    Examples
    --------
    >>> load_library()[0].source.material
    'argyrodite'
    """
    if extra is None:
        return _shipped()
    if not extra.is_dir():
        raise ReferenceDataError(f"{extra}: not a folder; give one that holds TOML files")
    return _merged([*_contents(_shipped_files()), *_contents(extra.glob("*.toml"))])


def references(material: str = "", *, extra: Path | None = None) -> list[ReferenceValue]:
    """Return the values of a material, in the order of the library.

    Parameters
    ----------
    material : str
        A family (``"LLTO"``), another name of it, the id of a source, or a composition or a part
        of one; case, blanks and hyphens do not matter. Empty: all there are. A whole name
        goes before a part of a composition.
    extra : Path, optional
        A folder of TOML files of one's own.

    Raises
    ------
    ReferenceDataError
        Where there is no such material.

    Examples
    --------
    >>> references("llto")[0]
    <LLTO-Inaguma1993: bulk 1e-3 S/cm, 300.15 K>
    >>> sorted({value.id for value in references("Li3InCl6")})
    ['Li3InCl6', 'Li3InCl6-water']
    >>> references("LLT0")
    Traceback (most recent call last):
    eisfit.errors.ReferenceDataError: no literature values for 'LLT0'; did you mean 'LLTO'...
    """
    library = load_library(extra)
    wanted = _folded(material)
    if not wanted:
        return list(library)
    named = [v for v in library if wanted in {_folded(name) for name in _names(v)}]
    if named or len(wanted) < _SHORTEST_PART:
        found = named
    else:
        found = [v for v in library if wanted in _folded(v.source.composition)]
    if not found:
        near = did_you_mean(material, {name: None for v in library for name in _names(v)})
        known = ", ".join(families(extra=extra))
        raise ReferenceDataError(f"no literature values for {material!r}{near} (there are {known})")
    return found


def families(*, extra: Path | None = None) -> list[str]:
    """Return the names of the materials, each once.

    Examples
    --------
    >>> "LLTO" in families()
    True
    """
    return list(dict.fromkeys(value.source.material for value in load_library(extra)))


def _names(value: ReferenceValue) -> tuple[str, ...]:
    source = value.source
    return (source.material, *source.aliases, source.composition, source.id)


def _folded(name: str) -> str:
    """Return `name` without what people write differently: case, blanks, hyphens."""
    return "".join(letter for letter in name.casefold() if letter not in " \t-–_")


@cache
def _shipped() -> tuple[ReferenceValue, ...]:
    return _merged(_contents(_shipped_files()))


def _shipped_files() -> Iterable[_File]:
    return (file for file in files("eisfit.reference").iterdir() if file.name.endswith(".toml"))


def _contents(found: Iterable[_File]) -> list[tuple[str, str]]:
    """Return name and text of the files by name."""
    contents = []
    for file in sorted(found, key=lambda file: file.name):
        try:
            contents.append((file.name, file.read_bytes().decode("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise ReferenceDataError(f"{file.name}: cannot be read as UTF-8: {error}") from error
    return contents


def _merged(contents: Iterable[tuple[str, str]]) -> tuple[ReferenceValue, ...]:
    """Return the values of all files, refusing an id that two sources share."""
    values: list[ReferenceValue] = []
    owner: dict[str, str] = {}
    for name, text in contents:
        own = read_material(text, name)
        sources = list({id(value.source): value.source.id for value in own}.values())
        for key in sources:
            if key in owner:
                raise ReferenceDataError(
                    f"{name}: the id {key!r} is taken already, by a source in {owner[key]}"
                )
            owner[key] = name
        values += own
    return tuple(values)
