"""Fitting spectra, each by itself: start values, engine, noise, choice among minima, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from eisfit.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.errors import FitError
from eisfit.findings import Finding
from eisfit.fitting.choice import choose, in_order_of, sorted_arcs
from eisfit.fitting.engine import Problem, Solution, solve_each
from eisfit.fitting.problem import Weighting, hold, problem_of
from eisfit.fitting.program import Quantity
from eisfit.fitting.result import Estimate, FitResult
from eisfit.fitting.start import start_values
from eisfit.fitting.statistics import (
    at_bound,
    degrees_of_freedom,
    estimates,
    inverse,
    noise_factor,
    widening,
)
from eisfit.geometry import Geometry
from eisfit.models import Model, load_model
from eisfit.spectrum import Spectrum

_ROUGH_GAIN = 1e-3  # relative fall of the cost at which the fits from several starts end first
_ROUGH_ITERATIONS = 60
_FINISHED = 2  # of them are fitted on
_FINE_GAIN = 1e-6


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


def fit(
    spectrum: Spectrum,
    model: str | Model,
    start: Mapping[str, float] | ArrayLike | None = None,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
) -> FitResult:
    """Fit one circuit to one spectrum; no guess is needed.

    Parameters
    ----------
    spectrum : Spectrum
    model : str or Model
        A model's name, or a circuit such as ``"R0 + (R1 | Q1) + Q2"`` or ``"R0-p(R1,CPE1)-CPE2"``.
    start : mapping or array-like, shape (p,), optional
        Start values by name or in the circuit's order, SI units; from the data where left out.
    fixed : mapping of str to float, optional
        Parameters to hold.
    weighting : {"modulus", "unit", "proportional"}
        1/abs(Z); one weight for all points; 1/abs of each part for that part.
    quantity : {"impedance", "admittance"}
        Of what the residuals are taken, and the weights.

    Returns
    -------
    FitResult

    Raises
    ------
    ModelError
        Where the model or a name makes no sense.
    FitError
        Where the spectrum has too few points.

    Examples
    --------
    >>> omega = 2 * np.pi * np.logspace(6, 0, 40)
    >>> Z = 10 + 1 / (1 / 100 + 1e-6 * (1j * omega) ** 0.9)
    >>> result = fit(Spectrum(omega / 2 / np.pi, Z), "R0-p(R1,CPE1)")
    >>> round(result.estimates["R1"].value, 3)
    100.0
    """
    model = load_model(model)
    return fit_spectra([spectrum], model, [start], fixed or {}, weighting, quantity)[0]


def fit_spectra(
    spectra: Sequence[Spectrum],
    model: Model,
    starts: Sequence[Mapping[str, float] | ArrayLike | None] | None = None,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
) -> list[FitResult]:
    """Fit one circuit to every spectrum by itself; see `fit`."""
    problem = problem_of(spectra, model, weighting, quantity)
    given = [
        None if s is None else start_vector(model, s) for s in (starts or [None] * len(spectra))
    ]
    found = best_minimum(
        problem, impedance_of(problem), model, given, fixed or {}, [s.geometry for s in spectra]
    )
    return results(found, spectra, model, weighting)


def impedance_of(problem: Problem) -> ComplexArray:
    """Return the measured impedance in Ω, shape (m, k)."""
    measured = problem.measured
    return measured if problem.quantity == "impedance" else 1 / measured


def start_vector(model: Model, start: Mapping[str, float] | ArrayLike) -> FloatArray:
    """Return start values given by name or by place as an array, shape (p,).

    Raises
    ------
    FitError
        Where some are missing or too many.
    """
    if isinstance(start, Mapping):
        missing = [n for n in model.names if n not in start]
        for name in start:
            model.index(name)
        if missing:
            raise FitError(f"start values are missing for {', '.join(missing)}")
        return np.array([float(start[n]) for n in model.names])
    values = np.asarray(start, dtype=np.float64)
    if values.shape != (len(model.names),):
        raise FitError(
            f"start must hold {len(model.names)} values ({', '.join(model.names)}), "
            f"not an array of shape {values.shape}"
        )
    return values


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
    """Return the minima, shape (r, p), that some rows have from starts that their data give."""
    some = problem[rows] if len(rows) < len(geometries) else problem
    used = np.count_nonzero(some.weight[:, 0], axis=1)
    vectors = start_values(model, some.omega, impedance[rows], used)
    _, x = hold(some, model, fixed, problem.coordinates.x(vectors))
    cost, minima = _minima(some, x)
    chosen = choose(cost, minima, some, model, [geometries[i] for i in rows])
    return sorted_arcs(model, minima[np.arange(len(rows)), chosen], problem.free[0])


def spliced(found: Minimum, rows: IndexArray, new: Minimum) -> Minimum:
    """Return `found` with some rows from `new`."""

    def joined(old: Any, own: Any) -> Any:
        out = np.array(old)
        out[rows] = own
        return out

    problem = replace(
        found.problem,
        weight=joined(found.problem.weight, new.problem.weight),
        noise=joined(found.problem.noise, new.problem.noise),
    )
    solution = Solution(
        *(
            joined(getattr(found.solution, name), getattr(new.solution, name))
            for name in Solution.__slots__
        )
    )
    return Minimum(problem, solution, joined(found.wide, new.wide))


def _minima(problem: Problem, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return cost, shape (m, c), and place, (m, c, p), of the minima near c starts.

    All are fitted until little is gained, and the best of them further.
    """
    m, c, p = x.shape
    rough = solve_each(problem, x, _ROUGH_GAIN, _ROUGH_ITERATIONS)
    cost, minima = rough.cost.reshape(m, c), rough.x.reshape(m, c, p)
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
    else:
        problem, solution = scaled(problem, solution, noise_factor(problem, solution))
    return widened(problem, solution)


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


