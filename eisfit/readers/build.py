"""From the rows of a table to spectra: the one way that every reader of text takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from eisfit.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.constants import ZERO_CELSIUS
from eisfit.errors import ReadError
from eisfit.findings import Finding, Severity
from eisfit.geometry import Geometry
from eisfit.readers import sweeps
from eisfit.readers.columns import Layout
from eisfit.readers.sweeps import Indexes
from eisfit.readers.table import Rows
from eisfit.readers.temperature import believable, decide
from eisfit.readers.text import Source
from eisfit.spectrum import Provenance, Spectrum

FEWEST_POINTS = 3
_POSITIVE_SHARE = 0.8
_SIGNIFICANT = 0.01


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
    frequency, impedance = _quantities(layout, rows)
    record = _dc_records(frequency, impedance)
    header = replace(
        header,
        provenance=replace(header.provenance, sha256=source.sha256, columns=layout.headings),
        findings=(*header.findings, *_about_file(source, rows, int(record.sum()))),
    )
    spectra: list[Spectrum] = []
    failed: list[str] = []
    for part in _parts(layout, rows, frequency):
        part = part[~record[part]]
        if not len(part):
            continue
        made = _one(source, layout, rows, header, _Points(frequency, impedance, part))
        if isinstance(made, Spectrum):
            sweep = replace(made.provenance, sweep=len(spectra) + 1)
            spectra.append(made.with_(provenance=sweep))
        else:
            failed.append(made)
    if not spectra:
        raise ReadError(source.path, failed[0] if failed else _nothing(rows))
    short = tuple(_finding(source, "sweep_too_short", "warning", text) for text in failed)
    spectra[-1] = spectra[-1].with_(findings=(*spectra[-1].findings, *short))
    return spectra


@dataclass(frozen=True, slots=True)
class _Points:
    """All points of a file, and the rows of one spectrum among them."""

    all_frequency: FloatArray
    all_impedance: ComplexArray
    part: Indexes

    @property
    def frequency(self) -> FloatArray:
        return self.all_frequency[self.part]

    @property
    def impedance(self) -> ComplexArray:
        return self.all_impedance[self.part]


def _one(
    source: Source, layout: Layout, rows: Rows, header: Header, points: _Points
) -> Spectrum | str:
    """Return one spectrum, or why there is none."""
    f, z = points.frequency, points.impedance
    reasons = _reasons(f, points.part, rows)
    usable = np.array([not reason for reason in reasons])
    if usable.sum() < FEWEST_POINTS:
        why = next((f" ({reason})" for reason in reasons if reason), "")
        line = int(rows.lines[points.part[0]])
        return (
            f"only {int(usable.sum())} usable points from line {line} on{why}; "
            f"a spectrum needs {FEWEST_POINTS}"
        )
    said = [*header.findings, *_about_points(source, f, reasons)]
    said += _about_end(source, f[usable], header.ends_at)
    flip = header.guess_sign and not layout.sign_is_written and _looks_negated(z[usable])
    if flip:
        z = np.conj(z)
        said.append(_sign_guessed(source))
    convention = "-" * flip + layout.sign_convention
    column = _column(layout, rows, points.part, "temperature")
    in_table, doubt = _table_temperature(layout, column, source)
    kelvin, origin, more = decide(source.path, in_table or header.temperature)
    return Spectrum(
        f,
        z,
        tuple(reasons),
        temperature=kelvin,
        temperature_source=origin,
        geometry=header.geometry,
        provenance=replace(header.provenance, file=source.path, sign_convention=convention),
        findings=(*said, *doubt, *more),
    )


def _finding(source: Source, code: str, severity: Severity, text: str) -> Finding:
    return Finding(code, severity, f"{source.name}: {text}")


def _quantities(layout: Layout, rows: Rows) -> tuple[FloatArray, ComplexArray]:
    """Return frequency in Hz and impedance in Ω of all rows."""
    factors = [column.factor for column in layout.columns[:3]]
    frequency, first, second = (rows.values[:, i] * factor for i, factor in enumerate(factors))
    impedance = np.empty(len(frequency), dtype=complex)
    if layout.polar:
        with np.errstate(invalid="ignore"):
            first, second = first * np.cos(second), first * np.sin(second)
    impedance.real, impedance.imag = first, second
    return frequency, impedance


def _dc_records(frequency: FloatArray, impedance: ComplexArray) -> BoolArray:
    """Return which rows are records of the dc step: no frequency and no impedance."""
    return np.asarray((frequency == 0) & (np.isnan(impedance) | (impedance == 0)), dtype=bool)


def _parts(layout: Layout, rows: Rows, frequency: FloatArray) -> list[Indexes]:
    everything = np.arange(len(frequency))
    steps = tuple(
        column
        for role in ("temperature", "cycle")
        if (column := _column(layout, rows, everything, role)) is not None
    )
    return sweeps.split(frequency, steps, rows.breaks)


def _column(layout: Layout, rows: Rows, part: Indexes, role: str) -> FloatArray | None:
    place = next((i for i, c in enumerate(layout.columns) if c.role == role), None)
    return None if place is None else rows.values[part, place]


def _reasons(frequency: FloatArray, part: Indexes, rows: Rows) -> list[str]:
    """Return why points are left out; empty texts for those that are not."""
    reasons = [rows.trouble.get(int(row), "") for row in part]
    for i in np.flatnonzero(~(frequency > 0)):
        line = int(rows.lines[part[i]])
        reasons[i] = (
            reasons[i] or f"line {line}: the frequency {frequency[i]:g} Hz is not above zero"
        )
    return reasons


def _about_file(source: Source, rows: Rows, records: int) -> list[Finding]:
    """Return what is to be said about a file as a whole."""
    said = []
    if records:
        text = f"{records} rows without frequency (records of the dc step) are passed over"
        said.append(_finding(source, "rows_without_frequency", "info", text))
    if rows.strays:
        line, example = rows.strays[0]
        text = (
            f"{_count(len(rows.strays), 'line')} among the rows hold no numbers and are passed over"
        )
        text += f", such as line {line}: {example[:40]!r}"
        said.append(_finding(source, "not_a_row", "warning", text))
    if rows.cut and not source.complete:
        text = "the file ends within a row: it may have been cut off. Copy it again."
        said.append(_finding(source, "truncated", "warning", text))
    elif not source.complete:
        text = "the file ends without a line end; if it was cut off, its last number may be wrong"
        said.append(_finding(source, "no_final_line_end", "info", text))
    return said


def _about_points(source: Source, frequency: FloatArray, reasons: Sequence[str]) -> list[Finding]:
    """Return what is to be said about the points of one spectrum."""
    said = []
    low = [r for r in reasons if r.endswith("above zero")]
    text = [r for r in reasons if r and not r.endswith("above zero")]
    for code, group in (("not_a_number", text), ("frequency_not_positive", low)):
        if group:
            listed = "; ".join(group[:3]) + (" …" if len(group) > 3 else "")
            message = f"{_count(len(group), 'point')} left out: {listed}"
            said.append(_finding(source, code, "warning", message))
    used = frequency[[not reason for reason in reasons]]
    steps = np.sign(np.diff(used))
    if np.any(steps > 0) and np.any(steps < 0):
        message = "the frequencies are not in order; they are sorted for the analysis"
        said.append(_finding(source, "unsorted_frequency", "info", message))
    values, counts = np.unique(used, return_counts=True)
    twice = values[counts > 1]
    if len(twice):
        message = (
            f"{_count(len(twice), 'frequency', 'frequencies')} measured more than once within one "
            f"sweep, such as {twice[-1]:.6g} Hz; all points are kept"
        )
        said.append(_finding(source, "duplicate_frequency", "warning", message))
    return said


def _about_end(source: Source, frequency: FloatArray, ends_at: float) -> list[Finding]:
    """Return a finding where a sweep stopped more than a step before the end it was set to."""
    if not ends_at > 0:
        return []
    step = float(np.median(np.abs(np.diff(np.log10(frequency)))))
    if abs(np.log10(frequency[-1] / ends_at)) <= max(0.3, 1.5 * step):
        return []
    text = f"the sweep was set to end at {ends_at:.4g} Hz and ends at {frequency[-1]:.4g} Hz"
    return [_finding(source, "sweep_incomplete", "warning", text + "; it was cut off or stopped")]


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _looks_negated(impedance: ComplexArray) -> bool:
    """Tell whether an imaginary part is positive nearly everywhere and not just noise."""
    significant = np.median(np.abs(impedance.imag)) > _SIGNIFICANT * np.median(np.abs(impedance))
    return bool(significant and np.mean(impedance.imag > 0) > _POSITIVE_SHARE)


def _sign_guessed(source: Source) -> Finding:
    text = (
        "the imaginary part is positive at nearly every point and its heading carries no minus; "
        "it is taken as stored -Im Z. Name the column -Z'' to say so, and check the plot."
    )
    return _finding(source, "sign_guessed", "warning", text)


def _table_temperature(
    layout: Layout, column: FloatArray | None, source: Source
) -> tuple[float | None, list[Finding]]:
    """Return the temperature in K of one spectrum from its column, with what is in doubt."""
    if column is None or not np.any(np.isfinite(column)):
        return None, []
    unit = next(c.unit for c in layout.columns if c.role == "temperature")
    values = column[np.isfinite(column)]
    mean = float(np.mean(values))
    kelvin = mean if unit.upper().startswith("K") else mean + ZERO_CELSIUS
    if not believable(kelvin):
        return None, []
    if not unit and mean >= 200:
        text = (
            "a temperature column without a unit may be in °C or K; it is not used. Write its unit."
        )
        return None, [_finding(source, "temperature_ambiguous", "warning", text)]
    said = []
    if not unit:
        text = f"the temperature column has no unit; {mean:g} is taken as °C"
        said.append(_finding(source, "temperature_unit_guessed", "info", text))
    drift = float(np.ptp(values))
    if drift > 2:
        text = f"the temperature changed by {drift:.3g} K during the sweep; its mean is used"
        said.append(_finding(source, "temperature_drift", "warning", text))
    return round(kelvin, 6), said


def _nothing(rows: Rows) -> str:
    if len(rows.lines):
        return "no row has a frequency above zero: the sweep was not started, or is cut off"
    return "no row of numbers follows the heading; the file is cut off or holds no data"
