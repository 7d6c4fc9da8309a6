"""The page: four views of one desk, undo and redo."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from eisfit.app.data_view import data_view
from eisfit.app.desk import Desk
from eisfit.app.model_view import model_view
from eisfit.app.parts import Look, changing
from eisfit.app.save_view import save_view
from eisfit.app.series_view import series_view
from eisfit.app.trace import prepare

VIEWS = ("Data", "Model", "Series", "Save")
_CSS = Path(__file__).with_name("style.css")


def show(desk: Desk) -> None:
    """Build the page of one browser window."""
    look = Look(desk)
    rows = [row for row in desk.rows if not row.reason]
    step = max(1, -(-len(rows) // 24))
    look.selected = tuple(row.key for row in rows[::step])
    ui.page_title(f"{desk.folder.name} · eisfit")
    ui.colors(primary="#00558c", negative="#a3190e", positive="#00664b", warning="#8a4b00")
    ui.add_css(_CSS.read_text(encoding="utf-8"))
    with ui.header().classes("items-center gap-3 px-4 py-1 no-wrap"):
        with ui.element("h1").classes("text-lg m-0 leading-8 name"):
            ui.label(f"eisfit · {desk.folder.name}")
        ui.space()
        undo = ui.button(icon="undo", on_click=lambda: changing(look, desk.undo))
        redo = ui.button(icon="redo", on_click=lambda: changing(look, desk.redo))
        for button, word in ((undo, "Undo"), (redo, "Redo")):
            button.props(f'flat round color=white aria-label="{word}"')
    with ui.tabs().classes("w-full bar").props('align=left aria-label="Views"') as tabs:
        for name in VIEWS:
            ui.tab(name)
    with ui.tab_panels(tabs, value=VIEWS[0], animated=False, keep_alive=True).classes("w-full"):
        for name, view in zip(VIEWS, (data_view, model_view, series_view, save_view), strict=True):
            with ui.tab_panel(name).classes("p-3"):
                view(look)

    def steps() -> None:
        past, future = desk.history.past, desk.history.future
        undo.set_enabled(bool(past))
        redo.set_enabled(bool(future))
        undo.tooltip(f"Undo: {past[-1][0]}" if past else "Nothing to undo")

    look.redraw.append(steps)
    tabs.on_value_change(look.changed)
    prepare()
    look.changed()
