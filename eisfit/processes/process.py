"""One process of one spectrum, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from uncertainties import UFloat

from eisfit.base.findings import Finding
from eisfit.processes.evidence import Candidate


@dataclass(frozen=True, slots=True)
class Derived:
    """A quantity in SI units that follows from a model of the process; its name and source."""

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
        S/m; the apparent one for a grain boundary. None without geometry or for an interface.
    area_resistance : UFloat, optional
        Ω m², of one of alike interfaces in series. None without geometry.
    above_window : bool
        The arc peaks above the highest frequency, so that the data show its resistance only.
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
    """The processes of one spectrum by name, in the model's order, and the findings on them."""

    processes: Mapping[str, Process]
    findings: tuple[Finding, ...] = ()
