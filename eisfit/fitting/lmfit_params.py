"""Fits with edited `lmfit.Parameters`: values, bounds, held ones and ties by expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import FitError, did_you_mean
from eisfit.circuit.models import Model, load_model
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.fit import make_result, results
from eisfit.fitting.least_squares import Problem, Quantity, residuals_and_jacobian
from eisfit.fitting.minimum import inflate_errors, refine, rescale
from eisfit.fitting.problem import Weighting, hold_parameters, make_problem, refuse_structure
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.statistics import inverse, noise_factor

_POLISHING = 10
_STEP = 1e-6  # in x, for the derivatives of ties


def fit_params(
    spectrum: Spectrum,
    model: str | Model,
    params: Any,
    *,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
) -> FitResult:
    """Fit one circuit to one spectrum as edited `lmfit.Parameters` say.

    Parameters
    ----------
    spectrum : Spectrum
    model : str or Model
    params : lmfit.Parameters
        One for each of the model's parameters, such as ``result.params`` of a fit before: its value
        is the start, ``vary=False`` holds it, ``min`` and ``max`` bound it, ``expr`` ties it to
        others. More may be there for use in ties.
    weighting : {"modulus", "unit", "proportional"}
    quantity : {"impedance", "admittance"}

    Raises
    ------
    FitError
        Where one of the model's is missing, or a start lies outside its bounds.

    Examples
    --------
    >>> from eisfit.fitting.fit import fit
    >>> omega = 2 * np.pi * np.logspace(6, 0, 40)
    >>> Z = 10 + 1 / (1 / 100 + 1e-6 * (1j * omega) ** 0.9)
    >>> spectrum = Spectrum(omega / 2 / np.pi, Z)
    >>> params = fit(spectrum, "R0-p(R1,CPE1)").params
    >>> params["R0"].expr = "R1 / 10"
    >>> round(fit_params(spectrum, "R0-p(R1,CPE1)", params).estimates["R0"].value, 3)
    10.0
    """
    refuse_structure(weighting)
    model = load_model(model)
    missing = [name for name in model.names if name not in params]
    if missing:
        near = did_you_mean(missing[0], list(params))
        raise FitError(f"params: {', '.join(missing)} missing{near}")
    bounded = _bound_model(model, params)
    problem = make_problem([spectrum], bounded, weighting=weighting, quantity=quantity)
    values = np.array([[float(params[name].value) for name in model.names]])
    tied = {name: params[name] for name in model.names if params[name].expr}
    fixed = {n: float(params[n].value) for n in model.names if not (params[n].vary or n in tied)}
    if not tied:
        problem, x = hold_parameters(problem, bounded, fixed, problem.coordinates.x(values))
        return results(refine(problem, x), [spectrum], bounded)[0]
    return _fit_tied(problem, spectrum, bounded, params)


def _bound_model(model: Model, params: Any) -> Model:
    """Return the model with its bounds narrowed to those of `params`."""
    out = []
    for parameter in model.parameters:
        edited = params[parameter.name]
        low, high = max(edited.min, parameter.bounds[0]), min(edited.max, parameter.bounds[1])
        if not edited.expr and not low <= edited.value <= high:
            raise FitError(
                f"params: {parameter.name} = {edited.value:g} {parameter.unit} lies outside "
                f"{low:g} to {high:g}"
            )
        out.append(replace(parameter, bounds=(low, high)))
    return replace(model, parameters=tuple(out))


def _fit_tied(problem: Problem, spectrum: Spectrum, model: Model, params: Any) -> FitResult:
    """Return the fit by lmfit's least squares, which evaluates the ties."""
    from lmfit import minimize  # an import of 0.3 s that few need

    names = model.names

    def x_of(trial: Any) -> FloatArray:
        return problem.coordinates.x(np.array([[float(trial[n].value) for n in names]]))

    def residual(trial: Any) -> FloatArray:
        r, _ = residuals_and_jacobian(problem, x_of(trial))
        pull = np.sqrt(problem.prior_precision[0]) * (x_of(trial)[0] - problem.prior_mean[0])
        return np.concatenate([r[0], pull])

    def slopes_of(trial: Any) -> FloatArray:
        _, J = residuals_and_jacobian(problem, x_of(trial))
        rows = np.concatenate([-J[0], np.diag(np.sqrt(problem.prior_precision[0]))])
        out: FloatArray = rows @ _tie_slopes(trial, x_of)
        return out

    done = minimize(residual, params, Dfun=slopes_of, ftol=1e-10, xtol=1e-10)
    best = _polish(done.params, residual, slopes_of)
    x = x_of(best)
    at_end = solve_each(problem, x, max_iterations=0)
    # the degrees of freedom depend on the number of varied parameters alone
    count = sum(bool(p.vary and not p.expr) for p in params.values())
    problem = replace(problem, free=(np.arange(len(names)) < count)[None, :])
    minimum = inflate_errors(*rescale(problem, at_end, noise_factor(problem, at_end)))
    slopes = _tie_slopes(best, x_of)
    H = slopes.T @ minimum.solution.curvature[0] @ slopes
    V = slopes @ inverse(H, np.ones(len(H), dtype=bool)) @ slopes.T
    moving = np.array([bool(params[n].vary or params[n].expr) for n in names])
    free = replace(minimum.problem, free=moving[None, :])
    converged = np.array([bool(done.success)])
    solution = replace(minimum.solution, converged=converged)
    minimum = replace(minimum, problem=free, solution=solution)
    return make_result(minimum, 0, spectrum, model, V)


def _polish(params: Any, residual: Any, slopes_of: Any) -> Any:
    """Return `params` after steps of Gauss and Newton: lmfit's fit stops at a relative 1e-5."""
    cost = float(np.sum(residual(params) ** 2))
    for _ in range(_POLISHING):
        J, r = slopes_of(params), residual(params)
        size = np.sqrt(np.sum(J**2, axis=0))
        size[size == 0] = 1.0
        step = -np.linalg.lstsq(J / size, r, rcond=1e-10)[0] / size
        trial = params.copy()
        varied = [p for p in trial.values() if p.vary and not p.expr]
        for parameter, change in zip(varied, step, strict=True):
            parameter.value = parameter.value + float(change)  # lmfit keeps it within its bounds
        trial.update_constraints()
        new = float(np.sum(residual(trial) ** 2))
        if not new < cost:
            break
        params, cost = trial, new
    return params


def _tie_slopes(params: Any, x_of: Any) -> FloatArray:
    """Return dx/d(varied parameter), shape (p, v), by central differences."""
    params = params.copy()
    varied: Mapping[str, float] = {n: p.value for n, p in params.items() if p.vary and not p.expr}
    columns = []
    for name, value in varied.items():
        step = _STEP * max(abs(value), 1e-30)
        ends = []
        for sign in (1, -1):
            params[name].value = value + sign * step
            params.update_constraints()
            ends.append(x_of(params)[0])
        params[name].value = value
        params.update_constraints()
        columns.append((ends[0] - ends[1]) / (2 * step))
    return np.stack(columns, axis=1)
