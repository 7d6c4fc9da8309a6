# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False
"""Start values: which shapes, one for each term of a circuit, describe a spectrum best; compiled.

Z is linear in the sizes of a circuit's terms once their shapes are chosen. Terms are added one by
one, each with the shape that lowers the misfit most beside those already there (orthogonal least
squares), and the best combinations are kept. With its shape, a term brings the tangents of that
shape (the effect of a small change of its time constant or exponent), so that a coarse grid of
shapes is enough and a second arc does not fit the misfit of the first one. The best combinations
that differ are returned.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from eisfit.fitting.engine.jit import REORDERED, jit

TANGENTS = 2
"""Most tangents a shape may have."""

_LEAST = 1e-7  # part of a shape that the others must leave over


def make_workspace(every: int, n: int, S: int, t: int, beam: int) -> tuple[NDArray[Any], ...]:
    """Return what a search writes into; made outside of it, since that is slow to compile.

    Parameters
    ----------
    every, n : int
        Number of shapes and tangents; twice the number of points.
    S, t : int
        Number of shapes, and of terms.
    beam : int
        Number of combinations that are kept.

    Returns
    -------
    C, y : ndarray, shape (S + T, n), (n,)
        Weighted shapes and tangents, weighted data.
    G, b, have : ndarray, shape (S + T, S), (S + T,), (S + T,)
        Products of shapes with each other and with the data; which rows of G are there.
    picks, columns, L, z, size, left : ndarray
        Combinations, in two times as many slots as are kept: see the module; remaining misfit.
    gain, source, shape : ndarray, shape (beam,)
        The best of the next level: what they leave, from which combination, by which shape.
    sizes, rest, share, lowered, placed : ndarray
        Sizes of columns; of shapes what the columns leave, their share, their gain; which terms
        are placed.
    """
    slots, most = 2 * beam, (TANGENTS + 1) * t
    whole = np.int64
    return (
        np.zeros((every, n)), np.zeros(n),
        np.zeros((every, S)), np.zeros(every), np.zeros(every, whole),
        np.zeros((slots, t), whole), np.zeros((slots, most), whole),
        np.zeros((slots, most, most)), np.zeros((slots, most)),
        np.zeros(slots, whole), np.zeros(slots),
        np.zeros(beam), np.zeros(beam, whole), np.zeros(beam, whole),
        np.zeros(every + 1), np.zeros((most, S)), np.zeros(S), np.zeros(S), np.zeros(t, whole),
    )  # fmt: skip


@jit(fastmath=REORDERED)
def _dot(C, a, b):
    dot = 0.0
    for i in range(C.shape[1]):
        dot += C[a, i] * C[b, i]
    return dot


@jit(fastmath=REORDERED)
def weigh(shapes, tangent, weight, row, y, C, b, G, have):
    """Write the weighted shapes into C, their products with the data into b, with themselves, G."""
    k = shapes.shape[1] // 2
    for s in range(shapes.shape[0]):
        have[s] = False
        dot = norm = 0.0
        for i in range(k):
            v = shapes[s, i] * weight[row, 0, i]
            C[s, i] = v
            dot += v * y[i]
            norm += v * v
        for i in range(k):
            v = shapes[s, k + i] * weight[row, 1, i]
            C[s, k + i] = v
            dot += v * y[k + i]
            norm += v * v
        b[s] = dot
        if s < tangent.shape[0]:
            G[s, s] = norm


@jit(fastmath=REORDERED)
def row_of(C, s, S, G, have):
    """Fill row `s` of the inner products with the S shapes, once, four at a time."""
    if have[s]:
        return
    have[s] = True
    n = C.shape[1]
    c = 0
    while c + 3 < S:
        s0 = s1 = s2 = s3 = 0.0
        for i in range(n):
            s0 += C[s, i] * C[c, i]
            s1 += C[s, i] * C[c + 1, i]
            s2 += C[s, i] * C[c + 2, i]
            s3 += C[s, i] * C[c + 3, i]
        G[s, c], G[s, c + 1], G[s, c + 2], G[s, c + 3] = s0, s1, s2, s3
        c += 4
    while c < S:
        G[s, c] = _dot(C, s, c)
        c += 1


@jit()
def _add(C, b, s, e, columns, L, z, size, left):
    """Add column `s` to combination `e`; nothing where the others hold it already."""
    a = size[e]
    norm = _dot(C, s, s)
    rest, share = norm, b[s]
    for i in range(a):
        v = _dot(C, columns[e, i], s)
        for j in range(i):
            v -= L[e, i, j] * L[e, a, j]
        v *= L[e, i, i]
        L[e, a, i] = v
        rest -= v * v
        share -= v * z[e, i]
    if rest > _LEAST * norm:
        columns[e, a] = s
        L[e, a, a] = 1.0 / np.sqrt(rest)
        z[e, a] = share * L[e, a, a]
        left[e] -= z[e, a] * z[e, a]
        size[e] = a + 1


@jit(fastmath=REORDERED)
def gains(G, b, low, high, e, columns, L, z, size, left, share, gain):
    """Write by how much each shape lowers the misfit of combination `e`; 0 where its size is < 0.

    All shapes go side by side through the forward substitution, so that it runs several at a time.
    """
    a = size[e]
    for c in range(low, high):
        share[c] = b[c]
    for c in range(low, high):
        gain[c] = G[c, c]
    for i in range(a):
        s = columns[e, i]
        for c in range(low, high):
            left[i, c] = G[s, c]
        for j in range(i):
            f = L[e, i, j]
            for c in range(low, high):
                left[i, c] -= f * left[j, c]
        f = L[e, i, i]
        for c in range(low, high):
            left[i, c] *= f
        for c in range(low, high):
            gain[c] -= left[i, c] * left[i, c]
        f = z[e, i]
        for c in range(low, high):
            share[c] -= f * left[i, c]
    for c in range(low, high):
        used = share[c] <= 0.0 or gain[c] <= _LEAST * G[c, c]
        gain[c] = 0.0 if used else share[c] * share[c] / gain[c]


@jit()
def copy(e, o, picks, columns, L, z, size, left):
    """Copy combination `e` to place `o`; loops, since an array's assignment is slow to compile."""
    for i in range(picks.shape[1]):
        picks[o, i] = picks[e, i]
    for i in range(size[e]):
        columns[o, i] = columns[e, i]
        z[o, i] = z[e, i]
        for j in range(i + 1):
            L[o, i, j] = L[e, i, j]
    size[o], left[o] = size[e], left[e]


