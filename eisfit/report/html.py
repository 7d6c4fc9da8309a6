"""``report.html``: one file that needs nothing else, not even a network."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
)
from markupsafe import Markup, escape

from eisfit import __version__
from eisfit.base.errors import OutputError
from eisfit.report.plain import Object

if TYPE_CHECKING:
    from eisfit.report.content import Content
    from eisfit.report.figures import Picture, Pictures

# brackets belong to a DOI in pairs; a full stop at its end does not
_DOI = re.compile(r"doi:(10\.\d{4,9}/(?:[^\s,;<>\"()]|\([^\s()]*\))+(?<![.:]))")


def html_report(
    content: Content, pictures: Pictures, results: Object, templates: Path | None = None
) -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    content : Content
        Every text of it is escaped: what comes from files stays text.
    pictures : Pictures
        Set in as data.
    results : dict
        ``results.json``, set in for programs that read the page.
    templates : Path, optional
        A folder whose ``report.html.j2``, ``page.html.j2`` or ``parts.html.j2`` stand in for
        eisfit's own.

    Raises
    ------
    OutputError
        Where a template of one's own makes no sense.
    """
    return page(
        "report.html.j2", templates, content=content, pictures=pictures, data=embedded(results)
    )


def page(template: str, templates: Path | None = None, **values: Any) -> str:
    """Return one HTML page from a template of the report's folder; all texts are escaped.

    Parameters
    ----------
    template : str
        Its file name.
    templates : Path, optional
        A folder that is looked into first.
    **values : Any
        What the template shows.
    """
    own = PackageLoader("eisfit.report", package_path=".")
    first = [FileSystemLoader(templates)] if templates is not None else []
    environment = Environment(
        loader=ChoiceLoader([*first, own]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["doi"] = link_dois
    environment.filters["whole"] = lambda text: text.replace(" ± ", "\u00a0±\u00a0")
    environment.filters["source"] = picture_source
    environment.filters["anchor"] = lambda text: re.sub(r"\W+", "-", text.lower())
    try:
        return environment.get_template(template).render(version=__version__, **values)
    except TemplateError as error:
        where = getattr(error, "name", None) or template
        raise OutputError(
            f"{templates or 'eisfit.report'}: the template {where}: {error}"
        ) from error


def picture_source(picture: Picture) -> str:
    """Return a picture as a data URI: SVG where there is one."""
    kind, data = ("svg+xml", picture.svg) if picture.svg is not None else ("png", picture.png)
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
