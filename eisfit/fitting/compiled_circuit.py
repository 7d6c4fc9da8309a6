"""A circuit's tape as one compiled program: its impedance and derivatives at all frequencies.

The tape comes as a table of numbers (see `program`), a row a node, children before parents.
Forward, every node holds V: its impedance where its parent is in series, its admittance where its
parent is in parallel, so that a join is a plain sum and one reciprocal. Backward, every join holds
F = w dV(root)/dV, and a parameter's derivative is one product.

Rows are written `V[o, i]` and not taken out as views (a view costs a count of references), and each
loop writes one array: with two, the compiler cannot prove that they do not overlap and runs them
number by number.
"""

from __future__ import annotations

import math

import numpy as np

from eisfit.fitting.jit import REORDERED, jit

POWER, RELAXATION, DIFFUSION, LINE, RAILS, JOIN = range(6)
"""Kinds of node."""

KIND, PARENT, FIRST, FORM, START, COUNT, SIGN, OPTION = range(8)
"""Columns of the table of nodes.

FIRST: whether it is its parent's first; FORM: whether it is to be inverted for its parent; START,
COUNT: its parameters; SIGN: power of a power law's first parameter; OPTION: by kind.
"""

SCALE, EXPONENT, SECOND = range(3)
"""Columns of the table of constants."""

_LOG2E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 · 2^52: adding it leaves the nearest integer in the low bits
_HALF_PI = 0.5 * math.pi


@jit(fastmath={"contract"})
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


@jit()
def _powers(e, lnw, step, out, buffer, bits):
    """Write ω^e into `out`: a geometric progression where ln ω runs in equal steps (`step` ≠ 0)."""
    k = lnw.shape[0]
    if step == 0.0 or k < 8:
        _exp(e, lnw, out, buffer, bits)
        return
    r = math.exp(e * step)
    out[0] = math.exp(e * lnw[0])
    out[1] = out[0] * r
    r *= r
    for i in range(2, 4):
        out[i] = out[i - 2] * r
    r *= r
    for i in range(4, 8):
        out[i] = out[i - 4] * r
    r *= r
    for i in range(8, k):
        out[i] = out[i - 8] * r


@jit()
def _cexp(re, im):
    m = math.exp(min(re, 700.0))
    return complex(m * math.cos(im), m * math.sin(im))


@jit()
def _tanh(s, reflective):
    """Return t = tanh(s), or coth(s), and dt/ds; Re(s) ≥ 0."""
    if abs(s) < 0.05:  # series: differences of nearly equal numbers otherwise
        q = s * s
        if reflective:
            t = (1.0 + q * (1 / 3 - q * (1 / 45 - q * 2 / 945))) / s
            return t, -1.0 / q + 1 / 3 - q * (1 / 15 - q * 2 / 189)
        t = s * (1.0 - q * (1 / 3 - q * (2 / 15 - q * 17 / 315)))
        return t, 1.0 - q * (1.0 - q * (2 / 3 - q * 17 / 45))
    e = _cexp(-2.0 * s.real, -2.0 * s.imag)
    if reflective:
        return (1.0 + e) / (1.0 - e), -4.0 * e / ((1.0 - e) * (1.0 - e))
    return (1.0 - e) / (1.0 + e), 4.0 * e / ((1.0 + e) * (1.0 + e))


