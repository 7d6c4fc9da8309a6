"""Formulas of docstrings (reStructuredText) as plain signs on the pages: a mkdocs hook."""

from __future__ import annotations

import re
from typing import Any

_SIGNS = {
    "quad": "  ", "ge": "≥", "le": "≤", "int": "∫", "sum": "Σ", "pm": "±", "sqrt": "√", "ln": "ln ",
    "exp": "exp ", "sinh": "sinh ", "cosh": "cosh ", "tanh": "tanh ", "coth": "coth ", "omega": "ω",
    "tau": "τ", "gamma": "γ", "varepsilon": "ε", "sigma": "σ", "rho": "ρ", "kappa": "κ", "phi": "φ",
    "Phi": "Φ", "left": "", "right": "", "mathrm": "",
}  # fmt: skip
_BRACES = r"\{((?:[^{}]|\{[^{}]*\})*)\}"


def plain(latex: str) -> str:
    """Return a formula in plain signs.

    Raises
    ------
    ValueError
        Where it holds a word of LaTeX that is not known.
    """
    text = re.sub(r"\s+", " ", latex).strip()
    while match := re.search(rf"\\frac{_BRACES}{_BRACES}", text):
        above, below = match.groups()
        above = above if re.fullmatch(r"\\?\w+(\(.*\))?", above) else f"({above})"
        text = f"{text[: match.start()]}{above}/({below}){text[match.end() :]}"
    for name in re.findall(r"\\([A-Za-z]+)", text):
        if name not in _SIGNS:
            raise ValueError(f"docs/formulas.py does not know \\{name}; add it to _SIGNS")
    text = re.sub(r"\bd\\ln", r"d \\ln", text)
    return re.sub(r"\\([A-Za-z]+)", lambda m: _SIGNS[m[1]], text).replace("  ", " ")


def on_page_content(html: str, **_: Any) -> str:
    """Return a page with its formulas in plain signs."""
    return re.sub(
        r"<p>\.\. math:: ((?:(?!\n\w|</p>).)*)",
        lambda m: f'<p class="formula">{plain(m[1])}</p>\n<p>',
        html,
        flags=re.DOTALL,
    )
