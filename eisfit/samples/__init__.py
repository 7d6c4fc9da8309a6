"""Several samples side by side: which differences are real, and whether prefactors follow E_a."""

from eisfit.samples.compare import Sample, SampleComparison, compare_samples
from eisfit.samples.differences import Agreement, Difference
from eisfit.samples.meyer_neldel import MeyerNeldel

__all__ = [
    "Agreement",
    "Difference",
    "MeyerNeldel",
    "Sample",
    "SampleComparison",
    "compare_samples",
]
