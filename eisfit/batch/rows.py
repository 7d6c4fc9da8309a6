"""Spectra of one chunk as flat arrays, whatever they come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray, IndexArray
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Provenance, Spectrum


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """m spectra, only the points in use, end to end.

    Parameters
    ----------
    labels : sequence of str, length m
    frequency, impedance : ndarray, shape (n,)
        Hz, Ω; of all spectra.
    ends : ndarray of int, shape (m + 1,)
        Spectrum i has the points from ``ends[i]`` to ``ends[i + 1]``.
    blocks : sequence of (int, int)
        First row and row after the last of what is fitted together.
    findings : dict of int to list of Finding
        Of the rows that have any.
    reasons : dict of int to str
        Of the rows with an error: the first one, without the name of the file.
    """

    labels: Sequence[str]
    frequency: FloatArray
    impedance: ComplexArray
    ends: IndexArray
    blocks: Sequence[tuple[int, int]]
    findings: dict[int, list[Finding]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def points(self, i: int) -> tuple[FloatArray, ComplexArray]:
        """Return frequency and impedance of one spectrum."""
        part = slice(self.ends[i], self.ends[i + 1])
        return self.frequency[part], self.impedance[part]

    def spectrum(self, i: int) -> Spectrum:
        """Return one spectrum by itself; SpectrumError where it is none."""
        return Spectrum(*self.points(i), provenance=Provenance(file=self.labels[i]))

    def add_finding(self, i: int, finding: Finding, reason: str = "") -> None:
        """Add a finding to a row; an error has its reason, without the name of the file."""
        self.findings.setdefault(i, []).append(finding)
        if finding.severity == "error":
            self.reasons.setdefault(i, reason)

    def add_error(self, i: int, code: str, reason: str) -> None:
        """Add an error to a row: it is not fitted."""
        self.add_finding(i, Finding(code, "error", f"{self.labels[i]}: {reason}"), reason)

    def alike(self, first: int, last: int) -> Iterator[tuple[IndexArray, FloatArray, ComplexArray]]:
        """Yield the usable spectra of a block by their frequencies: rows, (k,) Hz, (g, k) Ω."""
        out = {i for i in self.reasons if first <= i < last}
        lengths = np.diff(self.ends[first : last + 1])
        if not out and len(lengths) and np.all(lengths == lengths[0]):
            part = slice(self.ends[first], self.ends[last])
            grid = self.frequency[part].reshape(len(lengths), -1)
            if np.all(grid == grid[0]):
                yield np.arange(first, last), grid[0], self.impedance[part].reshape(grid.shape)
                return
        groups: dict[bytes, list[int]] = {}
        for i in range(first, last):
            if i not in out:
                groups.setdefault(self.points(i)[0].tobytes(), []).append(i)
        for rows in groups.values():
            Z = np.stack([self.points(i)[1] for i in rows])
            yield np.array(rows, dtype=np.intp), self.points(rows[0])[0], Z

    def ranges(self) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and the highest frequency of each spectrum, nan without points."""
        lengths = np.diff(self.ends)
        low, high = np.full(len(self), np.nan), np.full(len(self), np.nan)
        some = lengths > 0
        if some.any():
            starts = self.ends[:-1][some]
            low[some] = np.minimum.reduceat(self.frequency, starts)
            high[some] = np.maximum.reduceat(self.frequency, starts)
        return low, high
