"""``report.pdf`` of several samples: the same content on A4 pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eisfit.report import pdf_page as page
from eisfit.report.figures import Picture
from eisfit.report.pdf_table import draw_table
from eisfit.report.samples_content import (
    DIFFERENCE_NOTES,
    MEYER_NELDEL_NOTES,
    SamplesContent,
)
from eisfit.report.words import Table


@dataclass(frozen=True, slots=True)
class SamplesPictures:
    """The figures of a comparison."""

    values: Picture | None
    lines: tuple[Picture, ...]
    meyer_neldel: tuple[Picture, ...]

    def all(self) -> tuple[Picture, ...]:
        """Every figure there is."""
        first = (self.values,) if self.values is not None else ()
        return (*first, *self.lines, *self.meyer_neldel)


def samples_pdf(content: SamplesContent, pictures: SamplesPictures, fonts: Path) -> bytes:
    """Return the report of a comparison as PDF.

    Parameters
    ----------
    content : SamplesContent
    pictures : SamplesPictures
        Their PNG.
    fonts : Path
        Folder with ``DejaVuSans.ttf`` and ``DejaVuSans-Bold.ttf``.
    """
    pdf = page.first_page(content.title, fonts)
    page.text(pdf, content.title, size=17, bold=True)
    page.text(pdf, content.subtitle, size=9, soft=True)
    page.heading(pdf, "Samples")
    for link in content.links:
        page.text(pdf, f"{link.name}: {link.summary}", size=8.5)
    page.picture(pdf, pictures.values)
    for (name, table), picture in zip(content.values, pictures.lines, strict=True):
        page.heading(pdf, name[:1].upper() + name[1:], picture)
        page.picture(pdf, picture)
        draw_table(pdf, table, size=7)
    _section(pdf, "Differences", content.differences, DIFFERENCE_NOTES)
    _section(pdf, "Mean over the samples", content.agreements)
    _section(pdf, "Prefactor against activation energy (Meyer–Neldel)", content.meyer_neldel,
             MEYER_NELDEL_NOTES)  # fmt: skip
    for picture in pictures.meyer_neldel:
        page.picture(pdf, picture)
    if content.findings:
        page.heading(pdf, "Findings about the comparison")
        page.findings(pdf, content.findings)
    return bytes(pdf.output())


def _section(pdf: page.Page, title: str, table: Table | None, notes: tuple[str, ...] = ()) -> None:
    """Write a table under its heading, nothing where there is none."""
    if table is None:
        return
    page.heading(pdf, title)
    draw_table(pdf, table, size=6.8)
    for note in notes:
        page.text(pdf, note, size=7.5, soft=True)
