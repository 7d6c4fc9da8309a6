"""Compare two folders of golden results: numbers to 1e-9, texts for people left out."""

from __future__ import annotations

import csv
import io
import json
import math
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

PRINTED = 40  # differences
RELATIVE = 1e-9
IN_CSV = 1.1e-7  # one unit of the last of the eight digits that tables have
ROUNDING = 1e-12  # of the largest number of a list
TEXTS = {
    "against", "applies_to", "caution", "citation", "description", "error", "failures", "findings",
    "left out", "meaning", "message", "messages", "note", "reason", "reasons", "seen_in", "title",
    "why", "why_not_sure",
}  # fmt: skip
"""Keys and columns whose texts are for people: a text equals any other there."""
NOT_COMPARED = {"eisfit_version", "duration_s", "seconds", "spectra_per_second"}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two results differ, and how."""

    path: str
    old: object
    new: object

    def __str__(self) -> str:
        return f"{self.path}: {self.old!r} → {self.new!r}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences, and the paths of what is only in the new results."""

    differences: list[Difference]
    added: list[str]


def compare_folders(
    old: Path, new: Path, only: str = "*", relative: float = RELATIVE
) -> Comparison:
    """Return where the JSON and CSV files of two folders differ, of the results named `only`."""
    found = Comparison([], [])
    names = [
        {p.relative_to(f).as_posix() for p in f.rglob("*") if p.suffix in {".json", ".csv"}}
        for f in (old, new)
    ]
    found.added.extend(sorted(names[1] - names[0]))
    for name in sorted(n for n in names[0] if fnmatchcase(Path(n).parts[0].split(".")[0], only)):
        if name not in names[1]:
            found.differences.append(Difference(name, "a file", "missing"))
            continue
        tolerance = max(relative, IN_CSV) if name.endswith(".csv") else relative
        _compare(name, _load(old / name), _load(new / name), tolerance, 0.0, found)
    return found


def _load(path: Path) -> Any:
    """Return the content of a JSON file, or the columns of a CSV file."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        return json.loads(text)
    header, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    columns: dict[str, list[Any]] = {"(rows)": [len(rows)]}
    for i, title in enumerate(header):
        key = title if title not in columns else f"{title} ({i})"
        columns[key] = [_cell(row[i]) if i < len(row) else None for row in rows]
    return columns


def _cell(text: str) -> float | str:
    """Return a cell as a number where it is one."""
    try:
        return float(text)
    except ValueError:
        return text


def _compare(
    path: str, old: Any, new: Any, tolerance: float, floor: float, found: Comparison
) -> None:
    """Add what differs between two values at `path`."""
    if isinstance(old, dict) and isinstance(new, dict):
        _compare_mappings(path, old, new, tolerance, found)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            sizes = f"{len(old)} entries", f"{len(new)} entries"
            found.differences.append(Difference(path, *sizes))
        floor = max(floor, ROUNDING * _largest(old))
        for i, (a, b) in enumerate(zip(old, new, strict=False)):
            _compare(f"{path}/{i}", a, b, tolerance, floor, found)
    elif _is_number(old) and _is_number(new):
        if not _equal(old, new, tolerance, floor):
            found.differences.append(Difference(path, old, new))
    elif type(old) is not type(new) or old != new:
        found.differences.append(Difference(path, old, new))


def _compare_mappings(
    path: str, old: dict[str, Any], new: dict[str, Any], tolerance: float, found: Comparison
) -> None:
    """Add what differs between two mappings, and the keys that only the new one has."""
    for key in [key for key in old if key not in NOT_COMPARED]:
        inner = f"{path}/{key}"
        if key not in new:
            found.differences.append(Difference(inner, old[key], "missing"))
            continue
        pair = (old[key], new[key])
        if key in TEXTS:
            pair = (_without_text(pair[0]), _without_text(pair[1]))
        elif key == "settings":  # what the report prints of them
            pair = (
                {k: _without_text(v) for k, v in pair[0].items()},
                {k: _without_text(v) for k, v in pair[1].items()},
            )
        _compare(inner, *pair, tolerance, 0.0, found)
    found.added.extend(f"{path}/{key}" for key in new if key not in old)


def _without_text(value: Any) -> Any:
    """Return `value` with its texts replaced; of a mapping with texts as keys, the values."""
    if isinstance(value, str):
        return "(text)"
    if isinstance(value, list):
        return [_without_text(v) if isinstance(v, str) else v for v in value]
    if isinstance(value, dict):
        return list(value.values())
    return value


def _is_number(value: Any) -> bool:
    """Tell whether a value is a number, not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _largest(values: list[Any]) -> float:
    """Return the largest magnitude among the finite numbers of a list, lists in it included."""
    numbers = [abs(v) for v in values if _is_number(v) and math.isfinite(v)]
    return max(numbers + [_largest(v) for v in values if isinstance(v, list)], default=0.0)


def _equal(old: float, new: float, tolerance: float, floor: float) -> bool:
    """Tell whether two numbers are equal but for rounding."""
    if math.isfinite(old) and math.isfinite(new):
        return abs(old - new) <= max(tolerance * max(abs(old), abs(new)), floor)
    return old == new or (math.isnan(old) and math.isnan(new))


def compare(old: Path, new: Path, allow: Path | None, only: str, relative: float) -> int:
    """Print where two folders of results differ; return 1 where a difference is not intended."""
    missing = [str(folder) for folder in (old, new) if not any(folder.glob("*.json"))]
    if missing:
        print(f"no results in {', '.join(missing)}")
        return 2
    changes = tomllib.loads(allow.read_text(encoding="utf-8")).get("change", []) if allow else []
    found = compare_folders(old, new, only, relative)
    rest, intended = [], {c["path"]: 0 for c in changes}
    for difference in found.differences:
        patterns = [p for p in intended if fnmatchcase(difference.path, p)]
        for pattern in patterns:
            intended[pattern] += 1
        if not patterns:
            rest.append(difference)
    for change in changes:
        count = intended[change["path"]]
        print(f"intended: {change['path']} ({count} differences): {change['reason']}")
    _print("added", found.added)
    _print("differs", [str(d)[:300] for d in rest])
    print(f"{len(rest)} differences, {len(found.differences) - len(rest)} intended")
    return int(bool(rest))


def _print(word: str, lines: list[str]) -> None:
    """Print the first lines, and how many more there are."""
    for line in lines[:PRINTED]:
        print(f"{word}: {line}")
    if len(lines) > PRINTED:
        print(f"{word}: {len(lines) - PRINTED} more")
