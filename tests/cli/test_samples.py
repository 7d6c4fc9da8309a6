"""Several folders are several samples: their reports and the comparison."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from eisfit.circuit.simulation import frequencies, simulate
from eisfit.cli.series import are_samples, sample_names
from eisfit.io.writing import write_spectrum

BOLTZMANN_EV = 8.617333262e-5  # eV/K
MODEL = "polymer_electrolyte"
ENERGY = {"one": 0.40, "two": 0.40, "<b>three": 0.45}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "eisfit.cli", *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "error in eisfit itself" not in done.stderr, done.stderr
    return done


def sample(folder: Path, energy: float, seed: int) -> Path:
    """Write five temperatures of a sample with one arc."""
    folder.mkdir()
    for i, T in enumerate((280.0, 295.0, 310.0, 325.0, 340.0)):
        R = 2e3 * T / 300 * np.exp(energy / BOLTZMANN_EV * (1 / T - 1 / 300))
        values = {"R_lead": 1.0, "L_lead": 1e-7, "R_electrolyte": R, "Q_electrolyte": 2e-10,
                  "n_electrolyte": 0.95, "Q_electrode": 1e-6, "n_electrode": 0.85}  # fmt: skip
        spectrum = simulate(MODEL, values, frequencies(1.0, 5e6, per_decade=8), noise=0.005,
                            seed=100 * seed + i, temperature=T)  # fmt: skip
        write_spectrum(spectrum, folder / f"pellet_{T:.0f}K.csv")
    return folder


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory):
    place = tmp_path_factory.mktemp("samples")
    folders = [sample(place / name, E, i) for i, (name, E) in enumerate(ENERGY.items())]
    (place / "bad").mkdir()
    (place / "bad" / "notes.dat").write_text("no data here")
    done = run("series", *folders, place / "bad", "-m", MODEL, "--thickness", "1 mm",
               "--diameter", "10 mm", "-o", place / "out")  # fmt: skip
    return done, place / "out"


def test_each_sample_has_its_report_and_one_compares_them(compared) -> None:
    done, place = compared
    assert done.returncode == 1  # one folder could not be analysed
    assert "bad: " in done.stderr
    assert "the other samples are compared" in done.stderr
    for name in ("report.html", "report.pdf", "results.json", "samples.csv", "differences.csv"):
        assert (place / name).stat().st_size > 300
    for folder in ("one", "two", "_b_three"):
        assert (place / folder / "report.html").stat().st_size > 10_000
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "<b>three" not in page
    assert "&lt;b&gt;three" in page
    links = re.findall(r'href="([^"#]+)/report.html"', page)
    assert links == ["one", "two", "_b_three"]
    assert not re.findall(r'(?:src|href)="https?:(?!//doi.org)', page)


def test_only_the_real_difference_is_named(compared) -> None:
    _, place = compared
    found = json.loads((place / "results.json").read_text(encoding="utf-8"))
    assert [s["name"] for s in found["samples"]] == list(ENERGY)
    own = json.loads((place / "one" / "results.json").read_text(encoding="utf-8"))
    assert found["samples"][0]["results"]["arrhenius"] == own["arrhenius"]
    energies = {
        (d["first"], d["second"]): d
        for d in found["differences"]
        if (d["process"], d["quantity"]) == ("electrolyte", "activation_energy_eV")
    }
    assert energies["one", "two"]["verdict"] == "not distinguishable"
    for first in ("one", "two"):
        told = energies[first, "<b>three"]
        assert told["verdict"] == "different"
        assert told["difference"] == pytest.approx(-0.05, abs=4 * told["stderr"])
    view = found["meyer_neldel"]["electrolyte"]
    assert len(view["activation_energy_eV"]) == 3
    assert {"samples", "differences", "agreements", "meyer_neldel", "findings", "files"} <= set(
        found
    )


def test_the_tables_hold_the_same_numbers(compared) -> None:
    _, place = compared
    with (place / "samples.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    energy = {r["sample"]: float(r["E_a (ln sigma T) [eV]"]) for r in rows}
    for name, truth in ENERGY.items():
        assert energy[name] == pytest.approx(truth, abs=0.005)


def test_one_good_sample_is_not_enough(compared, tmp_path: Path) -> None:
    _, place = compared
    done = run("series", place.parent / "one", place.parent / "bad", "-m", MODEL,
               "-o", tmp_path / "x")  # fmt: skip
    assert done.returncode == 2
    assert "a comparison needs two samples" in done.stderr
    assert not (tmp_path / "x").exists()


def test_names_and_what_is_a_sample(tmp_path: Path) -> None:
    assert sample_names(["a/x/p", "b/x/p", "q"]) == ["a/x/p", "b/x/p", "q"]
    (tmp_path / "d").mkdir()
    assert not are_samples([str(tmp_path)])
    assert not are_samples([str(tmp_path), "file.csv"])
    assert are_samples([str(tmp_path), str(tmp_path / "d")])


def test_a_series_along_bias_needs_no_temperature(tmp_path: Path) -> None:
    folder = tmp_path / "cell"
    folder.mkdir()
    lines = ["schema = 1", 'along = "bias"']
    for i, volt in enumerate((0.0, 0.1, 0.2)):
        write_spectrum(
            simulate(MODEL, frequency=frequencies(1.0, 5e6, per_decade=8), seed=i),
            folder / f"{chr(97 + i)}.csv",
        )
        lines += [f'[files."{chr(97 + i)}.csv"]', f'bias = "{volt} V"']
    (folder / "series.toml").write_text("\n".join(lines))
    done = run("series", folder, "-m", MODEL, "-o", tmp_path / "out")
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert found["coordinate"] == {"name": "bias", "values": [0.0, 0.1, 0.2]}, done.stderr
    wrong = run("series", folder, "-m", MODEL, "--along", "mood", "-o", tmp_path / "no")
    assert wrong.returncode == 2
    assert "temperature, time, bias" in wrong.stderr
