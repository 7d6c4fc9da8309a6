"""Impedance from the two quantities that an impedance analyzer or LCR meter was set to show.

Polar      Z = |Z| exp(jθz)          Y = 1/Z = |Y| exp(jθy)
Series     Z = R + jX                X = ωLs = -1/(ωCs)      R = Rs = D|X| = |X|/Q
Parallel   1/Z = G + jB              B = ωCp = -1/(ωLp)      G = 1/Rp = D|B| = |B|/Q

One quantity of the reactive part and one of the resistive part of the same circuit determine Z.
|Z| with R, X, C, L, D or Q does not: the sign of the other part is not known. D and Q are taken as
the makers define them, above zero for a passive sample whether it is a capacitor or an inductor.

The definitions are those of the Keysight E4980A/AL User's Guide, "Impedance Parameters".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from math import pi
from typing import TypeAlias

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_spectra
from eisfit.readers.header import Header
from eisfit.readers.tables.columns import PLAIN
from eisfit.readers.tables.table import Rows
from eisfit.readers.text import Source

Pair: TypeAlias = tuple[str, str]

ADVICE = "choose R-X or |Z|-θ as the measurement parameter and save the file again"

_OVERLOAD = 9e37  # what such instruments write where they could not measure
_ALIKE = {
    "|z|": "|Z|", "θz": "θz", "thetaz": "θz", "tz": "θz", "|y|": "|Y|", "θy": "θy",
    "thetay": "θy", "ty": "θy", "r": "R", "rs": "R", "zreal": "R", "x": "X", "zimag": "X",
    "g": "G", "yreal": "G", "b": "B", "yimag": "B", "rp": "Rp", "cs": "Cs", "cp": "Cp",
    "ls": "Ls", "lp": "Lp", "d": "D", "q": "Q",
}  # fmt: skip

_Formula: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
_REACTANCE: dict[str, _Formula] = {
    "X": lambda omega, x: x,
    "Ls": lambda omega, x: omega * x,
    "Cs": lambda omega, x: -1 / (omega * x),
}
_SUSCEPTANCE: dict[str, _Formula] = {
    "B": lambda omega, x: x,
    "Cp": lambda omega, x: omega * x,
    "Lp": lambda omega, x: -1 / (omega * x),
}
_LOSS: dict[str, _Formula] = {
    "D": lambda reactive, x: np.abs(reactive) * x,
    "Q": lambda reactive, x: np.abs(reactive) / x,
}
_RESISTANCE: dict[str, _Formula] = {"R": lambda reactive, x: x, **_LOSS}
_CONDUCTANCE: dict[str, _Formula] = {
    "G": lambda reactive, x: x,
    "Rp": lambda reactive, x: 1 / x,
    **_LOSS,
}
_POLAR: tuple[Pair, ...] = (("|Z|", "θz"), ("|Y|", "θy"))
_DIRECT: tuple[Pair, ...] = (("R", "X"), _POLAR[0], ("G", "B"), _POLAR[1])
_PAIRS: tuple[Pair, ...] = (
    *_DIRECT,
    *((resistive, reactive) for reactive in _REACTANCE for resistive in _RESISTANCE),
    *((resistive, reactive) for reactive in _SUSCEPTANCE for resistive in _CONDUCTANCE),
)


def quantity_name(name: str) -> str:
    """Return the one name of a quantity, empty where it is not known.

    Examples
    --------
    >>> quantity_name("theta-z"), quantity_name("Z-Real"), quantity_name("LS"), quantity_name("Vac")
    ('θz', 'R', 'Ls', '')
    """
    return _ALIKE.get(re.sub(r"[\s_-]", "", name).lower(), "")


def determining_pair(names: Collection[str]) -> Pair | None:
    """Return the two of some quantities from which Z is computed best, None where none are.

    Examples
    --------
    >>> determining_pair({"Cp", "D"}), determining_pair({"|Z|", "Cs"})
    (('D', 'Cp'), None)
    """
    return next((pair for pair in _PAIRS if pair[0] in names and pair[1] in names), None)


def impedance(
    pair: Pair, frequency: FloatArray, first: FloatArray, second: FloatArray
) -> ComplexArray:
    r"""Return the impedance that two quantities determine.

    Parameters
    ----------
    pair : (str, str)
        As `determining_pair` gives it.
    frequency : ndarray, shape (k,)
        Hz.
    first, second : ndarray, shape (k,)
        Of the pair, in Ω, S, F, H and rad.

    Returns
    -------
    ndarray of complex, shape (k,)
        Ω; not finite where the two give none, such as Rp = 0.

    References
    ----------
    Keysight E4980A/AL User's Guide, "Impedance Parameters".

    Examples
    --------
    >>> z = impedance(("Rp", "Cp"), np.array([1e3]), np.array([1e3]), np.array([1e-6]))
    >>> np.allclose(z, 1 / (1e-3 + 2j * np.pi * 1e3 * 1e-6))
    True
    """
    omega = 2 * pi * frequency
    result = np.empty(len(frequency), dtype=complex)
    with np.errstate(all="ignore"):
        if pair in _POLAR:
            sign = 1.0 if pair == _POLAR[0] else -1.0
            magnitude = first if pair == _POLAR[0] else 1 / first
            result.real, result.imag = magnitude * np.cos(second), sign * magnitude * np.sin(second)
        elif pair[1] in _REACTANCE:
            result.imag = _REACTANCE[pair[1]](omega, second)
            result.real = _RESISTANCE[pair[0]](result.imag, first)
        else:
            result.imag = _SUSCEPTANCE[pair[1]](omega, second)
            result.real = _CONDUCTANCE[pair[0]](result.imag, first)
            result = np.where(np.isfinite(result), 1 / result, np.nan)
    return result


def build_from_pair(
    source: Source, rows: Rows, pair: Pair, headings: tuple[str, ...], header: Header
) -> list[Spectrum]:
    """Return the spectra of a table of frequency and two quantities.

    Parameters
    ----------
    source : Source
        The file.
    rows : Rows
        Frequency in Hz and the two of the pair, as `impedance` takes them.
    pair : (str, str)
        As `determining_pair` gives it.
    headings : tuple of str
        The columns as they stood in the file.
    header : Header
        What the file says outside of the table.

    Raises
    ------
    ReadError
        Where no sweep has three usable points.
    """
    frequency, first, second = rows.values.T
    z = impedance(pair, frequency, first, second)
    overload = np.any(np.abs(rows.values) >= _OVERLOAD, axis=1)
    problems = dict(rows.problems)
    for row in np.flatnonzero((overload | ~np.isfinite(z)) & (frequency > 0)):
        values = f"{pair[0]} = {first[row]:g} and {pair[1]} = {second[row]:g}"
        problems.setdefault(int(row), f"{values} give no impedance")
    findings = header.findings
    if pair not in _DIRECT:
        text = f"Z is computed from {pair[1]} and {pair[0]}"
        findings = (*findings, source.finding("impedance_computed", "info", text))
    spectra = build_spectra(
        source,
        replace(PLAIN, headings=headings),
        replace(rows, values=np.column_stack([frequency, z.real, z.imag]), problems=problems),
        replace(header, findings=findings),
    )
    if pair not in _POLAR:
        return spectra
    return [s.with_(provenance=replace(s.provenance, sign_convention="phase")) for s in spectra]
