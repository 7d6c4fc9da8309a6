"""From the rows of a table to spectra: the one way that every reader of text takes."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.errors import ReadError
from eisfit.base.findings import Finding
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.readers import remarks, sweeps
from eisfit.readers.remarks import remark
from eisfit.readers.sweeps import Indexes
from eisfit.readers.tables.columns import Layout, Role
from eisfit.readers.tables.quantities import is_phase_in_radians, looks_negated, quantities
from eisfit.readers.tables.table import Rows
from eisfit.readers.temperature import column_offset, decide, from_column
from eisfit.readers.text import Source

FEWEST_POINTS = 3


def _mean(values: FloatArray) -> float:
    return float(values.sum()) / len(values)  # as numpy's mean, in half the time


_CONDITIONS: dict[Role, tuple[str, Callable[[FloatArray], float]]] = {
    "time": ("start_s", np.ndarray.min),
    "potential": ("dc_potential_V", _mean),
    "current": ("dc_current_A", _mean),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says outside its table.

    Parameters
    ----------
    provenance : Provenance
        With the format's name and whatever the header tells.
    temperature : float, optional
        K.
    geometry : Geometry, optional
        Of the sample.
    findings : tuple of Finding
        About the file as a whole.
    ends_at : float
        Hz at which the instrument was set to end the sweep; NaN where that is not told.
    guess_sign : bool
        Whether an imaginary part that is nearly everywhere positive is taken as stored -Im Z
        where no heading carries a minus; no vendor's format needs that.
    """

    provenance: Provenance
    temperature: float | None = None
    geometry: Geometry | None = None
    findings: tuple[Finding, ...] = ()
    ends_at: float = math.nan
    guess_sign: bool = field(default=False, kw_only=True)


