"""The files of a comparison of samples: page, PDF, tables and figures; and each sample's report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from uncertainties import UFloat

from eisfit import __version__
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.progress import Progress
from eisfit.base.units import log_in_centimetres
from eisfit.report.figures import Picture
from eisfit.report.html import embedded
from eisfit.report.html import page as html_page
from eisfit.report.plain import Object, as_text, findings, number
from eisfit.report.results import SCHEMA_VERSION, results
from eisfit.report.samples_content import (
    DIFFERENCE_NOTES,
    MEYER_NELDEL_NOTES,
    samples_content,
)
from eisfit.report.samples_pdf import SamplesPictures, samples_pdf
from eisfit.report.tables import Cell, as_csv
from eisfit.samples import Agreement, Difference, MeyerNeldel, SampleComparison

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_TAKEN = {"figures", "", ".", ".."}


def folders_of(comparison: SampleComparison) -> dict[str, str]:
    """Return the folder of each sample's own report by the sample's name, all of them different."""
    out: dict[str, str] = {}
    for sample in comparison.samples:
        name = _NOT_IN_NAMES.sub("_", sample.name).strip(" .")
        while name.lower() in _TAKEN | {n.lower() for n in out.values()}:
            name += "_"
        out[sample.name] = name
    return out


def fill(comparison: SampleComparison, folder: Path, progress: Progress) -> None:
    """Write every file of a comparison into `folder`, which exists and is empty."""
    from eisfit.plots.style import font_folder
    from eisfit.report.files import write_figures

    pictures = _draw(comparison, progress)
    folders = folders_of(comparison)
    said = samples_content(comparison, folders)
    names = write_figures(pictures.all(), folder / "figures")
    numbers = comparison_results(comparison, folders) | {"files": names}
    (folder / "results.json").write_text(as_text(numbers), encoding="utf-8")
    for name, rows in (
        ("samples.csv", _samples_rows(comparison)),
        ("differences.csv", _differences_rows(comparison.differences)),
    ):
        (folder / name).write_text(as_csv(rows), encoding="utf-8", newline="")
    notes = {"differences": DIFFERENCE_NOTES, "meyer_neldel": MEYER_NELDEL_NOTES}
    text = html_page("samples.html.j2", content=said, pictures=pictures, notes=notes,
                     data=embedded(_without_samples(numbers)))  # fmt: skip
    (folder / "report.html").write_text(text, encoding="utf-8")
    (folder / "report.pdf").write_bytes(samples_pdf(said, pictures, font_folder()))


def comparison_results(comparison: SampleComparison, folders: dict[str, str]) -> Object:
    """Return the content of a comparison's ``results.json``.

    Each sample's own results stand under ``samples``, as in the ``results.json`` of a series.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "eisfit_version": __version__,
        "samples": [
            {"name": s.name, "folder": folders[s.name], "results": results(s.analysis)}
            for s in comparison.samples
        ],
        "differences": [_difference(d) for d in comparison.differences],
        "agreements": [_agreement(a) for a in comparison.agreements],
        "meyer_neldel": {n: _meyer_neldel(v) for n, v in comparison.meyer_neldel.items()},
        "findings": findings(comparison.findings),
    }


def _without_samples(numbers: Object) -> Object:
    """Return the comparison's results without those of the samples, which have their own page."""
    return numbers | {
        "samples": [{k: v for k, v in s.items() if k != "results"} for s in numbers["samples"]]
    }


def _difference(d: Difference) -> Object:
    value = d.difference
    return {
        "process": d.process,
        "quantity": d.quantity,
        "first": d.first,
        "second": d.second,
        "temperature_K": number(d.temperature),
        "difference": number(value.n if value is not None else None),
        "stderr": number(value.s if value is not None else None),
        "unit": "eV" if d.temperature is None else "ln(first/second)",
        "p_value": number(d.p_value),
        "adjusted_p_value": number(d.adjusted_p_value),
        "verdict": d.verdict,
        "why": d.why,
    }


