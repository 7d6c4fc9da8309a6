"""One fit over all temperatures: what the spectra share is fitted once.

Resistances follow Arrhenius, capacitances and exponents are one value for all, leads too; the
electrode is free. Each of these assumptions is tested against the data (a score test) and given up,
first for a law with a bend or a line over temperature, then altogether, where they contradict
it. A spectrum that alone contradicts all others is excluded, with a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray, IndexArray
from eisfit.fitting.design import Design, JointState, score_test_gain, solve_design, to_capacitances
from eisfit.fitting.least_squares import Problem
from eisfit.temperature.laws import basis
from eisfit.temperature.sequence import Sequence
from eisfit.temperature.sharing import (
    Choice,
    SharedQuantity,
    Sharing,
    check_requested,
    default_sharing,
    design_columns,
    law_of,
    middle_of,
    relax_sharing,
    shared_quantities,
)

FEWEST = 5
"""Temperatures below which spectra are fitted one by one only."""

_ALONE = 40.0  # gain in χ² from which a spectrum may be off, and
_SHARE = 0.6  # its part of what all constraints cost together


@dataclass(frozen=True, slots=True, eq=False)
class JointFit:
    """The common fit of a series.

    Parameters
    ----------
    members : ndarray of bool, shape (m,)
        Spectra that take part.
    temperature : ndarray, shape (members,)
        K, or the series' other coordinate.
    problem : Problem
        Of the members.
    state : JointState
    choices : tuple of Choice
    excluded : mapping of int to str
        By place in the series: why a spectrum does not take part.
    """

    members: BoolArray
    temperature: FloatArray
    problem: Problem
    state: JointState
    choices: tuple[Choice, ...]
    excluded: Mapping[int, str]

    def choice(self, process: str, quantity: str) -> Choice | None:
        """Return how a quantity is shared along the series, None where nothing is assumed."""
        wanted = (process, quantity)
        return next((c for c in self.choices if (c.process, c.quantity) == wanted), None)


def fit_joint(
    sequence: Sequence, given: Mapping[str, Sharing] = MappingProxyType({})
) -> JointFit | None:
    """Return the joint fit of a series; None where there are too few different values.

    Along another coordinate than temperature no law is assumed for the resistances, but
    capacitances, exponents and leads are shared as far as the data support it.

    Parameters
    ----------
    sequence : Sequence
        The fits one by one, whose results are its start.
    given : mapping of str to Sharing
        What the user requests, such as ``{"n_bulk": "free"}``: kept whatever the data show.
    """
    series, leads = sequence.series, sequence.leads
    members = leads.members.copy()
    quantities = list(shared_quantities(sequence.model))
    check_requested(given, quantities)
    lawless: dict[str, Sharing] = {}
    if series.coordinate != "temperature":
        lawless = {f"R_{c.process}": "free" for c in quantities if c.quantity == "R"}
    given = {**lawless, **given}
    excluded: dict[int, str] = {}
    max_excluded = max(len(members) // 4, 1)  # that may be excluded
    while True:
        rows = np.flatnonzero(members)
        T = series.values[rows]
        if len(np.unique(np.round(T / max(np.ptp(T), 1e-30), 3))) < FEWEST:
            return None
        start, problem = _start(sequence, quantities, rows, given)
        state = solve_design(problem, start, start.nearest(*_separate_fits(sequence, start, rows)))
        outlier = _outlier_index(state, quantities)
        if outlier is None or len(rows) <= FEWEST or len(excluded) == max_excluded:
            break
        members[int(rows[outlier])] = False
        excluded[int(rows[outlier])] = ""
    state, choices = relax_sharing(problem, state, quantities, T, given)
    excluded = {i: _reason(sequence, state, choices, members, i) for i in excluded}
    choices = tuple(
        replace(c, why=f"no law is assumed along {series.coordinate}", is_assumed=False)
        if f"{c.quantity}_{c.process}" in lawless
        else c
        for c in choices
    )
    return JointFit(members, T, problem, state, choices, excluded)


def _arcs(quantities: list[SharedQuantity]) -> tuple[tuple[int, int, int], ...]:
    by: dict[str, list[int]] = {}
    for item in quantities:
        by.setdefault(item.process, []).append(item.place)
    return tuple((p[0], p[1], p[2]) for p in by.values() if len(p) == 3)


def _start(
    sequence: Sequence,
    quantities: list[SharedQuantity],
    rows: IndexArray,
    given: Mapping[str, Sharing],
) -> tuple[Design, Problem]:
    """Return the design with everything in common, and the problem with its priors once."""
    minimum, p = sequence.minimum, len(sequence.model.names)
    problem = minimum.problem[rows]
    T = sequence.series.values[rows]
    m = len(rows)
    shared = sequence.leads.shared
    shared_at = {item.place: item for item in quantities}
    precision = np.zeros_like(problem.prior_precision)
    # the series itself determines arcs above the window now; a lead's prior counts once
    keep = [j for j in range(p) if j not in shared_at]
    precision[:, keep] = problem.prior_precision[:, keep]
    precision[1:, shared] = 0.0
    problem = replace(problem, prior_precision=precision)
    offset, bases = np.zeros((m, p)), []
    for j in range(p):
        if not problem.free[:, j].all():
            offset[:, j] = minimum.solution.x[rows, j]
            bases.append(np.zeros((m, 0)))
        elif j in shared_at:
            quantity = shared_at[j]
            wanted = given.get(f"{quantity.quantity}_{quantity.process}")
            basis, offset[:, j] = design_columns(wanted or default_sharing(quantity), T)
            bases.append(basis)
        else:
            bases.append(np.ones((m, 1)) if shared[j] else np.eye(m))
    return Design(offset, tuple(bases), _arcs(quantities)), problem


def _separate_fits(
    sequence: Sequence, design: Design, rows: IndexArray
) -> tuple[FloatArray, FloatArray]:
    """Return the single fits' y, shape (m, p), and weights, small where these are not determined.

    Where it lies off the others by far, a single fit has taken one arc for another.
    """
    p = len(sequence.model.names)
    y = to_capacitances(sequence.minimum.solution.x[rows], design.arcs)
    sd = np.sqrt(np.maximum(np.diagonal(sequence.covariance), 0.0)).reshape(-1, p)[rows]
    weight = 1 / (np.where(sd > 0, sd, 0.3) + 0.02)
    for R, Q, n in design.arcs:
        name = _process_of(sequence, R)
        unseen = sequence.above.get(name, np.zeros(len(sequence.series), dtype=bool))[rows]
        if not unseen.all():
            weight[unseen, Q] *= 1e-3
            weight[unseen, n] *= 1e-3
    for _ in range(4):
        off = y - design.y(design.nearest(y, weight))
        size = 1.48 * np.median(np.abs(off), axis=0) + 0.02
        weight = weight / (1 + (off / (3 * size)) ** 2)
    return y, weight


def _process_of(sequence: Sequence, place: int) -> str:
    name = sequence.model.names[place]
    return next(n for n, p in sequence.model.processes.items() if p.parameter("R") == name)


def _freed(design: Design, places: list[int], i: int) -> Design:
    """Return the design in which spectrum `i` has free values in some coordinates."""
    bases = list(design.bases)
    for j in places:
        if 0 < bases[j].shape[1] < len(bases[j]):
            alone = np.zeros((len(bases[j]), 1))
            alone[i] = 1.0
            bases[j] = np.concatenate([bases[j], alone], axis=1)
    return replace(design, bases=tuple(bases))


def _outlier_index(state: JointState, quantities: list[SharedQuantity]) -> int | None:
    """Return the spectrum that alone makes up most of what the constraints cost, if one does."""
    m = len(state.gradient)
    places = [c.place for c in quantities]
    every = state.design
    for j in places:
        if every.bases[j].shape[1]:
            every = every.with_basis(j, np.eye(m), every.offset[:, j])
    total = score_test_gain(state, every)
    gains = [score_test_gain(state, _freed(state.design, places, i)) for i in range(m)]
    worst = int(np.argmax(gains))
    alone = gains[worst] > _ALONE and gains[worst] > _SHARE * total
    return worst if alone else None


def _reason(
    sequence: Sequence,
    state: JointState,
    choices: tuple[Choice, ...],
    members: BoolArray,
    outlier: int,
) -> str:
    """Return by how much the resistances of a spectrum are off the laws of all others."""
    T, fitted, off = sequence.series.values, sequence.minimum.solution.x[outlier], []
    for choice in choices:
        name = law_of(choice.sharing)
        if choice.quantity != "R" or name is None:
            continue
        j = sequence.model.index(sequence.model.processes[choice.process].parameter("R") or "")
        middle, at = middle_of(T[members]), T[[outlier]]
        law = basis(name, at, choice.bend, middle)
        expected = np.log(T[outlier]) + (law @ state.theta[state.design.places[j]])[0]
        percent = 100 * np.expm1(fitted[j] - expected)
        off.append(f"R of {choice.process.replace('_', ' ')} {percent:+.0f} %")
    text = f" ({', '.join(off)} off their lines)" if off else ""
    return f"it contradicts the values that all other spectra share{text}"
