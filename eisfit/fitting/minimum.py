"""The minima of many spectra, from starts that are given or that the data give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.circuit.models import Model
from eisfit.data.geometry import Geometry
from eisfit.fitting.choice import choose, implausibility, in_order_of, labels_by_time, sorted_arcs
from eisfit.fitting.engine.backend import Problem, Solution, solve_each
from eisfit.fitting.nested import unnested
from eisfit.fitting.problem import hold
from eisfit.fitting.start import QUICK, THOROUGH, WIDEST, Effort, start_values, terms
from eisfit.fitting.uncertainty.statistics import at_bound, clear, noise_factor, widening

_ROUGH_GAIN = 1e-3  # relative fall of the cost at which the fits from several starts end first
_ROUGH_ITERATIONS = 60
_FINISHED = 2  # of them are fitted on
_FINE_GAIN = 1e-6
_MANY_TERMS = 5  # with fewer, the widest search finds hardly more than the thorough one


@dataclass(frozen=True, slots=True, eq=False)
class Minimum:
    """The chosen minima of m spectra, with the weights that their own noise gives.

    Parameters
    ----------
    problem : Problem
        Its weights are 1/(noise × widening).
    solution : Solution
    wide : ndarray, shape (m,)
        By how much errors were widened because residuals are not random.
    """

    problem: Problem
    solution: Solution
    wide: FloatArray


def best_minimum(
    problem: Problem,
    impedance: ComplexArray,
    model: Model,
    starts: Sequence[FloatArray | None],
    fixed: Mapping[str, float],
    geometries: list[Geometry | None],
) -> Minimum:
    """Return the chosen minimum of each spectrum, from several starts where none is given.

    Parameters
    ----------
    problem : Problem
        Of m spectra.
    impedance : ndarray of complex, shape (m, k)
        Ω; start values are looked for in it, whatever the fit's residuals are taken of.
    model : Model
    starts : sequence of ndarray, shape (p,), or None
    fixed : mapping of str to float
    geometries : list of Geometry or None
    """
    own = np.array([start is None for start in starts])
    x = np.zeros((len(own), len(model.names)))
    given = [start for start in starts if start is not None]
    if given:
        x[~own] = problem.coordinates.x(np.array(given))
    problem, x = hold(problem, model, fixed, x)
    rows = np.flatnonzero(own)
    if len(rows):
        x[rows] = _from_data(problem, rows, impedance, model, fixed, geometries)
    found = settle(problem, x)
    doubtful = np.flatnonzero(~own & (found.wide > 1))
    if not len(doubtful):
        return found
    # a given start may lead astray: where residuals are not random, others are tried as well
    other = _from_data(problem, doubtful, impedance, model, fixed, geometries)
    other = in_order_of(model, other, x[doubtful], problem.free[0])
    better = solve_each(found.problem[doubtful], other).cost < found.solution.cost[doubtful] - 4.0
    rows = doubtful[better]
    return spliced(found, rows, settle(problem[rows], other[better])) if len(rows) else found


def _from_data(
    problem: Problem,
    rows: IndexArray,
    impedance: ComplexArray,
    model: Model,
    fixed: Mapping[str, float],
    geometries: list[Geometry | None],
) -> FloatArray:
    """Return the minima, shape (r, p), that some rows have from starts that their data give.

    A quick look is enough where it leaves nothing open; the others are looked at thoroughly.
    """
    some = problem[rows] if len(rows) < len(geometries) else problem
    Z, samples = impedance[rows], [geometries[i] for i in rows]
    quick = _starts(some, Z, model, fixed, QUICK)[:, 0]
    first = solve_each(some, quick, _FINE_GAIN)
    doubt = implausibility(model, first.x[:, None], some.coordinates, samples)[:, 0] > 0
    rest = np.flatnonzero(~clear(some, first) | doubt)
    x = first.x
    for effort in (THOROUGH, WIDEST):
        if not len(rest):
            break
        part, given = some[rest], [samples[i] for i in rest]
        known = np.stack([quick[rest], x[rest]], axis=1)
        x[rest] = _looked_for(part, known, Z[rest], model, fixed, given, effort)
        if terms(model) < _MANY_TERMS:
            break
        rest = rest[widening(part, solve_each(part, x[rest], most=0)) > 1]
    return sorted_arcs(model, x, problem.free[0])


def _looked_for(
    problem: Problem,
    known: FloatArray,
    impedance: ComplexArray,
    model: Model,
    fixed: Mapping[str, float],
    samples: list[Geometry | None],
    effort: Effort,
) -> FloatArray:
    """Return the best minima, shape (m, p), of a known one and those found with more effort.

    `known`, shape (m, 2, p), is a start that was fitted and the minimum that it led to.
    """
    x = known[:, 1]
    cost, minima = _minima(problem, _starts(problem, impedance, model, fixed, effort), known)
    more = [(solve_each(problem, x, most=0).cost, x)]
    plain = unnested(problem, model)
    if plain is not None:
        alike, in_series, back = plain
        every = np.arange(len(x))
        start = _from_data(alike, every, impedance, in_series, fixed, samples)[:, back]
        fine = solve_each(problem, start, _FINE_GAIN)
        more.append((fine.cost, fine.x))
    cost = np.concatenate([cost, *(c[:, None] for c, _ in more)], axis=1)
    minima = np.concatenate([minima, *(place[:, None] for _, place in more)], axis=1)
    x = _picked(problem, model, cost, minima, samples)
    turned = labels_by_time(model, x, problem.free[0])
    if plain is None or not np.any(turned != x):
        return x
    both = np.stack([x, turned], axis=1)
    fine = solve_each(problem, both, _FINE_GAIN)
    cost, minima = fine.cost.reshape(both.shape[:2]), fine.x.reshape(both.shape)
    return _picked(problem, model, cost, minima, samples)


def _picked(
    problem: Problem,
    model: Model,
    cost: FloatArray,
    minima: FloatArray,
    geometries: list[Geometry | None],
) -> FloatArray:
    """Return the minimum of each spectrum, shape (m, p), that is meant of c, (m, c, p)."""
    chosen = choose(cost, minima, problem, model, geometries)
    picked: FloatArray = minima[np.arange(len(minima)), chosen]
    return picked


def _starts(
    problem: Problem,
    impedance: ComplexArray,
    model: Model,
    fixed: Mapping[str, float],
    effort: Effort,
) -> FloatArray:
    """Return c starts for each spectrum, shape (m, c, p), with held coordinates at their values."""
    used = np.count_nonzero(problem.weight[:, 0], axis=1)
    vectors = start_values(model, problem.omega, impedance, used, effort)
    return hold(problem, model, fixed, problem.coordinates.x(vectors))[1]


def spliced(found: Minimum, rows: IndexArray, new: Minimum) -> Minimum:
    """Return `found` with some rows from `new`."""
    weight, noise, wide = (
        a.copy() for a in (found.problem.weight, found.problem.noise, found.wide)
    )
    weight[rows], noise[rows], wide[rows] = new.problem.weight, new.problem.noise, new.wide
    problem = replace(found.problem, weight=weight, noise=noise)
    return Minimum(problem, found.solution.spliced(rows, new.solution), wide)


def _minima(problem: Problem, x: FloatArray, known: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return cost, shape (m, c), and place, (m, c, p), of the minima near c starts.

    All are fitted until little is gained, and the best of them further; but those that lie within
    a step of what is known would lead to where that led.
    """
    m, c, p = x.shape
    apart = np.abs(x[:, :, None] - known[:, None]) / problem.coordinates.longest
    again = np.any(np.all(apart < 1.0, axis=-1), axis=-1)
    x = np.where(again[..., None], known[:, None, 1], x)
    rough = solve_each(problem, x, _ROUGH_GAIN, _ROUGH_ITERATIONS)
    cost, minima = rough.cost.reshape(m, c), rough.x.reshape(m, c, p)
    cost[again] = np.inf
    best = np.argsort(cost, axis=1, kind="stable")[:, :_FINISHED]
    rows = np.arange(m)[:, None]
    fine = solve_each(problem, minima[rows, best], _FINE_GAIN)
    cost[rows, best] = fine.cost.reshape(m, -1)
    minima[rows, best] = fine.x.reshape(m, -1, p)
    return cost, minima


