"""``results.json``: everything that was computed, as plain objects without NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from uncertainties import UFloat, nominal_value, std_dev

from eisfit import __version__
from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.findings import Finding
from eisfit.base.units import in_centimetres, log_in_centimetres
from eisfit.circuit.models import Model
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import Estimate
from eisfit.processes import Process
from eisfit.processes.physics.growth import GrowthResult
from eisfit.samples import Agreement, Difference, MeyerNeldel, SampleComparison
from eisfit.temperature.arrhenius import ArrheniusResult
from eisfit.temperature.laws import Law

Object: TypeAlias = dict[str, Any]

SCHEMA_VERSION = 1

PROCESS_QUANTITIES = (
    ("resistance", "R", "ohm"),
    ("capacitance", "C", "F"),
    ("time_constant", "tau", "s"),
    ("conductivity", "sigma", "S/m"),
    ("area_resistance", "area resistance", "ohm m2"),
)
"""Fields of a `Process` with their symbol and SI unit, for ``results.json`` and the tables."""


def as_text(value: Object) -> str:
    """Return JSON as it is written to a file: UTF-8, indented, without NaN."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def number(value: Any) -> float | None:
    """Return a finite float, else None.

    Examples
    --------
    >>> import numpy as np
    >>> number(np.float64(2)), number(float("nan")), number(None)
    (2.0, None, None)
    """
    if value is None:
        return None
    plain = float(value)
    return plain if math.isfinite(plain) else None


