"""Long files, of which only the first lines are made into strings, read as short ones are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eisfit.errors import ReadError
from eisfit.readers import delimited, eclab, table, text, uniform
from eisfit.readers.text import Source, load, open_source, read_long
from eisfit.spectrum import Spectrum

SWEEP = np.logspace(5, 0, 21)
HEADING = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\ttime/s\t<Ewe>/V\tcycle number\t"
HEAD = ["EC-Lab ASCII FILE", "Nb header lines : 5", "", "Potentio Electrochemical Impedance 25 °C"]
SWEEPS = 60


def rows() -> list[str]:
    return [
        f"{f:.7E}\t{100 + cycle + 7 / f:.7E}\t{50 / f:.7E}\t"
        f"{100 * cycle + i}\t{1 / cycle}\t{cycle}\t"
        for cycle in range(1, SWEEPS + 1)
        for i, f in enumerate(SWEEP)
    ]


def mpt(body: list[str], end: str = "\r\n") -> bytes:
    return (end.join([*HEAD, HEADING, *body]) + end).encode("cp1252")


def csv() -> bytes:
    cells = (row.split("\t")[:3] for row in rows())
    return ("f/Hz,Z'/Ohm,-Z''/Ohm\n" + "".join(",".join(row) + "\n" for row in cells)).encode()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Take files for long from some kB on, and note what the compiled parser could read."""
    monkeypatch.setattr(text, "HEAD", 1000)
    monkeypatch.setattr(text, "LONG", 3000)
    monkeypatch.setattr(text, "_MANY", 20)
    monkeypatch.setattr(uniform, "FEWEST", 50)
    monkeypatch.setattr(table, "FEWEST", 50)
    at_once: list[bool] = []

    def noted(*asked: object) -> object:
        values = uniform.uniform_bytes(*asked)  # type: ignore[arg-type]
        at_once.append(values is not None)
        return values

    monkeypatch.setattr(table, "uniform_bytes", noted)
    return at_once


def everything(spectra: list[Spectrum]) -> list[object]:
    return [
        (s.frequency.tolist(), s.impedance.tolist(), s.reasons, s.temperature, s.findings,
         s.provenance)
        for s in spectra
    ]  # fmt: skip


def outcome(read: object, path: Path) -> object:
    try:
        return everything(read(path))  # type: ignore[operator]
    except ReadError as trouble:
        return str(trouble)


EVEN = {
    "as it is": mpt(rows()),
    "with bare line feeds": mpt(rows(), "\n"),
    "with a decimal comma": mpt(rows()).replace(b".", b","),
    "cut at its last line end": mpt(rows())[:-2],
    "with blank lines at its end": mpt(rows()) + b"\r\n \r\n\r\n",
}
ODD = {
    "with carriage returns": mpt(rows(), "\r"),
    "with doubled line ends": mpt(rows(), "\r\r\n"),
    "with a word": mpt([*rows()[:900], "a word", *rows()[900:]]),
    "with a note in cp1252": mpt([*rows()[:900], "# 25 °C", *rows()[900:]]),
    "with a blank line": mpt([*rows()[:900], "", *rows()[900:]]),
    "with a short row": mpt([*rows()[:900], "1\t2\t3", *rows()[901:]]),
    "with a number that is none": mpt([*rows()[:900], "1e3\t#NAME?\t3\t4\t5\t6\t", *rows()[901:]]),
    "with its heading again": mpt([*rows()[:903], HEADING, *rows()[903:]]),
    "cut within a row": mpt(rows())[:-20],
    "cut within a line end": mpt(rows())[:-1],
    "in UTF-16": mpt(rows()).decode("cp1252").encode("utf-16"),
    "with rows of zeros": mpt([*rows()[:903], *["0\t0\t0\t0\t0\t0\t"] * 3, *rows()[903:]]),
}


@pytest.mark.parametrize("content", [*EVEN.values(), *ODD.values()], ids=[*EVEN, *ODD])
def test_a_long_file_reads_as_its_lines_do(
    content: bytes, tmp_path: Path, short: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.mpt"
    path.write_bytes(content)
    at_once = outcome(eclab.read, path)
    assert short or content in ODD.values()
    assert all(short) or content in ODD.values()
    monkeypatch.setattr(text, "LONG", 1 << 30)
    monkeypatch.setattr(uniform, "FEWEST", 1 << 30)
    monkeypatch.setattr(table, "FEWEST", 0)  # row by row
    assert at_once == outcome(eclab.read, path)
    assert isinstance(at_once, list)
    assert len(at_once) >= SWEEPS


def test_a_long_plain_table_is_read_at_once(tmp_path: Path, short: list[bool]) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(csv())
    spectra = delimited.read(path)
    assert short == [True]
    assert [len(s) for s in spectra] == [len(SWEEP)] * SWEEPS
    written = np.array([[float(x) for x in line.split(b",")] for line in csv().split(b"\n")[1:-1]])
    found = np.concatenate([s.impedance for s in spectra])
    np.testing.assert_array_equal(found.real, written[:, 1])
    np.testing.assert_array_equal(found.imag, -written[:, 2])


def test_a_second_table_far_below_is_refused_by_its_line(tmp_path: Path, short: list[bool]) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(csv() + b"f/Hz,Z'/kOhm,-Z''/kOhm\n" + csv())
    line = 2 + SWEEPS * len(SWEEP)
    with pytest.raises(ReadError, match=rf"long.csv:{line}: a second table"):
        delimited.read(path)
    assert short == [False]


def test_a_reader_that_fails_on_the_first_lines_sees_all(tmp_path: Path, short: list[bool]) -> None:
    path = tmp_path / "long.mpt"
    path.write_bytes(mpt(rows()))
    seen: list[Source] = []

    def read(source: Source) -> Source:
        seen.append(source)
        if source.rest:
            raise ReadError(source.path, "there must be more lines")
        return source

    whole = read_long(path, read)
    assert [bool(source.rest) for source in seen] == [True, False]
    assert whole == open_source(path)
    assert whole == replace(seen[0], lines=seen[0].all_lines(), rest=b"")
    assert short == []


def test_blanks_before_the_content_make_no_empty_file(tmp_path: Path, short: list[bool]) -> None:
    path = tmp_path / "blanks.csv"
    path.write_bytes(b"\n" * 4500 + csv())
    assert len(delimited.read(path)) == SWEEPS
    path.write_bytes(b"\n" * 4500)
    with pytest.raises(ReadError, match="nothing but blanks"):
        delimited.read(path)
    with pytest.raises(ReadError, match="nothing but blanks"):
        load(path)
    assert not any(short)
