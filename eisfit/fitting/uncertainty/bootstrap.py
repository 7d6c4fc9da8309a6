"""The bootstrap: errors from fits of artificial spectra."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, freeze
from eisfit.base.errors import FitError
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.least_squares import evaluate_fit, residuals_and_jacobian
from eisfit.fitting.minimum import Minimum
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.intervals import Interval, interval_rows, percentile_intervals
from eisfit.fitting.uncertainty.refit import restore_minimum
from eisfit.fitting.uncertainty.statistics import degrees_of_freedom

Kind: TypeAlias = Literal["parametric", "residual"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bootstrap:
    """The fits of artificial spectra that resemble the measured one.

    Parameters
    ----------
    names, units : tuple of str
        The p parameters in the circuit's order.
    kind : {"parametric", "residual"}
    samples : ndarray, shape (count, p)
        SI units, each fit near the one it came from: arcs are not sorted again. Held parameters
        keep their value.
    converged : ndarray of bool, shape (count,)
        Fits that have not converged are left out of all errors and intervals.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    kind: Kind
    samples: FloatArray
    converged: BoolArray

    @property
    def stderr(self) -> FloatArray:
        """Standard deviation of each parameter, shape (p,), SI units; 0 for held ones."""
        away = self._deviations
        out: FloatArray = np.sqrt(np.sum(away**2, axis=0) / (len(away) - 1))
        return out

    @property
    def correlation(self) -> FloatArray:
        """Correlation of the parameters, shape (p, p); 0 beside held ones, 1 on the diagonal."""
        away = self._deviations
        size = np.sqrt(np.sum(away**2, axis=0))
        away = away / np.where(size > 0, size, 1.0)
        out: FloatArray = np.clip(away.T @ away, -1.0, 1.0)
        np.fill_diagonal(out, 1.0)
        return out

    @property
    def _deviations(self) -> FloatArray:
        """From the mean, shape (converged, p); 0, without rounding, for what does not vary."""
        fitted = self.samples[self.converged]
        return np.where(np.ptp(fitted, axis=0) > 0, fitted - np.mean(fitted, axis=0), 0.0)

    def intervals(self, *, level: float = 0.95) -> dict[str, Interval]:
        """Return the percentile interval of each parameter.

        Raises
        ------
        FitError
            Where the level does not lie between 0 and 1.
        """
        some = self.samples[self.converged]
        return percentile_intervals(self.names, self.units, some, level, "bootstrap")

    def __repr__(self) -> str:
        count, failed = len(self.samples), int(np.count_nonzero(~self.converged))
        note = f", {failed} not converged" if failed else ""
        head = f"{self.kind} bootstrap, {count} fits{note}; 95 % intervals"
        return "\n".join([head, *interval_rows(self.intervals())])


def bootstrap(
    result: FitResult, *, count: int = 200, kind: Kind = "parametric", seed: int = 0
) -> Bootstrap:
    """Return the fits of `count` artificial spectra around the fitted one, all in one batch.

    Each is the fitted impedance with new errors and is fitted from the best values, with the
    weights of the measured spectrum.

    parametric: normal errors of the size that the weights of the fit state. residual: standardised
    residuals drawn with replacement, each over √(1 - leverage), as residuals are smaller than the
    errors they come from, and centred. The two parts of one point are drawn together, as they come
    from one measurement and may be correlated; the real one stays a real one. Where residuals are
    not random over frequency, both are widened as the stated errors are. A prior is drawn around
    the best value, as the additional measurement that it represents.

    Parameters
    ----------
    result : FitResult
    count : int
        200 give standard errors to 5 %; for 95 % intervals take 1000.
    kind : {"parametric", "residual"}
    seed : int
        The same seed gives the same samples.

    Raises
    ------
    FitError
        Where the kind or the count makes no sense, or the result cannot be fitted again (see
        `restore_minimum`).

    References
    ----------
    Efron, Ann. Stat. 7 (1979) 1, doi:10.1214/aos/1176344552.

    Examples
    --------
    >>> from eisfit.fitting.fit import fit
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> spectrum = simulate("R0-p(R1,CPE1)", [10, 100, 1e-6, 0.9], frequencies(1, 1e6), noise=0.01)
    >>> found = bootstrap(fit(spectrum, "R0-p(R1,CPE1)"), seed=1)
    >>> 100 in found.intervals()["R1"]
    True
    """
    if kind not in get_args(Kind):
        raise FitError(f"kind must be 'parametric' or 'residual' (got {kind!r})")
    if count < 2:
        raise FitError(f"a bootstrap needs two fits or more, not {count}")
    minimum, rng = restore_minimum(result), np.random.default_rng(seed)
    problem, x = minimum.problem, minimum.solution.x
    weight = problem.weight[0]
    if kind == "parametric":
        standard = rng.standard_normal((count, *weight.shape))
    else:
        standard = _draw_errors(minimum, count, rng)
    errors = np.where(weight > 0, standard / np.where(weight > 0, weight, 1.0), 0.0)
    measured: ComplexArray = evaluate_fit(problem, x)[0] + errors[:, 0] + 1j * errors[:, 1]
    many = problem[[0] * count]
    precision = np.where(many.prior_precision > 0, many.prior_precision, np.inf)
    mean = x + rng.standard_normal(many.prior_mean.shape) / np.sqrt(precision)
    mean = np.where(many.prior_precision > 0, mean, many.prior_mean)
    many = replace(many, measured=measured, prior_mean=mean)
    solution = solve_each(many, np.repeat(x, count, axis=0))
    return Bootstrap(
        result.model.names,
        tuple(p.unit for p in result.model.parameters),
        kind,
        freeze(problem.coordinates.values(solution.x), np.float64),
        freeze(solution.converged, np.bool_),
    )


def _draw_errors(minimum: Minimum, count: int, rng: np.random.Generator) -> FloatArray:
    """Return errors in units of their size, shape (count, 2, k), drawn from the residuals."""
    problem = minimum.problem
    residual, slopes = residuals_and_jacobian(problem, minimum.solution.x)
    J = slopes[0]
    V = minimum.covariance(0, minimum.movable[0])
    leverage = np.einsum("ai,ij,aj->a", J, V, J)
    # 1e-2: a point that alone determines a parameter has no residual to draw
    full = residual[0] / np.sqrt(np.maximum(1 - leverage, 1e-2))
    parts = full.reshape(2, -1)
    used = np.flatnonzero(problem.weight[0, 0] > 0)
    pool = parts[:, used] - np.mean(parts[:, used], axis=1, keepdims=True)
    # the weights hold the widening, the residuals do not
    inflation = np.sqrt(
        degrees_of_freedom(problem)[0] / max(minimum.solution.chi_square[0], 1e-300)
    )
    drawn = rng.integers(len(used), size=(count, parts.shape[1]))
    out: FloatArray = inflation * np.moveaxis(pool[:, drawn], 0, 1)
    return out
