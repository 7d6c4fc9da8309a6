"""Speed and success of fits, beside scipy's, in one run on the same spectra.

    python benchmarks/fit_speed.py [--spectra 400] [--seed 1]

Spectra: ``R0-p(R1,CPE1)-p(R2,CPE2)-CPE3``, 71 points, 0.5 % noise, arcs 1 to 2.5 decades apart.
Success: χ² within 1 % of that of the truth. The guess is off by up to half a decade in
every quantity and 0.1 in every exponent.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.optimize import least_squares

import eisfit
from eisfit.circuit import evaluate
from eisfit.fitting.problem import coordinates_of

MODEL = eisfit.load_model("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
FREQUENCY = np.logspace(6, -1, 71)
OMEGA = 2 * np.pi * FREQUENCY
NOISE = 0.005
SCIPY_SHARE = 20  # scipy fits one spectrum in so many: it is that much slower


def spectra(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return truth (m, 9), noisy Z (m, 71) and χ² of the truth (m,)."""
    t1 = 10 ** rng.uniform(-5.5, -3, count)
    t2 = t1 * 10 ** rng.uniform(1, 2.5, count)
    n1, n2 = rng.uniform(0.75, 1, (2, count))
    R1, R2 = 10 ** rng.uniform(2, 4, (2, count))
    truth = np.stack(
        [
            10 ** rng.uniform(0, 2, count), R1, t1**n1 / R1, n1, R2, t2**n2 / R2, n2,
            10 ** rng.uniform(-6, -4, count), rng.uniform(0.6, 0.95, count),
        ],
        axis=1,
    )  # fmt: skip
    Z = evaluate(MODEL.tape, np.tile(OMEGA, (count, 1)), truth)
    noisy = Z * (1 + 0j) + NOISE * np.abs(Z) * (
        rng.standard_normal(Z.shape) + 1j * rng.standard_normal(Z.shape)
    )
    return truth, noisy, np.sum(np.abs((noisy - Z) / noisy) ** 2, axis=1)


def guesses(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return `truth` with every parameter off."""
    log = coordinates_of(MODEL).log
    guess = truth.copy()
    guess[:, log] *= 10 ** rng.uniform(-0.5, 0.5, (len(truth), int(log.sum())))
    off = rng.uniform(-0.1, 0.1, (len(truth), int((~log).sum())))
    guess[:, ~log] = np.clip(guess[:, ~log] + off, 0.5, 1.0)
    return guess


def with_scipy(Z: np.ndarray, guess: np.ndarray) -> float:
    """Return χ² of scipy's least_squares in log parameters, numerical Jacobian."""
    coordinates = coordinates_of(MODEL)

    def residual(x: np.ndarray) -> np.ndarray:
        r = (Z - evaluate(MODEL.tape, OMEGA, coordinates.values(x))) / np.abs(Z)
        return np.concatenate([r.real, r.imag])

    start = np.clip(coordinates.x(guess), coordinates.lower + 1e-9, coordinates.upper - 1e-9)
    bounds = (coordinates.lower, coordinates.upper)
    return 2 * float(least_squares(residual, start, bounds=bounds).cost)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--spectra", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    said = options.parse_args()
    rng = np.random.default_rng(said.seed)
    truth, Z, best = spectra(said.spectra, rng)
    guess = guesses(truth, rng)
    rows = []
    for name, start in (("eisfit, guess given", guess), ("eisfit, no guess", None)):
        began = time.perf_counter()
        table = eisfit.fit_many(FREQUENCY, Z, MODEL, start=start)
        spent = time.perf_counter() - began
        chi_square = table.reduced_chi_square * (2 * len(FREQUENCY) - len(MODEL.names))
        rows.append((name, len(Z) / spent, float(np.mean(chi_square <= 1.01 * best))))
    some = range(0, len(Z), SCIPY_SHARE)
    began = time.perf_counter()
    found = [with_scipy(Z[i], guess[i]) <= 1.01 * best[i] for i in some]
    rows.append(("scipy least_squares, guess given", len(found) / (time.perf_counter() - began),
                 float(np.mean(found))))  # fmt: skip
    print(f"{said.spectra} spectra, seed {said.seed}")
    for name, rate, success in rows:
        ratio = rate / rows[-1][1]
        print(f"{name:<34} {rate:8.1f} fits/s   {ratio:6.1f} × scipy   success {success:.1%}")


if __name__ == "__main__":
    main()
