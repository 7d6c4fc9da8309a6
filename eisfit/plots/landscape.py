"""Where measured values fall among those of the literature."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from uncertainties import UFloat, ufloat

from eisfit.analysis.comparison import CONDUCTIVITY_FACTOR, LIKE
from eisfit.analysis.pipeline import Analysis, nearest_to_room_temperature
from eisfit.base.constants import ROOM_TEMPERATURE
from eisfit.base.units import in_centimetres
from eisfit.base.words import format_degrees, power_text, process_words
from eisfit.literature.search import SAME_TEMPERATURE, unlike
from eisfit.literature.values import Kind, ReferenceValue, plain
from eisfit.plots.axes import set_axis, write_beside
from eisfit.plots.panel import Axis, shortened, subscript
from eisfit.plots.style import GREY, INK, TWO_COLUMNS, colour_of, empty_figure, style

_INCH_A_LINE = 0.155

GAP = 1.35
"""Space above each kind, in lines."""

_BESIDE: dict[str, tuple[str, ...]] = {
    "total": ("total", "electrolyte"),
    "unspecified": ("bulk", "total", "electrolyte"),
    **LIKE,
}
"""Which measured processes are compared with a kind, where not that of its name alone."""


def values_by_kind(
    values: Sequence[ReferenceValue],
    quantity: str = "conductivity_S_cm",
    temperature: float = ROOM_TEMPERATURE,
) -> dict[str, list[ReferenceValue]]:
    """Return the values that `landscape` draws: by kind, each kind from high to low.

    Parameters
    ----------
    values : sequence of ReferenceValue
    quantity : str
        As in `ReferenceValue`.
    temperature : float
        K; what is published for another temperature, by more than 5 K, is left out, but for
        thicknesses.

    Raises
    ------
    ValueError
        For activation energies: their two forms have no axis in common; `comparison` draws them.

    Examples
    --------
    >>> from eisfit.literature import references
    >>> [value.id for value in values_by_kind(references("LLTO"))["bulk"]]
    ['LLTO-Inaguma1993', 'LLTO-Stramare2003']
    """
    if quantity == "activation_energy_eV":
        raise ValueError(
            "activation energies of two forms have no axis in common; draw them with comparison()"
        )
    drawn = [v for v in values if v.quantity == quantity and _is_at(v, temperature)]
    kinds = [kind for kind in get_args(Kind) if any(v.kind == kind for v in drawn)]
    return {
        kind: sorted((v for v in drawn if v.kind == kind), key=lambda v: (-v.value, v.id))
        for kind in kinds
    }


def _is_at(value: ReferenceValue, temperature: float) -> bool:
    if value.quantity == "thickness_m":
        return True
    if value.temperature is None:
        return False
    low, high = value.temperature_range or (value.temperature, value.temperature)
    return max(low - temperature, temperature - high) <= SAME_TEMPERATURE


def measured_beside(kind: str, measured: Mapping[str, UFloat]) -> list[str]:
    """Return the measured processes that are compared with the values of a kind, from low to high.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> measured_beside("interface", {"sei": ufloat(30, 1), "charge_transfer": ufloat(8, 1)})
    ['charge_transfer', 'sei']
    """
    names = _BESIDE.get(kind, (kind,))
    return sorted((n for n in names if n in measured), key=lambda n: measured[n].nominal_value)


def landscape_height(
    values: Sequence[ReferenceValue],
    quantity: str = "conductivity_S_cm",
    temperature: float = ROOM_TEMPERATURE,
) -> float:
    """Return the height in inch of the Axes in which a `landscape` of these values reads well."""
    groups = values_by_kind(values, quantity, temperature)
    lines = sum(len(group) + GAP - 0.25 for group in groups.values())
    return _INCH_A_LINE * max(lines, 1.0)


_QUANTITIES = {
    "conductivity_S_cm": (1.0, "Conductivity", "S cm⁻¹"),
    "area_resistance_ohm_cm2": (1.0, "Area resistance", "Ω cm²"),
    "thickness_m": (1e9, "Thickness", "nm"),
}
"""Factor, name and unit on the axis."""

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
        `temperature`; empty to draw the literature alone. `measured_beside` returns the kinds that
        each is compared with.
    ax : Axes
        Wide margins are needed: names on the left, sources on the right. `landscape_height` returns
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
    equal. Values of unspecified kind are compared with the measured bulk and total, those of an
    interface beside every process at one. ``ax.legend()`` explains this too.
    """
    groups = values_by_kind(values, quantity, temperature)
    factor, title, unit = _QUANTITIES[quantity]
    extent: list[float] = []
    ticks: list[tuple[float, str]] = []
    tops: dict[str, float] = {}
    place = 0.0
    for kind, group in groups.items():
        top, place = place, place + GAP
        _write_kind(kind, top, ax)
        for value in group:
            extent += _draw_published(value, place, factor, material, ax)
            write_beside(ax, place, _source(value), fontsize=6.2, color=GREY, gid="source")
            ticks.append((place, _sample_name(value)))
            place += 1
        place -= 0.25
        tops[kind] = top
        for name in measured_beside(kind, measured):
            extent += _draw_measured(name, measured[name], (top, place), quantity, ax)
    ax.set_yticks([y for y, _ in ticks], [text for _, text in ticks], fontsize=6.8)
    ax.set_ylim(max(place, 1.0), 0.0)
    ax.tick_params(axis="y", length=0, right=False)
    ax.tick_params(axis="x", which="both", top=False)
    at = "" if quantity == "thickness_m" else f" at {format_degrees(temperature)}"
    label = f"{title}{at} ({unit})"
    ends = min(extent, default=1.0) / 1.8, max(extent, default=1.0) * 1.8
    for kind in groups:
        ends = _widen_for_names(kind, measured, factor, ends)
    set_axis(ax.xaxis, Axis(label, ends, log=True))
    for kind, top in tops.items():
        _write_numbers(kind, top, measured, factor, ax)
    return ax


