"""Measured against literature: like with like, and no verdict that cannot be defended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from uncertainties import ufloat

from eisfit.analysis.comparison import ComparisonRow, compare
from eisfit.base.errors import ReferenceDataError
from eisfit.processes import Derived, Process
from eisfit.temperature.arrhenius import ArrheniusResult

BOLTZMANN_EV = 8.617333262e-5  # eV/K
FORM_SHIFT = 0.0287  # eV, between the two forms of an activation energy near 60 °C
HEAD = """
schema = 1
material = "TEST"
title = "Made for a test"

[[source]]
id = "TEST-1"
sample = "pellet"
composition = "TestOxide"
citation = "Nobody 2026"
temperature_C = 25
"""


def line(
    sigma: float = 1e-3,
    energy: float = 0.40,
    *,
    energy_error: float = 0.004,
    relative_error: float = 0.02,
    coldest: float = 290.0,
    geometry: str = "known",
) -> ArrheniusResult:
    """Return an Arrhenius line through `sigma` (S/cm) at 25 °C."""
    T = np.linspace(coldest, 370.0, 6)
    ln_A = float(np.log(100 * sigma * 298.15) + energy / BOLTZMANN_EV / 298.15)
    points = np.exp(ln_A - energy / BOLTZMANN_EV / T) / T
    return ArrheniusResult(
        process="any",
        activation_energy=ufloat(energy, energy_error),
        activation_energy_ln_sigma=ufloat(energy - FORM_SHIFT, energy_error),
        ci95=None,
        ln_prefactor=ufloat(ln_A, 0.1),
        covariance=np.zeros((2, 2)),
        temperature=T,
        conductivity=points,
        stderr=points * 0.01,
        used=np.ones(6, dtype=bool),
        has_geometry=geometry == "known",
        relative_geometry_error=relative_error,
    )


def against(folder: Path, value: str, arrhenius, processes=None) -> ComparisonRow:
    """Return the row of one literature value, written as in a file of the library."""
    text = f'{HEAD}values = [{{ {value}, verification = "abstract" }}]\n'
    (folder / "test.toml").write_text(text, encoding="utf-8")
    (row,) = compare(arrhenius, "TEST", processes, extra=folder)
    return row


def energy_value(value: float | list[float], form: str, kind: str = "bulk") -> str:
    return f'kind = "{kind}", activation_energy_eV = {value}, form = "{form}"'


def test_inaguma_1993_against_a_pellet_that_repeats_it() -> None:
    measured = {"bulk": line(1e-3), "grain_boundary": line(2e-5, 0.42), "total": line(2e-5, 0.42)}
    rows = compare(measured, "LLTO-Inaguma1993")
    assert [(r.process, r.quantity, r.verdict) for r in rows] == [
        ("bulk", "conductivity_S_cm", "agrees"),
        ("bulk", "activation_energy_eV", "agrees"),
        ("grain_boundary", "activation_energy_eV", "agrees"),
        ("total", "conductivity_S_cm", "agrees"),
    ]
    assert rows[0].temperature == 300.15
    assert rows[0].doi == "10.1016/0038-1098(93)90841-A"
    assert rows[1].why.startswith(
        "0.4000 ± 0.0040 eV (ln σT) and 0.3713 ± 0.0040 eV (ln σ) against 0.40 eV "
        "(form not stated): within 0.05 eV in both forms"
    )


def test_a_conductivity_is_compared_at_the_references_own_temperature() -> None:
    row = compare({"bulk": line(1e-3)}, "LLTO-Inaguma1993")[0]
    expected = float(line(1e-3).conductivity_at(300.15)[0]) / 100
    assert row.measured == pytest.approx(expected)
    assert row.measured_stderr == pytest.approx(0.02 * expected)
    assert row.difference == pytest.approx(expected / 1e-3)


def test_rows_stand_as_bulk_grain_boundary_total_and_then_the_rest() -> None:
    kinds = [row.process for row in compare({}, "LLTO")]
    order = ["bulk", "grain_boundary", "total", "unspecified"]
    assert kinds == sorted(kinds, key=order.index)
    assert set(kinds) == set(order)


@pytest.mark.parametrize(
    ("sigma", "verdict"),
    [(2e-3, "agrees"), (2.01e-3, "differs"), (5e-4, "agrees"), (4.97e-4, "differs")],
)
def test_a_factor_of_two_in_conductivity_agrees(tmp_path, sigma: float, verdict: str) -> None:
    value = 'kind = "bulk", conductivity_S_cm = 1e-3'
    row = against(tmp_path, value, {"bulk": line(sigma, relative_error=1e-4)})
    assert row.verdict == verdict
    assert row.tolerance == 2.0
    assert row.form == ""


@pytest.mark.parametrize(
    ("form", "energy", "verdict"),
    [
        ("ln_sigma_T", 0.45, "agrees"),
        ("ln_sigma_T", 0.35, "agrees"),
        ("ln_sigma_T", 0.451, "differs"),
        ("ln_sigma", 0.45 + FORM_SHIFT, "agrees"),
        ("ln_sigma", 0.451 + FORM_SHIFT, "differs"),
        ("ln_sigma", 0.35, "differs"),
    ],
)
def test_an_activation_energy_is_compared_in_its_own_form(
    tmp_path, form: str, energy: float, verdict: str
) -> None:
    row = against(tmp_path, energy_value(0.40, form), {"bulk": line(energy=energy)})
    assert row.verdict == verdict
    assert row.form == form
    assert row.measured == pytest.approx(energy - FORM_SHIFT * (form == "ln_sigma"))
    assert row.difference == pytest.approx((row.measured or 0) - 0.40)


@pytest.mark.parametrize(
    ("energy", "verdict"),
    [
        (0.40, "agrees"),
        (0.45, "agrees"),
        (0.46, "not_comparable"),
        (0.35 + FORM_SHIFT, "agrees"),
        (0.36, "not_comparable"),
        (0.34, "differs"),
        (0.50, "differs"),
    ],
)
def test_a_form_not_stated_is_tested_in_both(tmp_path, energy: float, verdict: str) -> None:
    row = against(tmp_path, energy_value(0.40, "not stated"), {"bulk": line(energy=energy)})
    assert row.verdict == verdict
    assert row.measured == pytest.approx(energy)
    assert row.difference == pytest.approx(energy - 0.40)
    assert "form not stated" in row.why
    assert f"{energy:.4f} ± 0.0040 eV (ln σT)" in row.why
    assert f"{energy - FORM_SHIFT:.4f} ± 0.0040 eV (ln σ)" in row.why


def test_an_extrapolation_is_said(tmp_path) -> None:
    value = 'kind = "bulk", conductivity_S_cm = 1e-3'
    far = against(tmp_path, value, {"bulk": line(coldest=310.0)})
    assert far.verdict == "agrees"
    assert "extrapolated by 11.9 K beyond the measured 310 to 370 K" in far.why
    assert "extrapolated" not in against(tmp_path, value, {"bulk": line(coldest=298.5)}).why


def test_without_geometry_only_activation_energies_are_compared() -> None:
    rows = compare({"bulk": line(geometry="unknown")}, "LLTO-Inaguma1993")
    assert (rows[0].verdict, rows[0].measured) == ("not_comparable", None)
    assert "thickness and area" in rows[0].why
    assert rows[1].verdict == "agrees"


def test_a_process_that_was_not_found_is_named() -> None:
    (row,) = [r for r in compare({"bulk": line()}, "LLTO-Inaguma1993") if r.process == "total"]
    assert (row.measured, row.difference, row.verdict) == (None, None, "not_comparable")
    assert row.why.startswith("no process 'total' was measured")


def test_an_unspecified_kind_has_no_verdict_but_says_how_it_would_fall() -> None:
    (row,) = compare({"bulk": line(1e-3), "total": line(2e-5)}, "LLTO-Harada1998-cubic")
    assert (row.process, row.verdict, row.measured) == ("unspecified", "not_comparable", None)
    assert "taken as bulk it would agree ((1.00 ± 0.02)e-3 S/cm; ratio 0.654)" in row.why
    assert "taken as total it would differ ((2.00 ± 0.04)e-5 S/cm; ratio 0.0131)" in row.why


def test_a_value_without_temperature_is_not_compared() -> None:
    row = compare({"bulk": line(), "total": line()}, "LLTO-Inaguma1993-SSI1994")[0]
    assert row.temperature is None
    assert "in both cases it would have no verdict (the source states no temperature" in row.why


@pytest.mark.parametrize(("relative", "verdict"), [(0.69, "agrees"), (0.70, "not_comparable")])
def test_an_error_of_more_than_the_tolerance_leaves_no_verdict(
    tmp_path, relative: float, verdict: str
) -> None:
    value = 'kind = "bulk", conductivity_S_cm = 1e-3'
    row = against(tmp_path, value, {"bulk": line(relative_error=relative)})
    assert row.verdict == verdict
    assert ("error of the measurement itself is larger" in row.why) == (verdict != "agrees")


@pytest.mark.parametrize(
    ("error", "said"), [(0.051, "larger than this tolerance"), (float("nan"), "not known")]
)
def test_an_activation_energy_that_is_too_uncertain_leaves_no_verdict(
    tmp_path, error: float, said: str
) -> None:
    arrhenius = {"bulk": line(energy_error=error)}
    row = against(tmp_path, energy_value(0.40, "ln_sigma_T"), arrhenius)
    assert row.verdict == "not_comparable"
    assert f"error of the measurement itself is {said}" in row.why
    assert row.measured_stderr is None if said == "not known" else row.measured_stderr == error


def test_a_verdict_within_one_standard_error_of_the_limit_is_said(tmp_path) -> None:
    text = energy_value(0.40, "ln_sigma_T")
    assert "could change this" in against(tmp_path, text, {"bulk": line(energy=0.447)}).why
    assert "could change this" not in against(tmp_path, text, {"bulk": line(energy=0.44)}).why


@pytest.mark.parametrize(
    ("sigma", "nearest", "difference", "verdict"),
    [
        (2e-3, 1.3e-3, 1.0, "agrees"),
        (1.16e-2, 5.8e-3, 2.0, "agrees"),
        (1.2e-2, 5.8e-3, 2.069, "differs"),
        (7e-4, 1.3e-3, 0.5385, "agrees"),
    ],
)
def test_a_range_is_widened_by_the_tolerance(
    tmp_path, sigma: float, nearest: float, difference: float, verdict: str
) -> None:
    value = 'kind = "total", conductivity_S_cm = [1.3e-3, 5.8e-3]'
    row = against(tmp_path, value, {"total": line(sigma)})
    assert (row.verdict, row.reference_value) == (verdict, nearest)
    assert row.difference == pytest.approx(difference, rel=1e-3)


def test_a_range_of_activation_energies(tmp_path) -> None:
    text = energy_value([0.198, 0.326], "ln_sigma_T")
    assert against(tmp_path, text, {"bulk": line(energy=0.25)}).difference == 0
    assert against(tmp_path, text, {"bulk": line(energy=0.37)}).verdict == "agrees"
    assert against(tmp_path, text, {"bulk": line(energy=0.38)}).verdict == "differs"


def test_room_temperature_cautions_and_unverified_values_are_said() -> None:
    measured = {"bulk": line(), "total": line()}
    assert "room temperature, taken as 298.15 K" in compare(measured, "LLTO-Stramare2003")[0].why
    assert "caution: a review gives 1e-7 S/cm" in compare(measured, "LISICON-Zn")[0].why
    assert "the published value is unverified" in compare(measured, "LLZO-Murugan2007")[1].why
    assert "24.85 to 27 °C" in compare(measured, "LLZO-tetr-Awaka2009")[0].why


def test_interfaces_stand_side_by_side_without_a_verdict() -> None:
    pair = {"charge_transfer": Process("charge_transfer", "", area_resistance=ufloat(43e-4, 2e-4))}
    row = compare({}, "IF-LiPON-LCO", pair)[0]
    assert (row.process, row.verdict, row.measured) == ("interface", "not_comparable", 43)
    assert row.difference == pytest.approx(43 / 8.6)
    assert "charge_transfer 43 ± 2 ohm cm2 against 8.6 ohm cm2" in row.why
    assert compare({}, "IF-LiPO-LCO-2025", pair)[0].difference == pytest.approx(4.3)
    assert "nothing comparable was measured" in compare({}, "IF-LiPON-LCO")[0].why


def test_two_interfaces_leave_open_which_is_meant() -> None:
    both = {
        name: Process(name, "", area_resistance=ufloat(R * 1e-4, 1e-4))
        for name, R in (("charge_transfer", 43), ("sei", 12))
    }
    row = compare({}, "IF-LiPON-LCO", both)[0]
    assert row.measured is None
    assert "charge_transfer 43 ± 1 ohm cm2, sei 12 ± 1 ohm cm2" in row.why


def test_a_thickness_falls_somewhere_among_those_reported() -> None:
    derived = {"thickness": Derived(ufloat(2e-9, 1e-10), "m", "parallel plate", "")}
    layer = {"space_charge": Process("space_charge", "", derived=derived)}
    rows = [r for r in compare({}, "space charge", layer) if r.quantity == "thickness_m"]
    assert [r.reference_value for r in rows] == [1e-9, 1e-6, 1e-6]
    assert [r.difference for r in rows] == pytest.approx([2.0, 2e-3, 2e-3])
    assert {r.verdict for r in rows} == {"not_comparable"}


def test_every_value_of_the_library_can_be_compared() -> None:
    measured = {name: line() for name in ("bulk", "grain_boundary", "total")}
    rows = compare(measured, "")
    assert {row.verdict for row in rows} == {"agrees", "differs", "not_comparable"}
    assert all(row.why and row.citation for row in rows)
    assert all(r.verdict == "not_comparable" or r.difference is not None for r in rows)


def test_an_unknown_material_is_refused() -> None:
    with pytest.raises(ReferenceDataError, match="no literature values for 'unobtainium'"):
        compare({}, "unobtainium")


def test_a_doped_reference_is_compared_only_where_it_is_named() -> None:
    measured = {"bulk": line(1e-3), "total": line(4.5e-4, 0.42)}
    as_llto = {(r.reference_id, r.quantity): r for r in compare(measured, "LLTO")}
    row = as_llto["LSLTO-Lu2020", "conductivity_S_cm"]
    assert (row.verdict, row.process) == ("not_comparable", "total")
    assert "not plain LLTO (contains Sr); to compare with it, give 'LSLTO-Lu2020'" in row.why
    assert "ratio 0.93, within a factor 2" in row.why  # said, but no verdict
    assert row.measured == pytest.approx(4.5e-4, rel=1e-6)
    named = {(r.reference_id, r.quantity): r for r in compare(measured, "LLTO Sr")}
    assert named["LSLTO-Lu2020", "conductivity_S_cm"].verdict == "agrees"
    assert compare(measured, "LSLTO-Lu2020")[0].verdict == "agrees"
    assert as_llto["LLTO-Inaguma1993", "conductivity_S_cm"].verdict == "differs"  # 2e-5


def test_another_phase_is_compared_only_where_it_is_named() -> None:
    measured = {"bulk": line(1.6e-6, 0.54)}
    (plain_name,) = [
        r for r in compare(measured, "LLZO")
        if r.reference_id == "LLZO-tetr-Awaka2009" and r.quantity == "conductivity_S_cm"
    ]  # fmt: skip
    assert plain_name.verdict == "not_comparable"
    assert "not plain LLZO (tetragonal)" in plain_name.why
    assert {r.verdict for r in compare(measured, "LLZO tetragonal")} == {"agrees"}


def test_undoped_llto_meets_only_undoped_references() -> None:
    measured = {name: line() for name in ("bulk", "grain_boundary", "total")}
    judged = [r for r in compare(measured, "LLTO") if r.verdict != "not_comparable"]
    assert {r.reference_id for r in judged} == {"LLTO-Inaguma1993", "LLTO-Stramare2003"}


def test_a_name_of_several_families_leaves_open_which_is_meant() -> None:
    rows = compare({"bulk": line(), "total": line()}, "NASICON")
    assert {r.verdict for r in rows} == {"not_comparable"}
    assert any("'NASICON' may be LAGP or LATP; name one" in r.why for r in rows)
    assert any(r.verdict == "differs" for r in compare({"bulk": line()}, "LATP"))


def test_interface_resistances_of_two_temperatures_have_no_ratio() -> None:
    pair = {"charge_transfer": Process("charge_transfer", "", area_resistance=ufloat(43e-4, 2e-4))}
    warm = compare({}, "IF-LiPON-LCO", pair, temperature=353.15)[0]
    assert (warm.measured, warm.difference) == (43, None)
    assert "measured at 353.15 K, published for 298.15 K" in warm.why
    near = compare({}, "IF-LiPON-LCO", pair, temperature=301.0)[0]
    assert near.difference == pytest.approx(43 / 8.6)
    assert "published for" not in near.why
    layer = {
        "space_charge": Process(
            "space_charge", "", derived={"d": Derived(ufloat(2e-9, 1e-10), "m", "", "")}
        )
    }
    thickness = [
        r for r in compare({}, "IF-SCL-deKlerk2018", layer, temperature=353.15)
        if r.quantity == "thickness_m"
    ]  # fmt: skip
    assert thickness[0].difference == pytest.approx(2.0)
