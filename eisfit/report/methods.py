"""How a report's numbers came about: methods, settings, sources, provenance."""

from __future__ import annotations

from collections.abc import Mapping

from eisfit import __version__
from eisfit.analysis.pipeline import Analysis
from eisfit.base.words import format_celsius, format_powers
from eisfit.report.document import NOTHING, Citation, Table

_KRAMERS_KRONIG = "10.1016/j.electacta.2014.01.034"
_HSU_MANSFELD = "10.5006/1.3280607"
_BRUG = "10.1016/S0022-0728(84)80324-1"
_ASSIGNMENT = "10.1002/adma.19900020304"
_RELAXATION_TIMES = ("10.1016/j.electacta.2015.09.097", "10.1162/neco.1992.4.3.415")
_ROUND_ROBIN = "10.1021/acsenergylett.9b02764"
_GROWTH = "10.1016/j.ssi.2015.06.001"


def methods(analysis: Analysis) -> tuple[str, ...]:
    """Return the paragraphs that a paper would need."""
    model = analysis.model
    weights = {f.weighting for f in (r.fit for r in analysis.spectra) if f is not None}
    how = ", ".join(sorted(weights)) or "modulus"
    paragraphs = [
        "Every spectrum was screened and tested for consistency with the Kramers–Kronig "
        "relations (a linear fit of relaxations; AICc determines their number). Points that "
        "were left out are listed with the reason; raw numbers were not changed. Distributions "
        "of relaxation times were calculated by Tikhonov regularisation with non-negativity; "
        "the regularisation parameter maximises the Bayesian evidence. The circuit "
        f"{model.circuit} ({model.title}) was fitted to the real and the imaginary part by "
        f"complex nonlinear least squares with {how} weights. Parameters that carry a unit were "
        "fitted as logarithms. A parameter that the data do not determine is reported as such, "
        "with the range of values that fit equally well.",
        "Effective capacitances of processes in the bulk of the sample are by the formula of "
        "Hsu and Mansfeld, those of interfaces by the formula of Brug; the formula is given "
        "with each value. The names of the processes are those of the model. The capacitance "
        "of an arc supports a process, but does not prove it.",
    ]
    if analysis.arrhenius:
        kinds = ", ".join(sorted({line.method for line in analysis.arrhenius.values()}))
        quantity = "σT" if analysis.series.geometry is not None else "T/R"
        paragraphs.append(
            f"Activation energies are slopes of straight lines of ln({quantity}) over 1/T "
            f"({kinds} fits of the spectra), weighted by the errors of the fits plus a scatter "
            "term. The slopes of ln σ, which are smaller by k/⟨1/T⟩, are also given. Errors "
            "are one standard error; bands and intervals are 95 %. The error of the geometry "
            "affects σ, but not Eₐ."
        )
    if analysis.growth:
        paragraphs.append(
            "Resistances of interphases over time were fitted by R₀ + k tᵐ, weighted by the "
            "errors of the fits, with m free, ½ and 1. A law is named where AICc supports only "
            "this law and its exponent lies in the 95 % interval of m from the profile of χ²."
        )
    if analysis.comparison:
        paragraphs.append(
            "A conductivity agrees with the literature if the ratio is within a factor of 2; "
            "an activation energy agrees if the difference is within 0.05 eV for the same "
            "form. These limits are the scatter between laboratories."
        )
    paragraphs.append(f"Analysed with eisfit {__version__}.")
    return tuple(paragraphs)


def sources(analysis: Analysis) -> tuple[Citation, ...]:
    """Return the sources of the model, the methods and the compared values, each DOI once."""
    dois = [*analysis.model.sources]
    dois += [p.source for p in analysis.model.processes.values()]
    dois += [_KRAMERS_KRONIG, _HSU_MANSFELD, _BRUG, _ASSIGNMENT]
    dois += [d.doi for r in analysis.spectra for p in r.processes.values()
             for d in p.derived.values()]  # fmt: skip
    dois += _RELAXATION_TIMES if any(r.relaxations for r in analysis.spectra) else []
    dois += [_GROWTH] if analysis.growth else []
    dois += [_ROUND_ROBIN] if analysis.comparison else []
    dois += [row.doi for row in analysis.comparison]
    texts = {row.doi: row.citation or row.reference_id for row in reversed(analysis.comparison)}
    unique = dict.fromkeys(doi.removeprefix("doi:") for doi in dois if doi)
    return tuple(Citation(texts.get(doi, ""), doi) for doi in unique)


def settings_table(analysis: Analysis) -> Table:
    """Return material, geometry, model, circuit and options of the analysis."""
    geometry = analysis.series.geometry
    shape = "not known"
    if geometry is not None:
        shape = (
            f"thickness {geometry.thickness * 1e3:.4g} mm, area {geometry.area * 1e4:.4g} cm², "
            f"cell constant {geometry.cell_constant / 100:.4g} cm⁻¹ "
            f"(± {100 * geometry.relative_error:.2g} %)"
        )
    rows = {
        "material": analysis.material or "not named",
        "geometry": shape,
        "model": f"{analysis.model.name}: {analysis.model.title}",
        "circuit": analysis.model.circuit,
        "applies to": analysis.model.applies_to or NOTHING,
        **{k: v for k, v in analysis.settings.items() if k not in {"model", "circuit"}},
    }
    return Table(("setting", "value"), tuple(rows.items()), prose=(1,), caption="Settings")


def provenance_table(analysis: Analysis) -> Table:
    """Return where every spectrum comes from, those left out included."""
    series = analysis.series
    rows = []
    for spectrum in (*series.spectra, *(s for s, _ in series.left_out)):
        p = spectrum.provenance
        source = spectrum.temperature_source or "not known"
        rows.append((
            p.file or "made in memory", str(p.sweep), p.format or NOTHING,
            " · ".join(t for t in (p.instrument, p.technique, p.software) if t) or NOTHING,
            p.measured_at.strftime("%Y-%m-%d %H:%M") if p.measured_at is not None else NOTHING,
            f"{format_celsius(spectrum.temperature)}, from {source}"
            if spectrum.temperature is not None else "not known",
            _conditions(p.conditions), p.sign_convention or NOTHING, p.sha256 or NOTHING,
        ))  # fmt: skip
    heading = ("file", "sweep", "format", "instrument", "measured", "temperature", "conditions",
               "column of the file", "sha256")  # fmt: skip
    return Table(heading, tuple(rows), prose=(0, 3, 6, 8))


_CONDITION_WORDS = {
    "amplitude_V": ("amplitude", 1e3, "mV"),
    "amplitude_A": ("amplitude", 1e3, "mA"),
    "dc_potential_V": ("dc potential", 1.0, "V"),
    "dc_current_A": ("dc current", 1e3, "mA"),
    "open_circuit_potential_V": ("open circuit", 1.0, "V"),
    "area_entry_m2": ("area typed in", 1e4, "cm²"),
}


def _conditions(conditions: Mapping[str, float]) -> str:
    """Return how a spectrum was measured, in words; other conditions are left out."""
    texts = [
        f"{words} {conditions[name] * factor:.4g} {unit}"
        for name, (words, factor, unit) in _CONDITION_WORDS.items()
        if name in conditions
    ]
    return format_powers(", ".join(texts)).replace("-", "−") or NOTHING
