"""Formulas against other implementations, derivatives against differences and 60 digits."""

import warnings
from itertools import product

import numpy as np
import pytest

from eisfit.circuit import ELEMENTS, compile_tape, evaluate, evaluate_with_jacobian, parse
from eisfit.circuit.models import library, load_model

OMEGA = 2 * np.pi * np.logspace(7, -3, 41)
VALUES = {
    "R": [120.0], "C": [3e-9], "L": [2e-6], "La": [2e-6, 0.9], "Q": [4e-6, 0.83], "W": [35.0],
    "Ws": [80.0, 0.4], "Wo": [80.0, 0.4], "Wsg": [80.0, 0.4, 0.45], "Wog": [80.0, 0.4, 0.45],
    "G": [80.0, 0.4], "Gf": [80.0, 0.4, 0.6], "Gs": [80.0, 0.4, 1.3], "K": [80.0, 0.4],
    "Zarc": [80.0, 0.4, 0.8], "HN": [80.0, 0.4, 0.8, 0.6], "TLMQ": [80.0, 2e-3, 0.9],
    "TLMo": [80.0, 300.0, 2e-3, 0.9], "TLMs": [80.0, 300.0, 2e-3, 0.9],
    "TLMm": [80.0, 30.0, 0.2, 0.9],
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
    [(s, s) for s in ("R", "C", "L", "W", "Ws", "Wo", "G", "Gs", "K", "Zarc", "TLMQ")]
    + [("Q", "CPE")],
)
def test_values_are_those_of_impedance_py(ours: str, theirs: str) -> None:
    other = getattr(_impedance_py(), theirs)(VALUES[ours], OMEGA / 2 / np.pi)
    np.testing.assert_allclose(_evaluate(ours, VALUES[ours]), other, rtol=1e-10)


def test_the_modified_inductor_is_the_one_that_impedance_py_documents() -> None:
    # its code computes (L jω)^n, its documentation says L (jω)^n: they agree where L is 1
    other = _impedance_py().La([1.0, 0.9], OMEGA / 2 / np.pi)
    np.testing.assert_allclose(_evaluate("La", [1.0, 0.9]), other, rtol=1e-10)
    np.testing.assert_allclose(_evaluate("La", [3.0, 0.9]), 3 * other, rtol=1e-10)
    np.testing.assert_allclose(_evaluate("La", [2e-6, 1.0]), _evaluate("L", [2e-6]), rtol=1e-10)


def test_two_rails_are_the_porous_electrode_of_impedance_py_and_its_constant() -> None:
    a, b, C = 80.0, 30.0, 2e-3
    values = [(a**2 + b**2) / (a + b), 2 * a * b / (a + b), 0.0, (a + b) * C]
    omega = OMEGA[OMEGA < 1e4]  # where its sinh does not overflow
    other = _impedance_py().T(values, omega / 2 / np.pi) + a * b / (a + b)
    np.testing.assert_allclose(_evaluate("TLMm", [a, b, C, 1.0], omega), other, rtol=1e-10)


