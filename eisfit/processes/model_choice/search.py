"""Candidates made from the data: arcs counted upwards, then one change at a time while it helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log

from eisfit.circuit.models import from_circuit
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit_spectra
from eisfit.fitting.problem import Weighting
from eisfit.processes.model_choice.terms import (
    Terms,
    circuit_of,
    first_looks,
    ideal,
    neighbours,
    title_of,
    unusual,
    with_arcs,
)
from eisfit.processes.model_choice.trial import Trial, trial

_ROUNDS = 6  # of changes, at most
_NEARLY_IDEAL = 0.98  # exponents from here on may be 1
_DEPRESSED = 0.95
_SHOWN = 10.0  # in N ln χ²
_PATIENCE = 2  # arcs more that do not help, after which no further ones are tried

Try = Callable[[Terms], Trial | None]


def candidates(
    spectra: Sequence[Spectrum],
    geometry: Geometry | None,
    weighting: Weighting,
    tell: Callable[[int], None],
) -> dict[Terms, Trial]:
    """Return every circuit that was tried, by its terms.

    Arcs in series are counted upwards for four heads and tails; from the best the search goes on to
    whatever lies one change away (`neighbours`), as long as something is better by its score.

    Parameters
    ----------
    spectra : sequence of Spectrum
    geometry : Geometry, optional
    weighting : Weighting
    tell : callable
        Called with the number of circuits tried so far.
    """
    tried: dict[Terms, Trial] = {}
    most = min(2 * len(s.kept[0]) for s in spectra) - 2

    def attempt(terms: Terms) -> Trial | None:
        if terms not in tried:
            model = from_circuit(circuit_of(terms))
            if len(model.names) > most:
                return None
            tried[terms] = trial(
                spectra, model, title_of(terms), geometry, weighting, unusual(terms)
            )
            tell(len(tried))
        return tried[terms]

    for terms, arcs in first_looks():
        _count_arcs(terms, arcs, attempt)
    for _ in range(_ROUNDS):
        best = _lowest(tried)
        for step in (*neighbours(best), *_ideal(best, tried[best], weighting)):
            attempt(step)
        if _lowest(tried) == best:
            break
    return tried


def _lowest(tried: Mapping[Terms, Trial]) -> Terms:
    return min(tried, key=lambda terms: tried[terms].score)


def _count_arcs(terms: Terms, most: int, attempt: Try) -> None:
    """Try more and more arcs, until two more in a row do not help."""
    best, worse = float("inf"), 0
    for count in range(most + 1):
        found = attempt(with_arcs(terms, count))
        if found is None:
            return
        worse = 0 if found.score < best else worse + 1
        best = min(best, found.score)
        if worse == _PATIENCE:
            return


def _ideal(terms: Terms, found: Trial, weighting: Weighting) -> list[Terms]:
    """Return the circuit with an ideal arc where the data show an exponent to be 1.

    Arcs of solids are depressed as a rule: where the data do not tell an exponent, it is no sign of
    an ideal one. So an exponent of 0.95 has to fit worse, by 10 in N ln χ².
    """
    spectra, own = [f.spectrum for f in found.fits], [f.values for f in found.fits]
    for process in found.model.processes.values() if "R|Q" in terms else ():
        n = process.parameter("n")
        if n is None or min(f.estimates[n].value for f in found.fits) < _NEARLY_IDEAL:
            continue
        held = fit_spectra(spectra, found.model, own, {n: _DEPRESSED}, weighting)
        worse = sum(
            2 * len(a.spectrum.kept[0]) * log(a.chi_square / b.chi_square)
            for a, b in zip(held, found.fits, strict=True)
        )
        if worse > _SHOWN:
            return [ideal(terms)]
    return []
