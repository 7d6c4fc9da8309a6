"""Distribution of relaxation times: how many processes a spectrum has, and at which times."""

from __future__ import annotations

from eisfit.quality.relaxation_times.distribution import TailChoice, drt, drt_series
from eisfit.quality.relaxation_times.regularization import Criterion
from eisfit.quality.relaxation_times.result import Drt, Peak, Tail

__all__ = ["Criterion", "Drt", "Peak", "Tail", "TailChoice", "drt", "drt_series"]
