"""Fits of several spectra with parameters in common, and the covariance of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.errors import FitError
from eisfit.circuit.models import Model, load_model
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.engine.joint_engine import solve_joint
from eisfit.fitting.fit import impedance_of, result_of
from eisfit.fitting.minimum import Minimum, best_minimum, movable
from eisfit.fitting.problem import Weighting, problem_of, refuse_structure
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.statistics import inverse


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Which coordinates are one value for which spectra.

    Parameters
    ----------
    shared : ndarray of bool, shape (p,)
    members : ndarray of bool, shape (m,)
    """

    shared: BoolArray
    members: BoolArray

    def place(self, i: int, p: int) -> int:
        """Return where coordinate `i` of the first member stands among all m p."""
        return int(np.argmax(self.members)) * p + i


def fit_together(
    spectra: Sequence[Spectrum],
    model: str | Model,
    shared: Sequence[str],
    weighting: Weighting = "modulus",
) -> list[FitResult]:
    """Fit one circuit to several spectra at once, with some parameters of one value for all.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Two or more.
    model : str or Model
    shared : sequence of str
        Names of the parameters in common.
    weighting : {"modulus", "unit", "proportional"}

    Returns
    -------
    list of FitResult
        One for each spectrum; what is in common has the same value and error in all.

    Raises
    ------
    FitError
        Where there are less than two spectra, or one has too few points.
    ModelError
        Where a name is not the model's.

    Examples
    --------
    >>> omega = 2 * np.pi * np.logspace(6, 0, 40)
    >>> def pellet(R):
    ...     return Spectrum(omega / 2 / np.pi, 10 + 1 / (1 / R + 1e-6 * (1j * omega) ** 0.9))
    >>> one, two = fit_together([pellet(100.0), pellet(300.0)], "R0-p(R1,CPE1)", ["R0", "n1"])
    >>> one.estimates["R0"].value == two.estimates["R0"].value
    True
    """
    model = load_model(model)
    if len(spectra) < 2:
        raise FitError(f"to have values in common takes two spectra or more, not {len(spectra)}")
    refuse_structure(weighting)
    which = np.zeros(len(model.names), dtype=bool)
    which[[model.index(name) for name in shared]] = True
    problem = problem_of(spectra, model, weighting)
    found = best_minimum(
        problem, impedance_of(problem), model, [None] * len(spectra), {},
        [s.geometry for s in spectra],
    )  # fmt: skip
    common = Common(which, np.ones(len(spectra), dtype=bool))
    found = joined(found, common) if which.any() else found
    V = covariance_of(found, common)
    p = len(model.names)
    return [
        result_of(found, i, s, model, weighting, V[i * p : (i + 1) * p, i * p : (i + 1) * p])
        for i, s in enumerate(spectra)
    ]


def joined(found: Minimum, common: Common) -> Minimum:
    """Return the minimum in which the members have the shared coordinates in common."""
    shared, members = common.shared, common.members
    solution = solve_joint(found.problem[members], found.solution.x[members].copy(), shared)
    return replace(found, solution=found.solution.spliced(members, solution))


def covariance_of(found: Minimum, common: Common) -> FloatArray:
    """Return the covariance of all coordinates, shape (m p, m p), common ones repeated."""
    shared = np.flatnonzero(common.shared)
    members = np.flatnonzero(common.members)
    m, p = found.solution.x.shape
    place = np.arange(m * p).reshape(m, p)
    for j in shared:
        place[members, j] = place[members[0], j]  # a common coordinate has one place
    H = np.zeros((m * p, m * p))
    open_, free = np.zeros(m * p, dtype=bool), movable(found)
    for i in range(m):
        precision = found.problem.prior_precision[i].copy()
        if i in members[1:]:
            precision[shared] = 0.0  # the prior of a common coordinate counts once
        H[np.ix_(place[i], place[i])] += found.solution.curvature[i] + np.diag(precision)
        open_[place[i]] |= free[i]
    V = inverse(H, open_)
    every = place.ravel()
    full: FloatArray = V[np.ix_(every, every)]
    return full
