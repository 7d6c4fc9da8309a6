"""Measured against literature, in like terms, with the tolerance the field's scatter justifies.

Bulk is compared with bulk, grain boundary (apparent) with grain boundary, total with total; a
conductivity at the reference's own temperature, an activation energy in the reference's own form.
Where the source leaves one of these open, the row says so and holds no verdict it could not defend.

References
----------
Ohno et al., ACS Energy Lett. 5 (2020) 910, doi:10.1021/acsenergylett.9b02764: one sample in several
laboratories scatters by 35 to 50 % in the conductivity, 5 to 15 % in the activation energy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
from uncertainties import UFloat

from eisfit.constants import ZERO_CELSIUS
from eisfit.processes import Process
from eisfit.reference.library import references
from eisfit.reference.values import FORMS, Form, Kind, Quantity, ReferenceValue
from eisfit.temperature.arrhenius import ArrheniusResult

CONDUCTIVITY_FACTOR = 2.0
"""Largest factor between two conductivities that agree."""

ACTIVATION_ENERGY_TOLERANCE = 0.05
"""Largest difference in eV between two activation energies that agree."""

Agreement: TypeAlias = Literal["agrees", "differs", "not_comparable"]

_SAME_KIND = ("bulk", "grain_boundary", "total")
_AT_INTERFACE = {
    "interface": ("interface", "charge_transfer", "sei", "interphase"),
    "space_charge": ("space_charge",),
    "interphase": ("interphase", "sei"),
}
_ROUNDING = 1e-9


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
        Measured minus reference in eV; measured over reference for the others. 0 eV, or 1, inside
        a range.
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


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What one measured value says about one published value."""

    verdict: Agreement
    why: str
    measured: float | None = None
    stderr: float | None = None
    difference: float | None = None


def compare(
    arrhenius: Mapping[str, ArrheniusResult],
    material: str,
    processes: Mapping[str, Process] | None = None,
    *,
    extra: Path | None = None,
) -> tuple[ComparisonRow, ...]:
    """Compare measured Arrhenius lines with every literature value of a material.

    Parameters
    ----------
    arrhenius : mapping of str to ArrheniusResult
        By process, and ``"total"``.
    material : str
        As `eisfit.reference.references` takes it.
    processes : mapping of str to Process, optional
        Of the spectrum nearest to room temperature, for resistances and thicknesses of interfaces.
        These are set side by side without a verdict.
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
    found = sorted(references(material, extra=extra), key=_place)
    return tuple(_row(ref, _judge(ref, arrhenius, processes or {})) for ref in found)


def _place(ref: ReferenceValue) -> tuple[int, int]:
    return get_args(Kind).index(ref.kind), get_args(Quantity).index(ref.quantity)


def _row(ref: ReferenceValue, judged: _Judgement) -> ComparisonRow:
    is_energy = ref.quantity == "activation_energy_eV"
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
        tolerance=ACTIVATION_ENERGY_TOLERANCE if is_energy else CONDUCTIVITY_FACTOR,
        verdict=judged.verdict,
        why="; ".join([judged.why, *ref.remarks]),
    )


def _judge(
    ref: ReferenceValue,
    arrhenius: Mapping[str, ArrheniusResult],
    processes: Mapping[str, Process],
) -> _Judgement:
    if ref.kind in _SAME_KIND:
        return _against(ref, ref.kind, arrhenius)
    if ref.kind == "unspecified":
        return _unspecified(ref, arrhenius)
    return _at_interface(ref, processes)


def _against(
    ref: ReferenceValue, name: str, arrhenius: Mapping[str, ArrheniusResult]
) -> _Judgement:
    """Compare with one measured line."""
    if name not in arrhenius:
        return _Judgement("not_comparable", f"no process {name!r} was measured")
    if ref.quantity == "activation_energy_eV":
        return _activation_energy(ref, arrhenius[name])
    return _conductivity(ref, arrhenius[name])


def _unspecified(ref: ReferenceValue, arrhenius: Mapping[str, ArrheniusResult]) -> _Judgement:
    """Say how a value of unknown kind would fall; no verdict."""
    words = {"agrees": "agree", "differs": "differ", "not_comparable": "have no verdict"}
    falls = []
    for name in ("bulk", "total"):
        judged = _against(ref, name, arrhenius)
        falls.append(f"taken as {name} it would {words[judged.verdict]} ({judged.why})")
    why = f"the source does not say bulk or total; {'; '.join(falls)}"
    return _Judgement("not_comparable", why)


def _conductivity(ref: ReferenceValue, line: ArrheniusResult) -> _Judgement:
    """Compare a conductivity at the reference's temperature, within a factor."""
    if not line.has_geometry:
        return _Judgement("not_comparable", "thickness and area of the sample are not known")
    if ref.temperature is None:
        return _Judgement("not_comparable", f"the source states no temperature for {ref.text}")
    sigma, stderr = (float(np.ravel(x)[0]) for x in line.conductivity_at(ref.temperature))
    if not (math.isfinite(sigma) and sigma > 0):
        return _Judgement("not_comparable", f"no conductivity is known at {ref.temperature:.6g} K")
    ratio = sigma / ref.nearest(sigma)
    limit, off = math.log(CONDUCTIVITY_FACTOR), abs(math.log(ratio))
    said = f"{_scientific(sigma, stderr)} S/cm against {ref.text} at {ref.temperature:.6g} K: "
    said += f"ratio {ratio:.3g}" if off else "the same"
    if ref.value_high is not None:
        said += " to the range"
    verdict: Agreement = "agrees" if off <= limit + _ROUNDING else "differs"
    said += f", {'within' if verdict == 'agrees' else 'beyond'} a factor {CONDUCTIVITY_FACTOR:g}"
    said += _marginal(off, limit, stderr / sigma) + _extrapolated(ref.temperature, line)
    if not stderr / sigma <= limit:
        verdict, said = "not_comparable", f"{said}, but the measurement's own error is larger"
    return _Judgement(verdict, said, sigma, _finite(stderr), ratio)


