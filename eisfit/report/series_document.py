"""The report of a series as a `Document`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from uncertainties import UFloat

from eisfit.analysis.comparison import ComparisonRow
from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.units import in_centimetres
from eisfit.base.values import to_ufloat
from eisfit.base.words import (
    celsius,
    count,
    format_celsius,
    format_degrees,
    format_frequency,
    format_number,
    format_powers,
    format_unit,
    process_words,
)
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import Estimate, describe
from eisfit.processes import Process
from eisfit.processes.physics.growth import GrowthResult
from eisfit.report.document import (
    NOTHING,
    Block,
    BulletList,
    Cell,
    Citation,
    Document,
    Figures,
    Paragraph,
    Remark,
    Section,
    Table,
    Value,
    list_findings,
)
from eisfit.report.methods import methods, provenance_table, settings_table, sources
from eisfit.temperature.arrhenius import ArrheniusResult


def series_document(analysis: Analysis, figures: Figures | None = None) -> Document:
    """Return everything that the report of `analysis` says.

    Parameters
    ----------
    analysis : Analysis
    figures : Figures, optional
        As `draw_series` returns them; a document without figures where left out.
    """
    figures = figures or Figures()
    cited = sources(analysis)
    sections = (
        _result_section(analysis, figures),
        *_growth_section(analysis),
        *_literature_section(analysis, figures),
        _overview_section(analysis, figures),
        Section("Findings about the series", (list_findings(analysis.findings),), "findings",
                "Findings"),
        Section("Each spectrum", _spectrum_sections(analysis, figures), "spectra"),
        Section("Spectra left out", (_left_out(analysis),), "left-out", "Left out"),
        Section("Methods", (
            *(Paragraph(text) for text in methods(analysis)),
            Section("Settings", (settings_table(analysis),)),
            Section("Sources", (BulletList(cited),)),
        ), "methods"),
        Section("Provenance", (provenance_table(analysis),), "provenance"),
    )  # fmt: skip
    return Document(
        f"Impedance of {analysis.material}" if analysis.material else "Impedance report",
        " · ".join(_subtitle(analysis)),
        sections,
        {v: sum(r.verdict == v for r in analysis.spectra)
         for v in ("usable", "doubtful", "unusable")},
        cited,
        "All numbers are in results.json, parameters.csv and arrhenius.csv beside this page. "
        "The figures are in the folder figures.",
    )  # fmt: skip


def _subtitle(analysis: Analysis) -> list[str]:
    series = analysis.series
    files = {spectrum.provenance.file for spectrum in series.spectra}
    texts = [count(len(series), "spectrum", "spectra")]
    if len(files) < len(series):
        texts.append(count(len(files), "file"))
    if series.coordinate == "temperature":
        texts.append(_span(series.values))
    return [*texts, analysis.model.title]


def _span(temperatures: Sequence[float] | np.ndarray) -> str:
    low, high = float(np.min(temperatures)), float(np.max(temperatures))
    if low == high:
        return format_degrees(low)
    return f"{format_degrees(low).removesuffix(' °C')} to {format_degrees(high)}"


def _result_section(analysis: Analysis, figures: Figures) -> Section:
    """Return the section that the report opens with: Arrhenius lines, or resistances."""
    table: Table | None = None
    if analysis.arrhenius:
        table = arrhenius_table(analysis)
    elif len(analysis.spectra) == 1 and analysis.spectra[0].processes:
        table = process_table(analysis.spectra[0])
    if table is None and not figures.named("resistances"):
        table = _resistance_table(analysis)
    remarks = map(Remark, _result_remarks(analysis))
    blocks = (*([table] if table is not None else []), *remarks, *figures.of("result"))
    return Section("Result", blocks, "answer")


def arrhenius_table(analysis: Analysis) -> Table:
    """Return one row an Arrhenius line.

    The columns are process, R, σ at 25 °C, E_a of ln(σT), its 95 % interval, E_a of ln σ and the
    temperatures.
    """
    known = [r.spectrum.temperature for r in analysis.spectra if r.fit is not None]
    temperatures = [T for T in known if T is not None]
    nearest = min(temperatures, key=lambda T: abs(T - ROOM_TEMPERATURE), default=None)
    at = format_degrees(nearest) if nearest is not None else ""
    geometry = all(line.has_geometry for line in analysis.arrhenius.values())
    heading = (
        "process", f"R at {at} (measured)", "σ at 25 °C" if geometry else "1/R at 25 °C",
        "Eₐ of ln(σT) in eV", "95 % interval in eV", "Eₐ of ln σ in eV", "temperatures",
    )  # fmt: skip
    rows = tuple(
        (process_words(name), _resistance_near(line, nearest, analysis),
         conductivity_cell(line, ROOM_TEMPERATURE), Value(line.activation_energy),
         energy_interval(line), Value(line.activation_energy_ln_sigma), temperatures_used(line))
        for name, line in analysis.arrhenius.items()
    )  # fmt: skip
    return Table(heading, rows, prose=(6,), caption="Result")


def conductivity_cell(line: ArrheniusResult, temperature: float) -> Value:
    """Return the conductivity of a line at a temperature in K; 1/R in S without geometry."""
    sigma, error, unit = line.conductivity_in_centimetres(temperature)
    after = " (extrapolated)" if line.extrapolates_to(temperature) else ""
    return Value(to_ufloat(sigma, error), unit, after=after)


def energy_interval(line: ArrheniusResult) -> str:
    """Return the 95 % interval of an activation energy, with the decimals that its error asks."""
    if line.ci95 is None:
        return NOTHING
    error = line.activation_energy.std_dev
    decimals = 4
    if np.isfinite(error) and error > 0:
        decimals = int(np.clip(1 - np.floor(np.log10(error)), 2, 6))
    return f"{line.ci95[0]:.{decimals}f} to {line.ci95[1]:.{decimals}f}"


def temperatures_used(line: ArrheniusResult) -> str:
    """Return how many temperatures a line is from, and their range."""
    used = line.temperature[line.used]
    text = f"{len(used)} of {len(line.used)}"
    return f"{text}, {_span(used)}" if len(used) else text


def _resistance_near(line: ArrheniusResult, temperature: float | None, analysis: Analysis) -> Cell:
    """Return R at the measured temperature nearest to 25 °C, from the point on the line."""
    if temperature is None:
        return NOTHING
    at = np.flatnonzero(np.abs(line.temperature - temperature) < 0.005)
    if not len(at) or not line.conductivity[at[0]] > 0:
        return NOTHING
    value, error = float(line.conductivity[at[0]]), float(line.stderr[at[0]])
    geometry = analysis.series.geometry
    constant = geometry.cell_constant if line.has_geometry and geometry is not None else 1.0
    resistance = constant / value
    return Value(to_ufloat(resistance, resistance * error / value), "Ω", prefixed=True)


def _result_remarks(analysis: Analysis) -> list[str]:
    remarks = []
    if not analysis.arrhenius and analysis.series.coordinate == "temperature":
        remarks.append(
            "No activation energy: it needs two temperatures or more at which the data determine a "
            "resistance."
        )
    if analysis.series.geometry is None:
        remarks.append(
            "Thickness and area of the sample are not known: resistances are in Ω, conductances in "
            "S; activation energies do not need the geometry."
        )
    if any(line.ci95 is None for line in analysis.arrhenius.values()):
        remarks.append("Fewer than 4 temperatures give no 95 % interval of an activation energy.")
    if "total" in analysis.arrhenius:
        remarks.append(
            "The total is the sum of several processes; its activation energy does not belong "
            "to one process."
        )
    if analysis.arrhenius:
        remarks.append(
            "Errors are one standard error. Eₐ is given in both forms; compare only values of "
            "the same form."
        )
    return remarks


def _growth_section(analysis: Analysis) -> list[Section]:
    table = growth_table(analysis)
    if table is None:
        return []
    remarks = (
        "R = R₀ + k tᵐ with t in s from the zero of the series; m depends on this zero. R₀ and "
        "k are those of the law that the verdict names (m fixed); if it names none, those of "
        "the fit with m free.",
        "m = ½ is growth limited by diffusion through the layer, m = 1 by a reaction of "
        "constant rate. Other causes give the same exponents: the verdict names a law; it does "
        "not prove a cause.",
    )
    return [Section("Growth", (table, *map(Remark, remarks)), "growth")]


def growth_table(analysis: Analysis) -> Table | None:
    """Return one row a process that may grow; None where no law was fitted.

    The columns are process, exponent, its 95 % interval, R₀, rate, verdict and the reason.
    """
    if not analysis.growth:
        return None
    heading = ("process", "exponent m", "95 % interval of m", "R₀", "rate k", "verdict", "why")
    rows = tuple(_growth_row(name, law) for name, law in analysis.growth.items())
    return Table(heading, rows, 5, prose=(2, 6), caption="Growth")


def _growth_row(name: str, law: GrowthResult) -> tuple[Cell, ...]:
    interval = law.exponent_interval
    numbers: tuple[Cell, ...] = ("not determined",) * 3
    if interval.low is not None or interval.high is not None:
        held = {"diffusion": law.diffusion, "reaction": law.reaction}.get(law.verdict, law)
        unit = {"diffusion": "Ω/√s", "reaction": "Ω/s"}.get(law.verdict, "Ω/sᵐ")
        numbers = (Value(law.exponent), Value(held.R0, "Ω"), Value(held.rate, unit))
    exponent, R0, rate = numbers
    why = format_powers(law.reason)
    return process_words(name), exponent, format_powers(str(interval)), R0, rate, law.verdict, why


_QUANTITIES = {
    "conductivity_S_cm": ("conductivity", "S/cm"),
    "activation_energy_eV": ("activation energy", "eV"),
    "area_resistance_ohm_cm2": ("area resistance", "Ω cm²"),
}
_FORMS = {"ln_sigma_T": "ln(σT)", "ln_sigma": "ln σ", "not stated": "form not stated"}


def _literature_section(analysis: Analysis, figures: Figures) -> list[Section]:
    heading = ("process", "quantity", "measured", "literature", "verdict", "why", "source")
    compared = [_comparison_row(r) for r in analysis.comparison if r.verdict != "not_comparable"]
    others = [_comparison_row(r) for r in analysis.comparison if r.verdict == "not_comparable"]
    blocks: list[Block] = [
        figure if figure.name == "comparison" else Section(figure.title, (figure,))
        for figure in figures.of("literature")
    ]
    if compared:
        blocks.insert(0, Table(heading, tuple(compared), 4, prose=(1, 5, 6),
                               caption="Comparison with the literature"))  # fmt: skip
    elif others:
        blocks.insert(0, Paragraph("No published value is comparable with the measured ones."))
    if others:
        rows = tuple((row[0], row[1], row[3], row[5], row[6]) for row in others)
        columns = ("process", "quantity", "literature", "why it is not comparable", "source")
        title = f"{count(len(others), 'published value')} without a verdict, with the reasons"
        blocks.append(Section(title, (Table(columns, rows, prose=(1, 3, 4)),), collapsed=True))
    if not blocks:
        return []
    return [Section("Comparison with the literature", tuple(blocks), "literature", "Literature")]


def _comparison_row(row: ComparisonRow) -> tuple[Cell, ...]:
    quantity, unit = _QUANTITIES.get(row.quantity, (row.quantity, ""))
    if row.temperature is not None:
        quantity += f" at {format_degrees(row.temperature)}"
    if row.form:
        quantity += f", {_FORMS.get(row.form, row.form)}"
    measured = None
    if row.measured is not None:
        error = row.measured_stderr if row.measured_stderr is not None else float("nan")
        measured = to_ufloat(row.measured, error)
    return (
        process_words(row.process), quantity, Value(measured, unit),
        Value(row.reference_value, unit), row.verdict.replace("_", " "), format_powers(row.why),
        Citation(row.citation or row.reference_id, row.doi),
    )  # fmt: skip


def _overview_section(analysis: Analysis, figures: Figures) -> Section:
    blocks: list[Block] = [*figures.of("spectra")[:1]]
    if analysis.arrhenius or figures.named("resistances") or len(analysis.spectra) == 1:
        blocks.append(_resistance_table(analysis))
    blocks += [Section(figure.title, (figure,)) for figure in figures.of("spectra")[1:]]
    return Section("All spectra", tuple(blocks), "overview")


_COORDINATES = {
    "time": (1 / 3600, "h"),
    "bias": (1.0, "V"),
    "state_of_charge": (100.0, "%"),
    "pressure": (1e-6, "MPa"),
    "thickness": (1e3, "mm"),
}


def _resistance_table(analysis: Analysis) -> Table:
    """Return the resistance of every process in every spectrum."""
    names = dict.fromkeys(
        name
        for result in analysis.spectra
        for name, process in result.processes.items()
        if process.resistance is not None
    )
    coordinate = analysis.series.coordinate
    factor, unit = _COORDINATES.get(coordinate, (1.0, ""))
    rows = []
    for result, value in zip(analysis.spectra, analysis.series.values, strict=True):
        T = result.spectrum.temperature
        along = Value(float(value) * factor, unit)
        rows.append((
            result.spectrum.label, *([] if coordinate == "temperature" else [along]),
            _temperature_cell(T), *(_resistance_cell(result, name) for name in names),
            result.verdict,
        ))  # fmt: skip
    along_heading = () if coordinate == "temperature" else (coordinate.replace("_", " "),)
    processes = (f"R, {process_words(name)}" for name in names)
    heading = ("spectrum", *along_heading, "temperature", *processes, "verdict")
    return Table(heading, tuple(rows), len(heading) - 1, caption="Resistances")


def _temperature_cell(temperature: float | None) -> Value:
    return Value(celsius(temperature) if temperature is not None else None, "°C", digits=6)


def _resistance_cell(result: SpectrumResult, name: str) -> Cell:
    """Return R of a process, or that the data do not determine the one that the model has."""
    process = result.processes.get(name)
    if process is None:
        return NOTHING
    if process.resistance is not None:
        return Value(process.resistance, "Ω", prefixed=True)
    declared = result.fit.model.processes.get(name) if result.fit is not None else None
    has_one = declared is not None and declared.parameter("R") is not None
    return "not determined" if has_one else NOTHING


def _left_out(analysis: Analysis) -> Block:
    spectra = analysis.series.left_out
    if not spectra:
        return Paragraph("None. Points left out are listed with their spectrum.")
    rows = tuple((s.label, format_celsius(s.temperature), reason) for s, reason in spectra)
    return Table(("spectrum", "temperature", "why"), rows, prose=(2,))


def _spectrum_sections(analysis: Analysis, figures: Figures) -> tuple[Section, ...]:
    return tuple(
        _spectrum_section(result, i + 1, figures.spectra[i : i + 1])
        for i, result in enumerate(analysis.spectra)
    )


def _spectrum_section(result: SpectrumResult, number: int, figure: tuple[Block, ...]) -> Section:
    """Return summary, figure, findings and tables of one spectrum."""
    spectrum = result.spectrum
    blocks: list[Block] = [Remark(_summary(result)), *figure]
    if result.findings:
        blocks.append(list_findings(result.findings))
    evidence = tuple(
        text
        for process in result.processes.values()
        for text in (*candidate_texts(process), *derived_texts(process))
    )
    tables = (("Processes", process_table(result)), ("Parameters", _parameter_table(result)))
    blocks += [Section(title, (table,)) for title, table in tables if table.rows]
    if evidence:
        title = "Candidate processes of each arc, and quantities from models"
        blocks.append(Section(title, (BulletList(evidence),), collapsed=True))
    if left_out := _left_out_points(spectrum):
        blocks.append(Section("Points left out", (BulletList(left_out),)))
    T = spectrum.temperature
    title = spectrum.label if T is None else f"{format_celsius(T)} · {spectrum.label}"
    return Section(title, tuple(blocks), f"spectrum-{number}", verdict=result.verdict)


def _summary(result: SpectrumResult) -> str:
    """Return points, fit, noise, drift and valid range in one sentence."""
    frequency, _ = result.spectrum.kept
    lowest, highest = float(frequency[-1]), float(frequency[0])
    window = f"{format_frequency(lowest)} to {format_frequency(highest)}"
    texts = [f"{count(len(frequency), 'point')} in use, {window}"]
    if result.fit is not None:
        texts.append(
            f"χ²ᵣ = {format_number(result.fit.reduced_chi_square, digits=3)}, residuals "
            f"{result.fit.misfit_percent:.2g} % of |Z|"
        )
        if not result.fit.converged:
            texts.append("THE FIT DID NOT CONVERGE")
    validity = result.validity
    if validity is not None and np.isfinite(validity.noise):
        text = f"Kramers–Kronig: {validity.verdict}, noise {100 * validity.noise:.2g} % of |Z|"
        if validity.drift:
            text += f", drift {100 * validity.drift:+.2g} % over the sweep"
        if validity.valid_range is None:
            text += ", no valid range"
        else:
            low, high = validity.valid_range
            if low > lowest or high < highest:
                text += f", valid from {format_frequency(low)} to {format_frequency(high)}"
        texts.append(text)
    return "; ".join(texts)


def _parameter_table(result: SpectrumResult) -> Table:
    estimates = result.fit.estimates if result.fit is not None else {}
    meanings = {p.name: p.meaning for p in result.fit.model.parameters} if result.fit else {}
    rows = []
    for name, estimate in estimates.items():
        interval = NOTHING
        if estimate.determined and estimate.ci95 is not None:
            interval = format_powers(f"{estimate.ci95[0]:.4g} to {estimate.ci95[1]:.4g}")
        rows.append((name, _estimate_cell(estimate), interval, meanings.get(name, "")))
    return Table(("parameter", "value", "95 % interval", "meaning"), tuple(rows), prose=(3,))


def _estimate_cell(estimate: Estimate) -> Cell:
    unit = format_unit(estimate.unit)
    if estimate.fixed or not estimate.determined:
        return format_powers(describe(replace(estimate, unit=unit or "1")))
    stderr = estimate.stderr if estimate.stderr is not None else float("nan")
    after = " at its bound" if estimate.at_bound else ""
    return Value(to_ufloat(estimate.value, stderr), unit, after=after)


def process_table(result: SpectrumResult) -> Table:
    """Return one row a process with R, C, time constant, σ and area resistance."""
    heading = ("process", "R", "C", "time constant", "σ", "area resistance")
    rows = tuple(
        (process_words(name), _resistance_cell(result, name), _capacitance_cell(p),
         Value(p.time_constant, "s", prefixed=True), _si_cell(p.conductivity, "S/m"),
         _si_cell(p.area_resistance, "ohm m2"))
        for name, p in result.processes.items()
    )  # fmt: skip
    return Table(heading, rows, prose=(2,))


def _si_cell(value: UFloat | None, si_unit: str) -> Value:
    """Return a quantity in the unit in which results state it."""
    number, unit = in_centimetres(value, si_unit)
    return Value(number, format_unit(unit))


def _capacitance_cell(process: Process) -> Cell:
    if process.capacitance is None:
        above = "not determined: the arc lies above the measured frequencies"
        return above if process.above_window else "not determined"
    formula = f" ({process.capacitance_formula})" if process.capacitance_formula else ""
    return Value(process.capacitance, "F", prefixed=True, after=formula)


def candidate_texts(process: Process) -> list[str]:
    """Return what an arc may be, with the reasons, the most probable first."""
    return [
        f"{process_words(process.name)} may be {process_words(candidate.process)} "
        f"(score {candidate.score:.2f}): {format_powers(candidate.why)}"
        for candidate in process.candidates
    ]


def derived_texts(process: Process) -> list[str]:
    """Return the quantities that models give of a process, each with its model and source."""
    return [
        f"{process_words(process.name)}, {name.replace('_', ' ')} = "
        f"{_si_cell(derived.value, derived.unit)} by the model {derived.model}"
        + (f", doi:{derived.doi}" if derived.doi else "")
        for name, derived in process.derived.items()
    ]


def _left_out_points(spectrum: Spectrum) -> tuple[str, ...]:
    """Return each reason with the frequencies of its points."""
    groups: dict[str, list[str]] = {}
    for i in np.flatnonzero(spectrum.mask):
        f = float(spectrum.frequency[i])
        text = format_frequency(f) if np.isfinite(f) and f > 0 else "no frequency"
        groups.setdefault(spectrum.reasons[i], []).append(text)
    return tuple(
        f"{count(len(texts), 'point')} ({', '.join(texts[:12])}{' …' if len(texts) > 12 else ''}): "
        f"{reason}"
        for reason, texts in groups.items()
    )
