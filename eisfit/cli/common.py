"""What the commands share: options, reading of inputs, tables, progress, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer
from typer.core import TyperCommand

from eisfit.base.errors import EisfitError
from eisfit.base.findings import Finding

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from eisfit.data.geometry import Geometry


class Command(TyperCommand):
    """A command that refuses an option given as an empty text: no default steps in silently."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; EisfitError where an option is empty."""
        # as typed, since the empty path is already the folder one stands in;
        # `ctx` is click's or typer's own copy of it, by the version
        typed = self.make_parser(ctx).parse_args(list(args))[0]
        for option in self.params:
            empty = typed.get(option.name or "") in ("", [""])
            if empty and option.param_type_name == "option":
                raise EisfitError(
                    f"{option.opts[0]} is empty; give it a value or leave it out "
                    "(is a variable of a script not set?)"
                )
        return super().parse_args(ctx, args)


Paths: TypeAlias = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Files, folders or globs.", show_default=False),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
ModelName: TypeAlias = Annotated[
    str,
    typer.Option("--model", "-m", metavar="NAME|CIRCUIT",
                 help="A model (see `eisfit models`) or a circuit such as 'R0-p(R1,CPE1)-CPE2'."),
]  # fmt: skip
Thickness: TypeAlias = Annotated[
    str, typer.Option(metavar="LENGTH", help="Thickness of the sample, as in 1.2mm.")
]
Diameter: TypeAlias = Annotated[
    str, typer.Option(metavar="LENGTH", help="Diameter of a round electrode, as in 10mm.")
]
Area: TypeAlias = Annotated[
    str, typer.Option(metavar="AREA", help="Area of the electrode instead, as in 0.785cm2.")
]


def geometry_of(thickness: str, diameter: str, area: str) -> Geometry | None:
    """Return the geometry that the options give, None where they give none.

    Raises
    ------
    EisfitError
        Where only a part of it is given or a unit is wrong.
    """
    from eisfit.base.errors import UnitError
    from eisfit.data.geometry import Geometry

    if not (thickness or diameter or area):
        return None
    if not thickness or bool(diameter) == bool(area):
        raise UnitError("the geometry needs --thickness and one of --diameter and --area")
    return Geometry.disc(thickness, diameter=diameter or None, area=area or None)


def print_json(value: Any) -> None:
    """Print `value` as JSON: UTF-8, no NaN."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def say(text: str) -> None:
    """Print to stderr, which is where trouble and progress go."""
    typer.echo(f"eisfit: {text}", err=True)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that wraps instead of cutting."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

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


@contextmanager
def progress_bar(
    quiet: bool = False, *more: ProgressColumn
) -> Iterator[Callable[[str, int, int], None]]:
    """Give a callable (what, done, total) that draws a bar on stderr where that is a terminal.

    Further columns stand before the time that is left.
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
