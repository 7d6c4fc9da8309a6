"""Which of several minima is meant: the best, and among equally good ones the most plausible."""

from __future__ import annotations

import numpy as np

from eisfit.arrays import BoolArray, FloatArray, IndexArray
from eisfit.circuit.tree import Parallel
from eisfit.fitting.engine import Problem, Solution
from eisfit.fitting.statistics import degrees_of_freedom
from eisfit.geometry import Geometry
from eisfit.models import Model
from eisfit.spectrum import Spectrum

_USUAL_SAMPLE = Geometry(thickness=1e-3, area=1e-4)
_TRIFLE = 0.3  # in χ² of noise units
_AS_GOOD = 12.0  # minima within this of the best χ² (noise units) are told apart by evidence


def choose(
    tried: Solution, rows: IndexArray, problem: Problem, model: Model, spectrum: Spectrum
) -> int:
    """Return the row of the best minimum; among equally good ones the most plausible.

    Equally good means: within what the noise of the best allows. Plausible means: the arcs'
    capacitances near the model's windows, which are evidence and no bounds. The first row is left
    only for one that is better by more than a trifle: directions that the data do not feel end
    anywhere.
    """
    dof = float(degrees_of_freedom(problem)[0])
    best = float(np.min(tried.cost[rows]))
    noise = max(best / dof, 1e-12)
    near = rows[tried.cost[rows] <= best + _AS_GOOD * noise]
    score = np.array(
        [tried.cost[i] / noise + implausibility(model, tried.x[i], problem, spectrum) for i in near]
    )
    lowest = int(np.argmin(score))
    if near[0] == rows[0] and score[0] - score[lowest] < _TRIFLE:
        return int(rows[0])
    return int(near[lowest])


def implausibility(model: Model, x: FloatArray, problem: Problem, spectrum: Spectrum) -> float:
    """Return what speaks against a minimum: 4 Σ (decades)², an error of half a decade each.

    Counted are the decades by which a capacitance leaves its window, and by which a process is
    slower than the one that the model names after it.

    Without geometry a usual sample is assumed, with windows a decade wider on both sides.
    """
    geometry, slack = spectrum.geometry or _USUAL_SAMPLE, 0.0 if spectrum.geometry else 1.0
    values = dict(zip(model.names, problem.coordinates.values(x), strict=True))
    total, before = 0.0, -np.inf
    for process in model.processes.values():
        R, Q, n = (process.parameter(s) for s in ("R", "Q", "n"))
        if process.capacitance is None or not (R and Q and n):
            continue
        log_c = (np.log10(values[Q]) + (1 - values[n]) * np.log10(values[R])) / values[n]
        log_time = np.log10(values[R] * values[Q]) / values[n]
        total += float(max(before - log_time, 0.0)) ** 2 if np.isfinite(before) else 0.0
        before = log_time
        if process.place == "through_thickness":
            log_c += np.log10(geometry.cell_constant / 100)
        else:
            log_c -= np.log10(geometry.area * 1e4)
        low, high = np.log10(process.capacitance)
        total += float(max(low - slack - log_c, log_c - high - slack, 0.0)) ** 2
    return 4 * total


def sorted_arcs(model: Model, x: FloatArray, free: BoolArray) -> FloatArray:
    """Return `x`, shape (m, p), with alike arcs by rising time constant.

    A model names its arcs from fast to slow, so that this also keeps each arc with its name.
    An arc with a held parameter, where `free`, shape (p,), is False, stays where it is.
    """
    alike = [p for p in model.processes.values() if isinstance(p.tree, Parallel)]
    named = [[p.parameter(s) for s in ("R", "Q", "n")] for p in alike]
    arcs = [[model.index(name) for name in arc if name] for arc in named if all(arc)]
    arcs = [arc for arc in arcs if free[arc].all()]
    if len(arcs) < 2:
        return x
    places = np.array(arcs)
    own = x[:, places]  # (m, arcs, 3): ln R, ln Q, n
    times = (own[..., 0] + own[..., 1]) / own[..., 2]
    order = np.argsort(times, axis=1, kind="stable")
    x = x.copy()
    x[:, places] = np.take_along_axis(own, order[..., None], axis=1)
    return x