@jit()
def _other(kind, option, constants, o, values, start, lnw, d):
    """Return Z of an element that is no power law at one ω; write dZ/dp into `d`."""
    lnjw = complex(lnw, _HALF_PI)
    if kind == RELAXATION:  # R / (1 + (jωτ)^n)^m; option: 1 with n, 2 with m, 3 with both
        R = values[start]
        u = lnjw + math.log(values[start + 1])
        at = start + 2
        n, m = constants[o, EXPONENT], constants[o, SECOND]
        if option & 1:
            n = values[at]
            at += 1
        if option & 2:
            m = values[at]
        v = _cexp(n * u.real, n * u.imag)
        h = 1.0 + v
        lnh = complex(math.log(abs(h)), math.atan2(h.imag, h.real))
        Z = R * _cexp(-m * lnh.real, -m * lnh.imag)
        common = -m * Z * v / h
        d[0] = Z / R
        d[1] = common * n / values[start + 1]
        d[2] = common * u if option & 1 else -Z * lnh
        d[3] = -Z * lnh
        return Z
    if kind == DIFFUSION:  # R tanh(s)/s; option: 1 coth, 2 with n, 4 de Levie
        R, second = values[start], values[start + 1]
        if option & 4:
            n = 0.5 * values[start + 2]
            ln_s = n * lnjw + 0.5 * math.log(R * second)
            L = 0.5 * lnjw
            half = 0.5
        else:
            n = values[start + 2] if option & 2 else constants[o, EXPONENT]
            L = lnjw + math.log(second)
            ln_s = n * L
            half = 0.0
        s = _cexp(ln_s.real, ln_s.imag)
        t, slope = _tanh(s, option & 1)
        Z = R * t / s
        D = R * slope - Z  # dZ/d ln s
        if not option & 1 and abs(s) < 0.05:
            q = s * s
            Z = R * (1.0 - q * (1 / 3 - q * (2 / 15 - q * (17 / 315 - q * 62 / 2835))))
            D = -R * q * (2 / 3 - q * (8 / 15 - q * (102 / 315 - q * 496 / 2835)))
        d[0] = (Z + half * D) / R
        d[1] = D * (half if option & 4 else n) / second
        d[2] = D * L
        return Z
    if kind == LINE:  # A t(φu)/u, u = √(1 + v); option: 1 coth, 2 finite-length Gerischer
        if option & 2:
            A, phi = values[start], values[start + 2]
            n = 1.0
            ln_v = lnjw + math.log(values[start + 1])
        else:
            rail, Rct, Q, n = (
                values[start],
                values[start + 1],
                values[start + 2],
                values[start + 3],
            )
            A, phi = math.sqrt(rail * Rct), math.sqrt(rail / Rct)
            ln_v = n * lnjw + math.log(Rct * Q)
        v = _cexp(ln_v.real, ln_v.imag)
        u = np.sqrt(1.0 + v)
        t, slope = _tanh(phi * u, option & 1)
        Z = A * t / u
        S = A * phi * slope
        D = v * (S - Z) / (2.0 * (1.0 + v))  # dZ/d ln v
        if option & 2:
            d[0] = Z / A
            d[1] = D / values[start + 1]
            d[2] = S / phi
        else:
            d[0] = 0.5 * (Z + S) / rail
            d[1] = (0.5 * (Z - S) + D) / Rct
            d[2] = D / Q
            d[3] = D * lnjw
        return Z
    # two rails, P (1 + 2/(κ sinh κ)) + S coth(κ)/κ
    R1, R2, Q, n = values[start], values[start + 1], values[start + 2], values[start + 3]
    T = R1 + R2
    ln_k = 0.5 * (n * lnjw + math.log(T * Q))
    kappa = _cexp(ln_k.real, ln_k.imag)
    E = _cexp(-kappa.real, -kappa.imag)
    csch = 2.0 * E / (1.0 - E * E)
    coth = (1.0 + E * E) / (1.0 - E * E)
    P, S = R1 * R2 / T, (R1 * R1 + R2 * R2) / T
    c, g = csch / kappa, coth / kappa
    D = -2.0 * P * c * (1.0 + kappa * coth) - S * (g + csch * csch)  # dZ/d ln κ
    d[0] = (P * R2 / T * (1.0 + 2.0 * c) + (2.0 * R1 * R1 - S * R1) / T * g) / R1 + 0.5 * D / T
    d[1] = (P * R1 / T * (1.0 + 2.0 * c) + (2.0 * R2 * R2 - S * R2) / T * g) / R2 + 0.5 * D / T
    d[2] = 0.5 * D / Q
    d[3] = 0.5 * D * lnjw
    return P * (1.0 + 2.0 * c) + S * g


