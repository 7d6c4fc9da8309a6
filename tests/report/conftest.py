"""Reports that several tests read; each is written once."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from eisfit.analysis.pipeline import Analysis


@pytest.fixture(scope="session")
def example() -> ModuleType:
    """The module that makes analyses by hand."""
    spec = importlib.util.spec_from_file_location("example", Path(__file__).parent / "example.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def evil() -> str:
    """A file name that must stay text."""
    return "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def folder(example: ModuleType, evil: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of five temperatures whose file names try to be code."""
    from eisfit.report.files import write_report

    analysis = example.analysis((-20, 0, 25, 50, 75), name=evil)
    return write_report(analysis, tmp_path_factory.mktemp("report") / "out")


@pytest.fixture(scope="session")
def ageing(example: ModuleType) -> Analysis:
    """A symmetric cell over 100 h whose interphase grows with the root of time."""
    return example.ageing(np.geomspace(0.5, 100, 10), name="<b>cell</b>")
