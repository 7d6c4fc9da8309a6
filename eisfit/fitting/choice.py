"""The choice among several minima: the best, and among equally good ones the most plausible."""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray, IndexArray
from eisfit.circuit.arc import Arc
from eisfit.circuit.models import Model, ModelProcess
from eisfit.circuit.tree import Parallel
from eisfit.data.geometry import Geometry
from eisfit.fitting.least_squares import Coordinates, Problem
from eisfit.fitting.uncertainty.statistics import degrees_of_freedom

_USUAL_SAMPLE = Geometry(thickness=1e-3, area=1e-4)
_SMALL = 0.3  # difference of χ², in noise units, that does not count
_AS_GOOD = 12.0  # minima within this of the best χ² (noise units) are decided by evidence


def choose_minimum(
    cost: FloatArray,
    x: FloatArray,
    problem: Problem,
    model: Model,
    geometries: list[Geometry | None],
) -> IndexArray:
    """Return the index of the chosen one of c minima for each spectrum, shape (m,).

    The best one, and among equally good ones the most plausible. Equally good means: within what
    the noise of the best allows. Plausible means: the arcs' capacitances near the model's windows,
    which are evidence and no bounds. Another than the first is chosen only where it is clearly
    better: along directions that the data do not determine, fits end anywhere.

    Parameters
    ----------
    cost : ndarray, shape (m, c)
        inf where there is none.
    x : ndarray, shape (m, c, p)
    problem : Problem
        Of the m spectra.
    model : Model
    geometries : list of Geometry or None
        Of the m samples.
    """
    dof = degrees_of_freedom(problem)[:, None]
    best = cost.min(axis=1, keepdims=True)
    noise = np.maximum(best / dof, 1e-12)
    near = cost <= best + _AS_GOOD * noise
    score = cost / noise + implausibility(model, x, problem.coordinates, geometries)
    score = np.where(near, score, np.inf)
    lowest = np.argmin(score, axis=1)
    first = near[:, 0] & (score[:, 0] - np.min(score, axis=1) < _SMALL)
    chosen: IndexArray = np.where(first, 0, lowest)
    return chosen


def implausibility(
    model: Model, x: FloatArray, coordinates: Coordinates, geometries: list[Geometry | None]
) -> FloatArray:
    """Return what speaks against minima, (m, c): 4 Σ (decades)², an error of half a decade each.

    Counted are the decades by which a capacitance leaves its window, and by which a process is
    slower than the one that the model names after it.

    Without geometry a usual sample is assumed, with windows a decade wider on both sides.
    """
    total = np.zeros(x.shape[:-1])
    windows = [p for p in model.processes.values() if p.capacitance is not None]
    if not windows:
        return total
    known = [g or _USUAL_SAMPLE for g in geometries]
    slack = np.array([0.0 if g else 1.0 for g in geometries])[:, None]
    length = np.log10([g.cell_constant / 100 for g in known])[:, None]
    area = np.log10([g.area * 1e4 for g in known])[:, None]
    before = np.full(x.shape[:-1], -np.inf)
    for process in windows:
        names = [process.parameter(s) for s in ("R", "Q", "n")]
        if not all(names):
            continue
        R, Q, n = (x[..., model.index(name)] for name in names if name)
        arc = Arc(R, Q, n)
        log_c, log_time = arc.log_capacitance / np.log(10), arc.log_time_constant / np.log(10)
        late = np.where(np.isfinite(before), np.maximum(before - log_time, 0.0), 0.0)
        before = log_time
        log_c = log_c + (length if process.place == "through_thickness" else -area)
        low, high = np.log10(process.capacitance or (1.0, 1.0))
        outside = np.maximum(np.maximum(low - slack - log_c, log_c - high - slack), 0.0)
        total = total + late**2 + outside**2
    return 4 * total


def arc_order(model: Model, x: FloatArray, free: BoolArray) -> IndexArray:
    """Return the order of coordinates, shape (m, p), that puts alike arcs by rising time constant.

    A model names its arcs from fast to slow, so that this also keeps each arc with its name.
    An arc with a held parameter, where `free`, shape (p,), is False, stays where it is.
    """
    alike = [p for p in model.processes.values() if isinstance(p.tree, Parallel)]
    return _rising(model, alike, x, free)


def sort_all_arcs(model: Model, x: FloatArray, free: BoolArray) -> FloatArray:
    """Return `x`, shape (m, p), with R, Q and n of all arcs by rising time constant.

    Also of those with something nested in them: then the impedance changes a little, and this is
    where a minimum with the arcs in the model's order may lie.
    """
    order = _rising(model, list(model.processes.values()), x, free)
    return np.take_along_axis(x, order, axis=1)


def _rising(
    model: Model, processes: list[ModelProcess], x: FloatArray, free: BoolArray
) -> IndexArray:
    order = np.tile(np.arange(x.shape[1]), (len(x), 1))
    named = [[p.parameter(s) for s in ("R", "Q", "n")] for p in processes]
    arcs = [[model.index(name) for name in arc if name] for arc in named if all(arc)]
    arcs = [arc for arc in arcs if free[arc].all()]
    if len(arcs) < 2:
        return order
    places = np.array(arcs)
    arc_x = x[:, places]  # (m, arcs, 3): ln R, ln Q, n
    times = (arc_x[..., 0] + arc_x[..., 1]) / arc_x[..., 2]
    rising = np.argsort(times, axis=1, kind="stable")
    order[:, places] = places[rising]
    return order


def sort_arcs(model: Model, x: FloatArray, free: BoolArray) -> FloatArray:
    """Return `x`, shape (m, p), with alike arcs by rising time constant; see `arc_order`."""
    return np.take_along_axis(x, arc_order(model, x, free), axis=1)


def match_arc_order(model: Model, x: FloatArray, like: FloatArray, free: BoolArray) -> FloatArray:
    """Return `x`, shape (m, p), with alike arcs in the order of those of `like`."""
    rising = arc_order(model, x, free)
    back = np.argsort(arc_order(model, like, free), axis=1, kind="stable")
    return np.take_along_axis(np.take_along_axis(x, rising, axis=1), back, axis=1)
