"""Evidence for what an arc is: capacitance, activation energy and change, as scores and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.circuit.models import ModelProcess
from eisfit.data.geometry import Geometry
from eisfit.processes.physics.capacitance import relative_permittivity

Direction: TypeAlias = Literal["rises", "falls", "constant", "unknown"]
Window: TypeAlias = tuple[float, float]

THROUGH: Mapping[str, Window] = MappingProxyType(
    {
        "bulk": (1e-13, 5e-11),
        "grain_boundary": (1e-11, 1e-8),
        "surface_layer": (1e-9, 1e-7),
        "sample_electrode": (1e-7, 1e-5),
        "electrochemical_reaction": (1e-5, 1e-2),
    }
)
"""Capacitance windows in F for a cell constant of 1/cm: Irvine, Sinclair & West, Adv. Mater. 2
(1990) 132, doi:10.1002/adma.19900020304. The bulk's reaches up to a permittivity of about 500."""

AT_INTERFACE: Mapping[str, Window] = MappingProxyType(
    {
        "space_charge": (2e-8, 3e-5),
        "interphase": (2e-8, 1e-5),
        "charge_transfer": (1e-6, 1e-3),
    }
)
"""Capacitance windows in F/cm²: a layer of 1 nm to 1 µm at a permittivity of 20 to 30 (space
charge), of 1 to 500 nm at 10 (interphase); a double layer of 1 µF/cm², far more where rough."""

_SAME: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "sei": frozenset({"interphase"}),
        "interphase": frozenset({"sei"}),
        "buffer_layer": frozenset({"interphase"}),
        "coating": frozenset({"interphase", "space_charge"}),
        "electrolyte": frozenset({"bulk"}),
        "double_layer": frozenset({"charge_transfer"}),
    }
)
"""Other names of a label: they do not compete with it."""

_USUAL_CHANGE: Mapping[tuple[str, str], frozenset[Direction]] = MappingProxyType(
    {
        **{
            (coordinate, name): frozenset({"constant"})
            for coordinate in ("time", "bias", "state_of_charge")
            for name in ("bulk", "grain_boundary", "electrolyte")
        },
        ("time", "sei"): frozenset({"rises"}),
        ("time", "interphase"): frozenset({"rises"}),
        ("bias", "space_charge"): frozenset({"rises", "falls"}),
        **{
            ("thickness", name): frozenset({"rises"})
            for name in ("bulk", "grain_boundary", "electrolyte")
        },
        **{
            ("thickness", name): frozenset({"constant"})
            for name in ("sei", "interphase", "space_charge", "charge_transfer")
        },
    }
)
"""How the resistance of a process usually changes along a series other than one of temperatures."""

