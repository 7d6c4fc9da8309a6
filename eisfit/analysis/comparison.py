"""Measured values against the literature, like with like, within the scatter of the field.

Bulk is compared with bulk, grain boundary (apparent) with grain boundary, total with total;
conductivities at the reference's temperature, activation energies in its form; a doped sample or
another phase only with a material that is named so. What a source does not state is named.

References
----------
Ohno et al., ACS Energy Lett. 5 (2020) 910, doi:10.1021/acsenergylett.9b02764: one sample in several
laboratories scatters by 35 to 50 % in the conductivity, 5 to 15 % in the activation energy.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
from uncertainties import UFloat

from eisfit.base.units import in_centimetres
from eisfit.base.values import plus_minus
from eisfit.literature.search import SAME_TEMPERATURE, references, unlike
from eisfit.literature.values import FORMS, Form, Kind, Quantity, ReferenceValue, elements_of, plain
from eisfit.processes import Process
from eisfit.temperature.arrhenius import ArrheniusResult

CONDUCTIVITY_FACTOR = 2.0
"""Largest factor between two conductivities that agree."""

ACTIVATION_ENERGY_TOLERANCE = 0.05
"""Largest difference in eV between two activation energies that agree."""

Agreement: TypeAlias = Literal["agrees", "differs", "not_comparable"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The comparison of a measured with a published value: verdict, numbers and reason."""

    verdict: Agreement
    why: str
    measured: float | None = None
    stderr: float | None = None
    difference: float | None = None


def finite(value: float) -> float | None:
    """Return `value`, or None where it is infinite or no number."""
    return value if math.isfinite(value) else None


_ROUNDING = 1e-9
_SAME_TEMPERATURE = 0.5  # K


def against_line(ref: ReferenceValue, line: ArrheniusResult) -> Judgement:
    """Compare a conductivity at its own temperature, an activation energy in its own form."""
    return _activation_energy(ref, line) if ref.form else _conductivity(ref, line)


def _conductivity(ref: ReferenceValue, line: ArrheniusResult) -> Judgement:
    """Compare a conductivity at the reference's temperature, within a factor."""
    if not line.has_geometry:
        return Judgement("not_comparable", "thickness and area of the sample are not known")
    if ref.temperature is None:
        return Judgement("not_comparable", f"the source states no temperature for {ref.text}")
    at = f"at {ref.temperature:.6g} K"
    sigma, stderr, _ = line.conductivity_in_centimetres(ref.temperature)
    if not 0 < sigma < math.inf:
        return Judgement("not_comparable", f"no conductivity is known {at}")
    ratio = sigma / ref.nearest(sigma)
    limit, off = math.log(CONDUCTIVITY_FACTOR), abs(math.log(ratio))
    verdict: Agreement = "agrees" if off <= limit + _ROUNDING else "differs"
    place = "inside the range" if ref.value_high and not off else f"ratio {ratio:.3g}"
    why = (
        f"{plain(sigma, ref.quantity, stderr)} S/cm against {ref.text} {at}: {place}, "
        f"{'within' if verdict == 'agrees' else 'beyond'} a factor {CONDUCTIVITY_FACTOR:g}"
        f"{_extrapolated(ref.temperature, line)}"
    )
    judged = Judgement(verdict, why, sigma, finite(stderr), ratio)
    return _weighed(judged, abs(off - limit), limit, stderr / sigma)


def _activation_energy(ref: ReferenceValue, line: ArrheniusResult) -> Judgement:
    """Compare an activation energy in its own form, or in both where it is not stated."""
    measured: dict[Form, UFloat] = {
        "ln_sigma_T": line.activation_energy,
        "ln_sigma": line.activation_energy_ln_sigma,
    }
    if ref.form in measured:
        measured = {ref.form: measured[ref.form]}
    off = {form: energy.n - ref.nearest(energy.n) for form, energy in measured.items()}
    numbers = [f"{plus_minus(e.n, e.s)} eV ({FORMS[f]})" for f, e in measured.items()]
    verdict, result = _in_forms(off)
    why = f"{' and '.join(numbers)} against {ref.text} ({ref.form_text}): {result}"
    form, energy = next(iter(measured.items()))
    judged = Judgement(verdict, why, energy.n, finite(energy.s), off[form])
    limit = ACTIVATION_ENERGY_TOLERANCE
    return _weighed(judged, min(abs(abs(d) - limit) for d in off.values()), limit, energy.s)


def _in_forms(off: Mapping[Form, float]) -> tuple[Agreement, str]:
    """Return the verdict over one form, or over two of which the source names neither."""
    limit = f"{ACTIVATION_ENERGY_TOLERANCE:.2f} eV"
    inside = [f for f, d in off.items() if abs(d) <= ACTIVATION_ENERGY_TOLERANCE + _ROUNDING]
    both = " in both forms" if len(off) > 1 else ""
    numbers = " and ".join(f"{d:+.3f}" for d in off.values())
    if len(inside) == len(off):
        return "agrees", f"within {limit}{both}"
    if not inside:
        return "differs", f"beyond {limit}{both} ({numbers} eV)"
    return "not_comparable", f"within {limit} only as {FORMS[inside[0]]} ({numbers} eV)"


