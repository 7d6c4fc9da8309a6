"""One spectrum of ``results.json``, and what `eisfit fit --json` prints."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eisfit.analysis.pipeline import SpectrumResult
from eisfit.base.units import in_centimetres
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import Estimate, FitResult
from eisfit.processes import Process
from eisfit.quality import Validity
from eisfit.quality.relaxation_times import Drt
from eisfit.report.plain import Object, findings, nominal, number, pair, stderr


def spectrum_result(result: SpectrumResult) -> Object:
    """Return the object of one spectrum, as in ``spectra`` of ``results.json``."""
    spectrum, fit = result.spectrum, result.fit
    frequency, _ = spectrum.kept
    return {
        "source": source(spectrum),
        "temperature_K": number(spectrum.temperature),
        "temperature_source": spectrum.temperature_source or None,
        "n_points": len(frequency),
        "frequency_range_Hz": [number(frequency[-1]), number(frequency[0])],
        "verdict": result.verdict,
        "findings": findings(result.findings),
        "validity": _validity(result.validity),
        "relaxation_times": _relaxations(result.relaxations),
        "converged": bool(fit.converged) if fit is not None else None,
        "weighting": fit.weighting if fit is not None else None,
        "reduced_chi_square": number(fit.reduced_chi_square) if fit is not None else None,
        "misfit_percent": number(fit.misfit_percent) if fit is not None else None,
        "degrees_of_freedom": int(fit.degrees_of_freedom) if fit is not None else None,
        "parameters": _parameters(fit),
        "processes": {name: _process(process) for name, process in result.processes.items()},
        "left_out_points": _left_out_points(spectrum),
        "with_fixture": _with_fixture(spectrum),
    }


def _validity(seen: Validity | None) -> Object | None:
    """Return what is known of the data without a circuit, as `eisfit validate --json` gives it."""
    if seen is None:
        return None
    return {
        "verdict": seen.verdict,
        "noise_percent": number(100 * seen.noise),
        "drift_percent": number(100 * seen.drift),
        "valid_range_Hz": pair(seen.valid_range),
    }


def _relaxations(seen: Drt | None) -> list[Object] | None:
    """Return the peaks of the distribution of relaxation times; None where it was not made."""
    if seen is None:
        return None
    return [
        {
            "time_constant_s": number(peak.time_constant),
            "resistance_ohm": number(peak.resistance),
            "resistance_stderr_ohm": number(peak.resistance_stderr),
            "sure": peak.sure,
        }
        for peak in seen.peaks
    ]


def _with_fixture(spectrum: Spectrum) -> Object | None:
    """Return what was measured, where the fixture was taken out."""
    if spectrum.measured is None:
        return None
    return {
        "frequency_Hz": [number(f) for f in spectrum.frequency],
        "z_real_ohm": [number(z) for z in spectrum.measured.real],
        "z_imag_ohm": [number(z) for z in spectrum.measured.imag],
    }


def source(spectrum: Spectrum) -> Object:
    """Return which file and sweep a spectrum is from."""
    origin = spectrum.provenance
    return {
        "file": origin.file,
        "format": origin.format,
        "sweep": origin.sweep,
        "sha256": origin.sha256 or None,
    }


def provenance(spectrum: Spectrum) -> Object:
    """Return all that is known of where a spectrum is from."""
    origin = spectrum.provenance
    taken = origin.measured_at
    return {
        **source(spectrum),
        "instrument": origin.instrument,
        "technique": origin.technique,
        "software": origin.software,
        "columns": list(origin.columns),
        "sign_convention": origin.sign_convention,
        "measured_at": taken.isoformat() if taken is not None else None,
        "conditions": {name: number(v) for name, v in origin.conditions.items()},
        "temperature_K": number(spectrum.temperature),
        "temperature_source": spectrum.temperature_source or None,
    }


def _parameters(fit: FitResult | None) -> Mapping[str, Object]:
    return {} if fit is None else {n: _parameter(e) for n, e in fit.estimates.items()}


def _parameter(estimate: Estimate) -> Object:
    return {
        "value": number(estimate.value),
        "stderr": number(estimate.stderr),
        "ci95": pair(estimate.ci95),
        "unit": estimate.unit,
        "at_bound": bool(estimate.at_bound),
        "fixed": bool(estimate.fixed),
        "determined": bool(estimate.determined),
    }


def _process(process: Process) -> Object:
    conductivity, _ = in_centimetres(process.conductivity, "S/m")
    area_resistance, _ = in_centimetres(process.area_resistance, "ohm m2")
    return {
        "meaning": process.meaning,
        "resistance_ohm": nominal(process.resistance),
        "stderr": stderr(process.resistance),
        "capacitance_F": nominal(process.capacitance),
        "capacitance_stderr_F": stderr(process.capacitance),
        "capacitance_formula": process.capacitance_formula or None,
        "time_constant_s": nominal(process.time_constant),
        "time_constant_stderr_s": stderr(process.time_constant),
        "conductivity_S_cm": nominal(conductivity),
        "conductivity_stderr_S_cm": stderr(conductivity),
        "area_resistance_ohm_cm2": nominal(area_resistance),
        "area_resistance_stderr_ohm_cm2": stderr(area_resistance),
        "above_window": bool(process.above_window),
        "candidates": [
            {"process": c.process, "score": number(c.score), "why": c.why}
            for c in process.candidates
        ],
        "derived": {
            name: {"value": nominal(value), "stderr": stderr(value), "unit": unit,
                   "model": d.model, "doi": d.doi}
            for name, d in process.derived.items()
            for value, unit in [in_centimetres(d.value, d.unit)]
        },
    }  # fmt: skip


def _left_out_points(spectrum: Spectrum) -> list[Object]:
    return [
        {"frequency_Hz": number(spectrum.frequency[i]),
         "z_real_ohm": number(spectrum.impedance[i].real),
         "z_imag_ohm": number(spectrum.impedance[i].imag), "reason": spectrum.reasons[i]}
        for i in np.flatnonzero(spectrum.mask)
    ]  # fmt: skip
