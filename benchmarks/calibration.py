"""Are the activation energies of a series right, and their errors? Simulated pellets tell.

    python benchmarks/calibration.py [--series 1000] [--seed 1] [--conditions cold drift] [--jobs 1]

Every condition simulates series of an LLTO-like pellet whose truth is known, fits each in four ways
and prints bias, root mean square (RMS) error, spread (1.48 times the median distance from the
truth, which single failures do not move), mean stated error, coverage of the 95 % interval, and the
RMS error over the Cramér–Rao bound. Ways: the joint fit; the joint fit with everything forced to be
shared; a weighted line through separate fits without help from neighbours; the line through
eisfit's sequence of fits (``method="separate"``).

The bound is that of the truth's own design: leads one value, resistances by Arrhenius, capacitances
shared, exponents as they are (free where they drift along a curve), the electrode free, and what
the model knows of leads (from which each series draws its own); beside it that with exponents and
capacitances free. Random errors of temperature enter it as one unknown more a temperature, known to
their standard deviation.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

os.environ.update(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
)

import numpy as np

from eisfit.base.constants import BOLTZMANN_EV, VACUUM_PERMITTIVITY, ZERO_CELSIUS
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series
from eisfit.fitting.design import Design, solve_design, to_capacitances
from eisfit.fitting.fit import fit_spectra
from eisfit.fitting.least_squares import Problem
from eisfit.fitting.problem import USUAL_NOISE, make_problem
from eisfit.fitting.result import FitResult
from eisfit.temperature.arrhenius import ArrheniusResult, LogResistances, fit_arrhenius
from eisfit.temperature.joint import fit_joint
from eisfit.temperature.lead import estimate_lead_resistance
from eisfit.temperature.lines import joint_lines, separate_lines
from eisfit.temperature.sequence import fit_sequence

MODEL = load_model("llto_pellet")
GEOMETRY = Geometry.disc(thickness="1.5 mm", diameter="9 mm")
PROCESSES = ("bulk", "grain_boundary")
FORCED = {f"{q}_{p}": "arrhenius" if q == "R" else "shared" for p in PROCESSES for q in "RCn"}
WAYS = ("joint", "joint, all shared", "separate fits", "sequence")
ENERGY = {"bulk": 0.37, "grain_boundary": 0.45}
PERMITTIVITY = {"bulk": 130.0, "grain_boundary": 3e4}
EXPONENT = {"bulk": 0.96, "grain_boundary": 0.92}
USUAL_LEAD = MODEL.parameters[MODEL.index("R_lead")].prior or (0.0, 0.0)
ARCS = tuple(tuple(MODEL.index(f"{q}_{p}") for q in "RQn") for p in PROCESSES)


@dataclass(frozen=True, slots=True)
class Condition:
    """A pellet and how it is measured.

    Parameters
    ----------
    text : str
    coldest, warmest : float
        °C; `count` temperatures at even steps.
    low, high : float
        Hz; 10 frequencies to a decade.
    noise : float
        Standard deviation of real and imaginary part over abs(Z).
    lead : float, optional
        Ω; drawn anew for every series from what the model takes for usual, where left out.
    sigma : float
        S/cm of the bulk at 300 K; that of the grain boundary is 3e-5.
    drift : float
        By how much both exponents grow from the coldest to the warmest temperature,
    bow : float
        along (1 - bow) u + bow u², u from 0 to 1; on average they are `EXPONENT`.
    temperature_error : float
        K; standard deviation of each temperature, independent.
    """

    text: str
    coldest: float = -20.0
    warmest: float = 90.0
    count: int = 12
    low: float = 1.0
    high: float = 7e6
    noise: float = 0.005
    lead: float | None = None
    sigma: float = 9e-4
    drift: float = 0.0
    bow: float = 0.0
    temperature_error: float = 0.0

    @property
    def temperatures(self) -> np.ndarray:
        """What is written into the spectra, K."""
        return np.linspace(self.coldest, self.warmest, self.count) + ZERO_CELSIUS


CONDITIONS = {
    "cold": Condition("sharing true, bulk arc in the window at the cold end, 0.5 % noise"),
    "window": Condition(
        "sharing true, bulk peak leaves the window (1 MHz) half-way, 1 % noise",
        low=0.1, high=1e6, noise=0.01, sigma=6e-5,
    ),
    "intercept": Condition(
        "sharing true, bulk peak leaves the window (7 MHz) half-way, leads matter, 1 % noise",
        coldest=-35, warmest=75, low=0.1, noise=0.01,
    ),
    "drift": Condition("exponents drift by 0.035 along a line", drift=0.035),
    "curved": Condition("exponents drift by 0.035 along a curve", drift=0.035, bow=1.0),
    "quiet": Condition("sharing true, 0.2 % noise", noise=0.002),
    "noisy": Condition("sharing true, 2 % noise", noise=0.02),
    "kelvin": Condition("sharing true, temperatures off by 0.3 K at random", temperature_error=0.3),
    "lead": Condition(
        "lead 1.5 Ω beside 16 Ω of bulk at 80 °C, 1 % noise",
        coldest=-40, warmest=80, low=0.01, noise=0.01, lead=1.5, sigma=2.01e-3,
    ),
}  # fmt: skip


Answer = tuple[float, float, float, float]
"""Activation energy, its error and the ends of its 95 % interval, eV."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one series gave: answers by (way, process), the joint fit's choices, those kept out."""

    answers: Mapping[tuple[str, str], Answer]
    choices: Mapping[str, str]
    excluded: int


