"""The finished figures of a report, each with its panels, in eisfit's style."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from eisfit.analysis import Analysis, SpectrumResult
from eisfit.comparison import ComparisonRow
from eisfit.constants import ZERO_CELSIUS
from eisfit.plots.arrhenius import arrhenius
from eisfit.plots.bode import bode
from eisfit.plots.comparison import QUANTITIES, comparison
from eisfit.plots.nyquist import nyquist
from eisfit.plots.overview import nyquist_series
from eisfit.plots.residuals import residuals
from eisfit.plots.style import GREY, ONE_COLUMN, TWO_COLUMNS, new_figure, shortened, style


def spectrum_figure(result: SpectrumResult) -> Figure:
    """Return Nyquist plot, Bode plot and residuals of one spectrum as one figure."""
    spectrum, fit = result.spectrum, result.fit
    with style():
        figure, _ = new_figure(TWO_COLUMNS, 3.45)
        figure.clear()
        plane = figure.add_axes((0.075, 0.125, 0.445, 0.785))
        magnitude = figure.add_axes((0.635, 0.655, 0.355, 0.255))
        phase = figure.add_axes((0.635, 0.39, 0.355, 0.255))
        below = figure.add_axes((0.635, 0.125, 0.355, 0.255))
        nyquist(spectrum, fit, ax=plane)
        bode(spectrum, fit, ax=magnitude, phase_ax=phase)
        if fit is not None:
            residuals(fit, ax=below)
            below.set_ylabel("Residual (%)")
            below.legend(loc="lower right", bbox_to_anchor=(1.015, 0.955 + 2 * 0.265 / 0.255),
                         ncols=3, fontsize=6.5, columnspacing=1.0, handletextpad=0.4)  # fmt: skip
        else:
            below.set_axis_off()
            below.text(0.5, 0.5, "no fit", ha="center", va="center", color=GREY)
        for panel in (magnitude, phase) if fit is not None else (magnitude,):
            panel.set_xlabel("")
            panel.tick_params(axis="x", labelbottom=False)
        for panel in (magnitude, phase, below):
            panel.yaxis.set_label_coords(-0.155, 0.5)
        plane.legend(loc="upper right", fontsize=6.5, handletextpad=0.4)
        plane.set_title(_title(result))
    return figure


def overview_figure(analysis: Analysis) -> Figure:
    """Return all spectra of the series: logarithmic, and each divided by its resistance."""
    with style():
        figure, (left, right) = new_figure(TWO_COLUMNS, 3.0, ncols=2)
        figure.subplots_adjust(left=0.08, right=0.90, bottom=0.15, top=0.92, wspace=0.28)
        fits = [result.fit for result in analysis.spectra]
        nyquist_series(analysis.series, fits, ax=left)
        for bar in left.child_axes:
            bar.remove()
        nyquist_series(analysis.series, fits, ax=right, normalised=True)
        left.set_title("as measured, logarithmic")
        right.set_title("divided by the resistance")
    return figure


def arrhenius_figure(analysis: Analysis) -> Figure:
    """Return the Arrhenius plot of every process, with the literature's values."""
    with style():
        figure, ax = new_figure(TWO_COLUMNS, 3.9)
        figure.subplots_adjust(left=0.09, right=0.66, bottom=0.12, top=0.87)
        arrhenius(analysis.arrhenius, analysis.comparison, ax=ax)
    return figure


def comparison_figure(rows: Sequence[ComparisonRow]) -> Figure:
    """Return the chart of measured against literature values, one panel a quantity."""
    kinds = list(dict.fromkeys(row.quantity for row in rows))
    kinds.sort(key=lambda kind: list(QUANTITIES).index(kind) if kind in QUANTITIES else 99)
    counts = [sum(row.quantity == kind for row in rows) for kind in kinds]
    with style():
        height = sum(0.36 * n + 0.75 for n in counts)
        figure, panels = new_figure(
            TWO_COLUMNS, height, nrows=len(kinds), squeeze=False,
            gridspec_kw={"height_ratios": [0.36 * n + 0.15 for n in counts]},
        )  # fmt: skip
        figure.subplots_adjust(
            left=0.38, right=0.84, bottom=0.5 / height, top=1 - 0.28 / height,
            hspace=0.75 * len(kinds) / height * 1.1 if len(kinds) > 1 else 0.2,
        )  # fmt: skip
        for kind, ax in zip(kinds, panels[:, 0], strict=True):
            comparison(rows, ax=ax, quantity=kind)
        panels[0, 0].legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
    return figure


def single_nyquist_figure(result: SpectrumResult) -> Figure:
    """Return the Nyquist plot of one spectrum at the width of one journal column."""
    with style():
        figure, ax = new_figure(ONE_COLUMN, 2.9)
        figure.subplots_adjust(left=0.17, right=0.96, bottom=0.15, top=0.92)
        nyquist(result.spectrum, result.fit, ax=ax)
        ax.set_title(_title(result))
    return figure


def _title(result: SpectrumResult) -> str:
    spectrum = result.spectrum
    if spectrum.temperature is None:
        return shortened(spectrum.label, 44)
    warm = f"{spectrum.temperature - ZERO_CELSIUS:.1f} °C".replace("-", "−")
    return f"{warm}   {shortened(spectrum.label, 34)}"
