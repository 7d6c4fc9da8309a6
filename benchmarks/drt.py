"""Distributions of relaxation times: peaks found, their errors, the band, the choices of strength.

    python benchmarks/drt.py [--seeds 100]

Simulated arcs (ZARC) whose distribution is known in closed form; 71 points, 7 MHz to 0.1 Hz. The
peers are run on the same spectra where they are installed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small: threads only wait

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from eisfit.data.spectrum import Spectrum
from eisfit.quality.relaxation_times import Criterion, Drt, drt

FREQUENCY = np.geomspace(7e6, 0.1, 71)


class Arc(NamedTuple):
    """R in Ω, time constant in s, exponent."""

    R: float
    tau: float
    n: float


TWO = (Arc(500, 1e-6, 0.9), Arc(5000, 1e-2, 0.85))
OVERLAPPING = (Arc(1000, 1e-4, 0.85), Arc(1000, 10**-2.8, 0.8))
ONE = (Arc(1000, 1e-4, 0.75),)
THREE = (Arc(100, 1e-6, 0.95), Arc(400, 1e-4, 0.8), Arc(1000, 1e-1, 0.7))


def spectrum(arcs: Sequence[Arc], noise: float, seed: int) -> Spectrum:
    """Return arcs in series with 20 Ω; each part has the noise as a share of |Z|."""
    Z = 20 + sum(R / (1 + (2j * np.pi * FREQUENCY * tau) ** n) for R, tau, n in arcs)
    rng = np.random.default_rng(seed)
    parts = rng.standard_normal(len(Z)) + 1j * rng.standard_normal(len(Z))
    return Spectrum(FREQUENCY, Z + noise * np.abs(Z) * parts)


def exact(arcs: Sequence[Arc], tau: Any) -> Any:
    """Return γ of the arcs in closed form."""
    total = np.zeros(np.shape(tau))
    for R, tau0, n in arcs:
        angle = (1 - n) * np.pi
        total += R / (2 * np.pi) * np.sin(angle) / (np.cosh(n * np.log(tau / tau0)) - np.cos(angle))
    return total


def timed(
    spectra: Sequence[Spectrum], criterion: Criterion = "evidence"
) -> tuple[list[Drt], float]:
    """Return the distributions and the ms that each took (of the processor, so not of others)."""
    drt(spectra[0], criterion)
    began = time.process_time()
    found = [drt(s, criterion) for s in spectra]
    return found, 1e3 * (time.process_time() - began) / len(spectra)


def two_arcs(seeds: int) -> None:
    """Print how two arcs four decades apart are found."""
    found, ms = timed([spectrum(TWO, 0.002, seed) for seed in range(seeds)])
    good = [r for r in found if len(r.peaks) == 2 and all(p.sure for p in r.peaks)]
    print(f"two arcs, 0.2 % noise: two sure peaks and no third in {len(good)} of {seeds} seeds; "
          f"{ms:.1f} ms a spectrum")  # fmt: skip
    for i, arc in enumerate(TWO):
        tau = np.array([r.peaks[i].time_constant / arc.tau - 1 for r in good])
        area = np.array([r.peaks[i].resistance / arc.R - 1 for r in good])
        errors = np.array([r.peaks[i].resistance_stderr / arc.R for r in good])
        height = np.array([r.peaks[i].height for r in good])
        z = np.sqrt(np.mean((area / errors) ** 2))
        print(f"  {arc.R} ohm: time constant within 5 % in {np.sum(abs(tau) < 0.05)}, worst "
              f"{100 * abs(tau).max():.1f} %; area within 3 % in {np.sum(abs(area) < 0.03)}, worst "
              f"{100 * abs(area).max():.1f} %; z of the area {z:.2f};"
              f" height {height.mean():.0f} of {exact(TWO, arc.tau):.0f} ohm")  # fmt: skip


def half_a_decade(seeds: int) -> None:
    """Print what is said of two equal arcs half a decade apart."""
    for n in (1.0, 0.95, 0.9, 0.8):
        arcs = (Arc(1000, 1e-4, n), Arc(1000, 10**-3.5, n))
        for noise in (0.0005, 0.002, 0.01):
            found, _ = timed([spectrum(arcs, noise, seed) for seed in range(seeds)])
            told = Counter((len(r.peaks), sum(p.sure for p in r.peaks)) for r in found)
            words = ", ".join(f"{a} peaks {b} sure: {c}" for (a, b), c in sorted(told.items()))
            print(f"half a decade apart, n = {n}, {100 * noise:g} % noise: {words}")


def choices(seeds: int) -> None:
    """Print error of γ over |Z|, peaks and coverage for each criterion."""
    print("criterion: rms error of γ over |Z|, spectra with the right number of peaks, share of "
          "times inside the 95 % band, ms")  # fmt: skip
    for criterion in ("evidence", "gcv", "re_im"):
        for name, arcs in (("two", TWO), ("overlapping", OVERLAPPING), ("one", ONE),
                           ("three", THREE)):  # fmt: skip
            line = f"  {criterion:<9}{name:<12}"
            for noise in (0.0005, 0.002, 0.01):
                spectra = [spectrum(arcs, noise, seed) for seed in range(seeds)]
                found, ms = timed(spectra, criterion)  # type: ignore[arg-type]
                off, inside = zip(*(_compared(r, arcs) for r in found), strict=True)
                right = sum(len(r.peaks) == len(arcs) for r in found)
                line += (f"| {100 * noise:g} %: {np.mean(off):.4f} {right}/{seeds} "
                         f"{100 * np.mean(inside):.0f} % {ms:.0f} ms ")  # fmt: skip
            print(line)


def _compared(result: Drt, arcs: Sequence[Arc]) -> tuple[float, float]:
    tau = result.time_constant
    window = (tau > 1 / (2 * np.pi * FREQUENCY[0])) & (tau < 1 / (2 * np.pi * FREQUENCY[-1]))
    true = exact(arcs, tau)
    size = np.abs(result.impedance(1 / (2 * np.pi * tau)))
    off = float(np.sqrt(np.mean(((result.gamma - true) / size)[window] ** 2)))
    return off, float(np.mean(((true >= result.low) & (true <= result.high))[window]))


def _pyimpspec() -> Callable[[Spectrum], tuple[Any, Any]]:
    import pyimpspec  # type: ignore[import-not-found]

    def run(s: Spectrum) -> tuple[Any, Any]:
        f, Z = s.kept
        data = pyimpspec.DataSet(frequencies=f, impedances=Z)
        found = pyimpspec.calculate_drt(data, method="tr-rbf", num_procs=1)
        return found.time_constants, found.gammas

    return run


def _pydrttools() -> Callable[[Spectrum], tuple[Any, Any]]:
    from pyDRTtools.runs import EIS_object, simple_run  # type: ignore[import-not-found]

    def run(s: Spectrum) -> tuple[Any, Any]:
        f, Z = s.kept
        found = simple_run(EIS_object(f, Z.real, Z.imag), cv_type="GCV")
        return found.out_tau_vec, found.gamma

    return run


def peers(seeds: int) -> None:
    """Print the error of γ and the time of peers on the same spectra."""
    spectra = [spectrum(TWO, 0.002, seed) for seed in range(seeds)]
    for name, make in (("pyimpspec", _pyimpspec), ("pyDRTtools", _pydrttools)):
        try:
            run = make()
        except ImportError as error:
            print(f"{name} cannot be imported here, so it is not compared ({error})")
            continue
        own, own_ms = timed(spectra)
        run(spectra[0])
        began = time.process_time()
        found = [run(s) for s in spectra]
        ms = 1e3 * (time.process_time() - began) / seeds
        off = [_peer_error(tau, gamma, r) for (tau, gamma), r in zip(found, own, strict=True)]
        tops = [sum((g[1:-1] > g[:-2]) & (g[1:-1] >= g[2:]) & (g[1:-1] > 0.01 * g.max()))
                for _, g in found]  # fmt: skip
        mine = [_compared(r, TWO)[0] for r in own]
        print(f"{name}, {seeds} seeds of the two arcs: rms error of γ {np.mean(off):.4f} (here "
              f"{np.mean(mine):.4f}), maxima above 1 % {np.mean(tops):.1f}, {ms:.0f} ms (here "
              f"{own_ms:.1f} ms, {ms / own_ms:.0f} times as fast)")  # fmt: skip


def _peer_error(tau: Any, gamma: Any, own: Drt) -> float:
    grid = own.time_constant
    inside = (grid > 1 / (2 * np.pi * FREQUENCY[0])) & (grid < 1 / (2 * np.pi * FREQUENCY[-1]))
    order = np.argsort(tau)
    there = np.interp(np.log(grid), np.log(tau[order]), gamma[order])
    size = np.abs(own.impedance(1 / (2 * np.pi * grid)))
    return float(np.sqrt(np.mean(((there - exact(TWO, grid)) / size)[inside] ** 2)))


def main() -> None:
    """Print everything."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seeds", type=int, default=100)
    seeds = options.parse_args().seeds
    two_arcs(seeds)
    half_a_decade(max(seeds // 5, 1))
    choices(max(seeds // 5, 1))
    peers(max(seeds // 10, 1))


if __name__ == "__main__":
    main()
