"""Distribution of relaxation times: how many processes a spectrum shows, and where."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from eisfit.drt.distribution import TailChoice, drt, drt_series
from eisfit.drt.result import Drt, Peak, Tail
from eisfit.drt.strength import Criterion

__all__ = ["Criterion", "Drt", "Peak", "Tail", "TailChoice", "drt", "drt_series"]


class _Room(ModuleType):
    """A room that can be called: `eisfit.drt(spectrum)` works however the room was imported."""

    def __call__(self, *arguments: Any, **options: Any) -> Drt:
        return drt(*arguments, **options)


sys.modules[__name__].__class__ = _Room
