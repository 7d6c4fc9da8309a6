"""``eisfit series``: a temperature series in, activation energies and a report out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eisfit.base.errors import ModelError, ReferenceDataError
from eisfit.cli.common import (
    Area,
    Diameter,
    Json,
    ModelName,
    Paths,
    Thickness,
    geometry_of,
    print_findings,
    print_json,
    print_table,
    progress_bar,
    say,
)
from eisfit.cli.lists import OwnReferences
from eisfit.cli.temperatures import (
    MethodOption,
    ShareOption,
    TemperatureError,
    temperatures_of,
)
from eisfit.cli.treatment import OpenOption, ShortOption, SuspectsOption
from eisfit.io.treatment import Treatment

if TYPE_CHECKING:
    from eisfit.analysis.comparison import ComparisonRow
    from eisfit.analysis.pipeline import Analysis
    from eisfit.data.geometry import Geometry

    Progress = Callable[[str, int, int], None]

_AS_MEASURED = Treatment()


def series(
    paths: Paths,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where the report goes.")
    ],
    model: ModelName = "",
    thickness: Thickness = "",
    diameter: Diameter = "",
    area: Area = "",
    material: Annotated[str, typer.Option(help="Compare with its literature, as LLTO.")] = "",
    references: OwnReferences = None,
    lead_resistance: Annotated[
        str, typer.Option(metavar="R", help="Resistance of the leads if measured, as in 1.5ohm.")
    ] = "",
    method: MethodOption = "joint",
    share: ShareOption = None,
    temperature_error: TemperatureError = "",
    along: Annotated[
        str,
        typer.Option(
            metavar="COORDINATE",
            help="What the series is along: temperature, time, bias, state_of_charge, pressure or "
            "thickness.",
        ),
    ] = "",
    short: ShortOption = "",
    open_: OpenOption = "",
    suspects: SuspectsOption = "",
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Templates of one's own for the report.")
    ] = None,
    json: Json = False,
) -> None:
    """Analyse spectra of one sample at several temperatures and write a report.

    Several folders are several samples: each gets its report, and one more compares them.
    The measurement sheet series.toml beside the files gives what is not said here
    (`eisfit init DIR` writes one). Try:

      eisfit series pellet/ -o report

      eisfit series *.DTA -m llto_pellet --thickness 1.2mm --diameter 10mm --material LLTO -o report

      eisfit series sintered_1000C/ sintered_1100C/ sintered_1200C/ -m llto_pellet -o comparison
    """
    from eisfit.cli.samples import compare_folders, several

    wishes = Wishes(
        model=model, geometry=geometry_of(thickness, diameter, area), material=material,
        references=references, lead_resistance=lead_resistance, method=method,
        share=tuple(share or ()), temperature_error=temperature_error, along=along,
        treatment=Treatment(short, open_, suspects), templates=templates,
    )  # fmt: skip
    if several(paths):
        code = compare_folders(paths, wishes, output, json=json)
    else:
        code = _one(paths, wishes, output, json=json)
    raise typer.Exit(code=code)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says of an analysis; empty where it leaves it to the sheet."""

    model: str = ""
    geometry: Geometry | None = None
    material: str = ""
    references: Path | None = None
    lead_resistance: str = ""
    method: str = "joint"
    share: tuple[str, ...] = ()
    temperature_error: str = ""
    along: str = ""
    treatment: Treatment = _AS_MEASURED
    templates: Path | None = None


def analyse(paths: Sequence[str], wishes: Wishes, progress: Progress) -> Analysis:
    """Return the analysis of the files at `paths`; the sheet beside them says what is not wished.

    Raises
    ------
    EisfitError
        Where files, sheet or wishes make no sense, or nothing can be fitted.
    """
    from eisfit.analysis.pipeline import analyze_series
    from eisfit.base.units import parse_resistance
    from eisfit.io.inputs import load, series_of

    inputs = load(paths, wishes.treatment)
    sheet = inputs.sheet
    model = wishes.model or (sheet.model if sheet is not None else "")
    if not model:
        raise ModelError(
            "which circuit? give --model NAME, or model = in series.toml (see `eisfit models`)"
        )
    given = wishes.lead_resistance
    lead = parse_resistance(given, "--lead-resistance") if given else None
    if lead is None and sheet is not None:
        lead = sheet.lead_resistance
    along = wishes.along or (sheet.along if sheet is not None else "") or "temperature"
    measured = series_of(inputs, wishes.geometry, along)
    material = wishes.material or (sheet.material if sheet is not None else "")
    _check_references(wishes.references, material)
    of_sheet = sheet.temperature_error if sheet is not None else None
    return analyze_series(
        measured,
        model,
        material,
        lead,
        progress=progress,
        references=wishes.references,
        temperatures=temperatures_of(
            wishes.method, list(wishes.share), wishes.temperature_error, of_sheet
        ),
    )