def _weighed(judged: Judgement, margin: float, limit: float, error: float) -> Judgement:
    """Return a judgement with the error of the measurement taken into account."""
    if not error <= limit:
        known = "larger than this tolerance" if math.isfinite(error) else "not known"
        why = f"{judged.why}, but the error of the measurement itself is {known}"
        return replace(judged, verdict="not_comparable", why=why)
    if margin < error:
        return replace(judged, why=f"{judged.why} (one standard error could change this)")
    return judged


def _extrapolated(temperature: float, line: ArrheniusResult) -> str:
    """Say by how much a temperature lies outside the measured ones."""
    points = line.temperature[line.used] if np.any(line.used) else line.temperature
    low, high = float(np.min(points)), float(np.max(points))
    beyond = max(low - temperature, temperature - high)
    if beyond <= _SAME_TEMPERATURE:
        return ""
    return f", extrapolated by {beyond:.3g} K beyond the measured {low:.5g} to {high:.5g} K"


LIKE = {
    "interface": ("interface", "charge_transfer", "sei", "interphase"),
    "space_charge": ("space_charge",),
    "interphase": ("interphase", "sei"),
}
"""Which processes a published interface, space charge or interphase stands beside."""


def at_interface(
    ref: ReferenceValue, processes: Mapping[str, Process], temperature: float | None
) -> Judgement:
    """Give an interface's value beside the measured ones; the round robin justifies no verdict.

    A resistance at another temperature than the published one (more than 5 K off) is shown without
    their ratio; `temperature` is that of the measured processes in K.
    """
    measured_values = {
        name: value
        for name in LIKE[ref.kind]
        if name in processes and (value := _interface_value(ref, processes[name])) is not None
    }
    measured = [
        f"{name} {plain(v.n, ref.quantity, v.s)} {ref.unit}" for name, v in measured_values.items()
    ]
    why = (
        "an interface depends on both materials and on the preparation, so there is no "
        f"verdict: {', '.join(measured) or 'nothing comparable was measured'} against {ref.text}"
    )
    if len(measured_values) != 1:
        return Judgement("not_comparable", why)
    (value,) = measured_values.values()
    ratio: float | None = value.n / ref.nearest(value.n)
    if other := _other_temperature(ref, temperature):
        why, ratio = f"{why}; {other}", None
    return Judgement("not_comparable", why, value.n, finite(value.s), ratio)


def _other_temperature(ref: ReferenceValue, temperature: float | None) -> str:
    """Say so where a resistance was measured at another temperature; a thickness may be."""
    if temperature is None or ref.temperature is None or ref.quantity == "thickness_m":
        return ""
    if abs(temperature - ref.temperature) <= SAME_TEMPERATURE:
        return ""
    return f"measured at {temperature:.5g} K, published for {ref.temperature:.5g} K"


def _interface_value(ref: ReferenceValue, process: Process) -> UFloat | None:
    if ref.quantity == "area_resistance_ohm_cm2":
        value: UFloat | None = in_centimetres(process.area_resistance, "ohm m2")[0]
        return value
    return next((d.value for d in process.derived.values() if d.unit == ref.unit), None)


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
        A folder of TOML files with the user's literature values.

    Returns
    -------
    tuple of ComparisonRow
        One for each value: bulk, grain boundary, total, then those without a counterpart.

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
    published = references(material, extra=extra)
    published.sort(key=lambda ref: (kinds.index(ref.kind), quantities.index(ref.quantity)))
    families = {ref.source.material for ref in published} if material.strip() else set()
    rows = []
    for ref in published:
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
        return (
            f"the sample of the source is not plain {source.material} ({apart}); to compare "
            f"with it, give {source.id!r} as the material"
        )
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
    """Say how a value of unknown kind would compare; no verdict."""
    outcomes = {name: _in_few_words(_against(ref, name, lines), ref) for name in ("bulk", "total")}
    at = f" at {ref.temperature:.6g} K" if ref.temperature else ""
    text = "; ".join(f"taken as {name} it would {outcome}" for name, outcome in outcomes.items())
    if outcomes["bulk"] == outcomes["total"]:
        text = f"in both cases it would {outcomes['bulk']}"
    why = f"the source does not say whether {ref.text}{at} is bulk or total; {text}"
    return Judgement("not_comparable", why)


def _in_few_words(judged: Judgement, ref: ReferenceValue) -> str:
    """Return a judgement in few words."""
    if judged.verdict == "not_comparable" or judged.measured is None or judged.difference is None:
        return f"have no verdict ({judged.why})"
    number = f"{plain(judged.measured, ref.quantity, judged.stderr)} {ref.unit}"
    off = f"{judged.difference:+.3f} eV" if ref.form else f"ratio {judged.difference:.3g}"
    return f"{'agree' if judged.verdict == 'agrees' else 'differ'} ({number}; {off})"
