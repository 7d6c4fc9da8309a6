"""``eisfit series``: series of spectra in, activation energies and reports out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from eisfit.base.errors import EisfitError, FitError, ModelError, ReferenceDataError
from eisfit.base.findings import Finding
from eisfit.base.progress import Progress, with_prefix
from eisfit.cli import terminal
from eisfit.cli.lists import ReferencesFolder
from eisfit.cli.options import FIXTURE, GEOMETRY, Json, Paths, Settings, with_settings

if TYPE_CHECKING:
    from eisfit.analysis.comparison import ComparisonRow
    from eisfit.analysis.pipeline import Analysis
    from eisfit.samples import SampleComparison
    from eisfit.temperature.sharing import Sharing

Analyze: TypeAlias = "Callable[[Sequence[str], Progress], Analysis]"

_MOST_DIFFERENCES = 12  # in the terminal; all of them are in differences.csv


@with_settings(
    "model", *GEOMETRY, "material", "lead_resistance", "temperature_error", "along", *FIXTURE,
    "suspects",
)  # fmt: skip
def series(
    paths: Paths,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the report.")
    ],
    settings: Settings,
    references: ReferencesFolder = None,
    method: Annotated[
        Literal["joint", "separate"],
        typer.Option(help="joint: one fit of all spectra; separate: one fit of each spectrum."),
    ] = "joint",
    share: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=KIND",
            help="How a quantity depends on temperature, such as n_bulk=free or C_bulk=linear; "
            "can be repeated.",
        ),
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of your own report templates.")
    ] = None,
    json: Json = False,
) -> None:
    """Analyse spectra of one sample at several temperatures and write a report.

    If several folders are given, each is one sample with its own report; another report compares
    them. Options that are not given are read from the measurement sheet series.toml beside the
    files (`eisfit init DIR` writes one). Try:

      eisfit series pellet/ -o report

      eisfit series *.DTA -m llto_pellet --thickness 1.2mm --diameter 10mm --material LLTO -o report

      eisfit series sintered_1000C/ sintered_1100C/ sintered_1200C/ -m llto_pellet -o comparison
    """
    from eisfit.analysis.pipeline import analyze_series
    from eisfit.io.inputs import load_series
    from eisfit.temperature.energies import TemperatureOptions

    temperatures = TemperatureOptions(method, parse_sharing(share or ()))

    def analyze(files: Sequence[str], progress: Progress) -> Analysis:
        measured = load_series(files, settings=settings)
        measured.settings.required_model()
        if references is not None:
            _check_references(references, measured.settings.material)
        return analyze_series(
            measured, progress=progress, references=references, temperatures=temperatures
        )

    if are_samples(paths):
        code = _compare_samples(paths, analyze, output, json=json)
    else:
        code = _analyze_sample(paths, analyze, output, templates, json=json)
    raise typer.Exit(code=code)


def parse_sharing(texts: Sequence[str]) -> dict[str, Sharing]:
    """Return by name how quantities depend on temperature, from texts such as ``n_bulk=free``.

    Raises
    ------
    ModelError
        Where a text makes no sense.
    """
    from eisfit.temperature.sharing import Sharing

    known: dict[str, Sharing] = {name: name for name in get_args(Sharing)}
    sharing: dict[str, Sharing] = {}
    for text in texts:
        name, _, kind = (part.strip() for part in text.partition("="))
        if kind not in known:
            raise ModelError(
                f"--share {text!r}: write it as n_bulk=free (known: shared, linear, free; for a "
                "resistance: arrhenius, free)"
            )
        sharing[name] = known[kind]
    return sharing


def _check_references(folder: Path, material: str | None) -> None:
    """Refuse a folder of literature values that cannot be used before the work is done."""
    from eisfit.literature import load_library

    if not material:
        raise ReferenceDataError(
            "--references needs a material to compare: give --material, or material = in "
            "series.toml"
        )
    load_library(folder)


def _analyze_sample(
    paths: Sequence[str], analyze: Analyze, output: Path, templates: Path | None, *, json: bool
) -> int:
    """Analyse one sample, write its report, and return the exit code."""
    from eisfit.fitting.many import available_cores
    from eisfit.report.files import write_report
    from eisfit.report.results import results

    with terminal.progress_bar(quiet=json) as progress:
        analysis = analyze(paths, progress)
        place = write_report(analysis, output, progress, templates, available_cores())
    if json:
        terminal.print_json(results(analysis))
    else:
        print_results(analysis)
        terminal.print_findings(analysis.findings)
        terminal.print_message(f"wrote {place / 'report.html'}")
    return _exit_code(analysis)


def _exit_code(analysis: Analysis) -> int:
    """Return 0 where nothing is doubtful, else 1."""
    doubtful = any(s.verdict != "usable" for s in analysis.spectra)
    return terminal.exit_code(analysis.findings, failed=doubtful)


def print_results(analysis: Analysis) -> None:
    """Print the report's tables of growth and Arrhenius laws, and the literature, shortened."""
    from eisfit.report.series_document import arrhenius_table, growth_table

    growth = growth_table(analysis)
    if growth is not None:
        terminal.print_columns(growth, "", 0, 1, 2, 3, 5)
    elif analysis.series.coordinate == "time":
        typer.echo("no growth law was determined")
    terminal.print_columns(arrhenius_table(analysis), "", 0, 3, 5, 2, 6)
    rows = [_compared(c) for c in analysis.comparison if c.verdict != "not_comparable"]
    terminal.print_table("", ["quantity", "measured", "literature", "verdict", "source"], rows)


