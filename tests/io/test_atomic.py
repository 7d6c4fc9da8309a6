"""Files and folders are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from eisfit.base.errors import OutputError, SpectrumError
from eisfit.io.atomic import UNFINISHED, remove_unfinished, write_bytes, write_file, write_folder


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b""
        for p in folder.rglob("*")
    }


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), SpectrumError("x")])
def test_a_failure_keeps_the_earlier_file_and_leaves_no_other(tmp_path, error) -> None:
    place = write_bytes(tmp_path / "a" / "x.txt", b"before")
    assert place.read_bytes() == b"before"

    def fail(part: Path) -> None:
        part.write_bytes(b"half")
        raise error

    with pytest.raises((OutputError, SpectrumError)) as caught:
        write_file(place, fail, advice="go on")
    if isinstance(error, OSError):
        assert str(caught.value) == f"{place}: cannot be written (No space left on device); go on"
    assert content(tmp_path) == {"a": b"", "a/x.txt": b"before"}


def test_unfinished_files_of_a_killed_process_are_removed(tmp_path) -> None:
    (tmp_path / f".x{UNFINISHED}").write_bytes(b"half")
    (tmp_path / f"mine{UNFINISHED}").write_bytes(b"mine")
    remove_unfinished(tmp_path)
    assert content(tmp_path) == {f"mine{UNFINISHED}": b"mine"}


def test_a_folder_replaces_its_files_and_the_obsolete_ones(tmp_path) -> None:
    for name in ("old/a", "b", "mine"):
        write_bytes(tmp_path / name, b"before")

    def write(stage: Path) -> None:
        (stage / "new").mkdir()
        (stage / "new" / "c").write_bytes(b"c")
        (stage / "b").write_bytes(b"b")

    write_folder(tmp_path, write, obsolete=[Path("old/a"), Path("never/there")])
    assert content(tmp_path) == {
        "old": b"",
        "b": b"b",
        "mine": b"before",
        "new": b"",
        "new/c": b"c",
    }


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("existed", [True, False])
def test_a_folder_is_as_before_where_writing_fails(tmp_path, monkeypatch, existed, error) -> None:
    place = tmp_path / "deep" / "out"
    if existed:
        write_bytes(place / "a", b"before")
    before = content(tmp_path)
    rename = Path.replace

    def fail_at_b(self: Path, target: Path) -> Path:
        if target == place / "new" / "b":
            raise error
        return rename(self, target)

    def write(stage: Path) -> None:
        (stage / "new").mkdir()
        (stage / "a").write_bytes(b"a")
        (stage / "new" / "b").write_bytes(b"b")

    monkeypatch.setattr(Path, "replace", fail_at_b)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_folder(place, write)
    assert content(tmp_path) == before


def test_a_file_in_place_of_a_folder_is_refused(tmp_path) -> None:
    place = write_bytes(tmp_path / "x", b"")
    with pytest.raises(OutputError, match="this is a file; give the name of a folder"):
        write_folder(place, lambda _: None)
