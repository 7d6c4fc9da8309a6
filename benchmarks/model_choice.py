"""Model choice: how often the circuit that made the data is found, and whether too much is.

    python benchmarks/model_choice.py [--cases 200] [--seed 1] [--draws 99]

Two or three arcs (CPE exponents 0.8 to 0.95, resistances within a factor of 4), with or without a
CPE as tail, time constants a decade apart, 0.5 % noise; then half as many spectra with a Warburg,
finite diffusion or Gerischer element. 81 points, 10 MHz to 0.1 Hz; no circuit is named: the
program makes them.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small: threads only wait

import argparse
import time
from collections import Counter

import numpy as np

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import simulate
from eisfit.processes.model_choice import ModelChoice, compare_models
from eisfit.processes.model_choice.search import Terms, canonical, circuit_of, title_of

FREQUENCY = np.geomspace(1e7, 0.1, 81)
NOISE = 0.005
ARCS: tuple[Terms, ...] = (
    ("R", "R|Q", "R|Q"),
    ("R", "R|Q", "R|Q", "Q"),
    ("R", "R|Q", "R|Q", "R|Q"),
    ("R", "R|Q", "R|Q", "R|Q", "Q"),
)
DIFFUSION: tuple[Terms, ...] = (
    ("R", "R|Q", "W"),
    ("R", "(R+W)|Q"),
    ("R", "(R+Ws)|Q"),
    ("R", "(R+Wo)|Q"),
    ("R", "R|Q", "Ws"),
    ("R", "R|Q", "Wo"),
    ("R", "R|Q", "G"),
    ("R", "G"),
)


def drawn(terms: Terms, rng: np.random.Generator) -> list[float]:
    """Return parameters in the circuit's order: arcs a decade apart, the tail slower than they."""
    size = 10 ** rng.uniform(1, 5)
    time_constant = 10 ** rng.uniform(-5.5, -4.0)
    values: list[float] = []
    for kind in terms:
        R = size * 2 ** rng.uniform(-1, 1)
        n = rng.uniform(0.8, 0.95)
        if kind == "R":
            values.append(0.1 * R)
        elif kind == "R|Q":
            values += [R, time_constant**n / R, n]
            time_constant *= 10
        elif kind == "Q":
            values += [time_constant**n / R, n]
        elif kind == "W":
            values.append(R / np.sqrt(10 * time_constant))
        elif kind == "(R+W)|Q":
            values += [R, R / np.sqrt(time_constant), time_constant**n / R, n]
        elif kind.startswith("("):
            values += [R, R, 100 * time_constant, time_constant**n / R, n]
        else:  # finite diffusion, Gerischer
            values += [R, 100 * time_constant]
    return values


def judged(terms: Terms, found: ModelChoice) -> str:
    """Return right, tied, too simple, too rich or other."""
    truth = load_model(circuit_of(terms))
    if found.best.model.circuit == truth.circuit:
        return "right, with ties" if found.ties else "right"
    if any(r.trial.model.circuit == truth.circuit for r in found.ties):
        return "tied with the truth"
    more = found.best.free - len(truth.names)
    return "too rich" if more > 0 else "too simple" if more < 0 else "another one"


def run(families: tuple[Terms, ...], cases: int, seed: int, draws: int) -> None:
    """Print how the choice goes for each family."""
    total: Counter[str] = Counter()
    start = time.perf_counter()
    for place, terms in enumerate(families):
        terms = canonical(terms)
        told: Counter[str] = Counter()
        for case in range(cases // len(families)):
            rng = np.random.default_rng([seed, place, case])
            values = drawn(terms, rng)
            made = simulate(
                circuit_of(terms), values, FREQUENCY, noise=NOISE, seed=seed + 7919 * case
            )
            found = compare_models(made, draws=draws)
            what = judged(terms, found)
            told[what] += 1
            if what not in ("right", "right, with ties"):
                print(f"    {what}: {title_of(terms)} read as {found!r}".replace("\n", "; "))
        total += told
        print(f"  {title_of(terms):45} " + ", ".join(f"{w} {n}" for w, n in told.most_common()))
    n = sum(total.values())
    right = total["right"] + total["right, with ties"]
    each = (time.perf_counter() - start) / n
    print(f"  right {right} of {n} ({100 * right / n:.1f} %), too rich {total['too rich']}, "
          f"{each:.2f} s each", flush=True)  # fmt: skip


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=99)
    asked = parser.parse_args()
    print(f"arcs a decade apart, {100 * NOISE} % noise")
    run(ARCS, asked.cases, asked.seed, asked.draws)
    print("diffusion and Gerischer elements")
    run(DIFFUSION, asked.cases // 2, asked.seed, asked.draws)


if __name__ == "__main__":
    main()
