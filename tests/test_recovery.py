"""Every model of the library is found again in its own noisy spectra, with no guess.

The truth of a spectrum is drawn around the model's usual values. What decides is the Cramér–Rao
bound of the truth: what the data tell must be found, within the errors that the fit states; what
they do not tell must be reported so.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from eisfit.base.arrays import FloatArray
from eisfit.circuit import evaluate
from eisfit.circuit.models import Model, ModelProcess, library, load_model
from eisfit.circuit.simulation import frequencies
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit_spectra
from eisfit.fitting.least_squares import data_chi_square, residuals_and_jacobian
from eisfit.fitting.problem import USUAL_NOISE, make_problem
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.statistics import inverse
from eisfit.processes import assign

BOLTZMANN_EV = 8.617333262e-5  # eV/K
PELLET = Geometry(thickness=1e-3, area=1e-4)


@dataclass(frozen=True)
class Setting:
    """How spectra of a model are simulated, and why not as usual.

    Window in Hz; temperature in °C, to which resistances are taken by the middle of the usual
    activation energies (the usual values are those at 25 °C); the sample they belong to.
    """

    low: float = 1e-2
    high: float = 1e6
    temperature: float = 25.0
    geometry: Geometry = PELLET
    why: str = ""


ABOVE = "at 25 °C the arcs peak above 1 MHz"
HALF = Geometry(5e-4, 1e-4)
SETTINGS = {
    "ceramic_pellet": Setting(high=1e7, why="bulk peaks at 4 MHz"),
    "llto_pellet": Setting(high=1e7, why="bulk peaks at 4 MHz"),
    "llto_space_charge": Setting(temperature=-45, why="bulk peaks at 21 MHz at 25 °C"),
    "llto_sr": Setting(temperature=-45, why="bulk peaks at 14 MHz at 25 °C"),
    "llto_al": Setting(temperature=-45, why="bulk peaks at 26 MHz at 25 °C"),
    "llzo_garnet": Setting(temperature=-55, why="bulk peaks at 20 MHz at 25 °C"),
    "latp_nasicon": Setting(temperature=-100, why="bulk peaks at 500 MHz at 25 °C"),
    "lagp_nasicon": Setting(temperature=-55, why="bulk peaks at 57 MHz at 25 °C"),
    "thio_lisicon": Setting(temperature=-100, why=ABOVE),
    "lgps": Setting(temperature=-125, why=ABOVE),
    "argyrodite_pellet": Setting(temperature=-80, why=ABOVE),
    "halide_pellet": Setting(temperature=-70, why=ABOVE),
    "lipon_film": Setting(geometry=Geometry(1e-6, 1e-6), why="a film of 1 µm on 1 mm²"),
    "lipon_licoo2_film": Setting(geometry=Geometry(1e-6, 1e-4), why="a film of 1 µm on 1 cm²"),
    "polymer_electrolyte": Setting(geometry=Geometry(1e-4, 1e-4), why="a membrane of 100 µm"),
    "sulfide_licoo2_space_charge": Setting(geometry=HALF, why="a pellet of 0.5 mm"),
    "sulfide_licoo2_buffered": Setting(geometry=HALF, why="a pellet of 0.5 mm"),
    "li_symmetric_cell": Setting(geometry=HALF, why="a pellet of 0.5 mm"),
    "coated_metal": Setting(geometry=Geometry(1e-5, 1e-4), why="a coating of 10 µm"),
    "electrolyte_cathode_stack": Setting(high=3e7, why="electrolyte peaks at 4 MHz"),
}
"""Models that are not simulated as a pellet at their usual values from 1 MHz to 10 mHz."""

SEEDS = 100
NOISE = 0.005  # of |Z|, real and imaginary part each
LEAST = 95  # of 100

_DECADES = 0.3
_EXPONENT = 0.04
_APART = 1.5  # decades in time constant between neighbouring arcs
_DRAWS = 2000
_TOLD = {"log": 0.3, "linear": 0.1}  # Cramér–Rao errors of ln(value), of an exponent
_VAGUE = {"log": 0.45, "linear": 0.15}  # half as much again as a fit bears: its errors scatter
_VAGUE_LEAD = 0.9  # of the prior's standard deviation: the data add next to nothing
_STATED_ERRORS = 4.0


def _arc(process: ModelProcess) -> tuple[str, str, str | None] | None:
    """Return the names of an arc's R, of its Q, C or tau, and of its exponent."""
    R, n = process.parameter("R"), process.parameter("n")
    charge = process.parameter("Q") or process.parameter("C") or process.parameter("tau")
    return (R, charge, n) if R and charge else None


