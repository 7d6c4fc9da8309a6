"""What the views share: charts and their events, findings, questions, errors."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from nicegui import run, ui

from eisfit.app.session import Row, Session
from eisfit.app.state import State
from eisfit.base.arrays import BoolArray
from eisfit.base.errors import EisfitError
from eisfit.base.findings import Finding
from eisfit.plots.plotly import PlotlyFigure, ShownSpectrum
from eisfit.plots.style import rendered
from eisfit.report.document import Table

_COLOURS = {"error": "red-9", "warning": "orange-10", "info": "blue-9"}
_MOST = 40  # findings shown at once


@dataclass(slots=True)
class ViewState:
    """What one browser window shows.

    Parameters
    ----------
    session : Session
    selected : tuple of str
        Keys of the spectra that are drawn together.
    current : str
        Key of the spectrum that is fitted; empty where there is none.
    redraw : list of callable
        Called after every change.
    """

    session: Session
    selected: tuple[str, ...] = ()
    current: str = ""
    redraw: list[Callable[[], None]] = field(default_factory=list)

    def add_part(
        self, build: Callable[[], None], key: Callable[[], object] = object, gap: int = 1
    ) -> None:
        """Show a part of a view that is built anew after every change.

        Parameters
        ----------
        build : callable
            Shows the content.
        key : callable, optional
            Returns what the content depends on, where it need not be built after every change.
        gap : int, optional
            Between the lines.
        """
        place = ui.column().classes(f"w-full gap-{gap}")
        built: list[object] = []

        def draw() -> None:
            now = [key()]
            if built != now:
                built[:] = now
                place.clear()
                with place:
                    build()

        self.redraw.append(draw)

    def change(self, what: str, state: State) -> None:
        """Take a new state, and draw anew."""
        apply_change(self, lambda: self.session.change(what, state))

    def edit(self, what: str, change: Callable[[str], str]) -> None:
        """Change the text of the sheet, and draw anew."""
        apply_change(self, lambda: self.session.edit(what, change))

    def changed(self) -> None:
        """Draw anew what depends on the session."""
        known = {row.key for row in self.session.rows}
        self.selected = tuple(key for key in self.selected if key in known)
        if self.current not in known:
            self.current = next(iter([*self.selected, *(r.key for r in self.session.rows)]), "")
        for draw in self.redraw:
            draw()

    @property
    def rows(self) -> list[Row]:
        """The selected rows, in the folder's order."""
        chosen = set(self.selected)
        return [row for row in self.session.rows if row.key in chosen]


@contextmanager
def show_errors() -> Iterator[None]:
    """Show an error as a message."""
    try:
        yield
    except EisfitError as error:
        show_error(str(error))


def show_error(text: str) -> None:
    """Show a message that stays until it is closed."""
    ui.notify(
        text, type="negative", position="bottom", multi_line=True, timeout=0, close_button="Close",
    )  # fmt: skip


def apply_change(view: ViewState, change: Callable[[], None]) -> None:
    """Change the session, show an error where it fails, and draw anew."""
    with show_errors():
        change()
    view.changed()


async def run_in_thread(work: Callable[..., Any], *args: Any) -> Any:
    """Return the result of long work in a thread; an error is shown, and None returned."""

    def safely() -> Any:
        try:
            return work(*args)
        except Exception as error:  # noqa: BLE001 - a view must not wait for ever
            return error

    result = await run.io_bound(safely)
    if isinstance(result, EisfitError):
        show_error(str(result))
    elif isinstance(result, Exception):
        show_error(
            f"this is an error in eisfit itself ({type(result).__name__}: {result}); please "
            "report it"
        )
    return None if isinstance(result, Exception) else result


@dataclass(slots=True)
class Progress:
    """How far long work is: the step, and the share that is done."""

    step: str = ""
    share: float = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Take a step."""
        self.step, self.share = step, done / max(total, 1)


async def run_with_progress(work: Callable[[Progress], Any], note: Any, bar: Any = None) -> Any:
    """Return the result of long work in a thread, with its steps in a text and a bar meanwhile."""
    progress = Progress()

    def show() -> None:
        note.set_text(progress.step)
        if bar is not None:
            bar.set_value(progress.share)

    timer = ui.timer(0.15, show)
    result = await run_in_thread(work, progress)
    timer.cancel()
    return result


def board(view: ViewState, *columns: Sequence[Callable[[ViewState], None]]) -> None:
    """Build the parts of a view in columns side by side."""
    with ui.element("div").classes("board w-full"):
        for parts in columns:
            with ui.column().classes("w-full gap-3"):
                for build in parts:
                    build(view)


def button(words: str, action: Callable[[], Any], style: str = "outline dense") -> Any:
    """Show a button, which is disabled while its action runs."""

    async def act() -> None:
        element.disable()
        try:
            done = action()
            if inspect.isawaitable(done):
                await done
        finally:
            element.enable()

    element = ui.button(words, on_click=act).props(style)
    return element


def select(options: Any, label: str, style: str = "", **more: Any) -> Any:
    """Show a choice across the whole width."""
    element = ui.select(options, label=label, **more)
    return element.classes("w-full").props(f"dense outlined {style}")


def show_table(table: Table, label: str, columns: Sequence[int]) -> None:
    """Show some columns of a report's table."""
    fields = [{"name": str(i), "field": str(i), "label": table.heading[i], "align": "left"}
              for i in columns]  # fmt: skip
    rows = [{str(i): str(row[i]) for i in columns} for row in table.rows]
    element = ui.table(columns=fields, rows=rows, pagination=0).classes("w-full")
    element.props(f'flat dense wrap-cells hide-pagination aria-label="{label}"')


