"""Correction of spectra for leads and stray paths, by the fixture measured shorted and open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import BoolArray, ComplexArray, FloatArray
from eisfit.base.errors import SpectrumError
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum

_ROUNDING = 1.01  # frequencies this much above the highest of the fixture still count as within
_SMALL = 0.2  # of what was measured: a result smaller than that is a difference of like numbers
_BEYOND = "the fixture was not measured at this frequency"


@dataclass(frozen=True, slots=True, eq=False)
class Fixture:
    """What was measured of a fixture without the sample.

    Parameters
    ----------
    short : Spectrum, optional
        Contacts put together: the impedance of leads and contacts.
    open : Spectrum, optional
        Contacts apart, at the distance that the sample gives: the stray admittance.

    Raises
    ------
    SpectrumError
        Where neither is given.
    """

    short: Spectrum | None = None
    open: Spectrum | None = None

    def __post_init__(self) -> None:
        if self.short is None and self.open is None:
            raise SpectrumError("a fixture needs a measurement of it, shorted or open")


def remove_fixture(spectrum: Spectrum, fixture: Fixture) -> Spectrum:
    r"""Return a spectrum without the fixture; what was measured stays beside it.

    .. math::

        Z = \frac{Z_\mathrm{m} - Z_\mathrm{short}}
                 {1 - (Z_\mathrm{m} - Z_\mathrm{short}) / (Z_\mathrm{open} - Z_\mathrm{short})}

    or the numerator alone where the fixture was not measured open; without a short,
    :math:`Z_\mathrm{short} = 0`. Between the frequencies of the fixture its series resistance and
    inductance, and its stray capacitance and loss, are interpolated over ln f; below the lowest
    they keep their last values; points above the highest are left out.

    Parameters
    ----------
    spectrum : Spectrum
    fixture : Fixture

    Returns
    -------
    Spectrum
        With `measured`, and findings where little is left after the compensation.

    Raises
    ------
    SpectrumError
        Where no point lies within the frequencies of the fixture, or nothing is left of any.

    References
    ----------
    Keysight Technologies, Impedance Measurement Handbook, 6th edition, section 4 (open and short
    compensation).

    Examples
    --------
    >>> f = np.logspace(6, 0, 7)
    >>> lead = 1 + 2j * np.pi * f * 1e-6
    >>> sample = 10 / (1 + 2j * np.pi * f * 1e-6)
    >>> without = remove_fixture(Spectrum(f, sample + lead), Fixture(short=Spectrum(f, lead)))
    >>> bool(np.allclose(without.impedance, sample))
    True
    """
    f, Z = spectrum.frequency, spectrum.impedance
    known = np.isfinite(f) & (f > 0)
    within = np.where(known, f, 1.0)
    parts = [s for s in (fixture.short, fixture.open) if s is not None]
    highest = min(float(s.kept[0][0]) for s in parts)
    short: ComplexArray = np.zeros(len(f), dtype=np.complex128)
    if fixture.short is not None:
        short = _series_path(fixture.short, within)
    rest = Z - short
    stray: ComplexArray = np.zeros(len(f), dtype=np.complex128)
    if fixture.open is not None:
        stray = rest * _stray_path(fixture.open, fixture.short, within)
    with np.errstate(divide="ignore", invalid="ignore"):
        without = rest / (1 - stray)
    beyond = known & (f > highest * _ROUNDING)
    lost = known & (~np.isfinite(without) | (without == 0))
    if np.all(lost | spectrum.mask):
        raise SpectrumError(
            f"{spectrum.label}: no impedance is left after the fixture is subtracted"
        )
    if np.all(beyond | lost | spectrum.mask):
        raise SpectrumError(
            f"{spectrum.label}: all points lie above {highest:.4g} Hz, the highest frequency at "
            "which the fixture was measured"
        )
    out = spectrum.masked(beyond, _BEYOND).masked(
        lost, "no impedance is left after the fixture is subtracted"
    )
    out = out.with_(impedance=np.where(known, without, Z), measured=spectrum.impedance)
    findings = _findings(out, rest, stray, beyond)
    return out.with_(findings=(*spectrum.findings, *findings))


def _series_path(short: Spectrum, frequency: FloatArray) -> ComplexArray:
    """Return the impedance of the leads: R and L over ln f."""
    f, Z = short.kept
    L = Z.imag / (2 * np.pi * f)
    out: ComplexArray = _interpolate(frequency, f, Z.real) + 2j * np.pi * frequency * _interpolate(
        frequency, f, L
    )
    return out


def _stray_path(apart: Spectrum, short: Spectrum | None, frequency: FloatArray) -> ComplexArray:
    """Return the stray admittance: capacitance and loss, Y/(jω), over ln f."""
    f, Z = apart.kept
    leads = _series_path(short, f) if short is not None else np.zeros(len(f))
    C = 1 / (2j * np.pi * f * (Z - leads))
    whole = _interpolate(frequency, f, C.real) + 1j * _interpolate(frequency, f, C.imag)
    out: ComplexArray = 2j * np.pi * frequency * whole
    return out


def _interpolate(at: FloatArray, frequency: FloatArray, values: ArrayLike) -> FloatArray:
    """Return values over ln f, linear between those known and constant beyond them."""
    known = np.asarray(values, dtype=np.float64)[::-1]
    return np.interp(np.log(at), np.log(frequency[::-1]), known)


def _findings(
    spectrum: Spectrum, rest: ComplexArray, stray: ComplexArray, beyond: BoolArray
) -> list[Finding]:
    """Return findings: where little is left, and points that could not be corrected."""
    out, use = [], ~spectrum.mask
    measured = spectrum.measured if spectrum.measured is not None else spectrum.impedance
    for code, little, what in (
        (
            "lead_dominates",
            np.abs(rest) < _SMALL * np.abs(measured),
            "the leads of the fixture are",
        ),
        ("stray_dominates", np.abs(1 - stray) < _SMALL, "the stray admittance of the fixture is"),
    ):
        points = spectrum.frequency[use & little]
        if len(points):
            text = (
                f"{spectrum.label}: from {points.min():.4g} to {points.max():.4g} Hz, less than "
                f"{100 * _SMALL:.0f} % is left after {what} subtracted; there a small error of "
                "the fixture is a large error of the sample"
            )
            out.append(Finding(code, "warning", text))
    if np.any(beyond):
        text = (
            f"{spectrum.label}: {int(beyond.sum())} points above the highest frequency at which "
            "the fixture was measured are left out"
        )
        out.append(Finding("fixture_not_measured", "info", text))
    return out