def _usual(model: Model, setting: Setting) -> dict[str, float]:
    """Return the usual values at the setting's temperature; capacitances keep theirs."""
    values = {p.name: float(p.start or 0.0) for p in model.parameters}
    T, room = setting.temperature + 273.15, 298.15
    for process in model.processes.values():
        R, arc = process.parameter("R"), _arc(process)
        if process.activation_energy is None or R is None or room == T:
            continue
        energy = float(np.mean(process.activation_energy))
        factor = np.exp(energy / BOLTZMANN_EV * (1 / T - 1 / room)) * T / room
        values[R] *= factor
        if arc and arc[1] == process.parameter("Q") and arc[2]:
            values[arc[1]] *= factor ** (values[arc[2]] - 1)
    return values


def _drawn(model: Model, usual: dict[str, float], rng: np.random.Generator) -> FloatArray:
    """Return one truth around the usual values, within the bounds."""
    out = {}
    for parameter in model.parameters:
        value = usual[parameter.name]
        if parameter.scale == "log":
            value *= 10 ** rng.uniform(-_DECADES, _DECADES)
        elif parameter.prior is not None and parameter.shared:
            value = rng.normal(*parameter.prior)
        else:
            value += rng.uniform(-_EXPONENT, _EXPONENT)
        out[parameter.name] = float(np.clip(value, *parameter.bounds))
    for process in model.processes.values():
        arc = _arc(process)
        if arc and arc[2] and arc[1] == process.parameter("Q"):
            # what is scattered is the capacitance τ/R, not Q, whose unit goes with the exponent
            R, Q, n = (usual[name] for name in arc if name)
            capacitance = (R * Q) ** (1 / n) / R * out[arc[1]] / Q
            out[arc[1]] = (out[arc[0]] * capacitance) ** out[arc[2]] / out[arc[0]]
    return np.array(list(out.values()))


def _is_told_apart(model: Model, truth: FloatArray, low: float) -> bool:
    """Return whether arcs are apart, in the model's order, and diffusion ends in the window."""
    times = []
    for process in model.processes.values():
        tau = process.parameter("tau")
        if process.place == "diffusion":
            if tau and low > 1 / (2 * np.pi * truth[model.index(tau)]):
                return False
            continue
        arc = _arc(process)
        if arc is None or process.place == "lead":
            continue
        R, charge, n = (truth[model.index(name)] if name else 1.0 for name in arc)
        times.append(charge if arc[1] == tau else (R * charge) ** (1 / n))
    return bool(np.all(np.diff(np.log10(times)) >= _APART))


def _truths(model: Model, setting: Setting) -> FloatArray:
    """Return one truth a seed, shape (SEEDS, p)."""
    usual, out = _usual(model, setting), []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        for _ in range(_DRAWS):
            truth = _drawn(model, usual, rng)
            if _is_told_apart(model, truth, setting.low):
                out.append(truth)
                break
        else:
            pytest.fail(f"{model.name}: its usual arcs are too close to be told apart")
    return np.array(out)


def _spectra(
    model: Model, truths: FloatArray, setting: Setting, geometries: list[Geometry | None]
) -> list[Spectrum]:
    f = frequencies(setting.low, setting.high)
    Z = evaluate(model.tape, 2 * np.pi * f[None, :], truths)
    rng = np.random.default_rng(1)
    size = NOISE * np.abs(Z)
    Z = Z + size * (rng.standard_normal(Z.shape) + 1j * rng.standard_normal(Z.shape))
    return [Spectrum(f, z, geometry=g) for z, g in zip(Z, geometries, strict=True)]


@cache
def _recovery(name: str) -> Counter[str]:
    """Return how many spectra were recovered, and how often what was missed."""
    model, setting = load_model(name), SETTINGS.get(name, Setting())
    truths = _truths(model, setting)
    spectra = _spectra(model, truths, setting, [None] * SEEDS)
    problem = make_problem(spectra, model)
    x = problem.coordinates.x(truths)
    plain = data_chi_square(problem, x) * USUAL_NOISE**2
    _, rows = residuals_and_jacobian(problem.scale_noise(np.full(SEEDS, NOISE / USUAL_NOISE)), x)
    curvature = np.swapaxes(rows, -1, -2) @ rows
    open_ = np.ones(len(model.names), dtype=bool)
    out: Counter[str] = Counter()
    for i, fit in enumerate(fit_spectra(spectra, model)):
        V = inverse(curvature[i] + np.diag(problem.prior_precision[i]), open_)
        bound = np.sqrt(np.diagonal(V))
        found = problem.coordinates.x(fit.values)
        missed = _missed(fit, found, x[i], bound)
        if fit.chi_square > 1.01 * plain[i]:
            missed.append("χ²")
        out.update(missed or ["recovered"])
        out["all"] += 1
    return out


