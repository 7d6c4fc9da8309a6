"""What the Kramers–Kronig test found, in words: where, how much, and what to do."""

from __future__ import annotations

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding, Severity
from eisfit.quality.departures import CORRELATED, MOST, Departure
from eisfit.quality.linear_fit import middle
from eisfit.quality.looks import Look

MATTERS = {"point": 0.01, "step": 0.01, "drift": 0.01}
"""Share of |Z| from which a departure is a warning; below it, however certain, an info."""
SYSTEMATIC = 0.005
"""The same for correlated residuals, root mean square over |Z|."""
NOISY = 0.03
"""Standard deviation over |Z| from which noise is a warning."""

_WORTH = 0.001  # of |Z|: correlated residuals below it are not worth a word
_SEVERAL = 4  # steps and drifts, from which they are no single events
_LOST = 0.3  # of |Z|: half of the points are farther off than this
_UNEVEN = 3.0  # times the usual noise
_MAINS = (50.0, 60.0)
_HARMONICS = 5
_NEAR = 0.03


def warned(departure: Departure) -> bool:
    """Tell whether a departure is large enough for a warning."""
    return abs(departure.size) >= MATTERS[departure.kind]


def systematic(label: str, seen: Look) -> tuple[Finding, ...]:
    """Return the one finding where residuals are wrong as a whole, nothing otherwise."""
    diagnosis = seen.diagnosis
    off = np.abs(seen.fit.relative)
    several = [d for d in diagnosis.departures if d.kind != "point"]
    many = len(several) >= _SEVERAL or len(diagnosis.departures) >= MOST
    correlated = diagnosis.correlation > CORRELATED and diagnosis.systematic > SYSTEMATIC
    lost = middle(off) > _LOST
    if not (many or correlated or lost):
        return ()
    i = int(np.argmax(off))
    text = (
        f"{label}: the data do not follow the Kramers-Kronig relations: residuals are "
        f"{100 * np.sqrt(np.mean(off**2) / 2):.2g} % of |Z| and reach {100 * off[i]:.2g} % at "
        f"{seen.points.frequency[i]:.4g} Hz; the sample drifted, the signal was not linear, or a "
        "contact was lost; measure again, or use the valid range"
    )
    matters = any(map(warned, several)) or float(np.sqrt(np.mean(off**2) / 2)) > SYSTEMATIC
    severity: Severity = "error" if lost else ("warning" if matters else "info")
    return (Finding("not_kramers_kronig", severity, text), *_noise(label, seen))


def departed(label: str, seen: Look) -> tuple[Finding, ...]:
    """Return the findings on points, steps, drift, small systematic residuals and noise."""
    found = [*_points(label, seen)]
    for d in seen.diagnosis.departures:
        if d.kind == "step":
            found.append(_step(label, d, seen.points.frequency))
        elif d.kind == "drift":
            found.append(_drift(label, d))
    if seen.diagnosis.correlation > CORRELATED and seen.diagnosis.systematic > _WORTH:
        text = (
            f"{label}: residuals of the Kramers-Kronig fit are not random, by "
            f"{100 * seen.diagnosis.systematic:.2g} % of |Z|: errors of a fit are a little larger "
            "than the noise alone makes them"
        )
        found.append(Finding("systematic_residuals", "info", text))
    return (*found, *_noise(label, seen))


def _points(label: str, seen: Look) -> list[Finding]:
    points = [d for d in seen.diagnosis.departures if d.kind == "point"]
    if not points:
        return []
    frequency = seen.points.frequency
    named = ", ".join(
        f"{frequency[d.index]:.4g} Hz by {100 * abs(d.size):.2g} %"
        for d in sorted(points, key=lambda d: d.index)
    )
    text = (
        f"{label}: {len(points)} point{'s' if len(points) > 1 else ''} off the Kramers-Kronig fit "
        f"({named}); leave them out in series.toml if there is a reason"
    )
    found = [Finding("outliers", "warning" if any(map(warned, points)) else "info", text)]
    humming = [frequency[d.index] for d in points if _mains(frequency[d.index])]
    if humming:
        text = (
            f"{label}: {', '.join(f'{f:.4g} Hz' for f in humming)} near a multiple of the mains "
            "frequency: shield the cell, or choose frequencies between the multiples"
        )
        found.append(Finding("mains", "info", text))
    return found


def _mains(frequency: float) -> bool:
    multiples = [m * h for m in _MAINS for h in range(1, _HARMONICS + 1)]
    return any(abs(frequency / m - 1) < _NEAR for m in multiples)


def _step(label: str, departure: Departure, frequency: FloatArray) -> Finding:
    before, after = frequency[departure.index], frequency[departure.index + 1]
    text = (
        f"{label}: a step of {100 * departure.size.real:+.2g} % of |Z| between {before:.4g} and "
        f"{after:.4g} Hz: the instrument changed its range there, or a contact moved; compare the "
        "two sides, or calibrate the ranges"
    )
    return Finding("step", "warning" if warned(departure) else "info", text)


def _drift(label: str, departure: Departure) -> Finding:
    text = (
        f"{label}: |Z| drifted by {100 * departure.size.real:+.2g} % during the sweep: the sample "
        "was not at rest or not at its temperature; wait longer, or measure fewer low frequencies"
    )
    return Finding("drift", "warning" if warned(departure) else "info", text)


def _noise(label: str, seen: Look) -> list[Finding]:
    noise = seen.diagnosis.noise
    if noise >= NOISY:
        text = (
            f"{label}: noise of {100 * noise:.2g} % of |Z| in each part; a larger amplitude or a "
            "longer average helps"
        )
        return [Finding("noisy", "warning", text)]
    profile = seen.profile
    i = int(np.argmax(profile))
    if profile[i] < max(_UNEVEN * middle(profile), NOISY / 3):
        return []
    text = (
        f"{label}: noise grows to {100 * profile[i]:.2g} % of |Z| near "
        f"{seen.points.frequency[i]:.4g} Hz, {100 * middle(profile):.2g} % is usual: the "
        "end of the instrument's range, or a current too small; weigh these points less"
    )
    return [Finding("uneven_noise", "warning" if profile[i] >= NOISY else "info", text)]
