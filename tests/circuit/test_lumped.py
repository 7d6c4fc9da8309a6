"""Lumped elements against their closed forms."""

import numpy as np
import pytest

from eisfit.circuit import compile_tape, evaluate, parse

OMEGA = np.geomspace(1e-2, 1e7, 10)


@pytest.mark.parametrize("n", [0.5, 0.8, 1.0])
def test_a_constant_phase_element_has_one_phase_and_falls_with_frequency(n: float) -> None:
    Z = evaluate(compile_tape(parse("Q_x")), OMEGA, np.array([2e-6, n]))
    np.testing.assert_allclose(np.abs(Z), 1 / (2e-6 * OMEGA**n), rtol=1e-12)
    np.testing.assert_allclose(np.angle(Z, deg=True), -90 * n, rtol=1e-12)


def test_inductors_capacitors_and_resistors_have_their_phases() -> None:
    for symbol, value, size, degrees in (
        ("R", 50.0, 50.0 + 0 * OMEGA, 0.0),
        ("C", 2e-6, 1 / (2e-6 * OMEGA), -90.0),
        ("L", 3e-6, 3e-6 * OMEGA, 90.0),
    ):
        Z = evaluate(compile_tape(parse(f"{symbol}_x")), OMEGA, np.array([value]))
        np.testing.assert_allclose(np.abs(Z), size, rtol=1e-12)
        np.testing.assert_allclose(np.angle(Z, deg=True), degrees, atol=1e-9)
