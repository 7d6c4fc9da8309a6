"""Tables of numbers, as CSV and as a workbook."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from uncertainties import UFloat

from eisfit.analysis.pipeline import Analysis
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.units import in_centimetres, log_in_centimetres
from eisfit.processes import Process
from eisfit.report.results import (
    PROCESS_QUANTITIES,
    difference_result,
    number,
)
from eisfit.samples import SampleComparison
from eisfit.temperature.arrhenius import ArrheniusResult

Number: TypeAlias = str | float | int | None
Rows: TypeAlias = list[Sequence[Number]]

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def parameter_rows(analysis: Analysis) -> Rows:
    """Return one row a spectrum, the heading first: source, verdict, parameters, processes.

    Processes have the quantities of `PROCESS_QUANTITIES` and what was derived from models.
    """
    units = {p.name: p.unit for p in analysis.model.parameters}
    quantities = _process_quantities(analysis)
    heading = ["file", "sweep", "temperature [K]", "temperature from", "verdict",
               "reduced chi-square"]  # fmt: skip
    columns = list(units.items())
    for (name, _), (symbol, unit) in quantities.items():
        columns.append((f"{name} {symbol}", in_centimetres(None, unit)[1]))
    for name, unit in columns:
        heading += [f"{name} [{unit}]", f"{name} stderr [{unit}]"]
    rows: Rows = [heading]
    for result in analysis.spectra:
        spectrum, fit = result.spectrum, result.fit
        row: list[Number] = [
            spectrum.provenance.file, spectrum.provenance.sweep, spectrum.temperature,
            spectrum.temperature_source, result.verdict,
            fit.reduced_chi_square if fit is not None else None,
        ]  # fmt: skip
        for name in units:
            estimate = fit.estimates.get(name) if fit is not None else None
            row += [None, None] if estimate is None else [estimate.value, estimate.stderr]
        for (name, field), (_, unit) in quantities.items():
            value, _ = in_centimetres(_process_value(result.processes.get(name), field), unit)
            row += [None, None] if value is None else [value.nominal_value, value.std_dev]
        rows.append(row)
    return rows


def _process_quantities(analysis: Analysis) -> dict[tuple[str, str], tuple[str, str]]:
    """Return symbol and SI unit by the names of process and quantity, derived ones included."""
    quantities: dict[tuple[str, str], tuple[str, str]] = {}
    for process in (p for result in analysis.spectra for p in result.processes.values()):
        for field, symbol, unit in PROCESS_QUANTITIES:
            quantities.setdefault((process.name, field), (symbol, unit))
        for name, derived in process.derived.items():
            quantities.setdefault((process.name, name), (name.replace("_", " "), derived.unit))
    return quantities


def _process_value(process: Process | None, name: str) -> UFloat | None:
    if process is None:
        return None
    derived = process.derived.get(name)
    value: UFloat | None = derived.value if derived is not None else getattr(process, name, None)
    return value


_ARRHENIUS_HEADING = (
    "process", "E_a (ln sigma T) [eV]", "E_a stderr [eV]", "E_a 95 % low [eV]",
    "E_a 95 % high [eV]", "E_a (ln sigma) [eV]", "ln prefactor", "ln prefactor stderr",
    "prefactor unit", "value at 25 C", "stderr at 25 C", "unit at 25 C", "points",
    "lowest temperature [K]", "highest temperature [K]", "method", "law",
)  # fmt: skip


def arrhenius_rows(analysis: Analysis) -> Rows:
    """Return one row a process, the heading first: E_a in both forms, prefactor, σ at 25 °C."""
    lines = analysis.arrhenius.items()
    return [_ARRHENIUS_HEADING, *((name, *_line_cells(line)) for name, line in lines)]


def sample_rows(comparison: SampleComparison) -> Rows:
    """Return one row a process and sample, the heading first, as `arrhenius_rows` has them."""
    return [
        ("sample", *_ARRHENIUS_HEADING),
        *((name, process, *_line_cells(line))
          for process in comparison.processes
          for name, line in comparison.lines(process).items()),
    ]  # fmt: skip


def _line_cells(line: ArrheniusResult) -> list[Number]:
    low, high = line.ci95 if line.ci95 is not None else (None, None)
    used = line.temperature[line.used]
    ln_prefactor = log_in_centimetres(line.ln_prefactor, line.prefactor_unit)
    return [
        line.activation_energy.n, line.activation_energy.s, low, high,
        line.activation_energy_ln_sigma.n, ln_prefactor.n, ln_prefactor.s,
        "S K/cm" if line.has_geometry else "S K",
        *line.conductivity_in_centimetres(ROOM_TEMPERATURE),
        len(used), float(used.min()) if len(used) else None,
        float(used.max()) if len(used) else None, line.method,
        line.law.name if line.law is not None else "arrhenius",
    ]  # fmt: skip


def difference_rows(comparison: SampleComparison) -> Rows:
    """Return one row a difference, the heading first, sorted by process and quantity."""
    heading = ("process", "quantity", "first", "second", "temperature [K]", "difference", "stderr",
               "unit", "p", "p adjusted", "verdict", "why")  # fmt: skip
    differences = sorted(comparison.differences, key=lambda d: (d.process, d.quantity))
    return [heading, *(list(difference_result(d).values()) for d in differences)]


def as_csv(rows: Iterable[Sequence[Number]]) -> str:
    r"""Return rows as CSV; texts that a spreadsheet would run as a formula get an apostrophe.

    Examples
    --------
    >>> as_csv([["=1+1", -2.5, None]])
    "'=1+1,-2.5,\r\n"
    """
    out = StringIO()
    csv.writer(out).writerows([_csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _csv_cell(value: Number) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    if isinstance(value, int):
        return str(value)
    finite = number(value)
    return "" if finite is None else f"{finite:.9g}"


def workbook(sheets: Mapping[str, Sequence[Sequence[Number]]]) -> bytes:
    """Return an xlsx workbook: numbers as numbers, texts as texts, whatever they begin with.

    Parameters
    ----------
    sheets : mapping of str to rows
        By the sheet's name; the first row is the heading.
    """
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "B2"
        for index, row in enumerate(rows):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=_workbook_value(value))
                if isinstance(value, str):
                    cell.data_type = "s"  # a file name that begins with = is no formula
                if index == 0:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _workbook_value(value: Number) -> Number:
    """Return what a workbook may hold: no control characters, no number that is not finite."""
    if isinstance(value, str):
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", value)
    return number(value) if isinstance(value, float) else value
