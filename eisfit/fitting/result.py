"""Results of a fit: values with errors, what the data do not determine, residuals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.findings import Finding
from eisfit.base.values import plus_minus
from eisfit.circuit.models import Model
from eisfit.circuit.tape import evaluate
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.least_squares import Problem

POOR_FIT_PERCENT = 5.0
"""Misfit in % of |Z| above which a circuit does not describe a spectrum."""

_STRONG = 0.95  # correlations from here on are named where a result is printed
_NAMED = 4  # of them at most


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
        Whether it is at a bound, was held, is determined by the data.
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
        χ² = Σ [w' (Z' - Z'_fit)]² + [w" (Z" - Z"_fit)]² over the points in use. The weights are
        those of the weighting alone, whatever the noise: 1/abs(Z) for both parts (modulus), so that
        χ²/degrees of freedom = 1e-4 means residuals of 1 % in each part; 1/median abs(Z) (unit);
        1/abs(Z') and 1/abs(Z") (proportional). Where standard deviations were given or fitted, w
        is 1/σ. Priors take no part. For a fit of the admittance, read Y for Z.
    degrees_of_freedom : int
        2 k minus the number of free parameters.
    weighting : str
        ``"modulus"``, ``"unit"``, ``"proportional"`` ...
    converged : bool
        Whether a minimum was reached.
    findings : tuple of Finding
        Warnings and notes on the fit.
    error_inflation : float
        Factor by which errors were widened because residuals are not random; 1 where they are.
    problem : Problem, optional
        The one row that was fitted, with weights that match the noise: what profiles, bootstrap and
        sampling go on with. Rebuilt from `weighting` where left out.
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
    error_inflation: float = 1.0
    problem: Problem | None = None

    @property
    def values(self) -> FloatArray:
        """Values in the circuit's order, shape (p,)."""
        return np.array([e.value for e in self.estimates.values()])

    @property
    def reduced_chi_square(self) -> float:
        """Chi-square over degrees of freedom: the squared relative noise under modulus weights."""
        return self.chi_square / max(self.degrees_of_freedom, 1)

    @property
    def misfit_percent(self) -> float:
        """Standard deviation of the residuals of each part in % of |Z|, whatever the weights."""
        _, relative = self.residuals
        return float(misfit_percent(relative, self.degrees_of_freedom))

    @property
    def is_poor(self) -> bool:
        """Whether the misfit is above `POOR_FIT_PERCENT`."""
        return self.misfit_percent > POOR_FIT_PERCENT

    @property
    def has_random_residuals(self) -> bool:
        """Whether residuals at neighbouring frequencies are not correlated."""
        return self.error_inflation <= 1

    @property
    def correlation(self) -> FloatArray:
        """Correlation of the values, shape (p, p); 0 beside fixed ones, 1 on the diagonal."""
        deviation = np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))
        unit = np.where(deviation > 0, deviation, np.inf)
        out: FloatArray = np.clip(self.covariance / np.outer(unit, unit), -1.0, 1.0)
        np.fill_diagonal(out, 1.0)
        return out

    @property
    def aicc(self) -> float:
        """Akaike's criterion with its correction for few data; see `information_criteria`."""
        return information_criteria(*self._counted)[0]

    @property
    def bic(self) -> float:
        """Schwarz's criterion; see `information_criteria`."""
        return information_criteria(*self._counted)[1]

    @property
    def _counted(self) -> tuple[float, int, int]:
        free = sum(not e.fixed for e in self.estimates.values())
        return self.chi_square, 2 * len(self.spectrum.kept[0]), free

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

    def _head(self) -> str:
        return f"χ²ᵣ = {self.reduced_chi_square:.3g}" + (
            "" if self.converged else "  NOT CONVERGED"
        )

    def _correlated(self) -> str:
        """Return the strongest correlations in words, or an empty string."""
        r, names = np.triu(self.correlation, 1), list(self.estimates)
        pairs = np.argwhere(np.abs(r) > _STRONG)
        pairs = pairs[np.argsort(-np.abs(r[tuple(pairs.T)]), kind="stable")]
        strong = [f"{names[i]} and {names[j]} ({r[i, j]:+.3f})" for i, j in pairs[:_NAMED]]
        more = [f"{len(pairs) - _NAMED} more"] if len(pairs) > _NAMED else []
        return f"strongly correlated: {', '.join(strong + more)}" if strong else ""

    def __repr__(self) -> str:
        width = max(len(name) for name in self.estimates)
        lines = [f"{self.model.title}: {self._head()}"]
        lines += [f"  {name:<{width}}  {text}" for name, text in self._rows()]
        correlated = self._correlated()
        return "\n".join([*lines, *([f"  {correlated}"] if correlated else [])])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(n)}</td><td>{escape(t)}</td></tr>" for n, t in self._rows()
        )
        correlated = self._correlated()
        return f"<p><b>{escape(self.model.title)}</b>, {self._head()}</p><table>{rows}</table>" + (
            f"<p>{escape(correlated)}</p>" if correlated else ""
        )


