"""Laws of conductivity over temperature: Arrhenius, Vogel–Fulcher–Tammann, two pieces with a break.

All are linear in their parameters once the bend (T0, or the temperature of the break) is chosen:
ln R = ln T + basis θ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from uncertainties import UFloat, ufloat

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import BOLTZMANN_EV

Name: TypeAlias = Literal["arrhenius", "vft", "break"]

WORDS: Mapping[Name, str] = {
    "arrhenius": "Arrhenius",
    "vft": "Vogel–Fulcher–Tammann",
    "break": "two Arrhenius lines with a break",
}

BENT: Mapping[Name, int] = {"vft": 3, "break": 4}
"""Laws with a bend, and how many parameters they have."""


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """A law of σT over temperature, fitted.

    Parameters
    ----------
    name : {"arrhenius", "vft", "break"}
    bend : float
        T0 of VFT, or the temperature of the break, in K; not used by Arrhenius.
    theta : ndarray, shape (q,)
        Of `basis`.
    covariance : ndarray, shape (q + 1, q + 1)
        Of θ and the bend; shape (q, q) for Arrhenius.
    middle : float
        K; where the basis is centred.
    ln_cell : float
        ln of l/A in 1/cm.
    why : str
        Why this law and no other.
    """

    name: Name
    bend: float
    theta: FloatArray
    covariance: FloatArray
    middle: float
    ln_cell: float
    why: str = ""

    def log_sigma_T(self, temperature: FloatArray | float) -> tuple[FloatArray, FloatArray]:
        """Return ln(σT), σ in S/m, and its standard error at temperatures in K."""
        T = np.atleast_1d(np.asarray(temperature, dtype=np.float64))
        along_theta, along_all = self._slopes(T)
        spread = np.sqrt(np.einsum("iq,qr,ir->i", along_all, self.covariance, along_all))
        shape = np.shape(temperature)
        return (self.ln_cell - along_theta @ self.theta).reshape(shape), spread.reshape(shape)

    def activation_energy(self, temperature: float) -> UFloat:
        """Return the apparent activation energy in eV, -d ln(σT)/d(1/kT), at a temperature in K."""
        slope = self.energy_slopes(temperature)
        value = float(slope[: len(self.theta)] @ self.theta)
        return ufloat(value, float(np.sqrt(slope @ self.covariance @ slope)))

    def energy_slopes(self, temperature: float) -> FloatArray:
        """Return the slopes of the apparent activation energy along θ and the bend, eV each."""
        h = 1e-3 * temperature
        T = np.array([temperature - h, temperature + h])
        _, full = self._slopes(T)
        slope: FloatArray = np.diff(full, axis=0)[0] / np.diff(1 / (BOLTZMANN_EV * T))[0]
        return slope

    def _slopes(self, T: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the slopes of ln(R/T) along θ, and along θ and the bend."""
        along_theta = basis(self.name, T, self.bend, self.middle)
        along = tangent(self.name, T, self.bend, self.theta, self.middle)
        return along_theta, np.concatenate([along_theta, along], axis=1)

    @property
    def parameters(self) -> dict[str, UFloat]:
        """The law's own parameters: E in eV, B and T0 in K, the temperature of the break in K."""
        sd = np.sqrt(np.diagonal(self.covariance))
        if self.name == "vft":
            return {"B_K": ufloat(self.theta[1], sd[1]), "T0_K": ufloat(self.bend, sd[2])}
        if self.name == "break":
            both = np.sqrt(
                self.covariance[1, 1] + self.covariance[2, 2] + 2 * self.covariance[1, 2]
            )
            return {
                "activation_energy_warm_eV": ufloat(self.theta[1], sd[1]),
                "activation_energy_cold_eV": ufloat(self.theta[1] + self.theta[2], float(both)),
                "break_K": ufloat(self.bend, sd[3]),
            }
        return {"activation_energy_eV": ufloat(self.theta[1], sd[1])}


def basis(name: Name, T: FloatArray, bend: float, middle: float) -> FloatArray:
    """Return the functions of temperature that add up to ln(R/T), shape (m, q).

    Parameters
    ----------
    name : {"arrhenius", "vft", "break"}
    T : ndarray, shape (m,)
        K.
    bend : float
        K.
    middle : float
        K; functions are 0 there, so that parameters are hardly correlated.
    """
    one, x = np.ones_like(T), 1 / (BOLTZMANN_EV * T)
    x0 = 1 / (BOLTZMANN_EV * middle)
    if name == "vft":
        return np.stack([one, 1 / (T - bend) - 1 / (middle - bend)], axis=1)
    if name == "break":
        return np.stack([one, x - x0, np.maximum(x - 1 / (BOLTZMANN_EV * bend), 0.0)], axis=1)
    return np.stack([one, x - x0], axis=1)


def tangent(name: Name, T: FloatArray, bend: float, theta: FloatArray, middle: float) -> FloatArray:
    """Return the slope of ln(R/T) along the bend, shape (m, 1); (m, 0) for Arrhenius."""
    if name == "vft":
        slope: FloatArray = theta[1] * (1 / (T - bend) ** 2 - 1 / (middle - bend) ** 2)
        return slope[:, None]
    if name == "break":
        x, xb = 1 / (BOLTZMANN_EV * T), 1 / (BOLTZMANN_EV * bend)
        return np.where(x > xb, theta[2] / (BOLTZMANN_EV * bend**2), 0.0)[:, None]
    return np.zeros((len(T), 0))


def bends(name: Name, T: FloatArray) -> tuple[float, float] | None:
    """Return between which temperatures a bend is searched, None where there are too few."""
    distinct = np.unique(np.round(T, 1))
    if name == "vft" and len(distinct) >= 5:
        return 1.0, float(distinct[0]) - 10.0
    if name == "break" and len(distinct) >= 6:
        return float(distinct[2]), float(distinct[-3])
    return None
