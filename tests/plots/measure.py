"""What can be measured of a picture: nothing cut, no labels upon each other."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text

from eisfit import plots


def every_axes(figure: Figure) -> list[Any]:
    found: list[Any] = list(figure.axes)
    for ax in found:
        found += [child for child in ax.child_axes if hasattr(child, "xaxis")]
    return found


def ticks_of(axis: Any) -> list[Text]:
    """Return the tick labels that are drawn: matplotlib keeps others, outside of the limits."""
    low, high = sorted(axis.get_view_interval())
    ends = {"rtol": 1e-9, "atol": 0.0}
    inside = [
        t for t in axis.get_major_ticks()
        if low <= t.get_loc() <= high or np.isclose(t.get_loc(), (low, high), **ends).any()
    ]  # fmt: skip
    labels = [label for tick in inside for label in (tick.label1, tick.label2)]
    return [t for t in labels if t.get_visible() and t.get_text().strip()]


def texts_of(ax: Any) -> list[Text]:
    """Return all texts of an Axes that are drawn."""
    axes = [ax.xaxis, ax.yaxis, *([ax.zaxis] if hasattr(ax, "zaxis") else [])]
    found = [*ax.texts, ax.title, ax._left_title, ax._right_title]
    found += [axis.label for axis in axes] + [axis.offsetText for axis in axes]
    if ax.get_legend() is not None:
        found += ax.get_legend().get_texts()
    found = [t for t in found if t.get_visible() and t.get_text().strip()]
    ticks = [tick for axis in axes for tick in ticks_of(axis)] if ax.axison else []
    return [t for t in found if not _clipped(t, ax)] + ticks


def _clipped(text: Text, ax: Any) -> bool:
    return bool(text.get_clip_on() and not ax.bbox.overlaps(text.get_window_extent()))


def cut(figure: Figure) -> list[str]:
    """Return the texts that reach beyond the page (one pixel is rounding)."""
    plots.rendered(figure, "png")
    page = figure.bbox
    boxes = [
        (t.get_text(), t.get_window_extent()) for ax in every_axes(figure) for t in texts_of(ax)
    ]
    return [
        text for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1
    ]  # fmt: skip


def overlapping_ticks(figure: Figure) -> list[tuple[str, str]]:
    """Return pairs of neighbouring tick labels of one axis that lie upon each other."""
    plots.rendered(figure, "png")
    found = []
    for ax in every_axes(figure):
        for axis, key in ((ax.xaxis, "x0"), (ax.yaxis, "y0")):
            labels = ticks_of(axis)
            labels.sort(key=lambda t, key=key: getattr(t.get_window_extent(), key))
            found += overlapping_pairs(labels)
    return found


def overlapping_pairs(labels: list[Text]) -> list[tuple[str, str]]:
    return [
        (a.get_text(), b.get_text()) for a, b in pairwise(labels)
        if a.get_window_extent().overlaps(b.get_window_extent())
    ]  # fmt: skip


def overlapping(texts: list[Text]) -> list[tuple[str, str]]:
    """Return pairs of these texts that lie upon each other."""
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts]
    return [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q)]
