"""Evidence for what an arc is: capacitance and activation energy, as scores and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.geometry import Geometry
from eisfit.models import ModelProcess

THROUGH = {
    "bulk": (1e-13, 5e-11),
    "grain_boundary": (1e-11, 1e-8),
    "surface_layer": (1e-9, 1e-7),
    "sample_electrode": (1e-7, 1e-5),
    "electrochemical_reaction": (1e-5, 1e-2),
}
"""Capacitance windows in F for a cell constant of 1/cm: Irvine, Sinclair & West, Adv. Mater. 2
(1990) 132, doi:10.1002/adma.19900020304. The bulk's reaches up to a permittivity of about 500."""

_LEAST_SCORE = 0.01  # a candidate below it is none
_SOFT = 0.4  # decades outside a window at which its score has fallen to exp(-1/2)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an arc may be: a process, a score from 0 to 1, and the reasons in words."""

    process: str
    score: float
    why: str


def above_window(declared: ModelProcess) -> tuple[Candidate, ...]:
    """Return the one candidate for an arc of which only the intercept is seen."""
    why = (
        "its arc lies above the window: named as the intercept left when all slower arcs are taken"
    )
    return (Candidate(declared.name, 0.5, why),)


def candidates(
    declared: ModelProcess,
    capacitance: float,
    geometry: Geometry | None,
    activation_energy: float | None,
) -> tuple[Candidate, ...]:
    """Return what an arc may be, best first; the model's own label is always among them.

    Parameters
    ----------
    declared : ModelProcess
        What the model calls it, with its window.
    capacitance : float
        Effective capacitance in F.
    geometry : Geometry, optional
    activation_energy : float, optional
        eV.
    """
    through = declared.place == "through_thickness"
    C, unit = _scaled(capacitance, geometry, "l/A" if through else "1/A")
    windows = dict(THROUGH) if through else {}
    if declared.capacitance is not None:
        windows[declared.name] = declared.capacitance
    out = []
    for name, window in windows.items():
        score, why = _window_score(C, window)
        reasons = [
            f"capacitance {C:.2g} {unit}, {why} the window {window[0]:.0e} to {window[1]:.0e}"
        ]
        if name == declared.name and activation_energy is not None and declared.activation_energy:
            factor, text = _energy_score(activation_energy, declared.activation_energy)
            score *= factor
            reasons.append(text)
        if score >= _LEAST_SCORE or name == declared.name:
            out.append(Candidate(name, round(score, 3), "; ".join(reasons)))
    return tuple(sorted(out, key=lambda c: (-c.score, c.process != declared.name)))


def _scaled(capacitance: float, geometry: Geometry | None, by: str) -> tuple[float, str]:
    if geometry is None:
        return capacitance, "F (geometry not known)"
    if by == "l/A":
        return capacitance * geometry.cell_constant / 100, "F at a cell constant of 1/cm"
    return capacitance / (geometry.area * 1e4), "F/cm²"


def _window_score(C: float, window: tuple[float, float]) -> tuple[float, str]:
    low, high, here = np.log10([*window, C])
    outside = max(low - here, here - high, 0.0)
    score = float(np.exp(-0.5 * (outside / _SOFT) ** 2))
    if outside == 0:
        return score, "in"
    return score, f"a factor {10**outside:.2g} {'below' if here < low else 'above'}"


def _energy_score(energy: float, usual: tuple[float, float]) -> tuple[float, str]:
    low, high = usual
    outside = max(low - energy, energy - high, 0.0)
    word = "usual" if outside == 0 else "not usual"
    text = f"activation energy {energy:.3f} eV, {word} for it ({low:g} to {high:g} eV)"
    return float(np.exp(-0.5 * (outside / 0.1) ** 2)), text
