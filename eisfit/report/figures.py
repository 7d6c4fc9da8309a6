"""The figures of a report, drawn once each and kept as bytes for files, HTML and PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eisfit.analysis import Analysis, SpectrumResult
from eisfit.report.words import coordinate_name

Progress = Callable[[str, int, int], None]

MANY = 20
"""Number of spectra above which the figure of a single one is drawn as PNG alone, and smaller."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure.

    Parameters
    ----------
    name : str
        Of its files, without ending.
    alt : str
        What it shows, for those who cannot see it.
    png : bytes
    svg : bytes, optional
    """

    name: str
    alt: str
    png: bytes
    svg: bytes | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """All figures of a report; None where there is nothing to draw."""

    overview: Picture
    arrhenius: Picture | None
    comparison: Picture | None
    literature: Picture | None
    resistances: Picture | None
    relaxations: Picture | None
    spectra: tuple[Picture, ...]

    def all(self) -> tuple[Picture, ...]:
        """Every figure there is, in the order of the report."""
        whole = (
            self.arrhenius, self.resistances, self.comparison, self.literature, self.overview,
            self.relaxations, *self.spectra,
        )  # fmt: skip
        return tuple(picture for picture in whole if picture is not None)


def draw(analysis: Analysis, progress: Progress) -> Pictures:
    """Draw every figure of `analysis`; `progress` is called with (what, done, total)."""
    from eisfit import plots

    few = len(analysis.spectra) <= MANY

    def drawn(
        name: str, alt: str, figure: Any, *, crop: bool = True, light: bool = False
    ) -> Picture:
        vector = None if light else plots.rendered(figure, "svg", crop=crop)
        raster = plots.rendered(figure, "png", crop=crop, dpi=130 if light else 160)
        return Picture(name, alt, raster, vector)

    total = len(analysis.spectra) + 1
    progress("drawing", 0, total)
    lines = analysis.arrhenius
    rows = [row for row in analysis.comparison if row.measured is not None]
    overview = drawn(
        "nyquist_overview", "Nyquist plots of all spectra, coloured by the series' coordinate",
        plots.overview_figure(analysis), crop=False,
    )  # fmt: skip
    arrhenius = comparison = literature = resistances = None
    if lines:
        alt = "Arrhenius plot of " + ", ".join(lines)
        arrhenius = drawn("arrhenius", alt, plots.arrhenius_figure(analysis))
    if rows:
        alt = "Measured values beside those of the literature with their tolerance"
        comparison = drawn("comparison", alt, plots.comparison_figure(rows))
    landscape = plots.landscape_figure(analysis)
    if landscape is not None:
        alt = "Where the measured values fall among all published ones, kind by kind"
        literature = drawn("literature", alt, landscape)
    if _goes_along(analysis):
        alt = f"Resistances of all processes over {coordinate_name(analysis.series.coordinate)}"
        resistances = drawn("resistances", alt, plots.resistances_figure(analysis))
    relaxations = None
    times = [r.relaxations for r in analysis.spectra if r.relaxations is not None]
    if times:
        alt = (
            f"Distributions of relaxation times of {len(times)} of {len(analysis.spectra)} spectra"
        )
        whole = plots.drt_series_figure(times) if len(times) > 1 else plots.drt_figure(times[0])
        relaxations = drawn("relaxation_times", alt, whole)
    spectra = []
    figure = None
    for i, result in enumerate(analysis.spectra):
        progress("drawing", i + 1, total)
        alt = f"Nyquist plot, Bode plot and residuals of {result.spectrum.label}"
        figure = plots.spectrum_figure(result, figure=figure)
        spectra.append(drawn(_name(i, result), alt, figure, crop=False,
                             light=not few))  # fmt: skip
    progress("drawing", total, total)
    return Pictures(
        overview, arrhenius, comparison, literature, resistances, relaxations, tuple(spectra)
    )


def _goes_along(analysis: Analysis) -> bool:
    """Say whether resistances go along something but temperature, for two spectra or more."""
    every = [p.resistance for result in analysis.spectra for p in result.processes.values()]
    several = len(analysis.spectra) > 1 and any(R is not None for R in every)
    return analysis.series.coordinate != "temperature" and several


def _name(i: int, result: SpectrumResult) -> str:
    T = result.spectrum.temperature
    return f"spectrum_{i + 1:03d}" + (f"_{T:.0f}K" if T is not None else "")
