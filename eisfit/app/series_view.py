"""The series: all spectra fitted, the Arrhenius lines, a spectrum behind every point."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from nicegui import events, ui

from eisfit.analysis.pipeline import Analysis
from eisfit.app import editing
from eisfit.app.session import AnalysisRun, Session
from eisfit.app.widgets import (
    ViewState,
    ask_reason,
    board,
    button,
    chart,
    findings_list,
    run_in_thread,
    run_with_progress,
    section,
    select,
    show_error,
    show_table,
    small_text,
    svg_markup,
)
from eisfit.base.errors import EisfitError, FitError, ReadError
from eisfit.base.findings import Finding
from eisfit.base.progress import no_progress
from eisfit.base.words import process_words
from eisfit.plots.figures import SERIES_FIGURES
from eisfit.plots.plotly import arrhenius_plotly, fit_plotly, nyquist_plotly
from eisfit.readers.paths import may_hold_data
from eisfit.report.document import Table, Value, tables_of
from eisfit.report.files import write_comparison
from eisfit.report.series_document import series_document
from eisfit.samples import SampleComparison, compare_samples

_CLICKED = "(event) => emit(event.points[0] ? event.points[0].customdata : null)"
_METHODS = {"joint": "joint fit over all temperatures", "separate": "lines through single fits"}


def series_view(view: ViewState) -> None:
    """Build the view of the series."""
    board(view, [_start, _results, samples], [_pictures, _all_figures, _findings])


def _start(view: ViewState) -> None:
    session = view.session
    with section("Fit the series"):
        method = select(_METHODS, "Method", value=session.state.method)
        with ui.row().classes("items-center gap-3 w-full mt-2"):
            button("Fit all", lambda: fit_all(), "")
            note = small_text()
        bar = ui.linear_progress(value=0.0, show_value=False).props('aria-label="Progress"')
    bar.set_visibility(False)

    async def fit_all() -> None:
        bar.set_visibility(True)
        run = await run_with_progress(session.analyze, note, bar)
        bar.set_visibility(False)
        if isinstance(run, AnalysisRun):
            session.analysis_run = run
        view.changed()

    def draw() -> None:
        method.set_value(session.state.method)
        if session.analysis_run is None:
            note.set_text(f"{sum(not r.reason for r in session.rows)} spectra, not fitted yet")
        elif session.analysis_run.state != session.state:
            note.set_text("data or settings were changed since the fit: fit again")
        else:
            note.set_text(f"{len(session.analysis_run.analysis.spectra)} spectra fitted")

    def take() -> None:
        view.change(f"{method.value} fit", replace(session.state, method=method.value))

    method.on_value_change(take)
    view.redraw.append(draw)


def _results(view: ViewState) -> None:
    """Show activation energies, conductivities and the comparison with the literature."""

    def build() -> None:
        run = view.session.analysis_run
        if run is None:
            small_text("Fit the series to see them.")
        else:
            _tables(run.analysis)

    with section("Results"):
        view.add_part(build, lambda: view.session.analysis_run, gap=2)


def _tables(analysis: Analysis) -> None:
    """Show some columns of the report's tables."""
    tables = {table.caption: table for table in tables_of(series_document(analysis))}
    if analysis.arrhenius:
        show_table(tables["Result"], "Activation energies", (0, 3, 2))
    else:
        small_text("no activation energy: see the findings")
    compared = tables.get("Comparison with the literature")
    if compared is not None:
        show_table(compared, compared.caption, (0, 1, 3, 4, 6))


def _pictures(view: ViewState) -> None:
    """Show the lines, and the spectrum behind the point that was clicked."""
    with section("Arrhenius"):
        lines = chart(nyquist_plotly([]), "Arrhenius figure of all processes", "26rem")
        small_text("Click a point to see its spectrum.")
    with ui.element("section").classes("panel"):
        name = ui.label("Spectrum").classes("text-base font-bold")
        one = chart(nyquist_plotly([]), "The spectrum of this point, with its fit", "30rem")
        leave = ui.button("Leave this spectrum out").props("outline dense")
        leave.disable()
    drawn: dict[str, Any] = {"key": ""}

    def draw() -> None:
        run = view.session.analysis_run
        if drawn.get("run") is run:
            return
        drawn["run"] = run
        if run is not None and run.analysis.arrhenius:
            lines.update_figure(arrhenius_plotly(run.analysis.arrhenius, run.analysis.comparison))

    def clicked(event: events.GenericEventArguments) -> None:
        run = view.session.analysis_run
        if run is None or not isinstance(event.args, int | float):
            return
        near = min(run.analysis.spectra,
                   key=lambda s: abs((s.spectrum.temperature or 0.0) - event.args))  # fmt: skip
        source = near.spectrum.provenance
        keys = [r.key for r in view.session.rows
                if r.spectrum.provenance.file == source.file
                and r.spectrum.provenance.sweep == source.sweep]  # fmt: skip
        drawn["key"] = keys[0] if keys else ""
        name.set_text(f"{near.spectrum.label}, {near.spectrum.temperature:.5g} K")
        leave.set_enabled(bool(keys))
        one.update_figure(fit_plotly(near.spectrum, near.fit))

    async def leave_out() -> None:
        row = view.session.row(drawn["key"])
        label, sweep = row.spectrum.label, row.spectrum.provenance.sweep
        reason = await ask_reason(f"Leave out {label}", ("off the line", "bad contact"))
        if reason:
            view.edit(f"{label} left out", lambda sheet: editing.leave_out_spectrum(
                sheet, row.file, sweep, row.sweeps, reason))  # fmt: skip
            ui.notify(f"{label} is left out: fit the series again", type="info")
            leave.disable()

    lines.on("plotly_click", clicked, js_handler=_CLICKED)
    leave.on_click(leave_out)
    view.redraw.append(draw)


