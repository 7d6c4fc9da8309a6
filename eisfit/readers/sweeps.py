"""Which rows of a table belong to one spectrum.

A table is cut where its cycle or temperature column steps, where its heading stands again, and
where the frequency jumps back to where it started. A cycle number that changes on every row, or a
temperature that a sensor wrote row by row, cuts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eisfit.base.arrays import FloatArray

Indexes = NDArray[np.intp]

_SHORTEST = 3
_JUMP = 0.5  # of the swept decades, against the sweep's direction
_DISORDER = 0.25  # of the other steps against it: the rows are in no order


def split_sweeps(
    frequency: FloatArray,
    steps: tuple[FloatArray, ...] = (),
    breaks: tuple[int, ...] = (),
    tolerance: float = 0.5,
) -> list[Indexes]:
    """Return the rows of each spectrum.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        As the file holds it; rows that are no measurement are ignored in the search for jumps.
    steps : tuple of ndarray, shape (k,)
        Columns that are constant within a spectrum.
    breaks : tuple of int
        Rows that start a spectrum.
    tolerance : float
        What a column may change by from one row to the next without a step.

    Examples
    --------
    >>> [rows.tolist() for rows in split_sweeps(np.array([1e3, 1e2, 1e1, 1e3, 1e2, 1e1]))]
    [[0, 1, 2], [3, 4, 5]]
    """
    starts = {0, *breaks}
    for column in steps:
        starts |= _runs(column, tolerance)
    edges = [*sorted(s for s in starts if s < len(frequency)), len(frequency)]
    blocks = [np.arange(a, b) for a, b in pairwise(edges) if b > a]
    return [part for block in blocks for part in _restarts(frequency, block)]


def _runs(column: FloatArray, tolerance: float) -> set[int]:
    """Return where a column steps, nothing where it does so on most rows."""
    known = np.flatnonzero(np.isfinite(column))
    starts = known[1:][np.abs(np.diff(column[known])) > tolerance]
    if not len(starts) or np.median(np.diff([0, *starts, len(column)])) < _SHORTEST:
        return set()
    return set(starts.tolist())


def is_monotonic(frequency: FloatArray) -> bool:
    """Return whether frequencies fall, or rise, from point to point and are all above zero.

    Examples
    --------
    >>> is_monotonic(np.array([1e3, 1e2])), is_monotonic(np.array([1e3, 1e2, 1e3]))
    (True, False)
    """
    if not len(frequency):
        return False
    rising = frequency if frequency[0] < frequency[-1] else frequency[::-1]
    return bool(rising[0] > 0 and rising[-1] < np.inf and (rising[:-1] < rising[1:]).all())


def are_monotonic(frequency: FloatArray, first: Indexes, last: Indexes) -> list[bool]:
    """Return of each sweep whether its frequencies fall, or rise, throughout.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Finite and above zero.
    first, last : ndarray of int, shape (m,)
        First and last row of each sweep.

    Examples
    --------
    >>> are_monotonic(np.array([1e3, 1e2, 1e2]), np.array([0, 0]), np.array([1, 2]))
    [True, False]
    """
    before, after = frequency[:-1], frequency[1:]
    rises, falls = (
        np.concatenate([[0], np.cumsum(steps)])  # up to each row
        for steps in (before < after, before > after)
    )
    same = [up[last] - up[first] == last - first for up in (rises, falls)]
    return [bool(either) for either in same[0] | same[1]]


def _restarts(frequency: FloatArray, rows: Indexes) -> Iterator[Indexes]:
    """Yield the parts of a block between jumps of the frequency back to its start."""
    f = frequency[rows[0] : rows[-1] + 1]
    if is_monotonic(f):
        yield rows
        return
    good = np.flatnonzero(np.isfinite(f) & (f > 0))
    if len(good) < 2 * _SHORTEST:
        yield rows
        return
    decades = np.log10(f[good])
    jump = _JUMP * np.ptp(decades)
    against = np.diff(decades)
    direction = np.sign(np.count_nonzero(against > 0) - np.count_nonzero(against < 0))
    against *= -direction
    # the points on both sides of a jump are apart too, else one frequency is out of place
    apart = -direction * (decades[2:] - decades[:-2]) > jump / 2
    back = (against > jump) & np.append(apart, [True]) & np.append([True], apart)
    starts = [0, *good[1:][back].tolist()]
    whole = all(b - a >= _SHORTEST for a, b in pairwise(starts))
    disorder = np.mean((against > 0) & ~back) > _DISORDER
    if direction == 0 or disorder or not whole:
        yield rows
        return
    for a, b in pairwise([*starts, len(rows)]):
        yield rows[a:b]
