"""The cells of spreadsheet files as text: Excel (.xlsx, .xlsm, .xls) and OpenDocument (.ods).

Excel and OpenDocument files are zip archives of XML. Of an Excel workbook are read
``xl/workbook.xml`` (names of sheets), ``xl/_rels/workbook.xml.rels`` (their files),
``xl/sharedStrings.xml`` and the sheets; numbers come out with the digits that the file holds,
formulas as the values that were saved with them. Of an OpenDocument file ``content.xml`` is read,
in which cells and rows may stand for many. Old binary workbooks (.xls) are read by xlrd.

What a file unpacks to is bounded before, what repeats make of it while it is read. A document type,
and with it every entity, is refused. Libraries are not safe here: python-calamine makes a full
rectangle of cells, so that a file of one kilobyte with two cells far apart ends the process.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from io import BytesIO, StringIO
from string import digits
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser

from eisfit.base.errors import ReadError, UnknownFormat

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What a document of old Office versions starts with."""

_LARGEST = 1 << 29  # bytes unpacked
_DENSEST = 100  # times the packed size, over what tables pack
_SMALL = 1 << 24
_MOST_COLUMNS = 4000
_WIDEST_GAP = 1000  # empty rows in a row: more are as good as that many
_LONGEST_CELL = 500  # characters: headings and numbers are shorter
_CHUNK = 1 << 16


def read_sheets(path: str, data: bytes) -> Iterator[tuple[str, list[str]]]:
    """Yield name and rows of every sheet of a file; the cells of a row stand apart by tabs.

    What is damaged, encrypted, far too large or no spreadsheet is a ReadError.
    """
    try:
        if data.startswith(OLE):
            yield from _binary_excel(path, data)
            return
        with zipfile.ZipFile(BytesIO(data)) as archive:
            book = _Book(path, archive, _most_characters(path, archive, len(data)))
            if "content.xml" in archive.namelist():
                yield from _opendocument(book)
            else:
                yield from _excel(book)
    except ReadError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile, zlib, expat and xlrd raise many kinds
        what = f"the spreadsheet cannot be opened ({type(error).__name__}: {error})"
        raise ReadError(path, f"{what}; save it again, or save its table as .csv") from None


def _most_characters(path: str, archive: zipfile.ZipFile, packed: int) -> int:
    """Return how many characters a file may hold, refusing one that unpacks to more."""
    most = min(_LARGEST, max(_SMALL, _DENSEST * packed))
    size = sum(entry.file_size for entry in archive.infolist())
    if size > most:
        raise ReadError(path, f"it would unpack to {size / 1e6:.0f} MB, more than tables do")
    return most


class _Elements(TreeBuilder):
    """Passes elements of some names on when they end, and forgets what is in them."""

    def __init__(self, uses: Mapping[str, Callable[[Element], Any]]) -> None:
        super().__init__()
        self.uses = uses
        self.results: list[Any] = []

    def end(self, tag: str) -> Element:
        """Close an element."""
        element = super().end(tag)
        if (use := self.uses.get(_local(tag))) is not None:
            self.results.append(use(element))
            element.clear()
        return element

    def doctype(self, *_: object) -> None:
        """Refuse a document type."""
        raise ValueError("its XML declares a document type")


@dataclass(slots=True)
class _Book:
    """An open spreadsheet, and how many characters may still come out of it."""

    path: str
    archive: zipfile.ZipFile
    left: int

    def take(self, characters: int) -> None:
        """Count what comes out."""
        self.left -= characters
        if self.left < 0:
            raise ReadError(self.path, "its repeated cells make more than tables hold")

    def parse(self, member: str, uses: Mapping[str, Callable[[Element], Any]]) -> list[Any]:
        """Return what functions make of the elements of a member, by names without namespace."""
        elements = _Elements(uses)
        parser = XMLParser(target=elements)
        with self.archive.open(member) as file:
            while chunk := file.read(_CHUNK):
                parser.feed(chunk)
        parser.close()
        return elements.results


@lru_cache(_MOST_COLUMNS)
def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    """Return an attribute by its name without namespace, empty where there is none."""
    return next((value for key, value in element.items() if _local(key) == name), "")


@dataclass(slots=True)
class _Sheet:
    """The rows of a sheet while they are read."""

    book: _Book
    lines: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    blank: int = 0

    def put(self, column: int, text: str, times: int = 1) -> None:
        """Write a text into cells of the present row, from a column on."""
        text = " ".join(text[:_LONGEST_CELL].split())
        times = min(times, _MOST_COLUMNS - column)
        if text and times > 0 and column >= len(self.cells):
            self.cells += [""] * (column - len(self.cells)) + [text] * times

    def end_row(self, times: int = 1) -> None:
        """Close the present row, which stands for so many."""
        if not self.cells:
            self.skip(times)
            return
        line = "\t".join(self.cells)
        self.book.take(times * (len(line) + 1) + self.blank)
        self.lines += [""] * self.blank + [line] * times
        self.cells, self.blank = [], 0

    def skip(self, rows: int) -> None:
        """Leave rows empty."""
        self.blank = min(self.blank + max(rows, 0), _WIDEST_GAP)


