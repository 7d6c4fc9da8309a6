"""Figures of one fit for the browser: data, the model's curve, its arcs by process, residuals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape

import numpy as np

from eisfit.app.figure import Figure, as_figure, hertz, line_trace, new_axis, new_layout, numbers
from eisfit.app.pictures import window
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.arcs import arcs
from eisfit.plots.style import DATA, FIT, GREY, INK, colour_of, in_words, ohm_scale

_DENSE = 160  # points of the model's curve
_ARC = 0.02  # of an arc's height: its feet, which would reach over decades, are not drawn


def with_values(fit: FitResult, values: Mapping[str, float]) -> FitResult:
    """Return a fit whose circuit has other values: what a slider shows, nothing that was fitted."""
    estimates = {
        name: replace(e, value=values.get(name, e.value), stderr=None, ci95=None)
        for name, e in fit.estimates.items()
    }
    return replace(fit, estimates=estimates)


def scale_of(spectrum: Spectrum) -> tuple[float, str]:
    """Return the unit of a spectrum's Nyquist figure: its size in Ω, and its name."""
    return ohm_scale(float(np.abs(spectrum.kept[1]).max()))


def curves(fit: FitResult) -> tuple[list[list[float]], list[list[float]]]:
    """Return x and y of the model's curve, of its arcs, and of both residuals, in that order.

    The Nyquist curves are in the unit of `scale_of`; an arc that there is none of is empty, so that
    the number of curves depends on the model alone.
    """
    size, _ = scale_of(fit.spectrum)
    f = fit.spectrum.kept[0]
    dense = np.geomspace(f[-1], f[0], _DENSE)
    Z = fit.impedance(dense) / size
    xs, ys = [numbers(Z.real)], [numbers(-Z.imag)]
    found = {arc.name: arc for arc in arcs(fit)}
    for name in fit.model.processes:
        arc = found.get(name)
        z = arc.impedance / size if arc is not None else np.array([], dtype=complex)
        if len(z):
            z = z[-z.imag > _ARC * (-z.imag).max()]
        xs.append(numbers(z.real))
        ys.append(numbers(-z.imag))
    frequency, off = fit.residuals
    xs += [numbers(frequency)] * 2
    ys += [numbers(100 * off.real), numbers(100 * off.imag)]
    return xs, ys


def fit_figure(spectrum: Spectrum, fit: FitResult | None) -> Figure:
    """Return data and fit as a Nyquist figure, residuals in % of |Z| beneath.

    The traces are: data, points left out, then those of `curves`.
    """
    size, unit = scale_of(spectrum)
    layout = new_layout(f"Z′ / {unit}", f"−Z″ / {unit}", "lasso")
    layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1, "domain": [0.36, 1]}
    x, y = window([spectrum])
    layout["xaxis"]["range"] = [v / size for v in x]
    layout["yaxis"]["range"] = [v / size for v in y]
    layout["xaxis2"] = new_axis("frequency / Hz") | {
        "type": "log", "anchor": "y2", "exponentformat": "power", "nticks": 9, "tickangle": 0,
        "autorange": "reversed",
    }  # fmt: skip
    layout["yaxis2"] = new_axis("residual / %") | {"domain": [0, 0.2], "zeroline": True,
                                               "zerolinecolor": INK}  # fmt: skip
    layout |= {
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "margin": {"l": 66, "r": 12, "t": 12, "b": 46},
    }
    traces = [*_data(spectrum, size)]
    if fit is None:
        return as_figure(traces, layout)
    xs, ys = curves(fit)
    traces.append(
        line_trace(xs[0], ys[0]) | {"name": "model", "showlegend": True, "hoverinfo": "skip"}
    )
    order = list(fit.model.processes)
    for i, name in enumerate(order):
        colour = colour_of(name, order)
        traces.append({
            "type": "scatter", "mode": "lines", "fill": "tozeroy", "x": xs[i + 1], "y": ys[i + 1],
            "name": escape(in_words(name)), "line": {"color": colour, "width": 1},
            "fillcolor": f"{colour}38", "hoverinfo": "skip", "showlegend": bool(xs[i + 1]),
        })  # fmt: skip
    for i, (part, colour) in enumerate((("Z′", DATA), ("Z″", FIT))):
        traces.append({
            "type": "scatter", "mode": "markers", "x": xs[i - 2], "y": ys[i - 2], "xaxis": "x2",
            "yaxis": "y2", "name": f"residual of {part}", "showlegend": False,
            "marker": {"color": colour, "size": 4},
            "hovertemplate": f"{part}: %{{y:.2g}} %<extra></extra>",
        })  # fmt: skip
    return as_figure(traces, layout)


def misfit(fit: FitResult) -> float:
    """Return the mean misfit in % of |Z|, of real and imaginary part each."""
    _, off = fit.residuals
    return 100 * float(np.sqrt(np.mean(np.abs(off) ** 2) / 2))


def _data(spectrum: Spectrum, size: float) -> list[Figure]:
    out = spectrum.mask
    good = np.isfinite(spectrum.impedance)
    traces = []
    for which, name, marker in (
        (~out, "data", {"color": DATA, "size": 6, "symbol": "circle-open"}),
        (out & good, "left out", {"color": GREY, "size": 7, "symbol": "x-thin-open"}),
    ):
        at = np.flatnonzero(which)
        z = spectrum.impedance[at] / size
        notes = [spectrum.reasons[i] for i in at]
        traces.append({
            "type": "scatter", "mode": "markers", "x": numbers(z.real), "y": numbers(-z.imag),
            "name": name, "marker": marker, "customdata": [int(i) for i in at],
            "showlegend": bool(len(at)),
            "text": [hertz(f) + (f"<br>left out: {escape(r)}" if r else "")
                     for f, r in zip(spectrum.frequency[at], notes, strict=True)],
            "hovertemplate": "%{text}<extra></extra>",
        })  # fmt: skip
    return traces
