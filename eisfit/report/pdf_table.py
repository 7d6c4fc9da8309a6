"""Tables on a PDF page: widths by content, long words broken, headings repeated on a new page."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from fpdf import FPDF

from eisfit.report.words import Table

_INK, _SOFT, _LINE = (29, 35, 40), (92, 103, 112), (223, 227, 230)
_VERDICT = MappingProxyType(
    {
        "agrees": (0, 113, 79),
        "usable": (0, 113, 79),
        "differs": (163, 71, 0),
        "doubtful": (163, 71, 0),
        "unusable": (179, 38, 30),
    }
)
_SMALLEST = 5.5  # points
_GAP = 2.5  # mm between two columns


def draw_table(pdf: FPDF, table: Table, *, size: float = 8) -> None:
    """Draw `table` over the width of the page, from the present height on.

    Parameters
    ----------
    pdf : FPDF
        Its font family ``"sans"`` is used.
    table : Table
    size : float
        Of the letters, in points.
    """
    pdf.set_font("sans", size=size)
    pdf.set_draw_color(*_LINE)
    pdf.set_line_width(0.15)
    while size > _SMALLEST and sum(_least(pdf, table)) > pdf.epw:
        size -= 0.5
        pdf.set_font("sans", size=size)
    widths = _widths(pdf, table)
    head = [_wrapped(pdf, cell, width) for cell, width in zip(table.heading, widths, strict=True)]
    rows = []
    for row in table.rows:  # all before the first is drawn in bold
        rows.append([_wrapped(pdf, c, width) for c, width in zip(row, widths, strict=True)])
    first = _height(head, size) + (_height(rows[0], size) if rows else 0.0)
    if pdf.will_page_break(first):
        pdf.add_page()
    _row(pdf, head, widths, size, head=True)
    verdict = table.verdict_column
    for row, lines in zip(table.rows, rows, strict=True):
        if pdf.will_page_break(_height(lines, size)):
            pdf.add_page()
            _row(pdf, head, widths, size, head=True)
        colour = _VERDICT.get(row[verdict]) if verdict is not None else None
        _row(pdf, lines, widths, size, coloured=(verdict, colour) if colour else None)
    pdf.set_y(pdf.get_y() + 2)


def one_line(text: str) -> str:
    """Return `text` with every kind of white space as a single space."""
    return " ".join(text.split()) or " "


def _whole_numbers(text: str) -> str:
    """Return `text` on one line, with spaces that do not break about every ±."""
    return one_line(text).replace(" ± ", "\u00a0±\u00a0")


def _height(lines: Sequence[Sequence[str]], size: float) -> float:
    return max(len(cell) for cell in lines) * size * 0.46 + 1.7


def _row(
    pdf: FPDF,
    lines: Sequence[Sequence[str]],
    widths: Sequence[float],
    size: float,
    *,
    head: bool = False,
    coloured: tuple[int | None, tuple[int, int, int]] | None = None,
) -> None:
    """Draw one row and the line below it, and go on to the next."""
    pdf.set_font("sans", style="B" if head else "", size=size)
    x, y = pdf.l_margin, pdf.get_y()
    for i, (cell, width) in enumerate(zip(lines, widths, strict=True)):
        special = coloured[1] if coloured is not None and coloured[0] == i else _INK
        pdf.set_text_color(*(_SOFT if head else special))
        for k, text in enumerate(cell):
            pdf.text(x, y + 0.85 + (k + 0.75) * size * 0.46, text)
        x += width
    bottom = y + _height(lines, size)
    pdf.line(pdf.l_margin, bottom, pdf.l_margin + pdf.epw, bottom)
    pdf.set_y(bottom)


def _wrapped(pdf: FPDF, text: str, width: float) -> list[str]:
    """Return the lines of a cell; a word that is too long is broken."""
    room = width - _GAP + 0.05
    text = _whole_numbers(text)
    if pdf.get_string_width(text) <= room:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if pdf.get_string_width(longer) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(pdf, word, room)
        lines += full
    return [*lines, line]


def _broken(pdf: FPDF, word: str, room: float) -> list[str]:
    """Return `word` in pieces that fit."""
    pieces, piece = [], ""
    for letter in word:
        if piece and pdf.get_string_width(piece + letter) > room:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def _widths(pdf: FPDF, table: Table) -> list[float]:
    """Return widths by content: words stay whole while there is room."""
    texts = _columns(table)
    full = [_longest(pdf, cells, whole=True) for cells in texts]
    if sum(full) <= pdf.epw:
        spare = (pdf.epw - sum(full)) / len(full)
        return [width + spare for width in full]
    least = _least(pdf, table)
    scale = min(1.0, pdf.epw / sum(least))
    least = [scale * w for w in least]
    wish = [max(f - w, 0.0) for f, w in zip(full, least, strict=True)]
    share = (pdf.epw - sum(least)) / sum(wish) if sum(wish) > 0 else 0.0
    return [w + share * more for w, more in zip(least, wish, strict=True)]


def _columns(table: Table) -> list[list[str]]:
    columns = zip(*(table.heading, *table.rows), strict=True)
    return [[_whole_numbers(cell) for cell in column] for column in columns]


def _least(pdf: FPDF, table: Table) -> list[float]:
    """Return the widths that keep every word whole, but for very long ones."""
    words = [_longest(pdf, cells, whole=False) for cells in _columns(table)]
    return [min(w, 0.25 * pdf.epw) for w in words]


def _longest(pdf: FPDF, cells: Sequence[str], *, whole: bool) -> float:
    """Return the width of the longest cell, or of its longest word; the first cell is bold."""
    wide = 0.0
    for k, cell in enumerate(cells):
        for part in [cell] if whole else cell.split(" "):
            wide = max(wide, pdf.get_string_width(part) * (1.12 if k == 0 else 1.0))
    return wide + _GAP
