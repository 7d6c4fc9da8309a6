"""Physical constants: their values, and that tests spell them instead of asking the package."""

import ast
from pathlib import Path

import pytest

from eisfit.base import constants


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # the SI of 2019 defines k = 1.380649e-23 J/K and e = 1.602176634e-19 C
        ("BOLTZMANN_EV", 1.380649e-23 / 1.602176634e-19),
        ("ELEMENTARY_CHARGE", 1.602176634e-19),
        ("VACUUM_PERMITTIVITY", 8.8541878128e-12),  # CODATA 2018
        ("ZERO_CELSIUS", 273.15),
        ("ROOM_TEMPERATURE", 298.15),
    ],
)
def test_constants_have_their_published_values(name: str, value: float) -> None:
    assert getattr(constants, name) == pytest.approx(value, rel=1e-10)


def test_tests_spell_constants() -> None:
    """A test that takes a constant from the package passes whatever its value is."""
    files = set(Path(__file__).parents[1].rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{file.name}: {node.module}"
        for file in sorted(files - {Path(__file__)})
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("eisfit")
        and "constants" in [*(node.module or "").split("."), *(name.name for name in node.names)]
    ]
    assert not found
