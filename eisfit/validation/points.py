"""The points of a test, and when in the sweep they were measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eisfit.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.spectrum import Spectrum
from eisfit.validation.screening import gross_outliers


class Points(NamedTuple):
    """The points of a test by falling frequency.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz.
    impedance : ndarray of complex, shape (k,)
        Ω.
    progress : ndarray, shape (k, 2)
        How far the sweep was, 0 to 1: in points, and in time where each takes as many periods.
    """

    frequency: FloatArray
    impedance: ComplexArray
    progress: FloatArray

    def only(self, use: BoolArray) -> Points:
        """Return some of the points."""
        return Points(self.frequency[use], self.impedance[use], self.progress[use])


def points_of(spectrum: Spectrum) -> Points:
    """Return the points in use without those that stand off their neighbours at first sight."""
    use = ~spectrum.mask
    frequency, Z = spectrum.frequency[use], spectrum.impedance[use]
    order = np.argsort(-frequency, kind="stable")
    time = np.cumsum(1 / frequency)
    progress = np.stack([np.arange(len(order)) / max(len(order) - 1, 1), time / time[-1]], axis=1)
    points = Points(frequency[order], Z[order], progress[order])
    off = gross_outliers(points.frequency, points.impedance)
    return points.only(~np.isin(np.arange(len(order)), off)) if len(off) else points
