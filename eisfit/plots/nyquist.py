"""Nyquist plots: −Im Z over Re Z with equal axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from eisfit.arrays import ComplexArray, FloatArray
from eisfit.fitting.result import FitResult
from eisfit.plots.arcs import arcs
from eisfit.plots.style import (
    DATA,
    FIT,
    GREY,
    INK,
    colour_of,
    in_words,
    ohm_scale,
    power_text,
)
from eisfit.spectrum import Spectrum

_ZOOM = 1.8
"""How many times larger than the arcs the whole must be before the view is limited to them."""

WITH_FIXTURE = "measured, with the fixture"


@dataclass(frozen=True, slots=True)
class View:
    """What part of the plane is shown, in Ω; `limited` where data lie outside on purpose."""

    left: float
    right: float
    bottom: float
    top: float
    limited: bool = False

    @property
    def width(self) -> float:
        """Width in Ω."""
        return self.right - self.left

    def holds(self, Z: ComplexArray) -> ComplexArray:
        """Return the points of `Z` within the view, or just outside."""
        margin = 0.3 * self.width
        inside = (Z.real > self.left - margin) & (Z.real < self.right + margin)
        inside &= (-Z.imag > self.bottom - margin) & (-Z.imag < self.top + margin)
        return Z[inside]


def nyquist(spectrum: Spectrum, fitted: FitResult | None = None, *, ax: Axes) -> Axes:
    """Draw −Im Z over Re Z with equal axes, the fit as a line and every decade marked.

    Where a blocking tail is much larger than the arcs, the view is limited to the arcs, a note says
    so, and an inset shows the whole.

    Parameters
    ----------
    spectrum : Spectrum
        Points in use are drawn filled, points left out as open grey squares.
    fitted : FitResult, optional
        Its curve is drawn as a line, its arcs are shaded.
    ax : Axes
        Where to draw; its box keeps its shape.

    Returns
    -------
    Axes
    """
    frequency, Z = spectrum.kept
    line_at, line = frequency, Z
    if fitted is not None and len(frequency) > 1:
        line_at = np.geomspace(frequency[0], frequency[-1], 300)
        line = fitted.impedance(line_at)
    view = view_of(frequency, Z, knee_of(line_at, line), shape_of(ax))
    factor, unit = ohm_scale(max(abs(view.left), abs(view.right)))

    if fitted is not None:
        _shade(fitted, view, factor, ax)
        near = view.holds(line)
        ax.plot(near.real / factor, -near.imag / factor, color=FIT, zorder=4, label="fit")
    _points(spectrum, view, factor, ax)
    ax.set_aspect("equal", adjustable="box")
    ax.set_xlim(view.left / factor, view.right / factor)
    ax.set_ylim(view.bottom / factor, view.top / factor)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(ScalarFormatter(useOffset=False))
    _mark_decades(line_at, line, factor, ax)
    ax.set_xlabel(f"Re Z ({unit})")
    ax.set_ylabel(f"−Im Z ({unit})")
    if view.limited:
        _inset(Z, line, view, FIT if fitted is not None else GREY, ax)
    return ax


def shape_of(ax: Axes) -> float:
    """Return height over width of the box of `ax` as it is laid out."""
    figure = ax.get_figure(root=True)
    width, height = figure.get_size_inches() if figure is not None else (1.0, 1.0)
    box = ax.get_position(original=True)
    return float(box.height * height / (box.width * width))


def knee_of(frequency: FloatArray, Z: ComplexArray) -> float | None:
    """Return the frequency at which the arcs end and a tail begins, None where there is none."""
    if len(Z) < 5:
        return None
    height = -Z.imag
    for quantity in (height, height / np.maximum(np.abs(Z.real), 1e-300)):
        inner = quantity[1:-1]
        valleys = 1 + np.flatnonzero((inner <= quantity[:-2]) & (inner < quantity[2:]))
        valleys = valleys[(Z[valleys].real > 0) & (height[valleys] > 0)]
        if len(valleys):
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
    whole = _around(Z, shape)
    if knee is None:
        return whole
    near = Z[frequency >= knee]
    edge = float(np.max(near.real, initial=0.0))
    if edge <= 0:
        return whole
    arcs_only = _around(np.append(near, 1.35 * edge), shape)
    if whole.width < _ZOOM * arcs_only.width:
        return whole
    return View(arcs_only.left, arcs_only.right, arcs_only.bottom, arcs_only.top, limited=True)


def _around(Z: ComplexArray, shape: float) -> View:
    """Return the smallest view of `shape` that holds `Z`, and the origin where that is near."""
    low, high = float(np.min(Z.real)), float(np.max(Z.real))
    left = 0.0 if 0 <= low < 0.6 * high else low
    bottom, top = min(0.0, float(np.min(-Z.imag))), max(0.0, float(np.max(-Z.imag)))
    span = max(high - left, (top - bottom) / shape, 0.02 * max(abs(high), abs(low)), 1e-12)
    width = 1.12 * span
    left -= 0.04 * span if left == 0.0 else (width - (high - low)) / 2
    bottom -= 0.04 * width * shape
    return View(left, left + width, bottom, bottom + width * shape)


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
            words = in_words(arc.name).replace(" ", "\n") if width < 0.4 * view.width else (
                in_words(arc.name))  # fmt: skip
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


def _inset(Z: ComplexArray, line: ComplexArray, view: View, colour: str, ax: Axes) -> None:
    """Show the whole in the upper left corner, with the part that the main view shows framed."""
    factor, unit = ohm_scale(float(np.max(np.abs(Z))))
    inset = ax.inset_axes((0.13, 0.53, 0.36, 0.36))
    whole = _around(np.concatenate([Z, line]), shape_of(ax))
    inset.plot(line.real / factor, -line.imag / factor, color=colour, lw=0.8, zorder=2)
    inset.plot(Z.real / factor, -Z.imag / factor, "o", ls="none", ms=1.5, color=DATA, zorder=1)
    inset.set_aspect("equal", adjustable="box")
    inset.set_xlim(whole.left / factor, whole.right / factor)
    inset.set_ylim(whole.bottom / factor, whole.top / factor)
    inset.add_patch(
        Rectangle((view.left / factor, view.bottom / factor), view.width / factor,
                  (view.top - view.bottom) / factor, fill=False, ec=INK, lw=0.6, zorder=3)
    )  # fmt: skip
    inset.xaxis.set_major_locator(MaxNLocator(3))
    inset.yaxis.set_major_locator(MaxNLocator(3))
    inset.tick_params(labelsize=6, length=2, pad=1.5)
    inset.text(0.95, 0.05, unit, transform=inset.transAxes, ha="right", fontsize=6, color=INK)
    inset.set_title("view limited to the arcs;\nthe whole spectrum:", fontsize=6, pad=2,
                    fontweight="normal", loc="left", color=GREY, linespacing=1.0)  # fmt: skip
