"""Spreadsheets: Excel (.xlsx, .xlsm) and OpenDocument (.ods), one sheet or many.

Each sheet is read as a table of text is (see `eisfit.readers.delimited`): free text may stand above
the heading, the heading tells the columns, and a sheet may hold several spectra. A sheet without a
spectrum is passed over with a finding. Formulas count by the values that the program saved with
them. Old .xls files are no such files and are refused.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from eisfit.errors import ReadError
from eisfit.findings import Finding
from eisfit.readers.build import Header, build, numbered
from eisfit.readers.delimited import table_rows
from eisfit.readers.format import Format
from eisfit.readers.locate import find_table
from eisfit.readers.points import binary_source
from eisfit.readers.temperature import from_header, from_name
from eisfit.readers.text import Source, load
from eisfit.spectrum import Provenance, Spectrum

_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_ODS_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODS_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ODS_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_LARGEST = 1 << 29  # bytes unpacked
_DENSEST = 300
_SMALL = 1 << 24
_MOST_COLUMNS = 1000
_MOST_ROWS = 2_000_000
_MOST_BLANK = 200  # rows: what repeats longer is the empty rest of a sheet

Rows = Iterator[list[str]]


def recognises_xlsx(head: bytes) -> bool:
    """Tell whether the start of a file is an Excel workbook."""
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head)


def recognises_ods(head: bytes) -> bool:
    """Tell whether the start of a file is an OpenDocument spreadsheet."""
    return head.startswith(b"PK\x03\x04") and _ODS in head[:200]


def read_xlsx(path: Path | str) -> list[Spectrum]:
    """Return the spectra of all sheets of an Excel workbook."""
    return _read(path, "xlsx")


def read_ods(path: Path | str) -> list[Spectrum]:
    """Return the spectra of all sheets of an OpenDocument spreadsheet."""
    return _read(path, "ods")


def _read(path: Path | str, name: str) -> list[Spectrum]:
    data = load(path)
    source = binary_source(path, data)
    groups: list[list[Spectrum]] = []
    empty: list[str] = []
    try:
        _check_size(source, data)
        sheets = _xlsx_sheets(data) if name == "xlsx" else _ods_sheets(data)
        for title, rows in sheets:
            lines = _lines(rows)
            try:
                groups.append(_sheet(source, title, lines, name))
            except ReadError as trouble:
                empty.append(
                    f"{title!r} ({str(trouble).removeprefix(f'{source.path}').strip(': ')})"
                )
    except ReadError:
        raise
    except Exception as trouble:  # noqa: BLE001 - openpyxl, zlib and expat have many kinds of errors
        what = f"the spreadsheet cannot be opened ({type(trouble).__name__}: {trouble})"
        raise ReadError(path, f"{what}; save it again, or save its table as .csv") from None
    if not groups:
        why = "; ".join(empty[:4]) or "it has no sheet"
        raise ReadError(path, f"no sheet holds a spectrum: {why}")
    spectra = numbered(groups)
    if empty:
        text = f"{source.name}: sheets without a spectrum are passed over: {'; '.join(empty)}"
        said = Finding("sheet_without_spectrum", "info", text)
        spectra[0] = spectra[0].with_(findings=(*spectra[0].findings, said))
    return spectra


def _check_size(source: Source, data: bytes) -> None:
    """Refuse what would unpack to more than tables do."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > min(_LARGEST, max(_SMALL, _DENSEST * len(data))):
        what = f"it would unpack to {size / 1e6:.0f} MB, more than tables do"
        raise ReadError(source.path, f"{what}; save its table as .csv")


def _sheet(source: Source, title: str, lines: list[str], name: str) -> list[Spectrum]:
    """Return the spectra of one sheet; lines count as the sheet's rows."""
    own = replace(source, lines=lines)
    place = find_table(own)
    above = lines[: max(place.heading, 0)]
    kelvin = from_header(above) or from_name(title)[0]
    header = Header(
        Provenance(format=name, technique=f"sheet {title}"), temperature=kelvin, guess_sign=True
    )
    return build(own, place.layout, table_rows(own, place), header)


def _lines(rows: Rows) -> list[str]:
    """Return rows of cells as lines set apart by tabs."""
    lines = ["\t".join(cells).rstrip("\t") for cells in rows]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _cell(value: Any) -> str:
    """Return a cell as text on one line; numbers with all their digits."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else " ".join(str(value).split())


def _xlsx_sheets(data: bytes) -> Iterator[tuple[str, Rows]]:
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(
                max_row=_MOST_ROWS, max_col=min(sheet.max_column or 1, _MOST_COLUMNS),
                values_only=True,
            )  # fmt: skip
            yield sheet.title, ([_cell(value) for value in row] for row in rows)
    finally:
        book.close()


def _ods_sheets(data: bytes) -> Iterator[tuple[str, Rows]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        content = archive.read("content.xml")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("its content declares entities")
    for table in ET.fromstring(content).iter(f"{_ODS_TABLE}table"):
        yield table.get(f"{_ODS_TABLE}name") or "sheet", _ods_rows(table)


def _ods_rows(table: ET.Element) -> Rows:
    count = 0
    for row in table.iter(f"{_ODS_TABLE}table-row"):
        cells: list[str] = []
        for cell in row:
            repeat = _repeat(cell, "number-columns-repeated")
            text = _ods_cell(cell)
            room = _MOST_COLUMNS - len(cells)
            cells += [text] * min(repeat if text else min(repeat, _MOST_COLUMNS), room)
        repeat = _repeat(row, "number-rows-repeated")
        if repeat > _MOST_BLANK and not any(cells):
            continue
        for _ in range(min(repeat, _MOST_ROWS - count)):
            yield cells
        count += repeat


def _repeat(element: ET.Element, name: str) -> int:
    value = element.get(f"{_ODS_TABLE}{name}", "1")
    return int(value) if value.isascii() and value.isdigit() else 1


def _ods_cell(cell: ET.Element) -> str:
    value = cell.get(f"{_ODS_OFFICE}value")
    if value is not None:
        return value
    return " ".join(" ".join(p.itertext()) for p in cell.iter(f"{_ODS_TEXT}p"))


XLSX = Format("xlsx", "Excel workbook (.xlsx)", recognises_xlsx, read_xlsx, (".xlsx", ".xlsm"))
ODS = Format("ods", "OpenDocument spreadsheet (.ods)", recognises_ods, read_ods, (".ods",))