def _agreement(a: Agreement) -> Object:
    return {
        "process": a.process,
        "quantity": a.quantity,
        "temperature_K": number(a.temperature),
        "samples": list(a.samples),
        "mean": number(a.mean.n if a.temperature is None else log_in_centimetres(a.mean.n, "S/m")),
        "stderr": number(a.mean.s),
        "scatter": number(a.scatter),
        "unit": "eV" if a.temperature is None else "ln(S/cm)",
        "p_value": number(a.p_value),
    }


def _meyer_neldel(view: MeyerNeldel) -> Object:
    def pair(value: UFloat | None) -> Object | None:
        return None if value is None else {"value": number(value.n), "stderr": number(value.s)}

    return {
        "samples": list(view.samples),
        "activation_energy_eV": [number(x) for x in view.activation_energy],
        "ln_prefactor": [number(x) for x in log_in_centimetres(view.ln_prefactor, "S K/m")],
        "slope_per_eV": pair(view.slope),
        "meyer_neldel_energy_eV": pair(view.energy),
        "isokinetic_temperature_K": pair(view.isokinetic_temperature),
        "scatter": number(view.scatter),
        "verdict": view.verdict,
        "why": view.why,
    }


def _samples_rows(comparison: SampleComparison) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = [[
        "sample", "process", "E_a (ln sigma T) [eV]", "E_a stderr [eV]", "E_a 95 % low [eV]",
        "E_a 95 % high [eV]", "E_a (ln sigma) [eV]", "ln prefactor", "ln prefactor stderr",
        "value at 25 C", "stderr at 25 C", "unit at 25 C", "points", "law",
    ]]  # fmt: skip
    for process in comparison.processes:
        for name, line in comparison.lines(process).items():
            low, high = line.ci95 if line.ci95 is not None else (None, None)
            ln_prefactor = log_in_centimetres(line.ln_prefactor, line.prefactor_unit)
            rows.append([
                name, process, line.activation_energy.n, line.activation_energy.s, low, high,
                line.activation_energy_ln_sigma.n, ln_prefactor.n, ln_prefactor.s,
                *line.conductivity_in_centimetres(ROOM_TEMPERATURE),
                int(line.used.sum()), line.law.name if line.law is not None else "arrhenius",
            ])  # fmt: skip
    return rows


def _differences_rows(found: Sequence[Difference]) -> list[Sequence[Cell]]:
    heading = ["process", "quantity", "first", "second", "temperature [K]", "difference", "stderr",
               "unit", "p", "p adjusted", "verdict", "why"]  # fmt: skip
    return [heading, *(list(_difference(d).values()) for d in sorted(found, key=_order))]


def _order(difference: Difference) -> tuple[str, str]:
    return difference.process, difference.quantity


def _draw(comparison: SampleComparison, progress: Progress) -> SamplesPictures:
    from eisfit import plots

    def drawn(name: str, alt: str, figure: Any) -> Picture:
        return Picture(
            name, alt, plots.rendered(figure, "png", crop=True),
            plots.rendered(figure, "svg", crop=True),
        )  # fmt: skip

    processes = comparison.processes
    total = len(processes) + 1
    progress("drawing the comparison", 0, total)
    values = None
    if processes:
        alt = "Activation energies and conductivities of every sample with 95 % intervals"
        values = drawn("samples", alt, plots.samples_values_figure(comparison))
    lines, views = [], []
    for i, process in enumerate(processes):
        progress("drawing the comparison", i + 1, total)
        figure = plots.samples_arrhenius_figure(comparison, process)
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", process)
        lines.append(drawn(f"arrhenius_{name}", f"Arrhenius plot of {process}", figure))
        view = comparison.meyer_neldel.get(process)
        if view is not None and np.all(np.isfinite(view.covariance)):
            alt = f"Prefactor over activation energy of {process}"
            views.append(drawn(f"meyer_neldel_{name}", alt, plots.meyer_neldel_figure(view)))
    progress("drawing the comparison", total, total)
    return SamplesPictures(values, tuple(lines), tuple(views))
