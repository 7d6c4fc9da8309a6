"""Zahner's .ism files, and the lists that its programs write as text."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers import read_each
from eisfit.readers.conformance import check_reader
from eisfit.readers.registry import formats, identify
from eisfit.readers.vendors import zahner, zahner_text

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "instruments" / "zahner"
needs_files = pytest.mark.skipif(
    not REAL.is_dir(), reason="the folder of files from real instruments is not here"
)

_UP, _DOWN = np.logspace(3, 5, 9), np.logspace(5, -1, 25)[1:]
F = np.concatenate([_UP, _DOWN])  # from 1 kHz up, then down: 1 to 100 kHz stand twice
Z = 20 + 1000 / (1 + 2j * np.pi * F * 1000 * 1e-7)
K = len(F)
STARTED = datetime(2021, 10, 15, 7, 14, 33)
SECONDS = (STARTED - datetime(1980, 1, 1)).total_seconds()
TIMES = SECONDS + 2.0 * np.arange(K)
TEXTS = ("151021", "pellet 7", "0.0255V, Ampl: 10mV", "-1.825nA", "23.8+-0.1C",
         "07:14:31 - 07:15:31", "first", "", "", "last", "1", "")  # fmt: skip


def ism(texts: tuple[str, ...] = TEXTS, time: ArrayLike = TIMES, rest: int = 2) -> bytes:
    """Return an .ism file; `rest` quantities of each point stand after the settings, -1: none."""
    out = b"\0\0\xff\xff\xff\xfe" + (K - 1).to_bytes(6, "big")
    for values in (F, np.abs(Z), np.angle(Z), time):
        out += np.asarray(values, ">f8").tobytes()
    out += np.full(K, 1000, ">i2").tobytes()
    for text in texts:
        raw = text.encode("cp1252").swapcase()
        out += struct.pack(">H", len(raw)) + raw
    if rest < 0:
        return out
    further = np.array([[0.05, 2e-6, 1.0][:rest]] * K, ">f8").tobytes()
    return out + struct.pack(">H", 256 + len(further)) + bytes(256) + further


def changed(**texts: str) -> tuple[str, ...]:
    """Return the texts with some of them replaced, by their names."""
    names = ("date", "system", "potential", "current", "temperature", "times")
    return tuple(texts.get(n, t) for n, t in zip(names, TEXTS, strict=False)) + TEXTS[6:]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], Spectrum]:
    def reading(content: bytes) -> Spectrum:
        path = tmp_path / "cell.ism"
        path.write_bytes(content)
        (spectrum,) = zahner.read(path)
        return spectrum

    return reading


def codes(spectrum: Spectrum) -> set[str]:
    """Return the codes of the findings but for those on doubled frequencies."""
    return {f.code for f in spectrum.findings} - {"unsorted_frequency", "duplicate_frequency"}


def test_numbers_and_header_come_back(read: Callable[[bytes], Spectrum]) -> None:
    spectrum = read(ism())
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-12)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-12)
    assert not spectrum.mask.any()
    assert spectrum.temperature == pytest.approx(296.95)
    source = spectrum.provenance
    assert source.measured_at == STARTED
    assert (source.format, source.instrument) == ("zahner", "Zahner")
    assert source.technique == "pellet 7 · first · last"
    assert source.sign_convention == "phase"
    wanted = {"dc_potential_V": 0.05, "dc_current_A": 2e-6, "amplitude_V": 0.01, "start_s": 0.0}
    assert dict(source.conditions) == pytest.approx(wanted)
    assert codes(spectrum) == set()


def test_without_values_of_each_point_the_texts_tell_the_dc_state(
    read: Callable[[bytes], Spectrum],
) -> None:
    for content in (ism(rest=0), ism(rest=-1), ism(TEXTS[:11], rest=-1)):
        spectrum = read(content)
        told = spectrum.provenance.conditions
        assert told["dc_potential_V"] == pytest.approx(0.0255)
        assert told["dc_current_A"] == pytest.approx(-1.825e-9)
        assert codes(spectrum) == set()


def test_a_serial_text_before_the_settings_moves_them(read: Callable[[bytes], Spectrum]) -> None:
    spectrum = read(ism((*TEXTS[:-1], "42")))
    assert spectrum.provenance.conditions["dc_current_A"] == pytest.approx(2e-6)


@pytest.mark.parametrize(
    ("potential", "current", "wanted"),
    [
        ("0.0V", "3.6102mA, Ampl: 1A", {"dc_potential_V": 0, "dc_current_A": 3.6102e-3,
                                        "amplitude_A": 1.0}),
        ("0.0V, Ampl: 5mV", "16aA", {"dc_potential_V": 0, "dc_current_A": 16e-18,
                                     "amplitude_V": 5e-3}),
        ("-12.5mV", "3µA", {"dc_potential_V": -0.0125, "dc_current_A": 3e-6}),
        ("1.5kV", "2MA", {"dc_potential_V": 1500, "dc_current_A": 2e6}),
        ("open", "", {}),
    ],
)  # fmt: skip
def test_quantities_have_their_prefixes(
    read: Callable[[bytes], Spectrum], potential: str, current: str, wanted: dict[str, float]
) -> None:
    spectrum = read(ism(changed(potential=potential, current=current), rest=0))
    told = {k: v for k, v in spectrum.provenance.conditions.items() if k != "start_s"}
    assert told == pytest.approx(wanted, rel=1e-12, abs=1e-30)


@pytest.mark.parametrize(
    ("text", "kelvin", "said"),
    [
        ("23.8+-0.1C", 296.95, set()),
        ("25 °C", 298.15, set()),
        ("300K", 300.0, set()),
        ("0C", 273.15, set()),  # typed in, no sensor's
        ("-0.2+-0.1C", None, {"temperature_ambiguous"}),
        ("-273.15+-0.0C", None, set()),
        ("RT", None, set()),
        ("", None, set()),
    ],
)
def test_the_temperature_is_that_of_a_sensor(
    read: Callable[[bytes], Spectrum], text: str, kelvin: float | None, said: set[str]
) -> None:
    spectrum = read(ism(changed(temperature=text)))
    assert spectrum.temperature == (None if kelvin is None else pytest.approx(kelvin))
    assert codes(spectrum) == said


def test_counts_in_place_of_times_are_none(read: Callable[[bytes], Spectrum]) -> None:
    spectrum = read(ism(time=np.arange(K)))
    assert "start_s" not in spectrum.provenance.conditions
    assert spectrum.provenance.measured_at == datetime(2021, 10, 15, 7, 14, 31)
    assert read(ism(changed(date="", times=""), np.arange(K))).provenance.measured_at is None
    assert read(ism(time=-SECONDS - np.arange(K))).provenance.measured_at == STARTED


def test_a_simulation_is_told_from_a_measurement(read: Callable[[bytes], Spectrum]) -> None:
    spectrum = read(ism(changed(system="Simulation")))
    assert codes(spectrum) == {"simulated"}
    assert spectrum.provenance.instrument == ""


def test_parts_that_are_not_known_or_cut_off_are_told(read: Callable[[bytes], Spectrum]) -> None:
    whole = ism()
    for content, said in (
        (ism(rest=3), {"unknown_part"}),
        (ism(rest=1), {"unknown_part"}),
        (whole[:-1], {"truncated"}),
        (whole[: 12 + 34 * K + 20], {"truncated"}),
        (whole + b"\0" * 40, set()),
    ):
        spectrum = read(content)
        np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-12)
        assert codes(spectrum) == said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (ism()[:200], "33 points are announced and there is room for 5; the file is cut off"),
        (ism()[:8], "there is room for 0"),
        (b"\0\0\xff\xff\xff\xfe" + b"\xff" * 60, "281474976710656 points are announced"),
        (b"\0\0\xff\xff\xff\xfe" + bytes(200), "no row has a frequency above zero"),
    ],
)
def test_files_without_a_spectrum_are_refused(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "cell.ism"
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        zahner.read(path)
    assert str(caught.value).startswith(str(path))
    assert sentence in str(caught.value)


def test_a_fit_is_no_spectrum(tmp_path: Path) -> None:
    path = tmp_path / "fit_result.json"
    path.write_text(json.dumps({"model": {"R0": {"R": {"value": 1.0}}}, "overall": {}}, indent=2))
    (outcome,) = read_each(path)
    assert str(outcome.error).startswith(str(path))
    assert not outcome.spectra


@pytest.mark.parametrize(("rest", "damages"), [(2, 500), (0, 100), (-1, 100)])
def test_damaged_files_are_read_or_refused(rest: int, damages: int) -> None:
    content = ism(rest=rest)
    check_reader(zahner.FORMAT, content, "cell.ism", F, Z, cuts=2 * damages // 5, damages=damages)


# --- lists as text


THALES = ["Number", "Frequency/Hz", "impedance/Ohm", "Phase/deg", "Significance", "Time/s"]
ANALYSIS = ["frequency (Hz)", "impedance (Ω)", "phase / rad (rad)", "phase / deg (°)",
            "impedance' (Ω)", "impedance'' (Ω)", "time (s)", "significance"]  # fmt: skip
POLAR = [ANALYSIS[i] for i in (0, 1, 3, 7)]
_VALUES = {
    **dict(zip(THALES, (np.arange(1, K + 1), F, np.abs(Z), np.degrees(np.angle(Z)),
                        np.full(K, 1000), 2.0 * np.arange(K)), strict=True)),
    **dict(zip(ANALYSIS, (F, np.abs(Z), np.angle(Z), np.degrees(np.angle(Z)), Z.real, Z.imag,
                          2.0 * np.arange(K), np.full(K, 1000)), strict=True)),
}  # fmt: skip
ENTRIES = ["File......: c:/thales/cell.ism", "Date......: 151021", "System....: pellet 7",
           "Potential.: 0.0255V, Ampl: 10mV", "Current...: -1.825nA", "Temperature: 23.8+-0.1C",
           "Time......: 07:14:31 - 07:15:31", "Comment...: first"]  # fmt: skip


def listing(
    headings: list[str], delimiter: str, decimal: str = ".", entries: list[str] = ENTRIES
) -> str:
    """Return a list as Zahner's programs write it, as far as that is known."""
    rows = zip(*(_VALUES[name].tolist() for name in headings), strict=True)
    lines = [delimiter.join(f"{x:.9g}".replace(".", decimal) for x in row) for row in rows]
    return "\n".join([*entries, "", delimiter.join(headings), *lines, ""])


