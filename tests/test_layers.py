"""The layers of README's "How it is built": imports go downwards only, and never in a circle."""

import ast
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "eisfit"
LAYERS = (
    "base", "data", "circuit", "readers", "literature", "quality", "io", "fitting", "processes",
    "temperature", "analysis", "samples", "batch", "plots", "report", "interop", "app", "cli",
)  # fmt: skip
THIRD_PARTY = {
    "matplotlib": {"plots"}, "lmfit": {"fitting"}, "impedance": {"interop"},
    "jinja2": {"report"}, "fpdf": {"report"}, "typer": {"cli"}, "rich": {"cli"},
    "pandas": {"interop"}, "openpyxl": {"readers", "report"}, "xlrd": {"readers"},
    "pyarrow": {"batch", "io", "readers"}, "distributed": {"batch"}, "dask": {"batch"},
    "h5py": {"readers"}, "schemdraw": {"plots"}, "nicegui": {"app"}, "fastapi": {"app"},
    "uvicorn": {"app"}, "starlette": {"app"}, "tomlkit": {"app", "io"}, "filelock": {"batch"},
    "pylatexenc": {"report"}, "lazy_loader": set(),
}  # fmt: skip
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def module_name(file: Path) -> str:
    """Return ``eisfit.data.spectrum`` of ``eisfit/data/spectrum.py``."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = frozenset(map(module_name, FILES))


def layer(module: str) -> str:
    return module.split(".")[1]


def imports(file: Path) -> Iterator[str]:
    """Yield the modules that a file imports anywhere: in functions and for types too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def test_every_package_has_its_layer() -> None:
    assert {layer(module) for module in MODULES} == set(LAYERS)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_a_file_imports_from_its_own_layer_or_one_below(file: Path) -> None:
    own = layer(module_name(file))
    for target in imports(file):
        if target in MODULES:
            assert LAYERS.index(layer(target)) <= LAYERS.index(own), f"{file} imports {target}"
        allowed = THIRD_PARTY.get(target.split(".")[0])
        assert allowed is None or own in allowed, f"{file} imports {target}"


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = {module_name(f): (set(imports(f)) & MODULES) - {module_name(f)} for f in FILES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_no_file_is_too_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 600, f"split {file}"


def test_no_line_is_too_long() -> None:
    for file in [*FILES, PACKAGE / "__init__.pyi"]:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            assert len(line) <= 100, f"{file}:{number}"


def test_the_wheel_holds_every_package() -> None:
    table = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    stated = set(table["tool"]["setuptools"]["packages"]) - {"eisfit", "eisfit.circuits"}
    assert stated == {module_name(file) for file in FILES if file.name == "__init__.py"}
