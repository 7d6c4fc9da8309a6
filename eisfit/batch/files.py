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
    own: list[FileRow] = []
    findings: dict[int, list[Finding]] = {}
    blocks: list[tuple[int, int]] = []
    for first in range(0, len(paths), FILE_BLOCK):
        start = len(own)
        for path in paths[first : first + FILE_BLOCK]:
            for outcome in _outcomes(path):
                for spectrum in outcome.spectra:
                    if spectrum.findings:
                        findings[len(own)] = list(spectrum.findings)
                    own.append(FileRow(outcome.path, spectrum))
                if not outcome.spectra:
                    text = outcome.error or f"{outcome.path}: there is no spectrum in it"
                    findings[len(own)] = [Finding("unreadable_file", "error", text)]
                    own.append(FileRow(outcome.path, None))
        blocks.append((start, len(own)))
    return own, _flat(own, blocks, findings)


def _outcomes(path: str) -> list[ReadOutcome]:
    """Return what becomes of a file; nothing that is wrong with it stops the others."""
    if tables.is_table(path):
        why = tables.table_problem(path)
        if why:
            return [ReadOutcome(path, error=why)]
    try:
        return read_each([path])
    except ReadError as error:  # gone since it was listed
        return [ReadOutcome(path, error=str(error))]
    except (MemoryError, RecursionError) as error:
        why = f"{path}: reading it failed ({type(error).__name__}: {error})"
        return [ReadOutcome(path, error=why)]


def _flat(
    own: Sequence[FileRow],
    blocks: Sequence[tuple[int, int]],
    findings: dict[int, list[Finding]],
) -> Rows:
    kept = [
        (np.zeros(0), np.zeros(0, dtype=np.complex128)) if r.spectrum is None else r.spectrum.kept
        for r in own
    ]
    labels = [r.path if r.spectrum is None else r.spectrum.label for r in own]
    ends = np.cumsum([0, *(len(f) for f, _ in kept)]).astype(np.intp)
    return Rows(
        labels,
        np.concatenate([f for f, _ in kept]) if kept else np.zeros(0),
        np.concatenate([Z for _, Z in kept]) if kept else np.zeros(0, dtype=np.complex128),
        ends,
        blocks,
        findings,
    )