@pytest.mark.parametrize(
    "text",
    [
        listing(THALES, ","),
        listing(THALES, "  "),
        "sep=,\n" + listing(THALES[:4], ","),
        listing(THALES, ";", ","),
        listing(ANALYSIS, "\t"),
        listing(ANALYSIS, "\t", ","),
        listing(POLAR, "\t"),
    ],
)
def test_lists_are_read_with_their_header(write: Callable[..., Path], text: str) -> None:
    path = write(text)
    assert identify(path, path.read_bytes()).name == "zahner_text"
    (spectrum,) = zahner_text.read(path)
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-7)
    assert spectrum.temperature == pytest.approx(296.95)
    source = spectrum.provenance
    assert source.measured_at == datetime(2021, 10, 15, 7, 14, 31)
    assert source.technique == "pellet 7 · first"
    told = {k: v for k, v in source.conditions.items() if k != "start_s"}
    wanted = {"dc_potential_V": 0.0255, "dc_current_A": -1.825e-9, "amplitude_V": 0.01}
    assert told == pytest.approx(wanted)
    assert set(source.columns) <= {*THALES, *ANALYSIS}
    assert codes(spectrum) == set()


def test_a_list_without_header_is_read(write: Callable[..., Path]) -> None:
    (spectrum,) = zahner_text.read(write(listing(ANALYSIS, "\t", entries=[])))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-7)
    assert spectrum.provenance.measured_at is None


