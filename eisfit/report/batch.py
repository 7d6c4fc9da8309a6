"""Batches with their overview: one HTML page with the counts, distributions and failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from numpy.typing import ArrayLike

from eisfit.base.progress import Progress, no_progress
from eisfit.base.words import format_unit
from eisfit.batch import BatchResult, Validation, make_job
from eisfit.batch.run import Existing
from eisfit.batch.run import run as run_chunks
from eisfit.batch.summary import Quantity
from eisfit.circuit.models import Model
from eisfit.fitting.problem import Weighting
from eisfit.io.atomic import write_text
from eisfit.readers.paths import PathLike
from eisfit.report.document import (
    Block,
    Cell,
    Document,
    Histogram,
    Paragraph,
    Remark,
    Section,
    Table,
    Value,
)
from eisfit.report.html import render_html
from eisfit.report.results import Object, number

_SHOWN = 200  # failures on the page; all of them stand in summary.csv


def run_batch(
    paths: PathLike | Iterable[PathLike],
    model: str | Model,
    output: str | Path,
    *,
    start: Mapping[str, float] | ArrayLike | None = None,
    weighting: Weighting = "modulus",
    validation: Validation = "kramers_kronig",
    jobs: int | None = None,
    scheduler: str = "",
    existing: Existing = "refuse",
    chunk_size: int | None = None,
    progress: Progress = no_progress,
) -> BatchResult:
    """Fit one circuit to every spectrum of many files or of tables, in chunks, and go on if killed.

    The input is never in memory as a whole. Numbers are the same for any number of jobs, size of
    chunks, or cluster, bit for bit on like processors.

    Parameters
    ----------
    paths : str, Path or iterable of them
        Files, folders, globs and zip archives of any format that `eisfit.read` knows; tables of
        spectra (Parquet, Arrow) with the columns id, frequency, z_real, z_imag (lists of doubles,
        Hz and Ω), temperature_K; further columns are kept, as ``input_NAME`` where `NAME` is taken.
    model : str or Model
        A model's name or a circuit.
    output : str or Path
        A folder for ``results/`` (Parquet, one file a chunk, one row a spectrum: parameters with
        standard errors, processes, findings, where it is from), ``summary.csv`` (the same to seven
        digits), ``overview.html`` and ``manifest.json``.
    start : mapping or array-like, shape (p,), optional
        Start values for all spectra; from the data where left out.
    weighting : {"modulus", "unit", "proportional", "structure"}
        As in `eisfit.fit`.
    validation : {"kramers_kronig", "screening", "none"}
        Tests before the fit; a spectrum that fails them outright is not fitted.
    jobs : int, optional
        Threads or processes; where left out all cores, but one for less than 500 spectra.
    scheduler : str
        Address of a Dask scheduler, such as ``"tcp://host:8786"``. Its workers must see instrument
        files under the same paths; tables are sent to them.
    existing : {"refuse", "resume"}
        What to do where `output` holds this batch, begun: only what is missing is done.
    chunk_size : int, optional
        Rows of a table in a chunk, rounded up to 512s (4096 where left out, 1024 with the
        Kramers–Kronig test), and files in one, rounded up to 32s (128).
    progress : callable
        Called with (what, done, total).

    Returns
    -------
    BatchResult

    Raises
    ------
    ReadError
        Where a path names nothing; a file that cannot be used is a failure in the result.
    ModelError, FitError
        Where model or settings make no sense.
    OutputError
        Where the folder cannot be written, is in use, or holds a batch of something else.

    Examples
    --------
    >>> import tempfile
    >>> from eisfit import simulate
    >>> from eisfit.io.convert import convert
    >>> truth = [10, 100, 1e-6, 0.9]
    >>> with tempfile.TemporaryDirectory() as place:
    ...     spectra = [simulate("R0-p(R1,CPE1)", truth, seed=i) for i in range(4)]
    ...     (table,) = convert(spectra, Path(place) / "spectra.parquet")
    ...     result = run_batch(table, "R0-p(R1,CPE1)", Path(place) / "out", jobs=1)
    >>> result.fitted, round(result.quantities[1].median)
    (4, 100)
    """
    job = make_job(model, start, weighting, validation, chunk_size)
    result = run_chunks(paths, job, Path(output), existing, jobs, scheduler, progress)
    write_overview(result)
    return result


def write_overview(result: BatchResult) -> Path:
    """Write ``overview.html`` into the folder of a batch; texts from files are escaped.

    Raises
    ------
    OutputError
        Where the place cannot be written.
    """
    page = render_html(batch_document(result), overview(result))
    return write_text(result.folder / "overview.html", page)


def batch_document(result: BatchResult) -> Document:
    """Return what came out of a batch: counts, distributions, failures, worst fits."""
    findings = sorted(result.findings.items(), key=lambda item: -item[1])
    counts = Paragraph(
        f"{result.spectra} spectra: {result.fitted} fitted, {result.converged} of them "
        f"converged; {result.failed} could not be fitted."
    )
    reasons: Block = Paragraph("There are no findings.")
    if findings:
        rows = tuple((code, severity, str(count)) for (code, severity), count in findings)
        reasons = Table(("finding", "severity", "spectra"), rows, 1)
    worst: Block = Paragraph("No fit converged.")
    if result.worst:
        heading = ("spectrum", "reduced χ²", "residuals, % of |Z| with weights by modulus")
        fits = tuple((name, Value(chi, digits=3), Value(100 * chi**0.5, digits=2))
                     for name, chi in result.worst)  # fmt: skip
        worst = Table(heading, fits, prose=(0,))
    return Document(
        f"{result.spectra} spectra, {result.model.title or result.model.name}",
        f"Circuit {result.model.circuit}; results in {result.folder.name}",
        (
            Section("Counts", (counts, reasons), "counts"),
            Section("Distributions", _distributions(result.quantities), "distributions"),
            *_failures(result),
            Section("Worst fits", (worst,), "worst"),
        ),
        result.verdicts,
        files="The results of every spectrum are in summary.csv. The folder results (Parquet) "
        "has all digits and findings.",
    )


def _distributions(quantities: tuple[Quantity, ...]) -> tuple[Block, ...]:
    if not quantities:
        return (Paragraph("No spectrum could be fitted."),)
    heading = ("parameter", "5 %", "median", "95 %", "median standard error", "unit",
               "distribution")  # fmt: skip
    remark = (
        f"Histograms from the 1 % to the 99 % quantile of {quantities[0].count} spectra, taken "
        "evenly from the batch. Bins have equal widths in the logarithm, but on a linear scale "
        "for exponents and other linear parameters. The distribution is that of the spectra; "
        "the standard error is that of one fit."
    )
    return Table(heading, tuple(_quantity_row(q) for q in quantities)), Remark(remark)


def _quantity_row(quantity: Quantity) -> tuple[Cell, ...]:
    most = max(*quantity.bins, 1)
    stderr: Cell = "not determined"
    if quantity.stderr is not None:
        stderr = Value(quantity.stderr, digits=2)
    return (
        quantity.name, Value(quantity.low), Value(quantity.median), Value(quantity.high), stderr,
        format_unit(quantity.unit),
        Histogram(quantity.name, tuple(round(100 * n / most, 1) for n in quantity.bins)),
    )  # fmt: skip


def _failures(result: BatchResult) -> list[Section]:
    shown = result.failures[:_SHOWN]
    if not shown:
        return []
    reasons = tuple((why, str(count)) for why, count in result.reasons.items())
    blocks: list[Block] = [
        Table(("file or spectrum", "why there is no fit"),
              tuple((failure.id, failure.reason) for failure in shown), prose=(0, 1)),
    ]  # fmt: skip
    if result.failed > len(shown):
        text = f"The first {len(shown)} of {result.failed}; all are in summary.csv."
        blocks.insert(0, Paragraph(text))
    table = Table(("reason", "spectra or files"), reasons, prose=(0,))
    return [Section("Failures", (table, Section("Single failures", tuple(blocks))), "failures")]


def overview(result: BatchResult) -> Object:
    """Return what came out of a batch as plain objects, as ``eisfit batch --json`` prints it."""
    return {
        "folder": str(result.folder),
        "dataset": str(result.dataset),
        "model": result.model.name,
        "circuit": result.model.circuit,
        "spectra": result.spectra,
        "fitted": result.fitted,
        "converged": result.converged,
        "failed": result.failed,
        "verdicts": dict(result.verdicts),
        "findings": [
            {"code": code, "severity": severity, "spectra": count}
            for (code, severity), count in result.findings.items()
        ],
        "reasons": dict(result.reasons),
        "failures": [{"id": f.id, "reason": f.reason} for f in result.failures],
        "parameters": {
            q.name: {
                "unit": q.unit,
                "spectra": q.count,
                "low": number(q.low),
                "median": number(q.median),
                "high": number(q.high),
                "median_stderr": number(q.stderr),
            }
            for q in result.quantities
        },
        "worst": [{"id": name, "reduced_chi_square": number(chi)} for name, chi in result.worst],
        "done_now": result.done_now,
    }
