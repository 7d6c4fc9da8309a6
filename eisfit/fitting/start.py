"""Start values from the data alone.

Once the shape of every term of a circuit is chosen (`shapes`), Z is linear in their sizes. So: many
combinations of shapes, a small non-negative least-squares fit of the sizes for each, the best of
them improved one term at a time, and the best few that differ go to the engine.
"""

from __future__ import annotations

import numpy as np

from eisfit.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.fitting.shapes import SEED, Dictionary, Term, dictionary
from eisfit.models import Model

_MOST = 60_000  # combinations that are counted through; of more, as many are drawn
_COMBINATIONS = 8_000  # of these, evenly taken, are tried
_IMPROVED = 16
_SWEEPS = 2


def start_values(
    model: Model, frequency: FloatArray, impedance: ComplexArray, count: int = 8
) -> FloatArray:
    """Return up to `count` start vectors, best first, shape (c, p), SI units.

    Parameters
    ----------
    model : Model
    frequency : ndarray, shape (k,)
        Hz.
    impedance : ndarray of complex, shape (k,)
        Ω.
    """
    words = dictionary(model, 2 * np.pi * frequency, impedance)
    picks = _combinations(words.terms)
    _, misfit = words.sizes(picks)
    best = _different(np.argsort(misfit, kind="stable"), picks, words.terms, _IMPROVED)
    improved = _improved(words, picks[best])
    _, misfit = words.sizes(improved)
    better = _different(np.argsort(misfit, kind="stable"), improved, words.terms, count // 2)
    # the improved ones crowd in the valleys of the grid: some of the plain ones keep the variety
    picks = np.concatenate([improved[better], picks[best[: count - len(better)]]])
    sizes, _ = words.sizes(picks)
    chosen = range(len(picks))
    return np.array([_vector(model, words.terms, picks[i], sizes[i], impedance) for i in chosen])


def _combinations(terms: list[Term]) -> IndexArray:
    """Return which coarse shape each term takes, shape (c, t): all if they are few, else drawn."""
    step = np.array([t.coarse for t in terms])
    counts = [len(t.shapes[:: t.coarse]) for t in terms]
    if np.prod([float(c) for c in counts]) <= _MOST:
        every = np.indices(counts).reshape(len(counts), -1).T * step
        rising = np.all(every == _rising(every, terms), axis=1)
        every = every[rising]
    else:
        rng = np.random.default_rng(SEED)
        drawn = np.stack([rng.integers(c, size=_MOST) for c in counts], axis=1)
        every = _rising(drawn * step, terms)
    ordered = _in_order(every, terms)
    every = every[ordered] if ordered.any() else every
    stride = -(-len(every) // _COMBINATIONS)
    chosen: IndexArray = every[::stride]
    return chosen


def _timed(terms: list[Term]) -> list[int]:
    return [i for i, t in enumerate(terms) if not np.isnan(t.times[0])]


def _in_order(picks: IndexArray, terms: list[Term]) -> BoolArray:
    """Return where time constants rise in the order of the circuit, as models name them."""
    timed = _timed(terms)
    if len(timed) < 2:
        return np.ones(len(picks), dtype=bool)
    times = np.stack([terms[i].times[picks[:, i]] for i in timed], axis=1)
    rising: BoolArray = np.all(np.diff(times, axis=1) >= 0, axis=1)
    return rising


def _rising(picks: IndexArray, terms: list[Term]) -> IndexArray:
    """Return `picks` with the shapes of alike arcs put by rising time constant."""
    arcs = [i for i, t in enumerate(terms) if t.is_arc]
    alike = [i for i in arcs if len(terms[i].shapes) == len(terms[arcs[0]].shapes)]
    picks = picks.copy()
    picks[:, alike] = np.sort(picks[:, alike], axis=1)
    return picks


def _improved(words: Dictionary, picks: IndexArray) -> IndexArray:
    """Return `picks` after every term in turn took its best shape beside the others'."""
    picks = picks.copy()
    for _ in range(_SWEEPS):
        for i, term in enumerate(words.terms):
            options = len(term.shapes)
            tried = np.repeat(picks, options, axis=0)
            tried[:, i] = np.tile(np.arange(options), len(picks))
            tried = _rising(tried, words.terms)
            _, misfit = words.sizes(tried)
            misfit = np.where(_in_order(tried, words.terms), misfit, np.inf)
            best = np.argmin(misfit.reshape(len(picks), options), axis=1)
            picks = tried[np.arange(len(picks)) * options + best]
    return picks


def _different(order: IndexArray, picks: IndexArray, terms: list[Term], count: int) -> list[int]:
    """Return the best combinations of which no two are neighbours in time constants."""
    arcs = _timed(terms)
    times = (
        np.stack([np.log10(terms[i].times[picks[:, i]]) for i in arcs], axis=1) if arcs else None
    )
    chosen: list[int] = []
    for i in order[:4000]:
        if times is None:
            near = [bool(np.all(picks[i] == picks[j])) for j in chosen]
        else:
            near = [bool(np.all(np.abs(times[i] - times[j]) < 0.7)) for j in chosen]
        if not any(near):
            chosen.append(int(i))
        if len(chosen) == count:
            break
    return chosen


def _vector(
    model: Model, terms: list[Term], pick: IndexArray, sizes: FloatArray, data: ComplexArray
) -> FloatArray:
    """Return a start vector within the bounds; a term of no size gets a small one."""
    typical = float(np.median(np.abs(data)))
    values = np.empty(len(model.parameters))
    for term, which, size in zip(terms, pick, sizes, strict=True):
        shape = term.shapes[int(which)]
        lone_inductor = term.parameters[0].unit == "H"
        own = size if size > 0 else (0.0 if lone_inductor else 1e-3 * typical)
        if term.given is not None:
            own = term.given
        for i, (parameter, value) in enumerate(zip(term.parameters, shape, strict=True)):
            scaled = value * own**parameter.power if parameter.power else value
            values[term.start + i] = np.clip(scaled, *parameter.bounds)
    return values
