"""The figures of reports, drawn once each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from eisfit import plots
from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.base.progress import Progress
from eisfit.batch.workers import processes
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.tree import elements_of
from eisfit.plots import figures as series_figures
from eisfit.report.document import Figure, Figures, figure_name
from eisfit.samples import SampleComparison

MANY = 20
"""Number of spectra above which the figure of a single one is drawn as PNG alone, and smaller."""

_PART = 8  # spectra drawn one after the other in one process


def draw_series(analysis: Analysis, progress: Progress, jobs: int = 1) -> Figures:
    """Draw every figure of `analysis`; `progress` is called with (what, done, total)."""
    total = len(analysis.spectra) + 1
    progress("drawing", 0, total)
    spectra: list[Figure] = []
    with _draw_spectra(analysis.spectra, jobs) as parts:
        drawn = ((record, record.draw(analysis)) for record in series_figures.SERIES_FIGURES)
        series = tuple(  # while other processes have begun with the spectra
            _render(figure, record.name, record.describe(analysis), record.title, record.caption,
                    record.section)
            for record, figure in drawn if figure is not None
        )  # fmt: skip
        for figures in parts:
            spectra += figures
            progress("drawing", len(spectra), total)
    progress("drawing", total, total)
    return Figures(series, tuple(spectra))


def draw_comparison(comparison: SampleComparison, progress: Progress) -> Figures:
    """Draw every figure of a comparison of samples."""
    total = len(comparison.processes) + 1
    progress("drawing the comparison", 0, total)
    figures, views = [], []
    if comparison.processes:
        figures.append(_render(
            plots.samples_values_figure(comparison), "samples",
            "Activation energies and conductivities of every sample with 95 % intervals",
            caption="Bars are 95 % intervals. The line is the mean over the samples; the band "
                    "is the scatter between samples that exceeds the errors. Hollow points are "
                    "extrapolated.",
        ))  # fmt: skip
    for i, process in enumerate(comparison.processes):
        progress("drawing the comparison", i + 1, total)
        figures.append(_render(
            plots.samples_arrhenius_figure(comparison, process), figure_name("arrhenius", process),
            f"Arrhenius plot of {process}",
            caption="Points with one standard error; lines with 95 % bands, dashed where "
                    "extrapolated; hollow points are not used.",
        ))  # fmt: skip
        view = comparison.meyer_neldel.get(process)
        if view is not None and np.all(np.isfinite(view.covariance)):
            views.append(_render(
                plots.meyer_neldel_figure(view), figure_name("meyer_neldel", process),
                f"Prefactor against activation energy of {process}",
                caption="Ellipses are 95 % confidence regions.",
                section="meyer_neldel",
            ))  # fmt: skip
    progress("drawing the comparison", total, total)
    return Figures((*figures, *views))


def _render(
    figure: Any, name: str, description: str, title: str = "", caption: str = "",
    section: str = "",
) -> Figure:  # fmt: skip
    png, svg = (plots.rendered(figure, kind, crop=True) for kind in ("png", "svg"))
    return Figure(name, description, png, svg, title, caption, section)


@contextmanager
def _draw_spectra(results: Sequence[SpectrumResult], jobs: int) -> Iterator[Iterable[list[Figure]]]:
    """Give the figures of the spectra, some at a time; many are drawn on several cores."""
    total = len(results)
    parts = [(results[i : i + _PART], i, total) for i in range(0, total, _PART)]
    if total <= MANY or jobs < 2 or not _can_be_pickled(results[0]):
        yield (_spectrum_figures(*part) for part in parts)
        return
    with processes(min(jobs, len(parts))) as pool:
        started = [pool.executor.submit(_spectrum_figures, *part) for part in parts]
        yield (future.result() for future in started)


def _can_be_pickled(result: SpectrumResult) -> bool:
    """Tell whether a result can go to another process: not one with elements of a user."""
    if result.fit is None:
        return True
    return all(element.symbol in ELEMENTS for element in elements_of(result.fit.model.tree))


def _spectrum_figures(results: Sequence[SpectrumResult], first: int, total: int) -> list[Figure]:
    """Return the figure of each spectrum; of many in `total` as PNG alone, and smaller."""
    many = total > MANY
    out, figure = [], None
    for i, result in enumerate(results, first):
        T = result.spectrum.temperature
        name = f"spectrum_{i + 1:03d}" + (f"_{T:.0f}K" if T is not None else "")
        description = f"Nyquist plot, Bode plot and residuals of {result.spectrum.label}"
        figure = plots.spectrum_figure(result, figure=figure)
        svg = None if many else plots.rendered(figure, "svg")
        png = plots.rendered(figure, "png", dpi=130 if many else 160)
        out.append(Figure(name, description, png, svg))
    return out
