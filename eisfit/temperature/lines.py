"""The Arrhenius lines of a series: through the separate fits, and from the joint fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
from uncertainties import UFloat, ufloat

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ZERO_CELSIUS
from eisfit.base.findings import Finding
from eisfit.base.values import plus_minus, to_correlated_ufloats
from eisfit.circuit.models import Model
from eisfit.fitting.uncertainty.statistics import is_determined
from eisfit.temperature.arrhenius import (
    ArrheniusResult,
    LogResistances,
    count_findings,
    fit_arrhenius,
    ln_cell_constant,
    unused_findings,
)
from eisfit.temperature.joint import JointFit
from eisfit.temperature.laws import WORDS, Law, Name, tangent
from eisfit.temperature.sequence import Sequence
from eisfit.temperature.sharing import law_of, middle_of


def separate_lines(
    sequence: Sequence,
    lead: str | None,
    known: Mapping[str, ArrheniusResult],
    left_out: Collection[int] = (),
) -> dict[str, ArrheniusResult]:
    """Return the lines by process in the model's order, then ``"total"``.

    Parameters
    ----------
    sequence : Sequence
    lead : str, optional
        The lead resistance that all spectra have in common.
    known : mapping of str to ArrheniusResult
        Lines that stand already.
    left_out : collection of int
        Places of spectra that take no part.

    Returns
    -------
    dict of str to ArrheniusResult
        Empty for a series along another coordinate; without processes whose resistance the data
        determine at fewer than two temperatures. Interfaces get a line of their conductance too.
    """
    series, model = sequence.series, sequence.model
    if series.coordinate != "temperature":
        return {}
    labels = [s.label for s in series.spectra]
    used = ~np.isin(np.arange(len(series)), list(left_out))
    out: dict[str, ArrheniusResult] = {}
    wanted = {n: [r] for n, r in _resistances(model).items()}
    total = total_names(model)
    if len(total) > 1:
        wanted["total"] = total
    for name, names in wanted.items():
        if name in known:
            out[name] = known[name]
            continue
        is_through = name == "total" or model.processes[name].place == "through_thickness"
        resistances = sequence.log_resistances(names, lead)
        resistances = replace(resistances, determined=resistances.determined & used)
        line = fit_arrhenius(
            name,
            series.values,
            resistances,
            series.geometry if is_through else None,
            labels,
        )
        if line is not None:
            out[name] = line
    return out


def _resistances(model: Model) -> dict[str, str]:
    """Return the resistance of every process that is thermally activated, by process."""
    out = {}
    for name, process in model.processes.items():
        R = process.parameter("R")
        if R is not None and process.place in {"through_thickness", "interface"}:
            out[name] = R
    return out


def total_names(model: Model) -> list[str]:
    """Return the resistances that add up to the electrolyte's total."""
    named = (p.parameter("R") for p in model.processes.values() if p.ionic)
    return [name for name in named if name is not None]


_WAYS = {
    "free": "free", "linear": "varies linearly", "vft": "VFT law",
    "break": "two lines with a break", "shared": "the same", "arrhenius": "Arrhenius law",
}  # fmt: skip
_APART = 3.0  # standard errors between the two activation energies at which there is a finding


def joint_lines(
    sequence: Sequence, joint: JointFit, separate: Mapping[str, ArrheniusResult]
) -> tuple[dict[str, ArrheniusResult], tuple[Finding, ...]]:
    """Return the lines by process with the joint fit's activation energies, and findings.

    The points stay those of the single fits, as the diagnostic beside it.

    Parameters
    ----------
    sequence : Sequence
    joint : JointFit
    separate : mapping of str to ArrheniusResult
        The lines through the single fits' points.
    """
    out: dict[str, ArrheniusResult] = {}
    findings = list(joint_findings(sequence, joint))
    V = joint.state.covariance()
    for name, line in separate.items():
        of_all = name == "total"
        joint_line = _total(sequence, joint, V, line) if of_all else _line(sequence, joint, V, line)
        if joint_line is None:
            out[name] = line
            continue
        energy, other = joint_line.activation_energy, line.activation_energy
        out[name] = replace(
            joint_line,
            temperature=line.temperature, conductivity=line.conductivity, stderr=line.stderr,
            used=line.used & joint.members, findings=_line_findings(sequence, line, joint),
        )  # fmt: skip
        if joint_line.law is not None:
            findings.append(_bent(name, joint_line.law))
            continue
        apart = abs(energy.n - other.n)
        if apart > _APART * np.hypot(other.s, energy.s):
            text = (
                f"{name}: the joint fit gives {plus_minus(energy.n, energy.s)} eV and the "
                f"separate fits {plus_minus(other.n, other.s)} eV, a difference of "
                f"{apart / other.s:.1f} standard errors; they differ where separate fits "
                "confuse two arcs, or where the line is curved"
            )
            findings.append(Finding("joint_and_separate_differ", "warning", text))
    return out, tuple(findings)