def exponents(condition: Condition) -> np.ndarray:
    """Return the drift of the exponents along the temperatures, on average 0."""
    u = np.linspace(0, 1, condition.count)
    along = condition.drift * ((1 - condition.bow) * u + condition.bow * u**2)
    return along - along.mean()


def truth(condition: Condition, T: np.ndarray, lead: float) -> np.ndarray:
    """Return the parameters at the true temperatures, shape (m, p)."""
    out = {"R_lead": lead, "L_lead": 3e-7, "n_electrode": 0.85}
    out["Q_electrode"] = 1e-6 * np.exp(0.005 * (T - 300))
    for name, sigma in (("bulk", condition.sigma), ("grain_boundary", 3e-5)):
        n = EXPONENT[name] + exponents(condition)
        fall = np.exp(-ENERGY[name] / BOLTZMANN_EV * (1 / T - 1 / 300))
        R = GEOMETRY.cell_constant / 100 / (sigma * 300 / T * fall)
        C = PERMITTIVITY[name] * VACUUM_PERMITTIVITY / GEOMETRY.cell_constant
        out |= {f"R_{name}": R, f"Q_{name}": C**n * R ** (n - 1), f"n_{name}": n}
    return np.stack([np.broadcast_to(out[name], T.shape) for name in MODEL.names], axis=1)


def simulated(condition: Condition, seed: tuple[int, ...]) -> Series:
    """Return a noisy series."""
    states = np.random.SeedSequence(seed).generate_state(condition.count + 1)
    rng, said = np.random.default_rng(int(states[-1])), condition.temperatures
    T = said + condition.temperature_error * rng.standard_normal(condition.count)
    lead = condition.lead if condition.lead is not None else rng.normal(*USUAL_LEAD)
    f = frequencies(condition.low, condition.high, per_decade=10)
    spectra = [
        simulate(MODEL, own, f, noise=condition.noise, seed=int(state), temperature=float(t))
        for own, state, t in zip(truth(condition, T, lead), states, said, strict=False)
    ]
    return Series.by_temperature(spectra, GEOMETRY)


