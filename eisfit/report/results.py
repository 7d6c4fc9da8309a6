"""``results.json``: everything that was found, as plain objects without NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from uncertainties import UFloat

from eisfit import __version__
from eisfit.analysis import Analysis, SpectrumResult
from eisfit.comparison import ComparisonRow
from eisfit.constants import ROOM_TEMPERATURE
from eisfit.findings import Finding
from eisfit.fitting.result import Estimate, FitResult
from eisfit.geometry import Geometry
from eisfit.models import Model
from eisfit.physics.growth import GrowthResult
from eisfit.processes import Process
from eisfit.spectrum import Spectrum
from eisfit.temperature.arrhenius import ArrheniusResult
from eisfit.temperature.claims import Choice
from eisfit.temperature.laws import Law

SCHEMA_VERSION = 1

Object: TypeAlias = dict[str, Any]


def results(analysis: Analysis) -> Object:
    """Return the content of ``results.json``: plain dicts, lists, texts and finite numbers.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    dict
        Schema version 1; keys may be added later, none is renamed.
    """
    series = analysis.series
    every = [*series.spectra, *(spectrum for spectrum, _ in series.left_out)]
    return {
        "schema_version": SCHEMA_VERSION,
        "eisfit_version": __version__,
        "model": analysis.model.name,
        "model_details": _model(analysis.model),
        "material": analysis.material or None,
        "geometry": _geometry(series.geometry),
        "coordinate": {"name": series.coordinate, "values": [number(v) for v in series.values]},
        "settings": dict(analysis.settings),
        "provenance": {"files": [_provenance(spectrum) for spectrum in every]},
        "spectra": [spectrum_result(result) for result in analysis.spectra],
        "arrhenius": {name: _arrhenius(line) for name, line in analysis.arrhenius.items()},
        "joint": [_choice(choice) for choice in analysis.choices],
        "growth": {name: _growth(law) for name, law in analysis.growth.items()},
        "comparison": [_comparison(row) for row in analysis.comparison],
        "left_out": [
            {"source": _source(spectrum), "temperature_K": number(spectrum.temperature),
             "reason": reason}
            for spectrum, reason in series.left_out
        ],
        "findings": findings(analysis.findings),
    }  # fmt: skip


def spectrum_result(result: SpectrumResult) -> Object:
    """Return the object of one spectrum, as in ``spectra`` of ``results.json``."""
    spectrum, fit = result.spectrum, result.fit
    frequency, _ = spectrum.kept
    return {
        "source": _source(spectrum),
        "temperature_K": number(spectrum.temperature),
        "temperature_source": spectrum.temperature_source or None,
        "n_points": len(frequency),
        "frequency_range_Hz": [number(frequency[-1]), number(frequency[0])],
        "verdict": result.verdict,
        "findings": findings(result.findings),
        "converged": bool(fit.converged) if fit is not None else None,
        "weighting": fit.weighting if fit is not None else None,
        "reduced_chi_square": number(fit.reduced_chi_square) if fit is not None else None,
        "degrees_of_freedom": int(fit.degrees_of_freedom) if fit is not None else None,
        "parameters": _parameters(fit),
        "processes": {name: _process(process) for name, process in result.processes.items()},
        "left_out_points": _left_out_points(spectrum),
        "with_fixture": _with_fixture(spectrum),
    }


def _with_fixture(spectrum: Spectrum) -> Object | None:
    """Return what was measured, where the fixture was taken out."""
    if spectrum.measured is None:
        return None
    return {
        "frequency_Hz": [number(f) for f in spectrum.frequency],
        "z_real_ohm": [number(z) for z in spectrum.measured.real],
        "z_imag_ohm": [number(z) for z in spectrum.measured.imag],
    }


def as_text(value: Object) -> str:
    """Return JSON as it is written to a file: UTF-8, indented, without NaN."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def number(value: Any) -> float | None:
    """Return a finite float, else None.

    Examples
    --------
    >>> number(np.float64(2)), number(float("nan")), number(None)
    (2.0, None, None)
    """
    if value is None:
        return None
    plain = float(value)
    return plain if math.isfinite(plain) else None


