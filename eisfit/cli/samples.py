"""``eisfit series FOLDER FOLDER …``: several samples, each with its report, and one of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eisfit.base.errors import EisfitError, FitError
from eisfit.base.findings import Finding, above_info
from eisfit.cli.common import print_findings, print_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from eisfit.analysis.pipeline import Analysis
    from eisfit.cli.series import Wishes
    from eisfit.samples import Comparison

_MOST_DIFFERENCES = 12  # in the terminal; all of them stand in differences.csv


def several(paths: Sequence[str]) -> bool:
    """Tell whether the paths are folders, two at least: one sample each."""
    return len(paths) > 1 and all(Path(path).is_dir() for path in paths)


def sample_names(paths: Sequence[str]) -> list[str]:
    """Return a name for each folder: its last part, with those before it where that is not enough.

    Examples
    --------
    >>> sample_names(["a/pellet", "b/pellet", "c/film"])
    ['a/pellet', 'b/pellet', 'film']
    """
    parts = [Path(path).resolve().parts for path in paths]
    depth = [1] * len(parts)
    names = ["/".join(p[-1:]) for p in parts]
    for _ in range(max(map(len, parts))):
        doubled = [i for i, name in enumerate(names) if names.count(name) > 1]
        for i in doubled:
            depth[i] += 1
            names[i] = "/".join(parts[i][-depth[i] :])
    return names


def compare_folders(paths: Sequence[str], wishes: Wishes, output: Path, *, json: bool) -> int:
    """Analyse each folder as a sample, write all reports, and return the exit code.

    Raises
    ------
    FitError
        Where not even two samples can be analysed; the others are analysed without it.
    """
    from eisfit.report import write_comparison
    from eisfit.report.samples_files import comparison_results, folders_of
    from eisfit.samples import compare_samples

    paths = list(dict.fromkeys(paths))
    if not json:
        say(
            f"{len(paths)} folders are taken as {len(paths)} samples (name their files to take them"
            " as one)"
        )
    with progress_bar(quiet=json) as progress:
        analyses, findings = _analyses(paths, wishes, progress)
        comparison = compare_samples(analyses, findings=tuple(findings))
        place = write_comparison(comparison, output, progress=progress)
    if json:
        print_json(comparison_results(comparison, folders_of(comparison)))
    else:
        print_comparison(comparison)
        print_findings(comparison.findings)
        say(f"wrote {place / 'report.html'}")
    return _code(comparison)


def _analyses(
    paths: Sequence[str], wishes: Wishes, progress: Callable[[str, int, int], None]
) -> tuple[dict[str, Analysis], list[Finding]]:
    """Return the analysis of each folder that can be analysed, and a finding for each other."""
    from eisfit.cli.series import analyse

    analyses: dict[str, Analysis] = {}
    failed: list[str] = []
    for name, path in zip(sample_names(paths), paths, strict=True):
        try:
            analyses[name] = analyse([path], wishes, _named(progress, name))
        except EisfitError as error:
            failed.append(f"{name}: {error}")
    if len(analyses) < 2:
        reasons = "".join(f"\n  {text}" for text in failed)
        raise FitError(f"comparing needs two samples or more that can be analysed{reasons}")
    ending = "; the other samples are compared"
    return analyses, [Finding("sample_not_analysed", "error", text + ending) for text in failed]


def _named(progress: Callable[[str, int, int], None], name: str) -> Callable[[str, int, int], None]:
    return lambda what, done, total: progress(f"{name}: {what}", done, total)


def print_comparison(comparison: Comparison) -> None:
    """Print energies and conductivities side by side, and the differences that are real."""
    from eisfit.report.samples_content import difference_words, probability

    for process in comparison.processes:
        columns, rows = _values(comparison, process)
        print_table(process.replace("_", " "), columns, rows)
    real = [d for d in comparison.differences if d.verdict == "different"]
    tested = sum(d.verdict != "not comparable" for d in comparison.differences)
    say(f"{len(real)} of {tested} differences are more than chance; all are in differences.csv")
    if not 0 < len(real) <= _MOST_DIFFERENCES:
        return
    rows = [
        [d.process.replace("_", " "), "E_a" if d.temperature is None else "σ",
         f"{d.first}, {d.second}", difference_words(d), probability(d.adjusted_p_value)]
        for d in real
    ]  # fmt: skip
    columns = ["process", "quantity", "samples", "difference or ratio", "p, all together"]
    print_table("differences", columns, rows)


def _values(comparison: Comparison, process: str) -> tuple[list[str], list[list[str]]]:
    """Return heading and rows of one process: sample, E_a, σ, points."""
    from eisfit.fitting.result import with_error
    from eisfit.report.words import degrees
    from eisfit.samples.differences import common_temperature

    lines = comparison.lines(process)
    T = common_temperature(list(lines.values()))
    unit = "S/cm" if all(line.has_geometry for line in lines.values()) else "S"
    rows = []
    for name, line in lines.items():
        energy, (sigma, error) = line.activation_energy, line.conductivity_at(T)
        rows.append([
            name, with_error(energy.n, energy.s), with_error(float(sigma), float(error)),
            str(int(line.used.sum())),
        ])  # fmt: skip
    return ["sample", "E_a (ln σT), eV", f"σ at {degrees(T)}, {unit}", "points"], rows


def _code(comparison: Comparison) -> int:
    from eisfit.cli.series import exit_code

    doubtful = any(exit_code(s.analysis) for s in comparison.samples)
    return int(doubtful or above_info(comparison.findings))
