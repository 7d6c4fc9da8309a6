"""The analyses that are drawn: the same as those that are reported."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from eisfit.analysis.pipeline import Analysis

EXAMPLE = Path(__file__).parents[1] / "report" / "example.py"
MEASURE = Path(__file__).parent / "measure.py"


def module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def example() -> ModuleType:
    """The module that makes analyses by hand."""
    return module_at(EXAMPLE)


@pytest.fixture(scope="session")
def measure() -> ModuleType:
    """The module that measures pictures."""
    return module_at(MEASURE)


@pytest.fixture(scope="session")
def ageing(example: ModuleType) -> Analysis:
    """A symmetric cell over 100 h whose interphase grows with the root of time."""
    return example.ageing(np.geomspace(0.5, 100, 10))
