import warnings

import numpy as np
import pytest

from eisfit.circuit import evaluate
from eisfit.models import load_model


@pytest.mark.parametrize(
    "text", ["R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", "L_a + R_b + (Q_c | (R_d + Wo_e))"]
)
def test_impedance_py_predicts_the_same(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("impedance.models.circuits")
        from eisfit.interop import from_impedance_circuit, to_impedance_circuit

        model = load_model(text)
        values = np.array([0.5 + 0.1 * i for i in range(len(model.names))])
        values = np.where([n.startswith("n") for n in model.names], 0.9, values)
        circuit = to_impedance_circuit(model, values)
        f = np.logspace(3, -2, 11)
        there = circuit.predict(f, use_initial=True)
    np.testing.assert_allclose(evaluate(model.tape, 2 * np.pi * f, values), there, rtol=1e-9)
    assert from_impedance_circuit(circuit).tape.operations == model.tape.operations
