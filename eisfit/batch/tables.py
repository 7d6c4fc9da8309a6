"""Tables of spectra (Parquet, Arrow): the columns id, frequency, z_real, z_imag, temperature_K.

One row a spectrum; frequency, z_real and z_imag are lists of numbers in Hz and Ω. ``left_out``, a
list of texts as `eisfit convert` writes it, leaves a point out where its text is not empty. All
other columns are kept. Tables are read a chunk at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import ArrayLike

from eisfit.base.arrays import FloatArray, IndexArray
from eisfit.base.errors import ReadError, SpectrumError
from eisfit.base.findings import Finding
from eisfit.batch.columns import SPECTRUM_COLUMNS
from eisfit.batch.job import TABLE_BLOCK
from eisfit.batch.rows import Rows
from eisfit.io.atomic import write_file

_NEEDED = ("frequency", "z_real", "z_imag")
_PARQUET, _ARROW = b"PAR1", b"ARROW1"
_LONGEST = 100_000  # points of a spectrum on average, above which a table is taken for damaged
_BUFFER = 1 << 20


def is_table(path: str) -> bool:
    """Tell whether a file is Parquet or Arrow, by its first bytes."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - twice as fast
            head = file.read(len(_ARROW))
    except OSError:
        return False
    return head.startswith((_PARQUET, _ARROW))


def count_rows(path: str) -> int:
    """Return how many rows a table has, one at least.

    Raises
    ------
    ReadError
        Where it cannot be used.
    """
    with _open_table(path) as table:
        rows = int(table.metadata.num_rows if _is_parquet(table) else table.count_rows())
    if not rows:
        raise ReadError(path, "the table has no row")
    return rows


def kept_columns(paths: Sequence[str]) -> pa.Schema:
    """Return the further columns of some tables; those of different types become text."""
    fields: dict[str, pa.DataType] = {}
    for path in paths:
        with _open_table(path) as table:
            schema = table.schema_arrow if _is_parquet(table) else table.schema
        for field in schema:
            if field.name not in SPECTRUM_COLUMNS:
                kind = fields.setdefault(field.name, field.type)
                fields[field.name] = kind if kind == field.type else pa.string()
    return pa.schema(list(fields.items()))


def chunks_of(path: str, rows: int) -> Iterator[pa.Table]:
    """Yield a table in parts of so many rows, the last one shorter.

    Raises
    ------
    ReadError
        Where the table is damaged, after the parts before that.
    """
    with _open_table(path) as table, _name_errors(path):
        waiting: list[pa.RecordBatch] = []
        for batch in _batches(table, rows):
            batch.validate(full=True)
            waiting.append(batch)
            while sum(b.num_rows for b in waiting) >= rows:
                whole = pa.Table.from_batches(waiting)
                yield whole.slice(0, rows)
                waiting = whole.slice(rows).to_batches()
        if any(b.num_rows for b in waiting):
            yield pa.Table.from_batches(waiting)


def _batches(table: Any, rows: int) -> Iterator[pa.RecordBatch]:
    if _is_parquet(table):
        yield from table.iter_batches(rows)
        return
    for i in range(table.num_record_batches):
        yield table.get_batch(i)


def _is_parquet(table: Any) -> bool:
    return isinstance(table, pq.ParquetFile)


@contextmanager
def _name_errors(path: str) -> Iterator[None]:
    """Name the table in errors of Arrow."""
    try:
        yield
    except ReadError:
        raise
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ReadError(path, f"the table cannot be read: {first[:300]}") from None


@contextmanager
def _open_table(path: str) -> Iterator[Any]:
    """Open a table whose columns can be used."""
    with _name_errors(path), pa.memory_map(str(path)) as file:
        if file.read(len(_PARQUET)) == _PARQUET:
            table = pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
            schema = table.schema_arrow
            _check_lengths(path, table.metadata)
        else:
            file.seek(0)
            table = pa.ipc.open_file(file)
            schema = table.schema
        _check_columns(path, schema)
        yield table


