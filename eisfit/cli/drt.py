"""``eisfit drt``: distributions of relaxation times, how many processes there are and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eisfit.base.findings import Finding
from eisfit.cli import terminal
from eisfit.cli.options import FIXTURE, Json, Paths, Settings, with_settings

if TYPE_CHECKING:
    from eisfit.quality.relaxation_times import Drt, Peak

_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="DIR", help="Folder for the figures (svg and png).",
                 show_default=False),
]  # fmt: skip


@with_settings(*FIXTURE, "suspects")
def drt(
    paths: Paths,
    settings: Settings,
    json: Json = False,
    output: _Output = None,
) -> None:
    """Show the distribution of relaxation times: peaks, their resistances and time constants.

    Try:

      eisfit drt pellet/ -o drt_figures

      eisfit drt *.mpt --json
    """
    from eisfit.base.errors import SpectrumError
    from eisfit.io.inputs import read_inputs
    from eisfit.quality.relaxation_times import drt as distribution

    inputs = read_inputs(paths, settings)
    done: list[Drt] = []
    failed: list[Finding] = []
    for spectrum in terminal.track(inputs.spectra, "relaxation times", quiet=json):
        try:
            done.append(distribution(spectrum))
        except SpectrumError as error:
            text = f"{error}; the other spectra are analysed"
            failed.append(Finding("no_drt", "warning", text))
    if json:
        terminal.print_json([_as_json(result) for result in done])
    else:
        _print(done)
    problems = [*inputs.findings, *failed]
    terminal.print_findings([*problems, *([] if json else [f for r in done for f in r.findings])])
    if output is not None and done:
        _write(done, output)
    if not done:
        raise typer.Exit(code=2)
    raise typer.Exit(code=terminal.exit_code([*problems, *(f for r in done for f in _findings(r))]))


def _findings(result: Drt) -> tuple[Finding, ...]:
    return (*result.spectrum.findings, *result.findings)


def _as_json(result: Drt) -> dict[str, Any]:
    source = result.spectrum.provenance
    return {
        "file": source.file,
        "sweep": source.sweep,
        "peaks": [_peak_as_json(peak) for peak in result.peaks],
        "polarization_ohm": result.polarization,
        "polarization_stderr_ohm": result.polarization_stderr,
        "series_resistance_ohm": result.R_series,
        "inductance_H": result.inductance,
        "tail": None if result.tail is None else {"Q": result.tail.Q, "n": result.tail.n},
        "noise_percent": 100 * result.noise,
        "findings": [f.to_dict() for f in _findings(result)],
    }


def _peak_as_json(peak: Peak) -> dict[str, Any]:
    return {
        "time_constant_s": peak.time_constant,
        "time_constant_stderr_s": peak.time_constant_stderr,
        "resistance_ohm": peak.resistance,
        "resistance_stderr_ohm": peak.resistance_stderr,
        "width_decades": peak.width,
        "sure": peak.sure,
        "why_not_sure": peak.why,
    }


def _print(done: Sequence[Drt]) -> None:
    rows = []
    for result in done:
        name = result.spectrum.label
        for peak in result.peaks:
            rows.append([
                name,
                f"{peak.time_constant:.3g}",
                f"{peak.resistance:.4g}",
                f"{100 * peak.resistance_stderr / peak.resistance:.2g}",
                f"{peak.width:.2g}",
                "yes" if peak.sure else "no",
            ])  # fmt: skip
            name = ""
        if not result.peaks:
            rows.append([name, "no peak", "", "", "", ""])
    if rows:
        columns = ["file", "time constant / s", "resistance / ohm", "± %", "decades", "sure"]
        terminal.print_table("", columns, rows)


def _write(done: Sequence[Drt], folder: Path) -> None:
    """Write a figure of each spectrum, and one of all where there are several."""
    from eisfit.io.atomic import write_bytes
    from eisfit.plots import drt_figure, drt_series_figure, rendered

    figures = dict(zip(_names(done), map(drt_figure, done), strict=True))
    if len(done) > 1:
        figures["series"] = drt_series_figure(done)
    for name, figure in figures.items():
        for kind in ("svg", "png"):
            write_bytes(folder / f"drt_{name}.{kind}", rendered(figure, kind))
    terminal.print_message(f"{2 * len(figures)} figures in {folder}")


def _names(done: Sequence[Drt]) -> list[str]:
    """Return a different, plain name for each spectrum."""
    names: list[str] = []
    for result in done:
        label = re.sub(r"[^\w.+-]+", "_", result.spectrum.label).strip("_.") or "spectrum"
        same = sum(n == label or n.startswith(f"{label}_again") for n in names)
        names.append(f"{label}_again{same}" if same or label == "series" else label)
    return names
