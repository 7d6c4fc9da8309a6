"""The lead resistance: a series can separate it from a bulk above the window, one spectrum cannot.

The lead adds the same ohms at every temperature while the bulk follows Arrhenius. Where the series
is long and straight enough, the line determines the lead; else the error of the bulk includes its
uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from eisfit.base.findings import Finding
from eisfit.base.values import plus_minus
from eisfit.circuit.models import Model
from eisfit.fitting.result import FitResult
from eisfit.temperature.arrhenius import ArrheniusResult, LogResistances, fit_arrhenius
from eisfit.temperature.sequence import Sequence

_FEWEST = 5
_WORTH_SAYING = 0.003  # part of a resistance by which the lead's uncertainty must move it
_CONTRADICTION = 3.0  # standard deviations between the line's lead and the spectra's
_SHARPER = 0.7  # the line must sharpen the lead at least this much to be worth its assumption


def lead_resistance_name(model: Model) -> str | None:
    """Return the name of the lead resistance, which a series shares, if there is one."""
    for process in model.processes.values():
        name = process.parameter("R")
        if process.place == "lead" and name is not None:
            return name
    return None


@dataclass(frozen=True, slots=True, eq=False)
class LeadResult:
    """The sequence with the best estimate of its lead.

    Parameters
    ----------
    sequence : Sequence
        Refitted with the lead that the series determines, where it does.
    lines : mapping of str to ArrheniusResult
        The line that determined the lead: not to be fitted again, or the lead would count twice.
    findings : tuple of Finding
    """

    sequence: Sequence
    lines: Mapping[str, ArrheniusResult] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def estimate_lead_resistance(sequence: Sequence, lead: str | None) -> LeadResult:
    """Return what the series determines of the lead resistance, with findings.

    Parameters
    ----------
    sequence : Sequence
    lead : str, optional
        Name of the lead resistance; None where there is none or it is given.
    """
    model = sequence.model
    first, name = _added_to(model)
    if lead is None or not name:
        return LeadResult(sequence)
    i = model.index(lead)
    size = float(sequence.minimum.problem.coordinates.size[i])
    member = int(np.argmax(sequence.leads.members))
    value = float(sequence.minimum.solution.x[member, i]) * size
    resistances = sequence.log_resistances([name], lead)
    sd = float(np.sqrt(resistances.common_variance))
    reach = float((np.abs(resistances.loading) * sd).max())
    if reach < _WORTH_SAYING:
        return LeadResult(sequence)
    line = _line(sequence, first, resistances)
    if line is not None and line.shift is not None:
        shift, error = float(line.shift.nominal_value), float(line.shift.std_dev)
        allowed = _CONTRADICTION * np.sqrt(max(sd**2 - error**2, 1e-30))
        if abs(shift) < allowed and error < _SHARPER * sd:
            better = plus_minus(value + shift * size, error * size)
            text = (
                f"the series determines the lead resistance: {better} Ω, the value at which "
                f"{first} follows an Arrhenius line at all temperatures (without this "
                f"condition: {plus_minus(value, sd * size)} Ω). If this line may be curved, "
                "measure a short circuit and give --lead-resistance."
            )
            refined = sequence.with_known_lead(i, value / size + shift, error)
            finding = (Finding("lead_from_series", "info", text, affects_result=True),)
            return LeadResult(refined, {first: line}, finding)
    text = (
        f"lead resistance and {first} cannot be separated; the lead is taken as "
        f"{plus_minus(value, sd * size)} Ω and the error of {first} includes that (up to "
        f"{100 * reach:.1f} %). Measure a short circuit and give --lead-resistance."
    )
    return LeadResult(sequence, {}, (Finding("lead_not_told", "warning", text),))


def _line(sequence: Sequence, process: str, resistances: LogResistances) -> ArrheniusResult | None:
    """Return the line of the process that the lead adds to, if the series is long enough."""
    series = sequence.series
    if series.coordinate != "temperature" or int(resistances.determined.sum()) < _FEWEST:
        return None
    labels = [s.label for s in series.spectra]
    return fit_arrhenius(process, series.values, resistances, series.geometry, labels)


def lead_findings(result: FitResult, lead: str | None) -> tuple[Finding, ...]:
    """Return findings on the lead in a single spectrum, which cannot separate it from the bulk."""
    estimates = result.estimates
    first, name = _added_to(result.model)
    if lead is None or not name:
        return ()
    error = estimates[lead].stderr or 0.0
    if estimates[lead].fixed or error < _WORTH_SAYING * estimates[name].value:
        return ()
    text = (
        f"{result.spectrum.label}: the lead resistance is known to ± {error:.2g} Ω only, and the "
        f"error of {first} ({estimates[name].value:.4g} Ω) includes that; a series of "
        "temperatures, or a measured short circuit, determines it"
    )
    return (Finding("lead_not_told", "info", text, affects_result=True),)


def _added_to(model: Model) -> tuple[str, str]:
    """Return the process that the lead adds to, and its resistance; empty where there is none."""
    for process in model.processes.values():
        if process.place == "through_thickness":
            return process.name, process.parameter("R") or ""
    return "", ""
