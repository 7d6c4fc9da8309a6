"""The points of a test, and when in the sweep they were measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.data.spectrum import Spectrum
from eisfit.quality.screening import gross_outliers


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

    def only(self, use: BoolArray | IndexArray) -> Points:
        """Return some of the points."""
        return Points(self.frequency[use], self.impedance[use], self.progress[use])

    def without(self, places: Sequence[int]) -> Points:
        """Return the others."""
        return self.only(np.delete(np.arange(len(self.frequency)), places)) if places else self


def points_in_use(spectrum: Spectrum) -> Points:
    """Return all points that are not left out."""
    frequency, Z = spectrum.frequency, spectrum.impedance
    if any(spectrum.reasons):
        use = ~spectrum.mask
        frequency, Z = frequency[use], Z[use]
    k = len(frequency)
    time = np.cumsum(1 / frequency)
    progress = np.empty((k, 2))
    progress[:, 0] = np.arange(k) / max(k - 1, 1)
    progress[:, 1] = time / time[-1]
    points = Points(frequency, Z, progress)
    if (frequency[1:] <= frequency[:-1]).all():
        return points
    return points.only(np.argsort(-frequency, kind="stable"))


def points_of(spectrum: Spectrum) -> Points:
    """Return the points in use without those that stand off their neighbours at first sight."""
    points = points_in_use(spectrum)
    return points.without(gross_outliers(points.frequency, points.impedance))
