"""Pages of a PDF: headings, texts, findings and pictures on A4, in one style."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from fpdf import FPDF, XPos, YPos
from fpdf.enums import WrapMode
from PIL import Image

from eisfit import __version__
from eisfit.base.findings import Finding
from eisfit.report.figures import Picture
from eisfit.report.pdf_table import one_line

_INK, _SOFT, _LINE = (29, 35, 40), (92, 103, 112), (223, 227, 230)
_SEVERITY = {"info": (0, 89, 143), "warning": (163, 71, 0), "error": (179, 38, 30)}


class Page(FPDF):
    """An A4 page with a running foot."""

    def footer(self) -> None:
        """Write the page number."""
        self.set_y(-13)
        self.set_font("sans", size=7.5)
        self.set_text_color(*_SOFT)
        self.cell(0, 5, f"eisfit {__version__}")
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")


def first_page(title: str, fonts: Path) -> Page:
    """Return a document with its first page open.

    Parameters
    ----------
    title : str
    fonts : Path
        Folder with ``DejaVuSans.ttf`` and ``DejaVuSans-Bold.ttf``.
    """
    pdf = Page(format="A4")
    pdf.add_font("sans", fname=fonts / "DejaVuSans.ttf")
    pdf.add_font("sans", style="B", fname=fonts / "DejaVuSans-Bold.ttf")
    pdf.set_margins(16, 15)
    pdf.set_auto_page_break(auto=True, margin=17)
    pdf.set_title(title)
    pdf.set_creator(f"eisfit {__version__}")
    pdf.add_page()
    return pdf


def heading(pdf: Page, words: str, above: Picture | None = None) -> None:
    """Write a heading on the page of what follows it."""
    if pdf.will_page_break(42 if above is None else 20 + size(pdf, above)[1]):
        pdf.add_page()
    pdf.ln(4)
    text(pdf, words, size=12.5, bold=True)
    pdf.set_draw_color(*_LINE)
    pdf.line(pdf.l_margin, pdf.get_y() + 0.6, pdf.w - pdf.r_margin, pdf.get_y() + 0.6)
    pdf.ln(2.5)


def text(pdf: Page, words: str, *, size: float, bold: bool = False, soft: bool = False) -> None:
    """Write a paragraph in points of `size`."""
    pdf.set_font("sans", style="B" if bold else "", size=size)
    pdf.set_text_color(*(_SOFT if soft else _INK))
    pdf.multi_cell(0, size * 0.48, one_line(words), align="L", new_x=XPos.LMARGIN,
                   new_y=YPos.NEXT, wrapmode=WrapMode.WORD)  # fmt: skip


def findings(pdf: Page, said: Sequence[Finding]) -> None:
    """Write findings, each with its severity in colour."""
    for finding in said:
        pdf.set_font("sans", style="B", size=7.5)
        pdf.set_text_color(*_SEVERITY[finding.severity])
        pdf.cell(15, 3.8, finding.severity)
        pdf.set_font("sans", size=7.5)
        pdf.set_text_color(*_INK)
        pdf.multi_cell(0, 3.8, one_line(finding.message), align="L", new_x=XPos.LMARGIN,
                       new_y=YPos.NEXT)  # fmt: skip
    if said:
        pdf.ln(1)


def picture(pdf: Page, shown: Picture | None) -> None:
    """Set in a picture, as wide as the page; nothing for None."""
    if shown is None:
        return
    width, _ = size(pdf, shown)
    pdf.ln(2.5)
    pdf.image(BytesIO(shown.png), x=pdf.l_margin + (pdf.epw - width) / 2, w=width,
              alt_text=shown.alt)  # fmt: skip
    pdf.ln(1.5)


def size(pdf: Page, shown: Picture) -> tuple[float, float]:
    """Return width and height of a picture in mm: as wide as fits on a page under a heading."""
    with Image.open(BytesIO(shown.png)) as opened:
        shape = opened.height / opened.width
    width = min(pdf.epw, 172.0, (pdf.eph - 22) / shape)
    return width, shape * width
