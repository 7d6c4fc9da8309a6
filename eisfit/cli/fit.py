"""``eisfit fit``: one circuit fitted to each spectrum separately."""

from __future__ import annotations

import typer

from eisfit.cli import terminal
from eisfit.cli.options import FIXTURE, GEOMETRY, Json, Paths, Settings, with_settings


@with_settings("model", *GEOMETRY, *FIXTURE, "suspects")
def fit(
    paths: Paths,
    settings: Settings,
    json: Json = False,
) -> None:
    """Fit a circuit to every spectrum; no start values are needed.

    Try:

      eisfit fit pellet_25C.mpt -m llto_pellet

      eisfit fit data/*.DTA -m 'R0-p(R1,CPE1)-CPE2' --json > fits.json
    """
    from eisfit.analysis.pipeline import analyze_spectrum
    from eisfit.circuit.models import load_model
    from eisfit.fitting.result import describe
    from eisfit.io.inputs import read_inputs
    from eisfit.report.results import spectrum_result

    inputs = read_inputs(paths, settings)
    loaded = load_model(inputs.settings.required_model())
    spectra = terminal.track(inputs.spectra, "fitting", quiet=json)
    results = [analyze_spectrum(spectrum, loaded) for spectrum in spectra]
    if json:
        terminal.print_json([spectrum_result(result) for result in results])
    else:
        for result in results:
            typer.echo(f"\n{result.spectrum.label}: {result.verdict}")
            if result.fit is not None:
                rows = [[n, describe(e)] for n, e in result.fit.estimates.items()]
                percent = result.fit.misfit_percent
                title = f"{loaded.title}; residuals {percent:.2g} % of |Z|"
                terminal.print_table(title, ["parameter", "value"], rows)
            terminal.print_findings(result.findings)
        terminal.print_findings(inputs.findings)
    failed = any(r.verdict != "usable" for r in results)
    raise typer.Exit(code=terminal.exit_code(inputs.findings, failed=failed))
