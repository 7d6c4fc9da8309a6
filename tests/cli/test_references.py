"""``eisfit references`` as a user meets it: searches, JSON, sentences where nothing fits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

OWN = """
schema = 1
material = "LLTO"
title = "One's own"

[[source]]
id = "mine"
sample = "pellet"
composition = "Li0.33La0.56TiO3"
temperature_C = 25
citation = "Somebody 2026"
values = [{ kind = "bulk", conductivity_S_cm = 7e-4, verification = "abstract" }]
"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "eisfit.cli", *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "error in eisfit itself" not in done.stderr, done.stderr
    return done


def found(*arguments: object) -> list[dict[str, object]]:
    done = run("references", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_json_keeps_the_contract() -> None:
    rows = found("LLTO")
    keys = "id material composition kind quantity value unit temperature_K doi"
    assert all(set(keys.split()) <= set(row) for row in rows)
    assert {row["material"] for row in rows} == {"LLTO"}
    assert "contains Sr" in {row["apart"] for row in rows}


def test_a_search_by_elements_kind_range_and_temperature() -> None:
    rows = found(
        "Li La Zr", "--kind", "total", "--quantity", "conductivity",
        "--between", "1e-4", "5e-4", "--at", "25",
    )  # fmt: skip
    assert {(row["id"], row["value"]) for row in rows} == {
        ("LLZTO-Li6.5La3Zr1.5Ta0.5O12", 2.8e-4),
        ("LLZTO-Li6La3ZrTaO12", 3.5e-4),
    }


def test_a_table_says_at_what_temperature_and_where_seen_and_what_conflicts() -> None:
    done = run("references", "Li3YCl6")
    assert done.returncode == 0
    first = next(line for line in done.stdout.splitlines() if "5.39e-4" in line)
    assert first.split()[:4] == ["Li3YCl6", "Li3YCl6", "total", "5.39e-4"]
    for words in ("room,", "database", "unverified", "not stated", "5.1e-4"):
        assert words in done.stdout, words
    assert "Li3YCl6: Asano 2018, Adv. Mater., doi:10.1002/adma.201803075" in done.stdout
    assert "  5.1e-4 S/cm: said to be in the text of the publication" in done.stdout


def test_nothing_that_fits_says_what_is_near() -> None:
    ask = ("references", "LLTO", "--kind", "bulk", "--quantity", "conductivity")
    done = run(*ask, "--between", "1e-2", "1e-1")
    assert (done.returncode, done.stdout) == (0, "")
    assert (
        "no value matches; the nearest are: bulk 1e-3 S/cm, 27 °C (LLTO-Inaguma1993)" in done.stderr
    )
    done = run("references", "NASICON", "--kind", "grain_boundary", "--json")
    assert json.loads(done.stdout) == []
    assert "available are: bulk conductivity, unspecified conductivity" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("LLT0",), "did you mean 'LLTO'"),
        (("--kind", "bulc"), "did you mean 'bulk'"),
        (("--between", "1", "2"), "a range needs a quantity"),
        (("--references", "nowhere"), "not a folder"),
    ],
)
def test_a_search_that_cannot_be_is_a_sentence(arguments, message: str) -> None:
    done = run("references", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_folder_of_ones_own_is_searched_too(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN, encoding="utf-8")
    rows = found("LLTO", "--references", tmp_path)
    assert "mine" in {row["id"] for row in rows}
    assert "mine" not in {row["id"] for row in found("LLTO")}


def test_a_series_is_compared_with_values_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.toml").write_text(OWN, encoding="utf-8")
    sample = ROOT / "sample_data/llto_pellet"
    done = run(
        "series", sample, "--material", "LLTO", "--references", tmp_path / "own",
        "-o", tmp_path / "out", "--json",
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    results = json.loads(done.stdout)
    (row,) = [r for r in results["comparison"] if r["reference_id"] == "mine"]
    assert (row["process"], row["quantity"]) == ("bulk", "conductivity_S_cm")
    assert row["difference"] == pytest.approx(row["measured"] / 7e-4)
    assert row["verdict"] == ("agrees" if 0.5 <= row["difference"] <= 2 else "differs")


def test_a_folder_that_is_none_stops_a_series_before_its_work(tmp_path: Path) -> None:
    sample = ROOT / "sample_data/llto_pellet"
    done = run("series", sample, "--references", tmp_path / "nowhere", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "not a folder" in done.stderr
    assert not (tmp_path / "out").exists()
