# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False
"""Combinations of shapes, one for each term of a circuit, built up column by column; compiled.

A combination `e` keeps the Cholesky factor L (with inverse diagonal) of its columns' inner products
and what of the data each column takes, z, so that a further column costs one forward substitution.
"""

from __future__ import annotations

import numpy as np

from eisfit.fitting.engine.jit import REORDERED, jit

TANGENTS = 2
"""Most tangents a shape may have."""

_LEAST = 1e-7  # part of a shape that the others must leave over


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
        dot = own = 0.0
        for i in range(k):
            v = shapes[s, i] * weight[row, 0, i]
            C[s, i] = v
            dot += v * y[i]
            own += v * v
        for i in range(k):
            v = shapes[s, k + i] * weight[row, 1, i]
            C[s, k + i] = v
            dot += v * y[k + i]
            own += v * v
        b[s] = dot
        if s < tangent.shape[0]:
            G[s, s] = own


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
    own = _dot(C, s, s)
    rest, share = own, b[s]
    for i in range(a):
        v = _dot(C, columns[e, i], s)
        for j in range(i):
            v -= L[e, i, j] * L[e, a, j]
        v *= L[e, i, i]
        L[e, a, i] = v
        rest -= v * v
        share -= v * z[e, i]
    if rest > _LEAST * own:
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