def _activation_energy(ref: ReferenceValue, line: ArrheniusResult) -> _Judgement:
    """Compare an activation energy in its own form, or in both where it is not stated."""
    measured: dict[Form, UFloat] = {
        "ln_sigma_T": line.activation_energy,
        "ln_sigma": line.activation_energy_ln_sigma,
    }
    if ref.form in measured:
        measured = {ref.form: measured[ref.form]}
    limit = ACTIVATION_ENERGY_TOLERANCE
    off = {f: e.nominal_value - ref.nearest(e.nominal_value) for f, e in measured.items()}
    energy, difference = next(iter(measured.values())), next(iter(off.values()))
    verdict, said = _in_forms(off)
    numbers = [
        f"{e.nominal_value:.3f} ± {e.std_dev:.3f} eV ({FORMS[form]})"
        for form, e in measured.items()
    ]
    form = f", {FORMS[ref.form]}" if ref.form == "not stated" else f" ({FORMS[ref.form]})"
    said = f"{' and '.join(numbers)} against {ref.text}{form}: {said}"
    said += _marginal(abs(difference), limit, energy.std_dev)
    if not all(e.std_dev <= limit for e in measured.values()):
        verdict, said = "not_comparable", f"{said}, but the measurement's own error is larger"
    return _Judgement(verdict, said, energy.nominal_value, _finite(energy.std_dev), difference)


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
    why = f"within {limit} only as {FORMS[inside[0]]} ({numbers} eV), and the form was not stated"
    return "not_comparable", why


def _at_interface(ref: ReferenceValue, processes: Mapping[str, Process]) -> _Judgement:
    """Set an interface's value beside the measured ones; the round robin justifies no verdict."""
    found = {
        name: value
        for name in _AT_INTERFACE[ref.kind]
        if name in processes and (value := _interface_value(ref, processes[name])) is not None
    }
    why = "an interface depends on its couple and its preparation, so there is no verdict: "
    if not found:
        return _Judgement("not_comparable", f"{why}nothing like it was measured ({ref.text})")
    measured = [f"{name} {v.nominal_value:.3g} {ref.unit}" for name, v in found.items()]
    why += f"{', '.join(measured)} against {ref.text}"
    if len(found) > 1:
        return _Judgement("not_comparable", why)
    (value,) = found.values()
    ratio = value.nominal_value / ref.nearest(value.nominal_value)
    stderr = _finite(value.std_dev)
    return _Judgement("not_comparable", why, value.nominal_value, stderr, ratio)


def _interface_value(ref: ReferenceValue, process: Process) -> UFloat | None:
    if ref.quantity == "area_resistance_ohm_cm2":
        return process.area_resistance
    lengths = [derived.value for derived in process.derived.values() if derived.unit == ref.unit]
    return lengths[0] if lengths else None


def _marginal(off: float, limit: float, stderr: float) -> str:
    return " (within one standard error of the limit)" if abs(off - limit) < stderr else ""


def _extrapolated(temperature: float, line: ArrheniusResult) -> str:
    """Say by how much a temperature lies outside the measured ones."""
    points = line.temperature[line.used] if np.any(line.used) else line.temperature
    low, high = float(np.min(points)), float(np.max(points))
    beyond = max(low - temperature, temperature - high)
    if beyond <= 0.5:
        return ""
    degrees = f"{low - ZERO_CELSIUS:.4g} to {high - ZERO_CELSIUS:.4g} °C"
    return f", extrapolated by {beyond:.3g} K beyond the measured {degrees}"


def _scientific(value: float, stderr: float) -> str:
    exponent = math.floor(math.log10(value))
    return f"({value / 10**exponent:.2f} ± {stderr / 10**exponent:.2f})e{exponent}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
