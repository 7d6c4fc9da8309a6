"""One change of the measurement sheet: text in, text out; comments and the rest of it stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tomlkit
from tomlkit.exceptions import TOMLKitError

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.errors import SheetError

_NEW = "# Measurement sheet: what the raw files do not hold. It overrides the files.\nschema = 1\n"
_GEOMETRY = ("thickness", "diameter", "area")


def with_value(sheet: str, key: str, value: str) -> str:
    """Return the sheet with ``key = "value"`` at its top; an empty value takes the key out.

    Examples
    --------
    >>> print(with_value('schema = 1  # of the sheet', "model", "llto_pellet"))
    schema = 1  # of the sheet
    model = "llto_pellet"
    """
    table = _table(sheet)
    if not value.strip():
        table.pop(key, None)
    else:
        table[key] = value
    return tomlkit.dumps(table)


def values(sheet: str, keys: Sequence[str]) -> dict[str, str]:
    r"""Return the values of some keys at the sheet's top level, as text.

    Examples
    --------
    >>> values('model = "randles"\nthickness = "1 mm"', ["thickness", "area"])
    {'thickness': '1 mm'}
    """
    table = _table(sheet)
    return {key: str(table[key]) for key in keys if key in table}


def with_condition(
    sheet: str, file: str, key: str, value: str, sweep: int = 1, known: Sequence[str] = ("",)
) -> str:
    """Return the sheet with the temperature (or bias, time …) of one sweep of a file.

    Parameters
    ----------
    sheet, file, key, value : str
        As in ``temperature = "25 °C"``; an empty value takes it out, and values of all sweeps may
        be given in it, separated by ;.
    sweep : int
        From 1.
    known : sequence of str
        The values so far, one a sweep; a sheet holds all of them or none.
    """
    table = _table(sheet)
    entry = _entry(table, file)
    each = [part.strip() for part in value.split(";")]
    if len(each) == 1:
        each = [*known]
        each[sweep - 1] = value.strip()
    if not any(each):
        entry.pop(key, None)
    elif len(each) != len(known) or not all(each):
        raise SheetError(
            f"{file} holds {len(known)} sweeps; give the {key} of all of them, separated by ;, "
            "or of none"
        )
    else:
        entry[key] = each[0] if len(set(each)) == 1 else each
    return _pruned(table, file)


def with_points_out(
    sheet: str, file: str, sweep: int, points: BoolArray, frequency: FloatArray, reason: str
) -> str:
    """Return the sheet with rules that leave out `points` (shape (k,)) of one sweep.

    Adjacent frequencies become one rule; its limits are half-way (in the logarithm) to the
    points that stay.

    Raises
    ------
    SheetError
        Without a reason, or where points that stay lie at the same frequency.

    Examples
    --------
    >>> f = np.array([1e3, 1e2, 1e1, 1.0])
    >>> print(with_points_out("", "a.mpt", 1, f < 20, f, "drift").splitlines()[-1])
    points = [{below = "31.6228 Hz", sweep = 1, reason = "drift"}]
    """
    if not reason.strip():
        raise SheetError("the reason for leaving points out is missing")
    table = _table(sheet)
    entry = _entry(table, file)
    rules = entry.setdefault("points", tomlkit.array())
    for above, below in _ranges(points, frequency):
        rule = tomlkit.inline_table()
        if above is not None:
            rule["above"] = f"{above:.6g} Hz"
        if below is not None:
            rule["below"] = f"{below:.6g} Hz"
        rule["sweep"] = sweep
        rule["reason"] = reason.strip()
        rules.append(rule)
    return tomlkit.dumps(table)


def without_rule(sheet: str, file: str, number: int) -> str:
    """Return the sheet without a file's rule of that number, counted from 0."""
    table = _table(sheet)
    rules = table.get("files", {}).get(file, {}).get("points", [])
    if not 0 <= number < len(rules):
        raise SheetError(f"{file} has no rule {number + 1}")
    if len(rules) == 1:
        del table["files"][file]["points"]
    else:
        del rules[number]
    return _pruned(table, file)


def leave_out_spectrum(sheet: str, file: str, sweep: int, sweeps: int, reason: str) -> str:
    """Return the sheet with a file, or one sweep of it, left out with a reason."""
    if not reason.strip():
        raise SheetError("the reason for leaving the spectrum out is missing")
    table = _table(sheet)
    entry = _entry(table, file)
    if sweeps == 1:
        entry["leave_out"] = reason.strip()
    else:
        rule = tomlkit.inline_table()
        rule.update({"sweep": sweep, "reason": reason.strip()})
        entry.setdefault("points", tomlkit.array()).append(rule)
    return tomlkit.dumps(table)


def put_back(sheet: str, file: str, sweep: int) -> str:
    """Return the sheet in which a file, or that sweep of it, is no longer left out."""
    table = _table(sheet)
    entry = table.get("files", {}).get(file, {})
    entry.pop("leave_out", None)
    rules = entry.get("points", [])
    for i in reversed(range(len(rules))):
        if rules[i].get("sweep") == sweep and not {"above", "below", "near"} & set(rules[i]):
            del rules[i]
    if "points" in entry and not rules:
        del entry["points"]
    return _pruned(table, file)


def _ranges(points: BoolArray, frequency: FloatArray) -> list[tuple[float | None, float | None]]:
    """Return (above, below) in Hz for every run of neighbours; None where nothing lies beyond."""
    order = np.argsort(frequency, kind="stable")
    f, out = frequency[order], points[order]
    if set(f[out]) & set(f[~out]):
        raise SheetError(
            "points with the same frequency can only be left out together; select all of them"
        )
    edges = np.flatnonzero(np.diff(out.astype(int)))
    middle = [float(np.sqrt(f[i] * f[i + 1])) for i in edges]
    limits: list[float | None] = [None, *middle, None]
    starts = [0, *(edges + 1)]
    return [(limits[k], limits[k + 1]) for k, i in enumerate(starts) if out[i]]


def _table(sheet: str) -> Any:
    try:
        return tomlkit.parse(sheet or _NEW)
    except TOMLKitError as trouble:
        raise SheetError(f"series.toml is not TOML: {trouble}") from trouble


def _entry(table: Any, file: str) -> Any:
    files = table.setdefault("files", tomlkit.table(is_super_table=True))
    if file not in files:
        files[file] = tomlkit.table()
    return files[file]


def _pruned(table: Any, file: str) -> str:
    """Return the text, without the file's table where nothing is left in it."""
    files = table.get("files", {})
    if file in files and not files[file]:
        del files[file]
    if "files" in table and not table["files"]:
        del table["files"]
    return tomlkit.dumps(table)
