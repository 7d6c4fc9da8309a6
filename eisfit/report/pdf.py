"""``report.pdf``: the same content on A4 pages."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from fpdf import FPDF, XPos, YPos
from fpdf.enums import WrapMode
from PIL import Image

from eisfit import __version__
from eisfit.findings import Finding
from eisfit.report.content import Content
from eisfit.report.figures import Picture, Pictures
from eisfit.report.pdf_table import draw_table as _table
from eisfit.report.pdf_table import one_line
from eisfit.report.sections import SpectrumSection

_INK, _SOFT, _LINE = (29, 35, 40), (92, 103, 112), (223, 227, 230)
_SEVERITY = {"info": (0, 89, 143), "warning": (163, 71, 0), "error": (179, 38, 30)}


class _Page(FPDF):
    """An A4 page with a running foot."""

    def footer(self) -> None:
        """Write the page number."""
        self.set_y(-13)
        self.set_font("sans", size=7.5)
        self.set_text_color(*_SOFT)
        self.cell(0, 5, f"eisfit {__version__}")
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")


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
    pdf = _Page(format="A4")
    pdf.add_font("sans", fname=fonts / "DejaVuSans.ttf")
    pdf.add_font("sans", style="B", fname=fonts / "DejaVuSans-Bold.ttf")
    pdf.set_margins(16, 15)
    pdf.set_auto_page_break(auto=True, margin=17)
    pdf.set_title(content.title)
    pdf.set_creator(f"eisfit {__version__}")
    pdf.add_page()
    _opening(pdf, content, pictures)
    _spectra(pdf, content, pictures)
    _closing(pdf, content)
    return bytes(pdf.output())


def _opening(pdf: _Page, content: Content, pictures: Pictures) -> None:
    _text(pdf, content.title, size=17, bold=True)
    _text(pdf, content.subtitle, size=9, soft=True)
    pdf.ln(2)
    _answer(pdf, content, pictures)
    if content.growth is not None:
        _heading(pdf, "Growth")
        _table(pdf, content.growth, size=7)
        for note in content.growth_notes:
            _text(pdf, note, size=7.5, soft=True)
    _literature(pdf, content, pictures)
    _heading(pdf, "All spectra", pictures.overview)
    _picture(pdf, pictures.overview)
    if content.answer is not None or pictures.resistances is not None:
        _table(pdf, content.resistances, size=7)
    if content.findings:
        _heading(pdf, "Findings about the series")
        _findings(pdf, content.findings)


def _answer(pdf: _Page, content: Content, pictures: Pictures) -> None:
    _heading(pdf, "Result")
    answer = content.answer
    if answer is None and len(content.spectra) == 1:
        answer = content.spectra[0].processes
    if answer is None and pictures.resistances is None:
        answer = content.resistances
    if answer is not None:
        _table(pdf, answer)
    for note in content.answer_notes:
        _text(pdf, note, size=7.5, soft=True)
    _picture(pdf, pictures.arrhenius)
    _picture(pdf, pictures.resistances)


def _literature(pdf: _Page, content: Content, pictures: Pictures) -> None:
    if content.comparison is not None or pictures.comparison is not None:
        _heading(pdf, "Comparison with the literature")
    if content.comparison is not None:
        _table(pdf, content.comparison, size=6.8)
    _picture(pdf, pictures.comparison)
    if pictures.literature is not None:
        _heading(pdf, "Among all published values", pictures.literature)
        _picture(pdf, pictures.literature)


def _spectra(pdf: _Page, content: Content, pictures: Pictures) -> None:
    if pdf.will_page_break(135):
        pdf.add_page()
    _heading(pdf, "Each spectrum")
    for section, picture in zip(content.spectra, pictures.spectra, strict=True):
        _spectrum(pdf, section, picture)


def _spectrum(pdf: _Page, section: SpectrumSection, picture: Picture) -> None:
    if pdf.will_page_break(118):  # heading, figure and the head of a table stay together
        pdf.add_page()
    _text(pdf, f"{section.title}: {section.verdict}", size=10, bold=True)
    _text(pdf, section.summary, size=7.5, soft=True)
    _picture(pdf, picture)
    _findings(pdf, section.findings)
    for table in (section.processes, section.parameters):
        if table is not None:
            _table(pdf, table, size=7)
    for line in (*section.evidence, *(f"Left out: {text}" for text in section.left_out)):
        _text(pdf, line, size=7, soft=True)
    pdf.ln(4)


def _closing(pdf: _Page, content: Content) -> None:
    if content.left_out is not None:
        _heading(pdf, "Spectra left out")
        _table(pdf, content.left_out)
    if content.not_comparable is not None:
        _heading(pdf, "Published values that allow no verdict")
        _table(pdf, content.not_comparable, size=6.8)
    _heading(pdf, "Methods")
    for paragraph in content.methods:
        _text(pdf, paragraph, size=8.5)
        pdf.ln(1)
    _table(pdf, content.settings, size=7.5)
    _text(pdf, "Sources: " + ", ".join(f"doi:{doi}" for doi in content.sources), size=7.5)
    _heading(pdf, "Provenance")
    _table(pdf, content.provenance, size=6)


def _heading(pdf: _Page, text: str, picture: Picture | None = None) -> None:
    """Write a heading on the page of what follows it."""
    if pdf.will_page_break(42 if picture is None else 20 + _size(pdf, picture)[1]):
        pdf.add_page()
    pdf.ln(4)
    _text(pdf, text, size=12.5, bold=True)
    pdf.set_draw_color(*_LINE)
    pdf.line(pdf.l_margin, pdf.get_y() + 0.6, pdf.w - pdf.r_margin, pdf.get_y() + 0.6)
    pdf.ln(2.5)


def _text(pdf: _Page, text: str, *, size: float, bold: bool = False, soft: bool = False) -> None:
    pdf.set_font("sans", style="B" if bold else "", size=size)
    pdf.set_text_color(*(_SOFT if soft else _INK))
    pdf.multi_cell(0, size * 0.48, one_line(text), align="L", new_x=XPos.LMARGIN,
                   new_y=YPos.NEXT, wrapmode=WrapMode.WORD)  # fmt: skip


def _findings(pdf: _Page, findings: Sequence[Finding]) -> None:
    for finding in findings:
        pdf.set_font("sans", style="B", size=7.5)
        pdf.set_text_color(*_SEVERITY[finding.severity])
        pdf.cell(15, 3.8, finding.severity)
        pdf.set_font("sans", size=7.5)
        pdf.set_text_color(*_INK)
        pdf.multi_cell(0, 3.8, one_line(finding.message), align="L", new_x=XPos.LMARGIN,
                       new_y=YPos.NEXT)  # fmt: skip
    if findings:
        pdf.ln(1)


def _picture(pdf: _Page, picture: Picture | None) -> None:
    if picture is None:
        return
    width, _ = _size(pdf, picture)
    pdf.ln(2.5)
    pdf.image(BytesIO(picture.png), x=pdf.l_margin + (pdf.epw - width) / 2, w=width,
              alt_text=picture.alt)  # fmt: skip
    pdf.ln(1.5)


def _size(pdf: _Page, picture: Picture) -> tuple[float, float]:
    """Return width and height of a picture in mm: as wide as fits on a page under a heading."""
    with Image.open(BytesIO(picture.png)) as opened:
        shape = opened.height / opened.width
    width = min(pdf.epw, 172.0, (pdf.eph - 22) / shape)
    return width, shape * width
