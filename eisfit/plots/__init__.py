"""Plots: each function takes values and Axes and returns the Axes.

Draw within ``with style():`` to get eisfit's look; nothing is changed outside of it.
"""

from __future__ import annotations

from eisfit.plots.along import resistances_along
from eisfit.plots.arrhenius import arrhenius
from eisfit.plots.bode import bode
from eisfit.plots.circuit import circuit, circuit_figure, circuit_height
from eisfit.plots.comparison import comparison
from eisfit.plots.correlation import correlation, correlation_figure
from eisfit.plots.drt import drt, drt_figure, drt_series, drt_series_figure
from eisfit.plots.figures import (
    arrhenius_figure,
    comparison_figure,
    overview_figure,
    resistances_figure,
    single_nyquist_figure,
    spectrum_figure,
)
from eisfit.plots.landscape import landscape
from eisfit.plots.literature import landscape_figure
from eisfit.plots.nyquist import nyquist
from eisfit.plots.nyquist_3d import nyquist_3d, nyquist_3d_figure
from eisfit.plots.overview import nyquist_series
from eisfit.plots.parameters import parameter_along, parameters_figure
from eisfit.plots.placing import landscape_height
from eisfit.plots.residuals import residuals, residuals_figure
from eisfit.plots.samples import (
    meyer_neldel,
    meyer_neldel_figure,
    samples_arrhenius_figure,
    samples_values_figure,
)
from eisfit.plots.series_views import immittance_series, immittance_series_figure
from eisfit.plots.style import ONE_COLUMN, TWO_COLUMNS, new_figure, rendered, style
from eisfit.plots.views import immittance_figure, immittance_over_frequency, immittance_plane

__all__ = [
    "ONE_COLUMN",
    "TWO_COLUMNS",
    "arrhenius",
    "arrhenius_figure",
    "bode",
    "circuit",
    "circuit_figure",
    "circuit_height",
    "comparison",
    "comparison_figure",
    "correlation",
    "correlation_figure",
    "drt",
    "drt_figure",
    "drt_series",
    "drt_series_figure",
    "immittance_figure",
    "immittance_over_frequency",
    "immittance_plane",
    "immittance_series",
    "immittance_series_figure",
    "landscape",
    "landscape_figure",
    "landscape_height",
    "meyer_neldel",
    "meyer_neldel_figure",
    "new_figure",
    "nyquist",
    "nyquist_3d",
    "nyquist_3d_figure",
    "nyquist_series",
    "overview_figure",
    "parameter_along",
    "parameters_figure",
    "rendered",
    "residuals",
    "residuals_figure",
    "resistances_along",
    "resistances_figure",
    "samples_arrhenius_figure",
    "samples_values_figure",
    "single_nyquist_figure",
    "spectrum_figure",
    "style",
]
