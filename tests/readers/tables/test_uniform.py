"""Long tables read at once: the same numbers as row by row, and nothing odd slips through."""

from __future__ import annotations

import numpy as np
import pytest

from eisfit.readers.tables import table as rows_of_text
from eisfit.readers.tables import uniform
from eisfit.readers.tables.columns import PLAIN
from eisfit.readers.tables.table import Dialect, read_rows
from eisfit.readers.tables.uniform import parse_few_rows, parse_uniform_bytes, parse_uniform_rows

FEWEST = 2000
RNG = np.random.default_rng(0)
MANY = FEWEST + 500
NUMBERS = RNG.standard_normal((MANY, 4)) * 10.0 ** RNG.integers(-30, 30, (MANY, 4))


@pytest.fixture(autouse=True)
def a_long_table_is_shorter_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uniform, "FEWEST", FEWEST)
    monkeypatch.setattr(rows_of_text, "FEWEST", FEWEST)


def table(delimiter: str = ",", decimal: str = ".", end: str = "") -> list[str]:
    rows = [delimiter.join(repr(float(x)) for x in row) + end for row in NUMBERS]
    return [row.replace(".", decimal) for row in rows]


@pytest.mark.parametrize(
    ("delimiter", "decimal", "end"),
    [(",", ".", ""), ("\t", ".", "\t"), (";", ",", ""), (" ", ".", ""), ("  ", ",", ""),
     ("\t", ",", "")],
)  # fmt: skip
def test_numbers_are_the_same_to_the_last_bit(delimiter: str, decimal: str, end: str) -> None:
    sign = " " if delimiter.strip(" ") == "" else delimiter
    values = parse_uniform_rows(table(delimiter, decimal, end), (2, 0, 3), sign, decimal)
    assert values is not None
    np.testing.assert_array_equal(values, NUMBERS[:, [2, 0, 3]])


@pytest.mark.parametrize(
    "row",
    [
        "", "1,2,3", "1,2,3,4,5", "1,,3,4", "a,2,3,4", "1,nan,3,4", "1,inf,3,4",
        "# 1,2,3,4", "1,2,3,4 % note", '"1",2,3,4', "1_0,2,3,4", "1,2\u2212,3,4", "1 2,3,4,5",
        "1,2,3,4,", " ", "0x10,2,3,4",
    ],
)  # fmt: skip
def test_a_row_unlike_the_others_is_left_to_the_slow_way(row: str) -> None:
    for place in (0, 700, MANY):
        lines = table()
        lines.insert(place, row)
        assert parse_uniform_rows(lines, (0, 1, 2), ",", ".") is None


def test_both_ways_give_the_same_rows() -> None:
    lines = table()
    fast = read_rows(lines, 7, PLAIN, Dialect(","))
    slow = read_rows([*lines[:10], "# a comment", *lines[10:]], 7, PLAIN, Dialect(","))
    np.testing.assert_array_equal(fast.values, slow.values)
    assert fast.lines[0] == 7
    assert (fast.lines[-1], slow.lines[-1]) == (6 + MANY, 7 + MANY)
    assert (fast.problems, fast.strays, fast.cut) == ({}, [], False)


def test_few_rows_load_no_parser() -> None:
    assert parse_uniform_rows(table()[: FEWEST - 1], (0, 1, 2), ",", ".") is None


@pytest.mark.parametrize(
    ("delimiter", "decimal", "end"),
    [(",", ".", ""), ("\t", ".", "\t"), (";", ",", ""), (" ", ".", ""), ("  ", ",", "")],
)
def test_a_short_table_gives_the_same_numbers(delimiter: str, decimal: str, end: str) -> None:
    sign = " " if delimiter.strip(" ") == "" else delimiter
    values = parse_few_rows(table(delimiter, decimal, end)[:100], (2, 0, 3), sign, decimal)
    assert values is not None
    np.testing.assert_array_equal(values, NUMBERS[:100, [2, 0, 3]])


@pytest.mark.parametrize(
    "row",
    [
        "", "1,2,3", "1,2,3,4,5", "1,,3,4", "a,2,3,4", "1,nan,3,4", "1,inf,3,4", "# 1,2,3,4",
        "1,2,3,4 % note", '"1",2,3,4', "1_0,2,3,4", "1,2\u2212,3,4", "1 2,3,4,5", " ", "0x10,2,3,4",
        "1,2,3//,4",
    ],
)  # fmt: skip
def test_a_short_table_with_an_odd_row_is_left_to_the_slow_way(row: str) -> None:
    for place in (0, 7, 20):
        lines = table()[:20]
        lines.insert(place, row)
        assert parse_few_rows(lines, (0, 1, 2), ",", ".") is None


def test_a_short_table_without_a_wanted_column_is_left_to_the_slow_way() -> None:
    assert parse_few_rows(table()[:20], (0, 1, 4), ",", ".") is None
    assert parse_few_rows(["1", "2"], (0,), ",", ".") is None
    assert parse_few_rows(["1;2.5", "1;3"], (0, 1), ";", ",") is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("after", ["", "{end}", "{end}{end}  {end}"])
@pytest.mark.parametrize(
    ("delimiter", "decimal", "end"),
    [(",", ".", ""), ("\t", ".", "\t"), (";", ",", ""), ("\t", ",", "")],
)
def test_bytes_give_the_same_numbers_as_lines(
    delimiter: str, decimal: str, end: str, after: str, line_end: str
) -> None:
    data = line_end.join(table(delimiter, decimal, end)) + after.format(end=line_end)
    width = 4 + bool(end)
    values = parse_uniform_bytes(data.encode(), (2, 0, 3), delimiter, decimal, width)
    assert values is not None
    np.testing.assert_array_equal(values, NUMBERS[:, [2, 0, 3]])
    assert parse_uniform_bytes(data.encode(), (2, 0, 3), delimiter, decimal, width + 1) is None


@pytest.mark.parametrize(
    "row",
    [
        "", "1,2,3", "1,2,3,4,5", "1,,3,4", "a,2,3,4", "1,nan,3,4", "1,inf,3,4", "# 1,2,3,4",
        "1,2,3,4 % note", '"1",2,3,4', "1_0,2,3,4", "1 2,3,4,5", " ", "0x10,2,3,4", "1,2,3//,4",
        "1,2,3,4\r", "1,2,3,4\r1,2,3,4", "1\0,2,3,4", "1\v,2,3,4", "\t1,2,3,4",
    ],
)  # fmt: skip
def test_bytes_with_an_odd_row_are_left_to_the_slow_way(row: str) -> None:
    for place in (0, 700, MANY - 1):
        lines = table()
        lines.insert(place, row)
        assert parse_uniform_bytes("\n".join(lines).encode(), (0, 1, 2), ",", ".", 4) is None


def test_bytes_without_a_row_are_left_to_the_slow_way() -> None:
    for data in (b"", b"\n", b"  \n\n", b"1,2,3,4\r"):
        assert parse_uniform_bytes(data, (0, 1, 2), ",", ".", 4) is None
