"""A report as frozen values: sections of paragraphs, tables, figures, lists and findings.

`series_document`, `samples_document` and `batch_document` make a `Document` of results; writers
make HTML, PDF, Markdown and LaTeX of it. Cells of tables carry numbers with their units, and become
text where they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from uncertainties import UFloat

from eisfit.base.findings import Finding
from eisfit.base.words import format_number

NOTHING = "–"
"""The text of a cell without a value."""

_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Value:
    """A number in a table.

    Parameters
    ----------
    number : UFloat, float or None
        None, or a number that is not finite, is printed as a dash.
    unit : str
    digits : int
        Significant digits of a number without an error; errors have two.
    prefixed : bool
        Whether the unit gets the prefix that suits the number, such as kΩ.
    before, after : str
        Text around the number.

    Examples
    --------
    >>> print(Value(0.31, "eV", after=" (fixed)"))
    0.31 eV (fixed)
    """

    number: UFloat | float | None
    unit: str = ""
    digits: int = 4
    prefixed: bool = False
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        text = format_number(self.number, self.unit, self.digits, prefixed=self.prefixed)
        return f"{self.before}{text}{self.after}" if text else NOTHING


@dataclass(frozen=True, slots=True)
class Citation:
    """A source: how it is cited, and its DOI; either may be empty."""

    text: str
    doi: str

    def __str__(self) -> str:
        return " · ".join(part for part in (self.text, self.doi and f"doi:{self.doi}") if part)


@dataclass(frozen=True, slots=True)
class Histogram:
    """A distribution in a table: heights of its bars from 0 to 100."""

    name: str
    bars: tuple[float, ...]

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Link:
    """An item of a list that leads to another file, with a note."""

    text: str
    address: str
    note: str

    def __str__(self) -> str:
        return f"{self.text}: {self.note}"


Cell: TypeAlias = str | Value | Citation | Histogram


class Block:
    """A part of a section."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Remark(Block):
    """A paragraph in smaller letters."""

    text: str


@dataclass(frozen=True, slots=True)
class Table(Block):
    """A table.

    Parameters
    ----------
    heading : tuple of str, shape (c,)
    rows : tuple of tuple of cells, shape (r, c)
    verdict_column : int, optional
        The column whose texts are coloured.
    prose : tuple of int
        Columns of texts that may wrap.
    caption : str
        Title of the table in ``tables.tex``, which leaves out those without.
    """

    heading: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    verdict_column: int | None = None
    prose: tuple[int, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure(Block):
    """A figure, drawn once for files, HTML and PDF.

    Parameters
    ----------
    name : str
        Of its files, without ending.
    description : str
        What it shows, for those who cannot see it.
    png : bytes
    svg : bytes, optional
    title, caption : str
        What it shows in few words, and how to read it.
    section : str
        Where it stands in the report, as in `eisfit.plots.figures.SeriesFigure`.
    """

    name: str
    description: str
    png: bytes
    svg: bytes | None = None
    title: str = ""
    caption: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report: those of the series or the comparison, and one a spectrum."""

    series: tuple[Figure, ...] = ()
    spectra: tuple[Figure, ...] = ()

    def all(self) -> tuple[Figure, ...]:
        """Return every figure in the order of the report."""
        return (*self.series, *self.spectra)

    def named(self, name: str) -> tuple[Figure, ...]:
        """Return the figure of the series of that name, none where nothing was drawn."""
        return tuple(figure for figure in self.series if figure.name == name)

    def of(self, section: str) -> tuple[Figure, ...]:
        """Return the figures of the series that stand in a section of the report."""
        return tuple(figure for figure in self.series if figure.section == section)


def figure_name(kind: str, process: str) -> str:
    """Return the name of the figure of one process, safe for a file."""
    return f"{kind}_{re.sub(r'[^A-Za-z0-9_.-]', '_', process)}"


@dataclass(frozen=True, slots=True)
class BulletList(Block):
    """A list of texts, links and sources."""

    items: tuple[str | Link | Citation, ...]


@dataclass(frozen=True, slots=True)
class FindingList(Block):
    """Findings."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Section(Block):
    """A part of a document under a heading.

    Parameters
    ----------
    title : str
    blocks : tuple of blocks
        Sections among them are one level lower.
    name : str
        Target of links within the page; sections with a name stand in the contents.
    short_title : str
        In the contents, where it is not `title`.
    verdict : str
        Shown beside the title.
    collapsed : bool
        Whether a browser shows the title alone until it is clicked.
    """

    title: str
    blocks: tuple[Block, ...]
    name: str = ""
    short_title: str = ""
    verdict: str = ""
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Parameters
    ----------
    title, subtitle : str
    sections : tuple of Section
    verdicts : mapping of str to int
        How many spectra have which verdict.
    sources : tuple of Citation
        Everything that ``references.bib`` lists.
    files : str
        Where the numbers are, for the foot of the page.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    verdicts: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[Citation, ...] = ()
    files: str = ""

    def section(self, name: str) -> Section:
        """Return the section of that name, at any level; KeyError where there is none."""
        for block in blocks_of(self.sections):
            if isinstance(block, Section) and block.name == name:
                return block
        raise KeyError(name)


def list_findings(findings: Iterable[Finding]) -> Block:
    """Return each finding once, the worst first, those of one code after each other."""
    unique = sorted(dict.fromkeys(findings), key=lambda f: (_SEVERITIES.index(f.severity), f.code))
    return FindingList(tuple(unique)) if unique else Paragraph("There are no findings.")


def blocks_of(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield all blocks in their order, each section before the blocks in it."""
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from blocks_of(block.blocks)


def tables_of(block: Section | Document) -> list[Table]:
    """Return the tables at any level of a section or a document."""
    inner = block.sections if isinstance(block, Document) else block.blocks
    return [table for table in blocks_of(inner) if isinstance(table, Table)]
