"""What the comparison of several samples says, in words and tables."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
from uncertainties import UFloat

from eisfit.base.findings import Finding
from eisfit.base.units import log_in_centimetres
from eisfit.report.content import ufloat_of
from eisfit.report.sections import by_severity
from eisfit.report.words import (
    NOTHING,
    Table,
    counted,
    degrees,
    measured,
    powers,
    process_words,
)
from eisfit.samples import Agreement, Difference, MeyerNeldel, SampleComparison
from eisfit.samples.differences import common_temperature
from eisfit.temperature.arrhenius import ArrheniusResult

_LARGE = 0.3  # error of a logarithm from which value ± error would mislead
_QUANTITIES = {"activation_energy_eV": "Eₐ of ln(σT)", "conductivity_S_cm": "σ"}

DIFFERENCE_NOTES = (
    "Verdicts hold for all comparisons of this report together: the chance of calling any two "
    "equal samples different is 5 % at most (Holm, Scand. J. Stat. 6 (1979) 65).",
    "Errors of different samples count as independent. A thermometer or calliper that is wrong for "
    "all samples alike makes differences more certain than they are said to be here, never less.",
)
MEYER_NELDEL_NOTES = (
    "ln A = ln A₀₀ + Eₐ/E_MN, by a line with the correlated errors of ln A and Eₐ "
    "(doi:10.1119/1.1632486). Errors of Eₐ alone make such a line too (doi:10.1038/261566a0), so "
    "that it is drawn only where the Eₐ differ by more than their errors.",
)


@dataclass(frozen=True, slots=True)
class Link:
    """A sample's own report."""

    name: str
    address: str
    summary: str


@dataclass(frozen=True, slots=True)
class SamplesContent:
    """The comparison in words."""

    title: str
    subtitle: str
    links: tuple[Link, ...]
    values: tuple[tuple[str, Table], ...]
    differences: Table | None
    agreements: Table | None
    meyer_neldel: Table | None
    findings: tuple[Finding, ...]


def samples_content(comparison: SampleComparison, folders: dict[str, str]) -> SamplesContent:
    """Return everything that the report of a comparison says.

    Parameters
    ----------
    comparison : SampleComparison
    folders : dict of str to str
        Folder of each sample's own report, beside the comparison's, by the sample's name.
    """
    materials = {s.analysis.material for s in comparison.samples} - {""}
    title = "Comparison of samples"
    if len(materials) == 1:
        title += f" of {materials.pop()}"
    views = comparison.meyer_neldel
    return SamplesContent(
        title=title,
        subtitle=" · ".join([
            counted(len(comparison.samples), "sample"),
            counted(sum(len(s.analysis.spectra) for s in comparison.samples), "spectrum",
                    "spectra"),
            *sorted({s.analysis.model.title for s in comparison.samples}),
        ]),
        links=tuple(_link(comparison, name, folder) for name, folder in folders.items()),
        values=tuple((process_words(p), _values(comparison, p)) for p in comparison.processes),
        differences=_differences(comparison.differences),
        agreements=_agreements(comparison.agreements),
        meyer_neldel=_meyer_neldel(list(views.values())) if views else None,
        findings=by_severity(comparison.findings),
    )  # fmt: skip


def _link(comparison: SampleComparison, name: str, folder: str) -> Link:
    analysis = next(s.analysis for s in comparison.samples if s.name == name)
    words = [counted(len(analysis.spectra), "spectrum", "spectra")]
    for verdict in ("doubtful", "unusable"):
        number = sum(r.verdict == verdict for r in analysis.spectra)
        words += [f"{number} {verdict}"] if number else []
    geometry = analysis.series.geometry
    if geometry is not None:
        area = geometry.area * 1e4
        words.append(f"{geometry.thickness * 1e3:.4g} mm thick, {area:.4g} cm²")
    return Link(name, f"{quote(folder)}/report.html", ", ".join(words))


def _values(comparison: SampleComparison, process: str) -> Table:
    """Return one row a sample."""
    lines = comparison.lines(process)
    T = common_temperature(list(lines.values()))
    heading = (
        "sample", "Eₐ of ln(σT) in eV", "95 % interval in eV", "Eₐ of ln σ in eV",
        f"σ at {degrees(T)}", "ln A (A in S K/cm)", "temperatures",
    )  # fmt: skip
    rows = []
    for sample in comparison.samples:
        line = lines.get(sample.name)
        rows.append(
            (sample.name, *_line_cells(line, T)) if line is not None
            else (sample.name, *[NOTHING] * (len(heading) - 1))
        )  # fmt: skip
    return Table(heading, tuple(rows), prose=(0, 6))


