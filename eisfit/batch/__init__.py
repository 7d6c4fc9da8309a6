"""Batches: from a hundred files to millions of spectra, in chunks that are written whole.

A batch is cut into chunks of the input, each chunk becomes one Parquet file, and a chunk whose file
stands is done. `eisfit.run_batch` runs a batch and writes its overview page; the floors below it
are `plan` (what is there, in chunks), `tables` and `files` (input to rows), `chunk` (rows to one
Parquet file), `workers` (threads, processes, a Dask cluster), `manifest` (what a batch was made
of), `lock` (one run at a time) and `summary` (what came out).
"""

from eisfit.batch.job import Job, Validation, job_of
from eisfit.batch.run import run
from eisfit.batch.summary import BatchResult, Failure, Quantity
from eisfit.batch.table_writer import write_table

__all__ = [
    "BatchResult",
    "Failure",
    "Job",
    "Quantity",
    "Validation",
    "job_of",
    "run",
    "write_table",
]
