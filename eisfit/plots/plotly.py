"""Figures for the browser: plain data that plotly.js draws, from the numbers of the other figures.

Traces of a spectrum carry its number among the drawn ones in `meta` and the places of their points
in `customdata`, so that every figure can mark the same point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeAlias

import numpy as np

from eisfit.analysis.comparison import ComparisonRow
from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.words import format_frequency, process_words
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.arrhenius import arrhenius_panel
from eisfit.plots.curves import arcs, bode_values, fit_curve, points_left_out
from eisfit.plots.panel import Band, Curve, Panel, ohm_scale
from eisfit.plots.style import DATA, FIT, GREY, INK, colour_at, colour_of
from eisfit.quality.relaxation_times import Drt
from eisfit.temperature.arrhenius import ArrheniusResult

PlotlyFigure: TypeAlias = dict[str, Any]
"""Traces, layout and configuration, as ``nicegui.ui.plotly`` and ``plotly.js`` take them."""

_Coordinates: TypeAlias = Callable[[FloatArray, ComplexArray], tuple[Any, Any]]
"""From frequency and impedance to the values on both axes."""

MANY = 40
"""Number of spectra above which they are drawn as lines, all in a few traces."""

_SHADES = 15  # colours of many spectra
_CURVE = 160  # points of a fit's curve
_ARC_FOOT = 0.02  # share of an arc's height below which its long feet are not drawn
_SYMBOLS = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond",
            "v": "triangle-down", "P": "cross", "X": "x", "h": "hexagon"}  # fmt: skip
_LOG = {"type": "log", "exponentformat": "power", "nticks": 7, "tickangle": 0}
_LEGEND = {"showlegend": True,
           "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}}  # fmt: skip
_EQUAL = {"scaleanchor": "x", "scaleratio": 1}


@dataclass(frozen=True, slots=True)
class ShownSpectrum:
    """A spectrum to be drawn: its key, its name and its place (0 to 1) on the scale of colours."""

    key: str
    name: str
    spectrum: Spectrum
    place: float = 0.0


def places_of(values: Sequence[float | None]) -> list[float]:
    """Return the places from 0 to 1 of values on the scale of colours; 0 for unknown ones.

    Examples
    --------
    >>> places_of([300.0, None, 400.0, 350.0])
    [0.0, 0.0, 1.0, 0.5]
    """
    known = [v for v in values if v is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    return [0.0 if v is None else (v - low) / (high - low or 1.0) for v in values]


def nyquist_plotly(shown: Sequence[ShownSpectrum]) -> PlotlyFigure:
    """Return −Z″ over Z′ of spectra, with equal axes."""
    size, unit = _impedance_scale([one.spectrum for one in shown])
    layout = _layout(f"Z′ / {unit}", f"−Z″ / {unit}", "lasso")
    layout["yaxis"] |= _EQUAL
    if shown:
        _limit_to_arcs(layout, [one.spectrum for one in shown], size)
    traces = _spectra(shown, lambda _, Z: (Z.real / size, -Z.imag / size))
    return _figure([*traces, *_colour_bar(shown)], layout)


def bode_plotly(shown: Sequence[ShownSpectrum]) -> PlotlyFigure:
    """Return |Z| and phase over the frequency, one above the other."""
    size, unit = _impedance_scale([one.spectrum for one in shown])
    layout = _layout("frequency / Hz", f"|Z| / {unit}", "select")
    layout["xaxis"] |= _LOG | {"anchor": "y2"}
    layout["yaxis"] |= _LOG | {"domain": [0.53, 1]}
    layout["yaxis2"] = _axis("−phase / °") | {"domain": [0, 0.47]}
    magnitudes = _spectra(shown, lambda f, Z: (f, bode_values(Z)[0] / size), mode="lines")
    phases = _spectra(shown, lambda f, Z: (f, bode_values(Z)[1]), yaxis="y2")
    return _figure([*magnitudes, *phases], layout)


def drt_plotly(results: Sequence[tuple[ShownSpectrum, Drt]]) -> PlotlyFigure:
    """Return the distributions of relaxation times of spectra, with the peaks that are sure."""
    size, unit = ohm_scale(max((float(d.gamma.max()) for _, d in results), default=1.0))
    layout = _layout("τ / s", f"γ(ln τ) / {unit}", "zoom")
    layout["xaxis"] |= _LOG
    traces = []
    for number, (shown, d) in enumerate(results):
        colour, name = colour_at(shown.place), escape(shown.name)
        traces.append(_line(d.time_constant, d.gamma / size, colour) | {
            "name": name, "meta": number,
            "hovertemplate": f"{name}<br>τ = %{{x:.3g}} s<extra></extra>",
        })  # fmt: skip
        sure = [peak for peak in d.peaks if peak.sure]
        traces.append(_markers([p.time_constant for p in sure], [p.height / size for p in sure]) | {
            "meta": number, "marker": {"color": colour, "size": 8, "symbol": "diamond"},
            "hovertemplate": [f"{name}<br>τ = {p.time_constant:.3g} s, "
                              f"R = {p.resistance:.4g} Ω<extra></extra>" for p in sure],
        })  # fmt: skip
    return _figure(traces, layout)


def fit_plotly(spectrum: Spectrum, fit: FitResult | None) -> PlotlyFigure:
    """Return data and fit as a Nyquist figure, with the residuals in % of |Z| beneath.

    The traces are: data, points left out, then those of `fit_coordinates`.
    """
    size, unit = _impedance_scale([spectrum])
    layout = _layout(f"Z′ / {unit}", f"−Z″ / {unit}", "lasso") | _LEGEND
    layout["yaxis"] |= _EQUAL | {"domain": [0.36, 1]}
    _limit_to_arcs(layout, [spectrum], size)
    layout["xaxis2"] = _axis("frequency / Hz") | _LOG | {
        "anchor": "y2", "nticks": 9, "autorange": "reversed",
    }  # fmt: skip
    layout["yaxis2"] = _axis("residual / %") | {
        "domain": [0, 0.2], "zeroline": True, "zerolinecolor": INK,
    }  # fmt: skip
    layout["margin"] |= {"l": 66}
    traces = []
    for name, which, marker in (
        ("data", ~spectrum.mask, {"color": DATA, "size": 6, "symbol": "circle-open"}),
        ("left out", points_left_out(spectrum),
         {"color": GREY, "size": 7, "symbol": "x-thin-open"}),
    ):  # fmt: skip
        traces.append(_points(spectrum, which, lambda _, Z: (Z.real / size, -Z.imag / size)) | {
            "name": name, "marker": marker, "showlegend": bool(which.any()),
        })  # fmt: skip
    return _figure(traces if fit is None else [*traces, *_fit_traces(fit)], layout)


def fit_coordinates(fit: FitResult) -> tuple[list[list[float]], list[list[float]]]:
    """Return x and y of a fit's curve, of the arc of each process, and of both residuals.

    An arc that there is none of is empty, so that the number of curves depends on the model alone.
    """
    size, _ = _impedance_scale([fit.spectrum])
    by_process = {arc.name: arc.impedance for arc in arcs(fit)}
    curves = [fit_curve(fit.spectrum, fit, _CURVE)[1]]
    for name in fit.model.processes:
        Z = by_process.get(name, np.empty(0, dtype=complex))
        curves.append(Z[-Z.imag > _ARC_FOOT * np.max(-Z.imag, initial=0.0)])
    frequency, residual = fit.residuals
    xs = [*(Z.real / size for Z in curves), frequency, frequency]
    ys = [*(-Z.imag / size for Z in curves), 100 * residual.real, 100 * residual.imag]
    return [_numbers(x) for x in xs], [_numbers(y) for y in ys]


def _fit_traces(fit: FitResult) -> list[PlotlyFigure]:
    """Return the traces of `fit_coordinates`."""
    xs, ys = fit_coordinates(fit)
    order = list(fit.model.processes)
    model = {"name": "model", "showlegend": True, "hoverinfo": "skip"}
    traces = [_line(xs[0], ys[0]) | model]
    for name, x, y in zip(order, xs[1:-2], ys[1:-2], strict=True):
        colour = colour_of(name, order)
        traces.append(_line(x, y, colour, 1) | {
            "fill": "tozeroy", "fillcolor": f"{colour}38", "name": escape(process_words(name)),
            "hoverinfo": "skip", "showlegend": bool(x),
        })  # fmt: skip
    for part, colour, x, y in zip(("Z′", "Z″"), (DATA, FIT), xs[-2:], ys[-2:], strict=True):
        traces.append(_markers(x, y) | {
            "xaxis": "x2", "yaxis": "y2", "name": f"residual of {part}",
            "marker": {"color": colour, "size": 4},
            "hovertemplate": f"{part}: %{{y:.2g}} %<extra></extra>",
        })  # fmt: skip
    return traces


def arrhenius_plotly(
    results: Mapping[str, ArrheniusResult], comparison: Sequence[ComparisonRow] = ()
) -> PlotlyFigure:
    """Return log₁₀ σT over 1000/T: points with errors, lines with 95 % bands, literature values.

    Points carry their temperature in K in `customdata`.
    """
    return _draw(arrhenius_panel(results, comparison))


def _draw(panel: Panel) -> PlotlyFigure:
    """Return a panel of curves and bands for the browser."""
    layout = _layout(panel.x.label, panel.y.label, "zoom") | _LEGEND
    if panel.x.limits is not None:
        layout["xaxis"]["range"] = list(panel.x.limits)
    traces = []
    for mark in panel.marks:
        if isinstance(mark, Curve):
            traces.append(_trace(mark))
        elif isinstance(mark, Band):
            x, y = [*mark.x, *mark.x[::-1]], [*mark.high, *mark.low[::-1]]
            fill = {"fill": "toself", "fillcolor": f"{mark.color}{round(255 * mark.alpha):02x}"}
            traces.append(_line(x, y, mark.color, 0) | fill | _group(mark.name))
    return _figure(traces, layout)


def _group(name: str) -> PlotlyFigure:
    """Return what marks of one thing have in common: ``"line bulk"`` and ``"band bulk"``."""
    return {"legendgroup": name.partition(" ")[2], "hoverinfo": "skip"}


def _trace(curve: Curve) -> PlotlyFigure:
    """Return a curve with its error bars."""
    if not curve.marker:
        dash = {"dash": "dash"} if curve.dashed else {}
        line = {"color": curve.color, "width": 1.6 * curve.line_width} | dash
        return _line(curve.x, curve.y) | {"line": line} | _group(curve.name)
    edge = curve.edge or curve.color
    trace = _markers(curve.x, curve.y) | {
        "name": escape(curve.label.partition("\n")[0]), "showlegend": bool(curve.label),
        "legendgroup": _group(curve.name)["legendgroup"], "customdata": _numbers(curve.keys),
        "marker": {"symbol": _SYMBOLS[curve.marker], "size": 2 * curve.size,
                   "color": curve.fill or curve.color, "line": {"color": edge, "width": 1.5}},
        "text": [escape(text) for text in curve.hover],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    if curve.error is not None:
        down, up = np.broadcast_to(curve.error, (2, len(curve.x)))
        trace["error_y"] = {
            "type": "data", "symmetric": False, "array": _numbers(up),
            "arrayminus": _numbers(down), "color": edge, "thickness": 1.3 * curve.bar,
            "width": 0 if curve.bar > 1.5 else 2,
        }  # fmt: skip
    return trace


def _spectra(
    shown: Sequence[ShownSpectrum], coordinates: _Coordinates, *, mode: str = "markers",
    yaxis: str = "y",
) -> list[PlotlyFigure]:  # fmt: skip
    """Return a trace a spectrum and one of its points left out; lines of few traces for many."""
    if len(shown) > MANY:
        return _lines_by_shade(shown, coordinates, yaxis)
    traces = []
    for number, one in enumerate(shown):
        shared = {"name": escape(one.name), "meta": number, "yaxis": yaxis,
                  "hovertemplate": f"{escape(one.name)}<br>%{{text}}<extra></extra>"}  # fmt: skip
        colour, left_out = colour_at(one.place), points_left_out(one.spectrum)
        traces.append(_points(one.spectrum, ~one.spectrum.mask, coordinates) | shared | {
            "mode": mode, "marker": {"color": colour, "size": 6},
            "line": {"color": colour, "width": 1.5},
        })  # fmt: skip
        if left_out.any():
            traces.append(_points(one.spectrum, left_out, coordinates) | shared | {
                "opacity": 0.7, "marker": {"color": GREY, "size": 7, "symbol": "x-thin-open"},
            })  # fmt: skip
    return traces


def _lines_by_shade(
    shown: Sequence[ShownSpectrum], coordinates: _Coordinates, yaxis: str
) -> list[PlotlyFigure]:
    """Return many spectra as lines, a trace a colour: a browser draws few traces at once."""
    lines: dict[int, tuple[list[float | None], list[float | None]]] = {}
    for one in sorted(shown, key=lambda one: round(one.place * _SHADES)):
        xs, ys = lines.setdefault(round(one.place * _SHADES), ([], []))
        x, y = coordinates(*one.spectrum.kept)
        xs += [*_numbers(x), None]  # None ends a line
        ys += [*_numbers(y), None]
    return [
        _line([], [], colour_at(shade / _SHADES), 1)
        | {"x": xs, "y": ys, "yaxis": yaxis, "hoverinfo": "skip"}
        for shade, (xs, ys) in lines.items()
    ]


def _points(spectrum: Spectrum, which: BoolArray, coordinates: _Coordinates) -> PlotlyFigure:
    """Return a trace of some points of a spectrum, with frequency and reason as text."""
    index = np.flatnonzero(which)
    frequency = spectrum.frequency[index]
    reasons = [spectrum.reasons[i] for i in index]
    return _markers(*coordinates(frequency, spectrum.impedance[index])) | {
        "customdata": [int(i) for i in index],
        "text": [format_frequency(f) + (f"<br>left out: {escape(r)}" if r else "")
                 for f, r in zip(frequency, reasons, strict=True)],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _colour_bar(shown: Sequence[ShownSpectrum]) -> list[PlotlyFigure]:
    """Return a trace without points, whose bar shows which colour is which temperature."""
    known = [s.spectrum.temperature for s in shown if s.spectrum.temperature is not None]
    if len(set(known)) < 2:
        return []
    celsius = [round(T - ZERO_CELSIUS, 2) for T in (min(known), max(known))]
    bar = {"title": {"text": "°C"}, "thickness": 10, "len": 0.9, "outlinewidth": 0}
    return [_markers([], []) | {
        "x": [None, None], "y": [None, None], "hoverinfo": "skip",
        "marker": {"color": celsius, "showscale": True, "colorbar": bar,
                   "colorscale": [[p / 8, colour_at(p / 8)] for p in range(9)]},
    }]  # fmt: skip


def _limit_to_arcs(layout: PlotlyFigure, spectra: Sequence[Spectrum], size: float) -> None:
    """Set the ranges of both axes to the arcs, without a long tail."""
    Z = np.concatenate([s.kept[1] for s in spectra])
    right, top = float(Z.real.max()), float((-Z.imag).max())
    left, bottom = float(min(Z.real.min(), 0.0)), float(min((-Z.imag).min(), 0.0))
    width = (right - left) or 1.0
    top = min(top, max(0.6 * width, bottom + 0.1 * width))
    layout["xaxis"]["range"] = [(left - 0.03 * width) / size, (right + 0.05 * width) / size]
    layout["yaxis"]["range"] = [(bottom - 0.02 * width) / size, (top + 0.05 * width) / size]


def _impedance_scale(spectra: Sequence[Spectrum]) -> tuple[float, str]:
    return ohm_scale(max((float(np.abs(s.kept[1]).max()) for s in spectra), default=1.0))


def _line(x: Any, y: Any, colour: str = FIT, width: float = 2) -> PlotlyFigure:
    return _markers(x, y) | {"mode": "lines", "line": {"color": colour, "width": width}}


def _markers(x: Any, y: Any) -> PlotlyFigure:
    return {"type": "scatter", "mode": "markers", "x": _numbers(x), "y": _numbers(y),
            "showlegend": False}  # fmt: skip


def _numbers(values: Any) -> list[float]:
    """Return numbers as JSON has them, with 6 digits: a picture needs no more."""
    return [float(f"{v:.6g}") for v in np.asarray(values, dtype=np.float64)]


def _axis(title: str) -> PlotlyFigure:
    return {
        "title": {"text": title, "standoff": 6}, "automargin": True, "gridcolor": "#e3e6ea",
        "zeroline": False, "showline": True, "linecolor": INK, "ticks": "outside", "ticklen": 4,
    }  # fmt: skip


def _layout(x: str, y: str, drag: str) -> PlotlyFigure:
    """Return a layout with the titles of both axes, and what dragging does."""
    font = {"family": "system-ui, 'Segoe UI', Roboto, sans-serif", "size": 13, "color": INK}
    return {
        "xaxis": _axis(x), "yaxis": _axis(y), "dragmode": drag, "hovermode": "closest",
        "font": font, "margin": {"l": 60, "r": 12, "t": 12, "b": 46}, "uirevision": "kept",
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "#ffffff", "showlegend": False,
        "modebar": {"bgcolor": "rgba(255,255,255,0.85)", "color": "#5a6068", "activecolor": INK},
    }  # fmt: skip


def _figure(traces: Sequence[PlotlyFigure], layout: PlotlyFigure) -> PlotlyFigure:
    config = {
        "displaylogo": False, "responsive": False, "scrollZoom": True,
        "toImageButtonOptions": {"format": "svg"}, "modeBarButtonsToRemove": ["autoScale2d"],
    }  # fmt: skip
    return {"data": list(traces), "layout": layout, "config": config}
