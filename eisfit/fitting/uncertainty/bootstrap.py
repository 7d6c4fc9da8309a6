"""Fitting one result anew: its minimum to start from, and the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, cast, get_args

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, freeze
from eisfit.base.errors import FitError
from eisfit.fitting.engine.backend import Problem, fitted, residuals_and_slopes, solve_each
from eisfit.fitting.minimum import Minimum, movable, settle
from eisfit.fitting.problem import Weighting, hold, problem_of
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.criteria import Interval, covariance_of_x
from eisfit.fitting.uncertainty.statistics import degrees_of_freedom, inverse

Kind: TypeAlias = Literal["parametric", "residual"]

_SAME = 1e-6  # relative: χ² as stated and as found again
_LOWER = 0.5  # in noise units: by how much a result may lie above its minimum
_ERRORS_ALIKE = (0.9, 1.1)
_WELL_TOLD = 0.3  # standard error in x up to which errors are compared


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bootstrap:
    """The fits of artificial spectra that resemble the measured one.

    Parameters
    ----------
    names, units : tuple of str
        The p parameters in the circuit's order.
    kind : {"parametric", "residual"}
    samples : ndarray, shape (count, p)
        SI units, each fit near the one it came from: arcs are not sorted anew. Held parameters keep
        their value.
    converged : ndarray of bool, shape (count,)
        Fits that have not converged stay out of all that is told here.
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
        own = self.samples[self.converged]
        return np.where(np.ptp(own, axis=0) > 0, own - np.mean(own, axis=0), 0.0)

    def intervals(self, level: float = 0.95) -> dict[str, Interval]:
        """Return the percentile interval of each parameter.

        Raises
        ------
        FitError
            Where the level does not lie between 0 and 1.
        """
        if not 0 < level < 1:
            raise FitError(f"level must lie between 0 and 1, such as 0.95 (got {level!r})")
        ends = np.quantile(self.samples[self.converged], [0.5 - level / 2, 0.5 + level / 2], axis=0)
        return {
            name: Interval(float(low), float(high), unit, "bootstrap")
            for name, unit, low, high in zip(self.names, self.units, *ends, strict=True)
        }

    def __repr__(self) -> str:
        count, failed = len(self.samples), int(np.count_nonzero(~self.converged))
        note = f", {failed} not converged" if failed else ""
        width = max(len(name) for name in self.names)
        rows = [f"  {n:<{width}}  {i}" for n, i in self.intervals().items()]
        return "\n".join([f"{self.kind} bootstrap, {count} fits{note}; 95 % intervals", *rows])


def bootstrap(
    result: FitResult, count: int = 200, kind: Kind = "parametric", seed: int = 0
) -> Bootstrap:
    """Return the fits of `count` artificial spectra around the fitted one, all in one batch.

    Each is the fitted impedance with new errors and is fitted from the best values, with the
    weights of the measured spectrum.

    parametric: normal errors of the size the fit tells, by its weights. residual: the standardised
    residuals drawn with replacement, each over √(1 - leverage), as residuals are smaller than the
    errors they come from, and centred. The two parts of one point are drawn together, as they come
    from one measurement and may hang together; the real one stays a real one. Where residuals are
    not random over frequency, both are widened as the stated errors are. A prior is drawn around
    the best value, as the one more measurement it stands for.

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
        Where the kind or the count makes no sense, or the result cannot be fitted anew (see
        `minimum_of`).

    References
    ----------
    Efron, Ann. Stat. 7 (1979) 1, doi:10.1214/aos/1176344552.

    Examples
    --------
    >>> from eisfit.fitting.fit import fit
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> spectrum = simulate("R0-p(R1,CPE1)", [10, 100, 1e-6, 0.9], frequencies(1, 1e6), 0.01)
    >>> found = bootstrap(fit(spectrum, "R0-p(R1,CPE1)"), seed=1)
    >>> 100 in found.intervals()["R1"]
    True
    """
    if kind not in get_args(Kind):
        raise FitError(f"kind must be 'parametric' or 'residual' (got {kind!r})")
    if count < 2:
        raise FitError(f"a bootstrap takes two fits or more, not {count}")
    found, rng = minimum_of(result), np.random.default_rng(seed)
    problem, x = found.problem, found.solution.x
    weight = problem.weight[0]
    if kind == "parametric":
        standard = rng.standard_normal((count, *weight.shape))
    else:
        standard = _drawn(found, count, rng)
    errors = np.where(weight > 0, standard / np.where(weight > 0, weight, 1.0), 0.0)
    measured: ComplexArray = fitted(problem, x)[0] + errors[:, 0] + 1j * errors[:, 1]
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


