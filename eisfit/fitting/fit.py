"""Fitting spectra, each by itself: start values, engine, noise, choice among minima, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from eisfit.arrays import BoolArray, FloatArray
from eisfit.circuit.tape import evaluate
from eisfit.errors import FitError
from eisfit.findings import Finding
from eisfit.fitting.choice import choose, sorted_arcs
from eisfit.fitting.engine import Problem, Solution, solve_each
from eisfit.fitting.problem import Weighting, hold, problem_of
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
from eisfit.models import Model, load_model
from eisfit.spectrum import Spectrum


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
    weighting : {"modulus", "unit"}
        1/abs(Z), or one weight for all points.

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
    return fit_spectra([spectrum], model, [start], fixed or {}, weighting)[0]


def fit_spectra(
    spectra: Sequence[Spectrum],
    model: Model,
    starts: Sequence[Mapping[str, float] | ArrayLike | None] | None = None,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
) -> list[FitResult]:
    """Fit one circuit to every spectrum by itself; see `fit`."""
    problem = problem_of(spectra, model, weighting)
    given = [_start(model, s) for s in (starts or [None] * len(spectra))]
    found = best_minimum(problem, spectra, model, given, fixed or {})
    return results(found, spectra, model, weighting)


def _start(model: Model, start: Mapping[str, float] | ArrayLike | None) -> FloatArray | None:
    if start is None:
        return None
    if isinstance(start, Mapping):
        missing = [n for n in model.names if n not in start]
        for name in start:
            model.index(name)
        if missing:
            raise FitError(f"start values are missing for {', '.join(missing)}")
        return np.array([[float(start[n]) for n in model.names]])
    values = np.atleast_2d(np.asarray(start, dtype=np.float64))
    if values.shape != (1, len(model.names)):
        raise FitError(
            f"start must hold {len(model.names)} values ({', '.join(model.names)}), "
            f"not an array of shape {np.shape(start)}"
        )
    return values


def best_minimum(
    problem: Problem,
    spectra: Sequence[Spectrum],
    model: Model,
    starts: Sequence[FloatArray | None],
    fixed: Mapping[str, float],
) -> Minimum:
    """Return the chosen minimum of each spectrum, from several starts where none is given."""
    vectors = [
        given if given is not None else start_values(model, *spectrum.kept)
        for given, spectrum in zip(starts, spectra, strict=True)
    ]
    rows = np.repeat(np.arange(len(spectra)), [len(v) for v in vectors])
    problem, x = hold(problem, model, fixed, problem.coordinates.x(np.concatenate(vectors)))
    tried = solve_each(problem[rows], x)
    chosen = np.array(
        [
            choose(tried, np.flatnonzero(rows == i), problem[[i]], model, spectrum)
            for i, spectrum in enumerate(spectra)
        ]
    )
    x = tried.x[chosen]
    own = np.array([given is None for given in starts])
    x[own] = sorted_arcs(model, x[own], problem.free[0])  # a given start keeps its order
    return settle(problem, x)


def settle(problem: Problem, x: FloatArray) -> Minimum:
    """Return the minimum near `x` with weights that match the noise of each spectrum.

    The noise sets how much a prior counts, and the prior may move the minimum: hence twice.
    """
    solution = solve_each(problem, x)
    for _ in range(2):
        problem = replace(problem, weight=problem.weight / noise_factor(problem, solution)[:, None])
        solution = solve_each(problem, solution.x)
    return widened(problem, solution)


def widened(problem: Problem, solution: Solution) -> Minimum:
    """Return the minimum with weights lowered where residuals are not random."""
    Z = evaluate(problem.tape, problem.omega, problem.coordinates.values(solution.x))
    residual = problem.weight * (problem.impedance - Z)
    wide = np.array([widening(r[w > 0]) for r, w in zip(residual, problem.weight, strict=True)])
    problem = replace(problem, weight=problem.weight / wide[:, None])
    curvature = solution.curvature / wide[:, None, None] ** 2
    chi_square = solution.chi_square / wide**2
    return Minimum(problem, replace(solution, curvature=curvature, chi_square=chi_square), wide)


def results(
    found: Minimum, spectra: Sequence[Spectrum], model: Model, weighting: Weighting
) -> list[FitResult]:
    """Return a result for every spectrum, errors from each spectrum's own curvature."""
    out = []
    for i, spectrum in enumerate(spectra):
        precision = np.diag(found.problem.prior_precision[i])
        covariance = inverse(found.solution.curvature[i] + precision, movable(found, i))
        out.append(result_of(found, i, spectrum, model, weighting, covariance))
    return out


def movable(found: Minimum, i: int) -> BoolArray:
    """Return which coordinates of spectrum `i` are neither held nor at a bound."""
    limits = at_bound(found.problem.coordinates, found.solution.x[i])
    free: BoolArray = found.problem.free[i]
    return free & ~limits


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
    frequency, impedance = spectrum.kept
    Z = evaluate(model.tape, 2 * np.pi * frequency, values)
    # the engine's weights hold the noise: χ² is stated with the plain ones
    weight = 1 / np.abs(impedance) if weighting == "modulus" else 1 / np.median(np.abs(impedance))
    slope = coordinates.slope(values)
    result = FitResult(
        spectrum=spectrum,
        model=model,
        estimates=estimates(
            model, coordinates, x, covariance, problem.prior_precision[i], problem.free[i], dof
        ),
        covariance=covariance * np.outer(slope, slope),
        chi_square=float(np.sum(np.abs((impedance - Z) * weight) ** 2)),
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
