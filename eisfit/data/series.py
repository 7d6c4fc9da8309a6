"""A series: spectra of one sample along one coordinate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray, freeze
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.errors import SpectrumError
from eisfit.base.findings import Finding
from eisfit.data.geometry import Geometry
from eisfit.data.settings import AnalysisSettings
from eisfit.data.spectrum import Spectrum

Coordinate: TypeAlias = Literal[
    "temperature", "time", "bias", "state_of_charge", "pressure", "thickness"
]


class CoordinateKind(NamedTuple):
    """What is known of a coordinate.

    Parameters
    ----------
    unit : str
        SI.
    condition : str
        Its name among the conditions of a spectrum's provenance; the temperature is a field.
    example : str
        How it is written in the measurement sheet.
    """

    unit: str
    condition: str
    example: str


COORDINATES: dict[Coordinate, CoordinateKind] = {
    "temperature": CoordinateKind("K", "", "25 °C"),
    "time": CoordinateKind("s", "time_s", "2 h"),
    "bias": CoordinateKind("V", "bias_V", "0.1 V"),
    "state_of_charge": CoordinateKind("1", "state_of_charge", "50 %"),
    "pressure": CoordinateKind("Pa", "pressure_Pa", "50 MPa"),
    "thickness": CoordinateKind("m", "thickness_m", "1.2 mm"),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Series:
    """Spectra by rising coordinate, with what was left out and why.

    Parameters
    ----------
    spectra : tuple of Spectrum
        By rising `values`.
    coordinate : {"temperature", "time", "bias", "state_of_charge", "pressure", "thickness"}
        What changes from one spectrum to the next.
    values : array-like, shape (m,)
        The coordinate in K, s, V, 1, Pa or m.
    geometry : Geometry, optional
        Of the sample.
    left_out : tuple of (Spectrum, str)
        Spectra that take no part, each with the reason.
    findings : tuple of Finding
        What was noticed about the series as a whole.
    settings : AnalysisSettings
        Model, material, lead and so on, as options and the measurement sheet state them;
        `eisfit.analyze_series` uses them where its arguments state nothing.
    """

    spectra: tuple[Spectrum, ...]
    coordinate: Coordinate
    values: FloatArray
    geometry: Geometry | None = None
    left_out: tuple[tuple[Spectrum, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    settings: AnalysisSettings = field(default_factory=AnalysisSettings)

    def __post_init__(self) -> None:
        values = freeze(self.values, np.float64)
        if values.shape != (len(self.spectra),) or not len(values):
            raise SpectrumError(
                f"a series needs one {self.coordinate} a spectrum, and at least one spectrum "
                f"(got {len(self.spectra)} spectra and {values.size} values)"
            )
        if not np.all(np.isfinite(values)) or np.any(np.diff(values) < 0):
            raise SpectrumError(f"a series must be in order of rising {self.coordinate}")
        object.__setattr__(self, "values", values)

    @classmethod
    def by_temperature(
        cls, spectra: Sequence[Spectrum], geometry: Geometry | None = None
    ) -> Series:
        """Return `spectra` by rising temperature; those without one are left out, with a finding.

        Parameters
        ----------
        spectra : sequence of Spectrum
            Each with its temperature.
        geometry : Geometry, optional
            Of the sample; without it, that of the spectra's headers, where they agree.

        Raises
        ------
        SpectrumError
            Where no spectrum has a temperature.
        """
        return cls.along(spectra, "temperature", geometry)

    @classmethod
    def by_time(cls, spectra: Sequence[Spectrum], geometry: Geometry | None = None) -> Series:
        """Return `spectra` by time in s: as the sheet states, else from the start of the first.

        Raises
        ------
        SpectrumError
            Where no spectrum states when it was measured.
        """
        return cls.along(spectra, "time", geometry)

    @classmethod
    def along(
        cls, spectra: Sequence[Spectrum], coordinate: Coordinate, geometry: Geometry | None = None
    ) -> Series:
        """Return `spectra` by a rising coordinate; those that do not state theirs are left out.

        Parameters
        ----------
        spectra : sequence of Spectrum
            Their provenance's conditions hold the coordinate as the sheet gives it: `time_s`,
            `bias_V`, `state_of_charge`, `pressure_Pa`, `thickness_m`. Times may follow from the
            moments of measurement, biases from the dc potential that the file holds.
        coordinate : {"temperature", "time", "bias", "state_of_charge", "pressure", "thickness"}
        geometry : Geometry, optional
            Of the sample.

        Raises
        ------
        SpectrumError
            Where no spectrum states its coordinate.

        Examples
        --------
        >>> from eisfit import Spectrum
        >>> from eisfit.data.spectrum import Provenance
        >>> z, f = [9 - 1j, 12 - 2j, 15 - 1j], [1e3, 1e2, 1e1]
        >>> at = [Provenance(conditions={"pressure_Pa": p}) for p in (2e8, 5e7)]
        >>> Series.along([Spectrum(f, z, provenance=p) for p in at], "pressure")
        <Series: 2 spectra, pressure 5e+07 to 2e+08 Pa>
        """
        words, example = coordinate.replace("_", " "), COORDINATES[coordinate].example
        values = _coordinate_values(spectra, coordinate)
        known = {i: value for i, value in enumerate(values) if value is not None}
        unknown = [s for i, s in enumerate(spectra) if i not in known]
        if not known and coordinate == "temperature":
            raise SpectrumError(
                "no spectrum has a temperature; write it in the file name (as in 'pellet_25C.mpt') "
                "or in the measurement sheet (`eisfit init DIR` writes one to fill in)"
            )
        if not known:
            raise SpectrumError(
                f'no file states its {words}; write {coordinate} = "{example}" for each file into '
                "the measurement sheet (`eisfit init DIR` writes one to fill in)"
            )
        order = sorted(known, key=known.__getitem__)
        used = tuple(spectra[i] for i in order)
        findings = [_missing_finding(s, coordinate) for s in unknown]
        if coordinate == "temperature":
            findings += [*_repeat_findings(used), *_step_findings(used)]
        geometry, geometry_findings = _common_geometry(used, geometry)
        return cls(
            spectra=used,
            coordinate=coordinate,
            values=np.array([known[i] for i in order]),
            geometry=geometry,
            left_out=tuple((s, f"its {words} is not known") for s in unknown),
            findings=(*findings, *geometry_findings),
        )

    def __len__(self) -> int:
        return len(self.spectra)

    def __repr__(self) -> str:
        low, high = self.values[0], self.values[-1]
        unit = COORDINATES[self.coordinate].unit
        return f"<Series: {len(self)} spectra, {self.coordinate} {low:.5g} to {high:.5g} {unit}>"


def _coordinate_values(spectra: Sequence[Spectrum], coordinate: Coordinate) -> list[float | None]:
    """Return the coordinate of each spectrum, None where it is not known."""
    if coordinate == "temperature":
        return [s.temperature for s in spectra]
    conditions = [s.provenance.conditions for s in spectra]
    stated = [c.get(COORDINATES[coordinate].condition) for c in conditions]
    if any(value is not None for value in stated):
        return stated
    if coordinate == "bias":
        return [c.get("dc_potential_V") for c in conditions]
    if coordinate != "time":
        return stated
    dates = [s.provenance.measured_at for s in spectra]
    first = min((d for d in dates if d is not None), default=None)
    return [(d - first).total_seconds() if d and first else None for d in dates]


def _temperature(spectrum: Spectrum) -> float:
    return spectrum.temperature or 0.0


def _missing_finding(spectrum: Spectrum, coordinate: Coordinate) -> Finding:
    """Return the finding of a spectrum whose coordinate is not known."""
    if coordinate == "temperature":
        text = (
            f"{spectrum.label}: no temperature in its header, its name or the measurement sheet; "
            "it is left out of the series. Write it into series.toml."
        )
    else:
        text = (
            f"{spectrum.label}: its {coordinate.replace('_', ' ')} is not stated; it is left out "
            f"of the series. Write it into series.toml, as {coordinate} = "
            f'"{COORDINATES[coordinate].example}".'
        )
    return Finding(f"no_{coordinate}", "warning", text)


def _repeat_findings(order: Sequence[Spectrum]) -> list[Finding]:
    """Return a finding that names the spectra measured at one temperature."""
    groups: list[list[Spectrum]] = []
    for spectrum in order:
        if groups and _temperature(spectrum) - _temperature(groups[-1][0]) < 0.01:
            groups[-1].append(spectrum)
        else:
            groups.append([spectrum])
    repeated = [g for g in groups if len(g) > 1]
    if not repeated:
        return []
    named = [f"{_temperature(g[0]):.5g} K: {', '.join(s.label for s in g)}" for g in repeated[:6]]
    more = f"; and {len(repeated) - 6} more" if len(repeated) > 6 else ""
    text = (
        f"several spectra have the same temperature ({'; '.join(named)}{more}); all are used as "
        "repeats. If one is a mistake, correct it or leave it out in series.toml."
    )
    return [Finding("repeated_temperature", "warning", text)]


_GAP = 100.0  # K between neighbouring temperatures that makes a finding


def _step_findings(order: Sequence[Spectrum]) -> list[Finding]:
    """Return a finding where all temperatures are one, far apart, or in two units."""
    T = np.unique(np.round([_temperature(s) for s in order], 1))
    if len(T) == 1 and len(order) > 1:
        text = (
            f"all {len(order)} spectra are at {T[0]:.5g} K, so they give no activation energy. "
            "If their temperatures differ, write them into series.toml."
        )
        return [Finding("one_temperature", "warning", text)]
    out = []
    for low, high in pairwise(T):
        if high - low <= _GAP:
            continue
        text = f"between {low:.5g} and {high:.5g} K there is no spectrum"
        if abs(high - low - ZERO_CELSIUS) < 0.4 * ZERO_CELSIUS:
            text += (
                "; temperatures in °C and in K side by side give a gap near 273 K: check the "
                "unit of each"
            )
        else:
            text += "; a line across this gap assumes that the sample is the same on both sides"
        out.append(Finding("temperature_gap", "warning", text + "."))
    return out


def _common_geometry(
    spectra: Sequence[Spectrum], given: Geometry | None
) -> tuple[Geometry | None, list[Finding]]:
    """Return the sample's geometry: what is given, else what the headers agree on."""
    if given is not None:
        return given, []
    stated = {s.geometry for s in spectra if s.geometry is not None}
    if len(stated) == 1:
        return stated.pop(), []
    if not stated:
        text = (
            "thickness and area of the sample are not known: results are in Ω and F, without "
            "conductivities. Give --thickness and --diameter, or write them into series.toml."
        )
        return None, [Finding("no_geometry", "warning", text)]
    text = "the files' headers state different geometries; give one in series.toml. None is used."
    return None, [Finding("conflicting_geometry", "warning", text)]
