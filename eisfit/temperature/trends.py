"""How the processes of a series change along time, bias or another coordinate than temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from uncertainties import UFloat

from eisfit.base.findings import Finding
from eisfit.base.values import to_ufloat
from eisfit.circuit.models import Model
from eisfit.data.series import Series
from eisfit.fitting.result import FitResult
from eisfit.processes.evidence import Trend, trend
from eisfit.processes.physics.growth import GrowthResult, fit_growth

Resistances: TypeAlias = Mapping[str, Sequence[UFloat | None]]

_LAYERS = frozenset({"sei", "interphase"})


def trends(series: Series, resistances: Resistances) -> dict[str, Trend]:
    """Return how the resistance of each process changes along a series.

    Empty for a series by temperature, which has activation energies instead.

    Parameters
    ----------
    series : Series
    resistances : mapping of str to sequence of UFloat or None
        By process along the series.
    """
    if series.coordinate == "temperature":
        return {}
    out = {}
    for name, R in resistances.items():
        change = trend(
            series.coordinate,
            series.values,
            np.array([np.nan if r is None else r.nominal_value for r in R]),
            np.array([np.nan if r is None else r.std_dev for r in R]),
        )
        if change is not None:
            out[name] = change
    return out


def growth(
    series: Series, model: Model, resistances: Resistances, changes: Mapping[str, Trend]
) -> tuple[dict[str, GrowthResult], tuple[Finding, ...]]:
    """Return the law by which interphases grow along a series of times, by process.

    For interphases, and other interfaces whose resistance rises.

    Parameters
    ----------
    series : Series
    model : Model
    resistances : mapping of str to sequence of UFloat or None
        By process along the series.
    changes : mapping of str to Trend
        From `trends`.
    """
    out: dict[str, GrowthResult] = {}
    findings = []
    if series.coordinate != "time":
        return out, ()
    for name, R in resistances.items():
        rises = name in changes and changes[name].direction == "rises"
        if model.processes[name].place != "interface" or not (name in _LAYERS or rises):
            continue
        known = [(t, r) for t, r in zip(series.values, R, strict=True) if r is not None]
        try:
            out[name] = fit_growth([float(t) for t, _ in known], [r for _, r in known])
        except ValueError as error:
            text = f"no law of growth for {name}: {error}"
            findings.append(Finding("no_growth_law", "info", text))
    return out, tuple(findings)


def single_resistances(model: Model, fits: Sequence[FitResult]) -> dict[str, list[UFloat | None]]:
    """Return R of each process as single fits find it; None where the data do not determine it.

    Parameters
    ----------
    model : Model
    fits : sequence of FitResult
        One for each spectrum of a series.
    """
    out = {}
    for name, process in model.processes.items():
        R = process.parameter("R")
        if R is None or process.place == "lead":
            continue
        every = [fit.estimates[R] for fit in fits]
        out[name] = [
            to_ufloat(e.value, e.stderr) if e.determined and e.stderr else None for e in every
        ]
    return out
