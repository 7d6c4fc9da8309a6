"""The Mott-Schottky plot: 1/C² of a depleted layer over dc bias, and whether it is a straight line.

Model-dependent: one flat profile of immobile charge, no states at the interface, and a capacitance
that is the layer's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import fdtrc
from uncertainties import UFloat, nominal_value

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import BOLTZMANN_EV, ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY
from eisfit.base.findings import Finding
from eisfit.base.values import to_correlated_ufloats
from eisfit.data.geometry import Geometry
from eisfit.processes.physics.whitening import whitening

FEWEST_BIASES = 4
"""A line through three points leaves its straightness untested."""

_BENT = 0.01  # probability of as much curvature by chance, below which 1/C² is not linear
_LEAST_SLOPE = 3.0  # standard errors


@dataclass(frozen=True, slots=True)
class DepletionResult:
    """The result of a straight Mott-Schottky plot.

    Parameters
    ----------
    carrier_density : UFloat
        Of the immobile charge that depletion lays bare, in 1/m³ (1e6 of them are 1 cm⁻³).
    flat_band_potential : UFloat
        V. Both know their common errors: ``uncertainties.covariance_matrix`` has them.
    mobile_charge : {"positive", "negative"}
        Sign of the depleted carrier: negative where 1/C² rises with the bias of the depleted
        material against the other side.
    curvature_probability : float
        Probability that chance bends a straight line as much; small where it is none.
    findings : tuple of Finding
        ``mott_schottky_not_linear`` where the probability is below 1 %.
    """

    carrier_density: UFloat
    flat_band_potential: UFloat
    mobile_charge: Literal["positive", "negative"]
    curvature_probability: float
    findings: tuple[Finding, ...] = ()


def mott_schottky_plot(
    bias: Sequence[float] | FloatArray,
    capacitance: Sequence[UFloat],
    permittivity: UFloat | float,
    temperature: float,
    geometry: Geometry,
    z: int = 1,
) -> DepletionResult:
    r"""Return carrier density and flat-band potential from 1/C² over bias.

    .. math:: \frac{A^2}{C^2} = \frac{2}{z e \varepsilon N} \left(\pm (V - V_{fb}) -
        \frac{kT}{ze}\right)

    Generalised least squares with the covariance of the capacitances; errors grow where the points
    scatter by more than these. The line is tested against a parabola (F test).

    Parameters
    ----------
    bias : array-like, shape (k,)
        V, of the depleted material against the other side.
    capacitance : sequence of UFloat, shape (k,)
        F, of the depleted layer alone, each with its error.
    permittivity : UFloat or float
        ε_r of the layer.
    temperature : float
        K.
    geometry : Geometry
        Only its area counts.
    z : int
        Charge number of the carrier.

    Raises
    ------
    ValueError
        Under four different biases, where a capacitance is no number above zero or has no error,
        or where 1/C² does not change with bias beyond its error.

    References
    ----------
    Gelderman, Lee & Donne, J. Chem. Educ. 84 (2007) 685, doi:10.1021/ed084p685 (not verified).

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> cell = Geometry(thickness=1e-3, area=1e-4)
    >>> V = [0.1, 0.2, 0.3, 0.4, 0.5]
    >>> C = [ufloat(c, 0.01 * c) * 1e-7 for c in (2.853, 2.274, 1.947, 1.729, 1.572)]
    >>> plot = mott_schottky_plot(V, C, 20.0, 298.15, cell)
    >>> print(f"{plot.carrier_density:.1u} 1/m³, {plot.flat_band_potential:.1u} V")
    (1.00+/-0.02)e+23 1/m³, -0.100+/-0.006 V
    """
    V = np.asarray(bias, dtype=np.float64)
    _check(V, capacitance)
    inverse_square = [1 / C**2 for C in capacitance]
    y = np.array([nominal_value(value) for value in inverse_square])
    scale = float(np.mean(y))
    whiten = whitening(inverse_square)
    powers = whiten @ np.vander(V, 3, increasing=True) * scale
    target = whiten @ y
    line, line_square = _least_squares(powers[:, :2], target)
    _, parabola_square = _least_squares(powers, target)
    left = len(V) - 3
    F = (line_square - parabola_square) / max(
        parabola_square / left, 1e-20 * float(target @ target)
    )
    probability = float(fdtrc(1, left, max(F, 0.0)))
    widening = max(1.0, line_square / (len(V) - 2))
    curvature = powers[:, :2].T @ powers[:, :2]
    covariance = np.asarray(np.linalg.inv(curvature) * widening, dtype=np.float64)
    error = float(np.sqrt(covariance[1, 1]))
    if not abs(line[1]) > _LEAST_SLOPE * error:
        raise ValueError(
            f"1/C² changes with bias by {line[1] * scale:.2g} ± {error * scale:.2g} 1/(F² V). "
            "This is within its error: the carrier density is not determined; use a wider "
            "range of biases"
        )
    intercept, slope = to_correlated_ufloats([float(v) for v in line], covariance)
    sign = 1 if line[1] > 0 else -1
    area = geometry.uncertain_area
    charge = z * ELEMENTARY_CHARGE * permittivity * VACUUM_PERMITTIVITY
    return DepletionResult(
        carrier_density=2 / (charge * area**2 * scale * slope * sign),
        flat_band_potential=-intercept / slope - sign * BOLTZMANN_EV * temperature / z,
        mobile_charge="negative" if sign > 0 else "positive",
        curvature_probability=probability,
        findings=_bent(probability),
    )


def _check(V: FloatArray, capacitance: Sequence[UFloat]) -> None:
    if V.ndim != 1 or len(V) != len(capacitance):
        raise ValueError(f"{V.size} biases and {len(capacitance)} capacitances; give one for each")
    if not np.all(np.isfinite(V)) or len(np.unique(V)) < FEWEST_BIASES:
        raise ValueError(
            f"{len(np.unique(V))} different biases; a Mott-Schottky plot needs at least "
            f"{FEWEST_BIASES}, and all biases must be numbers"
        )
    for v, C in zip(V, capacitance, strict=True):
        stderr = getattr(C, "std_dev", 0.0)
        if not (0 < nominal_value(C) < np.inf and 0 < stderr < np.inf):
            raise ValueError(f"the capacitance at {v:g} V is {C}; give one above 0 with its error")


def _least_squares(X: FloatArray, y: FloatArray) -> tuple[FloatArray, float]:
    """Return the coefficients and the sum of squares that they leave."""
    beta = np.asarray(np.linalg.lstsq(X, y, rcond=None)[0], dtype=np.float64)
    r = y - X @ beta
    return beta, float(r @ r)


def _bent(probability: float) -> tuple[Finding, ...]:
    if probability >= _BENT:
        return ()
    text = (
        f"1/C² is not linear in the bias (p = {probability:.1g} for such a curvature by chance): "
        "the immobile charge is not uniform, or another capacitance contributes; carrier density "
        "and flat-band potential do not describe one layer"
    )
    return (Finding("mott_schottky_not_linear", "warning", text),)
