"""Where chunks are worked on: threads, processes, or a Dask cluster; all are executors."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from eisfit.base.errors import EisfitError, OutputError

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_RETRIES = 3
_PATIENCE = 60.0  # seconds until a cluster must have a worker


@dataclass(frozen=True, slots=True)
class Workers:
    """An executor, how many chunks it works on at once, and whether it shares our memory."""

    executor: Executor
    count: int
    shares_memory: bool


@contextmanager
def _cancelled_on_error(pool: Executor) -> Iterator[Executor]:
    """Yield an executor; after an error it starts nothing more and is not waited for."""
    with pool as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def threads(count: int) -> Iterator[Workers]:
    """Work in threads: the compiled fits run beside each other."""
    with _cancelled_on_error(ThreadPoolExecutor(count)) as executor:
        yield Workers(executor, count, shares_memory=True)


@contextmanager
def processes(count: int) -> Iterator[Workers]:
    """Work in processes, for what Python itself is busy with: reading and testing.

    They are started anew, not forked: threads of compiled code do not survive a fork.
    """
    context = multiprocessing.get_context("spawn")
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update({name: "1" for name, value in before.items() if value is None})
    try:
        pool = ProcessPoolExecutor(count, context, _end_with_parent)
        with _cancelled_on_error(pool) as executor:
            yield Workers(executor, count, shares_memory=False)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]


def _end_with_parent() -> None:
    """Leave stopping to the parent, and stop where it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """Work on a Dask cluster; a chunk whose worker is lost is done again by another.

    Raises
    ------
    EisfitError
        Where Dask is missing, nothing answers at the address, or there is no worker.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        text = "--scheduler needs Dask: pip install 'eisfit-toolkit[dask]'"
        raise OutputError(text) from None
    try:
        client = distributed.Client(address, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise EisfitError(f"no Dask scheduler answers at {address} ({error})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise EisfitError(f"the Dask cluster at {address} has no worker") from None
        executor = client.get_executor(retries=_RETRIES, pure=False)
        try:
            yield Workers(executor, max(sum(client.nthreads().values()), 1), shares_memory=False)
        finally:
            executor.shutdown(wait=False)
