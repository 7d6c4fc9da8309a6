"""The quality of data: screening of the numbers, Kramers–Kronig, Z-HIT, a verdict."""

from __future__ import annotations

from eisfit.quality.kramers_kronig import KramersKronig, kramers_kronig
from eisfit.quality.screening import screen
from eisfit.quality.validation import Validity, repeat_findings, validate, without_suspects
from eisfit.quality.zhit import ZHit, reconstructed, zhit

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
