"""The minima of many spectra, from given starts or from starts derived from the data."""

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
from eisfit.fitting.least_squares import Problem, Solution, evaluate_fit, with_rows
from eisfit.fitting.problem import hold_parameters
from eisfit.fitting.start import QUICK, THOROUGH, WIDEST, Effort, start_values, terms
from eisfit.fitting.uncertainty.statistics import (
    at_bound,
    estimate_error_inflation,
    inverse,
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
    """The chosen minima of m spectra, with the weights that their noise gives.

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

    @property
    def movable(self) -> BoolArray:
        """Which coordinates are neither held nor at a bound, shape (m, p)."""
        return self.problem.free & ~at_bound(self.problem.coordinates, self.solution.x)

    def covariance(self, i: int, open_: BoolArray) -> FloatArray:
        """Return that of x of spectrum `i`, shape (p, p); 0 for coordinates that are not open."""
        precision = np.diag(self.problem.prior_precision[i])
        return inverse(self.solution.curvature[i] + precision, open_)

    def with_rows(self, rows: IndexArray, new: Minimum) -> Minimum:
        """Return the minimum with some rows from `new`."""
        problem = replace(
            self.problem,
            weight=with_rows(self.problem.weight, rows, new.problem.weight),
            noise=with_rows(self.problem.noise, rows, new.problem.noise),
        )
        inflation = with_rows(self.error_inflation, rows, new.error_inflation)
        return Minimum(problem, self.solution.with_rows(rows, new.solution), inflation)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """What minima are searched for: m spectra of one model, held parameters, and the samples."""

    problem: Problem
    model: Model
    fixed: Mapping[str, float]
    geometries: list[Geometry | None]

    def __getitem__(self, rows: IndexArray) -> _Search:
        """Return the search of some spectra."""
        if len(rows) == len(self.geometries):
            return self
        geometries = [self.geometries[i] for i in rows]
        return replace(self, problem=self.problem[rows], geometries=geometries)

    def starts(self, effort: Effort) -> FloatArray:
        """Return c starts for each spectrum, shape (m, c, p); held coordinates at their values."""
        problem = self.problem
        used = np.count_nonzero(problem.weight[:, 0], axis=1)
        vectors = start_values(self.model, problem.omega, problem.impedance, used, effort)
        x = problem.coordinates.x(vectors)
        return hold_parameters(problem, self.model, self.fixed, x)[1]

    def pick(self, cost: FloatArray, minima: FloatArray) -> FloatArray:
        """Return the minimum of each spectrum, shape (m, p), chosen among c, (m, c, p)."""
        chosen = choose_minimum(cost, minima, self.problem, self.model, self.geometries)
        return minima[np.arange(len(minima)), chosen]


def find_minima(
    problem: Problem,
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
    model : Model
    starts : sequence of ndarray, shape (p,), or None
    fixed : mapping of str to float
    geometries : list of Geometry or None
    """
    unknown = np.ones(len(model.names))
    x = problem.coordinates.x(np.array([unknown if s is None else s for s in starts]))
    rows = np.flatnonzero([start is None for start in starts])
    problem, x = hold_parameters(problem, model, fixed, x)
    search = _Search(problem, model, fixed, geometries)
    if len(rows):
        x[rows] = _minima_from_data(search[rows])
    minimum = refine(problem, x)
    doubtful = np.setdiff1d(np.flatnonzero(minimum.error_inflation > 1), rows)
    if not len(doubtful):
        return minimum
    # a given start may lead to a wrong minimum: where residuals are not random, others are tried
    other = _minima_from_data(search[doubtful])
    other = match_arc_order(model, other, x[doubtful], problem.free[0])
    gain = minimum.solution.cost[doubtful] - solve_each(minimum.problem[doubtful], other).cost
    better = gain > 4.0
    rows = doubtful[better]
    return minimum.with_rows(rows, refine(problem[rows], other[better])) if len(rows) else minimum


def _minima_from_data(search: _Search) -> FloatArray:
    """Return the minima, shape (m, p), from starts that the data give.

    A quick search is enough where its minimum is unambiguous; the others are searched thoroughly.
    """
    problem, model = search.problem, search.model
    quick = search.starts(QUICK)[:, 0]
    first = solve_each(problem, quick, _FINE_GAIN)
    doubt = implausibility(model, first.x[:, None], problem.coordinates, search.geometries)[:, 0]
    rest = np.flatnonzero(~is_unambiguous(problem, first) | (doubt > 0))
    x = first.x
    for effort in (THOROUGH, WIDEST):
        if not len(rest):
            break
        part = search[rest]
        x[rest] = _search_minima(part, np.stack([quick[rest], x[rest]], axis=1), effort)
        if terms(model) < _MANY_TERMS:
            break
        end = solve_each(part.problem, x[rest], max_iterations=0)
        rest = rest[estimate_error_inflation(part.problem, end) > 1]
    return sort_arcs(model, x, problem.free[0])


def _search_minima(search: _Search, known: FloatArray, effort: Effort) -> FloatArray:
    """Return the best minima, shape (m, p), of a known one and those of a search with more effort.

    `known`, shape (m, 2, p), is a start that was fitted and the minimum that it led to.
    """
    problem, x = search.problem, known[:, 1]
    cost, minima = _minima(problem, search.starts(effort), known)
    more = [(solve_each(problem, x, max_iterations=0).cost, x)]
    plain = _put_in_series(search)
    if plain is not None:
        in_series, back = plain
        fine = solve_each(problem, _minima_from_data(in_series)[:, back], _FINE_GAIN)
        more.append((fine.cost, fine.x))
    cost = np.concatenate([cost, *(c[:, None] for c, _ in more)], axis=1)
    minima = np.concatenate([minima, *(place[:, None] for _, place in more)], axis=1)
    x = search.pick(cost, minima)
    turned = sort_all_arcs(search.model, x, problem.free[0])
    if plain is None or not np.any(turned != x):
        return x
    both = np.stack([x, turned], axis=1)
    fine = solve_each(problem, both, _FINE_GAIN)
    return search.pick(fine.cost.reshape(both.shape[:2]), fine.x.reshape(both.shape))


def _put_in_series(search: _Search) -> tuple[_Search, list[int]] | None:
    """Return the search with the circuit in series, and where its coordinates find the old ones.

    None where nothing is nested.
    """
    problem, model = search.problem, search.model
    tree = move_into_series(model.tree)
    if tree == model.tree:
        return None
    tape = compile_tape(tree)
    order: list[int] = [model.names.index(name) for name in tape.names]
    back: list[int] = [tape.names.index(name) for name in model.names]
    plain = replace(
        problem,
        tape=tape,
        coordinates=problem.coordinates[order],
        free=problem.free[:, order],
        prior_mean=problem.prior_mean[:, order],
        prior_precision=problem.prior_precision[:, order],
    )
    parameters = tuple(model.parameters[i] for i in order)
    processes = {name: _as_arc(process) for name, process in model.processes.items()}
    alike = replace(model, tree=tree, tape=tape, parameters=parameters, processes=processes)
    return replace(search, problem=plain, model=alike), back


def _as_arc(process: ModelProcess) -> ModelProcess:
    """Return a process of R and Q as an arc, which may change places with others."""
    elements = tuple(elements_of(process.tree))
    if sorted(element.symbol for element in elements) != ["Q", "R"]:
        return process
    return replace(process, tree=Parallel(elements))


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
    return inflate_errors(*rescale(problem, solution, noise_factor(problem, solution)))


def rescale(problem: Problem, solution: Solution, factor: FloatArray) -> tuple[Problem, Solution]:
    """Return both with the noise larger by `factor`, shape (m,), without another fit."""
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
    inflation = estimate_error_inflation(problem, solution)
    return Minimum(*rescale(problem, solution, inflation), inflation)


def weight_by_error_structure(minimum: Minimum) -> Minimum:
    """Return the minimum with weights from an error structure estimated from its residuals.

    The variance of each part is taken as α² |Z|² + β² Z'² + γ² Z''² + δ² with non-negative terms,
    fitted to the squared residuals of each spectrum.

    References
    ----------
    Agarwal, Crisalle, Orazem & García-Rubio, J. Electrochem. Soc. 142 (1995) 4149.
    """
    for _ in range(_STRUCTURE_ROUNDS):
        problem = minimum.problem
        residual = problem.measured - evaluate_fit(problem, minimum.solution.x)
        weight = np.zeros_like(problem.weight)
        for i, w in enumerate(problem.weight):
            inside = w[0] > 0
            sigma = error_structure(problem.measured[i, inside], residual[i, inside])
            weight[i][:, inside] = 1 / sigma
        minimum = refine(
            replace(problem, weight=weight, noise=np.ones(len(weight))), minimum.solution.x
        )
    return minimum


def error_structure(Z: ComplexArray, residual: ComplexArray) -> FloatArray:
    """Return the standard deviation of each point, estimated from residuals, shape (k,).

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
    # relative to |Z|², so that small points count, too; a lower limit keeps weights finite
    shares, _ = nnls(terms / size[:, None] ** 2, squares / size**2)
    least = 0.01 * np.median(squares / size**2) * size**2 + (1e-12 * size) ** 2
    sigma: FloatArray = np.sqrt(np.maximum(terms @ shares, least))
    return sigma
