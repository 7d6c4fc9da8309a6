"""Findings on a spectrum before it is fitted, and on the number of its arcs after the fit."""

from __future__ import annotations

from dataclasses import dataclass

from eisfit.base.errors import SpectrumError
from eisfit.base.findings import Finding
from eisfit.circuit.models import Model
from eisfit.circuit.tree import Element, Node, Parallel, Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.quality import Validity, validate
from eisfit.quality.relaxation_times import Drt, drt

_RELAXATIONS = frozenset({"K", "Zarc", "HN", "G", "Gf", "Gs", "Ws", "Wo", "Wsg", "Wog"})


@dataclass(frozen=True, slots=True)
class Inspection:
    """The findings on a spectrum without a circuit, and whether it can be fitted with one.

    Parameters
    ----------
    validity : Validity
        Screening, Kramers–Kronig, what instruments and leads leave.
    findings : tuple of Finding
        Those of `validity`, and an error where points are too few for the circuit.
    """

    validity: Validity
    findings: tuple[Finding, ...]


def inspect_spectrum(spectrum: Spectrum, model: Model) -> Inspection:
    """Return the findings on a spectrum before `model` is fitted to it."""
    validity = validate(spectrum)
    points, needed = len(spectrum.kept[0]), len(model.names)
    if 2 * points > needed:
        return Inspection(validity, validity.findings)
    text = (
        f"{spectrum.label}: {points} points are too few for {needed} parameters; use a simpler "
        "circuit"
    )
    return Inspection(validity, (*validity.findings, Finding("too_few_points", "error", text)))


def no_geometry(spectrum: Spectrum) -> Finding:
    """Return the finding that a spectrum is analysed without thickness and area."""
    text = (
        f"{spectrum.label}: thickness and area of the sample are not known: results are in Ω and "
        "F, without conductivities"
    )
    return Finding("no_geometry", "info", text)


def distribution(spectrum: Spectrum) -> Drt | None:
    """Return the distribution of relaxation times, None where none can be computed."""
    try:
        return drt(spectrum)
    except SpectrumError:  # too few points; the screening has a finding
        return None


def missing_arcs(result: FitResult, relaxation_times: Drt | None = None) -> tuple[Finding, ...]:
    """Return a finding where residuals are not random and there are more relaxations than arcs.

    The distribution of relaxation times counts only where the circuit leaves something
    unexplained: elsewhere a further peak is no evidence against it.

    Parameters
    ----------
    result : FitResult
    relaxation_times : Drt, optional
        Computed from the spectrum where left out.

    Examples
    --------
    >>> import numpy as np
    >>> from eisfit.fitting.fit import fit
    >>> from eisfit.circuit.simulation import frequencies, simulate
    >>> truth = [20, 500, 1e-9, 0.9, 5000, 1e-6, 0.85]
    >>> spectrum = simulate("R0-p(R1,CPE1)-p(R2,CPE2)", truth, frequencies(0.1, 7e6), noise=0.002)
    >>> [f.code for f in missing_arcs(fit(spectrum, "R0-p(R1,CPE1)"))]
    ['arcs_missing']
    """
    if result.has_random_residuals and not result.is_poor:
        return ()
    relaxation_times = relaxation_times or distribution(result.spectrum)
    peaks = [p for p in relaxation_times.peaks if p.sure] if relaxation_times is not None else []
    arcs = relaxations(result.model.tree)
    if len(peaks) <= arcs:
        return ()
    times = ", ".join(f"{p.time_constant:.2g} s" for p in peaks)
    text = (
        f"{result.spectrum.label}: the circuit has {arcs} arc{'s' if arcs != 1 else ''} and "
        "leaves residuals that are not random; the distribution of relaxation times has "
        f"{len(peaks)} peaks ({times}); `eisfit compare` suggests other circuits"
    )
    return (Finding("arcs_missing", "info", text),)


def relaxations(node: Node) -> int:
    """Return how many relaxations a circuit can have: resistances beside a charge, and diffusion.

    Examples
    --------
    >>> from eisfit.circuit.notation import parse
    >>> relaxations(parse("L0-R0-p(R1,CPE1)-p(R2-Wo2,C2)-CPE3"))
    3
    """
    if isinstance(node, Element):
        return int(node.symbol in _RELAXATIONS)
    inner = sum(relaxations(part) for part in node.parts)
    if isinstance(node, Series):
        return inner
    return inner + int(isinstance(node, Parallel))
