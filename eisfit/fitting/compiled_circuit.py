"""A circuit's tape as one compiled program: its impedance and derivatives at all frequencies.

The tape comes as a table of numbers (see `program`), a row a node, children before parents.
Forward, every node holds V: its impedance where its parent is in series, its admittance where its
parent is in parallel, so that a join is a plain sum and one reciprocal. Backward, every join holds
F = w dV(root)/dV, and a parameter's derivative is one product.

Rows are written `V[o, i]` and not taken out as views: a view costs a count of references, and hides
from the compiler that its loops may run four at a time.
"""

from __future__ import annotations

import math

from eisfit.fitting.compiled_elements import HALF_PI, JOIN, POWER, RESISTOR, inverse, other
from eisfit.fitting.jit import REORDERED, jit

KIND, PARENT, FIRST, FORM, START, COUNT, SIGN, OPTION = range(8)
"""Columns of the table of nodes.

FIRST: whether it is its parent's first that is no resistor; FORM: whether it is to be inverted for
its parent; START, COUNT: its parameters, COUNT of a join: how many of its children are no
resistors; SIGN: power of a power law's first parameter; OPTION: by kind.
"""

SCALE, EXPONENT, SECOND = range(3)
"""Columns of the table of constants."""

_LOG2E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 · 2^52: adding it leaves the nearest integer in the low bits


@jit(fastmath={"contract"}, forceinline=True)
def _exp(e, t, out, buffer, bits):
    """Write exp(e t) into `out`, to an ulp or two; `bits` is `buffer` as integers.

    numpy's exp is a call for every number, which keeps a loop from running four at a time.
    """
    for i in range(t.shape[0]):
        a = min(max(e * t[i], -700.0), 700.0)
        b = a * _LOG2E + _ROUND
        k = b - _ROUND
        r = (a - k * _LN2_HIGH) - k * _LN2_LOW
        s = 2.08767569878681e-09
        s = s * r + 2.505210838544172e-08
        s = s * r + 2.755731922398589e-07
        s = s * r + 2.755731922398589e-06
        s = s * r + 2.48015873015873e-05
        s = s * r + 1.984126984126984e-04
        s = s * r + 1.3888888888888889e-03
        s = s * r + 8.333333333333333e-03
        s = s * r + 4.1666666666666664e-02
        s = s * r + 0.16666666666666666
        s = s * r + 0.5
        s = s * r + 1.0
        out[i] = s * r + 1.0
        buffer[i] = b
    for i in range(t.shape[0]):
        bits[i] = (bits[i] + 1023) << 52
    for i in range(t.shape[0]):
        out[i] *= buffer[i]


@jit(forceinline=True)
def _powers(e, lnw, step, out, buffer, bits):
    """Write ω^e into `out`: a geometric progression where ln ω runs in equal steps (`step` ≠ 0)."""
    if step == 0.0:
        _exp(e, lnw, out, buffer, bits)
        return
    # four neighbours at a time: what is read together soon after must be written together
    r, a = math.exp(e * step), math.exp(e * lnw[0])
    square = r * r
    b, c = a * r, a * square
    d = b * square
    r = square * square
    for i in range(0, lnw.shape[0], 4):
        out[i], out[i + 1], out[i + 2], out[i + 3] = a, b, c, d
        a *= r
        b *= r
        c *= r
        d *= r


@jit(fastmath=REORDERED, forceinline=True)
def _power(V, o, parent, first, t, re, im, k):
    """Write t times a complex number into row `o` and, unless that is -1, into its parent's."""
    if parent < 0:
        for i in range(k):
            V[o, i] = t[i] * re
            V[o, k + i] = t[i] * im
    elif first:
        for i in range(k):
            a, b = t[i] * re, t[i] * im
            V[o, i] = V[parent, i] = a
            V[o, k + i] = V[parent, k + i] = b
    else:
        for i in range(k):
            a, b = t[i] * re, t[i] * im
            V[o, i] = a
            V[o, k + i] = b
            V[parent, i] += a
            V[parent, k + i] += b


@jit(fastmath=REORDERED, forceinline=True)
def _passed(V, o, parent, first, k):
    """Write row `o` into its parent's."""
    if first:
        for i in range(2 * k):
            V[parent, i] = V[o, i]
    else:
        for i in range(2 * k):
            V[parent, i] += V[o, i]


@jit(fastmath=REORDERED, forceinline=True)
def _joined(V, o, constant, inverted, parent, first, k):
    """Add what resistors give to row `o`, invert it, and write it into its parent's."""
    if not inverted:
        for i in range(k):
            V[o, i] += constant
        if parent >= 0:
            _passed(V, o, parent, first, k)
    elif parent < 0:
        for i in range(k):
            re, im = V[o, i] + constant, V[o, k + i]
            m = 1.0 / (re * re + im * im)
            V[o, i] = re * m
            V[o, k + i] = -im * m
    elif first:
        for i in range(k):
            re, im = V[o, i] + constant, V[o, k + i]
            m = 1.0 / (re * re + im * im)
            V[o, i] = V[parent, i] = re * m
            V[o, k + i] = V[parent, k + i] = -im * m
    else:
        for i in range(k):
            re, im = V[o, i] + constant, V[o, k + i]
            m = 1.0 / (re * re + im * im)
            re, im = re * m, -im * m
            V[o, i] = re
            V[o, k + i] = im
            V[parent, i] += re
            V[parent, k + i] += im


