"""The correlation matrix of the parameters of a fit."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.base.arrays import BoolArray, FloatArray
from eisfit.fitting.result import FitResult
from eisfit.plots.axes import note_above, size_of
from eisfit.plots.style import INK, ONE_COLUMN, new_figure, style

_SMALLEST = 4.4  # pt of numbers; below they are left out
_LARGEST = 6.5  # pt
_LETTER = 0.6  # width of a letter in its height
_CELL = 0.42  # inch; largest
_BESIDE = 0.55  # inch of the colour bar with its label


def correlation(fit: FitResult, *, ax: Axes) -> Axes:
    """Draw the correlation matrix of the fitted parameters, with numbers where they fit.

    Parameters
    ----------
    fit : FitResult
        Fixed parameters are left out. What has no variance, because the data do not determine it
        or it is at a bound, has grey cells.
    ax : Axes
        Square; a colour bar is set beside it.

    Returns
    -------
    Axes

    Notes
    -----
    Near ±1 the data determine only a combination of the two parameters.
    """
    names = [name for name, estimate in fit.estimates.items() if not estimate.fixed]
    order = [list(fit.estimates).index(name) for name in names]
    matrix = fit.correlation[np.ix_(order, order)]
    known = np.diagonal(fit.covariance)[order] > 0
    shown = np.ma.masked_array(matrix, ~np.outer(known, known))
    ax.set_facecolor("#e4e4e4")
    image = ax.imshow(shown, cmap="RdBu_r", vmin=-1, vmax=1, aspect="equal")
    places = np.arange(len(names))
    cell = 72 * size_of(ax)[0] / max(len(names), 1)  # pt
    size = min(_LARGEST, 0.72 * cell)
    ax.set_xticks(places, names, rotation=90, fontsize=size)
    ax.set_yticks(places, names, fontsize=size)
    ax.set_xticks(places[1:] - 0.5, minor=True)
    ax.set_yticks(places[1:] - 0.5, minor=True)
    ax.grid(which="minor", color="white", lw=0.8)
    ax.tick_params(which="both", length=0)
    size = min(_LARGEST, 0.92 * cell / (4 * _LETTER))
    if size >= _SMALLEST:
        _numbers(matrix, known, size, ax)
    figure = ax.get_figure(root=True)
    if figure is not None:
        side = size_of(ax)[0]
        bar = figure.colorbar(
            image, cax=ax.inset_axes((1 + 0.08 / side, 0.0, 0.1 / side, 1.0)), ticks=[-1, 0, 1]
        )
        bar.ax.set_yticklabels(["−1", "0", "1"])
        bar.set_label("Correlation")
        bar.outline.set_linewidth(0.5)
    return ax


def _numbers(matrix: FloatArray, known: BoolArray, size: float, ax: Axes) -> None:
    for i, j in np.ndindex(*matrix.shape):
        if i != j and known[i] and known[j]:
            colour = "white" if abs(matrix[i, j]) > 0.65 else INK
            ax.text(j, i, _text(float(matrix[i, j])), ha="center", va="center", fontsize=size,
                    gid="number", color=colour)  # fmt: skip


def _text(value: float) -> str:
    """Return a correlation in at most four letters: −.61, 1, 0."""
    if abs(value) < 0.005 or abs(value) >= 0.995:
        return f"{round(value)}".replace("-", "−")
    return f"{value:.2f}".replace("-", "−").replace("0.", ".")


def correlation_figure(fit: FitResult, width: float = ONE_COLUMN) -> Figure:
    """Return the correlation matrix of a fit as a figure of `width` inch."""
    free = [name for name, estimate in fit.estimates.items() if not estimate.fixed]
    names = 0.12 + _LETTER * _LARGEST / 72 * max((len(name) for name in free), default=1)
    side = min(width - names - _BESIDE, _CELL * max(len(free), 3))
    left = names + (width - names - side - _BESIDE) / 2
    undetermined = bool(np.any(np.diagonal(fit.covariance) <= 0))
    height = side + names + (0.26 if undetermined else 0.1)
    with style():
        figure, ax = new_figure(width, height)
        ax.set_position((left / width, names / height, side / width, side / height))
        correlation(fit, ax=ax)
        if undetermined:
            note_above(ax, "grey: not determined, or at a bound")
    return figure
