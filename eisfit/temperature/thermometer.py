"""Errors of a thermometer: an offset common to all temperatures, and a lag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from uncertainties import ufloat

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import BOLTZMANN_EV
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.temperature.arrhenius import ArrheniusResult

_LAG = 3.0  # standard errors between the branches at which there is a finding
_LEAST_LAG = 0.3  # K: less does not matter


def with_temperature_error(
    lines: Mapping[str, ArrheniusResult], error: float
) -> tuple[dict[str, ArrheniusResult], tuple[Finding, ...]]:
    """Return the lines with the error of an offset that all temperatures have in common.

    An offset δ changes E_a by (2 E_a/T - k) δ and ln σT by (1/T - E_a/kT²) δ, in the middle of the
    temperatures. It is systematic: more points do not lessen it.

    Parameters
    ----------
    lines : mapping of str to ArrheniusResult
    error : float
        Standard deviation of the offset in K; 0 changes nothing.
    """
    if error <= 0:
        return dict(lines), ()
    out = {name: _with_offset(line, error) for name, line in lines.items()}
    parts = [
        f"{name.replace('_', ' ')} {1e3 * abs(_shifts(line)[1]) * error:.1f} meV"
        for name, line in lines.items()
    ]
    text = (
        f"all temperatures have a common error of ± {error:g} K; the errors of the activation "
        f"energies include its effect ({', '.join(parts)})"
    )
    return out, (Finding("temperature_error", "info", text, affects_result=True),)


def _shifts(line: ArrheniusResult) -> tuple[float, float, float]:
    """Return the changes of ln σT in the middle and of E_a per K of offset, and 1/kT there."""
    T = line.temperature[line.used]
    middle = float(1 / np.mean(1 / T))
    x = 1 / (BOLTZMANN_EV * middle)
    energy = line.activation_energy.n
    return 1 / middle - energy * x / middle, 2 * energy / middle - BOLTZMANN_EV, x


def _with_offset(line: ArrheniusResult, error: float) -> ArrheniusResult:
    shift, slope, x = _shifts(line)
    slopes = np.array([shift + x * slope, slope]) * error  # of ln A, of E_a
    more = abs(slope) * error
    energy, other, prefactor = (
        line.activation_energy, line.activation_energy_ln_sigma, line.ln_prefactor,
    )  # fmt: skip
    ci95 = line.ci95
    if ci95 is not None:
        half = np.hypot(0.5 * (ci95[1] - ci95[0]), 1.96 * more)
        ci95 = (float(energy.n - half), float(energy.n + half))
    law = line.law
    if law is not None:
        # of θ: ln(R/T) in the middle, then the slope; a bend moves along with the temperatures
        V = law.covariance.copy()
        V[0, 0] += (shift * error) ** 2
        law = replace(law, covariance=V)
    return replace(
        line,
        activation_energy=ufloat(energy.n, np.hypot(energy.s, more)),
        activation_energy_ln_sigma=ufloat(other.n, np.hypot(other.s, more)),
        ci95=ci95,
        ln_prefactor=ufloat(prefactor.n, np.hypot(prefactor.s, slopes[0])),
        covariance=line.covariance + np.outer(slopes, slopes),
        law=law,
    )


def heating_and_cooling(
    spectra: Sequence[Spectrum], lines: Mapping[str, ArrheniusResult]
) -> tuple[Finding, ...]:
    """Return findings on differences between heating and cooling.

    The spectra's times give the direction; without them, or with one direction only, there is none.
    A thermometer that lags reads low on heating and high on cooling: the difference of the branches
    is given as that lag.

    Parameters
    ----------
    spectra : sequence of Spectrum
        In the order of the lines' points.
    lines : mapping of str to ArrheniusResult
    """
    direction = _direction(spectra)
    if direction is None:
        return ()
    out = []
    for name, line in lines.items():
        T, used = line.temperature, line.used & (line.stderr > 0)
        sigma, _ = line.conductivity_at(T)
        off = np.log(line.conductivity / sigma)
        spread = np.hypot(line.stderr / line.conductivity, line.scatter)
        up, down = used & (direction > 0), used & (direction < 0)
        if up.sum() < 2 or down.sum() < 2:
            continue
        (a, da), (b, db) = _mean(off[up], spread[up]), _mean(off[down], spread[down])
        middle = float(1 / np.mean(1 / T[used]))
        # σ on cooling is ascribed to too high a temperature, and falls below the line
        lag = (a - b) / 2 * BOLTZMANN_EV * middle**2 / line.activation_energy.n
        if abs(a - b) > _LAG * np.hypot(da, db) and abs(lag) > _LEAST_LAG:
            text = (
                f"{name}: σ on heating differs from σ on cooling by {100 * np.expm1(a - b):+.1f} "
                f"%. Either the thermometer is {abs(lag):.1f} K "
                f"{'behind' if lag > 0 else 'ahead of'} the sample, or the sample changed; hold "
                "each temperature longer, or analyse heating and cooling separately"
            )
            out.append(Finding("heating_cooling_differ", "warning", text))
    return tuple(out)


def _mean(values: FloatArray, spread: FloatArray) -> tuple[float, float]:
    """Return the weighted mean and its error, from the scatter where that is larger."""
    w = 1 / spread**2
    mean = float(np.sum(w * values) / np.sum(w))
    scatter = np.sum(w * (values - mean) ** 2) / max(len(values) - 1, 1)
    return mean, float(np.sqrt(max(scatter, 1.0) / np.sum(w)))


def _direction(spectra: Sequence[Spectrum]) -> FloatArray | None:
    """Return +1 for spectra on heating, -1 on cooling, 0 for neither; None where not known."""
    times = [s.provenance.conditions.get("time_s") for s in spectra]
    if any(t is None for t in times):
        dates = [s.provenance.measured_at for s in spectra]
        times = [d.timestamp() if d is not None else None for d in dates]
    T = [s.temperature for s in spectra]
    if any(t is None for t in times) or any(t is None for t in T):
        return None
    order = np.argsort(np.array(times, dtype=np.float64), kind="stable")
    values = np.array(T, dtype=np.float64)[order]
    steps = np.sign(np.where(np.abs(np.diff(values)) > 0.5, np.diff(values), 0.0))
    if not (np.any(steps > 0) and np.any(steps < 0)):
        return None
    came = np.concatenate([steps[:1], steps])  # the first belongs to the branch that begins there
    direction = np.empty(len(values))
    direction[order] = came
    return direction
