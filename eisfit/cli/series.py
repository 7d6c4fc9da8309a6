"""``eisfit series``: a temperature series in, activation energies and a report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
from eisfit.errors import ModelError, ReferenceDataError

if TYPE_CHECKING:
    from eisfit.analysis import Analysis
    from eisfit.comparison import ComparisonRow


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
        str, typer.Option(metavar="temperature|time", help="What the series is along.")
    ] = "",
    json: Json = False,
) -> None:
    """Analyse spectra of one sample at several temperatures and write a report.

    The measurement sheet series.toml beside the files gives what is not said here
    (`eisfit init DIR` writes one). Try:

      eisfit series pellet/ -o report

      eisfit series *.DTA -m llto_pellet --thickness 1.2mm --diameter 10mm --material LLTO -o report
    """
    from eisfit.analysis import analyze_series
    from eisfit.cli.inputs import load, series_of
    from eisfit.report import write_report
    from eisfit.report.results import results
    from eisfit.units import parse_resistance

    inputs = load(paths)
    sheet = inputs.sheet
    model = model or (sheet.model if sheet is not None else "")
    if not model:
        raise ModelError(
            "which circuit? give --model NAME, or model = in series.toml (see `eisfit models`)"
        )
    lead = parse_resistance(lead_resistance, "--lead-resistance") if lead_resistance else None
    if lead is None and sheet is not None:
        lead = sheet.lead_resistance
    along = along or (sheet.along if sheet is not None else "") or "temperature"
    measured = series_of(inputs, geometry_of(thickness, diameter, area), along)
    material = material or (sheet.material if sheet is not None else "")
    _check_references(references, material)
    of_sheet = sheet.temperature_error if sheet is not None else None
    temperatures = temperatures_of(method, share, temperature_error, of_sheet)
    with progress_bar(quiet=json) as progress:
        analysis = analyze_series(
            measured,
            model,
            material,
            lead,
            progress=progress,
            references=references,
            temperatures=temperatures,
        )
        place = write_report(analysis, output, progress=progress)
    if json:
        print_json(results(analysis))
    else:
        print_answer(analysis)
        print_findings(analysis.findings)
        say(f"wrote {place / 'report.html'}")
    raise typer.Exit(code=_code(analysis))


def _check_references(folder: Path | None, material: str) -> None:
    """Refuse a folder of literature values that cannot be used before the work is done."""
    from eisfit.reference import load_library

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


def _code(analysis: Analysis) -> int:
    from eisfit.findings import above_info

    doubtful = any(s.verdict != "usable" for s in analysis.spectra)
    return int(doubtful or above_info(analysis.findings))
