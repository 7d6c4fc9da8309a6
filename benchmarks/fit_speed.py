"""Speed and success of fits, beside scipy's, in one run on the same spectra.

    python benchmarks/fit_speed.py [--spectra 20000] [--seed 1] [--threads 1 2] [--rounds 5]

Spectra: ``R0-p(R1,CPE1)-p(R2,CPE2)-CPE3``, 71 points, 0.5 % noise, arcs 1 to 2.5 decades apart.
Success: χ² within 1 % of that of the truth. The guess is off by up to half a decade in every
quantity and 0.1 in every exponent. Every round times all of them, one after the other, since a
machine is not as fast at all times; rates are those of all rounds together. Peers get some of the
spectra, other ones in every round, drawn at random: they take ten times as long for one as for
another, so that a few tell little.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
import timeit
from collections.abc import Callable

import numpy as np
from scipy.optimize import least_squares

import eisfit
from eisfit.circuit import evaluate
from eisfit.fitting.problem import make_coordinates

MODEL = eisfit.load_model("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
FREQUENCY = np.logspace(6, -1, 71)
OMEGA = 2 * np.pi * FREQUENCY
NOISE = 0.005
SPECTRA = 20_000


def spectra(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return truth (m, 9), noisy Z (m, 71) and χ² of the truth (m,)."""
    t1 = 10 ** rng.uniform(-5.5, -3, count)
    t2 = t1 * 10 ** rng.uniform(1, 2.5, count)
    n1, n2 = rng.uniform(0.75, 1, (2, count))
    R1, R2 = 10 ** rng.uniform(2, 4, (2, count))
    truth = np.stack(
        [
            10 ** rng.uniform(0, 2, count), R1, t1**n1 / R1, n1, R2, t2**n2 / R2, n2,
            10 ** rng.uniform(-6, -4, count), rng.uniform(0.6, 0.95, count),
        ],
        axis=1,
    )  # fmt: skip
    Z = evaluate(MODEL.tape, np.tile(OMEGA, (count, 1)), truth)
    noisy = Z * (1 + 0j) + NOISE * np.abs(Z) * (
        rng.standard_normal(Z.shape) + 1j * rng.standard_normal(Z.shape)
    )
    return truth, noisy, np.sum(np.abs((noisy - Z) / noisy) ** 2, axis=1)


