"""What follows from resistances and capacitances by a model of the process, named with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from uncertainties import UFloat

from eisfit.base.findings import Finding
from eisfit.base.values import to_ufloat
from eisfit.circuit.models import Model, ModelProcess
from eisfit.data.geometry import Geometry
from eisfit.processes.physics import brick_layer, space_charge, transference
from eisfit.processes.physics.capacitance import (
    interphase_conductivity,
    layer_thickness,
    one_of_two_interfaces,
    relative_permittivity,
)
from eisfit.processes.physics.charge_transfer import exchange_current_density
from eisfit.processes.process import Derived, Process

_PLATES = "10.1002/adma.19900020304"
_LAYER = "10.1021/acs.chemmater.6b00610"


def with_derived(
    processes: Mapping[str, Process],
    model: Model,
    geometry: Geometry | None,
    temperature: float | None,
    label: str,
) -> tuple[dict[str, Process], tuple[Finding, ...]]:
    """Return the processes with what follows from them, and why something does not.

    Parameters
    ----------
    processes : mapping of str to Process
        Of one spectrum, by the model's labels.
    model : Model
    geometry : Geometry, optional
        Without it nothing is derived.
    temperature : float, optional
        K.
    label : str
        The spectrum's, for findings.
    """
    out = dict(processes)
    if geometry is None:
        return out, ()
    for name, process in processes.items():
        out[name] = replace(process, derived=_of_one_process(process, model, geometry, temperature))
    derived, findings = _grain_boundary(out, geometry, temperature, label)
    for name, more in (
        ("grain_boundary", derived),
        ("ionic", _rails(out, geometry)),
    ):
        if more:
            out[name] = replace(out[name], derived={**out[name].derived, **more})
    return out, tuple(findings)


def _of_one_process(
    process: Process, model: Model, geometry: Geometry, temperature: float | None
) -> dict[str, Derived]:
    """Return what follows from one process alone."""
    declared = model.processes[process.name]
    if declared.place == "through_thickness":
        if process.capacitance is None or process.name not in {"bulk", "electrolyte"}:
            return {}
        epsilon = relative_permittivity(process.capacitance, geometry)
        return {"relative_permittivity": Derived(epsilon, "1", "plate capacitor", _PLATES)}
    if declared.place != "interface" or process.resistance is None:
        return {}
    R, C = process.resistance, process.capacitance
    if declared.interfaces == 2 and C is not None:
        R, C = one_of_two_interfaces(R, C)
    if process.name == "charge_transfer":
        if temperature is None:
            return {}
        i0 = exchange_current_density(R, temperature, geometry)
        model_name = "Butler-Volmer, linear" + _each(declared)
        return {"exchange_current_density": Derived(i0, "A/m2", model_name, "")}
    return {} if C is None else _layer(declared, R, C, geometry)


def _layer(declared: ModelProcess, R: UFloat, C: UFloat, geometry: Geometry) -> dict[str, Derived]:
    """Return thickness and conductivity of a uniform layer of a stated permittivity."""
    if declared.permittivity is None:
        return {}
    low, high = declared.permittivity
    middle = math.sqrt(low * high)
    # the stated range is taken as that of 95 %
    epsilon = to_ufloat(middle, middle * math.log(high / low) / 4)
    name = f"uniform layer of permittivity {middle:.2g} ({low:g} to {high:g}){_each(declared)}"
    out = {"thickness": Derived(layer_thickness(C, epsilon, geometry), "m", name, _LAYER)}
    if declared.name != "space_charge":
        sigma = interphase_conductivity(R, C, epsilon)
        out["layer_conductivity"] = Derived(sigma, "S/m", name, _LAYER)
    return out


def _each(declared: ModelProcess) -> str:
    return ", one of two alike interfaces" if declared.interfaces == 2 else ""


def _grain_boundary(
    processes: Mapping[str, Process], geometry: Geometry, temperature: float | None, label: str
) -> tuple[dict[str, Derived], list[Finding]]:
    """Return what follows from the resistances and capacitances of bulk and grain boundary."""
    bulk, boundary = processes.get("bulk"), processes.get("grain_boundary")
    if bulk is None or boundary is None:
        return {}, []
    R_b, R_gb, C_b, C_gb = (
        bulk.resistance, boundary.resistance, bulk.capacitance, boundary.capacitance,
    )  # fmt: skip
    if R_gb is None or C_b is None or C_gb is None:
        return {}, []
    out: dict[str, Derived] = {}
    findings: list[Finding] = []

    def put(name: str, unit: str, model: str, doi: str, value: Callable[[], UFloat]) -> None:
        try:
            out[name] = Derived(value(), unit, model, doi)
        except ValueError as error:
            text = f"{label}: no {name.replace('_', ' ')}: {error}"
            findings.append(Finding(f"no_{name}", "info", text))

    brick, doi = "brick layer", brick_layer.DOI
    put("thickness_ratio", "1", brick, doi, lambda: brick_layer.thickness_ratio(C_b, C_gb))
    if not out:
        return out, findings
    put(
        "specific_conductivity", "S/m", brick, doi,
        lambda: brick_layer.specific_grain_boundary_conductivity(R_gb, C_b, C_gb, geometry),
    )  # fmt: skip
    if temperature is not None and R_b is not None:
        ratio = brick_layer.specific_resistivity_ratio(R_b, R_gb, C_b, C_gb)
        put(
            "mott_schottky_barrier_height", "V", "Mott-Schottky space charge, brick layer",
            space_charge.DOI,
            lambda: space_charge.mott_schottky_barrier_height(ratio, temperature),
        )  # fmt: skip
    return out, findings


def _rails(processes: Mapping[str, Process], geometry: Geometry) -> dict[str, Derived]:
    """Return the transference number of ions where both resistances are known."""
    ionic, electronic = processes.get("ionic"), processes.get("electronic")
    if ionic is None or electronic is None:
        return {}
    if ionic.resistance is None or electronic.resistance is None:
        return {}
    mixed = transference.mixed_conduction(ionic.resistance, electronic.resistance, geometry)
    return {
        "transference_number": Derived(
            mixed.ionic_transference_number, "1", "two rails", transference.DOI
        )
    }
