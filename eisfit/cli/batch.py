"""``eisfit batch``: one circuit fitted to many files, or to tables of millions of spectra."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eisfit.base.errors import FitError
from eisfit.cli import terminal
from eisfit.cli.options import Json, Paths, Settings, with_settings

if TYPE_CHECKING:
    from eisfit.batch import BatchResult


@with_settings("model")
def batch(
    paths: Paths,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the results.")
    ],
    settings: Settings,
    start: Annotated[
        str,
        typer.Option(
            metavar="R0=10,R1=100...|FILE",
            help="Start values for all spectra, in SI units; estimated from the data if not given.",
        ),
    ] = "",
    weighting: Annotated[
        str, typer.Option(help="Weights of the fit: modulus, unit, proportional or structure.")
    ] = "modulus",
    validation: Annotated[
        str, typer.Option(help="Tests before the fit: kramers_kronig, screening or none.")
    ] = "kramers_kronig",
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, help="Number of cores; if not given: all, or one for fewer than 500 spectra."
        ),
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Address of a Dask scheduler, such as tcp://host:8786."
        ),
    ] = "",
    resume: Annotated[
        bool, typer.Option(help="Continue the batch in DIR, or start one if DIR holds none.")
    ] = False,
    chunk_size: Annotated[
        int | None,
        typer.Option(min=1, help="Number of spectra (of tables) or of files in one chunk."),
    ] = None,
    quiet: Annotated[bool, typer.Option(help="Print only errors.")] = False,
    json: Json = False,
) -> None:
    """Fit a circuit to many files or to tables of spectra; an interrupted batch can be continued.

    Try:

      eisfit batch pellets/ -m llto_pellet -o fits

      eisfit batch spectra.parquet -m 'R0-p(R1,CPE1)' --validation none -o fits --resume
    """
    from eisfit.io.inputs import find_sheet
    from eisfit.report.batch import overview, run_batch

    model = settings.over(find_sheet(paths).settings).required_model()
    with terminal.progress_bar(quiet or json) as progress:
        result = run_batch(
            paths, model, output, start=_start(start) if start else None,
            weighting=weighting,  # type: ignore[arg-type]
            validation=validation,  # type: ignore[arg-type]
            jobs=jobs, scheduler=scheduler, existing="resume" if resume else "refuse",
            chunk_size=chunk_size, progress=progress,
        )  # fmt: skip
    if json:
        terminal.print_json(overview(result))
    elif not quiet:
        _print_result(result)
    raise typer.Exit(code=int(not result.usable))


def _print_result(result: BatchResult) -> None:
    rate = result.done_now / max(result.seconds, 1e-9)
    typer.echo(
        f"{result.spectra} spectra: {result.fitted} fitted, {result.converged} converged, "
        f"{result.failed} failed; {result.done_now} now in {result.seconds:.1f} s ({rate:.4g}/s)"
    )
    for (code, severity), count in result.findings.items():
        typer.echo(f"  {severity}: {code} in {count}", err=True)
    for failure in result.failures[:10]:
        typer.echo(f"  failed: {failure.reason}", err=True)
    if result.failed > 10:
        terminal.print_message(
            f"and {result.failed - 10} more failures; see {result.folder / 'summary.csv'}"
        )
    typer.echo(str(result.folder / "overview.html"))


def _start(text: str) -> dict[str, float]:
    """Return start values from ``NAME=VALUE,…`` or from a JSON or TOML file of them."""
    pairs = _start_file(Path(text)) if "=" not in text else {}
    for part in text.split(",") if "=" in text else ():
        name, _, value = part.partition("=")
        pairs[name.strip()] = value.strip()
    try:
        return {name: float(value) for name, value in pairs.items()}
    except (TypeError, ValueError) as error:
        raise FitError(f"--start {text}: {error}; write it as in R0=10,R1=100") from None


def _start_file(path: Path) -> dict[str, Any]:
    import json
    import tomllib

    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise FitError(f"--start {path}: {error}; give NAME=VALUE,… or such a file") from None
    if not isinstance(values, dict):
        raise FitError(f"--start {path}: it must map names of parameters to values")
    return values
