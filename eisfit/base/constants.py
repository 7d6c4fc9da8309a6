"""Physical constants in the units used inside (CODATA 2018, exact where the SI defines them)."""

from __future__ import annotations

BOLTZMANN_EV = 8.617333262e-5
"""Boltzmann constant in eV/K."""

ELEMENTARY_CHARGE = 1.602176634e-19
"""Elementary charge in C."""

VACUUM_PERMITTIVITY = 8.8541878128e-12
"""Permittivity of vacuum in F/m."""

ZERO_CELSIUS = 273.15
"""0 °C in K."""

ROOM_TEMPERATURE = 298.15
"""25 °C in K."""
