"""Profile likelihood: intervals that hold where the fit is far from linear.

A parameter is held on both sides of its best value and all others are fitted again. The rise of χ²
shows which values the data allow; a Wald interval (value ± t stderr) assumes that χ² is a parabola.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from eisfit.base.arrays import FloatArray, freeze
from eisfit.base.errors import FitError
from eisfit.fitting.engine.solver import solve_each
from eisfit.fitting.minimum import Minimum
from eisfit.fitting.problem import make_coordinates
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.intervals import (
    Interval,
    student_t,
    wald_intervals,
    wald_is_suspect,
)
from eisfit.fitting.uncertainty.refit import restore_minimum

_FIRST = (0.5, 1.0, 1.6)  # first distances, in half widths of the Wald interval
_CLOSE = 0.002  # relative: √Δχ² that counts as the threshold itself
_NARROW = 1e-3  # relative width of a bracket that is narrow enough
_ROUNDS = 14
_BETTER = 0.1  # fall of χ², in noise units, that shows another minimum


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Profile:
    """What χ² does when one parameter is held elsewhere and the others are fitted again.

    Parameters
    ----------
    name : str
    level : float
        Of the interval, such as 0.95.
    values : ndarray, shape (g,)
        Where the parameter was held, rising, SI units; the best value is among them.
    delta_chi_square : ndarray, shape (g,)
        Rise of χ² over that of the best fit, in units of its reduced χ².
    fits : ndarray, shape (g, p)
        Values of all parameters there, in the circuit's order.
    threshold : float
        Δχ² at the ends of the interval: the quantile of F with 1 and the fit's degrees of freedom.
    interval : Interval
    wald : Interval
        From the standard error; open on both sides where there is none.
    wald_differs : bool
        Whether an end of the Wald interval is off by more than a tenth, or one of them is open.
    """

    name: str
    level: float
    values: FloatArray
    delta_chi_square: FloatArray
    fits: FloatArray
    threshold: float
    interval: Interval
    wald: Interval
    wald_differs: bool

    @property
    def found_better(self) -> bool:
        """Whether a lower χ² than that of the fit was met: the fit is not at the best minimum."""
        return bool(np.min(self.delta_chi_square) < -_BETTER)

    def __repr__(self) -> str:
        notes = f"; Wald: {self.wald}" if self.wald_differs else ""
        notes += "; a better minimum was found" if self.found_better else ""
        return f"<Profile {self.name}: {self.interval} at {100 * self.level:g} %{notes}>"


@dataclass(slots=True)
class _Side:
    """One side of the search for parameter `i`; distances are in x.

    `width` is a first guess of the end, `reach` the bound; `points` hold √Δχ², Δχ² and the fit's x.
    """

    i: int
    sign: int
    width: float
    reach: float
    points: dict[float, tuple[float, float, FloatArray]] = field(default_factory=dict)

    def bracket(self, goal: float) -> tuple[float, float] | None:
        """Return the distances between which √Δχ² first passes `goal`."""
        inner = 0.0
        for d in sorted(self.points):
            if self.points[d][0] >= goal:
                return inner, d
            inner = d
        return None

    def crossing(self, goal: float) -> float | None:
        """Return the distance at which √Δχ² passes `goal`, on a line through the bracket."""
        ends = self.bracket(goal)
        if ends is None:
            return None
        a, b = (self.points[d][0] for d in ends)
        return ends[0] + (ends[1] - ends[0]) * (goal - a) / (b - a)

    def next(self, goal: float) -> list[float]:
        """Return the distances to evaluate next; none where the end is known."""
        far = max(self.points)
        ends = self.bracket(goal)
        if self.reach <= 0:
            return []
        if far == 0:
            return sorted({min(f * self.width, self.reach) for f in _FIRST})
        if ends is None:
            return sorted({min(f * far, self.reach) for f in (2, 4)}) if far < self.reach else []
        a, b = ends
        off = min(abs(self.points[d][0] - goal) for d in ends)
        guess = self.crossing(goal)
        if off < _CLOSE * goal or b - a < _NARROW * b or guess is None:
            return []
        return [
            guess,
            (a + b) / 2,
            b,
        ]  # the far end again, from closer starts: its minimum may have been missed


def profile(
    result: FitResult, names: Iterable[str] | None = None, *, level: float = 0.95
) -> dict[str, Profile]:
    """Return the profile of each parameter, with the interval it gives.

    The interval holds all values at which Δχ²/s² is below the quantile of F(1, ν), that is t², with
    s² the reduced χ² of the best fit and ν its degrees of freedom. Where residuals are not random,
    s² is widened as the stated errors are. Fits are followed outwards from the best one: a
    separate minimum is not searched for.

    Parameters
    ----------
    result : FitResult
    names : iterable of str, optional
        All that were fitted where left out.
    level : float

    Returns
    -------
    dict of str to Profile

    Raises
    ------
    FitError
        Where a parameter was held, the level is not between 0 and 1, or the result cannot be
        fitted again (see `restore_minimum`).
    ModelError
        Where a name is not the model's.

    References
    ----------
    Venzon & Moolgavkar, J. R. Stat. Soc. C 37 (1988) 87, doi:10.2307/2347496.

    Examples
    --------
    >>> from eisfit.fitting.fit import fit
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> spectrum = simulate("R0-p(R1,CPE1)", [10, 100, 1e-6, 0.9], frequencies(1, 1e6), noise=0.01)
    >>> R1 = profile(fit(spectrum, "R0-p(R1,CPE1)"), ["R1"])["R1"]
    >>> 100 in R1.interval, R1.wald_differs
    (True, False)
    """
    goal = student_t(result, level)
    indices = _indices(result, names)
    minimum = restore_minimum(result)
    x, limits = minimum.solution.x[0], minimum.problem.coordinates
    V = minimum.covariance(0, minimum.problem.free[0])
    reach = goal * np.sqrt(np.diagonal(V))
    usual = 2 * limits.longest_step  # for one on which the data do not depend
    width = np.where(reach > 0, np.minimum(reach, usual), usual)
    sides = []
    for i in indices:
        for sign, bound in ((-1, limits.lower[i]), (1, limits.upper[i])):
            longest = float(abs(bound - x[i]))
            sides.append(_Side(i, sign, float(width[i]), longest, {0.0: (0.0, 0.0, x)}))
    for _ in range(_ROUNDS):
        jobs = [(side, d) for side in sides for d in side.next(goal)]
        if not jobs:
            break
        _solve(minimum, V, jobs)
    wald = wald_intervals(result, level)
    pairs = zip(sides[::2], sides[1::2], strict=True)
    return {one.name: one for one in (_profile(result, p, goal, level, wald) for p in pairs)}


def _indices(result: FitResult, names: Iterable[str] | None) -> list[int]:
    free = [e.name for e in result.estimates.values() if not e.fixed]
    indices = [result.model.index(name) for name in (free if names is None else names)]
    if held := [result.model.names[i] for i in indices if result.model.names[i] not in free]:
        raise FitError(f"{', '.join(held)} was held in the fit and has no profile")
    return indices


def _solve(minimum: Minimum, V: FloatArray, jobs: Sequence[tuple[_Side, float]]) -> None:
    """Fit the others with each job's parameter held: from the fits next to it, along the valley."""
    best = minimum.solution
    problem = minimum.problem[[0] * len(jobs)]
    free, starts = problem.free.copy(), np.empty((len(jobs), 3, best.x.shape[1]))
    for row, (side, d) in enumerate(jobs):
        inner = max(known for known in side.points if known < d)
        outer = min((known for known in side.points if known >= d), default=inner)
        place, i = side.points[inner][2], side.i
        slope = V[:, i] / V[i, i] if V[i, i] > 0 else np.zeros(len(V))
        starts[row] = place, place + slope * side.sign * (d - inner), side.points[outer][2]
        starts[row, :, i] = best.x[0, i] + side.sign * d
        free[row, i] = False
    done = solve_each(replace(problem, free=free), starts)
    rise = np.nan_to_num(done.cost - best.cost[0], nan=np.inf).reshape(-1, 3)
    ends = done.x.reshape(starts.shape)
    for row, (side, d) in enumerate(jobs):
        better = int(np.argmin(rise[row]))
        delta = float(rise[row, better])
        if d not in side.points or delta < side.points[d][1]:
            side.points[d] = float(np.sqrt(max(delta, 0.0))), delta, ends[row, better]


