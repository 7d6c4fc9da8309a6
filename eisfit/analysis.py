"""The straight line: a series of spectra goes in, everything that is known about it comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eisfit.comparison import ComparisonRow
from eisfit.findings import Finding, Verdict
from eisfit.fitting.result import FitResult
from eisfit.models import Model
from eisfit.processes import Process
from eisfit.series import Series
from eisfit.spectrum import Spectrum
from eisfit.temperature.arrhenius import ArrheniusResult


@dataclass(frozen=True, slots=True)
class SpectrumResult:
    """One spectrum with its verdict, its fit (None where it cannot be fitted) and its processes."""

    spectrum: Spectrum
    verdict: Verdict
    fit: FitResult | None
    processes: Mapping[str, Process]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """The whole result of `analyze_series`.

    Parameters
    ----------
    series : Series
        What was analysed and what was left out.
    model : Model
        The circuit and its meanings.
    spectra : tuple of SpectrumResult
        One for each spectrum of the series, in its order.
    arrhenius : mapping of str to ArrheniusResult
        By process, and ``"total"``.
    comparison : tuple of ComparisonRow
        Against the literature; empty where no material was named.
    settings : mapping of str to str
        What the analysis was told, for the report.
    findings : tuple of Finding
        About the series as a whole.
    """

    series: Series
    model: Model
    spectra: tuple[SpectrumResult, ...]
    arrhenius: Mapping[str, ArrheniusResult]
    comparison: tuple[ComparisonRow, ...] = ()
    material: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
