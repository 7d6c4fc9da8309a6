"""The house of the README: a file imports only from floors below its own, or from its own room."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "eisfit"
ROOMS = (
    "base", "data", "circuit", "readers", "literature", "quality", "io", "fitting", "processes",
    "temperature", "analysis", "samples", "batch", "plots", "report", "interop", "app", "cli",
)  # fmt: skip
FLOOR = {room: floor for floor, room in enumerate(ROOMS)}
THIRD_PARTY = {
    "matplotlib": {"plots"}, "lmfit": {"fitting"}, "impedance": {"interop"},
    "jinja2": {"report"}, "fpdf": {"report"}, "typer": {"cli"}, "rich": {"cli"},
    "pandas": {"interop"}, "openpyxl": {"readers", "report"},
    "pyarrow": {"batch", "io", "readers"}, "distributed": {"batch"}, "dask": {"batch"},
    "h5py": {"readers"}, "schemdraw": {"plots"}, "nicegui": {"app"}, "fastapi": {"app"},
    "uvicorn": {"app"}, "starlette": {"app"}, "tomlkit": {"app"},
}  # fmt: skip
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def room(module: str) -> str:
    return module.removeprefix("eisfit.").split(".")[0]


def imports(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append(node.module)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_no_file_imports_from_above_its_own_floor(file: Path) -> None:
    own = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert own in FLOOR, f"{own} has no floor yet: give it one here and in the README"
    for target in imports(file):
        if target.startswith("eisfit."):
            there = room(target)
            assert there == own or FLOOR[there] < FLOOR[own], f"{file} imports {target}"
        home = THIRD_PARTY.get(target.split(".")[0])
        assert home is None or own in home, f"{file} imports {target}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_no_room_is_too_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400, f"split {file}"
