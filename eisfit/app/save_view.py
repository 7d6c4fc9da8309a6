"""What stays: the report, the sheet, and the script and command that give the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nicegui import ui

from eisfit.app.desk import Made
from eisfit.app.parts import Look, heading, in_thread
from eisfit.app.script import SCRIPT_NAME, command, script
from eisfit.app.series_view import Progress
from eisfit.base.errors import EisfitError
from eisfit.data.spectrum import Spectrum
from eisfit.io.sheet import FILE_NAME
from eisfit.io.writing import write_text
from eisfit.report import write_report

_FILES = (
    ("report.html", "Report"), ("report.pdf", "Report as PDF"), ("tables.xlsx", "Tables (Excel)"),
    ("tables.tex", "Tables (LaTeX)"), ("results.json", "Results (JSON)"),
    ("parameters.csv", "Parameters (CSV)"), ("arrhenius.csv", "Activation energies (CSV)"),
    ("report.md", "Report as Markdown"), ("references.bib", "References (BibTeX)"),
)  # fmt: skip


def save_view(look: Look) -> None:
    """Build the view."""
    with ui.element("div").classes("board w-full"):
        with ui.column().classes("w-full gap-3"):
            _report(look)
            _sheet(look)
        with ui.column().classes("w-full gap-3"):
            _script(look)


def _report(look: Look) -> None:
    desk, progress = look.desk, Progress()
    with ui.element("section").classes("panel"):
        heading("Report")
        ui.label("Figures, tables and every number, written beside the data.").classes("text-sm")
        with ui.row().classes("items-center gap-3 mt-2"):
            button = ui.button("Write the report")
            note = ui.label().classes("text-sm")
        links = ui.column().classes("gap-0 mt-2")

    async def write() -> None:
        button.disable()
        timer = ui.timer(0.2, lambda: note.set_text(progress.what))
        made = desk.made
        if made is None or made.state != desk.state:
            made = await in_thread(desk.analyse, progress)
        if isinstance(made, Made):
            desk.made = made
            target = desk.folder / "report"
            written = await in_thread(lambda: write_report(made.analysis, target, progress))
            note.set_text(f"written to {_from_here(target)}" if written is not None else "")
        timer.cancel()
        button.enable()
        look.changed()

    def draw() -> None:
        links.clear()
        with links:
            for name, words in _FILES:
                if (desk.folder / "report" / name).is_file():
                    ui.link(words, f"/written/report/{name}", new_tab=True)

    button.on_click(write)
    look.redraw.append(draw)


def _sheet(look: Look) -> None:
    with ui.element("section").classes("panel"):
        heading(f"Measurement sheet ({FILE_NAME})")
        ui.label("Written beside the data after every click; `eisfit series` reads it.").classes(
            "text-sm"
        )
        text = _code("Measurement sheet")

    def draw() -> None:
        text.set_text(look.desk.state.sheet or "# nothing yet")

    look.redraw.append(draw)


def _script(look: Look) -> None:
    """Show the command and the script, and write the latter beside the data."""
    with ui.element("section").classes("panel"):
        heading("The same from the command line")
        words = _code("Command")
    with ui.element("section").classes("panel"):
        heading("The same as a Python script")
        text = _code("Python script")
        with ui.row().classes("gap-2 items-center mt-2"):
            button = ui.button("Write analysis.py").props("outline dense")
            note = ui.label().classes("text-sm")

    def made() -> str:
        desk = look.desk
        try:
            series = desk.series()
        except EisfitError:  # no spectrum, or none with a temperature: the script goes without
            series = None
        return script(desk.sheet, desk.state, _current(look), series)

    async def write() -> None:
        place = look.desk.folder / SCRIPT_NAME
        written = await in_thread(lambda: write_text(place, made()))
        note.set_text(f"written to {_from_here(place)}" if isinstance(written, Path) else "")

    def draw() -> None:
        words.set_text(command(_from_here(look.desk.folder), look.desk.state))
        text.set_text(made())

    button.on_click(write)
    look.redraw.append(draw)


def _current(look: Look) -> Spectrum | None:
    row = next((r for r in look.desk.rows if r.key == look.current and not r.reason), None)
    return None if row is None else row.spectrum


def _from_here(folder: Path) -> Path:
    """Return the folder as it is named from where the app was started."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _code(name: str) -> Any:
    """Show text as it is, which the keyboard can scroll."""
    return ui.label().classes("code").props(f'tabindex=0 role="region" aria-label="{name}"')
