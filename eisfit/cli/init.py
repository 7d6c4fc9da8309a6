"""``eisfit init``: the measurement sheet, filled with what the files tell."""

from __future__ import annotations

from typing import Annotated

import typer

from eisfit.cli.common import print_message


def init(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder of raw files.")],
) -> None:
    """Write DIR/series.toml: temperatures as found, geometry and model to fill in.

    Try:

      eisfit init pellet/
    """
    from eisfit.io.new_sheet import write_sheet
    from eisfit.readers import read_each

    outcomes = read_each(folder)
    path = write_sheet(folder, outcomes)
    for outcome in outcomes:
        if outcome.error:
            print_message(outcome.error)
    typer.echo(f"wrote {path}: fill in thickness, diameter, material and model, then run")
    typer.echo(f"  eisfit series {folder} -o {folder.rstrip('/')}_report")
    raise typer.Exit(code=int(any(o.error for o in outcomes)))
