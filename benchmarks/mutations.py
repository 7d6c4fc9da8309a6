"""Break the package in one place after the other, and see whether a test fails.

    python benchmarks/mutations.py              # all: some minutes, most of it the first run
    python benchmarks/mutations.py lead total   # those whose names hold one of the words
    python benchmarks/mutations.py --stale      # only look whether the source texts are there

Every mutation replaces a text that stands exactly once in the package, in a temporary copy, and
runs the tests that must notice. The exit status is 1 where a mutation survives, takes longer than
two minutes, or has gone stale: then its text was changed, and the record here must follow.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("eisfit", "circuits", "tests", "pyproject.toml")
LIMIT = 120.0
"""Seconds within which a test must fail."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of the package, and the tests of which one must fail.

    Parameters
    ----------
    name : str
    source : str
        A text that stands exactly once in the package's files.
    mutant : str
        What takes its place.
    tests : tuple of str
        Test files or node ids, as pytest takes them.
    """

    name: str
    source: str
    mutant: str
    tests: tuple[str, ...]


ARRHENIUS = "tests/temperature/test_arrhenius.py"
ASSIGN = "tests/processes/test_assign.py"
BATCH = "tests/batch/test_processes.py"
CAPACITANCE = "tests/processes/physics/test_capacitance.py"
CHOICE = "tests/fitting/test_choice.py"
LEAD = "tests/temperature/test_lead.py"
COMPILED = "tests/fitting/engine/test_engine.py::test_every_built_in_element_is_compiled"
CLOSED_FORMS = (
    "tests/fitting/engine/test_engine.py::test_the_compiled_elements_have_their_closed_forms"
)
DESIGN = "tests/fitting/test_design.py"
EVIDENCE = "tests/processes/test_evidence.py"
FORMULAS = "tests/circuit/test_lumped.py"
GEOMETRY = "tests/data/test_geometry.py"
LINES = "tests/temperature/test_lines.py"
RESULT = "tests/fitting/test_result.py::test_criteria_count_the_noise_and_no_held_parameter"
SHARING = "tests/temperature/test_sharing.py"
STATISTICS = "tests/fitting/uncertainty/test_statistics.py"
THERMOMETER = "tests/temperature/test_thermometer.py"
VISIBILITY = "tests/temperature/test_visibility.py"
BREAK = (
    "tests/temperature/test_laws.py::test_errors_of_both_branches_of_a_break_hold_the_covariance"
)

MUTATIONS = (
    Mutation(
        "Boltzmann constant of CODATA 2006",
        "BOLTZMANN_EV = 8.617333262e-5", "BOLTZMANN_EV = 8.617343e-5",
        (ARRHENIUS,),
    ),
    Mutation(
        "CPE sign: formula",
        "Z = (1j * omega) ** -n / Q", "Z = (-1j * omega) ** -n / Q",
        (FORMULAS,),
    ),
    Mutation(
        "CPE sign: exponent of the compiled element",
        '"Q": _Code(POWER, sign=-1, option=-1)', '"Q": _Code(POWER, sign=-1, option=1)',
        (CLOSED_FORMS,),
    ),
    Mutation(
        "Brug's exponent",
        "* (1 / R_ohmic + 1 / R_transfer) ** ((n - 1) / n)",
        "* (1 / R_ohmic + 1 / R_transfer) ** ((1 - n) / n)",
        (CAPACITANCE,),
    ),
    Mutation(
        "Brug's exponent: blocking electrode",
        "* R_ohmic ** ((1 - n) / n)", "* R_ohmic ** (1 - n)",
        (CAPACITANCE,),
    ),
    Mutation(
        "lead left out of the ohmic resistance",
        'if name and process.place in {"lead", "through_thickness"}:\n            total = total',
        'if name and process.place in {"through_thickness"}:\n            total = total',
        (BATCH,),
    ),
    Mutation(
        "interface count: area resistance",
        "resistance * geometry.uncertain_area / process.interfaces",
        "resistance * geometry.uncertain_area",
        (ASSIGN,),
    ),
    Mutation(
        "interface count: one of two",
        "return R / 2, 2 * C", "return R, C",
        (ASSIGN,),
    ),
    Mutation(
        "diameter error without its factor 2",
        'relative = 2 * _metres(diameter_error, "diameter_error")',
        'relative = _metres(diameter_error, "diameter_error")',
        (GEOMETRY,),
    ),
    Mutation(
        "AICc's parameter count: the noise",
        "k = free + 1\n", "k = free\n",
        (RESULT,),
    ),
    Mutation(
        "AICc's parameter count: held parameters",
        "free = sum(not e.fixed for e in self.estimates.values())",
        "free = len(self.estimates)",
        (RESULT,),
    ),
    Mutation(
        "t quantile: estimates",
        "stdtrit(max(dof, 1.0), 0.975)", "stdtrit(max(dof, 1.0), 0.95)",
        (STATISTICS,),
    ),
    Mutation(
        "t quantile: degrees of freedom of a profile",
        "stdtrit(max(result.degrees_of_freedom, 1), 0.5 + level / 2)",
        "stdtrit(max(result.degrees_of_freedom + 1, 1), 0.5 + level / 2)",
        (STATISTICS,),
    ),
    Mutation(
        "t quantile: Arrhenius line",
        "stdtrit(points - 2, 0.975)", "stdtrit(points, 0.975)",
        (ARRHENIUS,),
    ),
    Mutation(
        "residual widening without its root",
        "np.sqrt((1 + r) / (1 - r))", "(1 + r) / (1 - r)",
        (STATISTICS,),
    ),
    Mutation(
        "χ² of fit_many: noise not squared",
        "chi_square = solution.chi_square * problem.noise**2",
        "chi_square = solution.chi_square * problem.noise",
        (STATISTICS,),
    ),
    Mutation(
        "covariance of the lead dropped",
        "V = V + np.outer(loading, loading) * sd**2", "V = V + 0.0 * loading",
        (LEAD,),
    ),
    Mutation(
        "lead loading counted twice: left in the covariance",
        "V = V - np.outer(loading, loading) * common", "V = V - 0.0 * common",
        (LEAD,),
    ),
    Mutation(
        "lead loading counted twice: loading",
        "loading = pick @ self.covariance[:, i] / common",
        "loading = 2 * pick @ self.covariance[:, i] / common",
        (LEAD,),
    ),
    Mutation(
        "lead loading counted twice: its line fitted again",
        "return LeadResult(refined, {first: line}, finding)",
        "return LeadResult(refined, {}, finding)",
        (LEAD,),
    ),
    Mutation(
        "geometry error dropped from σ(T) of a line",
        "sigma * np.sqrt(variance + self.relative_geometry_error**2)", "sigma * np.sqrt(variance)",
        (ARRHENIUS,),
    ),
    Mutation(
        "geometry error dropped from σ(T) of a law with a bend",
        "sigma * np.sqrt(spread**2 + self.relative_geometry_error**2)", "sigma * spread",
        (ARRHENIUS,),
    ),
    Mutation(
        "geometry error dropped from σ of a process",
        "conductivity=geometry.uncertain_cell_constant / resistance",
        "conductivity=geometry.cell_constant / resistance",
        (ASSIGN,),
    ),
    Mutation(
        "covariance term of a break's cold branch dropped",
        "+ self.covariance[2, 2] + 2 * self.covariance[1, 2]", "+ self.covariance[2, 2]",
        (BREAK,),
    ),
    Mutation(
        "the total's covariance replaced by inverse weights",
        "covariance = A @ resistances.covariance @ A.T",
        "covariance = np.linalg.inv((J.T * weight) @ J)",
        (LINES,),
    ),
    Mutation(
        "prior of an unseen arc times 3: exponent",
        "precision[rows, arc.n] = usual.n_sd**-2",
        "precision[rows, arc.n] = (3 * usual.n_sd) ** -2",
        (VISIBILITY,),
    ),
    Mutation(
        "prior of an unseen arc times 3: capacitance",
        "precision[rows, arc.Q] = (usual.n * usual.log_c_sd) ** -2",
        "precision[rows, arc.Q] = (3 * usual.n * usual.log_c_sd) ** -2",
        (VISIBILITY,),
    ),
    Mutation(
        "boundary window to 1e-7 F",
        '"grain_boundary": (1e-11, 1e-8)', '"grain_boundary": (1e-11, 1e-7)',
        (EVIDENCE,),
    ),
    Mutation(
        "bulk and boundary swapped: what follows from both",
        'bulk, boundary = processes.get("bulk"), processes.get("grain_boundary")',
        'boundary, bulk = processes.get("bulk"), processes.get("grain_boundary")',
        (ASSIGN,),
    ),
    Mutation(
        "bulk and boundary swapped: circuit of the ceramic pellet",
        'title = "Ceramic pellet between blocking electrodes: bulk and grain boundary"\n'
        'circuit = "lead + bulk + grain_boundary + electrode"',
        'title = "Ceramic pellet between blocking electrodes: bulk and grain boundary"\n'
        'circuit = "lead + grain_boundary + bulk + electrode"',
        (ASSIGN,),
    ),
    Mutation(
        "arc order",
        'rising = np.argsort(times, axis=1, kind="stable")',
        'rising = np.argsort(-times, axis=1, kind="stable")',
        (CHOICE,),
    ),
    Mutation(
        "ln C's Jacobian: along C",
        "T[:, Q, Q] = y[:, n]\n", "T[:, Q, Q] = 1.0\n",
        (DESIGN,),
    ),
    Mutation(
        "ln C's Jacobian: along n",
        "T[:, Q, n] = y[:, Q] + y[:, R]", "T[:, Q, n] = y[:, Q] - y[:, R]",
        (DESIGN,),
    ),
    Mutation(
        "ln C's Jacobian: along R",
        "T[:, Q, R] = y[:, n] - 1", "T[:, Q, R] = 1 - y[:, n]",
        (DESIGN,),
    ),
    Mutation(
        "ln C's Jacobian: where an arc is seen",
        "[(1 - n) / n, 1 / n, -arc.at(x[i]).log_time_constant / n]",
        "[(1 - n) / n, 1 / n, arc.at(x[i]).log_time_constant / n]",
        (VISIBILITY,),
    ),
    Mutation(
        "thermometer's 2E",
        "2 * energy / middle - BOLTZMANN_EV", "energy / middle - BOLTZMANN_EV",
        (THERMOMETER,),
    ),
    Mutation(
        "sharing threshold: 10 %",
        "_SHARING_LEVEL = 0.02 ", "_SHARING_LEVEL = 0.10 ",
        (SHARING,),
    ),
    Mutation(
        "sharing threshold: 1 %",
        "_SHARING_LEVEL = 0.02 ", "_SHARING_LEVEL = 0.01 ",
        (SHARING,),
    ),
    Mutation(
        "an element without compiled code",
        '        "Gf": _Code(RELAXATION, option=2, exponent=1.0),\n', "",
        (COMPILED,),
    ),
    # the last one: it changes what is compiled, which no other run can then use
    Mutation(
        "CPE sign: compiled phase",
        "re, im = c * math.cos(HALF_PI * e), c * math.sin(HALF_PI * e)",
        "re, im = c * math.cos(HALF_PI * e), -c * math.sin(HALF_PI * e)",
        (CLOSED_FORMS,),
    ),
)  # fmt: skip


def package_files(root: Path) -> list[Path]:
    """Return the files of the package below `root` that a mutation may change."""
    return [*sorted(root.glob("eisfit/**/*.py")), *sorted(root.glob("circuits/*.toml"))]


def place_of(mutation: Mutation, files: Sequence[Path]) -> Path | str:
    """Return the file that holds a mutation's source text, or why there is not exactly one."""
    counts = {file: file.read_text(encoding="utf-8").count(mutation.source) for file in files}
    found = [file for file, count in counts.items() if count]
    if not found:
        return "stale: source text not found"
    if sum(counts.values()) > 1:
        return f"stale: source text found {sum(counts.values())} times"
    return found[0]


