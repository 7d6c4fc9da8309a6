"""How fast files are read, and whether damaged ones do any harm.

    python benchmarks/reading.py [--megabytes 200] [--rows 1000000] [--files 2000] [--fuzz DIR]
                                 [--long 0]

Writes an EC-Lab text file and a plain table of many sweeps, reads each twice in a process of its
own, and prints size, time, MB/s and the peak of memory over the file's size, beside the time in
which the bytes alone are read and split into lines. ``--files`` writes and reads so many small
files. ``--fuzz`` reads every file below DIR cut off at 200 places and with 500 random changes of
bytes, and prints what came out other than spectra or a `ReadError`, the longest read, and the
largest memory over the file's size. ``--long`` does so with so many damaged copies of each of some
tables of several MB.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor as Executor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from eisfit.base.errors import ReadError
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.io.writing import dta_text, mpt_text
from eisfit.readers.registry import read_file

_HEADING = (
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t<Ewe>/V\t<I>/mA\tCs/µF\tCp/µF\t"
    "cycle number\tI Range\t|Ewe|/V\t|I|/A\tRe(Y)/Ohm-1\tIm(Y)/Ohm-1\t|Y|/Ohm-1\tPhase(Y)/deg\t"
)


def sweep() -> tuple[np.ndarray, np.ndarray]:
    """Return one sweep of 61 points."""
    f = np.logspace(6, 0, 61)
    return f, 50 + 1000 / (1 + 2j * np.pi * f * 1e-5)


def write_mpt(path: Path, size: float) -> None:
    """Write an EC-Lab text file of `size` bytes at least, a cycle each 61 rows."""
    f, z = sweep()
    head = ["EC-Lab ASCII FILE", "Nb header lines : 5", "",
            "Potentio Electrochemical Impedance Spectroscopy", _HEADING]  # fmt: skip
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write("\r\n".join(head) + "\r\n")
        cycle = 0
        while file.tell() < size:
            cycle += 1
            file.write("".join(
                f"{w:.7E}\t{x.real:.7E}\t{-x.imag:.7E}\t{abs(x):.7E}\t"
                f"{np.degrees(np.angle(x)):.7E}\t{100 * cycle + i:.7E}\t1.0E+000\t2.0E-002\t"
                f"1.2345678E+001\t1.2345678E+001\t{cycle:.7E}\t11\t1.2345678E-002\t1.2345678E-005\t"
                f"1.2345678E-003\t1.2345678E-003\t1.2345678E-003\t-1.2345678E+001\t\r\n"
                for i, (w, x) in enumerate(zip(f, z, strict=True))
            ))  # fmt: skip


def write_table(path: Path, rows: int) -> None:
    """Write a plain table of many sweeps."""
    f, z = sweep()
    block = "".join(f"{w:.6e},{x.real:.7e},{x.imag:.7e}\n" for w, x in zip(f, z, strict=True))
    path.write_text("frequency/Hz,Z'/Ohm,Z''/Ohm\n" + block * (rows // 61 + 1))


def timed(path: Path) -> None:
    """Print how long a file is read in a process of its own, at first and once more."""
    size = path.stat().st_size
    with Executor(1, mp_context=get_context("spawn")) as process:
        lines, bare = process.submit(split_alone, path).result()
    with Executor(1, mp_context=get_context("spawn")) as process:
        spectra, first, again, peak = process.submit(read_twice, path).result()
    print(
        f"{path.name}: {size / 1e6:.0f} MB, {lines} lines, {spectra} spectra in {first:.2f} s: "
        f"{size / 1e6 / first:.0f} MB/s ({first / bare:.1f} × decoding and splitting alone), "
        f"once more {size / 1e6 / again:.0f} MB/s; peak of memory {peak / size:.1f} × the file",
        flush=True,
    )


def split_alone(path: Path) -> tuple[int, float]:
    """Return how many lines a file has, and the seconds in which it is cut into them."""
    start = time.perf_counter()
    lines = path.read_bytes().decode("cp1252").replace("\r\n", "\n").split("\n")
    return len(lines), time.perf_counter() - start


def read_twice(path: Path) -> tuple[int, float, float, int]:
    """Return the number of spectra, the seconds of two readings, and the memory they took."""
    before, taken = highest_memory(), []
    for _ in range(2):
        start = time.perf_counter()
        _, spectra = read_file(path)
        taken.append(time.perf_counter() - start)
        count = len(spectra)
        del spectra
    return count, taken[0], taken[1], highest_memory() - before


def highest_memory() -> int:
    """Return the most bytes that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def small_files(folder: Path, count: int) -> None:
    """Write and read many small files."""
    made = simulate(
        "R0-p(R1,C1)", {"R0": 5.0, "R1": 100.0, "C1": 1e-6}, frequencies(1, 1e6, per_decade=10)
    )
    texts = {".mpt": mpt_text(made).encode(), ".DTA": dta_text(made).encode()}
    paths = []
    for i in range(count):
        ending = (".mpt", ".DTA")[i % 2]
        paths.append(folder / f"{i}{ending}")
        paths[-1].write_bytes(texts[ending])
    start = time.perf_counter()
    points = sum(len(read_file(path)[1][0]) for path in paths)
    taken = time.perf_counter() - start
    print(f"{count} small files, {points} points: {count / taken:.0f} files/s on one core")


