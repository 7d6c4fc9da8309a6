"""Exported text and project files of rhd instruments' RelaxIS."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.readers.conformance import check_reader
from eisfit.readers.vendors import relaxis, relaxis_project
from eisfit.readers.vendors.eclab import read as read_eclab

INSTRUMENTS = Path(__file__).parents[3].parent / "shared" / "data" / "instruments"
F = np.logspace(-1, 6, 29)
Z = 50 + 2000 / (1 + (2j * np.pi * F * 2000 * 1e-8) ** 0.95)
NAMES = ["Data: Frequency", "Data: Z'", "Data: Z''", "Data: |Z|", "Data: Theta (Z)"]


def block(title: str, values: str = "DC=0.25, TM=33.5, J=-2E-3", n: int = 29) -> list[list[str]]:
    """Return the cells of one spectrum: heading, what is told of it, rows."""
    rows = [
        [repr(float(x)) for x in (f, z.real, z.imag, abs(z), np.angle(z, deg=True))]
        for f, z in zip(F[:n], Z[:n], strict=True)
    ]
    return [NAMES, [values, "Model: Unassigned Spectra", title, "", ""], *rows]


def export(*blocks: list[list[str]]) -> str:
    """Return spectra side by side."""
    longest = max(map(len, blocks))
    lines = [
        "\t".join(c for cells in blocks for c in (cells[i] if i < len(cells) else [""] * 5))
        for i in range(longest)
    ]
    head = ["RelaxIS 3.0 Spectrum export", "Date: 12/16/2025 2:29:15 PM"]
    return "\r\n".join([*head, *lines, ""])


def test_a_spectrum_with_what_is_told_of_it(write: Callable[..., Path]) -> None:
    text = export(block("(WE/RE Spectrum) pellet_-25C_C01.mpr_1"))
    (spectrum,) = relaxis.read(write(text))
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-12)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-12)
    assert spectrum.temperature == pytest.approx(248.15)
    assert spectrum.provenance.conditions == pytest.approx(
        {"dc_potential_V": 0.25, "dc_current_A": -2e-6, "mean_time_s": 33.5}
    )
    assert spectrum.provenance.technique == "(WE/RE Spectrum) pellet_-25C_C01.mpr_1"
    assert spectrum.provenance.columns == tuple(NAMES)
    assert spectrum.findings == ()


def test_unknown_values_are_told_and_not_used(write: Callable[..., Path]) -> None:
    (spectrum,) = relaxis.read(write(export(block("run", "FV2=1, AC=0.1, T=300"))))
    assert spectrum.temperature is None
    assert spectrum.provenance.conditions == {}
    assert spectrum.findings[0].message.endswith("not used: FV2=1, AC=0.1, T=300")


def test_decimal_commas(write: Callable[..., Path]) -> None:
    cells = [[c.replace(".", ",") for c in row] for row in block("x", "DC=0.25, J=-2E-3")]
    (spectrum,) = relaxis.read(write(export([NAMES, *cells[1:]])))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-12)
    assert spectrum.provenance.conditions == pytest.approx(
        {"dc_potential_V": 0.25, "dc_current_A": -2e-6}
    )


def test_spectra_side_by_side_and_one_below_the_other(write: Callable[..., Path]) -> None:
    side = export(block("a_20C"), block("b_40C", n=11))
    below = "\r\n".join("\t".join(row) for row in block("c_60C", n=17)) + "\r\n"
    spectra = relaxis.read(write(side + below))
    assert [len(s) for s in spectra] == [29, 11, 17]
    assert [s.temperature for s in spectra] == pytest.approx([293.15, 313.15, 333.15])
    assert [s.provenance.sweep for s in spectra] == [1, 2, 3]
    for spectrum in spectra:
        np.testing.assert_allclose(spectrum.impedance, Z[: len(spectrum)], rtol=1e-12)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("RelaxIS 3.0 Parameter export\nR1\tQ1\n1\t2\n", "without a column 'Data: Frequency'"),
        ("RelaxIS 3.0 Spectrum export\nData: Frequency\tData: Z'\n1\t2\n", "no column for Z''"),
        ("RelaxIS 3.0 Spectrum export\n" + "\t".join(NAMES) + "\n", "no row of numbers"),
    ],
)
def test_an_export_without_a_spectrum_is_refused(
    write: Callable[..., Path], content: str, said: str
) -> None:
    path = write(content)
    with pytest.raises(ReadError, match="^" + str(path)) as caught:
        relaxis.read(path)
    assert said in str(caught.value)
    assert relaxis.recognises(content.encode())


def test_the_export_keeps_what_is_asked_of_every_reader() -> None:
    content = export(block("a_20C"), block("b_40C", n=9)).encode()
    check_reader(relaxis.FORMAT, content, "relaxis.txt", F, Z)


@pytest.mark.skipif(not INSTRUMENTS.is_dir(), reason="files from real instruments are not here")
def test_the_export_holds_what_eclab_wrote_of_the_same_measurement() -> None:
    stem = INSTRUMENTS / "biologic" / "PEIS_LPSCl_IonBlocking_-25C"
    (exported,), (original,) = relaxis.read(f"{stem}_RelaxIS.txt"), read_eclab(f"{stem}.txt")
    np.testing.assert_allclose(exported.frequency[::-1], original.frequency, rtol=1e-6)
    np.testing.assert_allclose(exported.impedance[::-1], original.impedance, rtol=1e-6)
    told, true = exported.provenance.conditions, original.provenance.conditions
    assert told["dc_potential_V"] == pytest.approx(true["dc_potential_V"], rel=1e-5)
    assert told["dc_current_A"] == pytest.approx(true["dc_current_A"], rel=1e-3)
    lines = Path(f"{stem}.txt").read_text(encoding="cp1252").splitlines()[-79:]
    times = [float(line.split("\t")[5]) for line in lines]
    assert told["mean_time_s"] == pytest.approx(np.mean(times), rel=1e-6)
    assert exported.temperature == pytest.approx(248.15)


def project(path: Path, files: list[tuple[str, str]], extra: str = "") -> bytes:
    """Return a project whose every spectrum is the same but for its scale, the file's number."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE Files (ID INTEGER PRIMARY KEY, groupname TEXT, datasource TEXT);"
            "CREATE TABLE Datapoints (ID INTEGER PRIMARY KEY, file_id INTEGER, frequency REAL,"
            "zreal REAL, zimag REAL, active INTEGER);"
            "CREATE TABLE FileInformation (file_id INTEGER, name TEXT, value TEXT);" + extra
        )
        for number, (group, name) in enumerate(files, 1):
            database.execute("INSERT INTO Files VALUES (?, ?, ?)", (number, group, name))
            scale = 1 if name.startswith("Copy") else number
            database.executemany(
                "INSERT INTO Datapoints (file_id, frequency, zreal, zimag, active) "
                "VALUES (?, ?, ?, ?, ?)",
                [(number, f, scale * z.real, scale * z.imag, int(i > 1))
                 for i, (f, z) in enumerate(zip(F, Z, strict=True))],
            )  # fmt: skip
        database.commit()
    return path.read_bytes()


