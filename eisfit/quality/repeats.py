"""Drift from sweep to sweep of one sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.quality.looks import FEWEST, look
from eisfit.quality.points import points_of

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
        Sweeps of one file in their order. An info and no warning: files do not tell whether the
        bias, the state of charge or the temperature was changed between them on purpose.

    Examples
    --------
    >>> f = np.logspace(5, 0, 41)
    >>> Z = 5 + 100 / (1 + 2j * np.pi * f * 1e-3)
    >>> [x.code for x in repeat_findings([Spectrum(f, Z), Spectrum(f, 1.02 * Z)])]
    ['sweeps_drift']
    """
    found = []
    for later in spectra[1:]:
        change = _change(spectra[0], later)
        if change is None or abs(change[0]) < _SURE * change[1]:
            continue
        text = (
            f"{later.label}: |Z| is {100 * change[0]:+.2g} % off that of the first sweep: the "
            "sample changes with time; wait, or analyse the sweeps as a series of times"
        )
        found.append(Finding("sweeps_drift", "info", text))
    return tuple(found)


def _change(first: Spectrum, later: Spectrum) -> tuple[float, float] | None:
    """Return the median change of ln|Z| and its standard error, None where it is no repetition."""
    (f, Z), (g, Y) = first.kept, later.kept
    if len(f) != len(g) or len(f) < FEWEST or np.any(np.abs(g / f - 1) > _SAME):
        return None
    T = (first.temperature, later.temperature)
    if T[0] is not None and T[1] is not None and abs(T[0] - T[1]) > _SAME_TEMPERATURE:
        return None
    noise = np.sqrt(sum(look(points_of(s)).diagnosis.noise ** 2 for s in (first, later)))
    change = float(np.median(np.log(np.abs(Y) / np.abs(Z))))
    return change, float(1.2533 * noise / np.sqrt(len(f))) + 1e-5  # √(π/2): the median's
