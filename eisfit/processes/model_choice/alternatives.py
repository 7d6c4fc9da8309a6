"""The best circuit against its alternatives, by spectra drawn from each alternative's own fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.circuit.tree import Element, Node, Parallel, Series
from eisfit.fitting.many import fit_many
from eisfit.fitting.problem import Weighting
from eisfit.fitting.result import FitResult
from eisfit.processes.model_choice.trial import Trial

_SPECIAL = frozenset(
    {
        ("C", "Q"), ("W", "Q"), ("G", "Gf"), ("K", "Zarc"), ("Zarc", "HN"), ("K", "HN"),
        ("L", "La"), ("W", "Ws"), ("W", "Wo"), ("Ws", "Wsg"), ("Wo", "Wog"), ("R", "Q"),
    }
)  # fmt: skip
"""Elements that are a special or a limiting case of another."""


def contains(outer: Node, inner: Node) -> bool:
    """Tell whether `outer` becomes `inner` where parts are left out or take special values.

    Examples
    --------
    >>> from eisfit.circuit.notation import parse
    >>> contains(parse("R0-p(R1,CPE1)-CPE2"), parse("p(R1,C1)-W2"))
    True
    >>> contains(parse("R0-p(R1,CPE1)"), parse("R0-Ws1"))
    False
    """
    if isinstance(inner, Element) and isinstance(outer, Element):
        pair = (inner.symbol, outer.symbol)
        return pair[0] == pair[1] or pair in _SPECIAL
    if isinstance(outer, Series) or isinstance(inner, Series):
        parts = outer.parts if isinstance(outer, Series) else (outer,)
        wanted = inner.parts if isinstance(inner, Series) else (inner,)
        return _contains_parts(parts, wanted)
    if isinstance(outer, Parallel) and isinstance(inner, Parallel):
        return len(outer.parts) == len(inner.parts) and _contains_parts(outer.parts, inner.parts)
    return False


def _contains_parts(parts: Sequence[Node], wanted: Sequence[Node]) -> bool:
    """Tell whether every wanted part finds a place of its own among the parts."""
    if not wanted:
        return True
    first, rest = wanted[0], wanted[1:]
    return any(
        contains(part, first) and _contains_parts([*parts[:i], *parts[i + 1 :]], rest)
        for i, part in enumerate(parts)
    )


Relation: TypeAlias = Literal["simpler", "richer", "other"]

LEVEL = 0.05
"""A circuit is ruled out where fewer than this share of its own spectra look as measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """A circuit whose score is near that of the best one.

    Parameters
    ----------
    trial : Trial
    relation : {"simpler", "richer", "other"}
        The best circuit with something left out; with something more; or neither.
    p_value : float, optional
        Share of spectra, drawn from this circuit as fitted and with its noise, whose fits favour
        the best circuit as much as the measured ones do or more. None where not tested: a richer
        circuit always fits a little better, and its score says whether that is worth it.
    """

    trial: Trial
    relation: Relation
    p_value: float | None

    @property
    def ruled_out(self) -> bool:
        """Whether the data rule it out, or do not need what it has more."""
        return self.p_value is None or self.p_value < LEVEL


def relation(best: Trial, other: Trial) -> Relation:
    """Return the relation of a circuit to the best one."""
    if other.free < best.free and contains(best.model.tree, other.model.tree):
        return "simpler"
    more = other.free > best.free and contains(other.model.tree, best.model.tree)
    return "richer" if more else "other"


def against(best: Trial, other: Trial, weighting: Weighting, draws: int, seed: int) -> Alternative:
    r"""Return a circuit with the share of its own spectra that look as measured.

    The statistic is the gain :math:`\sum N \ln(\chi^2_\mathrm{other} / \chi^2_\mathrm{best})` over
    all spectra. Its distribution under the other circuit comes from `draws` artificial sets of
    spectra: its fit and normal noise of the size of its residuals, both circuits fitted to each.

    References
    ----------
    Cox, J. R. Stat. Soc. B 24 (1962) 406; Williams, Biometrics 26 (1970) 23 (by simulation).
    """
    how = relation(best, other)
    if how == "richer":
        return Alternative(other, how, None)
    rng = np.random.default_rng(seed)
    pairs = list(zip(best.fits, other.fits, strict=True))
    measured = sum(gain(len(a.spectrum.kept[0]), a.chi_square, b.chi_square) for a, b in pairs)
    drawn = np.zeros(draws)
    for a, b in pairs:
        drawn += _drawn_gains(a, b, weighting, draws, rng)
    return Alternative(other, how, float((1 + np.sum(drawn >= measured - 1e-6)) / (draws + 1)))


def gain(points: int, best: float | FloatArray, other: float | FloatArray) -> FloatArray:
    """Return N ln(χ² of the other / χ² of the best), N counting both parts of each point."""
    ratio = np.maximum(other, 1e-300) / np.maximum(best, 1e-300)
    out: FloatArray = 2 * points * np.log(ratio)
    return out


def _drawn_gains(
    best: FitResult, other: FitResult, weighting: Weighting, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Return the gains of the best circuit on spectra drawn from the other one, shape (draws,)."""
    f, measured = other.spectrum.kept
    truth = other.impedance(f)
    size = np.abs(measured) if weighting == "modulus" else np.full(len(f), np.median(np.abs(truth)))
    sigma = np.sqrt(other.reduced_chi_square) * size
    parts = rng.standard_normal((2, draws, len(f)))
    Z = truth + sigma * (parts[0] + 1j * parts[1])
    chi = [_chi_square(f, Z, result, weighting) for result in (best, other)]
    failed = ~np.isfinite(chi[0]) | ~np.isfinite(chi[1])
    # a draw that cannot be fitted is no evidence: it must not help to rule the circuit out
    return np.where(failed, np.inf, gain(len(f), chi[0], chi[1]))


def _chi_square(
    f: FloatArray, Z: Sequence[complex], result: FitResult, how: Weighting
) -> FloatArray:
    table = fit_many(f, Z, result.model, start=result.values, weighting=how)
    chi: FloatArray = table.reduced_chi_square
    return chi
