"""``parameters.csv`` and ``arrhenius.csv``: one table each, units in the heading."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import TypeAlias

from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.units import in_centimetres, log_in_centimetres
from eisfit.report.plain import number

Cell: TypeAlias = str | float | int | None

_PROCESS_COLUMNS = (
    ("resistance", "R", "ohm"),
    ("capacitance", "C", "F"),
    ("conductivity", "sigma", "S/m"),
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def parameters_csv(analysis: Analysis) -> str:
    """Return one row a spectrum: source, verdict, every parameter, every process."""
    return as_csv(parameter_rows(analysis))


def parameter_rows(analysis: Analysis) -> list[Sequence[Cell]]:
    """Return the rows of ``parameters.csv``, the heading first."""
    units = {p.name: p.unit for p in analysis.model.parameters}
    processes = list(dict.fromkeys(n for r in analysis.spectra for n in r.processes))
    heading = ["file", "sweep", "temperature [K]", "temperature from", "verdict",
               "reduced chi-square"]  # fmt: skip
    for name, unit in units.items():
        heading += [f"{name} [{unit}]", f"{name} stderr [{unit}]"]
    for process in processes:
        for _, symbol, si_unit in _PROCESS_COLUMNS:
            unit = in_centimetres(None, si_unit)[1]
            heading += [f"{process} {symbol} [{unit}]", f"{process} {symbol} stderr [{unit}]"]
    rows = [_spectrum_row(result, list(units), processes) for result in analysis.spectra]
    return [heading, *rows]


def arrhenius_csv(analysis: Analysis) -> str:
    """Return one row a process: activation energies in both forms, prefactor, σ at 25 °C."""
    return as_csv(arrhenius_rows(analysis))


def arrhenius_rows(analysis: Analysis) -> list[Sequence[Cell]]:
    """Return the rows of ``arrhenius.csv``, the heading first."""
    heading = ["process", "E_a (ln sigma T) [eV]", "E_a stderr [eV]", "E_a 95 % low [eV]",
               "E_a 95 % high [eV]", "E_a (ln sigma) [eV]", "ln prefactor", "ln prefactor stderr",
               "prefactor unit", "value at 25 C", "stderr at 25 C", "unit at 25 C", "points",
               "lowest temperature [K]", "highest temperature [K]", "method"]  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for name, line in analysis.arrhenius.items():
        low, high = line.ci95 if line.ci95 is not None else (None, None)
        sigma, error, unit = line.conductivity_in_centimetres(ROOM_TEMPERATURE)
        used = line.temperature[line.used]
        known = len(used) > 0
        ln_prefactor = log_in_centimetres(line.ln_prefactor, line.prefactor_unit)
        rows.append([
            name, line.activation_energy.nominal_value, line.activation_energy.std_dev, low, high,
            line.activation_energy_ln_sigma.nominal_value, ln_prefactor.n, ln_prefactor.s,
            "S K/cm" if line.has_geometry else "S K",
            number(sigma), number(error), unit,
            int(line.used.sum()), float(used.min()) if known else None,
            float(used.max()) if known else None, line.method,
        ])  # fmt: skip
    return [heading, *rows]


def as_csv(rows: Iterable[Sequence[Cell]]) -> str:
    r"""Return rows as CSV; texts that a spreadsheet would run as a formula get an apostrophe.

    Examples
    --------
    >>> as_csv([["=1+1", -2.5, None]])
    "'=1+1,-2.5,\r\n"
    """
    out = StringIO()
    csv.writer(out).writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    if isinstance(value, int):
        return str(value)
    finite = number(value)
    return "" if finite is None else f"{finite:.9g}"


def _spectrum_row(
    result: SpectrumResult, names: Sequence[str], processes: Sequence[str]
) -> list[Cell]:
    spectrum, fit = result.spectrum, result.fit
    row: list[Cell] = [
        spectrum.provenance.file, spectrum.provenance.sweep, spectrum.temperature,
        spectrum.temperature_source, result.verdict,
        fit.reduced_chi_square if fit is not None else None,
    ]  # fmt: skip
    for name in names:
        estimate = fit.estimates.get(name) if fit is not None else None
        row += [None, None] if estimate is None else [estimate.value, estimate.stderr]
    for name in processes:
        process = result.processes.get(name)
        for field, _, si_unit in _PROCESS_COLUMNS:
            value, _ = in_centimetres(getattr(process, field, None), si_unit)
            row += [None, None] if value is None else [value.nominal_value, value.std_dev]
    return row