def _missed(fit: FitResult, found: FloatArray, true: FloatArray, bound: FloatArray) -> list[str]:
    """Return the parameters of a fit that are wrong, or wrongly said to be determined."""
    out = []
    for i, parameter in enumerate(fit.model.parameters):
        estimate = fit.estimates[parameter.name]
        lead = parameter.shared and parameter.prior is not None
        vague = _VAGUE_LEAD if lead else _VAGUE[parameter.scale]
        if bound[i] > vague and estimate.determined:
            out.append(f"{parameter.name} is not determined")
        if bound[i] > _TOLD[parameter.scale] and not lead:
            continue
        unit = parameter.prior[1] if lead and parameter.prior else 1.0
        size = estimate.value if parameter.scale == "log" else unit
        # an exponent at its limit has no error of its own
        error = bound[i] if estimate.stderr is None else estimate.stderr / size
        if abs(found[i] - true[i]) > _STATED_ERRORS * error:
            out.append(parameter.name)
    return out


@pytest.mark.parametrize("name", library())
def test_a_model_is_recovered_from_its_own_spectra(name: str) -> None:
    model, setting = load_model(name), SETTINGS.get(name, Setting())
    truths = _truths(model, setting)
    for i, parameter in enumerate(model.parameters):
        if parameter.shared:
            truths[:, i] = 0.0  # what compensation took too much out is not a resistance
    Z = evaluate(model.tape, 2 * np.pi * frequencies(setting.low, setting.high)[None, :], truths)
    assert np.all(Z.real > 0), "not passive"
    found = _recovery(name)
    assert found["recovered"] >= LEAST * SEEDS / 100, dict(found)


def _scaled(model: Model, truth: FloatArray, thicker: float, wider: float) -> FloatArray:
    """Return the truth of a thicker and wider sample."""
    out = truth.copy()
    for process in model.processes.values():
        if process.place == "lead":
            continue
        factor = thicker / wider if process.place == "through_thickness" else 1 / wider
        for kind in model.parameters:
            if kind.name in {process.parameter(s) for s in ("R", "Q", "C", "W")}:
                out[model.index(kind.name)] *= factor**kind.power
    return out


@cache
def _assigned(name: str) -> Counter[tuple[str, bool]]:
    """Return how often each process was given its own name first, over a decade of geometry."""
    model, setting = load_model(name), SETTINGS.get(name, Setting())
    rng = np.random.default_rng(2)
    scale = 10 ** rng.uniform(-0.25, 0.25, (SEEDS, 2))
    truths = np.array(
        [_scaled(model, t, *s) for t, s in zip(_truths(model, setting), scale, strict=True)]
    )
    usual = setting.geometry
    geometries = [Geometry(usual.thickness * a, usual.area * b) for a, b in scale]
    spectra = _spectra(model, truths, setting, list(geometries))
    out: Counter[tuple[str, bool]] = Counter()
    for fit, geometry in zip(fit_spectra(spectra, model), geometries, strict=True):
        for process in assign(fit, geometry).processes.values():
            declared = model.processes[process.name]
            if declared.capacitance is None or not process.candidates or process.above_window:
                continue
            out[process.name, process.candidates[0].process == process.name] += 1
    return out


@pytest.mark.parametrize("name", library())
def test_a_process_is_its_own_best_candidate_over_a_decade_of_geometry(name: str) -> None:
    """Of `processes.evidence`: by capacitance alone; further evidence must not make it worse."""
    counts = _assigned(name)
    for process in load_model(name).processes.values():
        if process.capacitance is None or process.parameter("R") is None:
            continue
        right, wrong = counts[process.name, True], counts[process.name, False]
        said = f"{process.name}: {right} of {right + wrong}"
        assert right + wrong >= SEEDS / 2, f"{said} that are seen"
        assert right >= LEAST / 100 * (right + wrong), said
