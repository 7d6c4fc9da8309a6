"""Nyquist plots: −Im Z over Re Z with equal axes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.arcs import arcs
from eisfit.plots.nyquist_view import (
    NyquistQuantity,
    View,
    around,
    draw_enlarged,
    draw_whole,
    shape_of,
    units_of,
)
from eisfit.plots.style import (
    DATA,
    FIT,
    GREY,
    INK,
    colour_of,
    in_words,
    power_text,
)

_ZOOM = 1.8
"""How many times larger than the arcs the whole must be before the view is limited to them."""

_SMALL, _UNSEEN = 0.12, 1e-5
"""Share of the view below which the first arc is shown enlarged, and below which it is noise."""

_INSET_SHAPE = 0.7
_ENOUGH = 4  # points that tell an arc

_STILL = 0.95
"""Share of its largest height at which a tail ends; an arc has come down further."""

WITH_FIXTURE = "measured, with the fixture"


def nyquist(
    spectrum: Spectrum,
    fitted: FitResult | None = None,
    *,
    ax: Axes,
    quantity: NyquistQuantity = "impedance",
    geometry: Geometry | None = None,
) -> Axes:
    """Draw −Im Z over Re Z with equal axes, the fit as a line and every decade marked.

    Where a blocking tail is much larger than the arcs, the view is limited to the arcs, a note says
    so, and an inset shows the whole. Where the first arc of a fit is small beside the view, an
    inset shows it enlarged.

    Parameters
    ----------
    spectrum : Spectrum
        Points in use are drawn filled, points left out as open grey squares.
    fitted : FitResult, optional
        Its curve is drawn as a line, its arcs are shaded.
    ax : Axes
        Where to draw; its box keeps its shape.
    quantity : {"impedance", "resistivity", "area_resistance"}
        Z in Ω, Z·A/l in Ω cm, or Z·A in Ω cm².
    geometry : Geometry, optional
        Of the sample; else that of the spectrum.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For resistivity and area resistance without a geometry.
    """
    units = units_of(quantity, geometry or spectrum.geometry)
    frequency, Z = spectrum.kept
    line_at, line = frequency, Z
    if fitted is not None and len(frequency) > 1:
        line_at = np.geomspace(frequency[0], frequency[-1], 300)
        line = fitted.impedance(line_at)
    knee = knee_of(line_at, line)
    view = view_of(frequency, Z, knee, shape_of(ax))
    small = _small_arc(fitted, view) if fitted is not None else None
    if small is not None or view.limited:
        view = view.with_room_above(_top_of(line[line_at >= _end_of_arcs(view, knee)]))
    factor, unit = units.scale(max(abs(view.left), abs(view.right)))
    if fitted is not None:
        _shade(fitted, view, factor, ax)
        near = view.holds(line)
        ax.plot(near.real / factor, -near.imag / factor, color=FIT, zorder=4, label="fit")
    _points(spectrum, view, factor, ax)
    ax.set_aspect("equal", adjustable="box")
    ax.set_xlim(view.left / factor, view.right / factor)
    ax.set_ylim(view.bottom / factor, view.top / factor)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(ScalarFormatter(useOffset=False))
    _mark_decades(line_at, line, factor, ax)
    ax.set_xlabel(f"Re {units.symbol} ({unit})")
    ax.set_ylabel(f"−Im {units.symbol} ({unit})")
    if view.limited:
        colour = FIT if fitted is not None else GREY
        draw_whole(Z, line, view, units, ax=ax, colour=colour, narrow=small is not None)
    if small is not None:
        draw_enlarged(Z, line, small, units, ax=ax, place="centre" if view.limited else "right")
    return ax


def _small_arc(fitted: FitResult, view: View) -> View | None:
    """Return a view of the first arc that data show, where it is small beside the others."""
    frequency, Z = fitted.spectrum.kept
    seen = [arc for arc in arcs(fitted) if frequency[-1] < arc.peak_frequency < frequency[0]]
    if len(seen) < 2:
        return None
    arc = seen[0].impedance
    width = float(np.ptp(arc.real))
    if not _UNSEEN * view.width < width < _SMALL * view.width:
        return None
    start = float(arc.real.min())
    top = float(np.max(-arc.imag))
    near = around(np.array([start, start + 1.25 * width - 1j * top]), _INSET_SHAPE)
    inside = (np.abs(Z.real - start) < 1.25 * width) & (-Z.imag > 0) & (-Z.imag < 1.2 * top)
    return near if np.sum(inside) >= _ENOUGH else None


def _end_of_arcs(view: View, knee: float | None) -> float:
    return knee if view.limited and knee is not None else 0.0


def _top_of(Z: ComplexArray) -> float:
    return float(np.max(-Z.imag, initial=0.0))


def knee_of(frequency: FloatArray, Z: ComplexArray) -> float | None:
    """Return the frequency at which the arcs end and a tail begins, None where there is none.

    A tail goes on rising to the lowest frequency; what falls again is one more arc.
    """
    if len(Z) < 5:
        return None
    height = -Z.imag
    for quantity in (height, height / np.maximum(np.abs(Z.real), 1e-300)):
        inner = quantity[1:-1]
        valleys = 1 + np.flatnonzero((inner <= quantity[:-2]) & (inner < quantity[2:]))
        valleys = valleys[(Z[valleys].real > 0) & (height[valleys] > 0)]
        if len(valleys) and np.max(quantity[-2:]) > _STILL * np.max(quantity[valleys[-1] :]):
            return float(frequency[valleys[-1]])
    return None


def view_of(frequency: FloatArray, Z: ComplexArray, knee: float | None, shape: float) -> View:
    """Return limits with one scale on both axes: of all points, or of the arcs before a long tail.

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz.
    Z : ndarray of complex, shape (k,)
        Ω.
    knee : float, optional
        Frequency in Hz below which the tail begins.
    shape : float
        Height over width of the box.
    """
    whole = around(Z, shape)
    if knee is None:
        return whole
    near = Z[frequency >= knee]
    edge = float(np.max(near.real, initial=0.0))
    if edge <= 0:
        return whole
    arcs_only = around(np.append(near, 1.35 * edge), shape)
    if whole.width < _ZOOM * arcs_only.width:
        return whole
    return View(arcs_only.left, arcs_only.right, arcs_only.bottom, arcs_only.top, limited=True)


def _shade(fitted: FitResult, view: View, factor: float, ax: Axes) -> None:
    """Shade every arc of the fit and name it, where it is wide enough to be seen."""
    order = list(fitted.model.processes)
    for arc in arcs(fitted):
        Z = arc.impedance
        width = float(Z.real.max() - Z.real.min())
        if width < 0.01 * view.width or Z.real.min() > view.right:
            continue
        ends = (Z.real.min(), Z.real.max())
        Z = Z[-Z.imag > 1e-3 * width]  # the far wings only make the file larger
        Z = np.concatenate([[ends[0]], Z, [ends[1]]])
        colour = colour_of(arc.name, order) if arc.name else GREY
        ax.fill(Z.real / factor, -Z.imag / factor, color=colour, alpha=0.16, lw=0, zorder=1)
        centre = float(Z.real[np.argmax(-Z.imag)])
        if arc.name and width > 0.2 * view.width and centre < view.right:
            words = in_words(arc.name)
            if width < 0.4 * view.width and not words[-1].isdigit():
                words = words.replace(" ", "\n")
            ax.text(centre / factor, 0.3 * float(np.max(-Z.imag)) / factor, words, ha="center",
                    va="center", fontsize=6.5, color=colour, zorder=2, clip_on=True,
                    linespacing=0.95)  # fmt: skip


def _points(spectrum: Spectrum, view: View, factor: float, ax: Axes) -> None:
    _, Z = spectrum.kept
    near = view.holds(Z)
    ax.plot(near.real / factor, -near.imag / factor, "o", ls="none", color=DATA, mfc="white",
            ms=3.2, zorder=3, label="measured")  # fmt: skip
    out = spectrum.impedance[spectrum.mask]
    out = view.holds(out[np.isfinite(out)])
    if len(out):
        ax.plot(out.real / factor, -out.imag / factor, "s", ls="none", color="#b0b0b0",
                mfc="none", ms=3.2, zorder=2.5, label="left out")  # fmt: skip
    if spectrum.measured is not None:
        before = view.holds(spectrum.measured[~spectrum.mask])
        ax.plot(before.real / factor, -before.imag / factor, "+", ls="none", color="#8a8a8a",
                ms=3.5, mew=0.7, zorder=2.4, label=WITH_FIXTURE)  # fmt: skip


def _mark_decades(frequency: FloatArray, Z: ComplexArray, factor: float, ax: Axes) -> None:
    """Mark where the curve passes whole decades of frequency, and label those that have room."""
    order = np.argsort(-frequency)
    at, x, y = -np.log10(frequency[order]), Z.real[order] / factor, -Z.imag[order] / factor
    decades = -np.arange(np.floor(-at[0] + 1e-9), np.ceil(-at[-1] - 1e-9) - 1, -1.0)
    left, right, bottom, top = *ax.get_xlim(), *ax.get_ylim()
    size = right - left
    taken: list[tuple[float, float]] = []
    marked: list[tuple[float, float]] = []
    for place in decades:
        px, py = float(np.interp(place, at, x)), float(np.interp(place, at, y))
        if not (left < px < right and bottom < py < top):
            continue
        marked.append((px, py))
        u, v = (px - left) / size, (py - bottom) / size
        if any(abs(u - a) < 0.11 and abs(v - b) < 0.08 for a, b in taken) or py > top - 0.1 * size:
            continue
        taken.append((u, v))
        ahead = [float(np.interp(place + step, at, c)) for step in (-0.1, 0.1) for c in (x, y)]
        _label(power_text(10.0**-place), (px, py), (ahead[2] - ahead[0], ahead[3] - ahead[1]),
               away=1 if u < 0.16 else -1 if u > 0.88 else 0, ax=ax)  # fmt: skip
    if marked:
        ax.plot(*zip(*marked, strict=True), "o", ls="none", ms=3.4, color=INK, zorder=5,
                gid="decades")  # fmt: skip


def _label(
    text: str, at: tuple[float, float], along: tuple[float, float], *, away: int, ax: Axes
) -> None:
    """Write `text` in Hz on the outer side of a curve, or on that which is `away` from an edge."""
    length = float(np.hypot(*along)) or 1.0
    across, up = -along[1] / length, along[0] / length
    if away * across < -0.4:
        across, up = -across, -up
    ha = "right" if across < -0.4 else "left" if across > 0.4 else "center"
    va = "bottom" if up > 0.4 else "top" if up < -0.4 else "center"
    ax.annotate(f"{text} Hz", at, (5 * across, 4 * up), textcoords="offset points", ha=ha, va=va,
                fontsize=6, color=INK, zorder=6, annotation_clip=True,
                bbox={"fc": "white", "ec": "none", "alpha": 0.6, "pad": 0.4})  # fmt: skip