@jit(fastmath=REORDERED)
def forward(nodes, constants, values, slope, lnw, step, V, J, t, buffer, bits, resistors, d):
    """Write V of every node but resistors, a row each: real parts, then imaginary ones.

    `step` is that of ln ω where it is the same everywhere, else 0. Resistors only add to their
    parent's entry of `resistors`. `d` is room for four slopes, or None where all nodes are power
    laws and joins: nothing else is then compiled.
    """
    k = lnw.shape[0]
    for o in range(nodes.shape[0]):
        resistors[o] = 0.0
    for o in range(nodes.shape[0]):
        kind, start, option = nodes[o, KIND], nodes[o, START], nodes[o, OPTION]
        parent, first = nodes[o, PARENT], nodes[o, FIRST]
        if kind == RESISTOR:
            resistors[parent] += values[start] if nodes[o, SIGN] > 0 else 1.0 / values[start]
            continue
        if kind == POWER:
            c = constants[o, SCALE] * values[start]
            if nodes[o, SIGN] < 0:
                c = 1.0 / c
            e = option * values[start + 1] if option else constants[o, EXPONENT]
            _powers(e, lnw, step, t, buffer, bits)
            re, im = c * math.cos(HALF_PI * e), c * math.sin(HALF_PI * e)
            _power(V, o, parent, first, t, re, im, k)
            continue
        if kind == JOIN:
            if nodes[o, COUNT] == 0:
                for i in range(2 * k):
                    V[o, i] = 0.0
            _joined(V, o, resistors[o], nodes[o, FORM], parent, first, k)
        elif d is not None:
            for i in range(k):
                Z = other(
                    kind,
                    option,
                    constants[o, EXPONENT],
                    constants[o, SECOND],
                    values,
                    start,
                    lnw[i],
                    d,
                )
                factor = 1.0 + 0.0j
                if nodes[o, FORM]:
                    Z = inverse(Z)
                    factor = -Z * Z
                V[o, i], V[o, k + i] = Z.real, Z.imag
                for q in range(nodes[o, COUNT]):
                    D = d[q] * factor * slope[start + q]
                    J[start + q, i], J[start + q, k + i] = D.real, D.imag
            if parent >= 0:
                _passed(V, o, parent, first, k)


@jit(fastmath=REORDERED, forceinline=True)
def _product(F, f, V, v, s, k, out, o):
    """Write s times row f of F times row v of V, as complex numbers, into row o of `out`."""
    for i in range(k):
        a, b, c, d = F[f, i], F[f, k + i], V[v, i], V[v, k + i]
        out[o, i] = s * (a * c - b * d)
        out[o, k + i] = s * (a * d + b * c)


@jit(fastmath=REORDERED, forceinline=True)
def _weighted(weight, V, v, s, k, out, o):
    """Write s times real weights times row v of V into row o of `out`."""
    for i in range(k):
        out[o, i] = s * weight[i] * V[v, i]
        out[o, k + i] = s * weight[i] * V[v, k + i]


@jit(fastmath=REORDERED, forceinline=True)
def _inverted(weight, V, o, plain, k, F, above):
    """Write F of a join that is inverted, whose V is a and dV/d(sum) = -a², into row o of F.

    In one loop with what it is multiplied by: rows that are read and written at once would keep it
    from running four at a time.
    """
    if plain:
        for i in range(k):
            a, b, w = V[o, i], V[o, k + i], weight[i]
            F[o, i] = w * (b * b - a * a)
            F[o, k + i] = -2.0 * w * a * b
    else:
        for i in range(k):
            a, b, u, v = V[o, i], V[o, k + i], F[above, i], F[above, k + i]
            re, im = b * b - a * a, -2.0 * a * b
            F[o, i] = u * re - v * im
            F[o, k + i] = u * im + v * re


@jit(fastmath=REORDERED)
def backward(nodes, constants, values, slope, lnw, weight, V, F, J):
    """Write the weighted derivatives of the circuit by its coordinates into the rows of J."""
    k = lnw.shape[0]
    last = nodes.shape[0] - 1
    for o in range(last, -1, -1):
        kind, start, option = nodes[o, KIND], nodes[o, START], nodes[o, OPTION]
        above = nodes[o, PARENT]
        # F of the terms of a sum at the top are the weights, which are real
        plain = above < 0 or (above == last and not nodes[last, FORM])
        if kind == JOIN:
            if nodes[o, FORM]:
                _inverted(weight, V, o, plain, k, F, above)
            elif above >= 0:
                for i in range(k):
                    F[o, i] = weight[i] if plain else F[above, i]
                    F[o, k + i] = 0.0 if plain else F[above, k + i]
        elif kind == RESISTOR:
            s = slope[start]
            if nodes[o, SIGN] < 0:
                s *= -1.0 / (values[start] * values[start])
            if plain:
                for i in range(k):
                    J[start, i] = s * weight[i]
                    J[start, k + i] = 0.0
            else:
                for i in range(2 * k):
                    J[start, i] = s * F[above, i]
        elif kind == POWER:
            s = nodes[o, SIGN] * slope[start] / values[start]
            if plain:
                _weighted(weight, V, o, s, k, J, start)
            else:
                _product(F, above, V, o, s, k, J, start)
            if option:
                e = option / s * slope[start + 1]
                for i in range(k):
                    a, b, u, v = J[start, i], J[start, k + i], e * lnw[i], e * HALF_PI
                    J[start + 1, i] = a * u - b * v
                    J[start + 1, k + i] = b * u + a * v
        else:
            for q in range(start, start + nodes[o, COUNT]):
                if plain:
                    _weighted(weight, J, q, 1.0, k, J, q)
                else:
                    _product(F, above, J, q, 1.0, k, J, q)
