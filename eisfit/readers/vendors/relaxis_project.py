"""rhd instruments RelaxIS 3: project files (.eis3), which are SQLite databases.

Tables, as a public program describes them that reads such files (no file was at hand)::

    Files           ID, groupname, datasource, …           a spectrum each
    Datapoints      ID, file_id, frequency, zreal, zimag, active, …
    FileInformation file_id, name, value, …                DCVoltage, Current, IsEpsOnlyData …

frequency is in Hz, zreal and zimag in Ω, zimag with its sign. A point that is not active is left
out of RelaxIS' fits; it is left out here as well, with a reason. A spectrum stands once under
``Unassigned Spectra`` and once for every model that it was copied to: copies are skipped.
FileInformation has no units and is listed in a finding. A database with other tables is refused.

Nothing in the database is executed: only plain tables are read, from a copy in memory, in bounded
time.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import FEWEST_POINTS, build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.parts import add_findings, read_parts
from eisfit.readers.temperature import title_temperature_alone
from eisfit.readers.text import Source, number_or_nan, open_binary

NAME = "relaxis_project"

_SQLITE = b"SQLite format 3\0"
_NEEDED = {
    "Files": ("ID", "datasource"),
    "Datapoints": ("ID", "file_id", "frequency", "zreal", "zimag"),
}
_FEWEST_BYTES = 10  # of a point in a database
_MOST_STEPS = 1000  # times a thousand instructions
_EXPORT = "export its spectra as text in RelaxIS"
_LEFT_OUT = "not active in RelaxIS"

Row = tuple[object, ...]
_Entry = tuple[str, str, np.ndarray, Sequence[Row]]


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is a project of RelaxIS."""
    return head.startswith(_SQLITE) and b"Datapoints" in head and b"zreal" in head


def read(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a project of RelaxIS."""
    source, data = open_binary(path)
    if not data.startswith(_SQLITE):
        raise source.error(f"this is no SQLite database and so no project; {_EXPORT}")
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            files, points, notes = _tables(source, database, data)
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        what = f"the database cannot be read ({error}); copy it again, or {_EXPORT}"
        raise source.error(what) from None
    return _spectra(source, files, points, notes)


def _tables(
    source: Source, database: sqlite3.Connection, data: bytes
) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the rows of the tables of spectra, of points and of further information."""
    if data[18:20] == b"\2\2":  # the mark of a journal beside the file, which memory has not
        data = data[:18] + b"\1\1" + data[20:]
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, len(data))
    database.deserialize(data)
    steps = iter(range(_MOST_STEPS))
    database.set_progress_handler(lambda: int(next(steps, None) is None), 100_000)
    database.execute("PRAGMA query_only = ON")
    database.execute("PRAGMA trusted_schema = OFF")
    columns = {table: _columns(database, table) for table in (*_NEEDED, "FileInformation")}
    for table, needed in _NEEDED.items():
        missing = [name for name in needed if name not in columns[table]]
        if missing:
            what = f"a project of RelaxIS without {', '.join(missing)} in its table {table}"
            raise source.error(f"{what}: it is not known how to read it; {_EXPORT}")
    active = "active" if "active" in columns["Datapoints"] else "1"
    group = "groupname" if "groupname" in columns["Files"] else "''"
    queries = [
        f"SELECT ID, datasource, {group} FROM Files ORDER BY ID",
        f"SELECT file_id, frequency, zreal, zimag, {active} FROM Datapoints ORDER BY ID",
    ]
    if {"file_id", "name", "value"} <= columns["FileInformation"]:
        queries.append("SELECT file_id, name, value FROM FileInformation")
    most = len(data) // _FEWEST_BYTES
    files, points, *notes = (database.execute(query).fetchmany(most) for query in queries)
    return files, points, notes[0] if notes else []


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    """Return the columns of a plain table; none of views and of virtual tables."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    sql = database.execute(query, (table,)).fetchone()
    if sql is None or not str(sql[0]).lstrip().upper().startswith("CREATE TABLE"):
        return set()
    query = "SELECT name FROM pragma_table_info(?)"
    return {str(row[0]) for row in database.execute(query, (table,))}


def _spectra(
    source: Source, files: Sequence[Row], points: Sequence[Row], notes: Sequence[Row]
) -> list[Spectrum]:
    """Return every spectrum once."""
    points_of, notes_of = _by_first(points), _by_first(notes)
    entries: dict[bytes, _Entry] = {}
    for number, name, group in files:
        cells = [[number_or_nan(v) for v in point[1:]] for point in points_of[number]]
        table = np.array(cells).reshape(-1, 4)
        mark = repr(_origin(name)).encode(errors="replace") + table[:, :3].tobytes()
        entries.setdefault(mark, (str(name), str(group), table, notes_of[number]))
    spectra, failed = read_parts(source, entries.values(), lambda part, e: _spectrum(part, *e))
    examples = [f"{entry[0]}: {error.message}" for entry, error in failed]
    if not spectra:
        why = examples[0] if examples else "its table Files is empty"
        raise source.error(f"this project of RelaxIS holds no spectrum ({why})")
    findings: list[Finding] = []
    if len(entries) < len(files):
        text = f"{len(files) - len(entries)} copies of spectra, made for models, are skipped"
        findings.append(source.finding("copies_passed_over", "info", text))
    if examples:
        text = f"{len(examples)} entries are no spectra, such as {examples[0]}"
        findings.append(source.finding("row_without_spectrum", "warning", text))
    return add_findings(spectra, findings, index=0)


def _spectrum(
    source: Source, name: str, group: str, table: np.ndarray, notes: Sequence[Row]
) -> list[Spectrum]:
    """Return one spectrum."""
    findings = []
    if notes:
        values = ", ".join(f"{row[1]}={str(row[2])[:40]}" for row in notes[:20])
        text = f"values without units are not used: {values}"
        findings.append(source.finding("unknown_value", "info", text))
    header = Header(
        NAME,
        technique=f"{name} ({group})" if group else name,
        software="RelaxIS",
        temperature=title_temperature_alone(source, name),
        findings=findings,
    )
    columns = dict(zip(("frequency", "zreal", "zimag"), table.T, strict=False))
    spectra = build_from_columns(source, columns, header)
    active = table[:, 3] != 0
    if len(spectra) != 1 or np.sum(active) < FEWEST_POINTS:
        return spectra
    (spectrum,) = spectra
    reasons = tuple(
        reason or ("" if used else f"point {i}: {_LEFT_OUT}")
        for i, (reason, used) in enumerate(zip(spectrum.reasons, active, strict=True), 1)
    )
    return [spectrum.with_(reasons=reasons)] if not all(reasons) else spectra


def _by_first(rows: Sequence[Row]) -> defaultdict[object, list[Row]]:
    """Return rows by their first cell."""
    groups = defaultdict[object, list[Row]](list)
    for row in rows:
        groups[row[0]].append(row)
    return groups


def _origin(name: object) -> str:
    """Return the name of a spectrum without what RelaxIS sets before that of a copy."""
    return re.sub("^(?:Copy of )+", "", str(name))


FORMAT = Format(
    NAME, "rhd instruments RelaxIS 3, project (.eis3)", recognises, read, (".eis3",),
    note="tables from the description of a public program; not tested with a file",
    marks=(b"sqlite format 3\0",), near=16,
)  # fmt: skip
