"""Least squares for many spectra at once: Levenberg–Marquardt on normal equations, with bounds.

Every spectrum is fitted by itself, compiled where that is possible: the tape of its circuit is then
written as two tables of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray, IndexArray
from eisfit.circuit.tape import Operation, Tape
from eisfit.fitting.engine.compiled_circuit import (
    DIFFUSION,
    JOIN,
    KIND,
    LINE,
    POWER,
    RAILS,
    RELAXATION,
    RESISTOR,
)
from eisfit.fitting.engine.compiled_fit import fit_rows
from eisfit.fitting.engine.jit import COMPILED, compilation_notice
from eisfit.fitting.engine.numpy_fit import solve_numpy
from eisfit.fitting.least_squares import Problem, Quantity, Solution

MAX_ITERATIONS = 300
_LEAST_GRID = 8  # points from which a progression pays
SMALLEST_GAIN = 1e-7  # relative fall of the cost at which a fit has converged


def solve_each(
    problem: Problem,
    x: FloatArray,
    tolerance: float = SMALLEST_GAIN,
    max_iterations: int = MAX_ITERATIONS,
) -> Solution:
    """Fit every spectrum by itself.

    Marquardt damping from 0.03, cut by 5 where a step keeps what it promises and doubled where it
    keeps little; raised by 4, 8, 16 … on failures. A coordinate at its bound stays there while the
    gradient pushes against it. A fit ends where the next step promises, or two steps have brought,
    a relative fall of the cost below `tolerance`.

    Parameters
    ----------
    problem : Problem
        Of m spectra.
    x : ndarray, shape (m, p) or (m, c, p)
        Where to start, once or c times a spectrum.
    tolerance : float
    max_iterations : int
        Iterations after which a fit is given up.

    Returns
    -------
    Solution
        With m, or m c, rows.
    """
    which = np.repeat(np.arange(len(x)), x.shape[1] if x.ndim == 3 else 1)
    start = np.clip(
        x.reshape(-1, x.shape[-1]), problem.coordinates.lower, problem.coordinates.upper
    )
    tables = encode_tape(problem.tape, problem.quantity) if COMPILED else None
    if tables is None:
        many = problem if x.ndim == 2 else problem[which]
        return solve_numpy(many, start, tolerance, max_iterations)
    m, p = start.shape
    out = Solution(
        start, np.empty(m), np.empty(m), np.empty((m, p, p)), np.empty(m), np.zeros(m, dtype=bool)
    )
    limits = problem.coordinates
    # one row of frequencies for all spectra is kept as one: its logarithms are taken once
    grids, steps = _grids(problem.omega if problem.omega.strides[0] else problem.omega[:1])
    arrays = (
        tables.nodes, tables.constants, grids, steps, problem.measured, problem.weight, limits.log,
        limits.size, limits.lower, limits.upper, limits.longest_step, problem.free,
        problem.prior_mean, problem.prior_precision, which,
    )  # fmt: skip
    # read-only ones would be another type, for which everything is compiled once more
    writable = [np.require(array, requirements=["C", "W"]) for array in arrays]
    with compilation_notice():
        fit_rows(
            *writable, start, 0, m, max_iterations, tolerance,
            out.chi_square, out.cost, out.curvature, out.lag1_products, out.converged,
            tables.scratch,
        )  # fmt: skip
    return out


def _grids(omega: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ln ω, padded to a multiple of four, and its step where that is the same, else 0.

    Powers of ω are then a geometric progression. Padding goes on with the step, so that they stay
    finite.
    """
    k = omega.shape[1]
    ln = np.log(omega)
    step = (ln[:, -1:] - ln[:, :1]) / max(k - 1, 1)
    line = ln[:, :1] + step * np.arange(-(-k // 4) * 4)
    rounding = 1e-13 * np.maximum(np.abs(ln[:, :1]), np.abs(ln[:, -1:]))
    even = np.all(np.abs(line[:, :k] - ln) <= rounding, axis=1) & (k >= _LEAST_GRID)
    line[:, :k] = ln
    return line, np.where(even, step[:, 0], 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The nodes of a circuit, children before parents.

    Parameters
    ----------
    nodes : ndarray of int, shape (n, 7)
        Columns as `compiled_circuit` names them.
    constants : ndarray, shape (n, 3)
        Scale, exponent, second exponent.
    """

    nodes: IndexArray
    constants: FloatArray

    @property
    def scratch(self) -> ComplexArray | None:
        """Room for the derivatives of one element; None where all are power laws."""
        plain = set(self.nodes[:, KIND].tolist()) <= {POWER, JOIN, RESISTOR}
        return None if plain else np.zeros(4, dtype=np.complex128)


@dataclass(frozen=True, slots=True)
class _Code:
    """How an element runs: for a power law Z = (scale p)^sign (jω)^exponent, with `option` n."""

    kind: int
    sign: int = 1
    option: int = 0
    scale: float = 1.0
    exponent: float = 0.0
    second: float = 0.0


_CODES: Mapping[str, _Code] = MappingProxyType(
    {
        "R": _Code(RESISTOR),
        "C": _Code(POWER, sign=-1, exponent=-1.0),
        "L": _Code(POWER, exponent=1.0),
        "Q": _Code(POWER, sign=-1, option=-1),
        "La": _Code(POWER, option=1),
        "W": _Code(POWER, scale=float(np.sqrt(2.0)), exponent=-0.5),
        "K": _Code(RELAXATION, exponent=1.0, second=1.0),
        "G": _Code(RELAXATION, exponent=1.0, second=0.5),
        "Zarc": _Code(RELAXATION, option=1, second=1.0),
        "Gf": _Code(RELAXATION, option=2, exponent=1.0),
        "HN": _Code(RELAXATION, option=3),
        "Ws": _Code(DIFFUSION, exponent=0.5),
        "Wo": _Code(DIFFUSION, option=1, exponent=0.5),
        "Wsg": _Code(DIFFUSION, option=2),
        "Wog": _Code(DIFFUSION, option=3),
        "TLMQ": _Code(DIFFUSION, option=5),
        "TLMs": _Code(LINE),
        "TLMo": _Code(LINE, option=1),
        "Gs": _Code(LINE, option=3),
        "TLMm": _Code(RAILS),
    }
)


def encode_tape(tape: Tape, quantity: Quantity) -> Program | None:
    """Return the tables of a tape; None where it holds an element that users added.

    Parameters
    ----------
    tape : Tape
    quantity : {"impedance", "admittance"}
        What the last node gives.
    """
    operations = tape.operations
    if any(op.user_defined or op.code not in {"+", "|", *_CODES} for op in operations):
        return None
    nodes = np.zeros((len(operations), 7), dtype=np.int64)
    constants = np.zeros((len(operations), 3))
    parents = _parents(operations)
    for o, op in enumerate(operations):
        outer = operations[parents[o]].code if parents[o] >= 0 else ""
        wanted = outer == "|" or (not outer and quantity == "admittance")
        if op.code in "+|":
            invert = wanted != (op.code == "|")
            nodes[o] = (JOIN, parents[o], invert, 0, 0, 0, 0)
            continue
        code = _CODES[op.code]
        # the inverse of a power law is one, too
        turn = -1 if wanted and code.kind in (POWER, RESISTOR) else 1
        alone = code.kind == RESISTOR and parents[o] < 0
        kind = POWER if alone else code.kind
        signs = (turn * code.sign, turn * code.option)
        nodes[o] = (kind, parents[o], wanted, op.start, op.count, *signs)
        constants[o] = (code.scale, turn * code.exponent, code.second)
    return Program(nodes, constants)


def _parents(operations: tuple[Operation, ...]) -> list[int]:
    """Return the parent of every node, -1 for the last."""
    parents = [-1] * len(operations)
    open_: list[int] = []
    for o, op in enumerate(operations):
        if op.code in "+|":
            for child in open_[-op.count :]:
                parents[child] = o
            del open_[-op.count :]
        open_.append(o)
    return parents
