"""The figures of a report, drawn once each and kept as bytes for files, HTML and PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.progress import Progress
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.tree import elements_of

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
    title, caption : str, optional
        What it shows in few words, and how to read it.
    section : str, optional
        Where it stands in the report, as in `eisfit.plots.figures.SeriesFigure`.
    """

    name: str
    alt: str
    png: bytes
    svg: bytes | None = None
    title: str = ""
    caption: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Pictures:
    """All figures of a report: those of the series, and one a spectrum."""

    series: tuple[Picture, ...]
    spectra: tuple[Picture, ...]

    def all(self) -> tuple[Picture, ...]:
        """Every figure there is, in the order of the report."""
        return (*self.series, *self.spectra)

    def named(self, name: str) -> Picture | None:
        """Return the figure of the series of that name, None where nothing was drawn."""
        return next((picture for picture in self.series if picture.name == name), None)

    def of(self, section: str) -> tuple[Picture, ...]:
        """Return the figures of the series that stand in a section of the report."""
        return tuple(picture for picture in self.series if picture.section == section)


def draw(analysis: Analysis, progress: Progress, jobs: int = 1) -> Pictures:
    """Draw every figure of `analysis`; `progress` is called with (what, done, total)."""
    total = len(analysis.spectra) + 1
    progress("drawing", 0, total)
    spectra: list[Picture] = []
    with _each(analysis.spectra, jobs) as parts:
        series = _of_the_series(analysis)  # while other processes have begun with the spectra
        for pictures in parts:
            spectra += pictures
            progress("drawing", len(spectra), total)
    progress("drawing", total, total)
    return Pictures(series, tuple(spectra))


def _of_the_series(analysis: Analysis) -> tuple[Picture, ...]:
    """Draw the figures of the series as a whole."""
    from eisfit.plots import rendered
    from eisfit.plots.figures import SERIES_FIGURES

    pictures = []
    for record in SERIES_FIGURES:
        figure = record.draw(analysis)
        if figure is not None:
            png, svg = (rendered(figure, kind, crop=True) for kind in ("png", "svg"))
            pictures.append(
                Picture(record.name, record.describe(analysis), png, svg, record.title,
                        record.caption, record.section)
            )  # fmt: skip
    return tuple(pictures)


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


def _name(i: int, result: SpectrumResult) -> str:
    T = result.spectrum.temperature
    return f"spectrum_{i + 1:03d}" + (f"_{T:.0f}K" if T is not None else "")