@jit(fastmath=REORDERED)
def forward(nodes, constants, values, slope, lnw, step, V, J, t, buffer, bits, d):
    """Write V of every node but resistors, a row each: real parts, then imaginary ones.

    `step` is that of ln ω where it is the same everywhere, else 0.
    """
    k = lnw.shape[0]
    for o in range(nodes.shape[0]):
        kind, start, option = nodes[o, KIND], nodes[o, START], nodes[o, OPTION]
        parent = nodes[o, PARENT]
        if kind == POWER:
            c = constants[o, SCALE] * values[start]
            if nodes[o, SIGN] < 0:
                c = 1.0 / c
            e = option * values[start + 1] if option else constants[o, EXPONENT]
            if e == 0.0 and parent >= 0:
                if nodes[o, FIRST]:
                    for i in range(k):
                        V[parent, i] = c
                    for i in range(k):
                        V[parent, k + i] = 0.0
                else:
                    for i in range(k):
                        V[parent, i] += c
                continue
            _powers(e, lnw, step, t, buffer, bits)
            re, im = c * math.cos(_HALF_PI * e), c * math.sin(_HALF_PI * e)
            for i in range(k):
                V[o, i] = t[i] * re
            for i in range(k):
                V[o, k + i] = t[i] * im
        elif kind == JOIN:
            if nodes[o, FORM]:
                for i in range(k):
                    t[i] = 1.0 / (V[o, i] * V[o, i] + V[o, k + i] * V[o, k + i])
                for i in range(k):
                    V[o, i] *= t[i]
                for i in range(k):
                    V[o, k + i] *= -t[i]
        else:
            for i in range(k):
                Z = _other(kind, option, constants, o, values, start, lnw[i], d)
                factor = 1.0 + 0.0j
                if nodes[o, FORM]:
                    Z = 1.0 / Z
                    factor = -Z * Z
                V[o, i], V[o, k + i] = Z.real, Z.imag
                for q in range(nodes[o, COUNT]):
                    D = d[q] * factor * slope[start + q]
                    J[start + q, i], J[start + q, k + i] = D.real, D.imag
        if parent >= 0:
            if nodes[o, FIRST]:
                for i in range(2 * k):
                    V[parent, i] = V[o, i]
            else:
                for i in range(2 * k):
                    V[parent, i] += V[o, i]


@jit(fastmath=REORDERED)
def _product(F, f, V, v, s, t, out, o):
    """Write s times row f of F times row v of V, as complex numbers, into row o of `out`."""
    k = t.shape[0]
    for i in range(k):
        t[i] = s * (F[f, i] * V[v, i] - F[f, k + i] * V[v, k + i])
    for i in range(k):
        out[o, k + i] = s * (F[f, i] * V[v, k + i] + F[f, k + i] * V[v, i])
    for i in range(k):
        out[o, i] = t[i]


@jit(fastmath=REORDERED)
def backward(nodes, constants, values, slope, lnw, weight, V, F, J, t):
    """Write the weighted derivatives of the circuit by its coordinates into the rows of J."""
    k = lnw.shape[0]
    last = nodes.shape[0] - 1
    for i in range(k):
        F[last + 1, i] = weight[i]
    for i in range(k):
        F[last + 1, k + i] = 0.0
    for o in range(last, -1, -1):
        kind, start, option = nodes[o, KIND], nodes[o, START], nodes[o, OPTION]
        above = nodes[o, PARENT] if nodes[o, PARENT] >= 0 else last + 1
        if kind == JOIN:
            if nodes[o, FORM]:
                _product(V, o, V, o, -1.0, t, F, o)
                _product(F, above, F, o, 1.0, t, F, o)
            else:
                for i in range(2 * k):
                    F[o, i] = F[above, i]
        elif kind == POWER:
            s = nodes[o, SIGN] * slope[start] / values[start]
            if option == 0 and constants[o, EXPONENT] == 0.0 and o < last:
                c = constants[o, SCALE] * values[start]
                s *= c if nodes[o, SIGN] > 0 else 1.0 / c
                for i in range(2 * k):
                    J[start, i] = s * F[above, i]
                continue
            _product(F, above, V, o, s, t, J, start)
            if option:
                e = option / s * slope[start + 1]
                for i in range(k):
                    J[start + 1, i] = e * (J[start, i] * lnw[i] - J[start, k + i] * _HALF_PI)
                for i in range(k):
                    J[start + 1, k + i] = e * (J[start, k + i] * lnw[i] + J[start, i] * _HALF_PI)
        else:
            for q in range(start, start + nodes[o, COUNT]):
                _product(F, above, J, q, 1.0, t, J, q)
