"""Area resistances and thicknesses of interfaces beside published ones."""

from __future__ import annotations

from collections.abc import Mapping

from uncertainties import UFloat

from eisfit.analysis.comparison.judgement import Judgement, finite
from eisfit.literature.search import SAME_TEMPERATURE
from eisfit.literature.values import ReferenceValue, plain
from eisfit.processes import Process

LIKE = {
    "interface": ("interface", "charge_transfer", "sei", "interphase"),
    "space_charge": ("space_charge",),
    "interphase": ("interphase", "sei"),
}
"""Which processes a published interface, space charge or interphase stands beside."""


def at_interface(
    ref: ReferenceValue, processes: Mapping[str, Process], temperature: float | None
) -> Judgement:
    """Set an interface's value beside the measured ones; the round robin justifies no verdict.

    A resistance at another temperature than the published one (more than 5 K off) is shown without
    their ratio; `temperature` is that of the measured processes in K.
    """
    found = {
        name: value
        for name in LIKE[ref.kind]
        if name in processes and (value := _interface_value(ref, processes[name])) is not None
    }
    measured = [f"{name} {plain(v.n, ref.quantity, v.s)} {ref.unit}" for name, v in found.items()]
    why = (
        "an interface depends on its couple and its preparation, so there is no verdict: "
        f"{', '.join(measured) or 'nothing like it was measured'} against {ref.text}"
    )
    if len(found) != 1:
        return Judgement("not_comparable", why)
    (value,) = found.values()
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
        return process.area_resistance
    return next((d.value for d in process.derived.values() if d.unit == ref.unit), None)
