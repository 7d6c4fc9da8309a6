"""Capacitance windows of Irvine, Sinclair & West, Adv. Mater. 2 (1990) 132, and their scores."""

import numpy as np
import pytest

from eisfit.circuit.models import load_model
from eisfit.data.geometry import Geometry
from eisfit.processes.evidence import candidates

ONE_PER_CM = Geometry(thickness=1e-2, area=1e-4)
ELECTROLYTE = load_model("polymer_electrolyte").processes["electrolyte"]


def scores(capacitance: float) -> dict[str, float]:
    found = candidates(ELECTROLYTE, (), capacitance, ONE_PER_CM)
    return {c.process: c.score for c in found}


@pytest.mark.parametrize(
    ("process", "low", "high"),
    [
        ("grain_boundary", 1e-11, 1e-8),
        ("surface_layer", 1e-9, 1e-7),
        ("sample_electrode", 1e-7, 1e-5),
        ("electrochemical_reaction", 1e-5, 1e-2),
    ],
)
def test_a_process_that_the_model_does_not_name_is_scored_by_its_window(
    process: str, low: float, high: float
) -> None:
    """0.8 within; outside it falls as a Gaussian of 0.4 decades."""
    within = pytest.approx(0.8, abs=1e-3)
    assert scores(1.01 * low)[process] == within
    assert scores(0.99 * high)[process] == within
    outside = pytest.approx(0.8 * np.exp(-0.5 * (0.5 / 0.4) ** 2), abs=1e-3)
    assert scores(low / 10**0.5)[process] == outside
    assert scores(high * 10**0.5)[process] == outside
