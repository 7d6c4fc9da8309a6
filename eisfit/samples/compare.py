"""Samples and what comes of comparing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eisfit.analysis.pipeline import Analysis
from eisfit.base.errors import SpectrumError
from eisfit.base.findings import Finding
from eisfit.samples.differences import (
    LEVEL,
    Agreement,
    Difference,
    adjust_p_values,
    agreements,
    differences,
)
from eisfit.samples.meyer_neldel import MeyerNeldel, meyer_neldel
from eisfit.temperature.arrhenius import ArrheniusResult


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample: its name and its analysis."""

    name: str
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class SampleComparison:
    """Several samples side by side.

    Parameters
    ----------
    samples : tuple of Sample
    differences : tuple of Difference
        Every process and quantity of every two samples.
    agreements : tuple of Agreement
        Mean and scatter of each process and quantity over all samples.
    meyer_neldel : mapping of str to MeyerNeldel
        By process.
    findings : tuple of Finding
        About the comparison, and about samples that could not be analysed.
    """

    samples: tuple[Sample, ...]
    differences: tuple[Difference, ...]
    agreements: tuple[Agreement, ...]
    meyer_neldel: Mapping[str, MeyerNeldel]
    findings: tuple[Finding, ...] = ()

    @property
    def processes(self) -> tuple[str, ...]:
        """Every process that has an Arrhenius line in a sample, in order of appearance."""
        names = (name for s in self.samples for name in s.analysis.arrhenius)
        return tuple(dict.fromkeys(names))

    def lines(self, process: str) -> dict[str, ArrheniusResult]:
        """Return the Arrhenius lines of one process by the sample's name."""
        every = ((s.name, s.analysis.arrhenius.get(process)) for s in self.samples)
        return {name: line for name, line in every if line is not None}


def compare_samples(
    analyses: Mapping[str, Analysis], level: float = LEVEL, findings: tuple[Finding, ...] = ()
) -> SampleComparison:
    """Compare activation energies and conductivities of several samples.

    Parameters
    ----------
    analyses : mapping of str to Analysis
        By the sample's name, two at least, each as `eisfit.analyze_series` returns it.
    level : float
        Chance, 0 to 1, of calling any two equal samples different (Holm's adjustment for all
        comparisons together).
    findings : tuple of Finding
        What there is to say already, as of samples that could not be analysed.

    Raises
    ------
    SpectrumError
        For fewer than two samples.

    Examples
    --------
    >>> import eisfit
    >>> eisfit.compare_samples({})
    Traceback (most recent call last):
    ...
    eisfit.SpectrumError: a comparison needs two samples or more (got none)
    """
    samples = tuple(Sample(name, analysis) for name, analysis in analyses.items())
    if len(samples) < 2:
        got = samples[0].name if samples else "none"
        raise SpectrumError(f"a comparison needs two samples or more (got {got})")
    bare = SampleComparison(samples, (), (), {}, ())
    lines = {process: bare.lines(process) for process in bare.processes}
    tested = [d for process, by_name in lines.items() for d in differences(process, by_name)]
    views = {process: meyer_neldel(process, by_name) for process, by_name in lines.items()}
    return SampleComparison(
        samples,
        adjust_p_values(tested, level),
        tuple(a for process, by_name in lines.items() for a in agreements(process, by_name)),
        {process: view for process, view in views.items() if view is not None},
        (*findings, *_findings(bare)),
    )


def _findings(bare: SampleComparison) -> list[Finding]:
    """Return what keeps samples from being compared in full."""
    out = []
    circuits = {s.analysis.model.circuit for s in bare.samples}
    if len(circuits) > 1:
        text = (
            f"the samples were fitted with {len(circuits)} circuits; processes are compared by name"
        )
        out.append(Finding("different_circuits", "info", text))
    for process in bare.processes:
        missing = [s.name for s in bare.samples if process not in s.analysis.arrhenius]
        if missing:
            text = f"{process.replace('_', ' ')}: no Arrhenius line in {', '.join(missing)}"
            out.append(Finding("process_missing", "info", text))
    if not bare.processes:
        text = "no sample has an Arrhenius line: there is nothing to compare"
        out.append(Finding("nothing_to_compare", "warning", text))
    return out