def test_every_measurement_of_a_list_has_its_own_potential(write: Callable[..., Path]) -> None:
    second = [line.replace("0.0255V", "1.5V") for line in ENTRIES]
    text = listing(THALES, ",") + "\n" + listing(THALES, ",", entries=second)
    spectra = zahner_text.read(write(text))
    assert [s.provenance.sweep for s in spectra] == [1, 2]
    assert [s.provenance.conditions["dc_potential_V"] for s in spectra] == [0.0255, 1.5]
    for spectrum in spectra:
        np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-7)
        assert codes(spectrum) == set()


def test_a_measurement_without_rows_is_told_beside_a_good_one(write: Callable[..., Path]) -> None:
    text = (
        listing(THALES, ",") + "\n" + "\n".join([*ENTRIES, ",".join(THALES), "1,10,5,-2,1,0", ""])
    )
    (spectrum,) = zahner_text.read(write(text))
    assert len(spectrum) == K
    (said,) = (f for f in spectrum.findings if f.code == "measurement_passed_over")
    assert "only 1 usable points" in said.message


def test_a_file_without_such_a_heading_is_refused(write: Callable[..., Path]) -> None:
    path = write("frequency (Hz)\tgain\n1\t2\n")
    assert not zahner_text.recognises(path.read_bytes())
    with pytest.raises(ReadError, match="no heading with frequency, impedance and phase"):
        zahner_text.read(path)


