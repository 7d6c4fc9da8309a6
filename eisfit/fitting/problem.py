"""From spectra and a model to the arrays the engine works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import ComplexArray, FloatArray, IndexArray
from eisfit.base.errors import FitError
from eisfit.circuit.models import Model
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.least_squares import Coordinates, Problem, Quantity

Weighting: TypeAlias = Literal["modulus", "unit", "proportional", "structure"]
"""1/|Z|; one weight for all points; 1/|Z'| and 1/|Z''|, each part separately; from residuals."""

USUAL_NOISE = 0.01
"""Relative noise assumed until it is estimated: it only sets the weight of priors."""


_LEAST_PART = 0.01  # of |Z|: no part is weighted as if it were smaller
_LONGEST_LOG = 0.5
_LONGEST_EXPONENT = 0.1
_LONGEST_LINEAR = 3.0  # leads, in units of their usual uncertainty: Z is linear in them


def make_coordinates(model: Model) -> Coordinates:
    """Return the coordinates in which a fit varies the parameters of `model`."""
    log = np.array([p.scale == "log" for p in model.parameters])
    size = np.array([_size(p.unit, p.start, p.prior) for p in model.parameters])
    bounds = np.array([p.bounds for p in model.parameters])
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(log[:, None], np.log(np.maximum(bounds, 1e-300)), bounds / size[:, None])
    exponent = np.array([p.unit == "1" and p.scale == "linear" for p in model.parameters])
    longest = np.select([log, exponent], [_LONGEST_LOG, _LONGEST_EXPONENT], _LONGEST_LINEAR)
    return Coordinates(log, size, x[:, 0], x[:, 1], longest)


def _size(unit: str, start: float | None, prior: tuple[float, float] | None) -> float:
    """Return the unit in which a linear parameter is counted."""
    if unit == "1":
        return 1.0
    return prior[1] if prior is not None else abs(start or 1.0)


def make_problem(
    spectra: Sequence[Spectrum],
    model: Model,
    *,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
) -> Problem:
    """Return the engine's arrays: everything free, the model's priors on its leads only.

    Raises
    ------
    FitError
        Where a spectrum has too few points for the circuit.
    """
    kept = [s.kept for s in spectra]
    p = len(model.parameters)
    for spectrum, (frequency, _) in zip(spectra, kept, strict=True):
        if text := points_problem(len(frequency), p):
            raise FitError(f"{spectrum.label}: {text}")
    k = max(len(f) for f, _ in kept)
    omega = np.ones((len(kept), k))
    impedance = np.ones((len(kept), k), dtype=np.complex128)
    used = np.array([len(f) for f, _ in kept])
    for i, (frequency, Z) in enumerate(kept):
        omega[i, : len(Z)] = 2 * np.pi * frequency
        impedance[i, : len(Z)] = Z
    return make_problem_from_arrays(
        omega, impedance, used, model, weighting=weighting, quantity=quantity
    )


def refuse_structure(weighting: Weighting) -> None:
    """Refuse weights from residuals where they are not available."""
    if weighting == "structure":
        raise FitError(
            "weighting 'structure' is for eisfit.fit and fit_many without sigma; use 'modulus', "
            "'unit' or 'proportional' here"
        )


def points_problem(count: int, p: int) -> str:
    """Return why a spectrum of so many points cannot be fitted by p parameters, or ""."""
    if count == 0:
        return "no point is left to fit; all points are left out"
    if 2 * count <= p:
        return f"{count} points are too few for {p} parameters; use a simpler circuit"
    return ""


