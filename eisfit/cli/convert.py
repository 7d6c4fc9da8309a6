"""``eisfit convert``: spectra of any format into csv, json, Parquet or .z."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eisfit.cli.common import Paths, print_findings, print_message


def convert(
    paths: Paths,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="As .csv, .json, .parquet or .z."),
    ],
) -> None:
    """Write the spectra of files of any known format into one file.

    Numbers keep all their digits; what a reader noticed is printed. Try:

      eisfit convert pellet/ -o pellet.csv

      eisfit convert run7.mpr -o run7.z
    """
    from eisfit.base.errors import ReadError
    from eisfit.base.findings import has_warnings
    from eisfit.io.convert import convert as written
    from eisfit.readers import read_each

    outcomes = read_each(paths)
    spectra = [s for o in outcomes for s in o.spectra]
    for outcome in outcomes:
        if outcome.error:
            print_message(outcome.error)
    if not spectra:
        raise ReadError(", ".join(paths), f"no spectrum in {len(outcomes)} files")
    files = written(spectra, output)
    findings = [f for s in spectra for f in s.findings]
    print_findings(findings)
    what = files[0] if len(files) == 1 else f"{len(files)} files, {files[0]} to {files[-1].name}"
    typer.echo(f"wrote {what}: {len(spectra)} spectr{'um' if len(spectra) == 1 else 'a'}")
    raise typer.Exit(code=int(any(o.error for o in outcomes) or has_warnings(findings)))
