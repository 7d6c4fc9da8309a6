"""Several samples side by side: Arrhenius lines, energies and conductivities, Meyer–Neldel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from eisfit.base.arrays import FloatArray
from eisfit.base.units import log_in_centimetres
from eisfit.plots.arrhenius import arrhenius
from eisfit.plots.axes import celsius_text, log_axis, note, shortened
from eisfit.plots.style import (
    GREY,
    INK,
    TWO_COLUMNS,
    colour_of,
    in_words,
    marker_of,
    new_figure,
    style,
)
from eisfit.samples import Agreement, MeyerNeldel, SampleComparison
from eisfit.samples.differences import common_temperature
from eisfit.temperature.arrhenius import ArrheniusResult

_WITHIN_95 = 5.991  # of χ² with two degrees of freedom
_LABEL = 26


def samples_arrhenius_figure(comparison: SampleComparison, process: str) -> Figure:
    """Return the Arrhenius lines of one process in all samples."""
    lines = comparison.lines(process)
    named = {shortened(n, _LABEL): line for n, line in lines.items()}
    with style():
        figure, ax = new_figure(TWO_COLUMNS, max(3.4, 0.42 * len(lines) + 1.0))
        figure.subplots_adjust(left=0.09, right=0.68, bottom=0.13, top=0.86)
        # the lines stand for samples here: their names take the place of the process's
        arrhenius({n: replace(line, process=n) for n, line in named.items()}, ax=ax)
        ax.set_title(in_words(process), pad=26)
    return figure


def samples_values_figure(comparison: SampleComparison) -> Figure:
    """Return energies and conductivities of every process, sample by sample, with 95 % intervals.

    The line is the mean over the samples, the band one standard deviation of the scatter from
    sample to sample beyond the errors.
    """
    processes = comparison.processes
    names = [s.name for s in comparison.samples]
    with style():
        row = 0.24 * len(names) + 0.75
        figure, panels = new_figure(
            TWO_COLUMNS, row * len(processes) + 0.1, nrows=len(processes), ncols=2, squeeze=False
        )
        height = row * len(processes) + 0.1
        figure.subplots_adjust(
            left=0.23, right=0.97, bottom=0.45 / height, top=1 - 0.28 / height,
            hspace=0.72 / (0.24 * len(names) + 0.1), wspace=0.1,
        )  # fmt: skip
        for process, (left, right) in zip(processes, panels, strict=True):
            lines = comparison.lines(process)
            _energies(lines, names, left)
            _conductivities(lines, names, right)
            left.set_title(in_words(process))
            for agreement in comparison.agreements:
                if agreement.process == process:
                    _mean(agreement, left if agreement.temperature is None else right)
    return figure


def meyer_neldel_figure(view: MeyerNeldel) -> Figure:
    """Return ln A over E_a of one process with 95 % ellipses, and the line where there is one."""
    with style():
        figure, ax = new_figure(TWO_COLUMNS, 3.4)
        figure.subplots_adjust(left=0.09, right=0.68, bottom=0.14, top=0.92)
        meyer_neldel(view, ax=ax)
        ax.set_title(in_words(view.process))
    return figure


def meyer_neldel(view: MeyerNeldel, *, ax: Axes) -> Axes:
    """Draw ln A over E_a: a point and a 95 % ellipse a sample, and the line of a rule.

    Parameters
    ----------
    view : MeyerNeldel
    ax : Axes
        The legend stands outside, on its right.
    """
    points = zip(
        view.samples,
        view.activation_energy,
        log_in_centimetres(view.ln_prefactor, "S K/m"),
        view.covariance,
        strict=True,
    )
    for name, energy, prefactor, V in points:
        colour = colour_of(name, view.samples)
        ax.add_patch(_ellipse(energy, prefactor, V, colour))
        ax.plot([energy], [prefactor], marker_of(name, view.samples), color=colour, ms=4.2,
                zorder=3, label=shortened(name, _LABEL))  # fmt: skip
    ax.autoscale_view()
    if view.slope is not None:
        x = np.array(ax.get_xlim())
        intercept = log_in_centimetres(view.intercept, "S K/m")
        ax.plot(x, intercept + view.slope.n * x, color=INK, lw=1.0, zorder=1,
                ls="-" if view.verdict == "correlated" else (0, (4, 3)),
                label=_line_label(view))  # fmt: skip
        ax.set_xlim(*x)
    note(ax, view.verdict)
    ax.set_xlabel("Eₐ of ln(σT) (eV)")
    ax.set_ylabel("ln [ A (S K cm⁻¹) ]")
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), labelspacing=0.7)
    return ax


def _line_label(view: MeyerNeldel) -> str:
    crossing = view.isokinetic_temperature
    if crossing is None:
        return "best line"
    error = f" ± {crossing.s:.0f}" if np.isfinite(crossing.s) else ""
    return f"best line, crossing at\n{crossing.n:.0f}{error} K"


def _ellipse(energy: float, prefactor: float, V: FloatArray, colour: str) -> Ellipse:
    """Return the ellipse that holds the truth with 95 %; V is that of (ln A, E_a)."""
    values, vectors = np.linalg.eigh(V[::-1, ::-1])
    reach = 2 * np.sqrt(_WITHIN_95 * np.maximum(values, 0.0))
    angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
    return Ellipse((energy, prefactor), reach[1], reach[0], angle=float(angle), fc=colour,
                   ec=colour, alpha=0.22, zorder=2)  # fmt: skip


def _energies(lines: dict[str, ArrheniusResult], names: list[str], ax: Axes) -> None:
    for place, name in enumerate(names):
        line = lines.get(name)
        if line is None:
            continue
        energy = line.activation_energy
        low, high = line.ci95 if line.ci95 is not None else (energy.n, energy.n)
        ax.errorbar(
            [energy.n], [place], xerr=[[energy.n - low], [high - energy.n]],
            fmt=marker_of(name, names), color=colour_of(name, names), ms=4.2, zorder=3,
        )  # fmt: skip
    _names(names, ax)
    ax.set_xlabel("Eₐ of ln(σT) (eV)")
    ax.margins(x=0.1)


def _conductivities(lines: dict[str, ArrheniusResult], names: list[str], ax: Axes) -> None:
    known = {n: line for n, line in lines.items() if line.has_geometry}
    _names(names, ax)
    ax.tick_params(axis="y", labelleft=False)
    if not known:
        ax.set_axis_off()
        ax.text(0.5, 0.5, "thickness and area not known", transform=ax.transAxes, ha="center",
                va="center", color=GREY)  # fmt: skip
        return
    T = common_temperature(list(lines.values()))
    extent: list[float] = []
    for name, line in known.items():
        value, error, _ = line.conductivity_in_centimetres(T)
        ratio = float(np.exp(1.96 * error / value)) if np.isfinite(error) else 1.0
        ax.errorbar(
            [value], [names.index(name)], xerr=[[value - value / ratio], [value * ratio - value]],
            fmt=marker_of(name, names), color=colour_of(name, names), ms=4.2, zorder=3,
            mfc="white" if line.extrapolates_to(T) else colour_of(name, names),
        )  # fmt: skip
        extent += [value / ratio, value * ratio]
    log_axis(ax.xaxis, min(extent) / 1.2, max(extent) * 1.2, most=5)
    ax.set_xlabel(f"σ at {celsius_text(T)} (S cm⁻¹)")


def _mean(agreement: Agreement, ax: Axes) -> None:
    """Draw the mean over the samples, and the scatter between them as a band."""
    mean, scatter = agreement.mean.n, agreement.scatter
    low, high = mean - scatter, mean + scatter
    if agreement.temperature is not None:
        mean, low, high = np.exp(log_in_centimetres(np.array([mean, low, high]), "S/m")).tolist()
    ax.axvline(mean, color=GREY, lw=0.8, zorder=0.5)
    if scatter > 0:
        ax.axvspan(low, high, color=GREY, alpha=0.13, lw=0, zorder=0)


def _names(names: list[str], ax: Axes) -> None:
    ax.set_yticks(range(len(names)), [shortened(n, _LABEL) for n in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0, right=False)
