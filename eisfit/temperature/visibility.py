"""Arcs above the window keep their capacitance, and their R is the intercept.

Where an arc peaks above the highest frequency, the data hold its resistance (as an intercept) but
neither its capacitance nor its exponent. Left free, these drift to the values of another arc. So
they are held near their values in the spectra whose window holds the arc; where none does, near
what the model calls usual, with a wide error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.circuit.arc import Arc, log_coefficient
from eisfit.circuit.models import Model, ModelProcess
from eisfit.data.geometry import Geometry
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.least_squares import Problem
from eisfit.fitting.minimum import Minimum

_KNOWN_LOG_C = 0.25  # largest standard error of ln C at which an arc counts as determined
_KNOWN_N = 0.05
_LEAST_SPREAD_LOG_C = 0.05
_LEAST_SPREAD_N = 0.01
_LARGEST_LOSS = 25.0  # rise of χ² (noise units) up to which an arc is held


@dataclass(frozen=True, slots=True, eq=False)
class ArcParameters:
    """A process of R, Q and n: the places of its parameters."""

    process: ModelProcess
    R: int
    Q: int
    n: int

    def at(self, x: FloatArray) -> Arc:
        """Return the arc at coordinates of shape (..., p)."""
        return Arc(x[..., self.R], x[..., self.Q], x[..., self.n])


@dataclass(frozen=True, slots=True)
class Usual:
    """ln C and n that an arc is held near, with standard deviations."""

    log_c: float
    log_c_sd: float
    n: float
    n_sd: float


def arcs_of(model: Model) -> list[ArcParameters]:
    """Return the through-thickness arcs of a model in its order."""
    out = []
    for process in model.processes.values():
        names = [process.parameter(s) for s in ("R", "Q", "n")]
        if process.place == "through_thickness" and all(names):
            out.append(ArcParameters(process, *(model.index(n) for n in names if n)))
    return out


def hold_arcs_above_window(
    minimum: Minimum, model: Model, geometry: Geometry | None
) -> tuple[Minimum, dict[str, BoolArray]]:
    """Return the minimum with unseen arcs held, and which peak above the window, (m,)."""
    above: dict[str, BoolArray] = {}
    for arc in arcs_of(model):
        if model.from_text:
            continue
        within = _is_within_window(minimum, arc)
        usual = _usual(minimum, arc, within, model, geometry)
        minimum, above[arc.process.name] = _held(minimum, arc, usual, within)
    return minimum, above


def _top(problem: Problem) -> FloatArray:
    """Return ln of the highest angular frequency of each spectrum."""
    top: FloatArray = np.log(np.where(problem.weight[:, 0] > 0, problem.omega, 0.0).max(axis=1))
    return top


def _is_within_window(minimum: Minimum, arc: ArcParameters) -> BoolArray:
    """Return where the data alone determine C and n of an arc that peaks within the window."""
    x = minimum.solution.x
    out, free = np.zeros(len(x), dtype=bool), minimum.movable
    for i in range(len(x)):
        V = minimum.covariance(i, free[i])
        n = x[i, arc.n]
        slope = np.zeros(len(V))
        slope[[arc.R, arc.Q, arc.n]] = [(1 - n) / n, 1 / n, -arc.at(x[i]).log_time_constant / n]
        sd_c, sd_n = np.sqrt(slope @ V @ slope), np.sqrt(V[arc.n, arc.n])
        free_n = bool(V[arc.n, arc.n] > 0)
        out[i] = V[arc.Q, arc.Q] > 0 and sd_c < _KNOWN_LOG_C and (sd_n < _KNOWN_N or not free_n)
    low = np.log(
        np.where(minimum.problem.weight[:, 0] > 0, minimum.problem.omega, np.inf).min(axis=1)
    )
    peak = -arc.at(x).log_time_constant
    inside: BoolArray = (peak < _top(minimum.problem)) & (peak > low)
    return out & inside


def _usual(
    minimum: Minimum, arc: ArcParameters, within: BoolArray, model: Model, geometry: Geometry | None
) -> Usual:
    """Return what an arc is held near: the median of where it is determined, or the model's."""
    x = minimum.solution.x
    if within.any():
        log_c, n = arc.at(x[within]).log_capacitance, x[within, arc.n]
        centre_c, centre_n = float(np.median(log_c)), float(np.median(n))
        # a spectrum whose arc jumps by more than a factor 10 has taken another arc for this one
        alike = np.abs(log_c - centre_c) < np.log(10.0)
        return Usual(
            float(np.median(log_c[alike])),
            max(_spread(log_c[alike]), _LEAST_SPREAD_LOG_C),
            centre_n,
            max(_spread(n[alike]), _LEAST_SPREAD_N),
        )
    low, high = np.log(arc.process.capacitance or (1e-13, 1e-10))
    scale = np.log(geometry.cell_constant / 100) if geometry is not None else 0.0
    n, n_sd = model.parameters[arc.n].prior or (0.95, 0.05)
    return Usual((low + high) / 2 - scale, (high - low) / 2, n, n_sd)


def _spread(values: FloatArray) -> float:
    """Return a robust standard deviation: 1.48 times the median distance from the median."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def _held(
    minimum: Minimum, arc: ArcParameters, usual: Usual, within: BoolArray
) -> tuple[Minimum, BoolArray]:
    """Refit the spectra that do not see the arc with its C and n held near `usual`."""
    rows = np.flatnonzero(~within)
    above = np.zeros(len(within), dtype=bool)
    if not len(rows):
        return minimum, above
    problem, x = minimum.problem, minimum.solution.x.copy()
    mean, precision = problem.prior_mean.copy(), problem.prior_precision.copy()
    solution = minimum.solution
    for _ in range(3):  # the prior of ln Q at given ln C and n moves a little with R
        mean[rows, arc.n] = usual.n
        mean[rows, arc.Q] = log_coefficient(usual.log_c, x[rows, arc.R], usual.n)
        precision[rows, arc.n] = usual.n_sd**-2
        precision[rows, arc.Q] = (usual.n * usual.log_c_sd) ** -2
        problem = replace(problem, prior_mean=mean, prior_precision=precision)
        start = x[rows].copy()
        start[:, [arc.Q, arc.n]] = mean[rows][:, [arc.Q, arc.n]]
        part = solve_each(problem[rows], start)
        x[rows] = part.x
    solution = solve_each(problem, x)
    worse = solution.chi_square - minimum.solution.chi_square
    lost = rows[worse[rows] > _LARGEST_LOSS]
    if len(lost):  # the data contradict what the arc was held near: leave them free
        precision[lost], mean[lost] = (
            minimum.problem.prior_precision[lost],
            minimum.problem.prior_mean[lost],
        )
        problem = replace(problem, prior_mean=mean, prior_precision=precision)
        x = solution.x.copy()
        x[lost] = minimum.solution.x[lost]
        solution = solve_each(problem, x)
    above[rows] = -arc.at(solution.x[rows]).log_time_constant > _top(problem)[rows]
    return Minimum(problem, solution, minimum.error_inflation), above


def arcs_above_window(above: Mapping[str, BoolArray], i: int) -> Sequence[str]:
    """Return the processes whose arc lies above the window of spectrum `i`."""
    return [name for name, where in above.items() if where[i]]
