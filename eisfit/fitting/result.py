"""What a fit found: values with errors, what the data do not determine, residuals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from eisfit.arrays import ComplexArray, FloatArray
from eisfit.circuit.tape import evaluate
from eisfit.findings import Finding
from eisfit.models import Model
from eisfit.spectrum import Spectrum


@dataclass(frozen=True, slots=True)
class Estimate:
    """One fitted parameter.

    Parameters
    ----------
    name, unit : str
        As in the circuit, SI units.
    value : float
        The fitted (or fixed) value.
    stderr : float, optional
        Standard error of the value; None where the parameter was fixed, stands at a bound, or is
        not determined by the data.
    ci95 : tuple of float, optional
        95 % interval; for a parameter that is fitted as its logarithm it is not symmetric.
    at_bound, fixed, determined : bool
        Whether it stands at a bound, was held, is told by the data.
    """

    name: str
    value: float
    unit: str
    stderr: float | None = None
    ci95: tuple[float, float] | None = None
    at_bound: bool = False
    fixed: bool = False
    determined: bool = True

    @property
    def ufloat(self) -> UFloat:
        """Value with its standard error (nan where it has none), for arithmetic."""
        return ufloat(self.value, self.stderr if self.stderr is not None else float("nan"))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FitResult:
    """One spectrum and the circuit fitted to it.

    Parameters
    ----------
    spectrum : Spectrum
        The data; points left out took no part.
    model : Model
        The circuit with its meanings.
    estimates : mapping of str to Estimate
        By parameter name, in their order in the circuit.
    covariance : ndarray, shape (p, p)
        Of the values, SI units; rows of fixed parameters are 0.
    chi_square : float
        Σ |Z - Z_fit|² w² over the points in use, real and imaginary parts counted singly; with
        modulus weights w = 1/abs(Z), a reduced value of 1e-4 means residuals of 1 % in each part.
    degrees_of_freedom : int
        2 k minus the number of free parameters.
    weighting : str
        ``"modulus"``, ``"unit"`` or ``"proportional"``.
    converged : bool
        Whether a minimum was reached.
    findings : tuple of Finding
        What the user should know.
    """

    spectrum: Spectrum
    model: Model
    estimates: Mapping[str, Estimate]
    covariance: FloatArray
    chi_square: float
    degrees_of_freedom: int
    weighting: str = "modulus"
    converged: bool = True
    findings: tuple[Finding, ...] = ()

    @property
    def values(self) -> FloatArray:
        """Values in the circuit's order, shape (p,)."""
        return np.array([e.value for e in self.estimates.values()])

    @property
    def reduced_chi_square(self) -> float:
        """Chi-square over degrees of freedom: the squared relative noise under modulus weights."""
        return self.chi_square / max(self.degrees_of_freedom, 1)

    def impedance(self, frequency: FloatArray) -> ComplexArray:
        """Return the fitted impedance in Ω at `frequency` in Hz, shape (k,)."""
        return evaluate(self.model.tape, 2 * np.pi * np.asarray(frequency), self.values)

    @property
    def residuals(self) -> tuple[FloatArray, ComplexArray]:
        """Frequency and (Z - Z_fit)/|Z| of the points in use, by falling frequency."""
        frequency, impedance = self.spectrum.kept
        return frequency, (impedance - self.impedance(frequency)) / np.abs(impedance)

    @property
    def params(self) -> Any:
        """The same estimates as `lmfit.Parameters`."""
        from lmfit import Parameters  # an import of 0.3 s that few need

        params = Parameters()
        for i, e in enumerate(self.estimates.values()):
            low, high = self.model.parameters[i].bounds
            params.add(e.name, value=e.value, vary=not e.fixed, min=low, max=high)
            params[e.name].stderr = e.stderr
        return params

    def _rows(self) -> list[tuple[str, str]]:
        return [(name, describe(estimate)) for name, estimate in self.estimates.items()]

    def __repr__(self) -> str:
        state = "" if self.converged else "  NOT CONVERGED"
        head = f"{self.model.title}: χ²ᵣ = {self.reduced_chi_square:.3g}{state}"
        width = max(len(name) for name in self.estimates)
        return "\n".join([head, *(f"  {name:<{width}}  {text}" for name, text in self._rows())])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(n)}</td><td>{escape(t)}</td></tr>" for n, t in self._rows()
        )
        title = escape(self.model.title)
        return f"<p><b>{title}</b>, χ²ᵣ = {self.reduced_chi_square:.3g}</p><table>{rows}</table>"


def describe(estimate: Estimate) -> str:
    """Return value and error rounded together, with the unit and what is odd about it.

    Examples
    --------
    >>> describe(Estimate("R_bulk", 19951.7, "ohm", stderr=12.8))
    '19952 ± 13 ohm'
    >>> describe(Estimate("L_lead", 1e-12, "H", determined=False, ci95=(0.0, 2e-9)))
    'not determined (0 to 2e-09 H fit as well)'
    """
    unit = "" if estimate.unit == "1" else f" {estimate.unit}"
    if estimate.fixed:
        return f"{estimate.value:.6g}{unit} (fixed)"
    if not estimate.determined and estimate.ci95 is not None:
        low, high = estimate.ci95
        return f"not determined ({low:.3g} to {high:.3g}{unit} fit as well)"
    text = with_error(estimate.value, estimate.stderr) + unit
    return text + "  at its bound" if estimate.at_bound else text


def with_error(value: float, stderr: float | None) -> str:
    """Return ``value ± error`` with the error to two digits.

    Examples
    --------
    >>> with_error(1.2346e-9, 2.2e-11)
    '(1.235 ± 0.022)e-09'
    >>> with_error(5.0, None)
    '5'
    """
    if stderr is None or not np.isfinite(stderr) or stderr <= 0:
        return f"{value:.5g}"
    return f"{ufloat(value, stderr):.2u}".replace("+/-", " ± ")
