"""``eisfit show``: what is in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from eisfit.cli.common import Json, Paths, print_findings, print_json, print_message, print_table

if TYPE_CHECKING:
    from eisfit.data.spectrum import Spectrum
    from eisfit.readers import ReadOutcome


def show(paths: Paths, json: Json = False) -> None:
    """Show what the files hold: spectra, points, frequencies, temperatures, trouble.

    Try:

      eisfit show pellet/

      eisfit show *.mpt --json
    """
    from eisfit.base.findings import has_warnings
    from eisfit.quality import screen
    from eisfit.readers import read_each, skipped_files
    from eisfit.readers.text import base_name

    outcomes = read_each(paths)
    found = {s: (*s.findings, *screen(s)) for o in outcomes for s in o.spectra}
    if json:
        print_json([_as_json(o, found) for o in outcomes])
    else:
        rows = [_row(s, o.format) for o in outcomes for s in o.spectra]
        if rows:
            columns = ["file", "format", "points", "frequency / Hz", "temperature", "found in"]
            print_table("", columns, rows)
        for outcome in outcomes:
            if outcome.error:
                print_message(outcome.error)
        skipped = [base_name(path) for path in skipped_files(paths)]
        if skipped:
            more = f" and {len(skipped) - 8} more" if len(skipped) > 8 else ""
            print_message(
                f"skipped (not impedance data): {', '.join(skipped[:8])}{more}; name them to have "
                "them read"
            )
        print_findings([f for findings in found.values() for f in findings])
    unreadable = [o for o in outcomes if o.error]
    if len(unreadable) == len(outcomes):
        raise typer.Exit(code=2)
    bad = bool(unreadable) or any(has_warnings(f) for f in found.values())
    raise typer.Exit(code=int(bad))


def _as_json(outcome: ReadOutcome, found: dict[Spectrum, Any]) -> dict[str, Any]:
    if outcome.error:
        return {"file": outcome.path, "error": outcome.error}
    spectra = []
    for s in outcome.spectra:
        frequency, _ = s.kept
        spectra.append({
            "sweep": s.provenance.sweep,
            "n_points": len(frequency),
            "frequency_range_Hz": [float(frequency[-1]), float(frequency[0])],
            "temperature_K": s.temperature,
            "findings": [
                {"code": f.code, "severity": f.severity, "message": f.message} for f in found[s]
            ],
        })  # fmt: skip
    return {"file": outcome.path, "format": outcome.format, "spectra": spectra}


def _row(spectrum: Spectrum, name: str) -> list[str]:
    frequency, _ = spectrum.kept
    T = spectrum.temperature
    return [
        spectrum.label,
        name,
        str(len(frequency)),
        f"{frequency[-1]:.4g} to {frequency[0]:.4g}",
        f"{T - 273.15:.1f} °C" if T is not None else "not known",
        spectrum.temperature_source,
    ]
