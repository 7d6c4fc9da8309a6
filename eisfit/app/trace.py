"""Pointing at spectra: hovering in one figure marks the point in all, a lasso takes points."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from nicegui import ui

from eisfit.app.parts import Handler
from eisfit.base.arrays import BoolArray
from eisfit.plots.plotly import ShownSpectrum

_HOVER = """(event) => {
  const point = event.points[0];
  if (point.customdata === undefined) return;
  const id = %s;
  for (const chart of id) {
    const element = document.getElementById(chart);
    if (!element || !element.data) continue;
    const hits = [];
    element.data.forEach((trace, curve) => {
      if (trace.meta !== point.data.meta || !trace.customdata) return;
      const at = trace.customdata.indexOf(point.customdata);
      if (at >= 0) hits.push({curveNumber: curve, pointNumber: at});
    });
    if (element === event.event.target.closest('.js-plotly-plot')) continue;
    const plots = [...new Set(element.data.map((t) => (t.xaxis || 'x') + (t.yaxis || 'y')))];
    if (hits.length && window.eisfitPlotly) window.eisfitPlotly.Fx.hover(element, hits, plots);
  }
}"""
_TAKEN = """(event) => emit(event && event.points
  ? event.points.map((p) => [p.data.meta, p.customdata]) : [])"""
# the newest curves are drawn once a frame: a slider moves faster than a figure is drawn
_MOVE = """
const waiting = {};
function move(id, first, xs, ys) {
  if (!(id in waiting)) requestAnimationFrame(() => {
    const {first, xs, ys} = waiting[id];
    delete waiting[id];
    const chart = document.getElementById(id);  // another figure may stand there by now
    if (chart && chart.data && chart.data.length === first + xs.length)
      window.eisfitPlotly.restyle(chart, {x: xs, y: ys}, xs.map((_, k) => first + k));
  });
  waiting[id] = {first, xs, ys};
}
"""
_PLOTLY = (
    _MOVE
    + """import('nicegui-plotly').then((module) => {
  window.eisfitPlotly = module.Plotly;
  const resized = new ResizeObserver((entries) => entries.forEach(({target}) => {
    if (target.offsetParent && target.data) module.Plotly.Plots.resize(target);
  }));
  document.querySelectorAll('.js-plotly-plot').forEach((chart) => resized.observe(chart));
  window.eisfitMove = move;
  new MutationObserver(() => document.querySelectorAll('.js-plotly-plot').forEach(
    (chart) => resized.observe(chart))).observe(document.body, {childList: true, subtree: true});
});"""
)


def prepare() -> None:
    """Load what the figures need, and let them follow the size of the window when they are seen."""
    ui.timer(0.05, lambda: ui.run_javascript(_PLOTLY), once=True)


def move_curves(
    figure: Any, first: int, xs: Sequence[Sequence[float]], ys: Sequence[Sequence[float]]
) -> None:
    """Show other curves in a figure, at once.

    Parameters
    ----------
    figure : plotly element
    first : int
        Number of the first trace that changes.
    xs, ys : sequences of sequence of float
        Of it and those after it.
    """
    said = json.dumps([f"c{figure.id}", first, xs, ys], allow_nan=False)
    ui.run_javascript(f"window.eisfitMove && window.eisfitMove(...{said})")


def watch(charts: Sequence[Any], taken: Handler) -> None:
    """Link figures: the point under the mouse is marked in all, and a lasso calls `taken`.

    Parameters
    ----------
    charts : sequence of plotly elements
    taken : callable
        Told [[number of the spectrum, place of the point], …] of what was marked.
    """
    ids = [f"c{chart.id}" for chart in charts]
    for chart in charts:
        chart.on("plotly_hover", js_handler=_HOVER % ids)
        chart.on("plotly_selected", taken, js_handler=_TAKEN)


def points_of(
    marked: Sequence[Sequence[Any]] | None, shown: Sequence[ShownSpectrum]
) -> list[tuple[ShownSpectrum, BoolArray]]:
    """Return which points of which spectra were marked, shape (k,) each; those in use alone."""
    found: dict[int, BoolArray] = {}
    for number, at in marked or []:
        if not (isinstance(number, int) and 0 <= number < len(shown) and isinstance(at, int)):
            continue
        spectrum = shown[number].spectrum
        if 0 <= at < len(spectrum) and not spectrum.reasons[at]:
            found.setdefault(number, np.zeros(len(spectrum), dtype=bool))[at] = True
    return [(shown[number], points) for number, points in found.items()]
