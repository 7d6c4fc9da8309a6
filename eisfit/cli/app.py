"""``eisfit app``: the local app in the browser."""

from __future__ import annotations

import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from eisfit.base.errors import OutputError


def app(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]", help="Folder of the raw files; a new folder if none is given."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the app; 0: any free port.")
    ] = 0,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open the app in the browser: drop files, click a model, watch the fit, save the report.

    The app runs on this computer, and only this computer can open it. Every choice is written
    into series.toml beside the data. Try:

      eisfit app pellet/

      eisfit app
    """
    if find_spec("nicegui") is None:
        raise OutputError("the app needs its extra: pip install 'eisfit-toolkit[app]'")
    from eisfit.app.server import open_browser, serve

    if folder is None:
        folder = Path(f"eisfit_{datetime.date.today():%Y-%m-%d}")
        typer.echo(f"files and results go into the folder {folder}")
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file; give the folder that holds it")

    def print_address(address: str) -> None:
        typer.echo(f"eisfit app: {address}\nstop it with Ctrl+C")

    serve(folder.resolve(), port, print_address, open_browser if open_page else _not_opened)


def _not_opened(_address: str) -> None:
    """Do nothing: the user opens the page."""