def make_problem_from_arrays(
    omega: FloatArray,
    impedance: ComplexArray,
    used: IndexArray,
    model: Model,
    *,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
) -> Problem:
    """Return the engine's arrays for spectra as arrays.

    Parameters
    ----------
    omega : ndarray, shape (m, k)
        rad/s, falling.
    impedance : ndarray of complex, shape (m, k)
        Ω.
    used : ndarray of int, shape (m,)
        How many of the k points each spectrum has.
    """
    options = (("weighting", weighting, Weighting), ("quantity", quantity, Quantity))
    for name, value, kinds in options:
        if value not in (known := get_args(kinds)):
            raise FitError(f"{name} must be {' or '.join(map(repr, known))} (got {value!r})")
    measured = impedance if quantity == "impedance" else 1 / impedance
    weight = np.repeat(_plain_weights(measured, weighting, used)[:, None], 2, axis=1)
    if weighting == "proportional":
        parts = np.stack([np.abs(measured.real), np.abs(measured.imag)], axis=1)
        # a part that passes through zero is not known without error
        weight = 1 / np.maximum(parts, _LEAST_PART / weight)
    weight = np.where((np.arange(omega.shape[1]) < used[:, None])[:, None], weight, 0.0)
    coordinates = make_coordinates(model)
    mean, precision = _lead_priors(model, coordinates, len(omega))
    free = np.ones((len(omega), len(model.parameters)), dtype=bool)
    return Problem(
        model.tape, coordinates, omega, measured, weight / USUAL_NOISE,
        np.full(len(omega), USUAL_NOISE), free, mean, precision, quantity, weighting,
    )  # fmt: skip


def _plain_weights(measured: ComplexArray, weighting: Weighting, used: IndexArray) -> FloatArray:
    """Return 1/|Z|, or one weight for all points of a spectrum, shape (m, k)."""
    size = np.abs(measured)
    if weighting == "unit":
        inside = np.arange(size.shape[1]) < used[:, None]
        middle = np.nanmedian(np.where(inside, size, np.nan), axis=1)
        size = np.broadcast_to(middle[:, None], size.shape)
    weight: FloatArray = 1 / size
    return weight


def weight_by_sigma(problem: Problem, spectrum: Spectrum, sigma: ArrayLike) -> Problem:
    """Return the problem of one spectrum with given standard deviations.

    Parameters
    ----------
    problem : Problem
    spectrum : Spectrum
    sigma : array-like, shape (k,)
        In the unit of what is fitted, for all points in the order of the spectrum; complex for
        different ones of real and imaginary part.

    Raises
    ------
    FitError
        Where there are not as many as points, or one in use is not positive.
    """
    given = np.asarray(sigma)
    if given.shape != spectrum.frequency.shape:
        raise FitError(
            f"{spectrum.label}: sigma must hold one value for each of {len(spectrum)} points, "
            f"not an array of shape {given.shape}"
        )
    use = ~spectrum.mask
    order = np.argsort(-spectrum.frequency[use], kind="stable")
    kept = given[use][order]
    parts = np.stack([kept.real, kept.imag if np.iscomplexobj(kept) else kept]).astype(np.float64)
    if not np.all(np.isfinite(parts) & (parts > 0)):
        raise FitError(f"{spectrum.label}: every sigma must be a positive number")
    weight = np.zeros_like(problem.weight)
    weight[0, :, : parts.shape[1]] = 1 / parts
    return replace(problem, weight=weight, noise=np.ones(1), weighting="sigma")


def _lead_priors(model: Model, coordinates: Coordinates, m: int) -> tuple[FloatArray, FloatArray]:
    mean = np.zeros((m, len(model.parameters)))
    precision = np.zeros_like(mean)
    for i, parameter in enumerate(model.parameters):
        if parameter.shared and parameter.prior is not None:
            size = coordinates.size[i]
            mean[:, i] = parameter.prior[0] / size
            precision[:, i] = (size / parameter.prior[1]) ** 2
    return mean, precision


def hold_parameters(
    problem: Problem, model: Model, fixed: Mapping[str, float], x: FloatArray
) -> tuple[Problem, FloatArray]:
    """Return the problem with parameters held at given values, and x with them set.

    Raises
    ------
    FitError
        Where a value lies outside the model's bounds.
    """
    values, free = problem.coordinates.values(x), problem.free.copy()
    for name, value in fixed.items():
        i = model.index(name)
        low, high = model.parameters[i].bounds
        if not low <= value <= high:
            raise FitError(
                f"{name} cannot be held at {value:g} {model.parameters[i].unit}: the model "
                f"{model.name} allows {low:g} to {high:g}"
            )
        free[..., i] = False
        values[..., i] = value
    return replace(problem, free=free), problem.coordinates.x(values)