def build(source: Source, layout: Layout, rows: Rows, header: Header) -> list[Spectrum]:
    """Return every spectrum of a table.

    Raises
    ------
    ReadError
        Where none has three usable points.
    """
    with _uncollected():
        return _built(source, layout, rows, header)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the garbage collector rest: it would look through thousands of new spectra in vain."""
    usual = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if usual:
            gc.enable()


def _built(source: Source, layout: Layout, rows: Rows, header: Header) -> list[Spectrum]:
    file = _File(source, layout, rows, header)
    spectra: list[Spectrum] = []
    failed: list[str] = []
    for part in file.parts():
        made = file.spectrum(part, len(spectra) + 1)
        if isinstance(made, Spectrum):
            spectra.append(made)
        else:
            failed.append(made)
    if not spectra:
        raise ReadError(source.path, failed[0] if failed else _nothing(rows))
    first = remarks.about_rows(source, rows, int(file.records.sum()))
    short = (remark(source, "sweep_too_short", "warning", text) for text in failed)
    last = (*short, *remarks.about_last_line(source, rows))
    if first:
        spectra[0] = spectra[0].with_(findings=(*first, *spectra[0].findings))
    if last:
        spectra[-1] = spectra[-1].with_(findings=(*spectra[-1].findings, *last))
    return spectra


def numbered(groups: Iterable[Sequence[Spectrum]]) -> list[Spectrum]:
    """Return the spectra of several tables of one file, their sweeps counted through."""
    spectra = [spectrum for group in groups for spectrum in group]
    return [
        s if s.provenance.sweep == n else s.with_(provenance=replace(s.provenance, sweep=n))
        for n, s in enumerate(spectra, 1)
    ]


class _File:
    """The numbers of a table in Hz and Ω, with what holds for all of them."""

    def __init__(self, source: Source, layout: Layout, rows: Rows, header: Header) -> None:
        self.source, self.layout, self.rows, self.header = source, layout, rows, header
        usable = rows.values[:, 0] > 0
        usable[list(rows.trouble)] = False
        self.in_radians = is_phase_in_radians(layout, rows.values, usable)
        self.frequency, impedance = quantities(layout, rows.values, in_radians=self.in_radians)
        guess = header.guess_sign and not layout.sign_is_written
        self.flipped = guess and looks_negated(self.frequency[usable], impedance[usable])
        self.impedance = np.conj(impedance) if self.flipped else impedance
        self.finite = np.isfinite(self.impedance) & np.isfinite(self.frequency)
        good = self.finite & (self.frequency > 0) & (self.impedance != 0)
        self.whole = not rows.trouble and bool(good.all())
        self.records = self._dc_records()
        self.said = (
            *((remarks.area_normalised(source),) if layout.per_area else ()),
            *((remarks.phase_guessed(source),) if self.in_radians else ()),
            *((remarks.sign_guessed(source),) if self.flipped else ()),
        )
        self.temperature = self._column("temperature")
        if self.temperature is not None:
            self.unit = next(c.unit for c in layout.columns if c.role == "temperature")
            self.offset = column_offset(self.temperature, self.unit)
        self.stated = decide(source.path, header.temperature)
        self.conditions = self._condition_columns()
        self.origin = self._origin()

    def _column(self, role: Role) -> FloatArray | None:
        place = self.layout.index_of(role)
        return None if place is None else self.rows.values[:, place]

    def _conditions(self, part: Indexes | slice) -> dict[str, float]:
        """Return what the columns say of one sweep: its start, its dc potential and current."""
        conditions = {}
        for name, (values, of_sweep, complete) in self.conditions.items():
            own = values[part]
            if not complete:
                own = own[np.isfinite(own)]
            if len(own):
                conditions[name] = float(of_sweep(own))
        return conditions

    def _condition_columns(
        self,
    ) -> dict[str, tuple[FloatArray, Callable[[FloatArray], float], bool]]:
        """Return the columns of conditions: values in SI, what they are of a sweep, no gaps."""
        out = {}
        for role, (name, of_sweep) in _CONDITIONS.items():
            place = self.layout.index_of(role)
            if place is not None:
                values = self.rows.values[:, place] * self.layout.columns[place].factor
                out[name] = values, of_sweep, bool(np.all(np.isfinite(values)))
        return out

    def _dc_records(self) -> BoolArray:
        """Return which rows are records of the dc step: no frequency and no impedance."""
        z = self.impedance
        return np.asarray((self.frequency == 0) & (np.isnan(z) | (z == 0)), dtype=bool)

    def parts(self) -> list[Indexes | slice]:
        """Return the rows of each spectrum; a slice of such as need no further look."""
        columns = (self.temperature, self._column("cycle"))
        steps = tuple(column for column in columns if column is not None)
        parts = sweeps.split(self.frequency, steps, self.rows.breaks)
        if not self.whole:
            kept = (part[~self.records[part]] for part in parts) if self.records.any() else parts
            return [part for part in kept if len(part)]
        first, last = ([int(part[i]) for part in parts] for i in (0, -1))
        ends = (np.array(rows, dtype=np.intp) for rows in (first, last))
        plain = sweeps.are_plain(self.frequency, *ends)
        return [
            slice(a, b + 1) if one and b - a + 1 >= FEWEST_POINTS else part
            for part, a, b, one in zip(parts, first, last, plain, strict=True)
        ]

    def spectrum(self, part: Indexes | slice, sweep: int) -> Spectrum | str:
        """Return the spectrum of some rows, or why there is none."""
        frequency, impedance = self.frequency[part], self.impedance[part]
        used, reasons = frequency, _no_reasons(len(frequency))
        said: list[Finding] = []
        if not isinstance(part, slice):
            reasons = self._reasons(part)
            used = frequency[[not reason for reason in reasons]]
            if why := self._why_none(part, used, reasons):
                return why
            said = remarks.about_points(self.source, frequency, reasons)
        kelvin, origin, doubt = self._kelvin(part)
        return Spectrum(
            frequency,
            impedance,
            reasons,
            temperature=kelvin,
            temperature_source=origin,
            geometry=self.header.geometry,
            provenance=self._provenance(part, sweep),
            findings=(
                *self.header.findings,
                *said,
                *remarks.about_sweep_end(self.source, used, self.header.ends_at),
                *self.said,
                *doubt,
            ),
        )

    def _why_none(self, part: Indexes, used: FloatArray, reasons: Sequence[str]) -> str:
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

    def _provenance(self, part: Indexes | slice, sweep: int) -> Provenance:
        conditions = {**self.header.provenance.conditions, **self._conditions(part)}
        return Provenance(**self.origin, conditions=conditions, sweep=sweep)

    def _origin(self) -> dict[str, Any]:
        """Return what is to be said of where every sweep comes from, as Provenance names it."""
        header = self.header.provenance
        told = {f.name: getattr(header, f.name) for f in fields(header)}
        of_each = {"conditions", "sweep"}
        return {name: value for name, value in told.items() if name not in of_each} | {
            "file": self.source.path,
            "sha256": self.source.sha256,
            "columns": self.layout.headings,
            "sign_convention": ("-" if self.flipped else "") + self.layout.sign_convention,
        }

    def _reasons(self, part: Indexes) -> tuple[str, ...]:
        """Return why points are left out; empty texts for those that are not."""
        reasons = [self.rows.trouble.get(int(row), "") for row in part]
        frequency = self.frequency[part]
        for i in np.flatnonzero(~(frequency > 0)):
            text = f"the frequency {frequency[i]:g} Hz {remarks.NOT_POSITIVE}"
            reasons[i] = reasons[i] or f"{self._place(part[i])}: {text}"
        for i in np.flatnonzero(~self.finite[part]):
            reasons[i] = reasons[i] or f"{self._place(part[i])}: a value is beyond all measure"
        return tuple(reasons)

    def _place(self, row: int) -> str:
        return f"{self.rows.place} {self.rows.lines[row]}"

    def _kelvin(self, part: Indexes | slice) -> tuple[float | None, str, list[Finding]]:
        """Return the temperature in K of one spectrum, where it is from, and what is in doubt."""
        if self.temperature is None:
            return self.stated
        column = self.temperature[part]
        own, doubt = from_column(self.source.path, column, self.unit, self.offset)
        kelvin, origin, more = decide(self.source.path, own or self.header.temperature)
        return kelvin, origin, doubt + more


@lru_cache(maxsize=4)  # few, for one of a million points is large
def _no_reasons(count: int) -> tuple[str, ...]:
    """Return the reasons of a sweep's points where none is left out: one tuple for all sweeps."""
    return ("",) * count


def _nothing(rows: Rows) -> str:
    if len(rows.lines):
        return "no row has a frequency above zero: the sweep was not started, or is cut off"
    return "no row of numbers follows the heading; the file is cut off or holds no data"
