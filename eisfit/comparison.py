"""Measured against literature, in like terms, with the tolerance the field's scatter justifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One quantity measured and in the literature.

    Parameters
    ----------
    process : str
        ``"bulk"``, ``"grain_boundary"``, ``"total"`` …
    quantity : str
        ``"conductivity_S_cm"``, ``"activation_energy_eV"``, ``"area_resistance_ohm_cm2"``.
    measured, measured_stderr : float, optional
        In the unit that `quantity` names, at the reference's temperature.
    reference_value : float
        As published.
    reference_id, citation, doi : str
        Where from.
    form : str
        For an activation energy ``"ln_sigma_T"``, ``"ln_sigma"`` or ``"not stated"``; else empty.
    temperature : float, optional
        K, at which a conductivity is compared.
    difference : float, optional
        Measured minus reference in eV; measured over reference for the others.
    tolerance : float
        Largest difference in eV, or largest factor, that counts as agreement.
    verdict : {"agrees", "differs", "not_comparable"}
    why : str
        The verdict in words.
    """

    process: str
    quantity: str
    measured: float | None
    measured_stderr: float | None
    reference_value: float
    reference_id: str
    citation: str
    doi: str
    form: str
    temperature: float | None
    difference: float | None
    tolerance: float
    verdict: Literal["agrees", "differs", "not_comparable"]
    why: str
