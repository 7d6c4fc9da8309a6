"""The shapes that each term of a circuit may take, before its size is known.

A circuit is a sum of terms in series. The shape of an arc or of a diffusion element is its time
constant and exponent, a lone CPE's its exponent; the shapes of other terms are drawn at random with
a fixed seed. A shape's tangents say how its impedance changes with the logarithm of its time
constant and with its exponent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from types import MappingProxyType

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray, IndexArray
from eisfit.circuit.models import Model, Parameter
from eisfit.circuit.tape import compile_tape, evaluate_with_jacobian
from eisfit.circuit.tree import Node, Parallel, Series, elements_of

SEED = 20
_PER_DECADE = 2.5
_DRAWN = 150
_EXPONENTS = (0.92, 0.78)
COARSE = (0.95, 0.8, 0.65, 0.5)
"""Exponents of a lone CPE; its tangent does for those between."""

FINE = tuple(float(n) for n in np.linspace(1.0, 0.5, 11))
"""More of them, where a CPE's error would hide a small arc beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One term of the sum.

    Parameters
    ----------
    start : int
        Place of its first parameter.
    parameters : tuple of Parameter
    kind : str
        Terms of one kind take the same shapes and may be exchanged.
    first, count : int
        Where its shapes stand among all.
    timed : bool
        Whether its shapes have time constants.
    given : float, optional
        A size that is given and not searched for.
    """

    start: int
    parameters: tuple[Parameter, ...]
    kind: str
    first: int
    count: int
    timed: bool
    given: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """The terms of a circuit and their shapes.

    Parameters
    ----------
    terms : list of Term
    values : ndarray, shape (S, q)
        Parameters of each shape at unit size; nan where it has fewer.
    times : ndarray, shape (S,)
        Time constants in s; nan for shapes that have none.
    columns : ndarray, shape (S + T, k)
        Impedance of each shape at unit size, then of the tangents.
    tangent : ndarray of int, shape (S, 2)
        Which column is a shape's tangent along ln(time constant), along its exponent; -1 if none.
    """

    terms: list[Term]
    values: FloatArray
    times: FloatArray
    columns: ComplexArray
    tangent: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """The shapes of one kind of term."""

    values: FloatArray
    times: FloatArray
    columns: ComplexArray
    along_time: ComplexArray | None = None
    along_exponent: ComplexArray | None = None


def dictionary(
    model: Model, omega: FloatArray, exponents: tuple[float, ...] = COARSE
) -> Dictionary:
    """Return the dictionary of a model for angular frequencies `omega`, shape (k,).

    `exponents` are those of a lone CPE.
    """
    return _dictionary(model.tree, model.parameters, omega.tobytes(), exponents)


@lru_cache(maxsize=16)  # spectra fitted one by one mostly share their frequencies
def _dictionary(
    tree: Node, every: tuple[Parameter, ...], frequencies: bytes, exponents: tuple[float, ...]
) -> Dictionary:
    omega = np.frombuffer(frequencies)
    nodes = tree.parts if isinstance(tree, Series) else (tree,)
    rng = np.random.default_rng(SEED)
    low, high = 0.01 / omega.max(), 30 / omega.min()
    grid = np.geomspace(low, high, int(_PER_DECADE * np.log10(high / low)) + 1)
    known: dict[str, tuple[int, _Shapes]] = {}
    terms, start, total = [], 0, 0
    for node in nodes:
        count = sum(len(e.parameter_names) for e in elements_of(node))
        parameters = every[start : start + count]
        kind = _kind(node)
        if kind not in known:
            known[kind] = (total, _shapes(node, parameters, grid, omega, exponents, rng))
            total += len(known[kind][1].values)
        first, shapes = known[kind]
        prior = parameters[0].prior
        is_lead = count == 1 and parameters[0].scale == "linear" and prior is not None
        given = prior[0] if is_lead and prior is not None else None
        timed = not np.isnan(shapes.times[0])
        terms.append(Term(start, parameters, kind, first, len(shapes.values), timed, given))
        start += count
    return _merge_shapes(terms, [shapes for _, shapes in known.values()])


def _merge_shapes(terms: list[Term], every: list[_Shapes]) -> Dictionary:
    total = sum(len(s.values) for s in every)
    width = max(s.values.shape[1] for s in every)
    values = np.full((total, width), np.nan)
    tangent = np.full((total, 2), -1, dtype=np.int64)
    columns = [s.columns for s in every]
    row, column = 0, total
    for shapes in every:
        count, q = shapes.values.shape
        values[row : row + count, :q] = shapes.values
        for i, along in enumerate((shapes.along_time, shapes.along_exponent)):
            if along is not None:
                columns.append(along)
                tangent[row : row + count, i] = np.arange(column, column + count)
                column += count
        row += count
    times = np.concatenate([s.times for s in every])
    return Dictionary(terms, values, times, np.concatenate(columns), tangent)


def _kind(node: Node) -> str:
    """Return the term's structure without its labels."""
    if isinstance(node, Parallel):
        return "(" + "|".join(sorted(_kind(part) for part in node.parts)) + ")"
    if isinstance(node, Series):
        return "+".join(_kind(part) for part in node.parts)
    return node.symbol


