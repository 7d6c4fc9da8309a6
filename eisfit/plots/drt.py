"""Distributions of relaxation times: one with its band and peaks, or many along a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.words import format_degrees, format_number
from eisfit.plots.axes import draw
from eisfit.plots.panel import (
    Axis,
    Band,
    Curve,
    Mark,
    Panel,
    Span,
    Text,
    ohm_scale,
    shortened,
    spectrum_title,
)
from eisfit.plots.style import (
    GREY,
    INK,
    ONE_COLUMN,
    PALETTE,
    TWO_COLUMNS,
    figure_of,
    shades_by_value,
)
from eisfit.quality.relaxation_times import Drt, Peak

_HEADROOM = 1.28  # for the labels of the peaks
_NEAR = 1.4  # decades between two peaks whose labels would overlap
_GAP = 0.62  # between two distributions of a series, whose heights are 1
_TIME = "log₁₀(τ / s)"


def drt_panel(result: Drt) -> Panel:
    """Return γ over log10 τ with its 95 % band and peaks; see `drt`."""
    x = np.log10(result.time_constant)
    first, last = _window(result)
    inside = (x >= first) & (x <= last)
    largest = float(max(result.gamma.max(), np.max(result.high[inside], initial=0.0)))
    factor, unit = ohm_scale(largest) if largest > 0 else (1.0, "Ω")
    top = largest / factor if largest > 0 else 1.0
    gamma, colour = result.gamma / factor, PALETTE[0]
    marks: list[Mark] = [
        Span(float(x[0]), first, "#efefef"),
        Span(last, float(x[-1]), "#efefef"),
        Band(x, result.low / factor, result.high / factor, colour, 0.25, "95 % band", order=2),
        Curve(x, gamma, colour, label="γ"),
    ]
    for peak, side in zip(result.peaks, _sides(result.peaks), strict=True):
        at = float(np.log10(peak.time_constant))
        y, shade = float(np.interp(at, x, gamma)), INK if peak.sure else GREY
        size, time = _text(peak.resistance, "Ω"), _text(peak.time_constant, "s")
        text = f"{size}{'' if peak.sure else ' ?'}\n{time}"
        marks += [
            Curve([at], [y + 0.035 * top], shade, "v", size=4, fill=shade if peak.sure else "none",
                  order=4),
            Text(at, y + 0.06 * top, text, shade, ha=side, va="bottom"),
        ]  # fmt: skip
    return Panel(
        marks, Axis(_TIME, (float(x[0]), float(x[-1]))), Axis(f"γ ({unit})", (0, _HEADROOM * top)),
        note="" if result.peaks else "no peak stands out from the noise",
    )  # fmt: skip


def drt(result: Drt, *, ax: Axes) -> Axes:
    """Draw γ over log10 τ with its 95 % band; each peak with its resistance and time constant.

    Sure peaks are marked by a full triangle, others by an open one and a question mark. The window
    of frequencies is white, times beyond it are grey.

    Parameters
    ----------
    result : Drt
    ax : Axes

    Returns
    -------
    Axes
    """
    return draw(drt_panel(result), ax)


def _text(value: float, unit: str) -> str:
    return format_number(value, unit, 3, prefixed=True)


def _window(result: Drt) -> tuple[float, float]:
    """Return log10 of the shortest and the longest time that the frequencies reach, 1/ω."""
    frequency, _ = result.spectrum.kept
    first, last = -np.log10(2 * np.pi * frequency[0]), -np.log10(2 * np.pi * frequency[-1])
    return float(first), float(last)


def _sides(peaks: Sequence[Peak]) -> list[str]:
    """Return how each label is aligned: those of near peaks lean away from one another."""
    x = [float(np.log10(peak.time_constant)) for peak in peaks]
    out = []
    for i, at in enumerate(x):
        before = i > 0 and at - x[i - 1] < _NEAR
        after = i + 1 < len(x) and x[i + 1] - at < _NEAR
        out.append("center" if before == after else "left" if before else "right")
    return out


def drt_series(results: Sequence[Drt], *, ax: Axes) -> Axes:
    """Draw many distributions, each divided by its maximum and set above the one before.

    The order and the colour are those of temperature where all spectra have one, else as given.
    Dots are the sure peaks, circles the others; along a row of them a process can be followed.

    Parameters
    ----------
    results : sequence of Drt
        At least one.
    ax : Axes
        A colour bar is set beside it where temperatures differ.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Without a result.
    """
    if not results:
        raise ValueError("there is no distribution to draw")
    ordered = list(results)
    shades, colours = [PALETTE[0]] * len(ordered), None
    celsius = np.array([
        np.nan if r.spectrum.temperature is None else r.spectrum.temperature - ZERO_CELSIUS
        for r in results
    ])  # fmt: skip
    if celsius.max() > celsius.min():  # False where one is unknown
        ordered = [results[i] for i in np.argsort(celsius, kind="stable")]
        shades, colours = shades_by_value(np.sort(celsius)), ("Temperature (°C)", celsius)
    marks: list[Mark] = []
    for i, (result, shade) in enumerate(zip(ordered, shades, strict=True)):
        x = np.log10(result.time_constant)
        y = i * _GAP + result.gamma / (float(result.gamma.max()) or 1.0)
        marks += [
            Band(x, i * _GAP, y, "white", alpha=0.75, order=2 * (99 - i)),
            Curve(x, y, shade, line=1.0, order=2 * (99 - i) + 1),
        ]
        for peak in result.peaks:
            at = float(np.log10(peak.time_constant))
            marks.append(Curve([at], [np.interp(at, x, y)], shade, "o", size=3, order=300,
                               fill=shade if peak.sure else "white"))  # fmt: skip
    ends = np.log10([r.time_constant[[0, -1]] for r in ordered])
    height = _GAP * (len(ordered) - 1)
    draw(Panel(marks, Axis(_TIME, (float(ends.min()), float(ends.max()))),
               Axis("γ / max γ", (-0.05, height + 1.15)), colours=colours), ax)  # fmt: skip
    ax.set_yticks([i * _GAP for i in range(len(ordered))], [_name(r) for r in ordered])
    ax.tick_params(axis="y", length=0)
    return ax


def _name(result: Drt) -> str:
    """Return what a line is called: the largest γ, and the file where no temperature is known."""
    largest = _text(float(result.gamma.max()), "Ω")
    if result.spectrum.temperature is None:
        return f"{shortened(result.spectrum.label, 18)}\n{largest}"
    return f"{format_degrees(result.spectrum.temperature)}, {largest}"


def drt_figure(result: Drt) -> Figure:
    """Return the distribution of one spectrum at the width of one journal column."""
    panel = replace(drt_panel(result), title=spectrum_title(result.spectrum, 30))
    return figure_of(
        lambda ax: draw(panel, ax).legend(loc="upper left", fontsize=6.5, borderaxespad=0.3),
        ONE_COLUMN, 2.5, (0.16, 0.17, 0.81, 0.73),
    )  # fmt: skip


def drt_series_figure(results: Sequence[Drt]) -> Figure:
    """Return the distributions of a series above one another, as high as their number needs."""
    height = 1.2 + 0.28 * len(results)
    place = 0.17, 0.5 / height, 0.72, 1 - 0.65 / height
    return figure_of(lambda ax: drt_series(results, ax=ax), TWO_COLUMNS, height, place)
