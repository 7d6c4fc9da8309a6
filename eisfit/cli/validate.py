"""``eisfit validate``: can the data be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from eisfit.cli.common import Json, Paths, print_findings, print_json, print_table, say

if TYPE_CHECKING:
    from eisfit.spectrum import Spectrum

_VERDICTS = {"usable": "valid", "doubtful": "doubtful", "unusable": "invalid"}


def validate(paths: Paths, json: Json = False) -> None:
    """Test the data themselves: screening and Kramers-Kronig.

    Try:

      eisfit validate pellet/ --json
    """
    from eisfit.cli.inputs import load

    inputs = load(paths)
    rows = [_tested(s) for s in inputs.spectra]
    if json:
        print_json(rows)
    else:
        print_table(
            "",
            ["file", "verdict", "noise / %"],
            [
                [s.label, r["verdict"], f"{r['noise_percent']:.2g}"]
                for s, r in zip(inputs.spectra, rows, strict=True)
            ],
        )
        for row in rows:
            for finding in row["findings"]:
                say(f"{finding['severity']}: {finding['message']}")
        print_findings(inputs.findings)
    bad = any(r["verdict"] != "valid" for r in rows) or bool(inputs.findings)
    raise typer.Exit(code=int(bad))


def _tested(spectrum: Spectrum) -> dict[str, Any]:
    from eisfit.findings import verdict
    from eisfit.validation import kramers_kronig, screen
    from eisfit.validation.kramers_kronig import verdict_findings

    frequency, _ = spectrum.kept
    found = (*spectrum.findings, *screen(spectrum), *verdict_findings(spectrum))
    return {
        "file": spectrum.provenance.file,
        "sweep": spectrum.provenance.sweep,
        "verdict": _VERDICTS[verdict(found)],
        "noise_percent": 100 * kramers_kronig(spectrum).noise,
        "valid_range_Hz": [float(frequency[-1]), float(frequency[0])],
        "findings": [{"code": f.code, "severity": f.severity, "message": f.message} for f in found],
    }
