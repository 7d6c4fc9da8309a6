"""One cell cycled 500 times: a resistance against the number of the cycle.

    python examples/cycling.py [--cycles 500] [--output DIR]

Simulates a cell whose charge-transfer resistance grows with the square root of the cycle number, as
a table of spectra with a column ``cycle``; fits all of it in one batch, and draws the resistance
with its errors against the cycle into ``resistance.svg``. The column is kept beside the
results.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pyarrow.parquet as pq

import eisfit
from eisfit.batch import write_table
from eisfit.circuit.simulation import frequencies
from eisfit.circuit.tape import evaluate

CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)"
FRESH = np.array([4.0, 15.0, 2e-5, 0.88, 30.0, 4e-3, 0.85])


def growth(cycle: np.ndarray) -> np.ndarray:
    """Return the resistance of the charge transfer in Ω."""
    return FRESH[4] * (1 + 0.05 * np.sqrt(cycle))


def spectra(cycles: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frequencies, impedances with 0.3 % noise, and cycle numbers."""
    f, cycle = frequencies(0.01, 1e5, per_decade=8), np.arange(1, cycles + 1)
    values = np.tile(FRESH, (cycles, 1))
    values[:, 4] = growth(cycle)
    Z = evaluate(eisfit.load_model(CIRCUIT).tape, 2 * np.pi * np.tile(f, (cycles, 1)), values)
    real, imaginary = np.random.default_rng(3).standard_normal((2, *Z.shape))
    return f, Z + 0.003 * np.abs(Z) * (real + 1j * imaginary), cycle


def main() -> None:
    """Simulate, fit, draw."""
    mpl.use("svg")
    from matplotlib import pyplot as plt

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=500)
    parser.add_argument("--output", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = given.output or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        f, Z, cycle = spectra(given.cycles)
        ids = [f"cycle {c}" for c in cycle]
        table = write_table(place / "cell.parquet", f, [(Z, {"id": ids, "cycle": cycle})])
        result = eisfit.run_batch(
            table, CIRCUIT, place / "fits", validation="screening", existing="resume"
        )
        print(result)
        found = pq.read_table(result.dataset, columns=["cycle", "R2", "R2_stderr"])
        cycle, R, error = (found[name].to_numpy() for name in found.column_names)
        figure, axes = plt.subplots()
        axes.errorbar(cycle, R, error, fmt=".", label="fitted")
        axes.plot(cycle, growth(cycle), label="put in")
        axes.set(xlabel="cycle", ylabel="charge-transfer resistance / Ω")
        axes.legend()
        figure.savefig(place / "resistance.svg")
        for i in np.unique(np.linspace(0, len(cycle) - 1, 6).astype(int)):
            print(
                f"cycle {cycle[i]:4d}: {R[i]:.2f} ± {error[i]:.2f} Ω, put in {growth(cycle[i]):.2f}"
            )
        pull = (R - growth(cycle)) / error
        print(f"(fitted - put in)/error: mean {np.mean(pull):+.2f}, spread {np.std(pull):.2f}")


if __name__ == "__main__":
    main()
