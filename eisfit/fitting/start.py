"""Start values from the data alone.

A circuit is a sum of terms in series. Once the shape of every term is chosen (time constant and
exponent of an arc, exponent of a CPE), Z is linear in their sizes. So: a dictionary of shapes for
each term, all combinations (or many, drawn with a fixed seed), a small non-negative least-squares
fit of the sizes for each, and the best few that differ go to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from eisfit.arrays import ComplexArray, FloatArray
from eisfit.circuit.tape import compile_tape, evaluate
from eisfit.circuit.tree import Node, Parallel, Series, elements_of
from eisfit.models import Model, Parameter

_COMBINATIONS = 12_000
_PER_DECADE = 3
_EXPONENTS = {"arc": (0.75, 0.93), "line": (0.5, 0.65, 0.8, 0.95)}
_SEED = 20


@dataclass(frozen=True, slots=True, eq=False)
class _Term:
    """One term of the sum: its parameters' places, and the shapes it may take."""

    node: Node
    start: int
    parameters: tuple[Parameter, ...]
    shapes: FloatArray  # (s, q): parameter values at unit size
    times: FloatArray  # (s,): time constant of an arc, nan for others
    given: float | None = None  # a size that is not for the data to choose


def start_values(
    model: Model, frequency: FloatArray, impedance: ComplexArray, count: int = 6
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
    omega = 2 * np.pi * frequency
    terms = _terms(model, omega)
    weight = 1 / np.abs(impedance)
    data = impedance.copy()
    columns = [
        evaluate(compile_tape(t.node), omega[None, :], t.shapes) * weight  # (s, k)
        for t in terms
    ]
    for term, column in zip(terms, columns, strict=True):
        if term.given is not None:
            data = data - term.given * column[0] / weight
    picks = _combinations(terms)
    sizes, misfit = _sizes(columns, picks, data * weight, terms)
    order = np.argsort(misfit, kind="stable")
    chosen = _different(order, picks, terms, count)
    return np.array([_vector(model, terms, picks[i], sizes[i], data) for i in chosen])


def _terms(model: Model, omega: FloatArray) -> list[_Term]:
    nodes = model.tree.parts if isinstance(model.tree, Series) else (model.tree,)
    rng = np.random.default_rng(_SEED)
    low, high = 0.01 / omega.max(), 30 / omega.min()
    grid = np.geomspace(low, high, int(_PER_DECADE * np.log10(high / low)) + 1)
    terms, start = [], 0
    for node in nodes:
        count = sum(len(e.parameter_names) for e in elements_of(node))
        parameters = model.parameters[start : start + count]
        shapes, times = _shapes(node, parameters, grid, rng)
        prior = parameters[0].prior
        is_lead = count == 1 and parameters[0].scale == "linear" and prior is not None
        given = prior[0] if is_lead and prior is not None else None
        terms.append(_Term(node, start, parameters, shapes, times, given))
        start += count
    return terms


def _shapes(
    node: Node, parameters: tuple[Parameter, ...], grid: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return the shapes a term may take at unit size, and the time constants of arcs."""
    if _is_arc(node):
        exponents = _EXPONENTS["arc"] if any(p.power == 0 for p in parameters) else (1.0,)
        pairs = list(product(grid, exponents))
        shapes = np.array([[_at_unit_size(p, tau, n) for p in parameters] for tau, n in pairs])
        return shapes, np.array([tau for tau, _ in pairs])
    if len(parameters) <= 2 and not any(p.name.endswith("tau") for p in parameters):
        pairs = [(1.0, n) for n in _EXPONENTS["line"]] if len(parameters) == 2 else [(1.0, 1.0)]
        shapes = np.array([[_at_unit_size(p, 1.0, n) for p in parameters] for _, n in pairs])
        return shapes, np.full(len(shapes), np.nan)
    drawn = [
        [_drawn(p, grid, rng) for p in parameters]
        for _ in range(60)
    ]  # fmt: skip
    return np.array(drawn), np.full(len(drawn), np.nan)


def _is_arc(node: Node) -> bool:
    symbols = sorted(e.symbol for e in elements_of(node))
    return isinstance(node, Parallel) and symbols in (["C", "R"], ["Q", "R"])


def _at_unit_size(parameter: Parameter, tau: float, n: float) -> float:
    """Return a parameter of an arc (R = 1 Ω, time constant `tau`) or a lone element."""
    if parameter.power > 0:
        return 1.0
    return float(tau**n) if parameter.power < 0 else n


def _drawn(parameter: Parameter, grid: FloatArray, rng: np.random.Generator) -> float:
    """Return a random value for a parameter of a term of any other form."""
    if parameter.power > 0:
        return float(10 ** rng.uniform(-1, 1))
    if parameter.power < 0 or parameter.name.endswith("tau"):
        return float(rng.choice(grid))
    return float(rng.uniform(0.6, 1.0))


def _combinations(terms: list[_Term]) -> FloatArray:
    """Return which shape each term takes, shape (c, t): all if few, else drawn; arcs by rising τ."""
    counts = [len(t.shapes) for t in terms]
    total = int(np.prod([float(c) for c in counts]))
    if total <= 4 * _COMBINATIONS:
        picks = np.array(list(product(*(range(c) for c in counts))))
    else:
        rng = np.random.default_rng(_SEED)
        picks = np.stack([rng.integers(c, size=4 * _COMBINATIONS) for c in counts], axis=1)
        picks = _sorted_arcs(picks, terms)
    times = np.stack([t.times[picks[:, i]] for i, t in enumerate(terms)], axis=1)
    arcs = times[:, ~np.isnan(times[0])]
    rising = np.all(np.diff(arcs, axis=1) > 0, axis=1)
    picks = picks[rising] if rising.any() else picks
    if len(picks) > _COMBINATIONS:
        keep = np.random.default_rng(_SEED).choice(len(picks), _COMBINATIONS, replace=False)
        picks = picks[np.sort(keep)]
    return picks


def _sorted_arcs(picks: FloatArray, terms: list[_Term]) -> FloatArray:
    """Return `picks` with the shapes of alike arcs put by rising time constant."""
    arcs = [i for i, t in enumerate(terms) if not np.isnan(t.times[0])]
    alike = [i for i in arcs if len(terms[i].shapes) == len(terms[arcs[0]].shapes)]
    picks = picks.copy()
    picks[:, alike] = np.sort(picks[:, alike], axis=1)
    return picks


def _sizes(
    columns: list[ComplexArray], picks: FloatArray, data: ComplexArray, terms: list[_Term]
) -> tuple[FloatArray, FloatArray]:
    """Return the best sizes ≥ 0 of the terms, shape (c, t), and the misfit, shape (c,)."""
    every = np.concatenate([np.concatenate([c.real, c.imag], axis=1) for c in columns])
    offset = np.cumsum([0] + [len(c) for c in columns[:-1]])
    y = np.concatenate([data.real, data.imag])
    gram, right = every @ every.T, every @ y
    where = picks + offset
    G = gram[where[:, :, None], where[:, None, :]]
    b = right[where]
    size = np.sqrt(np.diagonal(G, axis1=1, axis2=2))
    G = G / (size[:, :, None] * size[:, None, :]) + 1e-9 * np.eye(len(terms))
    b = b / size
    fixed = np.array([t.given is not None for t in terms])
    active = np.ones_like(b, dtype=bool) & ~fixed
    solved = np.zeros_like(b)
    for _ in range(len(terms)):
        A = np.where(active[:, :, None] & active[:, None, :], G, 0.0)
        A[:, np.arange(len(terms)), np.arange(len(terms))] += ~active
        solved = np.linalg.solve(A, np.where(active, b, 0.0)[..., None])[..., 0]
        negative = active & (solved < 0)
        if not negative.any():
            break
        active &= ~negative
    solved = np.where(active, np.maximum(solved, 0.0), 0.0)
    misfit = y @ y - 2 * np.sum(solved * b, axis=1) + np.einsum("ci,cij,cj->c", solved, G, solved)
    return solved / size, misfit


def _different(order: FloatArray, picks: FloatArray, terms: list[_Term], count: int) -> list[int]:
    """Return the best combinations of which no two are neighbours in time constants."""
    times = np.stack([np.log10(t.times[picks[:, i]]) for i, t in enumerate(terms)], axis=1)
    arcs = ~np.isnan(times[0])
    chosen: list[int] = []
    for i in order[:4000]:
        near = [
            np.all(np.abs(times[i, arcs] - times[j, arcs]) < 0.7)
            if arcs.any()
            else np.all(picks[i] == picks[j])
            for j in chosen
        ]
        if not any(near):
            chosen.append(int(i))
        if len(chosen) == count:
            break
    return chosen


def _vector(
    model: Model, terms: list[_Term], pick: FloatArray, sizes: FloatArray, data: ComplexArray
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
