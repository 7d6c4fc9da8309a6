"""The minimum of a result, to start from again."""

from __future__ import annotations

from typing import cast

import numpy as np

from eisfit.base.errors import FitError
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.least_squares import Problem
from eisfit.fitting.minimum import Minimum, refine
from eisfit.fitting.problem import Weighting, hold_parameters, make_problem
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.intervals import covariance_of_x

_SAME = 1e-6  # relative: χ² as stated and as found again
_LOWER = 0.5  # in noise units: by how much a result may lie above its minimum
_ERRORS_ALIKE = (0.9, 1.1)
_WELL_KNOWN = 0.3  # standard error in x up to which errors are compared


def restore_minimum(result: FitResult) -> Minimum:
    """Return the minimum of a result, with weights that match the noise it states.

    A fit that had not converged is fitted on from where it stopped.

    Raises
    ------
    FitError
        Where the result is not the minimum of its spectrum by itself: fitted together with other
        spectra, with ties, or with weights that it does not carry.
    """
    problem = result.problem if result.problem is not None else _rebuild_problem(result)
    x = problem.coordinates.x(result.values)[None, :]
    at_values = solve_each(problem, x, max_iterations=0)
    again = float(at_values.chi_square[0] * problem.noise[0] ** 2)
    label = result.spectrum.label
    floor = 1e-12 * result.degrees_of_freedom
    if not np.isclose(again, result.chi_square, rtol=_SAME, atol=floor):
        raise FitError(
            f"{label}: the result does not carry the weights of its fit (χ² is "
            f"{result.chi_square:.4g}, with {result.weighting} weights it is {again:.4g}); fit the "
            "spectrum again"
        )
    if result.problem is None:
        minimum = refine(problem, x)
    else:
        minimum = Minimum(problem, solve_each(problem, x), np.ones(1))
    drop = solve_each(minimum.problem, x, max_iterations=0).cost[0] - minimum.solution.cost[0]
    if result.converged and (drop > _LOWER or not _has_same_errors(result, minimum)):
        raise FitError(
            f"{label}: the result is not the minimum of this spectrum alone (it shares "
            "parameters with other spectra, or has tied ones); fit the spectrum by itself"
        )
    return minimum


def _rebuild_problem(result: FitResult) -> Problem:
    """Return the problem of a result that does not carry it, from its weighting."""
    weighting = cast("Weighting", result.weighting)
    problem = make_problem([result.spectrum], result.model, weighting=weighting)
    held = {e.name: e.value for e in result.estimates.values() if e.fixed}
    return hold_parameters(
        problem, result.model, held, problem.coordinates.x(result.values)[None, :]
    )[0]


def _has_same_errors(result: FitResult, minimum: Minimum) -> bool:
    """Tell whether the stated errors are those of the spectrum alone."""
    alone = np.diagonal(minimum.covariance(0, minimum.movable[0]))
    stated = np.diagonal(covariance_of_x(result))
    compared = (alone > 0) & (stated > 0) & (alone < _WELL_KNOWN**2)
    ratio = np.sqrt(stated[compared] / alone[compared])
    return bool(np.all((ratio > _ERRORS_ALIKE[0]) & (ratio < _ERRORS_ALIKE[1])))
