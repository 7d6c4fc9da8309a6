"""Spectra as `eisfit convert` writes them: JSON, and tables with one row a spectrum (Parquet).

JSON::

    {"eisfit": "spectra", "schema_version": 1, "spectra": [
      {"file": "run7.mpr", "sweep": 1, "temperature_K": 298.15,
       "conditions": {"amplitude_V": 0.01}, "frequency_Hz": [...],
       "z_real_ohm": [...], "z_imag_ohm": [...], "left_out": ["", ...], ...}]}

Parquet: the columns id, frequency, z_real, z_imag (lists of numbers in Hz and Ω) and, where known,
temperature_K, sweep; other columns of numbers stand in the spectrum's conditions. A row that is no
spectrum is skipped with a finding.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.parts import add_findings, read_parts
from eisfit.readers.text import Source, decode, number_or_nan, open_binary

_SMALL, _DENSEST = 1 << 24, 60  # bytes; times the packed size, over what numbers pack
_MARK = '"eisfit": "spectra"'
_IN_JSON = {
    "id": "file", "frequency": "frequency_Hz", "z_real": "z_real_ohm", "z_imag": "z_imag_ohm",
    "temperature_K": "temperature_K", "left_out": "left_out",
}  # fmt: skip
"""Columns of a table to the keys of an object of JSON."""
_COLUMNS = {"frequency / Hz": "frequency", "Re(Z) / Ohm": "z_real", "Im(Z) / Ohm": "z_imag"}


def recognises_json(head: bytes) -> bool:
    """Return whether the start of a file is JSON of `eisfit convert`."""
    return head.lstrip()[:1] == b"{" and _MARK in decode(head[:200])


def recognises_parquet(head: bytes) -> bool:
    """Return whether a file is Parquet."""
    return head.startswith(b"PAR1")


def read_json(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a JSON file."""
    source, data = open_binary(path)
    try:
        rows = [dict(row) for row in json.loads(decode(data))["spectra"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise source.error(f"the JSON is damaged ({error}); write it again") from None
    return _spectra(source, "json", [_named(row) for row in rows])


def read_parquet(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a Parquet table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    source, data = open_binary(path)
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        groups = range(file.metadata.num_row_groups)
        size = sum(file.metadata.row_group(i).total_byte_size for i in groups)
        if size > max(_SMALL, _DENSEST * len(data)):
            raise source.error(f"it would unpack to {size / 1e6:.0f} MB; the file is damaged")
        table = file.read()
        rows = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise source.error(f"the Parquet table cannot be read: {error}") from None
    missing = [n for n in ("frequency", "z_real", "z_imag") if n not in table.column_names]
    if missing:
        columns = ", ".join(table.column_names[:12])
        raise source.error(f"no column {', '.join(missing)} among {columns}")
    return _spectra(source, "parquet", rows)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """Return an object of JSON under the names of a table's columns."""
    conditions = row.get("conditions")
    named = {name: row.get(key) for name, key in _IN_JSON.items()}
    return named | (conditions if isinstance(conditions, dict) else {})


def _spectra(source: Source, name: str, rows: list[dict[str, Any]]) -> list[Spectrum]:
    numbered = enumerate(rows, 1)
    spectra, errors = read_parts(source, numbered, lambda part, row: _spectrum(part, name, row[1]))
    failed = [f"row {number}: {error.message}" for (number, _), error in errors]
    if not spectra:
        why = failed[0] if failed else "it has no row"
        raise source.error(f"no row of the table is a spectrum ({why})")
    if not failed:
        return spectra
    text = f"{len(failed)} rows are no spectra, such as {failed[0]}"
    finding = source.finding("row_without_spectrum", "warning", text)
    return add_findings(spectra, [finding], index=0)


def _spectrum(source: Source, name: str, row: Mapping[str, Any]) -> list[Spectrum]:
    """Return the one spectrum of a row."""
    conditions = {
        key: number_or_nan(value)
        for key, value in row.items()
        if key not in {*_IN_JSON, "sweep"} and not isinstance(value, bool)
    }
    kelvin = number_or_nan(row.get("temperature_K"))
    header = Header(
        name,
        technique=_text(row.get("id")),
        conditions=conditions,
        temperature=kelvin if math.isfinite(kelvin) else None,
    )
    columns = {heading: _numbers(row[name]) for heading, name in _COLUMNS.items()}
    spectrum = build_from_columns(source, columns, header)[0]
    reasons = row.get("left_out")
    if isinstance(reasons, list) and len(reasons) == len(spectrum):
        merged = (old or _text(new) for old, new in zip(spectrum.reasons, reasons, strict=True))
        spectrum = spectrum.with_(reasons=tuple(merged))
    return [spectrum]


def _numbers(values: object) -> list[float]:
    return [number_or_nan(value) for value in values] if isinstance(values, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


JSON = Format(
    "json", "Spectra as eisfit writes them (.json)", recognises_json, read_json, (".json",),
    marks=(_MARK.encode(),), near=200,
)  # fmt: skip
PARQUET = Format(
    "parquet", "Table with one spectrum a row (.parquet)", recognises_parquet, read_parquet,
    (".parquet",), marks=(b"par1",), near=4,
)  # fmt: skip
