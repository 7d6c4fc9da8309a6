"""Distributions of relaxation times: one with its band and peaks, or many along a series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.plots.axes import celsius_text, colour_bar, note, ohm_scale, shortened, spectrum_title
from eisfit.plots.style import (
    GREY,
    INK,
    ONE_COLUMN,
    PALETTE,
    TWO_COLUMNS,
    colour_scale,
    new_figure,
    shades_by_value,
    style,
)
from eisfit.quality.relaxation_times import Drt, Peak

_HEADROOM = 1.28  # for the labels of the peaks
_NEAR = 1.4  # decades between two peaks whose labels would overlap


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
    x = np.log10(result.time_constant)
    first, last = _window(result)
    inside = (x >= first) & (x <= last)
    largest = float(max(result.gamma.max(), np.max(result.high[inside], initial=0.0)))
    factor, unit = ohm_scale(largest) if largest > 0 else (1.0, "Ω")
    top = largest / factor if largest > 0 else 1.0
    for start, end in ((x[0], first), (last, x[-1])):
        ax.axvspan(start, end, color="#efefef", lw=0, zorder=0)
    ax.fill_between(x, result.low / factor, result.high / factor, color=PALETTE[0], alpha=0.25,
                    lw=0, zorder=2, label="95 % band")  # fmt: skip
    ax.plot(x, result.gamma / factor, color=PALETTE[0], zorder=3, label="γ")
    for peak, side in zip(result.peaks, _sides(result.peaks), strict=True):
        height = float(np.interp(np.log10(peak.time_constant), x, result.gamma))
        _mark(peak, height / factor, top, side, ax)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(0, _HEADROOM * top)
    ax.set_xlabel("log₁₀(τ / s)")
    ax.set_ylabel(f"γ ({unit})")
    if not result.peaks:
        note(ax, "no peak stands out from the noise")
    return ax


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


def _mark(peak: Peak, y: float, top: float, side: str, ax: Axes) -> None:
    x = float(np.log10(peak.time_constant))
    colour = INK if peak.sure else GREY
    ax.plot(x, y + 0.035 * top, "v", ms=4, color=colour, mfc=colour if peak.sure else "none",
            clip_on=False, zorder=4)  # fmt: skip
    ax.annotate(
        f"{_ohm(peak.resistance)}{'' if peak.sure else ' ?'}\n{_seconds(peak.time_constant)}",
        (x, y + 0.06 * top), ha=side, va="bottom", fontsize=6.5, color=colour, zorder=5,
    )  # fmt: skip


def _ohm(value: float) -> str:
    factor, unit = ohm_scale(value)
    return f"{_three(value / factor)} {unit}"


def _seconds(value: float) -> str:
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")):
        if value >= 0.9995 * factor:
            return f"{_three(value / factor)} {unit}"
    return f"{_three(value / 1e-12)} ps"


def _three(value: float) -> str:
    """Return a number with three digits, without an exponent below 100 000."""
    return f"{value:.0f}" if 999.5 <= value < 1e5 else f"{value:.3g}"


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
    shades = [PALETTE[0]] * len(ordered)
    celsius = np.array([
        np.nan if r.spectrum.temperature is None else r.spectrum.temperature - ZERO_CELSIUS
        for r in results
    ])  # fmt: skip
    if celsius.max() > celsius.min():  # False where one is unknown
        ordered = [results[i] for i in np.argsort(celsius, kind="stable")]
        shades = shades_by_value(np.sort(celsius))
        colour_bar(colour_scale(celsius), "Temperature (°C)", ax)
    gap = 0.62
    for i, (result, shade) in enumerate(zip(ordered, shades, strict=True)):
        x = np.log10(result.time_constant)
        size = float(result.gamma.max()) or 1.0
        y = i * gap + result.gamma / size
        ax.fill_between(x, i * gap, y, color="white", alpha=0.75, lw=0, zorder=2 * (99 - i))
        ax.plot(x, y, color=shade, lw=1.0, zorder=2 * (99 - i) + 1)
        for peak in result.peaks:
            at = float(np.log10(peak.time_constant))
            ax.plot(at, np.interp(at, x, y), "o", ms=3, color=shade,
                    mfc=shade if peak.sure else "white", zorder=300)  # fmt: skip
    ends = [np.log10(r.time_constant[[0, -1]]) for r in ordered]
    ax.set_xlim(min(e[0] for e in ends), max(e[1] for e in ends))
    ax.set_ylim(-0.05, (len(ordered) - 1) * gap + 1.15)
    ax.set_yticks([i * gap for i in range(len(ordered))], [_name(r) for r in ordered])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("log₁₀(τ / s)")
    ax.set_ylabel("γ / max γ")
    return ax


def _name(result: Drt) -> str:
    """Return what a line is called: the largest γ, and the file where no temperature is known."""
    largest = _ohm(float(result.gamma.max())) if result.gamma.max() > 0 else "0 Ω"
    if result.spectrum.temperature is None:
        return f"{shortened(result.spectrum.label, 18)}\n{largest}"
    return f"{celsius_text(result.spectrum.temperature)}, {largest}"


def drt_figure(result: Drt) -> Figure:
    """Return the distribution of one spectrum at the width of one journal column."""
    with style():
        figure, ax = new_figure(ONE_COLUMN, 2.5)
        figure.subplots_adjust(left=0.16, right=0.97, bottom=0.17, top=0.90)
        drt(result, ax=ax)
        ax.set_title(spectrum_title(result.spectrum, 30))
        ax.legend(loc="upper left", fontsize=6.5, borderaxespad=0.3)
    return figure


def drt_series_figure(results: Sequence[Drt]) -> Figure:
    """Return the distributions of a series above one another, as high as their number needs."""
    with style():
        height = 1.2 + 0.28 * len(results)
        figure, ax = new_figure(TWO_COLUMNS, height)
        figure.subplots_adjust(left=0.17, right=0.89, bottom=0.5 / height, top=1 - 0.15 / height)
        drt_series(results, ax=ax)
    return figure