def findings(said: Iterable[Finding]) -> list[Object]:
    """Return findings as objects."""
    return [{"code": f.code, "severity": f.severity, "message": f.message} for f in said]


def _nominal(value: UFloat | None) -> float | None:
    return None if value is None else number(value.nominal_value)


def _stderr(value: UFloat | None) -> float | None:
    return None if value is None else number(value.std_dev)


def _pair(values: Iterable[float] | None) -> list[float | None] | None:
    return None if values is None else [number(v) for v in values]


def _model(model: Model) -> Object:
    return {
        "name": model.name,
        "title": model.title,
        "circuit": model.circuit,
        "applies_to": model.applies_to,
        "sources": list(model.sources),
        "processes": {
            name: {"meaning": process.meaning, "place": process.place, "source": process.source}
            for name, process in model.processes.items()
        },
    }


def _geometry(geometry: Geometry | None) -> Object | None:
    if geometry is None:
        return None
    return {
        "thickness_m": geometry.thickness,
        "area_m2": geometry.area,
        "thickness_stderr_m": geometry.thickness_stderr,
        "area_stderr_m2": geometry.area_stderr,
    }


def _source(spectrum: Spectrum) -> Object:
    provenance = spectrum.provenance
    return {
        "file": provenance.file,
        "format": provenance.format,
        "sweep": provenance.sweep,
        "sha256": provenance.sha256 or None,
    }


def _provenance(spectrum: Spectrum) -> Object:
    provenance = spectrum.provenance
    taken = provenance.measured_at
    return {
        **_source(spectrum),
        "instrument": provenance.instrument,
        "technique": provenance.technique,
        "software": provenance.software,
        "columns": list(provenance.columns),
        "sign_convention": provenance.sign_convention,
        "measured_at": taken.isoformat() if taken is not None else None,
        "conditions": {name: number(v) for name, v in provenance.conditions.items()},
        "temperature_K": number(spectrum.temperature),
        "temperature_source": spectrum.temperature_source or None,
    }


def _parameters(fit: FitResult | None) -> Mapping[str, Object]:
    return {} if fit is None else {n: _parameter(e) for n, e in fit.estimates.items()}


def _parameter(estimate: Estimate) -> Object:
    return {
        "value": number(estimate.value),
        "stderr": number(estimate.stderr),
        "ci95": _pair(estimate.ci95),
        "unit": estimate.unit,
        "at_bound": bool(estimate.at_bound),
        "fixed": bool(estimate.fixed),
        "determined": bool(estimate.determined),
    }


def _process(process: Process) -> Object:
    return {
        "meaning": process.meaning,
        "resistance_ohm": _nominal(process.resistance),
        "stderr": _stderr(process.resistance),
        "capacitance_F": _nominal(process.capacitance),
        "capacitance_stderr_F": _stderr(process.capacitance),
        "capacitance_formula": process.capacitance_formula or None,
        "time_constant_s": _nominal(process.time_constant),
        "time_constant_stderr_s": _stderr(process.time_constant),
        "conductivity_S_cm": _nominal(process.conductivity),
        "conductivity_stderr_S_cm": _stderr(process.conductivity),
        "area_resistance_ohm_cm2": _nominal(process.area_resistance),
        "area_resistance_stderr_ohm_cm2": _stderr(process.area_resistance),
        "above_window": bool(process.above_window),
        "candidates": [
            {"process": c.process, "score": number(c.score), "why": c.why}
            for c in process.candidates
        ],
        "derived": {
            name: {"value": _nominal(d.value), "stderr": _stderr(d.value), "unit": d.unit,
                   "model": d.model, "doi": d.doi}
            for name, d in process.derived.items()
        },
    }  # fmt: skip


