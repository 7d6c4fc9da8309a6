"""The minima of many spectra, from starts that are given or that the data give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.circuit.models import Model, ModelProcess
from eisfit.circuit.tape import compile_tape
from eisfit.circuit.tree import Parallel, elements_of, move_into_series
from eisfit.data.geometry import Geometry
from eisfit.fitting.choice import (
    choose_minimum,
    implausibility,
    match_arc_order,
    sort_all_arcs,
    sort_arcs,
)
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.least_squares import Coordinates, Problem, Solution, evaluate_fit
from eisfit.fitting.problem import hold_parameters
from eisfit.fitting.start import QUICK, THOROUGH, WIDEST, Effort, start_values, terms
from eisfit.fitting.uncertainty.statistics import (
    at_bound,
    estimate_error_inflation,
    is_unambiguous,
    noise_factor,
)

_ROUGH_GAIN = 1e-3  # relative fall of the cost at which the fits from several starts end first
_ROUGH_ITERATIONS = 60
_FINISHED = 2  # of them are fitted on
_FINE_GAIN = 1e-6
_STRUCTURE_ROUNDS = 2  # residuals depend a little on the weights that are taken from them
_MANY_TERMS = 5  # with fewer, the widest search finds hardly more than the thorough one


@dataclass(frozen=True, slots=True, eq=False)
class Minimum:
    """The chosen minima of m spectra, with the weights that their own noise gives.

    Parameters
    ----------
    problem : Problem
        Its weights are 1/(noise × widening).
    solution : Solution
    error_inflation : ndarray, shape (m,)
        By how much errors were widened because residuals are not random.
    """

    problem: Problem
    solution: Solution
    error_inflation: FloatArray


def find_minima(
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
    problem, x = hold_parameters(problem, model, fixed, x)
    rows = np.flatnonzero(own)
    if len(rows):
        x[rows] = _minima_from_data(problem, rows, impedance, model, fixed, geometries)
    found = refine(problem, x)
    doubtful = np.flatnonzero(~own & (found.error_inflation > 1))
    if not len(doubtful):
        return found
    # a given start may lead astray: where residuals are not random, others are tried as well
    other = _minima_from_data(problem, doubtful, impedance, model, fixed, geometries)
    other = match_arc_order(model, other, x[doubtful], problem.free[0])
    better = solve_each(found.problem[doubtful], other).cost < found.solution.cost[doubtful] - 4.0
    rows = doubtful[better]
    return with_rows(found, rows, refine(problem[rows], other[better])) if len(rows) else found


def _minima_from_data(
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
    rest = np.flatnonzero(~is_unambiguous(some, first) | doubt)
    x = first.x
    for effort in (THOROUGH, WIDEST):
        if not len(rest):
            break
        part, given = some[rest], [samples[i] for i in rest]
        known = np.stack([quick[rest], x[rest]], axis=1)
        x[rest] = _search_minima(part, known, Z[rest], model, fixed, given, effort)
        if terms(model) < _MANY_TERMS:
            break
        rest = rest[estimate_error_inflation(part, solve_each(part, x[rest], max_iterations=0)) > 1]
    return sort_arcs(model, x, problem.free[0])


def _search_minima(
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
    more = [(solve_each(problem, x, max_iterations=0).cost, x)]
    plain = put_in_series(problem, model)
    if plain is not None:
        alike, in_series, back = plain
        every = np.arange(len(x))
        start = _minima_from_data(alike, every, impedance, in_series, fixed, samples)[:, back]
        fine = solve_each(problem, start, _FINE_GAIN)
        more.append((fine.cost, fine.x))
    cost = np.concatenate([cost, *(c[:, None] for c, _ in more)], axis=1)
    minima = np.concatenate([minima, *(place[:, None] for _, place in more)], axis=1)
    x = _pick_minima(problem, model, cost, minima, samples)
    turned = sort_all_arcs(model, x, problem.free[0])
    if plain is None or not np.any(turned != x):
        return x
    both = np.stack([x, turned], axis=1)
    fine = solve_each(problem, both, _FINE_GAIN)
    cost, minima = fine.cost.reshape(both.shape[:2]), fine.x.reshape(both.shape)
    return _pick_minima(problem, model, cost, minima, samples)


def put_in_series(problem: Problem, model: Model) -> tuple[Problem, Model, list[int]] | None:
    """Return problem and model in series, and where their coordinates find those of `model`.

    None where nothing is nested.

    Parameters
    ----------
    problem : Problem
        Of `model`.
    model : Model
    """
    tree = move_into_series(model.tree)
    if tree == model.tree:
        return None
    tape = compile_tape(tree)
    order: list[int] = [model.names.index(name) for name in tape.names]
    back: list[int] = [tape.names.index(name) for name in model.names]
    own = problem.coordinates
    coordinates = Coordinates(
        own.log[order], own.size[order], own.lower[order], own.upper[order], own.longest_step[order]
    )
    plain = replace(
        problem,
        tape=tape,
        coordinates=coordinates,
        free=problem.free[:, order],
        prior_mean=problem.prior_mean[:, order],
        prior_precision=problem.prior_precision[:, order],
    )
    parameters = tuple(model.parameters[i] for i in order)
    processes = {name: _as_arc(process) for name, process in model.processes.items()}
    alike = replace(model, tree=tree, tape=tape, parameters=parameters, processes=processes)
    return plain, alike, back


def _as_arc(process: ModelProcess) -> ModelProcess:
    """Return a process of R and Q as an arc, which may change places with others."""
    own = tuple(elements_of(process.tree))
    if sorted(element.symbol for element in own) != ["Q", "R"]:
        return process
    return replace(process, tree=Parallel(own))


def _pick_minima(
    problem: Problem,
    model: Model,
    cost: FloatArray,
    minima: FloatArray,
    geometries: list[Geometry | None],
) -> FloatArray:
    """Return the minimum of each spectrum, shape (m, p), that is meant of c, (m, c, p)."""
    chosen = choose_minimum(cost, minima, problem, model, geometries)
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
    return hold_parameters(problem, model, fixed, problem.coordinates.x(vectors))[1]


def with_rows(found: Minimum, rows: IndexArray, new: Minimum) -> Minimum:
    """Return `found` with some rows from `new`."""
    weight, noise, error_inflation = (
        a.copy() for a in (found.problem.weight, found.problem.noise, found.error_inflation)
    )
    weight[rows], noise[rows], error_inflation[rows] = (
        new.problem.weight,
        new.problem.noise,
        new.error_inflation,
    )
    problem = replace(found.problem, weight=weight, noise=noise)
    return Minimum(problem, found.solution.with_rows(rows, new.solution), error_inflation)


def _minima(problem: Problem, x: FloatArray, known: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return cost, shape (m, c), and place, (m, c, p), of the minima near c starts.

    All are fitted until little is gained, and the best of them further; but those that lie within
    a step of what is known would lead to where that led.
    """
    m, c, p = x.shape
    apart = np.abs(x[:, :, None] - known[:, None]) / problem.coordinates.longest_step
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


