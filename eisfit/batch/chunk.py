"""From the input of one chunk to the bytes of its Parquet file: test, fit, processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.base.errors import SpectrumError
from eisfit.base.findings import Finding, verdict
from eisfit.batch import tables
from eisfit.batch.columns import kept_names, process_columns
from eisfit.batch.files import read_files
from eisfit.batch.job import Job
from eisfit.batch.rows import Rows
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.many import FitTable, fit_many
from eisfit.fitting.result import POOR_FIT_PERCENT
from eisfit.quality import screen, validate


@dataclass(frozen=True, slots=True, eq=False)
class RowFits:
    """The fits of m spectra, and what the tests found.

    Parameters
    ----------
    table : FitTable
        nan where there is no fit.
    done : ndarray of bool, shape (m,)
        Which spectra have a fit.
    noise, drift : ndarray, shape (m,)
        As fractions of |Z|: standard deviation by Kramers–Kronig, change over the sweep; nan where
        they were not tested.
    """

    table: FitTable
    done: BoolArray
    noise: FloatArray
    drift: FloatArray


def fit_rows(rows: Rows, job: Job, spectra: list[Spectrum | None] | None = None) -> RowFits:
    """Test and fit all spectra of a chunk; findings are added to `rows`.

    Parameters
    ----------
    rows : Rows
    job : Job
    spectra : list of Spectrum or None, optional
        The same spectra with all that their files state, for the tests.
    """
    m = len(rows)
    out = RowFits(
        FitTable.empty(job.model, m), np.zeros(m, bool), np.full(m, np.nan), np.full(m, np.nan)
    )
    if job.validation != "none":
        for i in range(m):
            _test(i, rows, job, None if spectra is None else spectra[i], out)
    for first, last in rows.blocks:
        _fit_block(first, last, rows, job, out)
    return out


def _test(i: int, rows: Rows, job: Job, spectrum: Spectrum | None, out: RowFits) -> None:
    """Screen one spectrum, or test it by Kramers–Kronig too."""
    if i in rows.reasons:
        return
    try:
        spectrum = spectrum or rows.spectrum(i)
    except SpectrumError as error:
        rows.add_error(i, "no_spectrum", str(error))
        return
    try:
        if job.validation == "screening":
            findings = screen(spectrum)
        else:
            tested = validate(spectrum)
            findings, out.noise[i], out.drift[i] = tested.findings, tested.noise, tested.drift
    except Exception as error:  # noqa: BLE001 - one bad spectrum must not stop a million others
        text = f"{rows.labels[i]}: the tests of its data failed ({type(error).__name__}: {error})"
        findings = (Finding("test_failed", "warning", text),)
    for finding in findings:
        rows.add_finding(i, finding, finding.message.removeprefix(f"{spectrum.label}: "))


def _fit_block(first: int, last: int, rows: Rows, job: Job, out: RowFits) -> None:
    """Fit the spectra of a block; what is fitted together never depends on the chunk's size."""
    for where, f, Z in rows.alike(first, last):
        _fit_same_grid(where, f, Z, rows, job, out)
        _check_fits(where, rows, job, out)


def _fit_same_grid(
    where: IndexArray, f: FloatArray, Z: ComplexArray, rows: Rows, job: Job, out: RowFits
) -> None:
    """Fit spectra of the same frequencies, one by one where fitting them together fails."""
    try:
        # blocks run beside each other, so each is fitted by one thread
        table = fit_many(f, Z, job.model, start=job.start, weighting=job.weighting, threads=1)
    except Exception as error:  # noqa: BLE001 - as above
        if len(where) == 1:
            text = f"its fit failed ({type(error).__name__}: {error})"
            rows.add_error(int(where[0]), "not_fitted", text)
            return
        for i in range(len(where)):
            _fit_same_grid(where[i : i + 1], f, Z[i : i + 1], rows, job, out)
        return
    out.table.enter(where, table)
    out.done[where] = True
    for i, why in table.failures.items():
        out.done[where[i]] = False
        rows.add_error(int(where[i]), "not_fitted", why)


