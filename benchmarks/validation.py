"""Are valid spectra passed and bad ones caught? Simulated spectra tell.

    python benchmarks/validation.py [--spectra 200] [--seed 1] [--peers]

Valid spectra are drawn from eight kinds of circuit (one arc, two arcs, a blocking electrode, with
and without the inductance of leads, Warburg, finite Warburg, Gerischer, an inductive loop), with
resistances from 0.1 Ω to 100 MΩ, windows of 5.5 to 8.5 decades with 71 points, 0.1 to 2 % noise.
Bad ones are the same at 0.5 % noise with one fault each. ``--peers`` tests the same spectra with
the packages impedance and pyimpspec where they are installed, in turns in one run.

Printed: the share of valid spectra that pass with the 95 % interval of Wilson; by fault the share
that is caught (a verdict other than valid, or the finding for the point) and the share whose place
is named; the estimated noise over the true one; milliseconds a spectrum.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

os.environ.update(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
)

import numpy as np

from eisfit.circuit.simulation import simulate
from eisfit.data.spectrum import Spectrum
from eisfit.quality import kramers_kronig, validate

POINTS = 71
KINDS = (
    "one arc", "two arcs", "blocking", "blocking, lead", "Warburg", "Gerischer", "finite Warburg",
    "inductive loop",
)  # fmt: skip
NOISE = 0.005


@dataclass(frozen=True, slots=True)
class Drawn:
    """A spectrum whose truth is known."""

    spectrum: Spectrum
    kind: str
    noise: float


@dataclass(frozen=True, slots=True)
class Fault:
    """A bad spectrum: what is wrong, and the point after which it is (-1: everywhere)."""

    spectrum: Spectrum
    place: int


def draw(rng: np.random.Generator, noise: float | None = None) -> Drawn:
    """Return a random valid spectrum; `noise` of |Z| in each part, or 0.1 to 2 %."""
    kind = KINDS[rng.integers(len(KINDS))]
    scale = 10 ** rng.uniform(0, 7)
    top = 10 ** rng.uniform(4.5, 7)
    frequency = np.geomspace(top, top / 10 ** rng.uniform(5.5, 8.5), POINTS)

    def time_constant(low: float, high: float) -> float:
        """Draw a time constant; 0 is the slow end of the window, 1 the fast one."""
        share = rng.uniform(low, high)
        return float(1 / (2 * np.pi * frequency[-1] ** (1 - share) * frequency[0] ** share))

    def resistance() -> float:
        return float(scale * 10 ** rng.uniform(-1, 1))

    def arc(low: float, high: float) -> list[float]:
        R, n = resistance(), rng.uniform(0.7, 1.0)
        return [R, time_constant(low, high) ** n / R, n]

    def blocking(low: float, high: float) -> list[float]:
        n = rng.uniform(0.7, 1.0)
        return [time_constant(low, high) ** n / resistance(), n]

    def lead() -> list[float]:
        return [R0 * time_constant(0.9, 1.1), R0]

    def loop() -> list[float]:
        R = resistance()
        return [R, R * time_constant(0.05, 0.35)]

    R0 = 0.3 * resistance()
    end = str(rng.choice(["Ws1", "Wo1"]))
    cells: dict[str, tuple[str, Callable[[], list[float]]]] = {
        "one arc": ("R0 + (R1|Q1)", lambda: [R0, *arc(0.1, 1)]),
        "two arcs": ("R0 + (R1|Q1) + (R2|Q2)", lambda: [R0, *arc(0.5, 1.05), *arc(0, 0.6)]),
        "blocking": ("R0 + (R1|Q1) + Q2", lambda: [R0, *arc(0.5, 1.05), *blocking(0.1, 0.6)]),
        "blocking, lead": (
            "L0 + R0 + (R1|Q1) + Q2", lambda: [*lead(), *arc(0.3, 0.9), *blocking(0.05, 0.4)],
        ),
        "Warburg": (
            "R0 + (R1|Q1) + W1",
            lambda: [R0, *arc(0.5, 1), resistance() / np.sqrt(time_constant(0.1, 0.5))],
        ),
        "Gerischer": ("R0 + G1", lambda: [R0, resistance(), time_constant(0.2, 0.9)]),
        "finite Warburg": (
            f"R0 + (R1|Q1) + {end}",
            lambda: [R0, *arc(0.5, 1), resistance(), time_constant(0.05, 0.5)],
        ),
        "inductive loop": ("R0 + (R1|Q1|(R2 + L2))", lambda: [R0, *arc(0.4, 1), *loop()]),
    }  # fmt: skip
    circuit, values = cells[kind][0], cells[kind][1]()
    sigma = 10 ** rng.uniform(-3, np.log10(0.02)) if noise is None else noise
    seed = int(rng.integers(1 << 30))
    return Drawn(simulate(circuit, values, frequency, noise=sigma, seed=seed), kind, sigma)


def drifting(rng: np.random.Generator, drawn: Drawn) -> Fault:
    """Let |Z| change by 5 % over the sweep, by the same amount from each point to the next."""
    Z = drawn.spectrum.impedance * (1 + rng.choice([-1, 1]) * np.linspace(0, 0.05, POINTS))
    return Fault(drawn.spectrum.with_(impedance=Z), -1)


def drifting_in_time(rng: np.random.Generator, drawn: Drawn) -> Fault:
    """Let |Z| change by 5 % in proportion to time, three periods and half a second a point."""
    spent = np.cumsum(0.5 + 3 / drawn.spectrum.frequency)
    Z = drawn.spectrum.impedance * (1 + rng.choice([-1, 1]) * 0.05 * spent / spent[-1])
    return Fault(drawn.spectrum.with_(impedance=Z), -1)


def stepping(rng: np.random.Generator, drawn: Drawn) -> Fault:
    """Let |Z| jump by 3 % somewhere in the inner 80 % of the sweep."""
    place = int(rng.integers(POINTS // 10, POINTS - POINTS // 10))
    factor = np.where(np.arange(POINTS) > place, 1 + rng.choice([-1, 1]) * 0.03, 1)
    return Fault(drawn.spectrum.with_(impedance=drawn.spectrum.impedance * factor), place)


def off(least: float, most: float) -> Callable[[np.random.Generator, Drawn], Fault]:
    """Return a fault that moves one point by `least` to `most` standard deviations."""

    def fault(rng: np.random.Generator, drawn: Drawn) -> Fault:
        place = int(rng.integers(POINTS))
        Z = drawn.spectrum.impedance.copy()
        turn = np.exp(2j * np.pi * rng.random())
        Z[place] += rng.uniform(least, most) * NOISE * abs(Z[place]) * turn
        return Fault(drawn.spectrum.with_(impedance=Z), place)

    return fault


FAULTS: dict[str, Callable[[np.random.Generator, Drawn], Fault]] = {
    "drift of 5 %, point by point": drifting,
    "step of 3 %": stepping,
    "a point off by 5 to 15 sigma": off(5, 15),
    "drift of 5 %, in proportion to time": drifting_in_time,
    "a point off by just 5 sigma": off(5, 5),
    "a point off by just 7 sigma": off(7, 7),
}


def caught(fault: Fault, name: str) -> tuple[bool, bool]:
    """Return whether a fault was noticed, and whether its place was named (to one point)."""
    result = validate(fault.spectrum)
    noticed = result.verdict != "valid"
    if fault.place < 0:
        return noticed, any(f.code in ("drift", "not_kramers_kronig") for f in result.findings)
    code = "step" if "step" in name else "outliers"
    said = " ".join(f.message for f in result.findings if f.code == code)
    near = 1 if code == "step" else 0
    places = range(max(fault.place - near, 0), min(fault.place + near + 1, POINTS))
    named = any(
        f"{fault.spectrum.frequency[i]:.4g}" in said.replace("(", " ").split() for i in places
    )
    return noticed or named, named


def wilson(good: int, count: int) -> str:
    """Return a share in % with its 95 % interval."""
    z, p = 1.96, good / count
    middle = (p + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(p * (1 - p) / count + z**2 / (4 * count**2))
    return f"{100 * p:5.1f} %  ({100 * (middle - half):.1f} to {100 * (middle + half):.1f})"


def valid_ones(count: int, seed: int) -> None:
    """Print how many valid spectra pass, and the noise."""
    rng = np.random.default_rng(seed)
    drawn = [draw(rng) for _ in range(count)]
    results = [validate(d.spectrum) for d in drawn]
    passed = sum(r.verdict == "valid" for r in results)
    print(f"valid spectra that pass            {wilson(passed, count)}")
    for d, r in zip(drawn, results, strict=True):
        if r.verdict != "valid":
            codes = ", ".join(f.code for f in r.findings if f.severity != "info")
            print(f"    not passed: {d.kind}, noise {100 * d.noise:.2g} %: {codes}")
    ratio = np.array([r.noise / d.noise for d, r in zip(drawn, results, strict=True)])
    within = int(np.sum(np.abs(ratio - 1) < 0.2))
    print(f"noise within 20 % of the truth     {wilson(within, count)}")
    print(
        f"noise over the truth               median {np.median(ratio):.3f}, standard deviation "
        f"{np.std(ratio):.3f} ({1 / np.sqrt(2 * (2 * POINTS - 22)):.3f} is the least possible)"
    )
    first = [_milliseconds(validate, d.spectrum) for d in drawn]
    again = [min(_milliseconds(validate, d.spectrum) for _ in range(3)) for d in drawn]
    for name, each in (("new to it", first), ("seen before", again)):
        text = f"median {np.median(each):.2f} ms, mean {np.mean(each):.2f} ms"
        print(f"time, a frequency grid {name:12}{text}")


def bad_ones(count: int, seed: int) -> None:
    """Print how many bad spectra are caught, by fault."""
    for i, (name, fault) in enumerate(FAULTS.items()):
        rng = np.random.default_rng([seed, i + 1])
        faults = [fault(rng, draw(rng, NOISE)) for _ in range(count)]
        seen = [caught(f, name) for f in faults]
        milliseconds = np.median([_milliseconds(validate, f.spectrum) for f in faults])
        print(
            f"{name:37}caught {wilson(sum(s[0] for s in seen), count)}, named "
            f"{wilson(sum(s[1] for s in seen), count)}, {milliseconds:.1f} ms"
        )


Residuals = Callable[[Spectrum], "np.ndarray"]


def own_residuals(spectrum: Spectrum) -> np.ndarray:
    """Return (Z - Z_KK)/|Z| of this package, real part before imaginary."""
    found = kramers_kronig(spectrum)
    return np.concatenate([found.residual_real, found.residual_imag])


def peer_tests() -> dict[str, Residuals]:
    """Return the tests that are installed: residuals over |Z| of each part."""
    tests: dict[str, Residuals] = {"eisfit": own_residuals}
    try:
        from impedance.validation import linKK

        def of_impedance(spectrum: Spectrum) -> np.ndarray:
            return np.concatenate(linKK(spectrum.frequency, spectrum.impedance, max_M=50)[3:])

        tests["impedance"] = of_impedance
    except ImportError:
        print("impedance is not installed: not compared")
    try:
        import pyimpspec

        def of_pyimpspec(spectrum: Spectrum) -> np.ndarray:
            data = pyimpspec.DataSet(spectrum.frequency, spectrum.impedance)
            found = test(data, num_procs=1)
            _, real, imaginary = found.get_residuals_data()
            return np.concatenate([real, imaginary]) / 100

        # its name up to version 4, and from 5 on
        test = getattr(pyimpspec, "perform_kramers_kronig_test", None) or pyimpspec.perform_test

        tests["pyimpspec"] = of_pyimpspec
    except ImportError:
        print("pyimpspec is not installed: not compared")
    return tests


def peers(count: int, seed: int) -> None:
    """Print times and misfits of other packages on the same valid spectra, in turns.

    No peer gives a verdict. What is compared is what a user would judge by: the largest residual,
    which is some 3 times the noise where the test describes a valid spectrum.
    """
    tests = peer_tests()
    rng = np.random.default_rng(seed)
    times: dict[str, list[float]] = {name: [] for name in tests}
    largest: dict[str, list[float]] = {name: [] for name in tests}
    failed: Counter[str] = Counter()
    for _ in range(count):
        drawn = draw(rng)
        for name, test in tests.items():
            start = time.perf_counter()
            try:
                residuals = test(drawn.spectrum)
            except Exception as error:  # noqa: BLE001 - a peer's failure is a result
                failed[f"{name}: {type(error).__name__}: {str(error)[:60]}"] += 1
                continue
            times[name].append(1e3 * (time.perf_counter() - start))
            largest[name].append(float(np.max(np.abs(residuals)) / drawn.noise))
    own = np.median(times["eisfit"])
    for name, each in times.items():
        if not each:
            print(f"{name:12} failed on all {count}")
            continue
        misfit = np.array(largest[name])
        print(
            f"{name:12} median {np.median(each):8.2f} ms, {np.median(each) / own:7.1f} times "
            f"eisfit, done {len(each)} of {count}; largest residual over the noise: median "
            f"{np.median(misfit):.1f}, above 5 in {100 * np.mean(misfit > 5):.0f} %"
        )
    for what, n in failed.most_common():
        print(f"    {n} times {what}")


def _milliseconds(test: Callable[[Spectrum], object], spectrum: Spectrum) -> float:
    start = time.perf_counter()
    test(spectrum)
    return 1e3 * (time.perf_counter() - start)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spectra", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    valid_ones(options.spectra, options.seed)
    bad_ones(options.spectra, options.seed)
    if options.peers:
        peers(min(options.spectra, 20), options.seed)


if __name__ == "__main__":
    main()
