"""Batches that are killed, that run out of room, that meet others: nothing is lost or mixed."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from made import MODEL, TRUTH, spectra, table_of, write_folder

import eisfit
from eisfit.base.errors import OutputError
from eisfit.batch import BatchResult
from eisfit.io import atomic

ROOT = Path(__file__).parents[2]
START = ",".join(f"{name}={value}" for name, value in TRUTH.items())


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "eisfit.cli", "batch", *map(str, arguments)]


def cli(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, cwd=ROOT, timeout=300, check=False
    )
    assert "Traceback" not in done.stderr
    assert "error in eisfit itself" not in done.stderr, done.stderr
    return done


def dataset(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((folder / "results").iterdir())}


def options(table: Path, output: Path) -> list[object]:
    own = ["--start", START, "--validation", "none", "--chunk-size", 512, "--jobs", 2]
    return [table, "-m", MODEL, "-o", output, *own]


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> tuple[Path, dict[str, bytes]]:
    """A table of some seconds of work (no start values), and its undisturbed dataset."""
    f, Z, _ = spectra(4000, seed=3)
    place = tmp_path_factory.mktemp("large")
    pq.write_table(table_of(f, Z), place / "t.parquet", row_group_size=900)
    eisfit.run_batch(
        place / "t.parquet", MODEL, place / "whole", start=TRUTH, validation="screening",
        jobs=1, chunk_size=512,
    )  # fmt: skip
    return place / "t.parquet", dataset(place / "whole")


@pytest.mark.parametrize("chunks", [0, 1, 3, 6])
def test_a_killed_batch_goes_on_to_the_same_bytes(large, tmp_path, chunks) -> None:
    table, whole = large
    out = tmp_path / "out"
    arguments = [table, "-m", MODEL, "-o", out, "--start", START, "--validation", "screening",
                 "--chunk-size", 512, "--jobs", 2, "--resume", "--quiet"]  # fmt: skip
    process = subprocess.Popen(command(*arguments), cwd=ROOT, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if (out / "manifest.json").exists() and len(list(out.glob("results/chunk-*"))) >= chunks:
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    before = {p.name: p.stat().st_mtime_ns for p in out.glob("results/chunk-*")}
    assert len(before) < len(whole)  # it was killed on the way
    (out / "results").mkdir(exist_ok=True)
    (out / "results/.half.part").write_bytes(b"PAR1")
    assert cli(*arguments).returncode == 0
    assert dataset(out) == whole
    after = {p.name: p.stat().st_mtime_ns for p in out.glob("results/chunk-*")}
    assert {name: after[name] for name in before} == before  # nothing was done twice
    assert not (out / "run.lock").exists()


def test_resume_on_a_new_folder_starts_and_on_a_finished_one_does_nothing(table, tmp_path) -> None:
    first = cli(*options(table, tmp_path / "out"), "--resume", "--json")
    assert first.returncode == 0
    assert json.loads(first.stdout)["done_now"] == 1800
    again = cli(*options(table, tmp_path / "out"), "--resume", "--json")
    assert again.returncode == 0
    told = json.loads(again.stdout)
    assert told["done_now"] == 0
    assert told["fitted"] == 1800
    refused = cli(*options(table, tmp_path / "out"))
    assert refused.returncode == 2
    assert "--resume" in refused.stderr


def resumed(data: Path, out: Path, model: str = MODEL, **more: object) -> BatchResult:
    return eisfit.run_batch(data, model, out, jobs=1, existing="resume", **more)


def test_changed_inputs_models_settings_and_versions_are_noticed(tmp_path, monkeypatch) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    files = write_folder(data, 3)
    resumed(data, out, validation="none")
    before = dataset(out)
    os.utime(files[0])  # the same content at another time is the same
    resumed(data, out, validation="none")
    with pytest.raises(OutputError, match="the model has changed"):
        resumed(data, out, "R0-p(R1,C1)", validation="none")
    with pytest.raises(OutputError, match="validation was none, and now is screening"):
        resumed(data, out, validation="screening")
    with pytest.raises(OutputError, match="start was None"):
        resumed(data, out, validation="none", start=TRUTH)
    old = files[1].read_bytes()
    files[1].write_bytes(old.replace(b"7", b"8", 1))  # as long as before
    with pytest.raises(OutputError, match=r"pellet_001.mpt has changed"):
        resumed(data, out, validation="none")
    files[1].write_bytes(old)
    write_folder(data, 4)
    with pytest.raises(OutputError, match=r"pellet_003.DTA was not among the inputs"):
        resumed(data, out, validation="none")
    (data / "pellet_003.DTA").unlink()
    monkeypatch.setattr("eisfit.batch.plan.__version__", "99.0")
    with pytest.raises(OutputError, match=r"written with eisfit .*, and this run uses 99.0"):
        resumed(data, out, validation="none")
    assert dataset(out) == before


def test_a_second_run_into_one_folder_is_told(table, tmp_path) -> None:
    out = tmp_path / "out"
    hold = "import sys, time; from pathlib import Path; from eisfit.batch.lock import lock_folder"
    hold += "\nwith lock_folder(Path(sys.argv[1])): print('held', flush=True); time.sleep(300)"
    other = subprocess.Popen([sys.executable, "-c", hold, str(out)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    done = cli(*options(table, out), "--resume")
    assert done.returncode == 2
    assert f"another run (process {other.pid} on {socket.gethostname()})" in done.stderr
    assert not (out / "results").exists()
    other.kill()  # it cannot remove its lock
    other.communicate()
    assert (out / "run.lock").exists()
    assert cli(*options(table, out), "--resume", "--quiet").returncode == 0  # now it is stale


def test_a_lock_left_by_another_host_is_not_taken_for_stale(table, tmp_path) -> None:
    (tmp_path / "run.lock").write_text("1\nelsewhere\n")
    with pytest.raises(OutputError, match="process 1 on elsewhere"):
        eisfit.run_batch(table, MODEL, tmp_path, validation="none")
    assert (tmp_path / "run.lock").exists()


def test_a_full_disk_is_told_and_what_is_done_is_kept(large, tmp_path, monkeypatch) -> None:
    table, whole = large
    out, room = tmp_path / "out", 3
    to_disk = atomic._flush_to_disk

    def full(path: Path) -> None:
        if path.suffix == atomic.UNFINISHED and len(list(out.glob("results/chunk-*"))) >= room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        to_disk(path)

    more = {"start": TRUTH, "validation": "screening", "chunk_size": 512}
    monkeypatch.setattr(atomic, "_flush_to_disk", full)
    with pytest.raises(OutputError, match=r"No space left on device.*--resume"):
        resumed(table, out, **more)
    assert dataset(out) == {name: whole[name] for name in sorted(whole)[:room]}
    monkeypatch.undo()
    resumed(table, out, **more)
    assert dataset(out) == whole


def test_a_limit_of_file_sizes_is_told_and_leaves_no_part(large, tmp_path) -> None:
    pytest.importorskip("resource")
    table, whole = large
    arguments = ["-m", MODEL, "-o", tmp_path / "out", "--start", START,
                 "--validation", "screening", "--chunk-size", 512]  # fmt: skip
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000)); "
    limit += "from eisfit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", limit, "batch", str(table), *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert not list((tmp_path / "out/results").iterdir())
    assert cli(table, *arguments, "--resume").returncode == 0
    assert dataset(tmp_path / "out") == whole


def test_exit_codes_and_json(table, tmp_path) -> None:
    (tmp_path / "bad.DTA").write_bytes(b"EXPLAIN\nTAG\tEISPOT\n")
    mixed = cli(table, tmp_path / "bad.DTA", *options(table, tmp_path / "out")[1:], "--json")
    assert mixed.returncode == 1
    told = json.loads(mixed.stdout)
    assert told["fitted"] == 1800
    assert [Path(f["id"].split("#")[0]).name for f in told["failures"]] == ["bad.DTA"]
    quiet = cli(*options(table, tmp_path / "quiet"), "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    bad = cli(table, "-m", MODEL, "-o", tmp_path / "x", "--start", "R0=ten")
    assert bad.returncode == 2
    assert "write it as in R0=10" in bad.stderr
    assert cli(tmp_path / "nothing*", "-m", MODEL, "-o", tmp_path / "x").returncode == 2


def test_start_values_may_stand_in_a_file(table, tmp_path) -> None:
    (tmp_path / "start.toml").write_text("\n".join(f"{k} = {v}" for k, v in TRUTH.items()))
    (tmp_path / "start.json").write_text(json.dumps(TRUTH))
    found = []
    for name in ("start.toml", "start.json"):
        out = tmp_path / name.replace(".", "_")
        arguments = ["--start", tmp_path / name, "--validation", "none", "--chunk-size", 512]
        assert cli(table, "-m", MODEL, "-o", out, *arguments, "--quiet").returncode == 0
        found.append(dataset(out))
    assert found[0] == found[1]


def test_outputs_below_the_input_are_not_taken_for_input(tmp_path) -> None:
    write_folder(tmp_path / "data", 3)
    pattern = str(tmp_path / "data" / "**")
    eisfit.run_batch(pattern, MODEL, tmp_path / "data/out", jobs=1, validation="none")
    again = resumed(pattern, tmp_path / "data/out", validation="none")
    assert again.done_now == 0
    assert again.spectra == 3
