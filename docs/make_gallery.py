"""Draw the pictures of docs/gallery.md from sample_data: python docs/make_gallery.py [FOLDER].

The commands of the report draw the same figures; here each is drawn by the function that a script
would call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import eisfit
from eisfit import plots

ROOT = Path(__file__).parents[1]
DISC = {"thickness": "1.2 mm", "diameter": "10 mm"}


def pellet() -> eisfit.Analysis:
    """Return the analysis of the sample pellet."""
    spectra = eisfit.read(ROOT / "sample_data/llto_pellet")
    series = eisfit.Series.by_temperature(spectra, geometry=eisfit.Geometry.disc(**DISC))
    return eisfit.analyze_series(series, "llto_pellet", material="LLTO")


def halves(analysis: eisfit.Analysis) -> eisfit.SampleComparison:
    """Return two samples compared: every other temperature of the one pellet."""
    spectra, geometry = analysis.series.spectra, analysis.series.geometry
    parts = {"first": spectra[::2], "second": spectra[1::2]}
    return eisfit.compare_samples({
        name: eisfit.analyze_series(
            eisfit.Series.by_temperature(part, geometry=geometry), analysis.model
        )
        for name, part in parts.items()
    })  # fmt: skip


def ageing() -> eisfit.Analysis:
    """Return the analysis of the sample stack over its age."""
    import re
    from dataclasses import replace

    spectra = []
    for spectrum in eisfit.read(ROOT / "sample_data/lipon_lco_stack"):
        hours = re.search(r"_(\d+)h_", spectrum.provenance.file)
        conditions = {**spectrum.provenance.conditions, "time_s": 3600 * float(hours[1])}
        source = replace(spectrum.provenance, conditions=conditions)
        spectra.append(spectrum.with_(provenance=source))
    disc = eisfit.Geometry.disc("1 um", area="1 cm2")
    series = eisfit.Series.along(spectra, "time", geometry=disc)
    return eisfit.analyze_series(series, "electrolyte_cathode_stack")


def figures(analysis: eisfit.Analysis) -> dict[str, Callable[[], object]]:
    """Return what draws each picture of the gallery."""
    result = next(r for r in analysis.spectra if abs(r.spectrum.temperature - 273.15) < 0.1)
    fit, spectrum = result.fit, result.spectrum
    return {
        "overview": lambda: plots.overview_figure(analysis),
        "arrhenius": lambda: plots.arrhenius_figure(analysis),
        "comparison": lambda: plots.comparison_figure(analysis.comparison),
        "landscape": lambda: plots.landscape_figure(analysis),
        "spectrum": lambda: plots.spectrum_figure(result),
        "residuals": lambda: plots.residuals_figure(fit),
        "drt": lambda: plots.drt_figure(eisfit.drt(spectrum)),
        "drt_series": lambda: plots.drt_series_figure(
            [eisfit.drt(r.spectrum) for r in analysis.spectra]
        ),
        "circuit": lambda: plots.circuit_figure(analysis.model),
        "correlation": lambda: plots.correlation_figure(fit),
        "samples": lambda: plots.samples_values_figure(halves(analysis)),
        "ageing": lambda: plots.resistances_figure(ageing()),
    }


def main(folder: Path) -> None:
    """Write all pictures into a folder, as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in figures(pellet()).items():
        with plots.style():
            content = plots.rendered(draw(), "svg")
        (folder / f"{name}.svg").write_bytes(content)
        print(f"{name}.svg  {len(content) / 1000:.0f} kB")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/gallery")
