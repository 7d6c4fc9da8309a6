"""Headings to roles, units and signs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eisfit.base.errors import ReadError
from eisfit.readers.tables.columns import choose_columns, parse_heading

DEGREE = math.pi / 180


@pytest.mark.parametrize(
    ("heading", "role", "factor"),
    [
        ("f", "frequency", 1),
        ("freq/Hz", "frequency", 1),
        ("Frequency (Hz)", "frequency", 1),
        ("Freq.[Hz]", "frequency", 1),
        ("freq_kHz", "frequency", 1e3),
        ("FREQUENCY [MHz]", "frequency", 1e6),
        ("f/mHz", "frequency", 1e-3),
        ("omega (rad/s)", "omega", 1 / (2 * math.pi)),
        ("ω", "omega", 1 / (2 * math.pi)),
        ("Z'", "real", 1),
        ("Zs'[ohm]", "real", 1),
        ("Zreal", "real", 1),
        ("Re(Z)/Ohm", "real", 1),
        ("Re Z (Ω)", "real", 1),
        ("Z_real", "real", 1),
        ("Z (real)", "real", 1),
        ("Z'/mOhm", "real", 1e-3),
        ("Z'/MOhm", "real", 1e6),
        ("Z' [kΩ]", "real", 1e3),
        ("Data: Z'", "real", 1),
        ("-Z'", "real", -1),
        ("Z''", "imag", 1),
        ('Z"/ohm', "imag", 1),
        ("Z″", "imag", 1),
        ("Zimg", "imag", 1),
        ("Img(Z)", "imag", 1),
        ("imaginary", "imag", 1),
        ("Zim (ohms)", "imag", 1),
        ("-Im(Z)/Ohm", "imag", -1),
        ("−Z''", "imag", -1),
        ("minus Z''", "imag", -1),
        ("|Z|/Ohm", "magnitude", 1),
        ("Zmod", "magnitude", 1),
        ("phase", "phase", DEGREE),
        ("Phase(Z)/deg", "phase", DEGREE),
        ("Theta (Z)", "phase", DEGREE),
        ("phase(rad)", "phase", 1),
        ("-phase", "phase", -DEGREE),
        ("Temp. [°C]", "temperature", 1),
        ("T/K", "temperature", 1),
        ("cycle number", "cycle", 1),
        ("loop_index", "cycle", 1),
    ],
)
def test_a_heading_tells_role_and_factor(heading: str, role: str, factor: float) -> None:
    column = parse_heading(heading)
    assert column is not None
    assert not column.problem
    assert (column.role, column.factor) == (role, pytest.approx(factor))


@pytest.mark.parametrize(
    "heading",
    [
        "#NAME?", "T", "Re(Zce)/Ohm", "Re(Zwe-ce)/Ohm", "Data Trace Real", "E Real",
        "Z2 Imag", "Re(Y)/Ohm-1", "Eps''", "M'", "log(f/Hz)", "-Im(z)/Ohm * Area/2", "Pt", "",
    ],
)  # fmt: skip
def test_other_headings_name_nothing(heading: str) -> None:
    assert parse_heading(heading) is None


@pytest.mark.parametrize(
    "heading", ["Z' (Ohm cm3)", "Z'/Ω·m", "Re(Z)/Ohm * Area", "f/mhz", "FREQ (MHZ)", "Z' [MOHM]"]
)
def test_a_unit_that_is_not_sure_is_a_problem(heading: str) -> None:
    column = parse_heading(heading)
    assert column is not None
    assert heading.strip() in column.problem


@given(
    name=st.sampled_from(["Z''", "Im(Z)", "Zimag", "z_im", "imaginary", "IM Z"]),
    minus=st.sampled_from(["", "-", "−", "- "]),
    unit=st.sampled_from([("", 1), ("ohm", 1), ("kOhm", 1e3), ("MΩ", 1e6), ("mOhm", 1e-3)]),
    form=st.sampled_from(["{n}/{u}", "{n} ({u})", "{n}[{u}]", "{n} / {u}", "{n} [{u}]"]),
)
def test_every_way_to_write_a_heading_means_the_same(
    name: str, minus: str, unit: tuple[str, float], form: str
) -> None:
    text, factor = unit
    heading = minus + (form.format(n=name, u=text) if text else name)
    column = parse_heading(heading)
    assert column is not None
    assert column.role == "imag"
    assert column.minus == bool(minus)
    assert column.factor == pytest.approx(-factor if minus else factor)


@given(st.text(max_size=30))
def test_no_heading_breaks_the_parser(text: str) -> None:
    parse_heading(text)


def test_real_and_imaginary_part_are_preferred_to_magnitude_and_phase() -> None:
    layout = choose_columns(["freq/Hz", "|Z|", "Phase", "Z'", "-Z''"], "x", 1)
    assert (layout.indexes, layout.polar, layout.sign_convention) == ((0, 3, 4), False, "-Im Z")


def test_a_spreadsheets_broken_heading_leaves_magnitude_and_phase() -> None:
    layout = choose_columns(["freq/Hz", "Re(Z)/Ohm", "#NAME?", "|Z|/Ohm", "Phase(Z)/deg"], "x", 1)
    assert (layout.indexes, layout.sign_convention) == ((0, 3, 4), "phase")


def test_the_column_with_the_minus_is_taken_where_both_are_there() -> None:
    assert choose_columns(["f", "Z'", "Z''", "-Z''"], "x", 1).indexes == (0, 1, 3)


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["f", "Z'"], "no column for Z''"),
        (["Z'", "Z''"], "no column for frequency"),
        (["f", "Z'", "Z''", "f", "Z'", "Z''"], "2 columns hold frequency"),
        (["f", "Y'", "Y''"], "another quantity than impedance"),
        (["f", "Z' (Ohm cm)", "Z'' (Ohm cm)"], "'Ohm cm'"),
    ],
)
def test_what_is_missing_is_said_with_its_place(headings: list[str], said: str) -> None:
    with pytest.raises(ReadError) as caught:
        choose_columns(headings, "run.csv", 7)
    assert str(caught.value).startswith("run.csv:7: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("heading", "factor"),
    [("Z' (Ohm cm2)", 1.0), ("Z'/Ω·cm²", 1.0), ("Re(Z) [kOhm*cm^2]", 1e3), ("Z' (Ω m²)", 1e4)],
)
def test_an_impedance_per_area_is_that_of_a_square_centimetre(heading: str, factor: float) -> None:
    column = parse_heading(heading)
    assert column is not None
    assert (column.problem, column.factor) == ("", factor)
    assert choose_columns(
        ["f", heading, heading.replace("Re(Z)", "Im(Z)").replace("Z'", "Z''")], "a"
    ).per_area


def test_headings_of_battery_data_tables() -> None:
    names = ["Test Time / s", "Frequency / Hz", "Absolute Impedance / ohm", "Phase / deg"]
    layout = choose_columns(names, "a.csv")
    assert layout.polar
    assert layout.index_of("time") == 3
    spelled = parse_heading("Frequency (hertz)")
    assert spelled is not None
    assert (spelled.role, spelled.factor, spelled.problem) == ("frequency", 1.0, "")