@pytest.mark.parametrize(
    ("general", "values", "special", "fewer"),
    [
        ("Wsg", [80.0, 0.4, 0.5], "Ws", [80.0, 0.4]),
        ("Wog", [80.0, 0.4, 0.5], "Wo", [80.0, 0.4]),
        ("Gf", [80.0, 0.4, 0.5], "G", [80.0, 0.4]),
        ("Gs", [80.0, 0.4, 50.0], "G", [80.0, 0.4]),
        ("Zarc", [80.0, 0.4, 1.0], "K", [80.0, 0.4]),
        ("HN", [80.0, 0.4, 0.8, 1.0], "Zarc", [80.0, 0.4, 0.8]),
        ("HN", [80.0, 0.4, 1.0, 0.6], "Gf", [80.0, 0.4, 0.6]),
        ("TLMQ", [80.0, 5e-3, 1.0], "Wo", [80.0, 0.4]),
        ("TLMo", [80.0, 1e13, 5e-3, 0.9], "TLMQ", [80.0, 5e-3, 0.9]),
        ("TLMs", [80.0, 1e13, 5e-3, 1.0], "Ws", [80.0, 0.4]),
        ("TLMm", [80.0, 1e-9, 5e-3, 0.9], "TLMQ", [80.0, 5e-3, 0.9]),
    ],
)
def test_a_general_element_holds_the_special_one(
    general: str, values: list[float], special: str, fewer: list[float]
) -> None:
    Z = _evaluate(general, values)
    np.testing.assert_allclose(Z, _evaluate(special, fewer), rtol=1e-6)


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_derivatives_are_exact_to_the_ends_of_the_bounds(symbol: str) -> None:
    """Values and slopes against 60 digits, from 1 mHz to 100 MHz, without an overflow."""
    mp = pytest.importorskip("mpmath").mp
    exact = EXACT[symbol]
    omega = 2 * np.pi * np.logspace(-3, 8, 5)
    with mp.workdps(60):
        for point in _points(symbol):
            Z, J = evaluate_with_jacobian(compile_tape(parse(f"{symbol}_x")), omega, point)
            p = [mp.mpf(float(v)) for v in point]
            for k, w in enumerate(mp.mpf(float(v)) for v in omega):
                true = exact(mp, w, *p)
                assert abs(mp.mpc(complex(Z[k])) - true) < 1e-13 * abs(true)
                for i in range(len(p)):
                    slope = _exact_slope(mp, exact, w, p, i)
                    if abs(slope * p[i]) > 1e-15 * abs(true):  # below, nothing in a fit feels it
                        error = abs(mp.mpc(complex(J[k, i])) - slope) / abs(slope)
                        assert error < 1e-12, (point, float(w), i)


def _exact_slope(mp, exact, w, p, i):
    h = p[i] * mp.mpf(10) ** -20
    up, down = (exact(mp, w, *p[:i], p[i] + sign * h, *p[i + 1 :]) for sign in (1, -1))
    return (up - down) / (2 * h)


def _points(symbol: str) -> list[np.ndarray]:
    """Return every corner of the bounds, and some points within them."""
    kinds = ELEMENTS[symbol].parameters
    corners = [np.array(c) for c in product(*(k.bounds for k in kinds))]
    rng = np.random.default_rng(4)
    for _ in range(5):
        u = rng.random(len(kinds))
        corners.append(np.array([
            k.bounds[0] * (k.bounds[1] / k.bounds[0]) ** x for k, x in zip(kinds, u, strict=True)
        ]))  # fmt: skip
    return corners


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_every_element_is_passive(symbol: str) -> None:
    for point in _points(symbol):
        if symbol == "Wog":
            point[2] = min(point[2], 0.5)  # beyond, it is not; its documentation says so
        Z = _evaluate(symbol, list(point), 2 * np.pi * np.logspace(-3, 8, 100))
        assert np.all(np.isfinite(Z))
        assert np.all(Z.real >= -1e-14 * np.abs(Z))


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_powers_tell_how_parameters_change_with_the_size_of_z(symbol: str) -> None:
    values = np.array(VALUES[symbol])
    powers = [kind.power for kind in ELEMENTS[symbol].parameters]
    larger = _evaluate(symbol, list(values * 7.0 ** np.array(powers)))
    np.testing.assert_allclose(larger, 7.0 * _evaluate(symbol, list(values)), rtol=1e-12)


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_usual_values_lie_within_the_bounds(symbol: str) -> None:
    for kind, value in zip(ELEMENTS[symbol].parameters, VALUES[symbol], strict=True):
        assert kind.bounds[0] <= value <= kind.bounds[1]
        assert kind.scale == "log" or kind.unit == "1"


def _impedance_py():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("impedance.models.circuits.elements")


def _evaluate(symbol: str, values: list[float], omega: np.ndarray = OMEGA) -> np.ndarray:
    return evaluate(compile_tape(parse(f"{symbol}_x")), omega, np.array(values))


