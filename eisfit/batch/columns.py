"""The columns of a batch's dataset, one row a spectrum; those of its processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.circuit.models import Model, ModelProcess
from eisfit.processes.physics.capacitance import capacitance_and_time_constant, ohmic_resistance

Columns = Mapping[str, FloatArray]
QUANTITIES = ("resistance_ohm", "resistance_stderr_ohm", "capacitance_F", "time_constant_s")


def process_names(model: Model) -> list[str]:
    """Return the names of the columns, ``PROCESS_QUANTITY``; leads are no process."""
    return [f"{n}_{q}" for n, p in model.processes.items() if p.place != "lead" for q in QUANTITIES]


def process_columns(
    model: Model,
    values: FloatArray,
    stderr: FloatArray,
    determined: BoolArray,
    top: FloatArray,
) -> Columns:
    """Return the columns of all processes, as `eisfit.processes.assign` has them for one fit.

    A quantity that the data do not determine is nan, as is the capacitance of a bulk arc that peaks
    above the highest frequency.

    Parameters
    ----------
    model : Model
    values, stderr : ndarray, shape (m, p)
    determined : ndarray of bool, shape (m, p)
        Which parameters the data determine.
    top : ndarray, shape (m,)
        Highest frequency, Hz.

    Returns
    -------
    mapping of str to ndarray, shape (m,)
    """
    out: dict[str, FloatArray] = {}
    with np.errstate(all="ignore"):
        ohmic = ohmic_resistance(model, values)
        for name, process in model.processes.items():
            if process.place != "lead":
                numbers = _process(process, model, values, stderr, determined, ohmic, top)
                out |= {f"{name}_{q}": v for q, v in zip(QUANTITIES, numbers, strict=True)}
    return out


def _process(
    process: ModelProcess,
    model: Model,
    values: FloatArray,
    stderr: FloatArray,
    determined: BoolArray,
    ohmic: FloatArray,
    top: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the quantities of one process, each of shape (m,)."""
    names = {s: process.parameter(s) for s in ("R", "Q", "n", "C", "tau")}
    at = {s: model.index(name) for s, name in names.items() if name is not None}
    values_of = {s: values[:, i] for s, i in at.items()}
    nothing = np.full(len(values), np.nan)
    resistance = np.where(determined[:, at["R"]], values_of["R"], np.nan) if "R" in at else nothing
    error = np.where(determined[:, at["R"]], stderr[:, at["R"]], np.nan) if "R" in at else nothing
    C, _, time_constant = capacitance_and_time_constant(process, values_of, ohmic)
    capacitance = nothing if C is None else C
    tau = nothing if time_constant is None else time_constant
    if "C" not in at and "Q" in at:
        capacitance = np.where(determined[:, at["Q"]], capacitance, np.nan)
    if process.place == "through_thickness":
        capacitance = np.where(1 / (2 * np.pi * tau) > top, np.nan, capacitance)
    return resistance, error, capacitance, tau


FINDINGS = pa.list_(
    pa.struct(
        [
            ("code", pa.string()),
            ("severity", pa.string()),
            ("message", pa.string()),
            ("affects_result", pa.bool_()),
        ]
    )
)
_NAME = pa.dictionary(pa.int32(), pa.string())

Origin: TypeAlias = Literal["tables", "files"]

SPECTRUM_COLUMNS = frozenset({"id", "frequency", "z_real", "z_imag", "temperature_K", "left_out"})
"""Columns of a table that are its spectra; all others are kept."""

_SOURCE = (
    ("id", pa.string()),
    ("file", _NAME),
    ("sweep", pa.int64()),
    ("format", _NAME),
    ("temperature_K", pa.float64()),
)
_RESULT = (
    ("points", pa.int32()),
    ("frequency_low_Hz", pa.float64()),
    ("frequency_high_Hz", pa.float64()),
    ("verdict", _NAME),
    ("error", pa.string()),
    ("reason", pa.string()),
    ("converged", pa.bool_()),
    ("reduced_chi_square", pa.float64()),
    ("noise", pa.float64()),
    ("drift", pa.float64()),
    ("findings", FINDINGS),
)
_FILE = (
    ("sha256", pa.string()),
    ("instrument", _NAME),
    ("technique", pa.string()),
    ("measured_at", pa.string()),
    ("temperature_source", _NAME),
    ("frequency", pa.list_(pa.float64())),
    ("z_real", pa.list_(pa.float64())),
    ("z_imag", pa.list_(pa.float64())),
    ("left_out", pa.list_(pa.string())),
)


def parameter_names(model: Model) -> list[str]:
    """Return the names of the columns ``NAME`` and ``NAME_stderr``, in the circuit's order."""
    return [column for name in model.names for column in (name, f"{name}_stderr")]


def make_schema(model: Model, kept: pa.Schema, origin: Origin) -> pa.Schema:
    """Return the columns of the dataset, the same for all chunks of a batch.

    Parameters
    ----------
    model : Model
    kept : Schema
        Further columns of the tables; one whose name is taken is called ``input_NAME``.
    origin : {"tables", "files"}
        files: some files of instruments are among the input. The dataset holds their spectra,
        the tables hold their spectra themselves.
    """
    taken = reserved_names(model)
    numbers = [(n, pa.float64()) for n in [*parameter_names(model), *process_names(model)]]
    fields = [*_SOURCE, *_RESULT, *numbers, *(_FILE if origin == "files" else ())]
    return pa.schema([*fields, *((_unused_name(f.name, taken), f.type) for f in kept)])


def kept_names(model: Model, table: pa.Schema, layout: pa.Schema) -> dict[str, str]:
    """Return under which names the further columns of a table are kept."""
    taken = reserved_names(model)
    names = {
        name: _unused_name(name, taken) for name in table.names if name not in SPECTRUM_COLUMNS
    }
    return {name: kept for name, kept in names.items() if kept in layout.names}


def reserved_names(model: Model) -> frozenset[str]:
    """Return the names of all columns that batches have themselves."""
    fixed = [name for name, _ in (*_SOURCE, *_RESULT, *_FILE)]
    return frozenset([*fixed, *parameter_names(model), *process_names(model)])


def _unused_name(name: str, taken: frozenset[str]) -> str:
    return _unused_name(f"input_{name}", taken) if name in taken else name
