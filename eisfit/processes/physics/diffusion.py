"""Chemical diffusion coefficients and the storage behind a Warburg impedance.

All are chemical diffusion coefficients, of ions and electrons together, along one dimension through
a flat film of one phase; in a two-phase region they have no meaning.
"""

from __future__ import annotations

from uncertainties import UFloat

from eisfit.data.geometry import Geometry

FARADAY = 96485.33212
"""Faraday constant in C/mol (CODATA 2018)."""


def chemical_diffusion_coefficient(tau: UFloat, thickness: UFloat) -> UFloat:
    """Return D = L²/τ in m²/s, of a finite Warburg impedance (1e-4 of it is 1 cm²/s).

    Parameters
    ----------
    tau : UFloat
        τ in s of the elements Ws, Wo, Wsg or Wog.
    thickness : UFloat
        L in m: of the film where the far end reflects (Wo, nothing leaves at the current
        collector) or lets all through (Ws); half of it where ions enter from both sides.

    References
    ----------
    Ho, Raistrick & Huggins, J. Electrochem. Soc. 127 (1980) 343, doi:10.1149/1.2129668.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> D = chemical_diffusion_coefficient(ufloat(10, 0.1), ufloat(1e-6, 5e-8))
    >>> f"{D:.1u} m²/s"
    '(1.0+/-0.1)e-13 m²/s'
    """
    return thickness**2 / tau


def limiting_capacitance(R: UFloat, tau: UFloat) -> UFloat:
    """Return C = τ/R in F, the low-frequency capacitance of a finite-space Warburg (Wo).

    It is the chemical (pseudo-)capacitance of the whole film, n F A L c/|dE/dx|. Where the window
    ends before the spike stands upright, only τ/R² is determined, and not C. `R` in Ω, `tau` in s.

    References
    ----------
    As of `chemical_diffusion_coefficient`.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> limiting_capacitance(ufloat(100, 0.1), ufloat(10, 0.1))
    0.1+/-0.001...
    """
    return tau / R


def chemical_diffusion_coefficient_from_warburg(
    W: UFloat,
    dE_dx: UFloat | float,
    concentration: UFloat | float,
    geometry: Geometry,
    n: int = 1,
) -> UFloat:
    r"""Return D in m²/s of a semi-infinite Warburg impedance Z = W (1 - j)/√ω.

    .. math:: D = \frac{1}{2} \left(\frac{dE/dx}{n F A c W}\right)^2

    It stands on the stated dE/dx, c and area, all squared; with a film so thick that the finite
    Warburg can be fitted, `chemical_diffusion_coefficient` needs none of them.

    Parameters
    ----------
    W : UFloat
        Warburg coefficient in Ω s^(-1/2).
    dE_dx : UFloat or float
        Slope of the open-circuit potential over the composition x, in V, at this composition.
    concentration : UFloat or float
        c in mol/m³ of formula units, one over the molar volume: the guest's at x = 1.
    geometry : Geometry
        Only its area counts.
    n : int
        Charges of the guest ion.

    References
    ----------
    Ho, Raistrick & Huggins, J. Electrochem. Soc. 127 (1980) 343, doi:10.1149/1.2129668.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> cell = Geometry(thickness=1e-6, area=1e-4)
    >>> D = chemical_diffusion_coefficient_from_warburg(ufloat(20, 0.2), -0.5, 5e4, cell)
    >>> f"{D:.1u} m²/s"
    '(1.34+/-0.03)e-15 m²/s'
    """
    return (dE_dx / (n * FARADAY * geometry.uncertain_area * concentration * W)) ** 2 / 2
