"""Golden results: what the installed package computes, written down and compared between versions.

    python benchmarks/golden.py write DIR [--data sample_data]
    python benchmarks/golden.py compare OLD NEW [--allow benchmarks/golden_changes.toml]

``write`` runs the package of the interpreter it is started with: command line and public Python
names only, so that the same script runs with an older version. ``compare`` exits with 1 where a
number differs by more than 1e-9 of its value, or a text or a key differs. Texts for people,
versions and durations are not compared. Keys and files that are new are listed and do not count.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
from golden_compare import RELATIVE, compare

K_B = 8.617333262e-5  # eV/K
PELLET = ["--thickness", "1.2mm", "--diameter", "10mm"]
ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
START = {
    "R_lead": 1.4, "L_lead": 2e-7, "R_bulk": 500.0, "Q_bulk": 1e-10, "n_bulk": 0.97,
    "R_grain_boundary": 3e4, "Q_grain_boundary": 3e-8, "n_grain_boundary": 0.9,
    "Q_electrode": 1e-6, "n_electrode": 0.8,
}  # fmt: skip
ELEMENTS = {
    "R0-C1": [10, 1e-6], "R0-La1": [10, 1e-6, 0.9], "R0-L1": [10, 1e-6],
    "R0-CPE1": [10, 1e-6, 0.8], "R0-W1": [10, 50], "R0-Ws1": [10, 100, 0.1],
    "R0-Wo1": [10, 100, 0.1], "R0-Wsg1": [10, 100, 0.1, 0.45], "R0-Wog1": [10, 100, 0.1, 0.45],
    "R0-G1": [10, 100, 0.1], "R0-Gf1": [10, 100, 0.1, 0.4], "R0-Gs1": [10, 100, 0.1, 2.0],
    "R0-K1": [10, 100, 0.01], "R0-Zarc1": [10, 100, 0.01, 0.8],
    "R0-HN1": [10, 100, 0.01, 0.8, 0.7], "R0-TLMQ1": [10, 100, 1e-4, 0.9],
    "R0-TLMo1": [10, 100, 30, 1e-4, 0.9], "R0-TLMs1": [10, 100, 30, 1e-4, 0.9],
    "R0-TLMm1": [10, 100, 30, 1e-4, 0.9],
}  # fmt: skip
"""A circuit for each element, with its values in SI units."""


# ---------------------------------------------------------------------------------- inputs


def pellet(
    T: float, f: np.ndarray, E: tuple[float, float] = (0.35, 0.45), scale: float = 1.0
) -> np.ndarray:
    """Return Z in Ω, shape (k,), of a pellet at `T` in K: lead, two activated arcs, CPE."""
    omega = 2j * np.pi * f
    Z = 1.5 + 2e-7 * omega + 1 / (1e-6 * omega**0.85)
    for R_300, energy, C, n in ((300.0, E[0], 6e-11, 0.97), (9e3, E[1], 1.5e-8, 0.9)):
        R = scale * R_300 * T / 300.0 * np.exp(energy / K_B * (1 / T - 1 / 300.0))
        Z = Z + R / (1 + R * C**n * R ** (n - 1) * omega**n)
    return Z


def broken(T: float, f: np.ndarray) -> np.ndarray:
    """Return Z in Ω, shape (k,), of one arc at `T` in K whose line has a break at 300 K."""
    omega = 2j * np.pi * f
    energy = 0.60 if T < 300.0 else 0.35
    R = 1500.0 * T / 300.0 * np.exp(energy / K_B * (1 / T - 1 / 300.0))
    return 5.0 + R / (1 + R * 1e-9 * omega**0.95) + 1 / (2e-6 * omega**0.88)


def noisy(Z: np.ndarray, size: float, seed: int) -> np.ndarray:
    """Return `Z` with normal noise of `size` times |Z| in both parts."""
    real, imaginary = np.random.default_rng(seed).standard_normal((2, *Z.shape))
    return Z + size * np.abs(Z) * (real + 1j * imaginary)


def write_spectrum(path: Path, f: np.ndarray, Z: np.ndarray) -> None:
    """Write a spectrum as CSV with all digits."""
    rows = "".join(
        f"{a!r},{b!r},{c!r}\n"
        for a, b, c in zip(f.tolist(), Z.real.tolist(), Z.imag.tolist(), strict=True)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("frequency / Hz,Re(Z) / Ohm,Im(Z) / Ohm\n" + rows, encoding="utf-8")


def make_inputs() -> None:
    """Write the simulated files into the current folder; their numbers come from numpy alone."""
    f = np.geomspace(5e6, 0.5, 57)
    sheet = 'schema = 1\nsample = "simulated"\nmodel = "llto_pellet"\n'
    sheet += 'thickness = "1.2 mm"\nthickness_error = "0.01 mm"\n'
    sheet += 'diameter = "10 mm"\ndiameter_error = "0.05 mm"\n'
    thermometer = np.random.default_rng(1).normal(0.0, 0.5, 12)  # K
    area = np.random.default_rng(2).normal(1.0, 0.01, 12)
    for i in range(12):
        celsius = -20 + 10 * i
        Z = pellet(celsius + 273.15 + thermometer[i], f, scale=area[i])
        write_spectrum(Path(f"twelve/run_{celsius}C.csv"), f, noisy(Z, 0.003, i))
    Path("twelve/series.toml").write_text(sheet, encoding="utf-8")
    for number, (name, E) in enumerate({"A": 0.45, "B": 0.47, "C": 0.451}.items()):
        for i, celsius in enumerate(range(-10, 40, 10)):
            Z = pellet(celsius + 273.15, f, (0.35, E), 1 + 0.2 * number)
            own = Path(f"samples/{name}/run_{celsius}C.csv")
            write_spectrum(own, f, noisy(Z, 0.003, 100 * number + i))
        Path(f"samples/{name}/series.toml").write_text(sheet, encoding="utf-8")
    for i, celsius in enumerate(range(-40, 100, 15)):
        Z = noisy(broken(celsius + 273.15, f), 0.003, 300 + i)
        write_spectrum(Path(f"broken/run_{celsius}C.csv"), f, Z)
    omega = 2j * np.pi * f
    short, stray = 0.8 + 1.5e-7 * omega, 1 / (3e-12 * omega)
    write_spectrum(Path("fixture/short.csv"), f, noisy(short, 1e-3, 400))
    write_spectrum(Path("fixture/open.csv"), f, noisy(stray, 1e-3, 401))
    for i, celsius in enumerate((0, 40)):
        Z = short + 1 / (1 / pellet(celsius + 273.15, f) + 1 / stray)
        write_spectrum(Path(f"fixture/run_{celsius}C.csv"), f, noisy(Z, 0.003, 402 + i))
    outliers = noisy(pellet(273.15, f), 0.003, 410)
    outliers[[10, 30]] *= [1.15, 0.85]
    write_spectrum(Path("doubtful/run_0C.csv"), f, outliers)
    Path("doubtful/broken.mpt").write_text("EC-Lab ASCII FILE\nno data\n", encoding="utf-8")
    write_table(f)


def table_spectra(f: np.ndarray) -> np.ndarray:
    """Return the impedances of 40 pellets, shape (40, k)."""
    scales = np.exp(np.random.default_rng(5).normal(0.0, 0.3, 40))
    return noisy(np.array([pellet(300.0, f, scale=s) for s in scales]), 0.003, 6)


def write_table(f: np.ndarray) -> None:
    """Write the 40 pellets as a Parquet table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    Z = table_spectra(f)
    columns = {
        "id": [f"pellet {i}" for i in range(len(Z))],
        "frequency": [f.tolist()] * len(Z),
        "z_real": Z.real.tolist(),
        "z_imag": Z.imag.tolist(),
        "temperature_K": [300.0] * len(Z),
        "batch": list(range(len(Z))),
    }
    pq.write_table(pa.table(columns), "table.parquet")