def _compared(row: ComparisonRow) -> list[str]:
    """Return one line of the comparison; the report gives the reasons."""
    from eisfit.base.values import plus_minus
    from eisfit.base.words import format_degrees

    what, unit = {"conductivity_S_cm": ("σ", "S/cm"), "activation_energy_eV": ("E_a", "eV")}.get(
        row.quantity, (row.quantity, "")
    )
    at = f" at {format_degrees(row.temperature)}" if row.temperature is not None else ""
    measured = plus_minus(row.measured, row.measured_stderr) if row.measured is not None else "–"
    return [
        f"{row.process.replace('_', ' ')}, {what}{at}",
        f"{measured} {unit}",
        f"{row.reference_value:g} {unit}",
        row.verdict,
        row.reference_id,
    ]


def are_samples(paths: Sequence[str]) -> bool:
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
        repeated = [i for i, name in enumerate(names) if names.count(name) > 1]
        for i in repeated:
            depth[i] += 1
            names[i] = "/".join(parts[i][-depth[i] :])
    return names


def _compare_samples(paths: Sequence[str], analyze: Analyze, output: Path, *, json: bool) -> int:
    """Analyse each folder as a sample, write all reports, and return the exit code.

    Raises
    ------
    FitError
        Where not even two samples can be analysed; the others are analysed without it.
    """
    from eisfit.report.files import sample_folders, write_comparison
    from eisfit.report.results import comparison_results
    from eisfit.samples import compare_samples

    paths = list(dict.fromkeys(paths))
    if not json:
        terminal.print_message(
            f"{len(paths)} folders are taken as {len(paths)} samples (name their files to take them"
            " as one)"
        )
    with terminal.progress_bar(quiet=json) as progress:
        analyses, findings = _analyze_samples(paths, analyze, progress)
        comparison = compare_samples(analyses, findings=tuple(findings))
        place = write_comparison(comparison, output, progress=progress)
    if json:
        terminal.print_json(comparison_results(comparison, sample_folders(comparison)))
    else:
        _print_comparison(comparison)
        terminal.print_findings(comparison.findings)
        terminal.print_message(f"wrote {place / 'report.html'}")
    doubtful = any(_exit_code(s.analysis) for s in comparison.samples)
    return terminal.exit_code(comparison.findings, failed=doubtful)


def _analyze_samples(
    paths: Sequence[str], analyze: Analyze, progress: Progress
) -> tuple[dict[str, Analysis], list[Finding]]:
    """Return the analysis of each folder that can be analysed, and a finding for each other."""
    analyses: dict[str, Analysis] = {}
    failures: list[str] = []
    for name, path in zip(sample_names(paths), paths, strict=True):
        try:
            analyses[name] = analyze([path], with_prefix(progress, name))
        except EisfitError as error:
            failures.append(f"{name}: {error}")
    if len(analyses) < 2:
        reasons = "".join(f"\n  {text}" for text in failures)
        raise FitError(f"a comparison needs two samples or more that can be analysed{reasons}")
    ending = "; the other samples are compared"
    return analyses, [Finding("sample_not_analysed", "error", text + ending) for text in failures]


def _print_comparison(comparison: SampleComparison) -> None:
    """Print energies and conductivities side by side, and the significant differences."""
    from eisfit.report.samples_document import difference_table, process_table

    for process in comparison.processes:
        table = process_table(comparison, process)
        terminal.print_columns(table, table.caption, 0, 1, 4, 6)
    significant = [d for d in comparison.differences if d.verdict == "different"]
    tested = sum(d.verdict != "not comparable" for d in comparison.differences)
    terminal.print_message(
        f"{len(significant)} of {tested} differences are significant; all are in differences.csv"
    )
    if len(significant) <= _MOST_DIFFERENCES:
        terminal.print_columns(difference_table(significant), "differences", 0, 1, 2, 3, 4)
