"""``eisfit validate``: tests of the data themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from eisfit.cli import terminal
from eisfit.cli.options import FIXTURE, Json, Paths, Settings, with_settings

if TYPE_CHECKING:
    from eisfit.base.findings import Finding
    from eisfit.data.spectrum import Spectrum

_VERDICTS = {"usable": "valid", "doubtful": "doubtful", "unusable": "invalid"}


@with_settings(*FIXTURE)
def validate(
    paths: Paths,
    settings: Settings,
    json: Json = False,
) -> None:
    """Test the data: screening, Kramers-Kronig relations, change from sweep to sweep.

    Noise is the standard deviation of the real (and of the imaginary) part in % of |Z|; the valid
    range is the longest part of the sweep that passes the tests.

    Try:

      eisfit validate pellet/

      eisfit validate pellet/ --json
    """
    from eisfit.io.inputs import read_inputs

    inputs = read_inputs(paths, settings)
    repeats = _repeats(inputs.spectra)
    rows = [_test(s, repeated) for s, repeated in zip(inputs.spectra, repeats, strict=True)]
    if json:
        terminal.print_json(rows)
    else:
        terminal.print_table(
            "",
            ["file", "verdict", "noise / %", "drift / %", "valid range / Hz"],
            [_row(s, r) for s, r in zip(inputs.spectra, rows, strict=True)],
        )
        for row in rows:
            for finding in row["findings"]:
                terminal.print_message(f"{finding['severity']}: {finding['message']}")
        terminal.print_findings(inputs.findings)
    failed = any(r["verdict"] != "valid" for r in rows)
    raise typer.Exit(code=terminal.exit_code(inputs.findings, failed=failed))


def _repeats(spectra: Sequence[Spectrum]) -> list[list[Finding]]:
    """Return, for each spectrum, how it differs from the first sweep of its file."""
    from eisfit.quality import repeat_findings

    first: dict[str, Spectrum] = {}
    findings = []
    for spectrum in spectra:
        earlier = first.setdefault(spectrum.provenance.file, spectrum)
        repeated = [] if earlier is spectrum else list(repeat_findings([earlier, spectrum]))
        findings.append(repeated)
    return findings


def _row(spectrum: Spectrum, row: dict[str, Any]) -> list[str]:
    noise, inside = row["noise_percent"], row["valid_range_Hz"]
    return [
        spectrum.label,
        row["verdict"],
        f"{noise:.2g}" if noise is not None else "",
        f"{row['drift_percent']:+.2g}" if row["drift_percent"] else "",
        f"{inside[0]:.4g} to {inside[1]:.4g}" if inside else "none",
    ]


def _test(spectrum: Spectrum, repeats: list[Finding]) -> dict[str, Any]:
    from math import isfinite

    from eisfit.base.findings import verdict
    from eisfit.quality import validate as tested

    result = tested(spectrum)
    findings = (*spectrum.findings, *result.findings, *repeats)
    return {
        "file": spectrum.provenance.file,
        "sweep": spectrum.provenance.sweep,
        "verdict": _VERDICTS[verdict(findings)],
        "noise_percent": 100 * result.noise if isfinite(result.noise) else None,
        "drift_percent": 100 * result.drift,
        "valid_range_Hz": list(result.valid_range) if result.valid_range else None,
        "findings": [f.to_dict() for f in findings],
    }
