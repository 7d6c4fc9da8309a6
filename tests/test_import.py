"""Importing the package loads nothing heavy; every public name is there."""

import pkgutil
import subprocess
import sys

import eisfit

HEAVY = ("numpy", "scipy", "matplotlib", "lmfit", "pandas", "impedance", "rich", "jinja2", "fpdf")


def test_importing_loads_nothing_heavy() -> None:
    code = f"import sys, eisfit; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_had() -> None:
    for name in eisfit.__all__:
        assert getattr(eisfit, name) is not None


def test_no_public_name_is_that_of_a_module() -> None:
    """Importing such a module would put it in the place of the function of its name."""
    rooms = {info.name for info in pkgutil.iter_modules(eisfit.__path__)}
    assert not rooms & set(eisfit.__all__)
