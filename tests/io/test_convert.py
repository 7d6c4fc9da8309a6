"""Spectra written for other programs come back as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eisfit.base.errors import OutputError, ReadError
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.io.convert import convert
from eisfit.readers import read, read_each

F = np.logspace(5, 0, 16)


def spectrum(seed: int, temperature: float | None = 300.0, **more: object) -> Spectrum:
    rng = np.random.default_rng(seed)
    Z = (50 + 1000 / (1 + 1j * F / 300)) * (1 + 0.01 * rng.standard_normal(16))
    source = Provenance(
        file=f"run{seed}.mpt", format="biologic", sweep=2, instrument="SP-300",
        conditions={"amplitude_V": 0.01, "dc_potential_V": 0.1 * seed},
    )  # fmt: skip
    return Spectrum(F, Z, temperature=temperature, provenance=source, **more)  # type: ignore[arg-type]


SEVERAL = [spectrum(1, 300.0), spectrum(2, 310.0), spectrum(3, 310.0)]


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_what_is_written_is_read_again_to_the_last_bit(ending: str, tmp_path: Path) -> None:
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    (path,) = convert(SEVERAL, tmp_path / f"all{ending}")
    back = read(path)
    assert len(back) == 3
    for old, new in zip(SEVERAL, back, strict=True):
        np.testing.assert_array_equal(new.frequency, old.frequency)
        np.testing.assert_array_equal(new.impedance, old.impedance)
        assert new.temperature == pytest.approx(old.temperature)
        if ending == ".json":
            assert new.provenance.conditions == old.provenance.conditions


@pytest.mark.parametrize("ending", [".json", ".parquet"])
def test_points_that_are_left_out_keep_their_reason(ending: str, tmp_path: Path) -> None:
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    masked = spectrum(1).masked(F > 3e4, "lead resonance")
    (back,) = read(*convert([masked], tmp_path / f"one{ending}"))
    assert back.reasons == masked.reasons


def test_zview_files_hold_the_spectrum_and_several_are_numbered(tmp_path: Path) -> None:
    (path,) = convert(SEVERAL[:1], tmp_path / "one.z")
    (back,) = read(path)
    np.testing.assert_array_equal(back.impedance, SEVERAL[0].impedance)
    assert [p.name for p in convert(SEVERAL, tmp_path / "all.z")] == [
        "all_1.z", "all_2.z", "all_3.z",
    ]  # fmt: skip


def test_an_unknown_ending_and_a_place_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"did you mean '\.json'"):
        convert(SEVERAL, tmp_path / "a.jsn")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        convert(SEVERAL, tmp_path / "file" / "a.csv")


def test_a_row_that_is_no_spectrum_is_said(tmp_path: Path) -> None:
    (path,) = convert(SEVERAL, tmp_path / "a.json")
    told = json.loads(path.read_text())
    told["spectra"][1]["z_real_ohm"] = [1.0]
    told["spectra"][2]["frequency_Hz"][3] = None
    path.write_text(json.dumps(told))
    first, last = read(path)
    assert "row 2: its columns have different lengths" in first.findings[0].message
    assert last.reasons[3] == "point 4: a value is missing"
    told["spectra"] = [7]
    path.write_text(json.dumps(told))
    with pytest.raises(ReadError, match="damaged"):
        read(path)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_read_but_nothing_else(data: st.DataObject, tmp_path_factory) -> None:
    place = tmp_path_factory.mktemp("damaged")
    ending = data.draw(st.sampled_from([".json", ".csv"]))
    (path,) = convert(SEVERAL, place / f"a{ending}")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    (outcome,) = read_each(path)
    assert bool(outcome.error) != bool(outcome.spectra)
    assert "the reader" not in str(outcome.error)


def test_the_command_writes_and_says_what_it_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    convert(SEVERAL[:1], tmp_path / "in" / "a.csv")
    (tmp_path / "in" / "bad.csv").write_text("no data")
    done = subprocess.run(
        [sys.executable, "-m", "eisfit.cli", "convert", str(tmp_path / "in"),
         "-o", str(tmp_path / "out.json")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "bad.csv" in done.stderr
    assert "1 spectrum" in done.stdout
    assert len(json.loads((tmp_path / "out.json").read_text())["spectra"]) == 1
