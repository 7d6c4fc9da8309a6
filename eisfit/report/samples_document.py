"""The comparison of several samples as a `Document`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

import numpy as np
from uncertainties import UFloat

from eisfit.base.units import log_in_centimetres
from eisfit.base.values import to_ufloat
from eisfit.base.words import count, format_degrees, format_powers, process_words
from eisfit.report.document import (
    NOTHING,
    BulletList,
    Cell,
    Document,
    Figures,
    Link,
    Paragraph,
    Remark,
    Section,
    Table,
    Value,
    figure_name,
    list_findings,
)
from eisfit.report.series_document import (
    conductivity_cell,
    energy_interval,
    temperatures_used,
)
from eisfit.samples import Agreement, Difference, MeyerNeldel, Sample, SampleComparison
from eisfit.samples.differences import common_temperature

_LARGE = 0.3  # error of a logarithm from which value ± error would mislead
_QUANTITIES = {"activation_energy_eV": "Eₐ of ln(σT)", "conductivity_S_cm": "σ"}


def samples_document(
    comparison: SampleComparison, folders: Mapping[str, str], figures: Figures | None = None
) -> Document:
    """Return everything that the report of a comparison says.

    Parameters
    ----------
    comparison : SampleComparison
    folders : mapping of str to str
        Folder of the report of each sample, beside that of the comparison, by the sample's name.
    figures : Figures, optional
        As `draw_comparison` returns them.
    """
    figures = figures or Figures()
    samples = comparison.samples
    materials = {sample.analysis.material for sample in samples} - {""}
    links = tuple(_link(sample, folders[sample.name]) for sample in samples)
    sections = (
        Section("Samples", (BulletList(links), *figures.named("samples")), "samples"),
        *(_process_section(comparison, process, number, figures)
          for number, process in enumerate(comparison.processes, 1)),
        _difference_section(comparison),
        *_meyer_neldel_section(comparison, figures),
        Section("Findings about the comparison", (list_findings(comparison.findings),),
                "findings", "Findings"),
    )  # fmt: skip
    return Document(
        "Comparison of samples" + (f" of {materials.pop()}" if len(materials) == 1 else ""),
        " · ".join([
            count(len(samples), "sample"),
            count(sum(len(s.analysis.spectra) for s in samples), "spectrum", "spectra"),
            *sorted({s.analysis.model.title for s in samples}),
        ]),
        sections,
        files="All numbers are in results.json, samples.csv and differences.csv beside this "
              "page. The figures are in the folder figures. The folder of each sample has its "
              "report.",
    )  # fmt: skip


def _link(sample: Sample, folder: str) -> Link:
    analysis = sample.analysis
    texts = [count(len(analysis.spectra), "spectrum", "spectra")]
    for verdict in ("doubtful", "unusable"):
        number = sum(r.verdict == verdict for r in analysis.spectra)
        texts += [f"{number} {verdict}"] if number else []
    geometry = analysis.series.geometry
    if geometry is not None:
        area = geometry.area * 1e4
        texts.append(f"{geometry.thickness * 1e3:.4g} mm thick, {area:.4g} cm²")
    return Link(sample.name, f"{quote(folder)}/report.html", ", ".join(texts))


def process_table(comparison: SampleComparison, process: str) -> Table:
    """Return the values of one process, a row a sample.

    The columns are sample, E_a of ln(σT), its 95 % interval, E_a of ln σ, σ, ln A and the
    temperatures.
    """
    lines = comparison.lines(process)
    T = common_temperature(list(lines.values()))
    heading = (
        "sample", "Eₐ of ln(σT) in eV", "95 % interval in eV", "Eₐ of ln σ in eV",
        f"σ at {format_degrees(T)}", "ln A (A in S K/cm)", "temperatures",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for sample in comparison.samples:
        line = lines.get(sample.name)
        if line is None:
            rows.append((sample.name, *[NOTHING] * (len(heading) - 1)))
            continue
        law = f" ({line.law.name})" if line.law is not None else ""
        geometry = line.has_geometry
        rows.append((
            sample.name, Value(line.activation_energy, after=law), energy_interval(line),
            Value(line.activation_energy_ln_sigma),
            conductivity_cell(line, T) if geometry else NOTHING,
            Value(log_in_centimetres(line.ln_prefactor, "S K/m")) if geometry else NOTHING,
            temperatures_used(line),
        ))  # fmt: skip
    return Table(heading, tuple(rows), prose=(0, 6), caption=process_words(process))


def _process_section(
    comparison: SampleComparison, process: str, number: int, figures: Figures
) -> Section:
    """Return the values of one process, and its Arrhenius plot."""
    title = process_words(process)
    plots = figures.named(figure_name("arrhenius", process))
    blocks = (process_table(comparison, process), *plots)
    return Section(title[:1].upper() + title[1:], blocks, f"process-{number}")


def _difference_section(comparison: SampleComparison) -> Section:
    if not comparison.differences:
        return Section("Differences", (Paragraph("Nothing can be compared."),), "differences")
    remarks = (
        "Verdicts are adjusted for the number of comparisons in this report: if samples are "
        "equal, the probability of any false difference is at most 5 % (Holm, Scand. J. Stat. "
        "6 (1979) 65).",
        "Errors of different samples are taken as independent. If one thermometer or calliper "
        "has the same error for all samples, the differences are more certain than stated "
        "here, never less.",
    )
    blocks = (
        difference_table(comparison.differences),
        *map(Remark, remarks),
        *_mean_section(comparison),
    )
    return Section("Differences", blocks, "differences")


def difference_table(differences: Iterable[Difference]) -> Table:
    """Return one row a difference.

    The columns are process, quantity, samples, difference or ratio, p, verdict and the reason.
    """
    heading = ("process", "quantity", "samples", "difference or ratio", "p, adjusted",
               "verdict", "why")  # fmt: skip
    rows = tuple(_difference_row(d) for d in differences)
    return Table(heading, rows, 5, prose=(2, 6), caption="Differences")


def _mean_section(comparison: SampleComparison) -> list[Section]:
    if not comparison.agreements:
        return []
    title = "Mean over the samples"
    heading = ("process", "quantity", "samples", "mean", "scatter beyond errors", "p if equal")
    rows = tuple(_agreement_row(a) for a in comparison.agreements)
    return [Section(title, (Table(heading, rows, caption=title),))]


def _difference_row(d: Difference) -> tuple[Cell, ...]:
    quantity, sign = _QUANTITIES[d.quantity], "−"
    if d.temperature is not None:
        quantity, sign = f"{quantity} at {format_degrees(d.temperature)}", "/"
    return (
        process_words(d.process), quantity, f"{d.first} {sign} {d.second}", difference_value(d),
        probability(d.adjusted_p_value), d.verdict, d.why[:1].lower() + d.why[1:] or NOTHING,
    )  # fmt: skip


def difference_value(difference: Difference) -> Value:
    """Return a difference of energies in meV, or a ratio of conductivities, with its error."""
    if difference.difference is None:
        return Value(None)
    if difference.temperature is None:
        return Value(1e3 * difference.difference, "meV")
    return _from_log(difference.difference, "", before="× ")


def _from_log(log: UFloat, unit: str, before: str = "") -> Value:
    """Return what has this logarithm, with an error that is a factor where it is a large one.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> print(_from_log(ufloat(-8.0, 0.1), "S/cm"))
    (3.35 ± 0.34)·10⁻⁴ S/cm
    >>> print(_from_log(ufloat(-8.0, 1.8), "S/cm"))
    0.00034 S/cm ×/÷ 6
    """
    size = float(np.exp(log.n))
    if log.s < _LARGE:
        return Value(to_ufloat(size, size * log.s), unit, before=before)
    return Value(size, unit, digits=2, before=before, after=f" ×/÷ {np.exp(log.s):.2g}")


def probability(p: float) -> Value:
    """Return a probability to two digits.

    Examples
    --------
    >>> [str(probability(p)) for p in (0.0312, 1e-9, 1.0)]
    ['0.031', '< 0.0001', '1']
    """
    return Value(1e-4, before="< ") if p < 1e-4 else Value(p, digits=2)


def _agreement_row(a: Agreement) -> tuple[Cell, ...]:
    quantity = _QUANTITIES[a.quantity]
    if a.temperature is None:
        mean, scatter = Value(a.mean, "eV"), Value(1e3 * a.scatter, "meV", digits=3)
    else:
        quantity += f" at {format_degrees(a.temperature)}"
        mean = _from_log(log_in_centimetres(a.mean, "S/m"), "S/cm")
        scatter = Value(float(np.exp(a.scatter)), digits=3, before="× ")
    return (process_words(a.process), quantity, str(len(a.samples)), mean,
            scatter if a.scatter > 0 else "none", probability(a.p_value))  # fmt: skip


def _meyer_neldel_section(comparison: SampleComparison, figures: Figures) -> list[Section]:
    if not comparison.meyer_neldel:
        return []
    title = "Prefactor against activation energy (Meyer–Neldel)"
    heading = ("process", "samples", "E_MN", "lines cross at", "verdict", "why")
    rows = tuple(_meyer_neldel_row(view) for view in comparison.meyer_neldel.values())
    remark = (
        "ln A = ln A₀₀ + Eₐ/E_MN, by a line with the correlated errors of ln A and Eₐ "
        "(doi:10.1119/1.1632486). Errors of Eₐ alone also give such a line "
        "(doi:10.1038/261566a0); it is therefore drawn only where the Eₐ differ by more than "
        "their errors."
    )
    table = Table(heading, rows, 4, prose=(5,), caption=title)
    blocks = (table, Remark(remark), *figures.of("meyer_neldel"))
    return [Section(title, blocks, "meyer-neldel", "Meyer–Neldel")]


def _meyer_neldel_row(view: MeyerNeldel) -> tuple[Cell, ...]:
    energy = 1e3 * view.energy if view.energy is not None else None
    return (
        process_words(view.process), str(len(view.samples)), Value(energy, "meV"),
        Value(view.isokinetic_temperature, "K"), view.verdict, format_powers(view.why),
    )  # fmt: skip