def joint_resistances(sequence: Sequence, joint: JointFit) -> dict[str, list[UFloat | None]]:
    """Return R of each process along the series, with common errors; None where not determined.

    Parameters
    ----------
    sequence : Sequence
    joint : JointFit
    """
    V, out = joint.state.covariance(), {}
    rows = np.flatnonzero(joint.members)
    for name, process in sequence.model.processes.items():
        R = process.parameter("R")
        if R is None or process.place == "lead":
            continue
        resistances = _log_resistances(joint, V, [sequence.model.index(R)])
        values = np.exp(resistances.log_resistance)
        known = to_correlated_ufloats(
            list(values), resistances.covariance * np.outer(values, values)
        )
        along: list[UFloat | None] = [None] * len(sequence.series)
        for i, value, is_known in zip(rows, known, resistances.determined, strict=True):
            along[int(i)] = value if is_known else None
        out[name] = along
    return out


def joint_findings(sequence: Sequence, joint: JointFit) -> tuple[Finding, ...]:
    """Return the findings on a joint fit: what its spectra share, which are excluded."""
    outliers = [_outlier(sequence, i, why) for i, why in joint.excluded.items()]
    return (*outliers, _summary(joint))


def _line(
    sequence: Sequence, joint: JointFit, V: FloatArray, line: ArrheniusResult
) -> ArrheniusResult | None:
    """Return the line of one process: of the fit itself, or through its points."""
    name = sequence.model.processes[line.process].parameter("R")
    choice = joint.choice(line.process, "R")
    if name is None or choice is None:
        return None
    j = sequence.model.index(name)
    known = law_of(choice.sharing)
    if known is None:
        return _through(sequence, joint, _log_resistances(joint, V, [j]), line.process)
    law = Law(
        known, choice.bend, joint.state.theta[joint.state.design.places[j]],
        _with_bend(joint, j, known, choice.bend), middle_of(joint.temperature),
        ln_cell_constant(sequence.series.geometry if line.has_geometry else None), choice.why,
    )  # fmt: skip
    return _of_law(line, law)


def _with_bend(joint: JointFit, j: int, name: Name, bend: float) -> FloatArray:
    """Return the covariance of the parameters of a resistance, the bend's last."""
    state, design = joint.state, joint.state.design
    place = design.places[j]
    theta, T = state.theta[place], joint.temperature
    along = tangent(name, T, bend, theta, middle_of(T))
    wider = design.with_basis(
        j, np.concatenate([design.bases[j], along], axis=1), design.offset[:, j]
    )
    V = replace(state, design=wider).covariance()
    own_place = wider.places[j]
    return V[own_place, own_place]


def _of_law(line: ArrheniusResult, law: Law) -> ArrheniusResult:
    """Return the line of a law; of a bent one its tangent in the middle of the temperatures."""
    x = 1 / (BOLTZMANN_EV * law.middle)
    energy = law.activation_energy(law.middle)
    y, _ = law.log_sigma_T(law.middle)
    # ln A = ln σT + E x, whose parts are at the middle nearly independent
    V = law.covariance
    J = np.zeros((2, len(V)))
    J[:, 0] = -1.0, 0.0
    J[1, :] = law.energy_slopes(law.middle)
    J[0, :] += x * J[1, :]
    covariance = J @ V @ J.T
    between = line.activation_energy.n - line.activation_energy_ln_sigma.n
    bent = None if law.name == "arrhenius" else law
    theta = float(y) + energy.n * x, energy.n
    return replace(_joint_line(line, theta, energy.n - between, covariance), law=bent)


def _joint_line(
    line: ArrheniusResult, theta: Iterable[float], energy_ln_sigma: float, covariance: FloatArray
) -> ArrheniusResult:
    """Return the line with the joint fit's (ln A, E_a), and its E_a in the form ln σ."""
    ln_A, energy = (float(value) for value in theta)
    errors = np.sqrt(np.diagonal(covariance))
    reach = 1.96 * float(errors[1])
    return replace(
        line,
        activation_energy=ufloat(energy, errors[1]),
        activation_energy_ln_sigma=ufloat(energy_ln_sigma, errors[1]),
        ci95=(energy - reach, energy + reach),
        ln_prefactor=ufloat(ln_A, errors[0]),
        covariance=covariance,
        scatter=0.0,
        method="joint",
        shift=None,
    )


