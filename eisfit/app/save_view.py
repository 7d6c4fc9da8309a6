"""What stays: the report, the sheet, and the script and command that give the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nicegui import ui

from eisfit.app.script import SCRIPT_NAME, command, script
from eisfit.app.session import AnalysisRun
from eisfit.app.widgets import (
    ViewState,
    board,
    button,
    run_in_thread,
    run_with_progress,
    section,
    small_text,
)
from eisfit.base.errors import EisfitError
from eisfit.io.atomic import write_text
from eisfit.io.sheet import FILE_NAME
from eisfit.report.files import write_report

_FILES = (
    ("report.html", "Report"), ("report.pdf", "Report as PDF"), ("tables.xlsx", "Tables (Excel)"),
    ("tables.tex", "Tables (LaTeX)"), ("results.json", "Results (JSON)"),
    ("parameters.csv", "Parameters (CSV)"), ("arrhenius.csv", "Activation energies (CSV)"),
    ("report.md", "Report as Markdown"), ("references.bib", "References (BibTeX)"),
)  # fmt: skip


def save_view(view: ViewState) -> None:
    """Build the view."""
    board(view, [_report, _sheet], [_script])


def _report(view: ViewState) -> None:
    session, target = view.session, view.session.folder / "report"
    with section("Report"):
        small_text("Figures, tables and every number, written beside the data.")
        with ui.row().classes("items-center gap-3 mt-2"):
            button("Write the report", lambda: write(), "")
            note = small_text()
        links = ui.column().classes("gap-0 mt-2")

    async def write() -> None:
        run = session.analysis_run
        if run is None or run.state != session.state:
            run = await run_with_progress(session.analyze, note)
        if isinstance(run, AnalysisRun):
            session.analysis_run = run
            written = await run_with_progress(
                lambda progress: write_report(run.analysis, target, progress), note
            )
            note.set_text(f"written to {_from_here(target)}" if written is not None else "")
        view.changed()

    def draw() -> None:
        links.clear()
        with links:
            for name, words in _FILES:
                if (target / name).is_file():
                    ui.link(words, f"/written/report/{name}", new_tab=True)

    view.redraw.append(draw)


def _sheet(view: ViewState) -> None:
    with section(f"Measurement sheet ({FILE_NAME})"):
        small_text("Written beside the data after every click; `eisfit series` reads it.")
        text = _code("Measurement sheet")
    view.redraw.append(lambda: text.set_text(view.session.state.sheet or "# nothing yet"))


def _script(view: ViewState) -> None:
    """Show the command and the script, and write the latter beside the data."""
    with section("The same from the command line"):
        words = _code("Command")
    with section("The same as a Python script"):
        text = _code("Python script")
        with ui.row().classes("gap-2 items-center mt-2"):
            button("Write analysis.py", lambda: write())
            note = small_text()

    def current_script() -> str:
        session = view.session
        try:
            series = session.series()
        except EisfitError:  # no spectrum, or none with a temperature: the script goes without
            series = None
        row = next((r for r in session.rows if r.key == view.current and not r.reason), None)
        shown = None if row is None else row.spectrum
        return script(session.sheet, session.state, shown, series)

    async def write() -> None:
        place = view.session.folder / SCRIPT_NAME
        written = await run_in_thread(lambda: write_text(place, current_script()))
        note.set_text(f"written to {_from_here(place)}" if written is not None else "")

    def draw() -> None:
        words.set_text(command(_from_here(view.session.folder), view.session.state))
        text.set_text(current_script())

    view.redraw.append(draw)


def _from_here(folder: Path) -> Path:
    """Return the folder as it is named from where the app was started."""
    start = Path.cwd()
    return folder.relative_to(start) if folder.is_relative_to(start) else folder


def _code(name: str) -> Any:
    """Show text as it is, which the keyboard can scroll."""
    return ui.label().classes("code").props(f'tabindex=0 role="region" aria-label="{name}"')