def _widen_for_names(
    kind: str, measured: Mapping[str, UFloat], factor: float, ends: tuple[float, float]
) -> tuple[float, float]:
    """Return the ends of the view, wider where the names of several processes need it."""
    names = measured_beside(kind, measured)
    if len(names) < 2:
        return ends
    low, high = (math.log(end) for end in ends)
    first, last = (math.log(factor * measured[n].nominal_value) for n in (names[0], names[-1]))
    left, right = (_LETTER * len(process_words(n)) for n in (names[0], names[-1]))
    low = min(low, (first - left * high) / (1 - left))
    high = max(high, (last - right * low) / (1 - right))
    return math.exp(low), math.exp(high)


def _number(value: UFloat) -> str:
    """Return a measured number with its error, as (4.1 ± 0.9)·10⁻⁴."""
    text, _, exponent = plain(value.n, "area_resistance_ohm_cm2", value.s).partition("e")
    return f"{text}·{power_text(10.0 ** int(exponent))}" if exponent else text


def _label(text: str, ax: Axes) -> str | None:
    """Return a text that the legend does not have yet, else None."""
    return None if text in ax.get_legend_handles_labels()[1] else text


def _ends(value: UFloat, factor: float) -> tuple[float, float]:
    """Return the value minus and plus one standard error; a tenth and ten times it at most."""
    error = value.std_dev if math.isfinite(value.std_dev) else 0.0
    n = value.nominal_value
    return factor * max(n - error, n / 10), factor * min(n + error, n * 10)


def _draw_published(
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
            ls="none", zorder=4, gid=f"mark {value.id}", label=_label(label, ax))  # fmt: skip
    return [{"above": 2.5 * low, "below": low / 2.5}.get(value.bound, low)]


def _sample_name(value: ReferenceValue) -> str:
    """Return the composition, and the phase where one is noted."""
    source = value.source
    formula = re.sub(r"(?<=[A-Za-z)])\d[\d./]*", lambda m: subscript(m[0]), source.composition)
    return shortened(formula + (f", {source.variant}" if source.variant else ""), 46)


def _source(value: ReferenceValue) -> str:
    if value.verification == "unverified":
        return f"{shortened(value.source.citation, 20)}, unverified"
    return shortened(value.source.citation, 30)


def _write_kind(kind: str, top: float, ax: Axes) -> None:
    """Write the name of a kind above its lines, and part it from the kind above."""
    if top > 0:
        ax.axhline(top, color=INK, lw=0.5, zorder=1)
    text = "bulk or total, not stated" if kind == "unspecified" else process_words(kind)
    ax.annotate(text, (0.0, top + 0.5), (-4, 0), xycoords=ax.get_yaxis_transform(),
                textcoords="offset points", ha="right", va="center", fontsize=7.5,
                fontweight="bold", color=INK if kind == "unspecified" else colour_of(kind),
                gid="kind")  # fmt: skip


def _draw_measured(
    name: str, value: UFloat, rows: tuple[float, float], quantity: str, ax: Axes
) -> list[float]:
    """Draw a measured value as a band through the lines of its kind; return its ends."""
    factor, centre, colour = _QUANTITIES[quantity][0], value.nominal_value, colour_of(name)
    low, high = _ends(value, factor)
    top, bottom = rows[0] + 0.92, rows[1] - 0.2
    ax.fill_betweenx([top, bottom], low, high, color=colour, alpha=0.4, lw=0, zorder=2,
                     gid=f"band {name}", label=_label("measured ± standard error", ax))  # fmt: skip
    ax.plot([factor * centre] * 2, [top, bottom], color=colour, lw=1.3, zorder=2.5,
            gid=f"measured {name}")  # fmt: skip
    if quantity != "conductivity_S_cm":
        return [low, high]
    ends = [factor * centre / CONDUCTIVITY_FACTOR, factor * centre * CONDUCTIVITY_FACTOR]
    ax.fill_betweenx([top, bottom], *ends, color=colour, alpha=0.13, lw=0, zorder=1.5,
                     gid=f"tolerance {name}", label=_label("within a factor 2", ax))  # fmt: skip
    return [low, high, *ends]


