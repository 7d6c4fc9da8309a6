"""Figures as values: points, lines, bands, texts and axes with units, without a library that draws.

A figure is computed once, as a `Panel`; `eisfit.plots.axes` draws it with matplotlib and
`eisfit.plots.plotly` for the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from textwrap import wrap
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from eisfit.base.arrays import FloatArray
from eisfit.base.words import PREFIXES, format_degrees, format_number, power_text
from eisfit.data.spectrum import Spectrum
from eisfit.plots.style import DATA, FIT, INK

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_LOG_FROM = 30.0
"""Ratio of largest to smallest value from which an axis is logarithmic."""


def ohm_scale(largest: float) -> tuple[float, str]:
    """Return the factor and the unit in which `largest` Ω reads well.

    Examples
    --------
    >>> ohm_scale(4.2e5), ohm_scale(0.0)
    ((1000.0, 'kΩ'), (1.0, 'Ω'))
    """
    unit = (format_number(largest, "Ω", prefixed=True) or "Ω").split()[-1]
    return PREFIXES[unit.removesuffix("Ω")], unit


def subscript(text: str) -> str:
    """Return `text` with its digits as subscripts.

    Examples
    --------
    >>> subscript("R12")
    'R₁₂'
    """
    return text.translate(_SUBSCRIPTS)


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
    return f"{format_degrees(spectrum.temperature)} · {shortened(spectrum.label, length)}"


def needs_log_axis(values: NDArray[np.floating]) -> bool:
    """Return whether positive values range over more than a factor 30."""
    return bool(len(values) and values.min() > 0 and values.max() > _LOG_FROM * values.min())


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points, a line, or both.

    Parameters
    ----------
    x, y : array_like, shape (k,)
        In the units of the axes.
    color : str
    marker : str
        As matplotlib names it (``"o"``, ``"s"``, ``"D"``); empty for a line alone.
    line : float, optional
        Width in pt; 0 for points alone. Where left out, 1.2 without a marker and 0 with one.
    dashed : bool
    size : float
        Of the marker, in pt.
    fill : str
        Colour of the marker's inside, where it is not `color`; ``"none"`` for an open one.
    edge : str
        Colour of the marker's edge, where it is not `color`.
    error, error_x : array_like, shape (k,) or (2, k), optional
        Lengths of the error bars; below and above where there are two rows.
    bar : float
        Width of the error bars in pt.
    label : str
        For the legend; empty for none.
    name : str
        What this is, for those who look for it in the picture: ``"line bulk"``.
    order : float
        What has a higher one is drawn above.
    alpha : float
        Opacity, 0 to 1.
    hover : sequence of str
        In the browser, one text a point.
    keys : array_like, shape (k,)
        In the browser, what identifies each point.
    """

    x: Any
    y: Any
    color: str = INK
    marker: str = ""
    line: float | None = None
    dashed: bool = False
    size: float = 3.2
    fill: str = ""
    edge: str = ""
    error: Any = None
    error_x: Any = None
    bar: float = 0.8
    label: str = ""
    name: str = ""
    order: float = 3.0
    alpha: float = 1.0
    hover: Sequence[str] = ()
    keys: Any = ()

    @property
    def line_width(self) -> float:
        """Width of the line in pt, 0 for none."""
        return (0.0 if self.marker else 1.2) if self.line is None else self.line


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """An area from `low` to `high` over `x`, all array_like of shape (k,) or a number."""

    x: Any
    low: Any
    high: Any
    color: str
    alpha: float = 0.2
    label: str = ""
    name: str = ""
    order: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """An area across the whole panel, from `low` to `high` on the axis `along`; or a line."""

    low: float
    high: float
    color: str
    along: str = "x"
    alpha: float = 1.0
    label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text at a point, aligned as matplotlib does; `offset` in pt, `box` for a white ground."""

    x: float
    y: float
    text: str
    color: str = INK
    size: float = 6.5
    ha: str = "center"
    va: str = "center"
    offset: tuple[float, float] = (0.0, 0.0)
    box: bool = False
    order: float = 5.0
    name: str = ""


Mark: TypeAlias = Curve | Band | Span | Text


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """An axis with its unit.

    Parameters
    ----------
    label : str
    limits : tuple of float, optional
        Left out, the marks give them.
    log : bool
    most : int
        Largest number of labels; 0 for as many as read well.
    step : float
        Distance between two ticks; 0 for one that reads well.
    divisor : float
        By what the numbers at the ticks are divided; the label gives it as a power of ten.
    names : sequence of str
        Texts at 0, 1, 2 … in place of numbers, the first on top.
    """

    label: str = ""
    limits: tuple[float, float] | None = None
    log: bool = False
    most: int = 0
    step: float = 0.0
    divisor: float = 1.0
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One pair of axes and what is drawn on them.

    Parameters
    ----------
    marks : sequence of Mark
    x, y : Axis
    equal : bool
        Whether both axes have one scale.
    note, note_above : str
        A remark in the lower right corner, and one above the right-hand end.
    title : str
    colours : (str, ndarray), optional
        Label and values of a bar of colours beside the panel.
    insets : sequence of (tuple of float, Panel)
        Small panels at left, bottom, width and height, as shares of this one.
    """

    marks: Sequence[Mark]
    x: Axis
    y: Axis
    equal: bool = False
    note: str = ""
    note_above: str = ""
    title: str = ""
    colours: tuple[str, FloatArray] | None = None
    insets: Sequence[tuple[tuple[float, float, float, float], Panel]] = ()


