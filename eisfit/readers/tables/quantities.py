"""From the columns of a table to frequency in Hz and impedance in Ω, and what they look like."""

from __future__ import annotations

import math

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.readers.tables.columns import Layout

_POSITIVE_SHARE = 0.8
_SIGNIFICANT = 0.01
_INDUCTIVE = (0.7, 1.3)  # power of the frequency with which the reactance of a wire grows
_RIGHT_ANGLE = 1.6  # rad, with room for noise


def is_phase_in_radians(layout: Layout, values: FloatArray, usable: BoolArray) -> bool:
    """Return whether a phase without a unit never exceeds a right angle in radians."""
    if not layout.polar or layout.columns[2].unit or not usable.any():
        return False
    return float(np.max(np.abs(values[usable, 2]))) <= _RIGHT_ANGLE


def to_impedance(
    layout: Layout, values: FloatArray, *, in_radians: bool
) -> tuple[FloatArray, ComplexArray]:
    """Return frequency in Hz and impedance in Ω of all rows."""
    factors = [column.factor for column in layout.columns[:3]]
    if in_radians:
        factors[2] = math.copysign(1.0, factors[2])
    # what is no number is left out with its reason; what overflows is infinite, and left out too
    impedance = np.empty(len(values), dtype=complex)
    with np.errstate(invalid="ignore", over="ignore"):
        frequency = values[:, 0] * factors[0]
        first = np.multiply(values[:, 1], factors[1], out=impedance.real)
        second = np.multiply(values[:, 2], factors[2], out=impedance.imag)
        if layout.polar:
            first[:], second[:] = first * np.cos(second), first * np.sin(second)
    return frequency, impedance


def looks_negated(frequency: FloatArray, impedance: ComplexArray) -> bool:
    """Return whether Im Z is positive nearly everywhere, and is neither noise nor a wire."""
    if not len(impedance):
        return False
    significant = np.median(np.abs(impedance.imag)) > _SIGNIFICANT * np.median(np.abs(impedance))
    negated = significant and np.mean(impedance.imag > 0) > _POSITIVE_SHARE
    return bool(negated and not _is_inductive(frequency, impedance))


def _is_inductive(frequency: FloatArray, impedance: ComplexArray) -> bool:
    """Return whether the imaginary part grows with frequency throughout, as that of leads."""
    positive = impedance.imag > 0
    if np.ptp(frequency[positive]) == 0:
        return False
    slope, _ = np.polyfit(np.log(frequency[positive]), np.log(impedance.imag[positive]), 1)
    return bool(_INDUCTIVE[0] < slope < _INDUCTIVE[1])
