"""``eisfit show``, ``convert``, ``init``, ``simulate``: commands about raw files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.errors import ModelError
from eisfit.cli import terminal
from eisfit.cli.options import Json, Paths

if TYPE_CHECKING:
    from eisfit.data.spectrum import Spectrum
    from eisfit.readers import ReadOutcome


def show(paths: Paths, json: Json = False) -> None:
    """Show what the files hold: spectra, points, frequencies, temperatures, problems.

    Try:

      eisfit show pellet/

      eisfit show *.mpt --json
    """
    from eisfit.quality import screen
    from eisfit.readers import read_each, skipped_files
    from eisfit.readers.text import base_name

    outcomes = read_each(paths)
    findings = {s: (*s.findings, *screen(s)) for o in outcomes for s in o.spectra}
    if json:
        terminal.print_json([_as_json(o, findings) for o in outcomes])
    else:
        rows = [_row(s, o.format) for o in outcomes for s in o.spectra]
        if rows:
            columns = ["file", "format", "points", "frequency / Hz", "temperature", "source"]
            terminal.print_table("", columns, rows)
        for outcome in outcomes:
            if outcome.error:
                terminal.print_message(outcome.error)
        skipped = [base_name(path) for path in skipped_files(paths)]
        if skipped:
            more = f" and {len(skipped) - 8} more" if len(skipped) > 8 else ""
            terminal.print_message(
                f"skipped (not impedance data): {', '.join(skipped[:8])}{more}; to read them, "
                "give their names"
            )
        terminal.print_findings([f for several in findings.values() for f in several])
    unreadable = [o for o in outcomes if o.error]
    if len(unreadable) == len(outcomes):
        raise typer.Exit(code=2)
    noticed = [f for several in findings.values() for f in several]
    raise typer.Exit(code=terminal.exit_code(noticed, failed=bool(unreadable)))


def _as_json(outcome: ReadOutcome, findings: dict[Spectrum, Any]) -> dict[str, Any]:
    if outcome.error:
        return {"file": outcome.path, "error": str(outcome.error)}
    spectra = []
    for s in outcome.spectra:
        frequency, _ = s.kept
        spectra.append({
            "sweep": s.provenance.sweep,
            "n_points": len(frequency),
            "frequency_range_Hz": [float(frequency[-1]), float(frequency[0])],
            "temperature_K": s.temperature,
            "findings": [
                f.to_dict() for f in findings[s]
            ],
        })  # fmt: skip
    return {"file": outcome.path, "format": outcome.format, "spectra": spectra}


def _row(spectrum: Spectrum, name: str) -> list[str]:
    frequency, _ = spectrum.kept
    T = spectrum.temperature
    return [
        spectrum.label,
        name,
        str(len(frequency)),
        f"{frequency[-1]:.4g} to {frequency[0]:.4g}",
        f"{T - ZERO_CELSIUS:.1f} °C" if T is not None else "not known",
        spectrum.temperature_source,
    ]


def convert(
    paths: Paths,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Output file (.csv, .json, .parquet or .z)."
        ),
    ],
) -> None:
    """Read files of any known format and write their spectra into one file.

    Numbers keep all digits; problems of the files are printed. Try:

      eisfit convert pellet/ -o pellet.csv

      eisfit convert run7.mpr -o run7.z
    """
    from eisfit.base.errors import ReadError
    from eisfit.io.convert import convert as written
    from eisfit.readers import read_each

    outcomes = read_each(paths)
    spectra = [s for o in outcomes for s in o.spectra]
    for outcome in outcomes:
        if outcome.error:
            terminal.print_message(outcome.error)
    if not spectra:
        raise ReadError(", ".join(paths), f"no spectrum in {len(outcomes)} files")
    files = written(spectra, output)
    findings = [f for s in spectra for f in s.findings]
    terminal.print_findings(findings)
    what = files[0] if len(files) == 1 else f"{len(files)} files, {files[0]} to {files[-1].name}"
    typer.echo(f"wrote {what}: {len(spectra)} spectr{'um' if len(spectra) == 1 else 'a'}")
    raise typer.Exit(code=terminal.exit_code(findings, failed=any(o.error for o in outcomes)))


def init(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder of raw files.")],
) -> None:
    """Write DIR/series.toml: temperatures that the files state, geometry and model to fill in.

    Try:

      eisfit init pellet/
    """
    from eisfit.io.new_sheet import write_sheet
    from eisfit.readers import read_each

    outcomes = read_each(folder)
    path = write_sheet(folder, outcomes)
    for outcome in outcomes:
        if outcome.error:
            terminal.print_message(outcome.error)
    typer.echo(f"wrote {path}: fill in thickness, diameter, material and model, then run")
    typer.echo(f"  eisfit series {folder} -o {folder.rstrip('/')}_report")
    raise typer.Exit(code=int(any(o.error for o in outcomes)))


def simulate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model or a circuit.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the files.")
    ],
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="Value of a parameter in SI units; can be repeated."
        ),
    ] = None,
    count: Annotated[
        int, typer.Option(min=1, help="Number of spectra, each with different noise.")
    ] = 1,
    noise: Annotated[
        float, typer.Option(min=0.0, help="Standard deviation of the noise, as a fraction of |Z|.")
    ] = 0.003,
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.")] = 0,
    low: Annotated[float, typer.Option(help="Lowest frequency in Hz.")] = 0.1,
    high: Annotated[float, typer.Option(help="Highest frequency in Hz.")] = 7e6,
    per_decade: Annotated[int, typer.Option(min=1, help="Points per decade.")] = 10,
    ending: Annotated[
        str, typer.Option("--format", metavar="csv|mpt|dta", help="File format.")
    ] = "csv",
) -> None:
    """Write simulated spectra of a model.

    Try:

      eisfit simulate llto_pellet --set R_bulk=2e3 -o simulated

      eisfit simulate 'R0-p(R1,CPE1)' --set R0=10 --set R1=100 --set Q1=1e-6 --set n1=0.9 -o sim
    """
    from eisfit.circuit.models import load_model
    from eisfit.circuit.simulation import frequencies
    from eisfit.circuit.simulation import simulate as simulated
    from eisfit.io.writing import write_spectrum

    loaded = load_model(model)
    values = dict(_pair(text) for text in value or [])
    frequency = frequencies(low, high, per_decade=per_decade)
    stem = loaded.name if not loaded.from_text else "circuit"
    for i in range(count):
        spectrum = simulated(loaded, values, frequency, noise=noise, seed=seed + i)
        path = write_spectrum(spectrum, output / f"{stem}_{i + 1:03d}.{ending.lower().lstrip('.')}")
        typer.echo(str(path))


def _pair(text: str) -> tuple[str, float]:
    name, sign, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        what = "has no '='" if not sign else f"{number!r} is no number"
        raise ModelError(f"--set {text}: {what}; write it as in R_bulk=2e3") from None
