"""Compare stated errors of single spectra with the truth under a real instrument's errors.

Spectra come from `simulated_instrument`, which shares no code with the fit. Each condition draws
its sizes continuously. Compared are the 95 % intervals of `eisfit.fit` with the truth, and their
mean interval (Winkler) score with that of an oracle, which makes the same least-squares fit and
knows the covariance of the errors, but not their realisation.

    python benchmarks/spectrum_errors.py --seeds 500
    python benchmarks/spectrum_errors.py --seeds 2000 --only white
    python benchmarks/spectrum_errors.py --seeds 200 --errors candidate
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import error_model
import numpy as np
import simulated_instrument as sim
from numpy.typing import NDArray
from scipy.stats import binom
from scipy.stats import t as student

import eisfit

Real = NDArray[np.float64]

UNDETERMINED, UNDETERMINED_EXPONENT = 0.3, 0.1
"""Standard errors of a logarithm and of an exponent from which nothing is called determined."""

DRAWS = 100  # realisations by which the oracle knows the covariance of the errors
NOT_JUDGED = {
    "skewed": ("n",),  # such an arc has no exponent
    "left_out": ("R_total",),  # whether it holds the arc depends on the lowest frequency
    "phase": ("C", "n"),  # a delay looks like an inductor: only R can be known without more
    "random": ("n",),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One simulated spectrum."""

    sample: sim.Sample
    disturb: sim.Disturbance
    extra_resistance: float = 0.0


