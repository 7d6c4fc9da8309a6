"""Effective capacitances where n = 1/2 makes them simple: C = Q² R with the R of the formula."""

import pytest

from eisfit.processes.physics.capacitance import blocking, brug, hsu_mansfeld


def test_brugs_formula_takes_both_resistances_side_by_side() -> None:
    # Q² / (1/R_e + 1/R_ct) = 1e-6 · 8 for 10 Ω and 40 Ω
    assert brug(1e-3, 0.5, 10.0, 40.0) == pytest.approx(8e-6, rel=1e-12)


def test_a_blocking_electrode_has_the_resistance_in_series_with_it() -> None:
    assert blocking(1e-3, 0.5, 10.0) == pytest.approx(1e-5, rel=1e-12)


def test_hsu_and_mansfelds_formula_has_the_resistance_beside_it() -> None:
    assert hsu_mansfeld(1e-3, 0.5, 40.0) == pytest.approx(4e-5, rel=1e-12)


def test_a_large_exponent_too() -> None:
    # n = 4/5: Q^(5/4) (1/R)^(-1/4), with Q = 1e-4 and R = 16: 1e-5 · 2
    assert blocking(1e-4, 0.8, 16.0) == pytest.approx(2e-5, rel=1e-12)
    assert brug(1e-4, 0.8, 32.0, 32.0) == pytest.approx(2e-5, rel=1e-12)
    assert hsu_mansfeld(1e-4, 0.8, 16.0) == pytest.approx(2e-5, rel=1e-12)
