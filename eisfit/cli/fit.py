"""``eisfit fit``: one circuit fitted to each spectrum separately."""

from __future__ import annotations

import typer

from eisfit.cli.common import (
    Area,
    Diameter,
    Json,
    ModelName,
    Open,
    Paths,
    Short,
    SuspectPoints,
    Thickness,
    exit_code,
    print_findings,
    print_json,
    print_table,
    progress_bar,
    settings_from_options,
)


def fit(
    paths: Paths,
    model: ModelName = None,
    thickness: Thickness = None,
    diameter: Diameter = None,
    area: Area = None,
    short: Short = None,
    open_: Open = None,
    suspects: SuspectPoints = None,
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

    options = settings_from_options(
        model=model, thickness=thickness, diameter=diameter, area=area, short=short, open=open_,
        suspects=suspects,
    )  # fmt: skip
    inputs = read_inputs(paths, options)
    loaded = load_model(inputs.settings.required_model())
    results = []
    with progress_bar(quiet=json) as progress:
        for i, spectrum in enumerate(inputs.spectra):
            results.append(analyze_spectrum(spectrum, loaded))
            progress("fitting", i + 1, len(inputs.spectra))
    if json:
        print_json([spectrum_result(result) for result in results])
    else:
        for result in results:
            typer.echo(f"\n{result.spectrum.label}: {result.verdict}")
            if result.fit is not None:
                rows = [[n, describe(e)] for n, e in result.fit.estimates.items()]
                percent = result.fit.misfit_percent
                title = f"{loaded.title}; residuals {percent:.2g} % of |Z|"
                print_table(title, ["parameter", "value"], rows)
            print_findings(result.findings)
        print_findings(inputs.findings)
    failed = any(r.verdict != "usable" for r in results)
    raise typer.Exit(code=exit_code(inputs.findings, failed=failed))
