"""Resistance, capacitance and time constant of the processes of many fits, as columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.circuit.models import Model, ModelProcess
from eisfit.fitting.uncertainty.statistics import UNDETERMINED_EXPONENT, UNDETERMINED_LOG
from eisfit.processes.physics.capacitance import blocking, brug, hsu_mansfeld

Columns = Mapping[str, FloatArray]
QUANTITIES = ("resistance_ohm", "resistance_stderr_ohm", "capacitance_F", "time_constant_s")


def process_names(model: Model) -> list[str]:
    """Return the names of the columns, ``PROCESS_QUANTITY``; leads are no process."""
    return [f"{n}_{q}" for n, p in model.processes.items() if p.place != "lead" for q in QUANTITIES]


def process_columns(
    model: Model, values: FloatArray, stderr: FloatArray, top: FloatArray
) -> Columns:
    """Return the columns of all processes, as `eisfit.processes.assign` has them for one fit.

    A quantity that the data do not determine is nan, as is the capacitance of a bulk arc that peaks
    above the highest frequency.

    Parameters
    ----------
    model : Model
    values, stderr : ndarray, shape (m, p)
    top : ndarray, shape (m,)
        Highest frequency, Hz.

    Returns
    -------
    mapping of str to ndarray, shape (m,)
    """
    told = _determined(model, values, stderr)
    out: dict[str, FloatArray] = {}
    with np.errstate(all="ignore"):
        ohmic = _ohmic(model, values)
        for name, process in model.processes.items():
            if process.place != "lead":
                found = _process(process, model, values, stderr, told, ohmic, top)
                out |= {f"{name}_{q}": v for q, v in zip(QUANTITIES, found, strict=True)}
    return out


def _determined(model: Model, values: FloatArray, stderr: FloatArray) -> BoolArray:
    """Return which parameters the data determine, shape (m, p)."""
    out = np.isfinite(stderr)
    for i, parameter in enumerate(model.parameters):
        if parameter.scale == "log":
            out[:, i] &= stderr[:, i] < UNDETERMINED_LOG * values[:, i]
        elif parameter.unit == "1":
            out[:, i] &= stderr[:, i] < UNDETERMINED_EXPONENT
    return out


def _ohmic(model: Model, values: FloatArray) -> FloatArray:
    """Return the resistance in series with the interfaces: leads and through-thickness arcs."""
    total = np.zeros(len(values))
    for process in model.processes.values():
        name = process.parameter("R")
        if name and process.place in {"lead", "through_thickness"}:
            total = total + values[:, model.index(name)]
    return np.maximum(total, 1e-6)


def _process(
    process: ModelProcess,
    model: Model,
    values: FloatArray,
    stderr: FloatArray,
    told: BoolArray,
    ohmic: FloatArray,
    top: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the quantities of one process, each of shape (m,)."""
    place = {s: process.parameter(s) for s in ("R", "Q", "n", "C", "tau")}
    at = {s: model.index(name) for s, name in place.items() if name is not None}
    v = {s: values[:, i] for s, i in at.items()}
    nothing = np.full(len(values), np.nan)
    resistance = np.where(told[:, at["R"]], v["R"], np.nan) if "R" in at else nothing
    error = np.where(told[:, at["R"]], stderr[:, at["R"]], np.nan) if "R" in at else nothing
    capacitance, tau = nothing, v.get("tau", nothing)
    if "C" in at:
        capacitance = v["C"]
    elif "Q" in at and "n" in at:
        capacitance = np.where(told[:, at["Q"]], _effective(process, v, ohmic), np.nan)
    if {"R", "Q", "n"} <= at.keys():
        tau = (v["R"] * v["Q"]) ** (1 / v["n"])
    elif {"R", "C"} <= at.keys():
        tau = v["R"] * v["C"]
    if process.place == "through_thickness":
        capacitance = np.where(1 / (2 * np.pi * tau) > top, np.nan, capacitance)
    return resistance, error, capacitance, tau


def _effective(process: ModelProcess, v: Columns, ohmic: FloatArray) -> FloatArray:
    """Return the effective capacitance by the formula for the place."""
    if process.place == "through_thickness" and "R" in v:
        C: FloatArray = hsu_mansfeld(v["Q"], v["n"], v["R"])
    elif "R" in v:
        C = brug(v["Q"], v["n"], ohmic, v["R"])
    else:
        C = blocking(v["Q"], v["n"], ohmic)
    return C
