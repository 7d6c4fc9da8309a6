"""Activation energies: straight lines of ln σT and ln σ over 1/T, with errors and covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from uncertainties import UFloat, ufloat

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ZERO_CELSIUS
from eisfit.base.findings import Finding
from eisfit.base.scatter import scatter_beyond_errors
from eisfit.base.units import in_centimetres
from eisfit.data.geometry import Geometry
from eisfit.temperature.laws import Law


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """y = a - E x over points with covariance V and a common coordinate d.

    d has the prior N(0, `common_variance`). The data give R at d = 0; at d it is
    R (1 + loading d), which is exact for a lead in series.
    """

    x: FloatArray
    y: FloatArray
    V: FloatArray
    loading: FloatArray
    common_variance: float

    def residual(self, theta: FloatArray) -> FloatArray:
        """Return y(d) - (a - E x)."""
        y = self.y + np.log(grown(self.loading, theta[2]))
        r: FloatArray = y - (theta[0] - theta[1] * self.x)
        return r

    def solve(self, scatter: float) -> tuple[FloatArray, FloatArray]:
        """Return (a, E, d), shape (3,), and their covariance, shape (3, 3), by Gauss–Newton."""
        inverse = np.linalg.inv(self.V + scatter**2 * np.eye(len(self.x)))
        theta = np.zeros(3)
        tight = 1 / max(self.common_variance, 1e-30)
        A: FloatArray = np.eye(3)
        for _ in range(50):
            shape = grown(self.loading, theta[2])
            J = np.stack([np.ones_like(self.x), -self.x, -self.loading * shape], axis=1)
            A = np.array(J.T @ inverse @ J, dtype=np.float64)
            A[2, 2] += tight
            right = J.T @ inverse @ self.residual(theta)
            right[2] -= tight * theta[2]
            step = np.linalg.solve(A, right)
            theta = np.asarray(theta + step, dtype=np.float64)
            if np.all(np.abs(step) < 1e-10 * (1 + np.abs(theta))):
                break
        return theta, np.asarray(np.linalg.inv(A), dtype=np.float64)

    def excess(self, scatter: float) -> float:
        """Return rᵀ V⁻¹ r at the best line minus the degrees of freedom."""
        theta, _ = self.solve(scatter)
        r = self.residual(theta)
        V = self.V + scatter**2 * np.eye(len(r))
        prior = theta[2] ** 2 / max(self.common_variance, 1e-30)
        return float(r @ np.linalg.solve(V, r)) + float(prior) - (len(r) - 2)

    def scatter(self) -> float:
        """Return the scatter beyond the points' errors that makes χ² equal its expectation."""
        if len(self.x) < 3:
            return 0.0
        size = float(np.std(self.residual(self.solve(1.0)[0]))) + 1e-12
        return scatter_beyond_errors(self.excess, size, 1e-6)


def grown(loading: FloatArray, shift: float) -> FloatArray:
    """Return σ(d)/σ(0) = 1/(1 - loading d) for σ's loading, kept above zero."""
    return 1 / np.maximum(1 - loading * shift, 1e-6)


def distance(line: Line, i: int) -> float:
    """Return how many standard deviations point `i` lies off the line through the others."""
    rest = np.arange(len(line.x)) != i
    others = Line(
        line.x[rest],
        line.y[rest],
        line.V[np.ix_(rest, rest)],
        line.loading[rest],
        line.common_variance,
    )
    scatter = others.scatter()
    theta, covariance = others.solve(scatter)
    slope = np.array([1.0, -line.x[i], -line.loading[i]])
    variance = slope @ covariance @ slope + line.V[i, i] + scatter**2
    alone = Line(
        line.x[[i]], line.y[[i]], line.V[[i]][:, [i]], line.loading[[i]], line.common_variance
    )
    return float(alone.residual(theta)[0] / np.sqrt(variance))


_OFF_THE_LINE = 4.0  # standard deviations from the line at which a point is named
_NEAR_THE_LINE = 1.0  # of a point's own standard error
_FEWEST_FOR_INTERVAL = 4


