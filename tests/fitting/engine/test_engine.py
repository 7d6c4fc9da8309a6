"""The compiled engine against its numpy form: the same numbers, for every element and weight."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eisfit
from eisfit.circuit import ELEMENTS
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.fitting.engine.jit import COMPILED
from eisfit.fitting.engine.numpy_fit import normal_equations, solve_numpy
from eisfit.fitting.engine.solver import encode_tape, solve_each
from eisfit.fitting.fit import fit
from eisfit.fitting.least_squares import data_chi_square
from eisfit.fitting.many import fit_many
from eisfit.fitting.problem import make_problem_from_arrays
from eisfit.fitting.uncertainty.statistics import inverse

pytestmark = pytest.mark.skipif(not COMPILED, reason="nothing is compiled here")
_FINE = 1e-10  # relative gain: both go on until ends differ by nothing but rounding
F = frequencies(0.01, 1e6, per_decade=6)
VALUES = {"R": 80.0, "Rct": 250.0, "Rion": 60.0, "Reon": 20.0, "C": 2e-6, "L": 3e-6, "Q": 5e-5,
          "n": 0.8, "m": 0.7, "tau": 3e-3, "W": 30.0, "phi": 0.6}  # fmt: skip
CIRCUITS = [f"{symbol}_x" for symbol in ELEMENTS]
CIRCUITS += [f"R_s + (R_p | {symbol}_x)" for symbol in ELEMENTS]
CIRCUITS += [
    "R_a | C_b", "(R_a + (R_b | Q_c)) | Q_d", "L_a + R_b + (C_c | (R_d + W_e)) + Q_f",
]  # fmt: skip


def _values(model):
    out = []
    for element_parameter in model.names:
        stem = element_parameter.split("_")[-1] if "_x_" in element_parameter else (
            element_parameter.split("_")[0]
        )  # fmt: skip
        value = VALUES[stem]
        if "_x" not in element_parameter:
            value *= 1.7 if stem != "n" else 1.05
        out.append(value)
    low, high = np.array([p.bounds for p in model.parameters]).T
    return np.clip(out, low * 1.001, high * 0.999)


def _problem(circuit, weighting="modulus", quantity="impedance"):
    model = load_model(circuit)
    truth = _values(model)
    Z = np.array([simulate(model, truth, F, noise=0.01, seed=seed).impedance for seed in range(3)])
    f = np.sort(F)[::-1]
    order = np.argsort(-simulate(model, truth, F, noise=0.0).frequency)
    omega = np.tile(2 * np.pi * f, (3, 1))
    problem = make_problem_from_arrays(
        omega, Z[:, order], np.full(3, len(f)), model, weighting=weighting, quantity=quantity
    )
    x = problem.coordinates.x(np.tile(truth, (3, 1)) * 1.1)
    return problem, x


@pytest.mark.parametrize("quantity", ["impedance", "admittance"])
@pytest.mark.parametrize("symbol", ELEMENTS)
def test_every_built_in_element_is_compiled(symbol: str, quantity: str) -> None:
    """Else the tests below would compare numpy with numpy."""
    for circuit in (f"{symbol}_x", f"R_s + (R_p | {symbol}_x)"):
        assert encode_tape(load_model(circuit).tape, quantity) is not None


def test_the_compiled_elements_have_their_closed_forms() -> None:
    """χ² at the truth is 0 for impedances that are written out here."""
    w, one = 2j * np.pi * F, np.ones(len(F))
    for circuit, values, Z in (
        ("R_x", [80.0], 80.0 * one),
        ("C_x", [2e-6], 1 / (2e-6 * w)),
        ("L_x", [3e-6], 3e-6 * w),
        ("Q_x", [5e-5, 0.8], 1 / (5e-5 * w**0.8)),
        ("R_s + (R_p | Q_p)", [10.0, 80.0, 5e-5, 0.8], 10 + 1 / (1 / 80 + 5e-5 * w**0.8)),
    ):
        model = load_model(circuit)
        problem = make_problem_from_arrays(2 * np.pi * F[None], Z[None], np.full(1, len(F)), model)
        x = problem.coordinates.x(np.array([values]))
        assert solve_each(problem, x, max_iterations=0).chi_square[0] < 1e-15


@pytest.mark.parametrize("quantity", ["impedance", "admittance"])
@pytest.mark.parametrize("circuit", CIRCUITS)
def test_value_and_derivatives_are_those_of_numpy(circuit: str, quantity: str) -> None:
    problem, x = _problem(circuit, quantity=quantity)
    at_once = solve_each(problem, x, max_iterations=0)
    np.testing.assert_allclose(at_once.chi_square, data_chi_square(problem, x), rtol=1e-9)
    _, curvature = normal_equations(problem, x)
    size = np.sqrt(np.einsum("mii,mjj->mij", curvature, curvature))
    assert np.max(np.abs(at_once.curvature - curvature) / np.maximum(size, 1e-300)) < 1e-9


@pytest.mark.parametrize("weighting", ["modulus", "proportional"])
@pytest.mark.parametrize("arcs", range(1, 10))
def test_any_number_of_parameters_fills_the_curvature(arcs: int, weighting: str) -> None:
    """Products of derivatives are taken in blocks, which must meet every pair once."""
    circuit = " + ".join(["R_s", *(f"(R_{i} | C_{i})" for i in range(arcs)), "Q_x"][arcs % 2 :])
    problem, x = _problem(circuit, weighting)
    limits = problem.coordinates  # no two arcs alike
    x = np.clip(x + 0.3 * np.arange(x.shape[1]), limits.lower, limits.upper)
    at_once = solve_each(problem, x, max_iterations=0)
    _, curvature = normal_equations(problem, x)
    size = np.sqrt(np.einsum("mii,mjj->mij", curvature, curvature))
    assert np.max(np.abs(at_once.curvature - curvature) / size) < 1e-9


@pytest.mark.parametrize("weighting", ["modulus", "unit", "proportional"])
@pytest.mark.parametrize("quantity", ["impedance", "admittance"])
@pytest.mark.parametrize("circuit", ["R0-p(R1,CPE1)-CPE2", "R0-p(R1,CPE1)-Wo2", "L0-R0-p(R1,C1)"])
def test_fits_end_where_those_of_numpy_end(circuit: str, quantity: str, weighting: str) -> None:
    problem, x = _problem(circuit.replace("0", "_s").replace("1", "_p").replace("2", "_x"),
                          weighting, quantity)  # fmt: skip
    compiled = solve_each(problem, x, _FINE)
    plain = solve_numpy(problem, x.copy(), _FINE, 300)
    both = compiled.converged & plain.converged  # unit weights hide an arc: a valley without end
    assert both.sum() >= 2
    np.testing.assert_allclose(compiled.cost[both], plain.cost[both], rtol=1e-7)
    np.testing.assert_allclose(compiled.lag1_products[both], plain.lag1_products[both], rtol=1e-3)
    V = [inverse(c, np.ones(len(c), dtype=bool)) for c in compiled.curvature]
    deviation = np.sqrt(np.einsum("mii->mi", np.array(V)))
    if weighting != "unit":  # valleys are as flat at one place as at another
        assert np.max((np.abs(compiled.x - plain.x) / deviation)[both]) < 0.05


def test_held_ones_priors_and_bounds_are_respected_alike() -> None:
    problem, x = _problem("R_s + (R_p | Q_p) + Q_x")
    free = problem.free.copy()
    free[:, 0] = False
    precision = np.zeros_like(problem.prior_precision)
    precision[:, 2] = 1e4
    limits = problem.coordinates
    upper = limits.upper.copy()
    upper[1] = x[0, 1] - 0.3
    problem = replace(
        problem, free=free, prior_precision=precision, prior_mean=x + 0.2,
        coordinates=replace(limits, upper=upper),
    )  # fmt: skip
    compiled = solve_each(problem, x, _FINE)
    plain = solve_numpy(problem, np.clip(x, limits.lower, upper), _FINE, 300)
    np.testing.assert_array_equal(compiled.x[:, 0], x[:, 0])
    np.testing.assert_array_equal(compiled.x[:, 1], upper[1])
    np.testing.assert_allclose(compiled.x, plain.x, atol=1e-5)
    np.testing.assert_allclose(compiled.cost, plain.cost, rtol=1e-7)


def test_numbers_do_not_depend_on_the_number_of_threads() -> None:
    model = load_model("R0-p(R1,CPE1)-CPE2")
    Z = np.array([
        simulate(model, [20.0, 300.0, 1e-7, 0.9, 1e-5, 0.8], F, noise=0.01, seed=s).impedance
        for s in range(40)
    ])  # fmt: skip
    Z = np.tile(Z, (30, 1))
    one, three = (fit_many(F, Z, model, threads=t) for t in (1, 3))
    np.testing.assert_array_equal(one.values, three.values)
    np.testing.assert_array_equal(one.stderr, three.stderr)
    np.testing.assert_array_equal(one.values[:40], one.values[40:80])


def test_frequencies_that_are_no_progression_give_the_same() -> None:
    model = load_model("R0-p(R1,CPE1)-CPE2")
    truth = [20.0, 300.0, 1e-7, 0.9, 1e-5, 0.8]
    even = np.geomspace(1e6, 1.0, 33)
    uneven = even * (1 + 1e-10 * np.sin(np.arange(33)))
    fits = []
    for f in (even, uneven):
        Z = simulate(model, truth, f, noise=0.0).impedance * (
            1 + 0.003 * np.sin(7.0 * np.arange(33))
        )
        fits.append(fit_many(f, Z[None], model, start=truth).values)
    np.testing.assert_allclose(*fits, rtol=1e-6)


def test_compiled_code_is_stale_where_any_part_of_it_has_changed(tmp_path) -> None:
    """The cache of compiled code knows of one file by itself; parts come from several."""
    package = tmp_path / "eisfit"
    shutil.copytree(Path(eisfit.__file__).parent, package, ignore=shutil.ignore_patterns("*.nb?"))
    code = (
        "from eisfit.fitting.engine.compiled_fit import fit_rows\n"
        "print(fit_rows._cache._cache_file._source_stamp)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def stamp() -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=environment, cwd=tmp_path,
        )  # fmt: skip
        return done.stdout

    before = stamp()
    assert stamp() == before
    part = package / "fitting" / "engine" / "compiled_circuit.py"
    part.write_text(part.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert stamp() != before


def test_without_a_compiler_the_same_is_found() -> None:
    """The whole way, start values and all, in a process that may not compile."""
    code = (
        "import numpy as np, eisfit\n"
        "from eisfit.fitting.engine.jit import COMPILED\n"
        "assert not COMPILED\n"
        "f = np.geomspace(1e6, 1, 25)\n"
        "truth = [20, 300, 1e-7, 0.9, 1e-5, 0.8]\n"
        "s = eisfit.simulate('R0-p(R1,CPE1)-CPE2', truth, f, noise=0.003, seed=4)\n"
        "print(*(repr(float(v)) for v in eisfit.fit(s, 'R0-p(R1,CPE1)-CPE2').values))"
    )
    environment = {**os.environ, "EISFIT_ENGINE": "numpy"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    spectrum = simulate(
        "R0-p(R1,CPE1)-CPE2",
        [20, 300, 1e-7, 0.9, 1e-5, 0.8],
        np.geomspace(1e6, 1, 25),
        noise=0.003,
        seed=4,
    )
    here = fit(spectrum, "R0-p(R1,CPE1)-CPE2").values
    np.testing.assert_allclose([float(v) for v in done.stdout.split()], here, rtol=1e-6)
