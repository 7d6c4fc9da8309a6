"""What a distribution of relaxation times leaves open, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from eisfit.base.findings import Finding
from eisfit.quality.relaxation_times.result import Peak, Tail

_POOR = 0.03  # of |Z|
_TIMES, _AREAS, _SHARP = (7.5, 13.0), (3.8, 10.0), 0.45
"""A finite Warburg is a row of sharp peaks with times and areas as 1, 1/9, 1/25 ...; of it two are
seen, the second alone or with all that follow: ratios of areas from 4.3 to 9. The width is in
decades."""


def findings_of(
    label: str, peaks: Sequence[Peak], tail: Tail | None, noise: float
) -> tuple[Finding, ...]:
    """Return what should be known beside the peaks of a spectrum."""
    out = []
    if noise > _POOR:
        out.append(Finding(
            "drt_poor_fit", "warning",
            f"{label}: no sum of relaxations describes the spectrum ({100 * noise:.2g} % of |Z| is "
            "left); see `eisfit validate`, and mistrust the peaks",
        ))  # fmt: skip
    if not peaks:
        out.append(Finding(
            "drt_no_peak", "info",
            f"{label}: no relaxation stands out from the noise within the window of frequencies",
        ))  # fmt: skip
    out += [
        Finding("drt_unsure_peak", "info",
                f"{label}: the peak at {p.time_constant:.2g} s ({p.resistance:.3g} ohm) is not "
                f"sure: {p.why}")
        for p in peaks if not p.sure
    ]  # fmt: skip
    if tail is not None:
        kind = "a capacitor" if tail.n == 1 else f"a CPE with n = {tail.n:.2f}"
        out.append(Finding(
            "drt_tail", "info",
            f"{label}: the spectrum ends like {kind} in series: a blocking electrode, or an arc "
            "whose top is below the lowest frequency",
        ))  # fmt: skip
    out += [
        Finding("drt_diffusion", "info",
                f"{label}: the peaks at {fast.time_constant:.2g} and {slow.time_constant:.2g} s "
                "stand as the first two of one finite Warburg element would (Boukamp, Electrochim. "
                "Acta 252 (2017) 154): they may be one process")
        for fast, slow in pairwise(peaks) if _one_warburg(fast, slow)
    ]  # fmt: skip
    return tuple(out)


def _one_warburg(fast: Peak, slow: Peak) -> bool:
    """Tell whether two peaks stand as the first of R tanh√(jωτ)/√(jωτ)."""
    times = slow.time_constant / fast.time_constant
    areas = slow.resistance / fast.resistance
    within = _TIMES[0] < times < _TIMES[1] and _AREAS[0] < areas < _AREAS[1]
    return within and slow.width < _SHARP
