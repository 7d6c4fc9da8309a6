"""Several samples side by side: Arrhenius lines, energies and conductivities, Meyer–Neldel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eisfit.base.arrays import FloatArray
from eisfit.base.units import log_in_centimetres
from eisfit.base.words import format_degrees, process_words
from eisfit.plots.arrhenius import arrhenius
from eisfit.plots.axes import draw, write_instead
from eisfit.plots.panel import (
    Axis,
    Band,
    Curve,
    Mark,
    Panel,
    Span,
    log_scale,
    shortened,
)
from eisfit.plots.style import (
    BESIDE,
    GREY,
    TWO_COLUMNS,
    colour_of,
    figure_of,
    marker_of,
    new_figure,
    style,
)
from eisfit.samples import Agreement, MeyerNeldel, SampleComparison
from eisfit.samples.differences import common_temperature
from eisfit.temperature.arrhenius import ArrheniusResult

_WITHIN_95 = 5.991  # of χ² with two degrees of freedom
_LABEL = 26
_ENERGY = "Eₐ of ln(σT) (eV)"


def samples_arrhenius_figure(comparison: SampleComparison, process: str) -> Figure:
    """Return the Arrhenius lines of one process in all samples."""
    # each line is a sample: its name replaces that of the process
    lines = {
        name: replace(line, process=name)
        for name, line in (
            (shortened(n, _LABEL), line) for n, line in comparison.lines(process).items()
        )
    }

    def draw_lines(ax: Axes) -> None:
        arrhenius(lines, ax=ax).set_title(process_words(process), pad=26)

    height = max(3.4, 0.42 * len(lines) + 1.0)
    return figure_of(draw_lines, TWO_COLUMNS, height, (0.09, 0.13, 0.59, 0.73))


def samples_values_figure(comparison: SampleComparison) -> Figure:
    """Return energies and conductivities of every process, sample by sample, with 95 % intervals.

    The line is the mean over the samples, the band one standard deviation of the scatter from
    sample to sample beyond the errors.
    """
    processes = comparison.processes
    names = [s.name for s in comparison.samples]
    row = 0.24 * len(names) + 0.75
    height = row * len(processes) + 0.1
    with style():
        figure, panels = new_figure(
            TWO_COLUMNS, height, nrows=len(processes), ncols=2, squeeze=False
        )
        figure.subplots_adjust(
            left=0.23, right=0.97, bottom=0.45 / height, top=1 - 0.28 / height,
            hspace=0.72 / (0.24 * len(names) + 0.1), wspace=0.1,
        )  # fmt: skip
        for process, (left, right) in zip(processes, panels, strict=True):
            lines = comparison.lines(process)
            means: tuple[list[Mark], list[Mark]] = ([], [])
            for agreement in comparison.agreements:
                if agreement.process == process:
                    means[agreement.temperature is not None].extend(_mean_marks(agreement))
            energies = _energies(lines, names)
            marks, title = [*means[0], *energies.marks], process_words(process)
            draw(replace(energies, marks=marks, title=title), left).margins(x=0.1)
            conductivities = _conductivities(lines, names)
            if conductivities is None:
                write_instead("thickness and area not known", right)
            else:
                draw(replace(conductivities, marks=[*means[1], *conductivities.marks]), right)
                right.tick_params(axis="y", labelleft=False)
    return figure


def _energies(lines: Mapping[str, ArrheniusResult], names: Sequence[str]) -> Panel:
    """Return the activation energy of every sample with its 95 % interval."""
    marks = []
    for name, line in lines.items():
        energy = line.activation_energy.n
        low, high = line.ci95 or (energy, energy)
        marks.append(_sample_mark(name, names, energy, (energy - low, high - energy)))
    return Panel(marks, Axis(_ENERGY), _sample_axis(names))


def _conductivities(lines: Mapping[str, ArrheniusResult], names: Sequence[str]) -> Panel | None:
    """Return the conductivity of every sample with its 95 % interval; None without a geometry."""
    T = common_temperature(list(lines.values()))
    marks = []
    extent: list[float] = []
    for name, line in lines.items():
        if not line.has_geometry:
            continue
        value, error, _ = line.conductivity_in_centimetres(T)
        ratio = float(np.exp(1.96 * error / value)) if np.isfinite(error) else 1.0
        marks.append(_sample_mark(name, names, value, (value - value / ratio, value * (ratio - 1)),
                                  fill="white" if line.extrapolates_to(T) else ""))  # fmt: skip
        extent += [value / ratio, value * ratio]
    label = f"σ at {format_degrees(T)} (S cm⁻¹)"
    x = log_scale(label, extent, 1.2, most=5)
    return Panel(marks, x, _sample_axis(names)) if marks else None


def _sample_mark(
    name: str, names: Sequence[str], value: float, error: tuple[float, float], **more: Any
) -> Curve:
    """Return the value of one sample in its line, colour and shape."""
    return Curve([value], [names.index(name)], colour_of(name, names), marker_of(name, names),
                 size=4.2, bar=1.2, error_x=[[e] for e in error], **more)  # fmt: skip


def _sample_axis(names: Sequence[str]) -> Axis:
    """Return an axis with a line for each sample, the first on top."""
    return Axis("", (len(names) - 0.5, -0.5), names=[shortened(n, _LABEL) for n in names])


def _mean_marks(agreement: Agreement) -> list[Mark]:
    """Return the mean over the samples, and the scatter between them as a band."""
    mean, scatter = agreement.mean.n, agreement.scatter
    ends = [mean, mean - scatter, mean + scatter]
    if agreement.temperature is not None:
        ends = np.exp(log_in_centimetres(np.array(ends), "S/m")).tolist()
    marks: list[Mark] = [Span(ends[0], ends[0], GREY)]
    return [*marks, Span(ends[1], ends[2], GREY, alpha=0.13)] if scatter > 0 else marks


def meyer_neldel_figure(view: MeyerNeldel) -> Figure:
    """Return ln A over E_a of one process with 95 % ellipses, and the line where there is one."""
    return figure_of(
        lambda ax: meyer_neldel(view, ax=ax).set_title(process_words(view.process)),
        TWO_COLUMNS, 3.4, (0.09, 0.14, 0.59, 0.78),
    )  # fmt: skip


def meyer_neldel_panel(view: MeyerNeldel) -> Panel:
    """Return ln A over E_a; see `meyer_neldel`."""
    points = zip(
        view.samples,
        view.activation_energy,
        log_in_centimetres(view.ln_prefactor, "S K/m"),
        view.covariance,
        strict=True,
    )
    marks: list[Mark] = []
    reach: list[float] = []
    for name, energy, prefactor, V in points:
        colour = colour_of(name, view.samples)
        ellipse = _ellipse(energy, prefactor, V, colour)
        reach += [ellipse.x[0], ellipse.x[-1]]
        marks += [ellipse, Curve([energy], [prefactor], colour, marker_of(name, view.samples),
                                 size=4.2, label=shortened(name, _LABEL))]  # fmt: skip
    margin = 0.05 * (max(reach) - min(reach))
    limits = min(reach) - margin, max(reach) + margin
    if view.slope is not None:
        x = np.array(limits)
        y = log_in_centimetres(view.intercept, "S K/m") + view.slope.n * x
        dashed = view.verdict != "correlated"
        marks.append(Curve(x, y, line=1.0, order=1, dashed=dashed, label=_line_label(view)))
    return Panel(marks, Axis(_ENERGY, limits), Axis("ln [ A (S K cm⁻¹) ]"), note=view.verdict)


def meyer_neldel(view: MeyerNeldel, *, ax: Axes) -> Axes:
    """Draw ln A over E_a: a point and a 95 % ellipse a sample, and the line of a rule.

    Parameters
    ----------
    view : MeyerNeldel
    ax : Axes
        The legend stands outside, on its right.
    """
    draw(meyer_neldel_panel(view), ax).legend(**BESIDE)
    return ax


def _line_label(view: MeyerNeldel) -> str:
    crossing = view.isokinetic_temperature
    if crossing is None:
        return "best line"
    error = f" ± {crossing.s:.0f}" if np.isfinite(crossing.s) else ""
    return f"best line, crossing at\n{crossing.n:.0f}{error} K"


def _ellipse(energy: float, prefactor: float, V: FloatArray, colour: str) -> Band:
    """Return the ellipse that holds the truth with 95 %; V is that of (ln A, E_a)."""
    height, width = np.sqrt(_WITHIN_95 * np.maximum(np.diagonal(V), 0.0))
    slant = _WITHIN_95 * V[0, 1] / (height * width) if height * width > 0 else 0.0
    angle = np.linspace(np.pi, 0.0, 90)
    middle = prefactor + height * slant * np.cos(angle)
    half = height * np.sqrt(max(1 - slant**2, 0.0)) * np.sin(angle)
    return Band(energy + width * np.cos(angle), middle - half, middle + half, colour, 0.22, order=2)
