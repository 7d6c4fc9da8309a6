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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from io import BytesIO, StringIO
from string import digits
from typing import Any
from xml.parsers import expat

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

Attributes = dict[str, str]


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


@dataclass(slots=True)
class _Book:
    """An open spreadsheet, and how many characters may still come out of it."""

    path: str
    archive: zipfile.ZipFile
    room: int

    def take(self, characters: int) -> None:
        """Count what comes out."""
        self.room -= characters
        if self.room < 0:
            raise ReadError(self.path, "its repeated cells make more than tables hold")

    def parse(
        self,
        member: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], object] = str,
        text: Callable[[str], object] = str,
    ) -> None:
        """Run the XML of a member past three functions; elements come without their namespace."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.CharacterDataHandler = text
        parser.EndElementHandler = lambda name: end(_local(name))
        parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
        with self.archive.open(member) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes no keyword
        parser.Parse(b"", True)  # noqa: FBT003


def _refuse(*_: object) -> None:
    raise ValueError("its XML declares a document type")


@lru_cache(_MOST_COLUMNS)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _locally(attributes: Attributes) -> Attributes:
    return {_local(name): value for name, value in attributes.items()}


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
    titles, files = list[tuple[str, str]](), dict[str, str]()

    def title(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            about = _locally(attributes)
            titles.append((about.get("name", ""), about.get("id", "")))

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and "worksheet" in attributes.get("Type", ""):
            target = attributes.get("Target", "")
            inner = target.startswith(("/", "xl/"))
            files[attributes.get("Id", "")] = target.lstrip("/") if inner else f"xl/{target}"

    book.parse("xl/workbook.xml", title)
    book.parse("xl/_rels/workbook.xml.rels", relation)
    shared = _shared_strings(book) if "xl/sharedStrings.xml" in names else []
    for name, identity in titles:
        if files.get(identity, "") in names:
            reader = _ExcelRows(_Sheet(book), shared)
            book.parse(files[identity], reader.start, reader.end, reader.text)
            yield name, reader.sheet.lines


def _shared_strings(book: _Book) -> list[str]:
    strings, parts = list[str](), list[str]()
    inside = {"t": False, "rPh": False}  # rPh: how it is spoken

    def start(name: str, _: Attributes) -> None:
        inside[name] = True

    def end(name: str) -> None:
        inside[name] = False
        if name == "si":
            strings.append("".join(parts)[:_LONGEST_CELL])
            parts.clear()

    def text(content: str) -> None:
        if inside["t"] and not inside["rPh"]:
            parts.append(content)

    book.parse("xl/sharedStrings.xml", start, end, text)
    return strings


@dataclass(slots=True)
class _ExcelRows:
    """The rows of a sheet of Excel's while its XML is read."""

    sheet: _Sheet
    shared: list[str]
    row: int = 0
    column: int = -1
    kind: str = ""
    parts: list[str] = field(default_factory=list)
    value: bool = False
    spoken: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self.parts, self.kind = [], attributes.get("t", "")
            column = _column(attributes.get("r", "").rstrip(digits))
            self.column = column if column >= 0 else self.column + 1
        elif name in {"v", "t"}:
            self.value = True
        elif name == "row":
            number = max(_count(attributes.get("r", ""), 0), self.row + 1)
            self.sheet.skip(number - self.row - 1)
            self.row, self.column = number, -1
        elif name == "rPh":
            self.spoken = True

    def text(self, content: str) -> None:
        if self.value and not self.spoken:
            self.parts.append(content)

    def end(self, name: str) -> None:
        if name == "c":
            self.sheet.put(self.column, _excel_cell("".join(self.parts), self.kind, self.shared))
        elif name in {"v", "t"}:
            self.value = False
        elif name == "row":
            self.sheet.end_row()
        elif name == "rPh":
            self.spoken = False


def _excel_cell(text: str, kind: str, shared: list[str]) -> str:
    if kind == "s":
        index = _count(text.strip(), -1)
        return shared[index] if 0 <= index < len(shared) else ""
    return "" if kind == "e" else text  # an error such as #N/A is no value


@lru_cache(_MOST_COLUMNS)
def _column(letters: str) -> int:
    """Return the index of a column such as 'AB', -1 where it is none."""
    if len(letters) > 3 or not letters.isascii() or not letters.isupper():
        return -1
    return reduce(lambda column, letter: 26 * column + ord(letter) - 64, letters, 0) - 1


def _count(text: str, without: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else without


@dataclass(slots=True)
class _OpenRows:
    """The sheets of an OpenDocument file while its XML is read."""

    book: _Book
    sheets: list[tuple[str, _Sheet]] = field(default_factory=list)
    rows: int = 1
    column: int = 0
    times: int = 1
    value: str = ""
    parts: list[str] = field(default_factory=list)
    paragraphs: int = 0
    annotations: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        attributes = _locally(attributes)
        if name == "table":
            self.sheets.append((attributes.get("name", ""), _Sheet(self.book)))
        elif name == "table-row":
            self.rows, self.column = _count(attributes.get("number-rows-repeated", ""), 1), 0
        elif name.endswith("table-cell"):
            self.times = _count(attributes.get("number-columns-repeated", ""), 1)
            self.value, self.parts = attributes.get("value", ""), []
        elif name == "annotation":
            self.annotations += 1
        elif name == "p":
            self.paragraphs += 1

    def text(self, content: str) -> None:
        if self.paragraphs and not self.annotations:
            self.parts.append(content)

    def end(self, name: str) -> None:
        if name == "annotation":
            self.annotations -= 1
        elif name == "p":
            self.paragraphs -= 1
            self.parts.append(" ")
        elif name.endswith("table-cell") and self.sheets:
            self.sheets[-1][1].put(self.column, self.value or "".join(self.parts), self.times)
            self.column += self.times
        elif name == "table-row" and self.sheets:
            self.sheets[-1][1].end_row(self.rows)


def _opendocument(book: _Book) -> Iterator[tuple[str, list[str]]]:
    reader = _OpenRows(book)
    book.parse("content.xml", reader.start, reader.end, reader.text)
    yield from ((name, sheet.lines) for name, sheet in reader.sheets)


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
