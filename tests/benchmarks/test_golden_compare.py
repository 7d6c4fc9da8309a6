"""The comparison of golden results finds what differs, and nothing else."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "golden_compare.py"


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_compare", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def differences(golden: ModuleType, tmp_path: Path, old: object, new: object) -> list[str]:
    for name, content in (("old", old), ("new", new)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "fit.json").write_text(json.dumps(content), encoding="utf-8")
    found = golden.compare_folders(tmp_path / "old", tmp_path / "new")
    return [difference.path for difference in found.differences]


OLD = {"R": 100.0, "findings": [{"code": "drift", "message": "it drifts"}], "Z": [1.0, 1e-14]}


def test_equal_results_do_not_differ(golden: ModuleType, tmp_path: Path) -> None:
    assert differences(golden, tmp_path, OLD, OLD | {"added": 1}) == []


def test_texts_for_people_and_rounding_do_not_count(golden: ModuleType, tmp_path: Path) -> None:
    new = {
        "R": 100.0 * (1 + 5e-10),
        "findings": [{"code": "drift", "message": "drift in time"}],
        "Z": [1.0, 1.1e-14],
    }
    assert differences(golden, tmp_path, OLD, new) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"R": 100.0 * (1 + 2e-9)}, "fit.json/R"),
        ({"R": None}, "fit.json/R"),
        ({"Z": [1.0]}, "fit.json/Z"),
        ({"findings": [{"code": "step", "message": ""}]}, "fit.json/findings/0/code"),
    ],
)
def test_a_change_is_found(
    golden: ModuleType, tmp_path: Path, change: dict[str, object], path: str
) -> None:
    assert path in differences(golden, tmp_path, OLD, OLD | change)


def test_a_missing_key_is_found(golden: ModuleType, tmp_path: Path) -> None:
    assert differences(golden, tmp_path, OLD, {k: OLD[k] for k in ("R", "Z")}) == [
        "fit.json/findings"
    ]