def _one(paths: Sequence[str], wishes: Wishes, output: Path, *, json: bool) -> int:
    """Analyse one sample, write its report, and return the exit code."""
    from eisfit.fitting.many import available_cores
    from eisfit.report import write_report
    from eisfit.report.results import results

    with progress_bar(quiet=json) as progress:
        analysis = analyse(paths, wishes, progress)
        cores = available_cores()
        place = write_report(analysis, output, progress, wishes.templates, cores)
    if json:
        print_json(results(analysis))
    else:
        print_answer(analysis)
        print_findings(analysis.findings)
        say(f"wrote {place / 'report.html'}")
    return exit_code(analysis)


def _check_references(folder: Path | None, material: str) -> None:
    """Refuse a folder of literature values that cannot be used before the work is done."""
    from eisfit.literature import load_library

    if folder is not None and not material:
        raise ReferenceDataError(
            "--references needs a material to compare: give --material, or material = in "
            "series.toml"
        )
    if folder is not None:
        load_library(folder)


def print_answer(analysis: Analysis) -> None:
    """Print activation energies and conductivities, or laws of growth, and the comparison."""
    from eisfit.fitting.result import with_error

    if analysis.series.coordinate == "time":
        _print_growth(analysis)
    rows = []
    for name, line in analysis.arrhenius.items():
        energy, other = line.activation_energy, line.activation_energy_ln_sigma
        sigma, error = line.conductivity_at(298.15)
        unit = "S/cm" if line.has_geometry else "S"
        note = ", extrapolated" if line.extrapolates_to(298.15) else ""
        rows.append([
            name.replace("_", " "),
            with_error(energy.nominal_value, energy.std_dev) + " eV",
            with_error(other.nominal_value, other.std_dev) + " eV",
            with_error(float(sigma), float(error)) + f" {unit}{note}",
            str(int(line.used.sum())),
        ])  # fmt: skip
    if rows:
        columns = ["process", "E_a (ln σT)", "E_a (ln σ)", "σ at 25 °C", "points"]
        print_table("", columns, rows)
    rows = [_compared(c) for c in analysis.comparison if c.verdict != "not_comparable"]
    if rows:
        print_table("", ["compared", "measured", "literature", "verdict", "source"], rows)


def _print_growth(analysis: Analysis) -> None:
    """Print the law by which each interphase grows; the report says why."""
    from eisfit.report.growth import growth_table

    table = growth_table(analysis)
    if table is not None:
        rows = [[row[i] for i in (0, 1, 2, 3, 5)] for row in table.rows]
        print_table("", ["process", "exponent m", "95 % interval", "R₀", "verdict"], rows)
    elif not any(f.code == "no_growth_law" for f in analysis.findings):
        typer.echo("no law of growth: no interphase, and no interface whose resistance rises")


def _compared(row: ComparisonRow) -> list[str]:
    """Return one line of the comparison; the report says why."""
    from eisfit.fitting.result import with_error

    what, unit = {"conductivity_S_cm": ("σ", "S/cm"), "activation_energy_eV": ("E_a", "eV")}.get(
        row.quantity, (row.quantity, "")
    )
    at = f" at {row.temperature - 273.15:.0f} °C" if row.temperature is not None else ""
    measured = with_error(row.measured, row.measured_stderr) if row.measured is not None else "–"
    return [
        f"{row.process.replace('_', ' ')}, {what}{at}",
        f"{measured} {unit}",
        f"{row.reference_value:g} {unit}",
        row.verdict,
        row.reference_id,
    ]


def exit_code(analysis: Analysis) -> int:
    """Return 0 where nothing is doubtful, else 1."""
    from eisfit.base.findings import above_info

    doubtful = any(s.verdict != "usable" for s in analysis.spectra)
    return int(doubtful or above_info(analysis.findings))
