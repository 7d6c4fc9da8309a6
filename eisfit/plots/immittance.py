"""Complex capacitance, permittivity, modulus and conductivity: other views of an impedance."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.constants import VACUUM_PERMITTIVITY
from eisfit.data.geometry import Geometry

Quantity: TypeAlias = Literal["capacitance", "permittivity", "modulus", "conductivity"]
"""C* = 1/(jωZ), ε* = C*/C₀, M* = 1/ε*, σ* = (l/A)/Z."""


@dataclass(frozen=True, slots=True)
class Words:
    """Names of both parts of a quantity, and their unit; empty where it is a number."""

    real: str
    imaginary: str
    unit: str

    def label(self, name: str, power: str = "") -> str:
        """Return the label of an axis, whose numbers stand for a `power` of ten."""
        unit = " ".join(part for part in (power, self.unit) if part)
        return f"{name} ({unit})" if unit else name


_WORDS = MappingProxyType(
    {
        "capacitance": Words("C′", "C″", "F"),
        "permittivity": Words("ε′", "ε″", ""),
        "modulus": Words("M′", "M″", ""),
        "conductivity": Words("σ′", "σ″", "S cm⁻¹"),
    }
)
_PER_FARAD = Words("M′/C₀", "M″/C₀", "F⁻¹")


def empty_capacitance(geometry: Geometry) -> float:
    r"""Return the capacitance in F of the empty cell.

    .. math:: C_0 = \varepsilon_0 A / l

    Examples
    --------
    >>> f"{empty_capacitance(Geometry(thickness=1e-3, area=1e-4)):.4g}"
    '8.854e-13'
    """
    return VACUUM_PERMITTIVITY / geometry.cell_constant


def immittance(
    frequency: FloatArray, Z: ComplexArray, quantity: Quantity, geometry: Geometry | None = None
) -> ComplexArray:
    r"""Return another form of an impedance, both of whose parts are positive for a passive sample.

    .. math::

        C^* = \frac{1}{j\omega Z} = C' - jC'', \quad
        \varepsilon^* = \frac{C^*}{C_0} = \varepsilon' - j\varepsilon'', \quad
        M^* = j\omega C_0 Z = M' + jM'', \quad
        \sigma^* = \frac{l}{A Z} = \sigma' + j\sigma''

    Parameters
    ----------
    frequency : ndarray, shape (k,)
        Hz.
    Z : ndarray of complex, shape (k,)
        Ω; not 0.
    quantity : {"capacitance", "permittivity", "modulus", "conductivity"}
    geometry : Geometry, optional
        Permittivity and conductivity need it. The modulus without it is M*/C₀ = jωZ in 1/F.

    Returns
    -------
    ndarray of complex, shape (k,)
        C' + jC'' in F (the loss C'' with the sign of the losses), ε' + jε'', M' + jM'', or
        σ' + jσ'' in S/cm. Where the sample is inductive, C' and σ'' are below 0.

    Raises
    ------
    ValueError
        Where the quantity needs a geometry and has none.

    References
    ----------
    Macedo, Moynihan & Bose, Phys. Chem. Glasses 13 (1972) 171 (the modulus; not verified).
    Irvine, Sinclair & West, Adv. Mater. 2 (1990) 132, doi:10.1002/adma.19900020304.

    Examples
    --------
    >>> omega = 2 * np.pi * 1e3
    >>> C = immittance(np.array([1e3]), np.array([1 / (1j * omega * 1e-9)]), "capacitance")
    >>> f"{C[0].real:.3g}"
    '1e-09'
    """
    omega = 2 * np.pi * np.asarray(frequency)
    if quantity == "modulus":
        empty = 1.0 if geometry is None else empty_capacitance(geometry)
        return np.asarray(1j * omega * empty * Z)
    if quantity == "capacitance":
        return np.asarray(np.conj(1 / (1j * omega * Z)))
    if geometry is None:
        raise ValueError(
            f"the {quantity} needs thickness and area of the sample, which are not known; give a "
            "geometry, or draw the capacitance or the modulus"
        )
    if quantity == "permittivity":
        return np.asarray(np.conj(1 / (1j * omega * Z)) / empty_capacitance(geometry))
    return np.asarray(geometry.cell_constant / Z / 100)


def words_of(quantity: Quantity, geometry: Geometry | None) -> Words:
    """Return what the axes of a quantity are called.

    Examples
    --------
    >>> words = words_of("modulus", None)
    >>> words.label(words.imaginary)
    'M″/C₀ (F⁻¹)'
    """
    return _PER_FARAD if quantity == "modulus" and geometry is None else _WORDS[quantity]
