"""From the rows of a table to spectra."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers import row_findings, sweeps
from eisfit.readers.header import Header
from eisfit.readers.parts import add_findings
from eisfit.readers.sweeps import Indexes
from eisfit.readers.tables.columns import Layout, choose_columns
from eisfit.readers.tables.quantities import is_phase_in_radians, looks_negated, to_impedance
from eisfit.readers.tables.table import Rows
from eisfit.readers.tables.vocabulary import Role
from eisfit.readers.temperature import choose_temperature, column_offset, temperature_from_column
from eisfit.readers.text import Source

FEWEST_POINTS = 3


def _mean(values: FloatArray) -> float:
    return float(values.sum()) / len(values)  # as numpy's mean, in half the time


_CONDITIONS: dict[Role, tuple[str, Callable[[FloatArray], float]]] = {
    "time": ("start_s", np.ndarray.min),
    "potential": ("dc_potential_V", _mean),
    "current": ("dc_current_A", _mean),
}


def build_spectra(source: Source, layout: Layout, rows: Rows, header: Header) -> list[Spectrum]:
    """Return every spectrum of a table.

    Raises
    ------
    ReadError
        Where none has three usable points.
    """
    # the garbage collector would check thousands of new spectra and free nothing
    enabled = gc.isenabled()
    gc.disable()
    try:
        return _build(source, layout, rows, header)
    finally:
        if enabled:
            gc.enable()


def build_from_columns(
    source: Source, columns: Mapping[str, ArrayLike], header: Header
) -> list[Spectrum]:
    """Return every spectrum of a table that is given as columns, such as that of a binary file.

    Parameters
    ----------
    source : Source
        The file, see `eisfit.readers.text.open_binary`.
    columns : mapping of str to array-like, shape (k,)
        Headings, as `eisfit.readers.tables.columns` knows them (``"freq/Hz"``, ``"-Im(Z)/Ohm"``,
        ``"time/s"``, ``"<Ewe>/V"``, ``"cycle number"`` …), to the numbers as the file holds
        them; NaN where there is none.
    header : Header
        What the file says outside of the table.

    Raises
    ------
    ReadError
        Where a column is missing or no sweep has three usable points.
    """
    layout = choose_columns(list(columns), source.path)
    arrays = [np.asarray(column, dtype=float) for column in columns.values()]
    if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 1:
        lengths = ", ".join(str(array.size) for array in arrays)
        raise source.error(f"its columns have different lengths ({lengths})")
    values = np.column_stack([arrays[i] for i in layout.indexes])
    bad = np.flatnonzero(~np.all(np.isfinite(values[:, : layout.needed]), axis=1))
    problems = dict.fromkeys(bad.tolist(), "a value is missing")
    rows = Rows(values, np.arange(1, len(values) + 1), problems, [], place="point")
    return build_spectra(source, layout, rows, header)


def _build(source: Source, layout: Layout, rows: Rows, header: Header) -> list[Spectrum]:
    table = _Table(source, layout, rows, header)
    spectra, failed = list[Spectrum](), list[str]()
    for part in table.sweeps():
        spectrum = table.spectrum(part, len(spectra) + 1)
        if isinstance(spectrum, Spectrum):
            spectra.append(spectrum)
        else:
            failed.append(spectrum)
    if not spectra:
        why = "no row of numbers follows the heading; the file is cut off or holds no data"
        if len(rows.lines):
            why = "no row has a frequency above zero: the sweep was not started, or is cut off"
        raise source.error(failed[0] if failed else why)
    first = row_findings.row_findings(source, rows, int(table.dc_records.sum()))
    if first:
        spectra[0] = spectra[0].with_(findings=(*first, *spectra[0].findings))
    too_short = (source.finding("sweep_too_short", "warning", text) for text in failed)
    end = row_findings.file_end_findings(source, rows, header.announced)
    return add_findings(spectra, (*too_short, *end))


class _Table:
    """The numbers of a table in Hz and Ω, with what holds for all of them."""

    def __init__(self, source: Source, layout: Layout, rows: Rows, header: Header) -> None:
        self.source, self.layout, self.rows, self.header = source, layout, rows, header
        usable = rows.values[:, 0] > 0
        usable[list(rows.problems)] = False
        in_radians = is_phase_in_radians(layout, rows.values, usable)
        self.frequency, impedance = to_impedance(layout, rows.values, in_radians=in_radians)
        guess = header.guess_sign and not layout.sign_is_written
        self.flipped = guess and looks_negated(self.frequency[usable], impedance[usable])
        self.impedance = np.conj(impedance) if self.flipped else impedance
        self.finite = np.isfinite(self.impedance) & np.isfinite(self.frequency)
        good = self.finite & (self.frequency > 0) & (self.impedance != 0)
        self.whole = not rows.problems and bool(good.all())
        no_impedance = np.isnan(self.impedance) | (self.impedance == 0)
        self.dc_records = (self.frequency == 0) & no_impedance
        self.findings = row_findings.table_findings(
            source, per_area=layout.per_area, in_radians=in_radians, flipped=self.flipped
        )
        self.temperature = self._column("temperature")
        if self.temperature is not None:
            self.unit = next(c.unit for c in layout.columns if c.role == "temperature")
            self.offset = column_offset(self.temperature, self.unit)
        self.file_temperature = choose_temperature(source.path, header.temperature)
        self.conditions = [
            (name, of_sweep, column, bool(np.isfinite(column).all()))
            for role, (name, of_sweep) in _CONDITIONS.items()
            if (column := self._column(role)) is not None
        ]
        self.header_conditions = {
            name: value for name, value in header.conditions.items() if math.isfinite(value)
        }
        self.provenance = partial(
            Provenance,
            file=source.path,
            format=header.format,
            sha256=source.sha256,
            instrument=header.instrument,
            technique=header.technique,
            software=header.software,
            columns=layout.headings,
            sign_convention=("-" if self.flipped else "") + layout.sign_convention,
            measured_at=header.measured_at,
        )

    def _column(self, role: Role) -> FloatArray | None:
        """Return a column in SI units (a temperature in its own), None where there is none."""
        place = self.layout.index_of(role)
        if place is None:
            return None
        return self.rows.values[:, place] * self.layout.columns[place].factor

    def _conditions(self, part: Indexes | slice) -> dict[str, float]:
        """Return the start, dc potential and dc current of one sweep, from the columns."""
        conditions = {}
        for name, of_sweep, column, complete in self.conditions:
            of_part = column[part]
            if not complete:
                of_part = of_part[np.isfinite(of_part)]
            if len(of_part):
                conditions[name] = float(of_sweep(of_part))
        return conditions

    def sweeps(self) -> list[Indexes | slice]:
        """Return the rows of each spectrum; a slice where no point needs a check."""
        columns = (self.temperature, self._column("cycle"))
        steps = tuple(column for column in columns if column is not None)
        parts = sweeps.split_sweeps(self.frequency, steps, self.rows.breaks)
        if not self.whole:
            kept = (
                (part[~self.dc_records[part]] for part in parts) if self.dc_records.any() else parts
            )
            return [part for part in kept if len(part)]
        first, last = ([int(part[i]) for part in parts] for i in (0, -1))
        ends = (np.array(rows, dtype=np.intp) for rows in (first, last))
        plain = sweeps.are_monotonic(self.frequency, *ends)
        return [
            slice(a, b + 1) if one and b - a + 1 >= FEWEST_POINTS else part
            for part, a, b, one in zip(parts, first, last, plain, strict=True)
        ]

    def spectrum(self, part: Indexes | slice, sweep: int) -> Spectrum | str:
        """Return the spectrum of some rows, or why there is none."""
        frequency, impedance = self.frequency[part], self.impedance[part]
        used, reasons = frequency, _no_reasons(len(frequency))
        of_points: list[Finding] = []
        if not isinstance(part, slice):
            reasons, not_positive = self._reasons(part)
            used = frequency[[not reason for reason in reasons]]
            if why := self._why_no_spectrum(part, used, reasons):
                return why
            of_points = row_findings.point_findings(self.source, frequency, reasons, not_positive)
        kelvin, origin, of_temperature = self._find_temperature(part)
        return Spectrum(
            frequency,
            impedance,
            reasons,
            temperature=kelvin,
            temperature_source=origin,
            geometry=self.header.geometry,
            provenance=self.provenance(
                sweep=sweep, conditions={**self.header_conditions, **self._conditions(part)}
            ),
            findings=(
                *self.header.findings,
                *of_points,
                *row_findings.sweep_end_findings(self.source, used, self.header.ends_at),
                *self.findings,
                *of_temperature,
            ),
        )

    def _why_no_spectrum(self, part: Indexes, used: FloatArray, reasons: Sequence[str]) -> str:
        """Return why some rows are no spectrum, empty where they are one."""
        place = self._place(part[0])
        if len(used) < FEWEST_POINTS:
            why = next((f" ({reason})" for reason in reasons if reason), "")
            return (
                f"only {len(used)} usable points from {place} on{why}; "
                f"a spectrum needs {FEWEST_POINTS}"
            )
        if len(np.unique(used)) >= FEWEST_POINTS and self.impedance[part].any():
            return ""
        return (
            f"the points from {place} on are at fewer than {FEWEST_POINTS} frequencies, "
            "or Z is zero throughout: this is no spectrum"
        )

    def _reasons(self, part: Indexes) -> tuple[tuple[str, ...], BoolArray]:
        """Return why points are left out, and which because their frequency is not above zero."""
        reasons = [self.rows.problems.get(int(row), "") for row in part]
        frequency = self.frequency[part]
        not_positive = ~(frequency > 0) & np.array([not reason for reason in reasons])
        for i in np.flatnonzero(not_positive):
            reasons[i] = f"the frequency {frequency[i]:g} Hz is not above zero"
        for i in np.flatnonzero(~self.finite[part]):
            reasons[i] = reasons[i] or "a value is too large"
        placed = (
            f"{self._place(row)}: {why}" if why else ""
            for row, why in zip(part, reasons, strict=True)
        )
        return tuple(placed), not_positive

    def _place(self, row: int) -> str:
        return f"{self.rows.place} {self.rows.lines[row]}"

    def _find_temperature(self, part: Indexes | slice) -> tuple[float | None, str, list[Finding]]:
        """Return the temperature in K of one spectrum, its source, and findings about it."""
        if self.temperature is None:
            return self.file_temperature
        column = self.temperature[part]
        kelvin, findings = temperature_from_column(self.source.path, column, self.unit, self.offset)
        used, origin, more = choose_temperature(self.source.path, kelvin or self.header.temperature)
        return used, origin, findings + more


@lru_cache(maxsize=4)  # few, for one of a million points is large
def _no_reasons(count: int) -> tuple[str, ...]:
    """Return the reasons of a sweep's points where none is left out: one tuple for all sweeps."""
    return ("",) * count
