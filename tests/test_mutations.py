"""The records of `benchmarks/mutations.py` follow the package: what they change is there."""

import importlib.util
import sys
from pathlib import Path

FILE = Path(__file__).parents[1] / "benchmarks" / "mutations.py"


def test_no_mutation_is_stale() -> None:
    spec = importlib.util.spec_from_file_location("mutations", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutations"] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules["mutations"]
    assert module.stale() == []
    assert len({m.name for m in module.MUTATIONS}) == len(module.MUTATIONS)
