"""Names and texts use standard terms of electrochemistry, statistics and scientific Python."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "eisfit").rglob("*.py"))
TEXTS = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])

NOT_IN_NAMES = {
    "told", "said", "seen", "made", "wishes", "desk", "bench", "noisier", "settle", "settled",
    "rival", "rivals", "claim", "claims", "odd", "ours", "theirs", "joined", "together", "way",
}  # fmt: skip
"""Words that no part of a name may be: metaphors and bare participles say nothing of a value."""

NOT_NAMES = {"found", "own", "look", "wide", "clear", "neighbours", "common", "here", "there"}
"""Words that may be a part of a name, and are no name by themselves."""

PUBLIC = {"fit_together"}
"""Names on which users' scripts rely."""

NOT_IN_TEXTS = (
    "is borne", "hangs together", "leaves nothing open", "the word about", "what is asked of",
    "passed over as no", "claims hold", "γ over its largest", "of one's own accord",
)  # fmt: skip


def names(file: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name of what a file defines: itself, classes, functions, arguments, values."""
    yield 0, file.stem
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def parts(name: str) -> set[str]:
    """Return the words of a name: {"fit", "table"} of ``FitTable`` and of ``fit_table``."""
    return {word.lower() for word in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])", name) if word}


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_names_are_standard_terms(file: Path) -> None:
    for line, name in names(file):
        assert name in PUBLIC or not parts(name) & NOT_IN_NAMES, f"{file}:{line}: {name}"
        assert name.strip("_").lower() not in NOT_NAMES, f"{file}:{line}: {name}"


@pytest.mark.parametrize("file", [*FILES, *TEXTS], ids=lambda f: str(f.relative_to(ROOT)))
def test_texts_are_plain(file: Path) -> None:
    text = " ".join(file.read_text(encoding="utf-8").split())
    for phrase in NOT_IN_TEXTS:
        assert phrase not in text, f"{file}: {phrase!r}"


def test_words_of_a_name() -> None:
    assert parts("_FitTable_told") == {"fit", "table", "told"}
