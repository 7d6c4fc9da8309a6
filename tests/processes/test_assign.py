"""Processes of spectra without noise, against numbers worked out here from the circuit's values."""

import numpy as np
import pytest

from eisfit.analysis.pipeline import analyze_spectrum
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.geometry import Geometry
from eisfit.processes import Process

DISC = Geometry(thickness=1e-3, area=1e-4, area_stderr=2e-6)  # l/A = 0.1/cm ± 2 %


def processes(model: str, **values: float) -> dict[str, Process]:
    spectrum = simulate(model, values, frequencies(0.1, 1e7), noise=1e-5)
    return dict(analyze_spectrum(spectrum, model, DISC).processes)


def test_the_ohmic_resistance_of_an_electrode_holds_the_lead() -> None:
    """A lead of 30 Ω beside an electrolyte of 50 Ω: C = Q^(1/n) (30 + 50)^((1-n)/n)."""
    values = {p.name: float(p.start or 0.0) for p in load_model("ceramic_pellet").parameters}
    values |= {"R_lead": 30.0, "L_lead": 1e-9, "R_bulk": 20.0, "R_grain_boundary": 30.0}
    values |= {"Q_bulk": 1e-8, "n_bulk": 0.95, "Q_grain_boundary": 1e-5, "n_grain_boundary": 0.9}
    values |= {"Q_electrode": 1e-4, "n_electrode": 0.75}
    found = processes("ceramic_pellet", **values)["electrode"]
    C = 1e-4 ** (4 / 3) * 80.0 ** (1 / 3)
    assert found.capacitance is not None
    assert found.capacitance.n == pytest.approx(C, rel=1e-2)  # without the lead 0.85 C


def test_the_ohmic_resistance_of_a_transfer_holds_the_lead() -> None:
    """Brug: C = Q^(1/n) (1/(30 + 20) + 1/200)^((n-1)/n)."""
    values = {"R_lead": 30.0, "L_lead": 1e-9, "R_electrolyte": 20.0, "R_sei": 100.0}
    values |= {"Q_sei": 1e-6, "n_sei": 0.95, "R_charge_transfer": 200.0}
    values |= {"Q_charge_transfer": 1e-3, "n_charge_transfer": 0.75}
    found = processes("li_symmetric_cell", **values)["charge_transfer"]
    C = 1e-3 ** (4 / 3) * (1 / 50 + 1 / 200) ** (-1 / 3)
    assert found.capacitance is not None
    assert found.capacitance_formula == "Brug"
    assert found.capacitance.n == pytest.approx(C, rel=1e-2)  # without the lead 0.76 C


def test_an_area_resistance_is_that_of_one_of_two_interfaces() -> None:
    values = {"R_sei": 100.0, "R_charge_transfer": 60.0, "R_electrolyte": 50.0}
    found = processes("li_symmetric_cell", **values)
    for name, R in (("sei", 100.0), ("charge_transfer", 60.0)):
        one = found[name].area_resistance
        assert one is not None
        assert one.n == pytest.approx(R * 1e-4 / 2, rel=1e-3)  # 1 cm²; two alike in series


def test_one_of_two_interfaces_has_half_the_resistance_and_twice_the_capacitance() -> None:
    found = processes("li_symmetric_cell", R_charge_transfer=60.0, R_sei=100.0)
    transfer, sei = found["charge_transfer"], found["sei"]
    # RT/F = 25.6926 mV at 25 °C; i0 = 0.0256926 V / (30 Ω · 1 cm²)
    spectrum = simulate(
        "li_symmetric_cell", None, frequencies(0.1, 1e7), noise=1e-5, temperature=298.15
    )
    warm = analyze_spectrum(spectrum, "li_symmetric_cell", DISC).processes["charge_transfer"]
    assert not transfer.derived  # the temperature is not known
    current = warm.derived["exchange_current_density"].value
    assert current.n == pytest.approx(0.0256926 / 30.0 / 1e-4, rel=1e-3)
    assert sei.capacitance is not None
    # ε0 ε A/(2 C) with ε = 10
    thickness = 10 * 8.8541878128e-12 * 1e-4 / (2 * sei.capacitance.n)
    assert sei.derived["thickness"].value.n == pytest.approx(thickness, rel=1e-9)


VALUES = {
    "R_lead": 1.0, "L_lead": 1e-9, "R_bulk": 2e4, "R_grain_boundary": 5e4,
    "Q_bulk": 1e-10, "n_bulk": 1.0, "Q_grain_boundary": 4e-9, "n_grain_boundary": 1.0,
}  # fmt: skip


def test_bulk_and_boundary_keep_their_values() -> None:
    """The fast arc is the bulk: R, C, τ and σ of each, and of both by the brick layer."""
    found = processes("ceramic_pellet", **VALUES)
    for name, R, C in (("bulk", 2e4, 1e-10), ("grain_boundary", 5e4, 4e-9)):
        own = found[name]
        assert own.resistance is not None
        assert own.resistance.n == pytest.approx(R, rel=1e-3)
        assert own.capacitance is not None
        assert own.capacitance.n == pytest.approx(C, rel=1e-2)
        assert own.time_constant is not None
        assert own.time_constant.n == pytest.approx(R * C, rel=1e-2)
        assert own.conductivity is not None
        assert own.conductivity.n == pytest.approx(10 / R, rel=1e-3)
        assert own.conductivity.s / own.conductivity.n == pytest.approx(0.02, rel=1e-2)
    derived = {n: d.value.n for n, d in found["grain_boundary"].derived.items()}
    # ε_r = C l/(A ε0) of the bulk; boundaries are thinner than grains by C_bulk/C_gb
    epsilon = found["bulk"].derived["relative_permittivity"].value.n
    assert epsilon == pytest.approx(1e-10 * 10 / 8.8541878128e-12, rel=1e-2)
    assert derived["thickness_ratio"] == pytest.approx(1 / 40, rel=1e-2)
    # σ_gb = (l/A) (C_bulk/C_gb)/R_gb
    assert derived["specific_conductivity"] == pytest.approx(10 / 40 / 5e4, rel=1e-2)


def test_arcs_that_are_given_from_slow_to_fast_are_named_from_fast_to_slow() -> None:
    """Alike arcs are exchangeable: the model's order, fast to slow, names them."""
    turned = {**VALUES}
    for symbol in "RQn":
        turned[f"{symbol}_bulk"] = VALUES[f"{symbol}_grain_boundary"]
        turned[f"{symbol}_grain_boundary"] = VALUES[f"{symbol}_bulk"]
    found, plain = processes("ceramic_pellet", **turned), processes("ceramic_pellet", **VALUES)
    for name in ("bulk", "grain_boundary"):
        one, other = found[name].resistance, plain[name].resistance
        assert one is not None
        assert other is not None
        assert one.n == pytest.approx(other.n, rel=1e-3)
    times = [p.time_constant.n for p in found.values() if p.time_constant is not None]
    assert np.all(np.diff(times) > 0)
