"""Tables of spectra from arrays, written a block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import SpectrumError
from eisfit.io.atomic import write_file


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
            f"impedance must be (m, k) beside k frequencies, not {Z.shape} beside {f.shape}"
        )
    ends = pa.array(np.arange(len(Z) + 1, dtype=np.int32) * len(f))
    lists = {"frequency": np.broadcast_to(f, Z.shape), "z_real": Z.real, "z_imag": Z.imag}
    out = {n: pa.ListArray.from_arrays(ends, pa.array(np.ravel(v))) for n, v in lists.items()}
    try:
        return pa.table({**out, **{name: pa.array(v) for name, v in columns.items()}})
    except pa.ArrowInvalid as error:
        raise SpectrumError(f"a column is not as long as there are spectra: {error}") from None
