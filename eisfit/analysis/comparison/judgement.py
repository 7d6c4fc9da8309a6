"""What one measured value says about one published value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

CONDUCTIVITY_FACTOR = 2.0
"""Largest factor between two conductivities that agree."""

ACTIVATION_ENERGY_TOLERANCE = 0.05
"""Largest difference in eV between two activation energies that agree."""

Agreement: TypeAlias = Literal["agrees", "differs", "not_comparable"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one measured value says about one published value, and why."""

    verdict: Agreement
    why: str
    measured: float | None = None
    stderr: float | None = None
    difference: float | None = None


def finite(value: float) -> float | None:
    """Return `value`, or None where it is infinite or no number."""
    return value if math.isfinite(value) else None
