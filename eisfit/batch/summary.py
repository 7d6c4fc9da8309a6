"""What came out of a batch: counts, failures, distributions, worst fits; a table for readers."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding
from eisfit.base.progress import Progress
from eisfit.batch.columns import parameter_names, process_names
from eisfit.batch.plan import RESUME
from eisfit.circuit.models import Model
from eisfit.io.atomic import write_file

_SAMPLE = 100_000  # spectra that distributions are computed from, evenly spread over the batch
_FAILURES = 1000
_WORST = 20
_REASONS, _MOST_REASONS = 50, 10_000
_BINS = 40


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or a spectrum without a fit, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """How a parameter is distributed over the batch.

    Parameters
    ----------
    name, unit : str
    count : int
        Spectra it was taken from.
    low, median, high : float
        5 %, 50 % and 95 % of the spectra lie below; SI units.
    stderr : float, optional
        Median of the standard errors.
    log : bool
        Whether the bins are even in the logarithm.
    edges : tuple of float
        First and last edge of the bins, 1 % and 99 % of the values.
    bins : tuple of int
    """

    name: str
    unit: str
    count: int
    low: float
    median: float
    high: float
    stderr: float | None
    log: bool
    edges: tuple[float, float]
    bins: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class BatchResult:
    """What came out of a batch; the dataset holds the numbers of each spectrum.

    Parameters
    ----------
    folder : Path
        With ``results/`` (Parquet), ``summary.csv`` and ``manifest.json``.
    model : Model
    spectra : int
        Rows of the dataset: spectra, and files that gave none.
    fitted, converged : int
    verdicts : mapping of str to int
    findings : mapping of (code, severity) to int
        In how many spectra.
    failures : tuple of Failure
        The first 1000.
    reasons : mapping of str to int
        Why there is no fit, without the names of files, and how often; the 50 most frequent.
    quantities : tuple of Quantity
        The parameters in the circuit's order, from 100 000 spectra evenly spread over larger
        batches.
    worst : tuple of (str, float)
        The converged fits with the largest reduced χ², worst first.
    needing_attention : int
        Spectra with a warning or an error that affects a result.
    done_now : int
        Spectra of tables, and files, that this run worked on.
    seconds : float
    """

    folder: Path
    model: Model
    spectra: int
    fitted: int
    converged: int
    verdicts: Mapping[str, int]
    findings: Mapping[tuple[str, str], int]
    failures: tuple[Failure, ...]
    reasons: Mapping[str, int]
    quantities: tuple[Quantity, ...]
    worst: tuple[tuple[str, float], ...]
    needing_attention: int = 0
    done_now: int = 0
    seconds: float = 0.0

    @property
    def dataset(self) -> Path:
        """The folder of Parquet files, one a chunk; read it with pyarrow, pandas or polars."""
        return self.folder / "results"

    @property
    def failed(self) -> int:
        """How many files and spectra have no fit."""
        return self.spectra - self.fitted

    @property
    def usable(self) -> bool:
        """Whether no warning or error affects a result."""
        return not self.needing_attention

    def __repr__(self) -> str:
        return (
            f"<BatchResult: {self.spectra} spectra, {self.fitted} fitted, {self.failed} failed, "
            f"in {self.folder}>"
        )


@dataclass(slots=True)
class _Tally:
    """What is counted while the dataset is read once."""

    verdicts: Counter[str] = field(default_factory=Counter)
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    worst: list[tuple[float, str]] = field(default_factory=list)
    samples: list[FloatArray] = field(default_factory=list)
    fitted: int = 0
    converged: int = 0
    needing_attention: int = 0


def summarize(folder: Path, results: Path, model: Model, progress: Progress) -> BatchResult:
    """Read the dataset once, write ``summary.csv``, and return what came out."""
    parts = sorted(results.glob("chunk-*.parquet"))
    total = sum(pq.read_metadata(part).num_rows for part in parts)
    tally, step = _Tally(), max(total // _SAMPLE, 1)

    def fill(path: Path) -> None:
        before = 0
        with path.open("wb") as file:
            writer: Any = None
            for table in _tables(parts, model):
                lines = _lines(table, model)
                writer = writer or pc_csv.CSVWriter(file, lines.schema)
                writer.write_table(lines)
                _count(tally, table, model, (-before) % step, step)
                before += table.num_rows
                progress("summary", before, total)
            if writer is not None:
                writer.close()

    write_file(folder / "summary.csv", fill, advice=RESUME)
    return BatchResult(
        folder,
        model,
        total,
        tally.fitted,
        tally.converged,
        dict(tally.verdicts.most_common()),
        dict(tally.findings.most_common()),
        tuple(tally.failures),
        dict(tally.reasons.most_common(_REASONS)),
        _quantities(model, tally.samples),
        tuple((name, chi) for chi, name in sorted(tally.worst, reverse=True)),
        tally.needing_attention,
    )


def _tables(parts: list[Path], model: Model) -> Iterator[pa.Table]:
    """Yield what of each chunk is summarised."""
    columns = ["id", "file", "sweep", "temperature_K", "verdict", "error", "reason", "converged",
               "reduced_chi_square", "noise", "findings",
               *parameter_names(model), *process_names(model)]  # fmt: skip
    for part in parts:
        yield pq.ParquetFile(part).read(columns)


def _lines(table: pa.Table, model: Model) -> pa.Table:
    """Return a chunk as lines of the csv: plain columns, numbers to seven digits."""
    out: dict[str, Any] = {}
    for name in ("id", "file", "sweep", "temperature_K", "verdict", "error", "reason", "converged"):
        column = table[name]
        out[name] = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    for name in ("reduced_chi_square", "noise", *parameter_names(model), *process_names(model)):
        out[name] = table[name].cast(pa.float32())
    findings = table["findings"]
    if findings.null_count == len(findings):
        out["findings"] = pa.nulls(len(findings), pa.string())
    else:
        codes = [
            None if f is None else " ".join(x["code"] for x in f) for f in findings.to_pylist()
        ]
        out["findings"] = pa.array(codes, pa.string())
    return pa.table(out)


def _count(tally: _Tally, table: pa.Table, model: Model, first: int, step: int) -> None:
    """Count one chunk; every `step`-th spectrum from `first` gives the distributions."""
    for entry in pc.value_counts(table["verdict"].cast(pa.string())).to_pylist():
        tally.verdicts[entry["values"]] += entry["counts"]
    tally.fitted += len(table) - table["converged"].null_count
    tally.converged += int(pc.sum(table["converged"]).as_py() or 0)
    findings = table["findings"].drop_null()
    for spectrum in findings.to_pylist() if len(findings) else ():
        tally.findings.update({(f["code"], f["severity"]) for f in spectrum})
        tally.needing_attention += any(Finding(**f).needs_attention for f in spectrum)
    _count_failures(tally, table)
    chi = table["reduced_chi_square"].to_numpy()
    converged = table["converged"].cast(pa.float64()).to_numpy()
    chi = np.where(converged == 1, chi, np.nan)
    worst = np.argsort(np.where(np.isnan(chi), -np.inf, chi), kind="stable")[-_WORST:]
    for i in worst[~np.isnan(chi[worst])]:
        tally.worst.append((float(chi[i]), table["id"][int(i)].as_py()))
    tally.worst = heapq.nlargest(_WORST, tally.worst)
    numbers = [table[name].to_numpy()[first::step] for name in parameter_names(model)]
    tally.samples.append(np.array(numbers))


def _count_failures(tally: _Tally, table: pa.Table) -> None:
    lost = table.filter(pc.is_null(table["converged"]))
    for reason in lost["reason"].to_pylist():
        is_listed = reason in tally.reasons or len(tally.reasons) < _MOST_REASONS
        tally.reasons[reason or "no fit" if is_listed else "other reasons"] += 1
    lost = lost.slice(0, _FAILURES - len(tally.failures))
    for name, why in zip(lost["id"].to_pylist(), lost["error"].to_pylist(), strict=True):
        tally.failures.append(Failure(name, why or "no fit"))


def _quantities(model: Model, samples: list[FloatArray]) -> tuple[Quantity, ...]:
    numbers = np.concatenate(samples, axis=1) if samples else np.zeros((2 * len(model.names), 0))
    quantities = []
    for i, parameter in enumerate(model.parameters):
        values, stderr = numbers[2 * i], numbers[2 * i + 1]
        values, stderr = values[np.isfinite(values)], stderr[np.isfinite(stderr)]
        if not len(values):
            continue
        log = parameter.scale == "log"
        scaled = np.log10(values) if log else values
        first, low, middle, high, last = np.quantile(values, [0.01, 0.05, 0.5, 0.95, 0.99])
        ends = np.log10([first, last]) if log else np.array([first, last])
        bins, _ = np.histogram(scaled, bins=_BINS, range=(float(ends[0]), float(ends[1])))
        quantities.append(
            Quantity(
                parameter.name, parameter.unit, len(values), float(low), float(middle),
                float(high), float(np.median(stderr)) if len(stderr) else None, log,
                (float(first), float(last)), tuple(int(n) for n in bins),
            )
        )  # fmt: skip
    return tuple(quantities)
