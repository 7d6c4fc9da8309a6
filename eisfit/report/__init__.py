"""Reports: one HTML page, one PDF, tables as CSV and JSON, and every figure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eisfit.analysis import Analysis

__all__ = ["write_report"]


def _silent(_what: str, _done: int, _total: int) -> None:
    """Say nothing."""


def write_report(
    analysis: Analysis,
    directory: str | Path,
    progress: Callable[[str, int, int], None] = _silent,
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

    Returns
    -------
    Path
        The folder, which now holds ``report.html``, ``report.pdf``, ``results.json``,
        ``parameters.csv``, ``arrhenius.csv`` and ``figures/``.

    Raises
    ------
    OutputError
        Where `directory` is a file or cannot be written; nothing is left behind then.
    """
    from eisfit.report.files import fill
    from eisfit.report.staging import write_all

    place = Path(directory)
    write_all(place, lambda stage: fill(analysis, stage, progress))
    return place
