"""From fitted elements to named processes, each with the evidence for its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from uncertainties import UFloat

from eisfit.evidence import Candidate, candidates
from eisfit.evidence import above_window as intercept_only
from eisfit.findings import Finding
from eisfit.fitting.result import FitResult
from eisfit.geometry import Geometry
from eisfit.models import ModelProcess
from eisfit.physics import brick_layer
from eisfit.physics.capacitance import blocking, brug, hsu_mansfeld, relative_permittivity
from eisfit.uncertain import correlated, uncertain


@dataclass(frozen=True, slots=True)
class Derived:
    """A quantity that follows from a model of the process, with that model's name and source."""

    value: UFloat
    unit: str
    model: str
    doi: str


@dataclass(frozen=True, slots=True)
class Process:
    """One process of one spectrum.

    Parameters
    ----------
    name, meaning : str
        The model's label, such as ``"grain_boundary"``, and what it stands for.
    resistance : UFloat, optional
        Ω. None for a process without one, or where the data do not determine it.
    capacitance : UFloat, optional
        Effective capacitance in F, by the formula that `capacitance_formula` names; None where
        the data do not determine it.
    time_constant : UFloat, optional
        s.
    conductivity : UFloat, optional
        S/cm; the apparent one for a grain boundary. None without geometry or for an interface.
    area_resistance : UFloat, optional
        Ω cm². None without geometry.
    above_window : bool
        The arc peaks above the highest frequency, so that only its resistance is seen.
    """

    name: str
    meaning: str
    resistance: UFloat | None = None
    capacitance: UFloat | None = None
    capacitance_formula: str = ""
    time_constant: UFloat | None = None
    conductivity: UFloat | None = None
    area_resistance: UFloat | None = None
    above_window: bool = False
    candidates: tuple[Candidate, ...] = ()
    derived: Mapping[str, Derived] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """The processes of one spectrum by name, in the model's order, and what was noticed."""

    processes: Mapping[str, Process]
    findings: tuple[Finding, ...] = ()


def assign(
    fit: FitResult,
    geometry: Geometry | None = None,
    above_window: Sequence[str] = (),
    activation_energies: Mapping[str, float] = MappingProxyType({}),
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
    """
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
            C, energy = found.capacitance.nominal_value, activation_energies.get(name)
            found = replace(found, candidates=candidates(process, C, geometry, energy))
        out[name] = found
    out, refused = _with_brick_layer(out, geometry, fit)
    return Assignment(out, (*_findings(out, fit, geometry), *refused))


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
    out = replace(
        out, area_resistance=resistance * uncertain(geometry.area, geometry.area_stderr) * 1e4
    )
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


def _with_brick_layer(
    processes: dict[str, Process], geometry: Geometry | None, fit: FitResult
) -> tuple[dict[str, Process], list[Finding]]:
    """Add the specific grain-boundary conductivity where bulk and boundary are both seen."""
    bulk, boundary = processes.get("bulk"), processes.get("grain_boundary")
    if (
        geometry is None or bulk is None or boundary is None or boundary.resistance is None
        or bulk.capacitance is None or boundary.capacitance is None
    ):  # fmt: skip
        return processes, []
    try:
        value = brick_layer.specific_grain_boundary_conductivity(
            boundary.resistance, bulk.capacitance, boundary.capacitance, geometry
        )
    except ValueError as error:
        text = f"{fit.spectrum.label}: no specific grain-boundary conductivity: {error}"
        return processes, [Finding("no_brick_layer", "info", text)]
    derived = {
        "specific_conductivity": Derived(value, "S/cm", "brick layer", brick_layer.DOI),
        "thickness_ratio": Derived(
            bulk.capacitance / boundary.capacitance, "1", "brick layer", brick_layer.DOI
        ),
    }
    return {**processes, "grain_boundary": replace(boundary, derived=derived)}, []


def _findings(
    processes: Mapping[str, Process], fit: FitResult, geometry: Geometry | None
) -> list[Finding]:
    label, out = fit.spectrum.label, []
    for process in processes.values():
        if process.above_window and process.resistance is not None:
            text = (
                f"{label}: the {process.name} arc peaks above the highest frequency; its "
                "resistance is the high-frequency intercept, its capacitance is not seen here"
            )
            out.append(Finding(f"{process.name}_above_window", "info", text))
        out.extend(_contradiction(process, label))
    out.extend(_close(processes, label))
    bulk = processes.get("bulk")
    if geometry is not None and bulk is not None and bulk.capacitance is not None:
        permittivity = relative_permittivity(bulk.capacitance.nominal_value, geometry)
        if not 2 < permittivity < 5000:
            text = (
                f"{label}: the bulk's capacitance gives a relative permittivity of "
                f"{permittivity:.2g}, outside 2 to 5000; is the thickness or the area wrong by a "
                "factor, or is this arc another process?"
            )
            out.append(Finding("implausible_permittivity", "warning", text))
    return out


def _contradiction(process: Process, label: str) -> list[Finding]:
    """Return a finding where another process fits the evidence far better than the label."""
    own = next((c for c in process.candidates if c.process == process.name), None)
    best = max(process.candidates, key=lambda c: c.score, default=None)
    if own is None or best is None or own.score > 0.1 or best.score < 5 * own.score + 0.3:
        return []
    text = (
        f"{label}: the arc called {process.name} looks like {best.process.replace('_', ' ')} "
        f"({best.why}); the model's label is kept"
    )
    return [Finding("label_contradicted", "warning", text)]


def _close(processes: Mapping[str, Process], label: str) -> list[Finding]:
    out = []
    timed = [p for p in processes.values() if p.time_constant is not None and p.resistance]
    for a, b in pairwise(timed):
        if a.time_constant is None or b.time_constant is None:
            continue
        apart = abs(np.log10(b.time_constant.nominal_value / a.time_constant.nominal_value))
        if apart < 0.5:
            text = (
                f"{label}: {a.name} and {b.name} lie within a factor {10**apart:.1f} in time "
                "constant; the split of their resistances rests on the form of the circuit"
            )
            out.append(Finding("arcs_close", "warning", text))
    return out
