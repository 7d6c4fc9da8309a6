"""Activation energies of a series: single fits as the diagnostic, the joint fit as the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from uncertainties import UFloat

from eisfit.base.findings import Finding
from eisfit.temperature.arrhenius import ArrheniusResult
from eisfit.temperature.joint import fit_joint
from eisfit.temperature.lead import LeadResult
from eisfit.temperature.lines import joint_findings, joint_lines, joint_resistances, separate_lines
from eisfit.temperature.sequence import Sequence
from eisfit.temperature.sharing import Choice, Sharing
from eisfit.temperature.thermometer import heating_and_cooling, with_temperature_error

Method: TypeAlias = Literal["joint", "separate"]


@dataclass(frozen=True, slots=True)
class TemperatureOptions:
    """Options of the dependence on temperature.

    Parameters
    ----------
    method : {"joint", "separate"}
        One fit over all temperatures (five or more), or lines through single fits.
    sharing : mapping of str to {"arrhenius", "shared", "linear", "free"}
        How quantities depend on temperature in the joint fit, such as ``{"n_bulk": "free"}``,
        ``{"C_grain_boundary": "linear"}`` or ``{"R_bulk": "free"}``; the data choose the others.
    error : float
        K; by how much all temperatures may be off in common (standard deviation).
    """

    method: Method = "joint"
    sharing: Mapping[str, Sharing] = field(default_factory=dict)
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Energies:
    """What follows from a series as a whole.

    Parameters
    ----------
    lines : mapping of str to ArrheniusResult
        By process; empty along another coordinate than temperature.
    resistances : mapping of str to list of UFloat or None
        Of the joint fit, by process along the series, with common errors.
    choices : tuple of Choice
        What the joint fit has in common.
    findings : tuple of Finding
    """

    lines: Mapping[str, ArrheniusResult]
    resistances: Mapping[str, list[UFloat | None]] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    findings: tuple[Finding, ...] = ()


def activation_energies(
    sequence: Sequence, lead_result: LeadResult, lead: str | None, options: TemperatureOptions
) -> Energies:
    """Return the activation energies of a series.

    Parameters
    ----------
    sequence : Sequence
        The single fits.
    lead_result : LeadResult
        The same with the lead resistance that the series determines.
    lead : str, optional
        Name of the lead resistance.
    options : TemperatureOptions

    Raises
    ------
    ModelError
        Where `options` names what the model does not have.
    """
    lines: Mapping[str, ArrheniusResult] = separate_lines(
        lead_result.sequence, lead, lead_result.lines
    )
    along = sequence.series.coordinate
    wanted = options.method == "joint" and (lines or along != "temperature")
    joint = fit_joint(sequence, options.sharing) if wanted else None
    findings: tuple[Finding, ...] = ()
    if joint is not None and along == "temperature":
        if joint.excluded:
            lines = separate_lines(lead_result.sequence, lead, {}, joint.excluded)
        lines, findings = joint_lines(sequence, joint, lines)
    elif joint is not None:
        findings = joint_findings(sequence, joint)
    branches = heating_and_cooling(sequence.series.spectra, lines)
    lines, offset = with_temperature_error(lines, options.error)
    if joint is None:
        return Energies(lines, findings=(*branches, *offset))
    resistances = joint_resistances(sequence, joint)
    return Energies(lines, resistances, joint.choices, (*findings, *branches, *offset))
