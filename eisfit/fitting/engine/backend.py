"""Least squares for many spectra at once: Levenberg–Marquardt on normal equations, with bounds.

Every spectrum is fitted by itself, compiled where that is possible; `joint_engine` fits spectra
together.
"""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import FloatArray, IndexArray
from eisfit.fitting.engine.compiled_fit import fit_rows
from eisfit.fitting.engine.jit import COMPILED, announced
from eisfit.fitting.engine.numpy_fit import solve_numpy
from eisfit.fitting.engine.program import Program, program
from eisfit.fitting.least_squares import (
    Coordinates,
    Problem,
    Solution,
    data_chi_square,
    fitted,
    residuals_and_slopes,
)

__all__ = [
    "Coordinates",
    "Problem",
    "Solution",
    "data_chi_square",
    "fitted",
    "residuals_and_slopes",
    "solve_each",
]

MAX_ITERATIONS = 300
_LEAST_GRID = 8  # points from which a progression pays
SMALLEST_GAIN = 1e-7  # relative fall of the cost at which a fit has converged


def solve_each(
    problem: Problem,
    x: FloatArray,
    gain: float = SMALLEST_GAIN,
    most: int = MAX_ITERATIONS,
) -> Solution:
    """Fit every spectrum by itself.

    Marquardt damping from 0.03, cut by 5 where a step keeps what it promises and doubled where it
    keeps little; raised by 4, 8, 16 … on failures. A coordinate at its bound stays there while the
    gradient pushes against it. A fit ends where the next step promises, or two steps have brought,
    a relative fall of the cost below `gain`.

    Parameters
    ----------
    problem : Problem
        Of m spectra.
    x : ndarray, shape (m, p) or (m, c, p)
        Where to start, once or c times a spectrum.
    gain : float
    most : int
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
    tables = program(problem.tape, problem.quantity) if COMPILED else None
    if tables is not None:
        return _solve_compiled(problem, tables, which, start, gain, most)
    return solve_numpy(problem if x.ndim == 2 else problem[which], start, gain, most)


def _solve_compiled(
    problem: Problem, tables: Program, which: IndexArray, x: FloatArray, gain: float, most: int
) -> Solution:
    m, p = x.shape
    out = Solution(
        x, np.empty(m), np.empty(m), np.empty((m, p, p)), np.empty(m), np.zeros(m, dtype=bool)
    )
    limits, scratch = problem.coordinates, tables.scratch
    # one row of frequencies for all spectra is kept as one: its logarithms are taken once
    grids, steps = _grids(problem.omega if problem.omega.strides[0] else problem.omega[:1])
    arrays = (
        tables.nodes, tables.constants, grids, steps, problem.measured, problem.weight, limits.log,
        limits.size, limits.lower, limits.upper, limits.longest, problem.free, problem.prior_mean,
        problem.prior_precision, which,
    )  # fmt: skip
    # read-only ones would be another type, for which everything is compiled once more
    own = [np.require(array, requirements=["C", "W"]) for array in arrays]
    with announced():
        fit_rows(
            *own, x, 0, m, most, gain,
            out.chi_square, out.cost, out.curvature, out.neighbours, out.converged, scratch,
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
    most = 1e-13 * np.maximum(np.abs(ln[:, :1]), np.abs(ln[:, -1:]))
    even = np.all(np.abs(line[:, :k] - ln) <= most, axis=1) & (k >= _LEAST_GRID)
    line[:, :k] = ln
    return line, np.where(even, step[:, 0], 0.0)
