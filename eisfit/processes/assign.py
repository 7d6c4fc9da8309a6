"""From fitted elements to named processes, each with the evidence for its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from uncertainties import UFloat

from eisfit.base.uncertain import correlated, uncertain
from eisfit.circuit.models import ModelProcess
from eisfit.data.geometry import Geometry
from eisfit.fitting.result import FitResult
from eisfit.processes.derived import with_derived
from eisfit.processes.evidence import Trend, candidates
from eisfit.processes.evidence import above_window as intercept_only
from eisfit.processes.findings import process_findings
from eisfit.processes.physics.capacitance import blocking, brug, hsu_mansfeld
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
        How resistances go along a series of times or biases, by process.
    """
    others = tuple(fit.model.processes.values())
    values = _correlated(fit)
    ohmic = _ohmic(fit, values)
    top = float(fit.spectrum.kept[0][0])
    out: dict[str, Process] = {}
    for name, process in fit.model.processes.items():
        if process.place == "lead":
            continue
        found = _process(process, fit, values, ohmic, geometry)
        tau = found.time_constant
        above = name in above_window or (tau is not None and 1 / (2 * np.pi * tau.n) > top)
        found = replace(found, above_window=bool(above))
        if above and process.place == "through_thickness":
            found = replace(found, capacitance=None, candidates=intercept_only(process))
        elif found.capacitance is not None and found.resistance is not None:
            evidence = (activation_energies.get(name), trends.get(name))
            C = found.capacitance.nominal_value
            found = replace(found, candidates=candidates(process, others, C, geometry, *evidence))
        out[name] = found
    spectrum = fit.spectrum
    out, refused = with_derived(out, fit.model, geometry, spectrum.temperature, spectrum.label)
    return Assignment(out, (*process_findings(out, fit, geometry), *refused))


def _correlated(fit: FitResult) -> dict[str, UFloat]:
    """Return the fitted values as numbers that know their common errors."""
    names = list(fit.estimates)
    nominal = [fit.estimates[n].value for n in names]
    return dict(zip(names, correlated(nominal, fit.covariance), strict=True))


def _ohmic(fit: FitResult, values: Mapping[str, UFloat]) -> float:
    """Return the resistance in series with the interfaces: leads and through-thickness arcs."""
    total = 0.0
    for process in fit.model.processes.values():
        name = process.parameter("R")
        if name and process.place in {"lead", "through_thickness"}:
            total += values[name].nominal_value
    return max(total, 1e-6)


def _process(
    process: ModelProcess,
    fit: FitResult,
    values: Mapping[str, UFloat],
    ohmic: float,
    geometry: Geometry | None,
) -> Process:
    R, Q, n, C, tau = (process.parameter(s) for s in ("R", "Q", "n", "C", "tau"))
    told = R is not None and (fit.estimates[R].determined or fit.estimates[R].fixed)
    resistance = values[R] if R is not None and told else None
    capacitance, formula = None, ""
    if C is not None:
        capacitance, formula = values[C], "C"
    elif Q is not None and n is not None and fit.estimates[Q].determined:
        size = values[R] if R is not None else None
        capacitance, formula = _effective(process, values[Q], values[n], size, ohmic)
    time_constant = values[tau] if tau is not None else None
    if R and Q and n:
        time_constant = (values[R] * values[Q]) ** (1 / values[n])
    elif R and C:
        time_constant = values[R] * values[C]
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
    area = uncertain(geometry.area, geometry.area_stderr) * 1e4
    out = replace(out, area_resistance=resistance * area / process.interfaces)
    if process.place != "through_thickness":
        return out
    cell = geometry.cell_constant / 100
    return replace(out, conductivity=uncertain(cell, cell * geometry.relative_error) / resistance)


def _effective(
    process: ModelProcess, Q: UFloat, n: UFloat, R: UFloat | None, ohmic: float
) -> tuple[UFloat, str]:
    """Return the effective capacitance by the formula for the place, and its name."""
    if process.place == "through_thickness" and R is not None:
        return hsu_mansfeld(Q, n, R), "Hsu-Mansfeld"
    if R is not None:
        return brug(Q, n, ohmic, R), "Brug"
    return blocking(Q, n, ohmic), "Brug, blocking"
