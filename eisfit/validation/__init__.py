"""Can the data be trusted: screening of the numbers, Kramers–Kronig, Z-HIT, a verdict."""

from __future__ import annotations

from eisfit.validation.kramers_kronig import KramersKronig, kramers_kronig
from eisfit.validation.repeats import repeat_findings
from eisfit.validation.screening import screen
from eisfit.validation.verdict import Validity, validate, without_suspects
from eisfit.validation.zhit import ZHit, reconstructed, zhit

__all__ = [
    "KramersKronig",
    "Validity",
    "ZHit",
    "kramers_kronig",
    "reconstructed",
    "repeat_findings",
    "screen",
    "validate",
    "without_suspects",
    "zhit",
]