def stale(root: Path = ROOT) -> list[str]:
    """Return the mutations whose source text or whose tests are not there, with the reason."""
    files, out = package_files(root), []
    for mutation in MUTATIONS:
        place = place_of(mutation, files)
        if isinstance(place, str):
            out.append(f"{mutation.name}: {place}")
        for test in mutation.tests:
            file, _, name = test.partition("::")
            text = (root / file).read_text(encoding="utf-8") if (root / file).is_file() else ""
            if f"def {name}" not in text:
                out.append(f"{mutation.name}: stale: no test {test}")
    return out


@contextmanager
def copied_tree() -> Iterator[Path]:
    """Yield a temporary copy of the package and its tests, with `eisfit.circuits` in its place."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        root.mkdir()
        for name in COPIED:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, root / name, ignore=ignored)
            else:
                shutil.copy2(ROOT / name, root / name)
        (root / "eisfit" / "circuits").symlink_to(root / "circuits")
        yield root


@contextmanager
def mutated(file: Path, mutation: Mutation) -> Iterator[None]:
    """Change a file for a while; its time of change goes back too, or all is compiled anew."""
    text, status = file.read_bytes(), file.stat()
    changed = text.decode().replace(mutation.source, mutation.mutant)
    file.write_bytes(changed.encode())
    try:
        yield
    finally:
        file.write_bytes(text)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


_RUN = (
    "import sys, eisfit, pytest\n"
    "assert eisfit.__file__.startswith(sys.argv[1]), eisfit.__file__\n"
    "sys.exit(pytest.main(sys.argv[2:]))\n"
)


def run_tests(root: Path, tests: Sequence[str], limit: float) -> tuple[int, str]:
    """Return pytest's exit status and its output; status -1 where the time limit was reached."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "PYTHONPYCACHEPREFIX": str(root.parent / "pycache"),
        "NUMBA_CACHE_DIR": str(root.parent / "numba"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    options = ["-x", "-q", "-ra", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(root), *options],
            capture_output=True, text=True, check=False, cwd=root, env=environment, timeout=limit,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return -1, ""
    return done.returncode, done.stdout + done.stderr


def outcome(root: Path, mutation: Mutation) -> tuple[bool, str]:
    """Return whether a test failed by a mutation, and which one or why none did."""
    place = place_of(mutation, package_files(root))
    if isinstance(place, str):
        return False, place
    with mutated(place, mutation):
        status, output = run_tests(root, mutation.tests, LIMIT)
    if status == -1:
        return False, f"SURVIVES: no test failed within {LIMIT:.0f} s"
    if status == 0:
        return False, "SURVIVES"
    failed = re.search(r"^FAILED (\S+)", output, re.MULTILINE)
    if failed is None:
        return False, f"BROKEN: no test ran to its end\n{output[-2000:]}"
    return True, failed[1].removeprefix("tests/")


def main() -> int:
    """Run the mutations, print a table and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="run mutations whose names hold one of these")
    parser.add_argument("--stale", action="store_true", help="only look for stale records")
    asked = parser.parse_args()
    if asked.stale:
        print("\n".join(found := stale()) or "no mutation is stale")
        return 1 if found else 0
    chosen = [m for m in MUTATIONS if not asked.words or any(w in m.name for w in asked.words)]
    width = max(len(m.name) for m in MUTATIONS)
    with copied_tree() as root:
        began = time.perf_counter()
        tests = sorted({test for mutation in chosen for test in mutation.tests})
        status, output = run_tests(root, tests, 5 * LIMIT)
        print(f"{'no mutation':<{width}}  {time.perf_counter() - began:5.1f} s  ", end="")
        print("all tests pass" if status == 0 else f"tests fail:\n{output}", flush=True)
        if status:
            return 1
        killed = 0
        for mutation in chosen:
            began = time.perf_counter()
            dead, said = outcome(root, mutation)
            killed += dead
            seconds = time.perf_counter() - began
            print(f"{mutation.name:<{width}}  {seconds:5.1f} s  {said}", flush=True)
    print(f"{killed} of {len(chosen)} mutations fail a test")
    return 0 if killed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
