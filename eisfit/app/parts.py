"""What the views share: charts, findings, questions, and how trouble is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from nicegui import run, ui

from eisfit.app.desk import Desk, Row
from eisfit.base.errors import EisfitError
from eisfit.base.findings import Finding
from eisfit.plots.plotly import PlotlyFigure

_ICONS = {"error": "error", "warning": "warning", "info": "info"}
_COLOURS = {"error": "red-9", "warning": "orange-10", "info": "blue-9"}
_MOST = 40  # findings shown at once


@dataclass(slots=True)
class Look:
    """What one browser window looks at.

    Parameters
    ----------
    desk : Desk
    selected : tuple of str
        Keys of the spectra that are drawn together.
    current : str
        Key of the spectrum that is fitted; empty where there is none.
    redraw : list of callable
        Called after every change.
    """

    desk: Desk
    selected: tuple[str, ...] = ()
    current: str = ""
    redraw: list[Callable[[], None]] = field(default_factory=list)

    def changed(self) -> None:
        """Draw anew what depends on the desk."""
        known = {row.key for row in self.desk.rows}
        self.selected = tuple(key for key in self.selected if key in known)
        if self.current not in known:
            self.current = next(iter(self.selected), next(iter(r.key for r in self.desk.rows), ""))
        for draw in self.redraw:
            draw()

    @property
    def rows(self) -> list[Row]:
        """The selected rows, in the folder's order."""
        chosen = set(self.selected)
        return [row for row in self.desk.rows if row.key in chosen]


@contextmanager
def told() -> Iterator[None]:
    """Show what goes wrong as a sentence."""
    try:
        yield
    except EisfitError as error:
        complain(str(error))


def complain(text: str) -> None:
    """Show a sentence that stays until it is closed."""
    ui.notify(
        text, type="negative", position="bottom", multi_line=True, timeout=0, close_button="Close",
    )  # fmt: skip


def changing(look: Look, change: Callable[[], None]) -> None:
    """Make a change of the desk, tell what goes wrong, and draw anew."""
    with told():
        change()
    look.changed()


async def in_thread(work: Callable[..., Any], *args: Any) -> Any:
    """Do long work beside the server; what goes wrong is told, and None comes back."""

    def safely() -> Any:
        try:
            return work(*args)
        except Exception as error:  # noqa: BLE001 - no view may wait for what does not come
            return error

    result = await run.io_bound(safely)
    if isinstance(result, EisfitError):
        complain(str(result))
    elif isinstance(result, Exception):
        complain(f"this should not happen ({type(result).__name__}: {result}); please report it")
    return None if isinstance(result, Exception) else result


def chart(figure: PlotlyFigure, label: str, height: str = "22rem") -> Any:
    """Show a figure, with a name for those who cannot see it."""
    made = ui.plotly(figure).classes("w-full").style(f"height: {height}")
    return made.props(f'role="figure" aria-label="{label}"')


def findings_list(findings: Iterable[Finding]) -> None:
    """Show findings, worst first, each once."""
    rank = {"error": 0, "warning": 1, "info": 2}
    several = sorted(dict.fromkeys(findings), key=lambda f: rank[f.severity])
    for finding in several[:_MOST]:
        with ui.row().classes("items-start no-wrap gap-2 w-full"):
            ui.icon(_ICONS[finding.severity], color=_COLOURS[finding.severity]).props(
                f'role="img" aria-label="{finding.severity}"'
            )
            ui.label(finding.message).classes("text-sm").style("overflow-wrap: anywhere")
    if len(several) > _MOST:
        ui.label(f"and {len(several) - _MOST} more; the report holds all").classes("text-sm")


async def asked_reason(question: str, suggestions: Sequence[str]) -> str:
    """Ask why points or spectra are left out; an empty text where it was given up."""
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        ui.label(question).classes("text-base")
        said = ui.input("Reason", autocomplete=list(suggestions)).classes("w-full")
        said.props("autofocus")
        said.on("keydown.enter", lambda: dialog.submit(said.value) if said.value.strip() else None)
        with ui.row().classes("justify-end w-full"):
            ui.button("Cancel", on_click=lambda: dialog.submit("")).props("flat")
            leave = ui.button("Leave out", on_click=lambda: dialog.submit(said.value))
            leave.bind_enabled_from(said, "value", backward=lambda v: bool((v or "").strip()))
    answer = await dialog
    dialog.delete()
    return str(answer or "").strip()


def heading(text: str) -> Any:
    """Show a heading of the second level."""
    with ui.element("h2").classes("text-base font-bold m-0 leading-6"):
        ui.label(text)


Handler = Callable[..., Awaitable[None] | None]
