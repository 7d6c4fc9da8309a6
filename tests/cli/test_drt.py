"""``eisfit drt``: the contract of its JSON, exit codes and figures; bad files stop no others."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "eisfit.cli", "drt", *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "error in eisfit itself" not in done.stderr, done.stderr
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two arcs at two temperatures."""
    f = np.geomspace(7e6, 0.1, 71)
    for celsius, faster in ((25, 1.0), (50, 5.0)):
        s = 2j * np.pi * f / faster
        Z = 20 + (500 / (1 + (s * 1e-6) ** 0.9) + 5000 / (1 + (s * 1e-2) ** 0.85)) / faster
        rng = np.random.default_rng(celsius)
        Z = Z * (1 + 0.002 * (rng.standard_normal(71) + 1j * rng.standard_normal(71)))
        rows = [f"{a:.7g},{z.real:.7g},{z.imag:.7g}" for a, z in zip(f, Z, strict=True)]
        text = "\n".join(["frequency / Hz,Re(Z) / Ohm,Im(Z) / Ohm", *rows]) + "\n"
        (tmp_path / f"pellet_{celsius}C.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_json_keeps_the_contract(folder: Path) -> None:
    done = run(folder, "--json")
    assert done.returncode == 0, done.stderr
    cold, warm = json.loads(done.stdout)
    assert set(cold) >= {"file", "sweep", "peaks", "polarization_ohm", "findings"}
    assert cold["sweep"] == 1
    assert cold["file"].endswith("pellet_25C.csv")
    assert [p["resistance_ohm"] for p in cold["peaks"]] == pytest.approx([500, 5000], rel=0.03)
    assert [p["time_constant_s"] for p in cold["peaks"]] == pytest.approx([1e-6, 1e-2], rel=0.08)
    assert all(p["sure"] for p in cold["peaks"])
    assert cold["polarization_ohm"] == pytest.approx(5500, rel=0.01)
    assert warm["polarization_ohm"] == pytest.approx(1100, rel=0.01)


def test_the_table_lists_every_peak(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0
    assert "pellet_25C.csv" in done.stdout
    assert "time constant / s" in done.stdout
    assert done.stdout.count("yes") == 4


def test_figures_are_written_whole(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "out" / "figures"
    done = run(folder, "-o", place)
    assert done.returncode == 0, done.stderr
    names = {"drt_pellet_25C.csv", "drt_pellet_50C.csv", "drt_series"}
    assert {p.name for p in place.iterdir()} == {f"{n}.{k}" for n in names for k in ("svg", "png")}
    assert all(p.stat().st_size > 3000 for p in place.iterdir())


def test_a_bad_file_does_not_stop_the_others(folder: Path) -> None:
    (folder / "broken.DTA").write_text("EXPLAIN\nZCURVE\tTABLE\nnonsense\n", encoding="utf-8")
    done = run(folder, "--json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)) == 2
    assert "broken.DTA" in done.stderr


def test_a_spectrum_of_few_points_does_not_stop_the_others(folder: Path) -> None:
    lines = (folder / "pellet_25C.csv").read_text(encoding="utf-8").splitlines()[:6]
    (folder / "short_25C.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run(folder, "--json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)) == 2
    assert "short_25C.csv" in done.stderr
    assert "8 points" in done.stderr


def test_nothing_to_do_is_two(folder: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "nowhere").returncode == 2
    only = tmp_path / "only"
    only.mkdir()
    lines = (folder / "pellet_25C.csv").read_text(encoding="utf-8").splitlines()[:6]
    (only / "short.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(only).returncode == 2


def test_a_place_that_cannot_be_written_is_two_and_leaves_nothing(folder: Path) -> None:
    blocker = folder / "taken.txt"
    shutil.copy(folder / "pellet_25C.csv", blocker)
    done = run(folder / "pellet_25C.csv", "-o", blocker)
    assert done.returncode == 2
    assert "taken.txt" in done.stderr