def test_a_project_gives_every_spectrum_once(tmp_path: Path) -> None:
    path = tmp_path / "series.eis3"
    files = [("Unassigned Spectra", "a_20C"), ("Unassigned Spectra", "b_40C"),
             ("R-(R)(P)", "Copy of a_20C")]  # fmt: skip
    extra = "INSERT INTO FileInformation VALUES (1, 'DCVoltage', '0.25');"
    content = project(path, files, extra)
    assert relaxis_project.recognises(content[:65536])
    first, second = relaxis_project.read(path)
    for spectrum, scale in ((first, 1), (second, 2)):
        np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-12)
        np.testing.assert_allclose(spectrum.impedance, scale * Z, rtol=1e-12)
        assert spectrum.reasons[:2] == (
            "point 1: not active in RelaxIS", "point 2: not active in RelaxIS",
        )  # fmt: skip
        assert not any(spectrum.reasons[2:])
    assert (first.temperature, second.temperature) == pytest.approx((293.15, 313.15))
    assert [f.code for f in first.findings] == ["unknown_value", "copies_passed_over"]
    assert "DCVoltage=0.25" in first.findings[0].message


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("CREATE TABLE Datapoints (zreal REAL)", "without ID, datasource in its table Files"),
        (
            "CREATE TABLE Files (ID INTEGER, datasource TEXT); CREATE VIEW Datapoints AS WITH "
            "RECURSIVE n(ID) AS (SELECT 1 UNION ALL SELECT ID + 1 FROM n) SELECT ID, 1 AS file_id,"
            "1.0 AS frequency, 1.0 AS zreal, 1.0 AS zimag FROM n",
            "in its table Datapoints",
        ),
        (
            "CREATE TABLE Files (ID INTEGER, datasource TEXT); CREATE TABLE Datapoints (ID, "
            "file_id, frequency, zreal, zimag AS (length(zeroblob(900000000))))",
            "without zimag in its table Datapoints",
        ),
    ],
)
def test_a_database_with_other_tables_is_refused(tmp_path: Path, script: str, said: str) -> None:
    path = tmp_path / "other.eis3"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    with pytest.raises(ReadError, match="^" + str(path)) as caught:
        relaxis_project.read(path)
    assert said in str(caught.value)
    assert "export its spectra as text" in str(caught.value)


def test_a_project_without_a_spectrum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.eis3"
    project(path, [])
    with pytest.raises(ReadError, match="its table Files is empty"):
        relaxis_project.read(path)


def test_the_project_keeps_what_is_asked_of_every_reader(tmp_path: Path) -> None:
    content = project(tmp_path / "made.eis3", [("", "a_20C"), ("", "b_40C")])
    check_reader(relaxis_project.FORMAT, content, "series.eis3", F, Z, cuts=100, damages=300)
