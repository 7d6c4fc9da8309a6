"""Many spectra at one set of frequencies: arrays in, arrays out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.base.errors import FitError, SpectrumError
from eisfit.circuit.models import Model, load_model
from eisfit.circuit.tape import evaluate
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import start_vector
from eisfit.fitting.least_squares import Quantity
from eisfit.fitting.minimum import Minimum, find_minima, weight_by_error_structure
from eisfit.fitting.problem import Weighting, make_problem_from_arrays, points_problem
from eisfit.fitting.result import misfit_percent
from eisfit.fitting.uncertainty.statistics import (
    degrees_of_freedom,
    error_limits,
    is_determined,
    variances,
)

_CHUNK = 2048  # spectra fitted at once: enough to spread the overhead, few enough for all cores


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FitTable:
    """The fits of m spectra.

    Parameters
    ----------
    names : tuple of str
        The p parameters in the circuit's order.
    values, stderr : ndarray, shape (m, p)
        SI units; nan where a spectrum could not be fitted, and for errors that there are none of.
    determined : ndarray of bool, shape (m, p)
        Which parameters the data determine; as in `Estimate`.
    reduced_chi_square : ndarray, shape (m,)
    misfit_percent : ndarray, shape (m,)
        As in `FitResult`: standard deviation of the residuals in % of abs(Z), whatever the weights.
    converged : ndarray of bool, shape (m,)
        False for failed spectra too.
    failures : mapping of int to str
        By row: why a spectrum could not be fitted.
    """

    names: tuple[str, ...]
    values: FloatArray
    stderr: FloatArray
    determined: BoolArray
    reduced_chi_square: FloatArray
    misfit_percent: FloatArray
    converged: BoolArray
    failures: Mapping[int, str]

    @classmethod
    def empty(cls, model: Model, m: int) -> FitTable:
        """Return a table of `m` spectra that are not fitted yet."""
        p = len(model.names)
        return cls(
            names=model.names,
            values=np.full((m, p), np.nan),
            stderr=np.full((m, p), np.nan),
            determined=np.zeros((m, p), dtype=bool),
            reduced_chi_square=np.full(m, np.nan),
            misfit_percent=np.full(m, np.nan),
            converged=np.zeros(m, dtype=bool),
            failures={},
        )

    def enter(self, rows: IndexArray, part: FitTable) -> None:
        """Enter the fits of some rows; their failures are left to the caller."""
        for name in ("values", "stderr", "determined", "reduced_chi_square", "misfit_percent",
                     "converged"):  # fmt: skip
            getattr(self, name)[rows] = getattr(part, name)

    def __getitem__(self, name: str) -> FloatArray:
        """Return the values of one parameter, shape (m,)."""
        column: FloatArray = self.values[:, self.names.index(name)]
        return column

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        done = int(self.converged.sum())
        return f"<FitTable: {len(self)} spectra, {done} converged, {', '.join(self.names)}>"


def fit_many(
    frequency: ArrayLike,
    impedance: ArrayLike,
    model: str | Model,
    *,
    start: Mapping[str, float] | ArrayLike | None = None,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
    quantity: Quantity = "impedance",
    threads: int | None = None,
) -> FitTable:
    """Fit one circuit to many spectra measured at the same frequencies.

    Parameters
    ----------
    frequency : array-like, shape (k,)
        Hz.
    impedance : array-like of complex, shape (m, k)
        Ω. A spectrum with a value that is not finite fails, and the others are fitted.
    model : str or Model
        A model's name or a circuit.
    start : mapping, array-like of shape (p,) or (m, p), optional
        Start values; from the data where left out.
    fixed : mapping of str to float, optional
        Parameters to hold, in all spectra.
    weighting : {"modulus", "unit", "proportional", "structure"}
        As in `fit`.
    quantity : {"impedance", "admittance"}
        As in `fit`.
    threads : int, optional
        All cores where left out. The numbers are the same for any.

    Returns
    -------
    FitTable

    Raises
    ------
    FitError
        Where the shapes of `frequency`, `impedance` or `start` do not agree.
    ModelError
        Where the model makes no sense.

    Examples
    --------
    >>> f = np.logspace(5, 0, 30)
    >>> Z = np.array([R / (1 + 2j * np.pi * f * R * 1e-6) + 5 for R in (50.0, 80.0)])
    >>> fit_many(f, Z, "R0-p(R1,C1)")["R1"].round(3)
    array([50., 80.])
    """
    model = load_model(model)
    f = np.asarray(frequency, dtype=np.float64)
    Z = np.asarray(impedance, dtype=np.complex128)
    if f.ndim != 1 or Z.ndim != 2 or Z.shape[1] != len(f):
        raise FitError(
            f"impedance must have the shape (m, k) for k frequencies, not {Z.shape} for {f.shape}"
        )
    if threads is not None and threads < 1:
        raise FitError(f"threads must be 1 or more (got {threads})")
    m, p = len(Z), len(model.names)
    starts = _starts(start, m, model)
    order = np.argsort(-f, kind="stable")
    failures = _failures(f, Z, p)
    good = np.array([i for i in range(m) if i not in failures], dtype=np.intp)
    table = replace(FitTable.empty(model, m), failures=failures)
    omega = 2 * np.pi * f[order]

    def fit_chunk(first: int) -> None:
        rows = good[first : first + _CHUNK]
        part = Z[np.ix_(rows, order)]
        problem = make_problem_from_arrays(
            np.broadcast_to(omega, part.shape), part, np.full(len(rows), len(f)), model,
            weighting=weighting, quantity=quantity,
        )  # fmt: skip
        given = (
            [None] * len(rows) if starts is None else list(np.broadcast_to(starts, (m, p))[rows])
        )
        minimum = find_minima(problem, model, given, fixed or {}, [None] * len(rows))
        if weighting == "structure":
            minimum = weight_by_error_structure(minimum)
        _enter(table, rows, minimum, model)

    # chunks are the same for any number of threads, and so are the numbers
    parts = range(0, len(good), _CHUNK)
    count = min(threads or available_cores(), len(parts))
    if count <= 1:
        for first in parts:
            fit_chunk(first)
    else:
        with ThreadPoolExecutor(count) as pool:
            for _ in pool.map(fit_chunk, parts):
                pass
    return table


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _failures(f: FloatArray, Z: ComplexArray, p: int) -> dict[int, str]:
    """Return by row why a spectrum cannot be fitted."""
    bad = ~(np.isfinite(Z) & (Z != 0)).all(axis=1)
    fine = bool(np.all(np.isfinite(f)) and np.all(f > 0) and 2 * len(f) > p)
    out: dict[int, str] = {}
    for i in np.flatnonzero(bad) if fine else range(len(Z)):
        try:
            spectrum = Spectrum(f, Z[i])
            text = points_problem(len(spectrum.kept[0]), p)
            out[int(i)] = text or "a value of 0 Ω cannot be fitted"
        except SpectrumError as error:
            out[int(i)] = str(error)
    return out


def _starts(
    start: Mapping[str, float] | ArrayLike | None, m: int, model: Model
) -> FloatArray | None:
    """Return the given starts, shape (p,) or (m, p)."""
    if start is None:
        return None
    if isinstance(start, Mapping):
        return start_vector(model, start)
    values = np.asarray(start, dtype=np.float64)
    p = len(model.names)
    if values.shape not in {(p,), (m, p)}:
        raise FitError(f"start must be of shape ({p},) or ({m}, {p}), not {values.shape}")
    return values


def _enter(table: FitTable, rows: IndexArray, minimum: Minimum, model: Model) -> None:
    """Write the fits of some spectra into the table."""
    problem, solution = minimum.problem, minimum.solution
    x, coordinates = solution.x, problem.coordinates
    values = coordinates.values(x)
    curvature = solution.curvature
    i = np.arange(x.shape[1])
    curvature[:, i, i] += problem.prior_precision
    deviation = np.sqrt(variances(curvature, minimum.movable))
    stderr = np.where(deviation > 0, np.abs(coordinates.slope(values)) * deviation, np.nan)
    # the engine's weights hold the noise: χ² is stated with the plain ones
    chi_square = solution.chi_square * problem.noise**2
    dof = degrees_of_freedom(problem)
    if problem.weighting == "modulus" and problem.quantity == "impedance":
        misfit = 100 * np.sqrt(chi_square / dof)
    else:
        Z = problem.impedance
        relative = (Z - evaluate(problem.tape, problem.omega, values)) / np.abs(Z)
        misfit = misfit_percent(relative, dof)
    table.values[rows], table.stderr[rows] = values, stderr
    table.determined[rows] = is_determined(deviation, error_limits(model), problem.prior_precision)
    table.reduced_chi_square[rows], table.misfit_percent[rows] = chi_square / dof, misfit
    table.converged[rows] = solution.converged
