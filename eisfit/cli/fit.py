"""``eisfit fit``: one circuit fitted to each spectrum by itself."""

from __future__ import annotations

import typer

from eisfit.base.errors import ModelError
from eisfit.cli.common import (
    Area,
    Diameter,
    Json,
    ModelName,
    Paths,
    Thickness,
    geometry_of,
    print_findings,
    print_json,
    print_table,
    progress_bar,
)
from eisfit.cli.treatment import OpenOption, ShortOption, SuspectsOption
from eisfit.io.treatment import Treatment


def fit(
    paths: Paths,
    model: ModelName = "",
    thickness: Thickness = "",
    diameter: Diameter = "",
    area: Area = "",
    short: ShortOption = "",
    open_: OpenOption = "",
    suspects: SuspectsOption = "",
    json: Json = False,
) -> None:
    """Fit a circuit to every spectrum, without a guess.

    Try:

      eisfit fit pellet_25C.mpt -m llto_pellet

      eisfit fit data/*.DTA -m 'R0-p(R1,CPE1)-CPE2' --json > fits.json
    """
    from eisfit.analysis.pipeline import analyze_spectrum
    from eisfit.base.findings import above_info
    from eisfit.circuit.models import load_model
    from eisfit.io.inputs import load
    from eisfit.report.spectrum_results import spectrum_result

    inputs = load(paths, Treatment(short, open_, suspects))
    sheet = inputs.sheet
    model = model or (sheet.model if sheet is not None else "")
    if not model:
        raise ModelError(
            "which circuit? give --model NAME or a circuit (see `eisfit models`); `eisfit compare` "
            "suggests one"
        )
    loaded = load_model(model)
    geometry = geometry_of(thickness, diameter, area) or (sheet.geometry if sheet else None)
    done = []
    with progress_bar(quiet=json) as progress:
        for i, spectrum in enumerate(inputs.spectra):
            done.append(analyze_spectrum(spectrum, loaded, geometry))
            progress("fitting", i + 1, len(inputs.spectra))
    if json:
        print_json([spectrum_result(result) for result in done])
    else:
        for result in done:
            typer.echo(f"\n{result.spectrum.label}: {result.verdict}")
            if result.fit is not None:
                from eisfit.fitting.result import describe

                rows = [[n, describe(e)] for n, e in result.fit.estimates.items()]
                print_table(
                    f"{loaded.title}; residuals {result.fit.misfit_percent:.2g} % of |Z|",
                    ["parameter", "value"],
                    rows,
                )
            print_findings(result.findings)
    if not json:
        print_findings(inputs.findings)
    bad = any(r.verdict != "usable" for r in done) or above_info(inputs.findings)
    raise typer.Exit(code=int(bad))
