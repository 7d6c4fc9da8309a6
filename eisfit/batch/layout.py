"""The columns of a batch's dataset: one row a spectrum, or a file that gave none."""

from __future__ import annotations

from typing import Literal, TypeAlias

import pyarrow as pa

from eisfit.batch.processes import process_names
from eisfit.circuit.models import Model

FINDINGS = pa.list_(
    pa.struct([("code", pa.string()), ("severity", pa.string()), ("message", pa.string())])
)
_NAME = pa.dictionary(pa.int32(), pa.string())

Origin: TypeAlias = Literal["tables", "files"]

OWN_INPUT = frozenset({"id", "frequency", "z_real", "z_imag", "temperature_K", "left_out"})
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


def layout_of(model: Model, kept: pa.Schema, origin: Origin) -> pa.Schema:
    """Return the columns of the dataset, the same for all chunks of a batch.

    Parameters
    ----------
    model : Model
    kept : Schema
        Further columns of the tables; one whose name is taken is called ``input_NAME``.
    origin : {"tables", "files"}
        files: some files of instruments are among the input. Their spectra stand in the dataset,
        those of tables stand in the tables.
    """
    own = own_names(model)
    numbers = [(n, pa.float64()) for n in [*parameter_names(model), *process_names(model)]]
    fields = [*_SOURCE, *_RESULT, *numbers, *(_FILE if origin == "files" else ())]
    return pa.schema([*fields, *((_free(f.name, own), f.type) for f in kept)])


def kept_names(model: Model, table: pa.Schema, layout: pa.Schema) -> dict[str, str]:
    """Return under which names the further columns of a table are kept."""
    own = own_names(model)
    names = {name: _free(name, own) for name in table.names if name not in OWN_INPUT}
    return {name: kept for name, kept in names.items() if kept in layout.names}


def own_names(model: Model) -> frozenset[str]:
    """Return the names of all columns that batches have themselves."""
    fixed = [name for name, _ in (*_SOURCE, *_RESULT, *_FILE)]
    return frozenset([*fixed, *parameter_names(model), *process_names(model)])


def _free(name: str, taken: frozenset[str]) -> str:
    return _free(f"input_{name}", taken) if name in taken else name
