"""Importing the package loads nothing heavy; every public name is there."""

import doctest
import pkgutil
import subprocess
import sys

import eisfit
import eisfit.data.spectrum

PUBLIC_MODULES = {"interop", "plots", "readers"}
HEAVY = ("numpy", "scipy", "matplotlib", "lmfit", "pandas", "impedance", "rich", "jinja2", "fpdf")


def test_importing_loads_nothing_heavy() -> None:
    code = f"import sys, eisfit; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_had() -> None:
    for name in eisfit.__all__:
        assert getattr(eisfit, name) is not None


def test_dir_shows_the_public_names_only() -> None:
    assert sorted(eisfit.__all__) == dir(eisfit)


def test_help_and_errors_show_the_public_name() -> None:
    for name in set(eisfit.__all__) - PUBLIC_MODULES:
        value = getattr(eisfit, name)
        assert f"{value.__module__}.{value.__qualname__}" == f"eisfit.{name}"


def test_no_other_public_name_is_that_of_a_module() -> None:
    """Importing such a module would put it in the place of the function of its name."""
    modules = {info.name for info in pkgutil.iter_modules(eisfit.__path__)}
    assert modules & set(eisfit.__all__) == PUBLIC_MODULES


def test_doctests_of_public_classes_run() -> None:
    assert eisfit.Spectrum.__module__ == "eisfit"
    found = doctest.DocTestFinder().find(eisfit.data.spectrum)
    assert any(test.examples and test.name.endswith(".Spectrum") for test in found)