def _profile(
    result: FitResult,
    sides: tuple[_Side, _Side],
    goal: float,
    level: float,
    wald: Mapping[str, Interval],
) -> Profile:
    i = sides[0].i
    parameter, coordinates = result.model.parameters[i], make_coordinates(result.model)
    points = {s.sign * d: point for s in sides for d, point in s.points.items()}
    along = sorted(points)
    fits = coordinates.values(np.array([points[d][2] for d in along]))
    best = points[0.0][2]

    def end(side: _Side) -> float | None:
        place, d = best.copy(), side.crossing(goal)
        place[i] += side.sign * (d or 0.0)
        return None if d is None else float(coordinates.values(place)[i])

    interval = Interval(end(sides[0]), end(sides[1]), parameter.unit, "profile")
    middle, wald_interval = float(coordinates.values(best)[i]), wald[parameter.name]
    return Profile(
        name=parameter.name,
        level=level,
        values=freeze(fits[:, i], np.float64),
        delta_chi_square=freeze([points[d][1] for d in along], np.float64),
        fits=freeze(fits, np.float64),
        threshold=goal**2,
        interval=interval,
        wald=wald_interval,
        wald_differs=not interval.agrees_with(wald_interval, middle, parameter.scale),
    )


def intervals(result: FitResult, *, level: float = 0.95) -> dict[str, Interval]:
    """Return an interval for every fitted parameter: Wald's, the profile's where that is suspect.

    See `wald_is_suspect` for where. `Interval.source` states which it is.

    Examples
    --------
    >>> from eisfit.fitting.fit import fit
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> spectrum = simulate("R0-p(R1,CPE1)", [10, 100, 1e-6, 0.99], frequencies(1, 1e5), noise=0.03)
    >>> found = intervals(fit(spectrum, "R0-p(R1,CPE1)"))
    >>> found["R1"].source, found["n1"].source, found["n1"].high
    ('wald', 'profile', None)
    """
    out = wald_intervals(result, level)
    suspect = [
        p.name
        for p in result.model.parameters
        if p.name in out and wald_is_suspect(result.estimates[p.name], p)
    ]
    if suspect:
        out |= {name: one.interval for name, one in profile(result, suspect, level=level).items()}
    return out