def results(
    found: Minimum, spectra: Sequence[Spectrum], model: Model, weighting: Weighting
) -> list[FitResult]:
    """Return a result for every spectrum, errors from each spectrum's own curvature."""
    out, open_ = [], movable(found)
    for i, spectrum in enumerate(spectra):
        precision = np.diag(found.problem.prior_precision[i])
        covariance = inverse(found.solution.curvature[i] + precision, open_[i])
        out.append(result_of(found, i, spectrum, model, weighting, covariance))
    return out


def movable(found: Minimum) -> BoolArray:
    """Return which coordinates are neither held nor at a bound, shape (m, p)."""
    limits = at_bound(found.problem.coordinates, found.solution.x)
    free: BoolArray = found.problem.free & ~limits
    return free


def result_of(
    found: Minimum,
    i: int,
    spectrum: Spectrum,
    model: Model,
    weighting: Weighting,
    covariance: FloatArray,
) -> FitResult:
    """Return the result of spectrum `i` with a given covariance of x, shape (p, p)."""
    problem, x = found.problem, found.solution.x[i]
    coordinates = problem.coordinates
    values = coordinates.values(x)
    dof = int(degrees_of_freedom(problem)[i])
    slope = coordinates.slope(values)
    result = FitResult(
        spectrum=spectrum,
        model=model,
        estimates=estimates(
            model, coordinates, x, covariance, problem.prior_precision[i], problem.free[i], dof
        ),
        covariance=covariance * np.outer(slope, slope),
        # the engine's weights hold the noise: χ² is stated with the plain ones
        chi_square=float(found.solution.chi_square[i] * problem.noise[i] ** 2),
        degrees_of_freedom=dof,
        weighting=weighting,
        converged=bool(found.solution.converged[i]),
    )
    return replace(result, findings=tuple(_findings(result, float(found.wide[i]))))


def _findings(result: FitResult, wide: float) -> list[Finding]:
    label, out = result.spectrum.label, []
    if not result.converged:
        text = f"{label}: the fit did not converge; its values are where it stopped"
        out.append(Finding("not_converged", "warning", text))
    percent = 100 * np.sqrt(result.reduced_chi_square)
    if percent > 5 and result.weighting == "modulus":
        text = (
            f"{label}: the circuit misses the data by {percent:.2g} % on average; look at the "
            "residuals and try another circuit"
        )
        out.append(Finding("poor_fit", "warning", text))
    if wide > 1:
        text = (
            f"{label}: the residuals are not random (the circuit is not the whole truth); all "
            f"errors were widened by a factor {wide:.2g}"
        )
        out.append(Finding("systematic_residuals", "info", text))
    out.extend(_parameter_findings(label, result.estimates))
    return out


def _parameter_findings(label: str, found: Mapping[str, Estimate]) -> list[Finding]:
    bound = [e.name for e in found.values() if e.at_bound and e.unit != "1"]
    vague = [e.name for e in found.values() if not (e.determined or e.at_bound or e.fixed)]
    out = []
    if bound:
        text = f"{label}: {', '.join(bound)} at a bound; the data do not need it"
        out.append(Finding("at_bound", "info", text))
    if vague:
        text = f"{label}: the data do not determine {', '.join(vague)}"
        out.append(Finding("undetermined", "info", text))
    return out