# ---------------------------------------------------------------------------------- results


@contextlib.contextmanager
def blank_figures() -> Iterator[None]:
    """Let matplotlib draw nothing: figures take most of a report's time and hold no result."""
    from matplotlib.figure import Figure

    draw = Figure.draw
    Figure.draw = lambda self, renderer: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Figure.draw = draw  # type: ignore[method-assign]


def run(*words: object) -> tuple[int, str]:
    """Run one command line in this process; return its exit code and what it printed."""
    main = next(e for e in entry_points(group="console_scripts") if e.name == "eisfit").load()
    out, before, code = io.StringIO(), sys.argv, 0
    sys.argv = ["eisfit", *map(str, words)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    finally:
        sys.argv = before
    return code, out.getvalue()


def command(*words: object) -> dict[str, Any]:
    """Return exit code and JSON output of one command line."""
    code, text = run(*words, "--json")
    return {"exit_code": code, "output": json.loads(text)}


def report(name: str, *words: object) -> Callable[[Path], object]:
    """Return a step that runs ``eisfit series`` and keeps its JSON and CSV files as `name`."""

    def step(folder: Path) -> object:
        with tempfile.TemporaryDirectory(dir=".") as place:
            code, _ = run("series", *words, "-o", place)
            for path in sorted(Path(place).rglob("*")):
                if path.suffix in {".json", ".csv"}:
                    target = folder / name / path.relative_to(place)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, target)
        return {"exit_code": code}

    return step


