"""Figures of many spectra for the browser, as plain data that plotly.js draws.

Every trace of a spectrum carries its number among the shown ones in `meta`, so that hovering over
a point in one figure finds the same spectrum, and the same frequency, in the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from eisfit.app.figure import (
    LOG,
    Figure,
    as_figure,
    hertz,
    line_trace,
    new_axis,
    new_layout,
    numbers,
)
from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.data.spectrum import Spectrum
from eisfit.plots.style import GREY, ohm_scale
from eisfit.quality.relaxation_times import Drt

MANY = 40
"""From here on spectra are drawn as lines, all in a few traces."""

_RAMP = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (222, 190, 20))
_BUNDLES = 15  # colours of many spectra


@dataclass(frozen=True, slots=True)
class Shown:
    """One spectrum to be drawn: its key, name and place (0 to 1) on the scale of colours."""

    key: str
    name: str
    spectrum: Spectrum
    place: float = 0.0


def colour_at(place: float) -> str:
    """Return the colour of a place from 0 (cold, dark) to 1 (hot, light).

    Examples
    --------
    >>> colour_at(0.0), colour_at(1.0)
    ('rgb(68,1,84)', 'rgb(222,190,20)')
    """
    steps = np.linspace(0, 1, len(_RAMP))
    r, g, b = (round(float(np.interp(place, steps, [c[i] for c in _RAMP]))) for i in range(3))
    return f"rgb({r},{g},{b})"


def nyquist(shown: Sequence[Shown]) -> Figure:
    """Return -Z'' over Z' of spectra, with equal axes."""
    size, unit = _scale(shown)
    layout = new_layout(f"Z′ / {unit}", f"−Z″ / {unit}", "lasso")
    layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1}
    if shown:
        x, y = window([one.spectrum for one in shown])
        layout["xaxis"]["range"] = [v / size for v in x]
        layout["yaxis"]["range"] = [v / size for v in y]

    def curve(z: Any) -> tuple[FloatArray, FloatArray]:
        return z.real / size, -z.imag / size

    return as_figure([*_spectra(shown, curve, "x", "y"), *_scale_of_colours(shown)], layout)


def bode(shown: Sequence[Shown]) -> Figure:
    """Return |Z| and phase over the frequency, one above the other."""
    size, unit = _scale(shown)
    layout = new_layout("frequency / Hz", f"|Z| / {unit}", "select")
    layout["xaxis"] |= {
        "type": "log",
        "anchor": "y2",
        "exponentformat": "power",
        "nticks": 7,
        "tickangle": 0,
    }
    layout["yaxis"] |= LOG | {"domain": [0.53, 1]}
    layout["yaxis2"] = new_axis("−phase / °") | {"domain": [0, 0.47]}

    def size_of(z: Any) -> tuple[None, FloatArray]:
        return None, np.abs(z) / size

    def phase_of(z: Any) -> tuple[None, FloatArray]:
        return None, -np.angle(z, deg=True)

    upper = [
        trace | {"mode": "lines", "line": {"color": trace["marker"]["color"], "width": 1.5}}
        if "marker" in trace and trace.get("opacity") is None
        else trace
        for trace in _spectra(shown, size_of, "x", "y")
    ]  # lines are drawn in half the time
    return as_figure([*upper, *_spectra(shown, phase_of, "x", "y2")], layout)


def relaxation_times(found: Sequence[tuple[Shown, Drt]]) -> Figure:
    """Return the distributions of relaxation times of spectra, with the peaks that are sure."""
    largest = max((float(d.gamma.max()) for _, d in found), default=1.0)
    size, unit = ohm_scale(largest)
    layout = new_layout("τ / s", f"γ(ln τ) / {unit}", "zoom")
    layout["xaxis"] |= LOG
    traces = []
    for number, (shown, d) in enumerate(found):
        colour = colour_at(shown.place)
        traces.append(line_trace(d.time_constant, d.gamma / size, colour) | {
            "name": escape(shown.name), "meta": number,
            "hovertemplate": f"{escape(shown.name)}<br>τ = %{{x:.3g}} s<extra></extra>",
        })  # fmt: skip
        sure = [p for p in d.peaks if p.sure]
        traces.append({
            "type": "scatter", "mode": "markers", "meta": number, "showlegend": False,
            "x": [p.time_constant for p in sure], "y": [p.height / size for p in sure],
            "marker": {"color": colour, "size": 8, "symbol": "diamond"},
            "hovertemplate": [f"{escape(shown.name)}<br>τ = {p.time_constant:.3g} s, "
                              f"R = {p.resistance:.4g} Ω<extra></extra>" for p in sure],
        })  # fmt: skip
    return as_figure(traces, layout)