MEASURED: Mapping[str, Any] = MappingProxyType(
    {"color": DATA, "marker": "o", "fill": "white", "label": "measured"}
)
"""How points in use are drawn."""

LEFT_OUT: Mapping[str, Any] = MappingProxyType(
    {"color": "#b0b0b0", "marker": "s", "fill": "none", "label": "left out", "order": 2.5}
)
FITTED: Mapping[str, Any] = MappingProxyType({"color": FIT, "label": "fit", "order": 4.0})


def log_scale(label: str, values: Any, factor: float = 1.6, most: int = 7) -> Axis:
    """Return a logarithmic axis that reaches a `factor` beyond positive values at both ends."""
    values = np.asarray(values, dtype=float)
    low, high = (values.min(), values.max()) if len(values) else (1.0, 10.0)
    return Axis(label, (float(low) / factor, float(high) * factor), log=True, most=most)


def frequency_scale(frequency: FloatArray) -> Axis:
    """Return an axis of frequency that holds these in Hz."""
    return log_scale("Frequency (Hz)", frequency, 1.4)


def scaled(largest: float) -> tuple[float, str]:
    """Return a power of ten by which numbers up to `largest` become short, and its text.

    Examples
    --------
    >>> scaled(3e-3), scaled(40.0)
    ((0.001, '10⁻³'), (1.0, ''))
    """
    if largest <= 0 or 0.01 <= largest < 1e4:
        return 1.0, ""
    divisor = 10.0 ** (3 * floor(log10(largest) / 3))
    return divisor, power_text(divisor)


def equal_log_scales(
    x: FloatArray, y: FloatArray, *, shape: float, margin: float, least: float, most: int
) -> tuple[Axis, Axis]:
    """Return two logarithmic axes with decades of one length that hold positive values.

    Parameters
    ----------
    x, y : ndarray
    shape : float
        Height over width of the panel.
    margin : float
        Factor of the width that the values need.
    least : float
        Decades that each axis has at least.
    most : int
        Largest number of labels of an axis.
    """
    logs = np.log10(x), np.log10(y)
    width = max(margin * float(np.ptp(logs[0])), margin * float(np.ptp(logs[1])) / shape,
                least, least / shape)  # fmt: skip
    axes = []
    for values, half in zip(logs, (width / 2, width * shape / 2), strict=True):
        centre = float(values.min() + values.max()) / 2
        axes.append(Axis("", (10 ** (centre - half), 10 ** (centre + half)), log=True, most=most))
    return axes[0], axes[1]
