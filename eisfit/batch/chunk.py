"""From the input of one chunk to the bytes of its Parquet file; runs in any thread or process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding, verdict
from eisfit.batch import files, tables
from eisfit.batch.job import Job
from eisfit.batch.layout import FINDINGS, kept_names
from eisfit.batch.processes import process_columns
from eisfit.batch.rows import Rows
from eisfit.batch.work import Fitted, fitted

_GROUP = 1 << 16  # rows in a row group, more than a chunk mostly has


def table_chunk(
    table: pa.Table | bytes, path: str, first: int, job: Job, layout: pa.Schema
) -> bytes:
    """Return the results of a part of a table as Parquet.

    Parameters
    ----------
    table : Table, or bytes
        The part, or the same as a stream of Arrow.
    path : str
        Of the table.
    first : int
        Its first row, from 0.
    job : Job
    layout : Schema
        The columns of the dataset.
    """
    part = pa.ipc.open_stream(table).read_all() if isinstance(table, bytes) else table
    rows = tables.rows_of(part, path, first)
    done = fitted(rows, job)
    columns = _columns(rows, done, job)
    m = len(rows)
    columns |= {
        "id": pa.array(rows.labels, pa.string()),
        "file": _same(path, m),
        "sweep": pa.array(np.arange(first + 1, first + m + 1)),
        "format": _same("table", m),
        "temperature_K": _temperatures(part),
    }
    for name, kept in kept_names(job.model, part.schema, layout).items():
        columns[kept] = _cast(part[name], layout.field(kept).type)
    return _parquet(columns, layout, m)


def file_chunk(paths: Sequence[str], job: Job, layout: pa.Schema) -> bytes:
    """Return the results of some files as Parquet, with the spectra that were read."""
    own, rows = files.rows_of(paths)
    done = fitted(rows, job, [row.spectrum for row in own])
    told = [row.provenance for row in own]
    spectra = [row.spectrum for row in own]
    columns = _columns(rows, done, job)
    columns |= {
        "id": pa.array([row.identity for row in own], pa.string()),
        "file": pa.array([row.path for row in own], pa.string()),
        "sweep": pa.array([p.sweep for p in told], pa.int64()),
        "format": pa.array([p.format for p in told], pa.string()),
        "temperature_K": pa.array(
            [None if s is None else s.temperature for s in spectra], pa.float64()
        ),
        "sha256": pa.array([p.sha256 or None for p in told], pa.string()),
        "instrument": pa.array([p.instrument or None for p in told], pa.string()),
        "technique": pa.array([p.technique or None for p in told], pa.string()),
        "measured_at": pa.array(
            [p.measured_at and p.measured_at.isoformat() for p in told], pa.string()
        ),
        "temperature_source": pa.array(
            [s.temperature_source or None if s is not None else None for s in spectra], pa.string()
        ),
        "frequency": _arrays([None if s is None else s.frequency for s in spectra]),
        "z_real": _arrays([None if s is None else s.impedance.real for s in spectra]),
        "z_imag": _arrays([None if s is None else s.impedance.imag for s in spectra]),
        "left_out": pa.array(
            [None if s is None else s.reasons for s in spectra], pa.list_(pa.string())
        ),
    }
    return _parquet(columns, layout, len(rows))


def first_file(paths: Sequence[str], job: Job, layout: pa.Schema) -> None:
    """Do the first of some files for nothing: all that takes its time once is there then."""
    if paths:
        file_chunk(paths[:1], job, layout)


def lost_chunk(path: str, first: int, rows: int, why: str, job: Job, layout: pa.Schema) -> bytes:
    """Return one row that stands for a part of a table that cannot be read."""
    text = f"{why} (rows {first + 1} to {first + rows})"
    said = {0: [Finding("damaged_table", "error", text)]}
    empty = np.zeros(0)
    none = Rows([path], empty, empty.astype(complex), np.array([0, 0]), [], said)
    columns = _columns(none, fitted(none, job), job)
    columns |= {
        "id": pa.array([f"{path}#{first + 1}"], pa.string()),
        "file": _same(path, 1),
        "format": _same("table", 1),
    }
    return _parquet(columns, layout, 1)


def _columns(rows: Rows, done: Fitted, job: Job) -> dict[str, Any]:
    """Return what is known of every spectrum, whatever it comes from."""
    low, high = rows.ranges()
    said = [rows.findings.get(i) for i in range(len(rows))]
    errors = [
        None if f is None else next((x.message for x in f if x.severity == "error"), None)
        for f in said
    ]
    numbers: dict[str, FloatArray] = {}
    for i, name in enumerate(job.model.names):
        numbers[name], numbers[f"{name}_stderr"] = done.values[:, i], done.stderr[:, i]
    numbers |= process_columns(job.model, done.values, done.stderr, high)
    numbers |= {"frequency_low_Hz": low, "frequency_high_Hz": high, "noise": done.noise}
    numbers |= {"drift": done.drift, "reduced_chi_square": done.reduced_chi_square}
    return {
        **{name: _numbers(values) for name, values in numbers.items()},
        "points": pa.array(np.diff(rows.ends).astype(np.int32)),
        "converged": pa.array(done.converged, mask=~done.done),
        "verdict": pa.array(["usable" if f is None else verdict(f) for f in said], pa.string()),
        "error": pa.array(errors, pa.string()),
        "findings": pa.array([_told(f) for f in said], FINDINGS),
    }


def _told(said: list[Finding] | None) -> list[dict[str, str]] | None:
    if not said:
        return None
    return [{"code": f.code, "severity": f.severity, "message": f.message} for f in said]


def _numbers(values: FloatArray) -> pa.Array:
    """Return numbers as a column; what is not finite is null."""
    return pa.array(values, mask=~np.isfinite(values))


def _arrays(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.list_(pa.float64()))


def _same(text: str, count: int) -> pa.Array:
    """Return a column with one text throughout."""
    indices = pa.array(np.zeros(count, dtype=np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array([text]))


def _temperatures(table: pa.Table) -> Any:
    if "temperature_K" not in table.column_names:
        return pa.nulls(table.num_rows, pa.float64())
    return _cast(table["temperature_K"], pa.float64())


def _cast(column: Any, kind: pa.DataType) -> Any:
    """Return a column as another type; null where that makes no sense."""
    try:
        return column.cast(kind)
    except pa.ArrowException:
        return pa.nulls(len(column), kind)


def _parquet(columns: Mapping[str, Any], layout: pa.Schema, rows: int) -> bytes:
    arrays = []
    for field in layout:
        found = columns.get(field.name)
        if found is None:
            found = pa.nulls(rows, field.type)
        elif found.type != field.type:
            found = (
                _encoded(found) if pa.types.is_dictionary(field.type) else found.cast(field.type)
            )
        arrays.append(found)
    table = pa.table(arrays, schema=layout)
    texts = [f.name for f in layout if pa.types.is_dictionary(f.type)]
    out = pa.BufferOutputStream()
    pq.write_table(table, out, compression="zstd", use_dictionary=texts, row_group_size=_GROUP)
    return bytes(out.getvalue())


def _encoded(column: Any) -> Any:
    return column.dictionary_encode()
