"""Numbers that are drawn: curve and arcs of a fit, points left out, a series' coordinate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.circuit.tape import compile_tape, evaluate
from eisfit.circuit.tree import Node, Parallel, elements_of
from eisfit.circuit.tree import Series as SeriesNode
from eisfit.data.series import Series
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult

_FREQUENCY = np.geomspace(1e-9, 1e15, 24 * 24 + 1)
_SLOWEST_ARC = 1e-6
"""Hz; what peaks below is a leaking blocking electrode, no arc."""


def fit_curve(
    spectrum: Spectrum, fit: FitResult | None, count: int
) -> tuple[FloatArray, ComplexArray]:
    """Return frequencies in Hz and a fit's impedance in Ω at them; without a fit the data.

    Parameters
    ----------
    spectrum : Spectrum
        Its points in use give the range.
    fit : FitResult, optional
    count : int
        Number of points of the curve.
    """
    frequency, Z = spectrum.kept
    if fit is None or len(frequency) < 2:
        return frequency, Z
    dense = np.geomspace(frequency[0], frequency[-1], count)
    return dense, fit.impedance(dense)


def points_left_out(spectrum: Spectrum) -> BoolArray:
    """Return which points are left out and can be drawn: some hold no number."""
    finite = np.isfinite(spectrum.impedance) & np.isfinite(spectrum.frequency)
    drawable: BoolArray = spectrum.mask & finite & (spectrum.frequency > 0)
    return drawable


def bode_values(Z: ComplexArray) -> tuple[FloatArray, FloatArray]:
    """Return |Z| in Ω and −phase in degrees."""
    return np.asarray(np.abs(Z), dtype=float), np.asarray(-np.angle(Z, deg=True), dtype=float)


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """One arc of a fit.

    Parameters
    ----------
    name : str
        The process, or an empty text where the model names none.
    impedance : ndarray of complex, shape (k,)
        Ω, from high to low frequency, shifted to its position in the whole spectrum.
    peak_frequency : float
        Hz.
    """

    name: str
    impedance: ComplexArray
    peak_frequency: float


def arcs(fit: FitResult) -> tuple[Arc, ...]:
    """Return the arcs of a fit by rising time constant, each standing after those before it."""
    tree = fit.model.tree
    terms = tree.parts if isinstance(tree, SeriesNode) else (tree,)
    unplaced: list[tuple[float, str, ComplexArray]] = []
    offset = 0.0
    for term in terms:
        Z = _impedance(fit, term)
        if isinstance(term, Parallel) and _is_arc(Z):
            unplaced.append((float(_FREQUENCY[np.argmax(-Z.imag)]), _owner(fit, term), Z))
        elif abs(Z[0].imag) < 1e-6 * abs(Z[0].real):  # a resistor: the same at all frequencies
            offset += float(Z[0].real)
    placed = []
    for peak, name, Z in sorted(unplaced, key=lambda arc: -arc[0]):
        placed.append(Arc(name, Z[::-1] + offset, peak))
        offset += float(Z[0].real)
    return tuple(placed)


def _impedance(fit: FitResult, term: Node) -> ComplexArray:
    tape = compile_tape(term)
    values = np.array([fit.estimates[name].value for name in tape.names])
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return evaluate(tape, 2 * np.pi * _FREQUENCY, values)


def _is_arc(Z: ComplexArray) -> bool:
    """Return whether `Z` ends in a resistance at low frequency without being one throughout."""
    if not np.all(np.isfinite(Z)) or Z[0].real <= 0 or np.max(-Z.imag) < 1e-3 * Z[0].real:
        return False
    return bool(_FREQUENCY[np.argmax(-Z.imag)] > _SLOWEST_ARC and -Z[0].imag < 0.05 * Z[0].real)


def _owner(fit: FitResult, term: Node) -> str:
    """Return the process that the elements of `term` belong to."""
    names = {element.name for element in elements_of(term)}
    for name, process in fit.model.processes.items():
        if names & {element.name for element in elements_of(process.tree)}:
            return name
    return ""


_AXES = {
    "temperature": ("Temperature (°C)", 1.0, -ZERO_CELSIUS),
    "bias": ("Bias (V)", 1.0, 0.0),
    "state_of_charge": ("State of charge (%)", 100.0, 0.0),
    "pressure": ("Pressure (MPa)", 1e-6, 0.0),
    "thickness": ("Thickness (mm)", 1e3, 0.0),
}
_TIMES = ((432000.0, 86400.0, "d"), (7200.0, 3600.0, "h"), (120.0, 60.0, "min"))
"""From which longest time on, in s, and the unit with its seconds."""


def time_unit(longest: float) -> tuple[float, str]:
    """Return the seconds of the unit in which `longest` s reads well, and its name.

    Examples
    --------
    >>> time_unit(90.0), time_unit(5400.0), time_unit(86400.0), time_unit(30 * 86400.0)
    ((1.0, 's'), (60.0, 'min'), (3600.0, 'h'), (86400.0, 'd'))
    """
    for least, seconds, name in _TIMES:
        if longest > least:
            return seconds, name
    return 1.0, "s"


def coordinate_of(series: Series) -> tuple[str, FloatArray]:
    """Return the name of a series' coordinate with its unit, and its values in that unit."""
    values = series.values
    if series.coordinate == "time":
        seconds, unit = time_unit(float(values.max()))
        return f"Time ({unit})", values / seconds
    words = series.coordinate.replace("_", " ").capitalize()
    label, factor, offset = _AXES.get(series.coordinate, (words, 1.0, 0.0))
    return label, values * factor + offset
