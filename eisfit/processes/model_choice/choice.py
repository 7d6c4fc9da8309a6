"""Which circuit describes spectra best, which others do as well, and which the data rule out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eisfit.base.errors import FitError, SpectrumError
from eisfit.base.findings import Finding
from eisfit.base.progress import Progress, no_progress
from eisfit.circuit.models import Model, load_model
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.problem import Weighting
from eisfit.processes.model_choice.alternatives import Alternative, against, relation
from eisfit.processes.model_choice.search import candidates
from eisfit.processes.model_choice.trial import Trial, trial

_NEAR = 20.0  # in score: a circuit further off is not tested
_TESTED = 6  # circuits at most
_SHOWN = 3  # richer circuits, which are not tested
_SAME = 2.0  # in score: "not worth more than a bare mention" (Kass and Raftery)
_MORE_DETERMINED = 6.0  # in score: what a circuit that leaves less open may cost more


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ModelChoice:
    """Circuits by rank, and what the data say of the best one and those near it.

    Parameters
    ----------
    spectra : tuple of Spectrum
    trials : tuple of Trial
        All circuits tried, best score first.
    best : Trial
        The circuit to take: the lowest score among those without a reason against them, or, where
        the data cannot rule a simpler one out, that one.
    alternatives : tuple of Alternative
        Circuits near it, each with its relation to the best and whether it is ruled out.
    findings : tuple of Finding
    """

    spectra: tuple[Spectrum, ...]
    trials: tuple[Trial, ...]
    best: Trial
    alternatives: tuple[Alternative, ...]
    findings: tuple[Finding, ...]

    @property
    def ties(self) -> tuple[Alternative, ...]:
        """The alternatives that the data do not rule out."""
        return tuple(r for r in self.alternatives if not r.ruled_out)

    def __repr__(self) -> str:
        lines = [f"best: {self.best.title}  ({self.best.model.circuit})"]
        lines += [f"tied: {r.trial.title}  ({r.trial.model.circuit})" for r in self.ties]
        return "\n".join([*lines, f"{len(self.trials)} circuits tried"])


def compare_models(
    spectra: Spectrum | Sequence[Spectrum],
    models: Sequence[str | Model] | None = None,
    geometry: Geometry | None = None,
    weighting: Weighting = "modulus",
    draws: int = 99,
    seed: int = 1,
    progress: Progress = no_progress,
) -> ModelChoice:
    r"""Return which circuit describes spectra best, and which others do as well.

    Circuits are ranked by BIC, summed over all spectra, and by how far capacitances lie outside the
    windows of a model. One that has parameters which no spectrum determines, or arcs that may swap,
    is replaced by one that is better determined and costs no more than 6. The best is then tested
    against those near it (within 20) with spectra drawn from each of these: a simpler circuit that
    is not ruled out takes its place, any other one is a tie.

    Parameters
    ----------
    spectra : Spectrum or sequence of Spectrum
        One circuit is chosen for all of them.
    models : sequence of str or Model, optional
        Names or circuits; where left out, circuits are generated: inductance, resistance, up to
        five arcs, CPE, Warburg, finite diffusion, Gerischer element, arcs with diffusion in them.
    geometry : Geometry, optional
        Of the sample; else what the files say.
    weighting : {"modulus", "unit"}
    draws : int
        Artificial sets of spectra for each alternative; 0 tests nothing.
    seed : int
        Of the noise drawn.
    progress : callable
        Called with (what, done, total).

    Returns
    -------
    ModelChoice

    Raises
    ------
    SpectrumError
        Where there is no spectrum.
    FitError
        Where no circuit can be fitted.

    References
    ----------
    Schwarz, Ann. Stat. 6 (1978) 461, doi:10.1214/aos/1176344136 (BIC).
    Kass & Raftery, J. Am. Stat. Assoc. 90 (1995) 773, doi:10.1080/01621459.1995.10476572.

    Examples
    --------
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> truth = [20, 500, 1e-9, 0.9, 5000, 1e-6, 0.85]
    >>> circuit = "R0-p(R1,CPE1)-p(R2,CPE2)"
    >>> spectrum = simulate(circuit, truth, frequencies(0.1, 7e6), noise=0.005)
    >>> compare_models(spectrum, ["R0-p(R1,CPE1)", circuit]).best.model.circuit
    'R0 + (R1 | Q1) + (R2 | Q2)'
    """
    some = (spectra,) if isinstance(spectra, Spectrum) else tuple(spectra)
    if not some:
        raise SpectrumError("a choice among circuits needs a spectrum")
    if weighting not in ("modulus", "unit"):
        raise FitError(
            f"a choice among circuits needs one weighting for all: 'modulus' or 'unit', "
            f"not {weighting!r}"
        )
    if models is None:
        tried = candidates(
            some, geometry, weighting, lambda n: progress("circuits tried", n, max(n, 60))
        )
        trials = list(tried.values())
    else:
        trials = _named(some, models, geometry, weighting, progress)
    trials.sort(key=lambda t: t.score)
    best, alternatives = _tested(trials, weighting, draws, seed, progress)
    return ModelChoice(
        some, tuple(trials), best, alternatives, tuple(_findings(trials, best, alternatives))
    )


def _named(
    spectra: Sequence[Spectrum],
    models: Sequence[str | Model],
    geometry: Geometry | None,
    weighting: Weighting,
    progress: Progress,
) -> list[Trial]:
    """Return the trials of circuits that were named, each once."""
    loaded = {m.circuit + m.name: m for m in map(load_model, models)}
    out = []
    for i, model in enumerate(loaded.values()):
        title = model.circuit if model.from_text else model.title
        out.append(trial(spectra, model, title, geometry, weighting))
        progress("circuits tried", i + 1, len(loaded))
    if not out:
        raise FitError("a choice among circuits needs a circuit; name one, or leave out `models`")
    return out


def _tested(
    trials: Sequence[Trial], weighting: Weighting, draws: int, seed: int, progress: Progress
) -> tuple[Trial, tuple[Alternative, ...]]:
    """Return the circuit to take, after each simpler one was tested, and its alternatives."""
    best = _best_determined(trials)
    while True:
        near = [t for t in trials if t is not best and abs(t.score - best.score) < _NEAR]
        tested = _worth_testing(best, near) if draws else []
        alternatives = []
        for i, other in enumerate(tested):
            alternatives.append(against(best, other, weighting, draws, seed))
            progress("alternatives tested", i + 1, len(tested))
        simpler = [r.trial for r in alternatives if r.relation == "simpler" and not r.ruled_out]
        if not simpler:
            return best, tuple(alternatives)
        # it has fewer parameters than the last one, so that this ends
        best = min(simpler, key=lambda t: (t.free, t.score))


def _worth_testing(best: Trial, near: Sequence[Trial]) -> list[Trial]:
    """Return simpler circuits, others as well determined, then the nearest richer ones."""
    how = [relation(best, t) for t in near]
    as_determined = [
        t for t, r in zip(near, how, strict=True)
        if r == "simpler" or (r == "other" and t.open <= best.open)
    ]  # fmt: skip
    richer = [t for t, r in zip(near, how, strict=True) if r == "richer"]
    return [*as_determined[:_TESTED], *richer[:_SHOWN]]


def _best_determined(trials: Sequence[Trial]) -> Trial:
    """Return the one to take by its fits alone.

    Of those that cost little more than the first, the ones that leave the fewest parameters open
    and are least spoken against; of these that cost about the same, the one with the fewest
    parameters.
    """
    near = [t for t in trials if t.score < trials[0].score + _MORE_DETERMINED]
    least = min((t.open, len(t.against)) for t in near)
    best_determined = [t for t in near if (t.open, len(t.against)) == least]
    return min(
        (t for t in best_determined if t.score < best_determined[0].score + _SAME),
        key=lambda t: t.free,
    )


def _findings(
    trials: Sequence[Trial], best: Trial, alternatives: Sequence[Alternative]
) -> list[Finding]:
    name = best.model.circuit if best.model.from_text else best.model.name
    out = []
    if not best.random:
        text = (
            f"even the best circuit, {name}, leaves residuals that are not random "
            f"({best.misfit_percent:.2g} % of |Z|): no candidate describes the data fully, or "
            "the data are not valid (see `eisfit validate`)"
        )
        out.append(Finding("no_circuit_suffices", "warning", text))
    if best.against:
        text = f"{name} describes the data best, but {'; '.join(best.against)}"
        out.append(Finding("best_not_determined", "warning", text))
    ties = [r.trial.model for r in alternatives if not r.ruled_out]
    if ties:
        text = (
            f"the data do not distinguish {name} from "
            f"{', '.join(m.circuit if m.from_text else m.name for m in ties)}: measure at "
            "another temperature, thickness or electrode to decide"
        )
        out.append(Finding("tied_circuits", "warning", text))
    lowest = min(trials, key=lambda t: t.aicc)
    if lowest is not best and best.aicc - lowest.aicc > 2:
        text = (
            f"by AICc {lowest.model.circuit} would be better by {best.aicc - lowest.aicc:.2g}; BIC "
            "and the spectra simulated from the alternatives do not support it"
        )
        out.append(Finding("criteria_disagree", "info", text))
    return out
