"""Conductivities and activation energies of one measured line against one published value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from uncertainties import UFloat

from eisfit.analysis.comparison.judgement import (
    ACTIVATION_ENERGY_TOLERANCE,
    CONDUCTIVITY_FACTOR,
    Agreement,
    Judgement,
    finite,
)
from eisfit.fitting.result import with_error
from eisfit.literature.values import FORMS, Form, ReferenceValue, plain
from eisfit.temperature.arrhenius import ArrheniusResult

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
    sigma, stderr = (float(np.ravel(x)[0]) for x in line.conductivity_at(ref.temperature))
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
    numbers = [f"{with_error(e.n, e.s)} eV ({FORMS[f]})" for f, e in measured.items()]
    verdict, said = _in_forms(off)
    why = f"{' and '.join(numbers)} against {ref.text} ({ref.form_text}): {said}"
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
        return replace(judged, why=f"{judged.why} (one standard error could turn this)")
    return judged


def _extrapolated(temperature: float, line: ArrheniusResult) -> str:
    """Say by how much a temperature lies outside the measured ones."""
    points = line.temperature[line.used] if np.any(line.used) else line.temperature
    low, high = float(np.min(points)), float(np.max(points))
    beyond = max(low - temperature, temperature - high)
    if beyond <= _SAME_TEMPERATURE:
        return ""
    return f", extrapolated by {beyond:.3g} K beyond the measured {low:.5g} to {high:.5g} K"
