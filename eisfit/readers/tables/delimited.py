"""Any table of text with frequency, Z' and Z'' (or |Z| and phase).

The cells are set apart by commas, semicolons, tabs or blanks, numbers have a decimal point or
comma, a heading names the columns (see `eisfit.readers.tables.columns`) and may carry units, on the
line below it if need be. Free text may stand above, and comments (``#``, ``%``, ``//``) anywhere.
Without a heading exactly three columns are taken as frequency in Hz, Z' and Z'' in Ω.

A column of temperature or of cycle numbers, a heading that stands again and a frequency that
jumps back to its start divide a long table into several spectra.

This format is of no maker: it is tried last. Where a heading carries no minus and nearly
every Z'' is positive, the column is taken as stored -Z'', with a finding.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.locate import Place, find_table, is_heading
from eisfit.readers.tables.table import Rows, rows_below
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import Source, decode, is_text, read_long

NAME = "delimited"

_MARKUP = ("{", "[{", "<?xml", "<!doctype", "<html", "{\\rtf")


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is text, and not of a language for other things."""
    return is_text(head) and not decode(head[:512]).lstrip().lower().startswith(_MARKUP)


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a table of text."""
    return read_long(path, _spectra)


def _spectra(source: Source) -> list[Spectrum]:
    place = find_table(source)
    rows = table_rows(source, place)
    if place.heading < 0:
        _check_bare(source, rows)
    header = Header(
        NAME,
        temperature=temperature_from_header(
            source.lines[: place.heading if place.heading >= 0 else place.first]
        ),
        guess_sign=True,
    )
    return build_spectra(source, place.layout, rows, header)


def table_rows(source: Source, place: Place) -> Rows:
    """Return the rows of a table, refusing a second one below it with another heading."""
    heading = source.lines[place.heading] if place.heading >= 0 else ""
    rows = rows_below(source, place.first, place.layout, place.dialect, heading)
    for line, text in rows.strays:
        if is_heading(text):
            what = "a second table with another heading stands here; put each into its own file"
            raise source.error(what, line)
    return rows


def _check_bare(source: Source, rows: Rows) -> None:
    """Refuse three bare columns that can hardly be frequency, Z' and Z''."""
    frequency, real = rows.values[:, 0], rows.values[:, 1]
    with np.errstate(invalid="ignore"):
        positive = np.mean(frequency > 0) > 0.5 and np.mean(real >= 0) > 0.5
    if not positive:
        what = (
            "three columns without a heading, and the first two are not frequency and Z' (mostly "
            "above zero); write a heading above them, such as: frequency/Hz, Z'/ohm, Z''/ohm"
        )
        raise source.error(what)


FORMAT = Format(
    NAME, "Delimited text with frequency, Z' and Z''", recognises, read, (".csv", ".txt", ".dat")
)
