"""Notebooks as pages: links that lead to pages, words for pictures, the file to take along."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

_NO_WORDS = 'alt="No description has been provided for this image"'


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Return a notebook's page with working links and its source at the end; others as they are.

    Where pages are made of Markdown, links to files become links to pages; in notebooks they do
    not.
    """
    name = PurePosixPath(page.file.src_uri)
    if name.suffix != ".py":
        return html
    html = re.sub(r'href="([\w./-]+)\.(?:md|py)(#[\w-]*)?"', r'href="\1.html\2"', html)
    html = html.replace(_NO_WORDS, 'alt="The figure that the code above draws"')
    return (
        f'{html}<p>This notebook as a file: <a href="{name.name}" download>{name.name}</a>. '
        "VS Code opens it as a notebook, JupyterLab with jupytext does, and Python runs it.</p>"
    )
