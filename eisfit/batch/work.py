"""What is done to the spectra of a chunk: test, fit, processes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from eisfit.base.errors import SpectrumError
from eisfit.base.findings import Finding
from eisfit.batch.job import Job
from eisfit.batch.rows import Rows
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.many import fit_many
from eisfit.fitting.result import POOR_FIT_PERCENT
from eisfit.quality import screen, validate


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The fits of m spectra; nan where there is none.

    Parameters
    ----------
    values, stderr : ndarray, shape (m, p)
        SI units.
    reduced_chi_square : ndarray, shape (m,)
    misfit_percent : ndarray, shape (m,)
        Standard deviation of the residuals in % of |Z|, whatever the weights.
    noise, drift : ndarray, shape (m,)
        As fractions of |Z|: standard deviation by Kramers–Kronig, change over the sweep.
    converged, done : ndarray of bool, shape (m,)
    """

    values: FloatArray
    stderr: FloatArray
    reduced_chi_square: FloatArray
    misfit_percent: FloatArray
    noise: FloatArray
    drift: FloatArray
    converged: BoolArray
    done: BoolArray


def fitted(rows: Rows, job: Job, spectra: list[Spectrum | None] | None = None) -> Fitted:
    """Test and fit all spectra of a chunk; what is noticed goes into the findings of `rows`.

    Parameters
    ----------
    rows : Rows
    job : Job
    spectra : list of Spectrum or None, optional
        The same spectra with all that their files tell, for the tests.
    """
    m, p = len(rows), len(job.model.names)
    out = Fitted(
        np.full((m, p), np.nan), np.full((m, p), np.nan), np.full(m, np.nan), np.full(m, np.nan),
        np.full(m, np.nan), np.full(m, np.nan), np.zeros(m, dtype=bool), np.zeros(m, dtype=bool),
    )  # fmt: skip
    if job.validation != "none":
        for i in range(m):
            _test(i, rows, job, None if spectra is None else spectra[i], out)
    for first, last in rows.blocks:
        _fit_block(first, last, rows, job, out)
    return out


def _test(i: int, rows: Rows, job: Job, spectrum: Spectrum | None, out: Fitted) -> None:
    """Screen one spectrum, or test it by Kramers–Kronig too."""
    if any(f.severity == "error" for f in rows.findings.get(i, ())):
        return
    try:
        spectrum = spectrum or rows.spectrum(i)
    except SpectrumError as trouble:
        _say(rows, i, Finding("no_spectrum", "error", f"{rows.labels[i]}: {trouble}"))
        return
    try:
        if job.validation == "screening":
            said = screen(spectrum)
        else:
            seen = validate(spectrum)
            said, out.noise[i], out.drift[i] = seen.findings, seen.noise, seen.drift
    except Exception as trouble:  # noqa: BLE001 - one odd spectrum must not stop a million others
        text = f"{rows.labels[i]}: testing it failed ({type(trouble).__name__}: {trouble})"
        said = (Finding("test_failed", "warning", text),)
    for finding in said:
        _say(rows, i, finding)


def _fit_block(first: int, last: int, rows: Rows, job: Job, out: Fitted) -> None:
    """Fit the spectra of a block; what is fitted together never depends on the chunk's size."""
    for where, f, Z in rows.alike(first, last):
        _fit_alike(where, f, Z, rows, job, out)
        _judge(where, rows, job, out)


def _fit_alike(
    where: IndexArray, f: FloatArray, Z: ComplexArray, rows: Rows, job: Job, out: Fitted
) -> None:
    """Fit spectra of the same frequencies, one by one where fitting them together fails."""
    try:
        # blocks run beside each other, so each is fitted by one thread
        table = fit_many(f, Z, job.model, job.start, job.weighting, threads=1)
    except Exception as trouble:  # noqa: BLE001 - as above
        if len(where) == 1:
            text = f"fitting it failed ({type(trouble).__name__}: {trouble})"
            _lose(int(where[0]), text, rows)
            return
        for i in range(len(where)):
            _fit_alike(where[i : i + 1], f, Z[i : i + 1], rows, job, out)
        return
    out.values[where], out.stderr[where] = table.values, table.stderr
    out.reduced_chi_square[where] = table.reduced_chi_square
    out.misfit_percent[where] = table.misfit_percent
    out.converged[where], out.done[where] = table.converged, True
    for i, why in table.failures.items():
        out.done[where[i]] = False
        _lose(int(where[i]), why, rows)


def _lose(i: int, why: str, rows: Rows) -> None:
    _say(rows, i, Finding("not_fitted", "error", f"{rows.labels[i]}: {why}"))


def _judge(where: IndexArray, rows: Rows, job: Job, out: Fitted) -> None:
    """Say which fits did not converge, and which miss the data."""
    for i in where[out.done[where] & ~out.converged[where]]:
        text = f"{rows.labels[i]}: the fit did not converge; its values are where it stopped"
        _say(rows, int(i), Finding("not_converged", "warning", text))
    for i in where[out.done[where] & (out.misfit_percent[where] > POOR_FIT_PERCENT)]:
        text = (
            f"{rows.labels[i]}: the circuit misses the data by {out.misfit_percent[i]:.2g} % on "
            "average; look at the residuals and try another circuit"
        )
        _say(rows, int(i), Finding("poor_fit", "warning", text))


def _say(rows: Rows, i: int, finding: Finding) -> None:
    rows.findings.setdefault(i, []).append(finding)
