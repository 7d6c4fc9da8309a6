"""Spectra as a real instrument measures them, simulated without any code of eisfit.

A `Sample` is a circuit of arcs with known resistances. A `Disturbance` is what an instrument or a
real material does to its spectrum; its sizes are known, its realisation is drawn. So an oracle that
knows the sizes, but not the realisation, can be compared with an analysis that knows neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
Disturbance = Callable[[np.random.Generator, Real, Complex], Complex]
"""From a generator, frequencies in Hz and the exact impedance in Ω to the measured impedance."""

DECADE = float(np.log(10.0))


@dataclass(frozen=True, slots=True)
class Sample:
    """A series resistance, arcs by rising time constant, and a blocking electrode or none.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz, falling.
    series : float
        Ω.
    resistance, time_constant, exponent : ndarray, shape (a,)
        Of R/(1 + (iωτ)ⁿ).
    tail : tuple of float, optional
        Coefficient and exponent of a blocking CPE in series.
    """

    frequency: Real
    series: float
    resistance: Real
    time_constant: Real
    exponent: Real
    tail: tuple[float, float] | None = None

    @property
    def total(self) -> float:
        """Series resistance and arcs together, Ω."""
        return float(self.series + self.resistance.sum())

    @property
    def capacitance(self) -> Real:
        """Effective capacitance of each arc in F, τ/R, shape (a,)."""
        return self.time_constant / self.resistance

    def impedance(self) -> Complex:
        """Return the exact impedance in Ω, shape (k,)."""
        s = 2j * np.pi * self.frequency
        out = np.full(len(s), self.series, dtype=np.complex128)
        for R, tau, n in zip(self.resistance, self.time_constant, self.exponent, strict=True):
            out += R / (1 + (s * tau) ** n)
        if self.tail is not None:
            out += 1 / (self.tail[0] * s ** self.tail[1])
        return out

    def slopes(self) -> Complex:
        """Return the derivatives of Z by the logarithms, shape (k, p).

        The columns: ln of the series resistance; ln R, ln τ and n of each arc; ln Q and exponent
        of the tail.
        """
        s = 2j * np.pi * self.frequency
        columns = [np.full(len(s), self.series, dtype=np.complex128)]
        for R, tau, n in zip(self.resistance, self.time_constant, self.exponent, strict=True):
            x = (s * tau) ** n
            steep = -R * x / (1 + x) ** 2
            columns += [R / (1 + x), n * steep, np.log(s * tau) * steep]
        if self.tail is not None:
            Z = 1 / (self.tail[0] * s ** self.tail[1])
            columns += [-Z, -np.log(s) * Z]
        return np.stack(columns, axis=1)


def draw_sample(rng: np.random.Generator, arcs: int, *, least_decades: float = 0.5) -> Sample:
    """Return a random sample of `arcs` arcs at least so many decades apart, in half with a tail."""
    first = rng.uniform(-6.3, -6.0 + 1.3 * arcs)
    steps = np.r_[0.0, least_decades + rng.gamma(2.0, 0.45, arcs - 1)]
    tau = 10 ** (first + np.cumsum(steps))
    resistance = 10 ** (rng.uniform(1, 5) + rng.uniform(-0.6, 0.6, arcs))
    series = resistance.sum() * 10 ** rng.uniform(-2.5, -0.7)
    exponent = rng.uniform(0.7, 1.0, arcs)
    high = -np.log10(2 * np.pi * tau[0]) + rng.uniform(0.8, 2.0)
    low = -np.log10(2 * np.pi * tau[-1]) - rng.uniform(0.8, 2.0)
    count = round((high - low) * rng.integers(8, 13))
    frequency = np.logspace(high, low, max(count, 30))
    tail = None
    if rng.random() < 0.5:
        m = rng.uniform(0.75, 0.98)
        size = resistance.sum() * 10 ** rng.uniform(-0.5, 0.7)  # |Z| at the lowest frequency
        tail = (float(1 / (size * (2 * np.pi * frequency[-1]) ** m)), float(m))
    return Sample(frequency, float(series), resistance, tau, exponent, tail)


def normal(rng: np.random.Generator, count: int) -> Complex:
    """Return independent complex numbers whose parts have a standard deviation of 1."""
    return rng.standard_normal(count) + 1j * rng.standard_normal(count)


def smooth(rng: np.random.Generator, frequency: Real, length: float) -> Real:
    """Return a smooth random function of ln f with standard deviation 1; `length` in ln f."""
    u = np.log(frequency)
    kernel = np.exp(-0.5 * ((u[:, None] - u) / length) ** 2)
    value, vector = np.linalg.eigh(kernel)
    return vector @ (np.sqrt(np.maximum(value, 0.0)) * rng.standard_normal(len(u)))


def proportional_noise(size: float) -> Disturbance:
    """Return independent noise of `size` |Z| in both parts."""
    return lambda rng, f, Z: Z + size * np.abs(Z) * normal(rng, len(f))


def constant_noise(size: float) -> Disturbance:
    """Return independent noise of `size` times the largest |Z|, the same at all frequencies."""
    return lambda rng, f, Z: Z + size * np.abs(Z).max() * normal(rng, len(f))


def noisy_end(size: float, *, at: str) -> Disturbance:
    """Return proportional noise that is ten times larger in the last decade at one end."""

    def disturb(rng: np.random.Generator, f: Real, Z: Complex) -> Complex:
        inside = f >= f.max() / 10 if at == "high" else f <= f.min() * 10
        return Z + np.where(inside, 10 * size, size) * np.abs(Z) * normal(rng, len(f))

    return disturb


def analyser_error(gain: float, phase: float, length: float) -> Disturbance:
    """Return smooth gain and phase errors (relative; rad), correlated over `length` in ln f."""
    return lambda rng, f, Z: (
        Z * np.exp(gain * smooth(rng, f, length) + 1j * phase * smooth(rng, f, length))
    )


def phase_error_at_the_top(size: float) -> Disturbance:
    """Return a phase that grows with f to `size` (rad, either sign) at the highest frequency."""
    return lambda rng, f, Z: Z * np.exp(1j * rng.choice([-1.0, 1.0]) * size * f / f.max())


def range_steps(gain: float, phase: float) -> Disturbance:
    """Return a current range for each decade of |Z|, with errors of gain and phase of its own."""

    def disturb(rng: np.random.Generator, f: Real, Z: Complex) -> Complex:
        decade = np.log10(np.abs(Z)) + rng.uniform()
        number = np.floor(decade - decade.min()).astype(int)
        errors = np.exp(gain * rng.standard_normal(99) + 1j * phase * rng.standard_normal(99))
        return Z * errors[number]

    return disturb


def extra_arc(share: float, time_constant: float, exponent: float, total: float) -> Disturbance:
    """Return one more arc of `share` of the total resistance."""
    return lambda rng, f, Z: Z + share * total / (1 + (2j * np.pi * f * time_constant) ** exponent)


def skewed_arcs(sample: Sample, size: float) -> Disturbance:
    """Return arcs that are no exact CPE arcs; R and the frequency of the maximum of -Z'' stay.

    Each arc becomes, with even odds, a Havriliak-Negami arc or a sum of three arcs.
    """

    def disturb(rng: np.random.Generator, f: Real, Z: Complex) -> Complex:
        arcs = zip(sample.resistance, sample.time_constant, sample.exponent, strict=True)
        for R, tau, n in arcs:
            shape = (
                havriliak_negami(rng, n, size) if rng.random() < 0.5 else sum_of_arcs(rng, n, size)
            )
            y = 2j * np.pi * f * tau
            Z = Z + R * (shape(y * peak_of(shape)) - 1 / (1 + y**n))
        return Z

    return disturb


Shape = Callable[[Complex], Complex]
"""From iωτ to Z/R of an arc."""


def havriliak_negami(rng: np.random.Generator, n: float, size: float) -> Shape:
    """Return 1/(1 + yⁿ)^γ with γ within 1 ± `size` (n γ at most 1)."""
    skew = 1 + rng.uniform(-size, min(size, 1 / n - 1))
    return lambda y: (1 + y**n) ** -skew


def sum_of_arcs(rng: np.random.Generator, n: float, size: float) -> Shape:
    """Return three arcs within three decades, the outer ones with up to `size`/2 each."""
    share, shift = rng.uniform(0, size / 2, 2), rng.uniform(0.5, 1.5, 2) * DECADE * [-1, 1]

    def shape(y: Complex) -> Complex:
        out = (1 - share.sum()) / (1 + y**n)
        for part, by in zip(share, shift, strict=True):
            out = out + part / (1 + (y * np.exp(by)) ** n)
        return out

    return shape


def peak_of(shape: Shape) -> float:
    """Return ωτ at the maximum of -Z'' to a thousandth."""
    x = np.arange(-9.0, 9.0, 0.1)
    near = x[np.argmin(shape(1j * np.exp(x)).imag)] + np.linspace(-0.1, 0.1, 201)
    return float(np.exp(near[np.argmin(shape(1j * np.exp(near)).imag)]))


def in_order(*parts: Disturbance) -> Disturbance:
    """Return several disturbances, one after the other."""

    def disturb(rng: np.random.Generator, f: Real, Z: Complex) -> Complex:
        for part in parts:
            Z = part(rng, f, Z)
        return Z

    return disturb
