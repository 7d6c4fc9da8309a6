"""A Dask cluster gives the same numbers, also where a worker is lost on the way."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pytest
from made import MODEL, TRUTH, write_folder

import eisfit
from eisfit.base.errors import EisfitError, OutputError

OPTIONS = {"start": TRUTH, "validation": "screening", "chunk_size": 512}


def dataset(folder):
    return {p.name: p.read_bytes() for p in sorted((folder / "results").iterdir())}


@contextmanager
def program(*arguments):
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


@pytest.fixture
def cluster(tmp_path):
    pytest.importorskip("distributed", reason="needs dask and distributed")
    with ExitStack() as stack:
        told = tmp_path / "scheduler.json"
        common = ["--scheduler-file", str(told)]
        stack.enter_context(
            program("distributed.cli.dask_scheduler", *common, "--port", "0", "--no-dashboard")
        )
        workers = [
            stack.enter_context(
                program(
                    "distributed.cli.dask_worker", *common, "--nthreads", "1", "--no-nanny",
                    "--no-dashboard", "--local-directory", str(tmp_path / f"worker{i}"),
                )
            )
            for i in range(2)
        ]  # fmt: skip
        until = time.monotonic() + 60
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.1)
        import json

        yield json.loads(told.read_text())["address"], workers


def test_a_cluster_gives_the_same_bytes_also_where_a_worker_is_killed(
    cluster, table, tmp_path
) -> None:
    address, workers = cluster
    eisfit.run_batch(table, MODEL, tmp_path / "local", jobs=1, **OPTIONS)
    killed = []

    def kill_one(what: str, done: int, _total: int) -> None:
        if what == "fitting" and done and not killed:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.append(done)

    eisfit.run_batch(
        table, MODEL, tmp_path / "cluster", scheduler=address, progress=kill_one, **OPTIONS
    )
    assert killed
    assert killed[0] < 1800
    assert dataset(tmp_path / "cluster") == dataset(tmp_path / "local")
    write_folder(tmp_path / "data", 20)
    for name, more in (("files", {"scheduler": address}), ("here", {"jobs": 1})):
        eisfit.run_batch(tmp_path / "data", MODEL, tmp_path / name, chunk_size=16, **more)
    assert dataset(tmp_path / "files") == dataset(tmp_path / "here")


def test_where_nothing_answers_a_sentence_says_so(table, tmp_path, monkeypatch) -> None:
    pytest.importorskip("distributed", reason="needs dask and distributed")
    monkeypatch.setattr("eisfit.batch.workers._PATIENCE", 1.0)
    with pytest.raises(EisfitError, match="no Dask scheduler answers"):
        eisfit.run_batch(table, MODEL, tmp_path / "out", scheduler="tcp://127.0.0.1:9", **OPTIONS)


def test_where_dask_is_missing_a_sentence_says_so(table, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(OutputError, match="needs Dask: pip install"):
        eisfit.run_batch(table, MODEL, tmp_path / "out", scheduler="tcp://host:8786", **OPTIONS)
