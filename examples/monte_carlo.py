"""A Monte-Carlo study: whether the errors that fits state are the scatter that noise causes.

    python examples/monte_carlo.py [N] [--output DIR]    N to a million, else 2000

Simulates N spectra of one circuit with independent normal noise of 0.3 %, written and fitted a
block at a time, so that memory does not grow with N, and prints for each parameter bias, scatter,
mean stated error and coverage of the 95 % interval. A killed study goes on where it stopped if an
output folder is named.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds

import eisfit
from eisfit.batch import write_table
from eisfit.circuit.simulation import frequencies
from eisfit.circuit.tape import evaluate

CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
TRUTH = {"R0": 20.0, "R1": 500.0, "Q1": 1e-9, "n1": 0.95, "R2": 5000.0, "Q2": 1e-6, "n2": 0.85,
         "Q3": 1e-5, "n3": 0.9}  # fmt: skip
NOISE, BLOCK = 0.003, 8192


def blocks(f: np.ndarray, count: int) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Yield impedances a block at a time; the seed of a block is its first number."""
    model = eisfit.load_model(CIRCUIT)
    Z = evaluate(model.tape, 2 * np.pi * f, np.array([TRUTH[name] for name in model.names]))
    for first in range(0, count, BLOCK):
        m = min(BLOCK, count - first)
        real, imaginary = np.random.default_rng(first).standard_normal((2, m, len(f)))
        yield Z + NOISE * np.abs(Z) * (real + 1j * imaginary), {}


def main() -> None:
    """Simulate, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", metavar="N", type=int, nargs="?", default=2000)
    parser.add_argument("--output", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = given.output or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        f, table = frequencies(0.7, 7e6, per_decade=10), place / "noise.parquet"
        if not table.exists():
            write_table(table, f, blocks(f, given.count))
        result = eisfit.run_batch(
            table, CIRCUIT, place / "fits", start=TRUTH, validation="none", existing="resume"
        )
        print(f"{result}, {result.done_now / result.seconds:.0f} spectra/s")
        report(result.dataset)


def report(dataset: Path) -> None:
    """Print what came out, from one pass over the dataset."""
    names = list(TRUTH)
    truth = np.array(list(TRUTH.values()))
    columns = [*names, *(f"{name}_stderr" for name in names)]
    count, total, squares, stated, inside = 0, 0.0, 0.0, 0.0, 0.0
    for batch in ds.dataset(dataset).to_batches(columns=columns):
        values = np.array([batch[name].to_numpy(zero_copy_only=False) for name in names])
        errors = np.array([batch[f"{n}_stderr"].to_numpy(zero_copy_only=False) for n in names])
        use = np.all(np.isfinite(values) & np.isfinite(errors), axis=0)
        off = values[:, use] - truth[:, None]
        count += int(use.sum())
        total, squares = total + off.sum(axis=1), squares + (off**2).sum(axis=1)
        stated = stated + errors[:, use].sum(axis=1)
        inside = inside + (np.abs(off) < 1.96 * errors[:, use]).sum(axis=1)
    bias = total / count
    scatter = np.sqrt(squares / count - bias**2)
    print("name        put in  bias/scatter   scatter   stated error   within 95 %")
    for i, name in enumerate(names):
        print(
            f"{name:5s} {truth[i]:12.4g} {bias[i] / scatter[i]:+13.4f} {scatter[i]:9.3g} "
            f"{stated[i] / count:14.3g} {100 * inside[i] / count:11.1f} %"
        )


if __name__ == "__main__":
    main()
