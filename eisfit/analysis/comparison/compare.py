"""Every literature value of a material beside what was measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, get_args

from eisfit.analysis.comparison.interface import LIKE, at_interface
from eisfit.analysis.comparison.judgement import (
    ACTIVATION_ENERGY_TOLERANCE,
    CONDUCTIVITY_FACTOR,
    Agreement,
    Judgement,
)
from eisfit.analysis.comparison.transport import against_line
from eisfit.literature.formula import elements_of
from eisfit.literature.search import references, unlike
from eisfit.literature.values import Kind, Quantity, ReferenceValue, plain
from eisfit.processes import Process
from eisfit.temperature.arrhenius import ArrheniusResult

_Lines: TypeAlias = Mapping[str, ArrheniusResult]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One quantity measured and in the literature.

    Parameters
    ----------
    process : str
        ``"bulk"``, ``"grain_boundary"``, ``"total"`` …
    quantity : str
        ``"conductivity_S_cm"``, ``"activation_energy_eV"``, ``"area_resistance_ohm_cm2"``.
    measured, measured_stderr : float, optional
        In the unit that `quantity` names, at the reference's temperature.
    reference_value : float
        As published; of a range, the end nearest to the measured value.
    reference_id, citation, doi : str
        Where from.
    form : str
        For an activation energy ``"ln_sigma_T"``, ``"ln_sigma"`` or ``"not stated"``; else empty.
    temperature : float, optional
        K, at which a conductivity is compared.
    difference : float, optional
        Measured minus reference in eV, else measured over reference; 0 or 1 inside a range.
    tolerance : float
        Largest difference in eV, or largest factor, that counts as agreement.
    verdict : {"agrees", "differs", "not_comparable"}
    why : str
        The verdict in words.
    """

    process: str
    quantity: str
    measured: float | None
    measured_stderr: float | None
    reference_value: float
    reference_id: str
    citation: str
    doi: str
    form: str
    temperature: float | None
    difference: float | None
    tolerance: float
    verdict: Agreement
    why: str


def compare(
    arrhenius: Mapping[str, ArrheniusResult],
    material: str,
    processes: Mapping[str, Process] | None = None,
    *,
    temperature: float | None = None,
    extra: Path | None = None,
) -> tuple[ComparisonRow, ...]:
    """Compare measured Arrhenius lines with every literature value of a material.

    Parameters
    ----------
    arrhenius : mapping of str to ArrheniusResult
        By process, and ``"total"``.
    material : str
        As `eisfit.literature.references` takes it. A family's name (``"LLTO"``) stands for its
        plain material; name dopant or phase (``"LLTO Sr"``), composition or id for any other.
    processes : mapping of str to Process, optional
        Of the spectrum nearest to room temperature, for interfaces (compared without a verdict).
    temperature : float, optional
        K, of that spectrum.
    extra : Path, optional
        A folder of TOML files with literature values of one's own.

    Returns
    -------
    tuple of ComparisonRow
        One for each value: bulk, grain boundary, total, then what has no like.

    Raises
    ------
    ReferenceDataError
        Where there is no such material.

    Examples
    --------
    >>> compare({}, "LLTO-Inaguma1993")[0].why
    "no process 'bulk' was measured; of LLTO perovskite, Li0.34La0.51TiO2.94"
    """
    kinds, quantities = get_args(Kind), get_args(Quantity)
    found = references(material, extra=extra)
    found.sort(key=lambda ref: (kinds.index(ref.kind), quantities.index(ref.quantity)))
    families = {ref.source.material for ref in found} if material.strip() else set()
    rows = []
    for ref in found:
        judged = _judge(ref, arrhenius, processes or {}, temperature)
        why_not = _not_alike(ref, material, families)
        if why_not:
            judged = replace(judged, verdict="not_comparable", why=f"{why_not}; {judged.why}")
        rows.append(_row(ref, judged))
    return tuple(rows)


def _not_alike(ref: ReferenceValue, material: str, families: Collection[str]) -> str:
    """Return why a reference's sample is not of the kind that was measured; empty where it is."""
    source = ref.source
    if apart := unlike(material, source):
        return f"no plain {source.material} ({apart}): compared where {source.id!r} is the material"
    if len(families) > 1 and not source.elements <= elements_of(material):
        return f"{material!r} may be {' or '.join(sorted(families))}; name one to compare"
    return ""


def _row(ref: ReferenceValue, judged: Judgement) -> ComparisonRow:
    return ComparisonRow(
        process=ref.kind,
        quantity=ref.quantity,
        measured=judged.measured,
        measured_stderr=judged.stderr,
        reference_value=ref.nearest_end(judged.measured),
        reference_id=ref.id,
        citation=ref.source.citation,
        doi=ref.source.doi,
        form=ref.form,
        temperature=ref.temperature if ref.quantity == "conductivity_S_cm" else None,
        difference=judged.difference,
        tolerance=ACTIVATION_ENERGY_TOLERANCE if ref.form else CONDUCTIVITY_FACTOR,
        verdict=judged.verdict,
        why="; ".join([judged.why, *ref.remarks]),
    )


def _judge(
    ref: ReferenceValue,
    lines: _Lines,
    processes: Mapping[str, Process],
    temperature: float | None,
) -> Judgement:
    if ref.kind in LIKE:
        return at_interface(ref, processes, temperature)
    if ref.kind == "unspecified":
        return _unspecified(ref, lines)
    return _against(ref, ref.kind, lines)


def _against(ref: ReferenceValue, name: str, lines: _Lines) -> Judgement:
    """Compare with one measured line."""
    if name not in lines:
        return Judgement("not_comparable", f"no process {name!r} was measured")
    return against_line(ref, lines[name])


def _unspecified(ref: ReferenceValue, lines: _Lines) -> Judgement:
    """Say how a value of unknown kind would fall; no verdict."""
    falls = {name: _fall(_against(ref, name, lines), ref) for name in ("bulk", "total")}
    at = f" at {ref.temperature:.6g} K" if ref.temperature else ""
    said = "; ".join(f"taken as {name} it would {fall}" for name, fall in falls.items())
    if falls["bulk"] == falls["total"]:
        said = f"either way it would {falls['bulk']}"
    why = f"the source does not say whether {ref.text}{at} is bulk or total; {said}"
    return Judgement("not_comparable", why)


def _fall(judged: Judgement, ref: ReferenceValue) -> str:
    """Return a judgement in few words."""
    if judged.verdict == "not_comparable" or judged.measured is None or judged.difference is None:
        return f"have no verdict ({judged.why})"
    number = f"{plain(judged.measured, ref.quantity, judged.stderr)} {ref.unit}"
    off = f"{judged.difference:+.3f} eV" if ref.form else f"ratio {judged.difference:.3g}"
    return f"{'agree' if judged.verdict == 'agrees' else 'differ'} ({number}; {off})"