def white(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return proportional noise of 0.03 to 1 %."""
    return Trial(sample, sim.proportional_noise(10 ** rng.uniform(-3.5, -2.0)))


def constant(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return noise of one size at all frequencies, 0.01 to 0.3 % of the largest |Z|."""
    return Trial(sample, sim.constant_noise(10 ** rng.uniform(-4.0, -2.5)))


def noisy_end(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return ten times the noise in the last decade at one end."""
    at = str(rng.choice(["high", "low"]))
    return Trial(sample, sim.noisy_end(10 ** rng.uniform(-3.5, -2.3), at=at))


def correlated(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return smooth gain and phase errors of 0.03 to 0.5 % over half a decade to two decades."""
    gain, phase = 10 ** rng.uniform(-3.5, -2.3, 2)
    length = rng.uniform(0.5, 2.0) * sim.DECADE
    return Trial(sample, sim.in_order(sim.analyser_error(gain, phase, length), _little(rng)))


def skewed(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return arcs that are no exact CPE arcs."""
    size = rng.uniform(0.02, 0.2)
    return Trial(sample, sim.in_order(sim.skewed_arcs(sample, size), _little(rng)))


def left_out(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return an arc beside those of the circuit, 3 to 30 % of the smallest one's resistance.

    It lies at least 0.7 decades from each of them: nearer, it would be a part of that arc.
    """
    share = 10 ** rng.uniform(-1.5, -0.5) * float(sample.resistance.min() / sample.total)
    decade = np.log10(sample.time_constant)
    place = rng.uniform(decade[0] - 1.5, decade[-1] + 1.5)
    while np.abs(place - decade).min() < 0.7:
        place = rng.uniform(decade[0] - 1.5, decade[-1] + 1.5)
    extra = sim.extra_arc(share, 10**place, rng.uniform(0.8, 1.0), sample.total)
    return Trial(sample, sim.in_order(extra, _little(rng)), share * sample.total)


def phase(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return a phase error that grows with f to 2 to 100 mrad at the highest frequency."""
    size = 10 ** rng.uniform(-2.7, -1.0)
    return Trial(sample, sim.in_order(sim.phase_error_at_the_top(size), _little(rng)))


def ranges(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return steps of gain (0.03 to 0.5 %) and phase between current ranges."""
    gain, angle = 10 ** rng.uniform(-3.5, -2.3, 2)
    return Trial(sample, sim.in_order(sim.range_steps(gain, angle), _little(rng)))


def random_instrument(rng: np.random.Generator, sample: sim.Sample) -> Trial:
    """Return all of these together, each with a size from nothing to its usual one."""
    gain, phase_size, step, angle, top = 10 ** rng.uniform(-4.5, -2.6, 5)
    parts = [
        sim.skewed_arcs(sample, rng.uniform(0.0, 0.1)),
        sim.analyser_error(gain, phase_size, rng.uniform(0.5, 3.0) * sim.DECADE),
        sim.range_steps(step, angle),
        sim.phase_error_at_the_top(3 * top),
        sim.constant_noise(10 ** rng.uniform(-5.5, -3.5)),
        _little(rng),
    ]
    return Trial(sample, sim.in_order(*parts))


def _little(rng: np.random.Generator) -> sim.Disturbance:
    return sim.proportional_noise(10 ** rng.uniform(-3.5, -2.5))


CONDITIONS: dict[str, Callable[[np.random.Generator, sim.Sample], Trial]] = {
    "white": white,
    "constant": constant,
    "noisy_end": noisy_end,
    "correlated": correlated,
    "skewed": skewed,
    "left_out": left_out,
    "phase": phase,
    "ranges": ranges,
    "random": random_instrument,
}


def truth(trial: Trial) -> dict[str, float]:
    """Return ln R of the arcs and of the total, ln C and n of the arcs."""
    sample = trial.sample
    out = {"R_total": float(np.log(sample.total + trial.extra_resistance))}
    arcs = zip(sample.resistance, sample.capacitance, sample.exponent, strict=True)
    for i, (R, C, n) in enumerate(arcs, 1):
        out |= {f"R{i}": float(np.log(R)), f"C{i}": float(np.log(C)), f"n{i}": float(n)}
    return out


def gradients(sample: sim.Sample) -> dict[str, Real]:
    """Return the quantities of `truth` as linear functions of the columns of `Sample.slopes`."""
    arcs, p = len(sample.resistance), sample.slopes().shape[1]
    unit = np.eye(p)
    total = np.zeros(p)
    total[[0, *range(1, 3 * arcs + 1, 3)]] = np.r_[sample.series, sample.resistance] / sample.total
    out = {"R_total": total}
    for i in range(arcs):
        R, tau, n = unit[3 * i + 1 : 3 * i + 4]
        out |= {f"R{i + 1}": R, f"C{i + 1}": tau - R, f"n{i + 1}": n}
    return out


def oracle(rng: np.random.Generator, trial: Trial) -> dict[str, float]:
    """Return the root mean square error of the least-squares fit with weights 1/|Z|, linearised."""
    sample, Z = trial.sample, trial.sample.impedance()
    J = sample.slopes() / np.abs(Z)[:, None]
    J = np.concatenate([J.real, J.imag])
    inverse = np.linalg.pinv(J)
    shifts = []
    for _ in range(DRAWS):
        error = (trial.disturb(rng, sample.frequency, Z) - Z) / np.abs(Z)
        shifts.append(inverse @ np.r_[error.real, error.imag])
    moved = np.array(shifts)
    out = {}
    for name, row in gradients(sample).items():
        shift = moved @ row
        if name == "R_total" and trial.extra_resistance:
            shift = shift - trial.extra_resistance / sample.total
        out[name] = float(np.sqrt(np.mean(shift**2)))
    return out


@dataclass(frozen=True, slots=True)
class Stated:
    """What the analysis says of a quantity: limits of the 95 % interval, whether determined."""

    low: float
    high: float
    determined: bool


Errors = Callable[[eisfit.FitResult], Callable[[Real], tuple[float, float]]]
"""From a fit to a function of a gradient by its values, which returns the standard error and the
half width of the 95 % interval.
"""


def stated_errors(result: eisfit.FitResult) -> Callable[[Real], tuple[float, float]]:
    """Return what the covariance of the result says, with Student's t."""
    t = float(student.ppf(0.975, max(result.degrees_of_freedom, 1)))

    def errors(gradient: Real) -> tuple[float, float]:
        error = float(np.sqrt(max(gradient @ result.covariance @ gradient, 0.0)))
        return error, error * t

    return errors


def candidate_errors(result: eisfit.FitResult) -> Callable[[Real], tuple[float, float]]:
    """Return what the error model of this folder says."""
    problem = result.problem
    if problem is None:
        raise ValueError("the result does not hold the problem that was fitted")
    coordinates = problem.coordinates
    free = np.array([not (e.at_bound or e.fixed) for e in result.estimates.values()])
    x = coordinates.x(result.values)
    model = error_model.estimate_error_model(result.model, problem, x, free)

    def errors(gradient: Real) -> tuple[float, float]:
        g = gradient * coordinates.slope(result.values)
        return float(np.sqrt(g @ model.covariance @ g)), float(model.half_widths(g))

    return errors


ERRORS = {"stated": stated_errors, "candidate": candidate_errors}


def analysed(trial: Trial, impedance: NDArray[np.complex128], errors: Errors) -> dict[str, Stated]:
    """Return what `eisfit.fit` says of the quantities of `truth`."""
    sample, arcs = trial.sample, len(trial.sample.resistance)
    circuit = "R0" + "".join(f"-p(R{i},CPE{i})" for i in range(1, arcs + 1))
    circuit += "-CPE9" if sample.tail is not None else ""
    result = eisfit.fit(eisfit.Spectrum(sample.frequency, impedance), circuit)
    value = {name: e.value for name, e in result.estimates.items()}
    errors_of = errors(result)

    def stated(number: float, slope: dict[str, float], limit: float = UNDETERMINED) -> Stated:
        gradient = np.array([slope.get(name, 0.0) for name in value])
        error, reach = errors_of(gradient)
        at_bound = any(result.estimates[name].at_bound for name in slope)
        return Stated(number - reach, number + reach, 0 < error < limit and not at_bound)

    def log_time_constant(i: int) -> float:
        return float(np.log(value[f"R{i}"] * value[f"Q{i}"]) / value[f"n{i}"])

    total = sum(value[f"R{i}"] for i in range(arcs + 1))
    out = {"R_total": stated(float(np.log(total)), {f"R{i}": 1 / total for i in range(arcs + 1)})}
    for place, i in enumerate(sorted(range(1, arcs + 1), key=log_time_constant), 1):
        r, q, n = f"R{i}", f"Q{i}", f"n{i}"
        slope = {
            r: (1 / value[n] - 1) / value[r],
            q: 1 / value[n] / value[q],
            n: -log_time_constant(i) / value[n],
        }
        log_R = float(np.log(value[r]))
        out[f"R{place}"] = stated(log_R, {r: 1 / value[r]})
        out[f"n{place}"] = stated(value[n], {n: 1.0}, UNDETERMINED_EXPONENT)
        out[f"C{place}"] = stated(log_time_constant(i) - log_R, slope)
    return out


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity of one spectrum."""

    kind: str
    covered: bool
    determined: bool
    score: float
    oracle_score: float
    oracle_error: float


def score(low: float, high: float, true: float) -> float:
    """Return the interval (Winkler) score of a 95 % interval: less is better."""
    return high - low + 40 * max(low - true, 0.0) + 40 * max(true - high, 0.0)


def rows(condition: str, seed: int, errors: Errors = stated_errors) -> Iterator[Row]:
    """Yield the quantities of one simulated spectrum."""
    rng = np.random.default_rng([seed, *condition.encode()])
    trial = CONDITIONS[condition](rng, sim.draw_sample(rng, int(rng.integers(2, 5))))
    Z = trial.disturb(rng, trial.sample.frequency, trial.sample.impedance())
    error, every = oracle(rng, trial), analysed(trial, Z, errors)
    for name, true in truth(trial).items():
        kind = name if name == "R_total" else name[0]
        if kind in NOT_JUDGED.get(condition, ()):
            continue
        s = every[name]
        reach = 1.96 * error[name]
        middle = (s.low + s.high) / 2
        yield Row(
            kind,
            s.low <= true <= s.high,
            s.determined,
            score(s.low, s.high, true),
            score(middle - reach, middle + reach, true),
            error[name],
        )


def not_excluded(hits: int, count: int, share: float) -> bool:
    """Return whether a one-sided 99 % binomial bound does not exclude a true share of `share`."""
    return count == 0 or bool(binom.cdf(hits, count, share) >= 0.01)


def table(condition: str, seeds: range, share: float, errors: Errors) -> list[str]:
    """Return one line for each kind of quantity."""
    began = time.perf_counter()
    found = [row for seed in seeds for row in rows(condition, seed, errors)]
    took = time.perf_counter() - began
    lines = [f"{condition}: {len(seeds)} spectra, {took:.0f} s"]
    for kind in dict.fromkeys(row.kind for row in found):
        some = [row for row in found if row.kind == kind]
        sure = [row for row in some if row.determined]
        hits = sum(row.covered for row in sure)
        known = [row for row in some if row.oracle_error < 0.1]
        kept = sum(row.determined for row in known)
        ratio = np.mean([r.score for r in sure]) / np.mean([r.oracle_score for r in sure])
        fine = not_excluded(hits, len(sure), share)
        lines.append(
            f"  {kind:8} covered {100 * hits / max(len(sure), 1):5.1f} % of {len(sure):5}"
            f" {'' if fine else f'(below {100 * share:.0f} %)':13}"
            f" score/oracle {ratio:6.2f}   determined {100 * kept / max(len(known), 1):5.1f} %"
            f" of {len(known)} that can be known within 10 %"
        )
    return lines


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=100, help="spectra of each condition")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--only", nargs="*", default=list(CONDITIONS), choices=list(CONDITIONS))
    parser.add_argument("--errors", default="stated", choices=list(ERRORS), help="whose errors")
    parser.add_argument("--share", type=float, default=0.88, help="coverage that is asked for")
    given = parser.parse_args()
    for condition in given.only:
        seeds = range(given.first, given.first + given.seeds)
        print("\n".join(table(condition, seeds, given.share, ERRORS[given.errors])), flush=True)


if __name__ == "__main__":
    main()
