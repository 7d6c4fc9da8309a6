"""Literature values of one's own, and those of installed packages."""

from __future__ import annotations

import importlib.metadata
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eisfit.base.errors import ReferenceDataError
from eisfit.literature import library, load_library, plugin_errors, references, unlike

OWN = """
schema = 1
material = "LLTO"
title = "Lithium lanthanum titanate of one's own"

[[source]]
id = "{id}"
sample = "pellet"
composition = "{composition}"
temperature_C = 25
citation = "Somebody 2026"
values = [{{ kind = "bulk", conductivity_S_cm = 7e-4, verification = "abstract" }}]
"""


def own(name: str, composition: str = "Li0.33La0.56TiO3") -> str:
    return OWN.format(id=name, composition=composition)


@pytest.fixture(autouse=True)
def _forget_plugins() -> Iterator[None]:
    library._installed.cache_clear()
    library._known.cache_clear()
    yield
    library._installed.cache_clear()
    library._known.cache_clear()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    class Entry:
        def __init__(self, name: str, loaded: object) -> None:
            self.name, self._loaded = name, loaded

        def load(self) -> object:
            if isinstance(self._loaded, BaseException):
                raise self._loaded
            return self._loaded

    def put(**loaded: object) -> None:
        by_group = {"eisfit.references": [Entry(n, item) for n, item in loaded.items()]}
        monkeypatch.setattr(
            importlib.metadata, "entry_points", lambda group: by_group.get(group, [])
        )

    return put


def test_a_file_of_ones_own_joins_a_family_and_takes_its_elements(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(own("mine", "Li0.3La0.5Ti0.9Zr0.1O3"), encoding="utf-8")
    found = {v.id: v.source for v in references("LLTO", extra=tmp_path)}
    assert len(found) == len({v.id for v in references("LLTO")}) + 1
    assert found["mine"].apart == "contains Zr"
    assert unlike("LLTO Zr", found["mine"]) == ""


def test_a_folder_without_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="no file of literature values"):
        load_library(tmp_path)


def test_an_element_that_there_is_not_is_named(tmp_path: Path) -> None:
    text = own("mine").replace("title", 'elements = ["Lx"]\ntitle')
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=r"mine\.toml: elements is 'Lx'"):
        load_library(tmp_path)


def test_packages_give_a_folder_a_file_a_text_or_a_function(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.toml").write_text(own("in-folder"), encoding="utf-8")
    (tmp_path / "b.toml").write_text(own("in-file"), encoding="utf-8")
    install(
        folder=tmp_path / "folder", file=str(tmp_path / "b.toml"), text=own("as-text"),
        function=lambda: own("by-function"),
    )  # fmt: skip
    assert plugin_errors() == []
    names = {v.id for v in references("LLTO")}
    assert names >= {"in-folder", "in-file", "as-text", "by-function", "LLTO-Inaguma1993"}


def test_a_broken_package_never_stops_the_others(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    def fails() -> str:
        raise RuntimeError("oops")

    install(
        missing=ImportError("not there"), leaves=SystemExit(3), fails=fails,
        nowhere=str(tmp_path / "nothing"), wrong="schema = 1\n", number=7,
        package=types.ModuleType("without_files"),
        twice=own("LLTO-Inaguma1993"), good=own("good"),
    )  # fmt: skip
    assert "good" in {v.id for v in references("LLTO")}
    assert references("LLTO-Inaguma1993")[0].value == 1e-3
    said = plugin_errors()
    assert len(said) == 8
    for sentence, word in zip(
        said,
        ["not there", "3", "oops", "nothing", "'material' is missing", "", "", "is taken already"],
        strict=True,
    ):
        assert word in sentence
        assert sentence.startswith("the plugin '")
        assert "' cannot be used (eisfit.references): " in sentence
    with pytest.raises(ReferenceDataError, match=r"'unobtainium'.*'missing' cannot be used"):
        references("unobtainium")


def test_an_id_of_ones_own_that_a_package_has_is_refused_with_its_place(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    install(theirs=own("shared"))
    (tmp_path / "mine.toml").write_text(own("shared"), encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=r"mine\.toml.*'shared'.*in theirs: text"):
        load_library(tmp_path)
