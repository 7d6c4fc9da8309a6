"""From fitted elements to named processes, each with the evidence for its name.

Findings say what contradicts a reading: labels without evidence, close arcs, a geometry that gives
the bulk an impossible permittivity.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from uncertainties import UFloat

from eisfit.base.findings import Finding
from eisfit.base.values import to_correlated_ufloats
from eisfit.circuit.models import Model, ModelProcess
from eisfit.data.geometry import Geometry
from eisfit.fitting.result import FitResult
from eisfit.processes.derived import with_derived
from eisfit.processes.evidence import Trend, candidates
from eisfit.processes.evidence import above_window as intercept_only
from eisfit.processes.physics.capacitance import (
    capacitance_and_time_constant,
    ohmic_resistance,
    relative_permittivity,
)
from eisfit.processes.process import Assignment, Process


def assign(
    fit: FitResult,
    geometry: Geometry | None = None,
    above_window: Sequence[str] = (),
    activation_energies: Mapping[str, float] = MappingProxyType({}),
    trends: Mapping[str, Trend] = MappingProxyType({}),
) -> Assignment:
    """Return the processes of a fit, each with candidates and reasons.

    Parameters
    ----------
    fit : FitResult
    geometry : Geometry, optional
        Without it there are no conductivities, and capacitances are compared as they are.
    above_window : sequence of str
        Processes whose arc is known to lie above the window, from the series.
    activation_energies : mapping of str to float
        eV, by process, as further evidence.
    trends : mapping of str to Trend
        How resistances change along a series of times or biases, by process.
    """
    others = tuple(fit.model.processes.values())
    values = _correlated(fit)
    ohmic = float(ohmic_resistance(fit.model, fit.values))
    top = float(fit.spectrum.kept[0][0])
    out: dict[str, Process] = {}
    for name, process in fit.model.processes.items():
        if process.place == "lead":
            continue
        named = _process(process, fit, values, ohmic, geometry)
        tau = named.time_constant
        above = name in above_window or (tau is not None and 1 / (2 * np.pi * tau.n) > top)
        named = replace(named, above_window=bool(above))
        if above and process.place == "through_thickness":
            named = replace(named, capacitance=None, candidates=intercept_only(process))
        elif named.capacitance is not None and named.resistance is not None:
            evidence = (activation_energies.get(name), trends.get(name))
            C = named.capacitance.nominal_value
            named = replace(named, candidates=candidates(process, others, C, geometry, *evidence))
        out[name] = named
    spectrum = fit.spectrum
    out, refused = with_derived(out, fit.model, geometry, spectrum.temperature, spectrum.label)
    return Assignment(out, (*process_findings(out, fit, geometry), *refused))


def _correlated(fit: FitResult) -> dict[str, UFloat]:
    """Return the fitted values as numbers with their correlated errors."""
    names = list(fit.estimates)
    nominal = [fit.estimates[n].value for n in names]
    return dict(zip(names, to_correlated_ufloats(nominal, fit.covariance), strict=True))


def _process(
    process: ModelProcess,
    fit: FitResult,
    values: Mapping[str, UFloat],
    ohmic: float,
    geometry: Geometry | None,
) -> Process:
    names = {symbol: process.parameter(symbol) for symbol in ("R", "Q", "n", "C", "tau")}
    fitted = {symbol: fit.estimates[name] for symbol, name in names.items() if name is not None}
    correlated = {symbol: values[estimate.name] for symbol, estimate in fitted.items()}
    capacitance, formula, time_constant = capacitance_and_time_constant(process, correlated, ohmic)
    if "C" not in fitted and "Q" in fitted and not fitted["Q"].determined:
        capacitance, formula = None, ""
    known = "R" in fitted and (fitted["R"].determined or fitted["R"].fixed)
    resistance = correlated["R"] if known else None
    out = Process(
        name=process.name,
        meaning=process.meaning,
        resistance=resistance,
        capacitance=capacitance,
        capacitance_formula=formula,
        time_constant=time_constant,
    )
    if geometry is None or resistance is None:
        return out
    per_area = resistance * geometry.uncertain_area / process.interfaces
    out = replace(out, area_resistance=per_area)
    if process.place != "through_thickness":
        return out
    return replace(out, conductivity=geometry.uncertain_cell_constant / resistance)


_ANY_BULK = (2.0, 5000.0)
"""Relative permittivities that a bulk may have at all."""

_OWN_SCORE = 0.1  # a label scored below it is doubted
_CLOSE = 0.5  # decades between time constants below which two arcs are hardly distinguished


def process_findings(
    processes: Mapping[str, Process], fit: FitResult, geometry: Geometry | None
) -> tuple[Finding, ...]:
    """Return the findings on the processes of one spectrum.

    Parameters
    ----------
    processes : mapping of str to Process
    fit : FitResult
    geometry : Geometry, optional
    """
    label = fit.spectrum.label
    out: list[Finding] = []
    for process in processes.values():
        out.extend(_above(process, label))
        out.extend(_contradiction(process, fit.model, label))
    out.extend(_close(processes, label))
    if geometry is not None:
        out.extend(_permittivity(processes, fit.model, geometry, label))
    return tuple(out)


def _above(process: Process, label: str) -> Iterator[Finding]:
    if process.above_window and process.resistance is not None:
        text = (
            f"{label}: the {process.name} arc peaks above the highest frequency; its "
            "resistance is the high-frequency intercept, its capacitance is not determined"
        )
        yield Finding(f"{process.name}_above_window", "info", text, affects_result=True)


def _contradiction(process: Process, model: Model, label: str) -> Iterator[Finding]:
    """Yield a finding where another process fits the evidence far better than the label."""
    labelled = next((c for c in process.candidates if c.process == process.name), None)
    best = max(process.candidates, key=lambda c: c.score, default=None)
    if (
        labelled is None
        or best is None
        or labelled.score > _OWN_SCORE
        or best.score < 5 * labelled.score + 0.3
    ):
        return
    text = (
        f"{label}: the arc called {process.name} looks like {best.process.replace('_', ' ')} "
        f"({best.why}); the model's label is kept"
    )
    if process.name in {"bulk", "electrolyte"} and "grain_boundary" not in model.processes:
        text += (
            ". Perhaps the bulk arc lies above the frequency window, and its resistance is "
            "included in the lead or in this arc: fit a model that has a grain boundary, such "
            "as ceramic_pellet"
        )
    yield Finding("label_contradicted", "warning", text)


def _close(processes: Mapping[str, Process], label: str) -> Iterator[Finding]:
    times = {
        p.name: math.log10(p.time_constant.nominal_value)
        for p in processes.values()
        if p.time_constant is not None and p.resistance is not None
    }
    for (a, early), (b, late) in pairwise(times.items()):
        apart = abs(late - early)
        if apart < _CLOSE:
            text = (
                f"{label}: {a} and {b} lie within a factor {10**apart:.1f} in time constant; "
                "how the resistance is divided between them depends on the circuit"
            )
            yield Finding("arcs_close", "warning", text)


def _permittivity(
    processes: Mapping[str, Process], model: Model, geometry: Geometry, label: str
) -> Iterator[Finding]:
    """Yield a finding where the bulk's permittivity suggests a wrong thickness or area."""
    for process in processes.values():
        usual = model.processes[process.name].permittivity
        bulk = process.name == "bulk" or (
            usual is not None and model.processes[process.name].place == "through_thickness"
        )
        if not bulk or process.capacitance is None:
            continue
        C = process.capacitance.nominal_value
        low, high = usual or _ANY_BULK
        permittivity = relative_permittivity(C, geometry)
        if low <= permittivity <= high:
            continue
        text = (
            f"{label}: the {process.name}'s capacitance gives a relative permittivity of "
            f"{permittivity:.2g}, outside {low:g} to {high:g}{_slip(C, geometry, (low, high))}"
        )
        yield Finding("implausible_permittivity", "warning", text)


