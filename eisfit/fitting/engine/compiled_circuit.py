"""A circuit's tape as one compiled program: its impedance and derivatives at all frequencies.

The tape is a table of numbers (see `solver.Program`), a row a node, children before parents.
Forward, every node holds V: its impedance where its parent is in series, its admittance where its
parent is in parallel, so that a join is a plain sum and one reciprocal. Backward, every join holds
F = w dV(root)/dV, and a parameter's derivative is one product.

Rows are written `V[o, i]` and not taken out as views: a view costs a count of references, and hides
from the compiler that its loops may run four at a time.
"""

from __future__ import annotations

import math

import numpy as np

from eisfit.fitting.engine.jit import REORDERED, jit

POWER, RELAXATION, DIFFUSION, LINE, RAILS, JOIN, RESISTOR = range(7)
"""Kinds of node; a resistor is one within a join, alone it is a power law."""

HALF_PI = 0.5 * math.pi

KIND, PARENT, FORM, START, COUNT, SIGN, OPTION = range(7)
"""Columns of the table of nodes.

PARENT: -1 for the last; FORM: whether it is to be inverted for its parent; START, COUNT: its
parameters; SIGN: power of a power law's first parameter; OPTION: by kind.
"""

SCALE, EXPONENT, SECOND = range(3)
"""Columns of the table of constants."""

_LOG2E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 · 2^52: adding it leaves the nearest integer in the low bits


@jit(fastmath={"contract"}, forceinline=True)
def _exp(x):
    """Return exp(x), to an ulp or two.

    The library's is a call for every number, which keeps a loop from running four at a time.
    """
    a = min(max(x, -700.0), 700.0)
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
    s = s * r + 1.0
    power = (np.float64(b).view(np.int64) + 1023) << 52
    return s * np.int64(power).view(np.float64)


@jit(forceinline=True)
def _powers(e, lnw, step, out):
    """Write ω^e into `out`: a geometric progression where ln ω runs in equal steps (`step` ≠ 0)."""
    if step == 0.0:
        for i in range(lnw.shape[0]):
            out[i] = _exp(e * lnw[i])
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
def _power(V, o, parent, t, re, im, k):
    """Write t times a complex number into row `o` and add it to its parent's."""
    for i in range(k):
        a, b = t[i] * re, t[i] * im
        V[o, i] = a
        V[o, k + i] = b
        V[parent, i] += a
        V[parent, k + i] += b


@jit(fastmath=REORDERED, forceinline=True)
def _join(V, o, parent, inverted, k):
    """Invert row `o` where `inverted`, and add it to its parent's."""
    if inverted:
        for i in range(k):
            re, im = V[o, i], V[o, k + i]
            m = 1.0 / (re * re + im * im)
            re, im = re * m, -im * m
            V[o, i] = re
            V[o, k + i] = im
            V[parent, i] += re
            V[parent, k + i] += im
    elif parent >= 0:
        for i in range(2 * k):
            V[parent, i] += V[o, i]


@jit()
def _cexp(z):
    m = math.exp(min(z.real, 700.0))
    return complex(m * math.cos(z.imag), m * math.sin(z.imag))


@jit()
def _clog(z):
    return complex(0.5 * math.log(z.real * z.real + z.imag * z.imag), math.atan2(z.imag, z.real))


@jit()
def inverse(z):
    """Return 1/z: shorter to compile than a division that minds overflow."""
    m = 1.0 / (z.real * z.real + z.imag * z.imag)
    return complex(z.real * m, -z.imag * m)


@jit()
def _hyperbolic(s, reflective):
    """Return f = tanh(s)/s, or coth(s)/s, and df/d ln s; Re(s) ≥ 0."""
    q = s * s
    if abs(s.real) + abs(s.imag) < 0.05:  # series: differences of nearly equal numbers otherwise
        if reflective:
            f = inverse(q)
            return (
                f + 1 / 3 - q * (1 / 45 - q * (2 / 945 - q * 1 / 4725)),
                -2.0 * f - q * (2 / 45 - q * (8 / 945 - q * 6 / 4725)),
            )
        return (
            1.0 - q * (1 / 3 - q * (2 / 15 - q * (17 / 315 - q * 62 / 2835))),
            -q * (2 / 3 - q * (8 / 15 - q * (102 / 315 - q * 496 / 2835))),
        )
    e = _cexp(-2.0 * s)
    sign = -1.0 if reflective else 1.0
    over = inverse(1.0 + sign * e)
    f = (1.0 - sign * e) * over * s * inverse(q)
    return f, sign * 4.0 * e * over * over - f