def known_formats(_folder: Path) -> object:
    """Return what ``eisfit formats`` lists, by name: the order of the readers has no meaning."""
    listed = command("formats")
    return listed | {"output": sorted(listed["output"], key=lambda entry: entry["name"])}


def convert(folder: Path) -> object:
    """Convert two files to every text format and return what is read back."""
    import eisfit

    files = [f"sample_data/llto_pellet/LLTO_pelletA_{name}" for name in ("0C.mpt", "50C.DTA")]
    found = {}
    for ending in ("csv", "json", "z"):
        sources = files[:1] if ending == "z" else files
        code, _ = run("convert", *sources, "-o", f"converted.{ending}")
        spectra = [_spectrum(s) for s in eisfit.read(f"converted.{ending}")]
        found[ending] = {"exit_code": code, "spectra": spectra}
    for ending in ("csv", "json"):
        shutil.copy(f"converted.{ending}", folder / f"converted.{ending}")
    return found


def batch(folder: Path) -> object:
    """Fit files and a table in batches; return their rows."""
    import pyarrow.parquet as pq

    start = "R0=1.5,R1=300,Q1=1e-10,n1=0.97,R2=9e3,Q2=3e-8,n2=0.9,Q3=1e-6,n3=0.85"
    runs = {
        "files": ["sample_data/llto_pellet", "doubtful", "-m", "llto_pellet"],
        "table": ["table.parquet", "-m", ARCS, "--start", start, "--validation", "none"],
        "screened": ["table.parquet", "-m", ARCS, "--validation", "screening", "--chunk-size", 15],
    }
    found = {}
    for name, words in runs.items():
        printed = command("batch", *words, "-o", f"batch_{name}", "--jobs", 1)
        rows = pq.read_table(f"batch_{name}/results").to_pylist()
        found[name] = printed | {"rows": rows}
        shutil.copy(f"batch_{name}/summary.csv", folder / f"batch_{name}.csv")
    return found


def init(_folder: Path) -> object:
    """Return the sheet that ``eisfit init`` writes beside files."""
    for i, name in enumerate(("-20C", "30C")):
        target = Path(f"initial/run{i}_{name}.mpt")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(f"sample_data/llto_pellet/LLTO_pelletA_{name}.mpt", target)
    code, _ = run("init", "initial")
    sheet = tomllib.loads(Path("initial/series.toml").read_text(encoding="utf-8"))
    return {"exit_code": code, "sheet": sheet}


def _spectrum(spectrum: Any) -> dict[str, Any]:
    """Return what identifies a spectrum's numbers."""
    f, Z = np.asarray(spectrum.frequency), np.asarray(spectrum.impedance)
    place = spectrum.geometry
    return {
        "points": len(f),
        "sum_f": float(f.sum()),
        "sum_re": float(Z.real.sum()),
        "sum_im": float(Z.imag.sum()),
        "sum_abs": float(np.abs(Z).sum()),
        "first": [float(f[0]), float(Z[0].real), float(Z[0].imag)],
        "temperature": spectrum.temperature,
        "cell_constant": place.cell_constant if place is not None else None,
        "sweep": spectrum.provenance.sweep,
        "format": spectrum.provenance.format,
        "findings": [{"code": i.code, "severity": i.severity} for i in spectrum.findings],
    }


def formats(_folder: Path) -> object:
    """Return what is read from every file of the sample data."""
    import eisfit

    paths = sorted(p for p in Path("sample_data").rglob("*") if p.is_file())
    paths = [p for p in paths if p.suffix not in {".py", ".md", ".toml"}]
    return {str(p): [_spectrum(s) for s in eisfit.read(p)] for p in paths}


