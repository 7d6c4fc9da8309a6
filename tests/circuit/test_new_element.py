"""CONTRIBUTING's steps add an element: they are applied to a copy of the package."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## An element\n")[1]
CODE, CIRCUIT_ROW = re.search(
    r"```python\n(.*?)ELEMENTS = \(\n.*?\n( *ElementKind\(.*?\),\n)\)\n```", SECTION, re.DOTALL
).groups()
ENGINE_ROW = re.search(r"```text\n(.*?)```", SECTION, re.DOTALL)[1]
CHECK = """
import numpy as np
from eisfit.circuit import compile_tape, evaluate, evaluate_with_jacobian, parse
from eisfit.fitting.engine.solver import encode_tape

tape = compile_tape(parse("R0 + S1"))
assert tape.names == ("R0", "S1_R", "S1_tau")
omega, values = np.geomspace(1e-3, 1e6, 20), np.array([5.0, 80.0, 1e-2])
Z, J = evaluate_with_jacobian(tape, omega, values)
np.testing.assert_allclose(Z, 5 + 80 / (1 + np.sqrt(1j * omega * 1e-2)), rtol=1e-12)
for i, p in enumerate(values):
    up, down = (values + sign * 1e-5 * p * (np.arange(3) == i) for sign in (1, -1))
    slope = (evaluate(tape, omega, up) - evaluate(tape, omega, down)) / (2e-5 * p)
    np.testing.assert_allclose(J[:, i], slope, rtol=1e-7)
print("compiled" if encode_tape(tape, "impedance") is not None else "not compiled")
"""


def insert(file: Path, before: str, text: str) -> None:
    source = file.read_text(encoding="utf-8")
    assert source.count(before) == 1
    file.write_text(source.replace(before, text + before), encoding="utf-8")


@pytest.mark.parametrize("in_engine", [True, False])
def test_the_steps_of_contributing_add_an_element(tmp_path: Path, in_engine: bool) -> None:
    shutil.copytree(
        ROOT / "eisfit", tmp_path / "eisfit", ignore=shutil.ignore_patterns("__pycache__")
    )
    lumped = tmp_path / "eisfit/circuit/lumped.py"
    insert(lumped, "ELEMENTS = (\n", CODE)
    insert(lumped, ')\n"""The elements of this module."""\n', CIRCUIT_ROW)
    if in_engine:
        insert(tmp_path / "eisfit/fitting/engine/solver.py", '        "R": _Code(', ENGINE_ROW)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ("compiled" if in_engine else "not compiled")
