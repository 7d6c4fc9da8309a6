"""Markov chains over the parameters of a fit, by emcee through lmfit: an optional extra."""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from typing import Any

import numpy as np

from eisfit.base.arrays import FloatArray, IndexArray, freeze
from eisfit.base.errors import FitError
from eisfit.base.findings import Finding
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.minimum import Minimum
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.intervals import Interval, interval_rows, percentile_intervals
from eisfit.fitting.uncertainty.refit import restore_minimum

_WALKERS = 4  # for each parameter; emcee needs two at least
_WIDEST = 0.5  # in x: how far walkers start from the best values where no width is known
_ENOUGH = 50  # autocorrelation times a chain should be long, as emcee advises
_LARGEST_COST = 1e100  # largest χ² that is returned


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Samples:
    """Draws from the posterior distribution of the parameters.

    Parameters
    ----------
    names, units : tuple of str
        The p parameters in the circuit's order.
    samples : ndarray, shape (s, p)
        SI units, one row a draw; held parameters keep their value.
    autocorrelation : ndarray, shape (p,)
        Steps after which a chain is independent of its earlier values; nan for held parameters.
    acceptance : float
        Fraction of the moves that were taken; 0.2 to 0.5 is usual.
    findings : tuple of Finding
        ``"chain_too_short"`` where the draws are not to be trusted yet.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    samples: FloatArray
    autocorrelation: FloatArray
    acceptance: float
    findings: tuple[Finding, ...] = ()

    @property
    def stderr(self) -> FloatArray:
        """Standard deviation of each parameter, shape (p,), SI units."""
        out: FloatArray = np.std(self.samples, axis=0, ddof=1)
        return out

    def intervals(self, *, level: float = 0.95) -> dict[str, Interval]:
        """Return the interval of each parameter that leaves as many draws below as above.

        Raises
        ------
        FitError
            Where the level does not lie between 0 and 1.
        """
        return percentile_intervals(self.names, self.units, self.samples, level, "sampling")

    def __repr__(self) -> str:
        notes = [f"  {f.message}" for f in self.findings]
        head = f"{len(self.samples)} draws, {100 * self.acceptance:.0f} % accepted; 95 % intervals"
        return "\n".join([head, *interval_rows(self.intervals()), *notes])


def mcmc(
    result: FitResult, *, steps: int = 3000, seed: int = 0, walkers: int | None = None
) -> Samples:
    """Return draws from the posterior of a fit; needs emcee, ``pip install eisfit-toolkit[mcmc]``.

    The chains run in the coordinates of the fit within the model's bounds: flat in ln(value) for
    what has a unit, flat in the value for exponents, with the model's priors on its leads. The
    noise is that of the fit, widened where its errors are. Walkers start around the best values as
    the fit's covariance says; the first quarter of the steps is left out.

    Parameters
    ----------
    result : FitResult
    steps : int
        Of each walker.
    seed : int
        The same seed gives the same draws.
    walkers : int, optional
        Four for each free parameter where left out.

    Raises
    ------
    FitError
        Where emcee is missing, or steps or walkers are too few, or the result cannot be fitted
        again (see `restore_minimum`).

    References
    ----------
    Foreman-Mackey, Hogg, Lang & Goodman, Publ. Astron. Soc. Pac. 125 (2013) 306,
    doi:10.1086/670067.
    """
    if find_spec("emcee") is None:
        raise FitError("sampling needs emcee, an extra: pip install 'eisfit-toolkit[mcmc]'")
    if steps < 4:
        raise FitError(f"sampling needs four steps or more, not {steps}")
    minimum = restore_minimum(result)
    free = np.flatnonzero(minimum.problem.free[0])
    if not len(free):
        raise FitError(f"{result.spectrum.label}: all parameters were held; nothing to sample")
    count = _WALKERS * len(free) if walkers is None else walkers
    if count < 2 * len(free):
        raise FitError(f"{len(free)} parameters need {2 * len(free)} walkers or more, not {count}")
    sampler = _run(result, minimum, free, (steps, count, seed))
    chain: FloatArray = sampler.get_chain(discard=steps // 4, flat=True)
    x = np.tile(minimum.solution.x[0], (len(chain), 1))
    x[:, free] = chain
    memory = np.full(x.shape[1], np.nan)
    memory[free] = sampler.get_autocorr_time(discard=steps // 4, tol=0)
    return Samples(
        result.model.names,
        tuple(p.unit for p in result.model.parameters),
        freeze(minimum.problem.coordinates.values(x), np.float64),
        freeze(memory, np.float64),
        float(np.mean(sampler.acceptance_fraction)),
        _findings(result.spectrum.label, float(np.max(memory[free])), steps - steps // 4),
    )


def _run(result: FitResult, minimum: Minimum, free: IndexArray, size: tuple[int, int, int]) -> Any:
    """Return emcee's sampler after its run: `size` is steps, walkers, seed."""
    from lmfit import Minimizer, Parameters  # an import of 0.3 s that few need

    steps, count, seed = size
    problem, best = minimum.problem, minimum.solution.x
    place, params = best.copy(), Parameters()
    for i in free:
        low, high = problem.coordinates.lower[i], problem.coordinates.upper[i]
        params.add(result.model.names[i], value=best[0, i], min=low, max=high)

    def log_posterior(trial: Any) -> float:
        place[0, free] = [p.value for p in trial.values()]
        return -0.5 * float(
            np.minimum(solve_each(problem, place, max_iterations=0).cost[0], _LARGEST_COST)
        )

    minimizer = Minimizer(log_posterior, params)
    with redirect_stdout(StringIO()):  # lmfit prints what the findings say
        minimizer.emcee(
            params=params, steps=steps, nwalkers=count, float_behavior="posterior",
            pos=_starts(minimum, free, count, seed), seed=seed, progress=False,
        )  # fmt: skip
    return minimizer.sampler


def _starts(minimum: Minimum, free: IndexArray, count: int, seed: int) -> FloatArray:
    """Return where the walkers start, shape (count, f): spread as the fit's covariance says."""
    problem, best = minimum.problem, minimum.solution.x[0]
    V = minimum.covariance(0, problem.free[0])[np.ix_(free, free)]
    deviation = np.sqrt(np.diagonal(V))
    width_or_one = np.where(deviation > 0, deviation, 1.0)
    correlation = V / np.outer(width_or_one, width_or_one)
    values, vectors = np.linalg.eigh(correlation)
    width = np.where(deviation > 0, np.minimum(deviation, _WIDEST), _WIDEST)
    draws = np.random.default_rng(seed).standard_normal((count, len(free)))
    # a spread in every direction: otherwise all walkers stay in one plane
    away = draws * np.sqrt(np.maximum(values, 1e-6)) @ vectors.T * width
    lower, upper = problem.coordinates.lower[free], problem.coordinates.upper[free]
    x = best[free] + away
    x = np.where((x < lower) | (x > upper), best[free] - away, x)
    inside = 1e-6 * np.minimum(width, upper - lower)
    out: FloatArray = np.clip(x, lower + inside * np.abs(draws), upper - inside * np.abs(draws))
    return out


def _findings(label: str, memory: float, steps: int) -> tuple[Finding, ...]:
    if np.isfinite(memory) and steps >= _ENOUGH * memory:
        return ()
    more = f"{4 / 3 * _ENOUGH * memory:.2g} steps or more" if np.isfinite(memory) else "more steps"
    text = (
        f"{label}: the chains are short for their autocorrelation time ({steps} steps kept, "
        f"{memory:.3g} for one independent draw), so the intervals are rough; take {more}"
    )
    return (Finding("chain_too_short", "warning", text),)
