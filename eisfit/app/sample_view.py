"""Several samples side by side: the folders within the opened one, each with its own sheet."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from eisfit.analysis.pipeline import Analysis
from eisfit.app.desk import Desk
from eisfit.app.parts import Look, complain, findings_list, heading, in_thread
from eisfit.base.errors import EisfitError, FitError, ReadError
from eisfit.base.findings import Finding
from eisfit.fitting.result import with_error
from eisfit.plots.style import in_words
from eisfit.readers.paths import may_hold_data
from eisfit.report import write_comparison
from eisfit.samples import Comparison, compare_samples
from eisfit.temperature.sequence import no_progress

_MOST = 200  # folders that are looked at


def sample_folders(folder: Path) -> list[Path]:
    """Return the folders directly within one that hold data files."""
    if not folder.is_dir():
        return []
    inside = sorted(p for p in folder.iterdir() if p.is_dir() and not p.is_symlink())[:_MOST]
    return [p for p in inside
            if any(f.is_file() and may_hold_data(f) for f in p.iterdir())
            and p.name not in {"report", "comparison"}]  # fmt: skip


def compare(folders: list[Path]) -> Comparison:
    """Analyse each folder as its sheet says, and compare them.

    Raises
    ------
    FitError
        Where fewer than two can be analysed; the message says why.
    """
    analyses: dict[str, Analysis] = {}
    failed: list[str] = []
    for folder in folders:
        desk = Desk(folder)
        desk.read()
        try:
            if not desk.rows:
                raise ReadError(folder, "no spectrum in it")
            analyses[folder.name] = desk.analyse(no_progress).analysis
        except EisfitError as error:
            failed.append(f"{folder.name}: {error}")
    if len(analyses) < 2:
        raise FitError("comparing needs two samples that can be analysed. " + "; ".join(failed))
    said = tuple(Finding("sample_not_analysed", "warning", text) for text in failed)
    return compare_samples(analyses, findings=said)


def samples(look: Look) -> None:
    """Show a choice of samples where the folder holds several, and how they differ."""
    folders = sample_folders(look.desk.folder)
    if not folders:
        return
    with ui.element("section").classes("panel"):
        heading("Several samples")
        names = [f.name for f in folders]
        chosen = ui.select(names, label="Folders", multiple=True, value=names)
        chosen.classes("w-full").props("dense outlined use-chips")
        button = ui.button("Compare").props("outline dense").classes("mt-2")
        place = ui.column().classes("w-full gap-1")

    async def run() -> None:
        picked = [f for f in folders if f.name in (chosen.value or [])]
        if len(picked) < 2:
            complain("choose two samples or more")
            return
        button.disable()
        comparison = await in_thread(lambda: compare(picked))
        if comparison is not None:
            target = look.desk.folder / "comparison"
            written = await in_thread(lambda: write_comparison(comparison, target))
            place.clear()
            with place:
                _show(comparison)
                if written is not None:
                    ui.link("Open the comparison", "/written/comparison/report.html", new_tab=True)
        button.enable()

    button.on_click(run)


def _show(comparison: Comparison) -> None:
    for process in comparison.processes:
        energies = {n: line.activation_energy for n, line in comparison.lines(process).items()}
        rows = [
            {"sample": name, "energy": f"{with_error(e.nominal_value, e.std_dev)} eV"}
            for name, e in energies.items()
        ]
        columns = [{"name": "sample", "label": "Sample", "field": "sample", "align": "left"},
                   {"name": "energy", "label": f"E_a of {in_words(process)}", "field": "energy",
                    "align": "left"}]  # fmt: skip
        table = ui.table(columns=columns, rows=rows, pagination=0).classes("w-full")
        table.props(f'flat dense hide-pagination aria-label="{in_words(process)}"')
    real = sum(d.verdict == "different" for d in comparison.differences)
    ui.label(f"{real} differences are more than chance").classes("text-sm")
    findings_list(comparison.findings)
