"""``report.pdf``: the same content on A4 pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eisfit.report import pdf_page as page
from eisfit.report.content import Content
from eisfit.report.figures import Picture, Pictures
from eisfit.report.pdf_table import draw_table as _table
from eisfit.report.sections import SpectrumSection


def pdf_report(content: Content, pictures: Pictures, fonts: Path) -> bytes:
    """Return the report as PDF.

    Parameters
    ----------
    content : Content
    pictures : Pictures
        Their PNG.
    fonts : Path
        Folder with ``DejaVuSans.ttf`` and ``DejaVuSans-Bold.ttf``.
    """
    pdf = page.first_page(content.title, fonts)
    _opening(pdf, content, pictures)
    _spectra(pdf, content, pictures)
    _closing(pdf, content)
    return bytes(pdf.output())


def _opening(pdf: page.Page, content: Content, pictures: Pictures) -> None:
    page.text(pdf, content.title, size=17, bold=True)
    page.text(pdf, content.subtitle, size=9, soft=True)
    pdf.ln(2)
    _answer(pdf, content, pictures)
    if content.growth is not None:
        page.heading(pdf, "Growth")
        _table(pdf, content.growth, size=7)
        for note in content.growth_notes:
            page.text(pdf, note, size=7.5, soft=True)
    _literature(pdf, content, pictures)
    first, *others = pictures.of("spectra")
    page.heading(pdf, first.title, first)
    page.picture(pdf, first)
    if content.answer is not None or pictures.named("resistances") is not None:
        _table(pdf, content.resistances, size=7)
    _titled(pdf, others)
    if content.findings:
        page.heading(pdf, "Findings about the series")
        page.findings(pdf, content.findings)


def _answer(pdf: page.Page, content: Content, pictures: Pictures) -> None:
    page.heading(pdf, "Result")
    answer = content.answer
    if answer is None and len(content.spectra) == 1:
        answer = content.spectra[0].processes
    if answer is None and pictures.named("resistances") is None:
        answer = content.resistances
    if answer is not None:
        _table(pdf, answer)
    for note in content.answer_notes:
        page.text(pdf, note, size=7.5, soft=True)
    for picture in pictures.of("result"):
        page.picture(pdf, picture)


def _literature(pdf: page.Page, content: Content, pictures: Pictures) -> None:
    comparison = pictures.named("comparison")
    if content.comparison is not None or comparison is not None:
        page.heading(pdf, "Comparison with the literature")
    if content.comparison is not None:
        _table(pdf, content.comparison, size=6.8)
    page.picture(pdf, comparison)
    _titled(pdf, [p for p in pictures.of("literature") if p is not comparison])


def _titled(pdf: page.Page, pictures: Sequence[Picture]) -> None:
    """Set in pictures, each under its title."""
    for picture in pictures:
        page.heading(pdf, picture.title, picture)
        page.picture(pdf, picture)


def _spectra(pdf: page.Page, content: Content, pictures: Pictures) -> None:
    if pdf.will_page_break(135):
        pdf.add_page()
    page.heading(pdf, "Each spectrum")
    for section, picture in zip(content.spectra, pictures.spectra, strict=True):
        _spectrum(pdf, section, picture)


def _spectrum(pdf: page.Page, section: SpectrumSection, picture: Picture) -> None:
    if pdf.will_page_break(118):  # heading, figure and the head of a table stay together
        pdf.add_page()
    page.text(pdf, f"{section.title}: {section.verdict}", size=10, bold=True)
    page.text(pdf, section.summary, size=7.5, soft=True)
    page.picture(pdf, picture)
    page.findings(pdf, section.findings)
    for table in (section.processes, section.parameters):
        if table is not None:
            _table(pdf, table, size=7)
    for line in (*section.evidence, *(f"Left out: {text}" for text in section.left_out)):
        page.text(pdf, line, size=7, soft=True)
    pdf.ln(4)


def _closing(pdf: page.Page, content: Content) -> None:
    if content.left_out is not None:
        page.heading(pdf, "Spectra left out")
        _table(pdf, content.left_out)
    if content.not_comparable is not None:
        page.heading(pdf, "Published values that allow no verdict")
        _table(pdf, content.not_comparable, size=6.8)
    page.heading(pdf, "Methods")
    for paragraph in content.methods:
        page.text(pdf, paragraph, size=8.5)
        pdf.ln(1)
    _table(pdf, content.settings, size=7.5)
    page.text(pdf, "Sources: " + ", ".join(f"doi:{doi}" for doi in content.sources), size=7.5)
    page.heading(pdf, "Provenance")
    _table(pdf, content.provenance, size=6)
