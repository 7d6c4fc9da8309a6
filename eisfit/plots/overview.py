"""All spectra of a series in one picture, over many decades of resistance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.along import time_unit
from eisfit.plots.arcs import arcs
from eisfit.plots.nyquist import knee_of
from eisfit.plots.nyquist_view import shape_of
from eisfit.plots.style import log_axis, note

_LIGHTEST = 0.93
"""Share of the colour map in use: its yellow end is hard to see on white."""

_LABELS = {
    "temperature": ("Temperature (°C)", 1.0, -ZERO_CELSIUS),
    "bias": ("Bias (V)", 1.0, 0.0),
    "state_of_charge": ("State of charge (%)", 100.0, 0.0),
    "pressure": ("Pressure (MPa)", 1e-6, 0.0),
    "thickness": ("Thickness (mm)", 1e3, 0.0),
}


def nyquist_series(
    series: Series,
    fits: Sequence[FitResult | None] = (),
    *,
    ax: Axes,
    normalised: bool = False,
) -> Axes:
    """Draw every spectrum of a series, coloured by its coordinate, so that all arcs are seen.

    Parameters
    ----------
    series : Series
    fits : sequence of FitResult or None, optional
        One for each spectrum; they say where the arcs end.
    ax : Axes
        Where to draw; a colour bar is set beside it.
    normalised : bool
        False: both axes logarithmic, decades of equal length, so that equal arcs look equal at
        every resistance. True: linear axes, every spectrum divided by its own resistance (where
        its tail begins, or its largest real part), so that a change of shape shows.

    Returns
    -------
    Axes
    """
    shades = shades_of(series)
    if normalised:
        known = list(fits) or [None] * len(series)
        sizes = [resistance_of(s, f) for s, f in zip(series.spectra, known, strict=True)]
        _draw_normalised(series.spectra, sizes, shades, ax)
    else:
        _draw_log(series.spectra, shades, ax)
    colour_bar(series, ax)
    return ax


def coordinate_of(series: Series) -> tuple[str, FloatArray]:
    """Return the name of a series' coordinate with its unit, and its values in that unit."""
    values = series.values
    if series.coordinate == "time":
        seconds, unit = time_unit(float(values.max()))
        return f"Time ({unit})", values / seconds
    words = series.coordinate.replace("_", " ").capitalize()
    label, factor, offset = _LABELS.get(series.coordinate, (words, 1.0, 0.0))
    return label, values * factor + offset


def shades_of(series: Series) -> list[Any]:
    """Return the colour of every spectrum of a series, by its coordinate."""
    norm = _norm(coordinate_of(series)[1])
    colours = mpl.colormaps["viridis"]
    return [colours(_LIGHTEST * norm(v)) for v in coordinate_of(series)[1]]


def _norm(values: FloatArray) -> Normalize:
    low, high = float(values.min()), float(values.max())
    return Normalize(low, high if high > low else low + 1)


def colour_bar(series: Series, ax: Axes) -> None:
    """Set a bar beside `ax` that says which colour is which coordinate, where there are several."""
    label, values = coordinate_of(series)
    if values.max() <= values.min():
        return
    norm = _norm(values)
    cut = mpl.colors.ListedColormap(mpl.colormaps["viridis"](np.linspace(0, _LIGHTEST, 128)))
    side = ax.inset_axes((1.03, 0.0, 0.035, 1.0))
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    bar = figure.colorbar(ScalarMappable(norm, cut), cax=side)
    bar.set_label(label)
    bar.outline.set_linewidth(0.5)
    bar.locator = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10])
    bar.update_ticks()


def _draw_log(spectra: Sequence[Spectrum], colours: Sequence[Any], ax: Axes) -> None:
    hidden = 0
    kept = []
    for spectrum, colour in zip(spectra, colours, strict=True):
        _, Z = spectrum.kept
        seen = (Z.real > 0) & (Z.imag < 0)
        hidden += int(np.sum(~seen))
        Z = Z[seen]
        if len(Z):
            kept.append(Z)
            ax.plot(Z.real, -Z.imag, "o-", color=colour, ms=1.6, lw=0.7)
    ax.set_xscale("log")
    ax.set_yscale("log")
    points = np.concatenate(kept) if kept else np.array([1 - 1j])
    x, y = np.log10(points.real), np.log10(-points.imag)
    floor = max(float(y.min()), float(x.min()) - 2.0)  # below, only the noise of intercepts
    shape = shape_of(ax)
    width = 1.06 * max(float(np.ptp(x)), (float(y.max()) - floor) / shape, 1.0)
    centre_x, centre_y = (x.min() + x.max()) / 2, (floor + y.max()) / 2
    ax.set_aspect("equal", adjustable="box")
    for axis, centre, half in (
        (ax.xaxis, centre_x, width / 2),
        (ax.yaxis, centre_y, width * shape / 2),
    ):
        limits = log_axis(axis, 10 ** (centre - half), 10 ** (centre + half), most=8)
        (ax.set_xlim if axis is ax.xaxis else ax.set_ylim)(limits)
    ax.set_xlabel("Re Z (Ω)")
    ax.set_ylabel("−Im Z (Ω)")
    if hidden:
        note(ax, f"{hidden} points with −Im Z ≤ 0 not shown")


def _draw_normalised(
    spectra: Sequence[Spectrum], sizes: Sequence[float], colours: Sequence[Any], ax: Axes
) -> None:
    shape, right = shape_of(ax), 1.5
    for spectrum, size, colour in zip(spectra, sizes, colours, strict=True):
        Z = spectrum.kept[1] / size
        Z = Z[(Z.real < 1.5 * right) & (-Z.imag < 1.5 * right * shape)]
        ax.plot(Z.real, -Z.imag, "o-", color=colour, ms=1.6, lw=0.7)
    ax.set_aspect("equal", adjustable="box")
    width = 1.04 * right
    ax.set_xlim(-0.04 * right, right)
    ax.set_ylim(-0.08 * width * shape, 0.92 * width * shape)
    ax.set_xlabel("Re Z / R")
    ax.set_ylabel("−Im Z / R")


def resistance_of(spectrum: Spectrum, fit: FitResult | None) -> float:
    """Return the resistance that a spectrum is divided by: where its arcs end."""
    frequency, Z = spectrum.kept
    found = arcs(fit) if fit is not None else ()
    seen = [arc for arc in found if arc.peak_frequency > frequency[-1]]
    if seen:
        return float(seen[-1].impedance[-1].real)
    knee = knee_of(frequency, Z)
    largest = float(np.max(Z[frequency >= knee].real if knee is not None else Z.real))
    return largest if largest > 0 else float(np.max(np.abs(Z)))
