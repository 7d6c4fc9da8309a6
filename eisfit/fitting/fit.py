"""Fitting spectra, each by itself: start values, engine, noise, choice among minima, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import FitError
from eisfit.base.findings import Finding
from eisfit.circuit.models import Model, load_model
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.least_squares import Problem, Quantity
from eisfit.fitting.minimum import Minimum, find_minima, weight_by_error_structure
from eisfit.fitting.problem import Weighting, make_problem, refuse_structure, weight_by_sigma
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.statistics import degrees_of_freedom, estimates


def fit(
    spectrum: Spectrum,
    model: str | Model,
    *,
    start: Mapping[str, float] | ArrayLike | None = None,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
    sigma: ArrayLike | None = None,
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
    weighting : {"modulus", "unit", "proportional", "structure"}
        1/abs(Z); one weight for all points; 1/abs of each part for that part; from an error
        structure fitted to the residuals.
    quantity : {"impedance", "admittance"}
        Of what the residuals are taken, and the weights.
    sigma : array-like, shape (k,), optional
        Standard deviation of every point, in Ω or S, instead of a weighting; complex where real and
        imaginary part differ. Errors are scaled by √(reduced χ²), so that its size does not matter.

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
    problem = make_problem([spectrum], model, weighting=weighting, quantity=quantity)
    if sigma is not None:
        refuse_structure(weighting)
        problem = weight_by_sigma(problem, spectrum, sigma)
    return _fit_problem(problem, [spectrum], model, [start], fixed)[0]


def fit_spectra(
    spectra: Sequence[Spectrum],
    model: Model,
    *,
    starts: Sequence[Mapping[str, float] | ArrayLike | None] | None = None,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
) -> list[FitResult]:
    """Fit one circuit to every spectrum by itself; see `fit`."""
    problem = make_problem(spectra, model, weighting=weighting, quantity=quantity)
    return _fit_problem(problem, spectra, model, starts or [None] * len(spectra), fixed)


def _fit_problem(
    problem: Problem,
    spectra: Sequence[Spectrum],
    model: Model,
    starts: Sequence[Mapping[str, float] | ArrayLike | None],
    fixed: Mapping[str, float] | None,
) -> list[FitResult]:
    given = [None if s is None else start_vector(model, s) for s in starts]
    minimum = find_minima(problem, model, given, fixed or {}, [s.geometry for s in spectra])
    if problem.weighting == "structure":
        minimum = weight_by_error_structure(minimum)
    return results(minimum, spectra, model)


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


def results(minimum: Minimum, spectra: Sequence[Spectrum], model: Model) -> list[FitResult]:
    """Return a result for every spectrum, errors from the curvature of each."""
    out, movable = [], minimum.movable
    for i, spectrum in enumerate(spectra):
        result = make_result(minimum, i, spectrum, model, minimum.covariance(i, movable[i]))
        # later profiles and bootstraps of the fit have the same weights
        out.append(replace(result, problem=minimum.problem[[i]]))
    return out


def make_result(
    minimum: Minimum, i: int, spectrum: Spectrum, model: Model, covariance: FloatArray
) -> FitResult:
    """Return the result of spectrum `i` with a given covariance of x, shape (p, p)."""
    problem, solution = minimum.problem, minimum.solution
    dof = int(degrees_of_freedom(problem)[i])
    slope = problem.coordinates.slope(problem.coordinates.values(solution.x[i]))
    result = FitResult(
        spectrum=spectrum,
        model=model,
        estimates=estimates(model, problem[[i]], solution.x[i], covariance, dof),
        covariance=covariance * np.outer(slope, slope),
        # the engine's weights hold the noise: χ² is stated with the plain ones
        chi_square=float(solution.chi_square[i] * problem.noise[i] ** 2),
        degrees_of_freedom=dof,
        weighting=problem.weighting,
        converged=bool(solution.converged[i]),
        error_inflation=float(minimum.error_inflation[i]),
    )
    return replace(result, findings=tuple(_findings(result)))


def _findings(result: FitResult) -> list[Finding]:
    every = result.estimates.values()
    bound = ", ".join(e.name for e in every if e.at_bound and e.unit != "1")
    vague = ", ".join(e.name for e in every if not (e.determined or e.at_bound or e.fixed))
    label, out = result.spectrum.label, []
    if not result.converged:
        text = f"{label}: the fit did not converge; its values are those of the last step"
        out.append(Finding("not_converged", "warning", text, affects_result=True))
    if result.is_poor:
        text = (
            f"{label}: the fit differs from the data by {result.misfit_percent:.2g} % on "
            "average; look at the residuals and try another circuit"
        )
        out.append(Finding("poor_fit", "warning", text, affects_result=True))
    if not result.has_random_residuals:
        text = (
            f"{label}: the residuals are not random: the circuit does not describe the data "
            f"fully; all errors were multiplied by {result.error_inflation:.2g}"
        )
        out.append(Finding("systematic_residuals", "info", text))
    if bound:
        text = (
            f"{label}: at a bound of the allowed range: {bound}; the data may not need this "
            "parameter"
        )
        out.append(Finding("at_bound", "info", text))
    if vague:
        text = f"{label}: the data do not determine {vague}"
        out.append(Finding("undetermined", "info", text))
    return out
