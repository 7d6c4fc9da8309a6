"""``eisfit doctor``: is everything in place on this machine."""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from importlib import metadata, util
from pathlib import Path
from typing import NamedTuple

import typer

from eisfit import __version__
from eisfit.cli import terminal
from eisfit.cli.options import Json

_PACKAGE = "eisfit-toolkit"
_EXTRAS = {
    "h5py": "HDF5 and MATLAB 7.3 files (extra files)",
    "emcee": "Markov chains (extra mcmc)",
    "distributed": "batches on a cluster (extra dask)",
}


class Check(NamedTuple):
    """One check: what was checked, its state, whether that is good, and what to do."""

    what: str
    state: str
    is_good: bool
    advice: str = ""


def doctor(json: Json = False) -> None:
    """Check versions, the compiled engine, its cache, cores and plugins; advise what to do.

    The exit code is 1 if a check fails. Try:

      eisfit doctor

      eisfit doctor --json > doctor.json     # to attach to an error report
    """
    checks = run_checks()
    works = all(check.is_good for check in checks)
    if json:
        terminal.print_json([
            {"what": c.what, "found": c.state, "well": c.is_good, "advice": c.advice}
            for c in checks
        ])  # fmt: skip
    else:
        rows = [[c.what, c.state, "" if c.is_good else "!"] for c in checks]
        terminal.print_table("", ["what", "state", ""], rows)
        for check in checks:
            if check.advice:
                typer.echo(f"  {check.what}: {check.advice}")
        typer.echo("everything works" if works else "see the lines marked with !")
    raise typer.Exit(code=int(not works))


def run_checks() -> list[Check]:
    """Return every check, done now."""
    return [
        Check("eisfit", __version__, True),
        Check("Python", f"{platform.python_version()}, {platform.system()} {platform.machine()}",
              sys.version_info >= (3, 11)),
        *(_package(name) for name in required_packages()),
        *(_extra(name, what) for name, what in _EXTRAS.items()),
        _cores(),
        *_engine(),
        *_plugins(),
    ]  # fmt: skip


def required_packages() -> list[str]:
    """Return the packages that eisfit requires, without extras; its name if it is not installed."""
    try:
        requirements = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        return [_PACKAGE]  # it is then reported as missing
    return [
        re.split(r"[^A-Za-z0-9_.-]", one, maxsplit=1)[0]
        for one in requirements
        if "extra ==" not in one
    ]


def _package(name: str) -> Check:
    try:
        return Check(name, metadata.version(name), True)
    except metadata.PackageNotFoundError:
        return Check(name, "missing", False, f"pip install {name}")


def _extra(name: str, what: str) -> Check:
    installed = util.find_spec(name) is not None
    return Check(name, metadata.version(name) if installed else f"not installed: {what}", True)


def _cores() -> Check:
    from eisfit.fitting.many import available_cores

    return Check("cores", f"{available_cores()} of {os.cpu_count()} for this process", True)


def _engine() -> list[Check]:
    """Return how the fit engine runs, and whether a fit of exact data is right."""
    import numpy as np

    import eisfit
    from eisfit.fitting.engine.jit import COMPILED

    forbidden = os.environ.get("EISFIT_ENGINE") == "numpy"
    how = "compiled (numba)" if COMPILED else "numpy, by EISFIT_ENGINE" if forbidden else "numpy"
    advice = "" if COMPILED or forbidden else "numba cannot be imported: fits take 50 times as long"
    f = np.logspace(6, 0, 40)
    Z = 10 + 1 / (1 / 100 + 1e-6 * (2j * np.pi * f) ** 0.9)
    start = time.perf_counter()
    value = eisfit.fit(eisfit.Spectrum(f, Z), "R0-p(R1,CPE1)").estimates["R1"].value
    first = time.perf_counter() - start
    right = bool(abs(value - 100) < 0.01)
    return [
        Check("fit engine", how, COMPILED or forbidden, advice),
        Check("first fit", f"{first:.2g} s, {'correct' if right else f'R1 = {value:g}'}", right,
              "" if right else "the fit should give 100 ohm: please report this"),
        *([_cache()] if COMPILED else []),
    ]  # fmt: skip


def _cache() -> Check:
    """Return where compiled code is kept, and whether it can be."""
    from numba import config

    from eisfit.fitting import engine

    default = Path(str(engine.__file__)).parent / "__pycache__"
    elsewhere = getattr(config, "CACHE_DIR", "")
    place = Path(elsewhere) if elsewhere else default
    kept = sum(1 for _ in place.rglob("*.nbc")) if place.is_dir() else 0
    if os.access(place if place.exists() else place.parent, os.W_OK):
        return Check("cache", f"{place}, {kept} compiled functions", True)
    advice = "" if kept else "set NUMBA_CACHE_DIR to a folder that can be written to"
    return Check("cache", f"{place} cannot be written to, {kept} compiled functions", True, advice)


def _plugins() -> list[Check]:
    from eisfit import literature, readers
    from eisfit.circuit import models
    from eisfit.circuit.models.library import plugin_errors

    errors = [*readers.plugin_errors(), *plugin_errors(), *literature.plugin_errors()]
    counts = f"{len(readers.formats())} formats, {len(models.library())} models"
    return [
        Check("library", counts, True),
        *(Check("plugin", error, False, "repair or remove that package") for error in errors),
    ]
