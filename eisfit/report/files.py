"""The files of a report, written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from eisfit.analysis.pipeline import Analysis
from eisfit.base.errors import OutputError
from eisfit.base.progress import Progress, no_progress, with_prefix
from eisfit.io.atomic import write_folder
from eisfit.plots.style import font_folder
from eisfit.report.document import Figures
from eisfit.report.exports import render_bibtex, render_latex, render_markdown
from eisfit.report.figures import draw_comparison, draw_series
from eisfit.report.html import render_html
from eisfit.report.pdf import render_pdf
from eisfit.report.results import as_text, comparison_results, results
from eisfit.report.samples_document import samples_document
from eisfit.report.series_document import series_document
from eisfit.report.tables import (
    arrhenius_rows,
    as_csv,
    difference_rows,
    parameter_rows,
    sample_rows,
    workbook,
)
from eisfit.samples import SampleComparison

_FIGURE = re.compile(r"figures/[A-Za-z0-9_.-]+\.(svg|png)")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_TAKEN = {"figures", "", ".", ".."}


def write_report(
    analysis: Analysis,
    directory: str | Path,
    progress: Progress = no_progress,
    templates: str | Path | None = None,
    jobs: int = 1,
) -> Path:
    """Write the report of an analysis, whole or not at all.

    Parameters
    ----------
    analysis : Analysis
        As `eisfit.analyze_series` returns it.
    directory : str or Path
        The folder; created where it does not exist. Other files in it are kept, an earlier report
        is replaced.
    progress : callable
        Called with (what, done, total).
    templates : str or Path, optional
        A folder with Jinja templates (``report.html.j2``, ``page.html.j2``, ``parts.html.j2``)
        that stand in for those of eisfit.
    jobs : int
        Processes that draw the figures of a long series. A script that asks for more than one
        needs ``if __name__ == "__main__":``, as they are started anew.

    Returns
    -------
    Path
        The folder, which now holds ``report.html``, ``report.pdf``, ``results.json``,
        ``parameters.csv``, ``arrhenius.csv``, ``tables.xlsx``, ``tables.tex``, ``report.md``,
        ``references.bib`` and ``figures/``.

    Raises
    ------
    OutputError
        Where `directory` is a file or cannot be written, `templates` is no folder, or a template
        makes no sense; nothing is left behind then.
    """
    place, replaced = Path(directory), Path(templates) if templates is not None else None
    if replaced is not None and not replaced.is_dir():
        raise OutputError(f"{replaced}: there is no such folder of templates")
    return write_folder(
        place,
        lambda folder: write_report_files(analysis, folder, progress, replaced, jobs),
        obsolete=_earlier_figures(place),
    )


def write_report_files(
    analysis: Analysis,
    folder: Path,
    progress: Progress = no_progress,
    templates: Path | None = None,
    jobs: int = 1,
) -> None:
    """Write every file of the report of `analysis` into `folder`, which exists and is empty."""
    figures = draw_series(analysis, progress, jobs)
    progress("writing", 0, 3)
    document = series_document(analysis, figures)
    content = results(analysis) | {"files": _write_figures(figures, folder / "figures")}
    rows = {"arrhenius": arrhenius_rows(analysis), "parameters": parameter_rows(analysis)}
    _write_files(folder, {
        "results.json": as_text(content),
        **{f"{name}.csv": as_csv(table) for name, table in rows.items()},
        "tables.xlsx": workbook(rows),
        "report.md": render_markdown(document),
        "tables.tex": render_latex(document),
        "references.bib": render_bibtex(document.sources),
    })  # fmt: skip
    progress("writing", 1, 3)
    _write_files(folder, {"report.html": render_html(document, content, templates)})
    progress("writing", 2, 3)
    _write_files(folder, {"report.pdf": render_pdf(document, font_folder())})
    progress("writing", 3, 3)


def write_comparison(
    comparison: SampleComparison,
    directory: str | Path,
    progress: Progress = no_progress,
) -> Path:
    """Write the report of several samples side by side, and that of each sample in a folder in it.

    Parameters
    ----------
    comparison : SampleComparison
        As `eisfit.compare_samples` returns it.
    directory : str or Path
        The folder; created where it does not exist.
    progress : callable
        Called with (what, done, total).

    Returns
    -------
    Path
        The folder, which now holds ``report.html``, ``report.pdf``, ``results.json``,
        ``samples.csv``, ``differences.csv``, ``figures/``, and a folder with the report of each
        sample. Each report is written whole or not at all.

    Raises
    ------
    OutputError
        Where `directory` is a file or cannot be written.
    """
    place = Path(directory)
    folders = sample_folders(comparison)
    for sample in comparison.samples:
        below = with_prefix(progress, sample.name)
        write_report(sample.analysis, place / folders[sample.name], below)
    return write_folder(
        place,
        lambda folder: write_comparison_files(comparison, folder, progress),
        obsolete=_earlier_figures(place),
    )


def write_comparison_files(
    comparison: SampleComparison, folder: Path, progress: Progress = no_progress
) -> None:
    """Write the files of a comparison, but for the samples' reports, into an empty `folder`."""
    figures = draw_comparison(comparison, progress)
    folders = sample_folders(comparison)
    document = samples_document(comparison, folders, figures)
    names = _write_figures(figures, folder / "figures")
    content = comparison_results(comparison, folders) | {"files": names}
    samples = [{k: v for k, v in s.items() if k != "results"} for s in content["samples"]]
    _write_files(folder, {
        "results.json": as_text(content),
        "samples.csv": as_csv(sample_rows(comparison)),
        "differences.csv": as_csv(difference_rows(comparison)),
        # the report of each sample has its results
        "report.html": render_html(document, content | {"samples": samples}),
        "report.pdf": render_pdf(document, font_folder()),
    })  # fmt: skip


def sample_folders(comparison: SampleComparison) -> dict[str, str]:
    """Return the folder of each sample's report by the sample's name, all of them different."""
    out: dict[str, str] = {}
    for sample in comparison.samples:
        name = _NOT_IN_NAMES.sub("_", sample.name).strip(" .")
        while name.lower() in _TAKEN | {n.lower() for n in out.values()}:
            name += "_"
        out[sample.name] = name
    return out


def _write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)


def _write_figures(figures: Figures, folder: Path) -> list[str]:
    """Write every figure and return the names of the files within the report."""
    folder.mkdir()
    files = {
        f"{figure.name}.{kind}": data
        for figure in figures.all()
        for kind, data in (("svg", figure.svg), ("png", figure.png))
        if data is not None
    }
    _write_files(folder, files)
    return [f"figures/{name}" for name in files]


def _earlier_figures(directory: Path) -> set[Path]:
    """Return the figures of an earlier report in `directory`, as its results.json lists them."""
    try:
        listed = json.loads((directory / "results.json").read_text(encoding="utf-8"))["files"]
        return {Path(name) for name in listed if _FIGURE.fullmatch(name)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