def _slip(C: float, geometry: Geometry, usual: tuple[float, float]) -> str:
    """Return which mistake in thickness or area would explain it, in words."""
    low, high = usual
    thick, area = geometry.thickness, geometry.area
    explanations = []
    for what, other in _slips(geometry):
        permittivity = relative_permittivity(C, other)
        if low <= permittivity <= high:
            off = abs(np.log(permittivity / math.sqrt(low * high)))
            explanations.append((off, f"{what} ({permittivity:.2g})"))
    used = f"; thickness {thick * 1e3:.4g} mm and area {area * 1e4:.4g} cm² were used. "
    if not explanations:
        return used + "Are both right, or is this arc another process?"
    likely = " or ".join(text for _, text in sorted(explanations)[:2])
    return used + (
        f"It would be in this range if {likely}. Otherwise this arc may be another process"
    )


def _slips(geometry: Geometry) -> Iterator[tuple[str, Geometry]]:
    """Yield the geometries that may have been meant, each with the mistake in words."""
    thick, area = geometry.thickness, geometry.area
    areas = {
        "the radius were given as the diameter": 4 * area,
        "the diameter were given as the radius": area / 4,
    }
    for unit, metre in (("mm", 1e-3), ("cm", 1e-2)):
        mistake = f"{area / metre**2:.4g} {unit}, given as the area, were the diameter"
        areas[mistake] = math.pi / 4 * (area / metre) ** 2
    for word, factor in (("larger", 10.0), ("smaller", 0.1)):
        yield f"the thickness were 10 times {word}", replace(geometry, thickness=thick * factor)
        areas[f"the area were 10 times {word}"] = area * factor
        mistake = f"the area were 100 times {word} (a diameter in the wrong unit)"
        areas[mistake] = area * factor**2
    for mistake, meant in areas.items():
        yield mistake, replace(geometry, area=meant)