def refine(problem: Problem, x: FloatArray) -> Minimum:
    """Return the minimum near `x` with weights that match the noise of each spectrum.

    The noise sets how much a prior counts, and the prior may move the minimum: hence twice.
    """
    solution = solve_each(problem, x)
    if problem.prior_precision.any():
        for _ in range(2):
            problem = problem.scale_noise(noise_factor(problem, solution))
            solution = solve_each(problem, solution.x)
        return inflate_errors(problem, solution)
    error_inflation = estimate_error_inflation(problem, solution)
    return Minimum(
        *rescale(problem, solution, noise_factor(problem, solution) * error_inflation),
        error_inflation,
    )


def rescale(problem: Problem, solution: Solution, factor: FloatArray) -> tuple[Problem, Solution]:
    """Return both with the noise larger by `factor`, shape (m,), and no fit anew."""
    chi_square = solution.chi_square / factor**2
    return problem.scale_noise(factor), replace(
        solution,
        chi_square=chi_square,
        cost=solution.cost - solution.chi_square + chi_square,
        curvature=solution.curvature / factor[:, None, None] ** 2,
        lag1_products=solution.lag1_products / factor**2,
    )


def inflate_errors(problem: Problem, solution: Solution) -> Minimum:
    """Return the minimum with weights lowered where residuals are not random."""
    error_inflation = estimate_error_inflation(problem, solution)
    problem, solution = rescale(problem, solution, error_inflation)
    return Minimum(problem, solution, error_inflation)


def movable(found: Minimum) -> BoolArray:
    """Return which coordinates are neither held nor at a bound, shape (m, p)."""
    limits = at_bound(found.problem.coordinates, found.solution.x)
    free: BoolArray = found.problem.free & ~limits
    return free


def weight_by_error_structure(found: Minimum) -> Minimum:
    """Return the minimum with weights from an error structure that its residuals tell.

    The variance of each part is taken as α² |Z|² + β² Z'² + γ² Z''² + δ² with non-negative terms,
    fitted to the squared residuals of each spectrum.

    References
    ----------
    Agarwal, Crisalle, Orazem & García-Rubio, J. Electrochem. Soc. 142 (1995) 4149.
    """
    for _ in range(_STRUCTURE_ROUNDS):
        problem = found.problem
        residual = problem.measured - evaluate_fit(problem, found.solution.x)
        weight = np.zeros_like(problem.weight)
        for i, w in enumerate(problem.weight):
            inside = w[0] > 0
            sigma = error_structure(problem.measured[i, inside], residual[i, inside])
            weight[i][:, inside] = 1 / sigma
        found = refine(
            replace(problem, weight=weight, noise=np.ones(len(weight))), found.solution.x
        )
    return found


def error_structure(Z: ComplexArray, residual: ComplexArray) -> FloatArray:
    """Return the standard deviation of each point that residuals tell, shape (k,).

    Parameters
    ----------
    Z, residual : ndarray of complex, shape (k,)

    Examples
    --------
    >>> Z = np.array([1.0, 10.0, 100.0, 1000.0]) - 0j
    >>> error_structure(Z, 0.01 * np.abs(Z) * (1 + 1j)).round(4)
    array([ 0.01,  0.1 ,  1.  , 10.  ])
    """
    from scipy.optimize import nnls  # slow to load, and seldom needed

    size = np.abs(Z)
    squares = (residual.real**2 + residual.imag**2) / 2
    terms = np.stack([size**2, Z.real**2, Z.imag**2, np.full(len(Z), np.median(size) ** 2)], axis=1)
    # relative to |Z|², or the largest points alone would tell; a floor keeps weights finite
    shares, _ = nnls(terms / size[:, None] ** 2, squares / size**2)
    least = 0.01 * np.median(squares / size**2) * size**2 + (1e-12 * size) ** 2
    sigma: FloatArray = np.sqrt(np.maximum(terms @ shares, least))
    return sigma
