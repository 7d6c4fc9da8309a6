"""The files of a report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from eisfit.analysis.pipeline import Analysis
from eisfit.base.progress import Progress
from eisfit.report.content import Content, content
from eisfit.report.exports import bibtex, latex, markdown, workbook
from eisfit.report.figures import Picture, draw
from eisfit.report.html import html_report
from eisfit.report.pdf import pdf_report
from eisfit.report.plain import as_text
from eisfit.report.results import results
from eisfit.report.tables import arrhenius_csv, arrhenius_rows, parameter_rows, parameters_csv

_FIGURE = re.compile(r"figures/[A-Za-z0-9_.-]+\.(svg|png)")


def fill(
    analysis: Analysis,
    folder: Path,
    progress: Progress,
    templates: Path | None = None,
    jobs: int = 1,
) -> None:
    """Write every file of the report of `analysis` into `folder`, which exists and is empty."""
    from eisfit.plots.style import font_folder

    pictures = draw(analysis, progress, jobs)
    progress("writing", 0, 3)
    names = write_figures(pictures.all(), folder / "figures")
    numbers = results(analysis) | {"files": names}
    (folder / "results.json").write_text(as_text(numbers), encoding="utf-8")
    for name, text in (
        ("parameters.csv", parameters_csv(analysis)),
        ("arrhenius.csv", arrhenius_csv(analysis)),
    ):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    said = content(analysis)
    progress("writing", 1, 3)
    _exports(analysis, said, folder)
    (folder / "report.html").write_text(
        html_report(said, pictures, numbers, templates), encoding="utf-8"
    )
    progress("writing", 2, 3)
    (folder / "report.pdf").write_bytes(pdf_report(said, pictures, font_folder()))
    progress("writing", 3, 3)


def _exports(analysis: Analysis, said: Content, folder: Path) -> None:
    """Write the tables for other programs."""
    sheets = {"arrhenius": arrhenius_rows(analysis), "parameters": parameter_rows(analysis)}
    (folder / "tables.xlsx").write_bytes(workbook(sheets))
    for name, text in (
        ("report.md", markdown(said)),
        ("tables.tex", latex(said)),
        ("references.bib", bibtex(said)),
    ):
        (folder / name).write_text(text, encoding="utf-8")


def write_figures(pictures: Iterable[Picture], folder: Path) -> list[str]:
    """Write every figure and return the names of the files within the report."""
    folder.mkdir()
    names = []
    for picture in pictures:
        for kind, data in (("svg", picture.svg), ("png", picture.png)):
            if data is not None:
                (folder / f"{picture.name}.{kind}").write_bytes(data)
                names.append(f"figures/{picture.name}.{kind}")
    return names


def earlier_figures(directory: Path) -> set[Path]:
    """Return the figures of an earlier report in `directory`, as its results.json lists them."""
    try:
        listed = json.loads((directory / "results.json").read_text(encoding="utf-8"))["files"]
        return {Path(name) for name in listed if _FIGURE.fullmatch(name)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
