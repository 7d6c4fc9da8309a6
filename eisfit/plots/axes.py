"""Panels drawn with matplotlib, and axes whose limits, ticks and units read well."""

from __future__ import annotations

from math import floor, log10
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis as MatplotlibAxis
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    MultipleLocator,
    NullFormatter,
    NullLocator,
)

from eisfit.base.arrays import FloatArray
from eisfit.base.words import power_text
from eisfit.plots.panel import Axis, Band, Curve, Mark, Panel, Span, Text
from eisfit.plots.style import GREY, colour_scale

_DASHES = (0, (4, 3))
_MANY = 20  # points from which on error bars have no caps
_THICK = 1.5  # pt of an error bar from which on it has no caps
_INSET_TITLE: dict[str, Any] = {
    "fontsize": 6, "pad": 2, "fontweight": "normal", "color": GREY, "linespacing": 1.0,
}  # fmt: skip


def draw(panel: Panel, ax: Axes) -> Axes:
    """Draw a panel and return its Axes."""
    for mark in panel.marks:
        _draw_mark(mark, ax)
    if panel.equal:
        ax.set_aspect("equal", adjustable="box")
    set_axis(ax.xaxis, panel.x)
    set_axis(ax.yaxis, panel.y)
    if panel.note:
        ax.text(0.98, 0.03, panel.note, transform=ax.transAxes, ha="right", va="bottom",
                fontsize=6.5, color=GREY, gid="note")  # fmt: skip
    if panel.note_above:
        note_above(ax, panel.note_above)
    if panel.title:
        ax.set_title(panel.title)
    if panel.colours is not None:
        _draw_colour_bar(*panel.colours, ax)
    for place, inner in panel.insets:
        inset = draw(inner, ax.inset_axes(place))
        inset.set_anchor("NW")
        inset.tick_params(labelsize=6, length=2, pad=1.5)
        inset.set_title(inner.title, **_INSET_TITLE)
    return ax


def _draw_mark(mark: Mark, ax: Axes) -> None:
    """Draw one mark."""
    match mark:
        case Curve():
            _draw_curve(mark, ax)
        case Band():
            ax.fill_between(mark.x, mark.low, mark.high, color=mark.color, alpha=mark.alpha, lw=0,
                            label=mark.label, gid=mark.name, zorder=mark.order)  # fmt: skip
        case Span(low=low, high=high) if low == high:
            line = ax.axvline if mark.along == "x" else ax.axhline
            line(low, color=mark.color, lw=0.7, zorder=0.5)
        case Span():
            area = ax.axvspan if mark.along == "x" else ax.axhspan
            area(mark.low, mark.high, color=mark.color, alpha=mark.alpha, lw=0, zorder=0,
                 label=mark.label)  # fmt: skip
        case Text():
            ax.annotate(
                mark.text, (mark.x, mark.y), mark.offset, textcoords="offset points", ha=mark.ha,
                va=mark.va, fontsize=mark.size, color=mark.color, zorder=mark.order,
                annotation_clip=True, linespacing=1.1, gid=mark.name,
                bbox={"fc": "white", "ec": "none", "alpha": 0.6, "pad": 0.4} if mark.box else None,
            )  # fmt: skip


def _draw_curve(curve: Curve, ax: Axes) -> None:
    style: dict[str, Any] = {
        "color": curve.color, "lw": curve.line_width, "marker": curve.marker, "ms": curve.size,
        "ls": "none" if not curve.line_width else _DASHES if curve.dashed else "-",
        "mfc": curve.fill or curve.color, "mec": curve.edge or curve.color, "alpha": curve.alpha,
        "label": curve.label or None, "gid": curve.name, "zorder": curve.order,
    }  # fmt: skip
    if curve.error is None and curve.error_x is None:
        ax.plot(curve.x, curve.y, **style)
        return
    capless = curve.bar > _THICK or len(curve.x) > _MANY
    ax.errorbar(curve.x, curve.y, curve.error, curve.error_x, elinewidth=curve.bar,
                capsize=0.0 if capless else None, **style)  # fmt: skip


