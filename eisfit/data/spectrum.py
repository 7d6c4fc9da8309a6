"""One impedance spectrum as it was measured: numbers, what is left out and why, its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, freeze
from eisfit.base.errors import SpectrumError
from eisfit.base.findings import Finding
from eisfit.data.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a spectrum comes from and how it was measured.

    Parameters
    ----------
    file : str
        Path as given by the user; empty for a spectrum that is not from a file.
    format : str
        Name of the reader, such as ``"gamry"``.
    sweep : int
        Number of the sweep within the file, from 1.
    sha256 : str
        Checksum of the file.
    instrument, technique, software : str
        As the file states; empty where it does not.
    columns : tuple of str
        The column names as they stood in the file.
    sign_convention : str
        ``"Im Z"`` or ``"-Im Z"``, ``"phase"`` or ``"-phase"``: what the file held.
    measured_at : datetime, optional
        Start of the measurement.
    conditions : mapping of str to float
        Further numbers of the header in SI units, such as ``dc_potential_V``, ``amplitude_V``.
    """

    file: str = ""
    format: str = ""
    sweep: int = 1
    sha256: str = ""
    instrument: str = ""
    technique: str = ""
    software: str = ""
    columns: tuple[str, ...] = ()
    sign_convention: str = ""
    measured_at: datetime | None = None
    conditions: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spectrum:
    """An impedance spectrum, frozen, in the order in which it was measured.

    Parameters
    ----------
    frequency : array-like, shape (k,)
        Hz; finite and above zero at every point that is not left out.
    impedance : array-like of complex, shape (k,)
        Ω, capacitive Im Z < 0.
    reasons : sequence of str, shape (k,), optional
        Why a point is left out of every analysis; an empty text keeps it. Raw numbers stay.
    temperature : float, optional
        K.
    temperature_source : str
        ``"option"``, ``"sheet"``, ``"header"`` or ``"file name"``.
    geometry : Geometry, optional
        From the file's header, the sheet or the user.
    provenance : Provenance
        The file and how it was measured.
    findings : tuple of Finding
        What the reader noticed.
    measured : array-like of complex, shape (k,), optional
        Ω, as measured, where the fixture was taken out of `impedance`.

    Raises
    ------
    SpectrumError
        Where shapes disagree, no point is left, or a point that is kept is no measurement.

    Examples
    --------
    >>> Spectrum([1e3, 1e2], [100 - 5j, 120 - 2j], temperature=350)
    <Spectrum: 2 points, 100 to 1000 Hz, 350 K>
    """

    frequency: FloatArray
    impedance: ComplexArray
    reasons: tuple[str, ...] = ()
    temperature: float | None = None
    temperature_source: str = ""
    geometry: Geometry | None = None
    provenance: Provenance = field(default_factory=Provenance)
    findings: tuple[Finding, ...] = ()
    measured: ComplexArray | None = None

    def __post_init__(self) -> None:
        frequency = freeze(self.frequency, np.float64)
        impedance = freeze(self.impedance, np.complex128)
        if frequency.ndim != 1 or frequency.shape != impedance.shape:
            raise SpectrumError(
                "frequency and impedance must be two lists of one length "
                f"(got shapes {frequency.shape} and {impedance.shape})"
            )
        reasons = tuple(self.reasons) or ("",) * len(frequency)
        if len(reasons) != len(frequency):
            raise SpectrumError(f"{len(frequency)} points need one reason each, not {len(reasons)}")
        good = (frequency > 0) & (frequency < np.inf) & np.isfinite(impedance)
        for i in () if np.count_nonzero(good) == len(good) else np.flatnonzero(~good):
            if not reasons[i]:
                raise SpectrumError(
                    f"point {i + 1} is not a measurement: "
                    f"f = {frequency[i]} Hz, Z = {impedance[i]} ohm"
                )
        if all(reasons):
            raise SpectrumError(
                "no usable point is left: " + (reasons[0] if reasons else "it has none")
            )
        if self.temperature is not None and not (
            np.isfinite(self.temperature) and self.temperature > 0
        ):
            raise SpectrumError(f"temperature must be above 0 K (got {self.temperature!r})")
        object.__setattr__(self, "frequency", frequency)
        object.__setattr__(self, "impedance", impedance)
        object.__setattr__(self, "reasons", reasons)
        object.__setattr__(self, "measured", _check_measured(self.measured, len(frequency)))

    @property
    def mask(self) -> BoolArray:
        """True at every point that is left out, shape (k,)."""
        return np.array([bool(reason) for reason in self.reasons])

    @property
    def kept(self) -> tuple[FloatArray, ComplexArray]:
        """Frequency and impedance of the points in use, by falling frequency."""
        use = ~self.mask
        order = np.argsort(-self.frequency[use], kind="stable")
        return self.frequency[use][order], self.impedance[use][order]

    @property
    def label(self) -> str:
        """A short name for tables and legends: file name, and sweep where it is not the first."""
        name = self.provenance.file.replace("\\", "/").rsplit("/", 1)[-1] or "spectrum"
        return name if self.provenance.sweep == 1 else f"{name} [{self.provenance.sweep}]"

    def with_(self, **changes: Any) -> Spectrum:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def masked(self, points: BoolArray, reason: str) -> Spectrum:
        """Return a copy in which `points` (shape (k,), True: leave out) carry `reason`.

        A point that was left out before keeps its first reason.
        """
        if not reason:
            raise SpectrumError("the reason for leaving points out is missing")
        reasons = tuple(
            old or (reason if out else "") for old, out in zip(self.reasons, points, strict=True)
        )
        return replace(self, reasons=reasons)

    def __len__(self) -> int:
        return len(self.frequency)

    def __repr__(self) -> str:
        f, _ = self.kept
        text = f"<Spectrum: {len(f)} points, {f[-1]:.4g} to {f[0]:.4g} Hz"
        if len(f) < len(self):
            text += f", {len(self) - len(f)} left out"
        if self.temperature is not None:
            text += f", {self.temperature:.5g} K"
        return text + ">"


def _check_measured(values: ComplexArray | None, points: int) -> ComplexArray | None:
    if values is None:
        return None
    measured = freeze(values, np.complex128)
    if measured.shape != (points,):
        raise SpectrumError(f"{points} points need as many measured ones, not {len(measured)}")
    return measured
