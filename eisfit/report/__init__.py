"""Reports: one HTML page, one PDF, tables as CSV and JSON, and every figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eisfit.base.errors import OutputError
from eisfit.base.progress import Progress, no_progress, with_prefix

if TYPE_CHECKING:
    from eisfit.analysis.pipeline import Analysis
    from eisfit.samples import SampleComparison

__all__ = ["write_comparison", "write_report"]


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
        The folder; made where it does not exist. Other files in it are kept, an earlier report is
        replaced.
    progress : callable
        Called with (what, done, total).
    templates : str or Path, optional
        A folder with templates of one's own (Jinja: ``report.html.j2``, ``page.html.j2``,
        ``parts.html.j2``) that stand in for eisfit's.
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
    from eisfit.io.atomic import write_folder
    from eisfit.report.files import earlier_figures, fill

    place, own = Path(directory), Path(templates) if templates is not None else None
    if own is not None and not own.is_dir():
        raise OutputError(f"{own}: there is no such folder of templates")
    return write_folder(
        place,
        lambda stage: fill(analysis, stage, progress, own, jobs),
        obsolete=earlier_figures(place),
    )


def write_comparison(
    comparison: SampleComparison,
    directory: str | Path,
    progress: Progress = no_progress,
) -> Path:
    """Write the report of several samples side by side, and each sample's own in a folder in it.

    Parameters
    ----------
    comparison : SampleComparison
        As `eisfit.compare_samples` returns it.
    directory : str or Path
        The folder; made where it does not exist.
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
    from eisfit.io.atomic import write_folder
    from eisfit.report.files import earlier_figures
    from eisfit.report.samples_files import fill, folders_of

    place = Path(directory)
    for sample in comparison.samples:
        own = place / folders_of(comparison)[sample.name]
        write_report(sample.analysis, own, with_prefix(progress, sample.name))
    return write_folder(
        place,
        lambda stage: fill(comparison, stage, progress),
        obsolete=earlier_figures(place),
    )
