"""Figures of a series for the browser: the Arrhenius lines with their points and the literature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from eisfit.analysis.comparison import ComparisonRow
from eisfit.app.figure import Figure, as_figure, new_layout, numbers
from eisfit.plots.style import colour_of, in_words
from eisfit.temperature.arrhenius import ArrheniusResult

_SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "x", "star")


def arrhenius(
    lines: Mapping[str, ArrheniusResult], comparison: Sequence[ComparisonRow] = ()
) -> Figure:
    """Return log₁₀ σT over 1000/T: points with errors, lines with 95 % bands, literature values.

    Points carry their temperature in K in `customdata`, so that one that is clicked can be found.
    """
    has_geometry = all(line.has_geometry for line in lines.values())
    y = "log₁₀ [σT / (S K cm⁻¹)]" if has_geometry else "log₁₀ [(T/R) / (K Ω⁻¹)]"
    layout = new_layout("1000 K / T", y, "zoom")
    layout |= {
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    order, traces = list(lines), []
    for number, (name, line) in enumerate(lines.items()):
        colour = colour_of(name, order)
        traces += _line(name, line, colour)
        traces.append(_points(name, line, colour, _SYMBOLS[number % len(_SYMBOLS)]))
    if has_geometry:
        traces += _literature(comparison, order)
    return as_figure(traces, layout)


def _points(name: str, line: ArrheniusResult, colour: str, symbol: str) -> Figure:
    told = np.isfinite(line.conductivity) & (line.conductivity > 0)
    T, sigma, error = line.temperature[told], line.conductivity[told], line.stderr[told]
    used = line.used[told]
    return {
        "type": "scatter", "mode": "markers", "name": escape(in_words(name)), "legendgroup": name,
        "x": numbers(1000 / T), "y": numbers(np.log10(sigma * T)), "customdata": numbers(T),
        "error_y": {"type": "data", "array": numbers(np.nan_to_num(error / sigma) / np.log(10)),
                    "color": colour, "thickness": 1, "width": 2},
        "marker": {"color": colour, "size": 9,
                   "symbol": [symbol if u else f"{symbol}-open" for u in used]},
        "hovertemplate": f"{escape(in_words(name))}<br>%{{customdata:.5g}} K<extra></extra>",
    }  # fmt: skip


def _line(name: str, line: ArrheniusResult, colour: str) -> list[Figure]:
    used = line.temperature[line.used]
    x = np.linspace(1000 / used.max(), 1000 / used.min(), 60)
    T = 1000 / x
    sigma, error = line.conductivity_at(T)
    y = np.log10(sigma * T)
    out: list[Figure] = []
    if np.all(np.isfinite(error)):
        half = 1.96 * error / sigma / np.log(10)
        out.append({
            "type": "scatter", "mode": "lines", "x": numbers([*x, *x[::-1]]), "hoverinfo": "skip",
            "y": numbers([*(y + half), *(y - half)[::-1]]), "fill": "toself", "showlegend": False,
            "line": {"width": 0}, "fillcolor": f"{colour}30", "legendgroup": name,
        })  # fmt: skip
    out.append({
        "type": "scatter", "mode": "lines", "x": numbers(x), "y": numbers(y), "hoverinfo": "skip",
        "line": {"color": colour, "width": 2}, "showlegend": False, "legendgroup": name,
    })  # fmt: skip
    return out


def _literature(rows: Sequence[ComparisonRow], order: Sequence[str]) -> list[Figure]:
    """Return the conductivities of the literature as diamonds; their bar is the tolerance."""
    known = [
        r for r in rows
        if r.quantity == "conductivity_S_cm" and r.process in order and r.temperature is not None
        and r.reference_value > 0
    ]  # fmt: skip
    if not known:
        return []
    T = np.array([r.temperature for r in known], dtype=np.float64)
    sigma = np.array([r.reference_value for r in known])
    colours = [colour_of(r.process, order) for r in known]
    return [{
        "type": "scatter", "mode": "markers", "name": "literature", "x": numbers(1000 / T),
        "y": numbers(np.log10(sigma * T)),
        "error_y": {"type": "data", "color": "#8a8a8a", "thickness": 1.5, "width": 0,
                    "array": numbers(np.log10([max(r.tolerance, 1.0) for r in known]))},
        "marker": {"symbol": "diamond", "size": 10, "color": "#fff3b0",
                   "line": {"color": colours, "width": 1.5}},
        "text": [f"{escape(in_words(r.process))}: {escape(r.citation or r.reference_id)}"
                 for r in known],
        "hovertemplate": "%{text}<extra></extra>",
    }]  # fmt: skip
