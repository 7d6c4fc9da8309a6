"""Axes of figures: limits, ticks and units that read well, remarks beside the data."""

from __future__ import annotations

from math import floor, log10
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
    NullLocator,
)
from numpy.typing import NDArray

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.data.spectrum import Spectrum
from eisfit.plots.style import GREY

_PREFIXES = ((1e9, "GΩ"), (1e6, "MΩ"), (1e3, "kΩ"), (1.0, "Ω"), (1e-3, "mΩ"), (1e-6, "µΩ"))
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_LOG_FROM = 30.0
"""Ratio of largest to smallest value from which an axis is logarithmic."""


def ohm_scale(largest: float) -> tuple[float, str]:
    """Return the factor and the unit in which `largest` Ω reads well.

    Examples
    --------
    >>> ohm_scale(4.2e5)
    (1000.0, 'kΩ')
    """
    for factor, unit in _PREFIXES:
        if largest >= 0.9999 * factor:
            return factor, unit
    return _PREFIXES[-1]


def power_text(value: float) -> str:
    """Return a power of ten as text.

    Examples
    --------
    >>> power_text(1e6), power_text(0.01), power_text(1.0)
    ('10⁶', '10⁻²', '1')
    """
    exponent = round(log10(value))
    if exponent in (0, 1):
        return str(10**exponent)
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def subscript(text: str) -> str:
    """Return `text` with its digits as subscripts.

    Examples
    --------
    >>> subscript("R12")
    'R₁₂'
    """
    return text.translate(_SUBSCRIPTS)


def celsius_text(temperature: float, decimals: int = 0) -> str:
    """Return a temperature in K as °C, with at most so many decimals.

    Examples
    --------
    >>> celsius_text(273.15 - 20), celsius_text(300.0, 1), celsius_text(298.15, 1)
    ('−20 °C', '26.9 °C', '25 °C')
    """
    number = f"{temperature - ZERO_CELSIUS:.{decimals}f}"
    return f"{number.removesuffix('.0').replace('-', '−')} °C"


def wrapped(text: str, width: int = 32, lines: int = 2) -> str:
    r"""Return `text` on at most `lines` lines of `width` characters.

    Examples
    --------
    >>> wrapped("Inaguma et al., Solid State Commun. 86 (1993) 689", 24)
    'Inaguma et al., Solid\nState Commun. 86 (1993)…'
    """
    return "\n".join(wrap(" ".join(text.split()), width, max_lines=lines, placeholder="…") or [""])


def shortened(text: str, length: int = 34) -> str:
    """Return `text`, cut to `length` characters with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def spectrum_title(spectrum: Spectrum, length: int) -> str:
    """Return temperature and label of a spectrum, the label cut to `length` characters."""
    if spectrum.temperature is None:
        return shortened(spectrum.label, length + 10)
    return f"{celsius_text(spectrum.temperature, 1)} · {shortened(spectrum.label, length)}"


def needs_log_axis(values: NDArray[np.floating]) -> bool:
    """Return whether positive values range over more than a factor 30."""
    return bool(len(values) and values.min() > 0 and values.max() > _LOG_FROM * values.min())


def log_axis(axis: Axis, low: float, high: float, *, most: int = 7) -> None:
    """Make an axis logarithmic, with ticks that stay readable from half a decade to twenty.

    Parameters
    ----------
    axis : Axis
    low, high : float
        Limits, above zero; they are widened to half a decade at least.
    most : int
        Largest number of labels.
    """
    centre, half = (log10(low) + log10(high)) / 2, (log10(high) - log10(low)) / 2
    half = max(half, 0.25)
    low, high = 10 ** (centre - half), 10 ** (centre + half)
    ax = axis.axes
    if axis is ax.xaxis:  # limits first: values that are all alike have none on their own
        ax.set_xlim(low, high)
        ax.set_xscale("log")
    else:
        ax.set_ylim(low, high)
        ax.set_yscale("log")
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


def equal_log_axes(x: FloatArray, y: FloatArray, width: float, most: int, ax: Axes) -> None:
    """Make both axes logarithmic with decades of one length, centred about the values.

    Parameters
    ----------
    x, y : ndarray
        log₁₀ of the values.
    width : float
        Decades on the horizontal axis.
    most : int
        Largest number of labels of an axis.
    ax : Axes
    """
    ax.set_aspect("equal", adjustable="box")
    for axis, values, half in ((ax.xaxis, x, width / 2), (ax.yaxis, y, width * shape_of(ax) / 2)):
        centre = float(values.min() + values.max()) / 2
        log_axis(axis, 10 ** (centre - half), 10 ** (centre + half), most=most)


def frequency_axis(frequency: FloatArray, ax: Axes) -> None:
    """Make the horizontal axis of `ax` one of frequency that holds these in Hz."""
    log_axis(ax.xaxis, 0.7 * float(frequency.min()), 1.4 * float(frequency.max()))
    ax.set_xlabel("Frequency (Hz)")


def scaled_axis(axis: Axis, largest: float) -> str:
    """Set ticks of a linear axis with short numbers, and return the power of ten they stand for.

    Parameters
    ----------
    axis : Axis
    largest : float
        Largest magnitude on the axis.

    Returns
    -------
    str
        For the axis' label, such as ``"10⁻³"``; empty where the numbers are short as they are.
    """
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    long = largest > 0 and not 0.01 <= largest < 1e4
    unit = 10.0 ** (3 * floor(log10(largest) / 3)) if long else 1.0
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value / unit:.6g}".replace("-", "−"))
    )
    return power_text(unit) if long else ""


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


def note(ax: Axes, text: str) -> None:
    """Write a small remark into the lower right corner of `ax`."""
    ax.text(0.98, 0.03, text, transform=ax.transAxes, ha="right", va="bottom", fontsize=6.5,
            color=GREY, gid="note")  # fmt: skip


def write_beside(ax: Axes, place: float, text: str, **kind: Any) -> None:
    """Write a text beside the right-hand end of `ax` at a height in its units."""
    ax.annotate(text, (1.0, place), (5, 0), xycoords=ax.get_yaxis_transform(),
                textcoords="offset points", va="center", **kind)  # fmt: skip


def colour_bar(colours: ScalarMappable, label: str, ax: Axes) -> None:
    """Set a bar beside `ax` that shows which colour is which value."""
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    bar = figure.colorbar(colours, cax=ax.inset_axes((1.03, 0.0, 0.035, 1.0)))
    bar.set_label(label)
    bar.outline.set_linewidth(0.5)
    bar.locator = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10])
    bar.update_ticks()