def set_axis(axis: MatplotlibAxis, value: Axis) -> None:
    """Set limits, ticks and label of an axis."""
    axis.set_label_text(value.label)
    if value.log and value.limits:
        log_axis(axis, *value.limits, most=value.most or 7)
        return
    if value.limits:
        _set_limits(axis, *value.limits)
    if value.names:
        axis.set_ticks(range(len(value.names)), value.names)
        axis.set_tick_params(length=0, right=False)
        return
    steps = [1, 2, 5, 10] if 0 < value.most < 4 else [1, 2, 2.5, 5, 10]
    axis.set_major_locator(
        MultipleLocator(value.step) if value.step
        else MaxNLocator(value.most or "auto", steps=steps)
    )  # fmt: skip
    if value.divisor != 1.0:
        axis.set_major_formatter(
            FuncFormatter(lambda tick, _: f"{tick / value.divisor:.6g}".replace("-", "−"))
        )


def _set_limits(axis: MatplotlibAxis, low: float, high: float) -> None:
    ax = axis.axes
    (ax.set_xlim if axis is ax.xaxis else ax.set_ylim)(low, high)


def log_axis(axis: MatplotlibAxis, low: float, high: float, *, most: int = 7) -> None:
    """Make an axis logarithmic, with ticks that stay readable from half a decade to twenty.

    Parameters
    ----------
    axis : matplotlib Axis
    low, high : float
        Limits, above zero; they are widened to half a decade at least.
    most : int
        Largest number of labels.
    """
    centre, half = (log10(low) + log10(high)) / 2, (log10(high) - log10(low)) / 2
    half = max(half, 0.25)
    low, high = 10 ** (centre - half), 10 ** (centre + half)
    _set_limits(axis, low, high)  # before the scale: values that are all alike give none
    ax = axis.axes
    (ax.set_xscale if axis is ax.xaxis else ax.set_yscale)("log")
    if 2 * half < 1.3:
        first = floor(log10(low))
        steps = [m * 10.0**k for k in range(first, first + 4) for m in (1, 2, 3, 5, 7)]
        axis.set_major_locator(FixedLocator([s for s in steps if low <= s <= high]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: _tick_text(value)))
        axis.set_minor_locator(NullLocator())
        return
    axis.set_major_locator(LogLocator(numticks=most))
    axis.set_major_formatter(FuncFormatter(lambda value, _: power_text(value)))
    few = 2 * half < 3
    axis.set_minor_locator(LogLocator(subs=tuple(range(2, 10)), numticks=99) if few
                           else LogLocator(numticks=99))  # fmt: skip
    axis.set_minor_formatter(NullFormatter())


def _tick_text(value: float) -> str:
    """Return a number for a tick: ``"0.02"``, ``"500"``, ``"2·10⁷"``."""
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.4g}"
    mantissa = value / 10 ** floor(log10(abs(value)))
    return f"{mantissa:.3g}·{power_text(10.0 ** floor(log10(abs(value))))}"


def size_of(ax: Axes) -> tuple[float, float]:
    """Return width and height of the box of `ax` in inch, as it is laid out."""
    figure = ax.get_figure(root=True)
    width, height = figure.get_size_inches() if figure is not None else (1.0, 1.0)
    box = ax.get_position(original=True)
    return float(box.width * width), float(box.height * height)


def shape_of(ax: Axes) -> float:
    """Return height over width of the box of `ax`."""
    width, height = size_of(ax)
    return height / width


def note_above(ax: Axes, text: str) -> None:
    """Write a small remark above the right-hand end of `ax`, where no data can be."""
    ax.annotate(text, (1.0, 1.0), (0, 3), xycoords="axes fraction", textcoords="offset points",
                ha="right", va="bottom", fontsize=6.5, color=GREY, gid="note")  # fmt: skip


def write_instead(text: str, ax: Axes) -> None:
    """Write a text where nothing can be drawn."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=GREY)


def write_beside(ax: Axes, place: float, text: str, **kind: Any) -> None:
    """Write a text beside the right-hand end of `ax` at a height in its units."""
    ax.annotate(text, (1.0, place), (5, 0), xycoords=ax.get_yaxis_transform(),
                textcoords="offset points", va="center", **kind)  # fmt: skip


def _draw_colour_bar(label: str, values: FloatArray, ax: Axes) -> None:
    """Set a bar beside `ax` that shows which colour is which value, where they differ."""
    figure = ax.get_figure(root=True)
    if figure is None or not np.max(values) > np.min(values):
        return
    bar = figure.colorbar(colour_scale(values), cax=ax.inset_axes((1.03, 0.0, 0.035, 1.0)))
    bar.set_label(label)
    bar.outline.set_linewidth(0.5)
    bar.locator = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10])
    bar.update_ticks()