@dataclass(frozen=True, slots=True, eq=False)
class ArrheniusResult:
    """The Arrhenius line of one process.

    σT = A exp(-E_a/kT), form ``"ln_sigma_T"``; without geometry 1/R takes the place of σ.

    Parameters
    ----------
    process : str
        ``"bulk"``, ``"grain_boundary"`` …, or ``"total"``.
    activation_energy, activation_energy_ln_sigma : UFloat
        eV, for the forms σT and σ. The error is nan for a line through two points.
    ci95 : tuple of float, optional
        95 % interval of `activation_energy` in eV; None under 4 temperatures.
    ln_prefactor : UFloat
        ln A, with A in S K/m (S K without geometry).
    covariance : ndarray, shape (2, 2)
        Of (ln A, E_a), without the geometry's error.
    temperature, conductivity, stderr : ndarray, shape (m,)
        The points: K; S/m (S without geometry); standard error of the latter without the common
        error of the geometry.
    used : ndarray of bool, shape (m,)
        Which points took part.
    has_geometry : bool
        Whether `conductivity` is one in S/m (else it is a conductance in S).
    scatter : float
        Standard deviation of ln σT about the line beyond the fits' errors.
    relative_geometry_error : float
        Common relative error of l/A: moves σ, never E_a.
    shift : UFloat
        The line's estimate of the common coordinate (the lead resistance), as a change of it.
    law : Law, optional
        Where the data support another law than Arrhenius's: `activation_energy` is then the
        apparent one in the middle of the temperatures.
    outlier_findings : tuple of Finding
        Of `findings`, those on points far off the line.
    """

    process: str
    activation_energy: UFloat
    activation_energy_ln_sigma: UFloat
    ci95: tuple[float, float] | None
    ln_prefactor: UFloat
    covariance: FloatArray
    temperature: FloatArray
    conductivity: FloatArray
    stderr: FloatArray
    used: BoolArray
    has_geometry: bool
    scatter: float = 0.0
    relative_geometry_error: float = 0.0
    method: str = "separate"
    form: str = "ln_sigma_T"
    findings: tuple[Finding, ...] = ()
    shift: UFloat | None = None
    law: Law | None = None
    outlier_findings: tuple[Finding, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of `conductivity`, S/m, or S without geometry."""
        return "S/m" if self.has_geometry else "S"

    @property
    def prefactor_unit(self) -> str:
        """The unit of A: S K/m, or S K without geometry."""
        return "S K/m" if self.has_geometry else "S K"

    def extrapolates_to(self, temperature: float) -> bool:
        """Tell whether `temperature` in K lies more than 10 K beyond the points in use."""
        T = self.temperature[self.used]
        return not T.min() - 10 <= temperature <= T.max() + 10

    def conductivity_at(self, temperature: FloatArray | float) -> tuple[FloatArray, FloatArray]:
        """Return σ of the line and its standard error, S/m, at `temperature` in K.

        The error holds the covariance of prefactor and activation energy and the geometry's error.
        """
        T = np.asarray(temperature, dtype=np.float64)
        if self.law is not None:
            y, spread = self.law.log_sigma_T(T)
            sigma = np.exp(y) / T
            return sigma, sigma * np.sqrt(spread**2 + self.relative_geometry_error**2)
        slope = np.stack([np.ones_like(T), -1 / (BOLTZMANN_EV * T)])
        line = np.array([self.ln_prefactor.nominal_value, self.activation_energy.nominal_value])
        sigma = np.exp(np.tensordot(line, slope, axes=1)) / T
        variance = np.einsum("i...,ij,j...->...", slope, self.covariance, slope)
        return sigma, sigma * np.sqrt(variance + self.relative_geometry_error**2)

    def conductivity_in_centimetres(self, temperature: float) -> tuple[float, float, str]:
        """Return σ and its standard error at `temperature` in K, and their unit.

        The unit is that of results and literature: S/cm, or S without geometry.
        """
        sigma, error = self.conductivity_at(temperature)
        value, unit = in_centimetres(float(sigma), self.unit)
        return value, in_centimetres(float(error), self.unit)[0], unit


@dataclass(frozen=True, slots=True, eq=False)
class LogResistances:
    """ln R of one process along a series, with its correlated errors.

    Parameters
    ----------
    log_resistance : ndarray, shape (m,)
        ln of R in Ω.
    covariance : ndarray, shape (m, m)
        Of ln R at a fixed common coordinate.
    loading : ndarray, shape (m,)
        d ln R per unit of the common coordinate (the lead resistance); 0 where there is none.
    common_variance : float
        Variance of the common coordinate as the spectra alone determine it.
    determined : ndarray of bool, shape (m,)
        False where the data do not determine R.
    """

    log_resistance: FloatArray
    covariance: FloatArray
    loading: FloatArray
    common_variance: float
    determined: BoolArray


def fit_arrhenius(
    process: str,
    temperature: FloatArray,
    resistances: LogResistances,
    geometry: Geometry | None,
    labels: Sequence[str],
) -> ArrheniusResult | None:
    """Return the Arrhenius line of a process; None where fewer than two points are determined.

    Weighted by the errors of the fits plus a scatter term of the size that the points show
    (Paule & Mandel). A common error of all R (the lead) is fitted along with the line.

    Parameters
    ----------
    process : str
    temperature : ndarray, shape (m,)
        K.
    resistances : LogResistances
    geometry : Geometry, optional
    labels : sequence of str, shape (m,)
        Names of the spectra, for findings.

    References
    ----------
    Paule & Mandel, J. Res. Natl. Bur. Stand. 87 (1982) 377, doi:10.6028/jres.087.022.
    """
    used = resistances.determined & np.isfinite(resistances.log_resistance)
    T = temperature[used]
    if len(np.unique(np.round(T, 2))) < 2:
        return None
    ln_cell = ln_cell_constant(geometry)
    part = Line(
        1 / (BOLTZMANN_EV * T),
        ln_cell - resistances.log_resistance[used] + np.log(T),
        resistances.covariance[np.ix_(used, used)],
        -resistances.loading[used],
        resistances.common_variance,
    )
    scatter = part.scatter()
    theta, covariance = part.solve(scatter)
    E_ln_sigma = Line(part.x, part.y - np.log(T), part.V, part.loading, part.common_variance)
    theta_ln_sigma, covariance_ln_sigma = E_ln_sigma.solve(scatter)
    alone = len(T) == 2
    stderr = np.sqrt(covariance[1, 1]) if not alone else np.nan
    shift = theta[2]
    every = ln_cell - resistances.log_resistance
    shifted = every + np.log(grown(-resistances.loading, shift))
    sigma = np.exp(shifted)
    spread = np.sqrt(
        np.diagonal(resistances.covariance) + resistances.loading**2 * covariance[2, 2]
    )
    outliers = _outlier_findings(process, part, theta, temperature, used, labels)
    return ArrheniusResult(
        process=process,
        activation_energy=ufloat(theta[1], stderr),
        activation_energy_ln_sigma=ufloat(
            theta_ln_sigma[1], np.sqrt(covariance_ln_sigma[1, 1]) if not alone else np.nan
        ),
        ci95=_interval(theta[1], stderr, len(T), scatter),
        ln_prefactor=ufloat(theta[0], np.sqrt(covariance[0, 0])),
        covariance=covariance[:2, :2],
        temperature=temperature,
        conductivity=sigma,
        stderr=sigma * spread,
        used=used,
        has_geometry=geometry is not None,
        scatter=scatter,
        relative_geometry_error=geometry.relative_error if geometry is not None else 0.0,
        shift=ufloat(shift, np.sqrt(covariance[2, 2])) if part.common_variance > 0 else None,
        outlier_findings=outliers,
        findings=(
            *count_findings(process, used),
            *unused_findings(process, used, labels),
            *outliers,
            *_scatter_findings(process, scatter),
        ),
    )


def ln_cell_constant(geometry: Geometry | None) -> float:
    """Return ln of l/A in 1/m; 0 without geometry, where 1/R takes the place of σ."""
    return float(np.log(geometry.cell_constant)) if geometry is not None else 0.0


def _interval(
    value: float, stderr: float, points: int, scatter: float
) -> tuple[float, float] | None:
    """Return the 95 % interval; Student's t where the scatter was found from the points."""
    if points < _FEWEST_FOR_INTERVAL:
        return None
    reach = float(stdtrit(points - 2, 0.975)) if scatter > 0 else 1.96
    return (float(value - reach * stderr), float(value + reach * stderr))


def count_findings(process: str, used: BoolArray) -> tuple[Finding, ...]:
    """Return a finding where too few points give no interval of the activation energy."""
    points = int(used.sum())
    if points >= _FEWEST_FOR_INTERVAL:
        return ()
    text = f"{process}: {points} temperatures give no interval of the activation energy"
    return (Finding("few_temperatures", "warning", text),)


def unused_findings(process: str, used: BoolArray, labels: Sequence[str]) -> tuple[Finding, ...]:
    """Return a finding that names the points that take no part in a line."""
    if used.all():
        return ()
    names = ", ".join(np.asarray(labels)[~used])
    text = (
        f"{process}: not used in its Arrhenius line, because R is not determined or the circuit "
        f"does not fit the data: {names}"
    )
    return (Finding("points_not_used", "info", text, affects_result=True),)


def _scatter_findings(process: str, scatter: float) -> tuple[Finding, ...]:
    if scatter <= 0.05:
        return ()
    text = (
        f"{process}: the points scatter by {100 * scatter:.1f} % about the line, more than "
        "their errors; the error of the activation energy includes this scatter"
    )
    return (Finding("scatter", "info", text),)


def _outlier_findings(
    process: str,
    line: Line,
    theta: FloatArray,
    temperature: FloatArray,
    used: BoolArray,
    labels: Sequence[str],
) -> tuple[Finding, ...]:
    """Return a finding for each point far off the line through the others."""
    if len(line.x) < _FEWEST_FOR_INTERVAL:
        return ()
    out = []
    r = line.residual(theta)
    # leave each point out in turn: a bad one must not be hidden by the scatter that it causes;
    # one that lies well within its own error cannot be far off the line through the others
    far = np.abs(r) > _NEAR_THE_LINE * np.sqrt(np.diagonal(line.V))
    for i in np.flatnonzero(far):
        z = distance(line, int(i))
        if abs(z) > _OFF_THE_LINE:
            T = temperature[used][i]
            text = (
                f"{process}: {np.asarray(labels)[used][i]} ({T - ZERO_CELSIUS:.1f} °C) lies "
                f"{100 * (np.exp(r[i]) - 1):+.1f} % off the Arrhenius line ({abs(z):.1f} σ); check "
                "its temperature and its contact"
            )
            out.append(Finding("off_the_line", "warning", text))
    return tuple(out)
