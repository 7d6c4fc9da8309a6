"""Bode plots: magnitude and phase over frequency."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import frequency_axis, log_axis
from eisfit.plots.curves import bode_values, fit_curve, points_left_out
from eisfit.plots.style import DATA, FIT, INK, PALETTE


def bode(
    spectrum: Spectrum, fitted: FitResult | None = None, *, ax: Axes, phase_ax: Axes | None = None
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
    magnitude, phase = bode_values(Z)
    ax.plot(frequency, magnitude, "o", color=DATA, label="measured", **points)
    phase_ax.plot(frequency, phase, "s" if shared else "o", color=colour, **points)
    if fitted is not None and len(frequency) > 1:
        dense, line = fit_curve(spectrum, fitted, 200)
        _draw(dense, line, (ax, phase_ax), color=FIT, zorder=4, label="fit")
    left_out = points_left_out(spectrum) & (np.abs(spectrum.impedance) > 0)
    if left_out.any():
        _draw(spectrum.frequency[left_out], spectrum.impedance[left_out], (ax, phase_ax),
              marker="s", label="left out", ls="none", color="#b0b0b0", mfc="none", ms=3.0,
              zorder=2)  # fmt: skip
    _limit(frequency, magnitude, phase, ax, phase_ax)
    ax.set_ylabel("|Z| (Ω)")
    phase_ax.set_ylabel("−Phase (°)", color=colour if shared else INK)
    if shared:
        phase_ax.tick_params(axis="y", labelcolor=colour)
        ax.tick_params(axis="y", which="both", right=False)
    return ax


def _draw(
    frequency: FloatArray, Z: ComplexArray, panels: tuple[Axes, Axes], *, label: str, **kind: Any
) -> None:
    magnitude, phase = bode_values(Z)
    panels[0].plot(frequency, magnitude, label=label, **kind)
    panels[1].plot(frequency, phase, **kind)


def _limit(
    frequency: FloatArray, magnitude: FloatArray, phase: FloatArray, ax: Axes, phase_ax: Axes
) -> None:
    """Set limits and ticks for the points in use."""
    drawn = magnitude[magnitude > 0]
    low, high = (drawn.min(), drawn.max()) if len(drawn) else (1.0, 10.0)
    log_axis(ax.yaxis, 0.6 * low, 1.6 * high, most=5)
    frequency_axis(frequency, ax)
    frequency_axis(frequency, phase_ax)
    bottom, top = min(0.0, float(phase.min())), max(10.0, float(phase.max()))
    step = 30 if top - bottom > 45 else 10 if top - bottom > 15 else 5
    phase_ax.yaxis.set_major_locator(MultipleLocator(step if top - bottom <= 130 else 60))
    phase_ax.set_ylim(bottom - 0.09 * (top - bottom), top + 0.12 * (top - bottom))
