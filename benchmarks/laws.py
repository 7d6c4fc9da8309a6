"""Which law of conductivity is told by simulated series, and how long the joint fit takes.

    python benchmarks/laws.py [--series 200] [--seed 1] [--noise 0.01]

LLTO-like pellets, -30 to 90 °C in steps of 10 K; true law of bulk and grain boundary: Arrhenius,
Vogel–Fulcher–Tammann with T0 = 100 K, or two Arrhenius lines with a break at 27 °C.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np

import eisfit
from eisfit.base.constants import BOLTZMANN_EV, VACUUM_PERMITTIVITY
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.temperature.joint import fit_joint
from eisfit.temperature.sequence import fit_sequence

MODEL = eisfit.load_model("llto_pellet")
DISC = eisfit.Geometry.disc(thickness="1.5 mm", diameter="9 mm")
TEMPERATURES = np.arange(-30, 91, 10) + 273.15
FREQUENCY = frequencies(1.0, 7e6, per_decade=9)
T0, BREAK, STEP = 100.0, 300.0, 0.06
PROCESSES = {
    "bulk": (9e-4, 130.0, 0.96, 0.37),
    "grain_boundary": (3e-5, 3e4, 0.88, 0.45),
}
"""σ at 300 K in S/cm, permittivity, exponent, activation energy at 300 K in eV."""


def ln_sigma_T(law: str, T: float, energy: float) -> float:
    """Return ln(σT) less its value at 300 K."""
    if law == "vft":
        B = energy / BOLTZMANN_EV * (300 - T0) ** 2 / 300**2
        return float(-B * (1 / (T - T0) - 1 / (300 - T0)))
    own = energy - STEP if law == "break" and T > BREAK else energy
    return float(-own / BOLTZMANN_EV * (1 / T - 1 / 300))


def truth(law: str, T: float) -> dict[str, float]:
    """Return the parameters of the pellet at a temperature in K."""
    out = {"R_lead": 2.0, "L_lead": 3e-7, "Q_electrode": 1e-6, "n_electrode": 0.85}
    for name, (sigma, permittivity, n, energy) in PROCESSES.items():
        own = sigma * 300 / T * np.exp(ln_sigma_T(law, T, energy))
        R = DISC.cell_constant / 100 / own
        C = permittivity * VACUUM_PERMITTIVITY / DISC.cell_constant
        out |= {f"R_{name}": float(R), f"Q_{name}": float(C**n * R ** (n - 1)), f"n_{name}": n}
    return out


def series(law: str, seed: int, noise: float) -> eisfit.Series:
    """Return one simulated series."""
    spectra = [
        simulate(
            MODEL,
            truth(law, float(T)),
            FREQUENCY,
            noise=noise,
            seed=1000 * seed + i,
            temperature=float(T),
        )
        for i, T in enumerate(TEMPERATURES)
    ]
    return eisfit.Series.by_temperature(spectra, DISC)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--series", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--noise", type=float, default=0.01)
    said = options.parse_args()
    for law in ("arrhenius", "vft", "break"):
        chosen: Counter[tuple[str, str | None]] = Counter()
        seconds, bends = 0.0, []
        for i in range(said.series):
            sequence = fit_sequence(series(law, said.seed * 100_000 + i, said.noise), MODEL)
            began = time.perf_counter()
            joint = fit_joint(sequence)
            seconds += time.perf_counter() - began
            assert joint is not None  # noqa: S101
            chosen.update((name, joint.choice(name, "R").sharing) for name in PROCESSES)
            bends += [c.bend for c in joint.choices if c.sharing == law and c.bend]
        told = "  ".join(
            f"{name} {100 * chosen[name, law] / said.series:.1f} %" for name in PROCESSES
        )
        bend = f"  bend {np.mean(bends):.1f} ± {np.std(bends):.1f} K" if bends else ""
        each = f"{seconds / said.series:.3f} s a joint fit of {len(TEMPERATURES)} spectra"
        print(f"true {law:<10} chosen: {told}{bend}  {each}")


if __name__ == "__main__":
    main()
