"""The report's tables for other programs: Markdown, LaTeX, a workbook, BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from io import BytesIO

from eisfit import __version__
from eisfit.report.content import Content
from eisfit.report.tables import Cell
from eisfit.report.words import Table

_SUPERSCRIPT = re.compile("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SIGNS: Mapping[str, str] = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "Ω": r"$\Omega$", "σ": r"$\sigma$", "χ": r"$\chi$", "τ": r"$\tau$", "ω": r"$\omega$",
    "µ": r"$\mu$", "±": r"$\pm$", "−": r"$-$", "°": r"$^\circ$", "²": r"$^2$", "³": r"$^3$",
    "ₐ": r"$_\mathrm{a}$", "₀": r"$_0$", "ᵣ": r"$_\mathrm{r}$", "ⁿ": r"$^n$", "⁻": r"$^-$",
    "¹": r"$^1$", "√": r"$\surd$", "·": r"$\cdot$", "½": r"$\frac12$", "–": "--",
    "“": "``", "”": "''", "’": "'", "…": r"\dots{}", "≤": r"$\le$", "≥": r"$\ge$", "→": r"$\to$",
    "×": r"$\times$", "\u00a0": "~", "≈": r"$\approx$", "Δ": r"$\Delta$", "ρ": r"$\rho$",
    "ε": r"$\varepsilon$", "⟨": r"$\langle$", "⟩": r"$\rangle$",
}  # fmt: skip


_OURSELVES = f"""@software{{eisfit,
  author = {{{{The eisfit developers}}}},
  title = {{eisfit: impedance spectroscopy of solid electrolytes}},
  version = {{{__version__}}}
}}
"""


def markdown(content: Content) -> str:
    """Return the report's words and tables as Markdown, without the figures."""
    parts = [f"# {_plain(content.title)}", _plain(content.subtitle)]
    for heading, table in _tables(content):
        parts += [f"## {heading}", _markdown_table(table)]
    for heading, lines in (
        (
            "Findings",
            [f"**{f.severity}** ({f.code}): {_plain(f.message)}" for f in content.findings],
        ),
        ("Methods", [_plain(p) for p in content.methods]),
        ("Sources", [f"https://doi.org/{doi}" for doi in content.sources]),
    ):
        if lines:
            mark = "" if heading == "Methods" else "- "
            parts += [f"## {heading}", ("\n\n" if not mark else "\n").join(mark + s for s in lines)]
    return "\n\n".join(parts) + "\n"


def latex(content: Content) -> str:
    r"""Return the tables as LaTeX (package booktabs), each a ``table`` with a caption.

    Letters that LaTeX does not know are left as they are: compile with LuaLaTeX or XeLaTeX.
    """
    head = "% Tables of a report; needs \\usepackage{booktabs}\n"
    return head + "\n".join(_latex_table(name, table) for name, table in _tables(content))


def workbook(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """Return an xlsx workbook: numbers as numbers, texts as texts, whatever they begin with.

    Parameters
    ----------
    sheets : mapping of str to rows
        By the sheet's name; the first row is the heading.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "B2"
        for number, row in enumerate(rows):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=_legal(value))
                if isinstance(value, str):
                    cell.data_type = "s"  # a file name that begins with = is no formula
                if number == 0:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bibtex(content: Content) -> str:
    """Return an entry for every DOI that the report cites, and one for the program itself.

    Entries with author, title, journal, volume, pages and year are those of ``sources.bib``. Other
    sources have their DOI and, where the tables name them, that name, marked as not verified;
    programs that keep references complete such entries from the DOI.
    """
    known, full = _citations(content), _full_entries()
    entries = [full.get(doi.lower()) or _entry(doi, known.get(doi, "")) for doi in content.sources]
    return "\n".join([*entries, _OURSELVES])


def _full_entries() -> dict[str, str]:
    """Return the entries of ``sources.bib`` by DOI, in small letters as DOIs have no case."""
    text = files("eisfit.report").joinpath("sources.bib").read_text(encoding="utf-8")
    entries = re.findall(r"^@.*?^\}\n", text, re.DOTALL | re.MULTILINE)
    return {re.findall(r"doi = \{(.*)\}", entry)[0].lower(): entry for entry in entries}


def _entry(doi: str, citation: str) -> str:
    key = re.sub(r"[^A-Za-z0-9]+", "_", doi).strip("_")
    note = f"{_latex(citation)}; not verified" if citation else "not verified"
    return (
        f"@misc{{{key},\n  note = {{{note}}},\n  doi = {{{doi}}},\n"
        f"  url = {{https://doi.org/{doi}}}\n}}\n"
    )


def _citations(content: Content) -> dict[str, str]:
    """Return by DOI how the tables of the literature name a source."""
    found: dict[str, str] = {}
    for table in (content.comparison, content.not_comparable):
        for row in table.rows if table is not None else ():
            citation, _, doi = row[-1].partition(" · doi:")
            if doi:
                found.setdefault(doi, citation)
    return found


def _tables(content: Content) -> list[tuple[str, Table]]:
    named = [
        ("Result", content.answer),
        ("Growth", content.growth),
        ("Comparison with the literature", content.comparison),
        ("Resistances", content.resistances),
        ("Settings", content.settings),
    ]
    return [(name, table) for name, table in named if table is not None and table.rows]


def _markdown_table(table: Table) -> str:
    rows = [table.heading, ("---",) * len(table.heading), *table.rows]
    return "\n".join("| " + " | ".join(_plain(cell) for cell in row) + " |" for row in rows)


def _plain(text: str) -> str:
    """Return a text that Markdown takes as it is: names of files are no markup."""
    text = re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))
    return text.replace("&", "&amp;")


def _latex_table(name: str, table: Table) -> str:
    columns = "".join(f"p{{{0.9 / len(table.heading):.2f}\\linewidth}}" for _ in table.heading)
    rows = [" & ".join(_latex(cell) for cell in row) + r" \\" for row in table.rows]
    heading = " & ".join(_latex(cell) for cell in table.heading) + r" \\"
    return "\n".join([
        r"\begin{table}", r"\centering\small", rf"\caption{{{_latex(name)}}}",
        rf"\begin{{tabular}}{{{columns}}}", r"\toprule", heading, r"\midrule", *rows,
        r"\bottomrule", r"\end{tabular}", r"\end{table}", "",
    ])  # fmt: skip


def _latex(text: str) -> str:
    r"""Return a text for LaTeX.

    Examples
    --------
    >>> print(_latex("(9.07 ± 0.12)·10⁻⁴ S/cm, 50 %"))
    (9.07 $\pm$ 0.12)$\cdot10^{-4}$ S/cm, 50 \%
    """
    out, end = [], 0
    for match in _SUPERSCRIPT.finditer(text):
        out.append("".join(_SIGNS.get(c, c) for c in text[end : match.start()]))
        out.append(rf"$\cdot10^{{{match[1].translate(_DIGITS)}}}$")
        end = match.end()
    out.append("".join(_SIGNS.get(c, c) for c in text[end:]))
    return " ".join("".join(out).split())


def _legal(value: Cell) -> Cell:
    """Return a value that a workbook may hold: no control signs, no number that is not finite."""
    if isinstance(value, str):
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", value)
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value
