"""``eisfit validate``: the contract of its JSON, its table and its exit code."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from eisfit.circuit.simulation import frequencies, simulate

ROOT = Path(__file__).parents[2]
KEYS = {"file", "sweep", "verdict", "noise_percent", "valid_range_Hz", "findings"}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "eisfit.cli", "validate", *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("folder", ["llto_pellet", "lipon_lco_stack"])
def test_the_sample_data_are_valid(folder: str) -> None:
    done = run(ROOT / "sample_data" / folder, "--json")
    rows = json.loads(done.stdout)
    assert done.returncode == 0
    assert {r["verdict"] for r in rows} == {"valid"}
    for row in rows:
        assert row.keys() >= KEYS
        assert 0.1 < row["noise_percent"] < 0.5
        low, high = row["valid_range_Hz"]
        assert 0 < low < high


def test_a_step_is_told_with_its_place(tmp_path) -> None:
    f = frequencies(1, 1e6, per_decade=10)
    Z = simulate("R0 + (R1|Q1)", [10, 100, 1e-6, 0.9], f, noise=0.002, seed=1).impedance.copy()
    Z[30:] *= 1.04
    file = tmp_path / "step.csv"
    np.savetxt(
        file, np.column_stack([f, Z.real, Z.imag]), delimiter=",",
        header="Frequency (Hz),Z' (Ohm),Z'' (Ohm)", comments="",
    )  # fmt: skip
    done = run(file, "--json")
    (row,) = json.loads(done.stdout)
    assert done.returncode == 1
    assert row["verdict"] == "doubtful"
    (step,) = [x for x in row["findings"] if x["code"] == "step"]
    assert f"{f[29]:.4g} and {f[30]:.4g} Hz" in step["message"]
    table = run(file)
    assert "doubtful" in table.stdout
    assert "step" in table.stderr
