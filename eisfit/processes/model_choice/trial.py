"""One circuit fitted to all spectra: its fits, its score, and reasons against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eisfit.circuit.models import Model
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.choice import implausibility
from eisfit.fitting.fit import fit_spectra
from eisfit.fitting.problem import Weighting, make_coordinates
from eisfit.fitting.result import FitResult
from eisfit.fitting.uncertainty.exchangeable import exchangeable

_OUTSIDE = "a capacitance lies more than a decade outside its window"
_ONE_DECADE = 4.0  # what a decade outside a window costs in `implausibility`


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One circuit and its fits to the spectra.

    Parameters
    ----------
    model : Model
    title : str
        In words.
    fits : tuple of FitResult
        One for each spectrum.
    aicc, bic : float
        Sums over the spectra; only differences have a meaning, lower is better.
    implausible : float
        What capacitances outside the model's windows add to its score: 4 for a decade squared.
    unusual : float
        What a generated circuit adds for its rare parts (`search.unusual`).
    open : int
        How many parameters no spectrum determines; arcs that may swap count as one more.
    against : tuple of str
        Reasons against it: parameters that no spectrum determines, arcs that may swap, a
        capacitance out of its window, fits that did not converge.
    """

    model: Model
    title: str
    fits: tuple[FitResult, ...]
    aicc: float
    bic: float
    implausible: float
    unusual: float = 0.0
    open: int = 0
    against: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """By which circuits are ranked: lower is better."""
        return self.bic + self.implausible + self.unusual

    @property
    def free(self) -> int:
        """How many parameters are fitted to each spectrum."""
        return len(self.model.names)

    @property
    def misfit_percent(self) -> float:
        """Residuals of one part in % of |Z|, over all spectra, whatever the weights."""
        parts = np.concatenate([f.residuals[1] for f in self.fits]).view(np.float64)
        return float(100 * np.sqrt(np.mean(parts**2)))

    @property
    def random(self) -> bool:
        """Whether the residuals of all spectra are random."""
        return all(f.has_random_residuals for f in self.fits)


def trial(
    spectra: Sequence[Spectrum],
    model: Model,
    title: str,
    geometry: Geometry | None,
    weighting: Weighting,
    unusual: float = 0.0,
) -> Trial:
    """Fit one circuit to every spectrum."""
    samples = [geometry or s.geometry for s in spectra]
    placed = [s.with_(geometry=g) for s, g in zip(spectra, samples, strict=True)]
    fits = tuple(fit_spectra(placed, model, weighting=weighting))
    coordinates = make_coordinates(model)
    x = np.array([coordinates.x(f.values) for f in fits])[:, None]
    off = implausibility(model, x, coordinates, samples)[:, 0]
    leads = {p.name for p in model.parameters if p.shared}
    vague = [
        name
        for name in model.names
        if name not in leads and not any(f.estimates[name].determined for f in fits)
    ]
    swaps = [exchangeable(f) for f in fits]
    against = [f"the data do not determine {', '.join(vague)}"] if vague else []
    if all(swaps):
        against.append(f"{swaps[0][0].first} and {swaps[0][0].second} can be exchanged")
    failed = sum(not f.converged for f in fits)
    return Trial(
        model, title, fits,
        aicc=sum(f.aicc for f in fits),
        bic=sum(f.bic for f in fits),
        implausible=float(off.sum()),
        unusual=unusual,
        open=len(vague) + all(swaps),
        against=(
            *against,
            *([_OUTSIDE] if off.max() > _ONE_DECADE else []),
            *([f"{failed} of {len(fits)} fits did not converge"] if failed else []),
        ),
    )  # fmt: skip