def on_leave(field: Any, take: Callable[[], None]) -> None:
    """Call `take` when a field is left or Enter is pressed."""
    field.on("blur", take)
    field.on("keydown.enter", take)


def chart(figure: PlotlyFigure, label: str, height: str = "22rem") -> Any:
    """Show a figure, with a name for those who cannot see it."""
    element = ui.plotly(figure).classes("w-full").style(f"height: {height}")
    return element.props(f'role="figure" aria-label="{label}"')


def findings_list(findings: Iterable[Finding]) -> None:
    """Show findings, worst first, each once."""
    several = sorted(dict.fromkeys(findings), key=lambda f: list(_COLOURS).index(f.severity))
    for finding in several[:_MOST]:
        with ui.row().classes("items-start no-wrap gap-2 w-full"):
            ui.icon(finding.severity, color=_COLOURS[finding.severity]).props(
                f'role="img" aria-label="{finding.severity}"'
            )
            ui.label(finding.message).classes("text-sm").style("overflow-wrap: anywhere")
    if len(several) > _MOST:
        ui.label(f"and {len(several) - _MOST} more; the report holds all").classes("text-sm")


async def ask_reason(question: str, suggestions: Sequence[str]) -> str:
    """Ask why points or spectra are left out; an empty text where the question was cancelled."""
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        ui.label(question).classes("text-base")
        entry = ui.input("Reason", autocomplete=list(suggestions)).classes("w-full")
        entry.props("autofocus")
        entry.on(
            "keydown.enter", lambda: dialog.submit(entry.value) if entry.value.strip() else None
        )
        with ui.row().classes("justify-end w-full"):
            ui.button("Cancel", on_click=lambda: dialog.submit("")).props("flat")
            leave = ui.button("Leave out", on_click=lambda: dialog.submit(entry.value))
            leave.bind_enabled_from(entry, "value", backward=lambda v: bool((v or "").strip()))
    answer = await dialog
    dialog.delete()
    return str(answer or "").strip()


def svg_markup(figure: Any, label: str) -> str:
    """Return a figure of matplotlib as SVG, with a label for those who cannot see it."""
    svg = rendered(figure, "svg", crop=True).decode()
    markup = f'<svg role="img" aria-label="{escape(label)}"'
    return svg[svg.index("<svg") :].replace("<svg", markup, 1)


@contextmanager
def section(title: str) -> Iterator[None]:
    """Show a framed part of a view under its heading."""
    with ui.element("section").classes("panel"):
        with ui.element("h2").classes("text-base font-bold m-0 leading-6"):
            ui.label(title)
        yield


def small_text(words: str = "") -> Any:
    """Show a text in small letters."""
    return ui.label(words).classes("text-sm")


_SCRIPT = Path(__file__).with_name("charts.js").read_text(encoding="utf-8")
_HOVER = "(event) => window.eisfitHover && window.eisfitHover(event, %s)"
_SELECTED = """(event) => emit(event && event.points
  ? event.points.map((p) => [p.data.meta, p.customdata]) : [])"""


def load_plotly() -> None:
    """Load plotly.js, and let figures follow the size of the window."""
    ui.timer(0.05, lambda: ui.run_javascript(_SCRIPT), once=True)


def move_curves(
    figure: Any, first: int, xs: Sequence[Sequence[float]], ys: Sequence[Sequence[float]]
) -> None:
    """Show other curves in a figure, at once.

    Parameters
    ----------
    figure : plotly element
    first : int
        Number of the first trace that changes.
    xs, ys : sequences of sequence of float
        Of it and those after it.
    """
    arguments = json.dumps([f"c{figure.id}", first, xs, ys], allow_nan=False)
    ui.run_javascript(f"window.eisfitMove && window.eisfitMove(...{arguments})")


def link_charts(charts: Sequence[Any], selected: Callable[..., Awaitable[None]]) -> None:
    """Link figures: the point under the mouse is marked in all, and a lasso calls `selected`.

    Parameters
    ----------
    charts : sequence of plotly elements
    selected : callable
        Called with [[number of the spectrum, place of the point], …] of the selected points.
    """
    ids = [f"c{chart.id}" for chart in charts]
    for chart in charts:
        chart.on("plotly_hover", js_handler=_HOVER % ids)
        chart.on("plotly_selected", selected, js_handler=_SELECTED)


def selected_points(
    indices: Sequence[Sequence[Any]] | None, shown: Sequence[ShownSpectrum]
) -> list[tuple[ShownSpectrum, BoolArray]]:
    """Return which points of which spectra are selected, shape (k,) each, among those in use."""
    points: dict[int, BoolArray] = {}
    for number, at in indices or []:
        if not (isinstance(number, int) and 0 <= number < len(shown) and isinstance(at, int)):
            continue
        spectrum = shown[number].spectrum
        if 0 <= at < len(spectrum) and not spectrum.reasons[at]:
            points.setdefault(number, np.zeros(len(spectrum), dtype=bool))[at] = True
    return [(shown[number], which) for number, which in points.items()]