def test_a_batch_gives_what_each_spectrum_gives() -> None:
    tape = compile_tape(parse("R0-p(R1,CPE1)"))
    values = np.array([[10.0, 100.0, 1e-6, 0.9], [20.0, 300.0, 1e-7, 0.8]])
    together, J = evaluate_with_jacobian(tape, np.tile(OMEGA, (2, 1)), values)
    for i in range(2):
        Z, own = evaluate_with_jacobian(tape, OMEGA, values[i])
        np.testing.assert_array_equal(together[i], Z)
        np.testing.assert_array_equal(J[i], own)


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_a_batch_of_every_element_gives_what_each_gives(symbol: str) -> None:
    tape = compile_tape(parse(f"{symbol}_x"))
    values = np.array([VALUES[symbol], VALUES[symbol]])
    values[1, 0] *= 3
    together, J = evaluate_with_jacobian(tape, OMEGA, values)
    assert together.shape == (2, len(OMEGA))
    for i in range(2):
        Z, own = evaluate_with_jacobian(tape, OMEGA, values[i])
        np.testing.assert_allclose(together[i], Z, rtol=1e-14)
        np.testing.assert_allclose(J[i], own, rtol=1e-14)


def _coth(mp, s):
    return 1 / mp.tanh(s)


def _diffusion(mp, w, tau, n=0.5):
    return (1j * w * tau) ** (mp.mpf(1) / 2 if n == 0.5 else n)


def _line(mp, w, Rion, Rct, Q, n, end):
    Zk = Rct / (1 + Rct * Q * (1j * w) ** n)
    return mp.sqrt(Rion * Zk) * end(mp.sqrt(Rion / Zk))


def _two_rails(mp, w, a, b, Q, n):
    k = mp.sqrt((a + b) * Q * (1j * w) ** n)
    return a * b / (a + b) * (1 + 2 / (k * mp.sinh(k))) + (a**2 + b**2) / (a + b) / k * _coth(mp, k)


def _blocking(mp, w, R, Q, n):
    Zs = 1 / (Q * (1j * w) ** n)
    return mp.sqrt(R * Zs) * _coth(mp, mp.sqrt(R / Zs))


EXACT = {
    "R": lambda mp, w, R: mp.mpc(R),
    "C": lambda mp, w, C: 1 / (1j * w * C),
    "L": lambda mp, w, L: 1j * w * L,
    "La": lambda mp, w, L, n: L * (1j * w) ** n,
    "Q": lambda mp, w, Q, n: 1 / (Q * (1j * w) ** n),
    "W": lambda mp, w, W: W * (1 - 1j) / mp.sqrt(w),
    "Ws": lambda mp, w, R, t: R * mp.tanh(_diffusion(mp, w, t)) / _diffusion(mp, w, t),
    "Wo": lambda mp, w, R, t: R * _coth(mp, _diffusion(mp, w, t)) / _diffusion(mp, w, t),
    "Wsg": lambda mp, w, R, t, n: R * mp.tanh(_diffusion(mp, w, t, n)) / _diffusion(mp, w, t, n),
    "Wog": lambda mp, w, R, t, n: R * _coth(mp, _diffusion(mp, w, t, n)) / _diffusion(mp, w, t, n),
    "G": lambda mp, w, R, t: R / mp.sqrt(1 + 1j * w * t),
    "Gf": lambda mp, w, R, t, n: R / (1 + 1j * w * t) ** n,
    "Gs": lambda mp, w, R, t, phi: (
        R / mp.sqrt(1 + 1j * w * t) * _coth(mp, phi * mp.sqrt(1 + 1j * w * t))
    ),
    "K": lambda mp, w, R, t: R / (1 + 1j * w * t),
    "Zarc": lambda mp, w, R, t, n: R / (1 + (1j * w * t) ** n),
    "HN": lambda mp, w, R, t, n, m: R / (1 + (1j * w * t) ** n) ** m,
    "TLMQ": _blocking,
    "TLMo": lambda mp, w, *p: _line(mp, w, *p, end=lambda s: _coth(mp, s)),
    "TLMs": lambda mp, w, *p: _line(mp, w, *p, end=mp.tanh),
    "TLMm": _two_rails,
}
"""The formulas once more, as their sources write them, for arithmetic of any length."""