def _check_fits(where: IndexArray, rows: Rows, job: Job, out: RowFits) -> None:
    """Say which fits did not converge, and which miss the data."""
    for i in where[out.done[where] & ~out.table.converged[where]]:
        text = f"{rows.labels[i]}: the fit did not converge; its values are those of the last step"
        rows.add_finding(int(i), Finding("not_converged", "warning", text))
    for i in where[out.done[where] & (out.table.misfit_percent[where] > POOR_FIT_PERCENT)]:
        text = (
            f"{rows.labels[i]}: the fit differs from the data by "
            f"{out.table.misfit_percent[i]:.2g} % on average; look at the residuals and try "
            "another circuit"
        )
        rows.add_finding(int(i), Finding("poor_fit", "warning", text))


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
    rows = tables.read_rows(part, path, first)
    done = fit_rows(rows, job)
    columns = _columns(rows, done, job)
    m = len(rows)
    columns |= {
        "id": rows.labels,
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
    files, rows = read_files(paths)
    done = fit_rows(rows, job, [row.spectrum for row in files])
    sources = [row.provenance for row in files]
    spectra = [row.spectrum for row in files]
    columns = _columns(rows, done, job)
    columns |= {
        "id": [row.identity for row in files],
        "file": [row.path for row in files],
        "sweep": [p.sweep for p in sources],
        "format": [p.format for p in sources],
        "temperature_K": [s and s.temperature for s in spectra],
        "sha256": [p.sha256 or None for p in sources],
        "instrument": [p.instrument or None for p in sources],
        "technique": [p.technique or None for p in sources],
        "measured_at": [p.measured_at and p.measured_at.isoformat() for p in sources],
        "temperature_source": [s and (s.temperature_source or None) for s in spectra],
        "frequency": [s and s.frequency for s in spectra],
        "z_real": [s and s.impedance.real for s in spectra],
        "z_imag": [s and s.impedance.imag for s in spectra],
        "left_out": [s and s.reasons for s in spectra],
    }
    return _parquet(columns, layout, len(rows))


def first_file(paths: Sequence[str], job: Job, layout: pa.Schema) -> None:
    """Work on the first file and drop the result: this compiles code and loads modules."""
    if paths:
        file_chunk(paths[:1], job, layout)


def lost_chunk(path: str, first: int, rows: int, why: str, job: Job, layout: pa.Schema) -> bytes:
    """Return one row in place of a part of a table that cannot be read."""
    empty = np.zeros(0)
    none = Rows([path], empty, empty.astype(complex), np.array([0, 0]), [])
    none.add_error(0, "damaged_table", f"{why} (rows {first + 1} to {first + rows})")
    columns = _columns(none, fit_rows(none, job), job)
    columns |= {
        "id": [f"{path}#{first + 1}"],
        "file": [path],
        "format": ["table"],
    }
    return _parquet(columns, layout, 1)


def _columns(rows: Rows, done: RowFits, job: Job) -> dict[str, Any]:
    """Return what is known of every spectrum, whatever it comes from."""
    low, high = rows.ranges()
    findings = [rows.findings.get(i, ()) for i in range(len(rows))]
    fits = done.table
    numbers: dict[str, FloatArray] = {}
    for i, name in enumerate(job.model.names):
        numbers[name], numbers[f"{name}_stderr"] = fits.values[:, i], fits.stderr[:, i]
    numbers |= process_columns(job.model, fits.values, fits.stderr, fits.determined, high)
    numbers |= {
        "frequency_low_Hz": low, "frequency_high_Hz": high, "noise": done.noise,
        "drift": done.drift, "reduced_chi_square": fits.reduced_chi_square,
    }  # fmt: skip
    return {
        **{name: _numbers(values) for name, values in numbers.items()},
        "points": pa.array(np.diff(rows.ends).astype(np.int32)),
        "converged": pa.array(fits.converged, mask=~done.done),
        "verdict": [verdict(f) for f in findings],
        "error": [next((x.message for x in f if x.severity == "error"), None) for f in findings],
        "reason": [rows.reasons.get(i) for i in range(len(rows))],
        "findings": [[x.to_dict() for x in f] or None for f in findings],
    }


def _numbers(values: FloatArray) -> pa.Array:
    """Return numbers as a column; what is not finite is null."""
    return pa.array(values, mask=~np.isfinite(values))


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
    """Return columns, arrays or lists, as Parquet; those that are missing are null."""
    table = pa.table(
        [_as_type(columns.get(field.name, [None] * rows), field.type) for field in layout],
        schema=layout,
    )
    texts = [f.name for f in layout if pa.types.is_dictionary(f.type)]
    out = pa.BufferOutputStream()
    pq.write_table(table, out, compression="zstd", use_dictionary=texts, row_group_size=_GROUP)
    return bytes(out.getvalue())


def _as_type(column: Any, kind: pa.DataType) -> Any:
    """Return a column, an array or a list, as an array of that type."""
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return column if column.type == kind else column.cast(kind)
    if pa.types.is_dictionary(kind):
        return pa.array(column, kind.value_type).dictionary_encode()
    return pa.array(column, kind)
