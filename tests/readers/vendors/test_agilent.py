"""ASCII files of the 4294A: which parameters give Z, and what is refused."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.registry import built_in, identify
from eisfit.readers.vendors import agilent

REAL = Path(__file__).parents[3].parent / "shared/data/instruments/agilent_4294a/impedance.txt"
FREQUENCY = np.logspace(2, 7, 21)
OMEGA = 2 * np.pi * FREQUENCY
R, C = 1e4, 2e-11
IMPEDANCE = R / (1 + 1j * OMEGA * R * C)
ZERO = np.zeros(len(FREQUENCY))
ONE = np.ones(len(FREQUENCY))
TRACE = ("Frequency", "Data Trace Real", "Data Trace Imag")
POLAR = (abs(IMPEDANCE), np.degrees(np.angle(IMPEDANCE)))


def _block(trace: str, *columns: np.ndarray, heading: tuple[str, ...] = TRACE) -> str:
    names = "\t".join(f'"{name}"' for name in heading)
    rows = zip(FREQUENCY.tolist(), *(c.tolist() for c in columns), strict=True)
    lines = ["\t".join(f"{value:.11e}" for value in row) for row in rows]
    return "\n".join([f'"TRACE: {trace}"', '"FORMAT: LINEAR"', "", names, *lines, "", "", ""])


def _file(
    parameter: str = "IMPEDANCE MAG PHASE (DEG)",
    a: np.ndarray = POLAR[0],
    b: np.ndarray = POLAR[1],
    blocks: str = "",
    bias: str = "OFF",
) -> str:
    head = [
        "4294A REV1.11",
        '"DATE: Jan 25 2018"',
        "",
        f'"MEASURE PARAMETER: {parameter}"',
        '"SWEEP TYPE: LOG FREQ"',
        f'"NUMBER of POINTS: {len(FREQUENCY)}"',
        '"OSC LEVEL:  500 mVolt"',
        f'"DC BIAS: {bias}"',
        "",
        "",
    ]
    return "\n".join(head) + (blocks or _block("A", a, ZERO) + _block("B", b, ZERO))


def _read(path: Path, text: str | bytes) -> list[Spectrum]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return agilent.read(path)


def _outcome(path: Path, content: bytes) -> str:
    """Return the file of the first spectrum, or the message of a ReadError; all else fails."""
    try:
        return _read(path, content)[0].provenance.file
    except ReadError as trouble:
        return str(trouble)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pellet.txt"


@pytest.mark.parametrize(
    ("parameter", "a", "b"),
    [
        ("IMPEDANCE MAG PHASE (DEG)", *POLAR),
        ("IMPEDANCE MAG PHASE (RAD)", POLAR[0], np.radians(POLAR[1])),
        ("ADMITTANCE MAG PHASE (DEG)", 1 / POLAR[0], -POLAR[1]),
        ("R-X", IMPEDANCE.real, IMPEDANCE.imag),
        ("IMPEDANCE REAL IMAG", IMPEDANCE.real, IMPEDANCE.imag),
        ("G-B", ONE / R, OMEGA * C),
        ("CP-D", C * ONE, 1 / (OMEGA * R * C)),
        ("Cp-Q", C * ONE, OMEGA * R * C),
        ("CP-G", C * ONE, ONE / R),
        ("CP-RP", C * ONE, R * ONE),
        ("CS-RS", -1 / (OMEGA * IMPEDANCE.imag), IMPEDANCE.real),
        ("LS-RS", IMPEDANCE.imag / OMEGA, IMPEDANCE.real),
    ],
)
def test_parameters_that_determine_the_impedance(
    path: Path, parameter: str, a: np.ndarray, b: np.ndarray
) -> None:
    (spectrum,) = _read(path, _file(parameter, a, b))
    np.testing.assert_allclose(spectrum.frequency, FREQUENCY, rtol=1e-10)
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-9)
    polar = "PHASE" in parameter
    assert spectrum.provenance.sign_convention == ("phase" if polar else "Im Z")
    computed = not polar and parameter not in {"R-X", "IMPEDANCE REAL IMAG", "G-B"}
    codes = [f.code for f in spectrum.findings]
    assert codes == ["date_without_time", *(["impedance_computed"] if computed else [])]


def test_the_data_array_is_the_impedance_whatever_is_shown(path: Path) -> None:
    heading = ("Frequency", "Data Real", "Data Imag", *TRACE[1:])
    parts = (IMPEDANCE.real, IMPEDANCE.imag)
    blocks = _block("A", *parts, POLAR[0], ZERO, heading=heading)
    blocks += _block("B", *parts, 7 * ONE, ZERO, heading=heading)
    (spectrum,) = _read(path, _file("|Z|-Q", blocks=blocks))
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-10)
    assert spectrum.provenance.columns == heading


def test_complex_traces_are_read_where_they_are_reciprocal(path: Path) -> None:
    y = 1 / IMPEDANCE
    blocks = _block("A", IMPEDANCE.real, IMPEDANCE.imag) + _block("B", y.real, y.imag)
    (spectrum,) = _read(path, _file("COMPLEX Z-Y", blocks=blocks))
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-10)
    with pytest.raises(ReadError, match="not Z and Y = 1/Z"):
        _read(
            path,
            _file(
                "COMPLEX Z-Y", blocks=_block("A", y.real, y.imag) * 2 + _block("B", y.real, y.imag)
            ),
        )


def test_what_the_header_tells(path: Path) -> None:
    (spectrum,) = _read(path, _file(bias="1.5 Volt").replace("\n", "\r\n"))
    source = spectrum.provenance
    assert (source.instrument, source.software) == ("Agilent 4294A", "REV1.11")
    assert source.technique == "IMPEDANCE MAG PHASE (DEG)"
    assert source.conditions == {"amplitude_V": 0.5, "dc_potential_V": 1.5}
    assert source.columns == TRACE * 2
    assert source.measured_at is None
    assert "Jan 25 2018" in spectrum.findings[0].message
    (driven,) = _read(path, _file().replace("500 mVolt", "2 mAmp"))
    assert driven.provenance.conditions == {"amplitude_A": pytest.approx(2e-3)}


def test_columns_of_memory_are_another_measurement(path: Path) -> None:
    heading = (*TRACE, "Memory Trace Real", "Memory Trace Imag")
    blocks = "".join(
        _block(trace, values, ZERO, 9 * ONE, ZERO, heading=heading)
        for trace, values in zip("AB", POLAR, strict=True)
    )
    (spectrum,) = _read(path, _file(blocks=blocks))
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-9)


def test_an_overload_is_left_out_with_its_reason(path: Path) -> None:
    a = POLAR[0].copy()
    a[3] = 9.9e37
    (spectrum,) = _read(path, _file(a=a))
    assert np.flatnonzero(spectrum.mask).tolist() == [3]
    assert "|Z| = 9.9e+37" in spectrum.reasons[3]
    assert spectrum.reasons[3].startswith("line 17:")


def test_a_row_that_trace_b_lacks_is_left_out(path: Path) -> None:
    lines = _file().split("\n")
    place = max(i for i, line in enumerate(lines) if line.startswith(f"{FREQUENCY[5]:.11e}"))
    del lines[place]
    (spectrum,) = _read(path, "\n".join(lines))
    assert np.flatnonzero(spectrum.mask).tolist() == [5]
    kept = np.arange(len(FREQUENCY)) != 5
    np.testing.assert_allclose(spectrum.impedance[kept], IMPEDANCE[kept], rtol=1e-9)


def test_fewer_rows_than_told_are_said(path: Path) -> None:
    (spectrum,) = _read(path, _file().replace("POINTS: 21", "POINTS: 30"))
    assert "truncated" in [f.code for f in spectrum.findings]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_file("|Z|-Q"), "'|Z|-Q' does not determine the impedance; choose R-X or |Z|-θ"),
        (_file("VELOCITY"), "'VELOCITY' does not determine the impedance"),
        (_file().replace("MEASURE PARAMETER", "PARAMETER"), "does not name the measurement"),
        (_file(blocks=_block("A", POLAR[0], ZERO)), "trace B is missing"),
        (_file(blocks=_block("B", POLAR[0], ZERO)), "trace A is missing"),
        (_file().replace('"Frequency"', '"DC Bias"'), "a sweep of 'DC Bias', not of the frequency"),
        (_file()[:200], "cut off within its header"),
        (_file("IMPEDANCE MAG PHASE", b=np.radians(POLAR[1])), "in degrees or radians"),
    ],
)
def test_what_gives_no_impedance_is_refused(path: Path, text: str, said: str) -> None:
    with pytest.raises(ReadError) as caught:
        _read(path, text)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_it_is_known_by_its_first_line(path: Path) -> None:
    head = _file().encode()
    assert identify(path, head).name == "agilent_4294a"
    assert sum(f.recognises(head) for f in built_in()) == 1


def test_damage_gives_spectra_or_a_read_error(path: Path) -> None:
    content = _file().encode()
    chance = random.Random(3)
    cases = [content[: len(content) * i // 200] for i in range(200)]
    for _ in range(500):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] = chance.randrange(256)
        cases.append(bytes(damaged))
    for case in cases:
        assert _outcome(path, case).startswith(str(path))


@pytest.mark.skipif(not REAL.is_file(), reason="the file from a real instrument is not here")
def test_a_real_file() -> None:
    (spectrum,) = agilent.read(REAL)
    f, z = spectrum.kept
    assert (len(f), f[0], f[-1]) == (534, 1e5, 1e3)
    assert (abs(z[0]), abs(z[-1])) == (pytest.approx(128.4186), pytest.approx(1.324238))
    assert np.degrees(np.angle(z[-1])) == pytest.approx(75.85065)
    inductance = z.imag / (2 * np.pi * f)  # an inductor: the same at all frequencies
    np.testing.assert_allclose(inductance, np.median(inductance), rtol=0.01)
    assert np.all(z.real > 0)
    head = REAL.read_bytes()[:65536]
    assert [g.name for g in built_in() if g.recognises(head)] == ["agilent_4294a"]