def circuits(_folder: Path) -> object:
    """Return impedances of every model and every element, and the words of their parameters."""
    import eisfit

    names = [row["name"] for row in command("models")["output"]]
    f = np.geomspace(1e6, 1e-2, 25)
    found = {}
    for name, values in (dict.fromkeys(names) | ELEMENTS).items():
        model = eisfit.load_model(name)
        Z = eisfit.simulate(name, values=values, frequency=f, noise=0.0).impedance
        units = [p.unit for p in model.parameters]
        found[name] = {
            "names": list(model.names), "units": units, "re": Z.real.tolist(), "im": Z.imag.tolist()
        }  # fmt: skip
    Z = eisfit.simulate(ARCS, values=[10, 1e3, 1e-9, 0.95, 1e4, 1e-7, 0.9, 1e-6, 0.8], seed=7)
    return found | {"with noise": _spectrum(Z)}


def _fit(result: Any) -> dict[str, Any]:
    """Return the numbers of a fit."""
    fields = ("value", "stderr", "ci95", "unit", "at_bound", "fixed", "determined")
    return {
        "parameters": {
            name: {field: getattr(e, field) for field in fields}
            for name, e in result.estimates.items()
        },
        "chi_square": result.chi_square,
        "reduced_chi_square": result.reduced_chi_square,
        "degrees_of_freedom": result.degrees_of_freedom,
        "correlation": result.correlation,
        "aicc": result.aicc,
        "bic": result.bic,
        "converged": result.converged,
        "findings": [{"code": i.code, "severity": i.severity} for i in result.findings],
    }


def _measured(name: str) -> Any:
    """Return a spectrum of the sample data."""
    import eisfit

    return eisfit.read(f"sample_data/llto_pellet/LLTO_pelletA_{name}")[0]


def fits(_folder: Path) -> object:
    """Return fits of one spectrum with every option."""
    import eisfit

    spectrum = _measured("0C.mpt")
    sigma = 0.003 * np.abs(spectrum.impedance) * np.linspace(1, 2, len(spectrum.impedance))
    options: dict[str, dict[str, Any]] = {
        "plain": {},
        "start": {"start": START},
        "fixed": {"fixed": {"R_lead": 1.4, "n_electrode": 0.82}},
        "unit": {"weighting": "unit"},
        "proportional": {"weighting": "proportional"},
        "structure": {"weighting": "structure"},
        "admittance": {"quantity": "admittance"},
        "sigma": {"sigma": sigma},
        "complex sigma": {"sigma": sigma + 2j * sigma},
    }
    found = {k: _fit(eisfit.fit(spectrum, "llto_pellet", **more)) for k, more in options.items()}
    for circuit in (ARCS, "R0-p(R1,CPE1)-CPE2", "L0-Zarc1-Zarc2-CPE3"):
        found[circuit] = _fit(eisfit.fit(spectrum, circuit))
    params = eisfit.fit(spectrum, ARCS).params
    params["R0"].set(value=1.4, vary=False)
    params["n2"].expr = "0.93 * n1"
    found["params"] = _fit(eisfit.fit_params(spectrum, ARCS, params))
    stack = eisfit.read("sample_data/lipon_lco_stack/LiPON_LCO_024h_25C.mpt")[0]
    found["stack"] = _fit(eisfit.fit(stack, "electrolyte_cathode_stack"))
    return found


def many(_folder: Path) -> object:
    """Return arrays of `fit_many`, with start values and without."""
    import eisfit

    f = np.geomspace(5e6, 0.5, 57)
    Z = table_spectra(f)
    Z[3, 5] = np.nan
    start = [1.5, 300, 1e-10, 0.97, 9e3, 3e-8, 0.9, 1e-6, 0.85]
    options: dict[str, dict[str, Any]] = {
        "without start": {},
        "start": {"start": start},
        "unit": {"weighting": "unit", "start": start},
        "proportional": {"weighting": "proportional"},
        "structure": {"weighting": "structure"},
    }
    found = {}
    for name, more in options.items():
        table = eisfit.fit_many(f, Z, ARCS, **more)
        found[name] = {
            "names": list(table.names),
            "values": dict(zip(table.names, table.values.T, strict=True)),
            "stderr": dict(zip(table.names, table.stderr.T, strict=True)),
            "reduced_chi_square": table.reduced_chi_square,
            "converged": table.converged,
            "failed": sorted(table.failures),
        }
    return found


