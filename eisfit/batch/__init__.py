"""Batches: from a hundred files to millions of spectra, in chunks that are written whole.

A batch is cut into chunks of the input, each chunk becomes one Parquet file, and a chunk whose file
exists is done. `eisfit.run_batch` runs a batch and writes its overview page; its modules
are `job` (model and settings), `plan` (inputs, chunks and the manifest that records them), `tables`
and `files` (input to rows), `chunk` (rows to one Parquet file), `columns` (of the dataset),
`workers` (threads, processes, a Dask cluster), `lock` (one run at a time) and `summary` (counts,
failures, distributions).
"""

from eisfit.batch.job import Job, Validation, make_job
from eisfit.batch.run import run
from eisfit.batch.summary import BatchResult, Failure, Quantity
from eisfit.batch.tables import write_table

__all__ = [
    "BatchResult",
    "Failure",
    "Job",
    "Quantity",
    "Validation",
    "make_job",
    "run",
    "write_table",
]
