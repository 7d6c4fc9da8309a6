"""The parts of which figures for the browser are made: plain data that plotly.js draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from eisfit.plots.style import FIT, INK

Figure: TypeAlias = dict[str, Any]

_GRID = "#e3e6ea"
LOG: Figure = {"type": "log", "exponentformat": "power", "nticks": 7, "tickangle": 0}
_FONT = {"family": "system-ui, 'Segoe UI', Roboto, sans-serif", "size": 13, "color": INK}


def line_trace(x: Any, y: Any, colour: str = FIT) -> Figure:
    """Return a line as a trace."""
    return {
        "type": "scatter", "mode": "lines", "x": numbers(x), "y": numbers(y), "showlegend": False,
        "line": {"color": colour, "width": 2},
    }  # fmt: skip


def new_axis(title: str) -> Figure:
    """Return an axis with its title."""
    return {
        "title": {"text": title, "standoff": 6}, "automargin": True, "gridcolor": _GRID,
        "zeroline": False, "showline": True, "linecolor": INK, "ticks": "outside", "ticklen": 4,
    }  # fmt: skip


def new_layout(x: str, y: str, drag: str) -> Figure:
    """Return the layout of a figure with titles of its axes, and what dragging does."""
    return {
        "xaxis": new_axis(x), "yaxis": new_axis(y), "dragmode": drag, "hovermode": "closest",
        "font": _FONT, "margin": {"l": 60, "r": 12, "t": 12, "b": 46}, "uirevision": "kept",
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "#ffffff", "showlegend": False,
        "modebar": {"bgcolor": "rgba(255,255,255,0.85)", "color": "#5a6068", "activecolor": INK},
    }  # fmt: skip


def as_figure(traces: Sequence[Mapping[str, Any]], layout: Figure) -> Figure:
    """Return a figure of traces and a layout."""
    config = {
        "displaylogo": False, "responsive": False, "scrollZoom": True,
        "toImageButtonOptions": {"format": "svg"},
        "modeBarButtonsToRemove": ["autoScale2d"],
    }  # fmt: skip
    return {"data": [dict(trace) for trace in traces], "layout": layout, "config": config}


def numbers(values: Any) -> list[float]:
    """Return numbers as JSON has them, with 6 digits: a picture needs no more."""
    return [float(f"{v:.6g}") for v in np.asarray(values, dtype=np.float64)]


def hertz(f: float) -> str:
    """Return a frequency with its unit.

    Examples
    --------
    >>> hertz(2.5e6), hertz(0.1)
    ('2.5 MHz', '100 mHz')
    """
    for size, unit in ((1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"), (1e-3, "mHz")):
        if f >= size:
            return f"{f / size:.4g} {unit}"
    return f"{f:.3g} Hz"
