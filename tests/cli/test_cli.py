"""The command line as a user meets it: exit codes, JSON, sentences instead of tracebacks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import eisfit
from eisfit.report.results import results

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data/llto_pellet"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "eisfit.cli", *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "error in eisfit itself" not in done.stderr, done.stderr
    return done


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    place = tmp_path_factory.mktemp("report") / "out"
    return run("series", SAMPLE, "-o", place), place


def test_the_sample_becomes_a_report(report) -> None:
    done, place = report
    assert done.returncode == 0, done.stderr
    for name in ("report.html", "report.pdf", "results.json", "parameters.csv", "arrhenius.csv"):
        assert (place / name).stat().st_size > 500
    assert list((place / "figures").glob("*.svg"))
    assert "grain boundary" in done.stdout


def test_the_results_keep_the_contract(report) -> None:
    _, place = report
    text = (place / "results.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    found = json.loads(text)
    assert found["schema_version"] == 1
    assert found["geometry"]["thickness_m"] == pytest.approx(1.2e-3)
    assert len(found["spectra"]) == 12
    first = found["spectra"][0]
    assert first["verdict"] == "usable"
    assert first["source"]["format"] == "biologic"
    assert first["temperature_K"] == pytest.approx(253.15)
    assert set(first["parameters"]["R_bulk"]) >= {"value", "stderr", "ci95", "unit", "at_bound"}
    bulk = first["processes"]["bulk"]
    assert set(bulk) >= {
        "resistance_ohm",
        "stderr",
        "capacitance_F",
        "time_constant_s",
        "conductivity_S_cm",
        "area_resistance_ohm_cm2",
        "candidates",
        "derived",
    }
    line = found["arrhenius"]["bulk"]
    assert line["activation_energy_eV"] == pytest.approx(0.40, abs=0.002)
    assert line["form"] == "ln_sigma_T"
    assert set(line) >= {
        "stderr_eV",
        "ci95_eV",
        "prefactor",
        "activation_energy_ln_sigma_eV",
        "conductivity_25C_S_cm",
        "n_points",
        "temperature_range_K",
        "method",
        "findings",
    }
    assert set(found["comparison"][0]) >= {
        "process",
        "quantity",
        "measured",
        "measured_stderr",
        "reference_value",
        "reference_id",
        "doi",
        "form",
        "difference",
        "tolerance",
        "verdict",
        "why",
    }


def test_the_line_in_python_gives_the_numbers_of_the_command(report) -> None:
    _, place = report
    by_command = json.loads((place / "results.json").read_text(encoding="utf-8"))
    by_python = results(eisfit.analyze_series(eisfit.load_series(SAMPLE)))
    for part in ("geometry", "spectra", "arrhenius", "comparison"):
        assert json.loads(json.dumps(by_python[part])) == by_command[part], part
    assert by_command["comparison"]  # the sheet's material was compared


@pytest.mark.parametrize("option", ["--model", "--thickness"])
def test_an_empty_option_is_not_taken_for_none_given(option: str, tmp_path) -> None:
    """The sheet or a default must not step in where a variable of a script is not set."""
    done = run("series", SAMPLE, option, "", "-o", tmp_path)
    assert done.returncode == 2
    assert f"{option} is empty" in done.stderr
    assert not list(tmp_path.iterdir())


def test_an_empty_output_is_not_the_folder_one_stands_in() -> None:
    done = run("convert", SAMPLE, "-o", "")
    assert done.returncode == 2
    assert "--output is empty" in done.stderr


def test_show_lists_every_file_as_json() -> None:
    done = run("show", SAMPLE, "--json")
    assert done.returncode == 0
    listed = json.loads(done.stdout)
    assert len(listed) == 12
    assert {"file", "format", "spectra"} <= set(listed[0])
    assert {"sweep", "n_points", "frequency_range_Hz", "temperature_K", "findings"} <= set(
        listed[0]["spectra"][0]
    )


def test_fit_prints_json_of_the_same_form() -> None:
    done = run(
        "fit", SAMPLE / "LLTO_pelletA_0C.mpt", "-m", "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", "--json"
    )
    found = json.loads(done.stdout)
    assert list(found[0]["parameters"]) == ["R0", "R1", "Q1", "n1", "R2", "Q2", "n2", "Q3", "n3"]
    assert set(found[0]["processes"]) == {"process_1", "process_2"}


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("formats",), {"name", "title"}),
        (("models",), {"name", "title"}),
        (("models", "llto_pellet"), {"name", "title", "parameters", "processes"}),
        (
            ("references", "LLTO"),
            {
                "id",
                "material",
                "composition",
                "kind",
                "quantity",
                "value",
                "unit",
                "temperature_K",
                "doi",
            },
        ),
    ],
)
def test_lists_print_json(arguments, keys) -> None:
    done = run(*arguments, "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert keys <= set(found[0] if isinstance(found, list) else found)


def test_simulate_writes_files_that_can_be_read(tmp_path: Path) -> None:
    for ending in ("csv", "mpt", "dta"):
        done = run(
            "simulate", "llto_pellet", "--set", "R_bulk=2e3", "--format", ending, "-o", tmp_path
        )
        assert done.returncode == 0, done.stderr
    listed = json.loads(run("show", tmp_path, "--json").stdout)
    assert sorted(entry["format"] for entry in listed) == ["biologic", "delimited", "gamry"]


def test_init_writes_a_sheet_that_series_reads(tmp_path: Path) -> None:
    for path in sorted(SAMPLE.glob("*C.*"))[:4]:
        shutil.copy(path, tmp_path)
    assert run("init", tmp_path).returncode == 0
    sheet = tmp_path / "series.toml"
    assert "temperature" in sheet.read_text(encoding="utf-8")
    again = run("init", tmp_path)
    assert again.returncode == 2
    assert "series.toml" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fit", "nowhere.mpt", "-m", "llto_pellet"), "nowhere.mpt"),
        (("fit", SAMPLE, "-m", "lto_pelet"), "did you mean 'llto_pellet'"),
        (("fit", SAMPLE, "-m", "R0-p(R1,CPE1"), "not closed"),
        (("series", SAMPLE, "-o", "x", "--thickness", "1.2", "--diameter", "1cm"), "has no unit"),
        (("series", SAMPLE, "-o", "x", "--thickness", "1.2mm"), "--diameter"),
        (("series", SAMPLE, "-o", "x", "--lead-resistance", "1.5"), "has no unit"),
        (("series", SAMPLE, "-o", "x", "--along", "pressure"), "pressure"),
        (("references", "LTO"), "did you mean"),
        (("simulate", "llto_pellet", "--set", "R_bulk", "-o", "x"), "R_bulk=2e3"),
        (("simulate", "llto_pellet", "--set", "R_blk=1", "-o", "x"), "did you mean 'R_bulk'"),
        (("series", SAMPLE), "--output"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(arguments, said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def write(path: Path, Z, f) -> None:
    rows = [f"{a:.8g},{z.real:.8g},{z.imag:.8g}" for a, z in zip(f, Z, strict=True)]
    path.write_text("frequency/Hz,Re(Z)/Ohm,Im(Z)/Ohm\n" + "\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def ugly(tmp_path_factory):
    """A good series with every kind of bad file in it."""
    folder = tmp_path_factory.mktemp("ugly")
    for path in SAMPLE.glob("*C.*"):
        shutil.copy(path, folder)
    rng = np.random.default_rng(0)
    f = np.logspace(6, 0, 40)
    noise = rng.standard_normal(40) + 1j * rng.standard_normal(40)
    good = (folder / "LLTO_pelletA_20C.mpt").read_bytes()
    lines = good.decode().split("\r\n")
    (folder / "empty_21C.mpt").write_bytes(b"")
    (folder / "cut_22C.mpt").write_bytes(good[:200])
    (folder / "garbage_23C.DTA").write_bytes(rng.integers(0, 256, 4000, dtype=np.uint8).tobytes())
    write(folder / "short_24C.csv", 0.05 + 2j * np.pi * f * 1e-7 + 1e-4 * noise, f)
    write(folder / "open_25C.csv", (1 + 0.005 * noise.real) / (2j * np.pi * f * 2e-12), f)
    shutil.copy(folder / "LLTO_pelletA_20C.mpt", folder / "again_20C.mpt")
    shutil.copy(folder / "LLTO_pelletA_20C.mpt", folder / "nameless.mpt")
    texts = [*lines[:20], lines[20].replace(lines[20].split("\t")[1], "NaN"), *lines[21:30]]
    texts += [lines[30].replace(lines[30].split("\t")[1], "overload"), *lines[31:]]
    (folder / "text_20C.mpt").write_bytes("\r\n".join(texts).encode())
    zero = [*lines[:12], "0\t1\t1\t1\t1\t1", "-5\t1\t1\t1\t1\t1", lines[14], *lines[12:]]
    (folder / "zero_20C.mpt").write_bytes("\r\n".join(zero).encode())
    mixed = [*lines[:12], *reversed(lines[12:-1]), lines[-1]]
    (folder / "upward_20C.mpt").write_bytes("\r\n".join(mixed).encode())
    out = folder / "out"
    return run("series", folder, "-m", "llto_pellet", "--thickness", "1.2mm", "--diameter", "10mm",
               "-o", out), out  # fmt: skip


def test_bad_files_are_named_and_the_rest_is_analysed(ugly) -> None:
    done, out = ugly
    assert done.returncode == 1
    found = json.loads((out / "results.json").read_text(encoding="utf-8"))
    said = json.dumps(found["findings"])
    for name in (
        "empty_21C.mpt",
        "cut_22C.mpt",
        "garbage_23C.DTA",
        "nameless.mpt",
        "again_20C.mpt",
    ):
        assert name in said, name
    codes = {
        Path(s["source"]["file"]).name: {f["code"] for f in s["findings"]} for s in found["spectra"]
    }
    assert "open_circuit" in codes["open_25C.csv"]
    assert "short_circuit" in codes["short_24C.csv"]
    assert "not_a_number" in codes["text_20C.mpt"]
    assert "frequency_not_positive" in codes["zero_20C.mpt"]
    assert "duplicate_frequency" in codes["zero_20C.mpt"]
    for process, energy in (("bulk", 0.40), ("grain_boundary", 0.42)):
        assert found["arrhenius"][process]["activation_energy_eV"] == pytest.approx(
            energy, abs=0.003
        )


def test_only_bad_files_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "a_20C.mpt").write_bytes(b"")
    done = run("series", tmp_path, "-m", "llto_pellet", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "empty" in done.stderr
    assert not (tmp_path / "out").exists()