def _total(
    sequence: Sequence, joint: JointFit, V: FloatArray, line: ArrheniusResult
) -> ArrheniusResult:
    """Return the line of the electrolyte's total through the joint fit's resistances.

    Each point counts by its own error. The covariance of points that follow from few parameters
    has almost no other direction than these: as weights it would let what is no straight line
    (ln T, the sum of two processes) turn the line.
    """
    places = [sequence.model.index(name) for name in total_names(sequence.model)]
    resistances = _log_resistances(joint, V, places)
    T = joint.temperature
    ln_cell = ln_cell_constant(sequence.series.geometry if line.has_geometry else None)
    J = np.stack([np.ones_like(T), -1 / (BOLTZMANN_EV * T)], axis=1)
    weight = 1 / np.diagonal(resistances.covariance)
    A = np.linalg.solve((J.T * weight) @ J, J.T * weight)
    y = ln_cell - resistances.log_resistance
    covariance = A @ resistances.covariance @ A.T
    return _joint_line(line, A @ (y + np.log(T)), float((A @ y)[1]), covariance)


def _log_resistances(joint: JointFit, V: FloatArray, places: list[int]) -> LogResistances:
    """Return ln of a sum of resistances along the members, with its covariance."""
    design = joint.state.design
    m, q = len(design.offset), len(V)
    R = np.exp(design.y(joint.state.theta)[:, places])
    total = R.sum(axis=1)
    slope = np.zeros((m, q))
    for i, j in enumerate(places):
        slope[:, design.places[j]] += (R[:, i] / total)[:, None] * design.bases[j]
    spread = slope @ V @ slope.T
    # what follows from few parameters has no error of its own at each point
    spread += np.eye(m) * max(1e-12, 1e-8 * float(np.trace(spread)) / m)
    stderr = np.sqrt(np.diagonal(spread))
    return LogResistances(np.log(total), spread, np.zeros(m), 0.0, is_determined(stderr))


def _through(
    sequence: Sequence, joint: JointFit, resistances: LogResistances, process: str
) -> ArrheniusResult | None:
    series = sequence.series
    labels = [s.label for s, m in zip(series.spectra, joint.members, strict=True) if m]
    through = process == "total" or (sequence.model.processes[process].place == "through_thickness")
    geometry = series.geometry if through else None
    line = fit_arrhenius(process, series.values[joint.members], resistances, geometry, labels)
    return None if line is None else replace(line, method="joint")


def _line_findings(
    sequence: Sequence, line: ArrheniusResult, joint: JointFit
) -> tuple[Finding, ...]:
    """Return the findings of the separate line that the joint fit does not state itself."""
    labels = [s.label for s in sequence.series.spectra]
    excluded = set(joint.excluded) >= set(np.flatnonzero(~line.used).tolist())
    unused = () if excluded else unused_findings(line.process, line.used, labels)
    return (*count_findings(line.process, line.used), *unused, *line.outlier_findings)


def _bent(name: str, law: Law) -> Finding:
    values = []
    for what, value in law.parameters.items():
        words, _, unit = what.rpartition("_")
        values.append(f"{words.replace('_', ' ')} {plus_minus(value.n, value.s)} {unit}")
    text = (
        f"{name}: ln σT over 1/T is curved; {WORDS[law.name]} ({', '.join(values)}) is "
        f"{law.why}. The activation energy is the apparent one at "
        f"{law.middle - ZERO_CELSIUS:.0f} °C"
    )
    return Finding("bent_line", "info", text)


def _outlier(sequence: Sequence, i: int, why: str) -> Finding:
    label = sequence.series.spectra[i].label
    text = (
        f"{label}: excluded from the joint fit: {why}; check its temperature, its contact and "
        "whether it is this sample"
    )
    return Finding("outlier", "warning", text)


def _summary(joint: JointFit) -> Finding:
    """Return what was fitted in common, and what was not and why."""
    assumed = [c for c in joint.choices if c.is_assumed]
    kept = [c for c in assumed if c.sharing in {"arrhenius", "shared"}]
    given_up = [
        f"{c.quantity} of {c.process.replace('_', ' ')} {_WAYS[c.sharing]} ({c.why})"
        for c in assumed
        if c not in kept
    ]
    laws = "Arrhenius law for resistances; " if len(assumed) == len(joint.choices) else ""
    text = (
        f"joint fit of {int(joint.members.sum())} spectra: {len(kept)} of {len(assumed)} "
        f"assumptions are supported by the data ({laws}the same capacitances and exponents in "
        "all spectra)"
    )
    if given_up:
        text += "; rejected: " + ", ".join(given_up)
    return Finding("joint_fit", "info", text)
