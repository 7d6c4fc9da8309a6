"""Candidate circuits: arcs in series counted upwards, then one change at a time while it helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import log
from types import MappingProxyType
from typing import TypeAlias

from eisfit.circuit.models import from_circuit
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.fit import fit_spectra
from eisfit.fitting.problem import Weighting
from eisfit.processes.model_choice.trial import Trial, trial

Terms: TypeAlias = tuple[str, ...]
"""What stands in series, such as ``("R", "R|Q", "R|Q", "Q")``, in the order of `TEMPLATES`."""

TEMPLATES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "L": ("L{i}", "inductance", "inductances"),
        "R": ("R{i}", "series resistance", "series resistances"),
        "R|C": ("p(R{i},C{i})", "ideal arc", "ideal arcs"),
        "R|Q": ("p(R{i},CPE{i})", "arc", "arcs"),
        "(R+W)|Q": ("p(R{i}-W{i},CPE{i})", "arc with diffusion", "arcs with diffusion"),
        "(R+Wo)|Q": (
            "p(R{i}-Wo{i},CPE{i})", "arc with blocked diffusion", "arcs with blocked diffusion",
        ),
        "(R+Ws)|Q": (
            "p(R{i}-Ws{i},CPE{i})", "arc with diffusion through a layer",
            "arcs with diffusion through a layer",
        ),
        "G": ("G{i}", "Gerischer element", "Gerischer elements"),
        "Ws": ("Ws{i}", "diffusion through a layer", "diffusions through layers"),
        "Wo": ("Wo{i}", "blocked diffusion", "blocked diffusions"),
        "W": ("W{i}", "Warburg element", "Warburg elements"),
        "C": ("C{i}", "capacitor", "capacitors"),
        "Q": ("CPE{i}", "CPE", "CPEs"),
    }
)  # fmt: skip
"""The terms a search may put in series, from high frequency to low: circuit, name, plural."""

_HEADS = frozenset({"L", "R"})
_ARCS = ("R|Q", "R|C")
_TAILS = ("Q", "C", "W", "Wo", "Ws", "G", "(R+W)|Q", "(R+Wo)|Q", "(R+Ws)|Q")
MOST_ARCS = 5
_RARE = 6.0  # 2 ln of how much less likely a rare part is, before the data count


def canonical(terms: Terms) -> Terms:
    """Return the terms in the order of the table, so that alike circuits are one."""
    order = list(TEMPLATES)
    return tuple(sorted(terms, key=order.index))


def circuit_of(terms: Terms) -> str:
    """Return the circuit's text.

    Examples
    --------
    >>> circuit_of(("R", "R|Q", "R|Q", "Q"))
    'R0-p(R1,CPE1)-p(R2,CPE2)-CPE3'
    """
    return "-".join(TEMPLATES[kind][0].format(i=i) for i, kind in enumerate(terms))


def title_of(terms: Terms) -> str:
    """Return the circuit in words.

    Examples
    --------
    >>> title_of(("R", "R|Q", "R|Q", "Q"))
    'series resistance + 2 arcs + CPE'
    """
    counted = Counter(terms)
    words = (TEMPLATES[t][1] if n == 1 else f"{n} {TEMPLATES[t][2]}" for t, n in counted.items())
    return " + ".join(words)


def first_candidates() -> list[tuple[Terms, int]]:
    """Return heads and tails, each with the most arcs that are put to them at first.

    Arcs are counted upwards with a plain end or a CPE; with diffusion two are enough to begin with.
    """
    heads: tuple[Terms, ...] = (("R",), ("L", "R"))
    plain = [((*head, *tail), MOST_ARCS) for head in heads for tail in ((), ("Q",))]
    return [*plain, *(((*heads[0], tail), 2) for tail in _TAILS if tail != "Q")]


def unusual(terms: Terms) -> float:
    """Return what rare circuits cost in units of BIC: 2 ln 20 for each rare step.

    Diffusion within an arc is one step, that it ends at a boundary another: such an arc has the
    shape of two, and where it does no better, two arcs are meant.

    Examples
    --------
    >>> unusual(("R", "R|Q", "Ws")), unusual(("R", "(R+W)|Q")), unusual(("R", "(R+Ws)|Q"))
    (0.0, 6.0, 12.0)
    """
    nested = [kind for kind in terms if kind.startswith("(")]
    return _RARE * sum(1 + ("Ws" in kind or "Wo" in kind) for kind in nested)


def with_arcs(terms: Terms, count: int) -> Terms:
    """Return the terms with that many arcs more."""
    return canonical((*terms, *["R|Q"] * count))


def one_step_changes(terms: Terms) -> list[Terms]:
    """Return every circuit one step away: something dropped, added or made simpler or another.

    A tail may take the place of an arc too: a diffusion looks like one or two of them.
    """
    arcs = sum(terms.count(kind) for kind in _ARCS)
    out: list[Terms] = []
    for kind in dict.fromkeys(terms):
        rest = _without(terms, kind)
        out.append(rest)
        if kind == "R|C":
            out.append((*rest, "R|Q"))
        if kind not in _HEADS:
            out += [(*rest, tail) for tail in _TAILS if tail != kind]
        if kind in _TAILS:
            out += [(*_without(rest, arc), tail) for arc in _ARCS if arc in rest for tail in _TAILS]
            out.append((*rest, "R|Q"))
    out += [(*terms, head) for head in sorted(_HEADS - set(terms))]
    out += [(*terms, tail) for tail in _TAILS] if not set(terms) & set(_TAILS) else []
    if arcs < MOST_ARCS:
        out.append((*terms, "R|Q"))
    steps = dict.fromkeys(canonical(t) for t in out)
    return [t for t in steps if t != terms and set(t) - {"L"} and _one_tail(t)]


def ideal(terms: Terms) -> Terms:
    """Return the terms with one arc of a resistance and a capacitor instead of a CPE."""
    return canonical((*_without(terms, "R|Q"), "R|C"))


def _without(terms: Terms, kind: str) -> Terms:
    left = list(terms)
    left.remove(kind)
    return tuple(left)


def _one_tail(terms: Terms) -> bool:
    """Tell whether at most two parts are no arcs, and these different: data determine no more."""
    tails = [t for t in terms if t in _TAILS]
    return len(tails) <= 2 and len(set(tails)) == len(tails)


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
    report: Callable[[int], None],
) -> dict[Terms, Trial]:
    """Return every circuit that was tried, by its terms.

    Arcs in series are counted upwards for four heads and tails; from the best the search goes on to
    whatever lies one change away (`neighbours`), as long as something is better by its score.

    Parameters
    ----------
    spectra : sequence of Spectrum
    geometry : Geometry, optional
    weighting : Weighting
    report : callable
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
            report(len(tried))
        return tried[terms]

    for terms, arcs in first_candidates():
        _count_arcs(terms, arcs, attempt)
    for _ in range(_ROUNDS):
        best = _lowest(tried)
        for step in (*one_step_changes(best), *_ideal(best, tried[best], weighting)):
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
        tried = attempt(with_arcs(terms, count))
        if tried is None:
            return
        worse = 0 if tried.score < best else worse + 1
        best = min(best, tried.score)
        if worse == _PATIENCE:
            return


def _ideal(terms: Terms, fitted: Trial, weighting: Weighting) -> list[Terms]:
    """Return the circuit with an ideal arc where the data show an exponent to be 1.

    Arcs of solids are depressed as a rule: an exponent that the data do not determine is no
    sign of an ideal one. So an exponent of 0.95 has to fit worse, by 10 in N ln χ².
    """
    spectra, start = [f.spectrum for f in fitted.fits], [f.values for f in fitted.fits]
    for process in fitted.model.processes.values() if "R|Q" in terms else ():
        n = process.parameter("n")
        if n is None or min(f.estimates[n].value for f in fitted.fits) < _NEARLY_IDEAL:
            continue
        held = fit_spectra(
            spectra, fitted.model, starts=start, fixed={n: _DEPRESSED}, weighting=weighting
        )
        worse = sum(
            2 * len(a.spectrum.kept[0]) * log(a.chi_square / b.chi_square)
            for a, b in zip(held, fitted.fits, strict=True)
        )
        if worse > _SHOWN:
            return [ideal(terms)]
    return []
