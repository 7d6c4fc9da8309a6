"""The analysis of a series: from spectra to processes, activation energies and comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eisfit.analysis.comparison import ComparisonRow, compare
from eisfit.analysis.inspection import (
    Inspection,
    distribution,
    inspect_spectrum,
    missing_arcs,
    no_geometry,
)
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.errors import FitError, ReferenceDataError
from eisfit.base.findings import Finding, Verdict, verdict
from eisfit.base.progress import Progress, no_progress
from eisfit.circuit.models import Model, load_model
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit
from eisfit.fitting.lmfit_params import fit_params
from eisfit.fitting.problem import Weighting
from eisfit.fitting.result import FitResult
from eisfit.literature import references as published_values
from eisfit.literature.values import ReferenceValue
from eisfit.processes import Process, assign
from eisfit.processes.evidence import Trend
from eisfit.processes.physics.growth import GrowthResult
from eisfit.quality import Validity
from eisfit.quality.relaxation_times import Drt
from eisfit.temperature.arrhenius import ArrheniusResult
from eisfit.temperature.energies import TemperatureOptions, activation_energies
from eisfit.temperature.lead import estimate_lead_resistance, lead_findings, lead_resistance_name
from eisfit.temperature.sequence import Sequence as FittedSequence
from eisfit.temperature.sequence import fit_sequence
from eisfit.temperature.sharing import Choice
from eisfit.temperature.trends import growth, single_resistances, trends
from eisfit.temperature.visibility import arcs_above_window

_DEFAULT = TemperatureOptions()
_DISTRIBUTIONS = 24  # of relaxation times, at most: a picture of more shows nothing more


@dataclass(frozen=True, slots=True)
class SpectrumResult:
    """One spectrum: verdict, fit (None where it cannot be fitted), processes, and its validity.

    `verdict` is that of all findings, those of the fit among them; `validity` that of the data.
    `relaxations` is the distribution of relaxation times, which `analyze_series` makes; of a long
    series for every second, third … spectrum.
    """

    spectrum: Spectrum
    verdict: Verdict
    fit: FitResult | None
    processes: Mapping[str, Process]
    findings: tuple[Finding, ...] = ()
    validity: Validity | None = None
    relaxations: Drt | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """The whole result of `analyze_series`.

    Parameters
    ----------
    series : Series
        What was analysed and what was left out.
    model : Model
        The circuit and its meanings.
    spectra : tuple of SpectrumResult
        One for each spectrum of the series, in its order.
    arrhenius : mapping of str to ArrheniusResult
        By process, and ``"total"``.
    comparison : tuple of ComparisonRow
        Against the literature; empty where no material was named.
    settings : mapping of str to str
        The settings of the analysis, for the report.
    findings : tuple of Finding
        About the series as a whole.
    growth : mapping of str to GrowthResult
        By process, along a series of times.
    choices : tuple of Choice
        What the spectra share in the joint fit over temperatures, and why.
    published : tuple of ReferenceValue
        All literature values of the material, whether they can be compared or not.
    """

    series: Series
    model: Model
    spectra: tuple[SpectrumResult, ...]
    arrhenius: Mapping[str, ArrheniusResult]
    comparison: tuple[ComparisonRow, ...] = ()
    material: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    growth: Mapping[str, GrowthResult] = field(default_factory=dict)
    published: tuple[ReferenceValue, ...] = ()
    choices: tuple[Choice, ...] = ()


def analyze_series(
    series: Series,
    model: str | Model | None = None,
    material: str | None = None,
    lead_resistance: float | None = None,
    weighting: Weighting = "modulus",
    progress: Progress = no_progress,
    references: Path | None = None,
    temperatures: TemperatureOptions = _DEFAULT,
) -> Analysis:
    """Screen, fit, name, extrapolate and compare a whole series.

    Where `model`, `material`, `lead_resistance` or the error of `temperatures` are not given, the
    settings of the series hold; `eisfit.load_series` takes them from the measurement sheet.

    Parameters
    ----------
    series : Series
        By temperature, or along another coordinate (then without activation energies).
    model : str or Model, optional
        A model's name or a circuit.
    material : str, optional
        As in the reference library, such as ``"LLTO"``; empty compares with nothing.
    lead_resistance : float, optional
        Ω, where it was measured; else it is estimated from the series.
    weighting : {"modulus", "unit"}
    progress : callable
        Called with (what, done, total).
    references : Path, optional
        A folder of the user's literature values (TOML), beside those of eisfit.
    temperatures : TemperatureOptions
        One fit over all temperatures or single fits, what they share, the thermometer's
        error.

    Returns
    -------
    Analysis

    Raises
    ------
    ModelError
        Where no model is given, neither here nor in the settings of the series.
    EisfitError
        Where nothing at all can be fitted.
    """
    stated = series.settings
    model = load_model(stated.required_model() if model is None else model)
    material = (stated.material or "") if material is None else material
    if lead_resistance is None:
        lead_resistance = stated.lead_resistance
    error = temperatures.error or stated.temperature_error or 0.0
    temperatures = replace(temperatures, error=error)
    inspections = {s: inspect_spectrum(s, model) for s in series.spectra}
    unusable = [s for s, before in inspections.items() if verdict(before.findings) == "unusable"]
    usable = _without(series, unusable, inspections)
    lead = lead_resistance_name(model)
    fixed = {lead: lead_resistance} if lead is not None and lead_resistance is not None else {}
    every = -(-len(usable) // _DISTRIBUTIONS)
    peaks = {s: distribution(s) for s in usable.spectra[::every]}
    sequence = fit_sequence(usable, model, fixed, weighting, progress)
    lead_result = estimate_lead_resistance(sequence, lead if not fixed else None)
    series_result = activation_energies(sequence, lead_result, lead, temperatures)
    arrhenius = series_result.lines
    energies = {name: a.activation_energy.nominal_value for name, a in arrhenius.items()}
    resistances = series_result.resistances or single_resistances(model, lead_result.sequence.fits)
    changes = trends(usable, resistances)
    laws, no_law = growth(usable, model, resistances, changes)
    done = iter(_fitted(lead_result.sequence, energies, changes, inspections, peaks))
    spectra = tuple(
        _unfitted(s, inspections[s]) if s in unusable else next(done) for s in series.spectra
    )
    comparison, published, unknown = _compared(arrhenius, material, spectra, references)
    settings = {
        "model": model.name,
        "circuit": model.circuit,
        "weighting": weighting,
        "temperatures": f"{temperatures.method} fit",
        **({"temperature error": f"{temperatures.error:g} K"} if temperatures.error else {}),
        "lead resistance": f"{lead_resistance:g} Ω, given"
        if fixed
        else "estimated from the series",
        **({"references": str(references)} if references is not None else {}),
    }
    return Analysis(
        series, model, spectra, arrhenius, comparison, material, settings,
        (*series.findings, *lead_result.findings, *series_result.findings,
         *_series_findings(series, arrhenius, model), *no_law, *unknown),
        laws, published, series_result.choices,
    )  # fmt: skip


def analyze_spectrum(
    spectrum: Spectrum,
    model: str | Model,
    geometry: Geometry | None = None,
    weighting: Weighting = "modulus",
    params: Any = None,
) -> SpectrumResult:
    """Screen one spectrum, fit it and name its processes.

    Parameters
    ----------
    spectrum : Spectrum
    model : str or Model
        A model's name or a circuit.
    geometry : Geometry, optional
        Of the sample; else that of the file.
    weighting : {"modulus", "unit"}
    params : lmfit.Parameters, optional
        Start values, bounds, what is held and tied, as for `eisfit.fit_params`.

    Raises
    ------
    ModelError
        Where the model makes no sense.
    """
    model = load_model(model)
    inspection = inspect_spectrum(spectrum, model)
    if verdict(inspection.findings) == "unusable":
        return _unfitted(spectrum, inspection)
    geometry = geometry or spectrum.geometry
    placed = spectrum.with_(geometry=geometry)
    if params is None:
        result = fit(placed, model, weighting=weighting)
    else:
        result = fit_params(placed, model, params, weighting=weighting)
    assigned = assign(result, geometry)
    leads = lead_findings(result, lead_resistance_name(model))
    unknown = () if geometry is not None else (no_geometry(spectrum),)
    findings = (
        *spectrum.findings, *inspection.findings, *result.findings, *missing_arcs(result), *leads,
        *assigned.findings, *unknown,
    )  # fmt: skip
    result = replace(result, spectrum=spectrum)
    return SpectrumResult(
        spectrum, verdict(findings), result, assigned.processes, findings, inspection.validity
    )


def _without(
    series: Series, unusable: list[Spectrum], inspections: Mapping[Spectrum, Inspection]
) -> Series:
    keep = [i for i, s in enumerate(series.spectra) if s not in unusable]
    if not keep:
        why = "; ".join(
            f.message for s in inspections.values() for f in s.findings if f.severity == "error"
        )
        raise FitError(f"none of the {len(series)} spectra can be used: {why}")
    return replace(
        series, spectra=tuple(series.spectra[i] for i in keep), values=series.values[keep]
    )


def _fitted(
    sequence: FittedSequence,
    energies: Mapping[str, float],
    changes: Mapping[str, Trend],
    inspections: Mapping[Spectrum, Inspection],
    peaks: Mapping[Spectrum, Drt | None],
) -> list[SpectrumResult]:
    out = []
    fits = sequence.fits
    for i, (spectrum, result) in enumerate(zip(sequence.series.spectra, fits, strict=True)):
        above = arcs_above_window(sequence.above, i)
        assigned = assign(result, sequence.series.geometry, above, energies, changes)
        before, times = inspections[spectrum], peaks.get(spectrum)
        findings = (
            *spectrum.findings, *before.findings, *result.findings, *missing_arcs(result, times),
            *assigned.findings,
        )  # fmt: skip
        out.append(SpectrumResult(
            spectrum, verdict(findings), result, assigned.processes, findings, before.validity,
            times,
        ))  # fmt: skip
    return out


def _unfitted(spectrum: Spectrum, inspection: Inspection) -> SpectrumResult:
    findings = (*spectrum.findings, *inspection.findings)
    return SpectrumResult(spectrum, "unusable", None, {}, findings, inspection.validity)


def nearest_to_room_temperature(spectra: Sequence[SpectrumResult]) -> SpectrumResult | None:
    """Return the fitted spectrum nearest to 25 °C, the first of equals; None where none is."""
    fitted = [s for s in spectra if s.fit is not None]
    known = [s for s in fitted if s.spectrum.temperature is not None] or fitted
    return min(
        known, key=lambda s: abs((s.spectrum.temperature or 0.0) - ROOM_TEMPERATURE), default=None
    )


def _compared(
    arrhenius: Mapping[str, ArrheniusResult],
    material: str,
    spectra: Sequence[SpectrumResult],
    extra: Path | None,
) -> tuple[tuple[ComparisonRow, ...], tuple[ReferenceValue, ...], tuple[Finding, ...]]:
    """Compare with the literature; interfaces at the spectrum nearest to room temperature."""
    room = nearest_to_room_temperature(spectra)
    if not material or room is None:
        return (), (), ()
    try:
        at = room.spectrum.temperature
        rows = compare(arrhenius, material, room.processes, temperature=at, extra=extra)
        return rows, tuple(published_values(material, extra=extra)), ()
    except ReferenceDataError as error:
        text = f"no comparison with the literature: {error}"
        return (), (), (Finding("unknown_material", "warning", text),)


def _series_findings(
    series: Series, arrhenius: Mapping[str, ArrheniusResult], model: Model
) -> list[Finding]:
    if series.coordinate != "temperature":
        return []
    out = [f for a in arrhenius.values() for f in a.findings]
    missing = [n for n, p in model.processes.items() if p.ionic and n not in arrhenius]
    if missing:
        text = (
            f"no activation energy for {', '.join(missing)}: it needs two temperatures or more at "
            "which the data determine the resistance"
        )
        out.append(Finding("no_activation_energy", "warning", text))
    return out
