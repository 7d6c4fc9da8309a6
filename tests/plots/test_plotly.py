"""Figures for the browser hold the numbers of those for print."""

import numpy as np
import pytest

from eisfit import plots
from eisfit.plots.plotly import (
    ShownSpectrum,
    arrhenius_plotly,
    bode_plotly,
    fit_plotly,
    nyquist_plotly,
)


def test_lines_and_bands_of_arrhenius_plots_are_those_of_matplotlib(example):
    analysis = example.analysis()
    with plots.style():
        _, ax = plots.new_figure()
        plots.arrhenius(analysis.arrhenius, ax=ax)
    figure = arrhenius_plotly(analysis.arrhenius)
    for name in analysis.arrhenius:
        traces = [t for t in figure["data"] if t.get("legendgroup") == name]
        extension, line, band, *points = traces
        assert extension["line"]["dash"] == "dash"
        assert [trace["mode"] for trace in points] == ["markers", "markers"]  # used, and not
        (drawn,) = [one for one in ax.lines if one.get_gid() == f"line {name}"]
        assert line["x"] == pytest.approx(drawn.get_xdata(), rel=1e-5)
        assert line["y"] == pytest.approx(drawn.get_ydata(), rel=1e-4, abs=1e-5)
        (area,) = [c for c in ax.collections if c.get_gid() == f"band {name}"]
        corners = area.get_paths()[0].vertices
        assert max(band["y"]) == pytest.approx(corners[:, 1].max(), rel=1e-4)
        assert min(band["y"]) == pytest.approx(corners[:, 1].min(), rel=1e-4)


def test_three_temperatures_have_no_band(example):
    figure = arrhenius_plotly(example.analysis((0, 25, 50)).arrhenius)
    assert not [trace for trace in figure["data"] if trace.get("fill")]


def test_points_left_out_are_a_trace_with_their_reasons(example):
    spectrum = example.spectrum(300.0)
    shown = [ShownSpectrum("a", "a", spectrum)]
    used, left_out = nyquist_plotly(shown)["data"]
    assert len(used["x"]) == 59
    assert left_out["customdata"] == [30, 60]
    assert "outlier" in left_out["text"][0]
    frequency, Z = spectrum.kept
    magnitude, _, phase, _ = bode_plotly(shown)["data"]
    assert magnitude["x"] == pytest.approx(frequency, rel=1e-5)
    assert phase["y"] == pytest.approx(-np.degrees(np.angle(Z)), rel=1e-4)


def test_a_fit_has_its_arcs_and_residuals(example):
    spectrum = example.spectrum(300.0)
    fit = example.fit(spectrum)
    traces = {trace["name"]: trace for trace in fit_plotly(spectrum, fit)["data"]}
    assert {"data", "left out", "model", "bulk", "grain boundary"} <= set(traces)
    _, residual = fit.residuals
    assert traces["residual of Z′"]["y"] == pytest.approx(100 * residual.real, rel=1e-4, abs=1e-5)
