"""Many spectra at one set of frequencies: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from eisfit.arrays import BoolArray, FloatArray
from eisfit.errors import FitError, SpectrumError
from eisfit.fitting.fit import fit_spectra
from eisfit.fitting.problem import Weighting
from eisfit.fitting.result import FitResult
from eisfit.models import Model, load_model
from eisfit.spectrum import Spectrum

_CHUNK = 256  # spectra fitted at once: enough to spread the overhead, little enough for the cache


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FitTable:
    """The fits of m spectra.

    Parameters
    ----------
    names : tuple of str
        The p parameters in the circuit's order.
    values, stderr : ndarray, shape (m, p)
        SI units; nan where a spectrum could not be fitted, and for errors that there are none of.
    reduced_chi_square : ndarray, shape (m,)
    converged : ndarray of bool, shape (m,)
        False for failed spectra too.
    failures : mapping of int to str
        By row: why a spectrum could not be fitted.
    """

    names: tuple[str, ...]
    values: FloatArray
    stderr: FloatArray
    reduced_chi_square: FloatArray
    converged: BoolArray
    failures: Mapping[int, str]

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
    start: Mapping[str, float] | ArrayLike | None = None,
    weighting: Weighting = "modulus",
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
    weighting : {"modulus", "unit"}

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
            f"impedance must be (m, k) beside k frequencies, not {Z.shape} beside {f.shape}"
        )
    starts = _starts(start, len(Z), model)
    m, p = len(Z), len(model.names)
    table = FitTable(
        model.names,
        np.full((m, p), np.nan),
        np.full((m, p), np.nan),
        np.full(m, np.nan),
        np.zeros(m, dtype=bool),
        failures := {},
    )
    rows: list[int] = []
    spectra: list[Spectrum] = []
    for i in range(m):
        try:
            spectra.append(_checked(f, Z[i], p))
            rows.append(i)
        except (SpectrumError, FitError) as error:
            failures[i] = str(error)
    for first in range(0, len(rows), _CHUNK):
        part = slice(first, first + _CHUNK)
        found = fit_spectra(spectra[part], model, [starts[i] for i in rows[part]], None, weighting)
        for i, result in zip(rows[part], found, strict=True):
            _enter(table, i, result)
    return table


def _checked(f: FloatArray, Z: ArrayLike, p: int) -> Spectrum:
    spectrum = Spectrum(f, Z)  # type: ignore[arg-type]
    if 2 * len(spectrum) <= p:
        raise FitError(f"{len(spectrum)} points are too few for {p} parameters")
    return spectrum


def _starts(
    start: Mapping[str, float] | ArrayLike | None, m: int, model: Model
) -> list[Mapping[str, float] | ArrayLike | None]:
    """Return one start a spectrum."""
    if start is None or isinstance(start, Mapping):
        return [start] * m
    values = np.asarray(start, dtype=np.float64)
    p = len(model.names)
    if values.shape == (p,):
        return [values] * m
    if values.shape != (m, p):
        raise FitError(f"start must be of shape ({p},) or ({m}, {p}), not {values.shape}")
    return list(values)


def _enter(table: FitTable, i: int, result: FitResult) -> None:
    """Write one result into row `i`."""
    errors = [e.stderr for e in result.estimates.values()]
    table.values[i] = result.values
    table.stderr[i] = [np.nan if e is None else e for e in errors]
    table.reduced_chi_square[i] = result.reduced_chi_square
    table.converged[i] = result.converged
