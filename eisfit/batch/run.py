"""A batch from its paths to its dataset."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyarrow as pa

from eisfit.base.errors import EisfitError, FitError, OutputError, ReadError
from eisfit.base.progress import Progress, no_progress
from eisfit.batch import workers
from eisfit.batch.chunk import file_chunk, first_file, lost_chunk, table_chunk
from eisfit.batch.columns import make_schema
from eisfit.batch.job import Job
from eisfit.batch.lock import lock_folder
from eisfit.batch.plan import (
    MANIFEST_NAME,
    RESUME,
    Chunk,
    Plan,
    check_manifest,
    make_manifest,
    make_plan,
    missing_chunks,
)
from eisfit.batch.summary import BatchResult, summarize
from eisfit.batch.tables import chunks_of
from eisfit.fitting.many import available_cores
from eisfit.io.atomic import remove_unfinished, write_bytes
from eisfit.readers.paths import PathLike

Existing: TypeAlias = Literal["refuse", "resume"]
Tasks: TypeAlias = Iterator[tuple[Chunk, Callable[..., bytes], tuple[Any, ...]]]
Pack: TypeAlias = Callable[[pa.Table], Any]

_WORTH = 500  # spectra for which starting further processes takes less than they save

RESULTS = "results"
"""The folder of the dataset within the output folder."""


def run(
    paths: PathLike | Iterable[PathLike],
    job: Job,
    output: Path,
    existing: Existing = "refuse",
    jobs: int | None = None,
    scheduler: str = "",
    progress: Progress = no_progress,
) -> BatchResult:
    """Do all chunks whose files are not there yet, and return what came out.

    The folder `output` then holds ``results/chunk-*.parquet``, ``manifest.json`` and
    ``summary.csv``; parameters as for `eisfit.run_batch`.

    Raises
    ------
    ReadError
        Where a path names nothing.
    OutputError
        Where the folder cannot be written, is in use, or holds another batch.
    EisfitError
        Where workers are lost for good.
    """
    if jobs is not None and jobs < 1:
        raise FitError(f"a batch needs 1 job or more (got {jobs})")
    start = time.perf_counter()
    with lock_folder(output):
        if existing == "refuse" and (output / MANIFEST_NAME).exists():
            text = f"{output}: this folder holds a batch already; continue it with --resume"
            raise OutputError(f"{text} (existing='resume' in Python) or give another folder")
        remove_unfinished(output)
        remove_unfinished(output / RESULTS)
        plan = make_plan(paths, job, output)
        todo = missing_chunks(plan, output / RESULTS)
        layout = make_schema(job.model, plan.kept, plan.origin)
        if todo:
            with _workers(plan, job, len(todo), jobs, scheduler) as pool:
                _warm_up(pool, todo, job, layout)  # while the inputs are read
                check_manifest(output, make_manifest(job, plan))
                _do(todo, plan, job, layout, pool, output / RESULTS, progress)
        else:
            check_manifest(output, make_manifest(job, plan))
        result = summarize(output, output / RESULTS, job.model, progress)
    done = sum(chunk.size for chunk in todo)
    return replace(result, done_now=done, seconds=time.perf_counter() - start)


def _workers(
    plan: Plan, job: Job, chunks: int, jobs: int | None, scheduler: str
) -> AbstractContextManager[workers.Workers]:
    """Return threads where compiled code does the work, else processes; or the cluster."""
    if scheduler:
        return workers.cluster(scheduler)
    usual = available_cores() if plan.total >= _WORTH else 1
    count = min(jobs or usual, chunks)
    compiled = job.validation == "none" and plan.origin == "tables"
    return workers.threads(count) if compiled or count == 1 else workers.processes(count)


def _warm_up(pool: workers.Workers, todo: Sequence[Chunk], job: Job, layout: pa.Schema) -> None:
    """Have other processes load what they need."""
    if not pool.shares_memory:
        files = next((chunk.paths for chunk in todo if not chunk.rows), ())
        for _ in range(pool.count):
            pool.executor.submit(first_file, files, job, layout)


def _do(
    todo: Sequence[Chunk],
    plan: Plan,
    job: Job,
    layout: pa.Schema,
    pool: workers.Workers,
    results: Path,
    progress: Progress,
) -> None:
    """Work on some chunks, no more of them at once than the workers need, and write each."""
    pending: dict[Future[bytes], Chunk] = {}
    done = plan.total - sum(chunk.size for chunk in todo)
    progress("fitting", done, plan.total)

    def collect(most: int) -> None:
        nonlocal done
        while len(pending) > most:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                chunk = pending.pop(future)
                write_bytes(results / chunk.name, _result(future, chunk), advice=RESUME)
                done += chunk.size
                progress("fitting", done, plan.total)

    pack = _to_bytes if not pool.shares_memory else lambda table: table
    for chunk, function, arguments in _tasks(todo, plan, job, layout, pack):
        pending[pool.executor.submit(function, *arguments)] = chunk
        collect(2 * pool.count - 1)
    collect(0)


def _result(future: Future[bytes], chunk: Chunk) -> bytes:
    """Return the bytes of a chunk, or raise an error where its worker has ended."""
    try:
        return future.result()
    except EisfitError:
        raise
    except BrokenProcessPool:
        raise EisfitError(
            f"a worker process ended unexpectedly near {chunk.paths[0]} (perhaps memory was "
            "short); continue with --resume. A script that runs batches needs: if __name__ == "
            "'__main__':"
        ) from None
    except Exception as error:
        if not type(error).__module__.startswith("distributed"):
            raise
        text = f"the cluster could not finish the chunk near {chunk.paths[0]}: {error}"
        raise EisfitError(f"{text}; continue with --resume") from error


def _tasks(todo: Sequence[Chunk], plan: Plan, job: Job, layout: pa.Schema, pack: Pack) -> Tasks:
    """Yield the function and the arguments of each chunk; tables are read meanwhile."""
    wanted = set(todo)
    of_tables = [chunk for chunk in plan.chunks if chunk.rows]
    for path, group in groupby(of_tables, key=lambda chunk: chunk.paths[0]):
        chunks = list(group)
        left = len(wanted.intersection(chunks))
        tasks = _table_tasks(path, chunks, job, layout, pack) if left else iter(())
        for chunk, function, arguments in tasks:
            if chunk in wanted:
                yield chunk, function, arguments
                left -= 1
            if not left:
                break
    for chunk in todo:
        if not chunk.rows:
            yield chunk, file_chunk, (chunk.paths, job, layout)


def _table_tasks(
    path: str, chunks: Sequence[Chunk], job: Job, layout: pa.Schema, pack: Pack
) -> Tasks:
    """Yield the tasks of a table, from its start: what is damaged is the same for any resume."""
    parts = chunks_of(path, job.rows)
    waiting = list(chunks)
    why = "the table has fewer rows than its metadata state"
    try:
        for part in islice(parts, len(chunks)):
            chunk = waiting.pop(0)
            yield chunk, table_chunk, (pack(part), path, chunk.first, job, layout)
    except ReadError as error:
        why = error.message
    for chunk in waiting:
        yield chunk, lost_chunk, (path, chunk.first, chunk.rows, why, job, layout)


def _to_bytes(table: pa.Table) -> bytes:
    """Return a table as bytes, for another process."""
    out = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(out, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(out.getvalue())
