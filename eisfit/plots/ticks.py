"""Ticks of linear axes whose numbers are very small or very large."""

from __future__ import annotations

from math import floor, log10

from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from eisfit.plots.style import power_text


def scaled_ticks(axis: Axis, largest: float) -> str:
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
    if not largest > 0 or 0.01 <= largest < 1e4:
        axis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
        return ""
    unit = 10.0 ** (3 * floor(log10(largest) / 3))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _short(value / unit)))
    return power_text(unit)


def _short(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
