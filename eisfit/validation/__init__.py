"""Can the data be trusted: screening of the numbers, Kramers–Kronig."""

from __future__ import annotations

from eisfit.validation.kramers_kronig import KramersKronig, kramers_kronig
from eisfit.validation.screening import screen

__all__ = ["KramersKronig", "kramers_kronig", "screen"]
