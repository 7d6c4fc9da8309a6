"""What commands print: tables, JSON, messages, findings, progress; and how they exit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from eisfit.base.findings import Finding
from eisfit.base.progress import Progress

if TYPE_CHECKING:
    from eisfit.report.document import Table

_Item = TypeVar("_Item")


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


def print_columns(table: Table, title: str, *columns: int) -> None:
    """Print some columns of a report's table."""
    rows = [[str(row[i]) for i in columns] for row in table.rows]
    print_table(title, [table.heading[i] for i in columns], rows)


def print_findings(findings: Sequence[Finding]) -> None:
    """Print findings, worst first, each message once."""
    rank = {"error": 0, "warning": 1, "info": 2}
    for finding in sorted(dict.fromkeys(findings), key=lambda f: rank[f.severity]):
        typer.echo(f"  {finding.severity}: {finding.message}", err=True)


def exit_code(findings: Iterable[Finding], *, failed: bool = False) -> int:
    """Return 1 where an input failed or a warning or error affects a result, else 0."""
    return int(failed or any(finding.needs_attention for finding in findings))


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Progress]:
    """Yield a callable (step, done, total) that draws a bar on stderr where that is a terminal."""
    from rich import progress as rich
    from rich.console import Console

    console = Console(stderr=True)
    bar = rich.Progress(
        rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn(),
        rich.TextColumn("{task.fields[rate]}"), rich.TimeRemainingColumn(),
        console=console, transient=True, disable=quiet or not console.is_terminal,
    )  # fmt: skip
    tasks: dict[str, rich.TaskID] = {}
    with bar:

        def update(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, rate="")
            speed = bar.tasks[tasks[step]].speed
            rate = f"{speed:.4g}/s" if speed else ""
            bar.update(tasks[step], completed=done, total=total, rate=rate)

        yield update


def track(items: Sequence[_Item], step: str, *, quiet: bool) -> Iterator[_Item]:
    """Yield the items, and draw how many of them are done."""
    with progress_bar(quiet) as progress:
        for done, item in enumerate(items, 1):
            yield item
            progress(step, done, len(items))