@pytest.mark.parametrize(
    ("text", "damages"), [(listing(THALES, ","), 500), (listing(ANALYSIS, "\t"), 100)]
)
def test_damaged_lists_are_read_or_refused(text: str, damages: int) -> None:
    content = text.encode()
    cuts = 2 * damages // 5
    check_reader(zahner_text.FORMAT, content, "cell.txt", F, Z, cuts=cuts, damages=damages)


# --- files as instruments wrote them


def real(name: str) -> Spectrum:
    (spectrum,) = zahner.read(REAL / name)
    return spectrum


@needs_files
def test_only_this_format_claims_the_files() -> None:
    for path in sorted(REAL.glob("*.ism")):
        head = path.read_bytes()[:65536]
        assert [f.name for f in formats() if f.recognises(head)] == ["zahner"], path.name


@needs_files
def test_a_simulated_spectrum_is_that_of_the_fit_beside_it() -> None:
    fit = json.loads((REAL / "fit_result.json").read_text(encoding="utf-8"))["model"]
    R, C = fit["R0"]["R"]["value"], fit["C0"]["C"]["value"]
    spectrum = real("fitted_simulated.ism")
    expected = R / (1 + 2j * np.pi * spectrum.frequency * R * C)
    np.testing.assert_allclose(spectrum.impedance, expected, rtol=1e-6)
    measured = real("rc-data.ism")
    expected = R / (1 + 2j * np.pi * measured.frequency * R * C)
    np.testing.assert_allclose(measured.impedance, expected, rtol=0.03)


@needs_files
def test_the_dc_curve_of_a_diode_has_the_slope_that_its_impedance_tells() -> None:
    names = ("100", "125", "150", "175", "200", "225", "250", "275")
    spectra = [real(f"{name}_mvdc.ism") for name in names]
    volts, amperes = (
        np.array([s.provenance.conditions[key] for s in spectra])
        for key in ("dc_potential_V", "dc_current_A")
    )
    slope = np.array([1 / s.impedance[np.argmin(s.frequency)].real for s in spectra])
    np.testing.assert_allclose(volts, np.array(names, float) / 1e3 + 0.025, atol=5e-4)
    mean = np.diff(slope) / np.diff(np.log(slope))  # of an exponential between two points
    np.testing.assert_allclose(np.diff(amperes), mean * np.diff(volts), rtol=0.02)


@needs_files
def test_a_sweep_up_and_down_keeps_all_its_points_in_order() -> None:
    spectrum = real("rc-data.ism")
    top = int(np.argmax(spectrum.frequency))
    assert np.all(np.diff(spectrum.frequency[: top + 1]) > 0)
    assert np.all(np.diff(spectrum.frequency[top:]) < 0)
    assert (len(spectrum), len(np.unique(spectrum.frequency))) == (75, 55)
    assert spectrum.temperature == pytest.approx(296.95)
    assert spectrum.provenance.measured_at == datetime(2024, 7, 16, 9, 32, 48)


@needs_files
def test_amplitudes_are_in_volt_or_ampere() -> None:
    assert real("short_circuit_measurement_pro.ism").provenance.conditions["amplitude_A"] == 1
    conditions = real("ZHIT.ism").provenance.conditions
    assert conditions["amplitude_V"] == pytest.approx(5e-3)
    assert conditions["dc_current_A"] == pytest.approx(16e-18)


@needs_files
def test_texts_may_all_be_empty() -> None:
    spectrum = real("500uR_measurement_pro_short_compensated.ism")
    low = spectrum.impedance[np.argmin(spectrum.frequency)]
    assert low.real == pytest.approx(500e-6, rel=0.1)  # the resistor that the name tells
    assert not spectrum.provenance.conditions
    assert spectrum.provenance.measured_at is None