def bounds(condition: Condition) -> dict[str, tuple[float, float]]:
    """Return the Cramér–Rao bounds of E_a in eV: of the true design, and with C and n free."""
    T, m = condition.temperatures, condition.count
    clean = replace(condition, temperature_error=0.0, noise=0.0)
    problem = make_problem(simulated(clean, (0,)).spectra, MODEL)
    problem = problem.scale_noise(np.full(m, condition.noise / USUAL_NOISE))
    precision = problem.prior_precision.copy()
    precision[1:] = 0.0  # what is common counts once
    problem = replace(problem, prior_precision=precision)
    y = to_capacitances(problem.coordinates.x(truth(clean, T, USUAL_LEAD[0])), ARCS)
    x, u = 1 / (BOLTZMANN_EV * T), np.linspace(-0.5, 0.5, m)
    one, own = np.ones((m, 1)), np.eye(m)
    exponent = np.stack([one[:, 0], u], axis=1) if condition.drift else one
    out = []
    for C, n in ((one, own if condition.bow else exponent), (own, own)):
        bases = [one if MODEL.parameters[j].shared else own for j in range(len(MODEL.names))]
        for R_place, C_place, n_place in ARCS:
            bases[R_place] = np.stack([one[:, 0], x - x.mean()], axis=1)
            bases[C_place], bases[n_place] = C, n
        out.append(_errors_of_slopes(condition, problem, Design(_log_T(T), tuple(bases), ARCS), y))
    return {p: (out[0][i], out[1][i]) for i, p in enumerate(PROCESSES)}


def _log_T(T: np.ndarray) -> np.ndarray:
    """Return offsets, shape (m, p): ln R = ln T + a + E_a/kT."""
    offset = np.zeros((len(T), len(MODEL.names)))
    for R, _, _ in ARCS:
        offset[:, R] = np.log(T)
    return offset


def _errors_of_slopes(
    condition: Condition, problem: Problem, design: Design, y: np.ndarray
) -> list[float]:
    """Return the errors of the second parameter of each resistance, from the curvature at y."""
    state = solve_design(problem, design, design.nearest(y, np.ones_like(y)))
    m, p = y.shape
    places, q = design.places, design.places[-1].stop
    slopes = np.zeros((m, p, q + m))  # of y along θ and the true temperatures
    for j, (basis, place) in enumerate(zip(design.bases, places, strict=True)):
        slopes[:, j, place] = basis
    T, extra = condition.temperatures, np.arange(m)
    for (R, _, _), energy in zip(ARCS, ENERGY.values(), strict=True):
        slopes[extra, R, q + extra] = 1 / T - energy / (BOLTZMANN_EV * T**2)
    H = np.einsum("mpa,mpr,mrb->ab", slopes, state.curvature, slopes)
    error = max(condition.temperature_error, 1e-6)  # K; none is next to none
    H[q + extra, q + extra] += error**-2
    scale = 1 / np.sqrt(np.diagonal(H))
    V = np.linalg.inv(H * np.outer(scale, scale)) * np.outer(scale, scale)
    return [float(np.sqrt(V[places[R].start + 1, places[R].start + 1])) for R, _, _ in ARCS]


def separate(series: Series, process: str, fits: list[FitResult]) -> ArrheniusResult | None:
    """Return a weighted line through fits of single spectra, each without its neighbours."""
    R = np.array([fit.estimates[f"R_{process}"].value for fit in fits])
    error = np.array([fit.estimates[f"R_{process}"].stderr or np.nan for fit in fits]) / R
    told = np.isfinite(error) & (error > 0) & (error < 0.5)
    V = np.diag(np.where(told, error, 1.0) ** 2)
    points = LogResistances(np.log(R), V, np.zeros(len(R)), 0.0, told)
    return fit_arrhenius(
        process, series.values, points, GEOMETRY, [s.label for s in series.spectra]
    )


