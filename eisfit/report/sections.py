"""What a report says of a single spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eisfit.analysis.pipeline import SpectrumResult
from eisfit.base.findings import Finding
from eisfit.base.units import in_centimetres
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import describe
from eisfit.processes import Process
from eisfit.report.words import (
    NOTHING,
    Table,
    celsius,
    counted,
    frequency_words,
    measured,
    powers,
    process_words,
    scaled,
    unit_words,
)

_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class SpectrumSection:
    """What is said of one spectrum."""

    title: str
    verdict: str
    summary: str
    parameters: Table | None
    processes: Table | None
    evidence: tuple[str, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[str, ...]


def by_severity(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings without repeats, the worst first, those of one kind together."""
    unique = list(dict.fromkeys(findings))
    return tuple(sorted(unique, key=lambda f: (_SEVERITIES.index(f.severity), f.code)))


def section(result: SpectrumResult) -> SpectrumSection:
    """Return everything that is said of one spectrum."""
    spectrum, fit = result.spectrum, result.fit
    frequency, _ = spectrum.kept
    summary = (
        f"{counted(len(frequency), 'point')} in use, {frequency_words(float(frequency[-1]))} to "
        f"{frequency_words(float(frequency[0]))}"
    )
    parameters = None
    if fit is not None:
        summary += f"; χ²ᵣ = {powers(f'{fit.reduced_chi_square:.3g}')}"
        summary += f", residuals {fit.misfit_percent:.2g} % of |Z|"
        summary += "" if fit.converged else "; THE FIT DID NOT CONVERGE"
        parameters = _parameters(result)
    summary += _validity(result)
    T = spectrum.temperature
    return SpectrumSection(
        title=spectrum.label if T is None else f"{celsius(T)} · {spectrum.label}",
        verdict=result.verdict,
        summary=summary,
        parameters=parameters,
        processes=_processes(result),
        evidence=tuple(e for p in result.processes.values() for e in _evidence(p)),
        findings=by_severity(result.findings),
        left_out=_left_out_points(spectrum),
    )


def _validity(result: SpectrumResult) -> str:
    """Return noise, drift and valid range by Kramers–Kronig, in words."""
    seen = result.validity
    if seen is None or not np.isfinite(seen.noise):
        return ""
    text = f"; Kramers–Kronig: {seen.verdict}, noise {100 * seen.noise:.2g} % of |Z|"
    if seen.drift:
        text += f", drift {100 * seen.drift:+.2g} % over the sweep"
    frequency, _ = result.spectrum.kept
    if seen.valid_range is None:
        return text + ", no valid range"
    low, high = seen.valid_range
    if low > frequency[-1] or high < frequency[0]:
        text += f", valid from {frequency_words(low)} to {frequency_words(high)}"
    return text


def _parameters(result: SpectrumResult) -> Table | None:
    if result.fit is None:
        return None
    meanings = {p.name: p.meaning for p in result.fit.model.parameters}
    rows = []
    for name, estimate in result.fit.estimates.items():
        unit = "" if estimate.unit == "1" else estimate.unit
        text = powers(describe(estimate))
        text = text.replace(estimate.unit, unit_words(estimate.unit)) if unit else text
        interval = NOTHING
        if estimate.determined and estimate.ci95 is not None:
            interval = powers(f"{estimate.ci95[0]:.4g} to {estimate.ci95[1]:.4g}")
        rows.append((name, text, interval, meanings.get(name, "")))
    return Table(("parameter", "value", "95 % interval", "meaning"), tuple(rows), prose=(3,))


def _processes(result: SpectrumResult) -> Table | None:
    if not result.processes:
        return None
    heading = ("process", "R", "C", "time constant", "σ", "area resistance")
    rows = tuple(
        (process_words(name), _resistance(result, name), _capacitance(p),
         scaled(p.time_constant, "s"), measured(*in_centimetres(p.conductivity, "S/m")),
         measured(in_centimetres(p.area_resistance, "ohm m2")[0], "Ω cm²"))
        for name, p in result.processes.items()
    )  # fmt: skip
    return Table(heading, rows, prose=(2,))


def _resistance(result: SpectrumResult, name: str) -> str:
    """Return R of a process; where the model has one and the data do not tell it, say so."""
    process = result.processes[name]
    if process.resistance is not None:
        return scaled(process.resistance, "Ω")
    declared = result.fit.model.processes.get(name) if result.fit is not None else None
    has_one = declared is not None and declared.parameter("R") is not None
    return "not determined" if has_one else NOTHING


def _capacitance(process: Process) -> str:
    if process.capacitance is None:
        return "not told: the arc is above the window" if process.above_window else (
            "not determined")  # fmt: skip
    formula = f" ({process.capacitance_formula})" if process.capacitance_formula else ""
    return scaled(process.capacitance, "F") + formula


def _evidence(process: Process) -> list[str]:
    """Return why the process has its name, and what follows from models of it."""
    name = process_words(process.name)
    derived = {
        what: (*in_centimetres(d.value, d.unit), d.model, d.doi)
        for what, d in process.derived.items()
    }
    lines = [
        f"{name} may be {process_words(c.process)} (score {c.score:.2f}): {powers(c.why)}"
        for c in process.candidates
    ]
    lines += [
        f"{name}, {what.replace('_', ' ')} = {measured(value, unit_words(unit))} by the model "
        f"{model}" + (f", doi:{doi}" if doi else "")
        for what, (value, unit, model, doi) in derived.items()
    ]
    return lines


def _left_out_points(spectrum: Spectrum) -> tuple[str, ...]:
    """Return each reason with the frequencies of its points."""
    groups: dict[str, list[str]] = {}
    for i in np.flatnonzero(spectrum.mask):
        f = float(spectrum.frequency[i])
        text = frequency_words(f) if np.isfinite(f) and f > 0 else "no frequency"
        groups.setdefault(spectrum.reasons[i], []).append(text)
    lines = []
    for reason, places in groups.items():
        shown = ", ".join(places[:12]) + (" …" if len(places) > 12 else "")
        lines.append(f"{counted(len(places), 'point')} ({shown}): {reason}")
    return tuple(lines)
