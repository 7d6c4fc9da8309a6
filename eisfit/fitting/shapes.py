"""The shapes that each term of a circuit may take, before its size is known.

A circuit is a sum of terms in series. An arc's shape is its time constant and exponent, a CPE's its
exponent; the shapes of other terms are drawn at random with a fixed seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from eisfit.arrays import ComplexArray, FloatArray, IndexArray
from eisfit.circuit.tape import compile_tape, evaluate
from eisfit.circuit.tree import Node, Parallel, Series, elements_of
from eisfit.models import Model, Parameter

SEED = 20
_PER_DECADE = 3
_DRAWN = 150
_EXPONENTS = {"arc": (0.85, 0.72, 0.96), "line": (0.8, 0.5, 0.65, 0.95)}  # the usual one first


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One term of the sum: its parameters' places, and the shapes it may take."""

    node: Node
    start: int
    parameters: tuple[Parameter, ...]
    shapes: FloatArray  # (s, q): parameter values at unit size
    times: FloatArray  # (s,): time constant of an arc or of what charges first, nan for others
    coarse: int  # every coarse-th shape is tried in all combinations
    is_arc: bool
    given: float | None = None  # a size that is not for the data to choose


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """The terms of a circuit, their shapes, and all inner products of the shapes' impedances.

    Parameters
    ----------
    terms : list of Term
    gram : ndarray, shape (S, S)
        Inner products of all S shapes of all terms, weighted by 1/|Z|.
    right : ndarray, shape (S,)
        Their inner products with the data.
    power : float
        The data's inner product with themselves.
    offset : ndarray, shape (t,)
        Where the shapes of each term begin.
    """

    terms: list[Term]
    gram: FloatArray
    right: FloatArray
    power: float
    offset: IndexArray

    def sizes(self, picks: IndexArray) -> tuple[FloatArray, FloatArray]:
        """Return the best sizes ≥ 0 for shapes `picks`, shape (c, t), and the misfit, (c,)."""
        t = len(self.terms)
        where = picks + self.offset
        G = self.gram[where[:, :, None], where[:, None, :]]
        b = self.right[where]
        size = np.sqrt(np.diagonal(G, axis1=1, axis2=2))
        G = G / (size[:, :, None] * size[:, None, :]) + 1e-9 * np.eye(t)
        b = b / size
        given = np.array([term.given is not None for term in self.terms])
        active = np.ones_like(b, dtype=bool) & ~given
        solved = np.zeros_like(b)
        for _ in range(t):  # a size below zero is set to zero, and the others are solved again
            A = np.where(active[:, :, None] & active[:, None, :], G, 0.0)
            A[:, np.arange(t), np.arange(t)] += ~active
            solved = np.linalg.solve(A, np.where(active, b, 0.0)[..., None])[..., 0]
            negative = active & (solved < 0)
            if not negative.any():
                break
            active &= ~negative
        solved = np.where(active, np.maximum(solved, 0.0), 0.0)
        misfit = self.power - 2 * np.sum(solved * b, axis=1)
        misfit = misfit + np.einsum("ci,cij,cj->c", solved, G, solved)
        return solved / size, misfit


def dictionary(model: Model, omega: FloatArray, data: ComplexArray) -> Dictionary:
    """Return the dictionary of a model for data at `omega`, both of shape (k,)."""
    terms = _terms(model, omega)
    weight = 1 / np.abs(data)
    columns = [
        evaluate(compile_tape(t.node), omega[None, :], t.shapes) * weight for t in terms
    ]  # each (s, k)
    weighted = data * weight
    for term, column in zip(terms, columns, strict=True):
        if term.given is not None:
            weighted = weighted - term.given * column[0]
    every = np.concatenate([np.concatenate([c.real, c.imag], axis=1) for c in columns])
    y = np.concatenate([weighted.real, weighted.imag])
    offset = np.cumsum([0] + [len(c) for c in columns[:-1]])
    return Dictionary(terms, every @ every.T, every @ y, float(y @ y), offset)


def _terms(model: Model, omega: FloatArray) -> list[Term]:
    nodes = model.tree.parts if isinstance(model.tree, Series) else (model.tree,)
    rng = np.random.default_rng(SEED)
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
        coarse = len(_EXPONENTS["arc"]) if _is_arc(node) and count == 3 else 1
        terms.append(Term(node, start, parameters, shapes, times, coarse, _is_arc(node), given))
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
    times = rng.choice(grid, _DRAWN)
    drawn = np.array([_drawn(parameters, float(tau), rng) for tau in times])
    timed = isinstance(node, Parallel)
    return drawn, times if timed else np.full(_DRAWN, np.nan)


def _is_arc(node: Node) -> bool:
    symbols = sorted(e.symbol for e in elements_of(node))
    return isinstance(node, Parallel) and symbols in (["C", "R"], ["Q", "R"])


def _at_unit_size(parameter: Parameter, tau: float, n: float) -> float:
    """Return a parameter of an arc (R = 1 Ω, time constant `tau`) or a lone element."""
    if parameter.power > 0:
        return 1.0
    return float(tau**n) if parameter.power < 0 else n


def _drawn(parameters: tuple[Parameter, ...], fast: float, rng: np.random.Generator) -> list[float]:
    """Return random values for another term: 1 Ω, charged in `fast` s, slow diffusion."""
    out = []
    for i, parameter in enumerate(parameters):
        if parameter.power > 0:
            first = not any(p.power > 0 for p in parameters[:i])
            out.append(1.0 if first else float(10 ** rng.uniform(-1, 1)))
        elif parameter.power < 0:
            out.append(fast)
        elif parameter.unit == "s":
            out.append(fast * float(10 ** rng.uniform(0.5, 5)))
        else:
            out.append(float(rng.uniform(0.7, 1.0)))
    return out