def as_object(value: Any) -> Any:
    """Return a value as JSON has it: dicts, lists, texts, whole and finite numbers, None.

    Numbers that are not finite become None, arrays and tuples lists, and findings dicts.

    Examples
    --------
    >>> as_object({"low": float("inf"), "values": np.array([1.0, 2.0])})
    {'low': None, 'values': [1.0, 2.0]}
    """
    if isinstance(value, Finding):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {name: as_object(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [as_object(inner) for inner in value]
    if isinstance(value, np.bool_ | np.integer):
        return value.item()
    return number(value) if isinstance(value, float) else value


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
    content: Object = as_object({
        "schema_version": SCHEMA_VERSION,
        "eisfit_version": __version__,
        "model": analysis.model.name,
        "model_details": _model(analysis.model),
        "material": analysis.material or None,
        "geometry": None if series.geometry is None else _pick(
            series.geometry, thickness_m="thickness", area_m2="area",
            thickness_stderr_m="thickness_stderr", area_stderr_m2="area_stderr",
        ),
        "coordinate": {"name": series.coordinate, "values": series.values},
        "settings": analysis.settings,
        "provenance": {"files": [_provenance(spectrum) for spectrum in every]},
        "spectra": [spectrum_result(result) for result in analysis.spectra],
        "arrhenius": {name: _arrhenius(line) for name, line in analysis.arrhenius.items()},
        "joint": [
            _pick(choice, "process", "quantity", "sharing", "why")
            | {"bend_K": choice.bend if choice.sharing in {"vft", "break"} else None}
            for choice in analysis.choices
        ],
        "growth": {name: _growth(law) for name, law in analysis.growth.items()},
        "comparison": [
            _pick(row, "process", "quantity", "measured", "measured_stderr", "reference_value",
                  "reference_id", "citation", "doi", "difference", "tolerance", "verdict", "why",
                  temperature_K="temperature") | {"form": row.form or None}
            for row in analysis.comparison
        ],
        "left_out": [
            {"source": _source(spectrum), "temperature_K": spectrum.temperature, "reason": reason}
            for spectrum, reason in series.left_out
        ],
        "findings": analysis.findings,
    })  # fmt: skip
    return content


def _pick(value: Any, *names: str, **renamed: str) -> Object:
    """Return attributes by their names, or under other names."""
    return {name: getattr(value, name) for name in names} | {
        key: getattr(value, name) for key, name in renamed.items()
    }


def _with_error(value: UFloat | None, key: str, stderr_key: str) -> Object:
    """Return a value and its standard error under these keys, None where there is none."""
    if value is None:
        return {key: None, stderr_key: None}
    return {key: nominal_value(value), stderr_key: std_dev(value)}


def _value(value: UFloat | None) -> Object | None:
    return None if value is None else _with_error(value, "value", "stderr")


def _model(model: Model) -> Object:
    return {
        **_pick(model, "name", "title", "circuit", "applies_to", "sources"),
        "processes": {
            name: _pick(process, "meaning", "place", "source")
            for name, process in model.processes.items()
        },
    }


def _arrhenius(line: ArrheniusResult) -> Object:
    geometry = line.has_geometry
    sigma, error, unit = line.conductivity_in_centimetres(ROOM_TEMPERATURE)
    ln_prefactor = log_in_centimetres(line.ln_prefactor, line.prefactor_unit)
    with np.errstate(over="ignore"):
        prefactor = np.exp(ln_prefactor.nominal_value)
    used = line.temperature[line.used]
    return {
        **_with_error(line.activation_energy, "activation_energy_eV", "stderr_eV"),
        "ci95_eV": line.ci95,
        "form": line.form,
        "prefactor": prefactor,
        "prefactor_unit": "S K/cm" if geometry else "S K",
        **_with_error(ln_prefactor, "ln_prefactor", "ln_prefactor_stderr"),
        **_with_error(line.activation_energy_ln_sigma, "activation_energy_ln_sigma_eV",
                      "stderr_ln_sigma_eV"),
        "conductivity_25C_S_cm": sigma if geometry else None,
        "conductivity_25C_stderr_S_cm": error if geometry else None,
        "conductance_25C_S": None if geometry else sigma,
        "conductance_25C_stderr_S": None if geometry else error,
        "n_points": len(used),
        "temperature_range_K": [used.min(), used.max()] if len(used) else None,
        "method": line.method,
        "law": _law(line.law),
        "scatter_ln": line.scatter,
        "points": [
            {"temperature_K": T, "value": in_centimetres(value, line.unit)[0],
             "stderr": in_centimetres(stderr, line.unit)[0], "unit": unit, "used": used}
            for T, value, stderr, used in zip(
                line.temperature, line.conductivity, line.stderr, line.used, strict=True
            )
        ],
        "findings": line.findings,
    }  # fmt: skip


def _law(law: Law | None) -> Object:
    if law is None:
        return {"name": "arrhenius"}
    values = {name: _value(value) for name, value in law.parameters.items()}
    return {**_pick(law, "name", "why", middle_K="middle"), "parameters": values}


def _growth(law: GrowthResult) -> Object:
    interval = law.exponent_interval
    return {
        **_with_error(law.exponent, "exponent", "exponent_stderr"),
        "exponent_ci95": [interval.low, interval.high],
        **_with_error(law.R0, "R0_ohm", "R0_stderr_ohm"),
        "rate_ohm_per_s_to_exponent": nominal_value(law.rate),
        "verdict": law.verdict,
        "why": law.reason,
    }


def spectrum_result(result: SpectrumResult) -> Object:
    """Return the object of one spectrum, as in ``spectra`` of ``results.json``."""
    spectrum, fit = result.spectrum, result.fit
    frequency, _ = spectrum.kept
    estimates = fit.estimates if fit is not None else {}
    validity, relaxations = result.validity, result.relaxations
    content: Object = as_object({
        "source": _source(spectrum),
        "temperature_K": spectrum.temperature,
        "temperature_source": spectrum.temperature_source or None,
        "n_points": len(frequency),
        "frequency_range_Hz": [frequency[-1], frequency[0]],
        "verdict": result.verdict,
        "findings": result.findings,
        "validity": None if validity is None else {
            "verdict": validity.verdict,
            "noise_percent": 100 * validity.noise,
            "drift_percent": 100 * validity.drift,
            "valid_range_Hz": validity.valid_range,
        },
        "relaxation_times": None if relaxations is None else [
            _pick(peak, time_constant_s="time_constant", resistance_ohm="resistance",
                  resistance_stderr_ohm="resistance_stderr", sure="sure")
            for peak in relaxations.peaks
        ],
        **{name: getattr(fit, name) if fit is not None else None
           for name in ("converged", "weighting", "reduced_chi_square", "misfit_percent",
                        "degrees_of_freedom")},
        "parameters": {name: _estimate(estimate) for name, estimate in estimates.items()},
        "processes": {name: _process(process) for name, process in result.processes.items()},
        "left_out_points": [
            {"frequency_Hz": spectrum.frequency[i], "z_real_ohm": spectrum.impedance[i].real,
             "z_imag_ohm": spectrum.impedance[i].imag, "reason": spectrum.reasons[i]}
            for i in np.flatnonzero(spectrum.mask)
        ],
        "with_fixture": None if spectrum.measured is None else {
            "frequency_Hz": spectrum.frequency,
            "z_real_ohm": spectrum.measured.real,
            "z_imag_ohm": spectrum.measured.imag,
        },
    })  # fmt: skip
    return content


def _source(spectrum: Spectrum) -> Object:
    origin = spectrum.provenance
    return {**_pick(origin, "file", "format", "sweep"), "sha256": origin.sha256 or None}


def _provenance(spectrum: Spectrum) -> Object:
    origin = spectrum.provenance
    measured_at = origin.measured_at
    return {
        **_source(spectrum),
        **_pick(origin, "instrument", "technique", "software", "columns", "sign_convention"),
        "measured_at": measured_at.isoformat() if measured_at is not None else None,
        "conditions": origin.conditions,
        "temperature_K": spectrum.temperature,
        "temperature_source": spectrum.temperature_source or None,
    }


def _estimate(estimate: Estimate) -> Object:
    return _pick(estimate, "value", "stderr", "ci95", "unit", "at_bound", "fixed", "determined")


def _process(process: Process) -> Object:
    quantities: Object = {}
    for name, _, si_unit in PROCESS_QUANTITIES:
        value, unit = in_centimetres(getattr(process, name), si_unit)
        suffix = unit.replace("/", "_").replace(" ", "_")
        stderr = "stderr" if name == "resistance" else f"{name}_stderr_{suffix}"
        quantities |= _with_error(value, f"{name}_{suffix}", stderr)
    return {
        "meaning": process.meaning,
        **quantities,
        "capacitance_formula": process.capacitance_formula or None,
        "above_window": process.above_window,
        "candidates": [_pick(c, "process", "score", "why") for c in process.candidates],
        "derived": {
            name: {
                **_with_error(value, "value", "stderr"),
                "unit": unit,
                **_pick(derived, "model", "doi"),
            }
            for name, derived in process.derived.items()
            for value, unit in [in_centimetres(derived.value, derived.unit)]
        },
    }


def comparison_results(comparison: SampleComparison, folders: Mapping[str, str]) -> Object:
    """Return the content of a comparison's ``results.json``.

    The results of each sample stand under ``samples``, as in the ``results.json`` of a series.
    """
    content: Object = as_object({
        "schema_version": SCHEMA_VERSION,
        "eisfit_version": __version__,
        "samples": [
            {"name": s.name, "folder": folders[s.name], "results": results(s.analysis)}
            for s in comparison.samples
        ],
        "differences": [difference_result(d) for d in comparison.differences],
        "agreements": [_agreement(a) for a in comparison.agreements],
        "meyer_neldel": {n: _meyer_neldel(v) for n, v in comparison.meyer_neldel.items()},
        "findings": comparison.findings,
    })  # fmt: skip
    return content


def difference_result(difference: Difference) -> Object:
    """Return the object of one difference, as in ``differences`` of ``results.json``."""
    return {
        **_pick(difference, "process", "quantity", "first", "second", temperature_K="temperature"),
        **_with_error(difference.difference, "difference", "stderr"),
        "unit": "eV" if difference.temperature is None else "ln(first/second)",
        **_pick(difference, "p_value", "adjusted_p_value", "verdict", "why"),
    }


def _agreement(agreement: Agreement) -> Object:
    mean = agreement.mean
    if agreement.temperature is not None:
        mean = log_in_centimetres(mean, "S/m")
    return {
        **_pick(agreement, "process", "quantity", "samples", temperature_K="temperature"),
        **_with_error(mean, "mean", "stderr"),
        "scatter": agreement.scatter,
        "unit": "eV" if agreement.temperature is None else "ln(S/cm)",
        "p_value": agreement.p_value,
    }


def _meyer_neldel(view: MeyerNeldel) -> Object:
    return {
        **_pick(view, "samples", "scatter", "verdict", "why",
                activation_energy_eV="activation_energy"),
        "ln_prefactor": log_in_centimetres(view.ln_prefactor, "S K/m"),
        "slope_per_eV": _value(view.slope),
        "meyer_neldel_energy_eV": _value(view.energy),
        "isokinetic_temperature_K": _value(view.isokinetic_temperature),
    }  # fmt: skip
