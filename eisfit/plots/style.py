"""One style for every figure: sizes of journal columns, colour-blind-safe colours, quiet axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from math import floor, log10
from pathlib import Path
from textwrap import wrap
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator
from PIL import Image

ONE_COLUMN = 3.35
"""Width of one journal column in inch (85 mm)."""

TWO_COLUMNS = 6.93
"""Width of two journal columns in inch (176 mm)."""

INK = "#222222"
GREY = "#8a8a8a"
DATA = "#333333"
FIT = "#d55e00"

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31")
"""Okabe and Ito's colours without yellow and black: told apart by every kind of colour vision."""

_PROCESS_COLOURS = MappingProxyType(
    {
        "bulk": PALETTE[0],
        "electrolyte": PALETTE[0],
        "grain_boundary": PALETTE[1],
        "sei": PALETTE[2],
        "space_charge": PALETTE[3],
        "charge_transfer": PALETTE[4],
        "electrode": PALETTE[5],
        "diffusion": PALETTE[6],
        "total": INK,
    }
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")

VERDICT_COLOURS = MappingProxyType(
    {"agrees": PALETTE[2], "differs": PALETTE[1], "not_comparable": GREY}
)

_RC: Mapping[Any, Any] = MappingProxyType(
    {
        "font.family": ["DejaVu Sans"],
        "font.size": 8.0,
        "text.color": INK,
        "text.parse_math": False,
        "axes.titlesize": 8.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 8.0,
        "axes.labelcolor": INK,
        "axes.edgecolor": INK,
        "axes.linewidth": 0.7,
        "axes.unicode_minus": True,
        "axes.axisbelow": True,
        "axes.grid": False,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "xtick.direction": "in",
        "ytick.direction": "in",
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.top": True,
        "ytick.right": True,
        "xtick.major.size": 3.5,
        "ytick.major.size": 3.5,
        "xtick.minor.size": 2.0,
        "ytick.minor.size": 2.0,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "xtick.minor.width": 0.5,
        "ytick.minor.width": 0.5,
        "lines.linewidth": 1.2,
        "lines.markersize": 3.6,
        "lines.markeredgewidth": 0.7,
        "errorbar.capsize": 1.8,
        "legend.fontsize": 7.5,
        "legend.frameon": False,
        "legend.handlelength": 1.6,
        "legend.borderaxespad": 0.6,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "svg.fonttype": "none",
        "svg.hashsalt": "eisfit",
    }
)


@contextmanager
def style() -> Iterator[None]:
    """Draw (and save) in eisfit's style; the settings of the caller come back afterwards.

    Examples
    --------
    >>> with style():
    ...     figure, ax = new_figure(ONE_COLUMN, 2.6)
    """
    with mpl.rc_context(dict(_RC)):
        yield


def empty_figure(width: float = ONE_COLUMN, height: float = 2.7) -> Figure:
    """Return a figure of `width` × `height` inch without Axes."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def new_figure(
    width: float = ONE_COLUMN, height: float = 2.7, **subplots: Any
) -> tuple[Figure, Any]:
    """Return a figure of `width` × `height` inch and its Axes, as `Figure.subplots` gives them."""
    figure = empty_figure(width, height)
    return figure, figure.subplots(**subplots)


def rendered(figure: Figure, kind: str, *, crop: bool = False, dpi: float = 160) -> bytes:
    """Return the figure as ``"svg"`` or ``"png"``, the same bytes for the same numbers.

    Parameters
    ----------
    figure : Figure
    kind : {"svg", "png"}
    crop : bool
        Fit the page to the drawing, so that nothing outside the Axes is cut.
    dpi : float
        Points per inch of a PNG.
    """
    if kind == "png" and not crop:
        return _opaque(figure, dpi)
    buffer = BytesIO()
    metadata = {"Date": None, "Creator": "eisfit"} if kind == "svg" else {"Software": "eisfit"}
    options: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.04} if crop else {}
    with style():
        figure.savefig(buffer, format=kind, metadata=metadata, dpi=dpi, **options)
    return buffer.getvalue()


def _opaque(figure: Figure, dpi: float) -> bytes:
    """Return the figure as PNG without transparency, which is faster to write and to read."""
    canvas: Any = FigureCanvasAgg(figure)
    with style():
        figure.set_dpi(dpi)
        canvas.draw()
    buffer = BytesIO()
    pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    Image.fromarray(pixels).save(buffer, "png", compress_level=4, dpi=(figure.dpi, figure.dpi))
    return buffer.getvalue()


def font_folder() -> Path:
    """Return the folder of the fonts (TrueType, with Ω, σ and ±) that figures are set in."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def colour_of(process: str, order: Sequence[str] = ()) -> str:
    """Return the colour of a process, the same in every figure; `order` serves unknown names."""
    known = _PROCESS_COLOURS.get(process)
    if known is not None:
        return known
    place = list(order).index(process) if process in order else 0
    return PALETTE[place % len(PALETTE)]


def marker_of(process: str, order: Sequence[str]) -> str:
    """Return the marker of a process, so that a print in grey tells them apart as well."""
    place = list(order).index(process) if process in order else 0
    return _MARKERS[place % len(_MARKERS)]


def in_words(process: str) -> str:
    """Return the name of a process as text, such as ``"grain boundary"``."""
    return {"sei": "SEI"}.get(process, process.replace("_", " "))


_PREFIXES = ((1e9, "GΩ"), (1e6, "MΩ"), (1e3, "kΩ"), (1.0, "Ω"), (1e-3, "mΩ"), (1e-6, "µΩ"))


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
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def log_axis(axis: Axis, low: float, high: float, *, most: int = 7) -> tuple[float, float]:
    """Set ticks of a logarithmic axis that stay readable from half a decade to twenty.

    Parameters
    ----------
    axis : Axis
    low, high : float
        Range to be shown, above zero; it is widened to half a decade at least.
    most : int
        Largest number of labels.

    Returns
    -------
    tuple of float
        The limits to set.
    """
    centre, half = (log10(low) + log10(high)) / 2, (log10(high) - log10(low)) / 2
    half = max(half, 0.25)
    low, high = 10 ** (centre - half), 10 ** (centre + half)
    if 2 * half < 1.3:
        first = floor(log10(low))
        steps = [m * 10.0**k for k in range(first, first + 4) for m in (1, 2, 3, 5, 7)]
        shown = [s for s in steps if low <= s <= high]
        axis.set_major_locator(FixedLocator(shown))
        axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
        axis.set_minor_locator(NullLocator())
        return low, high
    axis.set_major_locator(LogLocator(numticks=most))
    axis.set_major_formatter(FuncFormatter(lambda value, _: power_text(value)))
    few = 2 * half < 3
    axis.set_minor_locator(LogLocator(subs=tuple(range(2, 10)), numticks=99) if few
                           else LogLocator(numticks=99))  # fmt: skip
    axis.set_minor_formatter(NullFormatter())
    return low, high


def plain(value: float) -> str:
    """Return a number for a tick: ``"0.02"``, ``"500"``, ``"2·10⁷"``."""
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.4g}"
    mantissa = value / 10 ** floor(log10(abs(value)))
    return f"{mantissa:.3g}·{power_text(10.0 ** floor(log10(abs(value))))}"


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


def note_above(ax: Axes, text: str) -> None:
    """Write a small remark above the right-hand end of `ax`, where no data can be."""
    ax.annotate(text, (1.0, 1.0), (0, 3), xycoords="axes fraction", textcoords="offset points",
                ha="right", va="bottom", fontsize=6.5, color=GREY, gid="note")  # fmt: skip


def note(ax: Axes, text: str) -> None:
    """Write a small remark into the lower right corner of `ax`."""
    ax.text(0.98, 0.03, text, transform=ax.transAxes, ha="right", va="bottom", fontsize=6.5,
            color=GREY, gid="note")  # fmt: skip
