"""Bode plots: magnitude and phase over frequency."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.style import DATA, FIT, INK, PALETTE, log_axis


def bode(
    spectrum: Spectrum,
    fitted: FitResult | None = None,
    *,
    ax: Axes,
    phase_ax: Axes | None = None,
) -> Axes:
    """Draw |Z| and −phase over frequency; the fit as lines, points left out open and grey.

    Parameters
    ----------
    spectrum : Spectrum
    fitted : FitResult, optional
    ax : Axes
        For the magnitude.
    phase_ax : Axes, optional
        For the phase, such as a panel below; without it, the right-hand axis of `ax`.

    Returns
    -------
    Axes
        The Axes of the magnitude.
    """
    shared = phase_ax is None
    phase_ax = ax.twinx() if phase_ax is None else phase_ax
    frequency, Z = spectrum.kept
    colour = PALETTE[0] if shared else DATA
    points: dict[str, Any] = {"ls": "none", "mfc": "white", "ms": 3.0, "zorder": 3}
    ax.plot(frequency, np.abs(Z), "o", color=DATA, label="measured", **points)
    phase_ax.plot(frequency, -np.degrees(np.angle(Z)), "o" if not shared else "s", color=colour,
                  **points)  # fmt: skip
    if fitted is not None and len(frequency) > 1:
        smooth = np.geomspace(frequency[0], frequency[-1], 200)
        line = fitted.impedance(smooth)
        ax.plot(smooth, np.abs(line), color=FIT, zorder=4, label="fit")
        phase_ax.plot(smooth, -np.degrees(np.angle(line)), color=FIT, zorder=4)
    _left_out(spectrum, ax, phase_ax)
    _axes(spectrum, ax, phase_ax)
    ax.set_ylabel("|Z| (Ω)")
    phase_ax.set_ylabel("−Phase (°)", color=colour if shared else INK)
    if shared:
        phase_ax.tick_params(axis="y", labelcolor=colour)
        ax.tick_params(axis="y", which="both", right=False)
    return ax


def frequency_axis(spectrum: Spectrum, ax: Axes) -> None:
    """Make the horizontal axis of `ax` one of frequency that spans `spectrum`."""
    frequency, _ = spectrum.kept
    ax.set_xscale("log")
    ax.set_xlim(log_axis(ax.xaxis, 0.7 * frequency[-1], 1.4 * frequency[0]))
    ax.set_xlabel("Frequency (Hz)")


def _axes(spectrum: Spectrum, ax: Axes, phase_ax: Axes) -> None:
    _, Z = spectrum.kept
    ax.set_autoscaley_on(False)  # a resistor has no limits of its own
    ax.set_yscale("log")
    magnitude = np.abs(Z[np.abs(Z) > 0])
    low, high = (magnitude.min(), magnitude.max()) if len(magnitude) else (1.0, 10.0)
    ax.set_ylim(log_axis(ax.yaxis, 0.6 * low, 1.6 * high, most=5))
    frequency_axis(spectrum, ax)
    frequency_axis(spectrum, phase_ax)
    phase = -np.degrees(np.angle(Z))
    bottom, top = min(0.0, float(phase.min())), max(10.0, float(phase.max()))
    step = 30 if top - bottom > 45 else 10 if top - bottom > 15 else 5
    phase_ax.yaxis.set_major_locator(MultipleLocator(step if top - bottom <= 130 else 60))
    phase_ax.set_ylim(bottom - 0.09 * (top - bottom), top + 0.12 * (top - bottom))


def _left_out(spectrum: Spectrum, ax: Axes, phase_ax: Axes) -> None:
    drawn = spectrum.mask & np.isfinite(spectrum.impedance) & (np.abs(spectrum.impedance) > 0)
    drawn &= np.isfinite(spectrum.frequency) & (spectrum.frequency > 0)
    if not drawn.any():
        return
    frequency, Z = spectrum.frequency[drawn], spectrum.impedance[drawn]
    kind: dict[str, Any] = {"ls": "none", "color": "#b0b0b0", "mfc": "none", "ms": 3.0, "zorder": 2}
    ax.plot(frequency, np.abs(Z), "s", label="left out", **kind)
    phase_ax.plot(frequency, -np.degrees(np.angle(Z)), "s", **kind)
