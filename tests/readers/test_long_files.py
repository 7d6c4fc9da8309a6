"""Long files, of which only the first lines are made into strings, read as short ones are."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers import registry, text
from eisfit.readers.tables import delimited, table, uniform
from eisfit.readers.text import Source, load, open_source, read_long
from eisfit.readers.vendors import eclab

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


def shorten(monkeypatch: pytest.MonkeyPatch, many: int = 20, size: int = 3000) -> list[bool]:
    """Take files for long from some kB on, and note what the compiled parser could read."""
    monkeypatch.setattr(text, "HEAD", 1000)
    monkeypatch.setattr(text, "LONG", size)
    monkeypatch.setattr(text, "_MANY", many)
    monkeypatch.setattr(text, "_STEP", 500)
    monkeypatch.setattr(uniform, "FEWEST", 50)
    monkeypatch.setattr(table, "FEWEST", 50)
    at_once: list[bool] = []

    def noted(*asked: object) -> object:
        values = uniform.parse_uniform_bytes(*asked)  # type: ignore[arg-type]
        at_once.append(values is not None)
        return values

    monkeypatch.setattr(table, "parse_uniform_bytes", noted)
    return at_once


def line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no file for long, and read every table row by row."""
    monkeypatch.setattr(text, "LONG", 1 << 30)
    monkeypatch.setattr(uniform, "FEWEST", 1 << 30)
    monkeypatch.setattr(table, "FEWEST", 0)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    return shorten(monkeypatch)


def everything(spectra: list[Spectrum]) -> list[object]:
    return [
        (s.frequency.tobytes(), s.impedance.tobytes(), s.reasons, s.temperature, s.findings,
         s.provenance)
        for s in spectra
    ]  # fmt: skip


def outcome(read: object, path: Path) -> list[object] | str:
    try:
        found = read(path)  # type: ignore[operator]
    except ReadError as trouble:
        return str(trouble)
    return everything(found[1] if isinstance(found, tuple) else found)


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
    line_by_line(monkeypatch)
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
    with pytest.raises(ReadError, match="only blanks"):
        delimited.read(path)
    with pytest.raises(ReadError, match="only blanks"):
        load(path)
    assert not any(short)


KINDS = {
    "a.mpt": mpt(rows()),
    "commas.mpt": mpt(rows()).replace(b".", b","),
    "a.csv": csv(),
    "a.txt": csv().replace(b",", b";").replace(b".", b","),
    "tabs.dat": csv().replace(b",", b"\t"),
}
PIECES = (
    b"\0", b"\r", b"\n", b"\r\n", b"\n\r", b"\r\r\n", b"\n\n", b"\n \n", b"\t", b",", b";", b".",
    b" ", b"-", b"+", b"e", b"E5", b"7", b"0" * 400, b"9" * 400, b"nan", b"Infinity", b"1e400",
    b"1e-400", b"_", b"0x1", b"abc", b'"', b"#", b"\n#\n", b"%", b"/", b"//", b"\xb0", b"\xc2\xb2",
    b"\xa0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x85", b"\x0b", b"\x0c", b"\x1a", b"\x1c",
    b"\xe2\x80\xa8", b"",
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from(sorted(KINDS)),
    harm=st.lists(
        st.tuples(st.floats(0.3, 1), st.sampled_from(PIECES), st.integers(0, 3)), max_size=3
    ),
    end=st.one_of(st.none(), st.floats(0.5, 1)),
    commas=st.one_of(st.none(), st.floats(0.4, 1)),
)
def test_damage_far_below_comes_to_the_same_as_line_by_line(
    name: str, harm: list[tuple[float, bytes, int]], end: float | None, commas: float | None
) -> None:
    content = KINDS[name]
    for place, piece, instead in harm:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + instead :]
    if commas is not None:
        at = int(commas * len(content))
        content = content[:at] + content[at:].replace(b".", b",")
    content = content[: None if end is None else int(end * len(content))]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / name
        path.write_bytes(content)
        shorten(patch, many=210, size=20_000)  # the dialect is told by a sample of 200 lines
        found = outcome(registry.read_file, path)
        line_by_line(patch)
        assert outcome(registry.read_file, path) == found
    assert isinstance(found, list) or found.startswith(str(path))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_other_digits_leave_a_table_as_it_is(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = shorten(monkeypatch, many=210, size=20_000)
    content = bytearray(KINDS[name])
    digits = [i for i in range(9000, len(content)) if chr(content[i]).isdigit()]
    for at in np.random.default_rng(3).choice(digits, 50):
        content[at] = ord("7")
    path = tmp_path / name
    path.write_bytes(content)
    registry.read_file(path)
    assert at_once == [True]


def long_table(line: bytes = b"") -> bytes:
    """Return a table with a line far below."""
    half = b"".join(b"%.6e,%.7e,%.7e\n" % (f, 100 + 7 / f, -50 / f) for f in SWEEP) * 100
    return b"f/Hz,Z'/Ohm,Z''/Ohm\n" + half + line + half


HEADS = b"f/Hz,Z'/Ohm,Z''/Ohm" + b"".join(b",c%d" % i for i in range(100_000)) + b"\n"
EXTREME = {
    "a line of digits": long_table(b"9" * 1_000_000 + b"\n"),
    "a line of cells": long_table(b"1," * 500_000 + b"\n"),
    "a line of words": long_table(b"frequency z " * 90_000 + b"\n"),
    "only blanks": long_table(b" " * 1_000_000),
    "a million NUL bytes": long_table(b"\0" * 1_000_000),
    "many blank lines": long_table(b"\n" * 100_000),
    "many comments": long_table(b"#\n" * 100_000),
    "a hundred thousand columns": HEADS + (b"1e3,1,-1" + b",1" * 100_000 + b"\n") * 5,
    "cells to the end": long_table() + b",1" * 500_000,
    "the same frequency throughout": long_table(b"1.0000e+03,1.0,-1.0\n" * 20_000),
}


@pytest.mark.parametrize("content", EXTREME.values(), ids=EXTREME)
def test_nothing_takes_for_ever_or_fills_the_memory(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten(monkeypatch)
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    outcome(registry.read_file, path)  # what is imported on use counts for no file
    start = time.process_time()
    found = outcome(registry.read_file, path)
    assert time.process_time() - start < 2 * max(len(content) / 1e6, 1)
    assert isinstance(found, list) or found.startswith(str(path))
    tracemalloc.start()
    outcome(registry.read_file, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * len(content) + 4e6
