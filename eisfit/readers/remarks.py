"""What readers say of a file and of its spectra, as findings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding, Severity
from eisfit.readers.tables.table import Rows
from eisfit.readers.text import Source

NOT_POSITIVE = "is not above zero"
"""How the reason of a point without a frequency ends."""


def remark(source: Source, code: str, severity: Severity, text: str) -> Finding:
    """Return a finding that starts with the file's name."""
    return Finding(code, severity, f"{source.name}: {text}")


def about_rows(source: Source, rows: Rows, records: int) -> tuple[Finding, ...]:
    """Return what is to be said about lines that are no points of any spectrum."""
    said = []
    if records:
        text = f"{records} rows without frequency (records of the dc step) are passed over"
        said.append(remark(source, "rows_without_frequency", "info", text))
    if rows.strays:
        line, example = rows.strays[0]
        text = (
            f"{_count(len(rows.strays), 'line')} among the rows without numbers passed over, "
            f"such as line {line}: {example[:40]!r}"
        )
        said.append(remark(source, "not_a_row", "warning", text))
    return tuple(said)


def about_last_line(source: Source, rows: Rows) -> tuple[Finding, ...]:
    """Return what is to be said about the end of a file."""
    if source.complete:
        return ()
    if rows.cut:
        text = "the file ends within a row: it may have been cut off. Copy it again."
        return (remark(source, "truncated", "warning", text),)
    text = "the file ends without a line end; if it was cut off, its last number may be wrong"
    return (remark(source, "no_final_line_end", "info", text),)


def about_points(source: Source, frequency: FloatArray, reasons: Sequence[str]) -> list[Finding]:
    """Return what is to be said about the points of one spectrum."""
    said = []
    low = [r for r in reasons if r.endswith(NOT_POSITIVE)]
    text = [r for r in reasons if r and not r.endswith(NOT_POSITIVE)]
    for code, group in (("not_a_number", text), ("frequency_not_positive", low)):
        if group:
            listed = "; ".join(group[:3]) + (" …" if len(group) > 3 else "")
            message = f"{_count(len(group), 'point')} left out: {listed}"
            said.append(remark(source, code, "warning", message))
    used = frequency[[not reason for reason in reasons]]
    steps = np.sign(np.diff(used))
    if np.any(steps > 0) and np.any(steps < 0):
        message = "the frequencies are not in order; they are sorted for the analysis"
        said.append(remark(source, "unsorted_frequency", "info", message))
    values, counts = np.unique(used, return_counts=True)
    twice = values[counts > 1]
    if len(twice):
        message = (
            f"{_count(len(twice), 'frequency', 'frequencies')} measured more than once within one "
            f"sweep, such as {twice[-1]:.6g} Hz; all points are kept"
        )
        said.append(remark(source, "duplicate_frequency", "warning", message))
    return said


def about_sweep_end(source: Source, frequency: FloatArray, ends_at: float) -> list[Finding]:
    """Return a finding where a sweep stopped more than a step before the end it was set to."""
    if not ends_at > 0:
        return []
    short = abs(np.log10(frequency[-1] / ends_at))
    if short <= 0.3 or short <= 1.5 * np.median(np.abs(np.diff(np.log10(frequency)))):
        return []
    text = f"the sweep was set to end at {ends_at:.4g} Hz and ends at {frequency[-1]:.4g} Hz"
    return [remark(source, "sweep_incomplete", "warning", text + "; it was cut off or stopped")]


def area_normalised(source: Source) -> Finding:
    """Return the finding that an impedance in Ω cm² is kept as that of 1 cm²."""
    text = (
        "the impedance is in Ω cm²; it is kept as that of a sample of 1 cm². Give the area as "
        "1 cm2 beside the thickness to get conductivities."
    )
    return remark(source, "area_normalised", "info", text)


def phase_guessed(source: Source) -> Finding:
    """Return the finding that a phase without a unit was taken as radians."""
    text = (
        "the phase has no unit and never exceeds 1.6; it is taken as radians. Write (deg) or "
        "(rad) into its heading to say so."
    )
    return remark(source, "phase_unit_guessed", "warning", text)


def sign_guessed(source: Source) -> Finding:
    """Return the finding that the imaginary part was taken as negated."""
    text = (
        "the imaginary part is positive at nearly every point and its heading carries no minus; "
        "it is taken as stored -Im Z. Name the column -Z'' to say so, and check the plot."
    )
    return remark(source, "sign_guessed", "warning", text)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
