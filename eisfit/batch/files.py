"""Files of instruments: read one by one, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eisfit.base.errors import ReadError
from eisfit.base.findings import Finding
from eisfit.batch import tables
from eisfit.batch.job import FILE_BLOCK
from eisfit.batch.rows import Rows
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers import ReadOutcome, read_each


@dataclass(frozen=True, slots=True, eq=False)
class FileRow:
    """One spectrum of a file, or a file that gave none."""

    path: str
    spectrum: Spectrum | None
    error: ReadError | None = None

    @property
    def provenance(self) -> Provenance:
        """Where it is from."""
        return Provenance(self.path) if self.spectrum is None else self.spectrum.provenance

    @property
    def identity(self) -> str:
        """File and sweep; the file alone where it gave none."""
        return self.path if self.spectrum is None else f"{self.path}#{self.provenance.sweep}"


def read_files(paths: Sequence[str]) -> tuple[list[FileRow], Rows]:
    """Return the spectra of some files, and the same as flat arrays."""
    file_rows: list[FileRow] = []
    blocks: list[tuple[int, int]] = []
    for first in range(0, len(paths), FILE_BLOCK):
        start = len(file_rows)
        for path in paths[first : first + FILE_BLOCK]:
            for outcome in _outcomes(path):
                file_rows += [FileRow(outcome.path, spectrum) for spectrum in outcome.spectra]
                if not outcome.spectra:
                    nothing = ReadError(outcome.path, "it holds no spectrum")
                    file_rows.append(FileRow(outcome.path, None, outcome.error or nothing))
        blocks.append((start, len(file_rows)))
    rows = _flat(file_rows, blocks)
    for i, row in enumerate(file_rows):
        for finding in () if row.spectrum is None else row.spectrum.findings:
            rows.add_finding(i, finding, finding.message.removeprefix(f"{rows.labels[i]}: "))
        if row.error is not None:
            error = Finding("unreadable_file", "error", str(row.error))
            rows.add_finding(i, error, row.error.message)
    return file_rows, rows


def _outcomes(path: str) -> list[ReadOutcome]:
    """Return what becomes of a file; nothing that is wrong with it stops the others."""
    try:
        if tables.is_table(path):
            tables.count_rows(path)  # raises where a table cannot be used
        return read_each([path])
    except ReadError as error:  # or gone since it was listed
        return [ReadOutcome(path, error=error)]
    except (MemoryError, RecursionError) as error:
        why = f"the file cannot be read ({type(error).__name__}: {error})"
        return [ReadOutcome(path, error=ReadError(path, why))]


def _flat(file_rows: Sequence[FileRow], blocks: Sequence[tuple[int, int]]) -> Rows:
    kept = [
        (np.zeros(0), np.zeros(0, dtype=np.complex128)) if r.spectrum is None else r.spectrum.kept
        for r in file_rows
    ]
    labels = [r.path if r.spectrum is None else r.spectrum.label for r in file_rows]
    ends = np.cumsum([0, *(len(f) for f, _ in kept)]).astype(np.intp)
    return Rows(
        labels,
        np.concatenate([f for f, _ in kept]) if kept else np.zeros(0),
        np.concatenate([Z for _, Z in kept]) if kept else np.zeros(0, dtype=np.complex128),
        ends,
        blocks,
    )