def trial(name: str, seed: tuple[int, ...]) -> Trial:
    """Return what all ways give of one series."""
    series = simulated(CONDITIONS[name], seed)
    sequence = fit_sequence(series, MODEL)
    told = estimate_lead_resistance(sequence, "R_lead")
    lines: dict[str, Mapping[str, ArrheniusResult | None]] = {}
    lines["sequence"] = separate_lines(told.sequence, "R_lead", told.lines)
    joint, shared = fit_joint(sequence), fit_joint(sequence, FORCED)
    for way, found in (("joint", joint), ("joint, all shared", shared)):
        lines[way] = joint_lines(sequence, found, lines["sequence"])[0] if found else {}
    fits = fit_spectra(series.spectra, MODEL)
    lines["separate fits"] = {p: separate(series, p, fits) for p in PROCESSES}
    answers = {}
    for way, process in ((w, p) for w in WAYS for p in PROCESSES):
        line = lines[way].get(process)
        if line is not None and line.ci95 is not None:
            energy = line.activation_energy
            answers[way, process] = (energy.n, energy.s, *line.ci95)
    choices = {f"{c.quantity}_{c.process}": c.sharing for c in joint.choices} if joint else {}
    return Trial(answers, choices, len(joint.excluded) if joint else 0)


def table(name: str, trials: list[Trial]) -> list[str]:
    """Return the lines of a condition's table."""
    bound, count = bounds(CONDITIONS[name]), len(trials)
    out = [f"{name}: {CONDITIONS[name].text}; {count} series"]
    head = f"  {'meV':<34} {'bias':>14} {'RMS':>7} {'spread':>7} {'stated':>7} {'inside':>7}"
    out.append(f"{head} {'RMS/bound':>9}")
    for process in PROCESSES:
        own, free = (1e3 * b for b in bound[process])
        out.append(f"  {process}: bound {own:.3f}, with C and n free {free:.3f}")
        for way in WAYS:
            found = [t.answers[way, process] for t in trials if (way, process) in t.answers]
            if not found:
                continue
            E, s, low, high = np.array(found).T
            off, true = 1e3 * (E - ENERGY[process]), ENERGY[process]
            rms = float(np.sqrt(np.mean(off**2)))
            bias = f"{off.mean():+.3f} ± {off.std() / np.sqrt(len(off)):.3f}"
            inside = np.mean((low <= true) & (true <= high))
            missing = f"  ({count - len(found)} without a line)" if len(found) < count else ""
            out.append(
                f"    {way:<32} {bias:>14} {rms:7.3f} {1.4826 * np.median(np.abs(off)):7.3f} "
                f"{1e3 * s.mean():7.3f} {inside:7.1%} {rms / own:9.2f}{missing}"
            )
    for quantity in trials[0].choices:
        ways = Counter(t.choices[quantity] for t in trials if quantity in t.choices)
        said = ", ".join(f"{w} {n / count:.0%}" for w, n in ways.most_common())
        out.append(f"  {quantity}: {said}")
    out.append(f"  spectra kept out: {sum(t.excluded for t in trials)} of "
               f"{count * CONDITIONS[name].count}")  # fmt: skip
    return out


def timing(count: int) -> str:
    """Return how long a series of `count` temperatures takes, after a first one."""
    condition = replace(CONDITIONS["cold"], count=count)
    taken = []
    for seed in range(3):
        series = simulated(condition, (seed, count))
        began = time.perf_counter()
        sequence = fit_sequence(series, MODEL)
        middle = time.perf_counter()
        fit_joint(sequence)
        taken.append((middle - began, time.perf_counter() - middle))
    single, joint = np.median(np.array(taken[1:]), axis=0)
    return (
        f"{count} temperatures, {len(MODEL.names)} parameters each, one core: fits one by one "
        f"{single:.2f} s, then the joint fit {joint:.2f} s"
    )


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--series", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--conditions", nargs="*", choices=CONDITIONS, default=list(CONDITIONS))
    options.add_argument("--jobs", type=int, default=1)
    said = options.parse_args()
    places = list(CONDITIONS)
    with ProcessPoolExecutor(said.jobs, mp_context=get_context("spawn")) as pool:
        for name in said.conditions:
            began = time.perf_counter()
            seeds = [(said.seed, places.index(name), i) for i in range(said.series)]
            trials = list(pool.map(trial, [name] * len(seeds), seeds, chunksize=4))
            print("\n".join(table(name, trials)))
            print(f"  {time.perf_counter() - began:.0f} s\n", flush=True)
    for count in (12, 100):
        print(timing(count), flush=True)


if __name__ == "__main__":
    main()
