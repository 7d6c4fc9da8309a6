"""The least-squares problem of a fit: coordinates, weighted residuals and their derivatives.

A fit varies coordinates x: the logarithm of quantities with units, linear parameters over their
size. Residuals are w (Z - Z_fit), real and imaginary part (or of the admittance); a prior adds
((x - mean)/sd)².
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.circuit.tape import Tape, evaluate, evaluate_with_jacobian

Quantity: TypeAlias = Literal["impedance", "admittance"]


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """How a model's p parameters become the coordinates of a fit.

    Parameters
    ----------
    log : ndarray of bool, shape (p,)
        Fitted as ln(value).
    size : ndarray, shape (p,)
        Unit of the linear ones.
    lower, upper : ndarray, shape (p,)
        Bounds of x.
    longest_step : ndarray, shape (p,)
        Longest step in x. Short ones keep arcs from running past each other: of starts that are off
        by half a decade, 99 % reach the best minimum at 0.5 in ln and 0.1 in an exponent, 88 %
        at 3.
    """

    log: BoolArray
    size: FloatArray
    lower: FloatArray
    upper: FloatArray
    longest_step: FloatArray

    def __getitem__(self, order: list[int]) -> Coordinates:
        """Return some of the coordinates, in another order."""
        return Coordinates(*(getattr(self, name)[order] for name in self.__slots__))

    def values(self, x: FloatArray) -> FloatArray:
        """Return parameter values, shape (..., p)."""
        return np.where(self.log, np.exp(np.where(self.log, x, 0.0)), x * self.size)

    def x(self, values: FloatArray) -> FloatArray:
        """Return coordinates within the bounds, shape (..., p)."""
        positive = np.where(self.log, np.maximum(values, 1e-300), 1.0)
        raw = np.where(self.log, np.log(positive), values / self.size)
        return np.clip(raw, self.lower, self.upper)

    def slope(self, values: FloatArray) -> FloatArray:
        """Return d(value)/dx, shape (..., p)."""
        return np.where(self.log, values, np.broadcast_to(self.size, np.shape(values)))


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """m spectra to be fitted with one circuit.

    Parameters
    ----------
    tape : Tape
    coordinates : Coordinates
    omega : ndarray, shape (m, k)
        rad/s; padded with 1 where a spectrum is shorter.
    measured : ndarray of complex, shape (m, k)
        Ω, or S where `quantity` is the admittance; padded with 1.
    weight : ndarray, shape (m, 2, k)
        1/σ of the real and of the imaginary part; 0 for padding.
    noise : ndarray, shape (m,)
        What the plain weights (1/|Z|, say) were divided by to give `weight`.
    free : ndarray of bool, shape (m, p)
        False holds a coordinate at its start.
    prior_mean, prior_precision : ndarray, shape (m, p)
        In x; precision (1/sd²) 0 for none.
    quantity : {"impedance", "admittance"}
        Of what the residuals are taken.
    weighting : str
        What the plain weights are, as in `fit`, or ``"sigma"``.
    """

    tape: Tape
    coordinates: Coordinates
    omega: FloatArray
    measured: ComplexArray
    weight: FloatArray
    noise: FloatArray
    free: BoolArray
    prior_mean: FloatArray
    prior_precision: FloatArray
    quantity: Quantity = "impedance"
    weighting: str = "modulus"

    @property
    def impedance(self) -> ComplexArray:
        """The measured impedance in Ω, shape (m, k)."""
        return self.measured if self.quantity == "impedance" else 1 / self.measured

    def __getitem__(self, rows: IndexArray | BoolArray | list[int]) -> Problem:
        """Return the problem of some spectra (with repeats where an index repeats)."""
        names = ("measured", "weight", "noise", "free", "prior_mean", "prior_precision")
        some = {name: getattr(self, name)[rows] for name in names}
        if self.omega.strides[0]:
            omega = self.omega[rows]
        else:  # the same for all spectra, and kept once
            omega = np.broadcast_to(self.omega[0], (len(some["noise"]), self.omega.shape[1]))
        return replace(self, omega=omega, **some)

    def scale_noise(self, factor: FloatArray) -> Problem:
        """Return the problem with the noise of each spectrum larger by `factor`, shape (m,)."""
        weight = self.weight / factor[:, None, None]
        return replace(self, weight=weight, noise=self.noise * factor)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where the fits ended.

    Parameters
    ----------
    x : ndarray, shape (m, p)
    chi_square : ndarray, shape (m,)
        Of the data alone, without the prior's part.
    cost : ndarray, shape (m,)
        With it.
    curvature : ndarray, shape (m, p, p)
        JᵀJ of the data in x.
    lag1_products : ndarray, shape (m,)
        Σ of products of weighted residuals at neighbouring frequencies: over χ², their correlation.
    converged : ndarray of bool, shape (m,)
    """

    x: FloatArray
    chi_square: FloatArray
    cost: FloatArray
    curvature: FloatArray
    lag1_products: FloatArray
    converged: BoolArray

    def with_rows(self, rows: IndexArray | BoolArray, new: Solution) -> Solution:
        """Return the solution with some rows from `new`."""
        pairs = [(getattr(self, name), getattr(new, name)) for name in self.__slots__]
        return Solution(*(with_rows(old, rows, replaced) for old, replaced in pairs))


def with_rows(values: Any, rows: IndexArray | BoolArray, new: Any) -> Any:
    """Return a copy of an array with some rows from another one."""
    out = values.copy()
    out[rows] = new
    return out


def evaluate_fit(problem: Problem, x: FloatArray) -> ComplexArray:
    """Return the circuit's impedance or admittance at `x`, shape (m, k)."""
    Z = evaluate(problem.tape, problem.omega, problem.coordinates.values(x))
    return Z if problem.quantity == "impedance" else 1 / Z


def weighted_residuals(problem: Problem, fit: ComplexArray) -> FloatArray:
    """Return weighted residuals, shape (m, 2, k): real part, imaginary part."""
    residual = problem.measured - fit
    return problem.weight * np.stack([residual.real, residual.imag], axis=-2)


def data_chi_square(problem: Problem, x: FloatArray) -> FloatArray:
    """Return Σ |w (Z - Z_fit)|² of each spectrum, shape (m,); inf where it overflows."""
    with np.errstate(all="ignore"):
        total = np.sum(weighted_residuals(problem, evaluate_fit(problem, x)) ** 2, axis=(-2, -1))
    return np.where(np.isfinite(total), total, np.inf)


def prior_cost(problem: Problem, x: FloatArray) -> FloatArray:
    """Return Σ ((x - mean)/sd)² of each spectrum, shape (m,)."""
    penalty: FloatArray = np.sum(problem.prior_precision * (x - problem.prior_mean) ** 2, axis=-1)
    return penalty


def residuals_and_jacobian(problem: Problem, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return weighted residuals, shape (m, 2 k), and their slopes in x, -dr/dx, (m, 2 k, p)."""
    values = problem.coordinates.values(x)
    with np.errstate(all="ignore"):
        Z, J = evaluate_with_jacobian(problem.tape, problem.omega, values)
        if problem.quantity == "admittance":
            Z = 1 / Z
            J = -(Z[..., None] ** 2) * J
        J = J * problem.coordinates.slope(values)[..., None, :]
        r = weighted_residuals(problem, Z).reshape(*Z.shape[:-1], -1)
    weight = problem.weight[..., None]
    rows: FloatArray = np.concatenate(
        [weight[..., 0, :, :] * J.real, weight[..., 1, :, :] * J.imag], axis=-2
    )
    rows[~np.isfinite(rows)] = 0.0
    return r, rows