def fuzz(cases: Iterable[tuple[str, bytes]], every: int) -> None:
    """Read damaged files, given by name and content, and print what should not have come out.

    The memory of one in `every` reads is measured.
    """
    slowest, largest, reads, bad = (0.0, 0.0, ""), (0.0, ""), 0, 0
    with tempfile.TemporaryDirectory() as place:
        for i, (name, data) in enumerate(cases):
            path = Path(place) / name
            path.write_bytes(data)
            if i % every == 0:
                peak = (memory(path) - 4e6) / max(len(data), 1)
                largest = max(largest, (peak, name))
            start = time.perf_counter()
            said = outcome(path)
            taken = time.perf_counter() - start
            slowest = max(slowest, (taken / max(len(data) / 1e6, 1), taken, name))
            reads += 1
            if said:
                bad += 1
                print(f"{name}: {said[:200]}", flush=True)
            path.unlink()
    print(
        f"{reads} reads of damaged files: {bad} came to anything but spectra or a sentence; "
        f"longest for its size (1 MB at least) {slowest[1]:.2f} s, {slowest[0]:.2f} s/MB "
        f"({slowest[2]}); memory at most {largest[0]:.1f} × the file beyond 4 MB ({largest[1]})"
    )


def damaged(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files below a folder cut off at 200 places, and with 500 random changes."""
    for original in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = original.read_bytes()
        rng = np.random.default_rng(1)
        for i in range(200):
            yield original.name, content[: len(content) * i // 200]
        for _ in range(500):
            data = bytearray(content)
            for _ in range(int(rng.integers(1, 4))):
                data[int(rng.integers(len(data)))] = int(rng.integers(256))
            yield original.name, bytes(data)


_HARM: tuple[Callable[[bytes, bytes], bytes], ...] = (
    lambda above, below: above,
    lambda above, below: above + b"7" + below[1:],
    lambda above, below: above + b"\xb0" + below[1:],
    lambda above, below: above + b"\0" + below[1:],
    lambda above, below: above + b"\0" * len(below),
    lambda above, below: above + b"\r" + below,
    lambda above, below: above + below.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
    lambda above, below: above + below.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    lambda above, below: above + b"\xef\xbb\xbf" + below,
    lambda above, below: above + below.replace(b".", b","),
    lambda above, below: above + b'"' + below,
    lambda above, below: above + b"\n" * 100_000 + below,
    lambda above, below: above + b"1\t1," * 50_000 + below,
    lambda above, below: above + b"\n" + b"9" * 10_000_000 + below,
    lambda above, below: above + b"\n" + b"frequency z " * 900_000 + below,
    lambda above, below: above + below[::-1],
)
"""What becomes of a file from a place on."""


def damaged_long(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield long tables, damaged somewhere in so many ways each."""
    rng = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as place:
        write_mpt(Path(place) / "a.mpt", 4e6)
        write_table(Path(place) / "a.csv", 100_000)
        mpt, table = ((Path(place) / name).read_bytes() for name in ("a.mpt", "a.csv"))
    commas = mpt.replace(b".", b",")
    semicolons = table.replace(b",", b";").replace(b".", b",")
    named = {"a.mpt": mpt, "commas.mpt": commas, "a.csv": table, "commas.csv": semicolons,
             "blanks.txt": table.replace(b",", b"  ")}  # fmt: skip
    for name, content in named.items():
        for i in range(count):
            at = int(rng.integers(len(content)))
            yield name, _HARM[i % len(_HARM)](content[:at], content[at:])


def outcome(path: Path) -> str:
    """Return what a read came to that it should not; empty for spectra or a sentence."""
    try:
        read_file(path)
    except ReadError as trouble:
        said = str(trouble)
        return said if not said.startswith(str(path)) or "the reader" in said else ""
    return ""


def memory(path: Path) -> int:
    """Return the largest memory in bytes while a file is read."""
    tracemalloc.start()
    outcome(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=200)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--fuzz", type=Path)
    parser.add_argument("--long", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if asked.files:
            small_files(folder, asked.files)
        if asked.megabytes:
            write_mpt(folder / "long.mpt", asked.megabytes * 1e6)
            timed(folder / "long.mpt")
        if asked.rows:
            write_table(folder / "table.csv", asked.rows)
            timed(folder / "table.csv")
    if asked.fuzz is not None:
        fuzz(damaged(asked.fuzz), every=70)
    if asked.long:
        fuzz(damaged_long(asked.long), every=7)


if __name__ == "__main__":
    main()
