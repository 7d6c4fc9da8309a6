"""Where measured values fall among those of the literature."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from uncertainties import UFloat

from eisfit.analysis.comparison import CONDUCTIVITY_FACTOR
from eisfit.base.constants import ROOM_TEMPERATURE, ZERO_CELSIUS
from eisfit.literature.search import unlike
from eisfit.literature.values import ReferenceValue, plain
from eisfit.plots.placing import GAP, beside, placed
from eisfit.plots.style import (
    GREY,
    INK,
    colour_of,
    in_words,
    log_axis,
    power_text,
    shortened,
)

_AXES = {
    "conductivity_S_cm": (1.0, "Conductivity", "S cm⁻¹"),
    "area_resistance_ohm_cm2": (1.0, "Area resistance", "Ω cm²"),
    "thickness_m": (1e9, "Thickness", "nm"),
}
"""Factor, name and unit on the axis."""

_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_LETTER = 0.021
"""Width of a letter of a name, as a share of the Axes."""


def landscape(
    values: Sequence[ReferenceValue],
    measured: Mapping[str, UFloat],
    *,
    ax: Axes,
    quantity: str = "conductivity_S_cm",
    temperature: float = ROOM_TEMPERATURE,
    material: str = "",
) -> Axes:
    """Draw where measured values fall among those of the literature, kind by kind.

    Parameters
    ----------
    values : sequence of ReferenceValue
        As `eisfit.literature.references` finds them; 40 read well.
    measured : mapping of str to UFloat
        By process (``"bulk"``, ``"total"``, ``"sei"``), in the unit of `quantity`, at
        `temperature`; empty to draw the literature alone. `beside` tells where each stands.
    ax : Axes
        Wide margins are needed: names on the left, sources on the right. `landscape_height` tells
        its height.
    quantity : str
        ``"conductivity_S_cm"``, ``"area_resistance_ohm_cm2"`` or ``"thickness_m"``.
    temperature : float
        K; what is published for another temperature is not drawn.
    material : str
        What was measured, as `eisfit.analysis.comparison` takes it.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For activation energies.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> from eisfit.plots.style import new_figure, style
    >>> from eisfit.literature import references
    >>> with style():
    ...     figure, ax = new_figure(6.9, 4.0)
    ...     ax = landscape(references("LLTO"), {"bulk": ufloat(1.0e-3, 6e-5)}, ax=ax)
    >>> ax.get_xlabel()
    'Conductivity at 25 °C (S cm⁻¹)'

    Notes
    -----
    One line a published value, the highest of each kind on top. Full diamonds are plain samples
    of their family (or named by `material`), hollow ones doped or of another phase; a bar is a
    published range, an arrow a bound, whiskers a stated error. The dark band is the measured value
    ± one standard error, the pale one a factor 2 about it, within which conductivities count as
    equal. Values of unspecified kind stand beside the measured bulk and total, those of an
    interface beside every process at one. ``ax.legend()`` says so too.
    """
    groups = placed(values, quantity, temperature)
    factor, title, unit = _AXES[quantity]
    extent: list[float] = []
    ticks: list[tuple[float, str]] = []
    tops: dict[str, float] = {}
    place = 0.0
    for kind, group in groups.items():
        top, place = place, place + GAP
        _write_kind(kind, top, ax)
        for value in group:
            extent += _mark(value, place, factor, material, ax)
            _write_source(value, place, ax)
            ticks.append((place, _sample(value)))
            place += 1
        place -= 0.25
        tops[kind] = top
        for name in beside(kind, measured):
            extent += _draw_measured(name, measured[name], (top, place), quantity, ax)
    ax.set_yticks([y for y, _ in ticks], [text for _, text in ticks], fontsize=6.8)
    ax.set_ylim(max(place, 1.0), 0.0)
    ax.tick_params(axis="y", length=0, right=False)
    ax.tick_params(axis="x", which="both", top=False)
    at = "" if quantity == "thickness_m" else f" at {temperature - ZERO_CELSIUS:.0f} °C"
    ax.set_xlabel(f"{title}{at} ({unit})".replace("-", "−"))
    ax.set_xscale("log")
    ends = min(extent, default=1.0) / 1.8, max(extent, default=1.0) * 1.8
    for kind in groups:
        ends = _with_room(kind, measured, factor, ends)
    ax.set_xlim(log_axis(ax.xaxis, *ends))
    for kind, top in tops.items():
        _write_measured(kind, top, measured, factor, ax)
    return ax


def _with_room(
    kind: str, measured: Mapping[str, UFloat], factor: float, ends: tuple[float, float]
) -> tuple[float, float]:
    """Return the ends of the view, wider where the names of several processes need it."""
    names = beside(kind, measured)
    if len(names) < 2:
        return ends
    low, high = (math.log(end) for end in ends)
    first, last = (math.log(factor * measured[n].nominal_value) for n in (names[0], names[-1]))
    left, right = (_LETTER * len(in_words(n)) for n in (names[0], names[-1]))
    low = min(low, (first - left * high) / (1 - left))
    high = max(high, (last - right * low) / (1 - right))
    return math.exp(low), math.exp(high)


def _number(value: UFloat) -> str:
    """Return a measured number with its error, as (4.1 ± 0.9)·10⁻⁴."""
    text, _, exponent = plain(value.n, "area_resistance_ohm_cm2", value.s).partition("e")
    return f"{text}·{power_text(10.0 ** int(exponent))}" if exponent else text


def _once(text: str, ax: Axes) -> str | None:
    """Return a legend's text the first time it is asked for."""
    return None if text in ax.get_legend_handles_labels()[1] else text