def _excel(book: _Book) -> Iterator[tuple[str, list[str]]]:
    names = set(book.archive.namelist())
    if "xl/workbook.xml" not in names:
        what = "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "no spreadsheet"
        raise ReadError(book.path, f"this is {what}; save its table as .xlsx or .csv")
    titles = book.parse("xl/workbook.xml", {"sheet": _title})
    files = dict(book.parse("xl/_rels/workbook.xml.rels", {"Relationship": _file}))
    strings = "xl/sharedStrings.xml"
    shared = book.parse(strings, {"si": _written}) if strings in names else []
    for title, identity in titles:
        if files.get(identity, "") in names:
            sheet = _ExcelSheet(book, shared=shared)
            book.parse(files[identity], {"row": sheet.add})
            yield title, sheet.lines


def _title(sheet: Element) -> tuple[str, str]:
    """Return name and identity of a sheet."""
    return _attribute(sheet, "name"), _attribute(sheet, "id")


def _file(relation: Element) -> tuple[str, str]:
    """Return the identity of a sheet and its member of the archive, empty of what is no sheet."""
    target = relation.get("Target", "")
    file = target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
    return relation.get("Id", ""), file if "worksheet" in relation.get("Type", "") else ""


@dataclass(slots=True)
class _ExcelSheet(_Sheet):
    """The rows of a sheet of Excel's, and the texts that cells refer to."""

    row: int = 0
    shared: list[str] = field(default_factory=list)

    def add(self, row: Element) -> None:
        """Add a row; a cell without a place follows the one before."""
        number = max(_count(row.get("r", ""), 0), self.row + 1)
        self.skip(number - self.row - 1)
        self.row, column = number, -1
        for cell in row:
            place = _column(cell.get("r", "").rstrip(digits))
            column = place if place >= 0 else column + 1
            self.put(column, self._text(cell))
        self.end_row()

    def _text(self, cell: Element) -> str:
        text, kind = _written(cell), cell.get("t", "")
        if kind == "s":
            index = _count(text.strip(), -1)
            return self.shared[index] if 0 <= index < len(self.shared) else ""
        return "" if kind == "e" else text  # an error such as #N/A is no value


def _written(element: Element) -> str:
    """Return the values and texts in an element of Excel's, without how they are spoken (rPh)."""
    return "".join(
        (child.text or "") if _local(child.tag) in {"v", "t"} else _written(child)
        for child in element
        if _local(child.tag) != "rPh"
    )


@lru_cache(_MOST_COLUMNS)
def _column(letters: str) -> int:
    """Return the index of a column such as 'AB', -1 where it is none."""
    if len(letters) > 3 or not letters.isascii() or not letters.isupper():
        return -1
    return reduce(lambda column, letter: 26 * column + ord(letter) - 64, letters, 0) - 1


def _count(text: str, without: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else without


def _opendocument(book: _Book) -> Iterator[tuple[str, list[str]]]:
    sheets = [("", _Sheet(book))]

    def add_row(row: Element) -> None:
        sheet, column = sheets[-1][1], 0
        for cell in row:
            if _local(cell.tag).endswith("table-cell"):
                times = _count(_attribute(cell, "number-columns-repeated"), 1)
                sheet.put(column, _attribute(cell, "value") or _paragraphs(cell), times)
                column += times
        sheet.end_row(_count(_attribute(row, "number-rows-repeated"), 1))

    def end_table(table: Element) -> None:
        sheets[-1] = (_attribute(table, "name"), sheets[-1][1])
        sheets.append(("", _Sheet(book)))

    book.parse("content.xml", {"table-row": add_row, "table": end_table})
    yield from ((name, sheet.lines) for name, sheet in sheets[:-1])


def _paragraphs(element: Element) -> str:
    """Return the text of a cell of OpenDocument, without notes."""
    return "".join(
        "".join([*child.itertext(), " "]) if _local(child.tag) == "p" else _paragraphs(child)
        for child in element
        if _local(child.tag) != "annotation"
    )


def _binary_excel(path: str, data: bytes) -> Iterator[tuple[str, list[str]]]:
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=data, logfile=StringIO(), on_demand=True, ragged_rows=True
        )
    except xlrd.XLRDError as error:
        what = f"this is no workbook of Excel that can be read ({error})"
        raise UnknownFormat(path, f"{what}; save its table as .xlsx or .csv") from None
    for name in book.sheet_names():
        rows = (
            [_binary_cell(xlrd, cell, book.datemode) for cell in row]
            for row in book.sheet_by_name(name).get_rows()
        )
        yield name, ["\t".join(cells).rstrip("\t") for cells in rows]
        book.unload_sheet(name)


def _binary_cell(xlrd: Any, cell: Any, date_mode: int) -> str:
    """Return a cell as text; dates are no numbers, errors such as #N/A no values."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        return str(xlrd.xldate_as_datetime(cell.value, date_mode))
    text = "" if cell.ctype == xlrd.XL_CELL_ERROR else str(cell.value)
    return " ".join(text[:_LONGEST_CELL].split()).removesuffix(".0")
