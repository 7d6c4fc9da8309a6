"""Fits along a series: every arc keeps its identity from one spectrum to the next.

Each spectrum is fitted from its own data, then again from the results of the spectra beside it in
both directions, and the better fit is kept. Then arcs above the window are held (`visibility`), and
what all spectra share (the leads) is fitted as one value. A spectrum that contradicts the shared
value (another contact, a short, another sample) keeps its own, so that one bad file cannot spoil
the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.progress import Progress, no_progress
from eisfit.circuit.models import Model
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.choice import choose_minimum, sort_arcs
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.fit import make_result
from eisfit.fitting.minimum import Minimum, find_minima, refine
from eisfit.fitting.problem import Weighting, make_problem
from eisfit.fitting.result import FitResult
from eisfit.fitting.shared import SharedCoordinates, fit_shared, shared_covariance
from eisfit.fitting.uncertainty.statistics import is_determined
from eisfit.temperature.arrhenius import LogResistances
from eisfit.temperature.visibility import hold_arcs_above_window

_LARGEST_LOSS = 25.0  # rise of χ² (noise units) up to which a spectrum accepts the shared value
_NOISIEST = 5.0  # times the usual noise of the series, beyond which a spectrum does not count


def fit_shared_leads(minimum: Minimum, model: Model) -> tuple[Minimum, SharedCoordinates]:
    """Return the minimum with leads of one value for all spectra that agree to it."""
    shared = np.array([p.shared for p in model.parameters]) & minimum.problem.free.all(axis=0)
    noise = 1 / np.max(minimum.problem.weight[:, 0] * np.abs(minimum.problem.measured), axis=1)
    members = noise <= _NOISIEST * np.median(noise)
    for _ in range(len(noise)):
        if not shared.any() or members.sum() < 2:
            return minimum, SharedCoordinates(np.zeros_like(shared), np.ones_like(members))
        joint = fit_shared(minimum, SharedCoordinates(shared, members))
        loss = np.where(members, joint.solution.chi_square - minimum.solution.chi_square, 0.0)
        if loss.max() <= _LARGEST_LOSS:
            return joint, SharedCoordinates(shared, members)
        members[int(np.argmax(loss))] = False
    return minimum, SharedCoordinates(np.zeros_like(shared), np.ones_like(members))


_AT_ONCE = 6  # spectra fitted at once: fast, and the progress bar still moves


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """The fits of a series.

    Parameters
    ----------
    series : Series
    model : Model
    minimum : Minimum
        Where the fits ended.
    leads : SharedCoordinates
        Which coordinates are one value for which spectra.
    covariance : ndarray, shape (m p, m p)
        Of all coordinates of all spectra, shared ones repeated for each.
    above : mapping of str to ndarray of bool, shape (m,)
        By process: where its arc lies above the window.
    """

    series: Series
    model: Model
    minimum: Minimum
    leads: SharedCoordinates
    covariance: FloatArray
    above: Mapping[str, BoolArray]

    @property
    def fits(self) -> list[FitResult]:
        """One result for each spectrum, errors with those of what is common."""
        p = len(self.model.names)
        return [
            make_result(
                self.minimum, i, spectrum, self.model,
                self.covariance[i * p : (i + 1) * p, i * p : (i + 1) * p],
            )
            for i, spectrum in enumerate(self.series.spectra)
        ]  # fmt: skip

    def with_known_lead(self, i: int, x: float, sd: float) -> Sequence:
        """Return the sequence refitted with the shared coordinate `i` known to be `x` ± `sd`.

        Its error goes into every coordinate that follows it, by their covariance.
        """
        solution, problem, leads = self.minimum.solution, self.minimum.problem, self.leads
        p = solution.x.shape[1]
        start, free = solution.x.copy(), problem.free.copy()
        start[leads.members, i], free[leads.members, i] = x, False
        held = replace(problem, free=free)
        refit = replace(self.minimum, problem=held, solution=solve_each(held, start))
        rest = replace(leads, shared=leads.shared & (np.arange(p) != i))
        if rest.shared.any():
            refit = fit_shared(refit, rest)
        V, place = shared_covariance(refit, rest), leads.place(i, p)
        variance = self.covariance[place, place]
        if variance > 0:
            loading = self.covariance[:, place] / variance
            V = V + np.outer(loading, loading) * sd**2
        return replace(self, minimum=replace(refit, problem=problem), covariance=V)

    def log_resistances(self, names: list[str], lead: str | None) -> LogResistances:
        """Return ln of the sum of some resistances along the series.

        Parameters
        ----------
        names : list of str
            Parameters, such as ``["R_bulk", "R_grain_boundary"]``.
        lead : str, optional
            The common lead resistance; errors that follow it are given apart.
        """
        x, m, p = self.minimum.solution.x, len(self.series), len(self.model.names)
        coordinates = self.minimum.problem.coordinates
        places = [self.model.index(n) for n in names]
        R = coordinates.values(x)[:, places]  # (m, q)
        total = R.sum(axis=1)
        pick = np.zeros((m, m * p))
        for j, place in enumerate(places):
            pick[np.arange(m), np.arange(m) * p + place] = R[:, j] / total
        V = pick @ self.covariance @ pick.T
        loading, common_variance = np.zeros(m), 0.0
        if lead is not None:
            i = self.leads.place(self.model.index(lead), p)
            common_variance = float(self.covariance[i, i])
            if common_variance > 0:
                loading = pick @ self.covariance[:, i] / common_variance
                V = V - np.outer(loading, loading) * common_variance
        stderr = np.sqrt(np.maximum(np.diagonal(V), 0.0))
        misses = np.array([fit.is_poor for fit in self.fits])
        precision = self.minimum.problem.prior_precision[:, places]
        with np.errstate(divide="ignore"):
            prior = 1 / np.sum((R / total[:, None]) ** 2 / precision, axis=1)
        determined = is_determined(stderr, prior_precision=prior) & ~misses
        V = V + np.diag(np.where(determined, 1e-12, 1.0))
        return LogResistances(np.log(total), V, loading, common_variance, determined)


def fit_sequence(
    series: Series,
    model: Model,
    fixed: Mapping[str, float] | None = None,
    weighting: Weighting = "modulus",
    progress: Progress = no_progress,
) -> Sequence:
    """Fit `model` to every spectrum of `series`.

    Parameters
    ----------
    series : Series
    model : Model
    fixed : mapping of str to float, optional
        Parameters to hold, such as a lead resistance that was measured.
    weighting : {"modulus", "unit"}
    progress : callable
        Called with (what, done, total).

    Raises
    ------
    FitError
        Where a spectrum has too few points.
    """
    spectra = [s.with_(geometry=series.geometry) for s in series.spectra]
    problem = make_problem(spectra, model, weighting=weighting)
    total = len(spectra)
    found_x = np.empty((total, len(model.names)))
    for first in range(0, total, _AT_ONCE):
        rows = list(range(first, min(first + _AT_ONCE, total)))
        part = problem[rows]
        some = find_minima(
            part, model, [None] * len(rows), fixed or {},
            [spectra[i].geometry for i in rows],
        )  # fmt: skip
        found_x[rows] = some.solution.x
        progress("fitting", rows[-1] + 1, total)
    held = problem.free.copy()
    held[:, [model.index(name) for name in fixed or {}]] = False
    minimum = refine(replace(problem, free=held), found_x)
    minimum = _refit_from_neighbours(minimum, model, spectra)
    minimum, above = hold_arcs_above_window(minimum, model, series.geometry)
    minimum, leads = fit_shared_leads(minimum, model)
    covariance = shared_covariance(minimum, leads)
    return Sequence(series, model, minimum, leads, covariance, above)


def _refit_from_neighbours(minimum: Minimum, model: Model, spectra: list[Spectrum]) -> Minimum:
    """Return the minimum after trying each spectrum from its neighbours' results, in rounds."""
    problem, x = minimum.problem, minimum.solution.x.copy()
    m = len(x)
    for _ in range(m):
        # from its own result, from that of the spectrum before, and of the one after
        start = np.stack([x, np.roll(x, 1, axis=0), np.roll(x, -1, axis=0)], axis=1)
        tried = solve_each(problem, start)
        cost, minima = tried.cost.reshape(m, 3), tried.x.reshape(m, 3, -1)
        cost[0, 1] = cost[-1, 2] = np.inf  # the ends have no such neighbour
        best = choose_minimum(cost, minima, problem, model, [s.geometry for s in spectra])
        x = sort_arcs(model, minima[np.arange(m), best], problem.free[0])
        if np.all(best == 0):  # every spectrum stayed at its own
            break
    return refine(problem.scale_noise(1 / minimum.error_inflation), x)