def settle(problem: Problem, x: FloatArray) -> Minimum:
    """Return the minimum near `x` with weights that match the noise of each spectrum.

    The noise sets how much a prior counts, and the prior may move the minimum: hence twice.
    """
    solution = solve_each(problem, x)
    if problem.prior_precision.any():
        for _ in range(2):
            problem = problem.noisier(noise_factor(problem, solution))
            solution = solve_each(problem, solution.x)
        return widened(problem, solution)
    wide = widening(problem, solution)
    return Minimum(*scaled(problem, solution, noise_factor(problem, solution) * wide), wide)


def scaled(problem: Problem, solution: Solution, factor: FloatArray) -> tuple[Problem, Solution]:
    """Return both with the noise larger by `factor`, shape (m,), and no fit anew."""
    chi_square = solution.chi_square / factor**2
    return problem.noisier(factor), replace(
        solution,
        chi_square=chi_square,
        cost=solution.cost - solution.chi_square + chi_square,
        curvature=solution.curvature / factor[:, None, None] ** 2,
        neighbours=solution.neighbours / factor**2,
    )


def widened(problem: Problem, solution: Solution) -> Minimum:
    """Return the minimum with weights lowered where residuals are not random."""
    wide = widening(problem, solution)
    problem, solution = scaled(problem, solution, wide)
    return Minimum(problem, solution, wide)


def movable(found: Minimum) -> BoolArray:
    """Return which coordinates are neither held nor at a bound, shape (m, p)."""
    limits = at_bound(found.problem.coordinates, found.solution.x)
    free: BoolArray = found.problem.free & ~limits
    return free