def _check_columns(path: str, schema: pa.Schema) -> None:
    twice = [name for name in schema.names if schema.names.count(name) > 1]
    if twice:
        raise ReadError(path, f"the column {twice[0]} occurs twice")
    missing = [name for name in _NEEDED if name not in schema.names]
    if missing:
        columns = ", ".join(schema.names[:12])
        raise ReadError(path, f"no column {', '.join(missing)} among {columns}")
    for name in _NEEDED:
        kind = schema.field(name).type
        lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
        lists = lists or pa.types.is_fixed_size_list(kind)
        if not (lists and _is_number(kind.value_type)):
            raise ReadError(path, f"the column {name} must be lists of numbers, and is {kind}")


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _check_lengths(path: str, metadata: Any) -> None:
    """Refuse a table whose lists would unpack to far more than spectra are."""
    for g in range(metadata.num_row_groups):
        group = metadata.row_group(g)
        most = max(group.column(c).num_values for c in range(group.num_columns))
        if most > _LONGEST * max(group.num_rows, 1):
            raise ReadError(
                path, f"{most} numbers in {group.num_rows} rows are too many for spectra"
            )


def read_rows(table: pa.Table, path: str, first: int) -> Rows:
    """Return a part of a table, which starts at row `first`, as flat arrays.

    Points that are no measurement, or are left out in the table, are taken out with a finding;
    a row whose lists differ in length gets an error.
    """
    lengths, f = _lists(table["frequency"])
    real_lengths, real = _lists(table["z_real"])
    imag_lengths, imag = _lists(table["z_imag"])
    labels = _labels(table, path, first)
    ragged = np.flatnonzero((lengths != real_lengths) | (lengths != imag_lengths)).tolist()
    reasons = [
        f"{lengths[i]} frequencies, {real_lengths[i]} real and {imag_lengths[i]} imaginary "
        "parts; the three numbers must be equal"
        for i in ragged
    ]
    if len(ragged):
        f, real, imag = (
            _without(values, counts, ragged)
            for values, counts in ((f, lengths), (real, real_lengths), (imag, imag_lengths))
        )
        lengths = lengths.copy()
        lengths[ragged] = 0
    Z = real + 1j * imag
    lost = np.zeros(len(lengths), dtype=np.intp)
    out = ~(np.isfinite(f) & (f > 0) & np.isfinite(Z) & (Z != 0)) | _left_out(table, len(f))
    if out.any():
        owner = np.repeat(np.arange(len(lengths)), lengths)
        lost = np.bincount(owner[out], minlength=len(lengths))
        f, Z = f[~out], Z[~out]
    ends = np.concatenate([[0], np.cumsum(lengths - lost)]).astype(np.intp)
    m = len(lengths)
    blocks = [(i, min(i + TABLE_BLOCK, m)) for i in range(0, m, TABLE_BLOCK)]
    rows = Rows(labels, f, Z, ends, blocks)
    for i, reason in zip(ragged, reasons, strict=True):
        rows.add_error(i, "no_spectrum", reason)
    for i in np.flatnonzero(lost).tolist():
        text = f"{labels[i]}: {lost[i]} of {lengths[i]} points are left out or not measured"
        rows.add_finding(i, Finding("points_left_out", "info", text, affects_result=True))
    return rows


def _lists(column: pa.ChunkedArray) -> tuple[IndexArray, FloatArray]:
    """Return the length of each list, shape (m,), and all numbers end to end; null is nan."""
    array = _one_array(column, pa.float64())
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    values = array.flatten()
    if values.null_count:
        values = pc.fill_null(values, float("nan"))
    return lengths.astype(np.intp), values.to_numpy(zero_copy_only=False)


def _one_array(column: pa.ChunkedArray, kind: pa.DataType) -> Any:
    """Return a column of lists as one array of lists of numbers or texts."""
    array = column.combine_chunks().cast(pa.large_list(kind))
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _without(values: FloatArray, lengths: IndexArray, rows: list[int]) -> FloatArray:
    """Return all numbers but those of some rows."""
    keep = np.ones(len(lengths), dtype=bool)
    keep[rows] = False
    kept: FloatArray = values[np.repeat(keep, lengths)]
    return kept


