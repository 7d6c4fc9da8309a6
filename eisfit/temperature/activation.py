"""The Arrhenius line of every ionic process of a series, and of their total."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from eisfit.circuit.models import Model
from eisfit.temperature.arrhenius import ArrheniusResult, fit_arrhenius
from eisfit.temperature.sequence import Sequence


def activation(
    sequence: Sequence,
    lead: str | None,
    known: Mapping[str, ArrheniusResult],
    left_out: Collection[int] = (),
) -> dict[str, ArrheniusResult]:
    """Return the lines by process in the model's order, then ``"total"``.

    Parameters
    ----------
    sequence : Sequence
    lead : str, optional
        The lead resistance that all spectra have in common.
    known : mapping of str to ArrheniusResult
        Lines that stand already.
    left_out : collection of int
        Places of spectra that take no part.

    Returns
    -------
    dict of str to ArrheniusResult
        Empty for a series along another coordinate; without processes whose resistance the data
        tell at fewer than two temperatures. Interfaces get a line of their conductance too.
    """
    series, model = sequence.series, sequence.model
    if series.coordinate != "temperature":
        return {}
    labels = [s.label for s in series.spectra]
    used = ~np.isin(np.arange(len(series)), list(left_out))
    out: dict[str, ArrheniusResult] = {}
    wanted = {n: [r] for n, r in _resistances(model).items()}
    total = total_names(model)
    if len(total) > 1:
        wanted["total"] = total
    for name, names in wanted.items():
        if name in known:
            out[name] = known[name]
            continue
        is_through = name == "total" or model.processes[name].place == "through_thickness"
        resistances = sequence.log_resistances(names, lead)
        resistances = replace(resistances, determined=resistances.determined & used)
        line = fit_arrhenius(
            name,
            series.values,
            resistances,
            series.geometry if is_through else None,
            labels,
        )
        if line is not None:
            out[name] = line
    return out


def _resistances(model: Model) -> dict[str, str]:
    """Return the resistance of every process that is thermally activated, by process."""
    out = {}
    for name, process in model.processes.items():
        R = process.parameter("R")
        if R is not None and process.place in {"through_thickness", "interface"}:
            out[name] = R
    return out


def total_names(model: Model) -> list[str]:
    """Return the resistances that add up to the electrolyte's total."""
    named = (p.parameter("R") for p in model.processes.values() if p.ionic)
    return [name for name in named if name is not None]