_LEAST_SCORE = 0.01  # a candidate below it is none
_SOFT = 0.4  # decades outside a window at which its score has fallen to exp(-1/2)
_UNNAMED = 0.8  # factor for a process that the model does not put here: windows overlap
_CONTRADICTED = 0.3  # factor for a change that the process does not usually show
_LEAST_CHANGE = 0.05  # of ln R along the series: less is constant
_SIGNIFICANT = 3.0  # standard errors


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an arc may be: a process, a score from 0 to 1, and the reasons in words."""

    process: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Trend:
    """How a resistance changes along a series.

    Parameters
    ----------
    coordinate : str
        ``"time"``, ``"bias"`` …
    direction : {"rises", "falls", "constant", "unknown"}
    change : float
        ln of the last over the first resistance, on a straight line through ln R.
    stderr : float
        Its standard error.
    """

    coordinate: str
    direction: Direction
    change: float
    stderr: float

    @property
    def words(self) -> str:
        """Such as ``"rises with time (by 35 %)"``."""
        named = self.coordinate.replace("_", " ")
        if self.direction == "constant":
            return f"constant in {named}"
        if self.direction == "unknown":
            return f"change with {named} not determined by the data"
        return f"{self.direction} with {named} (by {100 * abs(np.expm1(self.change)):.2g} %)"


def trend(
    coordinate: str, values: FloatArray, resistance: FloatArray, stderr: FloatArray
) -> Trend | None:
    """Return how a resistance changes along a series; None below three points.

    A line of ln R over the coordinate, weighted by the errors of ln R and widened by the scatter
    about it.

    Parameters
    ----------
    coordinate : str
    values, resistance, stderr : ndarray, shape (m,)
        R in Ω; points without a finite error above 0 are not used.

    Examples
    --------
    >>> hours = np.arange(6.0)
    >>> trend("time", hours, 100 * (1 + 0.1 * hours), np.full(6, 1.0)).words
    'rises with time (by 49 %)'
    """
    used = np.isfinite(resistance) & (resistance > 0) & np.isfinite(stderr) & (stderr > 0)
    if np.count_nonzero(used) < 3 or np.ptp(values[used]) == 0:
        return None
    x, y = values[used], np.log(resistance[used])
    x = (x - x[0]) / (x[-1] - x[0])
    w = resistance[used] / stderr[used]
    A = np.stack([np.ones_like(x), x], axis=1) * w[:, None]
    (a, b), *_ = np.linalg.lstsq(A, y * w, rcond=None)
    scatter = np.sum((w * (y - a - b * x)) ** 2) / (len(x) - 2)
    error = float(np.sqrt(np.linalg.inv(A.T @ A)[1, 1] * max(scatter, 1.0)))
    direction: Direction = "rises" if b > 0 else "falls"
    if abs(b) < max(_LEAST_CHANGE, _SIGNIFICANT * error):
        direction = "constant" if _SIGNIFICANT * error < 4 * _LEAST_CHANGE else "unknown"
    return Trend(coordinate, direction, float(b), error)


def above_window(declared: ModelProcess) -> tuple[Candidate, ...]:
    """Return the one candidate for an arc of which the data show the intercept only."""
    why = "its arc lies above the frequency window; its resistance is the high-frequency intercept"
    return (Candidate(declared.name, 0.5, why),)


def candidates(
    declared: ModelProcess,
    others: Iterable[ModelProcess],
    capacitance: float,
    geometry: Geometry | None,
    activation_energy: float | None = None,
    change: Trend | None = None,
) -> tuple[Candidate, ...]:
    """Return what an arc may be, best first; the model's own label is always among them.

    A score is a product of one factor from 0 to 1 for each piece of evidence. Since windows
    overlap, a process that the model does not name starts at 0.8.

    Parameters
    ----------
    declared : ModelProcess
        What the model calls it, with its window.
    others : iterable of ModelProcess
        What else the model holds; those at the same place are candidates too.
    capacitance : float
        Effective capacitance in F.
    geometry : Geometry, optional
    activation_energy : float, optional
        eV.
    change : Trend, optional
        Along a series of times or biases.
    """
    through = declared.place == "through_thickness"
    C, unit = _scaled(capacitance, geometry, "l/A" if through else "1/A")
    if declared.interfaces > 1:
        C, unit = C * declared.interfaces, f"{unit} of one of {declared.interfaces} interfaces"
    kept = {p.name: p for p in others if p.place == declared.place} | {declared.name: declared}
    usual_windows = THROUGH if through else AT_INTERFACE
    windows = {n: w for n, w in usual_windows.items() if n not in _SAME.get(declared.name, ())}
    windows |= {n: p.capacitance for n, p in kept.items() if p.capacitance is not None}
    out = []
    for name, window in windows.items():
        score, why = _window_score(C, window)
        reasons = [
            f"capacitance {C:.2g} {unit}, {why} the window {window[0]:.0e} to {window[1]:.0e}"
        ]
        if name == "bulk" and geometry is not None:
            epsilon = relative_permittivity(capacitance, geometry)
            reasons.append(f"relative permittivity {epsilon:.2g}")
        if name != declared.name:
            score *= _UNNAMED
        usual = kept[name].activation_energy if name in kept else None
        if activation_energy is not None and usual is not None:
            factor, text = _energy_score(activation_energy, usual)
            score *= factor
            reasons.append(text)
        if change is not None and change.direction != "unknown":
            factor, text = _change_score(name, change)
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


def _window_score(C: float, window: Window) -> tuple[float, str]:
    low, high, log_C = np.log10([*window, C])
    outside = max(low - log_C, log_C - high, 0.0)
    score = float(np.exp(-0.5 * (outside / _SOFT) ** 2))
    if outside == 0:
        return score, "in"
    return score, f"a factor {10**outside:.2g} {'below' if log_C < low else 'above'}"


def _energy_score(energy: float, usual: Window) -> tuple[float, str]:
    low, high = usual
    outside = max(low - energy, energy - high, 0.0)
    word = "usual" if outside == 0 else "not usual"
    text = f"activation energy {energy:.3f} eV, {word} for it ({low:g} to {high:g} eV)"
    return float(np.exp(-0.5 * (outside / 0.1) ** 2)), text


def _change_score(name: str, change: Trend) -> tuple[float, str]:
    usual = _USUAL_CHANGE.get((change.coordinate, name))
    if usual is None:
        return 1.0, change.words
    if change.direction in usual:
        return 1.0, f"{change.words}, usual for it"
    return _CONTRADICTED, f"{change.words}, not usual for it"
