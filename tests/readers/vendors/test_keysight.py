"""Trace data of the E4990A, laid out as its maker's help shows."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.registry import built_in, identify
from eisfit.readers.vendors import keysight

FREQUENCY = np.logspace(2, 7, 21)
OMEGA = 2 * np.pi * FREQUENCY
R, C = 1e4, 2e-11
IMPEDANCE = R / (1 + 1j * OMEGA * R * C)
ONE = np.ones(len(FREQUENCY))
HEAD = "!Keysight Technologies,E4990A,MY54101026,A.02.12\n!Date: Fri Aug 28 18:37:56 2020\n\n"
POLAR = {"|Z|(Ohm)-data": abs(IMPEDANCE), "theta-z(deg)-data": np.degrees(np.angle(IMPEDANCE))}
HELP = """!Agilent Technologies,E4990A,MY521012345,A.02.10
!Date: Fri Apr 03 13:41:16 2015
BEGIN CH1_DATA
Title label, TEST DATA
DCV(V), +5.230e-005, DCI(A), +2.335e-005
Frequency(Hz), |Z|(Ohm)-data, theta-z(deg)-data, theta-z(deg)-mem
+1.00000000000e+006, +1.97459864960e+002, +8.89119473020e+001, +8.89149657750e+001
+1.24500000000e+006, +2.45930241725e+002, +8.90092068003e+001, +8.90104707237e+001
+1.49000000000e+006, +2.94468803906e+002, +8.90724204521e+001, +8.90671128428e+001
END
BEGIN CH2_DATA
Frequency(Hz), Z-Real(Ohm)-data, Z-Imag(Ohm)-data, Y-Real(S)-mem, Y-Imag(S)-mem
+2.00000000000e+001, +2.57837627123e+000, +3.50938358951e-003, +3.88047360311e-001, -5.3e-004
+2.50019900000e+005, +2.73450923252e+000, +4.94146644262e+001, +1.11653358172e-003, -2.0e-002
+5.00019800000e+005, +2.98241530912e+000, +9.87264255181e+001, +3.05986100688e-004, -1.0e-002
END
"""


def _channel(columns: dict[str, np.ndarray], number: int = 1, above: str = "") -> str:
    heading = ", ".join(["Frequency(Hz)", *columns])
    rows = zip(FREQUENCY.tolist(), *(c.tolist() for c in columns.values()), strict=True)
    lines = [", ".join(f"{value:+.11e}" for value in row) for row in rows]
    return "\n".join([f"BEGIN CH{number}_DATA", *above.splitlines(), heading, *lines, "END", ""])


def _read(path: Path, text: str | bytes) -> list[Spectrum]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return keysight.read(path)


def _outcome(path: Path, content: bytes) -> str:
    """Return the file of the first spectrum, or the message of a ReadError; all else fails."""
    try:
        return _read(path, content)[0].provenance.file
    except ReadError as trouble:
        return str(trouble)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pellet.csv"


@pytest.mark.parametrize(
    "columns",
    [
        POLAR,
        {"R(Ohm)-data": IMPEDANCE.real, "X(Ohm)-data": IMPEDANCE.imag},
        {"Z-Real(Ohm)-data": IMPEDANCE.real, "Z-Imag(Ohm)-data": IMPEDANCE.imag},
        {"G(S)-data": ONE / R, "B(S)-data": OMEGA * C},
        {"Cp(F)-data": C * ONE, "D-data": 1 / (OMEGA * R * C)},
        {"CP(F)-data": C * ONE, "Q()-data": OMEGA * R * C},
        {"Ls(H)-data": IMPEDANCE.imag / OMEGA, "Rs(Ohm)-data": IMPEDANCE.real},
        {"Vac(V)-data": 0.5 * ONE, "Cp(F)-data": C * ONE, "G(S)-mem": ONE, "Rp(Ohm)-data": R * ONE},
    ],
    ids=", ".join,
)
def test_traces_that_determine_the_impedance(path: Path, columns: dict[str, np.ndarray]) -> None:
    (spectrum,) = _read(path, HEAD + _channel(columns))
    np.testing.assert_allclose(spectrum.frequency, FREQUENCY, rtol=1e-10)
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-9)
    assert spectrum.provenance.columns == ("Frequency(Hz)", *columns)


def test_what_the_head_tells(path: Path) -> None:
    above = "Title label, LLZO, Temperature: 80 °C\nDCV(V), +5.230e-002, DCI(A), +2.335e-005"
    (spectrum,) = _read(path, HEAD + _channel(POLAR, above=above))
    source = spectrum.provenance
    assert (source.instrument, source.software) == (
        "Keysight E4990A (SN MY54101026)",
        "firmware A.02.12",
    )
    assert source.measured_at == datetime(2020, 8, 28, 18, 37, 56)
    assert source.conditions == {"dc_potential_V": 0.0523, "dc_current_A": 2.335e-5}
    assert source.sign_convention == "phase"
    assert (spectrum.temperature, spectrum.temperature_source) == (353.15, "header")
    assert spectrum.findings == ()


def test_the_example_of_the_makers_help(path: Path) -> None:
    first, second = _read(path, HELP)
    assert [s.provenance.sweep for s in (first, second)] == [1, 2]
    assert abs(first.impedance[0]) == pytest.approx(197.459864960)
    assert np.degrees(np.angle(first.impedance[0])) == pytest.approx(88.9119473020)
    assert second.impedance[1] == pytest.approx(2.73450923252 + 49.4146644262j)
    assert first.provenance.conditions["dc_potential_V"] == pytest.approx(5.23e-5)
    assert second.provenance.conditions == {}
    assert [f.code for f in first.findings] == ["memory_trace"]


def test_a_channel_without_impedance_does_not_stop_the_others(path: Path) -> None:
    other = _channel({"|Z|(Ohm)-data": ONE, "Q()-data": ONE}, 1)
    bias = _channel(POLAR, 2).replace("Frequency(Hz)", "DC Bias(V)")
    (spectrum,) = _read(path, HEAD + other + bias + _channel(POLAR, 3))
    codes = [f.code for f in spectrum.findings]
    assert codes == ["part_passed_over", "part_passed_over"]
    assert spectrum.provenance.sweep == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEAD + _channel({"|Z|(Ohm)-data": ONE, "Q()-data": ONE}),
            ":5: CH1 holds '|Z|(Ohm)-data', 'Q()-data', which do not determine the impedance; "
            "choose R-X or |Z|-θ",
        ),
        (
            HEAD + _channel(POLAR).replace("Frequency(Hz)", "OSC Level(V)"),
            ":5: CH1 is a sweep of 'OSC Level(V)', not of the frequency",
        ),
        (HEAD + "BEGIN CH1_DATA\n1,2,3\nEND\n", "CH1 has no heading such as"),
        (HEAD, "cut off within its header"),
        (HEAD + "BEGIN CH1_DATA\nFrequency(Hz), R(Ohm)-data, X(Ohm)-data\nEND\n", "holds no data"),
    ],
)
def test_what_gives_no_impedance_is_refused(path: Path, text: str, said: str) -> None:
    with pytest.raises(ReadError) as caught:
        _read(path, text)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_a_file_cut_at_a_line_end_says_so(path: Path) -> None:
    (spectrum,) = _read(path, (HEAD + _channel(POLAR)).removesuffix("END\n"))
    assert [f.code for f in spectrum.findings] == ["truncated"]


def test_it_is_known_by_its_first_line_and_is_no_touchstone_file(path: Path) -> None:
    for text in (HELP, HEAD + _channel(POLAR)):
        assert identify(path, text.encode()).name == "keysight_e4990a"
        assert sum(f.recognises(text.encode()) for f in built_in()) == 1
    touchstone = HEAD + "!Data:\n!Freq S11\n# Hz S RI R 50\n1000 0.3 -0.1\n"
    assert not keysight.recognises(touchstone.encode())


def test_damage_gives_spectra_or_a_read_error(path: Path) -> None:
    content = HELP.encode()
    chance = random.Random(4)
    cases = [content[: len(content) * i // 200] for i in range(200)]
    for _ in range(500):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] = chance.randrange(256)
        cases.append(bytes(damaged))
    for case in cases:
        assert _outcome(path, case).startswith(str(path))