def _interval(interval: Any) -> list[Any]:
    """Return the two ends of an interval and where it is from."""
    return [interval.low, interval.high, interval.source]


def uncertainty(_folder: Path) -> object:
    """Return intervals, profiles, bootstrap samples, arcs that may swap, and a common fit."""
    import eisfit

    spectrum = _measured("20C.mpt")
    result = eisfit.fit(spectrum, "llto_pellet")
    found: dict[str, Any] = {
        "intervals": {k: _interval(v) for k, v in eisfit.intervals(result).items()},
        "profiles": {
            name: {
                "values": p.values,
                "delta_chi_square": p.delta_chi_square,
                "threshold": p.threshold,
                "interval": _interval(p.interval),
                "wald": _interval(p.wald),
                "wald_differs": p.wald_differs,
            }
            for name, p in eisfit.profile(result, names=["R_bulk", "Q_bulk", "n_bulk"]).items()
        },
        "bootstrap": {},
    }
    for kind in ("parametric", "residual"):
        drawn = eisfit.bootstrap(result, count=50, kind=kind, seed=3)
        found["bootstrap"][kind] = {
            "samples": dict(zip(drawn.names, drawn.samples.T, strict=True)),
            "stderr": dict(zip(drawn.names, drawn.stderr, strict=True)),
            "intervals": {k: _interval(v) for k, v in drawn.intervals().items()},
        }
    alike = [10, 100, 1e-6, 0.9, 100, 2e-6, 0.9]
    f = np.geomspace(1e6, 1, 61)
    two = eisfit.simulate("R0-p(R1,CPE1)-p(R2,CPE2)", values=alike, frequency=f, noise=0.02)
    swapped = eisfit.exchangeable(eisfit.fit(two, "R0-p(R1,CPE1)-p(R2,CPE2)"))
    found["exchangeable"] = [[e.first, e.second] for e in swapped]
    together = eisfit.fit_together(
        [_measured(f"{T}C.mpt") for T in (0, 10, 20)], "llto_pellet", shared=["R_lead", "L_lead"]
    )
    found["together"] = [_fit(r) for r in together]
    return found


def relaxation(_folder: Path) -> object:
    """Return distributions of relaxation times by each criterion."""
    import eisfit

    f = np.geomspace(1e6, 1, 31)
    spectrum = eisfit.Spectrum(f, noisy(pellet(273.15, f), 0.003, 500))
    found = {}
    for criterion in ("evidence", "gcv", "re_im"):
        got = eisfit.drt(spectrum, criterion=criterion)
        found[criterion] = [[p.time_constant, p.resistance] for p in got.peaks]
    return found


def geometries(_folder: Path) -> object:
    """Return areas and cell constants of each way to state a geometry."""
    import eisfit

    disc = eisfit.Geometry.disc(thickness="1.2 mm", diameter="10 mm")
    return {"disc": [disc.thickness, disc.area, disc.cell_constant]}