def _left_out_points(spectrum: Spectrum) -> list[Object]:
    return [
        {"frequency_Hz": number(spectrum.frequency[i]),
         "z_real_ohm": number(spectrum.impedance[i].real),
         "z_imag_ohm": number(spectrum.impedance[i].imag), "reason": spectrum.reasons[i]}
        for i in np.flatnonzero(spectrum.mask)
    ]  # fmt: skip


def room_temperature_conductivity(line: ArrheniusResult) -> tuple[float | None, float | None]:
    """Return what the line says at 25 °C and its error: S/cm, or S without geometry."""
    value, stderr = line.conductivity_at(ROOM_TEMPERATURE)
    return number(value), number(stderr)


def _arrhenius(line: ArrheniusResult) -> Object:
    energy, other = line.activation_energy, line.activation_energy_ln_sigma
    sigma, stderr = room_temperature_conductivity(line)
    unit = "S/cm" if line.has_geometry else "S"
    with np.errstate(over="ignore"):
        prefactor = number(np.exp(line.ln_prefactor.nominal_value))
    used = line.temperature[line.used]
    return {
        "activation_energy_eV": _nominal(energy),
        "stderr_eV": _stderr(energy),
        "ci95_eV": _pair(line.ci95),
        "form": line.form,
        "prefactor": prefactor,
        "prefactor_unit": "S K/cm" if line.has_geometry else "S K",
        "ln_prefactor": _nominal(line.ln_prefactor),
        "ln_prefactor_stderr": _stderr(line.ln_prefactor),
        "activation_energy_ln_sigma_eV": _nominal(other),
        "stderr_ln_sigma_eV": _stderr(other),
        "conductivity_25C_S_cm": sigma if line.has_geometry else None,
        "conductivity_25C_stderr_S_cm": stderr if line.has_geometry else None,
        "conductance_25C_S": None if line.has_geometry else sigma,
        "conductance_25C_stderr_S": None if line.has_geometry else stderr,
        "n_points": int(line.used.sum()),
        "temperature_range_K": _pair([used.min(), used.max()]) if len(used) else None,
        "method": line.method,
        "law": _law(line.law),
        "scatter_ln": number(line.scatter),
        "points": [
            {"temperature_K": number(T), "value": number(s), "stderr": number(e), "unit": unit,
             "used": bool(u)}
            for T, s, e, u in zip(
                line.temperature, line.conductivity, line.stderr, line.used, strict=True
            )
        ],
        "findings": findings(line.findings),
    }  # fmt: skip


def _choice(choice: Choice) -> Object:
    return {
        "process": choice.process,
        "quantity": choice.quantity,
        "sharing": choice.sharing,
        "why": choice.why,
        "bend_K": number(choice.bend) if choice.sharing in {"vft", "break"} else None,
    }


def _law(law: Law | None) -> Object:
    if law is None:
        return {"name": "arrhenius"}
    values = {
        name: {"value": _nominal(value), "stderr": _stderr(value)}
        for name, value in law.parameters.items()
    }
    return {"name": law.name, "why": law.why, "middle_K": number(law.middle), "parameters": values}


def _growth(law: GrowthResult) -> Object:
    interval = law.exponent_interval
    return {
        "exponent": _nominal(law.exponent),
        "exponent_stderr": _stderr(law.exponent),
        "exponent_ci95": [number(interval.low), number(interval.high)],
        "R0_ohm": _nominal(law.R0),
        "R0_stderr_ohm": _stderr(law.R0),
        "rate_ohm_per_s_to_exponent": _nominal(law.rate),
        "verdict": law.verdict,
        "why": law.reason,
    }


def _comparison(row: ComparisonRow) -> Object:
    return {
        "process": row.process,
        "quantity": row.quantity,
        "measured": number(row.measured),
        "measured_stderr": number(row.measured_stderr),
        "reference_value": number(row.reference_value),
        "reference_id": row.reference_id,
        "citation": row.citation,
        "doi": row.doi,
        "form": row.form or None,
        "temperature_K": number(row.temperature),
        "difference": number(row.difference),
        "tolerance": number(row.tolerance),
        "verdict": row.verdict,
        "why": row.why,
    }
