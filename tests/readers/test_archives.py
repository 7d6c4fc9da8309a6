"""Zip archives, open files, folders below folders, and names that tell together."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError, UnknownFormat
from eisfit.readers import read, read_each, skipped_files

TABLE = "f,Z',Z''\n" + "".join(f"{f},100,-{f}\n" for f in (1000, 100, 10, 1))


def archive(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def test_an_archive_is_read_like_a_folder(tmp_path: Path) -> None:
    path = archive(tmp_path / "cell.zip", {
        "b_30C.csv": TABLE, "run/a_20C.csv": TABLE, "run/notes.txt": "Dear diary",
        "README.md": "x", "__MACOSX/._a_20C.csv": "x", "plot.png": b"\x89PNG",
    })  # fmt: skip
    spectra = read(path)
    assert [s.provenance.file for s in spectra] == [
        f"{path}/b_30C.csv", f"{path}/run/a_20C.csv",
    ]  # fmt: skip
    assert [s.temperature for s in spectra] == [303.15, 293.15]
    outcomes = {o.path: o for o in read_each(path)}
    assert len(outcomes) == 3
    error = str(outcomes[f"{path}/run/notes.txt"].error)
    assert error.startswith(f"{path}/run/notes.txt: ")
    assert "/tmp" not in error.replace(str(path), "")


def test_an_error_in_an_archive_names_its_line(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"x.csv": "f,Z'\n1,2\n2,3\n3,4\n"})
    with pytest.raises(ReadError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}/x.csv:1: no column for Z''")
    assert caught.value.line == 1


def test_an_archive_without_data_or_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="holds no data file"):
        read(archive(tmp_path / "a.zip", {"README.md": "x"}))
    path = archive(tmp_path / "b.zip", {"x.csv": TABLE * 50})
    whole = path.read_bytes()
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        for outcome in read_each(path):
            assert str(outcome.error).startswith(str(path))
            assert "the reader" not in str(outcome.error)
    rng = np.random.default_rng(0)
    for _ in range(300):
        content = bytearray(whole)
        content[rng.integers(len(whole))] = rng.integers(256)
        path.write_bytes(content)
        for outcome in read_each(path):
            assert outcome.spectra or str(outcome.error).startswith(str(path))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "bomb.zip", {"x.csv": "0" * 30_000_000})
    (outcome,) = read_each(path)
    assert "more than tables do" in str(outcome.error)


def test_an_open_file_binary_or_text_is_read_under_its_name(tmp_path: Path) -> None:
    place = tmp_path / "p_25C.csv"
    place.write_text(TABLE)
    with place.open("rb") as file:
        (spectrum,) = read(file)
    assert (spectrum.provenance.file, spectrum.temperature) == (str(place), 298.15)
    for stream in (io.StringIO(TABLE), io.BytesIO(TABLE.encode())):
        (spectrum,) = read(stream)
        assert spectrum.provenance.file == "data"
        assert len(spectrum) == 4
    packed = io.BytesIO(archive(tmp_path / "a.zip", {"x.csv": TABLE}).read_bytes())
    assert [s.provenance.file for s in read([packed, place])] == ["data/x.csv", str(place)]
    with pytest.raises(UnknownFormat, match="data: "):
        read(io.BytesIO(b"\x00\x01\x02"))


def test_two_stars_mean_all_folders_below(tmp_path: Path) -> None:
    for name in ("a/x.csv", "a/b/y.csv", "z.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TABLE)
    assert len(read(f"{tmp_path}/**/*.csv")) == 3
    (tmp_path / "plot.png").write_bytes(b"x")
    assert [Path(p).name for p in skipped_files(tmp_path)] == ["a", "plot.png"]
    assert skipped_files(tmp_path / "z.csv") == []


def test_the_temperature_that_changes_is_the_measurements(tmp_path: Path) -> None:
    for T in (-10, 25, 80):
        (tmp_path / f"LLTO_1000C_{T}C.csv").write_text(TABLE)
    spectra = read(tmp_path)
    assert sorted(s.temperature or 0 for s in spectra) == pytest.approx([263.15, 298.15, 353.15])
    assert {f.code for s in spectra for f in s.findings} == {"temperature_told_apart"}
    assert read(tmp_path / "LLTO_1000C_25C.csv")[0].temperature is None


def test_two_temperatures_that_both_change_are_not_guessed(tmp_path: Path) -> None:
    for name in ("LLTO_1000C_25C", "LLTO_1100C_30C"):
        (tmp_path / f"{name}.csv").write_text(TABLE)
    assert [s.temperature for s in read(tmp_path)] == [None, None]
