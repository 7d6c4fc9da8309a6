"""The scripts in examples/ run as they stand, and what they print is true."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(name: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_folder_of_pellets(tmp_path) -> None:
    said = run("pellet_folder.py", "--pellets", 1, "--output", tmp_path)
    assert "7 spectra, 6 fitted, 1 failed" in said
    assert "again.mpt" in said
    told = re.findall(r"(-?\d+)   (\d\.\d+e[-+]\d+) ± (\d\.\d+e[-+]\d+)", said)
    assert [int(t) for t, _, _ in told] == [-20, 0, 20, 40, 60, 80]
    values = [float(v) for _, v, _ in told]
    assert values == sorted(values)
    assert (tmp_path / "fits/overview.html").exists()


def test_a_cell_cycled(tmp_path) -> None:
    said = run("cycling.py", "--cycles", 40, "--output", tmp_path)
    mean, spread = map(float, re.findall(r"mean ([-+.\d]+), spread ([.\d]+)", said)[0])
    assert abs(mean) < 4 / 40**0.5
    assert abs(spread - 1) < 4 / 80**0.5
    assert "<svg" in (tmp_path / "resistance.svg").read_text(encoding="utf-8")


def test_a_sweep(tmp_path) -> None:
    said = run("sweep.py", "--steps", 3, "--repeats", 2, "--output", tmp_path)
    rows = [line.split() for line in said.splitlines() if re.match(r" +\d", line)]
    assert len(rows) == 3
    near, far = float(rows[0][-2]), float(rows[-1][-2])
    assert far < near  # arcs far apart are better known


@pytest.mark.parametrize("count", [400])
def test_a_monte_carlo_study(tmp_path, count) -> None:
    said = run("monte_carlo.py", count, "--output", tmp_path)
    assert f"{count} fitted" in said
    rows = [line.split() for line in said.splitlines() if line.endswith("%")][1:]
    assert len(rows) == 9
    for name, _, bias, scatter, stated, inside, _ in rows:
        assert abs(float(bias)) < 4 / count**0.5, name
        # the scatter of n numbers is known to 1/√(2 n)
        assert abs(float(scatter) / float(stated) - 1) < 4 / (2 * count) ** 0.5, name
        assert float(inside) > 95 - 4 * 100 * (0.05 * 0.95 / count) ** 0.5, name
    again = run("monte_carlo.py", count, "--output", tmp_path)
    assert "0 spectra/s" in again
