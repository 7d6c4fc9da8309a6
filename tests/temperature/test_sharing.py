"""At which gain in χ² what spectra have in common is given up."""

from dataclasses import replace

import numpy as np
import pytest
from pellet import GEOMETRY, MODEL, TEMPERATURES, values

from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.series import Series
from eisfit.fitting.design import score_test_gain
from eisfit.temperature.joint import JointFit, fit_joint
from eisfit.temperature.sequence import fit_sequence
from eisfit.temperature.sharing import relax_sharing, shared_quantities

# χ² with one degree of freedom is the square of a normal variable: 2 % lie beyond z = ± 2.3263
LIMIT = 2.3263478740408408**2


@pytest.fixture(scope="module")
def joint() -> JointFit:
    """The fit of spectra without noise that have all in common in truth."""
    spectra = [
        simulate(
            MODEL, values(T), frequencies(1.0, 7e6, per_decade=9), noise=1e-6, seed=i, temperature=T
        )
        for i, T in enumerate(TEMPERATURES[::2])
    ]
    found = fit_joint(fit_sequence(Series.by_temperature(spectra, GEOMETRY), MODEL))
    assert {c.sharing for c in found.choices} <= {"arrhenius", "shared"}
    return found


@pytest.mark.parametrize("process", ["bulk", "grain_boundary"])
@pytest.mark.parametrize("quantity", ["C", "n"])
@pytest.mark.parametrize(("part", "sharing"), [(0.98, "shared"), (1.02, "linear")])
def test_sharing_is_given_up_where_chance_has_less_than_2_percent(
    joint: JointFit, process: str, quantity: str, part: float, sharing: str
) -> None:
    """The slopes of χ² are set so that a line over temperature would gain what is wanted."""
    quantities, T, state = list(shared_quantities(MODEL)), joint.temperature, joint.state
    claim = next(c for c in quantities if (c.process, c.quantity) == (process, quantity))
    along = (T - T.mean()) / np.ptp(T)
    gradient = np.zeros_like(state.gradient)
    gradient[:, claim.place] = along
    pushed = replace(state, gradient=gradient)
    line = state.design.with_basis(claim.place, np.stack([np.ones(len(T)), along], axis=1))
    gradient *= np.sqrt(part * LIMIT / score_test_gain(pushed, line))
    _, choices = relax_sharing(joint.problem, pushed, quantities, T, {})
    found = {(c.process, c.quantity): c.sharing for c in choices}
    assert found.pop((process, quantity)) == sharing
    assert set(found.values()) == {"arrhenius", "shared"}