LLTO, STACK = "sample_data/llto_pellet", "sample_data/lipon_lco_stack"
FIXTURE = ["--short", "fixture/short.csv", "--open", "fixture/open.csv"]
STEPS: dict[str, Callable[[Path], object]] = {
    "series_llto": report("series_llto", LLTO),
    "series_stack": report("series_stack", STACK),
    "series_joint": report("series_joint", "twelve", "--material", "LLTO"),
    "series_separate": report(
        "series_separate", "twelve", "--method", "separate", "--temperature-error", "1K",
        "--material", "LLTO",
    ),
    "series_options": report(
        "series_options", "twelve", "--lead-resistance", "1.5ohm", "--share", "n_bulk=free",
        "--share", "C_grain_boundary=linear", "--temperature-error", "1K",
    ),
    "series_broken": report(
        "series_broken", "broken", "-m", "R0-p(R1,CPE1)-CPE2", *PELLET, "--method", "separate"
    ),
    "series_broken_joint": report(
        "series_broken_joint", "broken", "-m", "R0-p(R1,CPE1)-CPE2", *PELLET
    ),
    "samples": report("samples", "samples/A", "samples/B", "samples/C"),
    "fit": lambda _: command(
        "fit", *(f"{LLTO}/LLTO_pelletA_{n}" for n in ("-20C.mpt", "20C.mpt", "60C.DTA")),
        "-m", "llto_pellet", *PELLET,
    ),
    "fit_circuit": lambda _: command("fit", "broken/run_20C.csv", "-m", "R0-p(R1,CPE1)-CPE2"),
    "fit_stack": lambda _: command(
        "fit", f"{STACK}/LiPON_LCO_024h_25C.mpt", "-m", "electrolyte_cathode_stack",
        "--area", "1cm2", "--thickness", "1um",
    ),
    "fit_fixture": lambda _: command(
        "fit", "fixture/run_0C.csv", "fixture/run_40C.csv", "-m", "llto_pellet", *PELLET, *FIXTURE
    ),
    "fit_suspects": lambda _: command(
        "fit", "doubtful/run_0C.csv", "-m", "llto_pellet", *PELLET, "--suspects", "leave_out"
    ),
    "validate": lambda _: command("validate", LLTO, STACK, "doubtful"),
    "validate_fixture": lambda _: command("validate", "fixture/run_0C.csv", *FIXTURE),
    "drt": lambda _: command(
        "drt", f"{LLTO}/LLTO_pelletA_-20C.mpt", f"{LLTO}/LLTO_pelletA_20C.mpt",
        f"{STACK}/LiPON_LCO_024h_25C.mpt", "doubtful/run_0C.csv",
    ),
    "show": lambda _: command("show", LLTO, STACK, "sample_data/formats", "doubtful"),
    "compare_models": lambda _: command(
        "compare", f"{LLTO}/LLTO_pelletA_0C.mpt", f"{LLTO}/LLTO_pelletA_20C.mpt", "--models",
        "llto_pellet,llto_space_charge,llto_bulk_above_window", "--draws", 19, *PELLET,
    ),
    "compare_search": lambda _: command("compare", "broken/run_20C.csv", "--draws", 9),
    "models": lambda _: command("models"),
    "model": lambda _: command("models", "electrolyte_cathode_stack"),
    "references": lambda _: command("references"),
    "references_llto": lambda _: command("references", "LLTO", "--kind", "bulk", "--at", 25),
    "formats_known": known_formats,
    "init": init,
    "convert": convert,
    "batch": batch,
    "formats": formats,
    "circuits": circuits,
    "fits": fits,
    "many": many,
    "uncertainty": uncertainty,
    "relaxation": relaxation,
    "geometries": geometries,
}  # fmt: skip
"""Each result by the name of its file."""


def _plain(value: Any) -> Any:
    """Return numpy values as Python's, for JSON."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else str(value)


def write(folder: Path, data: Path, only: str) -> int:
    """Write all results into `folder`; return 1 where a step failed."""
    import eisfit

    print(f"package: {Path(eisfit.__file__).parent}")
    folder, failed, begin = folder.resolve(), [], time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, blank_figures():
        shutil.copytree(data, Path(work) / "sample_data")
        before = Path.cwd()
        os.chdir(work)
        try:
            make_inputs()
            for name, step in STEPS.items():
                if not fnmatchcase(name, only):
                    continue
                start = time.perf_counter()
                try:
                    result = step(folder)
                except Exception:  # noqa: BLE001 - the other results are of use
                    failed.append(name)
                    traceback.print_exc()
                    result = {"failed": True}
                text = json.dumps(result, default=_plain, indent=1, ensure_ascii=False)
                (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
                print(f"{name:20} {time.perf_counter() - start:6.1f} s", flush=True)
        finally:
            os.chdir(before)
    print(f"{'all':20} {time.perf_counter() - begin:6.1f} s, in {folder}")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return int(bool(failed))


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    verbs = parser.add_subparsers(dest="verb", required=True)
    writing = verbs.add_parser("write", help="write the results of the installed package")
    writing.add_argument("folder", type=Path)
    default = Path(__file__).resolve().parent.parent / "sample_data"
    writing.add_argument("--data", type=Path, default=default, help="the sample data")
    comparing = verbs.add_parser("compare", help="compare two folders of results")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    comparing.add_argument("--allow", type=Path, help="a TOML file of intended changes")
    comparing.add_argument("--relative", type=float, default=RELATIVE, help="equal up to this")
    for verb in (writing, comparing):
        verb.add_argument("--only", default="*", help="names of results, as in 'series_*'")
    args = parser.parse_args()
    if args.verb == "write":
        return write(args.folder, args.data, args.only)
    return compare(args.old, args.new, args.allow, args.only, args.relative)


if __name__ == "__main__":
    sys.exit(main())
