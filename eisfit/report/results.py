"""``results.json``: everything that was found, as plain objects without NaN."""

from __future__ import annotations

import numpy as np

from eisfit import __version__
from eisfit.analysis.comparison import ComparisonRow
from eisfit.analysis.pipeline import Analysis
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.units import in_centimetres, log_in_centimetres
from eisfit.circuit.models import Model
from eisfit.data.geometry import Geometry
from eisfit.processes.physics.growth import GrowthResult
from eisfit.report.plain import Object, findings, nominal, number, pair, stderr
from eisfit.report.spectrum_results import provenance, source, spectrum_result
from eisfit.temperature.arrhenius import ArrheniusResult
from eisfit.temperature.laws import Law
from eisfit.temperature.sharing import Choice

SCHEMA_VERSION = 1


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
        "provenance": {"files": [provenance(spectrum) for spectrum in every]},
        "spectra": [spectrum_result(result) for result in analysis.spectra],
        "arrhenius": {name: _arrhenius(line) for name, line in analysis.arrhenius.items()},
        "joint": [_choice(choice) for choice in analysis.choices],
        "growth": {name: _growth(law) for name, law in analysis.growth.items()},
        "comparison": [_comparison(row) for row in analysis.comparison],
        "left_out": [
            {"source": source(spectrum), "temperature_K": number(spectrum.temperature),
             "reason": reason}
            for spectrum, reason in series.left_out
        ],
        "findings": findings(analysis.findings),
    }  # fmt: skip


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


def _arrhenius(line: ArrheniusResult) -> Object:
    energy, other = line.activation_energy, line.activation_energy_ln_sigma
    value, value_error, unit = line.conductivity_in_centimetres(ROOM_TEMPERATURE)
    sigma, error = number(value), number(value_error)
    ln_prefactor = log_in_centimetres(line.ln_prefactor, line.prefactor_unit)
    with np.errstate(over="ignore"):
        prefactor = number(np.exp(ln_prefactor.nominal_value))
    used = line.temperature[line.used]
    return {
        "activation_energy_eV": nominal(energy),
        "stderr_eV": stderr(energy),
        "ci95_eV": pair(line.ci95),
        "form": line.form,
        "prefactor": prefactor,
        "prefactor_unit": "S K/cm" if line.has_geometry else "S K",
        "ln_prefactor": nominal(ln_prefactor),
        "ln_prefactor_stderr": stderr(ln_prefactor),
        "activation_energy_ln_sigma_eV": nominal(other),
        "stderr_ln_sigma_eV": stderr(other),
        "conductivity_25C_S_cm": sigma if line.has_geometry else None,
        "conductivity_25C_stderr_S_cm": error if line.has_geometry else None,
        "conductance_25C_S": None if line.has_geometry else sigma,
        "conductance_25C_stderr_S": None if line.has_geometry else error,
        "n_points": int(line.used.sum()),
        "temperature_range_K": pair([used.min(), used.max()]) if len(used) else None,
        "method": line.method,
        "law": _law(line.law),
        "scatter_ln": number(line.scatter),
        "points": [
            {"temperature_K": number(T), "value": number(s), "stderr": number(e), "unit": unit,
             "used": bool(u)}
            for T, s, e, u in zip(
                line.temperature, in_centimetres(line.conductivity, line.unit)[0],
                in_centimetres(line.stderr, line.unit)[0], line.used, strict=True,
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
        name: {"value": nominal(value), "stderr": stderr(value)}
        for name, value in law.parameters.items()
    }
    return {"name": law.name, "why": law.why, "middle_K": number(law.middle), "parameters": values}


def _growth(law: GrowthResult) -> Object:
    interval = law.exponent_interval
    return {
        "exponent": nominal(law.exponent),
        "exponent_stderr": stderr(law.exponent),
        "exponent_ci95": [number(interval.low), number(interval.high)],
        "R0_ohm": nominal(law.R0),
        "R0_stderr_ohm": stderr(law.R0),
        "rate_ohm_per_s_to_exponent": nominal(law.rate),
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
