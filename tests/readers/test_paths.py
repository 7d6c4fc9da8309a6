"""Files, folders and globs; many files; plugins."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pytest

from eisfit.base.errors import ReadError, UnknownFormat
from eisfit.readers import Format, formats, plugin_errors, read, read_each, registry

TABLE = "f,Z',Z''\n" + "".join(f"{f},100,-{f}\n" for f in (1000, 100, 10, 1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("run10_25C.csv", "run2_30C.csv", ".hidden.csv"):
        (tmp_path / name).write_text(TABLE)
    for name in ("series.toml", "truth.toml", "README", "README.txt", "plot.png", "make.py"):
        (tmp_path / name).write_text("x")
    (tmp_path / "inner").mkdir()
    return tmp_path


def test_a_folder_is_its_data_files_in_natural_order(folder: Path) -> None:
    names = [Path(s.provenance.file).name for s in read(folder)]
    assert names == ["run2_30C.csv", "run10_25C.csv"]


def test_globs_files_and_texts_may_be_mixed_and_count_once(folder: Path) -> None:
    assert len(read([str(folder / "run*.csv"), folder / "run2_30C.csv", folder])) == 2


def test_a_name_with_brackets_is_a_name_first(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text(TABLE)
    assert len(read(tmp_path / "a[1].csv")) == 1


@pytest.mark.parametrize("path", ["no_such.csv", "no_*.csv", "folder\0name"])
def test_a_path_that_names_nothing_is_an_error(path: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        read(f"{tmp_path}/{path}")


def test_no_path_at_all_is_an_error() -> None:
    with pytest.raises(ReadError, match="no file was named"):
        read([])


def test_a_folder_without_data_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x")
    with pytest.raises(ReadError, match="holds no data file"):
        read_each(tmp_path)


def test_one_bad_file_does_not_stop_the_others(folder: Path) -> None:
    (folder / "run3.csv").write_text("f,Z',Z''\n1000,a,b\n")
    (folder / "notes.txt").write_text("Dear diary")
    outcomes = {Path(o.path).name: o for o in read_each(folder)}
    assert list(outcomes) == ["notes.txt", "run2_30C.csv", "run3.csv", "run10_25C.csv"]
    assert outcomes["run2_30C.csv"].format == "delimited"
    assert not outcomes["run2_30C.csv"].error
    assert "run3.csv" in str(outcomes["run3.csv"].error)
    assert "without a table" in str(outcomes["notes.txt"].error)
    assert not outcomes["notes.txt"].spectra


def test_reading_a_folder_passes_over_what_is_no_data_and_stops_at_what_is_broken(
    folder: Path,
) -> None:
    (folder / "notes.txt").write_text("Dear diary")
    assert len(read(folder)) == 2
    with pytest.raises(UnknownFormat):
        read(folder / "notes.txt")
    (folder / "run3.csv").write_text("f,Z'\n1000,1\n100,1\n10,1\n")
    with pytest.raises(ReadError, match=r"run3\.csv:1"):
        read(folder)


def test_a_folder_given_as_a_file_inside_a_list(folder: Path) -> None:
    with pytest.raises(ReadError, match="holds no data"):
        read([folder / "inner"])


class _Entry:
    """An entry point of a plugin."""

    def __init__(self, name: str, loaded: object) -> None:
        self.name, self._loaded = name, loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


@pytest.fixture(autouse=True)
def _forget_plugins() -> Iterator[None]:
    registry._plugins.cache_clear()
    yield
    registry._plugins.cache_clear()


def _install(monkeypatch: pytest.MonkeyPatch, *loaded: object) -> None:
    entries = [_Entry(f"plugin{i}", item) for i, item in enumerate(loaded)]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: entries)


def _fails(_: object) -> list:
    raise KeyError("oops")


def test_a_plugin_reads_its_own_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "x.dat").write_text("MINE")
    own = Format(
        "mine", "Mine", lambda head: head == b"MINE", lambda _: read(folder / "run2_30C.csv")
    )
    _install(monkeypatch, own)
    assert read_each(folder / "x.dat")[0].format == "mine"
    assert [f.name for f in formats()][-2:] == ["mine", "delimited"]


def test_a_broken_plugin_does_not_take_others_down(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, ImportError("no module"), 7, Format("bad", "Bad", _fails, _fails))
    assert len(read(folder)) == 2
    said = plugin_errors()
    assert [s.split("'")[1] for s in said] == ["plugin0", "plugin1"]
    (folder / "x.ism").write_bytes(b"\x00\x01")
    with pytest.raises(UnknownFormat, match="plugin0"):
        read(folder / "x.ism")


def test_a_plugin_that_fails_while_reading_is_a_read_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, Format("bad", "Bad", lambda _: True, _fails))
    with pytest.raises(ReadError, match="the reader 'bad' failed: KeyError"):
        read(folder / "run2_30C.csv")


def test_two_claims_on_one_file_name_both(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [Format(name, name, lambda _: True, _fails) for name in ("one", "two")]
    _install(monkeypatch, *both)
    with pytest.raises(ReadError, match="one and two"):
        read(folder / "run2_30C.csv")
