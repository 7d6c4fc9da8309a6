"""From spectra and a model to the arrays the engine works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from eisfit.arrays import FloatArray
from eisfit.errors import FitError
from eisfit.fitting.engine import Coordinates, Problem
from eisfit.models import Model
from eisfit.spectrum import Spectrum

Weighting: TypeAlias = Literal["modulus", "unit"]

USUAL_NOISE = 0.01
"""Relative noise assumed until the data have told theirs: it only sets the weight of priors."""


_LONGEST_LOG = 0.5
_LONGEST_EXPONENT = 0.1
_LONGEST_LINEAR = 3.0  # leads, in units of their usual uncertainty: Z is linear in them


def coordinates_of(model: Model) -> Coordinates:
    """Return how the parameters of `model` are seen by a fit."""
    log = np.array([p.scale == "log" for p in model.parameters])
    size = np.array([_size(p.unit, p.start, p.prior) for p in model.parameters])
    bounds = np.array([p.bounds for p in model.parameters])
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(log[:, None], np.log(np.maximum(bounds, 1e-300)), bounds / size[:, None])
    exponent = np.array([p.unit == "1" for p in model.parameters])
    longest = np.where(log, _LONGEST_LOG, np.where(exponent, _LONGEST_EXPONENT, _LONGEST_LINEAR))
    return Coordinates(log, size, x[:, 0], x[:, 1], longest)


def _size(unit: str, start: float | None, prior: tuple[float, float] | None) -> float:
    """Return the unit in which a linear parameter is counted."""
    if unit == "1":
        return 1.0
    return prior[1] if prior is not None else abs(start or 1.0)


def problem_of(
    spectra: Sequence[Spectrum], model: Model, weighting: Weighting = "modulus"
) -> Problem:
    """Return the engine's arrays: everything free, the model's priors on its leads only.

    Raises
    ------
    FitError
        Where a spectrum has too few points for the circuit.
    """
    if weighting not in get_args(Weighting):
        known = " or ".join(repr(w) for w in get_args(Weighting))
        raise FitError(f"weighting must be {known} (got {weighting!r})")
    kept = [s.kept for s in spectra]
    p = len(model.parameters)
    for spectrum, (frequency, _) in zip(spectra, kept, strict=True):
        if 2 * len(frequency) <= p:
            raise FitError(
                f"{spectrum.label}: {len(frequency)} points are too few for {p} parameters; "
                "use a simpler circuit"
            )
    k = max(len(f) for f, _ in kept)
    omega = np.ones((len(kept), k))
    impedance = np.ones((len(kept), k), dtype=np.complex128)
    weight = np.zeros((len(kept), k))
    for i, (frequency, Z) in enumerate(kept):
        n = len(frequency)
        omega[i, :n] = 2 * np.pi * frequency
        impedance[i, :n] = Z
        size = np.abs(Z)
        usual = size if weighting == "modulus" else np.full(n, np.median(size))
        weight[i, :n] = 1 / (usual * USUAL_NOISE)
    coordinates = coordinates_of(model)
    mean, precision = _lead_priors(model, coordinates, len(kept))
    free = np.ones((len(kept), p), dtype=bool)
    return Problem(model.tape, coordinates, omega, impedance, weight, free, mean, precision)


def _lead_priors(model: Model, coordinates: Coordinates, m: int) -> tuple[FloatArray, FloatArray]:
    mean = np.zeros((m, len(model.parameters)))
    precision = np.zeros_like(mean)
    for i, parameter in enumerate(model.parameters):
        if parameter.shared and parameter.prior is not None:
            size = coordinates.size[i]
            mean[:, i] = parameter.prior[0] / size
            precision[:, i] = (size / parameter.prior[1]) ** 2
    return mean, precision


def hold(
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
