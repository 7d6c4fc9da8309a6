"""What the commands share: options, tables, messages, progress."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer
from typer.core import TyperCommand

from eisfit.base.errors import EisfitError, UnitError
from eisfit.base.findings import Finding

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from eisfit.data.settings import AnalysisSettings

Paths: TypeAlias = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Files, folders or globs.", show_default=False),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
ModelName: TypeAlias = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="NAME|CIRCUIT",
                 help="A model (see `eisfit models`) or a circuit such as 'R0-p(R1,CPE1)-CPE2'."),
]  # fmt: skip
Thickness: TypeAlias = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="Thickness of the sample, as in 1.2mm.")
]
Diameter: TypeAlias = Annotated[
    str | None, typer.Option(metavar="LENGTH", help="Diameter of a round electrode, as in 10mm.")
]
Area: TypeAlias = Annotated[
    str | None, typer.Option(metavar="AREA", help="Area of the electrode instead, as in 0.785cm2.")
]
Short: TypeAlias = Annotated[
    str | None,
    typer.Option("--short", metavar="FILE",
                 help="Measurement of the fixture with its contacts shorted: it is removed."),
]  # fmt: skip
Open: TypeAlias = Annotated[
    str | None,
    typer.Option("--open", metavar="FILE",
                 help="Measurement of the fixture with its contacts open: it is removed."),
]  # fmt: skip
SuspectPoints: TypeAlias = Annotated[
    Literal["keep", "leave_out"] | None,
    typer.Option(
        "--suspects",
        help="Keep or leave out points that the tests name, and those outside the valid range.",
    ),
]


class Command(TyperCommand):
    """A command that refuses an option given as an empty text: no default replaces it silently."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; EisfitError where an option is empty."""
        # before conversion, since an empty path becomes the current folder;
        # `ctx` is click's or typer's own copy of it, by the version
        given = self.make_parser(ctx).parse_args(list(args))[0]
        for option in self.params:
            empty = given.get(option.name or "") in ("", [""])
            if empty and option.param_type_name == "option":
                raise EisfitError(
                    f"{option.opts[0]} is empty; give it a value or leave it out "
                    "(is a variable of a script not set?)"
                )
        return super().parse_args(ctx, args)


def settings_from_options(
    *,
    thickness: str | None = None,
    diameter: str | None = None,
    area: str | None = None,
    lead_resistance: str | None = None,
    temperature_error: str | None = None,
    **stated: Any,
) -> AnalysisSettings:
    """Return the settings that options state; texts with units become SI values.

    Raises
    ------
    UnitError
        Where only a part of the geometry is given or a unit is wrong.
    """
    from eisfit.base.units import parse_resistance, parse_temperature_error
    from eisfit.data.geometry import Geometry
    from eisfit.data.settings import AnalysisSettings

    if thickness or diameter or area:
        if not thickness or bool(diameter) == bool(area):
            raise UnitError("the geometry needs --thickness and one of --diameter and --area")
        stated["geometry"] = Geometry.disc(thickness, diameter=diameter, area=area)
    if lead_resistance:
        stated["lead_resistance"] = parse_resistance(lead_resistance, "--lead-resistance")
    if temperature_error:
        stated["temperature_error"] = parse_temperature_error(
            temperature_error, "--temperature-error"
        )
    return AnalysisSettings(**stated)


def print_json(value: Any) -> None:
    """Print `value` as JSON: UTF-8, no NaN."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_message(text: object) -> None:
    """Print to stderr, where problems and progress belong."""
    typer.echo(f"eisfit: {text}", err=True)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that wraps instead of cutting; nothing where it has no rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(
        title=Text(title) if title else None, title_justify="left", box=None, padding=(0, 1)
    )
    for i, column in enumerate(columns):
        table.add_column(Text(column, style="bold"), overflow="fold", no_wrap=i == 0)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)


def print_findings(findings: Sequence[Finding]) -> None:
    """Print findings, worst first, each message once."""
    rank = {"error": 0, "warning": 1, "info": 2}
    for finding in sorted(dict.fromkeys(findings), key=lambda f: rank[f.severity]):
        typer.echo(f"  {finding.severity}: {finding.message}", err=True)


def exit_code(findings: Iterable[Finding], *, failed: bool = False) -> int:
    """Return 1 where an input failed or a warning or error affects a result, else 0."""
    return int(failed or any(finding.needs_attention for finding in findings))


@contextmanager
def progress_bar(
    quiet: bool = False, *more: ProgressColumn
) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a callable (what, done, total) that draws a bar on stderr where that is a terminal.

    Further columns are placed before the remaining time.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *more,
        TimeRemainingColumn(), console=console, transient=True,
        disable=quiet or not console.is_terminal,
    )  # fmt: skip
    tasks: dict[str, Any] = {}
    with bar:

        def update(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield update
