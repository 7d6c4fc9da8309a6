"""Formulas against another implementation, derivatives against extrapolated differences."""

import warnings

import numpy as np
import pytest

from eisfit.circuit import ELEMENTS, compile_tape, evaluate, evaluate_with_jacobian, parse
from eisfit.models import library, load_model

OMEGA = 2 * np.pi * np.logspace(7, -3, 41)
VALUES = {
    "R": [120.0], "C": [3e-9], "L": [2e-6], "Q": [4e-6, 0.83], "W": [35.0],
    "Ws": [80.0, 0.4], "Wo": [80.0, 0.4], "G": [80.0, 0.4],
}  # fmt: skip


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_derivatives_are_those_of_the_formula(symbol: str) -> None:
    tape = compile_tape(parse(f"{symbol}_x"))
    values = np.array(VALUES[symbol])
    _, J = evaluate_with_jacobian(tape, OMEGA, values)
    for i in range(len(values)):
        # Richardson's extrapolation of central differences: error O(h⁴)
        steps = [(h, _difference(tape, values, i, h)) for h in (1e-3, 5e-4)]
        numeric = (4 * steps[1][1] - steps[0][1]) / 3
        size = np.abs(numeric).max()
        assert np.abs(J[:, i] - numeric).max() < 1e-9 * max(size, 1e-30), tape.names[i]


def _difference(tape, values, i, h):
    up, down = values.copy(), values.copy()
    up[i] *= 1 + h
    down[i] *= 1 - h
    return (evaluate(tape, OMEGA, up) - evaluate(tape, OMEGA, down)) / (2 * h * values[i])


@pytest.mark.parametrize("name", library())
def test_derivatives_of_every_model(name: str) -> None:
    model = load_model(name)
    values = np.array([p.start for p in model.parameters])
    _, J = evaluate_with_jacobian(model.tape, OMEGA, values)
    for i in range(len(values)):
        steps = [_difference(model.tape, values, i, h) for h in (1e-3, 5e-4)]
        numeric = (4 * steps[1] - steps[0]) / 3
        Z = np.abs(evaluate(model.tape, OMEGA, values))
        assert np.abs(J[:, i] - numeric).max() * abs(values[i]) < 1e-8 * Z.max()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("R_a", "R"), ("C_a", "C"), ("L_a", "L"), ("Q_a", "CPE"), ("W_a", "W"), ("Ws_a", "Ws"),
     ("Wo_a", "Wo"), ("G_a", "G")],
)  # fmt: skip
def test_values_are_those_of_impedance_py(ours: str, theirs: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        elements = pytest.importorskip("impedance.models.circuits.elements")
    values = VALUES[ours.split("_")[0]]
    Z = evaluate(compile_tape(parse(ours)), OMEGA, np.array(values))
    other = getattr(elements, theirs)(values, OMEGA / 2 / np.pi)
    np.testing.assert_allclose(Z, other, rtol=1e-10)


def test_a_batch_gives_what_each_spectrum_gives() -> None:
    tape = compile_tape(parse("R0-p(R1,CPE1)"))
    values = np.array([[10.0, 100.0, 1e-6, 0.9], [20.0, 300.0, 1e-7, 0.8]])
    together, J = evaluate_with_jacobian(tape, np.tile(OMEGA, (2, 1)), values)
    for i in range(2):
        Z, own = evaluate_with_jacobian(tape, OMEGA, values[i])
        np.testing.assert_array_equal(together[i], Z)
        np.testing.assert_array_equal(J[i], own)