def guesses(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return `truth` with every parameter off."""
    log = make_coordinates(MODEL).log
    guess = truth.copy()
    guess[:, log] *= 10 ** rng.uniform(-0.5, 0.5, (len(truth), int(log.sum())))
    off = rng.uniform(-0.1, 0.1, (len(truth), int((~log).sum())))
    guess[:, ~log] = np.clip(guess[:, ~log] + off, 0.5, 1.0)
    return guess


def with_scipy(Z: np.ndarray, guess: np.ndarray) -> float:
    """Return χ² of scipy's least_squares in log parameters, numerical Jacobian."""
    coordinates = make_coordinates(MODEL)

    def residual(x: np.ndarray) -> np.ndarray:
        return relative(Z, coordinates.values(x))

    start = np.clip(coordinates.x(guess), coordinates.lower + 1e-9, coordinates.upper - 1e-9)
    bounds = (coordinates.lower, coordinates.upper)
    return 2 * float(least_squares(residual, start, bounds=bounds).cost)


def relative(Z: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return residuals over |Z|, real parts, then imaginary parts."""
    r = (Z - evaluate(MODEL.tape, OMEGA, values)) / np.abs(Z)
    return np.concatenate([r.real, r.imag])


def with_lmfit(Z: np.ndarray, guess: np.ndarray) -> float:
    """Return χ² of lmfit's leastsq on the parameters themselves, as its users write it."""
    import lmfit

    params = lmfit.Parameters()
    for parameter, value in zip(MODEL.parameters, guess, strict=True):
        # bounded on both sides, capacitances would be lost in lmfit's own coordinates
        high = 1.0 if parameter.scale == "linear" else np.inf
        params.add(parameter.name, value=value, min=0.0, max=high)

    def residual(trial: lmfit.Parameters) -> np.ndarray:
        return relative(Z, np.array([p.value for p in trial.values()]))

    return float(lmfit.minimize(residual, params).chisqr)


def with_impedance_py(Z: np.ndarray, guess: np.ndarray) -> float:
    """Return χ² of impedance.py's own fit, weighted by the modulus."""
    from impedance.models.circuits import CustomCircuit

    text = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
    circuit = CustomCircuit(text, initial_guess=list(guess))
    circuit.fit(FREQUENCY, Z, weight_by_modulus=True)
    return float(np.sum(np.abs((Z - circuit.predict(FREQUENCY)) / Z) ** 2))


def with_pyimpspec(Z: np.ndarray, guess: np.ndarray) -> float:
    """Return χ² of pyimpspec by one method; the weight that it names after Boukamp is 1/|Z|²."""
    import pyimpspec

    circuit = pyimpspec.parse_cdc("R(RQ)(RQ)Q")
    places = (("R",), ("R",), ("Y", "n"), ("R",), ("Y", "n"), ("Y", "n"))
    values = iter(float(v) for v in guess)
    for element, names in zip(circuit.get_elements(), places, strict=True):
        element.set_values(**{name: next(values) for name in names})
    data = pyimpspec.DataSet(frequencies=FREQUENCY, impedances=Z)
    found = pyimpspec.fit_circuit(circuit, data, method="least_squares", weight="boukamp")
    return float(np.sum(np.abs((Z - found.circuit.get_impedances(FREQUENCY)) / Z) ** 2))


def with_impedancefitter(Z: np.ndarray, guess: np.ndarray) -> float:
    """Return χ² of impedancefitter's model, weighted by the modulus; its CPE is k (jω)^-n."""
    import impedancefitter

    text = "R_s + parallel(R_a, CPE_a) + parallel(R_b, CPE_b) + CPE_c"
    model = impedancefitter.get_equivalent_circuit_model(text)
    power = np.array([-1.0 if name.startswith("Q") else 1.0 for name in MODEL.names])
    params = model.make_params(**dict(zip(model.param_names, guess**power, strict=True)))
    for parameter, known in zip(params.values(), MODEL.parameters, strict=True):
        parameter.set(min=0.0, max=1.0 if known.scale == "linear" else np.inf)
    found = model.fit(Z, params, omega=OMEGA, weights=1 / np.abs(Z))
    return float(np.sum(np.abs((Z - found.best_fit) / Z) ** 2))


PEERS: dict[str, tuple[str, Callable[[np.ndarray, np.ndarray], float], int]] = {
    "scipy": ("scipy least_squares, log parameters", with_scipy, 1000),
    "lmfit": ("lmfit leastsq", with_lmfit, 300),
    "impedance": ("impedance.py", with_impedance_py, 100),
    "pyimpspec": ("pyimpspec least_squares", with_pyimpspec, 50),
    "impedancefitter": ("impedancefitter", with_impedancefitter, 100),
}
"""Peers by module: name in the table, function, and how many spectra it fits at most."""


def timed_peer(
    name: str, Z: np.ndarray, guess: np.ndarray, best: np.ndarray, some: np.ndarray
) -> tuple[float, list[bool]]:
    """Return the seconds that a peer takes for some spectra, and which of its fits succeed."""
    fitted = PEERS[name][1]
    fitted(Z[0], guess[0])  # imports
    began, found = time.perf_counter(), []
    for i in some:
        try:
            found.append(fitted(Z[i], guess[i]) <= 1.01 * best[i])
        except (RuntimeError, ValueError, Warning):  # no convergence; pyimpspec raises warnings
            found.append(False)
    return time.perf_counter() - began, found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--spectra", type=int, default=SPECTRA)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options.add_argument("--rounds", type=int, default=5)
    said = options.parse_args()
    rng = np.random.default_rng(said.seed)
    truth, Z, best = spectra(said.spectra, rng)
    guess = guesses(truth, rng)
    points = 2 * len(FREQUENCY) - len(MODEL.names)
    began = time.perf_counter()
    eisfit.fit_many(FREQUENCY, Z[:2], MODEL)
    first = time.perf_counter() - began
    peak, times = 0.0, dict[str, list[float]]()  # seconds a fit, by round
    good: dict[str, list[bool]] = {}
    peers = [name for name in PEERS if importlib.util.find_spec(name)]
    order = rng.permutation(len(Z))
    for turn in range(said.rounds):
        for threads in said.threads:
            for name, start in (("guess given", guess), ("no guess", None)):
                title = f"eisfit, {name}, {threads} thread(s)"
                began = time.perf_counter()
                table = eisfit.fit_many(FREQUENCY, Z, MODEL, start=start, threads=threads)
                times.setdefault(title, []).append((time.perf_counter() - began) / len(Z))
                good[title] = list(table.reduced_chi_square * points <= 1.01 * best)
        peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        for name in peers:
            title, _, most = PEERS[name]
            some = order[:most][turn :: said.rounds]
            if not len(some):  # fewer spectra than rounds
                continue
            seconds, found = timed_peer(name, Z, guess, best, some)
            times.setdefault(title, []).append(seconds / len(some))
            good.setdefault(title, []).extend(found)
    spectrum = eisfit.Spectrum(FREQUENCY, Z[0])
    single = min(timeit.repeat(lambda: eisfit.fit(spectrum, MODEL), number=10, repeat=5)) / 10
    for name in PEERS.keys() - set(peers):
        print(f"{PEERS[name][0]}: not installed")
    print(
        f"{said.spectra} spectra, seed {said.seed}, {len(FREQUENCY)} points, 9 parameters, "
        f"{said.rounds} rounds"
    )
    ours = np.mean(times[f"eisfit, guess given, {said.threads[0]} thread(s)"])
    for name, taken in times.items():
        ratio = f"{np.mean(taken) / ours:.0f} ×" if "eisfit" not in name else ""
        print(
            f"{name:<36} {1 / np.mean(taken):9.1f} fits/s ({1 / max(taken):.1f} to "
            f"{1 / min(taken):.1f}) {ratio:>8} success {np.mean(good[name]):7.2%} of "
            f"{len(good[name])}"
        )
    print("× : how many times as long as eisfit with guess on one thread")
    print(f"first call, loading or compiling: {first:.2f} s; one eisfit.fit, warm: "
          f"{1e3 * single:.2f} ms; peak memory before the peers: {peak:.0f} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