def misfit_percent(relative: ComplexArray, degrees_of_freedom: FloatArray | int) -> FloatArray:
    r"""Return the standard deviation of residuals in % of abs(Z), shape (...).

    .. math:: 100 \sqrt{\frac{1}{\nu} \sum_k \frac{|Z_k - Z_{k,fit}|^2}{|Z_k|^2}}

    It is that of the real and of the imaginary part each, as ν counts both parts.

    Parameters
    ----------
    relative : ndarray of complex, shape (..., k)
        (Z - Z_fit)/abs(Z).
    degrees_of_freedom : ndarray of float, shape (...), or int
        ν: 2 k minus the number of fitted parameters.
    """
    total = np.sum(np.abs(relative) ** 2, axis=-1)
    out: FloatArray = 100 * np.sqrt(total / np.maximum(degrees_of_freedom, 1))
    return out


def information_criteria(chi_square: float, count: int, free: int) -> tuple[float, float]:
    r"""Return AICc and BIC of a least-squares fit whose noise has an unknown size.

    .. math::

        \mathrm{AICc} = N \ln\frac{\chi^2}{N} + 2k + \frac{2k(k+1)}{N-k-1}, \qquad
        \mathrm{BIC} = N \ln\frac{\chi^2}{N} + k \ln N

    with k = free + 1, as the size of the noise is a parameter too. What all fits of one spectrum
    with the same weights have in common is left out, so that only differences between such fits
    matter: lower is better, by 10 clearly.

    Parameters
    ----------
    chi_square : float
    count : int
        N: twice the number of points, real and imaginary parts singly.
    free : int
        Number of fitted parameters.

    Returns
    -------
    tuple of float
        inf for AICc where N is too small for the correction.

    References
    ----------
    Hurvich & Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297.
    Schwarz, Ann. Stat. 6 (1978) 461, doi:10.1214/aos/1176344136.

    Examples
    --------
    >>> aicc, bic = information_criteria(100 * np.e, 100, 3)
    >>> round(aicc, 3), round(bic, 3)
    (108.421, 118.421)
    """
    k = free + 1
    fit = count * float(np.log(max(chi_square, 1e-300) / count))
    left = count - k - 1
    aicc = fit + 2 * k + 2 * k * (k + 1) / left if left > 0 else float("inf")
    return aicc, fit + k * float(np.log(count))


def describe(estimate: Estimate) -> str:
    """Return value and error rounded together, with the unit and a note on what is unusual.

    Examples
    --------
    >>> describe(Estimate("R_bulk", 19951.7, "ohm", stderr=12.8))
    '19952 ± 13 ohm'
    >>> describe(Estimate("L_lead", 1e-12, "H", determined=False, ci95=(0.0, 2e-9)))
    'not determined (0 to 2e-09 H fit equally well)'
    """
    unit = "" if estimate.unit == "1" else f" {estimate.unit}"
    if estimate.fixed:
        return f"{estimate.value:.6g}{unit} (fixed)"
    if not estimate.determined and estimate.ci95 is not None:
        low, high = estimate.ci95
        return f"not determined ({low:.3g} to {high:.3g}{unit} fit equally well)"
    text = plus_minus(estimate.value, estimate.stderr) + unit
    return text + "  at its bound" if estimate.at_bound else text
