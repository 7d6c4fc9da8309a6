"""One style for every figure: sizes of journal columns, colour-blind-safe colours, quiet axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize, to_hex
from matplotlib.figure import Figure
from PIL import Image

from eisfit.base.arrays import FloatArray

ONE_COLUMN = 3.35
"""Width of one journal column in inch (85 mm)."""

TWO_COLUMNS = 6.93
"""Width of two journal columns in inch (176 mm)."""

INK = "#222222"
GREY = "#8a8a8a"
DATA = "#333333"
FIT = "#d55e00"

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31")
"""Okabe and Ito's colours without yellow and black: distinct for every kind of colour vision."""

PUBLISHED = "#fff3b0"
"""Inside of the diamonds of the literature."""

BESIDE: Mapping[str, Any] = MappingProxyType(
    {"loc": "upper left", "bbox_to_anchor": (1.01, 1.02), "labelspacing": 0.9}
)
"""How a legend stands outside of the Axes, on its right."""

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
_LIGHTEST = 0.93
"""Share of the colour map in use: its yellow end is hard to see on white."""

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")

VERDICT_COLOURS = MappingProxyType(
    {"agrees": PALETTE[2], "differs": PALETTE[1], "not_comparable": GREY}
)

_RC = mpl.rc_params_from_file(
    Path(__file__).with_name("eisfit.mplstyle"), use_default_template=False
)


@contextmanager
def style() -> Iterator[None]:
    """Draw (and save) in eisfit's style; the settings of the caller come back afterwards.

    Examples
    --------
    >>> with style():
    ...     figure, ax = new_figure(ONE_COLUMN, 2.6)
    """
    with mpl.rc_context(_RC):
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


def figure_of(
    draw: Callable[[Axes], object], width: float, height: float,
    place: tuple[float, float, float, float],
) -> Figure:  # fmt: skip
    """Return a figure of `width` × `height` inch in which `draw` drew into one Axes.

    `place` is its left, bottom, width and height as shares of the figure.
    """
    with style():
        figure = empty_figure(width, height)
        draw(figure.add_axes(place))
    return figure


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
    """Return the marker of a process, which stays distinct in a grey print."""
    place = list(order).index(process) if process in order else 0
    return _MARKERS[place % len(_MARKERS)]


def colour_at(place: float) -> str:
    """Return the colour of a place from 0 (dark) to 1 (light) on the scale of colours.

    Examples
    --------
    >>> colour_at(0.0), colour_at(1.0)
    ('#440154', '#d2e21b')
    """
    return to_hex(mpl.colormaps["viridis"](_LIGHTEST * place))


def shades_by_value(values: FloatArray) -> list[str]:
    """Return the colour of each value on the scale that spans them all."""
    low, width = float(np.min(values)), float(np.ptp(values)) or 1.0
    return [colour_at((float(value) - low) / width) for value in values]


def colour_scale(values: FloatArray) -> ScalarMappable:
    """Return the scale of colours that spans some values, for a bar."""
    low, high = float(np.min(values)), float(np.max(values))
    norm = Normalize(low, high if high > low else low + 1)
    colours = mpl.colormaps["viridis"](np.linspace(0, _LIGHTEST, 128))
    return ScalarMappable(norm, ListedColormap(colours))