@jit()
def between(picks, e, placed, term, group, times):
    """Return between which time constants a term's must lie: they rise from term to term."""
    low, high = 0.0, np.inf
    if group[term] >= 0:
        for i in range(placed.shape[0]):
            if placed[i] and group[i] >= 0 and group[i] != group[term]:
                if i < term:
                    low = max(low, times[picks[e, i]])
                else:
                    high = min(high, times[picks[e, i]])
    return low, high


@jit()
def place(C, b, c, e, columns, L, z, size, left, tangent):
    """Add shape `c` and the tangents of its shape to combination `e`."""
    _add(C, b, c, e, columns, L, z, size, left)
    for q in range(TANGENTS):
        if tangent[c, q] >= 0:
            _add(C, b, tangent[c, q], e, columns, L, z, size, left)


@jit(cache=True, nogil=True, _nrt=False)
def search_rows(
    shapes,
    tangent,
    first,
    count,
    order,
    group,
    times,
    data,
    weight,
    first_row,
    last_row,
    beam,
    picks_out,
    sizes_out,
    moves_out,
    found_out,
    workspace,
):
    """Search for the rows `first_row` to `last_row`.

    Parameters
    ----------
    shapes : ndarray, shape (S + T, 2 k)
        Impedance of the shapes and of their tangents, real parts and imaginary parts.
    tangent : ndarray of int, shape (S, 2)
        Rows of a shape's tangents in `shapes`; -1 for none.
    first, count, order, group : ndarray of int, shape (t,)
        By term: where its shapes begin, how many, which term is placed when, and which terms may
        be exchanged (-1 for those without time constants).
    times : ndarray, shape (S,)
        s; nan for shapes without.
    data : ndarray of complex, shape (m, k)
    weight : ndarray, shape (m, 2, k)
    beam : int
        How many combinations are kept from term to term.
    picks_out, sizes_out, moves_out : ndarray, shape (m, c, t), (m, c, t), (m, c, t, 2)
        Written: shapes, their sizes, and size times move along each tangent.
    found_out : ndarray of int, shape (m,)
        Written: how many of the c combinations were found.
    workspace : tuple of ndarray
        From `make_workspace`.
    """
    (
        C, y, G, b, have, picks, columns, L, z, size, left,
        gain, source, shape, sizes, rest, share, lowered, placed,
    ) = workspace  # fmt: skip
    n, S, t = shapes.shape[1], tangent.shape[0], first.shape[0]
    k, wanted = n // 2, picks_out.shape[1]
    for row in range(first_row, last_row):
        power = 0.0
        for i in range(k):
            y[i] = weight[row, 0, i] * data[row, i].real
            y[k + i] = weight[row, 1, i] * data[row, i].imag
        weigh(shapes, tangent, weight, row, y, C, b, G, have)
        for i in range(n):
            power += y[i] * y[i]
        # combinations stand in slots: those of this level from `here`, of the next from `there`
        current, following, states = 0, beam, 1
        size[0], left[0] = 0, power
        for i in range(t):
            placed[i] = False
        for level in range(t):
            term = order[level]
            kept = 0
            for e in range(current, current + states):
                for i in range(size[e]):
                    row_of(C, columns[e, i], S, G, have)
                low, high = between(picks, e, placed, term, group, times)
                begin, end = first[term], first[term] + count[term]
                gains(G, b, begin, end, e, columns, L, z, size, rest, share, lowered)
                for c in range(begin, end):
                    if times[c] < low or times[c] > high:
                        continue
                    m = left[e] - lowered[c]
                    if kept == beam and m >= gain[kept - 1]:
                        continue
                    twin = False
                    for i in range(kept):
                        twin = twin or abs(gain[i] - m) <= 1e-11 * power
                    if twin:
                        continue
                    at = min(kept, beam - 1)
                    while at > 0 and gain[at - 1] > m:
                        gain[at], source[at], shape[at] = (
                            gain[at - 1],
                            source[at - 1],
                            shape[at - 1],
                        )
                        at -= 1
                    gain[at], source[at], shape[at] = m, e, c
                    kept = min(kept + 1, beam)
            for i in range(kept):
                e, o = source[i], following + i
                copy(e, o, picks, columns, L, z, size, left)
                picks[o, term] = shape[i]
                place(C, b, shape[i], o, columns, L, z, size, left, tangent)
            current, following, states = following, current, kept
            placed[term] = True
        # the best that differ: first by a time constant, then by anything
        taken = 0
        for step in range(2):
            limit = 4.0 if step == 0 else 1.000001
            while taken < wanted:
                best = -1
                for e in range(current, current + states):
                    if left[e] < np.inf and (best < 0 or left[e] < left[best]):
                        near = False
                        for j in range(taken):
                            alike = True
                            for q in range(t):
                                other = picks_out[row, j, q]
                                if group[q] >= 0:
                                    ratio = times[picks[e, q]] / times[other]
                                    alike = alike and 1.0 / limit < ratio < limit
                                elif step == 1:
                                    alike = alike and picks[e, q] == other
                            near = near or alike
                        if not near:
                            best = e
                if best < 0:
                    break
                # sizes and moves along the tangents
                a = size[best]
                for i in range(a - 1, -1, -1):
                    s = z[best, i]
                    for j in range(i + 1, a):
                        s -= L[best, j, i] * sizes[columns[best, j]]
                    sizes[columns[best, i]] = s * L[best, i, i]
                for q in range(t):
                    c = picks[best, q]
                    picks_out[row, taken, q] = c
                    sizes_out[row, taken, q] = sizes[c]
                    for d in range(TANGENTS):  # where there is none, -1, the last one, which is 0
                        moves_out[row, taken, q, d] = sizes[tangent[c, d]]
                for i in range(a):
                    sizes[columns[best, i]] = 0.0
                left[best] = np.inf
                taken += 1
        found_out[row] = taken
