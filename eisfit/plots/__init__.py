"""Plots: each function takes values and Axes and returns the Axes.

Draw within ``with style():`` to get eisfit's look; nothing is changed outside of it.

panel                           figures as values: curves, bands, texts, axes with units
curves                          numbers of a spectrum, its fit, and a series
axes, style                     panels drawn with matplotlib; colours and sizes
nyquist, bode, immittance, correlation, drt, circuit      of one spectrum
nyquist_series, trends, arrhenius, comparison, landscape  of a series
samples                         of several samples
figures                         the figures that report and app show
plotly                          panels and spectra for the browser
"""

from __future__ import annotations

from eisfit.plots.arrhenius import arrhenius, arrhenius_figure
from eisfit.plots.bode import bode, residuals, residuals_figure
from eisfit.plots.circuit import circuit, circuit_figure, circuit_height
from eisfit.plots.comparison import comparison, comparison_figure
from eisfit.plots.correlation import correlation, correlation_figure
from eisfit.plots.drt import drt, drt_figure, drt_series, drt_series_figure
from eisfit.plots.figures import single_nyquist_figure, spectrum_figure
from eisfit.plots.immittance import (
    immittance_figure,
    immittance_over_frequency,
    immittance_plane,
    immittance_series,
    immittance_series_figure,
)
from eisfit.plots.landscape import landscape, landscape_figure, landscape_height
from eisfit.plots.nyquist import nyquist
from eisfit.plots.nyquist_series import (
    nyquist_3d,
    nyquist_3d_figure,
    nyquist_series,
    overview_figure,
)
from eisfit.plots.samples import (
    meyer_neldel,
    meyer_neldel_figure,
    samples_arrhenius_figure,
    samples_values_figure,
)
from eisfit.plots.style import ONE_COLUMN, TWO_COLUMNS, new_figure, rendered, style
from eisfit.plots.trends import (
    parameter_along,
    parameters_figure,
    resistances_along,
    resistances_figure,
)

__all__ = [
    "ONE_COLUMN", "TWO_COLUMNS", "arrhenius", "arrhenius_figure", "bode", "circuit",
    "circuit_figure", "circuit_height", "comparison", "comparison_figure", "correlation",
    "correlation_figure", "drt", "drt_figure", "drt_series", "drt_series_figure",
    "immittance_figure", "immittance_over_frequency", "immittance_plane", "immittance_series",
    "immittance_series_figure", "landscape", "landscape_figure", "landscape_height",
    "meyer_neldel", "meyer_neldel_figure", "new_figure", "nyquist", "nyquist_3d",
    "nyquist_3d_figure", "nyquist_series", "overview_figure", "parameter_along",
    "parameters_figure", "rendered", "residuals", "residuals_figure", "resistances_along",
    "resistances_figure", "samples_arrhenius_figure", "samples_values_figure",
    "single_nyquist_figure", "spectrum_figure", "style",
]  # fmt: skip
