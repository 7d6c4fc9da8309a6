"""The linear fit, and what departures gain in it, against least squares written out."""

import numpy as np
import pytest

from eisfit.circuit.simulation import simulate
from eisfit.data.spectrum import Spectrum
from eisfit.quality.departures import _drift, _points, _steps
from eisfit.quality.linear_fit import DENSE, USUAL, LinearFit, Points, linear_fit, points_of

F = np.geomspace(1e6, 0.1, 50)
CELLS = {
    "": ("R0 + (R1|Q1)", [10, 100, 1e-6, 0.9]),
    "C": ("R0 + (R1|Q1) + C2", [10, 100, 1e-7, 0.9, 1e-5]),
    "L": ("L0 + R0 + (R1|Q1)", [1e-5, 10, 100, 1e-6, 0.9]),
    "LC": ("L0 + R0 + (R1|Q1) + C2", [1e-5, 10, 100, 1e-6, 0.9, 1e-5]),
}


def made(terms: str, seed: int = 0) -> Points:
    circuit, values = CELLS[terms]
    return points_of(simulate(circuit, values, F, noise=0.005, seed=seed))


def left(columns: np.ndarray, data: np.ndarray) -> np.ndarray:
    """Return the residual of a least squares fit."""
    scaled = columns / np.linalg.norm(columns, axis=0)
    residual: np.ndarray = data - scaled @ np.linalg.lstsq(scaled, data, rcond=None)[0]
    return residual


def lowest_criterion(points: Points, way: str, chains) -> tuple[float, int, str, np.ndarray]:
    """Return AICc, number of elements, terms and residual of the best of all chains."""
    omega = 2 * np.pi * points.frequency
    X = points.impedance if way == "impedance" else 1 / points.impedance
    decades = np.log10(omega.max() / omega.min()) + 2 * chains.beyond
    best = (np.inf, 0, "", np.zeros(0))
    for density in chains.densities:
        m = round(decades * density) + 1
        tau = np.geomspace(10**-chains.beyond / omega.max(), 10**chains.beyond / omega.min(), m)
        s = 1j * np.outer(omega, tau)
        chain = (1 if way == "impedance" else s) / (1 + s)
        ends = {"L": 1j * omega, "C": -1j / omega}
        found = []
        for terms in CELLS:
            columns = np.column_stack([chain, np.ones(len(omega)), *(ends[t] for t in terms)])
            weighted, unit = columns / abs(X)[:, None], X / abs(X)
            residual = left(
                np.concatenate([weighted.real, weighted.imag]),
                np.concatenate([unit.real, unit.imag]),
            )
            n, p = 2 * len(omega), columns.shape[1]
            value = n * np.log(residual @ residual / n + 1e-10) + 2 * p
            found.append((value + 2 * p * (p + 1) / (n - p - 1), m, terms, residual))
        own = min(found, key=lambda f: f[0])
        if own[0] > best[0] + 10:
            break  # a denser chain so much worse is the last
        best = min(best, own, key=lambda f: f[0])
    return best


@pytest.mark.parametrize("way", ["impedance", "admittance"])
@pytest.mark.parametrize("chains", [USUAL, DENSE], ids=["usual", "dense"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_chain_with_the_lowest_criterion_is_taken(way, chains, cell) -> None:
    points = made(cell)
    fit = linear_fit(2 * np.pi * points.frequency, points.impedance, way, chains)
    value, elements, needed, residual = lowest_criterion(points, way, chains)
    assert (fit.elements, fit.terms) == (elements, needed)
    assert fit.criterion == pytest.approx(value, abs=1e-6)
    assert fit.residual == pytest.approx(residual, abs=1e-9)
    assert fit.basis.T @ fit.basis == pytest.approx(np.eye(fit.basis.shape[1]), abs=1e-12)


def gain(fit: LinearFit, columns: np.ndarray) -> float:
    """Return by how much further columns lower the sum of squares."""
    residual = left(np.column_stack([fit.basis, columns]), fit.data)
    return float(fit.residual @ fit.residual - residual @ residual)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_departures_gain_is_what_a_fit_with_their_columns_gains(seed) -> None:
    points = made("LC", seed)
    fit, k = linear_fit(2 * np.pi * points.frequency, points.impedance), len(F)
    one = np.eye(k)
    of_points = [
        gain(fit, np.block([[one[:, [i]], 0 * one[:, [i]]], [0 * one[:, [i]], one[:, [i]]]]))
        for i in range(k)
    ]
    most, i, _ = _points(fit)
    assert (i, most) == (np.argmax(of_points), pytest.approx(max(of_points), rel=1e-6))
    after = [np.tile(np.arange(k) > i, 2) * fit.data for i in range(5, k - 6)]
    of_steps = [gain(fit, column[:, None]) for column in after]
    most, i, _ = _steps(fit)
    assert (i, most) == (5 + np.argmax(of_steps), pytest.approx(max(of_steps), rel=1e-6))
    columns = np.tile(points.progress, (2, 1)) * fit.data[:, None]
    assert _drift(fit, points.progress)[0] == pytest.approx(gain(fit, columns), rel=1e-4)


def test_points_fall_whatever_the_order_and_know_when_they_were_measured() -> None:
    f = np.array([10.0, 1000.0, 100.0, 100.0, 5.0])
    points = points_of(Spectrum(f, np.arange(1, 6) + 0j, ["", "", "", "", "x"]))
    assert points.frequency.tolist() == [1000, 100, 100, 10]
    assert points.impedance.tolist() == [2, 3, 4, 1]
    assert points.progress[:, 0] == pytest.approx([1 / 3, 2 / 3, 1, 0])
    assert points.progress[:, 1] == pytest.approx(np.array([0.101, 0.111, 0.121, 0.1]) / 0.121)