def _left_out(table: pa.Table, points: int) -> Any:
    """Return which points the column left_out leaves out, shape (points,) or a single False."""
    if "left_out" not in table.column_names:
        return False
    try:
        flat = pc.fill_null(_one_array(table["left_out"], pa.string()).flatten(), "")
    except pa.ArrowException:
        return False
    return pc.not_equal(flat, "").to_numpy(zero_copy_only=False) if len(flat) == points else False


def _labels(table: pa.Table, path: str, first: int) -> Sequence[str]:
    """Return the name of each row: its id, or its file and row."""
    numbered = [f"{path}#{first + i + 1}" for i in range(table.num_rows)]
    if "id" not in table.column_names:
        return numbered
    try:
        identities = table["id"].cast(pa.string()).to_pylist()
    except pa.ArrowException:
        return numbered
    return [name if name is not None else n for name, n in zip(identities, numbered, strict=True)]


def write_table(
    path: str | Path,
    frequency: ArrayLike,
    blocks: Iterable[tuple[ArrayLike, Mapping[str, ArrayLike]]],
) -> Path:
    """Write a table of spectra as `eisfit.run_batch` reads it, whole or not at all.

    Parameters
    ----------
    path : str or Path
        Of the Parquet file.
    frequency : array-like, shape (k,)
        Hz, the same for all spectra.
    blocks : iterable of (impedance, columns)
        Impedances in Ω, shape (m, k), and further columns by name, shape (m,): ``id`` and
        ``temperature_K`` have their meaning, others are kept. Blocks of some 10 000 spectra keep
        memory small.

    Raises
    ------
    SpectrumError
        Where there is no block, or shapes do not agree.
    OutputError
        Where the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> f = np.logspace(5, 0, 30)
    >>> Z = np.array([R / (1 + 2j * np.pi * f * R * 1e-6) + 5 for R in (50.0, 80.0)])
    >>> with tempfile.TemporaryDirectory() as place:
    ...     path = write_table(Path(place) / "t.parquet", f, [(Z, {"cycle": [1, 2]})])
    ...     pq.read_table(path).column_names
    ['frequency', 'z_real', 'z_imag', 'cycle']
    """
    f = np.asarray(frequency, dtype=np.float64)

    def fill(part: Path) -> None:
        writer: pq.ParquetWriter | None = None
        for impedance, columns in blocks:
            table = _table(f, impedance, columns)
            if writer is None:
                # only frequencies repeat; of the others no digit is like another
                writer = pq.ParquetWriter(
                    part, table.schema, compression="zstd", use_dictionary=["frequency"]
                )
            writer.write_table(table)
        if writer is None:
            raise SpectrumError("a table needs one block of spectra or more")
        writer.close()

    return write_file(Path(path), fill)


def _table(f: FloatArray, impedance: ArrayLike, columns: Mapping[str, ArrayLike]) -> pa.Table:
    Z = np.asarray(impedance, dtype=np.complex128)
    if Z.ndim != 2 or f.ndim != 1 or Z.shape[1] != len(f):
        raise SpectrumError(
            f"impedance must have the shape (m, k) for k frequencies, not {Z.shape} for {f.shape}"
        )
    ends = pa.array(np.arange(len(Z) + 1, dtype=np.int32) * len(f))
    lists = {"frequency": np.broadcast_to(f, Z.shape), "z_real": Z.real, "z_imag": Z.imag}
    out = {n: pa.ListArray.from_arrays(ends, pa.array(np.ravel(v))) for n, v in lists.items()}
    try:
        return pa.table({**out, **{name: pa.array(v) for name, v in columns.items()}})
    except pa.ArrowInvalid as error:
        raise SpectrumError(f"each column must hold one value for each spectrum: {error}") from None
