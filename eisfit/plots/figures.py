"""Complete figures, each with its panels, and the list of those that report and app show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.analysis.pipeline import Analysis, SpectrumResult
from eisfit.fitting.result import FitResult
from eisfit.plots.arrhenius import arrhenius_figure
from eisfit.plots.axes import write_instead
from eisfit.plots.bode import bode, residuals
from eisfit.plots.comparison import comparison_figure
from eisfit.plots.drt import drt_figure, drt_series_figure
from eisfit.plots.landscape import landscape_figure
from eisfit.plots.nyquist import WITH_FIXTURE, nyquist
from eisfit.plots.nyquist_series import overview_figure
from eisfit.plots.panel import spectrum_title
from eisfit.plots.style import ONE_COLUMN, TWO_COLUMNS, empty_figure, figure_of, style
from eisfit.plots.trends import resistances_figure

_SMALL: dict[str, Any] = {"fontsize": 6.5, "columnspacing": 1.2, "handletextpad": 0.4}


def spectrum_figure(result: SpectrumResult, *, figure: Figure | None = None) -> Figure:
    """Return Nyquist plot, Bode plot and residuals of one spectrum as one figure.

    Parameters
    ----------
    result : SpectrumResult
    figure : Figure, optional
        An earlier result of this function, to be drawn anew: half the time of a fresh one.
    """
    spectrum, fit = result.spectrum, result.fit
    with style():
        figure = _new_panels() if figure is None else _empty_panels(figure)
        plane, magnitude, phase, below = figure.axes[:4]
        nyquist(spectrum, fit, ax=plane)
        if spectrum.measured is not None:
            before = [line for line in plane.lines if line.get_label() == WITH_FIXTURE]
            plane.legend(handles=before, loc="upper left", **_SMALL)
        bode(spectrum, fit, ax=magnitude, phase_ax=phase)
        magnitude.legend(loc="lower right", bbox_to_anchor=(1.015, 0.97), ncols=3, **_SMALL)
        _lowest_panel(fit, below)
        # a place given for titles saves looking for one, a sixth of the time to draw
        for panel in figure.axes[:4]:
            panel.set_title(spectrum_title(spectrum, 34) if panel is plane else "", y=1.0)
        for panel in (magnitude, phase):
            panel.set_xlabel("")
            panel.tick_params(axis="x", labelbottom=False)
        for panel in (magnitude, phase, below):
            panel.yaxis.set_label_coords(-0.155, 0.5)
    return figure


def _new_panels() -> Figure:
    figure = empty_figure(TWO_COLUMNS, 3.45)
    figure.add_axes((0.075, 0.125, 0.445, 0.785))
    for bottom in (0.665, 0.395, 0.125):
        figure.add_axes((0.635, bottom, 0.355, 0.245))
    return figure


def _empty_panels(figure: Figure) -> Figure:
    """Take everything out of the panels but their axes: these are slow to build."""
    for ax in figure.axes:
        drawn: list[Any] = [*ax.lines, *ax.texts, *ax.patches, *ax.collections, *ax.child_axes]
        for artist in (*drawn, ax.get_legend()):
            if artist is not None:
                artist.remove()
        ax.set_axis_on()
    return figure


def _lowest_panel(fit: FitResult | None, ax: Axes) -> None:
    """Draw the residuals with space for a legend above them, or note that there is no fit."""
    if fit is None:
        write_instead("no fit", ax)
        return
    residuals(fit, ax=ax)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.22 * (high - low))
    ax.set_ylabel("Residual (%)")
    ax.legend(loc="upper left", ncols=3, borderaxespad=0.15, **_SMALL)


def single_nyquist_figure(result: SpectrumResult) -> Figure:
    """Return the Nyquist plot of one spectrum at the width of one journal column."""

    def draw(ax: Axes) -> None:
        nyquist(result.spectrum, result.fit, ax=ax)
        ax.set_title(spectrum_title(result.spectrum, 34))

    return figure_of(draw, ONE_COLUMN, 2.9, (0.17, 0.15, 0.79, 0.77))


Section: TypeAlias = Literal["result", "literature", "spectra"]


@dataclass(frozen=True, slots=True)
class SeriesFigure:
    """A figure of a whole series that report and app show.

    Parameters
    ----------
    name : str
        Of its file, without ending.
    title : str
        What it shows, for a list or a heading.
    section : {"result", "literature", "spectra"}
        Section of the report that shows it.
    caption : str
        How to read it.
    describe : callable
        Returns what it shows of an analysis, for those who cannot see it.
    draw : callable
        Returns the figure, None where the analysis has nothing to draw.
    """

    name: str
    title: str
    section: Section
    caption: str
    describe: Callable[[Analysis], str]
    draw: Callable[[Analysis], Figure | None]


def _draw_arrhenius(analysis: Analysis) -> Figure | None:
    return arrhenius_figure(analysis) if analysis.arrhenius else None


def _draw_resistances(analysis: Analysis) -> Figure | None:
    resistances = [p.resistance for r in analysis.spectra for p in r.processes.values()]
    drawable = len(analysis.spectra) > 1 and any(R is not None for R in resistances)
    along = analysis.series.coordinate != "temperature"
    return resistances_figure(analysis) if drawable and along else None


def _draw_comparison(analysis: Analysis) -> Figure | None:
    rows = [row for row in analysis.comparison if row.measured is not None]
    return comparison_figure(rows) if rows else None


def _draw_relaxation_times(analysis: Analysis) -> Figure | None:
    results = [r.relaxations for r in analysis.spectra if r.relaxations is not None]
    if len(results) == 1:
        return drt_figure(results[0])
    return drt_series_figure(results) if results else None


SERIES_FIGURES = (
    SeriesFigure(
        "arrhenius", "Arrhenius plot", "result",
        "Points with one standard error; lines with 95 % bands, dashed where extrapolated; "
        "hollow points are not used.",
        lambda analysis: "Arrhenius plot of " + ", ".join(analysis.arrhenius),
        _draw_arrhenius,
    ),
    SeriesFigure(
        "resistances", "Resistances along the series", "result",
        "Points with one standard error; a law of growth is solid where the data determine "
        "that it is √t or t; otherwise it is dashed, with a fitted exponent.",
        lambda analysis: "Resistances of all processes over "
        + analysis.series.coordinate.replace("_", " "),
        _draw_resistances,
    ),
    SeriesFigure(
        "comparison", "Comparison with the literature", "literature",
        "Bars are the tolerance about the published value.",
        lambda _: "Measured values beside those of the literature with their tolerance",
        _draw_comparison,
    ),
    SeriesFigure(
        "literature", "Among all published values", "literature",
        "All published values of the material and the measured values. Measured conductivities "
        "are from the Arrhenius lines (extrapolated where these do not reach 25 °C). Measured "
        "interfaces are from the spectrum nearest to 25 °C; in a symmetric cell the value is "
        "that of one interface.",
        lambda _: "Measured values among all published values, by kind",
        landscape_figure,
    ),
    SeriesFigure(
        "nyquist_overview", "All spectra", "spectra", "",
        lambda _: "Nyquist plots of all spectra, coloured by the series' coordinate",
        overview_figure,
    ),
    SeriesFigure(
        "relaxation_times", "Relaxation times", "spectra",
        "Distributions of relaxation times; they do not depend on the circuit. Each is divided "
        "by its maximum. Full dots are certain peaks. Dots in a row belong to one process.",
        lambda analysis: "Distributions of relaxation times of "
        f"{sum(r.relaxations is not None for r in analysis.spectra)} of {len(analysis.spectra)} "
        "spectra",
        _draw_relaxation_times,
    ),
)  # fmt: skip
"""Every figure of a series; a new one is added here and appears in report and app."""
