"""The simulated instrument does what its docstrings say."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sim() -> ModuleType:
    return load("simulated_instrument")


@pytest.fixture(scope="module")
def errors(sim: ModuleType) -> ModuleType:
    load("error_model")
    module = load("spectrum_errors")
    module.DRAWS = 5  # coverage does not need the oracle
    return module


@pytest.mark.parametrize("seed", range(8))
def test_slopes_are_those_of_the_impedance(sim: ModuleType, seed: int) -> None:
    sample = sim.draw_sample(np.random.default_rng(seed), 3)
    h, J = 1e-6, sample.slopes()
    for i in range(3):
        for j, field in enumerate(("resistance", "time_constant", "exponent")):
            moved = []
            for sign in (1, -1):
                values = getattr(sample, field).copy()
                values[i] = values[i] + sign * h if j == 2 else values[i] * np.exp(sign * h)
                changed = {f: getattr(sample, f) for f in sample.__slots__} | {field: values}
                moved.append(sim.Sample(**changed).impedance())
            slope = (moved[0] - moved[1]) / (2 * h)
            assert np.allclose(J[:, 1 + 3 * i + j], slope, rtol=1e-6, atol=1e-6 * sample.total)


@pytest.mark.parametrize("seed", range(20))
def test_skewed_arcs_keep_resistance_and_peak(sim: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    f = np.logspace(9, -9, 6001)
    one = sim.Sample(f, 1.0, np.array([100.0]), np.array([1e-3]), np.array([0.9]))
    Z = sim.skewed_arcs(one, 0.3)(rng, f, one.impedance())
    assert Z[-1].real == pytest.approx(101, rel=1e-4)
    assert Z[0].real == pytest.approx(1, rel=0.05)
    assert 2 * np.pi * f[np.argmin(Z.imag)] == pytest.approx(1e3, rel=0.02)


def test_noise_has_its_size(sim: ModuleType) -> None:
    f, Z = np.logspace(5, 0, 20_000), np.full(20_000, 3 - 4j)
    rng = np.random.default_rng(1)
    noise = sim.proportional_noise(0.01)(rng, f, Z) - Z
    assert np.std(noise.real) == pytest.approx(0.05, rel=0.03)
    assert np.std(noise.imag) == pytest.approx(0.05, rel=0.03)
    ends = sim.noisy_end(0.001, at="high")(rng, f, Z) - Z
    assert np.std(ends[f > 1e4]) == pytest.approx(10 * np.std(ends[f < 1e4]), rel=0.1)
    smooth = np.array([sim.smooth(rng, f[::200], 2.3) for _ in range(500)])
    assert np.std(smooth) == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("kind", ["stated", "candidate"])
def test_intervals_cover_exponents_under_white_noise(errors: ModuleType, kind: str) -> None:
    rows = [row for seed in range(40) for row in errors.rows("white", seed, errors.ERRORS[kind])]
    sure = [row for row in rows if row.determined and row.kind == "n"]
    assert errors.not_excluded(sum(row.covered for row in sure), len(sure), 0.93)
    assert all(row.oracle_error > 0 for row in rows)


def test_the_candidate_covers_resistances_of_skewed_arcs(errors: ModuleType) -> None:
    rows = [row for s in range(40) for row in errors.rows("skewed", s, errors.candidate_errors)]
    sure = [row for row in rows if row.determined and row.kind == "R"]
    assert len(sure) > 60
    assert errors.not_excluded(sum(row.covered for row in sure), len(sure), 0.85)


def test_the_bound_excludes_what_is_too_rare(errors: ModuleType) -> None:
    assert errors.not_excluded(430, 500, 0.88)
    assert not errors.not_excluded(400, 500, 0.88)
    assert errors.score(0.0, 1.0, 0.5) == 1.0
    assert errors.score(0.0, 1.0, 1.5) == 21.0