@jit()
def _relaxation(option, n, m, values, start, lnjw, d):
    """R / (1 + (jωτ)^n)^m; option: 1 with n, 2 with m, 3 with both."""
    R = values[start]
    u = lnjw + math.log(values[start + 1])
    if option & 1:
        n = values[start + 2]
    if option & 2:
        m = values[start + 2 + (option & 1)]
    v = _cexp(n * u)
    lnh = _clog(1.0 + v)
    Z = R * _cexp(-m * lnh)
    scale = -m * Z * v * inverse(1.0 + v)
    d[0] = Z * (1.0 / R)
    d[1] = scale * (n / values[start + 1])
    d[2] = scale * u if option & 1 else -Z * lnh
    d[3] = -Z * lnh
    return Z


@jit()
def _diffusion(option, n, values, start, lnjw, d):
    """R tanh(s)/s; option: 1 coth, 2 with n, 4 de Levie, s² = R Q (jω)^n."""
    R, second = values[start], values[start + 1]
    half = 0.0
    L = lnjw + math.log(second)
    if option & 4:
        n = 0.5 * values[start + 2]
        ln_s = n * lnjw + 0.5 * math.log(R * second)
        L = 0.5 * lnjw
        half = 0.5
    else:
        if option & 2:
            n = values[start + 2]
        ln_s = n * L
    f, D = _hyperbolic(_cexp(ln_s), option & 1)
    d[0] = f + half * D
    d[1] = D * (R * (half if option & 4 else n) / second)
    d[2] = R * D * L
    return R * f


@jit()
def _line(option, values, start, lnjw, d):
    """Return A t(φu)/u, u = √(1 + v), as A φ f(φu); option: 1 coth, 2 finite Gerischer."""
    if option & 2:
        Z0, phi = values[start] * values[start + 2], values[start + 2]
        ln_v = lnjw + math.log(values[start + 1])
    else:
        Z0, phi = values[start], math.sqrt(values[start] / values[start + 1])
        ln_v = values[start + 3] * lnjw + math.log(values[start + 1] * values[start + 2])
    v = _cexp(ln_v)
    f, D = _hyperbolic(phi * _cexp(0.5 * _clog(1.0 + v)), option & 1)
    Z, slope = Z0 * f, Z0 * (f + D)
    along = 0.5 * Z0 * D * v * inverse(1.0 + v)  # dZ/d ln v
    if option & 2:
        d[0] = Z * (1.0 / values[start])
        d[1] = along * (1.0 / values[start + 1])
        d[2] = slope * (1.0 / phi)
    else:
        d[0] = 0.5 * (Z + slope) * (1.0 / values[start])
        d[1] = (along - 0.5 * Z0 * D) * (1.0 / values[start + 1])
        d[2] = along * (1.0 / values[start + 2])
        d[3] = along * lnjw
    return Z


@jit()
def _rails(values, start, lnjw, d):
    """(R1 + R2) coth(κ)/κ + R1 R2/(R1 + R2) (1 - tanh(κ/2)/(κ/2)), κ² = (R1 + R2) Q (jω)^n."""
    R1, R2, Q, n = values[start], values[start + 1], values[start + 2], values[start + 3]
    T = R1 + R2
    P = R1 * R2 / T
    kappa = _cexp(0.5 * (n * lnjw + math.log(T * Q)))
    f, D = _hyperbolic(kappa, 1)
    g, E = _hyperbolic(0.5 * kappa, 0)
    along = 0.5 * (T * D - P * E)
    d[0] = f + (R2 / T) ** 2 * (1.0 - g) + along * (1.0 / T)
    d[1] = f + (R1 / T) ** 2 * (1.0 - g) + along * (1.0 / T)
    d[2] = along * (1.0 / Q)
    d[3] = along * lnjw
    return T * f + P * (1.0 - g)


@jit()
def other(kind, option, n, m, values, start, lnw, d):
    """Return Z of an element that is no power law at one ω; write dZ/dp into `d`."""
    lnjw = complex(lnw, HALF_PI)
    if kind == RELAXATION:
        return _relaxation(option, n, m, values, start, lnjw, d)
    if kind == DIFFUSION:
        return _diffusion(option, n, values, start, lnjw, d)
    if kind == LINE:
        return _line(option, values, start, lnjw, d)
    return _rails(values, start, lnjw, d)


