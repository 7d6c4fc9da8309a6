"""The marks by which formats are ruled out unasked: the outcome is that of asking all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_files import INSTRUMENTS

from eisfit.base.errors import UnknownFormat
from eisfit.readers import Format, formats, registry
from eisfit.readers.format import may_match
from eisfit.readers.registry import identify
from eisfit.readers.text import HEAD

SAMPLES = sorted((Path(__file__).parents[2] / "sample_data" / "formats").iterdir())
REAL = sorted(p for p in INSTRUMENTS.rglob("*") if p.is_file())
HEADS = [path.read_bytes()[:HEAD] for path in [*SAMPLES, *REAL]]
MARKS = sorted({mark for f in formats() for mark in f.marks})


def by_asking_all(head: bytes) -> list[str]:
    claims = [f.name for f in formats()[:-1] if f.recognises(head)]
    return claims or [f.name for f in formats()[-1:] if f.recognises(head)]


def by_marks(head: bytes) -> list[str]:
    try:
        return [identify("a", head).name]
    except UnknownFormat:
        return []


def disguises(head: bytes) -> Iterator[bytes]:
    """Yield a file's start as it is, cut, in other letters and encodings, and with other ends."""
    yield head
    for cut in (10, 100, 300, 1000, 3000):
        yield head[:cut]
    yield head.upper()
    yield b"\xef\xbb\xbf" + head
    yield b"\r\n \t" * 300 + head
    text = head.decode("latin-1")
    yield text.encode("utf-16")
    yield text.encode("utf-16-be")
    yield head.replace(b"\r\n", b"\n").replace(b"\n", b"\r\r\n")
    yield head.replace(b"\r\n", b"\n").replace(b"\n", b"\r")


@pytest.mark.parametrize(
    "path", [*SAMPLES, *REAL], ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_asking_few_comes_to_what_asking_all_does(path: Path) -> None:
    for head in disguises(path.read_bytes()[:HEAD]):
        found = by_asking_all(head)
        assert len(found) < 2
        assert by_marks(head) == found


@settings(max_examples=300, deadline=None)
@given(
    head=st.sampled_from(HEADS),
    other=st.sampled_from(HEADS),
    mark=st.sampled_from(MARKS),
    at=st.integers(0, 3000),
    cut=st.integers(0, 3000),
    upper=st.booleans(),
)
def test_whatever_is_recognised_has_a_mark(
    head: bytes, other: bytes, mark: bytes, at: int, cut: int, upper: bool
) -> None:
    mixed = head[:at] + (mark.upper() if upper else mark) + other[cut:]
    for candidate in formats():
        assert may_match(candidate, mixed.lower()) or not candidate.recognises(mixed)


def test_most_formats_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(candidate: Format, head: bytes) -> bool:
        asked.append(candidate.name)
        return candidate.recognises(head)

    monkeypatch.setattr(registry, "_matches", noted)
    in_ascii = (path for path in SAMPLES if path.suffix != ".pssession")  # that is in UTF-16
    for path in in_ascii:
        asked.clear()
        known = identify(path, path.read_bytes()[:HEAD]).name
        assert known in {*asked, "delimited"}
        assert len(asked) <= 5, (path.name, asked)


def test_a_plugin_without_marks_is_always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def recognises(head: bytes) -> bool:
        seen.append(head)
        return False

    plugin = Format("mine", "Mine", recognises, lambda _: [])
    monkeypatch.setattr(registry, "_plugins", lambda: ([plugin], []))
    for head in HEADS:
        by_marks(head)
    assert seen == HEADS
