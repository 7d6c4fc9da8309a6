"""A parameter sweep by simulation: when two arcs can be distinguished.

    python examples/sweep.py [--steps 12] [--repeats 5] [--output DIR]

Simulates two arcs whose time constants and resistances differ by growing factors, fits every
spectrum without a guess in one batch, and prints for each pair of factors the median error of the
small arc's resistance in percent, as the fit states it and as it turns out.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

import eisfit
from eisfit.batch import write_table
from eisfit.circuit.simulation import frequencies
from eisfit.circuit.tape import evaluate

CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)"
SIZES = (0.03, 0.1, 0.3, 1.0)
LARGE, TIME, EXPONENT, NOISE = 1000.0, 1e-5, 0.9, 0.003


def spectra(steps: int, repeats: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return frequencies, impedances, and what was varied."""
    f = frequencies(0.1, 1e6, per_decade=10)
    apart = np.geomspace(3, 1000, steps)
    factor, size, _ = (
        a.ravel() for a in np.meshgrid(apart, SIZES, np.arange(repeats), indexing="ij")
    )
    small = size * LARGE
    ones = np.ones(len(small))
    values = np.stack(
        [10 * ones, LARGE * ones, TIME**EXPONENT / LARGE * ones, EXPONENT * ones,
         small, (TIME * factor) ** EXPONENT / small, EXPONENT * ones], axis=1,
    )  # fmt: skip
    Z = evaluate(eisfit.load_model(CIRCUIT).tape, 2 * np.pi * np.tile(f, (len(small), 1)), values)
    real, imaginary = np.random.default_rng(5).standard_normal((2, *Z.shape))
    noisy = Z + NOISE * np.abs(Z) * (real + 1j * imaginary)
    return f, noisy, {"times_apart": factor, "size": size, "put_in": small}


def main() -> None:
    """Simulate, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = given.output or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        f, Z, varied = spectra(given.steps, given.repeats)
        table = write_table(place / "sweep.parquet", f, [(Z, varied)])
        result = eisfit.run_batch(
            table, CIRCUIT, place / "fits", validation="none", existing="resume"
        )
        print(result)
        names = ["times_apart", "size", "put_in", "R2", "R2_stderr"]
        found = pq.read_table(result.dataset, columns=names)
        apart, size, truth, R, error = (found[name].to_numpy() for name in names)
        stated = np.where(np.isfinite(error), 100 * error / truth, np.inf)
        actual = np.where(np.isfinite(R), 100 * np.abs(R - truth) / truth, np.inf)
        print("error of the small arc, stated (turned out), in %; columns: its size")
        print("times apart " + "".join(f"{s:>18g}" for s in SIZES))
        for factor in np.unique(apart):
            cells = ""
            for s in SIZES:
                here = (apart == factor) & (size == s)
                cells += f"{np.median(stated[here]):9.3g} ({np.median(actual[here]):.3g})".rjust(18)
            print(f"{factor:11.4g} {cells}")


if __name__ == "__main__":
    main()
