"""The battery that eisfit offers to writers of plugins, over its own readers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers import Format, formats
from eisfit.readers.conformance import check_reader

GOOD = b"MINE" + np.array([[1e3, 5.0, -1.0], [1e2, 6.0, -2.0], [1e1, 7.0, -1.0]]).tobytes()


def test_every_small_file_passes(
    sample: tuple[Path, str], truth: tuple[np.ndarray, np.ndarray]
) -> None:
    path, name = sample
    reader = next(f for f in formats() if f.name == name)
    check_reader(reader, path.read_bytes(), path.name, *truth, cuts=40, damages=60)


def _read(path: Path) -> list[Spectrum]:
    import hashlib

    data = path.read_bytes()
    if not data.startswith(b"MINE") or (len(data) - 4) % 24 or len(data) < 76:
        raise ReadError(path, "not whole; copy it again")
    table = np.frombuffer(data[4:]).reshape(-1, 3)
    if not np.all(np.isfinite(table)) or not np.all(table[:, 0] > 0):
        raise ReadError(path, "damaged numbers; copy it again")
    source = Provenance(str(path), "mine", 1, hashlib.sha256(data).hexdigest(), columns=("f",),
                        sign_convention="Im Z")  # fmt: skip
    return [Spectrum(table[:, 0], table[:, 1] + 1j * table[:, 2], provenance=source)]


def _format(**changes: object) -> Format:
    kept = {"name": "mine", "title": "Mine", "recognises": lambda head: head[:4] == b"MINE",
            "read": _read}  # fmt: skip
    return Format(**{**kept, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("marks", [(), (b"mine",)])
def test_a_plugin_that_keeps_the_rules_passes(marks: tuple[bytes, ...]) -> None:
    reader = _format(marks=marks)
    check_reader(reader, GOOD, "a.mine", [1e3, 1e2, 1e1], [5 - 1j, 6 - 2j, 7 - 1j])


def _fragile(path: Path) -> list[Spectrum]:
    table = np.frombuffer(path.read_bytes()[4:]).reshape(-1, 3)
    return [_read(path)[0].with_(frequency=table[:, 0])]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recognises": lambda head: False}, "does not recognise its own file"),
        ({"name": "other"}, "provenance.format"),
        ({"read": lambda path: []}, "one spectrum at least"),
        ({"marks": (b"mine", b"Mine")}, "marks are in small letters"),
        ({"marks": (b"yours",)}, "recognises a file without its marks"),
        ({"marks": (b"mine",), "near": 3}, "recognises a file without its marks"),
    ],
)
def test_a_plugin_that_breaks_a_rule_is_told_which(changes: dict, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_reader(_format(**changes), GOOD, "a.mine")


def test_wrong_numbers_and_foreign_exceptions_come_out() -> None:
    with pytest.raises(AssertionError, match="impedances differ by"):
        check_reader(_format(), GOOD, "a.mine", [1e3, 1e2, 1e1], [5 + 1j, 6 + 2j, 7 + 1j])
    with pytest.raises(ValueError, match=r"buffer|reshape"):
        check_reader(_format(read=_fragile), GOOD, "a.mine")
