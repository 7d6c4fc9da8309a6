"""Bode plots and residuals of a fit: over frequency."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.base.arrays import FloatArray
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import draw
from eisfit.plots.curves import bode_values, fit_curve, points_left_out
from eisfit.plots.panel import (
    FITTED,
    LEFT_OUT,
    MEASURED,
    Axis,
    Band,
    Curve,
    Panel,
    Span,
    frequency_scale,
    log_scale,
)
from eisfit.plots.style import GREY, ONE_COLUMN, PALETTE, figure_of

_BAND = "#e3e9f0"
_LARGEST = 120  # % of |Z|; beyond, nothing is left of a fit


def bode_panels(spectrum: Spectrum, fitted: FitResult | None = None) -> tuple[Panel, Panel]:
    """Return |Z| and −phase over frequency; see `bode`."""
    frequency, Z = spectrum.kept
    drawn = [(frequency, Z, MEASURED)]
    if fitted is not None and len(frequency) > 1:
        drawn.append((*fit_curve(spectrum, fitted, 200), FITTED))
    left_out = points_left_out(spectrum) & (np.abs(spectrum.impedance) > 0)
    if left_out.any():
        drawn.append((spectrum.frequency[left_out], spectrum.impedance[left_out], LEFT_OUT))
    parts = [(f, *bode_values(values), kind) for f, values, kind in drawn]
    magnitude, phase = parts[0][1:3]
    bottom, top = min(0.0, float(phase.min())), max(10.0, float(phase.max()))
    span = top - bottom
    step = 60 if span > 130 else 30 if span > 45 else 10 if span > 15 else 5
    x = frequency_scale(frequency)
    y = log_scale("|Z| (Ω)", magnitude[magnitude > 0], most=5)
    phase_y = Axis("−Phase (°)", (bottom - 0.09 * span, top + 0.12 * span), step=step)
    return (
        Panel([Curve(f, size, **kind) for f, size, _, kind in parts], x, y),
        Panel([Curve(f, angle, **kind) for f, _, angle, kind in parts], x, phase_y),
    )


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
    magnitude, phase = bode_panels(spectrum, fitted)
    draw(magnitude, ax)
    if phase_ax is not None:
        draw(phase, phase_ax)
        return ax
    right = draw(phase, ax.twinx())
    right.lines[0].set(color=PALETTE[0], marker="s", markeredgecolor=PALETTE[0])
    right.yaxis.label.set_color(PALETTE[0])
    right.tick_params(axis="y", labelcolor=PALETTE[0])
    ax.tick_params(axis="y", which="both", right=False)
    return ax


def residuals_panel(fit: FitResult, noise: float | FloatArray | None = None) -> Panel:
    """Return the residuals of a fit over frequency; see `residuals`."""
    frequency, difference = fit.residuals
    parts = np.concatenate([difference.real, difference.imag])
    if noise is None:
        noise = float(np.sqrt(np.sum(parts**2) / max(fit.degrees_of_freedom, 1)))
    half = 200 * np.asarray(noise, dtype=float)
    band = (
        Band(frequency, -half, half, _BAND, alpha=1.0, label="±2 noise", order=0)
        if half.ndim
        else Span(-float(half), float(half), _BAND, along="y", label="±2 noise")
    )
    largest = 1.15 * max(float(half.max()), 100 * float(np.max(np.abs(parts))), 1e-3)
    limit = min(largest, _LARGEST)
    return Panel(
        [
            band,
            Span(0.0, 0.0, GREY, along="y"),
            Curve(frequency, 100 * difference.real, PALETTE[0], "o", 0.5, size=2.6, label="real"),
            Curve(frequency, 100 * difference.imag, PALETTE[1], "^", 0.5, size=2.6, fill="white",
                  label="imaginary"),
        ],
        frequency_scale(fit.spectrum.kept[0]),
        Axis("Residual (% of |Z|)", (-limit, limit), most=5),
        note=f"residuals above {_LARGEST} % not shown" if largest > _LARGEST else "",
    )  # fmt: skip


def residuals(fit: FitResult, *, ax: Axes, noise: float | FloatArray | None = None) -> Axes:
    """Draw (Z − Z_fit)/|Z| in %, real and imaginary part, with the band of ±2 noise.

    Residuals that scatter within the band support the circuit; a wave contradicts it.

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
    return draw(residuals_panel(fit, noise), ax)


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

    def draw_residuals(ax: Axes) -> None:
        residuals(fit, ax=ax, noise=noise)
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.985), ncols=3, borderaxespad=0.1)

    return figure_of(draw_residuals, width, 2.1, (0.55 / width, 0.2, 1 - 0.65 / width, 0.69))
