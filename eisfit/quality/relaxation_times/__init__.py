"""Distribution of relaxation times: how many processes a spectrum shows, and where."""

from __future__ import annotations

from eisfit.quality.relaxation_times.distribution import TailChoice, drt, drt_series
from eisfit.quality.relaxation_times.result import Drt, Peak, Tail
from eisfit.quality.relaxation_times.strength import Criterion

__all__ = ["Criterion", "Drt", "Peak", "Tail", "TailChoice", "drt", "drt_series"]
