"""VersaStudio's .par: sections, several segments, what is refused."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.registry import built_in, identify
from eisfit.readers.vendors import versastudio

REAL = (
    Path(__file__).parents[3].parent
    / "shared/data/instruments/versastudio/exampleDataVersaStudio.par"
)
FREQUENCY = np.logspace(5, -1, 25)
IMPEDANCE = 20 + 300 / (1 + 2j * np.pi * FREQUENCY * 300 * 1e-5)
COLUMNS = (
    "Segment #, Point #, E(V), I(A), Elapsed Time(s), ADC Sync Input(V), Current Range, Status, "
    "E Applied(V), Frequency(Hz), E Real, E Imag, I Real, I Imag, Z Real, Z Imag, E2 Status, "
    "E2(V), E2 Real, E2 Imag, Z2 Real, Z2 Imag, ActionId, AC Amplitude, 0"
)
HEAD = """<Application>
Name=VersaStudio
Version=2.52.3.0
</Application>

<Action0>
Measured Open Circuit=6.404 mV
Working Electrode Area (cm2)=0.5
Segments=0
Name=Common
Comment=pellet of Ω, Temperature: 60 °C
</Action0>

<Instrument>
Type=VersaSTAT4
Model=-400
SN=16334007
</Instrument>

<Experiment>
TimeAcquired=9:40:30 PM
DateAcquired=Thursday, July 19, 2018
</Experiment>
"""
PEIS = """
<Action{n}>
Amplitude (mV RMS)={mv}
End Frequency (Hz)=0.1
Start Frequency (Hz)=100000
Segments=1
Name=Potentiostatic EIS
</Action{n}>
"""
OPEN_CIRCUIT = "\n<Action1>\nSegments=1\nName=Open Circuit\n</Action1>\n"


def _ac_rows(segment: int, factor: float = 1.0, z2: str = "0") -> list[str]:
    rows = []
    for i, (f, z) in enumerate(zip(FREQUENCY.tolist(), (factor * IMPEDANCE).tolist(), strict=True)):
        rows.append(
            f"{segment},{i},0.25,-3.2E-06,{1.5 + i},-0.0024,5,53,0.25,{f!r},0.01,0,1E-4,0,"
            f"{z.real!r},{z.imag!r},0,0,0,0,{z2},0,21,0.02"
        )
    return rows


def _dc_rows(segment: int) -> list[str]:
    return [f"{segment},{i},0.006,0,{i},0,5,53" + ",0" * 14 + ",5,0" for i in range(4)]


def _par(rows: list[str], actions: str = PEIS.format(n=1, mv=20), definition: str = COLUMNS) -> str:
    lines = [HEAD + actions, "<Segment1>", "Type=2", "Version=3", f"Definition={definition}"]
    return "\n".join([*lines, *rows, "</Segment1>", "", "<Graph1>", "Analysis=0", "</Graph1>", ""])


def _read(path: Path, text: str | bytes) -> list[Spectrum]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return versastudio.read(path)


def _outcome(path: Path, content: bytes) -> str:
    """Return the file of the first spectrum, or the message of a ReadError; all else fails."""
    try:
        return _read(path, content)[0].provenance.file
    except ReadError as trouble:
        return str(trouble)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cell.par"


def test_a_sweep_with_its_conditions(path: Path) -> None:
    (spectrum,) = _read(path, _par(_ac_rows(0)))
    np.testing.assert_allclose(spectrum.frequency, FREQUENCY, rtol=1e-12)
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-12)
    source = spectrum.provenance
    assert source.instrument == "Princeton Applied Research VersaSTAT4-400 (SN 16334007)"
    assert (source.technique, source.software) == ("Potentiostatic EIS", "VersaStudio 2.52.3.0")
    assert source.measured_at == datetime(2018, 7, 19, 21, 40, 30)
    assert source.columns[0] == "Segment #"
    assert source.columns[-1] == "AC Amplitude"
    assert source.sign_convention == "Im Z"
    assert source.conditions == {
        "area_entry_m2": pytest.approx(5e-5),
        "open_circuit_V": pytest.approx(6.404e-3),
        "amplitude_V": pytest.approx(0.02),
        "start_s": 1.5,
        "dc_potential_V": 0.25,
        "dc_current_A": pytest.approx(-3.2e-6),
    }
    assert (spectrum.temperature, spectrum.temperature_source) == (333.15, "header")
    assert spectrum.geometry is None
    assert spectrum.findings == ()


def test_segments_have_the_settings_of_their_own_actions(path: Path) -> None:
    actions = OPEN_CIRCUIT + PEIS.format(n=2, mv=20) + PEIS.format(n=3, mv=5)
    text = _par([*_dc_rows(0), *_ac_rows(1), *_ac_rows(2, 2.0)], actions)
    first, second = _read(path, text)
    np.testing.assert_allclose(second.impedance, 2 * IMPEDANCE, rtol=1e-12)
    assert [s.provenance.sweep for s in (first, second)] == [1, 2]
    assert first.provenance.conditions["amplitude_V"] == pytest.approx(0.02)
    assert second.provenance.conditions["amplitude_V"] == pytest.approx(0.005)
    assert [f.code for f in second.findings] == ["part_passed_over"]


def test_settings_are_only_those_in_common_where_the_action_is_not_known(path: Path) -> None:
    actions = OPEN_CIRCUIT + PEIS.format(n=2, mv=20) + PEIS.format(n=3, mv=5)
    rows = [row for n in range(4) for row in _ac_rows(n)]  # a loop: more segments than told
    for spectrum in _read(path, _par(rows, actions)):
        assert "amplitude_V" not in spectrum.provenance.conditions
        assert spectrum.provenance.technique == "Potentiostatic EIS"


def test_sections_of_their_own_are_sweeps_too(path: Path) -> None:
    text = _par(_ac_rows(0), PEIS.format(n=1, mv=20) + PEIS.format(n=2, mv=5))
    body = text[text.index("<Segment1>") : text.index("<Graph1>")]
    later = body.replace("Segment1", "Segment2").replace("\n0,", "\n1,")
    spectra = _read(path, text.replace("<Graph1>", later + "<Graph1>"))
    assert [s.provenance.sweep for s in spectra] == [1, 2]
    assert spectra[1].provenance.conditions["amplitude_V"] == pytest.approx(0.005)
    np.testing.assert_array_equal(spectra[0].impedance, spectra[1].impedance)


def test_an_amplitude_of_current(path: Path) -> None:
    actions = PEIS.format(n=1, mv=500).replace("mV RMS", "uA RMS").replace("Potentio", "Galvano")
    (spectrum,) = _read(path, _par(_ac_rows(0), actions))
    assert spectrum.provenance.conditions["amplitude_A"] == pytest.approx(5e-4)
    assert spectrum.provenance.technique == "Galvanostatic EIS"


def test_windows_line_ends_and_a_second_electrometer(path: Path) -> None:
    (spectrum,) = _read(path, _par(_ac_rows(0, z2="7.5")).replace("\n", "\r\n"))
    assert [f.code for f in spectrum.findings] == ["second_electrometer"]
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-12)


def test_a_sweep_that_was_stopped_says_so(path: Path) -> None:
    (spectrum,) = _read(path, _par(_ac_rows(0)[:15]))
    assert [f.code for f in spectrum.findings] == ["sweep_incomplete"]


def test_a_segment_of_two_points_does_not_stop_the_others(path: Path) -> None:
    actions = PEIS.format(n=1, mv=20) + PEIS.format(n=2, mv=20)
    (spectrum,) = _read(path, _par([*_ac_rows(0), *_ac_rows(1)[:2]], actions))
    assert [f.code for f in spectrum.findings] == ["sweep_too_short"]
    assert "only 2 points in segment 1" in spectrum.findings[0].message


def test_a_file_cut_at_a_line_end_says_so(path: Path) -> None:
    text = _par(_ac_rows(0)).split("</Segment1>")[0]
    (spectrum,) = _read(path, text)
    assert [f.code for f in spectrum.findings] == ["truncated"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            _par(_dc_rows(0), "\n<Action1>\nSegments=1\nName=Cyclic Voltammetry\n</Action1>\n"),
            "a VersaStudio file of Cyclic Voltammetry; it holds no impedance spectrum",
        ),
        (
            _par(
                ["0,0,0.1,0"] * 4,
                "\n<Action1>\nName=Tafel\n</Action1>\n",
                "Segment #, Point #, E(V), I(A), 0",
            ),
            "a VersaStudio file of Tafel; it holds no impedance spectrum",
        ),
        (_par([]), "the sweep was not started, or the file is cut off"),
        (
            _par([]).replace("DateAcquired", "DataFormat=Binary\nDateAcquired"),
            "kept in binary; switch 'Save New Data to Binary File' off",
        ),
        (_par(_ac_rows(0)[:2]), "only 2 points in segment 0"),
        (HEAD, "no section <Segment1> with data"),
    ],
)
def test_what_holds_no_spectrum_is_refused(path: Path, text: str, said: str) -> None:
    with pytest.raises(ReadError) as caught:
        _read(path, text)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_it_is_known_by_its_content_alone(path: Path) -> None:
    head = _par(_ac_rows(0)).encode()
    assert identify(path, head).name == "versastudio"
    assert sum(f.recognises(head) for f in built_in()) == 1
    assert not versastudio.recognises(b"<Application>\n<Name>Other</Name>\n")


def test_damage_gives_spectra_or_a_read_error(path: Path) -> None:
    content = _par([*_dc_rows(0), *_ac_rows(1)[::3]]).encode()
    chance = random.Random(1)
    cases = [content[: len(content) * i // 200] for i in range(200)]
    for _ in range(500):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] = chance.randrange(256)
        cases.append(bytes(damaged))
    for case in cases:
        assert _outcome(path, case).startswith(str(path))


@pytest.mark.skipif(not REAL.is_file(), reason="the file from a real instrument is not here")
def test_a_real_file() -> None:
    (spectrum,) = versastudio.read(REAL)
    f, z = spectrum.kept
    assert (len(f), f[0], f[-1]) == (61, 1e5, pytest.approx(0.02154435))
    assert spectrum.provenance.measured_at == datetime(2018, 7, 19, 9, 40, 30)
    assert spectrum.provenance.conditions["amplitude_V"] == pytest.approx(0.02)
    lines = REAL.read_text(encoding="utf-8").splitlines()
    cells = [line.split(",") for line in lines if line.startswith("0,")]
    e, i = ([complex(float(c[k]), float(c[k + 1])) for c in cells] for k in (10, 12))
    np.testing.assert_allclose(z, np.divide(e, i), rtol=2e-5)  # the file's own E and I


@pytest.mark.skipif(not REAL.is_file(), reason="the file from a real instrument is not here")
def test_the_real_file_is_claimed_once() -> None:
    head = REAL.read_bytes()[:65536]
    assert [f.name for f in built_in() if f.recognises(head)] == ["versastudio"]
