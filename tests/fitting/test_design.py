"""Slopes of a common fit in ln C, against differences of impedances written in R, C and n."""

import numpy as np
import pytest

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import simulate
from eisfit.fitting.design import Design, solve_design, to_capacitances, to_charges
from eisfit.fitting.problem import make_problem

MODEL = load_model("R0 + (R1 | Q1)")
F = np.geomspace(1e5, 1.0, 15)
ARCS = ((1, 2, 3),)  # places of R, Q and n


def _chi_square(problem, y: np.ndarray) -> float:
    """Return χ² at y = (ln R0, ln R1, ln C1, n1), shape (m, 4): with C, an arc has τ = R C."""
    total = 0.0
    for i, (R0, R1, C, n) in enumerate(zip(*np.exp(y[:, :3]).T, y[:, 3], strict=True)):
        Z = R0 + R1 / (1 + (1j * problem.omega[i] * R1 * C) ** n)
        left = problem.measured[i] - Z
        weight = problem.weight[i]
        total += np.sum((weight[0] * left.real) ** 2 + (weight[1] * left.imag) ** 2)
    return float(total)


def test_the_gradient_is_that_of_chi_square_over_ln_c() -> None:
    truth = [[10.0, 100.0, 1e-6, 0.8], [12.0, 300.0, 2e-6, 0.85]]
    spectra = [simulate(MODEL, v, F, noise=0.0) for v in truth]
    problem = make_problem(spectra, MODEL)
    start = np.log([[11.0, 150.0, 3e-7, 1.0], [11.0, 350.0, 1e-6, 1.0]])
    start[:, 3] = 0.75, 0.9
    free = Design(np.zeros((2, 4)), (np.eye(2),) * 4, ARCS)
    # a gain that no step can bring ends the fit after one step: the slopes there are wanted
    state = solve_design(problem, free, free.nearest(start, np.ones((2, 4))), gain=np.inf)
    y = free.y(state.theta)
    assert state.cost == pytest.approx(_chi_square(problem, y), rel=1e-9)
    size = np.abs(state.gradient).max()
    for i in range(2):
        for j in range(4):
            change = np.zeros((2, 4))
            change[i, j] = 1e-5
            rise = _chi_square(problem, y + change) - _chi_square(problem, y - change)
            assert state.gradient[i, j] == pytest.approx(rise / 4e-5, rel=1e-5, abs=1e-6 * size)


def test_the_curvature_is_that_of_chi_square_at_its_minimum() -> None:
    truth = np.array([[10.0, 100.0, 1e-6, 0.8], [12.0, 300.0, 2e-6, 0.85]])
    problem = make_problem([simulate(MODEL, v, F, noise=0.0) for v in truth], MODEL)
    free = Design(np.zeros((2, 4)), (np.eye(2),) * 4, ARCS)
    y = to_capacitances(problem.coordinates.x(truth), ARCS)
    state = solve_design(problem, free, free.nearest(y, np.ones((2, 4))))
    steps = 1e-4 * np.eye(4)
    for i in range(2):
        for j in range(4):
            for k in range(4):
                # χ² = ΔᵀHΔ near 0: its mixed second difference is 8 H h²
                total = 0.0
                for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                    moved = y.copy()
                    moved[i] += a * steps[j] + b * steps[k]
                    total += a * b * _chi_square(problem, moved)
                size = np.sqrt(state.curvature[i, j, j] * state.curvature[i, k, k])
                assert abs(state.curvature[i, j, k] - total / 8e-8) < 1e-3 * size


def test_a_charge_and_a_capacitance_are_one_thing() -> None:
    """C = τ/R with τ = (RQ)^(1/n): 1 mF s^(-1/2) beside 40 Ω is 40 µF."""
    x = np.array([[0.0, np.log(40.0), np.log(1e-3), 0.5]])
    y = to_capacitances(x, ARCS)
    assert np.exp(y[0, 2]) == pytest.approx(4e-5)
    np.testing.assert_allclose(to_charges(y, ARCS), x, rtol=1e-12)
