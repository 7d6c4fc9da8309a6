"""The verdict on a spectrum: valid, doubtful or invalid, in which range, with what noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.findings import Finding, verdict
from eisfit.data.spectrum import Spectrum
from eisfit.quality.artefacts import artefacts_of
from eisfit.quality.looks import FEWEST, Look, look
from eisfit.quality.points import Points, points_in_use, points_of
from eisfit.quality.screening import gross_outliers, screened_points
from eisfit.quality.words import departed, systematic, warned

Word: TypeAlias = Literal["valid", "doubtful", "invalid"]

_WORDS: dict[str, Word] = {"usable": "valid", "doubtful": "doubtful", "unusable": "invalid"}
_CUTS = (1 / 6, 1 / 3, 1 / 2)  # of the points, that are left out at one end of the sweep


@dataclass(frozen=True, slots=True)
class Validity:
    """What can be said of a spectrum without any circuit.

    Parameters
    ----------
    verdict : {"valid", "doubtful", "invalid"}
        valid: nothing above an info; doubtful: a warning; invalid: an error, nothing to be fitted.
    noise : float
        Standard deviation of each of real and imaginary part over |Z|; nan where points are too
        few to tell.
    drift : float
        Change of |Z| over the sweep, as a fraction; 0 where none is seen.
    valid_range : (float, float), optional
        Hz, low and high: the longest part of the sweep in which nothing is found above an info;
        None where there is none.
    findings : tuple of Finding
    """

    verdict: Word
    noise: float
    drift: float
    valid_range: tuple[float, float] | None
    findings: tuple[Finding, ...]


def validate(spectrum: Spectrum) -> Validity:
    """Test a spectrum: the numbers, Kramers–Kronig, and what instruments and leads leave in it.

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
    left = artefacts_of(spectrum, whole.frequency, whole.impedance)
    points = whole.without(off)
    if len(points.frequency) < FEWEST or verdict(screened) == "unusable":
        few = (*screened, *left)
        word = _WORDS[verdict(few)]
        inside = None if word == "invalid" else _range(points)
        return Validity(word, _noise(points), 0.0, inside, few)
    seen = look(points)
    tested = _findings(label, seen)
    found = (*screened, *tested, *left)
    drift = sum(d.size.real for d in seen.diagnosis.departures if d.kind == "drift")
    word = _WORDS[verdict(found)]
    return Validity(word, seen.diagnosis.noise, drift, _valid_range(seen, tested), found)


def verdict_findings(spectrum: Spectrum) -> tuple[Finding, ...]:
    """Return what the Kramers–Kronig test finds; nothing below 10 points.

    Codes: ``outliers``, ``step``, ``drift``, ``not_kramers_kronig``, ``noisy``; warnings where
    they are large enough to matter, infos where they are only certain, an error where most points
    lie off any impedance.
    """
    points = points_of(spectrum)
    return _findings(spectrum.label, look(points)) if len(points.frequency) >= FEWEST else ()


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
    [(20, '3.9 % off the Kramers-Kronig fit')]
    """
    frequency, Z = spectrum.kept
    gross = frequency[gross_outliers(frequency, Z)]
    out = spectrum.masked(np.isin(spectrum.frequency, gross), "far off the neighbours")
    points = points_of(spectrum)
    if len(points.frequency) < FEWEST:
        return out
    seen = look(points)
    for d in seen.diagnosis.departures:
        if d.kind == "point" and warned(d):
            here = spectrum.frequency == points.frequency[d.index]
            out = out.masked(here, f"{100 * abs(d.size):.2g} % off the Kramers-Kronig fit")
    inside = _valid_range(seen, _findings("", seen))
    if inside is None:
        return out
    off = (spectrum.frequency < inside[0]) | (spectrum.frequency > inside[1])
    return out.masked(off, "outside of the range that passes the Kramers-Kronig test")


def _findings(label: str, seen: Look) -> tuple[Finding, ...]:
    whole = systematic(label, seen)
    return whole if whole else departed(label, seen)


def _range(points: Points) -> tuple[float, float]:
    return float(points.frequency[-1]), float(points.frequency[0])


def _noise(points: Points) -> float:
    return look(points).diagnosis.noise if len(points.frequency) >= FEWEST else float("nan")


def _valid_range(seen: Look, found: tuple[Finding, ...]) -> tuple[float, float] | None:
    """Return the longest part that passes, of those that leave out one end of the sweep."""
    if _passes(found):
        return _range(seen.points)
    for part in _parts(seen):
        if len(part.frequency) >= FEWEST and _passes(_findings("", look(part))):
            return _range(part)
    return None


def _passes(found: tuple[Finding, ...]) -> bool:
    """Tell whether nothing but single points is wrong."""
    return not any(f.severity != "info" and f.code != "outliers" for f in found)


def _parts(seen: Look) -> list[Points]:
    """Return what is left when one end is cut off: at the steps, and by rising shares."""
    place = np.arange(len(seen.points.frequency))
    steps = [d.index for d in seen.diagnosis.departures if d.kind == "step"]
    cuts = [*(s + 1 for s in steps), *(round(c * len(place)) for c in _CUTS)]
    parts = [place < len(place) - c for c in cuts[len(steps) :]]
    parts += [place >= c for c in cuts]
    parts += [place < c for c in cuts[: len(steps)]]
    parts.sort(key=lambda use: -int(use.sum()))
    return [seen.points.only(use) for use in parts]