_ROLES: Mapping[str, str] = MappingProxyType({"F": "charge", "F s^(n-1)": "charge", "s": "time"})


def _role(parameter: Parameter) -> str:
    """Return what a parameter is to a shape; a charge makes a time together with the size."""
    if parameter.power > 0:
        return "size"
    if parameter.scale == "linear" and parameter.unit == "1":
        return "exponent"
    return _ROLES.get(parameter.unit, "other")


def find_roles(parameters: tuple[Parameter, ...]) -> list[str]:
    """Return the role of each parameter in the shape of its term."""
    return [_role(p) for p in parameters]


def _shapes(
    node: Node,
    parameters: tuple[Parameter, ...],
    grid: FloatArray,
    omega: FloatArray,
    line_exponents: tuple[float, ...],
    rng: np.random.Generator,
) -> _Shapes:
    """Return the shapes a term may take at unit size."""
    roles = find_roles(parameters)
    tape = compile_tape(node)
    one_time = roles.count("charge") + roles.count("time") == 1
    if roles.count("size") == 1 and one_time and roles.count("exponent") < 2:
        exponents = _EXPONENTS if "exponent" in roles else (1.0,)
        pairs = np.array(list(product(grid, exponents)))
        values = np.stack([_of_pair(role, pairs[:, 0], pairs[:, 1]) for role in roles], axis=1)
        Z, J = evaluate_with_jacobian(tape, omega[None, :], values)
        tau, n = pairs[:, :1], pairs[:, 1:]
        time = roles.index("charge" if "charge" in roles else "time")
        along_time = J[..., time] * (values[:, time, None] if "time" in roles else n * tau**n)
        if "exponent" not in roles:
            return _Shapes(values, pairs[:, 0], Z, along_time)
        along_n = J[..., roles.index("exponent")]
        if "charge" in roles:
            along_n = along_n + J[..., time] * np.log(tau) * tau**n
        return _Shapes(values, pairs[:, 0], Z, along_time, along_n)
    if len(roles) <= 2 and "time" not in roles and roles[0] != "exponent":
        pairs = np.array([(1.0, n) for n in (line_exponents if len(roles) == 2 else (1.0,))])
        values = np.stack([_of_pair(role, pairs[:, 0], pairs[:, 1]) for role in roles], axis=1)
        Z, J = evaluate_with_jacobian(tape, omega[None, :], values)
        none = np.full(len(values), np.nan)
        if roles[-1] != "exponent":
            return _Shapes(values, none, Z)
        return _Shapes(values, none, Z, along_exponent=J[..., -1])
    times = rng.choice(grid, _DRAWN)
    values = np.array([_drawn(parameters, roles, float(tau), rng) for tau in times])
    Z, _ = evaluate_with_jacobian(tape, omega[None, :], values)
    timed = isinstance(node, Parallel)
    return _Shapes(values, times if timed else np.full(_DRAWN, np.nan), Z)


def _of_pair(role: str, tau: FloatArray, n: FloatArray) -> FloatArray:
    """Return a parameter at unit size for time constants and exponents."""
    if role == "charge":
        return tau**n
    return {"time": tau, "exponent": n}.get(role, np.ones_like(tau))


def _drawn(
    parameters: tuple[Parameter, ...], roles: list[str], fast: float, rng: np.random.Generator
) -> list[float]:
    """Return random values for another term: 1 Ω, charged in `fast` s, slow diffusion."""
    out = []
    for i, role in enumerate(roles):
        if role == "size":
            out.append(float(10 ** rng.uniform(-1, 1)) if "size" in roles[:i] else 1.0)
        elif role == "charge":
            out.append(fast)
        elif role == "time":
            out.append(fast * float(10 ** rng.uniform(0.5, 5)))
        elif role == "exponent":
            low, high = parameters[i].bounds
            out.append(float(rng.uniform(max(low, min(0.7, high) - 0.2), high)))
        else:
            out.append(float(10 ** rng.uniform(-1, 1)))
    return out