def _all_figures(view: ViewState) -> None:
    """Show any figure of the report; a new one in the list of figures appears here as well."""
    with section("Figures of the report"):
        names = {figure.name: figure.title for figure in SERIES_FIGURES}
        choice = select(names, "Figure", clearable=True)
        place = ui.element("div").classes("circuit w-full")

    async def draw() -> None:
        run = view.session.analysis_run
        record = next((f for f in SERIES_FIGURES if f.name == choice.value), None)
        place.clear()
        if record is None or run is None:
            return
        figure = await run_in_thread(record.draw, run.analysis)
        with place:
            if figure is None:
                small_text("This series has no data for this figure.")
                return
            ui.html(svg_markup(figure, record.describe(run.analysis)), sanitize=False)
            small_text(record.caption)

    choice.on_value_change(draw)


def _findings(view: ViewState) -> None:
    def build() -> None:
        run = view.session.analysis_run
        if run is not None:
            of_spectra = [f for s in run.analysis.spectra for f in s.findings]
            findings_list([*run.analysis.findings, *of_spectra])

    with section("Findings"):
        view.add_part(build)


_MOST = 200  # folders that are looked at


def sample_folders(folder: Path) -> list[Path]:
    """Return the folders directly within one that hold data files."""
    if not folder.is_dir():
        return []
    inside = sorted(p for p in folder.iterdir() if p.is_dir() and not p.is_symlink())[:_MOST]
    return [p for p in inside
            if any(f.is_file() and may_hold_data(f) for f in p.iterdir())
            and p.name not in {"report", "comparison"}]  # fmt: skip


def compare(folders: list[Path]) -> SampleComparison:
    """Analyse each folder as its sheet says, and compare them.

    Raises
    ------
    FitError
        Where fewer than two can be analysed; the message says why.
    """
    analyses: dict[str, Analysis] = {}
    failed: list[str] = []
    for folder in folders:
        session = Session(folder)
        session.read()
        try:
            if not session.rows:
                raise ReadError(folder, "it holds no spectrum")
            analyses[folder.name] = session.analyze(no_progress).analysis
        except EisfitError as error:
            failed.append(f"{folder.name}: {error}")
    if len(analyses) < 2:
        raise FitError("a comparison needs two samples that can be analysed. " + "; ".join(failed))
    findings = tuple(Finding("sample_not_analysed", "warning", text) for text in failed)
    return compare_samples(analyses, findings=findings)


def samples(view: ViewState) -> None:
    """Show a choice of samples where the folder holds several, and how they differ."""
    folders = sample_folders(view.session.folder)
    if not folders:
        return
    with section("Several samples"):
        names = [f.name for f in folders]
        chosen = select(names, "Folders", "use-chips", multiple=True, value=names)
        button("Compare", lambda: run()).classes("mt-2")
        place = ui.column().classes("w-full gap-1")

    async def run() -> None:
        picked = [f for f in folders if f.name in (chosen.value or [])]
        if len(picked) < 2:
            show_error("choose two samples or more")
            return
        comparison = await run_in_thread(lambda: compare(picked))
        if comparison is None:
            return
        target = view.session.folder / "comparison"
        written = await run_in_thread(lambda: write_comparison(comparison, target))
        place.clear()
        with place:
            _show(comparison)
            if written is not None:
                ui.link("Open the comparison", "/written/comparison/report.html", new_tab=True)


def _show(comparison: SampleComparison) -> None:
    for process in comparison.processes:
        words = process_words(process)
        lines = comparison.lines(process).items()
        rows = tuple((name, Value(line.activation_energy, "eV")) for name, line in lines)
        show_table(Table(("Sample", f"Eₐ of {words}"), rows), words, (0, 1))
    real = sum(d.verdict == "different" for d in comparison.differences)
    small_text(f"{real} differences are significant")
    findings_list(comparison.findings)
