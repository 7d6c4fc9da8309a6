"""Temperatures from names and headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eisfit.readers.temperature import (
    choose_temperature,
    temperature_from_header,
    temperature_from_name,
)


@pytest.mark.parametrize(
    ("name", "celsius"),
    [
        ("s04147-140deg.txt", 140),
        ("pellet -17°C.csv", -17),
        ("25C.mpt", 25),
        ("pellet_25C_C01.mpt", 25),
        ("LLTO25C.csv", 25),
        ("pellet_-20C.mpt", -20),
        ("m20C.mpt", -20),
        ("pellet_minus20C.csv", -20),
        ("298K.csv", 24.85),
        ("a_T=60_b.csv", 60),
        ("T=-20C.csv", -20),
        ("25.5C.csv", 25.5),
        ("25p5C.csv", 25.5),
        ("80 deg C.txt", 80),
        ("60℃.csv", 60),
        ("2022_03_24_25C.mpt", 25),
        ("cell_0.1C_25C.mpt", 25),
        ("LLTO_sint1200C_T=25C.mpt", 25),
        ("0C.csv", 0),
        ("C:\\data\\300C\\25C.csv", 25),
    ],
)
def test_a_temperature_in_a_name_is_found(name: str, celsius: float) -> None:
    kelvin, _ = temperature_from_name(name)
    assert kelvin == pytest.approx(celsius + 273.15)


@pytest.mark.parametrize(
    "name",
    [
        "PEIS_C01.mpt", "20_C01.mpt", "C25.csv", "2022_03_24_eis_3electrode_qv_20each_02_C01.mpt",
        "-0_140_V_vs_Ag_AgCl.csv", "Circuit1_EIS_2.z", "0.1C.csv", "2C.csv", "10kOhm.csv",
        "100k.csv", "100Hz.csv", "T1.csv", "001.csv", "2.csv", "20220324.csv", "RT.csv",
        "5000C.csv", "x_5K.csv",
    ],
)  # fmt: skip
def test_other_numbers_in_a_name_are_no_temperature(name: str) -> None:
    assert temperature_from_name(name)[0] is None


@pytest.mark.parametrize("name", ["25_5C.csv", "25C_80C.csv", "300.csv", "T=298.csv"])
def test_what_can_be_read_in_two_ways_is_not_used_and_said(name: str) -> None:
    kelvin, finding = temperature_from_name(name)
    assert kelvin is None
    assert finding is not None
    assert finding.code == "temperature_ambiguous"


@pytest.mark.parametrize(
    ("name", "celsius"), [("25.csv", 25), ("-5.csv", -5), ("20(1).csv", 20), ("60 (2).csv", 60)]
)
def test_a_bare_number_is_taken_as_celsius_and_said(name: str, celsius: float) -> None:
    kelvin, finding = temperature_from_name(name)
    assert kelvin == pytest.approx(celsius + 273.15)
    assert finding is not None
    assert (finding.code, finding.severity) == ("temperature_from_bare_number", "info")


def test_a_hyphen_that_may_be_a_minus_is_said() -> None:
    kelvin, finding = temperature_from_name("pellet-20C.csv")
    assert kelvin == pytest.approx(293.15)
    assert finding is not None
    assert finding.code == "temperature_sign"


@given(celsius=st.integers(5, 999), before=st.sampled_from(["", "pellet_", "LLTO 7 ", "a(", "x="]))
def test_written_temperatures_come_back(celsius: int, before: str) -> None:
    kelvin, _ = temperature_from_name(f"{before}{celsius}°C.csv")
    assert kelvin == pytest.approx(celsius + 273.15)


@given(st.text(max_size=40))
def test_no_text_breaks_the_search(text: str) -> None:
    kelvin, _ = temperature_from_name(text)
    assert kelvin is None or 20 <= kelvin <= 2000
    temperature_from_header([text])


@pytest.mark.parametrize(
    ("line", "kelvin"),
    [
        ("Temperature: 25 °C", 298.15),
        ("# temperature = 350 K", 350),
        ("Temp. [K]=2.9815e+02", 298.15),
        ("Fixed value(s) :  AC Volt  [Vrms]=7.1000e-03  Temp. [°C]=-2.5e1", 248.15),
        ("T(K) = 300", 300),
        ("Temperatur;25,5;°C", 298.65),
        ("Temperature: 25", None),
        ("Temperature: -327.63 °C", None),
        ("Sintering temperature: 1100 °C", None),
        ("template: 25 C", None),
        ("dT = 5 K", None),
    ],
)
def test_a_header_states_a_temperature_with_its_unit(line: str, kelvin: float | None) -> None:
    assert temperature_from_header(["title", line]) == (
        kelvin if kelvin is None else pytest.approx(kelvin)
    )


def test_two_temperatures_in_a_header_are_none() -> None:
    assert temperature_from_header(["Temperature: 25 °C", "Temperature: 80 °C"]) is None


def test_a_header_wins_over_the_name_and_a_contradiction_is_said() -> None:
    kelvin, source, findings = choose_temperature("pellet_80C.txt", 298.15)
    assert (kelvin, source, [f.code for f in findings]) == (
        298.15,
        "header",
        ["temperature_conflict"],
    )
    assert choose_temperature("pellet_25C.txt", 298.9) == (298.9, "header", [])
    assert choose_temperature("25.csv", 298.15) == (298.15, "header", [])


def test_an_impossible_header_leaves_the_name() -> None:
    assert choose_temperature("pellet_25C.txt", -54.5)[:2] == (298.15, "file name")


def test_a_header_of_blanks_takes_no_time() -> None:
    assert temperature_from_header(["Temp." + " " * 5000 + "x", "T " * 5000, "\t" * 10000]) is None
    assert temperature_from_header(["#      Temperature:       25.0 °C"]) == 298.15