def _line_cells(line: ArrheniusResult, temperature: float) -> tuple[str, ...]:
    interval = NOTHING
    if line.ci95 is not None:
        interval = f"{line.ci95[0]:.4f} to {line.ci95[1]:.4f}"
    conductivity = NOTHING
    if line.has_geometry:
        sigma, error, unit = line.conductivity_in_centimetres(temperature)
        conductivity = measured(ufloat_of(sigma, error), unit)
        if line.extrapolates_to(temperature):
            conductivity += " (extrapolated)"
    used = line.temperature[line.used]
    span = f"{len(used)} of {len(line.used)}"
    if len(used):
        span += f", {degrees(float(used.min()))} to {degrees(float(used.max()))}"
    bent = f" ({line.law.name})" if line.law is not None else ""
    ln_prefactor = log_in_centimetres(line.ln_prefactor, "S K/m")
    return (
        measured(line.activation_energy, "") + bent, interval,
        measured(line.activation_energy_ln_sigma, ""), conductivity,
        measured(ln_prefactor, "") if line.has_geometry else NOTHING, span,
    )  # fmt: skip


def _differences(found: tuple[Difference, ...]) -> Table | None:
    if not found:
        return None
    heading = ("process", "quantity", "samples", "difference or ratio", "p, all together",
               "verdict", "why")  # fmt: skip
    return Table(heading, tuple(_difference_row(d) for d in found), 5, prose=(2, 6))


def _difference_row(d: Difference) -> tuple[str, ...]:
    quantity = _QUANTITIES[d.quantity]
    pair = f"{d.first} − {d.second}"
    if d.temperature is not None:
        quantity += f" at {degrees(d.temperature)}"
        pair = f"{d.first} / {d.second}"
    p = NOTHING if np.isnan(d.adjusted_p_value) else probability(d.adjusted_p_value)
    why = d.why[:1].lower() + d.why[1:] if d.why else NOTHING
    return (process_words(d.process), quantity, pair, difference_words(d), p, d.verdict, why)


def difference_words(difference: Difference) -> str:
    """Return a difference of energies in meV, or a ratio of conductivities, with its error."""
    value = difference.difference
    if value is None:
        return NOTHING
    if difference.temperature is None:
        return measured(1e3 * value, "meV")
    return "× " + _from_log(value, "")


def _from_log(log: UFloat, unit: str) -> str:
    """Return what has this logarithm, with an error that is a factor where it is a large one.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> _from_log(ufloat(-8.0, 0.1), "S/cm"), _from_log(ufloat(-8.0, 1.8), "S/cm")
    ('(3.35 ± 0.34)·10⁻⁴ S/cm', '0.00034 S/cm ×/÷ 6')
    """
    size = float(np.exp(log.n))
    if log.s < _LARGE:
        return measured(ufloat_of(size, size * log.s), unit)
    return f"{powers(f'{size:.2g}')} {unit}".rstrip() + f" ×/÷ {np.exp(log.s):.2g}"


def probability(p: float) -> str:
    """Return a probability as text.

    Examples
    --------
    >>> probability(0.0312), probability(1e-9), probability(1.0)
    ('0.031', '< 0.0001', '1')
    """
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"


def _agreements(found: tuple[Agreement, ...]) -> Table | None:
    if not found:
        return None
    heading = ("process", "quantity", "samples", "mean", "scatter beyond errors", "p if equal")
    return Table(heading, tuple(_agreement_row(a) for a in found))


def _agreement_row(a: Agreement) -> tuple[str, ...]:
    quantity = _QUANTITIES[a.quantity]
    if a.temperature is None:
        mean, scatter = measured(a.mean, "eV"), f"{1e3 * a.scatter:.3g} meV"
    else:
        quantity += f" at {degrees(a.temperature)}"
        mean = _from_log(log_in_centimetres(a.mean, "S/m"), "S/cm")
        scatter = f"× {np.exp(a.scatter):.3g}"
    scatter = scatter if a.scatter > 0 else "none"
    return (process_words(a.process), quantity, str(len(a.samples)), mean, scatter,
            probability(a.p_value))  # fmt: skip


def _meyer_neldel(views: list[MeyerNeldel]) -> Table:
    heading = ("process", "samples", "E_MN", "lines cross at", "verdict", "why")
    rows = []
    for view in views:
        energy, crossing = view.energy, view.isokinetic_temperature
        rows.append((
            process_words(view.process), str(len(view.samples)),
            measured(1e3 * energy, "meV") if energy is not None else NOTHING,
            measured(crossing, "K") if crossing is not None else NOTHING,
            view.verdict, powers(view.why),
        ))  # fmt: skip
    return Table(heading, tuple(rows), 4, prose=(5,))