@jit(fastmath=REORDERED)
def forward(nodes, constants, values, slope, lnw, step, V, J, t, resistors, d):
    """Write V of every node but resistors, a row each: real parts, then imaginary ones.

    V has a row more than there are nodes: the parent of the last, -1, is a row that nobody reads.
    `step` is that of ln ω where it is the same everywhere, else 0. Resistors only add to their
    parent's entry of `resistors`. `d` is room for four slopes, or None where all nodes are power
    laws and joins: nothing else is then compiled.
    """
    k = lnw.shape[0]
    for o in range(nodes.shape[0]):
        resistors[o] = 0.0
    for o in range(nodes.shape[0]):
        if nodes[o, KIND] == RESISTOR:
            R = values[nodes[o, START]]
            resistors[nodes[o, PARENT]] += R if nodes[o, SIGN] > 0 else 1.0 / R
    for o in range(nodes.shape[0]):
        if nodes[o, KIND] == JOIN:
            for i in range(k):
                V[o, i] = resistors[o]
                V[o, k + i] = 0.0
    for o in range(nodes.shape[0]):
        kind, start, option = nodes[o, KIND], nodes[o, START], nodes[o, OPTION]
        parent = nodes[o, PARENT]
        if kind == POWER:
            c = constants[o, SCALE] * values[start]
            if nodes[o, SIGN] < 0:
                c = 1.0 / c
            e = option * values[start + 1] if option else constants[o, EXPONENT]
            _powers(e, lnw, step, t)
            re, im = c * math.cos(HALF_PI * e), c * math.sin(HALF_PI * e)
            _power(V, o, parent, t, re, im, k)
        elif kind == JOIN:
            _join(V, o, parent, nodes[o, FORM], k)
        elif kind != RESISTOR and d is not None:
            n, m = constants[o, EXPONENT], constants[o, SECOND]
            for i in range(k):
                Z = other(kind, option, n, m, values, start, lnw[i], d)
                factor = 1.0 + 0.0j
                if nodes[o, FORM]:
                    Z = inverse(Z)
                    factor = -Z * Z
                V[o, i], V[o, k + i] = Z.real, Z.imag
                V[parent, i] += Z.real
                V[parent, k + i] += Z.imag
                for q in range(nodes[o, COUNT]):
                    D = d[q] * factor * slope[start + q]
                    J[start + q, i], J[start + q, k + i] = D.real, D.imag


@jit(fastmath=REORDERED, forceinline=True)
def _product(F, f, V, v, s, k, out, o):
    """Write s times row f of F times row v of V, as complex numbers, into row o of `out`."""
    for i in range(k):
        a, b, c, d = F[f, i], F[f, k + i], V[v, i], V[v, k + i]
        out[o, i] = s * (a * c - b * d)
        out[o, k + i] = s * (a * d + b * c)


@jit(fastmath=REORDERED, forceinline=True)
def _inverted(V, o, k, F, above):
    """Write F of a join that is inverted, whose V is a and dV/d(sum) = -a², into row o of F.

    In one loop with what it is multiplied by: rows that are read and written at once would keep it
    from running four at a time.
    """
    for i in range(k):
        a, b, u, v = V[o, i], V[o, k + i], F[above, i], F[above, k + i]
        re, im = b * b - a * a, -2.0 * a * b
        F[o, i] = u * re - v * im
        F[o, k + i] = u * im + v * re


@jit(fastmath=REORDERED)
def backward(nodes, constants, values, slope, lnw, weight, V, F, J):
    """Write the weighted derivatives of the circuit by its coordinates into the rows of J.

    F has a row more than there are nodes, for the parent of the last: what all is multiplied by.
    Its imaginary half must be 0.
    """
    k, n = lnw.shape[0], nodes.shape[0]
    for i in range(k):
        F[n, i] = weight[i]
    for o in range(n - 1, -1, -1):
        kind, start, option = nodes[o, KIND], nodes[o, START], nodes[o, OPTION]
        above = nodes[o, PARENT] if nodes[o, PARENT] >= 0 else n
        if kind == JOIN:
            if nodes[o, FORM]:
                _inverted(V, o, k, F, above)
            else:
                for i in range(2 * k):
                    F[o, i] = F[above, i]
        elif kind == RESISTOR:
            s = slope[start]
            if nodes[o, SIGN] < 0:
                s *= -1.0 / (values[start] * values[start])
            for i in range(2 * k):
                J[start, i] = s * F[above, i]
        elif kind == POWER:
            s = nodes[o, SIGN] * slope[start] / values[start]
            _product(F, above, V, o, s, k, J, start)
            if option:
                e = option / s * slope[start + 1]
                for i in range(k):
                    a, b, u, v = J[start, i], J[start, k + i], e * lnw[i], e * HALF_PI
                    J[start + 1, i] = a * u - b * v
                    J[start + 1, k + i] = b * u + a * v
        else:
            for q in range(start, start + nodes[o, COUNT]):
                _product(F, above, J, q, 1.0, k, J, q)
