from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eisfit.base.errors import SpectrumError, UnitError
from eisfit.base.units import parse_area, parse_length, parse_resistance, parse_temperature
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series
from eisfit.data.spectrum import Provenance, Spectrum

F, Z = [1e3, 1e2, 10.0], [1 - 1j, 2 - 1j, 3 - 1j]


def at(T: float | None, name: str = "a.mpt", **more) -> Spectrum:
    return Spectrum(F, Z, temperature=T, provenance=Provenance(file=name), **more)


def test_a_spectrum_is_frozen() -> None:
    spectrum = at(300.0)
    with pytest.raises(ValueError, match="read-only"):
        spectrum.frequency[0] = 1.0
    with pytest.raises(AttributeError):
        spectrum.temperature = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("f", "z", "said"),
    [
        ([1.0, 2.0], [1j], "one length"),
        ([1.0, 0.0], [1j, 1j], "point 2 is not a measurement"),
        ([1.0, np.nan], [1j, 1j], "point 2"),
        ([1.0, 2.0], [1j, np.inf], "point 2"),
        ([], [], "no usable point is left"),
    ],
)
def test_what_is_no_spectrum_is_refused(f, z, said: str) -> None:
    with pytest.raises(SpectrumError, match=said):
        Spectrum(f, z)


def test_a_point_left_out_keeps_its_number_and_its_first_reason() -> None:
    spectrum = Spectrum([1.0, 0.0, 3.0], [1j, 2j, 3j], ("", "frequency is zero", ""))
    again = spectrum.masked(np.array([True, True, False]), "mains")
    assert again.reasons == ("mains", "frequency is zero", "")
    assert again.impedance[1] == 2j
    assert len(again.kept[0]) == 1
    with pytest.raises(SpectrumError, match="reason"):
        spectrum.masked(np.array([True, False, False]), "")


def test_a_series_stands_by_temperature_and_says_what_is_missing() -> None:
    series = Series.by_temperature([at(320.0, "b"), at(None, "c"), at(300.0, "a"), at(320.0, "d")])
    assert series.values.tolist() == [300.0, 320.0, 320.0]
    codes = [f.code for f in series.findings]
    assert codes == ["no_temperature", "repeated_temperature", "no_geometry"]
    assert series.left_out[0][0].label == "c"


def test_no_temperature_at_all_is_refused_with_the_way_out() -> None:
    with pytest.raises(SpectrumError, match="eisfit init"):
        Series.by_temperature([at(None)])


def test_geometries_of_headers_must_agree() -> None:
    a, b = Geometry(1e-3, 1e-4), Geometry(2e-3, 1e-4)
    assert Series.by_temperature([at(300.0, geometry=a), at(310.0, geometry=a)]).geometry == a
    mixed = Series.by_temperature([at(300.0, geometry=a), at(310.0, geometry=b)])
    assert mixed.geometry is None
    assert "conflicting_geometry" in {f.code for f in mixed.findings}


def test_a_series_in_time_takes_the_sheet_before_the_header() -> None:
    def timed(hour: int, **conditions: float) -> Spectrum:
        source = Provenance(measured_at=datetime(2026, 1, 1, hour), conditions=conditions)
        return Spectrum(F, Z, provenance=source)

    assert Series.by_time([timed(3), timed(1)]).values.tolist() == [0.0, 7200.0]
    assert Series.by_time([timed(3, time_s=5.0), timed(1, time_s=9.0)]).values.tolist() == [
        5.0,
        9.0,
    ]


def test_a_series_along_bias_takes_the_sheet_before_the_files_dc_potential() -> None:
    def biased(**conditions: float) -> Spectrum:
        return Spectrum(F, Z, provenance=Provenance(conditions=conditions))

    measured = [biased(dc_potential_V=0.2), biased(dc_potential_V=-0.1), biased()]
    series = Series.along(measured, "bias")
    assert series.values.tolist() == [-0.1, 0.2]
    assert [why for _, why in series.left_out] == ["its bias is not known"]
    assert "no_bias" in {f.code for f in series.findings}
    said = [biased(dc_potential_V=0.2, bias_V=1.0), biased(dc_potential_V=-0.1, bias_V=2.0)]
    assert Series.along(said, "bias").values.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("coordinate", "name"),
    [("state_of_charge", "state_of_charge"), ("pressure", "pressure_Pa"),
     ("thickness", "thickness_m")],
)  # fmt: skip
def test_a_series_along_what_the_sheet_says(coordinate: Any, name: str) -> None:
    several = [Spectrum(F, Z, provenance=Provenance(conditions={name: v})) for v in (0.4, 0.1)]
    assert Series.along(several, coordinate).values.tolist() == [0.1, 0.4]
    with pytest.raises(SpectrumError, match=f"write {coordinate} = "):
        Series.along([Spectrum(F, Z)], coordinate)


@given(st.floats(1e-6, 1e3))
def test_lengths_survive_writing(value: float) -> None:
    assert parse_length(f"{value!r} mm") == pytest.approx(value * 1e-3)


@pytest.mark.parametrize(
    ("text", "value"),
    [("25 °C", 298.15), ("-17°C", 256.15), ("25C", 298.15), ("300 K", 300.0), ("60deg", 333.15),
     ("−20 °C", 253.15), ("1,5 degC", 274.65)],
)  # fmt: skip
def test_temperatures_as_people_write_them(text: str, value: float) -> None:
    assert parse_temperature(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["25", "", "abc °C", "-300 °C", "5 K m", "nan K"])
def test_no_temperature_is_guessed(text: str) -> None:
    with pytest.raises(UnitError):
        parse_temperature(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 kOhm", 1e3), ("2 MΩ", 2e6), ("5 mΩ", 5e-3), ("0 ohm", 0.0), ("3 Ω", 3.0)],
)
def test_ohms_keep_their_prefix(text: str, value: float) -> None:
    assert parse_resistance(text) == pytest.approx(value)


def test_areas_are_squares() -> None:
    for text in ("1 cm2", "1 cm²", "1 cm^2", "100 mm²"):
        assert parse_area(text) == pytest.approx(1e-4)


@pytest.mark.parametrize("arguments", [{}, {"diameter": "1 mm", "area": "1 mm2"}])
def test_a_disc_needs_one_of_diameter_and_area(arguments) -> None:
    with pytest.raises(SpectrumError, match="one of the two"):
        Geometry.disc("1 mm", **arguments)


def test_the_error_of_a_diameter_counts_twice() -> None:
    disc = Geometry.disc("1 mm", diameter="10 mm", diameter_error="0.1 mm")
    assert disc.relative_error == pytest.approx(0.02)
