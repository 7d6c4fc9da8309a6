"""The figures of a report, drawn once each and kept as bytes for files, HTML and PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eisfit.analysis import Analysis, SpectrumResult
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.tree import elements_of
from eisfit.report.words import coordinate_name

Progress = Callable[[str, int, int], None]

MANY = 20
"""Number of spectra above which the figure of a single one is drawn as PNG alone, and smaller."""

_PART = 8  # spectra drawn one after the other in one process


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


def draw(analysis: Analysis, progress: Progress, jobs: int = 1) -> Pictures:
    """Draw every figure of `analysis`; `progress` is called with (what, done, total)."""
    from eisfit import plots

    def drawn(name: str, alt: str, figure: Any, *, crop: bool = True) -> Picture:
        vector = plots.rendered(figure, "svg", crop=crop)
        return Picture(name, alt, plots.rendered(figure, "png", crop=crop, dpi=160), vector)

    progress("drawing", 0, len(analysis.spectra) + 1)
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
    spectra = _each(analysis.spectra, progress, jobs)
    return Pictures(overview, arrhenius, comparison, literature, resistances, relaxations, spectra)


def _each(results: Sequence[SpectrumResult], progress: Progress, jobs: int) -> tuple[Picture, ...]:
    """Draw every spectrum by itself, many of them on several cores."""
    few, total = len(results) <= MANY, len(results) + 1
    parts = [results[i : i + _PART] for i in range(0, len(results), _PART)]
    out: list[Picture] = []

    def take(pictures: list[Picture]) -> None:
        out.extend(pictures)
        progress("drawing", len(out), total)

    if few or jobs < 2 or not _can_travel(results[0]):
        for i, part in enumerate(parts):
            take(spectrum_pictures(part, i * _PART, "few" if few else "many"))
    else:
        from eisfit.batch.workers import processes

        with processes(min(jobs, len(parts))) as pool:
            started = [
                pool.executor.submit(spectrum_pictures, part, i * _PART, "many")
                for i, part in enumerate(parts)
            ]
            for future in started:
                take(future.result())
    progress("drawing", total, total)
    return tuple(out)


def _can_travel(result: SpectrumResult) -> bool:
    """Tell whether a result can go to another process: not one with elements of one's own."""
    if result.fit is None:
        return True
    return all(element.symbol in ELEMENTS for element in elements_of(result.fit.model.tree))


def spectrum_pictures(
    results: Sequence[SpectrumResult], first: int, kind: Literal["few", "many"]
) -> list[Picture]:
    """Return the figure of each spectrum; of many as PNG alone, and smaller."""
    from eisfit import plots

    out, figure = [], None
    for i, result in enumerate(results, first):
        alt = f"Nyquist plot, Bode plot and residuals of {result.spectrum.label}"
        figure = plots.spectrum_figure(result, figure=figure)
        svg = plots.rendered(figure, "svg") if kind == "few" else None
        png = plots.rendered(figure, "png", dpi=160 if kind == "few" else 130)
        out.append(Picture(_name(i, result), alt, png, svg))
    return out


def _goes_along(analysis: Analysis) -> bool:
    """Say whether resistances go along something but temperature, for two spectra or more."""
    every = [p.resistance for result in analysis.spectra for p in result.processes.values()]
    several = len(analysis.spectra) > 1 and any(R is not None for R in every)
    return analysis.series.coordinate != "temperature" and several


def _name(i: int, result: SpectrumResult) -> str:
    T = result.spectrum.temperature
    return f"spectrum_{i + 1:03d}" + (f"_{T:.0f}K" if T is not None else "")
