"""A document for other programs: Markdown, LaTeX, BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files

from pylatexenc.latexencode import (
    RULE_DICT,
    RULE_REGEX,
    UnicodeToLatexConversionRule,
    UnicodeToLatexEncoder,
)

from eisfit import __version__
from eisfit.report.document import (
    Block,
    BulletList,
    Citation,
    Document,
    Figure,
    FindingList,
    Link,
    Paragraph,
    Remark,
    Section,
    Table,
    tables_of,
)

_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_LATEX = UnicodeToLatexEncoder(
    conversion_rules=[
        UnicodeToLatexConversionRule(RULE_REGEX, [
            (re.compile("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"),
             lambda match: rf"$\cdot10^{{{match[1].translate(_DIGITS)}}}$"),
        ]),
        UnicodeToLatexConversionRule(RULE_DICT, {
            ord("ᵣ"): r"$_\mathrm{r}$", ord("ᵐ"): "$^m$", ord("ₐ"): r"$_\mathrm{a}$",
        }),
        "defaults",
    ],
    unknown_char_policy="keep",
    unknown_char_warning=False,
)  # fmt: skip

_EISFIT = f"""@software{{eisfit,
  author = {{{{The eisfit developers}}}},
  title = {{eisfit: impedance spectroscopy of solid electrolytes}},
  version = {{{__version__}}}
}}
"""


def render_markdown(document: Document) -> str:
    """Return a document as Markdown; figures are those in the folder ``figures``."""
    head = [f"# {_plain(document.title)}", _plain(document.subtitle)]
    return "\n\n".join([*head, *_markdown_blocks(document.sections, 2)]) + "\n"


def _markdown_blocks(blocks: Iterable[Block], level: int) -> Iterator[str]:
    for block in blocks:
        match block:
            case Section(title, inner):
                verdict = f" ({block.verdict})" if block.verdict else ""
                yield f"{'#' * level} {_plain(title + verdict)}"
                yield from _markdown_blocks(inner, level + 1)
            case Paragraph(text) | Remark(text):
                yield _plain(text)
            case Table(heading, rows):
                lines = [[_plain(cell) for cell in line] for line in (heading, *rows)]
                lines.insert(1, ["---"] * len(heading))
                yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
            case Figure(name, description):
                ending = "svg" if block.svg is not None else "png"
                yield f"![{_plain(description)}](figures/{name}.{ending})"
            case BulletList(items):
                yield "\n".join(f"- {_markdown_item(item)}" for item in items)
            case FindingList(findings):
                yield "\n".join(
                    f"- **{f.severity}** ({f.code}): {_plain(f.message)}" for f in findings
                )


def _plain(text: object) -> str:
    """Return a text that Markdown takes as it is: names of files are no markup."""
    plain = re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(str(text).split()))
    return plain.replace("&", "&amp;")


def _markdown_item(item: str | Link | Citation) -> str:
    match item:
        case Link(text, address, note):
            return f"[{_plain(text)}]({address}): {_plain(note)}"
        case Citation(text, doi):
            return (f"{_plain(text)} · " if text else "") + f"https://doi.org/{doi}"
    return _plain(item)


def render_latex(document: Document) -> str:
    r"""Return the tables that have a caption as LaTeX (package booktabs).

    Letters that LaTeX does not know are left as they are: compile with LuaLaTeX or XeLaTeX.
    """
    head = "% Tables of a report; needs \\usepackage{booktabs}\n"
    return head + "\n".join(_latex_table(t) for t in tables_of(document) if t.caption and t.rows)


def _latex_table(table: Table) -> str:
    columns = f"p{{{0.9 / len(table.heading):.2f}\\linewidth}}" * len(table.heading)
    heading, *rows = (
        " & ".join(escape_latex(cell) for cell in row) + r" \\"
        for row in (table.heading, *table.rows)
    )
    return "\n".join([
        r"\begin{table}", r"\centering\small", rf"\caption{{{escape_latex(table.caption)}}}",
        rf"\begin{{tabular}}{{{columns}}}", r"\toprule", heading, r"\midrule", *rows,
        r"\bottomrule", r"\end{tabular}", r"\end{table}", "",
    ])  # fmt: skip


def escape_latex(text: object) -> str:
    r"""Return a text for LaTeX.

    Examples
    --------
    >>> print(escape_latex("(9.07 ± 0.12)·10⁻⁴ S/cm, 50 %"))
    (9.07 \ensuremath{\pm} 0.12)$\cdot10^{-4}$ S/cm, 50 \%
    """
    encoded: str = _LATEX.unicode_to_latex(" ".join(str(text).split()))
    return encoded


def render_bibtex(sources: Iterable[Citation]) -> str:
    """Return an entry for each of `sources`, and one for the program itself.

    Entries with author, title, journal, volume, pages and year are those of ``sources.bib``. Other
    sources have their DOI and, where it is known, how they are cited, marked as not verified;
    programs that keep references complete such entries from the DOI.
    """
    text = files("eisfit.report").joinpath("sources.bib").read_text(encoding="utf-8")
    entries = re.findall(r"^@.*?^\}\n", text, re.DOTALL | re.MULTILINE)
    # DOIs have no case
    known = {re.findall(r"doi = \{(.*)\}", entry)[0].lower(): entry for entry in entries}
    cited = (known.get(source.doi.lower()) or _short_entry(source) for source in sources)
    return "\n".join([*cited, _EISFIT])


def _short_entry(source: Citation) -> str:
    key = re.sub(r"[^A-Za-z0-9]+", "_", source.doi).strip("_")
    note = f"{escape_latex(source.text)}; not verified" if source.text else "not verified"
    return (
        f"@misc{{{key},\n  note = {{{note}}},\n  doi = {{{source.doi}}},\n"
        f"  url = {{https://doi.org/{source.doi}}}\n}}\n"
    )
