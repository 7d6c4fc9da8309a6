"""Columns of processes against numbers worked out here from the circuit's values."""

import numpy as np
import pytest

from eisfit.batch.columns import process_columns
from eisfit.circuit.models import load_model


def columns(name: str, **values: float) -> dict[str, float]:
    model = load_model(name)
    row = np.array([[values.get(p.name, p.start or 0.0) for p in model.parameters]])
    found = process_columns(
        model, row, 0.01 * np.abs(row), np.ones(row.shape, dtype=bool), np.array([1e7])
    )
    return {name: float(column[0]) for name, column in found.items()}


def test_the_ohmic_resistance_of_a_transfer_holds_the_lead() -> None:
    """Brug: C = Q^(1/n) (1/(30 + 20) + 1/200)^((n-1)/n)."""
    found = columns(
        "li_symmetric_cell", R_lead=30.0, R_electrolyte=20.0, R_charge_transfer=200.0,
        Q_charge_transfer=1e-3, n_charge_transfer=0.75,
    )  # fmt: skip
    C = 1e-3 ** (4 / 3) * (1 / 50 + 1 / 200) ** (-1 / 3)
    assert found["charge_transfer_capacitance_F"] == pytest.approx(C, rel=1e-12)
    assert found["charge_transfer_resistance_ohm"] == 200.0
    assert found["charge_transfer_resistance_stderr_ohm"] == 2.0
    tau = (200.0 * 1e-3) ** (4 / 3)
    assert found["charge_transfer_time_constant_s"] == pytest.approx(tau, rel=1e-12)


def test_the_ohmic_resistance_of_an_electrode_holds_the_lead() -> None:
    found = columns(
        "ceramic_pellet", R_lead=30.0, R_bulk=20.0, R_grain_boundary=30.0, Q_electrode=1e-4,
        n_electrode=0.75, Q_bulk=1e-9, n_bulk=1.0,
    )  # fmt: skip
    C = 1e-4 ** (4 / 3) * 80.0 ** (1 / 3)
    assert found["electrode_capacitance_F"] == pytest.approx(C, rel=1e-12)
    assert found["bulk_capacitance_F"] == pytest.approx(1e-9, rel=1e-12)
