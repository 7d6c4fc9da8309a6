"""Residuals of a fit over frequency, in % of |Z|."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eisfit.fitting.result import FitResult
from eisfit.plots.bode import frequency_axis
from eisfit.plots.style import GREY, INK, PALETTE, note

_LARGEST = 120  # % of |Z|; beyond, nothing is left of a fit


def residuals(fit: FitResult, *, ax: Axes, noise: float | None = None) -> Axes:
    """Draw (Z − Z_fit)/|Z| in %, real and imaginary part, with the band of ±2 noise.

    Residuals that scatter within the band speak for the circuit; a wave speaks against it.

    Parameters
    ----------
    fit : FitResult
    ax : Axes
    noise : float, optional
        Standard deviation of each part as a fraction of |Z|; without it, that of the residuals.

    Returns
    -------
    Axes
    """
    frequency, difference = fit.residuals
    parts = np.concatenate([difference.real, difference.imag])
    if noise is None:
        noise = float(np.sqrt(np.sum(parts**2) / max(fit.degrees_of_freedom, 1)))
    ax.axhspan(-200 * noise, 200 * noise, color="#e9eef3", lw=0, zorder=0, label="±2 noise")
    ax.axhline(0, color=GREY, lw=0.6, zorder=1)
    kind: dict[str, Any] = {"ls": "-", "lw": 0.5, "ms": 2.6, "zorder": 3}
    ax.plot(frequency, 100 * difference.real, "o", color=PALETTE[0], label="real", **kind)
    ax.plot(frequency, 100 * difference.imag, "^", color=PALETTE[1], mfc="white",
            label="imaginary", **kind)  # fmt: skip
    largest = 115 * max(2 * noise, float(np.max(np.abs(parts), initial=0.0)), 1e-5)
    if largest > _LARGEST:
        note(ax, f"residuals above {_LARGEST} % not shown")
        largest = _LARGEST
    ax.set_ylim(-largest, largest)
    ax.yaxis.set_major_locator(MaxNLocator(5, symmetric=True, prune="both"))
    ax.set_ylabel("Residual (% of |Z|)", color=INK)
    frequency_axis(fit.spectrum, ax)
    return ax
