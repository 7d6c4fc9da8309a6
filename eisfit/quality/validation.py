"""The verdict on a spectrum: valid, doubtful or invalid, in which range, with what noise, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.findings import Finding, Severity, Verdict, verdict
from eisfit.data.spectrum import Spectrum
from eisfit.quality.departures import CORRELATED, MOST, Departure
from eisfit.quality.kramers_kronig import FEWEST, KKTest, run_test
from eisfit.quality.linear_fit import Points, middle, points_in_use, points_of
from eisfit.quality.screening import artefacts, gross_outliers, screened_points

MATTERS = {"point": 0.01, "step": 0.01, "drift": 0.01}
"""Share of |Z| from which a departure is a warning; below it, however certain, an info."""
SYSTEMATIC = 0.005
"""The same for correlated residuals, root mean square over |Z|."""
NOISY = 0.03
"""Standard deviation over |Z| from which noise is a warning."""

_WORTH = 0.001  # of |Z|: correlated residuals below it are not reported
_SEVERAL = 4  # steps and drifts, from which they are no single events
_LOST = 0.3  # of |Z|: half of the points are farther off than this
_UNEVEN = 3.0  # times the usual noise
_MAINS = (50.0, 60.0)
_HARMONICS = 5
_NEAR = 0.03


def warned(departure: Departure) -> bool:
    """Tell whether a departure is large enough for a warning."""
    return abs(departure.size) >= MATTERS[departure.kind]


def systematic(label: str, test: KKTest) -> tuple[Finding, ...]:
    """Return the one finding where residuals are wrong as a whole, nothing otherwise."""
    diagnosis = test.diagnosis
    off = np.abs(test.fit.relative)
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
        f"{test.points.frequency[i]:.4g} Hz; the sample drifted, the signal was not linear, or a "
        "contact was lost; measure again, or use the valid range"
    )
    matters = any(map(warned, several)) or float(np.sqrt(np.mean(off**2) / 2)) > SYSTEMATIC
    severity: Severity = "error" if lost else ("warning" if matters else "info")
    return (
        Finding("not_kramers_kronig", severity, text),
        *_noise(label, test),
    )


def departed(label: str, test: KKTest) -> tuple[Finding, ...]:
    """Return the findings on points, steps, drift, small systematic residuals and noise."""
    return (*_points(label, test), *_departed_as_a_whole(label, test))


def _departed_as_a_whole(label: str, test: KKTest) -> tuple[Finding, ...]:
    """Return the findings of `departed` that are not on single points."""
    findings = []
    for d in test.diagnosis.departures:
        if d.kind == "step":
            findings.append(_step(label, d, test.points.frequency))
        elif d.kind == "drift":
            findings.append(_drift(label, d))
    if test.diagnosis.correlation > CORRELATED and test.diagnosis.systematic > _WORTH:
        text = (
            f"{label}: residuals of the Kramers-Kronig fit are not random, by "
            f"{100 * test.diagnosis.systematic:.2g} % of |Z|: the errors of a fit are slightly "
            "larger than from noise alone"
        )
        findings.append(Finding("systematic_residuals", "info", text))
    return (*findings, *_noise(label, test))


def _points(label: str, test: KKTest) -> list[Finding]:
    points = [d for d in test.diagnosis.departures if d.kind == "point"]
    if not points:
        return []
    frequency = test.points.frequency
    named = ", ".join(
        f"{frequency[d.index]:.4g} Hz by {100 * abs(d.size):.2g} %"
        for d in sorted(points, key=lambda d: d.index)
    )
    text = (
        f"{label}: {len(points)} point{'s' if len(points) > 1 else ''} far from the "
        f"Kramers-Kronig fit ({named}); leave them out in series.toml if there is a reason"
    )
    findings = [Finding("outliers", "warning" if any(map(warned, points)) else "info", text)]
    humming = [frequency[d.index] for d in points if _mains(frequency[d.index])]
    if humming:
        text = (
            f"{label}: {', '.join(f'{f:.4g} Hz' for f in humming)} near a multiple of the mains "
            "frequency: shield the cell, or choose frequencies between the multiples"
        )
        findings.append(Finding("mains", "info", text))
    return findings


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
        f"{label}: |Z| drifted by {100 * departure.size.real:+.2g} % during the sweep: the "
        "sample or its temperature was not stable; wait longer, or measure fewer low "
        "frequencies"
    )
    return Finding("drift", "warning" if warned(departure) else "info", text)


def _noise(label: str, test: KKTest) -> list[Finding]:
    noise = test.diagnosis.noise
    if noise >= NOISY:
        text = (
            f"{label}: noise of {100 * noise:.2g} % of |Z| in the real and the imaginary part; "
            "use a larger amplitude or a longer integration time"
        )
        return [Finding("noisy", "warning", text)]
    profile = test.profile
    i = int(np.argmax(profile))
    if profile[i] < max(_UNEVEN * middle(profile), NOISY / 3):
        return []
    text = (
        f"{label}: noise grows to {100 * profile[i]:.2g} % of |Z| near "
        f"{test.points.frequency[i]:.4g} Hz, {100 * middle(profile):.2g} % is usual: the limit "
        "of the instrument, or too small a current; give these points less weight"
    )
    return [Finding("uneven_noise", "warning" if profile[i] >= NOISY else "info", text)]


ValidityVerdict: TypeAlias = Literal["valid", "doubtful", "invalid"]

_WORDS: dict[Verdict, ValidityVerdict] = {
    "usable": "valid",
    "doubtful": "doubtful",
    "unusable": "invalid",
}
_CUTS = (1 / 6, 1 / 3, 1 / 2)  # of the points, that are left out at one end of the sweep


@dataclass(frozen=True, slots=True)
class Validity:
    """The quality of a spectrum without any circuit.

    Parameters
    ----------
    verdict : {"valid", "doubtful", "invalid"}
        valid: nothing above an info; doubtful: a warning; invalid: an error, nothing to be fitted.
    noise : float
        Standard deviation of each of real and imaginary part over |Z|; nan where points are too
        few.
    drift : float
        Change of |Z| over the sweep, as a fraction; 0 where there is none.
    valid_range : (float, float), optional
        Hz, low and high: the longest part of the sweep in which nothing is found above an info;
        None where there is none.
    findings : tuple of Finding
    """

    verdict: ValidityVerdict
    noise: float
    drift: float
    valid_range: tuple[float, float] | None
    findings: tuple[Finding, ...]


def validate(spectrum: Spectrum) -> Validity:
    """Test a spectrum: the numbers, Kramers–Kronig, and what instruments and leads leave in it.

    Codes of the Kramers–Kronig test, which needs 10 points: ``outliers``, ``step``, ``drift``,
    ``not_kramers_kronig``, ``noisy``; warnings where they are large enough to matter, infos where
    they are only certain, an error where most points lie off any impedance.

    The tests find something in about 1 % of valid spectra with independent, normal errors
    (`eisfit.quality.departures.FALSE_ALARMS`).

    Examples
    --------
    >>> f = np.logspace(5, 0, 51)
    >>> Z = 5 + 100 / (1 + 2j * np.pi * f * 1e-3)
    >>> validate(Spectrum(f, Z)).verdict
    'valid'
    >>> jump = validate(Spectrum(f, Z * np.where(f > 300, 1, 1.03)))
    >>> jump.verdict, [x.code for x in jump.findings]
    ('doubtful', ['step'])
    """
    label, whole = spectrum.label, points_in_use(spectrum)
    off = gross_outliers(whole.frequency, whole.impedance)
    screened = screened_points(label, whole.frequency, whole.impedance, off)
    left = artefacts(spectrum, whole.frequency, whole.impedance)
    points = whole.without(off)
    if len(points.frequency) < FEWEST or verdict(screened) == "unusable":
        few = (*screened, *left)
        word = _WORDS[verdict(few)]
        inside = None if word == "invalid" else _range(points)
        return Validity(word, _noise_of(points), 0.0, inside, few)
    test = run_test(points)
    findings = (*screened, *_findings(label, test), *left)
    drift = sum(d.size.real for d in test.diagnosis.departures if d.kind == "drift")
    word = _WORDS[verdict(findings)]
    return Validity(word, test.diagnosis.noise, drift, _valid_range(test), findings)


def without_suspects(spectrum: Spectrum) -> Spectrum:
    """Return the spectrum with the points left out that the tests name, each with its reason.

    Left out are points off their neighbours, points off the Kramers–Kronig fit by what would be a
    warning, and what lies outside of the valid range. Nothing is altered, and no other point goes.

    Examples
    --------
    >>> f = np.logspace(5, 0, 51)
    >>> Z = 5 + 100 / (1 + 2j * np.pi * f * 1e-3)
    >>> Z[20] *= 1.04
    >>> [(i, r) for i, r in enumerate(without_suspects(Spectrum(f, Z)).reasons) if r]
    [(20, '3.9 % from the Kramers-Kronig fit')]
    """
    frequency, Z = spectrum.kept
    gross = frequency[gross_outliers(frequency, Z)]
    out = spectrum.masked(np.isin(spectrum.frequency, gross), "far from the neighbouring points")
    points = points_of(spectrum)
    if len(points.frequency) < FEWEST:
        return out
    test = run_test(points)
    for d in test.diagnosis.departures:
        if d.kind == "point" and warned(d):
            at_point = spectrum.frequency == points.frequency[d.index]
            out = out.masked(at_point, f"{100 * abs(d.size):.2g} % from the Kramers-Kronig fit")
    inside = _valid_range(test)
    if inside is None:
        return out
    off = (spectrum.frequency < inside[0]) | (spectrum.frequency > inside[1])
    return out.masked(off, "outside of the range that passes the Kramers-Kronig test")


def _findings(label: str, test: KKTest) -> tuple[Finding, ...]:
    whole = systematic(label, test)
    return whole if whole else departed(label, test)


def _range(points: Points) -> tuple[float, float]:
    return float(points.frequency[-1]), float(points.frequency[0])


def _noise_of(points: Points) -> float:
    return run_test(points).diagnosis.noise if len(points.frequency) >= FEWEST else float("nan")


def _valid_range(test: KKTest) -> tuple[float, float] | None:
    """Return the longest part that passes, of those that leave out one end of the sweep."""
    if _passes(test):
        return _range(test.points)
    for part in _parts(test):
        if len(part.frequency) >= FEWEST and _passes(run_test(part)):
            return _range(part)
    return None


def _passes(test: KKTest) -> bool:
    """Tell whether nothing but single points is wrong."""
    return verdict(systematic("", test) or _departed_as_a_whole("", test)) == "usable"


def _parts(test: KKTest) -> list[Points]:
    """Return what is left when one end is cut off: at the steps, and by rising shares."""
    place = np.arange(len(test.points.frequency))
    steps = [d.index for d in test.diagnosis.departures if d.kind == "step"]
    cuts = [*(s + 1 for s in steps), *(round(c * len(place)) for c in _CUTS)]
    parts = [place < len(place) - c for c in cuts[len(steps) :]]
    parts += [place >= c for c in cuts]
    parts += [place < c for c in cuts[: len(steps)]]
    parts.sort(key=lambda use: -int(use.sum()))
    return [test.points.only(use) for use in parts]


_SURE = 4.0  # standard errors
_SAME = 0.01  # of the frequency
_SAME_TEMPERATURE = 0.5  # K


def repeat_findings(spectra: Sequence[Spectrum]) -> tuple[Finding, ...]:
    """Return how |Z| changed from the first sweep of a file to its later ones.

    Sweeps on the same frequencies and at the same temperature are compared by the median of
    ln(|Z|/|Z₁|); its standard error follows from the noise of both. Code: ``sweeps_drift``.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Sweeps of one file in their order. An info and no warning: files do not state whether the
        bias, the state of charge or the temperature was changed between them on purpose.

    Examples
    --------
    >>> f = np.logspace(5, 0, 41)
    >>> Z = 5 + 100 / (1 + 2j * np.pi * f * 1e-3)
    >>> [x.code for x in repeat_findings([Spectrum(f, Z), Spectrum(f, 1.02 * Z)])]
    ['sweeps_drift']
    """
    findings = []
    for later in spectra[1:]:
        change = _change(spectra[0], later)
        if change is None or abs(change[0]) < _SURE * change[1]:
            continue
        text = (
            f"{later.label}: |Z| differs by {100 * change[0]:+.2g} % from that of the first "
            "sweep: the sample changes with time; wait, or analyse the sweeps as a series of "
            "times"
        )
        findings.append(Finding("sweeps_drift", "info", text))
    return tuple(findings)


def _change(first: Spectrum, later: Spectrum) -> tuple[float, float] | None:
    """Return the median change of ln|Z| and its standard error, None where it is no repetition."""
    (f, Z), (g, Y) = first.kept, later.kept
    if len(f) != len(g) or len(f) < FEWEST or np.any(np.abs(g / f - 1) > _SAME):
        return None
    T = (first.temperature, later.temperature)
    if T[0] is not None and T[1] is not None and abs(T[0] - T[1]) > _SAME_TEMPERATURE:
        return None
    noise = np.sqrt(sum(run_test(points_of(s)).diagnosis.noise ** 2 for s in (first, later)))
    change = float(np.median(np.log(np.abs(Y) / np.abs(Z))))
    return change, float(1.2533 * noise / np.sqrt(len(f))) + 1e-5  # √(π/2): the median's
