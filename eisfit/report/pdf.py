"""``report.pdf``: a document on A4 pages."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from fpdf import FPDF, FontFace, XPos, YPos
from PIL import Image

from eisfit import __version__
from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding
from eisfit.report.document import (
    Block,
    BulletList,
    Document,
    Figure,
    FindingList,
    Paragraph,
    Remark,
    Section,
    Table,
)

_INK, _GREY, _LINE = (29, 35, 40), (92, 103, 112), (223, 227, 230)
_GOOD, _DOUBTFUL, _BAD = (0, 113, 79), (163, 71, 0), (179, 38, 30)
_COLOURS = {
    "agrees": _GOOD, "usable": _GOOD, "differs": _DOUBTFUL, "doubtful": _DOUBTFUL,
    "unusable": _BAD, "info": (0, 89, 143), "warning": _DOUBTFUL, "error": _BAD,
}  # fmt: skip
_TABLE, _SMALLEST = 7.0, 5.5  # letters of a table in points, and where many columns ask for it
_PADDING = 1.2  # mm on both sides of a cell
_LONGEST = 600  # letters of a cell: a row has to fit on a page


def render_pdf(document: Document, fonts: Path) -> bytes:
    """Return a document as PDF.

    Parameters
    ----------
    document : Document
        Its figures are set in as PNG; texts longer than 600 letters in a table are cut.
    fonts : Path
        Folder with ``DejaVuSans.ttf`` and ``DejaVuSans-Bold.ttf``.
    """
    pdf = _Page(format="A4")
    pdf.add_font("sans", fname=fonts / "DejaVuSans.ttf")
    pdf.add_font("sans", style="B", fname=fonts / "DejaVuSans-Bold.ttf")
    pdf.set_margins(16, 15)
    pdf.set_auto_page_break(auto=True, margin=17)
    pdf.set_title(document.title)
    pdf.set_creator(f"eisfit {__version__}")
    pdf.set_draw_color(*_LINE)
    pdf.set_line_width(0.15)
    pdf.add_page()
    pdf.write_text(document.title, 17, bold=True)
    pdf.write_text(document.subtitle, 9, _GREY)
    pdf.ln(2)
    for section in document.sections:
        pdf.write_block(section)
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Section) and block.collapsed:
                pdf.write_block(block)
    return bytes(pdf.output())


class _Page(FPDF):
    """A document with a foot on every page, and what is written on its pages."""

    def footer(self) -> None:
        """Write the page number."""
        self.set_y(-13)
        self.set_font("sans", size=7.5)
        self.set_text_color(*_GREY)
        self.cell(0, 5, f"eisfit {__version__}")
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def write_text(
        self, text: str, size: float, colour: tuple[int, int, int] = _INK, *, bold: bool = False
    ) -> None:
        """Write a paragraph in letters of `size` points."""
        self.set_font("sans", style="B" if bold else "", size=size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.48, _one_line(text), align="L", new_x=XPos.LMARGIN,
                        new_y=YPos.NEXT)  # fmt: skip

    def write_block(self, block: Block, level: int = 1) -> None:
        """Write a block; sections have their headings at this level."""
        match block:
            case Section():
                self._write_section(block, level)
            case Paragraph(text):
                self.write_text(text, 8.5)
                self.ln(1)
            case Remark(text):
                self.write_text(text, 7.5, _GREY)
            case Table():
                self._write_table(block)
            case Figure():
                self._write_figure(block)
            case BulletList(items):
                self._write_items(items)
            case FindingList(findings):
                self._write_findings(findings)

    def _write_section(self, section: Section, level: int) -> None:
        """Write a section, its heading on the page of what follows it.

        Details of a section of the first level are left to the end of the document; the headings of
        a table say enough in the lower levels.
        """
        if section.collapsed and level == 2:
            return
        if level < 3 or not isinstance(section.blocks[0], Table):
            self._write_heading(section, level)
        for block in section.blocks:
            self.write_block(block, level + 1)

    def _write_heading(self, section: Section, level: int) -> None:
        if self.will_page_break(self._height_of_opening(section)):
            self.add_page()
        title = f"{section.title}: {section.verdict}" if section.verdict else section.title
        self.ln({1: 4, 2: 2.5}.get(level, 1))
        self.write_text(title, {1: 12.5, 2: 10}.get(level, 7), bold=True)
        if level == 1:
            y = self.get_y() + 0.6
            self.line(self.l_margin, y, self.w - self.r_margin, y)
            self.ln(2.5)

    def _write_items(self, items: Iterable[object]) -> None:
        for item in items:
            self.write_text(f"• {item}", 7, _GREY)

    def _write_findings(self, findings: Iterable[Finding]) -> None:
        """Write findings, each with its severity in colour."""
        for finding in findings:
            self.set_font("sans", style="B", size=7.5)
            self.set_text_color(*_COLOURS[finding.severity])
            self.cell(15, 3.8, finding.severity)
            self.set_font("sans", size=7.5)
            self.set_text_color(*_INK)
            self.multi_cell(0, 3.8, _one_line(finding.message), align="L", new_x=XPos.LMARGIN,
                            new_y=YPos.NEXT)  # fmt: skip
        self.ln(1)

    def _write_figure(self, figure: Figure) -> None:
        """Set in a figure as wide as the page, and its caption."""
        width, height = self._size(figure)
        caption = 8 if figure.caption else 0
        if self.will_page_break(height + 2.5 + caption):
            self.add_page()
        self.ln(2.5)
        self.image(BytesIO(figure.png), x=self.l_margin + (self.epw - width) / 2, w=width,
                   alt_text=figure.description)  # fmt: skip
        if figure.caption:
            self.write_text(figure.caption, 7, _GREY)
        self.ln(1.5)

    def _size(self, figure: Figure) -> tuple[float, float]:
        """Return width and height in mm: as wide as fits on a page with heading and caption."""
        with Image.open(BytesIO(figure.png)) as image:
            shape = image.height / image.width
        width = min(self.epw, 172.0, (self.eph - 32) / shape)
        return width, shape * width

    def _height_of_opening(self, section: Section) -> float:
        """Return the mm of a heading and what must stand below it: up to a figure or table."""
        height = 12.0
        for block in section.blocks:
            match block:
                case Paragraph() | Remark():
                    height += 6
                case Figure():
                    return height + self._size(block)[1] + (12 if block.caption else 4)
                case Section():
                    return height + self._height_of_opening(block)
                case BulletList():
                    return height
                case _:
                    return height + 25
        return height

    def _write_table(self, table: Table) -> None:
        """Write a table over the width of the page; it repeats its heading on a new page."""
        cells = [[_cell_text(cell) for cell in row] for row in (table.heading, *table.rows)]
        size = _TABLE
        widths, words = self._column_widths(cells, size)
        while size > _SMALLEST and words.sum() > self.epw:
            size -= 0.5
            widths, words = self._column_widths(cells, size)
        self.set_font("sans", size=size)
        self.set_text_color(*_INK)
        with self.table(
            col_widths=tuple(widths), line_height=size * 0.46, padding=(0.8, _PADDING),
            text_align="LEFT", v_align="TOP", borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="B", color=_GREY),
        ) as out:  # fmt: skip
            for texts in cells:
                row = out.row()
                for column, text in enumerate(texts):
                    colour = _COLOURS.get(text) if column == table.verdict_column else None
                    row.cell(text, style=FontFace(color=colour) if colour else None)
        self.ln(2)

    def _column_widths(self, cells: list[list[str]], size: float) -> tuple[FloatArray, FloatArray]:
        """Return widths of the columns in mm, and the ones that keep every word whole.

        Words that are longer than a quarter of the page may break.
        """
        whole, words = np.zeros((2, len(cells[0])))
        for number, row in enumerate(cells):
            self.set_font("sans", style="" if number else "B", size=size)
            lengths = [[self.get_string_width(word) for word in text.split(" ")] for text in row]
            space = self.get_string_width(" ")
            whole = np.maximum(whole, [sum(parts) + space * (len(parts) - 1) for parts in lengths])
            words = np.maximum(words, [max(parts) for parts in lengths])
        gap = 2 * _PADDING + 0.2
        whole, words = whole + gap, np.minimum(words + gap, self.epw / 4)
        if whole.sum() <= self.epw:
            return whole + (self.epw - whole.sum()) / len(whole), words
        least = words * min(1.0, self.epw / words.sum())
        more = np.maximum(whole - least, 0.0)
        return least + more * (self.epw - least.sum()) / more.sum(), words


def _one_line(text: str) -> str:
    """Return `text` with every kind of white space as a single space."""
    return " ".join(text.split()) or " "


def _cell_text(cell: object) -> str:
    """Return a cell on one line that does not break around ±."""
    text = _one_line(str(cell)).replace(" ± ", "\u00a0±\u00a0")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
