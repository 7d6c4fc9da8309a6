"""All literature values: eisfit's, those of installed packages, the user's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType
from typing import Any

from eisfit.base.errors import ReferenceDataError
from eisfit.base.plugins import load_plugins
from eisfit.literature.reading import read_material
from eisfit.literature.values import ReferenceValue

GROUP = "eisfit.references"
"""Entry points of installed packages; each loads a folder, a file or the text of TOML, or a
function that returns one of these."""


def load_library(extra: Path | None = None) -> tuple[ReferenceValue, ...]:
    """Return all literature values: eisfit's, those of installed packages, the user's.

    Parameters
    ----------
    extra : Path, optional
        A folder of the user's TOML files, written as `eisfit.literature.reading` describes.

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
        return _known()
    if not extra.is_dir():
        raise ReferenceDataError(f"{extra}: not a folder; give one that holds TOML files")
    return _merged([*_installed()[0], *_contents(_toml_files(extra), f"{extra}/")])


def families(*, extra: Path | None = None) -> list[str]:
    """Return the names of the materials, each once.

    Examples
    --------
    >>> "LLTO" in families()
    True
    """
    return list(dict.fromkeys(value.source.material for value in load_library(extra)))


def plugin_errors() -> list[str]:
    """Return a sentence for every installed package whose literature values cannot be used."""
    return list(_installed()[1])


@cache
def _known() -> tuple[ReferenceValue, ...]:
    return _merged(_installed()[0])


@cache
def _installed() -> tuple[list[tuple[str, str]], list[str]]:
    """Return name and text of all files but the user's, and what is wrong with installed ones."""
    contents = _contents(_toml_files(files("eisfit.literature")))

    def add(plugin: str, loaded: Any) -> None:
        more = _texts_of(loaded() if callable(loaded) else loaded, f"{plugin}: ")
        _merged([*contents, *more])
        contents.extend(more)

    return contents, load_plugins(GROUP, add)


def _texts_of(place: Any, owner: str) -> list[tuple[str, str]]:
    """Return name and text of what a plugin gives: TOML itself, a file, a folder, a package."""
    if isinstance(place, str) and "\n" in place:
        return [(f"{owner}text", place)]
    if isinstance(place, ModuleType):
        place = files(place)
    elif isinstance(place, str):
        place = Path(place)
    return _contents(_toml_files(place) if place.is_dir() else [place], owner)


def _toml_files(folder: Traversable) -> list[Traversable]:
    toml_files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    if not toml_files:
        raise ReferenceDataError(f"{folder}: no file of literature values (.toml) is in it")
    return sorted(toml_files, key=lambda file: file.name)


def _contents(toml_files: Iterable[Traversable], owner: str = "") -> list[tuple[str, str]]:
    """Return name and text of the files."""
    contents = []
    for file in toml_files:
        name = f"{owner}{file.name}"
        try:
            contents.append((name, file.read_bytes().decode("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise ReferenceDataError(f"{name}: cannot be read as UTF-8: {error}") from error
    return contents


def _merged(contents: Iterable[tuple[str, str]]) -> tuple[ReferenceValue, ...]:
    """Return the values of all files, refusing an id that two sources share."""
    values: list[ReferenceValue] = []
    owner: dict[str, str] = {}
    elements: dict[str, tuple[str, ...]] = {}
    for name, text in contents:
        more = read_material(text, name, elements)
        sources = list({id(value.source): value.source for value in more}.values())
        for source in sources:
            if source.id in owner:
                raise ReferenceDataError(
                    f"{name}: the id {source.id!r} is taken already, "
                    f"by a source in {owner[source.id]}"
                )
            owner[source.id] = name
            elements[source.material] = source.family_elements
        values += more
    return tuple(values)
