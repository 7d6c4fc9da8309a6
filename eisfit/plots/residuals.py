"""Residuals of a fit over frequency, in % of |Z|."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from eisfit.base.arrays import FloatArray
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import frequency_axis, note
from eisfit.plots.style import GREY, INK, ONE_COLUMN, PALETTE, new_figure, style

_BAND = "#e3e9f0"
_LARGEST = 120  # % of |Z|; beyond, nothing is left of a fit


def residuals(fit: FitResult, *, ax: Axes, noise: float | FloatArray | None = None) -> Axes:
    """Draw (Z − Z_fit)/|Z| in %, real and imaginary part, with the band of ±2 noise.

    Residuals that scatter within the band speak for the circuit; a wave speaks against it.

    Parameters
    ----------
    fit : FitResult
    ax : Axes
    noise : float or ndarray, shape (k,), optional
        Standard deviation of each part as a fraction of |Z|, of all points in use or of each by
        falling frequency; without it, the noise is estimated as √(Σr²/degrees of freedom), which
        a misfit makes larger too.

    Returns
    -------
    Axes
    """
    frequency, difference = fit.residuals
    parts = np.concatenate([difference.real, difference.imag])
    if noise is None:
        noise = float(np.sqrt(np.sum(parts**2) / max(fit.degrees_of_freedom, 1)))
    half = 200 * np.broadcast_to(np.asarray(noise, dtype=float), frequency.shape)
    if np.ndim(noise):
        ax.fill_between(frequency, -half, half, color=_BAND, lw=0, zorder=0, label="±2 noise")
    else:
        ax.axhspan(-half[0], half[0], color=_BAND, lw=0, zorder=0, label="±2 noise")
    ax.axhline(0, color=GREY, lw=0.6, zorder=1)
    kind: dict[str, Any] = {"ls": "-", "lw": 0.5, "ms": 2.6, "zorder": 3}
    ax.plot(frequency, 100 * difference.real, "o", color=PALETTE[0], label="real", **kind)
    ax.plot(frequency, 100 * difference.imag, "^", color=PALETTE[1], mfc="white",
            label="imaginary", **kind)  # fmt: skip
    largest = 1.15 * max(float(half.max()), 100 * float(np.max(np.abs(parts))), 1e-3)
    if largest > _LARGEST:
        note(ax, f"residuals above {_LARGEST} % not shown")
        largest = _LARGEST
    ax.set_ylim(-largest, largest)
    ax.yaxis.set_major_locator(MaxNLocator(5, symmetric=True, prune="both"))
    ax.set_ylabel("Residual (% of |Z|)", color=INK)
    frequency_axis(fit.spectrum.kept[0], ax)
    return ax


def residuals_figure(
    fit: FitResult, noise: float | FloatArray | None = None, width: float = ONE_COLUMN
) -> Figure:
    """Return the residuals of a fit over frequency as a figure of `width` inch.

    Parameters
    ----------
    fit : FitResult
    noise : float or ndarray, optional
        As in `residuals`.
    width : float
        inch; `ONE_COLUMN` or `TWO_COLUMNS`.
    """
    with style():
        figure, ax = new_figure(width, 2.1)
        figure.subplots_adjust(left=0.55 / width, right=1 - 0.1 / width, bottom=0.2, top=0.89)
        residuals(fit, ax=ax, noise=noise)
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.985), ncols=3, borderaxespad=0.1)
    return figure
