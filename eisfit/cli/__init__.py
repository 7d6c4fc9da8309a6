"""The command line: every command calls the functions of the Python package."""

from __future__ import annotations

import os
import sys
import traceback

import typer

from eisfit import __version__
from eisfit.base.errors import EisfitError
from eisfit.cli.app import app as open_app
from eisfit.cli.batch import batch
from eisfit.cli.compare import compare
from eisfit.cli.doctor import doctor
from eisfit.cli.drt import drt
from eisfit.cli.files import convert, init, show, simulate
from eisfit.cli.fit import fit
from eisfit.cli.lists import formats, models, references
from eisfit.cli.options import Command
from eisfit.cli.series import series
from eisfit.cli.validate import validate

app = typer.Typer(
    name="eisfit",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Analyse impedance spectra of solid electrolytes: raw files give conductivities, "
    "activation energies and a report.",
    epilog="Start with:  eisfit init DIR   then   eisfit series DIR -o REPORT\n\n"
    "Exit codes: 0 done; 1 done, but a file failed, a spectrum is doubtful, or a warning affects a "
    "result; 2 wrong input.",
)
for command in (
    series,
    fit,
    batch,
    show,
    validate,
    drt,
    compare,
    convert,
    init,
    simulate,
    formats,
    models,
    references,
    doctor,
):
    app.command(cls=Command)(command)
app.command("app", cls=Command)(open_app)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"eisfit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: bool = typer.Option(
        False,
        "--version",
        callback=_print_version,
        is_eager=True,
        help="Show the version and exit.",
    ),
) -> None:
    pass


def main() -> None:
    """Run the command line; exit codes as --help states them."""
    try:
        app()  # leaves by SystemExit, usage errors included
        status = 0
    except EisfitError as error:
        print(f"eisfit: {error}", file=sys.stderr)  # noqa: T201
        status = 2
    except KeyboardInterrupt:
        print("eisfit: stopped", file=sys.stderr)  # noqa: T201
        status = 130
    except BrokenPipeError:
        # the reader of the output has closed it (as `head` does), so no message can be printed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Exception as error:  # noqa: BLE001 - the last resort: users get a sentence
        if os.environ.get("EISFIT_DEBUG"):
            traceback.print_exc()
        text = (
            "eisfit: this is an error in eisfit itself, not in your data: "
            f"{type(error).__name__}: {error}"
        )
        print(text, file=sys.stderr)  # noqa: T201
        print(  # noqa: T201
            "eisfit: please report it; EISFIT_DEBUG=1 shows where it happened", file=sys.stderr
        )
        status = 2
    sys.exit(status)
