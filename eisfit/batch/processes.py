"""Resistance, capacitance and time constant of the processes of many fits, as columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.circuit.models import Model, ModelProcess
from eisfit.fitting.uncertainty.statistics import UNDETERMINED_EXPONENT, UNDETERMINED_LOG
from eisfit.processes.physics.capacitance import capacitance_and_time_constant, ohmic_resistance

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
        ohmic = ohmic_resistance(model, values)
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
    names = {s: process.parameter(s) for s in ("R", "Q", "n", "C", "tau")}
    at = {s: model.index(name) for s, name in names.items() if name is not None}
    own = {s: values[:, i] for s, i in at.items()}
    nothing = np.full(len(values), np.nan)
    resistance = np.where(told[:, at["R"]], own["R"], np.nan) if "R" in at else nothing
    error = np.where(told[:, at["R"]], stderr[:, at["R"]], np.nan) if "R" in at else nothing
    C, _, time_constant = capacitance_and_time_constant(process, own, ohmic)
    capacitance = nothing if C is None else C
    tau = nothing if time_constant is None else time_constant
    if "C" not in at and "Q" in at:
        capacitance = np.where(told[:, at["Q"]], capacitance, np.nan)
    if process.place == "through_thickness":
        capacitance = np.where(1 / (2 * np.pi * tau) > top, np.nan, capacitance)
    return resistance, error, capacitance, tau
