"""How fast batches are, what memory they take, and whether killed ones lose anything.

    python benchmarks/batch.py [--spectra 1000 100000] [--files 0] [--dask 0] [--kills 0]
                               [--validation none] [--no-guess] [--keep DIR]

``--spectra`` simulates tables (71 points, nine parameters, 0.3 % noise) and times ``eisfit batch``
from Parquet to Parquet on one core and on all, each in a process of its own: seconds by the clock
and of processors, spectra a second, the peak of memory, and the ratios. ``--files`` does the same
for so many small .mpt and .DTA files, ``--dask`` for one table on a local cluster. ``--kills``
kills a batch at so many random moments, goes on after each, and compares every byte with a batch
that was left alone.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eisfit.batch import write_table
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.circuit.tape import evaluate
from eisfit.fitting.many import available_cores
from eisfit.io.writing import dta_text, mpt_text

CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
USUAL = {"R0": 20.0, "R1": 500.0, "Q1": 1e-9, "n1": 0.95, "R2": 5000.0, "Q2": 1e-6, "n2": 0.85,
         "Q3": 1e-5, "n3": 0.9}  # fmt: skip
SPREAD = np.array([0.3, 0.3, 0.3, 0, 0.3, 0.3, 0, 0.3, 0])
START = ",".join(f"{name}={value}" for name, value in USUAL.items())
BLOCK = 16384
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command took: seconds by the clock and of processors, peak in MB."""

    seconds: float
    cpu: float
    megabytes: float


def blocks(f: np.ndarray, count: int) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Yield impedances, each spectrum with parameters of its own."""
    tape, usual = load_model(CIRCUIT).tape, np.array(list(USUAL.values()))
    for first in range(0, count, BLOCK):
        m, rng = min(BLOCK, count - first), np.random.default_rng(first)
        values = usual * np.exp(SPREAD * rng.standard_normal((m, 9)))
        Z = evaluate(tape, 2 * np.pi * np.broadcast_to(f, (m, len(f))), values)
        real, imaginary = rng.standard_normal((2, *Z.shape))
        noisy = Z + 0.003 * np.abs(Z) * (real + 1j * imaginary)
        yield noisy, {"R1_put_in": values[:, 1], "temperature_K": np.full(m, 298.15)}


def command(data: Path, output: Path, *more: object) -> list[str]:
    """Return the command line of one batch."""
    own = [data, "-m", CIRCUIT, "-o", output, "--quiet", *more]
    return [sys.executable, "-m", "eisfit.cli", "batch", *map(str, own)]


def timed(line: list[str]) -> Run:
    """Run a command and return what it took, its worker processes among it."""
    start = time.perf_counter()
    process = subprocess.Popen(line, env={**os.environ, **ALONE})
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"it failed: {' '.join(line)}")
    seconds = time.perf_counter() - start
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)


def compare(what: str, count: int, data: Path, place: Path, more: list[object]) -> None:
    """Print one core beside all."""
    base: Run | None = None
    for jobs in dict.fromkeys((1, available_cores())):
        out = place / "out"
        shutil.rmtree(out, ignore_errors=True)
        run = timed(command(data, out, "--jobs", jobs, *more))
        base = base or run
        size = sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
        print(
            f"{count} {what}, {jobs} jobs: {run.seconds:.1f} s, {run.cpu:.1f} s of processors, "
            f"{count / run.seconds:.0f}/s ({base.seconds / run.seconds:.2f} × one job), peak "
            f"{run.megabytes:.0f} MB a process, output {size / 1e6:.1f} MB",
            flush=True,
        )


def table(count: int, place: Path) -> Path:
    """Return a table of so many spectra; it is made where it is not there."""
    path, f = place / f"spectra_{count}.parquet", frequencies(0.7, 7e6, per_decade=10)
    if not path.exists():
        start = time.perf_counter()
        write_table(path, f, blocks(f, count))
        print(
            f"{count} spectra of {len(f)} points simulated and written in "
            f"{time.perf_counter() - start:.1f} s, {path.stat().st_size / 1e6:.0f} MB",
            flush=True,
        )
    return path


def folder(count: int, place: Path) -> Path:
    """Return a folder of so many small files, .mpt and .DTA in turn."""
    out = place / f"files_{count}"
    if not out.exists():
        out.mkdir()
        f = frequencies(1.0, 1e6, per_decade=10)
        for i in range(count):
            made = simulate(CIRCUIT, USUAL, f, noise=0.003, seed=i)
            text, ending = ((mpt_text, ".mpt"), (dta_text, ".DTA"))[i % 2]
            (out / f"cell_{i:06d}{ending}").write_bytes(text(made).encode())
    return out


def dask(count: int, place: Path, more: list[object]) -> None:
    """Print what a local Dask cluster takes beside processes of its own."""
    from distributed import LocalCluster

    data = table(count, place)
    shutil.rmtree(place / "here", ignore_errors=True)
    shutil.rmtree(place / "there", ignore_errors=True)
    here = timed(command(data, place / "here", *more))
    with LocalCluster(
        n_workers=available_cores(), threads_per_worker=1, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        there = timed(command(data, place / "there", "--scheduler", address, *more))
    same = dataset(place / "here") == dataset(place / "there")
    print(
        f"{count} spectra: here {here.seconds:.1f} s, on Dask {there.seconds:.1f} s "
        f"({there.seconds / here.seconds:.2f} ×), bytes {'the same' if same else 'DIFFERENT'}",
        flush=True,
    )


def dataset(output: Path) -> dict[str, bytes]:
    """Return the files of a dataset."""
    return {p.name: p.read_bytes() for p in sorted((output / "results").iterdir())}


def kills(count: int, place: Path) -> None:
    """Kill a batch at random moments, go on after each, and compare the bytes at the end."""
    data, more = table(20_000, place), ["--validation", "none", "--chunk-size", 512]
    whole, out = place / "whole", place / "killed"
    shutil.rmtree(whole, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    run = timed(command(data, whole, *more))
    rng, landed, rounds = random.Random(1), 0, 1
    while landed < count:
        process = subprocess.Popen(command(data, out, *more, "--resume"), stderr=subprocess.DEVNULL)
        try:
            process.wait(rng.uniform(0.3, 1.0) * run.seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            landed += 1
            continue
        _same(out, whole)
        shutil.rmtree(out)
        rounds += 1
    timed(command(data, out, *more, "--resume"))
    _same(out, whole)
    print(f"killed {landed} times in {rounds} batches of {len(dataset(whole))} chunks: every byte")


def _same(out: Path, whole: Path) -> None:
    if dataset(out) != dataset(whole):
        sys.exit("a batch that was killed and gone on with differs from one left alone")


def main() -> None:
    """Read the options and run what they ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spectra", type=int, nargs="*", default=[1000, 100_000])
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--dask", type=int, default=0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--validation", default="")
    parser.add_argument("--no-guess", action="store_true")
    parser.add_argument("--keep", type=Path, default=None, help="where data stay for the next run")
    given = parser.parse_args()
    guess: list[object] = [] if given.no_guess else ["--start", START]
    with tempfile.TemporaryDirectory() as scratch:
        place = given.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        for count in given.spectra:
            more = [*guess, "--validation", given.validation or "none"]
            compare("spectra", count, table(count, place), place, more)
        if given.files:
            more = ["--validation", given.validation or "kramers_kronig"]
            compare("files", given.files, folder(given.files, place), place, more)
        if given.dask:
            dask(given.dask, place, [*guess, "--validation", given.validation or "none"])
        if given.kills:
            kills(given.kills, place)


if __name__ == "__main__":
    main()
