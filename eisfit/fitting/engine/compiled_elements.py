# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False
"""Elements that are no power laws, compiled: impedance and derivatives at one frequency.

Formulas are those of `circuit.elements`, whose numpy forms test these.
"""

from __future__ import annotations

import math

from eisfit.fitting.engine.jit import jit

POWER, RELAXATION, DIFFUSION, LINE, RAILS, JOIN, RESISTOR = range(7)
"""Kinds of node; a resistor is one within a join, alone it is a power law."""

HALF_PI = 0.5 * math.pi


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
    common = -m * Z * v * inverse(1.0 + v)
    d[0] = Z * (1.0 / R)
    d[1] = common * (n / values[start + 1])
    d[2] = common * u if option & 1 else -Z * lnh
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