def window(spectra: Sequence[Spectrum]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ranges of Z' and -Z'' in Ω to look at first: the arcs, without a long tail."""
    Z = np.concatenate([s.kept[1] for s in spectra])
    right, top = float(Z.real.max()), float((-Z.imag).max())
    left, bottom = float(min(Z.real.min(), 0.0)), float(min((-Z.imag).min(), 0.0))
    wide = (right - left) or 1.0
    top = min(top, max(0.6 * wide, bottom + 0.1 * wide))
    return (left - 0.03 * wide, right + 0.05 * wide), (bottom - 0.02 * wide, top + 0.05 * wide)


def places(values: Sequence[float | None]) -> list[float]:
    """Return places from 0 to 1 for the coordinates of spectra; unknown ones stand at 0.

    Examples
    --------
    >>> places([300.0, None, 400.0, 350.0])
    [0.0, 0.0, 1.0, 0.5]
    """
    known = [v for v in values if v is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    wide = high - low or 1.0
    return [0.0 if v is None else (v - low) / wide for v in values]


def _spectra(shown: Sequence[Shown], curve: Any, x: str, y: str) -> list[Figure]:
    if len(shown) > MANY:
        return _bundles(shown, curve, x, y)
    traces = []
    for number, one in enumerate(shown):
        spectrum, colour = one.spectrum, colour_at(one.place)
        out = spectrum.mask
        traces.append(_points(one, number, ~out, curve) | {
            "xaxis": x, "yaxis": y, "mode": "markers", "marker": {"color": colour, "size": 6},
        })  # fmt: skip
        if out.any():
            traces.append(_points(one, number, out & _drawable(spectrum), curve) | {
                "xaxis": x, "yaxis": y, "mode": "markers", "opacity": 0.7,
                "marker": {"color": GREY, "size": 7, "symbol": "x-thin-open"},
            })  # fmt: skip
    return traces


def _bundles(shown: Sequence[Shown], curve: Any, x: str, y: str) -> list[Figure]:
    """Return many spectra as lines in a few traces, one a colour: a browser draws those at once."""
    groups: dict[int, list[Shown]] = {}
    for one in shown:
        groups.setdefault(round(one.place * _BUNDLES), []).append(one)
    traces = []
    for step, several in sorted(groups.items()):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for one in several:
            frequency, Z = one.spectrum.kept
            across, up = curve(Z)
            xs += [*numbers(frequency if across is None else across), None]  # None lifts the pen
            ys += [*numbers(up), None]
        traces.append({
            "type": "scatter", "mode": "lines", "x": xs, "y": ys, "xaxis": x, "yaxis": y,
            "line": {"color": colour_at(step / _BUNDLES), "width": 1}, "hoverinfo": "skip",
            "showlegend": False,
        })  # fmt: skip
    return traces


def _points(shown: Shown, number: int, which: BoolArray, curve: Any) -> Figure:
    """Return a trace of some points; `customdata` are their places in the spectrum."""
    at = np.flatnonzero(which)
    frequency = shown.spectrum.frequency[at]
    x, y = curve(shown.spectrum.impedance[at])
    reasons = [shown.spectrum.reasons[i] for i in at]
    return {
        "type": "scatter", "name": escape(shown.name), "meta": number, "showlegend": False,
        "x": numbers(frequency if x is None else x), "y": numbers(y),
        "customdata": [int(i) for i in at],
        "text": [f"{hertz(f)}{'<br>left out: ' + escape(r) if r else ''}"
                 for f, r in zip(frequency, reasons, strict=True)],
        "hovertemplate": f"{escape(shown.name)}<br>%{{text}}<extra></extra>",
    }  # fmt: skip


def _drawable(spectrum: Spectrum) -> BoolArray:
    """Return which points can be drawn at all: those left out may hold no number."""
    good: BoolArray = np.isfinite(spectrum.impedance) & (spectrum.frequency > 0)
    return good


def _scale_of_colours(shown: Sequence[Shown]) -> list[Figure]:
    """Return a trace without points, whose bar tells which colour is which temperature."""
    known = [s.spectrum.temperature for s in shown if s.spectrum.temperature is not None]
    if len(set(known)) < 2:
        return []
    celsius = [round(T - ZERO_CELSIUS, 2) for T in (min(known), max(known))]
    steps = np.linspace(0, 1, len(_RAMP))
    bar = {"title": {"text": "°C"}, "thickness": 10, "len": 0.9, "outlinewidth": 0}
    return [{
        "type": "scatter", "mode": "markers", "x": [None, None], "y": [None, None],
        "hoverinfo": "skip", "showlegend": False,
        "marker": {"color": celsius, "showscale": True, "colorbar": bar,
                   "colorscale": [[float(s), colour_at(float(s))] for s in steps]},
    }]  # fmt: skip


def _scale(shown: Sequence[Shown]) -> tuple[float, str]:
    largest = max((float(np.abs(s.spectrum.kept[1]).max()) for s in shown), default=1.0)
    return ohm_scale(largest)
