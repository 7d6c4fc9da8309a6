"""Which rows belong to one spectrum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eisfit.readers.sweeps import are_monotonic, is_monotonic, split_sweeps

SWEEP = np.logspace(6, 0, 31)


@given(count=st.integers(1, 6), points=st.integers(3, 40), rising=st.booleans())
def test_stacked_sweeps_come_apart(count: int, points: int, rising: bool) -> None:
    sweep = np.logspace(6, 0, points)
    frequency = np.tile(sweep[::-1] if rising else sweep, count)
    assert [len(rows) for rows in split_sweeps(frequency)] == [points] * count


def test_a_last_sweep_cut_short_comes_apart_too() -> None:
    assert [len(rows) for rows in split_sweeps(np.append(SWEEP, SWEEP[:1]))] == [31, 1]


@pytest.mark.parametrize("at", [3, 15, 27])
def test_one_frequency_out_of_place_divides_nothing(at: int) -> None:
    frequency = SWEEP.copy()
    frequency[at] = 1e6 if at > 10 else 1.0
    assert len(split_sweeps(frequency)) == 1


def test_rows_in_no_order_are_one_spectrum() -> None:
    rng = np.random.default_rng(0)
    assert all(len(split_sweeps(rng.permutation(SWEEP))) == 1 for _ in range(50))


def test_rows_without_frequency_do_not_hide_a_jump() -> None:
    frequency = np.concatenate([[0, 0], SWEEP, [0, np.nan], SWEEP])
    assert len(split_sweeps(frequency)) == 2


def test_a_sweep_down_and_up_is_one_spectrum() -> None:
    assert len(split_sweeps(np.concatenate([SWEEP, SWEEP[::-1]]))) == 1


def test_a_column_that_steps_divides_and_one_that_runs_does_not() -> None:
    frequency = np.tile(SWEEP, 2)
    same = np.concatenate([SWEEP, SWEEP[::-1]])
    assert len(split_sweeps(same, (np.repeat([1.0, 2.0], 31),))) == 2
    assert len(split_sweeps(frequency[:31], (np.arange(31.0),))) == 1
    assert len(split_sweeps(frequency[:31], (25 + 0.01 * np.arange(31.0),))) == 1
    assert len(split_sweeps(frequency[:31], (np.full(31, np.nan),))) == 1


@given(
    frequency=st.lists(st.sampled_from([1.0, 10.0, 100.0, 1e3]), min_size=1, max_size=40),
    lengths=st.lists(st.integers(1, 5), max_size=40),
)
def test_all_sweeps_at_once_are_judged_as_one_by_one(
    frequency: list[float], lengths: list[int]
) -> None:
    ends = np.minimum(np.cumsum(lengths, dtype=np.intp), len(frequency))
    first, last = np.append([0], ends), np.append(ends, len(frequency)) - 1
    first, last = first[last >= first], last[last >= first]
    values = np.array(frequency)
    alone = [is_monotonic(values[a : b + 1]) for a, b in zip(first, last, strict=True)]
    assert are_monotonic(values, first, last) == alone