def _write_numbers(
    kind: str, top: float, measured: Mapping[str, UFloat], factor: float, ax: Axes
) -> None:
    """Write the measured numbers above a kind's lines, within the axes; names of several."""
    names = measured_beside(kind, measured)
    low, high = (math.log(end) for end in ax.get_xlim())
    for name in names:
        x = factor * measured[name].nominal_value
        along = (math.log(x) - low) / (high - low)
        side = "left" if along < 0.25 else "right" if along > 0.75 else "center"
        text = _number(factor * measured[name])
        if kind == "unspecified" or len(names) > 1:
            text, side = process_words(name), "right" if name != names[-1] else "left"
        elif name != kind:
            text = f"{process_words(name)} {text}"
        ax.annotate(text, (x, top + 0.5), ha=side, va="center", fontsize=6.8, fontweight="bold",
                    color=colour_of(name), gid=f"number {name}")  # fmt: skip


_ABOVE, _BELOW = 0.37, 0.58
"""Inch above the figure's Axes for the legend, and below each for its axis."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """One quantity at one temperature, by process."""

    quantity: str
    measured: Mapping[str, UFloat]
    temperature: float = ROOM_TEMPERATURE


def landscape_figure(analysis: Analysis) -> Figure | None:
    """Return where measured values fall among those of the literature.

    One panel for conductivities at 25 °C, by the Arrhenius lines; one for area resistances and one
    for thicknesses of interfaces, by the spectrum nearest to 25 °C and, in a symmetric cell, of
    one of its two interfaces.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    Figure or None
        None where nothing that was measured has a published value beside it.
    """
    panels = _panels(analysis)
    if not panels:
        return None
    heights = [
        landscape_height(analysis.published, panel.quantity, panel.temperature) for panel in panels
    ]
    with style():
        whole = sum(heights) + _BELOW * len(heights) + _ABOVE
        figure = empty_figure(TWO_COLUMNS, whole)
        top = whole - _ABOVE
        for panel, height in zip(panels, heights, strict=True):
            ax = figure.add_axes((0.33, (top - height) / whole, 0.41, height / whole))
            landscape(
                analysis.published, panel.measured, ax=ax, quantity=panel.quantity,
                temperature=panel.temperature, material=analysis.material,
            )  # fmt: skip
            top -= height + _BELOW
        _legend(figure.axes)
    return figure


def _legend(panels: list[Axes]) -> None:
    """Write one legend above the first panel for the marks of all panels."""
    entries: dict[str, Any] = {}
    for ax in panels:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    panels[0].legend(entries.values(), entries, loc="lower center", bbox_to_anchor=(0.4, 1.0),
                     ncols=4)  # fmt: skip


def _panels(analysis: Analysis) -> list[_Panel]:
    """Return what was measured, quantity by quantity, where a published value can be compared."""
    conductivities = {
        name: ufloat(*line.conductivity_in_centimetres(ROOM_TEMPERATURE)[:2])
        for name, line in analysis.arrhenius.items()
        if line.has_geometry
    }
    if "total" in conductivities:
        conductivities.pop("electrolyte", None)
    nearest = nearest_to_room_temperature(analysis.spectra)
    processes = {} if nearest is None else nearest.processes
    resistances = {
        name: in_centimetres(process.area_resistance, "ohm m2")[0]
        for name, process in processes.items()
    }
    thicknesses = {
        name: derived.value
        for name, process in processes.items()
        for derived in process.derived.values()
        if derived.unit == "m"
    }
    panels = [_Panel("conductivity_S_cm", conductivities)]
    if nearest is not None and nearest.spectrum.temperature is not None:
        T = nearest.spectrum.temperature
        panels.append(_Panel("area_resistance_ohm_cm2", resistances, T))
    panels.append(_Panel("thickness_m", thicknesses))
    return [
        panel for panel in map(_with_positive_values, panels) if _has_published(panel, analysis)
    ]


def _with_positive_values(panel: _Panel) -> _Panel:
    values = {
        name: value
        for name, value in panel.measured.items()
        if value is not None and 0 < value.nominal_value < math.inf
    }
    return replace(panel, measured=values)


def _has_published(panel: _Panel, analysis: Analysis) -> bool:
    groups = values_by_kind(analysis.published, panel.quantity, panel.temperature)
    return any(measured_beside(kind, panel.measured) for kind in groups)