def _ends(value: UFloat, factor: float) -> tuple[float, float]:
    """Return the value minus and plus one standard error; a tenth and ten times it at most."""
    error = value.std_dev if math.isfinite(value.std_dev) else 0.0
    n = value.nominal_value
    return factor * max(n - error, n / 10), factor * min(n + error, n * 10)


def _mark(
    value: ReferenceValue, place: float, factor: float, material: str, ax: Axes
) -> list[float]:
    """Draw one published value and return what must be within the view."""
    low, high = factor * value.value, factor * (value.value_high or value.value)
    ax.axhline(place, color=GREY, lw=0.4, ls=(0, (1, 3)), zorder=0.5)
    if value.value_high is not None:
        ax.plot([low, high], [place, place], color=INK, lw=3.2, zorder=3, alpha=0.55,
                solid_capstyle="round", gid=f"range {value.id}")  # fmt: skip
        return [low, high]
    if value.stderr is not None:
        error = factor * min(value.stderr, 0.9 * value.value)
        ax.errorbar([low], [place], xerr=[error], color=INK, elinewidth=0.8, zorder=3)
    if value.bound in ("below", "above"):
        step = -16 if value.bound == "below" else 16
        ax.annotate("", (low, place), (step, 0), textcoords="offset points", zorder=3,
                    arrowprops={"arrowstyle": "<|-", "color": INK, "lw": 0.8,
                                "shrinkA": 0, "shrinkB": 0})  # fmt: skip
    apart = bool(unlike(material, value.source))
    label = "doped or another phase" if apart else "literature"
    ax.plot([low], [place], "D", ms=4.2, mec=INK, mfc="white" if apart else INK, mew=0.8,
            ls="none", zorder=4, gid=f"mark {value.id}", label=_once(label, ax))  # fmt: skip
    return [{"above": 2.5 * low, "below": low / 2.5}.get(value.bound, low)]


def _sample(value: ReferenceValue) -> str:
    """Return the composition, and the phase where one is noted."""
    source = value.source
    formula = re.sub(r"(?<=[A-Za-z)])\d[\d./]*", lambda m: m[0].translate(_LOW), source.composition)
    return shortened(formula + (f", {source.variant}" if source.variant else ""), 46)


def _write_source(value: ReferenceValue, place: float, ax: Axes) -> None:
    said = shortened(value.source.citation, 30)
    if value.verification == "unverified":
        said = f"{shortened(value.source.citation, 20)}, unverified"
    ax.annotate(said, (1.0, place), (5, 0), xycoords=ax.get_yaxis_transform(),
                textcoords="offset points", va="center", fontsize=6.2, color=GREY,
                gid="source")  # fmt: skip


def _write_kind(kind: str, top: float, ax: Axes) -> None:
    """Write the name of a kind above its lines, and part it from the kind above."""
    if top > 0:
        ax.axhline(top, color=INK, lw=0.5, zorder=1)
    text = "bulk or total, not stated" if kind == "unspecified" else in_words(kind)
    ax.annotate(text, (0.0, top + 0.5), (-4, 0), xycoords=ax.get_yaxis_transform(),
                textcoords="offset points", ha="right", va="center", fontsize=7.5,
                fontweight="bold", color=INK if kind == "unspecified" else colour_of(kind),
                gid="kind")  # fmt: skip


def _draw_measured(
    name: str, value: UFloat, rows: tuple[float, float], quantity: str, ax: Axes
) -> list[float]:
    """Draw a measured value as a band through the lines of its kind; return its ends."""
    factor, centre, colour = _AXES[quantity][0], value.nominal_value, colour_of(name)
    low, high = _ends(value, factor)
    top, bottom = rows[0] + 0.92, rows[1] - 0.2
    ax.fill_betweenx([top, bottom], low, high, color=colour, alpha=0.4, lw=0, zorder=2,
                     gid=f"band {name}", label=_once("measured ± standard error", ax))  # fmt: skip
    ax.plot([factor * centre] * 2, [top, bottom], color=colour, lw=1.3, zorder=2.5,
            gid=f"measured {name}")  # fmt: skip
    if quantity != "conductivity_S_cm":
        return [low, high]
    ends = [factor * centre / CONDUCTIVITY_FACTOR, factor * centre * CONDUCTIVITY_FACTOR]
    ax.fill_betweenx([top, bottom], *ends, color=colour, alpha=0.13, lw=0, zorder=1.5,
                     gid=f"tolerance {name}", label=_once("within a factor 2", ax))  # fmt: skip
    return [low, high, *ends]


def _write_measured(
    kind: str, top: float, measured: Mapping[str, UFloat], factor: float, ax: Axes
) -> None:
    """Write the measured numbers above a kind's lines, within the axes; names of several."""
    names = beside(kind, measured)
    low, high = (math.log(end) for end in ax.get_xlim())
    for name in names:
        x = factor * measured[name].nominal_value
        along = (math.log(x) - low) / (high - low)
        side = "left" if along < 0.25 else "right" if along > 0.75 else "center"
        text = _number(factor * measured[name])
        if kind == "unspecified" or len(names) > 1:
            text, side = in_words(name), "right" if name != names[-1] else "left"
        elif name != kind:
            text = f"{in_words(name)} {text}"
        ax.annotate(text, (x, top + 0.5), ha=side, va="center", fontsize=6.8, fontweight="bold",
                    color=colour_of(name), gid=f"number {name}")  # fmt: skip
