"""``report.html``: one file that needs nothing else, not even a network."""

from __future__ import annotations

import base64
import json
import math
import re
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
)
from markupsafe import Markup, escape
from uncertainties import nominal_value

from eisfit import __version__
from eisfit.base.errors import OutputError
from eisfit.report.document import Cell, Document, Figure, Value
from eisfit.report.results import Object

# brackets belong to a DOI in pairs; a full stop at its end does not
_DOI = re.compile(r"doi:(10\.\d{4,9}/(?:[^\s,;<>\"()]|\([^\s()]*\))+(?<![.:]))")


def render_html(document: Document, results: Object, templates: Path | None = None) -> str:
    """Return a document as one HTML page.

    Parameters
    ----------
    document : Document
        Every text of it is escaped: what comes from files stays text. Figures are set in as data.
    results : dict
        ``results.json``, set in for programs that read the page.
    templates : Path, optional
        A folder whose ``report.html.j2``, ``page.html.j2`` or ``parts.html.j2`` stand in for
        those of eisfit.

    Raises
    ------
    OutputError
        Where a template of `templates` makes no sense.
    """
    first = [FileSystemLoader(templates)] if templates is not None else []
    environment = Environment(
        loader=ChoiceLoader([*first, PackageLoader("eisfit.report", package_path=".")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "doi": link_dois,
        "kind": lambda value: type(value).__name__,
        "unbroken": lambda cell: str(cell).replace(" ± ", "\u00a0±\u00a0"),
        "sort_key": _sort_key,
        "source": figure_source,
        "class_name": lambda text: re.sub(r"\W+", "-", text.lower()),
    }
    try:
        template = environment.get_template("report.html.j2")
        return template.render(document=document, data=embedded(results), version=__version__)
    except TemplateError as error:
        where = getattr(error, "name", None) or "report.html.j2"
        raise OutputError(
            f"{templates or 'eisfit.report'}: the template {where}: {error}"
        ) from error


def _sort_key(cell: Cell) -> float | None:
    """Return the number by which a column is sorted, None for a cell that is a text."""
    if not isinstance(cell, Value) or cell.number is None:
        return None
    number: Any = nominal_value(cell.number)
    return float(number) if math.isfinite(number) else None


def figure_source(figure: Figure) -> str:
    """Return a figure as a data URI: SVG where there is one."""
    kind, data = ("svg+xml", figure.svg) if figure.svg is not None else ("png", figure.png)
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def embedded(value: Object) -> Markup:
    r"""Return JSON that may stand within a script element: no ``<``, ``>`` or ``&`` in it.

    Examples
    --------
    >>> print(embedded({"file": "</script>"}))
    {"file":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def link_dois(text: str) -> Markup:
    """Return `text` escaped, with every ``doi:10.…`` as a link.

    Examples
    --------
    >>> print(link_dois("<b> doi:10.1000/x"))
    &lt;b&gt; <a href="https://doi.org/10.1000/x" rel="noreferrer">doi:10.1000/x</a>
    >>> print(link_dois("(doi:10.1000/x(9)y)."))
    (<a href="https://doi.org/10.1000/x(9)y" rel="noreferrer">doi:10.1000/x(9)y</a>).
    """
    parts: list[Markup] = []
    end = 0
    for match in _DOI.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(
            Markup('<a href="https://doi.org/{0}" rel="noreferrer">doi:{0}</a>').format(match[1])
        )
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)
