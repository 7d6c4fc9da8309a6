"""The folder of the app: measurement sheet, saved choices, dropped files; all written whole."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from eisfit.app.state import History, State, add_step, from_json, to_json
from eisfit.base.errors import OutputError, ReadError, SheetError
from eisfit.base.findings import Finding
from eisfit.io.atomic import write_bytes, write_text
from eisfit.io.sheet import FILE_NAME
from eisfit.readers.paths import may_hold_data

SESSION = ".eisfit-app.json"
"""File of the saved choices, hidden beside the data."""

LARGEST = 512 << 20
"""Bytes of one dropped file, at most."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")
_LONGEST = 180  # letters of a name; file systems end at 255 bytes
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def load_history(folder: Path) -> tuple[History, tuple[Finding, ...]]:
    """Return the saved choices of a folder with its present sheet, and findings.

    A sheet that was edited by hand since becomes a separate step, which undo takes back.

    Raises
    ------
    SheetError
        Where the sheet cannot be read.
    """
    history, findings = _session(folder / SESSION)
    try:
        sheet = (folder / FILE_NAME).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        sheet = ""
    except (OSError, ValueError) as trouble:
        raise SheetError(f"{folder / FILE_NAME}: the sheet cannot be read: {trouble}") from trouble
    if history is None:
        return History(State(sheet)), findings
    if sheet != history.now.sheet:
        history = add_step(history, "series.toml edited", replace(history.now, sheet=sheet))
    return history, findings


def save(folder: Path, history: History) -> None:
    """Write sheet and session.

    Raises
    ------
    OutputError
        Where the folder cannot be written to.
    """
    sheet = folder / FILE_NAME
    if history.now.sheet or sheet.exists():
        write_text(sheet, history.now.sheet)
    write_text(folder / SESSION, to_json(history))


def keep_file(folder: Path, name: str, data: bytes) -> Path:
    """Write a dropped file into the folder, under a free name, and return its place.

    The same file dropped again is kept once.

    Raises
    ------
    ReadError
        Where the name or the kind of file is none that is read.
    OutputError
        Where the folder cannot be written to.
    """
    place = folder / safe_name(name)
    if not may_hold_data(place):
        raise ReadError(place.name, "files of this kind hold no spectra; the file was not stored")
    if len(data) > LARGEST:
        raise ReadError(place.name, f"larger than {LARGEST >> 20} MB; open its folder instead")
    stem, ending, number = place.stem, place.suffix, 2
    while place.exists():
        if place.is_file() and place.read_bytes() == data:
            return place
        place = folder / f"{stem} ({number}){ending}"
        number += 1
    return write_bytes(place, data)


def safe_name(name: str) -> str:
    r"""Return the last part of a file's name, without signs that file systems refuse.

    Raises
    ------
    ReadError
        Where nothing usable is left.

    Examples
    --------
    >>> safe_name("../../etc/pass<b>wd.mpt"), safe_name("C:\\data\\a 25C.mpt")
    ('pass_b_wd.mpt', 'a 25C.mpt')
    """
    last = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if len(last) > _LONGEST:
        stem, dot, ending = last.rpartition(".")
        last = f"{stem[: _LONGEST - len(ending)]}{dot}{ending}" if dot else last[:_LONGEST]
    if not last or _RESERVED.fullmatch(last):
        raise ReadError(
            name, "this name is not allowed for a file; rename the file and drop it again"
        )
    return last


def inside(folder: Path, name: str) -> Path:
    """Return the file of that name below the folder.

    Raises
    ------
    OutputError
        Where the name leads out of the folder, by ``..`` or by a link.
    """
    try:
        place = (folder / name).resolve()
    except (OSError, ValueError) as trouble:
        raise OutputError(f"{name!r} is no file of this folder") from trouble
    if not place.is_relative_to(folder.resolve()):
        raise OutputError(f"{name!r} is no file of this folder")
    return place


def _session(place: Path) -> tuple[History | None, tuple[Finding, ...]]:
    """Return the saved session, None where there is none; a broken one is renamed."""
    try:
        return from_json(place.read_text(encoding="utf-8")), ()
    except FileNotFoundError:
        return None, ()
    except (OSError, ValueError, SheetError) as trouble:
        aside = place.with_suffix(".broken")
        try:
            write_bytes(aside, place.read_bytes())
        except OSError:
            aside = place
        text = f"the last session cannot be read ({trouble}); it is kept as {aside.name}"
        return None, (Finding("session_unreadable", "warning", text),)
