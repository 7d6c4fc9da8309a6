"""Findings about the rows of a file and about the points of its spectra."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.findings import Finding
from eisfit.readers.tables.table import Rows
from eisfit.readers.text import Source


def row_findings(source: Source, rows: Rows, dc_records: int) -> tuple[Finding, ...]:
    """Return findings about lines that are no points of any spectrum."""
    findings = []
    if dc_records:
        text = f"{dc_records} rows without frequency (records of the dc step) were skipped"
        findings.append(source.finding("rows_without_frequency", "info", text))
    if rows.strays:
        line, example = rows.strays[0]
        text = (
            f"{_count(len(rows.strays), 'line')} without numbers among the rows were skipped, "
            f"such as line {line}: {example[:40]!r}"
        )
        findings.append(source.finding("not_a_row", "warning", text))
    return tuple(findings)


def file_end_findings(source: Source, rows: Rows, announced: int) -> tuple[Finding, ...]:
    """Return findings about the end of a file, and where points that it announces are missing."""
    findings = []
    if rows.cut and not source.complete:
        text = "the file ends within a row: it may have been cut off. Copy it again."
        findings.append(source.finding("truncated", "warning", text))
    elif not source.complete:
        text = "the file ends without a line end; if it was cut off, its last number may be wrong"
        findings.append(source.finding("no_final_line_end", "info", text, affects_result=True))
    if len(rows.lines) < announced:
        text = (
            f"{announced} points are announced and {len(rows.lines)} are there: the sweep was "
            "stopped, or the file is cut off"
        )
        findings.append(source.finding("sweep_incomplete", "warning", text))
    return tuple(findings)


def point_findings(
    source: Source, frequency: FloatArray, reasons: Sequence[str], not_positive: BoolArray
) -> list[Finding]:
    """Return findings about the points of one spectrum.

    Parameters
    ----------
    source : Source
    frequency : ndarray, shape (k,)
        Hz.
    reasons : sequence of str, shape (k,)
        Why points are left out; empty texts for those that are not.
    not_positive : ndarray of bool, shape (k,)
        Points that are left out because their frequency is not above zero.
    """
    findings = []
    out = np.array([bool(reason) for reason in reasons])
    for code, group in (("not_a_number", out & ~not_positive),
                        ("frequency_not_positive", not_positive)):  # fmt: skip
        places = np.flatnonzero(group)
        if len(places):
            listed = "; ".join(reasons[i] for i in places[:3]) + (" …" if len(places) > 3 else "")
            message = f"{_count(len(places), 'point')} left out: {listed}"
            findings.append(source.finding(code, "warning", message))
    used = frequency[~out]
    steps = np.sign(np.diff(used))
    if np.any(steps > 0) and np.any(steps < 0):
        message = "the frequencies are not in order; they are sorted for the analysis"
        findings.append(source.finding("unsorted_frequency", "info", message))
    values, counts = np.unique(used, return_counts=True)
    repeated = values[counts > 1]
    if len(repeated):
        message = (
            f"{_count(len(repeated), 'frequency', 'frequencies')} measured more than once within "
            f"one sweep, such as {repeated[-1]:.6g} Hz; all points are kept"
        )
        code = "duplicate_frequency"
        findings.append(source.finding(code, "warning", message, affects_result=False))
    return findings


def sweep_end_findings(source: Source, frequency: FloatArray, ends_at: float) -> list[Finding]:
    """Return a finding where a sweep stopped more than a step before the end it was set to."""
    if not ends_at > 0:
        return []
    short = abs(np.log10(frequency[-1] / ends_at))
    if short <= 0.3 or short <= 1.5 * np.median(np.abs(np.diff(np.log10(frequency)))):
        return []
    text = f"the sweep was set to end at {ends_at:.4g} Hz and ends at {frequency[-1]:.4g} Hz"
    return [source.finding("sweep_incomplete", "warning", text + "; it was cut off or stopped")]


def table_findings(
    source: Source, *, per_area: bool, in_radians: bool, flipped: bool
) -> list[Finding]:
    """Return findings about what was assumed of a table's numbers.

    Parameters
    ----------
    source : Source
    per_area : bool
        The impedance is in Ω cm² and is kept as that of 1 cm².
    in_radians : bool
        A phase without a unit was taken as radians.
    flipped : bool
        The imaginary part was taken as negated.
    """
    findings = []
    if per_area:
        text = (
            "the impedance is in Ω cm²; it is kept as that of a sample of 1 cm². Give the area as "
            "1 cm2 beside the thickness to get conductivities."
        )
        findings.append(source.finding("area_normalised", "info", text))
    if in_radians:
        text = (
            "the phase has no unit and never exceeds 1.6; it is taken as radians. Write (deg) or "
            "(rad) into its heading to say so."
        )
        findings.append(source.finding("phase_unit_guessed", "warning", text))
    if flipped:
        text = (
            "the imaginary part is positive at nearly every point and its heading carries no "
            "minus; it is taken as stored -Im Z. Name the column -Z'' to say so, and check the "
            "plot."
        )
        findings.append(source.finding("sign_guessed", "warning", text))
    return findings


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
