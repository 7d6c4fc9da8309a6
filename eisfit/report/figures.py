"""The figures of a report, drawn once each and kept as bytes for files, HTML and PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.tree import elements_of
from eisfit.report.words import coordinate_name

Progress = Callable[[str, int, int], None]
Kind: TypeAlias = Literal["few", "many"]

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
    total = len(analysis.spectra) + 1
    progress("drawing", 0, total)
    spectra: list[Picture] = []
    with _each(analysis.spectra, jobs) as parts:
        whole = _of_the_series(analysis)  # while other processes have begun with the spectra
        for pictures in parts:
            spectra += pictures
            progress("drawing", len(spectra), total)
    progress("drawing", total, total)
    return replace(whole, spectra=tuple(spectra))


def _of_the_series(analysis: Analysis) -> Pictures:
    """Draw the figures of the series as a whole."""
    from eisfit import plots

    def drawn(name: str, alt: str, figure: Any, *, crop: bool = True) -> Picture:
        vector = plots.rendered(figure, "svg", crop=crop)
        return Picture(name, alt, plots.rendered(figure, "png", crop=crop, dpi=160), vector)

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
    return Pictures(overview, arrhenius, comparison, literature, resistances, relaxations, ())


@contextmanager
def _each(results: Sequence[SpectrumResult], jobs: int) -> Iterator[Iterable[list[Picture]]]:
    """Give the figures of the spectra, some at a time; many are drawn on several cores."""
    few = len(results) <= MANY
    parts = [(results[i : i + _PART], i) for i in range(0, len(results), _PART)]
    if few or jobs < 2 or not _can_travel(results[0]):
        kind: Kind = "few" if few else "many"
        yield (spectrum_pictures(part, first, kind) for part, first in parts)
        return
    from eisfit.batch.workers import processes

    with processes(min(jobs, len(parts))) as pool:
        started = [pool.executor.submit(spectrum_pictures, *part, "many") for part in parts]
        yield (future.result() for future in started)


def _can_travel(result: SpectrumResult) -> bool:
    """Tell whether a result can go to another process: not one with elements of one's own."""
    if result.fit is None:
        return True
    return all(element.symbol in ELEMENTS for element in elements_of(result.fit.model.tree))


def spectrum_pictures(results: Sequence[SpectrumResult], first: int, kind: Kind) -> list[Picture]:
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
