"""What a report says, in words and tables; how it looks is the matter of `html` and `pdf`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from uncertainties import UFloat, ufloat

from eisfit.analysis.comparison import ComparisonRow
from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.findings import Finding
from eisfit.base.values import to_ufloat
from eisfit.data.spectrum import Spectrum
from eisfit.report.growth import NOTES, growth_table
from eisfit.report.methods import methods, provenance, settings, sources
from eisfit.report.sections import SpectrumSection, by_severity, section
from eisfit.report.words import (
    NOTHING,
    Table,
    celsius,
    coordinate_name,
    coordinate_words,
    counted,
    degrees,
    measured,
    powers,
    process_words,
    scaled,
)
from eisfit.temperature.arrhenius import ArrheniusResult


@dataclass(frozen=True, slots=True)
class Content:
    """A whole report in words."""

    title: str
    subtitle: str
    answer: Table | None
    answer_notes: tuple[str, ...]
    growth: Table | None
    growth_notes: tuple[str, ...]
    comparison: Table | None
    not_comparable: Table | None
    resistances: Table
    spectra: tuple[SpectrumSection, ...]
    findings: tuple[Finding, ...]
    left_out: Table | None
    settings: Table
    methods: tuple[str, ...]
    sources: tuple[str, ...]
    provenance: Table
    counts: Mapping[str, int] = field(default_factory=dict)


def content(analysis: Analysis) -> Content:
    """Return everything that the report of `analysis` says."""
    series, growth = analysis.series, growth_table(analysis)
    files = {s.provenance.file for s in series.spectra}
    words = [counted(len(series), "spectrum", "spectra")]
    if len(files) < len(series):
        words.append(counted(len(files), "file"))
    if series.coordinate == "temperature":
        low, high = float(series.values[0]), float(series.values[-1])
        span = degrees(low) if high == low else f"{degrees(low)} to {degrees(high)}"
        words.append(span)
    words.append(analysis.model.title)
    return Content(
        title=f"Impedance of {analysis.material}" if analysis.material else "Impedance report",
        subtitle=" · ".join(words),
        answer=_answer(analysis),
        answer_notes=_answer_notes(analysis),
        growth=growth,
        growth_notes=NOTES if growth is not None else (),
        comparison=_comparison(analysis.comparison),
        not_comparable=_not_comparable(analysis.comparison),
        resistances=_resistances(analysis),
        spectra=tuple(section(result) for result in analysis.spectra),
        findings=by_severity(analysis.findings),
        left_out=_left_out(series.left_out),
        settings=settings(analysis),
        methods=methods(analysis),
        sources=sources(analysis),
        provenance=provenance(analysis),
        counts={v: sum(r.verdict == v for r in analysis.spectra) for v in
                ("usable", "doubtful", "unusable")},
    )  # fmt: skip


def _answer(analysis: Analysis) -> Table | None:
    """Return the table that the report opens with, None for a series without Arrhenius lines."""
    if not analysis.arrhenius:
        return None
    nearest = _nearest_to_room(analysis)
    here = degrees(nearest) if nearest is not None else ""
    geometry = all(line.has_geometry for line in analysis.arrhenius.values())
    heading = (
        "process", f"R at {here} (measured)", "σ at 25 °C" if geometry else "1/R at 25 °C",
        "Eₐ of ln(σT) in eV", "95 % interval in eV", "Eₐ of ln σ in eV", "temperatures",
    )  # fmt: skip
    rows = [_answer_row(name, line, nearest, analysis) for name, line in analysis.arrhenius.items()]
    return Table(heading, tuple(rows), prose=(6,))


def _nearest_to_room(analysis: Analysis) -> float | None:
    known = [r.spectrum.temperature for r in analysis.spectra if r.fit is not None]
    told = [t for t in known if t is not None]
    return min(told, key=lambda t: abs(t - ROOM_TEMPERATURE)) if told else None


def _answer_row(
    name: str, line: ArrheniusResult, nearest: float | None, analysis: Analysis
) -> tuple[str, ...]:
    sigma, error, unit = line.conductivity_in_centimetres(ROOM_TEMPERATURE)
    note = " (extrapolated)" if line.extrapolates_to(ROOM_TEMPERATURE) else ""
    low_high = NOTHING
    if line.ci95 is not None:
        digits = _digits(line.activation_energy.std_dev)
        low_high = f"{line.ci95[0]:.{digits}f} to {line.ci95[1]:.{digits}f}"
    used = line.temperature[line.used]
    span = f"{int(line.used.sum())} of {len(line.used)}"
    if len(used):
        span += f", {degrees(float(used.min()))} to {degrees(float(used.max()))}"
    return (
        process_words(name),
        _resistance_near(line, nearest, analysis),
        measured(ufloat_of(sigma, error), unit) + note,
        measured(line.activation_energy, ""),
        low_high,
        measured(line.activation_energy_ln_sigma, ""),
        span,
    )


def _digits(error: float) -> int:
    """Return how many decimals an energy of this error deserves."""
    if not np.isfinite(error) or error <= 0:
        return 4
    return int(np.clip(1 - np.floor(np.log10(error)), 2, 6))


def ufloat_of(value: float, error: float) -> UFloat:
    """Return value ± error; an error that is not finite counts as not known."""
    return ufloat(value, error) if error != 0 else to_ufloat(value, 0.0)


def _resistance_near(line: ArrheniusResult, temperature: float | None, analysis: Analysis) -> str:
    """Return R at the measured temperature nearest to 25 °C, from the point on the line."""
    if temperature is None:
        return NOTHING
    at = np.flatnonzero(np.abs(line.temperature - temperature) < 0.005)
    if not len(at) or not line.conductivity[at[0]] > 0:
        return NOTHING
    value, error = float(line.conductivity[at[0]]), float(line.stderr[at[0]])
    geometry = analysis.series.geometry
    constant = geometry.cell_constant if line.has_geometry and geometry is not None else 1.0
    resistance = constant / value
    return scaled(to_ufloat(resistance, resistance * error / value), "Ω")


def _answer_notes(analysis: Analysis) -> tuple[str, ...]:
    notes = []
    if not analysis.arrhenius and analysis.series.coordinate == "temperature":
        notes.append(
            "No activation energy: it needs two temperatures or more at which the data determine a "
            "resistance."
        )
    if analysis.series.geometry is None:
        notes.append(
            "Thickness and area of the sample are not known: resistances are in Ω, conductances in "
            "S; activation energies do not need the geometry."
        )
    if any(line.ci95 is None for line in analysis.arrhenius.values()):
        notes.append("Fewer than 4 temperatures give no 95 % interval of an activation energy.")
    if "total" in analysis.arrhenius:
        notes.append("The total is a mixture: its activation energy is that of no single process.")
    if analysis.arrhenius:
        notes.append("Errors are one standard error; both forms of Eₐ are given, compare like "
                     "with like.")  # fmt: skip
    return tuple(notes)


_QUANTITIES = {
    "conductivity_S_cm": ("conductivity", "S/cm"),
    "activation_energy_eV": ("activation energy", "eV"),
    "area_resistance_ohm_cm2": ("area resistance", "Ω cm²"),
}
_FORMS = {"ln_sigma_T": "ln(σT)", "ln_sigma": "ln σ", "not stated": "form not stated"}


def _comparison(rows: Sequence[ComparisonRow]) -> Table | None:
    rows = [row for row in rows if row.verdict != "not_comparable"]
    if not rows:
        return None
    heading = ("process", "quantity", "measured", "literature", "verdict", "why", "source")
    return Table(heading, tuple(_comparison_row(row) for row in rows), 4, prose=(1, 5, 6))


def _not_comparable(rows: Sequence[ComparisonRow]) -> Table | None:
    """Return the values of the literature that allow no verdict, with the reason."""
    rows = [row for row in rows if row.verdict == "not_comparable"]
    if not rows:
        return None
    told = [_comparison_row(row) for row in rows]
    heading = ("process", "quantity", "literature", "why it is not comparable", "source")
    return Table(heading, tuple((t[0], t[1], t[3], t[5], t[6]) for t in told), prose=(1, 3, 4))


def _comparison_row(row: ComparisonRow) -> tuple[str, ...]:
    quantity, unit = _QUANTITIES.get(row.quantity, (row.quantity, ""))
    if row.temperature is not None:
        quantity += f" at {degrees(row.temperature)}"
    if row.form:
        quantity += f", {_FORMS.get(row.form, row.form)}"
    found = NOTHING
    if row.measured is not None:
        error = row.measured_stderr if row.measured_stderr is not None else float("nan")
        found = measured(ufloat_of(row.measured, error), unit)
    source = row.citation or row.reference_id
    if row.doi:
        source += f" · doi:{row.doi}"
    return (
        process_words(row.process), quantity, found,
        powers(f"{row.reference_value:.4g}") + f" {unit}",
        row.verdict.replace("_", " "), powers(row.why), source,
    )  # fmt: skip


def _resistances(analysis: Analysis) -> Table:
    """Return the resistance of every process in every spectrum."""
    names = [n for n in dict.fromkeys(k for r in analysis.spectra for k in r.processes)
             if any(n in r.processes and r.processes[n].resistance is not None
                    for r in analysis.spectra)]  # fmt: skip
    series = analysis.series
    along = () if series.coordinate == "temperature" else (coordinate_name(series.coordinate),)
    heading = ("spectrum", *along, "temperature", *(f"R, {process_words(n)}" for n in names),
               "verdict")  # fmt: skip
    rows = []
    for result, value in zip(analysis.spectra, series.values, strict=True):
        T = result.spectrum.temperature
        place = (coordinate_words(series.coordinate, float(value)),) if along else ()
        cells = [_resistance_cell(result, name) for name in names]
        rows.append((result.spectrum.label, *place, degrees(T) if T is not None else NOTHING,
                     *cells, result.verdict))  # fmt: skip
    return Table(heading, tuple(rows), len(heading) - 1)


def _resistance_cell(result: SpectrumResult, name: str) -> str:
    process = result.processes.get(name)
    if process is None:
        return NOTHING
    return scaled(process.resistance, "Ω") if process.resistance is not None else "not determined"


def _left_out(spectra: Sequence[tuple[Spectrum, str]]) -> Table | None:
    if not spectra:
        return None
    rows = tuple((s.label, celsius(s.temperature), reason) for s, reason in spectra)
    return Table(("spectrum", "temperature", "why"), rows, prose=(2,))
