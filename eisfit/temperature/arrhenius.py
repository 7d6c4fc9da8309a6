"""Activation energies: straight lines of ln σT and ln σ over 1/T, with errors and covariance."""

from __future__ import annotations

from dataclasses import dataclass

from uncertainties import UFloat

from eisfit.arrays import BoolArray, FloatArray
from eisfit.findings import Finding


@dataclass(frozen=True, slots=True, eq=False)
class ArrheniusResult:
    """The Arrhenius line of one process.

    σT = A exp(-E_a/kT), form ``"ln_sigma_T"``. Without geometry the conductance 1/R takes σ's place.

    Parameters
    ----------
    process : str
        ``"bulk"``, ``"grain_boundary"`` …, or ``"total"``.
    activation_energy, activation_energy_ln_sigma : UFloat
        eV, for the forms σT and σ.
    ci95 : tuple of float, optional
        95 % interval of `activation_energy` in eV; None under 4 temperatures.
    ln_prefactor : UFloat
        ln A, with A in S K/cm (S K without geometry).
    covariance : ndarray, shape (2, 2)
        Of (ln A, E_a).
    temperature, conductivity, stderr : ndarray, shape (m,)
        The points: K; S/cm (S without geometry); standard error of the latter without the
        common error of the geometry.
    used : ndarray of bool, shape (m,)
        Which points took part.
    has_geometry : bool
        Whether `conductivity` is in S/cm (else it is a conductance in S).
    scatter : float
        Standard deviation of ln σT about the line beyond the fits' errors.
    relative_geometry_error : float
        Common relative error of l/A: moves σ, never E_a.
    findings : tuple of Finding
    """

    process: str
    activation_energy: UFloat
    activation_energy_ln_sigma: UFloat
    ci95: tuple[float, float] | None
    ln_prefactor: UFloat
    covariance: FloatArray
    temperature: FloatArray
    conductivity: FloatArray
    stderr: FloatArray
    used: BoolArray
    has_geometry: bool
    scatter: float = 0.0
    relative_geometry_error: float = 0.0
    method: str = "separate"
    form: str = "ln_sigma_T"
    findings: tuple[Finding, ...] = ()

    def conductivity_at(self, temperature: FloatArray | float) -> tuple[FloatArray, FloatArray]:
        """Return σ of the line and its standard error, S/cm, at `temperature` in K.

        The error holds the covariance of prefactor and activation energy and the geometry's error.
        """
        raise NotImplementedError
