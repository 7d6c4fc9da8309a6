"""Bytes to text, text to numbers."""

from __future__ import annotations

import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eisfit.readers.header import parse_datetime
from eisfit.readers.tables.table import DIALECTS, Dialect, guess_dialect
from eisfit.readers.text import decode, is_text, parse_number

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE, st.sampled_from(["{:r}", "{:.17e}", "{:+.17E}", " {:.17g} "]))
def test_numbers_come_back(value: float, form: str) -> None:
    text = repr(value) if form == "{:r}" else form.format(value)
    assert parse_number(text) == value
    assert parse_number(text.replace(".", ","), decimal=",") == value


@pytest.mark.parametrize(
    "cell", ["", "abc", "1_000", "1,5", "1.2.3", "--1", "0x10", "#NAME?", "1 2"]
)
def test_other_cells_are_no_numbers(cell: str) -> None:
    assert math.isnan(parse_number(cell))


def test_a_point_is_no_number_where_the_decimal_is_a_comma() -> None:
    assert math.isnan(parse_number("1.5", decimal=","))


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded(data: bytes) -> None:
    assert isinstance(decode(data), str)
    is_text(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_of_instruments_are_told(encoding: str) -> None:
    assert decode("25 °C, 7 µF".encode(encoding)) == "25 °C, 7 µF"


def test_a_text_cut_within_a_character_keeps_the_others() -> None:
    assert decode("Ω Ω".encode()[:-1]) == "Ω "


@given(
    rows=st.lists(st.tuples(FINITE, FINITE, FINITE), min_size=3, max_size=8),
    delimiter=st.sampled_from(["\t", ";", ","]),
    decimal=st.sampled_from([".", ","]),
)
def test_the_dialect_of_a_table_is_found(
    rows: list[tuple[float, float, float]], delimiter: str, decimal: str
) -> None:
    if delimiter == decimal:
        return
    lines = [delimiter.join(f"{v:.6e}".replace(".", decimal) for v in row) for row in rows]
    dialect, count = guess_dialect(lines)
    assert (dialect, count) == (Dialect(delimiter, decimal), len(rows))


@given(
    lines=st.lists(st.text('0123456789.,;\t -e"', max_size=24), max_size=6), cells=st.integers(2, 4)
)
def test_dialects_that_are_not_tried_would_not_have_won(lines: list[str], cells: int) -> None:
    best, most = DIALECTS[0], (0, 0)
    for dialect in DIALECTS:
        good = [c for c in map(dialect.numeric_cells, lines) if c >= cells]
        if (len(good), sum(good)) > most:
            best, most = dialect, (len(good), sum(good))
    assert guess_dialect(lines, cells) == (best, most[0])


@pytest.mark.parametrize(
    "text",
    [
        "05/15/2025 01:18:45.867",
        "2025-05-15 01:18:45",
        "15.05.2025 01:18:45",
        "15/05/2025 01:18:45",
        "2025/05/15 01:18:45",
        "15-05-2025 01:18:45",
    ],
)
def test_moments_are_read(text: str) -> None:
    assert parse_datetime(text) == datetime(2025, 5, 15, 1, 18, 45)


def test_what_is_no_moment_is_none() -> None:
    assert parse_datetime("xx/xx/xxxx xx:xx:xx") is None
    assert parse_datetime("") is None
    assert parse_datetime("15:05:2025 01:18:45") is None
    assert parse_datetime("2025") is None