def _drawn(found: Minimum, count: int, rng: np.random.Generator) -> FloatArray:
    """Return errors in units of their size, shape (count, 2, k), drawn from the residuals."""
    problem = found.problem
    residual, slopes = residuals_and_slopes(problem, found.solution.x)
    J = slopes[0]
    V = inverse(
        found.solution.curvature[0] + np.diag(problem.prior_precision[0]), movable(found)[0]
    )
    leverage = np.einsum("ai,ij,aj->a", J, V, J)
    # 1e-2: a point that alone tells a parameter has no residual to draw
    full = residual[0] / np.sqrt(np.maximum(1 - leverage, 1e-2))
    parts = full.reshape(2, -1)
    used = np.flatnonzero(problem.weight[0, 0] > 0)
    pool = parts[:, used] - np.mean(parts[:, used], axis=1, keepdims=True)
    # the weights hold the widening, the residuals do not
    wide = np.sqrt(degrees_of_freedom(problem)[0] / max(found.solution.chi_square[0], 1e-300))
    drawn = rng.integers(len(used), size=(count, parts.shape[1]))
    out: FloatArray = wide * np.moveaxis(pool[:, drawn], 0, 1)
    return out


def minimum_of(result: FitResult) -> Minimum:
    """Return the minimum of a result, with weights that match the noise it states.

    A fit that had not converged is fitted on from where it stopped.

    Raises
    ------
    FitError
        Where the result is not the minimum of its spectrum by itself: fitted together with other
        spectra, with ties, or with weights that it does not carry.
    """
    problem = result.problem if result.problem is not None else _rebuilt(result)
    x = problem.coordinates.x(result.values)[None, :]
    here = solve_each(problem, x, most=0)
    again = float(here.chi_square[0] * problem.noise[0] ** 2)
    label = result.spectrum.label
    floor = 1e-12 * result.degrees_of_freedom
    if not np.isclose(again, result.chi_square, rtol=_SAME, atol=floor):
        raise FitError(
            f"{label}: the result does not carry the weights of its fit (χ² is "
            f"{result.chi_square:.4g}, with {result.weighting} weights it is {again:.4g}); fit the "
            "spectrum anew"
        )
    if result.problem is None:
        found = settle(problem, x)
    else:
        found = Minimum(problem, solve_each(problem, x), np.ones(1))
    drop = solve_each(found.problem, x, most=0).cost[0] - found.solution.cost[0]
    if result.converged and (drop > _LOWER or not _same_errors(result, found)):
        raise FitError(
            f"{label}: the result is not the minimum of this spectrum alone (it has "
            "parameters in common with other spectra, or tied); fit the spectrum by itself"
        )
    return found


def _rebuilt(result: FitResult) -> Problem:
    """Return the problem of a result that does not carry it, from its weighting."""
    weighting = cast("Weighting", result.weighting)
    problem = problem_of([result.spectrum], result.model, weighting)
    held = {e.name: e.value for e in result.estimates.values() if e.fixed}
    return hold(problem, result.model, held, problem.coordinates.x(result.values)[None, :])[0]


def _same_errors(result: FitResult, found: Minimum) -> bool:
    """Tell whether the stated errors are those of the spectrum alone."""
    precision = np.diag(found.problem.prior_precision[0])
    own = np.diagonal(inverse(found.solution.curvature[0] + precision, movable(found)[0]))
    stated = np.diagonal(covariance_of_x(result))
    told = (own > 0) & (stated > 0) & (own < _WELL_TOLD**2)
    ratio = np.sqrt(stated[told] / own[told])
    return bool(np.all((ratio > _ERRORS_ALIKE[0]) & (ratio < _ERRORS_ALIKE[1])))
