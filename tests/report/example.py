"""An `Analysis` made by hand from known numbers, for the tests of plots and reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from uncertainties import ufloat

from eisfit.analysis.comparison import ComparisonRow
from eisfit.analysis.pipeline import Analysis, SpectrumResult, analyze_series
from eisfit.base.findings import Finding
from eisfit.circuit.models import Model, load_model
from eisfit.circuit.tape import evaluate
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.fitting.result import Estimate, FitResult
from eisfit.processes import Candidate, Derived, Process
from eisfit.temperature.arrhenius import ArrheniusResult

BOLTZMANN_EV = 8.617333262e-5  # eV/K
ENERGIES = {"bulk": 0.33, "grain_boundary": 0.44}
AT_25C = {"bulk": 900.0, "grain_boundary": 2.4e4}
CAPACITANCE = {"bulk": 2e-11, "grain_boundary": 3e-9}
GEOMETRY = Geometry.disc(thickness="1.2 mm", diameter="10 mm", thickness_error="0.01 mm")


def resistance(process: str, temperature: float, scale: float = 1.0) -> float:
    """Return R in Ω from σT = A exp(-E/kT)."""
    room = 298.15
    change = ENERGIES[process] / BOLTZMANN_EV * (1 / temperature - 1 / room)
    return scale * AT_25C[process] * temperature / room * float(np.exp(change))


def parameter_values(temperature: float, scale: float = 1.0) -> dict[str, float]:
    """Return the parameters of ``llto_pellet`` by name."""
    values = {"R_lead": 1.2 * scale, "L_lead": 2e-7 * scale}
    for name in ENERGIES:
        n = {"bulk": 0.96, "grain_boundary": 0.88}[name]
        R, C = resistance(name, temperature, scale), CAPACITANCE[name] / scale
        values |= {f"R_{name}": R, f"Q_{name}": C**n * R ** (n - 1), f"n_{name}": n}
    return values | {"Q_electrode": 2e-6 / scale, "n_electrode": 0.82}


def spectrum(
    temperature: float | None,
    name: str = "pellet.mpt",
    scale: float = 1.0,
    noise: float = 0.004,
    window: tuple[float, float] = (7e6, 0.1),
    **more: Any,
) -> Spectrum:
    """Return a simulated spectrum with two points left out."""
    model = load_model("llto_pellet")
    frequency = np.geomspace(*window, 61)
    values = parameter_values(temperature or 298.15, scale)
    Z = evaluate(model.tape, 2 * np.pi * frequency, np.array([values[n] for n in model.names]))
    random = np.random.default_rng(round((temperature or 0) * 10))
    Z = Z + noise * np.abs(Z) * (random.normal(size=61) + 1j * random.normal(size=61))
    reasons = [""] * 61
    reasons[30] = "outlier: 9 times the noise"
    reasons[60] = "violates Kramers-Kronig: <drift> of 4 %"
    Z[30] *= 1.15
    provenance = Provenance(
        file=f"raw/{name}",
        format="eclab",
        sha256="ab" * 32,
        instrument="SP-200",
        technique="PEIS",
        columns=("freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm"),
        sign_convention="-Im Z",
        measured_at=datetime(2025, 3, 1, 12, 0, tzinfo=UTC),
        conditions={"amplitude_V": 0.01},
    )
    return Spectrum(
        frequency,
        Z,
        tuple(reasons),
        temperature=temperature,
        temperature_source="file name" if temperature else "",
        geometry=None,
        provenance=provenance,
        **more,
    )


def fit(measured: Spectrum, scale: float = 1.0) -> FitResult:
    """Return the true parameters as though they had been fitted."""
    model = load_model("llto_pellet")
    values = parameter_values(measured.temperature or 298.15, scale)
    estimates = {
        p.name: Estimate(
            p.name,
            values[p.name],
            p.unit,
            stderr=0.01 * values[p.name],
            ci95=(0.98 * values[p.name], 1.02 * values[p.name]),
        )
        for p in model.parameters
    }
    estimates["L_lead"] = Estimate("L_lead", 2e-7, "H", determined=False, ci95=(0.0, 2e-6))
    estimates["n_electrode"] = Estimate("n_electrode", 0.82, "1", at_bound=True)
    size = len(estimates)
    return FitResult(
        measured, model, estimates, np.eye(size) * 1e-6, chi_square=1.6e-5 * 107,
        degrees_of_freedom=107,
    )  # fmt: skip


def processes(
    measured: Spectrum, geometry: Geometry | None, scale: float = 1.0
) -> dict[str, Process]:
    """Return the processes of a spectrum."""
    found = {}
    model = load_model("llto_pellet")
    for name in ENERGIES:
        value = resistance(name, measured.temperature or 298.15, scale)
        R = ufloat(value, 0.01 * value)
        C = ufloat(CAPACITANCE[name] / scale, 0.03 * CAPACITANCE[name] / scale)
        sigma = area = None
        derived = {}
        if geometry is not None:
            sigma, area = geometry.cell_constant / R, R * geometry.area
        if name == "grain_boundary" and geometry is not None:
            derived["specific_conductivity"] = Derived(
                sigma * 0.006, "S/m", "brick layer", "10.1557/JMR.1998.0219"
            )
        hidden = name == "bulk" and (measured.temperature or 298.15) > 330
        found[name] = Process(
            name, model.processes[name].meaning, R, None if hidden else C, "Hsu-Mansfeld",
            None if hidden else R * C, sigma, area, above_window=hidden,
            candidates=(
                Candidate(name, 0.92, "C·l/A = 3.1e-12 F lies in its window"),
                Candidate("second_phase", 0.21, "C·l/A <would> fit as well"),
            ),
            derived=derived,
        )  # fmt: skip
    found["electrode"] = Process(
        "electrode", "Blocking electrode", capacitance=ufloat(1.1e-6, 1e-7),
        capacitance_formula="blocking",
    )  # fmt: skip
    return found


def line(
    name: str, temperatures: np.ndarray, geometry: Geometry | None, scale: float = 1.0
) -> ArrheniusResult:
    """Return the Arrhenius line of a process from its true resistances, a little scattered."""
    energies = {**ENERGIES, "total": 0.437}
    part = ["bulk", "grain_boundary"] if name == "total" else [name]
    R = np.array([sum(resistance(p, t, scale) for p in part) for t in temperatures])
    random = np.random.default_rng(3)
    constant = geometry.cell_constant if geometry is not None else 1.0
    sigma = constant / R * np.exp(0.03 * random.normal(size=len(R)))
    energy = energies[name]
    middle = float(np.mean(np.log(sigma * temperatures) + energy / (BOLTZMANN_EV * temperatures)))
    x = -1 / (BOLTZMANN_EV * temperatures)
    design = np.stack([np.ones_like(x), x], axis=1)
    few = len(temperatures) < 4
    if len(temperatures) > 1:
        covariance = 0.03**2 * np.linalg.inv(design.T @ design)
    else:
        covariance = np.full((2, 2), np.nan)
    error = float(np.sqrt(covariance[1, 1]))
    used = np.ones(len(R), dtype=bool)
    if len(R) > 5:
        used[-1] = False
    return ArrheniusResult(
        process=name,
        activation_energy=ufloat(energy, error),
        activation_energy_ln_sigma=ufloat(energy - 0.0275, error),
        ci95=None if few else (energy - 2.3 * error, energy + 2.3 * error),
        ln_prefactor=ufloat(middle, float(np.sqrt(covariance[0, 0]))),
        covariance=covariance,
        temperature=temperatures,
        conductivity=sigma,
        stderr=0.02 * sigma,
        used=used,
        has_geometry=geometry is not None,
        scatter=0.03,
        relative_geometry_error=geometry.relative_error if geometry is not None else 0.0,
        findings=(
            (Finding("few_temperatures", "warning", "under 4 temperatures: no interval"),)
            if few
            else (Finding("mixture", "info", "the total is a mixture and no process's"),)
            if name == "total"
            else ()
        ),
    )


def comparison() -> tuple[ComparisonRow, ...]:
    """Return one row of every verdict."""
    cited = "Inaguma et al., Solid State Commun. 86 (1993) 689"
    doi = "10.1016/0038-1098(93)90841-A"
    return (
        ComparisonRow("bulk", "conductivity_S_cm", 1.7e-3, 3e-5, 1e-3, "llto_bulk", cited, doi, "",
                      300.0, 1.7, 2.0, "agrees", "1.7 times the published value"),
        ComparisonRow("bulk", "activation_energy_eV", 0.330, 0.004, 0.40, "llto_bulk_e", cited, doi,
                      "ln_sigma_T", None, -0.07, 0.05, "differs",
                      "0.07 eV below the published value: more than 0.05 eV"),
        ComparisonRow("grain_boundary", "activation_energy_eV", 0.441, 0.003, 0.42, "llto_gb_e",
                      "A. Person and B. Person, A Journal with a Rather Long Name 12 (2004) 345",
                      doi,
                      "not stated", None, None, 0.05, "not_comparable", "the form is not stated"),
        ComparisonRow("total", "conductivity_S_cm", 6e-5, 1e-6, 2e-5, "llto_total", cited, doi, "",
                      298.15, 3.0, 2.0, "differs", "3 times the published value"),
    )  # fmt: skip


def analysis(
    celsius: Any = (-40, -20, 0, 25, 50, 75, 100),
    *,
    geometry: Geometry | None = GEOMETRY,
    scale: float = 1.0,
    name: str = "pellet",
    model: Model | None = None,
) -> Analysis:
    """Return an analysis at these temperatures in °C."""
    temperatures = np.array(celsius, dtype=float) + 273.15
    measured = [spectrum(t, f"{name}_{t - 273.15:.0f}C.mpt", scale) for t in temperatures]
    left_out = ((spectrum(None, f"{name}_unknown.mpt", scale), "its temperature is not known"),)
    series = Series(tuple(measured), "temperature", temperatures, geometry, left_out)
    results = tuple(
        SpectrumResult(
            s, "doubtful" if i == 1 else "usable", fit(s, scale), processes(s, geometry, scale),
            (Finding("bulk_above_window", "info", "the bulk arc lies above 7 MHz"),)
            if i != 1
            else (Finding("drift", "warning", f"{s.label}: the sample changed by 4 % meanwhile"),),
        )
        for i, s in enumerate(measured)
    )  # fmt: skip
    lines = (
        {p: line(p, temperatures, geometry, scale) for p in (*ENERGIES, "total")}
        if len(temperatures) > 1
        else {}
    )
    return Analysis(
        series=series,
        model=model or load_model("llto_pellet"),
        spectra=results,
        arrhenius=lines,
        comparison=comparison() if geometry is not None and lines else (),
        material="LLTO",
        settings={"weighting": "modulus", "method": "separate fits"},
        findings=(
            Finding("lead", "warning", "the lead resistance is not known: R_bulk includes it"),
            Finding("geometry", "info", "the geometry's error moves σ, never Eₐ"),
        ),
    )


def ageing(hours: Any, exponent: float = 0.5, noise: float = 0.003, name: str = "cell") -> Analysis:
    """Return the analysis of a simulated symmetric cell whose SEI grows from 40 to 100 Ω."""
    model = load_model("li_symmetric_cell")
    start = {p.name: float(p.start or 0.0) for p in model.parameters}
    frequency = np.geomspace(1e6, 0.1, 61)
    aged = []
    for i, hour in enumerate(hours):
        R = 40 + 60 * (hour / hours[-1]) ** exponent
        values = start | {"R_sei": R, "Q_sei": start["Q_sei"] * 100 / R}
        vector = np.array([values[n] for n in model.names])
        Z = evaluate(model.tape, 2 * np.pi * frequency, vector)
        random = np.random.default_rng(i)
        Z = Z + noise * np.abs(Z) * (random.normal(size=61) + 1j * random.normal(size=61))
        told = Provenance(file=f"raw/{name}_{i}.mpt", conditions={"time_s": 3600.0 * hour})
        aged.append(Spectrum(frequency, Z, temperature=298.15, provenance=told))
    return analyze_series(Series.by_time(aged, GEOMETRY), model, "interface")
